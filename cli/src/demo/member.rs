//! One member of the demo: a thread with a runtime of its own, so that it can be killed without goodbye.

use std::sync::Arc;
use std::thread::JoinHandle;

use anyhow::{Context as _, Result, anyhow};
use kohort::{AutoOffsetReset, Client, ClientConfig, Consumer, Delivery, Records};
use tokio::sync::oneshot;

use super::ledger::Ledger;
use super::{COMMIT_INTERVAL, HEARTBEAT_INTERVAL, SESSION_TIMEOUT};

/// How a member ends.
#[derive(Debug)]
enum Ending {
    Leave,
    Die,
}

/// A running member.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    ending: Option<oneshot::Sender<Ending>>,
    thread: Option<JoinHandle<Result<()>>>,
}

impl Member {
    /// Starts a member that reads and counts.
    pub(crate) fn start(
        name: &str,
        bootstrap: &str,
        group: &str,
        topic: &str,
        ledger: &Arc<Ledger>,
    ) -> Result<Self> {
        let (ending, end) = oneshot::channel();
        let reader = Reader {
            line: ledger.enter(name.into()),
            ledger: Arc::clone(ledger),
        };
        let (bootstrap, group, topic) = (bootstrap.to_owned(), group.to_owned(), topic.to_owned());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let thread = std::thread::Builder::new().name(name.into()).spawn(move || {
            // Dropping the runtime on the way out ends all its tasks where they stand: a death without goodbye.
            runtime.block_on(reader.live(&bootstrap, &group, &topic, end))
        })?;
        Ok(Self {
            name: name.into(),
            ending: Some(ending),
            thread: Some(thread),
        })
    }

    /// Ends with a last commit and a LeaveGroup.
    pub(crate) fn leave(&mut self) -> Result<()> {
        self.end(Ending::Leave)
    }

    /// Ends at once: no commit, no LeaveGroup, no more heartbeats.
    pub(crate) fn kill(&mut self) -> Result<()> {
        self.end(Ending::Die)
    }

    fn end(&mut self, ending: Ending) -> Result<()> {
        if let Some(sender) = self.ending.take() {
            // If the member has ended already, joining it tells why.
            let _ = sender.send(ending);
        }
        let Some(thread) = self.thread.take() else {
            return Ok(());
        };
        let outcome = thread.join().map_err(|_| anyhow!("{} panicked", self.name))?;
        outcome.with_context(|| format!("{} failed", self.name))
    }

    /// Whether it ended although nobody told it to.
    pub(crate) fn has_failed(&self) -> bool {
        self.ending.is_some() && self.thread.as_ref().is_some_and(JoinHandle::is_finished)
    }
}

struct Reader {
    line: usize,
    ledger: Arc<Ledger>,
}

impl Reader {
    async fn live(
        self,
        bootstrap: &str,
        group: &str,
        topic: &str,
        mut end: oneshot::Receiver<Ending>,
    ) -> Result<()> {
        let client = Client::new(ClientConfig::new(bootstrap))?;
        let mut consumer = Consumer::builder(&client, group)
            .topics([topic])
            .auto_offset_reset(AutoOffsetReset::Earliest)
            .session_timeout(SESSION_TIMEOUT)
            .heartbeat_interval(HEARTBEAT_INTERVAL)
            .auto_commit_interval(Some(COMMIT_INTERVAL))
            .build()?;
        loop {
            let delivery = tokio::select! {
                biased;
                ending = &mut end => return self.finish(consumer, &ending.unwrap_or(Ending::Die)).await,
                delivery = consumer.next_delivery() => delivery?,
            };
            self.note(&consumer, delivery).await?;
        }
    }

    async fn note(&self, consumer: &Consumer, delivery: Delivery) -> Result<()> {
        match delivery {
            Delivery::Records(records) => self.read(records),
            Delivery::Assigned(assigned) => {
                let gained: Vec<i32> = assigned
                    .partitions()
                    .iter()
                    .map(|partition| partition.partition)
                    .collect();
                drop(assigned);
                self.ledger
                    .generation(self.line, consumer.status().await?.group.generation.0);
                self.ledger.update(self.line, |line| {
                    line.state = "reading";
                    line.partitions.extend(gained);
                    line.partitions.sort_unstable();
                });
                Ok(())
            }
            Delivery::Revoking(revoking) => {
                self.without(revoking.partitions());
                Ok(())
            }
            Delivery::Lost(partitions) => {
                self.without(&partitions);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn without(&self, gone: &[kohort::TopicPartition]) {
        self.ledger.update(self.line, |line| {
            line.state = "joining";
            line.partitions
                .retain(|held| !gone.iter().any(|gone| gone.partition == *held));
        });
    }

    /// The value of each record is its number.
    fn read(&self, mut records: Records) -> Result<()> {
        let mut numbers = Vec::new();
        while let Some(record) = records.next() {
            let record = record?;
            let text = std::str::from_utf8(record.value().unwrap_or_default())
                .context("a value that is not text")?;
            numbers.push(
                text.parse::<u64>()
                    .with_context(|| format!("a value that is not a number: {text:?}"))?,
            );
        }
        anyhow::ensure!(
            self.ledger.delivered(self.line, &numbers),
            "a record was delivered that was never produced"
        );
        Ok(())
    }

    async fn finish(&self, consumer: Consumer, ending: &Ending) -> Result<()> {
        let state = match ending {
            Ending::Leave => {
                consumer.close().await?;
                "left"
            }
            Ending::Die => {
                // Not even its destructor may run: that would say goodbye.
                core::mem::forget(consumer);
                "killed"
            }
        };
        self.ledger.update(self.line, |line| {
            line.state = state;
            line.partitions.clear();
        });
        Ok(())
    }
}

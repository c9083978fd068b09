//! Consumers under test, each in a "process" of its own: a runtime and a client that nobody else uses, unless the test shares them.

use crate::book::{Book, News, Seen};
use crate::stage::{LIMIT, wait_for};
use anyhow::{Context, Result, anyhow, ensure};
use kohort::{
    Assigned, AutoOffsetReset, Client, ClientConfig, Consumer, ConsumerBuilder, Delivery, Record, Records,
    Status, TopicPartition,
};
use kohort_testkafka::Cluster;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::sync::{mpsc, oneshot};

/// A runtime with a client: what a process of an application would have.
pub(crate) struct Process {
    pub(crate) runtime: Runtime,
    pub(crate) client: Client,
}

impl Process {
    pub(crate) fn start(kafka: &Cluster) -> Result<Self> {
        Self::with(ClientConfig::new(&kafka.bootstrap()))
    }

    pub(crate) fn with(config: ClientConfig) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let client = runtime.block_on(async { Client::new(config) })?;
        Ok(Self { runtime, client })
    }

    /// Starts a consumer that reads and writes down until it is told otherwise.
    pub(crate) fn member(
        &self,
        name: &str,
        group: &str,
        topic: &str,
        change: impl FnOnce(ConsumerBuilder) -> ConsumerBuilder,
    ) -> Result<Member> {
        let _inside = self.runtime.enter();
        let builder = Consumer::builder(&self.client, group)
            .topics([topic])
            .auto_offset_reset(AutoOffsetReset::Earliest)
            .session_timeout(Duration::from_secs(10))
            .heartbeat_interval(Duration::from_millis(300))
            .auto_commit_interval(Some(Duration::from_millis(200)));
        let consumer = change(builder).build()?;
        let book = Arc::new(Mutex::new(Book::default()));
        let (orders, received) = mpsc::unbounded_channel();
        let reader = Reader {
            book: Arc::clone(&book),
            reading: Reading::On,
            held: Vec::new(),
        };
        self.runtime.spawn(reader.live(consumer, received));
        Ok(Member {
            name: name.to_owned(),
            book,
            orders,
        })
    }

    /// Ends with all its members, without goodbye: what they had read and not committed is forgotten, and nobody is told.
    pub(crate) fn kill(self, members: &[&Member]) -> Result<()> {
        for member in members {
            // Not even its destructor may run: that would leave the group.
            member.ask(Order::Forget)?;
        }
        self.runtime.shutdown_background();
        Ok(())
    }
}

/// What the reader does about deliveries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    /// Reads.
    On,
    /// Takes part in rebalances, but holds the guards of what it gains: nothing of that is fetched.
    Held,
    /// Reads until it has so many records, then does not come back for more.
    Until(usize),
}

enum Order {
    Status(oneshot::Sender<Result<Status>>),
    Commit(oneshot::Sender<Result<()>>),
    Hold(oneshot::Sender<()>),
    Go(oneshot::Sender<()>),
    Until(usize, oneshot::Sender<()>),
    Close(oneshot::Sender<Result<()>>),
    Forget(oneshot::Sender<()>),
}

/// A consumer's remote control and its book.
pub(crate) struct Member {
    pub(crate) name: String,
    book: Arc<Mutex<Book>>,
    orders: mpsc::UnboundedSender<Order>,
}

impl Member {
    fn ask<T>(&self, order: impl FnOnce(oneshot::Sender<T>) -> Order) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        let gone = || anyhow!("{} does not live any more: {:?}", self.name, self.book().failed);
        self.orders.send(order(answer)).map_err(|_| gone())?;
        answered.blocking_recv().map_err(|_| gone())
    }

    pub(crate) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn status(&self) -> Result<Status> {
        self.ask(Order::Status)?
    }

    /// Commits all that it has read.
    pub(crate) fn commit(&self) -> Result<()> {
        self.ask(Order::Commit)?
            .with_context(|| format!("{} commits", self.name))
    }

    /// Holds the guards of what it gains from now on.
    pub(crate) fn hold(&self) -> Result<()> {
        self.ask(Order::Hold)
    }

    /// Lets go of all guards and reads.
    pub(crate) fn go(&self) -> Result<()> {
        self.ask(Order::Go)
    }

    /// Reads until it has `count` records in all, and a bit: what was handed out with the last of them.
    pub(crate) fn read_until(&self, count: usize) -> Result<()> {
        self.ask(|answer| Order::Until(count, answer))?;
        wait_for(&format!("{} has read {count} records", self.name), || {
            let read = self.count()?;
            Ok(if read >= count {
                Ok(())
            } else {
                Err(format!("it has {read}"))
            })
        })
    }

    pub(crate) fn close(&self) -> Result<()> {
        self.ask(Order::Close)?
            .with_context(|| format!("{} closes", self.name))
    }

    /// How many records it has read.
    ///
    /// # Errors
    /// It failed; then it will not read more.
    pub(crate) fn count(&self) -> Result<usize> {
        let book = self.book();
        match &book.failed {
            None => Ok(book.read.len()),
            Some(why) => Err(anyhow!("{} failed: {why}", self.name)),
        }
    }

    /// How often it was told that partitions come or go.
    pub(crate) fn moves(&self) -> usize {
        self.book().news.iter().filter(|news| news.moves).count()
    }

    /// What it was told beside records since then, for messages.
    pub(crate) fn told_since(&self, since: Instant) -> Vec<String> {
        let book = self.book();
        let late = book.news.iter().filter(|news| news.at >= since);
        late.map(|news| news.text.clone()).collect()
    }

    /// What it owns by its own account.
    pub(crate) fn owned(&self) -> Result<BTreeSet<i32>> {
        Ok(self
            .status()?
            .partitions
            .iter()
            .map(|view| view.partition.partition)
            .collect())
    }

    /// What it has read up to, per partition: behind the last record.
    pub(crate) fn positions(&self) -> BTreeMap<i32, i64> {
        self.book()
            .read
            .iter()
            .map(|seen| (seen.partition, seen.offset + 1))
            .collect()
    }
}

struct Reader {
    book: Arc<Mutex<Book>>,
    reading: Reading,
    held: Vec<Assigned>,
}

impl Reader {
    async fn live(mut self, mut consumer: Consumer, mut orders: mpsc::UnboundedReceiver<Order>) {
        loop {
            let wants_more = match self.reading {
                Reading::Until(count) => self.book().read.len() < count,
                _ => true,
            };
            let wants_more = wants_more && self.book().failed.is_none();
            tokio::select! {
                biased;
                order = orders.recv() => match order {
                    Some(Order::Close(answer)) => {
                        self.held.clear();
                        let closed = consumer.close().await.map_err(Into::into);
                        let _ = answer.send(closed);
                        return;
                    }
                    Some(Order::Forget(answer)) => {
                        core::mem::forget(consumer);
                        core::mem::forget(self.held);
                        let _ = answer.send(());
                        return;
                    }
                    Some(order) => self.obey(&consumer, order).await,
                    None => return,
                },
                delivery = consumer.next_delivery(), if wants_more => match delivery {
                    Ok(delivery) => self.note(delivery),
                    Err(error) => self.book().failed = Some(error.to_string()),
                },
            }
        }
    }

    /// The answers go to a test that waits for them, or to nobody: then it has failed already.
    async fn obey(&mut self, consumer: &Consumer, order: Order) {
        match order {
            Order::Status(answer) => {
                let _ = answer.send(consumer.status().await.map_err(Into::into));
            }
            Order::Commit(answer) => {
                let _ = answer.send(consumer.commit_processed().await.map_err(Into::into));
            }
            Order::Hold(answer) => {
                self.reading = Reading::Held;
                let _ = answer.send(());
            }
            Order::Go(answer) => {
                self.reading = Reading::On;
                self.held.clear();
                let _ = answer.send(());
            }
            Order::Until(count, answer) => {
                self.reading = Reading::Until(count);
                self.held.clear();
                let _ = answer.send(());
            }
            Order::Close(_) | Order::Forget(_) => {}
        }
    }

    fn note(&mut self, delivery: Delivery) {
        let moves = !matches!(delivery, Delivery::Notice(_));
        let text = match delivery {
            Delivery::Records(records) => return self.read(records),
            Delivery::Assigned(assigned) => {
                let text = format!("assigned {:?}", indexes(assigned.partitions()));
                if self.reading == Reading::Held {
                    self.held.push(assigned);
                }
                text
            }
            Delivery::Revoking(revoking) => {
                self.held.clear();
                format!("revoking {:?}", indexes(revoking.partitions()))
            }
            Delivery::Lost(partitions) => {
                self.held.clear();
                format!("lost {:?}", indexes(&partitions))
            }
            Delivery::Notice(notice) => notice.to_string(),
            _ => return,
        };
        self.book().news.push(News {
            at: Instant::now(),
            moves,
            text,
        });
    }

    fn read(&self, mut records: Records) {
        let partition = records.partition().partition;
        let mut book = self.book();
        while let Some(record) = records.next() {
            match record {
                Ok(record) => {
                    book.read.push(Seen {
                        partition,
                        offset: record.offset(),
                        line: line(&record),
                        at: Instant::now(),
                    });
                }
                Err(error) => book.failed = Some(error.to_string()),
            }
        }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `h1:v1,h2:v2<tab>key<tab>value`, as Kafka's console producer reads it; what is null is empty here.
fn line(record: &Record<'_>) -> String {
    let text = |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
    let header = |header: kohort::Header<'_>| format!("{}:{}", text(Some(header.key)), text(header.value));
    let headers: Vec<String> = record.headers().map(header).collect();
    format!(
        "{}\t{}\t{}",
        headers.join(","),
        text(record.key()),
        text(record.value())
    )
}

fn indexes(partitions: &[TopicPartition]) -> Vec<i32> {
    partitions.iter().map(|partition| partition.partition).collect()
}

/// Waits until these members are the whole group: Stable in one generation, all partitions owned, each by one of them.
pub(crate) fn settled(members: &[&Member], partitions: i32) -> Result<Vec<Status>> {
    wait_for(
        &format!("{} members share {partitions} partitions", members.len()),
        || {
            let all: Vec<Status> = members
                .iter()
                .map(|member| member.status())
                .collect::<Result<_>>()?;
            let generations: BTreeSet<i32> = all.iter().map(|status| status.group.generation.0).collect();
            let owned: Vec<i32> = all
                .iter()
                .flat_map(|status| &status.partitions)
                .map(|view| view.partition.partition)
                .collect();
            let each_has = all.iter().all(|status| !status.partitions.is_empty());
            let whole = owned.iter().copied().collect::<BTreeSet<_>>() == (0..partitions).collect();
            if generations.len() == 1 && each_has && whole && usize::try_from(partitions)? == owned.len() {
                return Ok(Ok(all));
            }
            let stand = |status: &Status| {
                let owned: Vec<i32> = status
                    .partitions
                    .iter()
                    .map(|view| view.partition.partition)
                    .collect();
                format!(
                    "{:?} in generation {} with {owned:?}",
                    status.state, status.group.generation
                )
            };
            Ok(Err(all.iter().map(stand).collect::<Vec<_>>().join("; ")))
        },
    )
}

/// Waits until these members have read so many records between them.
pub(crate) fn wait_for_records(members: &[&Member], count: usize) -> Result<()> {
    let begin = Instant::now();
    wait_for(&format!("{count} records are read"), || {
        let counts: Vec<usize> = members
            .iter()
            .map(|member| member.count())
            .collect::<Result<_>>()?;
        let read: usize = counts.iter().sum();
        ensure!(
            begin.elapsed() < LIMIT,
            "only {counts:?} of {count} records are read"
        );
        Ok(if read >= count {
            Ok(())
        } else {
            Err(format!("read so far: {counts:?}"))
        })
    })
}

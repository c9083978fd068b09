//! Members of a group that write down what they read: Kafka's console consumer, kcat, and ours.

use crate::stage::Stage;
use anyhow::{Context, Result, bail};
use kohort::{AutoOffsetReset, Client, ClientConfig, Consumer, Records};
use kohort_testkafka::{ConsoleRecord, Tool};
use std::sync::mpsc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// What kcat prints, so that it reads like Kafka's console consumer.
pub(crate) const LIKE_THE_CONSOLE: &str = "Partition:%p\tOffset:%o\t%k\t%s\n";
const GOODBYE: Duration = Duration::from_secs(60);

pub(crate) struct Reader {
    /// Its client id.
    pub(crate) name: String,
    source: Source,
    /// All it has read so far.
    pub(crate) read: Vec<ConsoleRecord>,
}

enum Source {
    Tool(Tool),
    Ours {
        lines: mpsc::Receiver<String>,
        stop: oneshot::Sender<()>,
        task: JoinHandle<Result<()>>,
    },
}

impl Reader {
    /// Kafka's console consumer.
    pub(crate) fn java(stage: &Stage, name: &str) -> Result<Self> {
        let client_id = format!("client.id={name}");
        let arguments = [
            ["--bootstrap-server", stage.tools.bootstrap()],
            ["--topic", stage.name],
            ["--group", stage.name],
            ["--command-property", &client_id],
            ["--command-property", "auto.offset.reset=earliest"],
            ["--command-property", "heartbeat.interval.ms=300"],
            ["--command-property", "auto.commit.interval.ms=300"],
            [
                "--command-property",
                "partition.assignment.strategy=org.apache.kafka.clients.consumer.RangeAssignor",
            ],
            ["--formatter-property", "print.partition=true"],
            ["--formatter-property", "print.offset=true"],
            ["--formatter-property", "print.key=true"],
        ];
        let console = "org.apache.kafka.tools.consumer.ConsoleConsumer";
        let tool = stage.tools.start(console, arguments.as_flattened())?;
        Ok(Self::new(name, Source::Tool(tool)))
    }

    /// kcat as a balanced consumer; `settings` are librdkafka's, `name=value`.
    pub(crate) fn kcat(stage: &Stage, name: &str, settings: &[&str]) -> Result<Self> {
        let client_id = format!("client.id={name}");
        let mut all = vec![
            client_id.as_str(),
            "auto.offset.reset=earliest",
            "heartbeat.interval.ms=300",
            "session.timeout.ms=10000",
            "auto.commit.interval.ms=300",
            "partition.assignment.strategy=range",
        ];
        all.extend(settings);
        let mut arguments = vec!["-u", "-f", LIKE_THE_CONSOLE];
        arguments.extend(all.into_iter().flat_map(|setting| ["-X", setting]));
        arguments.extend(["-G", stage.name, stage.name]);
        let tool = stage.tools.kcat(&arguments, "")?;
        Ok(Self::new(name, Source::Tool(tool)))
    }

    /// kohort's own consumer.
    pub(crate) fn ours(stage: &Stage, name: &str) -> Result<Self> {
        let _inside = stage.runtime.enter();
        let mut config = ClientConfig::new(&stage.broker.bootstrap());
        config.client_id = name.into();
        let consumer = Consumer::builder(&Client::new(config)?, stage.name)
            .topics([stage.name])
            .auto_offset_reset(AutoOffsetReset::Earliest)
            .heartbeat_interval(Duration::from_millis(300))
            .auto_commit_interval(Some(Duration::from_millis(300)))
            .build()?;
        let (sender, lines) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let task = stage.runtime.spawn(live(consumer, sender, stopped));
        Ok(Self::new(name, Source::Ours { lines, stop, task }))
    }

    fn new(name: &str, source: Source) -> Self {
        Self {
            name: name.to_owned(),
            source,
            read: Vec::new(),
        }
    }

    /// Writes down what has come.
    pub(crate) fn look(&mut self) -> Result<()> {
        let lines: Vec<String> = match &self.source {
            Source::Tool(tool) => tool.new_lines(),
            Source::Ours { lines, .. } => lines.try_iter().collect(),
        };
        for line in lines {
            self.read
                .push(line.parse().with_context(|| format!("{} said it", self.name))?);
        }
        Ok(())
    }

    /// Leaves the group in order; what it read until then is handed out.
    pub(crate) fn leave(mut self, stage: &Stage) -> Result<Vec<ConsoleRecord>> {
        self.look()?;
        match self.source {
            Source::Tool(mut tool) => {
                tool.terminate()?;
                let output = tool.wait(GOODBYE)?;
                if !output.stdout.is_empty() {
                    bail!("{} read on after all was read: {:?}", self.name, output.stdout);
                }
            }
            Source::Ours { stop, task, .. } => {
                drop(stop);
                stage.runtime.block_on(task)??;
            }
        }
        Ok(self.read)
    }

    /// What a tool has said on standard error.
    pub(crate) fn said(&self) -> String {
        match &self.source {
            Source::Tool(tool) => tool.stderr(),
            Source::Ours { .. } => String::new(),
        }
    }
}

async fn live(
    mut consumer: Consumer,
    lines: mpsc::Sender<String>,
    mut stopped: oneshot::Receiver<()>,
) -> Result<()> {
    loop {
        tokio::select! {
            records = consumer.next() => print(records?, &lines)?,
            _ = &mut stopped => return Ok(consumer.close().await?),
        }
    }
}

fn print(mut records: Records, lines: &mpsc::Sender<String>) -> Result<()> {
    let partition = records.partition().partition;
    while let Some(record) = records.next() {
        let record = record?;
        let text = |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or(b"null")).into_owned();
        let (offset, key, value) = (record.offset(), text(record.key()), text(record.value()));
        lines.send(format!("Partition:{partition}\tOffset:{offset}\t{key}\t{value}"))?;
    }
    Ok(())
}

//! Kafka's own command-line tools, and kcat: the second opinion on what brokers hold and on who is in a group.
//!
//! Each of Kafka's runs as a JVM of its own (0.7 s) that ends with us like a broker does. Arguments are the tool's,
//! unchanged; most of Kafka's want `--bootstrap-server` with [`Tools::bootstrap`].

use crate::folder::Folder;
use crate::jars::tool_jars;
use crate::jvm::{self, Classes};
use crate::tool::{Tool, ToolOutput};
use anyhow::{Context, Result, bail, ensure};
use std::path::Path;
use std::process::Command;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

/// What a tool may take that is to end by itself; 200,000 records take a few seconds.
const TOOL_LIMIT: Duration = Duration::from_secs(120);
const CONSUMER: &str = "org.apache.kafka.tools.consumer.ConsoleConsumer";
const PRODUCER: &str = "org.apache.kafka.tools.ConsoleProducer";
/// Told to the tools of the console, which print and read one record a line.
const SEPARATOR: char = '\t';

/// A record as Kafka's console consumer saw it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConsoleRecord {
    /// Partition it lies in.
    pub partition: i32,
    /// Its offset there.
    pub offset: i64,
    /// Its key as text; `null` if it has none.
    pub key: String,
    /// Its value as text.
    pub value: String,
}

/// Kafka's tools, and kcat, for any brokers that are to be looked at with eyes that are not ours.
#[derive(Clone, Debug)]
pub struct Tools {
    bootstrap: String,
    folder: Arc<Folder>,
}

impl Tools {
    /// For brokers that this launcher did not start: an embedded one, say.
    ///
    /// # Errors
    /// The folder for logs cannot be made.
    pub fn at(bootstrap: impl Into<String>) -> Result<Self> {
        Ok(Self {
            bootstrap: bootstrap.into(),
            folder: Arc::new(Folder::create("tools")?),
        })
    }

    pub(crate) fn of(bootstrap: String, folder: Arc<Folder>) -> Self {
        Self { bootstrap, folder }
    }

    /// What most tools want as `--bootstrap-server`.
    pub fn bootstrap(&self) -> &str {
        &self.bootstrap
    }

    /// Runs a tool of Kafka's to its end, by its main class such as `org.apache.kafka.tools.TopicCommand`.
    ///
    /// # Errors
    /// It cannot be started, or does not end within two minutes. An exit code other than 0 is no error here.
    pub fn run(&self, main: &str, arguments: &[&str]) -> Result<ToolOutput> {
        self.start(main, arguments)?.wait(TOOL_LIMIT)
    }

    /// Starts a tool of Kafka's that runs until it is ended, such as a console consumer.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start(&self, main: &str, arguments: &[&str]) -> Result<Tool> {
        self.start_with_input(main, arguments, "")
    }

    /// As [`Tools::start`], with text for its standard input.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start_with_input(&self, main: &str, arguments: &[&str], text: &str) -> Result<Tool> {
        let jars = tool_jars()?;
        jvm::make_archive(&jars, || self.archive(&jars))?;
        let classes = Classes::Archived(jvm::archive(&jars));
        self.launch(&jars, &classes, main, arguments, text)
    }

    /// The console consumer has most classes that any tool needs. What it reads, and whether, does not matter.
    fn archive(&self, jars: &Path) -> Result<()> {
        let classes = Classes::ToArchive(jvm::unfinished_archive(jars));
        let arguments = [
            ["--bootstrap-server", &self.bootstrap],
            ["--topic", "__consumer_offsets"],
            ["--timeout-ms", "2000"],
        ];
        self.launch(jars, &classes, CONSUMER, arguments.as_flattened(), "")?
            .wait(TOOL_LIMIT)
            .map(drop)
    }

    fn launch(
        &self,
        jars: &Path,
        classes: &Classes,
        main: &str,
        arguments: &[&str],
        text: &str,
    ) -> Result<Tool> {
        let name = main.rsplit('.').next().unwrap_or(main);
        Tool::start(self.folder.path(), name, text, |folder| {
            let mut command = jvm::command(jars, classes, main, "256m", folder, "warn")?;
            command.extend(arguments.iter().map(Into::into));
            Ok(command)
        })
    }

    /// Starts kcat, a client on top of librdkafka; `-b` with our brokers is added.
    ///
    /// # Errors
    /// It is not installed, or cannot be started.
    pub fn kcat(&self, arguments: &[&str], text: &str) -> Result<Tool> {
        let kcat = kcat()?;
        Tool::start(self.folder.path(), "kcat", text, |_| {
            let all = [kcat, "-b", &self.bootstrap].into_iter();
            Ok(all.chain(arguments.iter().copied()).map(Into::into).collect())
        })
    }

    /// Writes records with Kafka's console producer. `compression`: none, gzip, snappy, lz4 or zstd.
    /// The key chooses the partition, as Kafka's default partitioner does it.
    ///
    /// # Errors
    /// A key or value holds a tab or a line end, or the producer fails.
    pub fn produce(
        &self,
        topic: &str,
        compression: &str,
        records: impl IntoIterator<Item = (String, String)>,
    ) -> Result<()> {
        let mut input = String::new();
        for (key, value) in records {
            let clean = !key.contains([SEPARATOR, '\n']) && !value.contains([SEPARATOR, '\n']);
            ensure!(clean, "the console producer cannot write {key:?} {value:?}");
            input.extend([&key, "\t", &value, "\n"]);
        }
        let arguments = [
            ["--bootstrap-server", self.bootstrap()],
            ["--topic", topic],
            ["--compression-codec", compression],
            ["--reader-property", "parse.key=true"],
            ["--reader-property", "key.separator=\t"],
        ];
        let producer = self.start_with_input(PRODUCER, arguments.as_flattened(), &input)?;
        let output = producer.wait(TOOL_LIMIT)?.success()?;
        // It prints a failed send and ends with 0 all the same.
        ensure!(
            !output.stderr.contains("ERROR"),
            "the console producer said:\n{}",
            output.stderr
        );
        Ok(())
    }

    /// Reads the first `count` records of a topic with Kafka's console consumer, in no group that matters.
    ///
    /// # Errors
    /// There are fewer within 10 s, or the consumer fails.
    pub fn consume(&self, topic: &str, count: usize) -> Result<Vec<ConsoleRecord>> {
        let most = count.to_string();
        let arguments = [
            ["--bootstrap-server", self.bootstrap()],
            ["--topic", topic],
            ["--max-messages", &most],
            ["--timeout-ms", "10000"],
            ["--formatter-property", "print.partition=true"],
            ["--formatter-property", "print.offset=true"],
            ["--formatter-property", "print.key=true"],
        ];
        let mut all = arguments.as_flattened().to_vec();
        all.push("--from-beginning");
        let output = self.run(CONSUMER, &all)?;
        ensure!(
            output.stdout.len() == count,
            "{} of {count} records:\n{}",
            output.stdout.len(),
            output.stderr
        );
        output.stdout.iter().map(|line| line.parse()).collect()
    }
}

impl FromStr for ConsoleRecord {
    type Err = anyhow::Error;

    /// `Partition:0<tab>Offset:17<tab>key<tab>value`
    fn from_str(line: &str) -> Result<Self> {
        let fields: Vec<&str> = line.splitn(4, SEPARATOR).collect();
        let [partition, offset, key, value] = *fields else {
            bail!("not a record of the console: {line:?}")
        };
        let number = |field: &str, name: &str| -> Result<i64> {
            let digits = field
                .strip_prefix(name)
                .with_context(|| format!("{name} is missing in {line:?}"))?;
            Ok(digits.parse()?)
        };
        Ok(ConsoleRecord {
            partition: number(partition, "Partition:")?.try_into()?,
            offset: number(offset, "Offset:")?,
            key: key.to_owned(),
            value: value.to_owned(),
        })
    }
}

/// Its name, once it was seen to be there.
fn kcat() -> Result<&'static str> {
    let output = Command::new("kcat").arg("-V").output().context(
        "cannot run kcat. Install it (Debian: apt-get install kcat): this test lets librdkafka talk to our brokers",
    )?;
    ensure!(output.status.success(), "kcat -V fails: {output:?}");
    Ok("kcat")
}

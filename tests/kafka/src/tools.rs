//! Kafka's own command-line tools: the second opinion on what a cluster holds and on who is in a group.
//!
//! Each runs as a JVM of its own (0.7 s) that ends with us like a broker does. Arguments are Kafka's, unchanged; most
//! tools want `--bootstrap-server` with [`Cluster::bootstrap`].

use crate::cluster::Cluster;
use crate::jars::tool_jars;
use crate::jvm::{self, Classes};
use crate::supervised::{Plan, Supervised};
use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What a tool may take that is to end by itself; 200,000 records take a few seconds.
const TOOL_LIMIT: Duration = Duration::from_secs(120);
const CONSUMER: &str = "org.apache.kafka.tools.consumer.ConsoleConsumer";
const PRODUCER: &str = "org.apache.kafka.tools.ConsoleProducer";
/// Told to the tools of the console, which print and read one record a line.
const SEPARATOR: char = '\t';

/// A tool that runs; dropping it kills it.
pub struct Tool {
    name: String,
    process: Supervised,
    errors: PathBuf,
}

/// What a tool has said.
#[derive(Clone, Debug)]
pub struct ToolOutput {
    /// Exit code; 128 + n: ended by signal n.
    pub code: i32,
    /// Lines of standard output.
    pub stdout: Vec<String>,
    /// Standard error, warnings of its log included.
    pub stderr: String,
}

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

impl ToolOutput {
    /// This output, if the tool ended with exit code 0.
    ///
    /// # Errors
    /// It did not; the message has all that it said.
    pub fn success(self) -> Result<Self> {
        let said = || format!("{}\n{}", self.stdout.join("\n"), self.stderr);
        ensure!(
            self.code == 0,
            "the tool ended with exit code {}:\n{}",
            self.code,
            said()
        );
        Ok(self)
    }
}

impl Tool {
    /// The next line of standard output; `None` when the tool has ended.
    ///
    /// # Errors
    /// Neither happened within `limit`.
    pub fn next_line(&self, limit: Duration) -> Result<Option<String>> {
        let line = self.process.next_line(Instant::now() + limit);
        line.with_context(|| format!("{}; its errors so far:\n{}", self.name, self.stderr()))
    }

    /// Waits for the end of the tool.
    ///
    /// # Errors
    /// It does not end within `limit`.
    pub fn wait(self, limit: Duration) -> Result<ToolOutput> {
        let stdout = self.process.rest(Instant::now() + limit);
        let stderr = self.stderr();
        let stdout = stdout.with_context(|| format!("{}; its errors so far:\n{stderr}", self.name))?;
        Ok(ToolOutput {
            code: self.process.finish()?,
            stdout,
            stderr,
        })
    }

    /// SIGTERM: consumers and producers of Kafka close in order, then end.
    ///
    /// # Errors
    /// The signal cannot be sent.
    pub fn terminate(&mut self) -> Result<()> {
        self.process.signal("TERM")
    }

    /// SIGKILL.
    ///
    /// # Errors
    /// The signal cannot be sent.
    pub fn kill(&mut self) -> Result<()> {
        self.process.signal("KILL")
    }

    /// Standard error so far.
    pub fn stderr(&self) -> String {
        fs::read_to_string(&self.errors).unwrap_or_default()
    }
}

impl Cluster {
    /// Runs a tool to its end, by its main class such as `org.apache.kafka.tools.TopicCommand`.
    ///
    /// # Errors
    /// It cannot be started, or does not end within two minutes. An exit code other than 0 is no error here.
    pub fn tool(&self, main: &str, arguments: &[&str]) -> Result<ToolOutput> {
        self.start_tool(main, arguments)?.wait(TOOL_LIMIT)
    }

    /// Starts a tool that runs until it is ended, such as a console consumer.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start_tool(&self, main: &str, arguments: &[&str]) -> Result<Tool> {
        self.start_tool_with_input(main, arguments, "")
    }

    /// As [`Cluster::start_tool`], with text for its standard input.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start_tool_with_input(&self, main: &str, arguments: &[&str], text: &str) -> Result<Tool> {
        let jars = tool_jars()?;
        jvm::make_archive(&jars, || self.archive_tools(&jars))?;
        self.launch(
            &jars,
            &Classes::Archived(jvm::archive(&jars)),
            main,
            arguments,
            text,
        )
    }

    /// The console consumer has most classes that any tool needs. What it reads, and whether, does not matter.
    fn archive_tools(&self, jars: &Path) -> Result<()> {
        let (bootstrap, classes) = (
            self.bootstrap(),
            Classes::ToArchive(jvm::unfinished_archive(jars)),
        );
        let arguments = [
            "--bootstrap-server",
            &bootstrap,
            "--topic",
            "__consumer_offsets",
            "--timeout-ms",
            "2000",
        ];
        self.launch(jars, &classes, CONSUMER, &arguments, "")?
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
        let name = main.rsplit('.').next().unwrap_or(main).to_owned();
        let folder = self.folder.join(format!("{name}-{:08x}", crate::random() >> 32));
        fs::create_dir_all(&folder)?;
        let input = folder.join("input");
        fs::write(&input, text)?;
        let errors = folder.with_extension("log");
        let mut command = jvm::command(jars, classes, main, "256m", &folder, "warn")?;
        command.extend(arguments.iter().map(Into::into));
        let plan = Plan {
            command,
            folder: folder.clone(),
            input: Some(input),
            errors: errors.clone(),
            merge: false,
            doomed: Some(folder),
        };
        Ok(Tool {
            name,
            process: Supervised::start(plan)?,
            errors,
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
        let bootstrap = self.bootstrap();
        let arguments = [
            ["--bootstrap-server", &bootstrap],
            ["--topic", topic],
            ["--compression-codec", compression],
            ["--reader-property", "parse.key=true"],
            ["--reader-property", "key.separator=\t"],
        ];
        let producer = self.start_tool_with_input(PRODUCER, arguments.as_flattened(), &input)?;
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
        let (bootstrap, most) = (self.bootstrap(), count.to_string());
        let arguments = [
            ["--bootstrap-server", &bootstrap],
            ["--topic", topic],
            ["--max-messages", &most],
            ["--timeout-ms", "10000"],
            ["--formatter-property", "print.partition=true"],
            ["--formatter-property", "print.offset=true"],
            ["--formatter-property", "print.key=true"],
        ];
        let mut all = arguments.as_flattened().to_vec();
        all.push("--from-beginning");
        let output = self.tool(CONSUMER, &all)?;
        ensure!(
            output.stdout.len() == count,
            "{} of {count} records:\n{}",
            output.stdout.len(),
            output.stderr
        );
        output.stdout.iter().map(|line| console_record(line)).collect()
    }
}

/// `Partition:0<tab>Offset:17<tab>key<tab>value`
fn console_record(line: &str) -> Result<ConsoleRecord> {
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

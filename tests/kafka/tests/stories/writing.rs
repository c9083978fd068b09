//! Records written by Kafka's own producers, and what they hold.

use anyhow::{Context, Result, ensure};
use kohort_testkafka::{Cluster, Tool};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Every compression that Kafka knows.
pub(crate) const CODECS: [&str; 5] = ["none", "gzip", "snappy", "lz4", "zstd"];
const PRODUCING: Duration = Duration::from_secs(120);

/// The lines that [`write`] writes: headers, key and value, all of which tell the codec and the number.
pub(crate) fn lines(codec: &str, count: usize) -> Vec<String> {
    let line = |n| {
        let filler = "abcdefghij".repeat(n % 12);
        format!("codec:{codec},number:{n}\tkey-{codec}-{n}\tvalue {n} of {codec} {filler}")
    };
    (0..count).map(line).collect()
}

/// Kafka's console producer writes these lines; the key chooses the partition.
pub(crate) fn write(kafka: &Cluster, topic: &str, codec: &str, lines: &[String]) -> Result<()> {
    let bootstrap = kafka.bootstrap();
    let arguments = [
        ["--bootstrap-server", &bootstrap],
        ["--topic", topic],
        ["--compression-codec", codec],
        ["--reader-property", "parse.headers=true"],
        ["--reader-property", "parse.key=true"],
    ];
    let input = lines.join("\n") + "\n";
    let main = "org.apache.kafka.tools.ConsoleProducer";
    let producer = kafka.start_tool_with_input(main, arguments.as_flattened(), &input)?;
    let output = producer.wait(PRODUCING)?.success()?;
    // It prints a failed send and ends with 0 all the same.
    ensure!(
        !output.stderr.contains("ERROR"),
        "the console producer said:\n{}",
        output.stderr
    );
    Ok(())
}

/// The end of each partition, as Kafka's own tool sees it.
pub(crate) fn ends(kafka: &Cluster, topic: &str) -> Result<BTreeMap<i32, i64>> {
    let bootstrap = kafka.bootstrap();
    let arguments = ["--bootstrap-server", &bootstrap, "--topic", topic];
    let output = kafka
        .tool("org.apache.kafka.tools.GetOffsetShell", &arguments)?
        .success()?;
    let end = |line: &String| {
        let mut fields = line.rsplit(':');
        let (end, partition) = (fields.next(), fields.next());
        let both = end
            .zip(partition)
            .with_context(|| format!("not topic:partition:offset: {line:?}"))?;
        Ok((both.1.parse()?, both.0.parse()?))
    };
    output.stdout.iter().map(end).collect()
}

/// Kafka's VerifiableProducer, which says of each record where it was acknowledged; it writes until it is told to stop.
pub(crate) struct Flow {
    tool: Tool,
    settings: PathBuf,
}

/// Where a value was acknowledged.
pub(crate) type Acknowledged = BTreeMap<(i32, i64), String>;

impl Flow {
    /// Idempotent, as Java's producers are by default (the tool's own default is not to retry): a broker may die.
    pub(crate) fn start(kafka: &Cluster, topic: &str, per_second: u32) -> Result<Self> {
        let settings =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{topic}-{}.properties", std::process::id()));
        let text = "retries=2147483647\nenable.idempotence=true\nrequest.timeout.ms=3000\ndelivery.timeout.ms=60000\nlinger.ms=5\n";
        std::fs::write(&settings, text)?;
        let (bootstrap, rate) = (kafka.bootstrap(), per_second.to_string());
        let file = settings.display().to_string();
        let arguments = [
            ["--bootstrap-server", &bootstrap],
            ["--topic", topic],
            ["--throughput", &rate],
            ["--repeating-keys", "600"],
            ["--command-config", &file],
        ];
        let tool = kafka.start_tool(
            "org.apache.kafka.tools.VerifiableProducer",
            arguments.as_flattened(),
        )?;
        Ok(Self { tool, settings })
    }

    /// Ends it in order, and returns what was acknowledged.
    pub(crate) fn stop(&mut self) -> Result<Acknowledged> {
        self.tool.terminate()?;
        let mut acknowledged = Acknowledged::new();
        while let Some(line) = self.tool.next_line(PRODUCING)? {
            let event: Value =
                serde_json::from_str(&line).with_context(|| format!("not an event: {line:?}"))?;
            match event["name"].as_str() {
                Some("producer_send_success") => {
                    let partition = event["partition"].as_i64().context("no partition")?.try_into()?;
                    let offset = event["offset"].as_i64().context("no offset")?;
                    acknowledged.insert(
                        (partition, offset),
                        event["value"].as_str().unwrap_or_default().to_owned(),
                    );
                }
                Some("producer_send_error") => anyhow::bail!("Kafka's producer gave a record up: {line}"),
                _ => {}
            }
        }
        // It lies in the build's own folder for temporary files: no harm if it stays.
        let _ = std::fs::remove_file(&self.settings);
        Ok(acknowledged)
    }
}

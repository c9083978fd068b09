//! The coordinator moves, dies and comes back, then a leader of partitions dies, while a Java consumer, kcat and ours read what a
//! Java producer goes on writing. They go on too, and none of it costs them their place in the group.

use crate::reader::Reader;
use crate::stage::{LIMIT, Stage, wait_for};
use anyhow::{Context, Result, bail};
use kohort::NodeId;
use kohort_testkafka::Tool;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What each reads after a fault before the next one comes.
const PROGRESS: usize = 100;

#[test]
fn all_go_on_when_coordinator_and_leaders_move_and_die() -> Result<()> {
    let stage = Stage::enter(3, "faults")?;
    let mut readers = [
        Reader::java(&stage, "java")?,
        Reader::kcat(&stage, "kcat", &[])?,
        Reader::ours(&stage, "ours")?,
    ];
    let owners = stage.settled(&["java", "kcat", "ours"])?;
    let generation = stage.group()?.context("a group")?.generation;
    let mut flow = Flow::start(&stage)?;
    all_go_on(&mut readers, "at first")?;

    let old = stage.coordinator()?;
    let new = NodeId(old.0 % 3 + 1);
    stage
        .runtime
        .block_on(stage.broker.move_coordinator(stage.name, new))?;
    all_go_on(&mut readers, "after the coordinator moved")?;

    for what in ["the coordinator", "the next coordinator"] {
        let node = stage.coordinator()?;
        stage.runtime.block_on(stage.broker.stop_node(node))?;
        all_go_on(&mut readers, &format!("after {what} died"))?;
        stage.runtime.block_on(stage.broker.start_node(node))?;
        all_go_on(&mut readers, &format!("after {what} was there again"))?;
    }

    let acknowledged = flow.stop()?;
    let read = all_is_read(&acknowledged, &mut readers)?;
    assert_eq!(
        stage.settled(&["java", "kcat", "ours"])?,
        owners,
        "each has what it had"
    );
    assert_eq!(
        stage.group()?.context("a group")?.generation,
        generation,
        "no fault caused a rebalance"
    );
    assert_eq!(
        read,
        acknowledged.len(),
        "without a rebalance nothing is read twice"
    );
    for reader in readers {
        reader.leave(&stage)?;
    }
    stage.all_committed()
}

fn all_go_on(readers: &mut [Reader], when: &str) -> Result<()> {
    for reader in readers.iter_mut() {
        reader.look()?;
    }
    let before: Vec<usize> = readers.iter().map(|reader| reader.read.len()).collect();
    wait_for(&format!("all read on {when}"), || {
        let mut behind = Vec::new();
        for (reader, before) in readers.iter_mut().zip(&before) {
            reader.look()?;
            if reader.read.len() < before + PROGRESS {
                behind.push(format!("{}: {} records", reader.name, reader.read.len() - before));
            }
        }
        Ok(match behind.is_empty() {
            true => Ok(()),
            false => Err(anyhow::anyhow!("{behind:?}")),
        })
    })
}

/// Waits until every acknowledged record was read, and returns how many were in all.
fn all_is_read(acknowledged: &Acknowledged, readers: &mut [Reader]) -> Result<usize> {
    wait_for("all that was acknowledged is read", || {
        for reader in readers.iter_mut() {
            reader.look()?;
        }
        let all = readers.iter().flat_map(|reader| &reader.read);
        let read: BTreeMap<(i32, i64), &str> = all
            .map(|record| ((record.partition, record.offset), record.value.as_str()))
            .collect();
        let missing = acknowledged
            .iter()
            .find(|(place, value)| read.get(place) != Some(&value.as_str()));
        Ok(match missing {
            None => Ok(readers.iter().map(|reader| reader.read.len()).sum()),
            Some(record) => Err(anyhow::anyhow!("{record:?} is not read")),
        })
    })
}

type Acknowledged = BTreeMap<(i32, i64), String>;

/// Kafka's VerifiableProducer, which says where each record was acknowledged, until it is stopped.
struct Flow {
    tool: Tool,
    settings: PathBuf,
    acknowledged: Acknowledged,
}

impl Flow {
    /// Idempotent with retries, unlike the tool's own default: nodes will die.
    fn start(stage: &Stage) -> Result<Self> {
        let name = format!("{}-{}.properties", stage.name, std::process::id());
        let settings = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let text = "retries=2147483647\nenable.idempotence=true\nrequest.timeout.ms=5000\ndelivery.timeout.ms=90000\n";
        std::fs::write(&settings, text)?;
        let file = settings.display().to_string();
        let arguments = [
            ["--bootstrap-server", stage.tools.bootstrap()],
            ["--topic", stage.name],
            ["--throughput", "300"],
            ["--repeating-keys", "600"],
            ["--command-config", &file],
        ];
        let producer = "org.apache.kafka.tools.VerifiableProducer";
        let tool = stage.tools.start(producer, arguments.as_flattened())?;
        Ok(Self {
            tool,
            settings,
            acknowledged: Acknowledged::new(),
        })
    }

    /// Ends it in order, and returns what was acknowledged.
    fn stop(&mut self) -> Result<Acknowledged> {
        self.tool.terminate()?;
        while let Some(line) = self.tool.next_line(LIMIT)? {
            self.note(&line)?;
        }
        let _ = std::fs::remove_file(&self.settings);
        Ok(std::mem::take(&mut self.acknowledged))
    }

    fn note(&mut self, line: &str) -> Result<()> {
        let event: Value = serde_json::from_str(line).with_context(|| line.to_owned())?;
        match event["name"].as_str() {
            Some("producer_send_success") => {
                let partition = event["partition"].as_i64().context("no partition")?;
                let offset = event["offset"].as_i64().context("no offset")?;
                let value = event["value"].as_str().context("no value")?;
                self.acknowledged
                    .insert((partition.try_into()?, offset), value.to_owned());
            }
            Some("producer_send_error") => bail!("the producer gave a record up: {line}"),
            _ => {}
        }
        Ok(())
    }
}

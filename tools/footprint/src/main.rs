//! Weighs a member of a group: the size of its program and its resident memory at rest. Fails above 1 MiB and 6 MiB.
//!
//! The program (`examples/minimal_member.rs`, or one that takes the same arguments and prints each value in a line) runs as a
//! process of its own against an embedded broker of three nodes in this one. Before its weight counts it must prove to be a whole
//! member: it reads, commits, rests, and goes on after its coordinator moved.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use kohort::{Acks, BatchBuilder, Client, ClientConfig, GroupId, NewRecord, NodeId, TopicPartition};
use kohort_broker::{Broker, Config};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{ChildStdout, Command};
use tokio::time::{sleep, timeout};

const MAX_PROGRAM: u64 = 1 << 20;
const MAX_RESIDENT: u64 = 6 << 20;
/// Some heartbeats long.
const REST: Duration = Duration::from_secs(10);
const PATIENCE: Duration = Duration::from_secs(60);
const GROUP: &str = "footprint";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    // What stands before the program runs it, such as qemu-arm.
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Some(program) = words.last() else {
        bail!("usage: kohort-footprint [RUNNER..] PROGRAM");
    };
    let size = std::fs::metadata(program)
        .with_context(|| format!("{program} cannot be read"))?
        .len();
    let resident = timeout(PATIENCE, weigh(&words))
        .await
        .context("the member did not do its work within a minute")??;
    let name = Path::new(program)
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    println!(
        "{name}: {size} bytes, {} KiB resident as a member at rest",
        resident >> 10
    );
    ensure!(
        size < MAX_PROGRAM,
        "the program must stay below {MAX_PROGRAM} bytes"
    );
    // An emulator's memory is not the member's.
    ensure!(
        words.len() > 1 || resident < MAX_RESIDENT,
        "the member must stay below {MAX_RESIDENT} bytes"
    );
    Ok(())
}

/// Runs the member through its life; the bytes resident at rest.
async fn weigh(words: &[String]) -> Result<u64> {
    let config = Config {
        nodes: 3,
        ..Config::default()
    };
    let broker = Broker::start(config).await?;
    broker.create_topic("orders", 1).await?;
    let client = Client::new(ClientConfig::new(&broker.bootstrap()))?;
    let Some((program, before)) = words.split_first() else {
        bail!("no program");
    };
    let mut member = Command::new(program)
        .args(before)
        .args([&broker.bootstrap(), GROUP, "orders"])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("{program} cannot be started"))?;
    let mut lines = BufReader::new(member.stdout.take().context("its output")?).lines();
    serve(&client, &mut lines, 1).await?;
    sleep(REST).await;
    let resident = resident(member.id().context("the member ended")?)?;
    for node in [1, 2, 3] {
        broker.move_coordinator(GROUP, NodeId(node)).await?;
    }
    serve(&client, &mut lines, 2).await?;
    member.kill().await?;
    broker.shutdown().await;
    Ok(resident)
}

/// A record comes; the member must print it and commit what is behind it.
async fn serve(client: &Client, lines: &mut Lines<BufReader<ChildStdout>>, count: i64) -> Result<()> {
    let (partition, value) = (TopicPartition::new("orders", 0), format!("order {count}"));
    let mut batch = BatchBuilder::new();
    batch.push(&NewRecord {
        value: Some(value.as_bytes()),
        ..NewRecord::default()
    })?;
    client.produce(&partition, Acks::All, batch.finish()?).await?;
    let line = lines.next_line().await?;
    ensure!(
        line.as_deref() == Some(&value),
        "it printed {line:?}, not {value}"
    );
    while committed(client, &partition).await? != Some(count) {
        sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

async fn committed(client: &Client, partition: &TopicPartition) -> Result<Option<i64>> {
    let wanted = std::slice::from_ref(partition);
    let answer = client.offset_fetch(&GroupId::from(GROUP), Some(wanted)).await?;
    let first = answer.topics.first().and_then(|topic| topic.partitions.first());
    Ok(first.map(|partition| partition.committed_offset))
}

/// Bytes, from `VmRSS` of Linux.
fn resident(process: u32) -> Result<u64> {
    let path = format!("/proc/{process}/status");
    let status = std::fs::read_to_string(&path).with_context(|| format!("{path} cannot be read"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|rest| rest.trim().strip_suffix(" kB"));
    let kib: u64 = kib.context("no VmRSS in kB")?.trim().parse()?;
    Ok(kib << 10)
}

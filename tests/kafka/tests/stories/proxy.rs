//! `kohort sniff` between Kafka's own Java clients and a cluster of three: nobody goes past it, and all that passed can be read.

use crate::program::Program;
use crate::stage::Stage;
use anyhow::{Context, Result, ensure};
use kohort_testkafka::Tools;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

const WRITTEN: usize = 300;

#[test]
fn javas_clients_work_wholly_through_the_proxy() -> Result<()> {
    let stage = Stage::enter()?;
    stage.kafka.create_topic("sniffed", 6, 1, &[])?;
    let capture =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("sniffed-{}.capture", std::process::id()));
    let capture = capture.to_str().context("a path that is text")?;
    let upstream = stage.kafka.address(stage.kafka.nodes()[0])?.to_string();
    let arguments = [
        "sniff",
        "--listen",
        "127.0.0.1:0",
        "--upstream",
        &upstream,
        "--record",
        capture,
    ];
    let mut sniff = Program::start(&arguments)?;
    sniff.lines(1)?;
    let mut words = sniff.stdout[0].split_whitespace();
    let address = words
        .find(|word| word.starts_with("127.0.0.1:"))
        .context("the first line has no address")?;

    let tools = Tools::at(address)?;
    let records = (0..WRITTEN).map(|n| (format!("key-{n}"), format!("value-{n}")));
    tools.produce("sniffed", "zstd", records)?;
    for (group, protocol) in [("sniffed-classic", "classic"), ("sniffed-consumer", "consumer")] {
        let read = consume(&tools, group, protocol)?;
        assert_eq!(read.len(), WRITTEN, "{protocol}: each record once");
    }
    sniff.interrupt()?;
    let output = sniff.end()?;
    let said = output.stdout.join("\n");
    println!("{}", said.split_once("\n\n").map_or("", |(_, table)| table));

    let opened: BTreeSet<&str> = output
        .stdout
        .iter()
        .filter_map(|line| line.split(" to ").nth(1))
        .collect();
    let brokers: BTreeSet<String> = stage.kafka.bootstrap().split(',').map(str::to_owned).collect();
    assert_eq!(
        opened,
        brokers.iter().map(String::as_str).collect(),
        "every broker is reached through it"
    );
    for odd in [
        "unknown API",
        "unknown version",
        "unreadable",
        "answer no request",
        "are no request",
    ] {
        ensure!(!said.contains(odd), "{odd} in\n{said}");
    }
    all_that_passed_can_be_read(capture)?;
    std::fs::remove_file(capture)?;
    Ok(())
}

/// Kafka's console consumer as a member of a group; the values it printed.
fn consume(tools: &Tools, group: &str, protocol: &str) -> Result<BTreeSet<String>> {
    let most = WRITTEN.to_string();
    let protocol = format!("group.protocol={protocol}");
    let arguments = [
        ["--bootstrap-server", tools.bootstrap()],
        ["--topic", "sniffed"],
        ["--group", group],
        ["--max-messages", &most],
        ["--timeout-ms", "30000"],
        ["--command-property", &protocol],
    ];
    let mut all = arguments.as_flattened().to_vec();
    all.push("--from-beginning");
    let output = tools
        .run("org.apache.kafka.tools.consumer.ConsoleConsumer", &all)?
        .success()?;
    Ok(output.stdout.into_iter().collect())
}

/// Each frame of the capture without a fault, and among them every record: as often as it was written and read.
fn all_that_passed_can_be_read(capture: &str) -> Result<()> {
    let arguments = ["decode", "--capture", capture, "--json", "--bodies", "full"];
    let output = Program::start(&arguments)?.end()?;
    let (mut frames, mut produced, mut fetched) = (0, 0, 0);
    for line in &output.stdout {
        let value: Value = serde_json::from_str(line).with_context(|| format!("not JSON: {line}"))?;
        let frame = &value["frame"];
        if frame.is_null() {
            continue;
        }
        frames += 1;
        ensure!(frame["error"].is_null(), "{line}");
        match frame["message"].as_str() {
            Some("ProduceRequest") => produced += records(frame),
            Some("FetchResponse") => fetched += records(frame),
            _ => {}
        }
    }
    println!("{frames} frames, {produced} records written and {fetched} read");
    assert_eq!(produced, WRITTEN as u64);
    // A consumer may fetch a batch again, from the middle on.
    assert!(
        fetched >= 2 * WRITTEN as u64,
        "{fetched} records were fetched through it"
    );
    Ok(())
}

/// How many records the batches count, wherever in the frame they are.
fn records(value: &Value) -> u64 {
    match value {
        Value::Array(elements) => elements.iter().map(records).sum(),
        Value::Object(fields) => match fields.get("recordsCount").and_then(Value::as_u64) {
            Some(count) => count,
            None => fields.values().map(records).sum(),
        },
        _ => 0,
    }
}

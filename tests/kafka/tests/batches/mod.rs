//! Batches as other producers write them: one topic for each producer and compression, read back as it lies in the log.

use crate::target::Real;
use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use kohort_checks::{Bench, frames};
use kohort_protocol::TopicName;
use kohort_protocol::api::fetch::{FetchPartition, FetchRequest, FetchTopic};
use kohort_testkafka::Cluster;
use std::process::Command;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

const COMPRESSIONS: [&str; 5] = ["none", "gzip", "snappy", "lz4", "zstd"];
const RECORDS: usize = 20;

/// What the default tests expect to find: keep the two in step.
fn input(separator: &str) -> String {
    let line = |n| format!("key-{n}{separator}value {n} value {n} value {n} value {n}\n");
    (0..RECORDS).map(line).collect()
}

/// Name and text of each fixture.
pub(crate) fn write_and_read(cluster: &Arc<Cluster>) -> Result<Vec<(String, String)>> {
    let kcat = String::from_utf8(Command::new("kcat").arg("-V").output()?.stdout)?;
    let librdkafka = kcat.lines().find(|line| line.contains("librdkafka"));
    let librdkafka = format!("kcat {}", librdkafka.context("kcat names its librdkafka")?.trim());
    let java = format!("Kafka {}'s console producer", kohort_testkafka::TOOLS_VERSION);
    let mut fixtures = Vec::new();
    for compression in COMPRESSIONS {
        for (writer, words) in [("java", &*java), ("librdkafka", &*librdkafka)] {
            let topic = format!("{writer}-{compression}");
            cluster.create_topic(&topic, 1, 1, &[])?;
            match writer {
                "java" => by_java(cluster, &topic, compression)?,
                _ => by_librdkafka(cluster, &topic, compression)?,
            }
            let records = fetch(cluster, &topic)?;
            let header = format!(
                "# Compression {compression}, by {words}, in the log of Kafka {}.\n",
                cluster.version()
            );
            fixtures.push((format!("{topic}.txt"), header + &frames::to_hex(&records) + "\n"));
        }
    }
    Ok(fixtures)
}

fn by_java(cluster: &Cluster, topic: &str, compression: &str) -> Result<()> {
    let bootstrap = cluster.bootstrap();
    let arguments = [
        ["--bootstrap-server", &bootstrap],
        ["--topic", topic],
        ["--compression-codec", compression],
        ["--reader-property", "parse.headers=true"],
        ["--reader-property", "headers.delimiter=|"],
        ["--reader-property", "parse.key=true"],
        ["--reader-property", "key.separator=:"],
        // All records in one batch.
        ["--timeout", "500"],
    ];
    let lines = input(":")
        .lines()
        .map(|line| format!("a:1,b:2|{line}\n"))
        .collect::<String>();
    let producer = "org.apache.kafka.tools.ConsoleProducer";
    let tool = cluster
        .tools()
        .start_with_input(producer, arguments.as_flattened(), &lines)?;
    tool.wait(Duration::from_secs(60))?.success()?;
    Ok(())
}

fn by_librdkafka(cluster: &Cluster, topic: &str, compression: &str) -> Result<()> {
    let arguments = [
        "-P",
        "-t",
        topic,
        "-p",
        "0",
        "-z",
        compression,
        "-K:",
        "-H",
        "a=1",
        "-H",
        "b=2",
        "-X",
        "linger.ms=500",
    ];
    cluster
        .tools()
        .kcat(&arguments, &input(":"))?
        .wait(Duration::from_secs(60))?
        .success()?;
    Ok(())
}

fn fetch(cluster: &Arc<Cluster>, topic: &str) -> Result<Bytes> {
    let bench = Bench::new(Rc::new(Real(Arc::clone(cluster))), "batches");
    let request = FetchRequest {
        max_wait_ms: 1000,
        min_bytes: 1,
        topics: vec![FetchTopic {
            topic: TopicName::from(topic),
            partitions: vec![FetchPartition::default()],
            ..FetchTopic::default()
        }],
        ..FetchRequest::default()
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let answer = runtime.block_on(async { bench.connect().await?.call(12, &request).await })?;
    let mut partitions = answer.responses.into_iter().flat_map(|topic| topic.partitions);
    let partition = partitions.next().context("the partition that was asked for")?;
    ensure!(
        partition.high_watermark == i64::try_from(RECORDS)?,
        "not all records: {partition:?}"
    );
    partition.records.context("records")
}

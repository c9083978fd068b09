//! One broker: it starts, Kafka's own tools write to it and read from it, and it comes back with its data.

use anyhow::{Context, Result, ensure};
use kohort_broker::{Release, SERVED};
use kohort_protocol::ApiKey;
use kohort_testkafka::{Cluster, KafkaError, Version, kafka_clients_jar, shared};
use std::net::TcpListener;
use std::time::Duration;

fn records(count: usize) -> Vec<(String, String)> {
    (0..count)
        .map(|n| (format!("key-{n}"), format!("value {n}")))
        .collect()
}

/// What goes in by Kafka's producer comes out by Kafka's consumer, with every compression, in order of each key.
fn produced_is_consumed(kafka: &Cluster, compressions: &[&str]) -> Result<()> {
    for compression in compressions {
        let topic = format!("written-{compression}");
        kafka.create_topic(&topic, 3, 1, &[])?;
        kafka.produce(&topic, compression, records(300))?;
        let mut read: Vec<_> = kafka
            .consume(&topic, 300)?
            .into_iter()
            .map(|record| (record.key, record.value))
            .collect();
        read.sort();
        let mut written = records(300);
        written.sort();
        ensure!(read == written, "{compression}: read {read:?}");
    }
    Ok(())
}

#[test]
fn kafka_4_4_0_serves_its_own_tools() -> Result<()> {
    let kafka = shared(&Version::V4_4_0, 1)?;
    produced_is_consumed(kafka, &["none", "gzip", "snappy", "lz4", "zstd"])?;
    let mut wire = kafka.wire(1)?;
    assert_eq!(
        wire.api_versions()?.get(&8),
        Some(&(2, 10)),
        "OffsetCommit v10 came with 4.2"
    );
    assert!(kafka_clients_jar(kafka.version())?.exists());
    lists_what_the_embedded_broker_does(kafka, Release::V4_4)
}

#[test]
fn kafka_4_0_2_serves_its_own_tools() -> Result<()> {
    let kafka = shared(&Version::V4_0_2, 1)?;
    produced_is_consumed(kafka, &["zstd"])?;
    assert_eq!(kafka.wire(1)?.api_versions()?.get(&8), Some(&(2, 9)));
    lists_what_the_embedded_broker_does(kafka, Release::V4_0)
}

/// The embedded broker, playing this release, lists of each API what the release itself lists: the newest version always, the oldest
/// unless it is too old to be served at all.
fn lists_what_the_embedded_broker_does(kafka: &Cluster, release: Release) -> Result<()> {
    let listed = kafka.wire(1)?.api_versions()?;
    for api in SERVED.iter().copied() {
        let played = release
            .versions(api)
            .with_context(|| format!("{release} is to serve {api}"))?;
        // Kafka 4 lists Produce from v0 on and serves it from v3 on, as the embedded broker does.
        let too_old = api == ApiKey::Produce || release < Release::V4_0;
        let oldest = |oldest: i16| if too_old { oldest.max(played.min) } else { oldest };
        let real = listed.get(&api.number()).map(|(min, max)| (oldest(*min), *max));
        ensure!(
            real == Some((played.min, played.max)),
            "{api}: Kafka {} lists {real:?}, the embedded broker {played}",
            kafka.version()
        );
    }
    Ok(())
}

#[test]
#[ignore = "CI tests no release that needs ZooKeeper; docs/testing-on-kafka.md says what else was run on it"]
fn kafka_2_5_1_serves_its_own_tools() -> Result<()> {
    let kafka = shared(&Version::new("2.5.1"), 1)?;
    produced_is_consumed(kafka, &["zstd"])?;
    lists_what_the_embedded_broker_does(kafka, Release::V2_5)
}

#[test]
#[ignore = "CI tests no release that needs ZooKeeper; docs/testing-on-kafka.md says what else was run on it"]
fn kafka_2_7_2_serves_its_own_tools() -> Result<()> {
    let kafka = shared(&Version::V2_7_2, 1)?;
    produced_is_consumed(kafka, &["zstd"])?;
    assert_eq!(kafka.wire(1)?.api_versions()?.get(&8), Some(&(0, 8)));
    lists_what_the_embedded_broker_does(kafka, Release::V2_7)
}

#[test]
fn topics_are_created_grown_and_deleted() -> Result<()> {
    let kafka = shared(&Version::V4_4_0, 1)?;
    kafka.create_topic("grows", 2, 1, &[("retention.ms", "60000")])?;
    let again = kafka.create_topic("grows", 2, 1, &[]).expect_err("it exists");
    assert_eq!(
        again.downcast_ref(),
        Some(&KafkaError {
            api: "CreateTopics",
            code: 36
        })
    );
    kafka.add_partitions("grows", 5)?;
    assert_eq!(kafka.leader("grows", 4)?, 1);
    let bootstrap = kafka.bootstrap();
    let arguments = ["--bootstrap-server", &bootstrap, "--describe", "--topic", "grows"];
    let described = kafka
        .tool("org.apache.kafka.tools.TopicCommand", &arguments)?
        .success()?
        .stdout
        .join("\n");
    assert!(described.contains("PartitionCount: 5"), "{described}");
    assert!(described.contains("retention.ms=60000"), "{described}");
    kafka.delete_topic("grows")?;
    assert!(!kafka.metadata()?.topics.contains_key("grows"));
    Ok(())
}

#[test]
fn a_running_tool_is_read_line_by_line_and_closes_on_sigterm() -> Result<()> {
    let kafka = shared(&Version::V4_4_0, 1)?;
    kafka.create_topic("watched", 1, 1, &[])?;
    let bootstrap = kafka.bootstrap();
    let arguments = [
        "--bootstrap-server",
        &bootstrap,
        "--topic",
        "watched",
        "--group-id",
        "watchers",
        "--verbose",
    ];
    let mut consumer = kafka.start_tool("org.apache.kafka.tools.VerifiableConsumer", &arguments)?;
    let limit = Duration::from_secs(30);
    while !consumer
        .next_line(limit)?
        .context("it ended early")?
        .contains("partitions_assigned")
    {}
    kafka.produce("watched", "none", [("key".to_owned(), "hello".to_owned())])?;
    while !consumer
        .next_line(limit)?
        .context("it ended early")?
        .contains("\"hello\"")
    {}
    consumer.terminate()?;
    let output = consumer.wait(limit)?;
    assert!(
        output
            .stdout
            .iter()
            .any(|line| line.contains("shutdown_complete")),
        "{output:?}"
    );
    Ok(())
}

#[test]
fn a_restarted_broker_has_its_address_its_records_and_its_groups() -> Result<()> {
    let kafka = Cluster::builder().start()?;
    kafka.create_topic("kept", 1, 1, &[])?;
    kafka.produce("kept", "none", records(5))?;
    assert_eq!(kafka.wire(1)?.commit("g", "kept", &[0], (3, ""))?, 0);
    let (address, pid) = (kafka.address(1)?, kafka.pid(1)?);

    kafka.kill(1)?;
    assert_eq!(kafka.pid(1)?, None);
    assert!(kafka.wire(1).is_err(), "nobody listens any more");
    kafka.restart(1)?;
    assert_eq!(
        (kafka.wire(1)?.committed("g", "kept", 0)?, kafka.address(1)?),
        ((0, 3), address)
    );
    assert_ne!(kafka.pid(1)?, pid);

    kafka.terminate(1)?;
    kafka.restart(1)?;
    assert_eq!(
        kafka
            .consume("kept", 5)?
            .last()
            .map(|r| (r.offset, r.value.as_str())),
        Some((4, "value 4"))
    );
    Ok(())
}

/// Kafka's controller fences a broker that was silent for longer than its session, itself too; for a moment all its groups then
/// answer 16, in the middle of somebody's test.
#[test]
fn a_lone_broker_that_was_silent_for_some_seconds_keeps_its_groups() -> Result<()> {
    for version in [Version::V4_4_0, Version::V4_0_2] {
        let kafka = Cluster::builder().version(version).start()?;
        kafka.pause(1)?;
        std::thread::sleep(Duration::from_secs(4));
        kafka.resume(1)?;
        std::thread::sleep(Duration::from_secs(1));
        let log = std::fs::read_to_string(kafka.log(1)?)?;
        let fenced = log.lines().find(|line| line.contains("Fencing broker 1"));
        assert_eq!(fenced, None, "Kafka {}", kafka.version());
    }
    Ok(())
}

#[test]
fn what_kafka_does_not_accept_is_said_with_the_end_of_its_log() {
    let refused = Cluster::builder()
        .property("num.io.threads", "0")
        .start()
        .expect_err("0 threads");
    assert!(format!("{refused:#}").contains("num.io.threads"), "{refused:#}");
    assert!(Cluster::builder().brokers(2).start().is_err());
    assert!(Cluster::builder().version(Version::new("../4")).start().is_err());
}

#[test]
fn a_broker_that_ends_by_itself_is_noticed_at_once() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("it is bound").port();
    let listeners = format!("PLAINTEXT://127.0.0.1:1,CONTROLLER://127.0.0.1:{port}");
    let refused = Cluster::builder()
        .property("listeners", &listeners)
        .start()
        .expect_err("it is taken");
    let message = format!("{refused:#}");
    assert!(message.contains("the broker of node 1 has ended"), "{message}");
    assert!(message.contains("BindException"), "{message}");
}

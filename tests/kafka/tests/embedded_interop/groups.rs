//! Groups of two of one kind: each reads what it owns, in every compression, and Kafka's own tool sees them.

use crate::acts::{CODECS, Writer, read_by_owners, write};
use crate::reader::Reader;
use crate::stage::Stage;
use anyhow::Result;

const GROUPS: &str = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand";

#[test]
fn java_on_one_node() -> Result<()> {
    java_writes_and_two_java_consumers_read(&Stage::enter(1, "java-1")?)
}

#[test]
fn java_on_three_nodes() -> Result<()> {
    java_writes_and_two_java_consumers_read(&Stage::enter(3, "java-3")?)
}

#[test]
fn librdkafka_on_one_node() -> Result<()> {
    kcat_writes_and_two_kcats_read(&Stage::enter(1, "kcat-1")?, "read_uncommitted")
}

#[test]
fn librdkafka_on_three_nodes() -> Result<()> {
    kcat_writes_and_two_kcats_read(&Stage::enter(3, "kcat-3")?, "read_committed")
}

fn java_writes_and_two_java_consumers_read(stage: &Stage) -> Result<()> {
    let (mut one, mut two) = (Reader::java(stage, "one")?, Reader::java(stage, "two")?);
    let owners = stage.settled(&["one", "two"])?;
    let mut written = Vec::new();
    for codec in CODECS {
        written.extend(write(stage, Writer::Java, codec, 300)?);
    }
    read_by_owners(&written, &owners, &mut [&mut one, &mut two])?;
    every_codec_was_written(stage)?;
    stage.all_committed()?;

    let listed = kafka_sees(stage, &["--list"])?;
    assert_eq!(listed, [stage.name]);
    let state = described(stage, &["--state"])?;
    // GROUP COORDINATOR (ID) ASSIGNMENT-STRATEGY STATE #MEMBERS
    assert_eq!(state.len(), 1, "{state:?}");
    assert_eq!(state[0][2], format!("({})", stage.coordinator()?));
    assert_eq!(state[0][3..], ["range", "Stable", "2"]);
    let mut members: Vec<(String, String)> = described(stage, &["--members", "--verbose"])?
        .into_iter()
        .map(|member| (member[3].clone(), member[6].clone()))
        .collect();
    members.sort_unstable();
    assert_eq!(members, assigned(stage, &owners), "Kafka's tool, then the broker");

    one.leave(stage)?;
    two.leave(stage)?;
    let offsets = described(stage, &["--offsets"])?;
    // GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG CONSUMER-ID HOST CLIENT-ID
    let ends = stage.ends()?;
    for line in &offsets {
        let end = ends[&line[2].parse()?].to_string();
        assert_eq!(line[3..6], [&end, &end, "0"], "committed, end, lag of {line:?}");
    }
    assert_eq!(offsets.len(), ends.len());
    assert_eq!(described(stage, &["--state"])?[0][3..], ["-", "Empty", "0"]);
    resets_and_deletions(stage)
}

/// `kafka-consumer-groups` changes what an empty group has committed.
fn resets_and_deletions(stage: &Stage) -> Result<()> {
    let (group, topic) = (["--group", stage.name], ["--topic", stage.name]);
    let reset = ["--reset-offsets", "--to-earliest", "--execute"];
    kafka_sees(stage, &[&reset[..], &group, &topic].concat())?;
    assert!(stage.committed()?.values().all(|offset| *offset == 0));
    kafka_sees(stage, &[&["--delete-offsets"][..], &group, &topic].concat())?;
    assert_eq!(stage.committed()?.len(), 0, "no committed offset is left");
    kafka_sees(stage, &[&["--delete"][..], &group].concat())?;
    assert_eq!(stage.group()?, None);
    Ok(())
}

fn kcat_writes_and_two_kcats_read(stage: &Stage, isolation: &str) -> Result<()> {
    let isolation = format!("isolation.level={isolation}");
    let mut one = Reader::kcat(stage, "one", &[&isolation])?;
    let mut two = Reader::kcat(stage, "two", &[&isolation])?;
    let owners = stage.settled(&["one", "two"])?;
    let mut written = Vec::new();
    for codec in CODECS {
        written.extend(write(stage, Writer::Kcat, codec, 300)?);
    }
    read_by_owners(&written, &owners, &mut [&mut one, &mut two])?;
    every_codec_was_written(stage)?;
    one.leave(stage)?;
    let owners = stage.settled(&["two"])?;
    let more = write(stage, Writer::Kcat, "lz4", 200)?;
    read_by_owners(&more, &owners, &mut [&mut two])?;
    two.leave(stage)?;
    stage.all_committed()
}

/// A client that finds the broker too old for a codec writes without, and nobody would notice.
fn every_codec_was_written(stage: &Stage) -> Result<()> {
    let batches = stage.batches()?;
    for (id, codec) in (0..).zip(CODECS) {
        let has = batches.iter().any(|batch| batch.attributes.codec_id() == id);
        assert!(has, "no batch is compressed with {codec}");
    }
    let idempotent = batches.iter().all(|batch| batch.producer_id.0 >= 0);
    assert!(idempotent, "a batch has no producer id");
    Ok(())
}

fn assigned(stage: &Stage, owners: &std::collections::BTreeMap<i32, String>) -> Vec<(String, String)> {
    let of = |name: &str| {
        let owned = owners.iter().filter(|(_, owner)| *owner == name);
        let owned: Vec<String> = owned.map(|(partition, _)| partition.to_string()).collect();
        (name.to_owned(), format!("{}:{}", stage.name, owned.join(",")))
    };
    vec![of("one"), of("two")]
}

fn kafka_sees(stage: &Stage, arguments: &[&str]) -> Result<Vec<String>> {
    let mut all = vec!["--bootstrap-server", stage.tools.bootstrap()];
    all.extend(arguments);
    Ok(stage.tools.run(GROUPS, &all)?.success()?.stdout)
}

/// The lines of the table that are about our group, cut into fields.
fn described(stage: &Stage, flags: &[&str]) -> Result<Vec<Vec<String>>> {
    let arguments = [&["--describe", "--group", stage.name], flags].concat();
    let cut = |line: String| line.split_whitespace().map(ToOwned::to_owned).collect::<Vec<_>>();
    let lines = kafka_sees(stage, &arguments)?.into_iter().map(cut);
    Ok(lines
        .filter(|fields| fields.first().is_some_and(|first| first == stage.name))
        .collect())
}

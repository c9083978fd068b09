//! What Kafka's tools and kcat say about topics of the embedded broker.

use crate::acts::{Writer, write};
use crate::stage::{PARTITIONS, Stage};
use anyhow::Result;
use kohort_testkafka::ToolOutput;
use std::time::Duration;

fn kafka_topics(stage: &Stage, arguments: &[&str]) -> Result<ToolOutput> {
    let all = [&["--bootstrap-server", stage.tools.bootstrap()], arguments].concat();
    stage.tools.run("org.apache.kafka.tools.TopicCommand", &all)
}

#[test]
fn kafka_topics_creates_lists_grows_and_deletes() -> Result<()> {
    let stage = Stage::enter(3, "here")?;
    let make = [
        "--create",
        "--topic",
        "made",
        "--partitions",
        "4",
        "--replication-factor",
        "3",
    ];
    kafka_topics(&stage, &make)?.success()?;
    let again = kafka_topics(&stage, &make)?;
    assert!(
        again.code != 0 && again.stderr.contains("already exists"),
        "{again:?}"
    );
    assert_eq!(
        kafka_topics(&stage, &["--list"])?.success()?.stdout,
        ["here", "made"]
    );
    kafka_topics(&stage, &["--alter", "--topic", "made", "--partitions", "5"])?.success()?;
    assert!(stage.inspect(|cluster| cluster.log_bounds("made", 4).is_some())?);
    kafka_topics(&stage, &["--delete", "--topic", "made"])?.success()?;
    assert_eq!(kafka_topics(&stage, &["--list"])?.success()?.stdout, ["here"]);
    // It asks for the topic's settings, and the embedded broker has none to show.
    let described = kafka_topics(&stage, &["--describe", "--topic", "here"])?;
    assert!(
        described.stderr.contains("does not support DESCRIBE_CONFIGS"),
        "{described:?}"
    );
    Ok(())
}

#[test]
fn get_offset_shell_finds_the_ends() -> Result<()> {
    let stage = Stage::enter(3, "ends")?;
    write(&stage, Writer::Java, "gzip", 100)?;
    for (time, wanted) in [
        ("earliest", None),
        ("latest", Some(stage.ends()?)),
        ("max-timestamp", None),
    ] {
        let arguments = [
            "--bootstrap-server",
            stage.tools.bootstrap(),
            "--topic",
            "ends",
            "--time",
            time,
        ];
        let lines = stage
            .tools
            .run("org.apache.kafka.tools.GetOffsetShell", &arguments)?
            .success()?
            .stdout;
        assert_eq!(i32::try_from(lines.len())?, PARTITIONS, "{time}: {lines:?}");
        for (partition, end) in wanted.into_iter().flatten() {
            assert!(lines.contains(&format!("ends:{partition}:{end}")), "{lines:?}");
        }
        assert!(
            time != "earliest" || lines.iter().all(|line| line.ends_with(":0")),
            "{lines:?}"
        );
    }
    Ok(())
}

#[test]
fn kcat_lists_nodes_and_leaders() -> Result<()> {
    let stage = Stage::enter(3, "listed")?;
    let said = stage.tools.kcat(&["-L", "-t", "listed"], "")?;
    let lines = said.wait(Duration::from_secs(60))?.success()?.stdout;
    for (node, address) in stage.broker.addresses() {
        let broker = format!("  broker {node} at {address}");
        assert!(lines.iter().any(|line| line.starts_with(&broker)), "{lines:#?}");
    }
    for partition in 0..PARTITIONS {
        let leader = stage.inspect(move |cluster| cluster.leader("listed", partition))?;
        let wanted = format!(
            "    partition {partition}, leader {}, ",
            leader.expect("it has one")
        );
        assert!(
            lines.iter().any(|line| line.starts_with(&wanted)),
            "no {wanted:?} in {lines:#?}"
        );
    }
    Ok(())
}

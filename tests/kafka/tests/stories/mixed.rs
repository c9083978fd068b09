//! One group of our member and a Java consumer, range assignor: who came first leads, and each reads what it owns.

use crate::book::{Account, some};
use crate::groups;
use crate::member::{Member, Process, settled};
use crate::stage::{LIMIT, Stage, wait_for};
use crate::writing::{ends, lines, write};
use anyhow::{Context, Result};
use kohort_testkafka::{Cluster, Tool};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeSet;

const PARTITIONS: i32 = 6;
/// Written in each act; the keys spread them over all partitions.
const AN_ACT: usize = 600;

#[test]
fn our_member_leads_and_javas_console_consumer_comes_and_goes() -> Result<()> {
    let stage = Stage::enter()?;
    let story = Story::new(&stage, "we-lead")?;
    let ours = story
        .process
        .member("ours", "we-lead", "we-lead", |builder| builder)?;
    let alone = settled(&[&ours], PARTITIONS)?;
    story.write(1)?;
    wait_for("our member has read the first act", || {
        enough(ours.count()?, AN_ACT)
    })?;

    let java = Java::console(&stage, "we-lead")?;
    story.shared(&ours)?;
    let status = ours.status()?;
    assert!(status.is_leader, "who was there first leads: {status:?}");
    assert_eq!(
        status.group.member_id, alone[0].group.member_id,
        "our member keeps its id"
    );
    story.both_read(2, &ours, &java)?;

    java.leave()?;
    settled(&[&ours], PARTITIONS)?;
    story.write(3)?;
    story.check(&ours, &java, 3)?;
    ours.close()
}

#[test]
fn javas_consumer_leads_and_our_member_comes_and_goes() -> Result<()> {
    let stage = Stage::enter()?;
    let story = Story::new(&stage, "java-leads")?;
    let java = Java::verifiable(&stage, "java-leads")?;
    wait_for("the Java consumer owns all", || {
        java.owns(&(0..PARTITIONS).collect())
    })?;
    story.write(1)?;
    wait_for("the Java consumer has read the first act", || {
        enough(java.read()?.read.len(), AN_ACT)
    })?;

    let ours = story
        .process
        .member("ours", "java-leads", "java-leads", |builder| builder)?;
    story.shared(&ours)?;
    assert!(!ours.status()?.is_leader, "who was there first leads");
    story.both_read(2, &ours, &java)?;

    ours.close()?;
    wait_for("the Java consumer owns all again", || {
        java.owns(&(0..PARTITIONS).collect())
    })?;
    story.write(3)?;
    story.check(&ours, &java, 3)?;
    java.leave()
}

struct Story<'a> {
    kafka: &'a Cluster,
    name: &'static str,
    process: Process,
}

impl<'a> Story<'a> {
    fn new(stage: &Stage, name: &'static str) -> Result<Story<'a>> {
        stage.kafka.create_topic(name, PARTITIONS, 1, &[])?;
        Ok(Story {
            kafka: stage.kafka,
            name,
            process: Process::start(stage.kafka)?,
        })
    }

    fn act(act: usize) -> Vec<String> {
        lines("zstd", 3 * AN_ACT)
            .into_iter()
            .skip((act - 1) * AN_ACT)
            .take(AN_ACT)
            .collect()
    }

    fn write(&self, act: usize) -> Result<()> {
        write(self.kafka, self.name, "zstd", &Self::act(act))
    }

    /// Range over two members: the one with the smaller id has 0 to 2, the other 3 to 5; Kafka's tool sees it so too.
    fn shared(&self, ours: &Member) -> Result<()> {
        wait_for("our member owns half of the partitions", || {
            let owned = ours.owned()?;
            Ok(if owned.len() == 3 {
                Ok(())
            } else {
                Err(format!("it owns {owned:?}"))
            })
        })?;
        let halves = [BTreeSet::from([0, 1, 2]), BTreeSet::from([3, 4, 5])];
        let members = wait_for(
            "Kafka's tool sees two members with a half each, in the order of their ids",
            || {
                let members = groups::members(self.kafka, self.name, self.name)?;
                Ok(if members.values().eq(&halves) {
                    Ok(members)
                } else {
                    Err(format!("{members:?}"))
                })
            },
        )?;
        let id = ours.status()?.group.member_id.to_string();
        assert_eq!(
            members.get(&id),
            Some(&ours.owned()?),
            "Kafka's tool (left) sees other partitions of ours"
        );
        Ok(())
    }

    /// An act while both are in the group: each reads from the partitions it owns, and together they read all.
    fn both_read(&self, act: usize, ours: &Member, java: &Java) -> Result<()> {
        let before = (ours.count()?, java.read()?.read.len());
        self.write(act)?;
        wait_for("both together have read all", || {
            enough(ours.count()? + java.read()?.read.len(), act * AN_ACT)
        })?;
        let owned = ours.owned()?;
        let (ours, java) = (ours.book().read.clone(), java.read()?.read);
        let (ours, java) = (&ours[before.0..], &java[before.1..]);
        assert!(
            !ours.is_empty() && !java.is_empty(),
            "ours read {}, Java {}",
            ours.len(),
            java.len()
        );
        assert!(
            ours.iter().all(|seen| owned.contains(&seen.partition)),
            "ours owns {owned:?} and read: {}",
            some(ours)
        );
        assert!(
            !java.iter().any(|seen| owned.contains(&seen.partition)),
            "ours owns {owned:?} and Java read: {}",
            some(java)
        );
        Ok(())
    }

    /// At the end: each record was read once, by one of them.
    fn check(&self, ours: &Member, java: &Java, acts: usize) -> Result<()> {
        let ends = ends(self.kafka, self.name)?;
        wait_for("all is read", || {
            let read = ours.book().read.len() + java.read()?.read.len();
            enough(read, acts * AN_ACT)
        })?;
        let mut account = java.read()?;
        account.add(&ours.book());
        let missing = account.missing(&ends);
        assert!(missing.is_empty(), "lost: {}", some(&missing));
        let repeated = account.repeated();
        assert!(
            repeated.is_empty(),
            "both close in order, but some records came twice: {}",
            some(&repeated)
        );
        let mut read: Vec<_> = ours.book().read.iter().map(|seen| seen.line.clone()).collect();
        let all: BTreeSet<String> = (1..=acts).flat_map(Self::act).collect();
        read.retain(|line| !all.contains(line));
        assert!(
            read.is_empty(),
            "our member read what nobody wrote: {}",
            some(&read)
        );
        Ok(())
    }
}

#[allow(clippy::unnecessary_wraps, reason = "what wait_for takes")]
fn enough(have: usize, wanted: usize) -> Result<Result<(), String>> {
    Ok(if have >= wanted {
        Ok(())
    } else {
        Err(format!("{have} of {wanted}"))
    })
}

/// Which of Kafka's two consumers on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Prints a line for each record; commits every five seconds and when it gives partitions back.
    Console,
    /// Prints events as JSON, records as ranges of offsets; commits each batch.
    Verifiable,
}

/// A Java consumer and what it has said so far.
struct Java {
    kind: Kind,
    tool: RefCell<Tool>,
    said: RefCell<Vec<String>>,
}

impl Java {
    fn console(stage: &Stage, name: &str) -> Result<Self> {
        let bootstrap = stage.kafka.bootstrap();
        let arguments = [
            ["--bootstrap-server", &bootstrap],
            ["--topic", name],
            ["--group", name],
            ["--formatter-property", "print.partition=true"],
            ["--formatter-property", "print.offset=true"],
            ["--command-property", "auto.offset.reset=earliest"],
            ["--command-property", "heartbeat.interval.ms=300"],
        ];
        Self::start(
            stage,
            Kind::Console,
            "org.apache.kafka.tools.consumer.ConsoleConsumer",
            arguments.as_flattened(),
        )
    }

    fn verifiable(stage: &Stage, name: &str) -> Result<Self> {
        let bootstrap = stage.kafka.bootstrap();
        let arguments = [
            ["--bootstrap-server", &bootstrap],
            ["--topic", name],
            ["--group-id", name],
            ["--reset-policy", "earliest"],
            ["--session-timeout", "6000"],
            [
                "--assignment-strategy",
                "org.apache.kafka.clients.consumer.RangeAssignor",
            ],
        ];
        Self::start(
            stage,
            Kind::Verifiable,
            "org.apache.kafka.tools.VerifiableConsumer",
            arguments.as_flattened(),
        )
    }

    fn start(stage: &Stage, kind: Kind, main: &str, arguments: &[&str]) -> Result<Self> {
        let tool = stage.kafka.start_tool(main, arguments)?;
        Ok(Self {
            kind,
            tool: RefCell::new(tool),
            said: RefCell::default(),
        })
    }

    /// SIGTERM, on which it closes in order; returns when it has ended.
    fn leave(&self) -> Result<()> {
        self.tool.borrow_mut().terminate()?;
        while let Some(line) = self.tool.borrow().next_line(LIMIT)? {
            self.said.borrow_mut().push(line);
        }
        Ok(())
    }

    fn listen(&self) {
        // Nothing more to read at once, or the end: both are fine here.
        while let Ok(Some(line)) = self.tool.borrow().next_line(std::time::Duration::ZERO) {
            self.said.borrow_mut().push(line);
        }
    }

    /// What it has read; lines are empty where it does not print values.
    fn read(&self) -> Result<Account> {
        self.listen();
        let mut account = Account::default();
        for line in self.said.borrow().iter() {
            match self.kind {
                Kind::Console => account.read.extend(console_record(line)?),
                Kind::Verifiable => account.read.extend(verified_records(line)?),
            }
        }
        Ok(account)
    }

    /// Whether the partitions it was assigned last are these (Verifiable only).
    fn owns(&self, wanted: &BTreeSet<i32>) -> Result<Result<(), String>> {
        self.listen();
        let mut owned = BTreeSet::new();
        for line in self.said.borrow().iter() {
            let event: Value = serde_json::from_str(line)?;
            let partitions: BTreeSet<i32> = list(&event["partitions"])
                .filter_map(|one| index(one).ok())
                .collect();
            match event["name"].as_str() {
                Some("partitions_assigned") => owned.extend(partitions),
                Some("partitions_revoked") => owned.retain(|partition| !partitions.contains(partition)),
                _ => {}
            }
        }
        Ok(if &owned == wanted {
            Ok(())
        } else {
            Err(format!("it owns {owned:?}"))
        })
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn index(value: &Value) -> Result<i32> {
    Ok(value["partition"]
        .as_i64()
        .with_context(|| format!("no partition in {value}"))?
        .try_into()?)
}

fn seen(partition: i32, offset: i64, line: &str) -> crate::book::Seen {
    crate::book::Seen {
        partition,
        offset,
        line: line.to_owned(),
        at: std::time::Instant::now(),
    }
}

/// `Partition:0<tab>Offset:17<tab>value`
fn console_record(line: &str) -> Result<Option<crate::book::Seen>> {
    let mut fields = line.splitn(3, '\t');
    let number = |field: Option<&str>, name| {
        field
            .and_then(|field| field.strip_prefix(name))
            .map(str::parse::<i64>)
    };
    let (partition, offset) = (
        number(fields.next(), "Partition:"),
        number(fields.next(), "Offset:"),
    );
    let Some((partition, offset)) = partition.zip(offset) else {
        return Ok(None);
    };
    Ok(Some(seen(
        partition?.try_into()?,
        offset?,
        fields.next().unwrap_or_default(),
    )))
}

/// The ranges in a `records_consumed` event; a range with gaps would be counted too long, and these logs have none.
fn verified_records(line: &str) -> Result<Vec<crate::book::Seen>> {
    let event: Value = serde_json::from_str(line).with_context(|| format!("not an event: {line:?}"))?;
    if event["name"] != "records_consumed" {
        return Ok(Vec::new());
    }
    let mut records = Vec::new();
    for range in list(&event["partitions"]) {
        let partition = index(range)?;
        let (first, last) = (
            range["minOffset"].as_i64().context("minOffset")?,
            range["maxOffset"].as_i64().context("maxOffset")?,
        );
        records.extend((first..=last).map(|offset| seen(partition, offset, "")));
    }
    Ok(records)
}

//! 200,000 records of Kafka's own producer, in every compression, are read by a group of three; and Kafka's own tool sees the
//! group as its members do.

use crate::book::{Account, some};
use crate::groups::{self, GroupState, Line};
use crate::member::{Member, Process, settled, wait_for_records};
use crate::stage::{Stage, committed, wait_for};
use crate::writing::{CODECS, ends, lines, write};
use anyhow::Result;
use kohort_testkafka::Cluster;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

const RECORDS_PER_CODEC: usize = 40_000;
const PARTITIONS: i32 = 6;
const NAMES: [&str; 3] = ["a", "b", "c"];

/// What is written, once for all stories here.
pub(crate) const TOPIC: &str = "two-hundred-thousand";

pub(crate) fn written() -> Vec<String> {
    CODECS
        .iter()
        .flat_map(|codec| lines(codec, RECORDS_PER_CODEC))
        .collect()
}

/// Writes the topic unless it is there; the stage is ours meanwhile.
pub(crate) fn write_topic(kafka: &Cluster) -> Result<()> {
    if kafka.metadata()?.topics.contains_key(TOPIC) {
        return Ok(());
    }
    kafka.create_topic(TOPIC, PARTITIONS, 1, &[])?;
    CODECS
        .iter()
        .try_for_each(|codec| write(kafka, TOPIC, codec, &lines(codec, RECORDS_PER_CODEC)))
}

#[test]
fn three_members_with_a_client_each_read_all_and_kafkas_tools_see_them_so() -> Result<()> {
    let stage = Stage::enter()?;
    let processes: Vec<Process> = NAMES
        .iter()
        .map(|_| Process::start(stage.kafka))
        .collect::<Result<_>>()?;
    three_members_read_all(
        stage.kafka,
        "apart",
        [&processes[0], &processes[1], &processes[2]],
    )
}

#[test]
fn three_members_on_one_client_read_all_and_kafkas_tools_see_them_so() -> Result<()> {
    let stage = Stage::enter()?;
    let process = Process::start(stage.kafka)?;
    three_members_read_all(stage.kafka, "together", [&process; 3])
}

fn three_members_read_all(kafka: &Cluster, group: &str, homes: [&Process; 3]) -> Result<()> {
    write_topic(kafka)?;
    let members: Vec<Member> = NAMES
        .iter()
        .zip(homes)
        .map(|(name, home)| {
            let member = home.member(name, group, TOPIC, |builder| builder)?;
            member.hold()?;
            Ok(member)
        })
        .collect::<Result<_>>()?;
    let all: Vec<&Member> = members.iter().collect();
    // Nothing is read before each of them has its two partitions, or the first one might read all.
    settled(&all, PARTITIONS)?;
    let begin = Instant::now();
    members.iter().try_for_each(Member::go)?;
    wait_for_records(&all, written().len())?;
    println!(
        "group {group}: {} records in {:.2?}",
        written().len(),
        begin.elapsed()
    );

    let ends = ends(kafka, TOPIC)?;
    wait_until_committed(&all, &ends)?;
    check_views(kafka, group, &all, &ends)?;
    members.iter().try_for_each(Member::close)?;
    check_farewell(kafka, group, &ends)?;

    let mut account = Account::default();
    members.iter().for_each(|member| account.add(&member.book()));
    let missing = account.missing(&ends);
    assert!(missing.is_empty(), "lost: {}", some(&missing));
    let repeated = account.repeated();
    assert!(
        repeated.is_empty(),
        "nobody came or went while reading, but some came twice: {}",
        some(&repeated)
    );
    account.check_contents(&written());
    Ok(())
}

/// Automatic commits reach the end of every partition.
fn wait_until_committed(members: &[&Member], ends: &BTreeMap<i32, i64>) -> Result<()> {
    wait_for("all that is read is committed", || {
        let mut committed = BTreeMap::new();
        for member in members {
            let views = member.status()?.partitions;
            committed.extend(
                views
                    .iter()
                    .map(|view| (view.partition.partition, view.committed.unwrap_or(-1))),
            );
        }
        Ok(if committed == *ends {
            Ok(())
        } else {
            Err(format!("committed {committed:?} of {ends:?}"))
        })
    })
}

/// `kafka-consumer-groups` and `Consumer::status` say the same of members, assignment, offsets, leader and coordinator.
fn check_views(kafka: &Cluster, group: &str, members: &[&Member], ends: &BTreeMap<i32, i64>) -> Result<()> {
    let mut assigned: BTreeMap<String, BTreeSet<i32>> = BTreeMap::new();
    let mut lines = BTreeMap::new();
    let mut leaders = 0;
    let mut coordinators = BTreeSet::new();
    for member in members {
        let status = member.status()?;
        let id = status.group.member_id.to_string();
        leaders += usize::from(status.is_leader);
        coordinators.insert(status.coordinator.map(|node| node.0));
        for view in &status.partitions {
            let partition = view.partition.partition;
            assigned.entry(id.clone()).or_default().insert(partition);
            lines.insert(
                partition,
                Line {
                    committed: view.committed,
                    end: ends.get(&partition).copied(),
                    owner: Some(id.clone()),
                },
            );
            assert_eq!(
                view.high_watermark,
                ends.get(&partition).copied(),
                "end of partition {partition}"
            );
        }
    }
    assert_eq!(
        assigned.len(),
        members.len(),
        "every member has an id of its own and partitions: {assigned:?}"
    );
    assert_eq!(
        groups::members(kafka, group, TOPIC)?,
        assigned,
        "Kafka's tool (left) sees another assignment"
    );
    assert_eq!(
        groups::lines(kafka, group)?,
        lines,
        "Kafka's tool (left) sees other offsets or owners"
    );
    let coordinator = kafka.coordinator(group)?;
    let state = GroupState {
        coordinator,
        assignor: "range".into(),
        state: "Stable".into(),
        members: members.len(),
    };
    assert_eq!(
        groups::state(kafka, group)?,
        state,
        "Kafka's tool (left) sees the group in another state"
    );
    assert_eq!(
        (leaders, coordinators),
        (1, BTreeSet::from([Some(coordinator)])),
        "leaders, coordinators"
    );
    Ok(())
}

/// After the members have left: nobody is in the group, and the offsets are there.
fn check_farewell(kafka: &Cluster, group: &str, ends: &BTreeMap<i32, i64>) -> Result<()> {
    let state = groups::state(kafka, group)?;
    assert_eq!(
        (state.state.as_str(), state.members),
        ("Empty", 0),
        "after the members have closed"
    );
    assert_eq!(
        &committed(kafka, group, TOPIC, PARTITIONS)?,
        ends,
        "committed after the members have closed"
    );
    Ok(())
}

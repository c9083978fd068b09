//! A consumer stops in the middle and another one of its group goes on: at the committed offset, not a record further.

use crate::book::{Account, some};
use crate::member::{Member, Process, settled, wait_for_records};
use crate::reading::{TOPIC, write_topic, written};
use crate::stage::{Stage, committed};
use crate::writing::ends;
use anyhow::Result;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

const PARTITIONS: i32 = 6;

#[test]
fn after_a_close_the_next_member_continues_where_it_ended_and_nothing_comes_twice() -> Result<()> {
    let stage = Stage::enter()?;
    write_topic(stage.kafka)?;
    let process = Process::start(stage.kafka)?;
    let first = process.member("first", "closed", TOPIC, |builder| builder)?;
    first.read_until(70_000)?;
    first.close()?;

    let committed = committed(stage.kafka, "closed", TOPIC, PARTITIONS)?;
    assert_eq!(
        first.positions(),
        positive(&committed),
        "close commits all that was handed out"
    );
    let (second, account) = go_on(&stage, &process, "closed", &first, &committed)?;
    let repeated = account.repeated();
    assert!(repeated.is_empty(), "came again: {}", some(&repeated));
    second.close()
}

#[test]
fn after_a_death_the_next_member_repeats_only_what_was_not_committed() -> Result<()> {
    let stage = Stage::enter()?;
    write_topic(stage.kafka)?;
    let process = Process::start(stage.kafka)?;
    let short = |builder: kohort::ConsumerBuilder| {
        builder
            .session_timeout(Duration::from_secs(2))
            .auto_commit_interval(None)
    };
    let first = process.member("first", "killed", TOPIC, short)?;
    first.read_until(40_000)?;
    first.commit()?;
    let at_commit = first.positions();
    first.read_until(90_000)?;
    process.kill(&[&first])?;

    let committed = committed(stage.kafka, "killed", TOPIC, PARTITIONS)?;
    // What was handed out last is processed when the application comes back for more, which it did not before it committed.
    for (partition, offset) in positive(&committed) {
        assert!(
            at_commit.get(&partition).is_some_and(|read| *read >= offset),
            "committed {committed:?}, read {at_commit:?}"
        );
    }
    let next = Process::start(stage.kafka)?;
    let (second, account) = go_on(&stage, &next, "killed", &first, &committed)?;
    let repeated = account.repeated();
    let below: Vec<_> = repeated
        .iter()
        .filter(|(partition, offset)| *offset < committed[partition])
        .collect();
    assert!(
        below.is_empty(),
        "came again although committed: {}",
        some(&below)
    );
    let uncommitted: i64 = first
        .positions()
        .iter()
        .map(|(p, read)| read - committed[p].max(0))
        .sum();
    assert_eq!(
        i64::try_from(repeated.len())?,
        uncommitted,
        "all that the dead member had not committed comes again, once"
    );
    second.close()
}

/// A second member reads the rest; each partition begins at the committed offset, and nothing is lost.
fn go_on(
    stage: &Stage,
    process: &Process,
    group: &str,
    first: &Member,
    committed: &BTreeMap<i32, i64>,
) -> Result<(Member, Account)> {
    let ends = ends(stage.kafka, TOPIC)?;
    assert!(
        committed != &ends,
        "the first member was to stop in the middle, not at the end"
    );
    let second = process.member("second", group, TOPIC, |builder| builder)?;
    settled(&[&second], PARTITIONS)?;
    let rest: i64 = ends
        .iter()
        .map(|(partition, end)| end - committed[partition].max(0))
        .sum();
    wait_for_records(&[&second], usize::try_from(rest)?)?;

    let mut begins = BTreeMap::new();
    for seen in &second.book().read {
        begins.entry(seen.partition).or_insert(seen.offset);
    }
    let unfinished = committed
        .iter()
        .filter(|(partition, offset)| **offset < ends[partition]);
    let wanted: BTreeMap<i32, i64> = unfinished
        .map(|(partition, offset)| (*partition, (*offset).max(0)))
        .collect();
    assert_eq!(
        begins, wanted,
        "the second member begins (left) where nothing is skipped and nothing repeated (right)"
    );

    let mut account = Account::default();
    account.add(&first.book());
    account.add(&second.book());
    let missing = account.missing(&ends);
    assert!(missing.is_empty(), "lost: {}", some(&missing));
    let mut once = Account::default();
    let mut had = BTreeSet::new();
    once.read.extend(
        account
            .read
            .iter()
            .filter(|seen| had.insert((seen.partition, seen.offset)))
            .cloned(),
    );
    once.check_contents(&written());
    Ok((second, account))
}

fn positive(offsets: &BTreeMap<i32, i64>) -> BTreeMap<i32, i64> {
    offsets
        .iter()
        .filter(|(_, offset)| **offset > 0)
        .map(|(partition, offset)| (*partition, *offset))
        .collect()
}

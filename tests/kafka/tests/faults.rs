//! Three brokers, one of them broken: what the others do, and how soon. The numbers are printed (`--nocapture`).
//!
//! The tests share one cluster, one after another, and heal it before they use it.

use anyhow::{Result, ensure};
use kohort_testkafka::{Cluster, State, Version, Wire, shared};
use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

const NOT_COORDINATOR: i16 = 16;
const LOADING: i16 = 14;

static TURN: Mutex<()> = Mutex::new(());

fn healed_cluster() -> Result<(MutexGuard<'static, ()>, &'static Cluster)> {
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let kafka = shared(&Version::from_env(), 3)?;
    for node in kafka.nodes() {
        match kafka.state(node)? {
            State::Running => {}
            State::Paused => kafka.resume(node)?,
            State::Down => kafka.start_again(node)?,
        }
    }
    kafka.wait_until_serving()?;
    Ok((turn, kafka))
}

/// A topic of its own and a group of the same name with offset 1 committed; and the group's coordinator.
fn group_with_offset(kafka: &Cluster, name: &str) -> Result<i32> {
    kafka.create_topic(name, 1, 3, &[])?;
    let coordinator = kafka.coordinator(name)?;
    let code = kafka.wire(coordinator)?.commit(name, name, &[0], (1, ""))?;
    ensure!(code == 0, "commit: {code}");
    Ok(coordinator)
}

fn wait_for<T>(limit: Duration, mut look: impl FnMut() -> Option<T>) -> Result<T> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(seen) = look() {
            return Ok(seen);
        }
        ensure!(Instant::now() < deadline, "not seen within {limit:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Waits until another broker than `old` is named and serves the offset of [`group_with_offset`].
fn wait_for_takeover(kafka: &Cluster, group: &str, old: i32) -> Result<(i32, Duration, Duration)> {
    let start = Instant::now();
    let limit = Duration::from_secs(30);
    let new = wait_for(limit, || {
        kafka.coordinator(group).ok().filter(|named| *named != old)
    })?;
    let named = start.elapsed();
    wait_for(limit, || {
        let mut wire = kafka.wire(kafka.coordinator(group).ok()?).ok()?;
        wire.committed(group, group, 0)
            .ok()
            .filter(|answer| *answer == (0, 1))
    })?;
    Ok((new, named, start.elapsed()))
}

#[test]
fn a_coordinator_killed_with_kill_9_is_replaced() -> Result<()> {
    let (_turn, kafka) = healed_cluster()?;
    let old = group_with_offset(kafka, "killed")?;
    kafka.kill(old)?;
    let (new, named, served) = wait_for_takeover(kafka, "killed", old)?;
    println!("kill -9 of coordinator {old}: {new} named after {named:.2?}, serves after {served:.2?}");
    let start = Instant::now();
    kafka.restart(old)?;
    println!(
        "node {old} and the cluster serve again after {:.2?}",
        start.elapsed()
    );
    assert_eq!(
        kafka.coordinator("killed")?,
        new,
        "leadership does not come back by itself"
    );
    assert_eq!(kafka.wire(new)?.metadata()?.brokers, BTreeSet::from([1, 2, 3]));
    Ok(())
}

#[test]
fn a_coordinator_ended_by_sigterm_hands_over() -> Result<()> {
    let (_turn, kafka) = healed_cluster()?;
    let old = group_with_offset(kafka, "terminated")?;
    kafka.begin_terminate(old)?;
    let (new, named, served) = wait_for_takeover(kafka, "terminated", old)?;
    println!("SIGTERM of coordinator {old}: {new} named after {named:.2?}, serves after {served:.2?}");
    kafka.terminate(old)
}

#[test]
fn a_coordinator_moves_on_demand() -> Result<()> {
    let (_turn, kafka) = healed_cluster()?;
    let old = group_with_offset(kafka, "moved")?;
    for to in kafka.nodes().into_iter().filter(|node| *node != old).chain([old]) {
        let start = Instant::now();
        kafka.move_coordinator("moved", to)?;
        println!("coordinator moved to {to} in {:.2?}", start.elapsed());
        assert_eq!(
            kafka.leader("__consumer_offsets", kafka.offsets_partition("moved")?)?,
            to
        );
    }
    Ok(())
}

#[test]
fn the_leader_of_a_partition_is_replaced_and_records_stay() -> Result<()> {
    let (_turn, kafka) = healed_cluster()?;
    kafka.create_topic("led", 1, 3, &[])?;
    kafka.produce("led", "lz4", (0..50).map(|n| (format!("k{n}"), format!("v{n}"))))?;
    let old = kafka.leader("led", 0)?;
    kafka.kill(old)?;
    wait_for(Duration::from_secs(30), || {
        kafka.leader("led", 0).ok().filter(|new| ![old, -1].contains(new))
    })?;
    let read = kafka.consume("led", 50)?;
    assert!(
        read.iter()
            .zip(0..)
            .all(|(record, n)| (record.offset, &record.value) == (n, &format!("v{n}")))
    );
    Ok(())
}

/// A client that takes 14 for the end of its troubles, or 16 for a wrong address only, does not survive this.
///
/// The new coordinator answers 16 until it learns of its office, then 14 (COORDINATOR_LOAD_IN_PROGRESS) while it
/// reads its partition. 40 MB of commits make that reading long enough to be seen; three tries for a busy machine.
#[test]
fn code_14_follows_16_when_a_coordinator_is_replaced() -> Result<()> {
    let (_turn, kafka) = healed_cluster()?;
    let group = "loads-long";
    let partitions: Vec<i32> = (0..100).collect();
    kafka.create_topic(group, 100, 1, &[])?;
    let (mut wire, metadata) = (kafka.wire(kafka.coordinator(group)?)?, "m".repeat(4000));
    for offset in 0..100 {
        assert_eq!(wire.commit(group, group, &partitions, (offset, &metadata))?, 0);
    }
    for _attempt in 1..=3 {
        let old = kafka.coordinator(group)?;
        let seen = codes_of_the_successor(kafka, group, old)?;
        if seen == [NOT_COORDINATOR, LOADING, 0] {
            return Ok(());
        }
        assert_eq!(seen, [NOT_COORDINATOR, 0], "nothing else may come between");
        kafka.restart(old)?;
    }
    panic!("three times the new coordinator was never seen loading");
}

/// Kills the coordinator and asks both others for the offset, until one serves it.
fn codes_of_the_successor(kafka: &Cluster, group: &str, old: i32) -> Result<Vec<i16>> {
    let mut others = Vec::new();
    let mut start = Instant::now();
    for node in kafka.nodes().into_iter().filter(|node| *node != old) {
        let mut answers = Answers {
            wire: kafka.wire(node)?,
            codes: Vec::new(),
            times: Vec::new(),
        };
        answers.ask(group, start)?;
        others.push(answers);
    }
    kafka.kill(old)?;
    start = Instant::now();
    loop {
        for node in &mut others {
            node.ask(group, start)?;
            if node.codes.last() == Some(&0) {
                println!("after kill -9 of coordinator {old}: {node:?}");
                return Ok(node.codes.clone());
            }
        }
        ensure!(
            start.elapsed() < Duration::from_secs(30),
            "nobody took over: {others:?}"
        );
    }
}

/// The different error codes that a broker gave, in order.
struct Answers {
    wire: Wire,
    codes: Vec<i16>,
    times: Vec<Duration>,
}

impl std::fmt::Debug for Answers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.codes.iter().zip(&self.times)).finish()
    }
}

impl Answers {
    fn ask(&mut self, group: &str, start: Instant) -> Result<()> {
        let (code, _) = self.wire.committed(group, group, 0)?;
        if self.codes.last() != Some(&code) {
            self.codes.push(code);
            self.times.push(start.elapsed());
        }
        Ok(())
    }
}

/// Two coordinators at once: the one that was stopped does not know yet that it was replaced, and answers 0 with an
/// offset that is not the newest any more. Requests that lie in its socket when it goes on are what meets it so.
///
/// It is a race inside the broker (its own work against the news), so up to five tries. What holds at every try: the
/// newest commit stays, and the old coordinator comes to say 16.
#[test]
fn a_broker_continued_after_sigstop_serves_as_a_second_coordinator() -> Result<()> {
    let (_turn, kafka) = healed_cluster()?;
    for attempt in 1..=5 {
        let group = format!("split-{attempt}");
        let stale = stale_answers(kafka, &group)?;
        println!("attempt {attempt}: {stale} answers of a second coordinator");
        if stale > 0 {
            return Ok(());
        }
    }
    panic!("five times the old coordinator knew at once that it was replaced");
}

/// How often the old coordinator answered, without an error, with the old offset.
fn stale_answers(kafka: &Cluster, group: &str) -> Result<usize> {
    let old = group_with_offset(kafka, group)?;
    let mut wire = kafka.wire(old)?;
    kafka.pause(old)?;
    let (new, named, served) = wait_for_takeover(kafka, group, old)?;
    println!("SIGSTOP of coordinator {old}: {new} named after {named:.2?}, serves after {served:.2?}");
    ensure!(kafka.wire(new)?.commit(group, group, &[0], (2, ""))? == 0);

    for _ in 0..20 {
        wire.ask_committed(group, group, 0)?;
    }
    kafka.resume(old)?;
    let mut answers = (0..20)
        .map(|_| wire.read_committed())
        .collect::<Result<Vec<_>>>()?;
    let start = Instant::now();
    while answers.last().is_none_or(|(code, _)| *code != NOT_COORDINATOR) {
        ensure!(
            start.elapsed() < Duration::from_secs(30),
            "the old coordinator does not resign: {answers:?}"
        );
        answers.push(wire.committed(group, group, 0)?);
    }
    println!(
        "node {old} resigned {:.2?} after its first answers",
        start.elapsed()
    );
    ensure!(
        kafka.wire(new)?.committed(group, group, 0)? == (0, 2),
        "the newest commit is lost"
    );
    Ok(answers.iter().filter(|answer| **answer == (0, 1)).count())
}

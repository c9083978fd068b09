//! Brokers break under a group that consumes and commits. Nothing is lost, nothing comes twice, and nobody has to join again:
//! the same member ids in the same generation, before and after. Hand-over times are printed.

use crate::book::{Account, some};
use crate::member::{Member, Process, settled, wait_for_records};
use crate::stage::{Stage, committed, wait_for};
use crate::writing::{Flow, ends};
use anyhow::{Context, Result};
use kohort::{MemberState, Status};
use kohort_testkafka::Cluster;
use std::collections::BTreeMap;
use std::time::Instant;

const PARTITIONS: i32 = 6;

#[test]
fn a_group_survives_killed_and_terminated_brokers_without_a_rebalance_or_a_lost_record() -> Result<()> {
    let stage = Stage::enter()?;
    let kafka = stage.kafka;
    let story = Story::begin(kafka, "outlives")?;
    story.loses_its_coordinator("kill -9", &|node| kafka.kill(node))?;
    story.heal()?;
    story.loses_its_coordinator("SIGTERM", &|node| kafka.begin_terminate(node))?;
    story.heal()?;
    let leader = story.some_leader()?;
    story.through("kill -9 of a leader", &|| kafka.kill(leader))?;
    story.heal()?;
    story.end()
}

#[test]
fn a_group_survives_a_stopped_coordinator_and_its_return_without_a_rebalance_or_a_lost_record() -> Result<()>
{
    let stage = Stage::enter()?;
    let kafka = stage.kafka;
    let story = Story::begin(kafka, "outwaits")?;
    let stopped = story.coordinator()?;
    story.loses_its_coordinator("SIGSTOP", &|node| kafka.pause(node))?;
    // It believes for a moment that nothing has happened, and answers what it was asked before.
    story.through("SIGCONT of the old coordinator", &|| kafka.resume(stopped))?;
    story.heal()?;
    story.end()
}

/// A group of three that reads and commits what Kafka's producer writes; topic and group have one name.
struct Story {
    kafka: &'static Cluster,
    name: &'static str,
    members: Vec<Member>,
    _homes: Vec<Process>,
    before: Vec<Status>,
    /// How often each member had been told of partitions when the group was settled.
    moves: Vec<usize>,
    since: Instant,
    flow: Flow,
}

impl Story {
    fn begin(kafka: &'static Cluster, name: &'static str) -> Result<Self> {
        kafka.create_topic(name, PARTITIONS, 3, &[("min.insync.replicas", "2")])?;
        let homes: Vec<Process> = (0..3).map(|_| Process::start(kafka)).collect::<Result<_>>()?;
        let members = ["a", "b", "c"].iter().zip(&homes);
        let members: Vec<Member> = members
            .map(|(own, home)| home.member(own, name, name, |builder| builder))
            .collect::<Result<_>>()?;
        let before = settled(&members.iter().collect::<Vec<_>>(), PARTITIONS)?;
        let story = Self {
            kafka,
            name,
            before,
            moves: members.iter().map(Member::moves).collect(),
            since: Instant::now(),
            members,
            _homes: homes,
            flow: Flow::start(kafka, name, 1500)?,
        };
        story.goes_on("the producer began")?;
        Ok(story)
    }

    fn coordinator(&self) -> Result<i32> {
        self.kafka.coordinator(self.name)
    }

    fn loses_its_coordinator(&self, how: &str, fault: &dyn Fn(i32) -> Result<()>) -> Result<()> {
        let old = self.coordinator()?;
        self.through(&format!("{how} of the coordinator"), &|| {
            fault(old)?;
            // A broker that shuts down in order serves for a while: only what is committed after that has survived its end.
            wait_for("another node coordinates", || {
                Ok(match self.coordinator() {
                    Ok(now) if now != old => Ok(()),
                    Ok(_) => Err(format!("node {old} still does after {how}")),
                    Err(error) => Err(format!("{error:#}")),
                })
            })
        })
    }

    /// Something breaks; then all partitions are read and committed past what there was at that moment, by the same members.
    fn through(&self, what: &str, fault: &dyn Fn() -> Result<()>) -> Result<()> {
        let (begin, coordinator) = (Instant::now(), self.coordinator()?);
        fault().with_context(|| what.to_owned())?;
        self.goes_on(what)?;
        let took = begin.elapsed();
        let silence = self.account().longest_silence(begin);
        let now = self.coordinator()?;
        println!(
            "{what} (coordinator {coordinator}, then {now}): every partition read and committed again after {took:.2?}; \
             longest silence of a partition {silence:.2?}"
        );
        self.nobody_moved(what)
    }

    /// Waits until every partition is committed past what was read of it at this moment.
    fn goes_on(&self, what: &str) -> Result<()> {
        let mut read: BTreeMap<i32, i64> = (0..PARTITIONS).map(|partition| (partition, 0)).collect();
        self.members
            .iter()
            .for_each(|member| read.extend(member.positions()));
        wait_for(
            &format!("after {what}, new records of every partition are committed"),
            || {
                let mut behind = read.clone();
                for member in &self.members {
                    member.count()?;
                    for view in member.status()?.partitions {
                        let partition = view.partition.partition;
                        if view.committed.is_some_and(|offset| offset > read[&partition]) {
                            behind.remove(&partition);
                        }
                    }
                }
                Ok(if behind.is_empty() {
                    Ok(())
                } else {
                    Err(format!("not yet, by partition: {behind:?}"))
                })
            },
        )
    }

    fn nobody_moved(&self, what: &str) -> Result<()> {
        for ((member, before), moved) in self.members.iter().zip(&self.before).zip(&self.moves) {
            let now = member.status()?;
            let told = member.told_since(self.since);
            let told = format!("after {what}, member {}; it was told: {told:?}", member.name);
            assert_eq!(now.group, before.group, "id and generation (left: now), {told}");
            assert_eq!(now.state, MemberState::Stable, "{told}");
            assert_eq!(
                member.moves(),
                *moved,
                "partitions moved although only brokers broke: {told}"
            );
        }
        Ok(())
    }

    /// The leader of some partition that is not the group's coordinator, if there is one.
    fn some_leader(&self) -> Result<i32> {
        let coordinator = self.coordinator()?;
        let leaders: Vec<i32> = (0..PARTITIONS)
            .map(|p| self.kafka.leader(self.name, p))
            .collect::<Result<_>>()?;
        Ok(leaders
            .iter()
            .copied()
            .find(|leader| *leader != coordinator)
            .unwrap_or(coordinator))
    }

    /// All brokers are back and in sync, so that the next fault meets a whole cluster.
    fn heal(&self) -> Result<()> {
        for node in self.kafka.nodes() {
            if self.kafka.state(node)? == kohort_testkafka::State::Down {
                // Waits for the end of a broker that is still shutting down.
                self.kafka.terminate(node)?;
                self.kafka.start_again(node)?;
            }
        }
        self.kafka.wait_until_serving()?;
        wait_for("all replicas are in sync", || {
            let metadata = self.kafka.metadata()?;
            let all = metadata.topics.values().flat_map(BTreeMap::values);
            let short = all
                .filter(|partition| partition.in_sync.len() < partition.replicas.len())
                .count();
            Ok(if short == 0 {
                Ok(())
            } else {
                Err(format!("{short} partitions are not"))
            })
        })?;
        self.nobody_moved("all brokers came back")
    }

    fn account(&self) -> Account {
        let mut account = Account::default();
        self.members.iter().for_each(|member| account.add(&member.book()));
        account
    }

    /// Every record in the log was handed out once, and every record that Kafka's producer had acknowledged is among them.
    fn end(mut self) -> Result<()> {
        let acknowledged = self.flow.stop()?;
        let ends = ends(self.kafka, self.name)?;
        let total: i64 = ends.values().sum();
        wait_for_records(&self.members.iter().collect::<Vec<_>>(), usize::try_from(total)?)?;
        self.members.iter().try_for_each(Member::close)?;
        let account = self.account();
        let missing = account.missing(&ends);
        assert!(missing.is_empty(), "lost: {}", some(&missing));
        let repeated = account.repeated();
        assert!(
            repeated.is_empty(),
            "came twice although nobody joined or left: {}",
            some(&repeated)
        );
        let read: BTreeMap<(i32, i64), &str> = account
            .read
            .iter()
            .map(|seen| {
                (
                    (seen.partition, seen.offset),
                    seen.line.rsplit('\t').next().unwrap_or_default(),
                )
            })
            .collect();
        let wrong: Vec<_> = acknowledged
            .iter()
            .filter(|(at, value)| read.get(at) != Some(&value.as_str()))
            .collect();
        assert!(
            wrong.is_empty(),
            "acknowledged to the producer and not read so: {}",
            some(&wrong)
        );
        assert_eq!(
            committed(self.kafka, self.name, self.name, PARTITIONS)?,
            ends,
            "committed after close"
        );
        println!(
            "{total} records in the log, {} acknowledged, {} read",
            acknowledged.len(),
            account.read.len()
        );
        Ok(())
    }
}

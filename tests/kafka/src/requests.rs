//! The few requests that the launcher and its tests send, each in one old version that every Kafka 4 still accepts.
//!
//! A Kafka error code becomes a [`KafkaError`] here, except where a test wants to look at the codes themselves.

use crate::wire::{Answer, Body, Wire};
use anyhow::{Result, ensure};
use std::collections::{BTreeMap, BTreeSet};

/// How long a broker may take over a request that changes the cluster, in milliseconds.
const CHANGE_LIMIT: i32 = 30_000;

/// An error code in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KafkaError {
    /// Name of the API.
    pub api: &'static str,
    /// Kafka's number of the error.
    pub code: i16,
}

impl std::fmt::Display for KafkaError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} was answered with Kafka error {}", self.api, self.code)
    }
}

impl std::error::Error for KafkaError {}

fn accepted(api: &'static str, code: i16) -> Result<()> {
    ensure!(code == 0, KafkaError { api, code });
    Ok(())
}

/// What Metadata says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// The brokers that are not fenced.
    pub brokers: BTreeSet<i32>,
    /// The topics that exist.
    pub topics: BTreeMap<String, BTreeMap<i32, Partition>>,
}

/// One partition in [`Metadata`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition {
    /// Node that leads it; -1: nobody.
    pub leader: i32,
    /// Nodes that hold it, the preferred leader first.
    pub replicas: Vec<i32>,
    /// Nodes in sync.
    pub in_sync: Vec<i32>,
}

/// # Errors
/// All of these fail when the connection breaks or times out, and with a [`KafkaError`] when Kafka refuses.
impl Wire {
    /// The API keys that the broker offers, with their version ranges (ApiVersions v0).
    pub fn api_versions(&mut self) -> Result<BTreeMap<i16, (i16, i16)>> {
        let mut answer = self.call(18, 0, &Body::new())?;
        accepted("ApiVersions", answer.i16()?)?;
        let rows = answer.array(|a| Ok((a.i16()?, (a.i16()?, a.i16()?))))?;
        Ok(rows.into_iter().collect())
    }

    /// Brokers and all topics (Metadata v1).
    pub fn metadata(&mut self) -> Result<Metadata> {
        let mut answer = self.call(3, 1, &Body::new().i32(-1))?;
        let brokers = answer.array(|a| {
            let (node, _host, _port, _rack) = (a.i32()?, a.string()?, a.i32()?, a.string()?);
            Ok(node)
        })?;
        let _controller = answer.i32()?;
        let topics = answer.array(|a| {
            let (_error, name, _internal) = (a.i16()?, a.string()?, a.i8()?);
            Ok((name, a.array(partition)?.into_iter().collect()))
        })?;
        Ok(Metadata {
            brokers: brokers.into_iter().collect(),
            topics: topics.into_iter().collect(),
        })
    }

    /// The node that this broker names as coordinator of a group (FindCoordinator v0).
    pub fn find_coordinator(&mut self, group: &str) -> Result<i32> {
        let mut answer = self.call(10, 0, &Body::new().string(group))?;
        accepted("FindCoordinator", answer.i16()?)?;
        answer.i32()
    }

    /// CreateTopics v2.
    pub fn create_topic(
        &mut self,
        name: &str,
        partitions: i32,
        replication: i16,
        configs: &[(&str, &str)],
    ) -> Result<()> {
        let body = Body::new().array(&[name], |b, name| {
            let empty_assignments = b.string(name).i32(partitions).i16(replication).i32(0);
            empty_assignments.array(configs, |b, (name, value)| b.string(name).string(value))
        });
        let mut answer = self.call(19, 2, &body.i32(CHANGE_LIMIT).i8(0))?;
        let _throttle = answer.i32()?;
        let errors = answer.array(|a| Ok((a.string()?, a.i16()?, a.string()?)))?;
        errors.into_iter().try_for_each(|(topic, code, message)| {
            accepted("CreateTopics", code).map_err(|error| error.context(format!("{topic}: {message}")))
        })
    }

    /// DeleteTopics v1.
    pub fn delete_topic(&mut self, name: &str) -> Result<()> {
        let body = Body::new()
            .array(&[name], |b, name| b.string(name))
            .i32(CHANGE_LIMIT);
        let mut answer = self.call(20, 1, &body)?;
        let _throttle = answer.i32()?;
        let errors = answer.array(|a| Ok((a.string()?, a.i16()?)))?;
        errors
            .into_iter()
            .try_for_each(|(_, code)| accepted("DeleteTopics", code))
    }

    /// CreatePartitions v0: the topic has `total` partitions afterwards.
    pub fn create_partitions(&mut self, topic: &str, total: i32) -> Result<()> {
        let body = Body::new().array(&[topic], |b, topic| b.string(topic).i32(total).i32(-1));
        let mut answer = self.call(37, 0, &body.i32(CHANGE_LIMIT).i8(0))?;
        let _throttle = answer.i32()?;
        let errors = answer.array(|a| Ok((a.string()?, a.i16()?, a.string()?)))?;
        errors
            .into_iter()
            .try_for_each(|(_, code, _)| accepted("CreatePartitions", code))
    }

    /// Error code of a commit of one offset for some partitions (OffsetCommit v2), from outside of the group: such a
    /// commit makes the group if need be, and is refused while it has members.
    pub fn commit(
        &mut self,
        group: &str,
        topic: &str,
        partitions: &[i32],
        commit: (i64, &str),
    ) -> Result<i16> {
        let (offset, metadata) = commit;
        let body = Body::new().string(group).i32(-1).string("").i64(-1);
        let body = body.array(&[topic], |b, topic| {
            b.string(topic)
                .array(partitions, |b, p| b.i32(*p).i64(offset).string(metadata))
        });
        let mut answer = self.call(8, 2, &body)?;
        let codes = answer.array(|a| {
            let _topic = a.string()?;
            a.array(|a| Ok((a.i32()?, a.i16()?).1))
        })?;
        let codes: BTreeSet<i16> = codes.into_iter().flatten().collect();
        ensure!(
            codes.len() == 1,
            "OffsetCommit: not one error code for all partitions, but {codes:?}"
        );
        Ok(codes.into_iter().sum())
    }

    /// The error code and the committed offset of one partition (OffsetFetch v2; -1: nothing committed).
    pub fn committed(&mut self, group: &str, topic: &str, partition: i32) -> Result<(i16, i64)> {
        self.ask_committed(group, topic, partition)?;
        self.read_committed()
    }

    /// The first half of [`Wire::committed`]: several may be sent before the first answer is read.
    pub fn ask_committed(&mut self, group: &str, topic: &str, partition: i32) -> Result<()> {
        let body = Body::new().string(group);
        let body = body.array(&[topic], |b, topic| {
            b.string(topic).array(&[partition], |b, p| b.i32(*p))
        });
        self.send(9, 2, &body)
    }

    /// The second half of [`Wire::committed`].
    pub fn read_committed(&mut self) -> Result<(i16, i64)> {
        let mut answer = self.receive()?;
        let offsets = answer.array(|a| {
            let _topic = a.string()?;
            a.array(|a| {
                let (_partition, offset, _metadata, _code) = (a.i32()?, a.i64()?, a.string()?, a.i16()?);
                Ok(offset)
            })
        })?;
        Ok((answer.i16()?, offsets.into_iter().flatten().next().unwrap_or(-1)))
    }

    /// New replicas of a partition, the preferred leader first (AlterPartitionReassignments v0).
    pub fn reassign(&mut self, topic: &str, partition: i32, replicas: &[i32]) -> Result<()> {
        let moved = Body::new()
            .i32(CHANGE_LIMIT)
            .small(2)
            .compact_string(topic)
            .small(2)
            .i32(partition);
        let moved = replicas
            .iter()
            .fold(moved.small(replicas.len() + 1), |b, node| b.i32(*node));
        let mut answer = self.call_flexible(45, 0, &moved.small(0).small(0).small(0))?;
        let _throttle = answer.i32()?;
        accepted("AlterPartitionReassignments", answer.i16()?)?;
        let _message = answer.small()?;
        let _topics = answer.small()?;
        let name = answer.small()?;
        for _ in 0..name {
            answer.i8()?;
        }
        let (_partitions, _partition) = (answer.small()?, answer.i32()?);
        accepted("AlterPartitionReassignments", answer.i16()?)
    }

    /// Makes the first of a partition's replicas its leader (ElectLeaders v1, preferred).
    pub fn elect_preferred(&mut self, topic: &str, partition: i32) -> Result<()> {
        let body = Body::new().i8(0).array(&[topic], |b, topic| {
            b.string(topic).array(&[partition], |b, p| b.i32(*p))
        });
        let mut answer = self.call(43, 1, &body.i32(CHANGE_LIMIT))?;
        let _throttle = answer.i32()?;
        accepted("ElectLeaders", answer.i16()?)?;
        let codes = answer.array(|a| {
            let _topic = a.string()?;
            a.array(|a| Ok((a.i32()?, a.i16()?, a.string()?).1))
        })?;
        // 84: it is the leader already.
        codes
            .into_iter()
            .flatten()
            .filter(|code| *code != 84)
            .try_for_each(|code| accepted("ElectLeaders", code))
    }
}

fn partition(answer: &mut Answer) -> Result<(i32, Partition)> {
    let (_error, index, leader) = (answer.i16()?, answer.i32()?, answer.i32()?);
    let (replicas, in_sync) = (answer.array(Answer::i32)?, answer.array(Answer::i32)?);
    Ok((
        index,
        Partition {
            leader,
            replicas,
            in_sync,
        },
    ))
}

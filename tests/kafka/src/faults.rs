//! Breaking brokers and moving coordinators, and finding out which broker to break.

use crate::cluster::{ANSWER_LIMIT, Cluster};
use crate::node::{Node, State};
use crate::requests::{Metadata, Partition};
use crate::supervised::until;
use anyhow::{Context, Result, ensure};
use std::time::Duration;

/// How long the cluster may take to agree after a change.
const CHANGE_LIMIT: Duration = Duration::from_secs(30);
const OFFSETS: &str = "__consumer_offsets";

/// # Errors
/// Those of a node: there is no such node, or its process cannot be signalled, or it does not end within 60 s.
/// Those of a question: no broker answers it.
impl Cluster {
    /// SIGKILL; returns when the process has ended.
    pub fn kill(&self, node: i32) -> Result<()> {
        self.node(node)?.end("KILL")
    }

    /// SIGTERM, Kafka's controlled shutdown; returns when the process has ended.
    pub fn terminate(&self, node: i32) -> Result<()> {
        self.node(node)?.end("TERM")
    }

    /// Sends SIGTERM and returns at once, for tests that watch what a broker does while it shuts down;
    /// [`Cluster::terminate`] then waits for its end.
    pub fn begin_terminate(&self, node: i32) -> Result<()> {
        self.node(node)?.signal("TERM", State::Down)
    }

    /// SIGSTOP: connections stay open and nothing answers.
    pub fn pause(&self, node: i32) -> Result<()> {
        self.node(node)?.signal("STOP", State::Paused)
    }

    /// SIGCONT; the broker believes for a moment that nothing has happened.
    pub fn resume(&self, node: i32) -> Result<()> {
        self.node(node)?.signal("CONT", State::Running)
    }

    /// Kills the broker if it is up, starts it on the same data and ports, and waits until all running brokers serve.
    pub fn restart(&self, node: i32) -> Result<()> {
        self.start_again(node)?;
        self.wait_until_serving()
    }

    /// As [`Cluster::restart`], without waiting.
    pub fn start_again(&self, node: i32) -> Result<()> {
        if let Some(zookeeper) = &self.zookeeper {
            self.node(node)?.end("KILL")?;
            zookeeper.wait_until_forgotten(node)?;
        }
        self.node(node)?.start()
    }

    /// What the launcher did to the broker last.
    pub fn state(&self, node: i32) -> Result<State> {
        Ok(self.node(node)?.state())
    }

    /// The coordinator of a group, as a running broker names it.
    pub fn coordinator(&self, group: &str) -> Result<i32> {
        self.ask(|node| node.wire(ANSWER_LIMIT)?.find_coordinator(group))
    }

    /// Which partition of `__consumer_offsets` holds a group.
    pub fn offsets_partition(&self, group: &str) -> Result<i32> {
        Ok(positive_hash(group) % self.offsets_partitions()?)
    }

    /// What a running broker says of the cluster.
    pub fn metadata(&self) -> Result<Metadata> {
        self.ask(|node| node.wire(ANSWER_LIMIT)?.metadata())
    }

    /// Leader, replicas and in-sync replicas of a partition.
    pub fn partition(&self, topic: &str, partition: i32) -> Result<Partition> {
        let found = self
            .metadata()?
            .topics
            .get(topic)
            .and_then(|topic| topic.get(&partition))
            .cloned();
        found.with_context(|| format!("there is no partition {partition} of {topic}"))
    }

    /// The node that leads a partition; -1: none.
    pub fn leader(&self, topic: &str, partition: i32) -> Result<i32> {
        Ok(self.partition(topic, partition)?.leader)
    }

    /// Makes `to` the coordinator of a group; returns when all running brokers say so. (The new one may still load.)
    pub fn move_coordinator(&self, group: &str, to: i32) -> Result<()> {
        self.move_leader(OFFSETS, self.offsets_partition(group)?, to)?;
        until(CHANGE_LIMIT, "all brokers name the new coordinator", || {
            for node in self.running() {
                let named = node.wire(ANSWER_LIMIT)?.find_coordinator(group)?;
                ensure!(named == to, "node {} names {named}", node.id);
            }
            Ok(())
        })
    }

    /// Makes `to`, one of its replicas, the leader of a partition: its replicas are reordered, then the preferred
    /// leader is elected, as `kafka-reassign-partitions` and `kafka-leader-election` would do.
    pub fn move_leader(&self, topic: &str, partition: i32, to: i32) -> Result<()> {
        let mut replicas = self.partition(topic, partition)?.replicas;
        ensure!(
            replicas.contains(&to),
            "node {to} is none of the replicas {replicas:?}"
        );
        replicas.sort_by_key(|node| *node != to);
        self.ask(|node| node.wire(ANSWER_LIMIT)?.reassign(topic, partition, &replicas))?;
        until(CHANGE_LIMIT, "the partition has its new leader", || {
            self.ask(|node| node.wire(ANSWER_LIMIT)?.elect_preferred(topic, partition))?;
            let leader = self.leader(topic, partition)?;
            ensure!(leader == to, "the leader is {leader}");
            Ok(())
        })
    }

    pub(crate) fn running(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(|node| node.state() == State::Running)
    }

    /// Asks the running brokers in turn until one answers; the last one's error counts.
    pub(crate) fn ask<T>(&self, question: impl Fn(&Node) -> Result<T>) -> Result<T> {
        let mut result = Err(anyhow::anyhow!("no broker is running"));
        for node in self.running() {
            result = question(node);
            if result.is_ok() {
                break;
            }
        }
        result
    }

    pub(crate) fn offsets_partitions(&self) -> Result<i32> {
        let metadata = self.metadata()?;
        let offsets = metadata
            .topics
            .get(OFFSETS)
            .context("there is no offsets topic yet")?;
        Ok(i32::try_from(offsets.len())?)
    }

    /// Some group that this partition of `__consumer_offsets` holds.
    pub(crate) fn group_on(&self, partition: i32) -> Result<String> {
        let partitions = self.offsets_partitions()?;
        let mut names = (0..10_000).map(|n| format!("kohort-testkafka-{n}"));
        let found = names.find(|name| positive_hash(name) % partitions == partition);
        found.context("no group name falls on this partition")
    }
}

/// Java's `String.hashCode` without its sign, by which Kafka spreads groups. `Utils.abs` negates (and makes 0 of
/// `Integer.MIN_VALUE`); it does not mask the sign bit, as `Utils.toPositive` does for the producer's partitioner.
fn positive_hash(text: &str) -> i32 {
    let hash = text.encode_utf16().fold(0_i32, |hash, unit| {
        hash.wrapping_mul(31).wrapping_add(unit.into())
    });
    hash.checked_abs().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::positive_hash;

    #[test]
    fn groups_are_spread_as_kafka_does() {
        // Seen on Kafka 4.4.0: g1 sits on partition 2 of 6.
        assert_eq!(positive_hash("g1") % 6, 2);
        // Seen on Kafka 4.4.0: negative, and not 3 as without the sign bit.
        assert_eq!(positive_hash("off-2-2") % 6, 5);
        // Integer.MIN_VALUE in Java, and Utils.abs makes it 0.
        assert_eq!(positive_hash("polygenelubricants"), 0);
    }
}

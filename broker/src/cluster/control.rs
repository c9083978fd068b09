//! Commands: what a test, a demo or the chaos of a simulation does to the cluster.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use kohort_protocol::{NodeId, Timestamp, TopicName};

use super::{Cluster, ControllerTimer, OFFSETS_TOPIC};
use crate::input::{Closing, Command, ConnectionId, Input, Output};
use crate::node::Power;
use crate::release::Release;
use crate::topics::is_valid_name;

/// Why a command was refused. Nothing has changed then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CommandError {
    /// The cluster has no such node.
    #[error("there is no node {0}; nodes are numbered from 1")]
    NoNode(NodeId),
    /// The node is not in the state that the command needs.
    #[error("node {node} is {power:?}")]
    WrongPower {
        /// The node.
        node: NodeId,
        /// What it is.
        power: Power,
    },
    /// The cluster has no such partition.
    #[error("there is no partition {topic}-{partition}")]
    NoPartition {
        /// The topic.
        topic: TopicName,
        /// The partition.
        partition: i32,
    },
    /// The topic cannot be made or changed so.
    #[error("topic {topic}: {reason}")]
    BadTopic {
        /// The topic.
        topic: TopicName,
        /// Why not.
        reason: &'static str,
    },
}

impl Cluster {
    /// As [`Input::Command`], but says what was wrong.
    ///
    /// # Errors
    /// [`CommandError`].
    pub fn command(&mut self, now: Timestamp, command: Command) -> Result<(), CommandError> {
        self.advance(now);
        let obeyed = self.obey(command);
        self.conclude(now);
        obeyed
    }

    /// Where clients find a node; the default is 127.0.0.1 and a port that follows from its id.
    ///
    /// # Errors
    /// [`CommandError::NoNode`].
    pub fn advertise(
        &mut self,
        node: NodeId,
        host: impl Into<String>,
        port: u16,
    ) -> Result<(), CommandError> {
        let address = self.nodes.get_mut(&node).ok_or(CommandError::NoNode(node))?;
        (address.host, address.port) = (host.into(), port);
        Ok(())
    }

    pub(super) fn obey(&mut self, command: Command) -> Result<(), CommandError> {
        match command {
            Command::Stop(node) => self.stop(node),
            Command::ShutDown(node) => self.shut_down(node),
            Command::Start(node) => self.start(node),
            Command::Install { node, release } => self.install(node, release),
            Command::Pause(node) => self.pause(node),
            Command::Continue(node) => self.go_on(node),
            Command::MoveLeader { topic, partition, to } => self.move_leader(&topic, partition, to),
            Command::Truncate {
                topic,
                partition,
                end_offset,
            } => self.truncate(&topic, partition, end_offset),
            Command::DeleteRecords {
                topic,
                partition,
                before_offset,
            } => self.delete_records(&topic, partition, before_offset),
            Command::CreateTopic { topic, partitions } => self.make_topic(&topic, partitions),
            Command::DeleteTopic(topic) => self.unmake_topic(&topic),
            Command::AddPartitions { topic, count } => self.grow_topic(&topic, count),
            Command::Inject(fault) => {
                self.faults.inject(fault);
                Ok(())
            }
            Command::Heal => {
                self.faults.heal();
                Ok(())
            }
        }
    }

    fn change_power(&mut self, id: NodeId, from: &[Power], to: Power) -> Result<(), CommandError> {
        let node = self.nodes.get_mut(&id).ok_or(CommandError::NoNode(id))?;
        if !from.contains(&node.power) {
            return Err(CommandError::WrongPower {
                node: id,
                power: node.power,
            });
        }
        node.power = to;
        Ok(())
    }

    /// kill −9: un-flushed records of the partitions it led are lost, as many as is drawn.
    fn stop(&mut self, id: NodeId) -> Result<(), CommandError> {
        self.change_power(id, &[Power::Running, Power::Paused], Power::Stopped)?;
        self.lose_what_it_had_not_flushed(id);
        self.go_down(id, Closing::Reset);
        self.await_fence(id);
        Ok(())
    }

    /// SIGTERM (controlled shutdown): others lead at once, and the node goes on answering that it does not (seen on Kafka 4.4.0: down
    /// after 2.3 s).
    fn shut_down(&mut self, id: NodeId) -> Result<(), CommandError> {
        self.change_power(id, &[Power::Running], Power::Running)?;
        let Some(node) = self.nodes.get_mut(&id).filter(|node| !node.leaving) else {
            return Ok(());
        };
        node.leaving = true;
        self.hand_over(id);
        self.await_exit(id);
        Ok(())
    }

    fn await_exit(&mut self, id: NodeId) {
        let at = self.now + self.config.latencies.shutdown;
        self.controller.set(ControllerTimer::Exit(id), at);
    }

    /// The end of an orderly shutdown. One that stands still cannot end; it does so when it goes on.
    pub(super) fn exit(&mut self, id: NodeId) {
        if self.change_power(id, &[Power::Running], Power::Stopped).is_err() {
            return;
        }
        self.go_down(id, Closing::Fin);
        self.fence(id);
    }

    fn install(&mut self, id: NodeId, release: Release) -> Result<(), CommandError> {
        self.change_power(id, &[Power::Stopped], Power::Stopped)?;
        if let Some(node) = self.nodes.get_mut(&id) {
            node.release = release;
        }
        Ok(())
    }

    /// Its memory is gone, and its connections are closed.
    fn go_down(&mut self, id: NodeId, how: Closing) {
        self.controller.cancel(&ControllerTimer::Exit(id));
        let Some(node) = self.nodes.get_mut(&id) else {
            return;
        };
        node.leaving = false;
        let connections: Vec<ConnectionId> = node.connections.keys().copied().collect();
        let pending = node.inbox.iter().filter_map(|input| match input {
            Input::Opened { connection, .. } => Some(*connection),
            _ => None,
        });
        let pending: Vec<ConnectionId> = pending.collect();
        node.lose_memory();
        for connection in connections {
            self.close(id, connection, how);
        }
        for connection in pending {
            self.outputs.push_back(Output::Close {
                node: id,
                connection,
                how,
            });
        }
    }

    fn lose_what_it_had_not_flushed(&mut self, id: NodeId) {
        let Some(topic) = self.topics.topic(OFFSETS_TOPIC) else {
            return;
        };
        let led = (0_i32..).zip(&topic.partitions);
        let led: Vec<i32> = led
            .filter(|(_, partition)| partition.leader == Some(id))
            .map(|(index, _)| index)
            .collect();
        for partition in led {
            self.lose_unflushed(partition);
        }
    }

    fn await_fence(&mut self, id: NodeId) {
        let counted = self.node(id).is_some_and(|node| node.registered);
        if counted && !self.controller.is_set(&ControllerTimer::Fence(id)) {
            let at = self.now + self.config.latencies.failover;
            self.controller.set(ControllerTimer::Fence(id), at);
        }
    }

    /// A node that comes back is another incarnation: what it still led in the eyes of the cluster is settled first.
    fn start(&mut self, id: NodeId) -> Result<(), CommandError> {
        self.change_power(id, &[Power::Stopped], Power::Running)?;
        if self.node(id).is_some_and(|node| node.registered) {
            self.fence(id);
        }
        self.register(id);
        Ok(())
    }

    fn pause(&mut self, id: NodeId) -> Result<(), CommandError> {
        self.change_power(id, &[Power::Running], Power::Paused)?;
        self.await_fence(id);
        Ok(())
    }

    /// It serves what arrived meanwhile, as the coordinator that it may no longer be (seen on Kafka 4.4.0 for ~100 ms).
    fn go_on(&mut self, id: NodeId) -> Result<(), CommandError> {
        self.change_power(id, &[Power::Paused], Power::Running)?;
        self.resign_what_was_lost(id);
        self.register(id);
        if self.is_leaving(id) {
            self.await_exit(id);
        }
        let Some(node) = self.nodes.get_mut(&id) else {
            return Ok(());
        };
        let (inbox, unheard) = (
            core::mem::take(&mut node.inbox),
            core::mem::take(&mut node.unheard),
        );
        for (name, topic) in unheard {
            self.tell_of_deletion((&name, topic), |node| node == id);
        }
        for input in inbox {
            self.receive(input);
            self.settle();
        }
        Ok(())
    }

    fn must_be_partition(&self, topic: &TopicName, partition: i32) -> Result<(), CommandError> {
        if self.topics.partition(topic.as_str(), partition).is_some() {
            return Ok(());
        }
        Err(CommandError::NoPartition {
            topic: topic.clone(),
            partition,
        })
    }

    fn move_leader(&mut self, topic: &TopicName, partition: i32, to: NodeId) -> Result<(), CommandError> {
        if topic.as_str() == OFFSETS_TOPIC {
            self.create_offsets_topic();
        }
        self.must_be_partition(topic, partition)?;
        let node = self.nodes.get(&to).ok_or(CommandError::NoNode(to))?;
        if node.power != Power::Running || node.leaving {
            return Err(CommandError::WrongPower {
                node: to,
                power: node.power,
            });
        }
        if let Some(partition) = self.topics.partition_mut(topic.as_str(), partition) {
            if partition.leader == Some(to) {
                return Ok(());
            }
            partition.replicas.retain(|replica| *replica != to);
            partition.replicas.insert(0, to);
        }
        self.change_leader(topic, partition, Some(to), Duration::ZERO);
        Ok(())
    }

    fn truncate(&mut self, topic: &TopicName, partition: i32, end: i64) -> Result<(), CommandError> {
        self.must_be_partition(topic, partition)?;
        if let Some(cut) = self.topics.partition_mut(topic.as_str(), partition) {
            cut.log.truncate(end);
            let leader = cut.leader;
            self.change_leader(topic, partition, leader, Duration::ZERO);
        }
        Ok(())
    }

    fn delete_records(&mut self, topic: &TopicName, partition: i32, before: i64) -> Result<(), CommandError> {
        self.must_be_partition(topic, partition)?;
        if let Some(cut) = self.topics.partition_mut(topic.as_str(), partition) {
            cut.log.delete_before(before);
        }
        self.wake_fetches(topic, partition);
        Ok(())
    }

    fn make_topic(&mut self, topic: &TopicName, partitions: i32) -> Result<(), CommandError> {
        let bad = |reason| CommandError::BadTopic {
            topic: topic.clone(),
            reason,
        };
        if !is_valid_name(topic.as_str()) {
            return Err(bad(
                "its name is empty, too long or has characters that Kafka refuses",
            ));
        }
        let count = usize::try_from(partitions).ok().filter(|count| *count > 0);
        let count = count.ok_or_else(|| bad("it needs at least one partition"))?;
        if self.topics.topic(topic.as_str()).is_none() {
            let replication = self.replication(self.config.default_replication_factor);
            let replicas = self.spread(0, count, replication);
            self.create_topic(topic, replicas);
        }
        Ok(())
    }

    fn unmake_topic(&mut self, topic: &TopicName) -> Result<(), CommandError> {
        self.must_be_partition(topic, 0)?;
        if topic.as_str() == OFFSETS_TOPIC {
            return Err(CommandError::BadTopic {
                topic: topic.clone(),
                reason: "it holds the groups' offsets and cannot be deleted",
            });
        }
        self.delete_topic(topic);
        Ok(())
    }

    fn grow_topic(&mut self, topic: &TopicName, count: i32) -> Result<(), CommandError> {
        self.must_be_partition(topic, 0)?;
        let bad = |reason| CommandError::BadTopic {
            topic: topic.clone(),
            reason,
        };
        if topic.as_str() == OFFSETS_TOPIC {
            return Err(bad("groups are placed by its number of partitions"));
        }
        let now = self
            .topics
            .topic(topic.as_str())
            .map_or(0, |topic| topic.partitions.len());
        let count = usize::try_from(count).ok().filter(|count| *count > now);
        let count = count.ok_or_else(|| bad("a topic can only grow"))?;
        let replication = self.replication(self.config.default_replication_factor);
        let replicas = self.spread(now, count, replication);
        self.add_partitions(topic, replicas);
        Ok(())
    }
}

//! Who leads what: topics made and deleted, leaders moved, nodes fenced and back. Where the offsets topic is concerned,
//! coordinators change with it.

use alloc::vec::Vec;
use core::time::Duration;

use kohort_protocol::{NodeId, TopicId, TopicName};

use super::{Cluster, ControllerTimer, OFFSETS_TOPIC, log_of};
use crate::coordinator::log::CoordinatorLog;
use crate::coordinator::record::Record;
use crate::coordinator::shard::{Desk, Phase, Shard};
use crate::coordinator::turn::Completion;
use crate::node::{Node, Power};
use crate::topics::{Partition, Topic, place};

impl Cluster {
    pub(super) fn control_timer_fired(&mut self, timer: ControllerTimer) {
        match timer {
            ControllerTimer::Fence(node) => self.fence(node),
            ControllerTimer::Exit(node) => self.exit(node),
            ControllerTimer::OffsetsTopic => self.create_offsets_topic(),
        }
    }

    pub(crate) fn registered_nodes(&self) -> Vec<NodeId> {
        let nodes = self.nodes.values().filter(|node| node.registered);
        nodes.map(|node| node.id).collect()
    }

    pub(crate) fn replication(&self, wanted: i16) -> usize {
        usize::try_from(wanted).unwrap_or(1).clamp(1, self.nodes.len())
    }

    /// Makes a topic whose name is free and valid.
    pub(crate) fn create_topic(&mut self, name: &TopicName, replicas: Vec<Vec<NodeId>>) -> TopicId {
        let id = TopicId(crate::uuid::random_bytes(&mut self.rng));
        let partitions = replicas.into_iter().map(|replicas| self.new_partition(replicas));
        let topic = Topic {
            id,
            partitions: partitions.collect(),
        };
        self.topics.insert(name.clone(), topic);
        id
    }

    fn new_partition(&self, replicas: Vec<NodeId>) -> Partition {
        let leader = self.first_living(&replicas);
        Partition::new(replicas, leader)
    }

    fn first_living(&self, replicas: &[NodeId]) -> Option<NodeId> {
        let leads = |node: &Node| node.registered && !node.leaving;
        let lives = |id: &&NodeId| self.nodes.get(id).is_some_and(leads);
        replicas.iter().find(lives).copied()
    }

    /// Where the partitions from `from` to `count` of a topic go.
    pub(crate) fn spread(&self, from: usize, count: usize, replication: usize) -> Vec<Vec<NodeId>> {
        let nodes: Vec<NodeId> = self.nodes.keys().copied().collect();
        (from..count)
            .map(|partition| place(&nodes, partition, replication))
            .collect()
    }

    pub(crate) fn add_partitions(&mut self, name: &TopicName, replicas: Vec<Vec<NodeId>>) {
        let new: Vec<Partition> = replicas
            .into_iter()
            .map(|replicas| self.new_partition(replicas))
            .collect();
        if let Some(topic) = self.topics.topic_mut(name.as_str()) {
            topic.partitions.extend(new);
        }
    }

    /// The groups' offsets go with the topic, where somebody serves who can write it down. Else they stay, and only their topic's id
    /// tells them from those of a topic that is made anew under its name (seen on Kafka 4.4.0).
    pub(crate) fn delete_topic(&mut self, name: &TopicName) {
        let Some(topic) = self.topics.remove(name.as_str()) else {
            return;
        };
        for partition in 0..topic.partitions.len() {
            self.wake_fetches(name, i32::try_from(partition).unwrap_or(i32::MAX));
        }
        for node in self.nodes.values_mut().filter(|node| node.power == Power::Paused) {
            node.unheard.push((name.clone(), topic.id));
        }
        self.tell_of_deletion((name, topic.id), |_| true);
    }

    pub(super) fn tell_of_deletion(
        &mut self,
        deleted: (&TopicName, TopicId),
        is_told: impl Fn(NodeId) -> bool,
    ) {
        for partition in 0..i32::try_from(self.coordinator_logs.len()).unwrap_or(i32::MAX) {
            let coordinator = self.serving_coordinator(partition);
            if let Some(node) = coordinator.filter(|node| is_told(*node)) {
                self.delete_offsets_of_topic(node, partition, deleted);
            }
        }
    }

    /// The node that coordinates the groups of this partition, if it serves. One that stands still may hold an active shard although
    /// another leads by now: what it would append, nobody flushes in its stead.
    fn serving_coordinator(&self, partition: i32) -> Option<NodeId> {
        let leader = self.topics.partition(OFFSETS_TOPIC, partition)?.leader?;
        let node = self.node(leader).filter(|node| node.power == Power::Running)?;
        let shard = node.shards.get(&partition)?;
        (shard.phase == Phase::Active).then_some(leader)
    }

    /// Those of this topic alone: what outlived an earlier one of its name stays (seen on Kafka 4.4.0).
    fn delete_offsets_of_topic(&mut self, node: NodeId, partition: i32, deleted: (&TopicName, TopicId)) {
        let deleted = self.coordinate_shard(node, partition, |books| {
            let gone: Vec<Record> = books
                .groups
                .keys()
                .flat_map(|group| {
                    let keys = books.turn.log.offset_keys(group).into_iter();
                    keys.filter(|((name, _), id)| (name, *id) == deleted)
                        .map(move |((name, index), _)| Record::OffsetGone(group.clone(), name, index))
                })
                .collect();
            if gone.is_empty() {
                Ok(())
            } else {
                books.turn.append(gone, Completion::Nothing)
            }
        });
        debug_assert!(
            deleted.is_ok_and(|appended| appended.is_ok()),
            "the shard is active"
        );
    }

    pub(crate) fn request_offsets_topic(&mut self) {
        if !self.controller.is_set(&ControllerTimer::OffsetsTopic) {
            let at = self.now + self.config.latencies.offsets_topic;
            self.controller.set(ControllerTimer::OffsetsTopic, at);
        }
    }

    pub(crate) fn create_offsets_topic(&mut self) {
        if self.topics.topic(OFFSETS_TOPIC).is_some() {
            return;
        }
        let count = usize::try_from(self.config.offsets_topic_partitions)
            .unwrap_or(1)
            .max(1);
        let replication = self.replication(self.config.offsets_topic_replication_factor);
        let replicas = self.spread(0, count, replication);
        self.coordinator_logs.resize_with(count, CoordinatorLog::default);
        self.create_topic(&TopicName::from(OFFSETS_TOPIC), replicas);
        for partition in 0..self.config.offsets_topic_partitions {
            self.install_coordinator(partition, self.config.latencies.election);
        }
    }

    /// The leader of a partition of the offsets topic becomes a coordinator.
    fn install_coordinator(&mut self, partition: i32, delay: Duration) {
        let Some(led) = self.topics.partition(OFFSETS_TOPIC, partition) else {
            return;
        };
        let (Some(leader), epoch) = (led.leader, led.epoch) else {
            return;
        };
        self.unload_shard(leader, partition);
        // A dead node that is not missed yet may be elected. It hears nothing of it: a shard waiting for it here would serve when it is
        // started again, as a second coordinator that ends everybody's session.
        if let Some(node) = self.nodes.get_mut(&leader)
            && node.power != Power::Stopped
        {
            node.shards
                .insert(partition, Shard::elected(epoch, self.now, delay));
        }
    }

    fn unload_shard(&mut self, node: NodeId, partition: i32) {
        let unloaded = self.coordinate_shard(node, partition, |books| {
            for group in books.groups.values_mut() {
                group.unload(&mut books.turn);
            }
        });
        if unloaded.is_ok()
            && let Some(node) = self.nodes.get_mut(&node)
        {
            node.shards.remove(&partition);
        }
    }

    /// Gives a partition another leader (or none), and the group coordinator with it. `delay`: until the new one knows.
    pub(crate) fn change_leader(
        &mut self,
        topic: &TopicName,
        index: i32,
        leader: Option<NodeId>,
        delay: Duration,
    ) {
        let Some(partition) = self.topics.partition_mut(topic.as_str(), index) else {
            return;
        };
        let old = partition.leader;
        partition.lead_by(leader);
        self.wake_fetches(topic, index);
        if topic.as_str() == OFFSETS_TOPIC {
            self.lose_unflushed(index);
            if let Some(old) = old {
                self.resign(old, index);
            }
            self.install_coordinator(index, delay);
        }
    }

    /// Of what the old leader had not flushed, some had reached the next one: how much is drawn.
    pub(super) fn lose_unflushed(&mut self, partition: i32) {
        if let Some(log) = log_of(&mut self.coordinator_logs, partition) {
            let kept = self.rng.usize(0..=log.unflushed());
            log.lose_leader(kept);
        }
    }

    /// A running node that lost a partition becomes its zombie; a paused one learns of it when it goes on.
    fn resign(&mut self, node: NodeId, partition: i32) {
        let Some(node) = self.nodes.get_mut(&node) else {
            return;
        };
        if node.power != Power::Running {
            return;
        }
        let Some(shard) = node.shards.get_mut(&partition) else {
            return;
        };
        if shard.phase == Phase::Zombie {
            return;
        }
        if let Some(log) = log_of(&mut self.coordinator_logs, partition) {
            shard.resign(Desk {
                now: self.now,
                config: &self.config,
                rng: &mut self.rng,
                answers: &mut self.answers,
                log,
            });
        }
    }

    /// A node that went on after a pause finds out what it lost.
    pub(super) fn resign_what_was_lost(&mut self, id: NodeId) {
        let Some(node) = self.nodes.get(&id) else { return };
        let lost = |partition: i32, shard: &Shard| {
            let led = self.topics.partition(OFFSETS_TOPIC, partition);
            led.is_none_or(|led| led.leader != Some(id) || led.epoch != shard.epoch)
        };
        let lost: Vec<i32> = node
            .shards
            .iter()
            .filter(|(partition, shard)| lost(**partition, shard))
            .map(|(partition, _)| *partition)
            .collect();
        for partition in lost {
            self.resign(id, partition);
        }
    }

    fn partitions_where(&self, test: impl Fn(&Partition) -> bool) -> Vec<(TopicName, i32)> {
        let mut found = Vec::new();
        for (name, topic) in self.topics.iter() {
            for (index, partition) in (0_i32..).zip(&topic.partitions) {
                if test(partition) {
                    found.push((name.clone(), index));
                }
            }
        }
        found
    }

    /// The cluster takes a node for dead: what it led gets the next living replica.
    pub(super) fn fence(&mut self, id: NodeId) {
        if let Some(node) = self.nodes.get_mut(&id) {
            node.registered = false;
        }
        self.controller.cancel(&ControllerTimer::Fence(id));
        self.hand_over(id);
    }

    /// What a node leads gets the next living replica. Who leaves in order keeps to the end what nobody else can lead.
    pub(super) fn hand_over(&mut self, id: NodeId) {
        for (topic, index) in self.partitions_where(|partition| partition.leader == Some(id)) {
            let partition = self.topics.partition(topic.as_str(), index);
            let next = partition.and_then(|partition| self.first_living(&partition.replicas));
            if next.is_none() && self.is_leaving(id) {
                continue;
            }
            self.change_leader(&topic, index, next, self.config.latencies.election);
        }
    }

    /// A node is back: it takes what nobody leads.
    pub(super) fn register(&mut self, id: NodeId) {
        self.controller.cancel(&ControllerTimer::Fence(id));
        let Some(node) = self.nodes.get_mut(&id) else {
            return;
        };
        if core::mem::replace(&mut node.registered, true) {
            return;
        }
        let orphans =
            self.partitions_where(|partition| partition.leader.is_none() && partition.replicas.contains(&id));
        for (topic, index) in orphans {
            self.change_leader(&topic, index, Some(id), self.config.latencies.election);
        }
    }

    pub(super) fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(&id)
    }
}

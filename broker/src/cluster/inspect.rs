//! What tests and oracles may know of a cluster without asking it as a client.

use alloc::string::String;
use alloc::vec::Vec;

use bytes::Bytes;
use kohort_protocol::{
    Generation, GroupId, LeaderEpoch, MemberId, NodeId, TopicId, TopicName, TopicPartition,
};

use super::{Cluster, OFFSETS_TOPIC};
use crate::config::Config;
use crate::coordinator::log::CoordinatorLog;
use crate::coordinator::record::CommittedOffset;
use crate::coordinator::shard::{Phase, Shard};
use crate::group::{Group, GroupState, Member, MemberState};
use crate::node::Power;
use crate::release::Release;

/// A group as its coordinator has it in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GroupView {
    /// Its state.
    pub state: GroupState,
    /// Its generation.
    pub generation: Generation,
    /// Its protocol type, once a member joined.
    pub protocol_type: Option<String>,
    /// The protocol of the generation.
    pub protocol_name: Option<String>,
    /// The leader of the generation.
    pub leader: Option<MemberId>,
    /// Its members, by id.
    pub members: Vec<MemberState>,
    /// Ids that were given out and not used yet.
    pub pending: Vec<MemberId>,
}

impl Cluster {
    /// What it was made with.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Which partition of `__consumer_offsets` the group lives on.
    #[must_use]
    pub fn offsets_partition(&self, group: &GroupId) -> TopicPartition {
        TopicPartition::new(OFFSETS_TOPIC, self.partition_of(group))
    }

    /// The node that coordinates the group, or will once it has loaded. `None` before the offsets topic exists, or if no
    /// replica lives.
    #[must_use]
    pub fn coordinator(&self, group: &GroupId) -> Option<NodeId> {
        self.leader(OFFSETS_TOPIC, self.partition_of(group))
    }

    /// The leader of a partition.
    #[must_use]
    pub fn leader(&self, topic: &str, partition: i32) -> Option<NodeId> {
        self.topics.partition(topic, partition)?.leader
    }

    /// The epoch of that leader.
    #[must_use]
    pub fn leader_epoch(&self, topic: &str, partition: i32) -> Option<LeaderEpoch> {
        Some(self.topics.partition(topic, partition)?.epoch)
    }

    /// The id of a topic.
    #[must_use]
    pub fn topic_id(&self, topic: &str) -> Option<TopicId> {
        Some(self.topics.topic(topic)?.id)
    }

    /// First offset of a partition's log and the one after its last.
    #[must_use]
    pub fn log_bounds(&self, topic: &str, partition: i32) -> Option<(i64, i64)> {
        let log = &self.topics.partition(topic, partition)?.log;
        Some((log.start_offset(), log.end_offset()))
    }

    /// All batches of a partition's log, as they lie there.
    #[must_use]
    pub fn batches(&self, topic: &str, partition: i32) -> Option<Bytes> {
        let log = &self.topics.partition(topic, partition)?.log;
        Some(log.read(log.start_offset(), usize::MAX, true))
    }

    /// How a node is.
    #[must_use]
    pub fn power(&self, node: NodeId) -> Option<Power> {
        self.node(node).map(|node| node.power)
    }

    /// Which release of Kafka a node runs.
    #[must_use]
    pub fn release(&self, node: NodeId) -> Option<Release> {
        self.node(node).map(|node| node.release)
    }

    /// Whether a node is on its way down ([`Command::ShutDown`](crate::Command::ShutDown)): it serves, but leads nothing any more.
    #[must_use]
    pub fn is_leaving(&self, node: NodeId) -> bool {
        self.node(node).is_some_and(|node| node.leaving)
    }

    /// All nodes, ascending.
    pub fn node_ids(&self) -> impl Iterator<Item = NodeId> {
        self.nodes.keys().copied()
    }

    /// Where clients find a node.
    #[must_use]
    pub fn address(&self, node: NodeId) -> Option<(&str, u16)> {
        self.node(node).map(|node| (node.host.as_str(), node.port))
    }

    /// The group at its coordinator; `None` while that is not serving.
    #[must_use]
    pub fn group(&self, id: &GroupId) -> Option<GroupView> {
        self.active_shard(id)?.groups().get(id).map(view)
    }

    /// State and generation of the group at its coordinator; `None` while that is not serving. Cheap: asked after every event.
    #[must_use]
    pub fn standing(&self, id: &GroupId) -> Option<(GroupState, Generation)> {
        let group = self.active_shard(id)?.groups().get(id)?;
        Some((group.state(), group.generation()))
    }

    /// Whether the group has this member at its coordinator; `None` while that is not serving.
    #[must_use]
    pub fn has_member(&self, id: &GroupId, member: &MemberId) -> Option<bool> {
        let group = self.active_shard(id)?.groups().get(id);
        Some(group.is_some_and(|group| group.members().any(|known| known.id == *member)))
    }

    /// The group as `node` has it in memory: a zombie's is out of date.
    #[must_use]
    pub fn group_on(&self, node: NodeId, id: &GroupId) -> Option<GroupView> {
        let shard = self.node(node)?.shards.get(&self.partition_of(id))?;
        shard.groups().get(id).map(view)
    }

    /// What is committed for a partition: flushed, so that no fault takes it back.
    #[must_use]
    pub fn committed(&self, group: &GroupId, partition: &TopicPartition) -> Option<&CommittedOffset> {
        let log = usize::try_from(self.partition_of(group)).ok()?;
        let offsets = self.coordinator_logs.get(log)?.offsets().get(group)?;
        offsets.get(&(partition.topic.clone(), partition.partition))
    }

    /// As long as this number is the same, so is every committed offset of the group. Cheap: asked after every event.
    #[must_use]
    pub fn commit_changes(&self, group: &GroupId) -> u64 {
        let log = usize::try_from(self.partition_of(group)).ok();
        log.and_then(|log| self.coordinator_logs.get(log))
            .map_or(0, CoordinatorLog::changes)
    }

    /// All committed offsets of a group.
    #[must_use]
    pub fn all_committed(&self, group: &GroupId) -> Vec<(TopicPartition, CommittedOffset)> {
        let log = usize::try_from(self.partition_of(group)).ok();
        let log = log.and_then(|log| self.coordinator_logs.get(log));
        let offsets = log.and_then(|log| log.offsets().get(group)).into_iter().flatten();
        offsets
            .map(|((topic, partition), offset)| {
                let partition = TopicPartition::new(TopicName::clone(topic), *partition);
                (partition, offset.clone())
            })
            .collect()
    }

    fn active_shard(&self, group: &GroupId) -> Option<&Shard> {
        let shard = self
            .node(self.coordinator(group)?)?
            .shards
            .get(&self.partition_of(group))?;
        (shard.phase == Phase::Active).then_some(shard)
    }
}

fn view(group: &Group) -> GroupView {
    GroupView {
        state: group.state(),
        generation: group.generation(),
        protocol_type: group.protocol_type().map(String::from),
        protocol_name: group.protocol_name().map(String::from),
        leader: group.leader().cloned(),
        members: group.members().map(Member::state).collect(),
        pending: group.pending().iter().cloned().collect(),
    }
}

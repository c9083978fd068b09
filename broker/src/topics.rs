//! Topics and who leads their partitions. All replicas of a partition share one log here: acknowledged records are never lost,
//! except by an explicit truncation.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use kohort_protocol::{ErrorCode, LeaderEpoch, NodeId, TopicId, TopicName};

use crate::log::PartitionLog;

#[derive(Debug)]
pub(crate) struct Topic {
    pub(crate) id: TopicId,
    pub(crate) partitions: Vec<Partition>,
}

#[derive(Debug)]
pub(crate) struct Partition {
    /// `None` while no replica lives.
    pub(crate) leader: Option<NodeId>,
    pub(crate) epoch: LeaderEpoch,
    /// Preferred leader first.
    pub(crate) replicas: Vec<NodeId>,
    pub(crate) log: PartitionLog,
}

impl Partition {
    pub(crate) fn new(replicas: Vec<NodeId>, leader: Option<NodeId>) -> Self {
        let mut log = PartitionLog::default();
        log.begin_epoch(LeaderEpoch(0));
        Self {
            leader,
            epoch: LeaderEpoch(0),
            replicas,
            log,
        }
    }

    pub(crate) fn lead_by(&mut self, leader: Option<NodeId>) {
        self.leader = leader;
        self.epoch = LeaderEpoch(self.epoch.0.saturating_add(1));
        if leader.is_some() {
            self.log.begin_epoch(self.epoch);
        }
    }

    /// Whether `node` may serve a client that takes `epoch` for the leader's (KIP-320); −1 is no opinion.
    ///
    /// # Errors
    /// NOT_LEADER_OR_FOLLOWER, FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH.
    pub(crate) fn check_leader(&self, node: NodeId, epoch: LeaderEpoch) -> Result<(), ErrorCode> {
        if self.leader != Some(node) {
            return Err(ErrorCode::NOT_LEADER_OR_FOLLOWER);
        }
        match epoch {
            LeaderEpoch::NONE => Ok(()),
            known if known < self.epoch => Err(ErrorCode::FENCED_LEADER_EPOCH),
            known if known > self.epoch => Err(ErrorCode::UNKNOWN_LEADER_EPOCH),
            _ => Ok(()),
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Topics {
    by_name: BTreeMap<TopicName, Topic>,
    names: BTreeMap<TopicId, TopicName>,
}

impl Topics {
    pub(crate) fn topic(&self, name: &str) -> Option<&Topic> {
        self.by_name.get(name)
    }

    pub(crate) fn topic_mut(&mut self, name: &str) -> Option<&mut Topic> {
        self.by_name.get_mut(name)
    }

    pub(crate) fn name_of(&self, id: TopicId) -> Option<&TopicName> {
        self.names.get(&id)
    }

    pub(crate) fn partition(&self, name: &str, index: i32) -> Option<&Partition> {
        self.topic(name)?.partitions.get(usize::try_from(index).ok()?)
    }

    pub(crate) fn partition_mut(&mut self, name: &str, index: i32) -> Option<&mut Partition> {
        self.topic_mut(name)?
            .partitions
            .get_mut(usize::try_from(index).ok()?)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&TopicName, &Topic)> {
        self.by_name.iter()
    }

    pub(crate) fn insert(&mut self, name: TopicName, topic: Topic) {
        self.names.insert(topic.id, name.clone());
        self.by_name.insert(name, topic);
    }

    pub(crate) fn remove(&mut self, name: &str) -> Option<Topic> {
        let topic = self.by_name.remove(name)?;
        self.names.remove(&topic.id);
        Some(topic)
    }
}

/// Kafka's rule for names: 1 to 249 letters, digits, `.`, `_` and `-`, but not `.` or `..` alone.
pub(crate) fn is_valid_name(name: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    !matches!(name, "" | "." | "..") && name.len() <= 249 && name.bytes().all(legal)
}

/// So many replicas, one step further for each partition, so that leaders are spread evenly: partition 0 is led by the first node.
pub(crate) fn place(nodes: &[NodeId], partition: usize, replicas: usize) -> Vec<NodeId> {
    let turned = nodes.iter().cycle().skip(partition % nodes.len().max(1));
    turned.take(replicas.min(nodes.len())).copied().collect()
}

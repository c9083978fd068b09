//! What can be seen of a member from outside.

use kohort_protocol::{Generation, GroupId, GroupInstanceId, LeaderEpoch, MemberId, NodeId, TopicPartition};

use super::Member;
use super::io::Period;
use super::membership::MemberState;
use super::partitions::{Partition, Place};

/// Who a member is to the coordinator: what a transactional producer passes on with its offsets (KIP-447).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupMetadata {
    /// The group.
    pub group_id: GroupId,
    /// The generation; `NONE` while not joined.
    pub generation: Generation,
    /// The member's id; empty while it has none.
    pub member_id: MemberId,
    /// Its instance id, if it is static.
    pub group_instance_id: Option<GroupInstanceId>,
}

/// Where a partition that is owned stands. Offsets are `None` while they are not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartitionView {
    /// Which.
    pub partition: TopicPartition,
    /// Since when it is owned.
    pub period: Period,
    /// Behind the last record handed to the application.
    pub delivered: Option<i64>,
    /// The leader epoch of the record before `delivered` (KIP-320).
    pub leader_epoch: LeaderEpoch,
    /// Behind the last record that the application is done with.
    pub processed: Option<i64>,
    /// What the coordinator has acknowledged, or answered at the start.
    pub committed: Option<i64>,
    /// End of the replicated log.
    pub high_watermark: Option<i64>,
    /// End of what `read_committed` may read.
    pub last_stable_offset: Option<i64>,
    /// Start of the log.
    pub log_start_offset: Option<i64>,
    /// Whether the application paused it.
    pub paused: bool,
    /// Whether it waits for a seek, because nothing else can go on (no offset, corrupt records, ...).
    pub stopped: bool,
}

impl Member {
    /// Where it stands in the group.
    #[must_use]
    pub fn state(&self) -> MemberState {
        self.membership.state()
    }

    /// The id that the coordinator gave it; empty if none.
    #[must_use]
    pub fn member_id(&self) -> &MemberId {
        self.membership.member_id()
    }

    /// Its generation; `NONE` while it has none.
    #[must_use]
    pub fn generation(&self) -> Generation {
        self.membership.generation()
    }

    /// Whether it leads the group.
    #[must_use]
    pub fn is_leader(&self) -> bool {
        self.membership.is_leader()
    }

    /// The group's coordinator, if it is known.
    #[must_use]
    pub const fn coordinator(&self) -> Option<NodeId> {
        self.coordinator.node()
    }

    /// What it owns, in order, and since when.
    pub fn assignment(&self) -> impl Iterator<Item = (&TopicPartition, Period)> {
        let period = self.partitions.period();
        self.partitions.iter().map(move |(name, _)| (name, period))
    }

    /// How far each owned partition has been read, in order.
    pub fn positions(&self) -> impl Iterator<Item = PartitionView> {
        let period = self.partitions.period();
        self.partitions
            .iter()
            .map(move |(name, partition)| PartitionView::new(name, period, partition))
    }

    /// How far `partition` has been read, if it is owned.
    #[must_use]
    pub fn position(&self, partition: &TopicPartition) -> Option<PartitionView> {
        let found = self.partitions.find(partition)?;
        Some(PartitionView::new(partition, self.partitions.period(), found))
    }

    /// Who it is to the coordinator.
    #[must_use]
    pub fn group_metadata(&self) -> GroupMetadata {
        GroupMetadata {
            group_id: self.wire.config.group_id.clone(),
            generation: self.generation(),
            member_id: self.member_id().clone(),
            group_instance_id: self.wire.config.group_instance_id.clone(),
        }
    }
}

impl PartitionView {
    fn new(name: &TopicPartition, period: Period, partition: &Partition) -> Self {
        let known = |offset: i64| Some(offset).filter(|&offset| offset >= 0);
        let marks = partition.marks;
        Self {
            partition: name.clone(),
            period,
            delivered: partition.delivered.map(|at| at.offset),
            leader_epoch: partition.delivered.map_or(LeaderEpoch::NONE, |at| at.epoch),
            processed: partition.processed.map(|at| at.offset),
            committed: partition.committed.map(|at| at.offset),
            high_watermark: marks.and_then(|marks| known(marks.high_watermark)),
            last_stable_offset: marks.and_then(|marks| known(marks.last_stable_offset)),
            log_start_offset: marks.and_then(|marks| known(marks.log_start_offset)),
            paused: partition.paused,
            stopped: partition.place == Place::Stopped,
        }
    }
}

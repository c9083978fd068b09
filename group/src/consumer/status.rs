//! How a consumer stands, at a moment.

use kohort_protocol::NodeId;

use crate::member::{GroupMetadata, Member, MemberState, PartitionView};

/// A look at a consumer: [`Consumer::status`](crate::Consumer::status).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// Where it stands in the group.
    pub state: MemberState,
    /// Who it is to the coordinator: group, generation, member id, instance id.
    pub group: GroupMetadata,
    /// Whether it leads the group: it computes the assignment.
    pub is_leader: bool,
    /// The group's coordinator, if it is known.
    pub coordinator: Option<NodeId>,
    /// What it owns, in order, and how far that has been read.
    pub partitions: Vec<PartitionView>,
    /// Bytes of records that were fetched and not taken yet. At most the member's `buffer_bytes`, unless a single batch is larger.
    pub buffered_bytes: usize,
}

impl Status {
    pub(crate) fn of(member: &Member, buffered_bytes: usize) -> Self {
        Self {
            state: member.state(),
            group: member.group_metadata(),
            is_leader: member.is_leader(),
            coordinator: member.coordinator(),
            partitions: member.positions().collect(),
            buffered_bytes,
        }
    }

    /// Records that are in the log and not handed out yet, over all partitions whose end is known.
    #[must_use]
    pub fn lag(&self) -> i64 {
        let behind = |view: &PartitionView| Some((view.high_watermark? - view.delivered?).max(0));
        self.partitions.iter().filter_map(behind).sum()
    }
}

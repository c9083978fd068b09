//! OffsetFetch (9): read committed offsets. KIP-320 (v5), KIP-447 (require stable, v7), KIP-709 (several groups, v8), KIP-848 (v9).
//!
//! Versions below 8 carry exactly one group; encoding more is an error.

use crate::{ErrorCode, GroupId, LeaderEpoch, MemberEpoch, MemberId, TopicId, TopicName};

/// Asks for committed offsets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetFetchRequest {
    /// The groups.
    pub groups: Vec<OffsetFetchGroup>,
    /// Answer UNSTABLE_OFFSET_COMMIT instead of an offset that an open transaction may move, v7+.
    pub require_stable: bool,
}

/// What is asked of one group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetFetchGroup {
    /// The group.
    pub group_id: GroupId,
    /// A KIP-848 member, v9+; classic groups ignore it.
    pub member_id: Option<MemberId>,
    /// Its epoch, v9+; −1 without a member.
    pub member_epoch: MemberEpoch,
    /// The topics; `None` (v2+) for all.
    pub topics: Option<Vec<OffsetFetchTopic>>,
}

/// The partitions asked of one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetFetchTopic {
    /// The topic, up to v9.
    pub name: TopicName,
    /// The topic, from v10.
    pub topic_id: TopicId,
    /// The partitions.
    pub partition_indexes: Vec<i32>,
}

/// The committed offsets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetFetchResponse {
    /// How long the broker asks the client to be silent, v3+.
    pub throttle_time_ms: i32,
    /// Per group. Below v8 one entry, without the group's id; its error is the top-level one of v2+.
    pub groups: Vec<OffsetFetchResponseGroup>,
}

/// The offsets of one group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetFetchResponseGroup {
    /// The group, v8+.
    pub group_id: GroupId,
    /// The topics.
    pub topics: Vec<OffsetFetchResponseTopic>,
    /// NOT_COORDINATOR, COORDINATOR_LOAD_IN_PROGRESS, ..., v2+ (v1 says it per partition).
    pub error_code: ErrorCode,
}

/// The offsets of one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetFetchResponseTopic {
    /// The topic, up to v9.
    pub name: TopicName,
    /// The topic, from v10.
    pub topic_id: TopicId,
    /// Its partitions.
    pub partitions: Vec<OffsetFetchResponsePartition>,
}

/// One committed offset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetFetchResponsePartition {
    /// The partition.
    pub partition_index: i32,
    /// The offset; −1 for none.
    pub committed_offset: i64,
    /// The leader epoch stored with it, v5+.
    pub committed_leader_epoch: LeaderEpoch,
    /// The text stored with it.
    pub metadata: Option<String>,
    /// UNSTABLE_OFFSET_COMMIT, ...
    pub error_code: ErrorCode,
}

//! DescribeShareGroupOffsets (90): where share groups stand. KIP-932; v1 says how far they lag (KIP-1226).
//!
//! The answer is only shown: a hostile coordinator can make it say anything.

use super::wire::{mirror, raw};
use crate::{ErrorCode, GroupId, LeaderEpoch, TopicId, TopicName};

/// Asks where some share groups stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DescribeShareGroupOffsetsRequest {
    /// The groups.
    pub groups: Vec<DescribeShareGroupOffsetsRequestGroup>,
}

/// Asks where one group stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DescribeShareGroupOffsetsRequestGroup {
    /// The group.
    pub group_id: GroupId,
    /// In which topics; `None` for all that it has offsets in.
    pub topics: Option<Vec<DescribeShareGroupOffsetsRequestTopic>>,
}

/// Asks where it stands in one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DescribeShareGroupOffsetsRequestTopic {
    /// The topic.
    pub topic_name: TopicName,
    /// Its partitions.
    pub partitions: Vec<i32>,
}

/// Where they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DescribeShareGroupOffsetsResponse {
    /// How long the broker asks the client to be silent, in milliseconds.
    pub throttle_time_ms: i32,
    /// Per group.
    pub groups: Vec<DescribeShareGroupOffsetsResponseGroup>,
}

/// Where one group stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DescribeShareGroupOffsetsResponseGroup {
    /// The group.
    pub group_id: GroupId,
    /// Per topic.
    pub topics: Vec<DescribeShareGroupOffsetsResponseTopic>,
    /// An error of the whole group: GROUP_ID_NOT_FOUND, ...
    pub error_code: ErrorCode,
    /// Words about the error; `None` without one.
    pub error_message: Option<String>,
}

/// Where it stands in one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DescribeShareGroupOffsetsResponseTopic {
    /// The topic's name.
    pub topic_name: TopicName,
    /// The topic's id.
    pub topic_id: TopicId,
    /// Its partitions.
    pub partitions: Vec<DescribeShareGroupOffsetsResponsePartition>,
}

/// Where it stands in one partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DescribeShareGroupOffsetsResponsePartition {
    /// The partition.
    pub partition_index: i32,
    /// The first offset that the group is not done with; −1 where it has none yet.
    pub start_offset: i64,
    /// The partition's leader epoch, as kept with that offset.
    pub leader_epoch: LeaderEpoch,
    /// How many records are still to be delivered, v1+; −1 if the broker cannot say.
    pub lag: i64,
    /// An error of this partition alone.
    pub error_code: ErrorCode,
    /// Words about the error; `None` without one.
    pub error_message: Option<String>,
}

impl Default for DescribeShareGroupOffsetsResponsePartition {
    fn default() -> Self {
        Self {
            partition_index: 0,
            start_offset: 0,
            leader_epoch: LeaderEpoch(0),
            lag: -1,
            error_code: ErrorCode::default(),
            error_message: None,
        }
    }
}

mirror! {
    DescribeShareGroupOffsetsRequest = raw::DescribeShareGroupOffsetsRequest { groups }
    DescribeShareGroupOffsetsRequestGroup = raw::describe_share_group_offsets_request::DescribeShareGroupOffsetsRequestGroup {
        group_id, topics,
    }
    DescribeShareGroupOffsetsRequestTopic = raw::describe_share_group_offsets_request::DescribeShareGroupOffsetsRequestTopic {
        topic_name, partitions,
    }
    DescribeShareGroupOffsetsResponse = raw::DescribeShareGroupOffsetsResponse { throttle_time_ms, groups }
    DescribeShareGroupOffsetsResponseGroup = raw::describe_share_group_offsets_response::DescribeShareGroupOffsetsResponseGroup {
        group_id, topics, error_code, error_message,
    }
    DescribeShareGroupOffsetsResponseTopic = raw::describe_share_group_offsets_response::DescribeShareGroupOffsetsResponseTopic {
        topic_name, topic_id, partitions,
    }
    DescribeShareGroupOffsetsResponsePartition = raw::describe_share_group_offsets_response::DescribeShareGroupOffsetsResponsePartition {
        partition_index, start_offset, leader_epoch, lag, error_code, error_message,
    }
}

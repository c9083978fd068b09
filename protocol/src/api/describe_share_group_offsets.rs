//! DescribeShareGroupOffsets (90): where share groups stand. KIP-932; v1 says how far they lag (KIP-1226).
//!
//! The answer is only shown: a hostile coordinator can make it say anything.

use super::wire::{mirror, raw};
use crate::{ErrorCode, GroupId, LeaderEpoch, TopicId, TopicName};

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DescribeShareGroupOffsetsRequest {
    /// The groups to describe offsets for.
    pub groups: Vec<DescribeShareGroupOffsetsRequestGroup>,
}

/// The groups to describe offsets for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DescribeShareGroupOffsetsRequestGroup {
    /// The group identifier.
    pub group_id: GroupId,
    /// The topics to describe offsets for, or `None` for all topic-partitions.
    pub topics: Option<Vec<DescribeShareGroupOffsetsRequestTopic>>,
}

/// The topics to describe offsets for, or `None` for all topic-partitions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DescribeShareGroupOffsetsRequestTopic {
    /// The topic name.
    pub topic_name: TopicName,
    /// The partitions.
    pub partitions: Vec<i32>,
}

/// What is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DescribeShareGroupOffsetsResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero if the request did
    /// not violate any quota.
    pub throttle_time_ms: i32,
    /// The results for each group.
    pub groups: Vec<DescribeShareGroupOffsetsResponseGroup>,
}

/// The results for each group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DescribeShareGroupOffsetsResponseGroup {
    /// The group identifier.
    pub group_id: GroupId,
    /// The results for each topic.
    pub topics: Vec<DescribeShareGroupOffsetsResponseTopic>,
    /// The group-level error code, or 0 if there was no error.
    pub error_code: ErrorCode,
    /// The group-level error message, or `None` if there was no error.
    pub error_message: Option<String>,
}

/// The results for each topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DescribeShareGroupOffsetsResponseTopic {
    /// The topic name.
    pub topic_name: TopicName,
    /// The unique topic ID.
    pub topic_id: TopicId,
    /// See Kafka's definition.
    pub partitions: Vec<DescribeShareGroupOffsetsResponsePartition>,
}

/// Part of DescribeShareGroupOffsets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DescribeShareGroupOffsetsResponsePartition {
    /// The partition index.
    pub partition_index: i32,
    /// The share-partition start offset.
    pub start_offset: i64,
    /// The leader epoch of the partition.
    pub leader_epoch: LeaderEpoch,
    /// The share-partition lag. v1+.
    pub lag: i64,
    /// The partition-level error code, or 0 if there was no error.
    pub error_code: ErrorCode,
    /// The partition-level error message, or `None` if there was no error.
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

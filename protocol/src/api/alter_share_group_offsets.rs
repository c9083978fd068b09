//! AlterShareGroupOffsets (91): move an empty share group. KIP-932.
//!
//! A hostile coordinator can say that it moved what it did not.

use super::wire::{mirror, raw};
use crate::{ErrorCode, GroupId, TopicId, TopicName};

/// Moves a share group that has no members.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlterShareGroupOffsetsRequest {
    /// The group.
    pub group_id: GroupId,
    /// Where to.
    pub topics: Vec<AlterShareGroupOffsetsRequestTopic>,
}

/// Where the group shall stand in one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlterShareGroupOffsetsRequestTopic {
    /// The topic.
    pub topic_name: TopicName,
    /// Its partitions.
    pub partitions: Vec<AlterShareGroupOffsetsRequestPartition>,
}

/// Where the group shall stand in one partition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlterShareGroupOffsetsRequestPartition {
    /// The partition.
    pub partition_index: i32,
    /// The first offset to deliver from then on.
    pub start_offset: i64,
}

/// The outcome per partition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlterShareGroupOffsetsResponse {
    /// How long the broker asks the client to be silent, in milliseconds.
    pub throttle_time_ms: i32,
    /// An error of the whole request: NON_EMPTY_GROUP, GROUP_ID_NOT_FOUND, ...
    pub error_code: ErrorCode,
    /// Words about the error; `None` without one.
    pub error_message: Option<String>,
    /// The topics, as asked.
    pub responses: Vec<AlterShareGroupOffsetsResponseTopic>,
}

/// The outcome for one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlterShareGroupOffsetsResponseTopic {
    /// The topic's name.
    pub topic_name: TopicName,
    /// The topic's id.
    pub topic_id: TopicId,
    /// Its partitions.
    pub partitions: Vec<AlterShareGroupOffsetsResponsePartition>,
}

/// The outcome for one partition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlterShareGroupOffsetsResponsePartition {
    /// The partition.
    pub partition_index: i32,
    /// None when moved.
    pub error_code: ErrorCode,
    /// Words about the error; `None` without one.
    pub error_message: Option<String>,
}

mirror! {
    AlterShareGroupOffsetsRequest = raw::AlterShareGroupOffsetsRequest { group_id, topics }
    AlterShareGroupOffsetsRequestTopic = raw::alter_share_group_offsets_request::AlterShareGroupOffsetsRequestTopic {
        topic_name, partitions,
    }
    AlterShareGroupOffsetsRequestPartition = raw::alter_share_group_offsets_request::AlterShareGroupOffsetsRequestPartition {
        partition_index, start_offset,
    }
    AlterShareGroupOffsetsResponse = raw::AlterShareGroupOffsetsResponse {
        throttle_time_ms, error_code, error_message, responses,
    }
    AlterShareGroupOffsetsResponseTopic = raw::alter_share_group_offsets_response::AlterShareGroupOffsetsResponseTopic {
        topic_name, topic_id, partitions,
    }
    AlterShareGroupOffsetsResponsePartition = raw::alter_share_group_offsets_response::AlterShareGroupOffsetsResponsePartition {
        partition_index, error_code, error_message,
    }
}

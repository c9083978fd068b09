//! AlterShareGroupOffsets (91): move an empty share group. KIP-932.
//!
//! A hostile coordinator can say that it moved what it did not.

use super::wire::{mirror, raw};
use crate::{ErrorCode, GroupId, TopicId, TopicName};

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlterShareGroupOffsetsRequest {
    /// The group identifier.
    pub group_id: GroupId,
    /// The topics to alter offsets for.
    pub topics: Vec<AlterShareGroupOffsetsRequestTopic>,
}

/// The topics to alter offsets for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlterShareGroupOffsetsRequestTopic {
    /// The topic name.
    pub topic_name: TopicName,
    /// Each partition to alter offsets for.
    pub partitions: Vec<AlterShareGroupOffsetsRequestPartition>,
}

/// Each partition to alter offsets for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlterShareGroupOffsetsRequestPartition {
    /// The partition index.
    pub partition_index: i32,
    /// The share-partition start offset.
    pub start_offset: i64,
}

/// What is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlterShareGroupOffsetsResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero if the request did
    /// not violate any quota.
    pub throttle_time_ms: i32,
    /// The top-level error code, or 0 if there was no error.
    pub error_code: ErrorCode,
    /// The top-level error message, or `None` if there was no error.
    pub error_message: Option<String>,
    /// The results for each topic.
    pub responses: Vec<AlterShareGroupOffsetsResponseTopic>,
}

/// The results for each topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlterShareGroupOffsetsResponseTopic {
    /// The topic name.
    pub topic_name: TopicName,
    /// The unique topic ID.
    pub topic_id: TopicId,
    /// See Kafka's definition.
    pub partitions: Vec<AlterShareGroupOffsetsResponsePartition>,
}

/// Part of AlterShareGroupOffsets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlterShareGroupOffsetsResponsePartition {
    /// The partition index.
    pub partition_index: i32,
    /// The error code, or 0 if there was no error.
    pub error_code: ErrorCode,
    /// The error message, or `None` if there was no error.
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

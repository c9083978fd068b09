//! OffsetDelete (47): forget committed offsets of topics the group no longer reads. KIP-496.
//!
//! A hostile coordinator can claim to have done what it has not, or the reverse.

use super::wire::{mirror, raw};
use crate::{ErrorCode, GroupId, TopicName};

/// Deletes committed offsets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetDeleteRequest {
    /// The group.
    pub group_id: GroupId,
    /// Which offsets.
    pub topics: Vec<OffsetDeleteTopic>,
}

/// The partitions of one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetDeleteTopic {
    /// The topic.
    pub name: TopicName,
    /// Its partitions.
    pub partitions: Vec<OffsetDeletePartition>,
}

/// One offset to delete.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OffsetDeletePartition {
    /// The partition.
    pub partition_index: i32,
}

/// The outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetDeleteResponse {
    /// For the whole request: NOT_COORDINATOR, GROUP_ID_NOT_FOUND, NON_EMPTY_GROUP, ...
    pub error_code: ErrorCode,
    /// How long the broker asks the client to be silent.
    pub throttle_time_ms: i32,
    /// Per topic; empty with an error for the whole.
    pub topics: Vec<OffsetDeleteResponseTopic>,
}

/// The outcome for one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetDeleteResponseTopic {
    /// The topic.
    pub name: TopicName,
    /// Its partitions.
    pub partitions: Vec<OffsetDeleteResponsePartition>,
}

/// The outcome for one partition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OffsetDeleteResponsePartition {
    /// The partition.
    pub partition_index: i32,
    /// GROUP_SUBSCRIBED_TO_TOPIC while a member still reads the topic, ...
    pub error_code: ErrorCode,
}

mirror! {
    OffsetDeleteRequest = raw::OffsetDeleteRequest { group_id, topics }
    OffsetDeleteTopic = raw::offset_delete_request::OffsetDeleteRequestTopic { name, partitions }
    OffsetDeletePartition = raw::offset_delete_request::OffsetDeleteRequestPartition { partition_index }
    OffsetDeleteResponse = raw::OffsetDeleteResponse { error_code, throttle_time_ms, topics }
    OffsetDeleteResponseTopic = raw::offset_delete_response::OffsetDeleteResponseTopic { name, partitions }
    OffsetDeleteResponsePartition = raw::offset_delete_response::OffsetDeleteResponsePartition {
        partition_index, error_code,
    }
}

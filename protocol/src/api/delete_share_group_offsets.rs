//! DeleteShareGroupOffsets (92): forget where an empty share group stands in some topics. KIP-932.
//!
//! A hostile coordinator can say that it forgot what it did not.

use super::wire::{mirror, raw};
use crate::{ErrorCode, GroupId, TopicId, TopicName};

/// Makes a share group that has no members forget topics.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteShareGroupOffsetsRequest {
    /// The group.
    pub group_id: GroupId,
    /// The topics.
    pub topics: Vec<DeleteShareGroupOffsetsRequestTopic>,
}

/// A topic to forget, with all its partitions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteShareGroupOffsetsRequestTopic {
    /// The topic.
    pub topic_name: TopicName,
}

/// The outcome per topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteShareGroupOffsetsResponse {
    /// How long the broker asks the client to be silent, in milliseconds.
    pub throttle_time_ms: i32,
    /// An error of the whole request: NON_EMPTY_GROUP, GROUP_ID_NOT_FOUND, ...
    pub error_code: ErrorCode,
    /// Words about the error; `None` without one.
    pub error_message: Option<String>,
    /// The topics, as asked.
    pub responses: Vec<DeleteShareGroupOffsetsResponseTopic>,
}

/// The outcome for one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteShareGroupOffsetsResponseTopic {
    /// The topic's name.
    pub topic_name: TopicName,
    /// The topic's id.
    pub topic_id: TopicId,
    /// None when forgotten.
    pub error_code: ErrorCode,
    /// Words about the error; `None` without one.
    pub error_message: Option<String>,
}

mirror! {
    DeleteShareGroupOffsetsRequest = raw::DeleteShareGroupOffsetsRequest { group_id, topics }
    DeleteShareGroupOffsetsRequestTopic = raw::delete_share_group_offsets_request::DeleteShareGroupOffsetsRequestTopic {
        topic_name,
    }
    DeleteShareGroupOffsetsResponse = raw::DeleteShareGroupOffsetsResponse {
        throttle_time_ms, error_code, error_message, responses,
    }
    DeleteShareGroupOffsetsResponseTopic = raw::delete_share_group_offsets_response::DeleteShareGroupOffsetsResponseTopic {
        topic_name, topic_id, error_code, error_message,
    }
}

//! DeleteShareGroupOffsets (92): forget where an empty share group stands in some topics. KIP-932.
//!
//! A hostile coordinator can say that it forgot what it did not.

use super::wire::{mirror, raw};
use crate::{ErrorCode, GroupId, TopicId, TopicName};

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteShareGroupOffsetsRequest {
    /// The group identifier.
    pub group_id: GroupId,
    /// The topics to delete offsets for.
    pub topics: Vec<DeleteShareGroupOffsetsRequestTopic>,
}

/// The topics to delete offsets for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteShareGroupOffsetsRequestTopic {
    /// The topic name.
    pub topic_name: TopicName,
}

/// What is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteShareGroupOffsetsResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero if the request did
    /// not violate any quota.
    pub throttle_time_ms: i32,
    /// The top-level error code, or 0 if there was no error.
    pub error_code: ErrorCode,
    /// The top-level error message, or `None` if there was no error.
    pub error_message: Option<String>,
    /// The results for each topic.
    pub responses: Vec<DeleteShareGroupOffsetsResponseTopic>,
}

/// The results for each topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteShareGroupOffsetsResponseTopic {
    /// The topic name.
    pub topic_name: TopicName,
    /// The unique topic ID.
    pub topic_id: TopicId,
    /// The topic-level error code, or 0 if there was no error.
    pub error_code: ErrorCode,
    /// The topic-level error message, or `None` if there was no error.
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

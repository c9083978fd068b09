//! DeleteTopics (20). KIP-516 (by id, v6).

use crate::{ErrorCode, TopicId, TopicName};

/// Deletes topics.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteTopicsRequest {
    /// Which. Below v6 all must be given by name.
    pub topics: Vec<DeletableTopic>,
    /// How long the broker may wait until they are gone everywhere.
    pub timeout_ms: i32,
}

/// A topic to delete, by name or by id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeletableTopic {
    /// By name.
    pub name: Option<TopicName>,
    /// By id, v6+.
    pub topic_id: TopicId,
}

/// The outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteTopicsResponse {
    /// How long the broker asks the client to be silent.
    pub throttle_time_ms: i32,
    /// Per topic.
    pub responses: Vec<DeletedTopic>,
}

/// The outcome for one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeletedTopic {
    /// Its name; nullable from v6.
    pub name: Option<TopicName>,
    /// Its id, v6+.
    pub topic_id: TopicId,
    /// UNKNOWN_TOPIC_OR_PARTITION, ...
    pub error_code: ErrorCode,
    /// Words about the error, v5+.
    pub error_message: Option<String>,
}

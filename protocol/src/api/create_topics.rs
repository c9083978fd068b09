//! CreateTopics (19). KIP-464 (broker defaults, v4), KIP-525 (configs in the answer, v5), KIP-516 (topic ids, v7).
//!
//! A hostile broker can claim to have done what it has not, or the reverse.

use super::wire::{mirror, raw};
use crate::{ErrorCode, NodeId, TopicId, TopicName};

/// Creates topics.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreateTopicsRequest {
    /// What to create.
    pub topics: Vec<CreatableTopic>,
    /// How long the broker may wait until they exist everywhere.
    pub timeout_ms: i32,
    /// Check only.
    pub validate_only: bool,
}

/// A topic to create.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreatableTopic {
    /// Its name.
    pub name: TopicName,
    /// How many partitions; −1 for the broker's default or with `assignments`.
    pub num_partitions: i32,
    /// How many replicas; −1 likewise.
    pub replication_factor: i16,
    /// Where each partition goes, if not left to the cluster.
    pub assignments: Vec<ReplicaAssignment>,
    /// Its configuration, by name.
    pub configs: Vec<CreatableTopicConfig>,
}

/// Where one partition goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReplicaAssignment {
    /// The partition.
    pub partition_index: i32,
    /// Its replicas, preferred leader first.
    pub broker_ids: Vec<NodeId>,
}

/// A configuration entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreatableTopicConfig {
    /// Its name, such as `retention.ms`.
    pub name: String,
    /// Its value.
    pub value: Option<String>,
}

/// The outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreateTopicsResponse {
    /// How long the broker asks the client to be silent.
    pub throttle_time_ms: i32,
    /// Per topic.
    pub topics: Vec<CreatedTopic>,
}

/// The outcome for one topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedTopic {
    /// Its name.
    pub name: TopicName,
    /// Its id, v7+.
    pub topic_id: TopicId,
    /// TOPIC_ALREADY_EXISTS, INVALID_REPLICATION_FACTOR, ...
    pub error_code: ErrorCode,
    /// Words about the error.
    pub error_message: Option<String>,
    /// Set when the configuration may not be read, v5+.
    pub topic_config_error_code: ErrorCode,
    /// As made, v5+; −1 with an error.
    pub num_partitions: i32,
    /// As made, v5+; −1 with an error.
    pub replication_factor: i16,
    /// As made, v5+.
    pub configs: Option<Vec<CreatedTopicConfig>>,
}

impl Default for CreatedTopic {
    fn default() -> Self {
        Self {
            name: TopicName::default(),
            topic_id: TopicId::ZERO,
            error_code: ErrorCode::NONE,
            error_message: None,
            topic_config_error_code: ErrorCode::NONE,
            num_partitions: -1,
            replication_factor: -1,
            configs: Some(Vec::new()),
        }
    }
}

/// A configuration entry of a topic just made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedTopicConfig {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Option<String>,
    /// Whether it can be changed.
    pub read_only: bool,
    /// Where it comes from.
    pub config_source: i8,
    /// Whether the value is hidden.
    pub is_sensitive: bool,
}

impl Default for CreatedTopicConfig {
    fn default() -> Self {
        Self {
            name: String::new(),
            value: None,
            read_only: false,
            config_source: -1,
            is_sensitive: false,
        }
    }
}

mirror! {
    CreateTopicsRequest = raw::CreateTopicsRequest { topics, timeout_ms, validate_only }
    CreatableTopic = raw::create_topics_request::CreatableTopic {
        name, num_partitions, replication_factor, assignments, configs,
    }
    ReplicaAssignment = raw::create_topics_request::CreatableReplicaAssignment { partition_index, broker_ids }
    CreatableTopicConfig = raw::create_topics_request::CreatableTopicConfig { name, value }
    CreateTopicsResponse = raw::CreateTopicsResponse { throttle_time_ms, topics }
    CreatedTopic = raw::create_topics_response::CreatableTopicResult {
        name,
        topic_id,
        error_code,
        error_message,
        topic_config_error_code,
        num_partitions,
        replication_factor,
        configs,
    }
    CreatedTopicConfig = raw::create_topics_response::CreatableTopicConfigs {
        name, value, read_only, config_source, is_sensitive,
    }
}

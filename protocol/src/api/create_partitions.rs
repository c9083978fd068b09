//! CreatePartitions (37): more partitions for a topic. KIP-195.

use crate::{ErrorCode, NodeId, TopicName};

/// Adds partitions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreatePartitionsRequest {
    /// To which topics.
    pub topics: Vec<CreatePartitionsTopic>,
    /// How long the broker may wait until they exist everywhere.
    pub timeout_ms: i32,
    /// Check only.
    pub validate_only: bool,
}

/// A topic that grows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreatePartitionsTopic {
    /// Its name.
    pub name: TopicName,
    /// How many partitions it has afterwards.
    pub count: i32,
    /// The replicas of each new partition, if not left to the cluster.
    pub assignments: Option<Vec<Vec<NodeId>>>,
}

/// The outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreatePartitionsResponse {
    /// How long the broker asks the client to be silent.
    pub throttle_time_ms: i32,
    /// Per topic.
    pub results: Vec<CreatePartitionsResult>,
}

/// The outcome for one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreatePartitionsResult {
    /// Its name.
    pub name: TopicName,
    /// INVALID_PARTITIONS, ...
    pub error_code: ErrorCode,
    /// Words about the error.
    pub error_message: Option<String>,
}

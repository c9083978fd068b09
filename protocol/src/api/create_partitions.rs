//! CreatePartitions (37): more partitions for a topic. KIP-195.
//!
//! A hostile broker can claim to have done what it has not, or the reverse.

use super::wire::{Mirror, Misfit, mirror, raw};
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

mirror! {
    CreatePartitionsRequest = raw::CreatePartitionsRequest { topics, timeout_ms, validate_only }
    CreatePartitionsTopic = raw::create_partitions_request::CreatePartitionsTopic { name, count, assignments }
    CreatePartitionsResponse = raw::CreatePartitionsResponse { throttle_time_ms, results }
    CreatePartitionsResult = raw::create_partitions_response::CreatePartitionsTopicResult {
        name, error_code, error_message,
    }
}

impl Mirror<raw::create_partitions_request::CreatePartitionsAssignment> for Vec<NodeId> {
    fn to_raw(
        &self,
        version: i16,
    ) -> Result<raw::create_partitions_request::CreatePartitionsAssignment, Misfit> {
        let mut raw = raw::create_partitions_request::CreatePartitionsAssignment::default();
        raw.broker_ids = self.to_raw(version)?;
        Ok(raw)
    }

    fn from_raw(
        raw: raw::create_partitions_request::CreatePartitionsAssignment,
        version: i16,
    ) -> Result<Self, &'static str> {
        Self::from_raw(raw.broker_ids, version)
    }
}

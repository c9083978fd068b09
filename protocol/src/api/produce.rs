//! Produce (0): append record batches. KIP-98 (idempotence, v3), KIP-467 (record errors, v8), KIP-951 (v10), KIP-516 (topic ids, v13).
//!
//! A hostile leader can claim to have appended what it has not, and name another leader.

use bytes::Bytes;

use super::fetch::{CurrentLeader, NodeEndpoint};
use super::wire::{mirror, raw};
use crate::{ErrorCode, TopicId, TopicName, TransactionalId};

/// Appends batches. With `acks` 0 the broker sends no answer at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProduceRequest {
    /// The transaction the batches belong to.
    pub transactional_id: Option<TransactionalId>,
    /// 0: no answer, 1: the leader has it, −1: all in-sync replicas have it.
    pub acks: i16,
    /// How long the broker may wait for the replicas.
    pub timeout_ms: i32,
    /// The topics.
    pub topic_data: Vec<ProduceTopic>,
}

/// The batches of one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProduceTopic {
    /// The topic, up to v12.
    pub name: TopicName,
    /// The topic, from v13.
    pub topic_id: TopicId,
    /// Its partitions.
    pub partition_data: Vec<ProducePartition>,
}

/// The batch of one partition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProducePartition {
    /// The partition.
    pub index: i32,
    /// Exactly one batch.
    pub records: Option<Bytes>,
}

/// The outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProduceResponse {
    /// The topics.
    pub responses: Vec<ProduceResponseTopic>,
    /// How long the broker asks the client to be silent.
    pub throttle_time_ms: i32,
    /// Addresses of the leaders named in `current_leader`, v10+.
    pub node_endpoints: Vec<NodeEndpoint>,
}

/// The outcome for one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProduceResponseTopic {
    /// The topic, up to v12.
    pub name: TopicName,
    /// The topic, from v13.
    pub topic_id: TopicId,
    /// Its partitions.
    pub partition_responses: Vec<ProduceResponsePartition>,
}

/// The outcome for one partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProduceResponsePartition {
    /// The partition.
    pub index: i32,
    /// None when appended.
    pub error_code: ErrorCode,
    /// The offset of the first record; −1 with an error.
    pub base_offset: i64,
    /// The time the broker stamped, with LogAppendTime; else −1.
    pub log_append_time_ms: i64,
    /// Start of the log, v5+.
    pub log_start_offset: i64,
    /// Which records were refused, v8+.
    pub record_errors: Vec<RecordError>,
    /// Words about the error, v8+.
    pub error_message: Option<String>,
    /// A better leader, v10+.
    pub current_leader: Option<CurrentLeader>,
}

impl Default for ProduceResponsePartition {
    fn default() -> Self {
        Self {
            index: 0,
            error_code: ErrorCode::NONE,
            base_offset: -1,
            log_append_time_ms: -1,
            log_start_offset: -1,
            record_errors: Vec::new(),
            error_message: None,
            current_leader: None,
        }
    }
}

/// One record that was refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordError {
    /// Its place in the batch.
    pub batch_index: i32,
    /// Why.
    pub message: Option<String>,
}

mirror! {
    ProduceRequest = raw::ProduceRequest { transactional_id, acks, timeout_ms, topic_data }
    ProduceTopic = raw::produce_request::TopicProduceData { name, topic_id, partition_data }
    ProducePartition = raw::produce_request::PartitionProduceData { index, records(slice) }
    ProduceResponse = raw::ProduceResponse { responses, throttle_time_ms, node_endpoints(in 10..) }
    ProduceResponseTopic = raw::produce_response::TopicProduceResponse { name, topic_id, partition_responses }
    ProduceResponsePartition = raw::produce_response::PartitionProduceResponse {
        index,
        error_code,
        base_offset,
        log_append_time_ms,
        log_start_offset,
        record_errors,
        error_message,
        current_leader(tagged in 10..),
    }
    RecordError = raw::produce_response::BatchIndexAndErrorMessage {
        batch_index,
        message(is batch_index_error_message),
    }
    CurrentLeader = raw::produce_response::LeaderIdAndEpoch { leader_id, leader_epoch }
    NodeEndpoint = raw::produce_response::NodeEndpoint { node_id, host, port, rack }
}

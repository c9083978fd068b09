//! AddPartitionsToTxn (24): partitions join a transaction. KIP-98; KIP-890 (v4, from broker to broker alone).
//!
//! A client says what the fields `v3_and_below_*` say, and travels in v3; from v4 on brokers speak among themselves, several
//! transactions at once. A hostile coordinator can refuse, or say that it added what it did not: the producer's own records are at
//! stake then, nobody else's.

use super::wire::{mirror, raw};
use crate::{ErrorCode, ProducerId, TopicName, TransactionalId};

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddPartitionsToTxnRequest {
    /// List of transactions to add partitions to. v4+.
    pub transactions: Vec<AddPartitionsToTxnTransaction>,
    /// The transactional id corresponding to the transaction. Up to v3.
    pub v3_and_below_transactional_id: TransactionalId,
    /// Current producer id in use by the transactional id. Up to v3.
    pub v3_and_below_producer_id: ProducerId,
    /// Current epoch associated with the producer id. Up to v3.
    pub v3_and_below_producer_epoch: i16,
    /// The partitions to add to the transaction. Up to v3.
    pub v3_and_below_topics: Vec<AddPartitionsToTxnTopic>,
}

impl Default for AddPartitionsToTxnRequest {
    fn default() -> Self {
        Self {
            transactions: Vec::new(),
            v3_and_below_transactional_id: TransactionalId::default(),
            v3_and_below_producer_id: ProducerId(0),
            v3_and_below_producer_epoch: 0,
            v3_and_below_topics: Vec::new(),
        }
    }
}

/// List of transactions to add partitions to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddPartitionsToTxnTransaction {
    /// The transactional id corresponding to the transaction. v4+.
    pub transactional_id: TransactionalId,
    /// Current producer id in use by the transactional id. v4+.
    pub producer_id: ProducerId,
    /// Current epoch associated with the producer id. v4+.
    pub producer_epoch: i16,
    /// Boolean to signify if we want to check if the partition is in the transaction rather than add it. v4+.
    pub verify_only: bool,
    /// The partitions to add to the transaction. v4+.
    pub topics: Vec<AddPartitionsToTxnTopic>,
}

impl Default for AddPartitionsToTxnTransaction {
    fn default() -> Self {
        Self {
            transactional_id: TransactionalId::default(),
            producer_id: ProducerId(0),
            producer_epoch: 0,
            verify_only: false,
            topics: Vec::new(),
        }
    }
}

/// The partitions to add to the transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddPartitionsToTxnTopic {
    /// The name of the topic.
    pub name: TopicName,
    /// The partition indexes to add to the transaction.
    pub partitions: Vec<i32>,
}

/// What is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddPartitionsToTxnResponse {
    /// Duration in milliseconds for which the request was throttled due to a quota violation, or zero if the request did not
    /// violate any quota.
    pub throttle_time_ms: i32,
    /// The response top level error code. v4+.
    pub error_code: ErrorCode,
    /// Results categorized by transactional ID. v4+.
    pub results_by_transaction: Vec<AddPartitionsToTxnResult>,
    /// The results for each topic. Up to v3.
    pub results_by_topic_v3_and_below: Vec<AddPartitionsToTxnTopicResult>,
}

/// Results categorized by transactional ID.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddPartitionsToTxnResult {
    /// The transactional id corresponding to the transaction. v4+.
    pub transactional_id: TransactionalId,
    /// The results for each topic. v4+.
    pub topic_results: Vec<AddPartitionsToTxnTopicResult>,
}

/// The results for each topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddPartitionsToTxnTopicResult {
    /// The topic name.
    pub name: TopicName,
    /// The results for each partition.
    pub results_by_partition: Vec<AddPartitionsToTxnPartitionResult>,
}

/// The results for each partition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddPartitionsToTxnPartitionResult {
    /// The partition indexes.
    pub partition_index: i32,
    /// The response error code.
    pub partition_error_code: ErrorCode,
}

mirror! {
    AddPartitionsToTxnRequest = raw::AddPartitionsToTxnRequest {
        transactions(in 4..),
        v3_and_below_transactional_id(in ..=3),
        v3_and_below_producer_id(in ..=3),
        v3_and_below_producer_epoch(in ..=3),
        v3_and_below_topics(in ..=3),
    }
    AddPartitionsToTxnTransaction = raw::add_partitions_to_txn_request::AddPartitionsToTxnTransaction {
        transactional_id(in 4..),
        producer_id(in 4..),
        producer_epoch(in 4..),
        verify_only(in 4..),
        topics(in 4..),
    }
    AddPartitionsToTxnTopic = raw::add_partitions_to_txn_request::AddPartitionsToTxnTopic { name, partitions }
    AddPartitionsToTxnResponse = raw::AddPartitionsToTxnResponse {
        throttle_time_ms,
        error_code,
        results_by_transaction(in 4..),
        results_by_topic_v3_and_below(in ..=3),
    }
    AddPartitionsToTxnResult = raw::add_partitions_to_txn_response::AddPartitionsToTxnResult {
        transactional_id(in 4..),
        topic_results(in 4..),
    }
    AddPartitionsToTxnTopicResult = raw::add_partitions_to_txn_response::AddPartitionsToTxnTopicResult {
        name, results_by_partition,
    }
    AddPartitionsToTxnPartitionResult = raw::add_partitions_to_txn_response::AddPartitionsToTxnPartitionResult {
        partition_index, partition_error_code,
    }
}

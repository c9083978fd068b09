//! AddPartitionsToTxn (24): partitions join a transaction. KIP-98; KIP-890 (v4, from broker to broker alone).
//!
//! A client says what the fields `v3_and_below_*` say, and travels in v3; from v4 on brokers speak among themselves, several
//! transactions at once. A hostile coordinator can refuse, or say that it added what it did not: the producer's own records are at
//! stake then, nobody else's.

use super::wire::{mirror, raw};
use crate::{ErrorCode, ProducerId, TopicName, TransactionalId};

/// Announces that records of a transaction will be written to some partitions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddPartitionsToTxnRequest {
    /// Any number of transactions, v4+: what brokers ask each other.
    pub transactions: Vec<AddPartitionsToTxnTransaction>,
    /// A client's transactional id, up to v3.
    pub v3_and_below_transactional_id: TransactionalId,
    /// The id it got from InitProducerId, up to v3.
    pub v3_and_below_producer_id: ProducerId,
    /// The epoch of that id, up to v3.
    pub v3_and_below_producer_epoch: i16,
    /// What joins its transaction, up to v3.
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

/// One of several transactions, v4+.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddPartitionsToTxnTransaction {
    /// The producer's transactional id.
    pub transactional_id: TransactionalId,
    /// Its producer id.
    pub producer_id: ProducerId,
    /// The epoch of that id.
    pub producer_epoch: i16,
    /// Nothing is added: the answer says whether the partitions belong to the transaction already.
    pub verify_only: bool,
    /// The partitions, by topic.
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

/// Some partitions of one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddPartitionsToTxnTopic {
    /// The topic.
    pub name: TopicName,
    /// Their indexes.
    pub partitions: Vec<i32>,
}

/// The outcome per partition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddPartitionsToTxnResponse {
    /// How long the broker asks the client to be silent, in milliseconds.
    pub throttle_time_ms: i32,
    /// An error of the whole request, v4+.
    pub error_code: ErrorCode,
    /// The transactions, as asked, v4+.
    pub results_by_transaction: Vec<AddPartitionsToTxnResult>,
    /// The topics, as asked, up to v3.
    pub results_by_topic_v3_and_below: Vec<AddPartitionsToTxnTopicResult>,
}

/// The outcome for one of several transactions, v4+.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddPartitionsToTxnResult {
    /// Whose transaction.
    pub transactional_id: TransactionalId,
    /// Its topics, as asked.
    pub topic_results: Vec<AddPartitionsToTxnTopicResult>,
}

/// The outcome for one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddPartitionsToTxnTopicResult {
    /// The topic.
    pub name: TopicName,
    /// Its partitions.
    pub results_by_partition: Vec<AddPartitionsToTxnPartitionResult>,
}

/// The outcome for one partition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddPartitionsToTxnPartitionResult {
    /// The partition.
    pub partition_index: i32,
    /// None when it was added. OPERATION_NOT_ATTEMPTED if another partition was refused.
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

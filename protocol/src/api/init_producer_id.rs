//! InitProducerId (22): an id for an idempotent or transactional producer. KIP-98, KIP-360 (v3), KIP-939 (v6, which
//! Kafka 4.4 still calls unstable: it is written when asked for, but never negotiated).
//!
//! A hostile coordinator can give any id and epoch; its records are then refused by honest brokers.

use super::wire::{mirror, raw};
use crate::{ErrorCode, ProducerId, TransactionalId};

/// Asks for a producer id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InitProducerIdRequest {
    /// `None` for a merely idempotent producer.
    pub transactional_id: Option<TransactionalId>,
    /// After so long the coordinator aborts a transaction left open.
    pub transaction_timeout_ms: i32,
    /// The id it has, v3+; −1 for none.
    pub producer_id: ProducerId,
    /// The epoch it has, v3+; −1 for none.
    pub producer_epoch: i16,
    /// The producer takes part in two-phase commits, v6+: no timeout aborts its transactions.
    pub enable_2_pc: bool,
    /// A prepared transaction is to be kept, v6+, not aborted.
    pub keep_prepared_txn: bool,
}

impl Default for InitProducerIdRequest {
    fn default() -> Self {
        Self {
            transactional_id: None,
            transaction_timeout_ms: 0,
            producer_id: ProducerId::NONE,
            producer_epoch: -1,
            enable_2_pc: false,
            keep_prepared_txn: false,
        }
    }
}

/// The id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InitProducerIdResponse {
    /// How long the broker asks the client to be silent.
    pub throttle_time_ms: i32,
    /// CONCURRENT_TRANSACTIONS, ...
    pub error_code: ErrorCode,
    /// The id.
    pub producer_id: ProducerId,
    /// Its epoch.
    pub producer_epoch: i16,
    /// The id under which a kept transaction is open, v6+; −1 for none.
    pub ongoing_txn_producer_id: ProducerId,
    /// The epoch under which it is open, v6+; −1 for none.
    pub ongoing_txn_producer_epoch: i16,
}

impl Default for InitProducerIdResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: ErrorCode::NONE,
            producer_id: ProducerId::NONE,
            producer_epoch: 0,
            ongoing_txn_producer_id: ProducerId::NONE,
            ongoing_txn_producer_epoch: -1,
        }
    }
}

mirror! {
    InitProducerIdRequest = raw::InitProducerIdRequest {
        transactional_id,
        transaction_timeout_ms,
        producer_id(in 3..),
        producer_epoch(in 3..),
        enable_2_pc(in 6..),
        keep_prepared_txn(in 6..),
    }
    InitProducerIdResponse = raw::InitProducerIdResponse {
        throttle_time_ms,
        error_code,
        producer_id,
        producer_epoch,
        ongoing_txn_producer_id(in 6..),
        ongoing_txn_producer_epoch(in 6..),
    }
}

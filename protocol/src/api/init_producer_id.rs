//! InitProducerId (22): an id for an idempotent or transactional producer. KIP-98, KIP-360 (v3).

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
}

impl Default for InitProducerIdRequest {
    fn default() -> Self {
        Self {
            transactional_id: None,
            transaction_timeout_ms: 0,
            producer_id: ProducerId::NONE,
            producer_epoch: -1,
        }
    }
}

/// The id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InitProducerIdResponse {
    /// How long the broker asks the client to be silent.
    pub throttle_time_ms: i32,
    /// CONCURRENT_TRANSACTIONS, ...
    pub error_code: ErrorCode,
    /// The id.
    pub producer_id: ProducerId,
    /// Its epoch.
    pub producer_epoch: i16,
}

mirror! {
    InitProducerIdRequest = raw::InitProducerIdRequest {
        transactional_id,
        transaction_timeout_ms,
        producer_id(in 3..),
        producer_epoch(in 3..),
    }
    InitProducerIdResponse = raw::InitProducerIdResponse {
        throttle_time_ms, error_code, producer_id, producer_epoch,
    }
}

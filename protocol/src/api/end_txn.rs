//! EndTxn (26): commit or abort a transaction. KIP-98; KIP-890 (v5: each transaction has an epoch of its own).
//!
//! A hostile coordinator can do the other thing than it says, or hand out an epoch that fences its own producer.

use super::wire::{mirror, raw};
use crate::{ErrorCode, ProducerId, TransactionalId};

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndTxnRequest {
    /// The ID of the transaction to end.
    pub transactional_id: TransactionalId,
    /// The producer ID.
    pub producer_id: ProducerId,
    /// The current epoch associated with the producer.
    pub producer_epoch: i16,
    /// True if the transaction was committed, false if it was aborted.
    pub committed: bool,
}

impl Default for EndTxnRequest {
    fn default() -> Self {
        Self {
            transactional_id: TransactionalId::default(),
            producer_id: ProducerId(0),
            producer_epoch: 0,
            committed: false,
        }
    }
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndTxnResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero if the request did
    /// not violate any quota.
    pub throttle_time_ms: i32,
    /// The error code, or 0 if there was no error.
    pub error_code: ErrorCode,
    /// The producer ID. v5+.
    pub producer_id: ProducerId,
    /// The current epoch associated with the producer. v5+.
    pub producer_epoch: i16,
}

impl Default for EndTxnResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: ErrorCode::default(),
            producer_id: ProducerId::NONE,
            producer_epoch: -1,
        }
    }
}

mirror! {
    EndTxnRequest = raw::EndTxnRequest { transactional_id, producer_id, producer_epoch, committed }
    EndTxnResponse = raw::EndTxnResponse { throttle_time_ms, error_code, producer_id, producer_epoch }
}

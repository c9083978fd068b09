//! EndTxn (26): commit or abort a transaction. KIP-98; KIP-890 (v5: each transaction has an epoch of its own).
//!
//! A hostile coordinator can do the other thing than it says, or hand out an epoch that fences its own producer.

use super::wire::{mirror, raw};
use crate::{ErrorCode, ProducerId, TransactionalId};

/// Ends a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndTxnRequest {
    /// The producer's transactional id.
    pub transactional_id: TransactionalId,
    /// The id it got from InitProducerId, or from the last EndTxn.
    pub producer_id: ProducerId,
    /// The epoch of that id.
    pub producer_epoch: i16,
    /// Commits if true, else aborts.
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

/// "It is so", or why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndTxnResponse {
    /// How long the broker asks the client to be silent, in milliseconds.
    pub throttle_time_ms: i32,
    /// PRODUCER_FENCED, INVALID_TXN_STATE, CONCURRENT_TRANSACTIONS, ...
    pub error_code: ErrorCode,
    /// The id for the next transaction, v5+; another one when the epochs of the old one are used up. −1 for none.
    pub producer_id: ProducerId,
    /// The epoch for the next transaction, v5+; −1 for none.
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

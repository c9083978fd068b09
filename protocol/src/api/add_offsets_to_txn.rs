//! AddOffsetsToTxn (25): a group's offsets are to become part of a transaction. KIP-98.
//!
//! A hostile coordinator can say yes and do nothing: the offsets are then committed, or not, without the transaction.

use super::wire::{mirror, raw};
use crate::{ErrorCode, GroupId, ProducerId, TransactionalId};

/// Announces that a group's offsets will be committed within a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddOffsetsToTxnRequest {
    /// The producer's transactional id.
    pub transactional_id: TransactionalId,
    /// The id it got from InitProducerId.
    pub producer_id: ProducerId,
    /// The epoch of that id.
    pub producer_epoch: i16,
    /// The group whose offsets are meant.
    pub group_id: GroupId,
}

impl Default for AddOffsetsToTxnRequest {
    fn default() -> Self {
        Self {
            transactional_id: TransactionalId::default(),
            producer_id: ProducerId(0),
            producer_epoch: 0,
            group_id: GroupId::default(),
        }
    }
}

/// "Noted", or why not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddOffsetsToTxnResponse {
    /// How long the broker asks the client to be silent, in milliseconds.
    pub throttle_time_ms: i32,
    /// PRODUCER_FENCED, INVALID_TXN_STATE, CONCURRENT_TRANSACTIONS, ...
    pub error_code: ErrorCode,
}

mirror! {
    AddOffsetsToTxnRequest = raw::AddOffsetsToTxnRequest {
        transactional_id, producer_id, producer_epoch, group_id,
    }
    AddOffsetsToTxnResponse = raw::AddOffsetsToTxnResponse { throttle_time_ms, error_code }
}

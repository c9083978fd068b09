//! AddOffsetsToTxn (25): a group's offsets are to become part of a transaction. KIP-98.
//!
//! A hostile coordinator can say yes and do nothing: the offsets are then committed, or not, without the transaction.

use super::wire::{mirror, raw};
use crate::{ErrorCode, GroupId, ProducerId, TransactionalId};

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddOffsetsToTxnRequest {
    /// The transactional id corresponding to the transaction.
    pub transactional_id: TransactionalId,
    /// Current producer id in use by the transactional id.
    pub producer_id: ProducerId,
    /// Current epoch associated with the producer id.
    pub producer_epoch: i16,
    /// The unique group identifier.
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

/// What is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddOffsetsToTxnResponse {
    /// Duration in milliseconds for which the request was throttled due to a quota violation, or zero if the request did not
    /// violate any quota.
    pub throttle_time_ms: i32,
    /// The response error code, or 0 if there was no error.
    pub error_code: ErrorCode,
}

mirror! {
    AddOffsetsToTxnRequest = raw::AddOffsetsToTxnRequest {
        transactional_id, producer_id, producer_epoch, group_id,
    }
    AddOffsetsToTxnResponse = raw::AddOffsetsToTxnResponse { throttle_time_ms, error_code }
}

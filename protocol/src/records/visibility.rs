//! Which batches a `read_committed` consumer may see (KIP-98).
//!
//! The broker sends, with the bytes, the aborted transactions that touch them. A batch is hidden when it is
//! transactional and its producer is within one: from the transaction's first offset up to its abort marker.
//! A broker answers only up to the last stable offset, so that undecided transactions never get here.

use std::collections::BTreeSet;

use crate::ProducerId;
use crate::api::fetch::AbortedTransaction;

use super::control::ControlType;
use super::header::BatchHeader;

/// Judges the batches of one fetched partition, in offset order.
#[derive(Clone, Debug, Default)]
pub struct AbortedTransactions {
    /// Those that begin after the batches judged so far; the next one last.
    ahead: Vec<AbortedTransaction>,
    /// Producers whose transaction has begun and whose abort marker has not come.
    aborting: BTreeSet<ProducerId>,
}

impl AbortedTransactions {
    /// Takes the response's list, in any order.
    pub fn new(aborted: impl IntoIterator<Item = AbortedTransaction>) -> Self {
        let mut ahead: Vec<_> = aborted.into_iter().collect();
        ahead.sort_unstable_by_key(|transaction| std::cmp::Reverse(transaction.first_offset));
        Self {
            ahead,
            aborting: BTreeSet::new(),
        }
    }

    /// Whether the records of the next batch are visible; `control` is its [`super::Batch::control_type`].
    /// Control batches never are.
    ///
    /// Call it once for every batch, also those below the offset asked for: a marker there ends a transaction.
    pub fn admit(&mut self, batch: &BatchHeader, control: Option<ControlType>) -> bool {
        self.begin_up_to(batch.last_offset());
        if control == Some(ControlType::Abort) {
            self.aborting.remove(&batch.producer_id);
        }
        let attributes = batch.attributes;
        let aborted = attributes.is_transactional() && self.aborting.contains(&batch.producer_id);
        !attributes.is_control() && !aborted
    }

    fn begin_up_to(&mut self, last_offset: i64) {
        while let Some(begun) = self
            .ahead
            .pop_if(|transaction| transaction.first_offset <= last_offset)
        {
            self.aborting.insert(begun.producer_id);
        }
    }
}

//! What a partition remembers of an idempotent producer (KIP-98): enough to take each batch once and in order.

use kohort_protocol::ErrorCode;
use kohort_protocol::records::BatchHeader;

use alloc::collections::VecDeque;

/// Java's producer has at most five batches in flight: so many are recognised when they come again.
const REMEMBERED: usize = 5;

#[derive(Debug)]
struct Taken {
    first_sequence: i32,
    last_sequence: i32,
    base_offset: i64,
}

#[derive(Debug, Default)]
pub(crate) struct ProducerState {
    epoch: Option<i16>,
    taken: VecDeque<Taken>,
}

impl ProducerState {
    /// The offset of the batch, if it was taken already.
    ///
    /// # Errors
    /// INVALID_PRODUCER_EPOCH of a fenced producer, OUT_OF_ORDER_SEQUENCE_NUMBER after a gap.
    pub(crate) fn check(&self, header: &BatchHeader) -> Result<Option<i64>, ErrorCode> {
        let Some(epoch) = self.epoch else { return Ok(None) };
        if header.producer_epoch < epoch {
            return Err(ErrorCode::INVALID_PRODUCER_EPOCH);
        }
        if header.producer_epoch > epoch {
            return if header.base_sequence == 0 {
                Ok(None)
            } else {
                Err(ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER)
            };
        }
        let last_sequence = last_sequence(header);
        let same = |taken: &&Taken| {
            taken.first_sequence == header.base_sequence && taken.last_sequence == last_sequence
        };
        if let Some(taken) = self.taken.iter().find(same) {
            return Ok(Some(taken.base_offset));
        }
        match self.taken.back() {
            Some(last) if following(last.last_sequence, 1) != header.base_sequence => {
                Err(ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER)
            }
            _ => Ok(None),
        }
    }

    pub(crate) fn appended(&mut self, header: &BatchHeader, base_offset: i64) {
        if self.epoch != Some(header.producer_epoch) {
            self.epoch = Some(header.producer_epoch);
            self.taken.clear();
        }
        if self.taken.len() == REMEMBERED {
            self.taken.pop_front();
        }
        self.taken.push_back(Taken {
            first_sequence: header.base_sequence,
            last_sequence: last_sequence(header),
            base_offset,
        });
    }
}

fn last_sequence(header: &BatchHeader) -> i32 {
    following(header.base_sequence, header.last_offset_delta)
}

/// Sequence numbers go from the largest integer to 0.
fn following(sequence: i32, steps: i32) -> i32 {
    let sum = i64::from(sequence) + i64::from(steps);
    i32::try_from(sum % (i64::from(i32::MAX) + 1)).unwrap_or_default()
}

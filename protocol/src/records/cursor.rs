//! An owned walk over a fetched partition, for whoever hands records to an application one by one.
//!
//! It holds the bytes and at most one decompressed batch, and knows at every moment the offset to go on from:
//! after a record, the one behind it; after a batch, the one behind the batch, so that control records and
//! what compaction removed are passed too, but only once the batch is used up.

use bytes::Bytes;

use super::batch::{Batch, Batches, Crcs, DECOMPRESSED_LIMIT, OpenBatch};
use super::error::RecordsError;
use super::record::{Record, Walk};
use super::visibility::AbortedTransactions;

/// The visible records of one fetched partition, from an offset on.
#[derive(Clone, Debug)]
pub struct Cursor {
    batches: Batches,
    aborted: Option<AbortedTransactions>,
    limit: usize,
    current: Option<(OpenBatch, Walk)>,
    next_offset: i64,
    failed: bool,
}

impl Cursor {
    /// Reads `records` from the first record at or after `from_offset`; a fetch may begin with the batch that
    /// the offset is in. Checksums are trusted, because [`super::survey()`] verifies them before delivery.
    pub fn new(records: Bytes, from_offset: i64) -> Self {
        Self {
            batches: Batches::new(records, Crcs::Trust),
            aborted: None,
            limit: DECOMPRESSED_LIMIT,
            current: None,
            next_offset: from_offset,
            failed: false,
        }
    }

    /// Verifies each batch's checksum when it is reached.
    #[must_use]
    pub fn verify_crcs(mut self) -> Self {
        self.batches = Batches::new(self.batches.rest().clone(), Crcs::Verify);
        self
    }

    /// Allows each batch to decompress to this many bytes, instead of [`DECOMPRESSED_LIMIT`].
    #[must_use]
    pub fn decompressed_limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// Hides the records of aborted transactions (`isolation.level=read_committed`).
    #[must_use]
    pub fn read_committed(mut self, aborted: AbortedTransactions) -> Self {
        self.aborted = Some(aborted);
        self
    }

    /// Where to go on: the offset after the last record handed out, or after the last batch that is used up.
    /// After an error, that of the first record not handed out or before it.
    pub fn next_offset(&self) -> i64 {
        self.next_offset
    }

    /// The next visible record. `None` at the end and ever after an error; a batch that is cut off is the end.
    #[allow(clippy::should_implement_trait, reason = "it lends: no Iterator can")]
    #[inline]
    pub fn next(&mut self) -> Option<Result<Record<'_>, RecordsError>> {
        if !self.is_in_front() {
            match self.settle() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
        let (batch, walk) = self.current.as_mut()?;
        if let Some(record) = walk.quick(batch) {
            self.next_offset = record.offset().saturating_add(1);
            return Some(Ok(record));
        }
        let step = walk.exact(batch)?;
        match &step {
            Ok(record) => self.next_offset = record.offset().saturating_add(1),
            Err(_) => self.failed = true,
        }
        Some(step)
    }

    /// Whether there is a record left in the batch, or its error.
    #[inline]
    fn is_in_front(&self) -> bool {
        let current = self.current.as_ref().filter(|_| !self.failed);
        current.is_some_and(|(batch, walk)| !walk.is_done(batch))
    }

    /// Stands in front of a record, or of its error, if there is one left.
    #[cold]
    fn settle(&mut self) -> Result<bool, RecordsError> {
        while !self.failed {
            if self.is_in_front() {
                return Ok(true);
            }
            self.leave_batch();
            let Some(batch) = self.batches.next() else { break };
            self.current = batch
                .and_then(|batch| self.enter(batch))
                .inspect_err(|_| self.failed = true)?;
        }
        Ok(false)
    }

    fn leave_batch(&mut self) {
        if let Some((batch, _)) = self.current.take() {
            self.pass(batch.header().next_offset());
        }
    }

    fn pass(&mut self, next_offset: i64) {
        self.next_offset = self.next_offset.max(next_offset);
    }

    /// Opens the batch if any of it is to be seen.
    fn enter(&mut self, batch: Batch) -> Result<Option<(OpenBatch, Walk)>, RecordsError> {
        let visible = self.is_visible(&batch)?;
        let next_offset = batch.header().next_offset();
        if !visible || next_offset <= self.next_offset {
            self.pass(next_offset);
            return Ok(None);
        }
        let open = batch.into_open(self.limit)?;
        let walk = self.skip(&open)?;
        Ok(Some((open, walk)))
    }

    fn is_visible(&mut self, batch: &Batch) -> Result<bool, RecordsError> {
        match &mut self.aborted {
            None => Ok(!batch.header().attributes.is_control()),
            Some(aborted) => Ok(aborted.admit(batch.header(), batch.control_type(self.limit)?)),
        }
    }

    /// Walks up to the first record that was asked for.
    fn skip(&self, batch: &OpenBatch) -> Result<Walk, RecordsError> {
        let mut walk = Walk::START;
        if batch.header().base_offset >= self.next_offset {
            return Ok(walk);
        }
        let mut ahead = walk;
        while let Some(record) = ahead.step(batch) {
            if record?.offset() >= self.next_offset {
                break;
            }
            walk = ahead;
        }
        Ok(walk)
    }
}

//! Records of one partition, as the application gets them.

use std::sync::Weak;

use bytes::Bytes;
use kohort_protocol::records::{AbortedTransactions, Batches, Crcs, Cursor, Record, RecordsError};
use kohort_protocol::{LeaderEpoch, TopicPartition};

use crate::driver::{Fact, Slot};
use crate::inbox::Payload;
use crate::member::{CommitOffset, Period, Ticket};

/// Records of one partition, in offset order, decompressed batch by batch as they are read.
///
/// It may be sent to another task or thread, and outlives its consumer. Dropping it before its end skips the rest: calling
/// [`next`](crate::Consumer::next) again says that all records returned before are processed.
#[derive(Debug)]
pub struct Records {
    ticket: Ticket,
    partition: TopicPartition,
    period: Period,
    cursor: Cursor,
    leader_epoch: LeaderEpoch,
    /// All of them, for what must be known after a failure.
    bytes: Bytes,
    size: usize,
    slot: Weak<Slot>,
}

impl Records {
    pub(crate) fn new(
        ticket: Ticket,
        partition: TopicPartition,
        period: Period,
        from: i64,
        payload: Payload,
        slot: Weak<Slot>,
    ) -> Self {
        let size = payload.size();
        let bytes = payload.records;
        let mut cursor = Cursor::new(bytes.clone(), from);
        if let Some(aborted) = payload.aborted {
            cursor = cursor.read_committed(AbortedTransactions::new(aborted));
        }
        Self {
            ticket,
            partition,
            period,
            cursor,
            leader_epoch: LeaderEpoch::NONE,
            bytes,
            size,
            slot,
        }
    }

    pub(crate) fn ticket(&self) -> Ticket {
        self.ticket
    }

    pub(crate) const fn size(&self) -> usize {
        self.size
    }

    /// Whose records they are.
    #[must_use]
    pub fn partition(&self) -> &TopicPartition {
        &self.partition
    }

    /// The next record; `None` at the end.
    ///
    /// # Errors
    /// A record that cannot be read (corrupt, or compressed with a codec that is not compiled in). The partition then stops: its
    /// position goes back to the first record that was not handed out, and nothing more is delivered until it is sought past it.
    #[allow(clippy::should_implement_trait, reason = "it lends: no Iterator can")]
    pub fn next(&mut self) -> Option<Result<Record<'_>, RecordError>> {
        let reached = self.cursor.next_offset();
        match self.cursor.next()? {
            Ok(record) => {
                self.leader_epoch = record.batch().partition_leader_epoch;
                Some(Ok(record))
            }
            Err(problem) => {
                if let Some(slot) = self.slot.upgrade() {
                    slot.tell(Fact::Broken {
                        ticket: self.ticket,
                        offset: reached,
                        problem: problem.to_string(),
                    });
                }
                Some(Err(RecordError {
                    partition: self.partition.clone(),
                    offset: reached,
                    behind: end_of_batch(&self.bytes, &problem),
                    problem,
                }))
            }
        }
    }

    /// Where reading these records has come to, ready to be committed: the offset behind the last record returned by
    /// [`next`](Self::next), and behind control records and gaps once the batch is used up.
    ///
    /// It carries the period of ownership it was read in: committed after the partition went and came back, it is refused instead
    /// of rewinding the new owner's progress.
    #[must_use]
    pub fn position(&self) -> CommitOffset {
        CommitOffset {
            partition: self.partition.clone(),
            offset: self.cursor.next_offset(),
            leader_epoch: self.leader_epoch,
            metadata: None,
            period: Some(self.period),
        }
    }
}

/// The offset behind the batch with the problem.
fn end_of_batch(bytes: &Bytes, problem: &RecordsError) -> Option<i64> {
    let base_offset = problem.base_offset()?;
    let mut batches = Batches::new(bytes.clone(), Crcs::Trust).filter_map(Result::ok);
    let batch = batches.find(|batch| batch.header().base_offset == base_offset)?;
    Some(batch.header().next_offset())
}

/// A record that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{partition}: the record at offset {offset} cannot be read: {problem}")]
pub struct RecordError {
    /// Whose.
    pub partition: TopicPartition,
    /// The first offset that was not handed out.
    pub offset: i64,
    /// Where to [seek](crate::Consumer::seek) to go on without the batch that the record is in, if its end is known.
    pub behind: Option<i64>,
    /// What is wrong.
    pub problem: RecordsError,
}

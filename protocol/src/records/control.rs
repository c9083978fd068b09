//! Control batches: one record that ends a transaction, seen by brokers and consumers only (KIP-98).
//!
//! Its key is a version and a type, 16 bits each; its value, here unread, a version and the epoch of the
//! transaction coordinator.

use bytes::{Buf, Bytes};

use super::batch::{Batch, OpenBatch};
use super::error::{BatchProblem, RecordsError};
use super::writer::{BatchBuilder, NewRecord, Producer};

/// What a control batch says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ControlType {
    /// The producer's transaction was aborted: its records are not to be seen.
    Abort,
    /// The producer's transaction was committed.
    Commit,
    /// Another one, such as those of the metadata log; to be skipped.
    Other(i16),
}

impl ControlType {
    fn id(self) -> i16 {
        match self {
            Self::Abort => 0,
            Self::Commit => 1,
            Self::Other(id) => id,
        }
    }
}

impl From<i16> for ControlType {
    fn from(id: i16) -> Self {
        match id {
            0 => Self::Abort,
            1 => Self::Commit,
            id => Self::Other(id),
        }
    }
}

impl Batch {
    /// What the batch says if it is a control batch; `None` for data, and for a control batch whose record
    /// compaction removed. `limit` as for [`Self::open`].
    ///
    /// # Errors
    /// The batch cannot be opened, or its record has no readable key.
    pub fn control_type(&self, limit: usize) -> Result<Option<ControlType>, RecordsError> {
        if !self.header().attributes.is_control() {
            return Ok(None);
        }
        let open = self.open(limit)?;
        let Some(record) = open.records().next().transpose()? else {
            return Ok(None);
        };
        read_type(&open, record.key()).map(Some)
    }
}

fn read_type(batch: &OpenBatch, key: Option<&[u8]>) -> Result<ControlType, RecordsError> {
    let mut key = key.unwrap_or_default();
    match (key.try_get_i16(), key.try_get_i16()) {
        (Ok(0..), Ok(id)) => Ok(id.into()),
        _ => Err(RecordsError::CorruptBatch {
            base_offset: batch.header().base_offset,
            problem: BatchProblem::ControlKey,
        }),
    }
}

/// The batch that a broker appends to end a transaction of `producer`, at `timestamp` (ms since 1970), in the
/// name of a transaction coordinator of the epoch given. It has no sequence; [`Batch::stamped`] gives it its offset.
///
/// # Errors
/// None in practice: the sizes are fixed.
pub fn control_batch(
    kind: ControlType,
    producer: Producer,
    coordinator_epoch: i32,
    timestamp: i64,
) -> Result<Bytes, RecordsError> {
    let [high, low] = kind.id().to_be_bytes();
    let [a, b, c, d] = coordinator_epoch.to_be_bytes();
    let mut batch = BatchBuilder::new()
        .producer(Producer {
            base_sequence: -1,
            ..producer
        })
        .transactional()
        .control();
    batch.push(&NewRecord {
        key: Some(&[0, 0, high, low]),
        value: Some(&[0, 0, a, b, c, d]),
        timestamp,
        headers: &[],
    })?;
    batch.finish()
}

//! The 61 bytes in front of every batch (Java: `DefaultRecordBatch`): their places, and what they say.
//!
//! The checksum begins at the attributes, so that a broker can set base offset and leader epoch without it.

use bytes::{Buf, BufMut};

use crate::{LeaderEpoch, ProducerId};

use super::error::{BatchProblem, RecordsError};

/// Bytes in front of the records.
pub(super) const HEADER: usize = 61;
/// Base offset and length, which the length does not count.
pub(super) const PREFIX: usize = 12;
/// Up to and with the magic byte: in the same place in every message format.
pub(super) const THROUGH_MAGIC: usize = 17;
/// Where the checksummed bytes begin.
pub(super) const CRC_FROM: usize = 21;

/// The format that is read and written.
const MAGIC: i8 = 2;
const CODEC_BITS: i16 = 0x07;
const LOG_APPEND_TIME: i16 = 0x08;
const TRANSACTIONAL: i16 = 0x10;
const CONTROL: i16 = 0x20;
const DELETE_HORIZON: i16 = 0x40;

/// Who set the timestamps of a batch (topic setting `message.timestamp.type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimestampType {
    /// The producer, one for each record.
    CreateTime,
    /// The broker: all records have the time at which their batch was appended.
    LogAppendTime,
}

/// A batch's attribute bits. Bits unknown here are kept and ignored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attributes(pub i16);

impl Attributes {
    /// The compression codec's number, 0 for none.
    pub fn codec_id(self) -> u8 {
        (self.0 & CODEC_BITS).to_le_bytes()[0]
    }

    /// Who set the timestamps.
    pub fn timestamp_type(self) -> TimestampType {
        match self.0 & LOG_APPEND_TIME {
            0 => TimestampType::CreateTime,
            _ => TimestampType::LogAppendTime,
        }
    }

    /// Whether the batch belongs to a transaction (its control batch too).
    pub fn is_transactional(self) -> bool {
        self.0 & TRANSACTIONAL != 0
    }

    /// Whether the batch holds a control record, which no application sees.
    pub fn is_control(self) -> bool {
        self.0 & CONTROL != 0
    }

    /// Whether the base timestamp is also the delete horizon of a compacted log (KIP-534).
    pub fn has_delete_horizon(self) -> bool {
        self.0 & DELETE_HORIZON != 0
    }

    pub(super) fn with_codec_id(self, id: u8) -> Self {
        Self((self.0 & !CODEC_BITS) | (i16::from(id) & CODEC_BITS))
    }

    pub(super) fn with_log_append_time(self) -> Self {
        Self(self.0 | LOG_APPEND_TIME)
    }

    pub(super) fn with_transactional(self) -> Self {
        Self(self.0 | TRANSACTIONAL)
    }

    pub(super) fn with_control(self) -> Self {
        Self(self.0 | CONTROL)
    }
}

/// A batch's header. Every value is as the wire has it; [`super::Batches`] yields only headers whose offsets
/// and count make sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchHeader {
    /// Offset of the first record that the batch had when it was written.
    pub base_offset: i64,
    /// Bytes after this field.
    pub length: i32,
    /// Epoch of the leader that appended the batch, -1 if unknown.
    pub partition_leader_epoch: LeaderEpoch,
    /// CRC32C of everything after it.
    pub crc: u32,
    /// Codec, timestamp type, transactional, control, delete horizon.
    pub attributes: Attributes,
    /// Offset of the last record less the base offset. Compaction keeps it when it removes that record.
    pub last_offset_delta: i32,
    /// What the records' timestamp deltas count from, ms since 1970.
    pub base_timestamp: i64,
    /// Largest timestamp, ms since 1970; with `LogAppendTime` that of every record.
    pub max_timestamp: i64,
    /// The producer, -1 for none.
    pub producer_id: ProducerId,
    /// The producer's epoch, -1 for none.
    pub producer_epoch: i16,
    /// Sequence number of the first record, -1 for none.
    pub base_sequence: i32,
    /// Number of records.
    pub count: i32,
}

impl BatchHeader {
    pub(super) fn read(bytes: &[u8; HEADER]) -> Self {
        let mut from = &bytes[..];
        let base_offset = from.get_i64();
        let length = from.get_i32();
        let partition_leader_epoch = LeaderEpoch(from.get_i32());
        let _magic = from.get_i8();
        Self {
            base_offset,
            length,
            partition_leader_epoch,
            crc: from.get_u32(),
            attributes: Attributes(from.get_i16()),
            last_offset_delta: from.get_i32(),
            base_timestamp: from.get_i64(),
            max_timestamp: from.get_i64(),
            producer_id: ProducerId(from.get_i64()),
            producer_epoch: from.get_i16(),
            base_sequence: from.get_i32(),
            count: from.get_i32(),
        }
    }

    pub(super) fn bytes(&self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        let mut out = &mut bytes[..];
        out.put_i64(self.base_offset);
        out.put_i32(self.length);
        out.put_i32(self.partition_leader_epoch.0);
        out.put_i8(MAGIC);
        out.put_u32(self.crc);
        out.put_i16(self.attributes.0);
        out.put_i32(self.last_offset_delta);
        out.put_i64(self.base_timestamp);
        out.put_i64(self.max_timestamp);
        out.put_i64(self.producer_id.0);
        out.put_i16(self.producer_epoch);
        out.put_i32(self.base_sequence);
        out.put_i32(self.count);
        bytes
    }

    /// Offset of the last record.
    pub fn last_offset(&self) -> i64 {
        self.base_offset.saturating_add(i64::from(self.last_offset_delta))
    }

    /// The first offset after the batch: where reading goes on, whatever compaction removed.
    pub fn next_offset(&self) -> i64 {
        self.last_offset().saturating_add(1)
    }

    /// Number of records, for a header that was checked.
    pub(super) fn record_count(&self) -> u32 {
        u32::try_from(self.count).unwrap_or(0)
    }

    /// Whether count and offsets make sense.
    pub(super) fn check(&self) -> Result<(), RecordsError> {
        let last = self.base_offset.checked_add(i64::from(self.last_offset_delta));
        let problem = if self.count < 0 {
            BatchProblem::Count(self.count)
        } else if self.base_offset < 0 || self.last_offset_delta < 0 || last.is_none_or(|o| o == i64::MAX) {
            BatchProblem::Offsets {
                last_offset_delta: self.last_offset_delta,
            }
        } else {
            return Ok(());
        };
        Err(RecordsError::CorruptBatch {
            base_offset: self.base_offset,
            problem,
        })
    }
}

/// How far the batch in front of `bytes` reaches, or `None` when that cannot be told because it is cut off.
///
/// The result may be more than there is. Magic is judged as soon as it can be seen: a cut-off batch of an old
/// format, fetched again and again, would otherwise look like one that is only too large.
pub(super) fn framed_size(bytes: &[u8]) -> Result<Option<usize>, RecordsError> {
    let Some(mut prefix) = bytes.get(..PREFIX) else {
        return Ok(None);
    };
    let base_offset = prefix.get_i64();
    let length = prefix.get_i32();
    if let Some(&magic) = bytes.get(THROUGH_MAGIC - 1)
        && magic.cast_signed() != MAGIC
        && length >= 0
    {
        return Err(RecordsError::UnsupportedMagic {
            base_offset,
            magic: magic.cast_signed(),
        });
    }
    match usize::try_from(length) {
        Ok(length) if length >= HEADER - PREFIX => Ok(Some(PREFIX.saturating_add(length))),
        _ => Err(RecordsError::CorruptBatch {
            base_offset,
            problem: BatchProblem::Length(length),
        }),
    }
}

/// The checksum over a whole batch's bytes.
pub(super) fn crc_of(batch: &[u8]) -> u32 {
    crc32c::crc32c(batch.get(CRC_FROM..).unwrap_or_default())
}

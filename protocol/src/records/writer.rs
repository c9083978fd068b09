//! Building a batch: for Produce, and for the log of an embedded broker.
//!
//! Records are written as they come, behind room for the header; compression happens once, at the end.

use bytes::Bytes;

use crate::{LeaderEpoch, ProducerId};

use super::compression::{self, Codec, CodecError};
use super::error::RecordsError;
use super::header::{Attributes, BatchHeader, HEADER, PREFIX};
use super::stamp::seal;
use super::varint;

/// A record to be written.
#[derive(Clone, Copy, Debug, Default)]
pub struct NewRecord<'a> {
    /// The key, `None` for null.
    pub key: Option<&'a [u8]>,
    /// The value, `None` for null.
    pub value: Option<&'a [u8]>,
    /// Milliseconds since 1970, -1 for none.
    pub timestamp: i64,
    /// Keys and values in order; keys may repeat.
    pub headers: &'a [(&'a [u8], Option<&'a [u8]>)],
}

/// Who writes a batch, and which of his it is (KIP-98).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Producer {
    /// From InitProducerId.
    pub id: ProducerId,
    /// From InitProducerId.
    pub epoch: i16,
    /// Number of the batch's first record among those for its partition; -1 in control batches.
    pub base_sequence: i32,
}

impl Producer {
    const NONE: Self = Self {
        id: ProducerId::NONE,
        epoch: -1,
        base_sequence: -1,
    };
}

/// Collects records into one batch.
#[derive(Clone, Debug)]
pub struct BatchBuilder {
    /// Room for the header, then records.
    bytes: Vec<u8>,
    codec: Codec,
    attributes: Attributes,
    base_offset: i64,
    partition_leader_epoch: LeaderEpoch,
    producer: Producer,
    timestamps: Option<Timestamps>,
    last_delta: i32,
    count: i32,
}

#[derive(Clone, Copy, Debug)]
struct Timestamps {
    first: i64,
    max: i64,
}

impl Default for BatchBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl BatchBuilder {
    /// An empty batch without compression, producer or offset.
    pub fn new() -> Self {
        Self {
            bytes: vec![0; HEADER],
            codec: Codec::None,
            attributes: Attributes::default(),
            base_offset: 0,
            partition_leader_epoch: LeaderEpoch::NONE,
            producer: Producer::NONE,
            timestamps: None,
            last_delta: -1,
            count: 0,
        }
    }

    /// Compresses the records with `codec`.
    #[must_use]
    pub fn codec(mut self, codec: Codec) -> Self {
        self.codec = codec;
        self
    }

    /// Names the idempotent or transactional producer.
    #[must_use]
    pub fn producer(mut self, producer: Producer) -> Self {
        self.producer = producer;
        self
    }

    /// Marks the batch as part of its producer's transaction.
    #[must_use]
    pub fn transactional(mut self) -> Self {
        self.attributes = self.attributes.with_transactional();
        self
    }

    pub(super) fn control(mut self) -> Self {
        self.attributes = self.attributes.with_control();
        self
    }

    /// Sets the offset of the first record; a producer leaves it 0.
    #[must_use]
    pub fn base_offset(mut self, offset: i64) -> Self {
        self.base_offset = offset;
        self
    }

    /// Sets the epoch of the partition's leader; a producer leaves it -1.
    #[must_use]
    pub fn partition_leader_epoch(mut self, epoch: LeaderEpoch) -> Self {
        self.partition_leader_epoch = epoch;
        self
    }

    /// Number of records so far.
    pub fn count(&self) -> i32 {
        self.count
    }

    /// Size of the batch so far, exact unless compressed.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// What [`Self::size`] would be after [`Self::push`] of `record`.
    pub fn size_with(&self, record: &NewRecord<'_>) -> usize {
        let timestamp_delta = record.timestamp.wrapping_sub(self.first_timestamp(record));
        self.size_at(self.last_delta.saturating_add(1), timestamp_delta, record)
    }

    fn size_at(&self, delta: i32, timestamp_delta: i64, record: &NewRecord<'_>) -> usize {
        let body = body_size(delta, timestamp_delta, record);
        self.bytes.len() + varint::size(wire(body)) + body
    }

    /// Adds a record at the next offset.
    ///
    /// # Errors
    /// The batch or its timestamps grow out of the format; it is then unchanged.
    pub fn push(&mut self, record: &NewRecord<'_>) -> Result<(), RecordsError> {
        let next = self.last_delta.checked_add(1);
        self.push_at(
            next.ok_or(RecordsError::BatchTooLarge {
                size: self.bytes.len(),
            })?,
            record,
        )
    }

    /// Adds a record `delta` after the base offset, which leaves a gap as compaction does.
    ///
    /// # Errors
    /// As for [`Self::push`], or the offset is not after that of the record before.
    pub fn push_at(&mut self, delta: i32, record: &NewRecord<'_>) -> Result<(), RecordsError> {
        self.check_delta(delta)?;
        let timestamp_delta = self.timestamp_delta(record)?;
        check_size(self.size_at(delta, timestamp_delta, record))?;
        let max = self
            .timestamps
            .map_or(record.timestamp, |seen| seen.max.max(record.timestamp));
        self.timestamps = Some(Timestamps {
            first: self.first_timestamp(record),
            max,
        });
        self.last_delta = delta;
        self.count += 1;
        write_record(&mut self.bytes, delta, timestamp_delta, record);
        Ok(())
    }

    /// Lets the batch end `delta` after the base offset, as if compaction had removed its last records.
    ///
    /// # Errors
    /// [`RecordsError::OffsetOrder`] if that is not after its last record.
    pub fn end_at(&mut self, delta: i32) -> Result<(), RecordsError> {
        self.check_delta(delta)?;
        self.last_delta = delta;
        Ok(())
    }

    fn check_delta(&self, delta: i32) -> Result<(), RecordsError> {
        if delta > self.last_delta {
            return Ok(());
        }
        Err(RecordsError::OffsetOrder {
            delta,
            previous: self.last_delta,
        })
    }

    fn first_timestamp(&self, record: &NewRecord<'_>) -> i64 {
        self.timestamps.map_or(record.timestamp, |seen| seen.first)
    }

    fn timestamp_delta(&self, record: &NewRecord<'_>) -> Result<i64, RecordsError> {
        let (timestamp, first) = (record.timestamp, self.first_timestamp(record));
        timestamp
            .checked_sub(first)
            .ok_or(RecordsError::TimestampRange { timestamp, first })
    }

    /// The batch as it goes on the wire.
    ///
    /// # Errors
    /// The codec is left out of this build or fails, or the result is beyond the format's 2 GiB.
    pub fn finish(self) -> Result<Bytes, RecordsError> {
        let mut header = self.header();
        let mut batch = self.compressed()?;
        check_size(batch.len())?;
        header.length = i32::try_from(batch.len() - PREFIX).unwrap_or(i32::MAX);
        seal(&mut header, &mut batch, true);
        Ok(batch.into())
    }

    fn header(&self) -> BatchHeader {
        let timestamps = self.timestamps.unwrap_or(Timestamps { first: -1, max: -1 });
        BatchHeader {
            base_offset: self.base_offset,
            length: 0,
            partition_leader_epoch: self.partition_leader_epoch,
            crc: 0,
            attributes: self.attributes.with_codec_id(self.codec.id()),
            last_offset_delta: self.last_delta.max(0),
            base_timestamp: timestamps.first,
            max_timestamp: timestamps.max,
            producer_id: self.producer.id,
            producer_epoch: self.producer.epoch,
            base_sequence: self.producer.base_sequence,
            count: self.count,
        }
    }

    fn compressed(self) -> Result<Vec<u8>, RecordsError> {
        let (codec, base_offset) = (self.codec, self.base_offset);
        if codec == Codec::None {
            return Ok(self.bytes);
        }
        let mut out = vec![0; HEADER];
        let records = self.bytes.get(HEADER..).unwrap_or_default();
        compression::compress(codec, records, &mut out).map_err(|error| match error {
            CodecError::Failed(reason) => RecordsError::Compression { codec, reason },
            CodecError::NotBuilt | CodecError::TooLarge => RecordsError::CodecNotBuilt { base_offset, codec },
        })?;
        Ok(out)
    }
}

fn check_size(size: usize) -> Result<(), RecordsError> {
    i32::try_from(size)
        .map(drop)
        .map_err(|_| RecordsError::BatchTooLarge { size })
}

/// A length as the wire has it. Nothing that passed [`check_size`] saturates.
fn wire(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

fn body_size(delta: i32, timestamp_delta: i64, record: &NewRecord<'_>) -> usize {
    let headers: usize = record
        .headers
        .iter()
        .map(|(key, value)| nullable_size(Some(key)) + nullable_size(*value))
        .sum();
    1 + varint::size(timestamp_delta)
        + varint::size(i64::from(delta))
        + nullable_size(record.key)
        + nullable_size(record.value)
        + varint::size(wire(record.headers.len()))
        + headers
}

fn nullable_size(bytes: Option<&[u8]>) -> usize {
    bytes.map_or(1, |bytes| varint::size(wire(bytes.len())) + bytes.len())
}

fn write_record(out: &mut Vec<u8>, delta: i32, timestamp_delta: i64, record: &NewRecord<'_>) {
    varint::write(out, wire(body_size(delta, timestamp_delta, record)));
    out.push(0);
    varint::write(out, timestamp_delta);
    varint::write(out, i64::from(delta));
    write_nullable(out, record.key);
    write_nullable(out, record.value);
    varint::write(out, wire(record.headers.len()));
    for (key, value) in record.headers {
        write_nullable(out, Some(key));
        write_nullable(out, *value);
    }
}

fn write_nullable(out: &mut Vec<u8>, bytes: Option<&[u8]>) {
    varint::write(out, bytes.map_or(-1, |bytes| wire(bytes.len())));
    out.extend_from_slice(bytes.unwrap_or_default());
}

//! The log of one partition: batches as they came, with offsets and leader epochs stamped in. What is appended is replicated at
//! once: the high watermark is the end of the log.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use bytes::{Bytes, BytesMut};
use kohort_protocol::records::{Batch, BatchHeader, Batches, Crcs, DECOMPRESSED_LIMIT, Stamp};
use kohort_protocol::{ErrorCode, LeaderEpoch, ProducerId};

use crate::producer::ProducerState;

#[derive(Debug)]
struct StoredBatch {
    base_offset: i64,
    last_offset: i64,
    max_timestamp: i64,
    epoch: LeaderEpoch,
    bytes: Bytes,
}

#[derive(Debug, Default)]
pub(crate) struct PartitionLog {
    batches: Vec<StoredBatch>,
    start_offset: i64,
    end_offset: i64,
    /// Where each leader epoch began (KIP-101). One that wrote nothing is forgotten when the next begins.
    epochs: Vec<(LeaderEpoch, i64)>,
    producers: BTreeMap<ProducerId, ProducerState>,
}

/// An offset with the time and the leader epoch of its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) offset: i64,
    pub(crate) timestamp: i64,
    pub(crate) epoch: LeaderEpoch,
}

impl PartitionLog {
    pub(crate) fn start_offset(&self) -> i64 {
        self.start_offset
    }

    pub(crate) fn end_offset(&self) -> i64 {
        self.end_offset
    }

    /// A new leader takes over.
    pub(crate) fn begin_epoch(&mut self, epoch: LeaderEpoch) {
        let end = self.end_offset;
        self.epochs.retain(|(_, start)| *start < end);
        self.epochs.push((epoch, end));
    }

    /// Appends the one batch of a Produce request; a repeated one of an idempotent producer is not appended again.
    ///
    /// # Errors
    /// What Produce answers for the partition.
    pub(crate) fn append(&mut self, records: &Bytes, epoch: LeaderEpoch) -> Result<i64, ErrorCode> {
        let batch = the_one_batch(records)?;
        let header = *batch.header();
        if header.producer_id != ProducerId::NONE {
            let producer = self.producers.entry(header.producer_id).or_default();
            if let Some(base_offset) = producer.check(&header)? {
                return Ok(base_offset);
            }
            producer.appended(&header, self.end_offset);
        }
        Ok(self.store(&batch, epoch))
    }

    fn store(&mut self, batch: &Batch, epoch: LeaderEpoch) -> i64 {
        let base_offset = self.end_offset;
        let header = batch.header();
        self.end_offset = base_offset
            .saturating_add(i64::from(header.last_offset_delta))
            .saturating_add(1);
        self.batches.push(StoredBatch {
            base_offset,
            last_offset: self.end_offset - 1,
            max_timestamp: header.max_timestamp,
            epoch,
            bytes: batch.stamped(Stamp {
                base_offset,
                partition_leader_epoch: epoch,
                log_append_time: None,
            }),
        });
        base_offset
    }

    /// `limit` bytes from the batch that holds `offset` on: the last batch may be cut off, as Kafka cuts it. The first one comes
    /// whole with `first_whole`, and else whole or not at all (KIP-74).
    pub(crate) fn read(&self, offset: i64, limit: usize, first_whole: bool) -> Bytes {
        let start = self.batches.partition_point(|batch| batch.last_offset < offset);
        let mut batches = self.batches.iter().skip(start).map(|batch| &batch.bytes);
        let Some(first) = batches.next() else {
            return Bytes::new();
        };
        if first.len() >= limit {
            return if first_whole || first.len() == limit {
                first.clone()
            } else {
                Bytes::new()
            };
        }
        let mut room = limit - first.len();
        let mut parts = Vec::from([first.clone()]);
        for batch in batches {
            parts.push(batch.slice(..batch.len().min(room)));
            room = room.saturating_sub(batch.len());
            if room == 0 {
                break;
            }
        }
        join(&parts)
    }

    /// How many bytes lie from `offset` on, counted up to `enough`.
    pub(crate) fn has_bytes(&self, offset: i64, enough: usize) -> usize {
        let start = self.batches.partition_point(|batch| batch.last_offset < offset);
        let mut size = 0;
        for batch in self.batches.iter().skip(start) {
            size += batch.bytes.len();
            if size >= enough {
                break;
            }
        }
        size
    }

    /// The largest known epoch up to `epoch`, and where it ended. `None` if `epoch` is newer than all that is known.
    pub(crate) fn end_of_epoch(&self, epoch: LeaderEpoch) -> Option<(LeaderEpoch, i64)> {
        let after = self.epochs.partition_point(|(known, _)| *known <= epoch);
        let next = self.epochs.get(after);
        match after.checked_sub(1).and_then(|at| self.epochs.get(at)) {
            Some((known, _)) if next.is_none() => (*known == epoch).then_some((epoch, self.end_offset)),
            Some((known, _)) => next.map(|(_, start)| (*known, *start)),
            None => next.map(|(_, start)| (epoch, *start)),
        }
    }

    pub(crate) fn epoch_at(&self, offset: i64) -> LeaderEpoch {
        let after = self.epochs.partition_point(|(_, start)| *start <= offset);
        let at = after.checked_sub(1).and_then(|at| self.epochs.get(at));
        at.map_or(LeaderEpoch::NONE, |(epoch, _)| *epoch)
    }

    /// The first record at or after a time.
    pub(crate) fn at_time(&self, timestamp: i64) -> Option<Found> {
        let batch = self
            .batches
            .iter()
            .find(|batch| batch.max_timestamp >= timestamp && batch.last_offset >= self.start_offset)?;
        Some(self.first_in(batch, |time| time >= timestamp))
    }

    /// The record with the largest timestamp, the first of them (KIP-734).
    pub(crate) fn at_max_time(&self) -> Option<Found> {
        let newest = self
            .batches
            .iter()
            .rev()
            .max_by_key(|batch| batch.max_timestamp)?;
        Some(self.first_in(newest, |time| time == newest.max_timestamp))
    }

    fn first_in(&self, batch: &StoredBatch, test: impl Fn(i64) -> bool) -> Found {
        let exact = open(&batch.bytes).and_then(|open| {
            let mut records = open.records().filter_map(Result::ok);
            let hit =
                records.find(|record| record.offset() >= self.start_offset && test(record.timestamp()))?;
            Some((hit.offset(), hit.timestamp()))
        });
        let (offset, timestamp) = exact.unwrap_or((batch.base_offset, batch.max_timestamp));
        Found {
            offset,
            timestamp,
            epoch: batch.epoch,
        }
    }

    /// Cuts the end off: records from `end` on are lost.
    pub(crate) fn truncate(&mut self, end: i64) {
        self.batches.retain(|batch| batch.last_offset < end);
        self.end_offset = self
            .batches
            .last()
            .map_or(self.start_offset.min(end.max(0)), |batch| batch.last_offset + 1);
        self.start_offset = self.start_offset.min(self.end_offset);
        let end = self.end_offset;
        self.epochs.retain(|(_, start)| *start <= end);
        self.producers.clear();
    }

    /// Drops the start: records before `offset` cannot be read any more. A batch goes when all of it is below.
    pub(crate) fn delete_before(&mut self, offset: i64) {
        self.start_offset = offset.clamp(self.start_offset, self.end_offset);
        let start = self.start_offset;
        self.batches.retain(|batch| batch.last_offset >= start);
    }
}

fn open(bytes: &Bytes) -> Option<kohort_protocol::records::OpenBatch> {
    let batch = Batches::new(bytes.clone(), Crcs::Trust).next()?.ok()?;
    batch.open(DECOMPRESSED_LIMIT).ok()
}

fn join(parts: &[Bytes]) -> Bytes {
    if let [only] = parts {
        return only.clone();
    }
    let mut joined = BytesMut::with_capacity(parts.iter().map(Bytes::len).sum());
    for part in parts {
        joined.extend_from_slice(part);
    }
    joined.freeze()
}

/// A Produce request has exactly one batch for a partition, of user records, with a right checksum.
fn the_one_batch(records: &Bytes) -> Result<Batch, ErrorCode> {
    let mut batches = Batches::new(records.clone(), Crcs::Verify);
    let batch = match batches.next() {
        Some(batch) => batch.map_err(|_| ErrorCode::CORRUPT_MESSAGE)?,
        None => return Err(ErrorCode::INVALID_RECORD),
    };
    let BatchHeader {
        attributes,
        count,
        last_offset_delta,
        ..
    } = *batch.header();
    if !batches.rest().is_empty() || attributes.is_control() || count < 1 || last_offset_delta != count - 1 {
        return Err(ErrorCode::INVALID_RECORD);
    }
    if attributes.is_transactional() {
        return Err(ErrorCode::INVALID_TXN_STATE);
    }
    Ok(batch)
}

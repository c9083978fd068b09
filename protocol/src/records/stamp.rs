//! What a broker writes into a batch that a producer sent, without decoding its records.
//!
//! Offset and leader epoch lie in front of the checksummed bytes. The append time does not: it makes a new
//! checksum necessary (Java: `DefaultRecordBatch.setMaxTimestamp`).

use bytes::Bytes;

use crate::LeaderEpoch;

use super::batch::Batch;
use super::header::{BatchHeader, HEADER, crc_of};

/// What a broker gives a batch on append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Offset of the first record.
    pub base_offset: i64,
    /// Epoch of the partition's leader.
    pub partition_leader_epoch: LeaderEpoch,
    /// The broker's clock, ms since 1970, where the topic has `message.timestamp.type=LogAppendTime`.
    pub log_append_time: Option<i64>,
}

impl Batch {
    /// A copy with `stamp` in it. It shares nothing with the request that the batch came in.
    pub fn stamped(&self, stamp: Stamp) -> Bytes {
        let mut header = BatchHeader {
            base_offset: stamp.base_offset,
            partition_leader_epoch: stamp.partition_leader_epoch,
            ..*self.header()
        };
        if let Some(time) = stamp.log_append_time {
            header.attributes = header.attributes.with_log_append_time();
            header.max_timestamp = time;
        }
        let mut copy = self.bytes().to_vec();
        seal(&mut header, &mut copy, stamp.log_append_time.is_some());
        copy.into()
    }
}

/// Writes `header` over the front of `batch`; with `anew`, its checksum is that of the bytes then there.
pub(super) fn seal(header: &mut BatchHeader, batch: &mut [u8], anew: bool) {
    overwrite(header, batch);
    if anew {
        header.crc = crc_of(batch);
        overwrite(header, batch);
    }
}

fn overwrite(header: &BatchHeader, batch: &mut [u8]) {
    if let Some(front) = batch.first_chunk_mut::<HEADER>() {
        *front = header.bytes();
    }
}

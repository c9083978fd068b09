//! Batches to test with, and ways to break them.

use bytes::Bytes;
use kohort_protocol::records::{
    Batch, BatchBuilder, Batches, Codec, Crcs, DECOMPRESSED_LIMIT, NewRecord, OpenBatch, Record, RecordsError,
};

/// A record with everything in it owned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Owned {
    pub(crate) timestamp: i64,
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) value: Option<Vec<u8>>,
    pub(crate) headers: Vec<(Vec<u8>, Option<Vec<u8>>)>,
}

impl Owned {
    pub(crate) fn of(record: &Record<'_>) -> Self {
        let owned = |bytes: Option<&[u8]>| bytes.map(<[u8]>::to_vec);
        Self {
            timestamp: record.timestamp(),
            key: owned(record.key()),
            value: owned(record.value()),
            headers: record
                .headers()
                .map(|h| (h.key.to_vec(), owned(h.value)))
                .collect(),
        }
    }

    pub(crate) fn push(&self, batch: &mut BatchBuilder) -> Result<(), RecordsError> {
        let headers: Vec<_> = self.headers.iter().map(|(k, v)| (&k[..], v.as_deref())).collect();
        let new = NewRecord {
            key: self.key.as_deref(),
            value: self.value.as_deref(),
            timestamp: self.timestamp,
            headers: &headers,
        };
        let foretold = batch.size_with(&new);
        batch.push(&new)?;
        assert_eq!(batch.size(), foretold);
        Ok(())
    }
}

pub(crate) fn value(timestamp: i64, value: &[u8]) -> NewRecord<'_> {
    NewRecord {
        value: Some(value),
        timestamp,
        ..NewRecord::default()
    }
}

/// A batch of `count` small records from `base_offset` on.
pub(crate) fn batch(base_offset: i64, count: i64, codec: Codec) -> Bytes {
    let mut batch = BatchBuilder::new().base_offset(base_offset).codec(codec);
    for number in 0..count {
        batch
            .push(&value(1_000 + number, format!("value {number}").as_bytes()))
            .unwrap();
    }
    batch.finish().unwrap()
}

/// A batch with a header of its own making around `records`, with the right length and checksum.
pub(crate) fn handmade(attributes: i16, last_offset_delta: i32, count: i32, records: &[u8]) -> Bytes {
    let mut bytes = BatchBuilder::new().base_offset(100).finish().unwrap().to_vec();
    bytes.extend_from_slice(records);
    let length = i32::try_from(bytes.len() - 12).unwrap();
    put(&mut bytes, 8, &length.to_be_bytes());
    put(&mut bytes, 21, &attributes.to_be_bytes());
    put(&mut bytes, 23, &last_offset_delta.to_be_bytes());
    put(&mut bytes, 57, &count.to_be_bytes());
    repaired(bytes)
}

pub(crate) fn put(bytes: &mut [u8], at: usize, new: &[u8]) {
    bytes[at..at + new.len()].copy_from_slice(new);
}

/// Makes the checksum right again.
pub(crate) fn repaired(mut bytes: Vec<u8>) -> Bytes {
    let crc = crc32c::crc32c(&bytes[21..]);
    put(&mut bytes, 17, &crc.to_be_bytes());
    bytes.into()
}

pub(crate) fn joined(parts: &[&[u8]]) -> Bytes {
    parts.concat().into()
}

pub(crate) fn batches(bytes: &Bytes) -> Vec<Result<Batch, RecordsError>> {
    Batches::new(bytes.clone(), Crcs::Verify).collect()
}

/// The only batch in `bytes`.
pub(crate) fn only(bytes: &Bytes) -> Result<Batch, RecordsError> {
    let mut all = batches(bytes);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

pub(crate) fn open(bytes: &Bytes) -> Result<OpenBatch, RecordsError> {
    only(bytes)?.open(DECOMPRESSED_LIMIT)
}

/// All records of the only batch in `bytes`, or its first problem.
pub(crate) fn records(bytes: &Bytes) -> Result<Vec<Owned>, RecordsError> {
    open(bytes)?
        .records()
        .map(|record| record.map(|r| Owned::of(&r)))
        .collect()
}

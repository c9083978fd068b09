//! Decompression bombs: a few bytes or a megabyte that say a gibibyte of zeros. Refused at the limit, and never more than a
//! few times the limit in memory.

use kohort_protocol::records::{BatchBuilder, Codec, DECOMPRESSED_LIMIT, NewRecord};

use crate::Judged;
use crate::records::{HEADER, around, judge};

const MIB: usize = 1 << 20;

/// A batch that decompresses to a gibibyte.
pub struct Bomb {
    /// Its codec.
    pub codec: Codec,
    /// What is to be decompressed.
    bytes: Vec<u8>,
}

impl Bomb {
    /// Reads it under the limit of 64 MiB that holds by default.
    ///
    /// # Panics
    /// If it is not refused, or takes too much memory.
    pub fn judge(&self) -> Judged {
        let judged = judge(&around(self.codec, 1, &self.bytes), DECOMPRESSED_LIMIT);
        assert!(judged.refused, "{}: a gibibyte was accepted", self.codec);
        judged
    }
}

/// One of each kind; zstd's also as run-length blocks, four bytes for 128 KiB.
pub fn bombs() -> Vec<Bomb> {
    let bomb = |codec, bytes| Bomb { codec, bytes };
    let runs = [
        &[0x28, 0xb5, 0x2f, 0xfd, 0, 0x68][..],
        &[2, 0, 0x10, 0].repeat(8_192),
        &[1, 0, 0],
    ]
    .concat();
    vec![
        bomb(Codec::Gzip, zeros(Codec::Gzip).repeat(1_024)),
        bomb(Codec::Snappy, snappy()),
        bomb(Codec::Lz4, lz4()),
        bomb(Codec::Zstd, zeros(Codec::Zstd).repeat(1_024)),
        bomb(Codec::Zstd, runs),
    ]
}

/// A mebibyte, compressed.
fn zeros(codec: Codec) -> Vec<u8> {
    let value = vec![0; MIB];
    let record = NewRecord {
        value: Some(&value),
        ..NewRecord::default()
    };
    let mut builder = BatchBuilder::new().codec(codec);
    builder.push(&record).expect("a record of a mebibyte");
    let batch = builder.finish().expect("a batch of a mebibyte");
    batch.get(HEADER..).unwrap_or_default().to_vec()
}

/// The header of Java's framing once, its blocks as often as needed.
fn snappy() -> Vec<u8> {
    let one = zeros(Codec::Snappy);
    let (header, blocks) = one.split_at(16);
    [header, &blocks.repeat(1_024)].concat()
}

/// A frame header of 7 bytes, one block of 64 KiB as often as needed, an end mark of 4.
fn lz4() -> Vec<u8> {
    let one = zeros(Codec::Lz4);
    let (header, rest) = one.split_at(7);
    let size = rest.first_chunk().copied().map_or(0, u32::from_le_bytes);
    let block = rest.get(..4 + size as usize).unwrap_or_default();
    [header, &block.repeat(16_384), &[0; 4]].concat()
}

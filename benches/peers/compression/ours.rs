//! Batches as the client writes and reads them.

use bytes::Bytes;
use kohort_protocol::records::{BatchBuilder, Batches, Codec, Crcs, NewRecord};

use crate::{Contender, contender};

pub(crate) fn contenders() -> Vec<Contender> {
    let named = [
        ("kohort (flate2 on zlib-rs, level 6)", Codec::Gzip),
        ("kohort (snap, 32 KiB blocks)", Codec::Snappy),
        ("kohort (lz4_flex, safe)", Codec::Lz4),
        ("kohort (ruzstd, fastest)", Codec::Zstd),
    ];
    named
        .into_iter()
        .map(|(name, codec)| contender(name, codec, move |data| encode(codec, data), decode))
        .collect()
}

fn encode(codec: Codec, data: &[u8]) -> Vec<u8> {
    let mut batch = BatchBuilder::new().codec(codec);
    let record = NewRecord {
        value: Some(data),
        ..NewRecord::default()
    };
    batch.push(&record).expect("one record fits");
    batch.finish().expect("the codec is built").into()
}

fn decode(batch: &[u8], _: usize) -> usize {
    // A fetched batch is in shared bytes already; the copy is of the compressed size.
    let bytes = Bytes::copy_from_slice(batch);
    let batch = Batches::new(bytes, Crcs::Trust)
        .next()
        .expect("a batch")
        .expect("a good one");
    let open = batch.open(1 << 30).expect("it decompresses");
    let record = open.records().next().expect("a record").expect("a good one");
    record.value().map_or(0, <[u8]>::len)
}

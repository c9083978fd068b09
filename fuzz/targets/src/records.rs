//! Record batches: framing, checksums, decompression and the records inside.

use bytes::Bytes;
use kohort_protocol::records::{
    AbortedTransactions, BatchBuilder, Codec, Crcs, Cursor, DECOMPRESSED_LIMIT, survey,
};

use crate::limits::{CODEC, Judged, Limit};

/// The header of a batch; the records follow, compressed or not.
pub(crate) const HEADER: usize = 61;

/// Reads all there is as a consumer does.
pub(crate) fn judge(bytes: &Bytes, limit: usize) -> Judged {
    let seen = survey(bytes, Crcs::Verify);
    assert_eq!(seen.bytes + seen.left_over, bytes.len());
    let most = Limit::records(limit, CODEC);
    let (_, first) = most.judge(bytes.len(), || read(bytes, limit, false));
    let (_, second) = most.judge(bytes.len(), || read(bytes, limit, true));
    assert_eq!(first.frame, second.frame);
    Judged {
        refused: first.refused || seen.left_over > 0,
        allocated: first.allocated.max(second.allocated),
        ..first
    }
}

/// `None` if something was refused.
fn read(bytes: &Bytes, limit: usize, committed: bool) -> Option<()> {
    let mut cursor = Cursor::new(bytes.clone(), 0)
        .verify_crcs()
        .decompressed_limit(limit);
    if committed {
        cursor = cursor.read_committed(AbortedTransactions::default());
    }
    let (mut at, mut good) = (0, true);
    while let Some(next) = cursor.next() {
        match next {
            Ok(record) => {
                assert!(record.offset() >= at, "offsets rise");
                at = record.offset() + 1;
                assert_eq!(record.headers().count(), record.headers().len());
                let _ = (record.key_bytes(), record.value_bytes(), record.timestamp());
            }
            Err(_) => good = false,
        }
    }
    assert!(cursor.next().is_none(), "the end is the end");
    assert!(cursor.next_offset() >= at);
    good.then_some(())
}

/// Makes lengths and checksums of whole batches right again, as far as their lengths go.
pub(crate) fn repair(batch: &mut [u8]) {
    let Ok(length) = i32::try_from(batch.len().saturating_sub(12)) else {
        return;
    };
    if let Some(field) = batch.get_mut(8..12) {
        field.copy_from_slice(&length.to_be_bytes());
    }
    repair_crc(batch);
}

pub(crate) fn repair_crc(batch: &mut [u8]) {
    let crc = batch.get(21..).map(crc32c::crc32c);
    if let (Some(crc), Some(field)) = (crc, batch.get_mut(17..21)) {
        field.copy_from_slice(&crc.to_be_bytes());
    }
}

/// A batch with a good header around such bytes.
pub(crate) fn around(codec: Codec, count: i32, records: &[u8]) -> Bytes {
    let empty = BatchBuilder::new().codec(codec).finish().expect("an empty batch");
    let mut batch = [empty.get(..HEADER).unwrap_or_default(), records].concat();
    for (at, value) in [(23, count.saturating_sub(1)), (57, count)] {
        if let Some(field) = batch.get_mut(at..at + 4) {
            field.copy_from_slice(&value.to_be_bytes());
        }
    }
    repair(&mut batch);
    batch.into()
}

/// Whole batches as they would come, checksums made right for the first.
pub(crate) fn fuzz(bytes: &[u8]) {
    judge(&Bytes::copy_from_slice(bytes), DECOMPRESSED_LIMIT);
    let mut repaired = bytes.to_vec();
    repair(&mut repaired);
    judge(&repaired.into(), DECOMPRESSED_LIMIT);
}

/// The bytes are what is to be decompressed.
fn decompress(codec: Codec, bytes: &[u8]) {
    judge(&around(codec, 1, bytes), DECOMPRESSED_LIMIT);
    judge(&around(codec, 1, bytes), 1000);
}

pub(crate) fn fuzz_gzip(bytes: &[u8]) {
    decompress(Codec::Gzip, bytes);
}

pub(crate) fn fuzz_lz4(bytes: &[u8]) {
    decompress(Codec::Lz4, bytes);
}

pub(crate) fn fuzz_snappy(bytes: &[u8]) {
    decompress(Codec::Snappy, bytes);
}

pub(crate) fn fuzz_zstd(bytes: &[u8]) {
    decompress(Codec::Zstd, bytes);
}

//! What reading costs in memory: nothing per record, and for hostile bytes never more than the limit allows.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "clippy exempts test functions, not the helpers beside them"
)]

use allocation_counter::{AllocationInfo, measure};
use bytes::Bytes;
use kohort_protocol::records::{BatchBuilder, Batches, Codec, Crcs, Cursor, NewRecord, RecordsError, survey};

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;
/// What a codec holds besides its output: at most LZ4's blocks or zstd's window of 8 MiB, which grows by
/// doubling too, and tables.
const OWN: usize = 13 * MIB;

fn thousand(codec: Codec) -> Bytes {
    let mut builder = BatchBuilder::new().codec(codec);
    let value = [7; KIB];
    for _ in 0..1_000 {
        let headers: [(&[u8], Option<&[u8]>); 2] = [(b"a", Some(b"1")), (b"a", None)];
        let record = NewRecord {
            key: Some(b"key"),
            value: Some(&value),
            timestamp: 5,
            headers: &headers,
        };
        builder.push(&record).unwrap();
    }
    builder.finish().unwrap()
}

/// A batch with a right length and checksum around `records`.
fn handmade(codec: Codec, count: i32, records: &[u8]) -> Bytes {
    let mut bytes = [&BatchBuilder::new().codec(codec).finish().unwrap()[..61], records].concat();
    let length = i32::try_from(bytes.len() - 12).unwrap();
    bytes[8..12].copy_from_slice(&length.to_be_bytes());
    bytes[23..27].copy_from_slice(&count.to_be_bytes());
    bytes[57..61].copy_from_slice(&count.to_be_bytes());
    let crc = crc32c::crc32c(&bytes[21..]);
    bytes[17..21].copy_from_slice(&crc.to_be_bytes());
    bytes.into()
}

fn peak(info: &AllocationInfo) -> usize {
    usize::try_from(info.bytes_max).unwrap()
}

#[test]
fn records_cost_no_allocation() {
    let bytes = thousand(Codec::None);
    let whole = measure(|| {
        assert_eq!(survey(&bytes, Crcs::Verify).batches, 1);
        let mut cursor = Cursor::new(bytes.clone(), 0);
        let mut seen = 0;
        while let Some(record) = cursor.next() {
            seen += record.unwrap().headers().count();
        }
        assert_eq!(seen, 2_000);
    });
    assert_eq!(whole.count_total, 0);
}

#[test]
fn a_compressed_batch_costs_as_much_as_it_holds() {
    for codec in [Codec::Gzip, Codec::Snappy, Codec::Lz4, Codec::Zstd] {
        let bytes = thousand(codec);
        let info = measure(|| {
            let mut cursor = Cursor::new(bytes.clone(), 0);
            while let Some(record) = cursor.next() {
                record.unwrap();
            }
        });
        assert!(
            info.count_total < 200,
            "{codec}: {} allocations",
            info.count_total
        );
        assert!(peak(&info) < OWN + 3 * MIB, "{codec}: {}", peak(&info));
        assert_eq!(info.bytes_current, 0);
    }
}

#[test]
fn counts_from_the_wire_size_nothing() {
    let info = measure(|| {
        let bytes = handmade(Codec::None, i32::MAX, &[12, 0, 0, 0, 1, 1, 0]);
        let batch = Batches::new(bytes, Crcs::Verify).next().unwrap().unwrap();
        let open = batch.open(MIB).unwrap();
        let all: Vec<_> = open.records().collect();
        assert_eq!((all.len(), all[1].is_err()), (2, true));
    });
    assert!(peak(&info) < KIB, "{}", peak(&info));
}

/// Each decompresses to 256 MiB of zeros or more.
fn bombs() -> Vec<(Codec, Vec<u8>)> {
    let compressed = |codec| {
        let mut builder = BatchBuilder::new().codec(codec);
        builder
            .push(&NewRecord {
                value: Some(&vec![0; MIB]),
                ..<_>::default()
            })
            .unwrap();
        builder.finish().unwrap()[61..].to_vec()
    };
    let gzip = compressed(Codec::Gzip).repeat(256);
    let snappy = compressed(Codec::Snappy);
    let snappy = [&snappy[..16], &snappy[16..].repeat(256)].concat();
    let lz4 = compressed(Codec::Lz4);
    // Frame header of 7 bytes, one block of 64 KiB as often as needed, an end mark of 4.
    let block = 4 + usize::try_from(u32::from_le_bytes(lz4[7..11].try_into().unwrap())).unwrap();
    let lz4 = [&lz4[..7], &lz4[7..7 + block].repeat(4_096), &[0; 4]].concat();
    let frames = compressed(Codec::Zstd).repeat(256);
    vec![
        (Codec::Gzip, gzip),
        (Codec::Snappy, snappy),
        (Codec::Lz4, lz4),
        (Codec::Zstd, frames),
        (Codec::Zstd, zstd_runs(0x68)),
    ]
}

/// 8,192 run-length blocks of 128 KiB each, four bytes long: 1 GiB.
fn zstd_runs(window_descriptor: u8) -> Vec<u8> {
    let header = [0x28, 0xb5, 0x2f, 0xfd, 0, window_descriptor];
    [&header[..], &[0x02, 0, 0x10, 0].repeat(8_192), &[1, 0, 0]].concat()
}

#[test]
fn a_window_as_large_as_the_limit_costs_no_more_than_its_share() {
    let limit = 16 * MIB;
    let bytes = handmade(Codec::Zstd, 1, &zstd_runs(0x70));
    let batch = Batches::new(bytes, Crcs::Verify).next().unwrap().unwrap();
    let info = measure(|| {
        let too_large = RecordsError::TooLarge {
            base_offset: 0,
            codec: Codec::Zstd,
            limit,
        };
        assert_eq!(batch.open(limit), Err(too_large));
    });
    assert!(peak(&info) < 5 * limit, "{}", peak(&info));
}

#[test]
fn bombs_stop_at_the_limit() {
    for (codec, bomb) in bombs() {
        let bytes = handmade(codec, 1, &bomb);
        let batch = Batches::new(bytes, Crcs::Verify).next().unwrap().unwrap();
        for limit in [MIB, 20 * MIB] {
            let info = measure(|| {
                assert_eq!(
                    batch.open(limit),
                    Err(RecordsError::TooLarge {
                        base_offset: 0,
                        codec,
                        limit
                    })
                );
            });
            // A growing buffer holds old and new at once: at most three times the limit.
            assert!(
                peak(&info) < OWN + 3 * limit,
                "{codec}, limit {limit}: {}",
                peak(&info)
            );
        }
    }
}

#[test]
fn lengths_that_lie_cost_nothing() {
    // Snappy of 4 GiB (another reader took 13 s and 4.1 GB over it), raw and framed; zstd with a huge window
    // and with a huge content size; LZ4 with a huge content size.
    let lies: [(Codec, &[u8]); 5] = [
        (Codec::Snappy, &[0xff, 0xff, 0xff, 0xff, 0x0f, 0]),
        (
            Codec::Snappy,
            b"\x82SNAPPY\0\0\0\0\x01\0\0\0\x01\0\0\0\x06\xff\xff\xff\xff\x0f\0",
        ),
        (Codec::Zstd, &[0x28, 0xb5, 0x2f, 0xfd, 0, 0xff, 1, 0, 0]),
        (
            Codec::Zstd,
            &[0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0x40, 1, 0, 0],
        ),
        (
            Codec::Lz4,
            &[
                4, 0x22, 0x4d, 0x18, 0x48, 0x70, 0, 0, 0, 0, 0, 0, 0, 0x7f, 0x5c, 0, 0, 0, 0,
            ],
        ),
    ];
    for (codec, lie) in lies {
        let batch = Batches::new(handmade(codec, 1, lie), Crcs::Verify)
            .next()
            .unwrap()
            .unwrap();
        let info = measure(|| assert!(batch.open(64 * MIB).is_err()));
        assert!(peak(&info) < OWN, "{codec}: {}", peak(&info));
    }
}

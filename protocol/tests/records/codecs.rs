//! Every codec: there and back, frames that other libraries wrote, and limits.

use bytes::Bytes;
use kohort_protocol::records::{BatchBuilder, Codec, RecordsError};
use proptest::prelude::*;

use super::support::{Owned, batch, handmade, only, open, records, value};

const CODECS: [Codec; 4] = [Codec::Gzip, Codec::Snappy, Codec::Lz4, Codec::Zstd];

/// A batch of `count` records whose bytes were compressed elsewhere.
fn compressed(codec: Codec, count: i32, bytes: &[u8]) -> Bytes {
    handmade(i16::from(codec.id()), count.max(1) - 1, count, bytes)
}

fn opened(batch: &Bytes, limit: usize) -> Result<usize, RecordsError> {
    only(batch)?.open(limit).map(|open| open.bytes().len())
}

fn reason(result: Result<usize, RecordsError>) -> String {
    match result {
        Err(RecordsError::Decompression {
            base_offset: 100,
            reason,
            ..
        }) => reason,
        other => panic!("{other:?}"),
    }
}

/// What the frames in `frames/` hold: 40 records, 208,090 bytes.
fn foreign() -> Vec<Owned> {
    let record = |number: i64| Owned {
        // The base timestamp of a handmade batch is -1.
        timestamp: number - 1,
        key: Some(format!("key {number}").into_bytes()),
        value: Some(format!("record {number} of kohort, ").repeat(250).into_bytes()),
        headers: vec![],
    };
    (0..40).map(record).collect()
}

#[test]
fn frames_that_other_libraries_wrote_are_read() {
    // CPython's zlib, Google's snappy, the C libraries of lz4 and zstd.
    let frames: [(Codec, &str, &[u8]); 9] = [
        (Codec::Gzip, "plain", include_bytes!("frames/plain.gz")),
        (
            Codec::Gzip,
            "two members",
            include_bytes!("frames/two-members.gz"),
        ),
        (
            Codec::Snappy,
            "raw, as librdkafka writes it",
            include_bytes!("frames/raw.snappy"),
        ),
        (
            Codec::Lz4,
            "linked blocks, checksums, size",
            include_bytes!("frames/linked.lz4"),
        ),
        (
            Codec::Lz4,
            "independent blocks of 4 MiB",
            include_bytes!("frames/independent-4m.lz4"),
        ),
        (
            Codec::Zstd,
            "a stream at Java's default level",
            include_bytes!("frames/level3.zst"),
        ),
        (
            Codec::Zstd,
            "window of 32 MiB, checksum",
            include_bytes!("frames/level20.zst"),
        ),
        (Codec::Zstd, "known size", include_bytes!("frames/known-size.zst")),
        (Codec::Zstd, "two frames", include_bytes!("frames/two-frames.zst")),
    ];
    for (codec, what, frame) in frames {
        assert_eq!(
            records(&compressed(codec, 40, frame)).as_deref(),
            Ok(&foreign()[..]),
            "{codec}: {what}"
        );
    }
}

#[test]
fn a_zstd_window_larger_than_the_limit_is_refused_and_the_limit_allows_it() {
    let batch = compressed(Codec::Zstd, 40, include_bytes!("frames/level22.zst"));
    let reason = reason(opened(&batch, 64 << 20));
    assert!(reason.contains("window"), "{reason}");
    assert_eq!(opened(&batch, 128 << 20), Ok(208_090));
}

#[test]
fn snappy_is_written_in_blocks_as_java_does() {
    let mut builder = BatchBuilder::new().codec(Codec::Snappy);
    let large = "snappy ".repeat(10_000);
    builder.push(&value(0, large.as_bytes())).unwrap();
    let written = builder.finish().unwrap();
    assert_eq!(written[61..77], *b"\x82SNAPPY\0\0\0\0\x01\0\0\0\x01");
    let mut rest = &written[77..];
    let mut sizes = Vec::new();
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let (block, after) = after.split_at(u32::from_be_bytes(*length).try_into().unwrap());
        sizes.push(snap::raw::decompress_len(block).unwrap());
        rest = after;
    }
    assert_eq!(sizes, [32_768, 32_768, 70_011 - 65_536]);
    assert_eq!(
        records(&written).unwrap()[0].value.as_deref(),
        Some(large.as_bytes())
    );
}

#[test]
fn xerial_framing_of_another_version_is_read() {
    // Sarama writes version 1 in other byte orders; only the magic counts.
    let mut odd = batch(0, 3, Codec::Snappy).to_vec();
    odd[69..77].copy_from_slice(&[1, 0, 0, 0, 1, 0, 0, 0]);
    assert_eq!(
        records(&super::support::repaired(odd)),
        records(&batch(0, 3, Codec::None))
    );
}

#[test]
fn the_limit_is_exact() {
    for codec in CODECS {
        let size = batch(0, 500, Codec::None).len() - 61;
        let batch = batch(0, 500, codec);
        assert!(batch.len() < size, "{codec} compresses");
        assert_eq!(opened(&batch, size), Ok(size));
        let limit = size - 1;
        assert_eq!(
            opened(&batch, limit),
            Err(RecordsError::TooLarge {
                base_offset: 0,
                codec,
                limit
            })
        );
        assert!(opened(&batch, 0).is_err());
    }
}

#[test]
fn an_empty_batch_is_written_and_read_with_every_codec() {
    for codec in Codec::ALL {
        assert_eq!(records(&batch(0, 0, codec)), Ok(vec![]), "{codec}");
    }
}

#[test]
fn a_compressed_part_cut_at_any_byte_is_an_error_not_fewer_records() {
    for codec in CODECS {
        let whole = batch(100, 12, codec);
        let body = &whole[61..];
        for cut in 0..body.len() {
            let cut_off = compressed(codec, 12, &body[..cut]);
            // lz4_flex does not miss the end mark, four bytes: without it all records are there.
            let only_mark_cut = codec == Codec::Lz4 && cut + 4 >= body.len();
            let expected = only_mark_cut.then_some(12);
            assert_eq!(
                records(&cut_off).ok().map(|all| all.len()),
                expected,
                "{codec} cut at {cut}"
            );
        }
        assert_eq!(records(&compressed(codec, 12, body)).unwrap().len(), 12);
    }
}

#[test]
fn sizes_that_lie_are_errors() {
    let refused = |codec, bytes: &[u8]| reason(opened(&compressed(codec, 1, bytes), 64 << 20));
    // Snappy: 4 GiB from a few bytes, with and without framing; blocks beyond the end.
    refused(Codec::Snappy, &[0xff, 0xff, 0xff, 0xff, 0x0f, 0]);
    let framed = |length: u32, block: &[u8]| {
        [
            b"\x82SNAPPY\0\0\0\0\x01\0\0\0\x01",
            &length.to_be_bytes()[..],
            block,
        ]
        .concat()
    };
    refused(Codec::Snappy, &framed(6, &[0xff, 0xff, 0xff, 0xff, 0x0f, 0]));
    assert_eq!(
        refused(Codec::Snappy, &framed(u32::MAX, &[0; 9])),
        "a block is cut off"
    );
    assert_eq!(refused(Codec::Snappy, &framed(10, &[0; 9])), "a block is cut off");
    assert_eq!(refused(Codec::Snappy, b"\x82SNAPPY\0\0\0"), "a block is cut off");
    // LZ4: a content size of 2^63. Zstd: a single segment of 2^63 bytes.
    let lz4 = include_bytes!("frames/linked.lz4");
    let mut lie = lz4.to_vec();
    lie[6..14].copy_from_slice(&(1_u64 << 63).to_le_bytes());
    refused(Codec::Lz4, &lie);
    refused(
        Codec::Zstd,
        &[0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0x80, 1, 0, 0],
    );
}

#[test]
fn a_wrong_checksum_inside_a_frame_is_an_error() {
    for (codec, frame) in [
        (Codec::Gzip, &include_bytes!("frames/plain.gz")[..]),
        (Codec::Lz4, include_bytes!("frames/linked.lz4")),
        (Codec::Zstd, include_bytes!("frames/level20.zst")),
    ] {
        let mut frame = frame.to_vec();
        // Gzip ends with the size, behind its checksum; the others with the checksum.
        let last = frame.len() - if codec == Codec::Gzip { 5 } else { 1 };
        frame[last] ^= 1;
        reason(opened(&compressed(codec, 40, &frame), 64 << 20));
    }
}

#[test]
fn codecs_are_named_as_kafka_does() {
    for codec in Codec::ALL {
        assert_eq!(codec.name().parse(), Ok(codec));
        assert_eq!(Codec::from_id(codec.id()), Some(codec));
        assert!(codec.is_built());
    }
    assert!("ZSTD".parse::<Codec>().is_err());
}

#[test]
fn long_matches_survive_zstd() {
    // zstd-rs issue 116: two blocks of noise, the second the first shifted by eight bytes, came back short.
    let mut state = 88_172_645_463_325_252_u64;
    let mut noise = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    let block: Vec<u8> = (0..16_384).flat_map(|_| noise()).collect();
    let data = [&block[..], &noise(), &block[..131_064]].concat();
    let mut builder = BatchBuilder::new().codec(Codec::Zstd);
    builder.push(&value(0, &data)).unwrap();
    assert_eq!(
        records(&builder.finish().unwrap()).unwrap()[0].value.as_deref(),
        Some(&data[..])
    );
}

pub(crate) fn arbitrary_record() -> impl Strategy<Value = Owned> {
    let bytes = || prop::collection::vec(any::<u8>(), 0..40);
    let optional = move || prop::option::of(bytes());
    let headers = prop::collection::vec((bytes(), optional()), 0..4);
    (-1_i64..2_000_000_000_000, optional(), optional(), headers).prop_map(
        |(timestamp, key, value, headers)| Owned {
            timestamp,
            key,
            value,
            headers,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_is_read(
        all in prop::collection::vec(arbitrary_record(), 0..30),
        codec in prop::sample::select(&Codec::ALL[..]),
        base_offset in 0_i64..1 << 40,
    ) {
        let mut builder = BatchBuilder::new().codec(codec).base_offset(base_offset);
        for record in &all {
            record.push(&mut builder).unwrap();
        }
        let size = builder.size();
        let bytes = builder.finish().unwrap();
        prop_assert!(codec != Codec::None || bytes.len() == size, "the size told is exact");
        let open = open(&bytes).unwrap();
        prop_assert_eq!(open.bytes().len(), size - 61);
        let offsets: Vec<_> = open.records().map(|record| record.unwrap().offset()).collect();
        prop_assert_eq!(offsets, (base_offset..).take(all.len()).collect::<Vec<_>>());
        prop_assert_eq!(open.header().max_timestamp, all.iter().map(|r| r.timestamp).max().unwrap_or(-1));
        prop_assert_eq!(records(&bytes).unwrap(), all);
    }
}

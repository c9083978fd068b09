//! Framing, checksums, records, survey.

use bytes::Bytes;
use kohort_protocol::LeaderEpoch;
use kohort_protocol::records::{
    Attributes, BatchBuilder, BatchProblem, Batches, Codec, Crcs, NewRecord, RecordProblem, RecordsError,
    Stamp, TimestampType, survey,
};

use super::support::{Owned, batch, batches, handmade, joined, only, open, put, records, repaired, value};

fn problem_of(bytes: &Bytes) -> BatchProblem {
    match only(bytes).and_then(|_| records(bytes)) {
        Err(RecordsError::CorruptBatch { problem, .. }) => problem,
        other => panic!("{other:?}"),
    }
}

fn record_problem_of(bytes: &Bytes) -> (u32, RecordProblem) {
    match records(bytes) {
        Err(RecordsError::CorruptRecord {
            base_offset: 100,
            record,
            problem,
        }) => (record, problem),
        other => panic!("{other:?}"),
    }
}

/// Length 7: attributes, timestamp delta, offset delta, null key, null value, no headers.
const SMALLEST: [u8; 7] = [12, 0, 0, 0, 1, 1, 0];

#[test]
fn nothing_is_nothing() {
    assert_eq!(batches(&Bytes::new()), []);
    assert_eq!(survey(&Bytes::new(), Crcs::Verify), <_>::default());
    assert!(!survey(&Bytes::new(), Crcs::Verify).is_stuck());
}

#[test]
fn a_batch_cut_at_any_byte_is_the_end_and_the_one_before_it_stays() {
    let (first, second) = (batch(10, 3, Codec::None), batch(13, 2, Codec::None));
    let whole = joined(&[&first, &second]);
    for cut in 0..whole.len() {
        let seen = survey(&whole.slice(..cut), Crcs::Verify);
        let good = cut >= first.len();
        assert_eq!(seen.problem, None, "cut at {cut}");
        assert_eq!(seen.batches, usize::from(good));
        assert_eq!(seen.bytes, if good { first.len() } else { 0 });
        assert_eq!(seen.left_over, cut - seen.bytes);
        assert_eq!(seen.next_offset, good.then_some(13));
        assert_eq!(seen.is_stuck(), !good && cut > 0);
    }
}

#[test]
fn a_survey_tells_offsets_size_and_the_last_leader_epoch() {
    let stamp = |bytes: &Bytes, base_offset, epoch| {
        let partition_leader_epoch = LeaderEpoch(epoch);
        only(bytes).unwrap().stamped(Stamp {
            base_offset,
            partition_leader_epoch,
            log_append_time: None,
        })
    };
    let three = batch(0, 3, Codec::None);
    let whole = joined(&[&stamp(&three, 40, 6), &stamp(&three, 50, 7), b"half a"]);
    let seen = survey(&whole, Crcs::Verify);
    assert_eq!((seen.first_offset, seen.next_offset), (Some(40), Some(53)));
    assert_eq!(
        (seen.batches, seen.bytes, seen.left_over),
        (2, 2 * three.len(), 6)
    );
    assert_eq!(seen.last_leader_epoch, Some(LeaderEpoch(7)));
}

#[test]
fn a_flipped_bit_behind_the_checksum_is_found_and_good_batches_before_it_stay() {
    let good = batch(0, 3, Codec::None);
    let second = batch(3, 3, Codec::None);
    for at in 17..second.len() {
        let mut bad = second.to_vec();
        bad[at] ^= 0x10;
        let whole = joined(&[&good, &bad]);
        let seen = survey(&whole, Crcs::Verify);
        assert_eq!((seen.batches, seen.next_offset), (1, Some(3)), "byte {at}");
        let problem = seen.problem.unwrap();
        assert_eq!(problem.base_offset(), Some(3));
        assert!(
            problem
                .to_string()
                .contains("offset 3 is corrupt: its checksum is"),
            "{problem}"
        );
        assert_eq!(
            survey(&whole.slice(good.len()..), Crcs::Verify).problem,
            Some(problem)
        );
    }
}

#[test]
fn checksums_can_be_trusted() {
    let mut bytes = batch(0, 1, Codec::None).to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    put(&mut bytes, 17, &[0; 4]);
    let bytes = Bytes::from(bytes);
    assert!(only(&bytes).is_err());
    assert_eq!(survey(&bytes, Crcs::Trust).batches, 1);
}

#[test]
fn walking_ends_after_an_error() {
    let mut bad = batch(0, 1, Codec::None).to_vec();
    bad[30] ^= 1;
    let whole = joined(&[&bad, &batch(1, 1, Codec::None)]);
    let mut walk = Batches::new(whole.clone(), Crcs::Verify);
    assert!(walk.next().unwrap().is_err());
    assert_eq!(walk.next(), None);
    assert_eq!(walk.rest(), &whole);
}

#[test]
fn old_formats_are_named_even_when_cut_off() {
    for magic in [0, 1] {
        let mut old = batch(7, 1, Codec::None).to_vec();
        old[16] = magic;
        // As short as a message of format 0 can be.
        put(&mut old, 8, &14_i32.to_be_bytes());
        for end in [17, 26, old.len()] {
            let error = only(&Bytes::copy_from_slice(&old[..end])).unwrap_err();
            let magic = magic.cast_signed();
            assert_eq!(
                error,
                RecordsError::UnsupportedMagic {
                    base_offset: 7,
                    magic
                }
            );
            assert!(
                error.to_string().contains("unsupported message format"),
                "{error}"
            );
        }
    }
}

#[test]
fn a_length_that_no_batch_has_is_corrupt() {
    for length in [i32::MIN, -1, 0, 48] {
        let mut bytes = batch(0, 1, Codec::None).to_vec();
        put(&mut bytes, 8, &length.to_be_bytes());
        assert_eq!(problem_of(&bytes.into()), BatchProblem::Length(length));
    }
}

#[test]
fn offsets_that_make_no_sense_are_corrupt() {
    let with = |base: i64, delta: i32| {
        let mut bytes = handmade(0, delta, 0, &[]).to_vec();
        put(&mut bytes, 0, &base.to_be_bytes());
        repaired(bytes)
    };
    for (base, last_offset_delta) in [
        (-1, 0),
        (0, -1),
        (i64::MAX, 0),
        (i64::MAX - 1, 1),
        (i64::MIN, i32::MAX),
    ] {
        assert_eq!(
            problem_of(&with(base, last_offset_delta)),
            BatchProblem::Offsets { last_offset_delta }
        );
    }
    assert_eq!(
        only(&with(i64::MAX - 1, 0)).unwrap().header().next_offset(),
        i64::MAX
    );
    assert_eq!(problem_of(&handmade(0, 0, -5, &[])), BatchProblem::Count(-5));
}

#[test]
fn a_batch_that_begins_before_the_end_of_the_one_in_front_is_corrupt() {
    // The checksum does not cover the base offset: only this tells a wrong one.
    let whole = joined(&[&batch(10, 3, Codec::None), &batch(12, 1, Codec::None)]);
    let seen = survey(&whole, Crcs::Verify);
    let problem = BatchProblem::Order { previous_next: 13 };
    assert_eq!(
        seen.problem,
        Some(RecordsError::CorruptBatch {
            base_offset: 12,
            problem
        })
    );
    assert_eq!(seen.next_offset, Some(13));
}

#[test]
fn attributes_are_read_bit_by_bit() {
    let all = Attributes(0x7c);
    assert!(all.is_transactional() && all.is_control() && all.has_delete_horizon());
    assert_eq!(
        (all.codec_id(), all.timestamp_type()),
        (4, TimestampType::LogAppendTime)
    );
    let none = Attributes(0);
    assert!(!none.is_transactional() && !none.is_control() && !none.has_delete_horizon());
    assert_eq!(
        (none.codec_id(), none.timestamp_type()),
        (0, TimestampType::CreateTime)
    );
}

#[test]
fn null_and_empty_differ_and_duplicate_headers_stay_in_order() {
    let header = |key: &[u8], value: Option<&[u8]>| (key.to_vec(), value.map(<[u8]>::to_vec));
    let record = Owned {
        timestamp: -1,
        key: None,
        value: Some(vec![]),
        headers: vec![
            header(b"k", Some(b"1")),
            header(b"\xff\xfe", None),
            header(b"k", Some(b"2")),
            header(b"", Some(b"")),
        ],
    };
    let mut batch = BatchBuilder::new();
    record.push(&mut batch).unwrap();
    assert_eq!(records(&batch.finish().unwrap()).unwrap(), [record]);
}

#[test]
fn slices_are_of_the_fetched_bytes_themselves() {
    let mut builder = BatchBuilder::new();
    builder
        .push(&NewRecord {
            key: Some(b"key"),
            value: Some(b"value"),
            ..<_>::default()
        })
        .unwrap();
    let bytes = builder.finish().unwrap();
    let within = |part: &[u8]| bytes.as_ptr_range().contains(&part.as_ptr());
    let open = open(&bytes).unwrap();
    let record = open.records().next().unwrap().unwrap();
    assert!(within(record.key().unwrap()) && within(record.value().unwrap()));
    let (key, value) = (record.key_bytes().unwrap(), record.value_bytes().unwrap());
    assert!(within(&key) && within(&value));
    assert_eq!((&key[..], &value[..]), (&b"key"[..], &b"value"[..]));
}

#[test]
fn with_log_append_time_every_record_has_the_largest_timestamp() {
    // As Java reads it: first 1000, delta 7, max 5000 gives 5000.
    let mut builder = BatchBuilder::new();
    builder.push(&value(1_000, b"a")).unwrap();
    builder.push(&value(1_007, b"b")).unwrap();
    let sent = only(&builder.finish().unwrap()).unwrap();
    let stamp = Stamp {
        base_offset: 9,
        partition_leader_epoch: LeaderEpoch(4),
        log_append_time: Some(5_000),
    };
    let open = open(&sent.stamped(stamp)).unwrap();
    let seen: Vec<_> = open
        .records()
        .map(|r| r.unwrap())
        .map(|r| (r.offset(), r.timestamp()))
        .collect();
    assert_eq!(seen, [(9, 5_000), (10, 5_000)]);
    assert_eq!(
        open.records().next().unwrap().unwrap().timestamp_type(),
        TimestampType::LogAppendTime
    );
    assert_eq!(open.header().partition_leader_epoch, LeaderEpoch(4));
}

#[test]
fn with_a_delete_horizon_deltas_count_from_it() {
    let mut bytes = handmade(0x40, 0, 1, &[12, 0, 14, 0, 1, 1, 0]).to_vec();
    put(&mut bytes, 27, &9_000_i64.to_be_bytes());
    assert_eq!(records(&repaired(bytes)).unwrap()[0].timestamp, 9_007);
}

#[test]
fn a_compacted_batch_keeps_its_offsets() {
    let mut builder = BatchBuilder::new().base_offset(100);
    builder.push_at(3, &value(1, b"a")).unwrap();
    builder.push_at(70_000, &value(2, b"b")).unwrap();
    builder.end_at(70_009).unwrap();
    let open = open(&builder.finish().unwrap()).unwrap();
    let offsets: Vec<_> = open.records().map(|r| r.unwrap().offset()).collect();
    assert_eq!(offsets, [103, 70_100]);
    assert_eq!(open.header().next_offset(), 70_110);
}

#[test]
fn a_batch_without_records_is_good_whatever_its_codec() {
    for codec in 0..=4 {
        let open = open(&handmade(codec, 9, 0, &[])).unwrap();
        assert!(open.records().next().is_none());
        assert_eq!(open.header().next_offset(), 110);
    }
}

#[test]
fn wrong_counts_are_told_with_the_record_they_are_seen_at() {
    assert_eq!(
        records(&handmade(0, 0, 1, &SMALLEST)).unwrap(),
        [Owned {
            timestamp: -1,
            ..<_>::default()
        }]
    );
    assert_eq!(
        record_problem_of(&handmade(0, 5, 2, &SMALLEST)),
        (1, RecordProblem::Missing { count: 2 })
    );
    assert_eq!(
        record_problem_of(&handmade(0, 5, i32::MAX, &[])),
        (0, RecordProblem::Missing { count: 0x7fff_ffff })
    );
    let left_over = |count, bytes| BatchProblem::BytesAfterRecords { count, bytes };
    assert_eq!(problem_of(&handmade(0, 5, 0, &SMALLEST)), left_over(0, 7));
    assert_eq!(
        problem_of(&handmade(0, 5, 1, &[SMALLEST, SMALLEST].concat())),
        left_over(1, 7)
    );
}

#[test]
fn junk_in_a_record_is_told() {
    let cases: [(&[u8], RecordProblem); 13] = [
        (&[14, 0, 0, 0, 1, 1, 0, 9], RecordProblem::BytesAfterFields(1)),
        (&[14, 0, 0, 0, 1, 1, 0], RecordProblem::CutOff),
        (&[10, 0, 0, 0, 1, 1, 0], RecordProblem::CutOff),
        (&[1, 0, 0, 0, 1, 1, 0], RecordProblem::Length(-1)),
        (&[0x80, 0x80, 0x80, 0x80, 0x80, 0], RecordProblem::Varint),
        (&[12, 0, 0, 0, 3, 1, 0], RecordProblem::Length(-2)),
        (&[12, 0, 0, 0, 1, 3, 0], RecordProblem::Length(-2)),
        (&[12, 0, 0, 0, 1, 2, 0], RecordProblem::CutOff),
        (&[12, 0, 0, 0, 1, 1, 1], RecordProblem::HeaderCount(-1)),
        (&[12, 0, 0, 0, 1, 1, 2], RecordProblem::HeaderCount(1)),
        // A header key must not be null.
        (&[16, 0, 0, 0, 1, 1, 2, 1, 1], RecordProblem::Length(-1)),
        (&[16, 0, 0, 0, 1, 1, 2, 4, 1], RecordProblem::CutOff),
        (&[16, 0, 0, 0, 1, 1, 2, 0, 3], RecordProblem::Length(-2)),
    ];
    for (junk, problem) in cases {
        let bytes = handmade(0, 5, 1, junk);
        assert_eq!(record_problem_of(&bytes), (0, problem), "{junk:?}");
    }
}

#[test]
fn a_mad_header_count_is_told_at_once() {
    // 2^26 headers: another reader took 0.7 s and 130 MB over this one.
    let junk = [20, 0, 0, 0, 1, 1, 0x80, 0x80, 0x80, 0x40, 0];
    assert_eq!(
        record_problem_of(&handmade(0, 5, 1, &junk)),
        (0, RecordProblem::HeaderCount(1 << 26))
    );
}

#[test]
fn offsets_must_rise_within_the_batch() {
    let at = |delta: u8| [12, 0, 0, delta << 1, 1, 1, 0];
    let two = |first, second| handmade(0, 5, 2, &[at(first), at(second)].concat());
    let offset = |delta, after| RecordProblem::Offset {
        delta,
        after,
        last: 5,
    };
    assert!(records(&two(0, 5)).is_ok());
    assert_eq!(record_problem_of(&two(3, 3)), (1, offset(3, 3)));
    assert_eq!(record_problem_of(&two(3, 2)), (1, offset(2, 3)));
    assert_eq!(record_problem_of(&two(3, 6)), (1, offset(6, 3)));
    assert_eq!(
        record_problem_of(&handmade(0, 5, 1, &[12, 0, 0, 1, 1, 1, 0])),
        (0, offset(-1, -1))
    );
}

#[test]
fn a_timestamp_beyond_64_bits_is_told() {
    let mut bytes = handmade(0, 0, 1, &[12, 0, 2, 0, 1, 1, 0]).to_vec();
    put(&mut bytes, 27, &i64::MAX.to_be_bytes());
    assert_eq!(
        record_problem_of(&repaired(bytes)),
        (0, RecordProblem::Timestamp(1))
    );
}

#[test]
fn reading_ends_after_a_bad_record() {
    let open = open(&handmade(0, 5, 2, &[SMALLEST, [12, 0, 0, 0, 1, 1, 0]].concat())).unwrap();
    let mut walk = open.records();
    assert!(walk.next().unwrap().is_ok());
    assert!(walk.next().unwrap().is_err());
    assert!(walk.next().is_none());
}

#[test]
fn an_unknown_codec_is_told() {
    for id in 5..=7_u8 {
        let error = records(&handmade(i16::from(id), 0, 1, &SMALLEST)).unwrap_err();
        assert_eq!(error, RecordsError::UnknownCodec { base_offset: 100, id });
    }
}

//! The owned cursor: what it yields, and where it says it stands.

use bytes::Bytes;
use kohort_protocol::records::{
    AbortedTransactions, BatchBuilder, Codec, ControlType, Cursor, Producer, RecordsError, Stamp,
    control_batch,
};
use kohort_protocol::{LeaderEpoch, ProducerId};

use super::support::{batch, handmade, joined, only, value};

fn assert_owned<T: Send + 'static>(value: T) -> T {
    value
}

/// Offsets of the records, each with the position told after it; then the position at the end.
fn walk(mut cursor: Cursor) -> (Vec<(i64, i64)>, Option<RecordsError>, i64) {
    let mut seen = Vec::new();
    let mut problem = None;
    while let Some(next) = cursor.next() {
        match next.map(|record| record.offset()) {
            Ok(offset) => seen.push((offset, cursor.next_offset())),
            Err(error) => problem = Some(error),
        }
    }
    assert!(cursor.next().is_none(), "stays at its end");
    (seen, problem, cursor.next_offset())
}

fn marker(base_offset: i64) -> Bytes {
    let producer = Producer {
        id: ProducerId(1),
        epoch: 0,
        base_sequence: -1,
    };
    let batch = only(&control_batch(ControlType::Commit, producer, 0, 0).unwrap()).unwrap();
    batch.stamped(Stamp {
        base_offset,
        partition_leader_epoch: LeaderEpoch(0),
        log_append_time: None,
    })
}

#[test]
fn a_cursor_begins_at_the_offset_asked_for() {
    let whole = joined(&[&batch(10, 3, Codec::None), &batch(13, 3, Codec::Gzip)]);
    for from in 0..20 {
        let (seen, problem, end) = walk(assert_owned(Cursor::new(whole.clone(), from)));
        let expected: Vec<_> = (from.max(10)..16).map(|offset| (offset, offset + 1)).collect();
        assert_eq!(
            (seen, problem, end),
            (expected, None, from.max(16)),
            "from {from}"
        );
    }
}

#[test]
fn nothing_read_moves_nothing() {
    assert_eq!(Cursor::new(batch(10, 1, Codec::None), 3).next_offset(), 3);
    assert_eq!(walk(Cursor::new(Bytes::new(), 3)), (vec![], None, 3));
    let whole = batch(10, 2, Codec::None);
    assert_eq!(
        walk(Cursor::new(whole.slice(..whole.len() - 1), 10)),
        (vec![], None, 10)
    );
}

#[test]
fn empty_tails_and_control_batches_move_the_position_once_used_up() {
    let mut builder = BatchBuilder::new().base_offset(10);
    builder.push(&value(0, b"a")).unwrap();
    builder.push(&value(0, b"b")).unwrap();
    builder.end_at(9).unwrap();
    let whole = joined(&[&builder.finish().unwrap(), &marker(20), &handmade(0, 4, 0, &[])]);
    let (seen, problem, end) = walk(Cursor::new(whole, 10));
    // After the last record the tail is not passed yet, at the end it is; so are the marker and 100..=104.
    assert_eq!((seen, problem, end), (vec![(10, 11), (11, 12)], None, 105));
}

#[test]
fn after_an_error_the_position_is_the_first_record_not_handed_out() {
    let bad = handmade(0, 5, 2, &[12, 0, 0, 0, 1, 1, 0, 12, 0, 0, 0, 1, 1, 0]);
    let whole = joined(&[&batch(98, 2, Codec::None), &bad, &batch(106, 1, Codec::None)]);
    let (seen, problem, end) = walk(Cursor::new(whole.clone(), 0));
    assert_eq!(seen.iter().map(|s| s.0).collect::<Vec<_>>(), [98, 99, 100]);
    assert_eq!(end, 101);
    assert_eq!(problem.unwrap().base_offset(), Some(100));
    // From behind the bad record it is found as well: it lies in front of what is asked for.
    assert_eq!(walk(Cursor::new(whole, 103)).2, 103);
}

#[test]
fn checksums_are_verified_on_request() {
    let mut bytes = batch(0, 1, Codec::None).to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    let bytes = Bytes::from(bytes);
    assert!(
        walk(Cursor::new(bytes.clone(), 0)).1.is_some(),
        "the header count is wrong now"
    );
    let error = walk(Cursor::new(bytes, 0).verify_crcs()).1.unwrap();
    assert!(error.to_string().contains("checksum"), "{error}");
}

#[test]
fn the_limit_is_per_batch() {
    let whole = joined(&[&batch(0, 9, Codec::Lz4), &batch(9, 9, Codec::Lz4)]);
    let size = batch(0, 9, Codec::None).len() - 61;
    assert_eq!(
        walk(Cursor::new(whole.clone(), 0).decompressed_limit(size))
            .0
            .len(),
        18
    );
    let (seen, problem, end) = walk(Cursor::new(whole, 0).decompressed_limit(size - 1));
    assert_eq!((seen, end), (vec![], 0));
    assert_eq!(
        problem,
        Some(RecordsError::TooLarge {
            base_offset: 0,
            codec: Codec::Lz4,
            limit: size - 1
        })
    );
}

#[test]
fn read_committed_hides_what_was_aborted() {
    let producer = Producer {
        id: ProducerId(1),
        epoch: 0,
        base_sequence: 0,
    };
    let data = |base_offset| {
        let mut builder = BatchBuilder::new()
            .producer(producer)
            .transactional()
            .base_offset(base_offset);
        builder.push(&value(0, b"a")).unwrap();
        builder.finish().unwrap()
    };
    let abort = only(&control_batch(ControlType::Abort, producer, 0, 0).unwrap()).unwrap();
    let stamp = Stamp {
        base_offset: 2,
        partition_leader_epoch: LeaderEpoch(0),
        log_append_time: None,
    };
    let whole = joined(&[&data(0), &data(1), &abort.stamped(stamp), &data(3), &marker(4)]);
    let aborted = AbortedTransactions::new([kohort_protocol::api::fetch::AbortedTransaction {
        producer_id: ProducerId(1),
        first_offset: 0,
    }]);
    let committed = walk(Cursor::new(whole.clone(), 0).read_committed(aborted.clone()));
    assert_eq!(committed, (vec![(3, 4)], None, 5));
    // A marker below the offset asked for counts too.
    assert_eq!(
        walk(Cursor::new(whole.clone(), 3).read_committed(aborted)),
        (vec![(3, 4)], None, 5)
    );
    assert_eq!(
        walk(Cursor::new(whole, 0)),
        (vec![(0, 1), (1, 2), (3, 4)], None, 5)
    );
}

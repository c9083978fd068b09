//! What the builder writes, and what a broker stamps.

use bytes::Bytes;
use kohort_protocol::records::{
    BatchBuilder, Batches, Codec, ControlType, Crcs, DECOMPRESSED_LIMIT, NewRecord, Producer, RecordsError,
    Stamp, control_batch,
};
use kohort_protocol::{LeaderEpoch, ProducerId};

use super::support::{batch, only, records, value};

const PRODUCER: Producer = Producer {
    id: ProducerId(77),
    epoch: 3,
    base_sequence: 12,
};

#[test]
fn a_batch_is_written_byte_for_byte_as_the_format_says() {
    let mut builder = BatchBuilder::new()
        .producer(PRODUCER)
        .transactional()
        .base_offset(5);
    let headers: [(&[u8], Option<&[u8]>); 1] = [(b"h", None)];
    builder
        .push(&NewRecord {
            key: Some(b"k"),
            value: None,
            timestamp: 1_000,
            headers: &headers,
        })
        .unwrap();
    builder.push(&value(999, b"v")).unwrap();
    let bytes = builder.finish().unwrap();
    let crc = crc32c::crc32c(&bytes[21..]).to_be_bytes();
    let expected: &[&[u8]] = &[
        &5_i64.to_be_bytes(),
        &68_i32.to_be_bytes(),
        &(-1_i32).to_be_bytes(),
        &[2],
        &crc,
        &0x10_i16.to_be_bytes(),
        &1_i32.to_be_bytes(),
        &1_000_i64.to_be_bytes(),
        &1_000_i64.to_be_bytes(),
        &77_i64.to_be_bytes(),
        &3_i16.to_be_bytes(),
        &12_i32.to_be_bytes(),
        &2_i32.to_be_bytes(),
        &[20, 0, 0, 0, 2, b'k', 1, 2, 2, b'h', 1],
        &[14, 0, 1, 2, 1, 2, b'v', 0],
    ];
    assert_eq!(bytes, expected.concat());
}

#[test]
fn an_empty_batch_has_no_timestamps_and_no_producer() {
    let bytes = BatchBuilder::new().finish().unwrap();
    assert_eq!(bytes.len(), 61);
    let header = *only(&bytes).unwrap().header();
    assert_eq!(
        (header.base_timestamp, header.max_timestamp, header.count),
        (-1, -1, 0)
    );
    assert_eq!(
        (header.producer_id, header.producer_epoch, header.base_sequence),
        (ProducerId::NONE, -1, -1)
    );
}

#[test]
fn records_keep_the_builder_within_the_format() {
    let mut builder = BatchBuilder::new();
    builder.push(&value(i64::MIN, b"")).unwrap();
    let before = builder.clone().finish().unwrap();
    assert_eq!(
        builder.push(&value(1, b"")),
        Err(RecordsError::TimestampRange {
            timestamp: 1,
            first: i64::MIN
        })
    );
    assert_eq!(
        builder.push_at(0, &value(0, b"")),
        Err(RecordsError::OffsetOrder {
            delta: 0,
            previous: 0
        })
    );
    assert_eq!(
        builder.end_at(0),
        Err(RecordsError::OffsetOrder {
            delta: 0,
            previous: 0
        })
    );
    assert_eq!(builder.clone().finish().unwrap(), before);
    builder.end_at(i32::MAX).unwrap();
    assert!(matches!(
        builder.push(&value(i64::MIN, b"")),
        Err(RecordsError::BatchTooLarge { .. })
    ));
}

#[test]
fn a_stamp_sets_offset_and_epoch_outside_of_the_checksum() {
    for codec in Codec::ALL.into_iter().filter(|codec| codec.is_built()) {
        let sent = batch(0, 4, codec);
        let stamp = Stamp {
            base_offset: 900,
            partition_leader_epoch: LeaderEpoch(8),
            log_append_time: None,
        };
        let stamped = only(&sent).unwrap().stamped(stamp);
        assert_eq!(stamped[17..], sent[17..]);
        let header = *only(&stamped).unwrap().header();
        assert_eq!(
            (header.base_offset, header.partition_leader_epoch),
            (900, LeaderEpoch(8))
        );
        assert_eq!(records(&stamped).unwrap(), records(&sent).unwrap());
    }
}

#[test]
fn a_stamp_without_append_time_does_not_mend_a_wrong_checksum() {
    let mut bytes = batch(0, 1, Codec::None).to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    let trusted = Batches::new(bytes.into(), Crcs::Trust).next().unwrap().unwrap();
    let stamp = Stamp {
        base_offset: 1,
        partition_leader_epoch: LeaderEpoch(1),
        log_append_time: None,
    };
    assert!(only(&trusted.stamped(stamp)).is_err());
}

#[test]
fn control_batches_are_told_from_data() {
    let kind = |bytes: &Bytes| only(bytes).unwrap().control_type(DECOMPRESSED_LIMIT);
    for control in [ControlType::Abort, ControlType::Commit, ControlType::Other(2)] {
        let bytes = control_batch(control, PRODUCER, 5, 1_234).unwrap();
        assert_eq!(kind(&bytes), Ok(Some(control)));
        let header = *only(&bytes).unwrap().header();
        assert!(header.attributes.is_control() && header.attributes.is_transactional());
        assert_eq!(
            (header.producer_id, header.producer_epoch, header.base_sequence),
            (ProducerId(77), 3, -1)
        );
        // Java's EndTransactionMarker: version 0 and the coordinator's epoch.
        assert_eq!(
            records(&bytes).unwrap()[0].value.as_deref(),
            Some(&[0, 0, 0, 0, 0, 5][..])
        );
    }
    assert_eq!(kind(&batch(0, 1, Codec::None)), Ok(None));
}

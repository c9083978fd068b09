//! Records that cannot be read, found only while they are being read: the checksum is right, the compressed bytes are not.

use bytes::Bytes;
use kohort_group::member::{MemberError, SeekTo};
use kohort_group::{Consumer, ConsumerError, RecordError, Records};
use kohort_protocol::records::Codec;

use crate::rig::*;

const CRC_AT: usize = 17;
const CHECKED_FROM: usize = 21;
const HEADER: usize = 61;

/// A batch of five whose gzip stream is none.
fn unreadable() -> Bytes {
    let mut bytes = batch(0, 5).codec(Codec::Gzip).finish().unwrap().to_vec();
    bytes[HEADER..].fill(0);
    let crc = crc32c::crc32c(&bytes[CHECKED_FROM..]);
    bytes[CRC_AT..CHECKED_FROM].copy_from_slice(&crc.to_be_bytes());
    bytes.into()
}

/// Three good records, five that cannot be read, and good ones again from 8 on.
async fn rig() -> Rig {
    let rig = Rig::new(1, 2).await;
    rig.feed(0, 3).await;
    rig.append(0, unreadable()).await;
    rig.feed(0, 12).await;
    rig
}

async fn up_to_the_error(consumer: &mut Consumer) -> (Records, RecordError) {
    let mut records = within(60 * SECOND, consumer.next()).await.unwrap();
    for offset in 0..3 {
        assert_eq!(records.next().unwrap().unwrap().offset(), offset);
    }
    let error = records.next().unwrap().unwrap_err();
    assert!(records.next().is_none(), "nothing comes after an error");
    assert_eq!(records.position().offset, 3);
    (records, error)
}

#[tokio::test(start_paused = true)]
async fn the_partition_stops_at_the_first_record_not_handed_out_and_the_others_go_on() {
    let rig = rig().await;
    let mut consumer = rig.consumer().build().unwrap();
    let (records, error) = up_to_the_error(&mut consumer).await;
    assert_eq!((error.offset, error.behind), (3, Some(8)));
    assert!(
        error
            .to_string()
            .starts_with("t-0: the record at offset 3 cannot be read: "),
        "{error}"
    );
    drop(records);

    // The application looked away: it is told once more.
    let told = within(60 * SECOND, consumer.next()).await.unwrap_err();
    let ConsumerError::Member(MemberError::Corrupt {
        partition: stopped,
        offset: 3,
        ..
    }) = &told
    else {
        panic!("{told}")
    };
    assert_eq!(stopped, &partition(0));
    rig.feed(1, 30).await;
    let mut seen = Seen::default();
    read_until(&mut consumer, &mut seen, 30).await;
    assert!(seen.0.keys().all(|(index, _)| *index == 1));
    assert!(
        tokio::time::timeout(60 * SECOND, consumer.next()).await.is_err(),
        "it stands still, quietly"
    );
    let status = consumer.status().await.unwrap();
    let view = &status.partitions[0];
    assert_eq!(
        (view.stopped, view.delivered, view.processed),
        (true, Some(3), Some(3))
    );

    consumer
        .seek(partition(0), SeekTo::Offset(error.behind.unwrap()))
        .await
        .unwrap();
    let mut records = within(60 * SECOND, consumer.next()).await.unwrap();
    assert_eq!(records.next().unwrap().unwrap().offset(), 8);
    read_until(&mut consumer, &mut seen, 30).await;
    consumer.close().await.unwrap();
    assert!(rig.committed().await.into_values().eq([20, 30]));
}

#[tokio::test(start_paused = true)]
async fn who_seeks_past_it_at_once_is_not_told_again() {
    let rig = rig().await;
    let mut consumer = rig.consumer().build().unwrap();
    let (records, error) = up_to_the_error(&mut consumer).await;
    consumer
        .seek(records.partition().clone(), SeekTo::Offset(error.behind.unwrap()))
        .await
        .unwrap();
    let mut records = within(60 * SECOND, consumer.next()).await.unwrap();
    assert_eq!(records.next().unwrap().unwrap().offset(), 8);
}

#[tokio::test(start_paused = true)]
async fn what_was_not_handed_out_is_never_committed() {
    let rig = rig().await;
    let mut consumer = rig.consumer().build().unwrap();
    let (records, _) = up_to_the_error(&mut consumer).await;
    sleep(10 * SECOND).await;
    within(60 * SECOND, consumer.close()).await.unwrap();
    assert_eq!(rig.committed().await[&0], 3);
    // The records outlive their consumer; what they say then concerns nobody.
    drop(records);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_checksum_is_told_with_its_offset_after_what_comes_before_it() {
    let rig = Rig::new(1, 1).await;
    rig.feed(0, 30).await;
    rig.tap.change(|_, mut response| {
        if let kohort_protocol::api::Response::Fetch(fetch) = &mut response {
            for partition in fetch.responses.iter_mut().flat_map(|topic| &mut topic.partitions) {
                partition.records = partition.records.take().map(|records| spoil(&records, 10));
            }
        }
        response
    });
    let mut consumer = rig.consumer().build().unwrap();
    let mut seen = Seen::default();
    read_until(&mut consumer, &mut seen, 10).await;
    let told = within(60 * SECOND, consumer.next()).await.unwrap_err();
    assert!(
        matches!(
            &told,
            ConsumerError::Member(MemberError::Corrupt { offset: 10, .. })
        ),
        "{told}"
    );
    seen.assert_once(1, 10);
}

/// Turns a bit in the last record of the batch with this base offset.
fn spoil(records: &Bytes, base_offset: i64) -> Bytes {
    let mut bytes = records.to_vec();
    let mut at = 0;
    while at + 12 <= bytes.len() {
        let end = at
            + 12
            + usize::try_from(i32::from_be_bytes(bytes[at + 8..at + 12].try_into().unwrap())).unwrap();
        if bytes[at..at + 8] == base_offset.to_be_bytes() {
            bytes[end - 2] ^= 1;
        }
        at = end;
    }
    bytes.into()
}

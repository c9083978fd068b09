//! Records that cannot be read, found only while they are being read: the checksum is right, the compressed bytes are not.

use bytes::Bytes;
use kohort_group::member::{MemberError, SeekTo};
use kohort_group::{Consumer, ConsumerError, Properties, RecordError, Records};
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

/// A log of 30 in batches of 10, in which `change` is done to what is fetched of it.
async fn changed(change: impl Fn(&Bytes) -> Bytes + Send + 'static) -> Rig {
    let rig = Rig::new(1, 1).await;
    rig.feed(0, 30).await;
    rig.tap.change(move |_, mut response| {
        if let kohort_protocol::api::Response::Fetch(fetch) = &mut response {
            for partition in fetch.responses.iter_mut().flat_map(|topic| &mut topic.partitions) {
                partition.records = partition.records.take().map(|records| change(&records));
            }
        }
        response
    });
    rig
}

/// What the application is told after the ten records before.
async fn told_at_10(rig: &Rig) -> String {
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
    told.to_string()
}

#[tokio::test(start_paused = true)]
async fn a_wrong_checksum_is_told_with_topic_partition_and_offset_after_what_comes_before_it() {
    let rig = changed(|records| spoil(records, 10)).await;
    let told = told_at_10(&rig).await;
    assert!(
        told.starts_with("t-0: the records at offset 10 cannot be read: "),
        "{told}"
    );
    assert!(told.contains("its checksum is 0x"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn without_check_crcs_a_wrong_checksum_is_nobodys_concern() {
    let rig = changed(|records| spoil(records, 10)).await;
    let properties = Properties::parse([
        ("check.crcs", "false"),
        ("auto.offset.reset", "earliest"),
        ("session.timeout.ms", "6000"),
    ])
    .unwrap();
    let mut consumer = rig.consumer().properties(&properties).build().unwrap();
    let mut values = Vec::new();
    while values.len() < 30 {
        let mut records = within(60 * SECOND, consumer.next()).await.unwrap();
        while let Some(record) = records.next() {
            values.push(record.unwrap().value().unwrap()[7]);
        }
    }
    let spoilt = 19 ^ 1;
    let as_sent: Vec<u8> = (0..19).chain([spoilt]).chain(20..30).collect();
    assert_eq!(values, as_sent);
}

/// Java converts message formats 0 and 1, of before Kafka 0.11; we say what is to be done.
#[tokio::test(start_paused = true)]
async fn an_old_message_format_is_named_with_topic_partition_and_offset() {
    const MAGIC_AT: usize = 16;
    for magic in [0, 1] {
        let rig = changed(move |records| {
            let mut bytes = records.to_vec();
            if let Some(at) = start_of(&bytes, 10) {
                bytes[at + MAGIC_AT] = magic;
            }
            bytes.into()
        })
        .await;
        let told = told_at_10(&rig).await;
        let words = format!("unsupported message format {magic}: only format 2");
        assert!(
            told.starts_with("t-0: the records at offset 10") && told.contains(&words),
            "{told}"
        );
    }
}

/// The answer to a seek may be looked at late, when the partition has stopped once more.
#[tokio::test(start_paused = true)]
async fn a_partition_that_stops_again_before_the_seek_returns_is_told_of_again() {
    let rig = changed(|records| spoil(records, 10)).await;
    let mut consumer = rig.consumer().build().unwrap();
    read_until(&mut consumer, &mut Seen::default(), 10).await;
    drop(within(60 * SECOND, consumer.next()).await.unwrap_err());
    {
        let mut seek = std::pin::pin!(consumer.seek(partition(0), SeekTo::Offset(10)));
        assert!(cut(1, seek.as_mut()).await.is_none());
        sleep(5 * SECOND).await;
        seek.await.unwrap();
    }
    drop(within(60 * SECOND, consumer.next()).await.unwrap_err());
}

/// The seek is done though nobody waits for it, and so is what comes with it.
#[tokio::test(start_paused = true)]
async fn a_dropped_seek_past_it_is_enough() {
    for pause in [std::time::Duration::ZERO, SECOND] {
        let rig = changed(|records| spoil(records, 10)).await;
        let mut consumer = rig.consumer().build().unwrap();
        read_until(&mut consumer, &mut Seen::default(), 10).await;
        sleep(SECOND).await; // the notice lies ready
        assert!(
            cut(1, consumer.seek(partition(0), SeekTo::Offset(20)))
                .await
                .is_none()
        );
        sleep(pause).await;
        let mut records = within(60 * SECOND, consumer.next()).await.unwrap();
        assert_eq!(records.next().unwrap().unwrap().offset(), 20);
    }
}

/// Turns a bit in the value of the last record of the batch with this base offset.
fn spoil(records: &Bytes, base_offset: i64) -> Bytes {
    let mut bytes = records.to_vec();
    if let Some(at) = start_of(&bytes, base_offset) {
        let end = at + length_of(&bytes[at..]);
        bytes[end - 2] ^= 1;
    }
    bytes.into()
}

/// Where the batch with this base offset begins.
fn start_of(records: &[u8], base_offset: i64) -> Option<usize> {
    let mut at = 0;
    while at + HEADER <= records.len() {
        if records[at..at + 8] == base_offset.to_be_bytes() {
            return Some(at);
        }
        at += length_of(&records[at..]);
    }
    None
}

fn length_of(batch: &[u8]) -> usize {
    12 + usize::try_from(i32::from_be_bytes(batch[8..12].try_into().unwrap())).unwrap()
}

//! Transactions, as a broker that has them answers: control records are never seen, aborted ones only by who wants them, and the
//! position passes both.

use bytes::Bytes;
use kohort_protocol::api::Response;
use kohort_protocol::api::fetch::{AbortedTransaction, FetchResponsePartition};
use kohort_protocol::records::{Batches, ControlType, Crcs, Producer, Stamp, control_batch};
use kohort_protocol::{IsolationLevel, ProducerId};

use crate::rig::*;

fn producer(id: i64) -> Producer {
    Producer {
        id: ProducerId(id),
        epoch: 0,
        base_sequence: 0,
    }
}

fn data(id: i64, first: i64, count: i64) -> Bytes {
    batch(first, count)
        .producer(producer(id))
        .transactional()
        .finish()
        .unwrap()
}

fn control(id: i64, kind: ControlType) -> Bytes {
    control_batch(kind, producer(id), 0, 0).unwrap()
}

/// 0-3 aborted, 4 its mark, 5-7 committed, 8 its mark, 9-10 aborted, 11 its mark.
fn log() -> Vec<Bytes> {
    vec![
        data(1, 0, 4),
        control(1, ControlType::Abort),
        data(2, 5, 3),
        control(2, ControlType::Commit),
        data(1, 9, 2),
        control(1, ControlType::Abort),
    ]
}

/// The batches at the place in the log where `records` begin.
fn in_place_of(records: &Bytes, batches: &[Bytes]) -> Bytes {
    let first = Batches::new(records.clone(), Crcs::Trust)
        .next()
        .unwrap()
        .unwrap();
    let mut base_offset = first.header().base_offset;
    let mut all = Vec::new();
    for bytes in batches {
        let batch = Batches::new(bytes.clone(), Crcs::Verify).next().unwrap().unwrap();
        let epoch = first.header().partition_leader_epoch;
        let stamp = Stamp {
            base_offset,
            partition_leader_epoch: epoch,
            log_append_time: None,
        };
        all.extend_from_slice(&batch.stamped(stamp));
        base_offset += i64::from(batch.header().last_offset_delta) + 1;
    }
    all.into()
}

fn play(at_the_start: bool, fetched: &mut FetchResponsePartition, committed: bool) {
    let Some(records) = fetched.records.as_ref().filter(|records| !records.is_empty()) else {
        return;
    };
    fetched.records = Some(match at_the_start {
        true => in_place_of(records, &log()),
        false => in_place_of(records, &[control(3, ControlType::Commit)]),
    });
    let aborted = |producer_id, first_offset| AbortedTransaction {
        producer_id: ProducerId(producer_id),
        first_offset,
    };
    fetched.aborted_transactions = committed.then(|| vec![aborted(1, 0), aborted(1, 9)]);
}

async fn seen_under(level: IsolationLevel) -> Vec<i64> {
    let rig = Rig::new(1, 1).await;
    rig.feed(0, 12).await;
    let committed = level == IsolationLevel::ReadCommitted;
    let mut plays = 0;
    rig.tap.change(move |_, mut response| {
        if let Response::Fetch(fetch) = &mut response {
            for partition in fetch.responses.iter_mut().flat_map(|topic| &mut topic.partitions) {
                play(plays == 0, partition, committed);
                plays += 1;
            }
        }
        response
    });
    let mut consumer = rig.consumer().isolation_level(level).build().unwrap();
    let mut records = within(60 * SECOND, consumer.next()).await.unwrap();
    let mut offsets = Vec::new();
    while let Some(record) = records.next() {
        offsets.push(record.unwrap().offset());
        assert!(
            records.position().offset <= 11,
            "the mark is passed only once the rest is used up"
        );
    }
    assert_eq!(records.position().offset, 12, "behind the last mark");
    assert_eq!(consumer.status().await.unwrap().partitions[0].delivered, Some(12));

    // A mark and nothing else: there is nothing to hand out, but the position moves and is committed.
    rig.feed(0, 1).await;
    assert!(tokio::time::timeout(SECOND, consumer.next()).await.is_err());
    assert_eq!(consumer.status().await.unwrap().partitions[0].delivered, Some(13));
    consumer.close().await.unwrap();
    assert_eq!(rig.committed().await[&0], 13);
    offsets
}

#[tokio::test(start_paused = true)]
async fn read_committed_hides_what_was_aborted() {
    assert_eq!(seen_under(IsolationLevel::ReadCommitted).await, [5, 6, 7]);
}

#[tokio::test(start_paused = true)]
async fn read_uncommitted_shows_it_but_no_control_record() {
    assert_eq!(
        seen_under(IsolationLevel::ReadUncommitted).await,
        [0, 1, 2, 3, 5, 6, 7, 9, 10]
    );
}

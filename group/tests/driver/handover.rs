//! Hand-over: what the application is handed, when, and what its guards hold back.

use kohort_group::Delivery;
use kohort_group::member::{CommitError, MemberState, SeekTo};
use kohort_protocol::ApiKey;

use crate::rig::*;

#[tokio::test(start_paused = true)]
async fn records_come_once_in_order_and_only_what_was_come_back_for_is_committed() {
    let rig = Rig::new(1, 2).await;
    rig.feed(0, 100).await;
    rig.feed(1, 100).await;
    let mut consumer = rig.consumer().build().unwrap();
    let mut seen = Seen::default();
    let mut read = [0, 0];
    while seen.len() < 200 {
        let mut records = within(60 * SECOND, consumer.next()).await.unwrap();
        // S10: what was handed out just now is not committed, however long the application takes for it.
        sleep(6 * SECOND).await;
        for (index, offset) in rig.committed().await {
            assert_eq!(offset, read[usize::try_from(index).unwrap()], "partition {index}");
        }
        let position = seen.read(&mut records);
        read[usize::try_from(position.partition.partition).unwrap()] = position.offset;
    }
    seen.assert_once(2, 100);
    within(60 * SECOND, consumer.close()).await.unwrap();
    assert_eq!(
        rig.committed().await.into_values().collect::<Vec<_>>(),
        [100, 100]
    );
}

#[tokio::test(start_paused = true)]
async fn no_record_of_a_revoked_partition_is_handed_out_and_none_is_lost() {
    let rig = Rig::new(1, 4).await;
    for index in 0..4 {
        rig.feed(index, 200).await;
    }
    let mut first = rig
        .consumer()
        .configure(|config| config.max_partition_fetch_bytes = 600)
        .build()
        .unwrap();
    let mut seen = Seen::default();
    drop(assigned(&mut first).await);
    seen.read(&mut records(&mut first).await);
    sleep(SECOND / 10).await;
    let before = first.status().await.unwrap();
    assert!(before.buffered_bytes > 0, "records lie ready");

    let mut second = rig.consumer().build().unwrap();
    sleep(3 * SECOND).await; // a heartbeat tells of the rebalance meanwhile
    assert_eq!(first.status().await.unwrap().buffered_bytes, 0, "withdrawn (S20)");
    let going = revoking(&mut first).await;
    assert_eq!(going.partitions().len(), 4);
    let members = rig.members().await;
    assert_eq!(members, 2);
    // While the notice is held the rebalance waits, and nothing more comes.
    let waiting = tokio::spawn(async move {
        let held = assigned(&mut second).await;
        (held, second)
    });
    assert!(cut(3, first.next_delivery()).await.is_none());
    sleep(20 * SECOND).await;
    assert!(!waiting.is_finished());
    drop(going);
    let (held, mut second) = within(10 * SECOND, waiting).await.unwrap();
    assert_eq!(held.partitions().len(), 2);
    drop(held);
    let mut others = Seen::default();
    let (one, two) = tokio::join!(
        read_all(&mut first, &mut seen, 400),
        read_all(&mut second, &mut others, 400)
    );
    assert!(one >= 400 && two >= 400);
    for (record, times) in others.0 {
        *seen.0.entry(record).or_default() += times;
    }
    // Nothing was committed before the rebalance but by coming back for more: that was all that was seen.
    seen.assert_once(4, 200);
}

/// Until all partitions owned are read to their end.
async fn read_all(consumer: &mut kohort_group::Consumer, seen: &mut Seen, least: usize) -> usize {
    loop {
        if let Ok(delivered) = tokio::time::timeout(10 * SECOND, consumer.next_delivery()).await {
            if let Delivery::Records(mut records) = delivered.unwrap() {
                seen.read(&mut records);
            }
        } else if seen.len() >= least {
            return seen.len();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_fetched_while_assigned_is_held_and_a_seek_in_it_counts() {
    let rig = Rig::new(1, 2).await;
    rig.feed(0, 100).await;
    rig.feed(1, 100).await;
    let mut consumer = rig.consumer().build().unwrap();
    let held = assigned(&mut consumer).await;
    sleep(30 * SECOND).await;
    assert_eq!(
        (rig.tap.count(ApiKey::Fetch), rig.tap.count(ApiKey::ListOffsets)),
        (0, 0)
    );
    consumer.seek(partition(0), SeekTo::Offset(90)).await.unwrap();
    consumer.seek(partition(1), SeekTo::End).await.unwrap();
    drop(held);
    let mut records = records(&mut consumer).await;
    assert_eq!(records.partition(), &partition(0));
    assert_eq!(records.next().unwrap().unwrap().offset(), 90);
    assert!(
        tokio::time::timeout(10 * SECOND, consumer.next_delivery())
            .await
            .is_err()
    );
    rig.feed(1, 1).await;
    let mut records = within(10 * SECOND, consumer.next()).await.unwrap();
    assert_eq!(records.next().unwrap().unwrap().offset(), 100);
}

#[tokio::test(start_paused = true)]
async fn a_commit_while_revoking_is_held_lands_and_heartbeats_go_on() {
    let rig = Rig::new(1, 1).await;
    rig.feed(0, 50).await;
    let mut first = rig.consumer().auto_commit_interval(None).build().unwrap();
    drop(assigned(&mut first).await);
    let mut seen = Seen::default();
    let mut position = seen.read(&mut records(&mut first).await);
    let second = rig.consumer().build().unwrap();
    sleep(3 * SECOND).await;
    let going = revoking(&mut first).await;
    assert!(going.deadline() > tokio::time::Instant::now() + 250 * SECOND);
    // Longer than the session: the member lives on (S13).
    sleep(30 * SECOND).await;
    assert_eq!(rig.members().await, 2);
    position.offset = 7;
    first.commit([position.clone()]).await.unwrap();
    assert_eq!(rig.committed().await[&0], 7);
    // One that was asked for before the notice is let go of is still done.
    position.offset = 8;
    let last = first.commit([position.clone()]);
    drop(going);
    assert_eq!(last.await, Ok(()));
    assert_eq!(rig.committed().await[&0], 8);
    sleep(3 * SECOND).await;
    let fenced = first.commit([position.clone()]).await.unwrap_err();
    assert_eq!(
        fenced,
        CommitError::Fenced {
            partitions: vec![partition(0)]
        }
    );
    drop(second);
    let beats = rig.tap.times(ApiKey::Heartbeat);
    let gaps = beats.windows(2).map(|pair| pair[1] - pair[0]);
    assert!(gaps.max().unwrap() < 2 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_revocation_dropped_by_a_panic_is_not_acknowledged() {
    let rig = Rig::new(1, 1).await;
    rig.feed(0, 50).await;
    let mut first = rig.consumer().build().unwrap();
    drop(assigned(&mut first).await);
    Seen::default().read(&mut records(&mut first).await);
    let second = rig.consumer().build().unwrap();
    sleep(3 * SECOND).await;
    let going = revoking(&mut first).await;
    let failed = std::thread::spawn(move || {
        let _going = going;
        std::panic::resume_unwind(Box::new("the application fails"));
    });
    assert!(failed.join().is_err());
    sleep(SECOND).await;
    assert_eq!(rig.tap.count(ApiKey::LeaveGroup), 1);
    assert_eq!(rig.members().await, 1, "it left");
    assert_eq!(lost(&mut first).await, [partition(0)]);
    assert!(rig.committed().await.is_empty(), "nothing counts as processed");
    drop(second);
    // It came back: it joins again.
    drop(assigned(&mut first).await);
    assert_eq!(records(&mut first).await.next().unwrap().unwrap().offset(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_late_drop_does_nothing() {
    let rig = Rig::new(1, 1).await;
    let mut first = rig.consumer().max_poll_interval(10 * SECOND).build().unwrap();
    let early = assigned(&mut first).await;
    let second = rig.consumer().max_poll_interval(10 * SECOND).build().unwrap();
    sleep(3 * SECOND).await;
    let going = revoking(&mut first).await;
    drop(early); // overtaken: it neither acknowledges nor fetches
    sleep(SECOND).await;
    assert_eq!(
        rig.tap.count(ApiKey::JoinGroup),
        4,
        "two each: the first has not joined again"
    );
    sleep(10 * SECOND).await;
    assert!(going.deadline() < tokio::time::Instant::now());
    let notice = delivery(&mut first).await;
    assert!(
        matches!(notice, Delivery::Notice(_) | Delivery::Lost(_)),
        "{notice:?}"
    );
    drop(second);
    let status = async {
        while first.status().await.unwrap().state != MemberState::Stable {
            drop(tokio::time::timeout(SECOND, first.next_delivery()).await);
        }
        first.status().await.unwrap()
    };
    let before = within(60 * SECOND, status).await;
    drop(going);
    sleep(2 * SECOND).await;
    let after = first.status().await.unwrap();
    assert_eq!((after.state, after.group), (MemberState::Stable, before.group));
}

#[tokio::test(start_paused = true)]
async fn paused_partitions_wait_and_lose_nothing() {
    let rig = Rig::new(1, 2).await;
    rig.feed(0, 100).await;
    rig.feed(1, 100).await;
    let mut consumer = rig
        .consumer()
        .configure(|config| config.max_partition_fetch_bytes = 600)
        .build()
        .unwrap();
    let mut seen = Seen::default();
    seen.read(&mut consumer.next().await.unwrap());
    sleep(SECOND).await;
    consumer.pause([partition(0)]);
    let before = seen.0.keys().filter(|(index, _)| *index == 0).count();
    let rest = async {
        while tokio::time::timeout(10 * SECOND, async {
            seen.read(&mut consumer.next().await.unwrap())
        })
        .await
        .is_ok()
        {}
    };
    within(600 * SECOND, rest).await;
    let after = seen.0.keys().filter(|(index, _)| *index == 0).count();
    assert_eq!(
        (after, seen.len() - after),
        (before, 100),
        "only the other one goes on"
    );
    consumer.resume([partition(0)]);
    read_until(&mut consumer, &mut seen, 200).await;
    seen.assert_once(2, 100);
}

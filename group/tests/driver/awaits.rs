//! Every public future of a consumer is dropped at each of its await points, once there and once when it was just woken (C09). What was
//! asked for happens once, nothing is lost or handed out twice, and the group does not wait for what a dropped future took along.

use std::time::Duration;

use kohort_broker::{Fault, FaultAction};
use kohort_group::member::{CommitOffset, SeekTo};
use kohort_group::{Consumer, Delivery};
use kohort_protocol::{ApiKey, ErrorCode};

use crate::rig::*;

const RECORDS: usize = 50;

/// A consumer in the middle of its life, and a future of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Awaited {
    Next,
    /// `next_delivery`, that is to bring ...
    Assigned,
    Records,
    Revoking,
    Lost,
    Commit,
    CommitProcessed,
    CommitBareOffsets,
    Seek,
    Status,
    GroupMetadata,
    Close,
    CloseWithin,
    Leave,
}

const ALL: [Awaited; 14] = [
    Awaited::Next,
    Awaited::Assigned,
    Awaited::Records,
    Awaited::Revoking,
    Awaited::Lost,
    Awaited::Commit,
    Awaited::CommitProcessed,
    Awaited::CommitBareOffsets,
    Awaited::Seek,
    Awaited::Status,
    Awaited::GroupMetadata,
    Awaited::Close,
    Awaited::CloseWithin,
    Awaited::Leave,
];

/// Where and how a future is dropped.
#[derive(Clone, Copy, Debug)]
struct Point {
    polls: usize,
    when: Cut,
}

impl Point {
    async fn cut<F: Future>(self, future: F) -> Option<F::Output> {
        within(60 * SECOND, cut_exactly(self.polls, self.when, future)).await
    }
}

async fn rig() -> Rig {
    let rig = Rig::new(1, 1).await;
    rig.feed(0, i64::try_from(RECORDS).unwrap()).await;
    rig
}

/// One that commits only what it is told to, and gets a batch or two at a time.
fn manual(rig: &Rig) -> Consumer {
    let builder = rig.consumer().auto_commit_interval(None);
    let builder = builder.configure(|config| config.max_partition_fetch_bytes = 600);
    builder.build().unwrap()
}

async fn reading(rig: &Rig) -> (Consumer, Seen, CommitOffset) {
    let (mut consumer, mut seen) = (manual(rig), Seen::default());
    let position = seen.read(&mut consumer.next().await.unwrap());
    (consumer, seen, position)
}

/// It goes on to the end: S08, S09 by `Seen`, and what is committed is what was read.
async fn goes_on(rig: &Rig, mut consumer: Consumer, mut seen: Seen) {
    read_until(&mut consumer, &mut seen, RECORDS).await;
    seen.assert_once(1, i64::try_from(RECORDS).unwrap());
    drop(within(SECOND, consumer.status()).await.unwrap());
    let end = consumer
        .committer()
        .commit_bare_offsets([(partition(0), i64::try_from(RECORDS).unwrap())]);
    within(SECOND, end).await.unwrap();
    within(5 * SECOND, consumer.close()).await.unwrap();
    assert_eq!((rig.committed().await[&0], rig.members().await), (50, 0));
}

/// Whether the future was complete before it could be dropped there.
async fn is_complete(awaited: Awaited, at: Point) -> bool {
    match awaited {
        Awaited::Next => {
            let rig = rig().await;
            let (mut consumer, mut seen) = (manual(&rig), Seen::default());
            let records = at.cut(consumer.next()).await;
            let complete = records.is_some();
            records
                .into_iter()
                .for_each(|records| drop(seen.read(&mut records.unwrap())));
            goes_on(&rig, consumer, seen).await;
            complete
        }
        Awaited::Assigned | Awaited::Records | Awaited::Revoking | Awaited::Lost => brings(awaited, at).await,
        Awaited::Commit | Awaited::CommitProcessed | Awaited::CommitBareOffsets => commits(awaited, at).await,
        Awaited::Seek => {
            let rig = rig().await;
            let (mut consumer, seen, position) = reading(&rig).await;
            let sought = at.cut(consumer.seek(partition(0), SeekTo::Offset(5))).await;
            // Before its first poll nothing was asked; from then on it is done.
            let expected = if at.polls == 0 { position.offset } else { 5 };
            let mut records = within(5 * SECOND, consumer.next()).await.unwrap();
            assert_eq!(records.next().unwrap().unwrap().offset(), expected, "{at:?}");
            let from = consumer.seek(partition(0), SeekTo::Offset(position.offset));
            within(SECOND, from).await.unwrap();
            goes_on(&rig, consumer, seen).await;
            sought.is_some()
        }
        Awaited::Status | Awaited::GroupMetadata => {
            let rig = rig().await;
            let (consumer, seen, _) = reading(&rig).await;
            let complete = match awaited {
                Awaited::Status => at.cut(consumer.status()).await.map(drop).is_some(),
                _ => at.cut(consumer.group_metadata()).await.map(drop).is_some(),
            };
            goes_on(&rig, consumer, seen).await;
            complete
        }
        Awaited::Close | Awaited::CloseWithin | Awaited::Leave => ends(awaited, at).await,
    }
}

/// The delivery that a dropped future waited for still comes, once.
async fn brings(awaited: Awaited, at: Point) -> bool {
    let rig = rig().await;
    let (mut consumer, mut seen) = (manual(&rig), Seen::default());
    let mut other = None;
    if awaited != Awaited::Assigned {
        drop(assigned(&mut consumer).await);
    }
    if matches!(awaited, Awaited::Revoking | Awaited::Lost) {
        while seen.len() < RECORDS {
            seen.read(&mut records(&mut consumer).await);
        }
        consumer
            .committer()
            .commit_bare_offsets([(partition(0), 50)])
            .await
            .unwrap();
    }
    match awaited {
        Awaited::Revoking => other = Some(tokio::spawn(joins(manual(&rig)))),
        Awaited::Lost => {
            let thrown_out = FaultAction::Answer(ErrorCode::UNKNOWN_MEMBER_ID);
            rig.broker
                .inject(Fault::on(ApiKey::Heartbeat, thrown_out))
                .await
                .unwrap();
        }
        _ => {}
    }
    let early = at.cut(consumer.next_delivery()).await;
    let complete = early.is_some();
    let mut came = early.map(Result::unwrap);
    let story = async {
        loop {
            let delivery = match came.take() {
                Some(delivery) => delivery,
                None => consumer.next_delivery().await.unwrap(),
            };
            match (awaited, &delivery) {
                (Awaited::Assigned, Delivery::Assigned(_))
                | (Awaited::Revoking, Delivery::Revoking(_))
                | (Awaited::Lost, Delivery::Lost(_)) => return delivery,
                (Awaited::Records, Delivery::Records(_)) => return delivery,
                (_, Delivery::Notice(_)) => {}
                other => panic!("{other:?}, {at:?}"),
            }
        }
    };
    match within(60 * SECOND, story).await {
        Delivery::Records(mut records) => drop(seen.read(&mut records)),
        guard => drop(guard),
    }
    if let Some(other) = other {
        // The group goes on: nothing that was dropped holds it up.
        let going = async {
            while !other.is_finished() {
                drop(tokio::time::timeout(SECOND, consumer.next_delivery()).await);
            }
            other.await.unwrap().leave().await.unwrap();
        };
        within(60 * SECOND, going).await;
    }
    within(60 * SECOND, owns(&mut consumer)).await;
    goes_on(&rig, consumer, seen).await;
    complete
}

async fn owns(consumer: &mut Consumer) {
    while consumer.status().await.unwrap().partitions.is_empty() {
        drop(tokio::time::timeout(SECOND, consumer.next_delivery()).await);
    }
}

/// Waits until it is a member.
async fn joins(mut consumer: Consumer) -> Consumer {
    drop(assigned(&mut consumer).await);
    consumer
}

/// Queued by the call itself, so the offset is committed wherever the future is dropped; and no other one.
async fn commits(awaited: Awaited, at: Point) -> bool {
    let rig = rig().await;
    let (mut consumer, mut seen, position) = reading(&rig).await;
    read_until(&mut consumer, &mut seen, RECORDS).await;
    cut(1, consumer.next()).await;
    let (commit, offset) = match awaited {
        Awaited::Commit => (consumer.commit([position.clone()]), position.offset),
        Awaited::CommitProcessed => (consumer.commit_processed(), 50),
        _ => (consumer.committer().commit_bare_offsets([(partition(0), 7)]), 7),
    };
    let complete = at.cut(commit).await.map(Result::unwrap).is_some();
    sleep(SECOND).await;
    assert_eq!(rig.committed().await[&0], offset, "{awaited:?}, {at:?}");
    assert_eq!(rig.tap.count(ApiKey::OffsetCommit), 1, "{awaited:?}, {at:?}");
    goes_on(&rig, consumer, seen).await;
    complete
}

/// The farewell goes on in the background. Before the first poll it is only the consumer that is dropped: it leaves all the same.
async fn ends(awaited: Awaited, at: Point) -> bool {
    let rig = rig().await;
    let mut consumer = rig.consumer().build().unwrap();
    read_until(&mut consumer, &mut Seen::default(), RECORDS).await;
    let limit = Duration::from_secs(7);
    let complete = match awaited {
        Awaited::Close => at.cut(consumer.close()).await,
        Awaited::CloseWithin => at.cut(consumer.close_within(limit)).await,
        _ => at.cut(consumer.leave()).await,
    };
    let complete = complete.map(Result::unwrap).is_some();
    sleep(SECOND).await;
    let committed = rig.committed().await.get(&0).copied();
    let commits = awaited != Awaited::Leave && at.polls > 0;
    assert_eq!(
        (rig.members().await, committed == Some(50)),
        (0, commits),
        "{awaited:?}, {at:?}: {committed:?}"
    );
    complete
}

#[tokio::test(start_paused = true)]
async fn every_future_at_every_await_point() {
    let mut sum = 0;
    for awaited in ALL {
        let mut counts = [0, 0];
        for (count, when) in counts.iter_mut().zip([Cut::AtOnce, Cut::WhenWoken]) {
            while !is_complete(awaited, Point { polls: *count, when }).await {
                *count += 1;
                assert!(*count < 50, "{awaited:?} never completes");
            }
        }
        println!("{:<20} polls={counts:?}", format!("{awaited:?}"));
        assert!(counts[0] >= 2 && counts[1] >= 2, "{awaited:?} never waits?");
        sum += counts[0] + counts[1];
    }
    println!("consumer futures={} cuts={sum}", ALL.len());
}

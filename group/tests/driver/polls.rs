//! Heartbeats while the application is busy, and `max.poll.interval.ms` when it is for too long (S13, S14, rule 6).

use kohort_group::member::{CommitError, MemberError, MemberState};
use kohort_group::{Delivery, Notice};
use kohort_protocol::ApiKey;

use crate::rig::*;

#[tokio::test(start_paused = true)]
async fn an_application_that_stays_away_leaves_and_joins_again_when_it_comes_back() {
    let rig = Rig::new(1, 1).await;
    rig.feed(0, 50).await;
    let mut consumer = rig.consumer().max_poll_interval(10 * SECOND).build().unwrap();
    drop(assigned(&mut consumer).await);
    let mut seen = Seen::default();
    let position = seen.read(&mut records(&mut consumer).await);
    sleep(9 * SECOND).await;
    assert_eq!((rig.tap.count(ApiKey::LeaveGroup), rig.members().await), (0, 1));
    sleep(2 * SECOND).await;
    assert_eq!((rig.tap.count(ApiKey::LeaveGroup), rig.members().await), (1, 0));
    sleep(60 * SECOND).await;
    assert_eq!(rig.tap.count(ApiKey::JoinGroup), 2, "it stays away");
    let refused = consumer.commit([position.clone()]).await.unwrap_err();
    assert!(
        matches!(refused, CommitError::Fenced { .. } | CommitError::NotMember),
        "{refused}"
    );

    let notice = delivery(&mut consumer).await;
    let Delivery::Notice(Notice::Trouble(MemberError::PollIntervalExceeded {
        waited_ms, limit_ms, ..
    })) = notice
    else {
        panic!("{notice:?}")
    };
    assert_eq!((waited_ms, limit_ms), (10_000, 10_000));
    assert_eq!(lost(&mut consumer).await, [partition(0)]);
    drop(assigned(&mut consumer).await);
    let fenced = consumer.commit([position]).await.unwrap_err();
    assert_eq!(
        fenced,
        CommitError::Fenced {
            partitions: vec![partition(0)]
        },
        "read in another period"
    );
    // What was not committed comes again.
    assert_eq!(records(&mut consumer).await.next().unwrap().unwrap().offset(), 0);
}

#[tokio::test(start_paused = true)]
async fn waiting_inside_next_counts_as_polling() {
    let rig = Rig::new(1, 1).await;
    let mut consumer = rig.consumer().max_poll_interval(10 * SECOND).build().unwrap();
    drop(assigned(&mut consumer).await);
    assert!(tokio::time::timeout(60 * SECOND, consumer.next()).await.is_err());
    assert_eq!(rig.tap.count(ApiKey::LeaveGroup), 0);
    // The time runs from when the waiting ended.
    sleep(9 * SECOND).await;
    assert_eq!(consumer.status().await.unwrap().state, MemberState::Stable);
    sleep(2 * SECOND).await;
    assert_eq!(rig.tap.count(ApiKey::LeaveGroup), 1);
}

/// S13: whatever the application does within its interval, the coordinator hears of the member all the time.
#[tokio::test(start_paused = true)]
async fn heartbeats_go_on_while_the_application_is_busy_and_during_rebalances() {
    let rig = Rig::new(1, 2).await;
    rig.feed(0, 50).await;
    let mut consumer = rig.consumer().build().unwrap();
    let guard = assigned(&mut consumer).await;
    sleep(30 * SECOND).await; // a long set-up
    drop(guard);
    let held = records(&mut consumer).await;
    sleep(30 * SECOND).await; // long work
    drop(held);
    drop(tokio::time::timeout(30 * SECOND, consumer.next()).await); // and long waiting
    let rival = tokio::spawn({
        let mut rival = rig.rival().build().unwrap();
        async move {
            drop(assigned(&mut rival).await);
            sleep(30 * SECOND).await;
            rival
        }
    });
    let guard = loop {
        if let Delivery::Revoking(guard) = delivery(&mut consumer).await {
            break guard;
        }
    };
    sleep(30 * SECOND).await; // a long revocation
    drop(guard);
    drop(assigned(&mut consumer).await);
    drop(tokio::time::timeout(30 * SECOND, consumer.next()).await);
    let beats = rig.tap.times(ApiKey::Heartbeat);
    assert!(beats.len() > 140, "{}", beats.len());
    let gaps = beats.windows(2).map(|pair| pair[1] - pair[0]);
    assert!(gaps.max().unwrap() < 2 * SECOND);
    assert_eq!(rig.members().await, 2);
    drop(rival.await.unwrap());
}

/// The process was stopped, or the runtime starved, for longer than the session (C05, C07): the clock jumps, and nothing else.
#[tokio::test(start_paused = true)]
async fn a_process_that_slept_through_its_session_finds_its_partitions_lost() {
    let rig = Rig::new(1, 1).await;
    rig.feed(0, 50).await;
    let mut consumer = rig.consumer().build().unwrap();
    drop(assigned(&mut consumer).await);
    let position = Seen::default().read(&mut records(&mut consumer).await);
    let before = consumer.group_metadata().await.unwrap();
    tokio::time::advance(60 * SECOND).await;
    sleep(SECOND / 10).await;
    let fenced = consumer.commit([position]).await.unwrap_err();
    assert!(matches!(fenced, CommitError::Fenced { .. }), "{fenced}");
    assert_eq!(lost(&mut consumer).await, [partition(0)]);
    drop(assigned(&mut consumer).await);
    assert_ne!(consumer.group_metadata().await.unwrap(), before);
    assert_eq!(records(&mut consumer).await.next().unwrap().unwrap().offset(), 0);
    assert_eq!(rig.committed().await, [].into());
}

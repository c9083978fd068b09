//! The end: closing, leaving, dropping, and runtimes that end first (S15, L05, C10).

use std::net::TcpListener;

use kohort_broker::Command;
use kohort_client::{Client, ClientConfig};
use kohort_group::member::{CommitError, MemberError, SeekTo};
use kohort_group::{Consumer, ConsumerError};
use kohort_protocol::{ApiKey, NodeId};
use tokio::runtime::{Builder, Runtime};

use crate::rig::*;

#[tokio::test(start_paused = true)]
async fn close_commits_then_leaves() {
    let rig = Rig::new(1, 1).await;
    rig.feed(0, 50).await;
    let mut consumer = rig.consumer().build().unwrap();
    read_until(&mut consumer, &mut Seen::default(), 50).await;
    let before = rig.tap.asked().len();
    within(SECOND, consumer.close()).await.unwrap();
    let asked = rig.tap.asked();
    let last: Vec<_> = asked[before..]
        .iter()
        .filter(|api| !matches!(api, ApiKey::Fetch | ApiKey::ApiVersions))
        .collect();
    assert_eq!(last, [&ApiKey::OffsetCommit, &ApiKey::LeaveGroup]);
    assert_eq!((rig.members().await, rig.committed().await[&0]), (0, 50));
    sleep(60 * SECOND).await;
    assert_eq!(rig.tap.asked().len(), asked.len(), "it is quiet");
}

#[tokio::test(start_paused = true)]
async fn leaving_and_dropping_commit_nothing_more() {
    let rig = Rig::new(1, 1).await;
    rig.feed(0, 50).await;
    for dropped in [false, true] {
        let mut consumer = rig.consumer().build().unwrap();
        let mut records = within(60 * SECOND, consumer.next()).await.unwrap();
        assert_eq!(records.next().unwrap().unwrap().offset(), 0);
        if dropped {
            drop(consumer);
            sleep(SECOND).await;
        } else {
            within(SECOND, consumer.leave()).await.unwrap();
        }
        assert_eq!(rig.members().await, 0);
        assert_eq!(rig.committed().await, [].into());
        assert_eq!(rig.tap.count(ApiKey::OffsetCommit), 0);
    }
    assert_eq!(rig.tap.count(ApiKey::LeaveGroup), 2);
}

#[tokio::test(start_paused = true)]
async fn a_member_that_is_only_joining_leaves_too() {
    let rig = Rig::new(1, 1).await;
    let holder = rig.consumer().build().unwrap();
    sleep(SECOND).await;
    let second = rig.consumer().build().unwrap();
    sleep(SECOND).await;
    assert_eq!(
        rig.members().await,
        2,
        "the second one's JoinGroup is parked: the first does not let go"
    );
    within(5 * SECOND, second.close()).await.unwrap();
    assert_eq!(rig.members().await, 1);
    drop(holder);
}

#[tokio::test(start_paused = true)]
async fn without_any_broker_closing_ends_in_time() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap(); // closed again: nobody listens
    let client = Client::new(ClientConfig::new(&port.to_string())).unwrap();
    let consumer = || Consumer::builder(&client, "g").topics([TOPIC]).build().unwrap();
    let one = consumer();
    sleep(5 * SECOND).await;
    within(SECOND, one.close()).await.unwrap();
    within(SECOND, consumer().close()).await.unwrap();
    within(SECOND, consumer().close_within(std::time::Duration::ZERO))
        .await
        .ok();
}

#[tokio::test(start_paused = true)]
async fn with_brokers_that_are_gone_closing_says_what_is_not_done_in_time() {
    for answers in [false, true] {
        let rig = Rig::new(1, 1).await;
        rig.feed(0, 50).await;
        let mut consumer = rig.consumer().session_timeout(30 * SECOND).build().unwrap();
        read_until(&mut consumer, &mut Seen::default(), 50).await;
        let node = NodeId(1);
        rig.broker
            .command(if answers {
                Command::Pause(node)
            } else {
                Command::Stop(node)
            })
            .await
            .unwrap();
        let before = tokio::time::Instant::now();
        let error = within(8 * SECOND, consumer.close_within(7 * SECOND))
            .await
            .unwrap_err();
        assert!(
            matches!(error, ConsumerError::Member(MemberError::Unfinished { .. })),
            "{error}"
        );
        assert!(before.elapsed() >= 7 * SECOND, "it tries as long as it may");
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_client_may_be_dropped() {
    let mut rig = Rig::new(1, 1).await;
    rig.feed(0, 50).await;
    let mut consumer = rig.consumer().build().unwrap();
    rig.client = Client::new(ClientConfig::new("127.0.0.1:1")).unwrap();
    let mut seen = Seen::default();
    read_until(&mut consumer, &mut seen, 50).await;
    within(SECOND, consumer.close()).await.unwrap();
    assert_eq!((rig.members().await, rig.committed().await[&0]), (0, 50));
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// In real time, but nothing waits for any.
#[test]
fn no_future_hangs_when_the_runtime_of_the_consumer_ends() {
    let (first, second) = (runtime(), runtime());
    let build = || {
        let _inside = first.enter();
        let client = Client::new(ClientConfig::new("127.0.0.1:1")).unwrap();
        Consumer::builder(&client, "g").topics([TOPIC]).build().unwrap()
    };
    let (mut waiting, mut idle, closing) = (build(), build(), build());
    let committer = idle.committer();
    let commit = idle.committer().commit_bare_offsets([(partition(0), 1)]);
    let started =
        std::thread::spawn(move || second.block_on(async { tokio::join!(waiting.next(), closing.close()) }));
    // Their first polls are done, or will be when nothing runs any more: the answer must be the same.
    drop(first);
    let (next, close) = started.join().unwrap();
    assert_eq!(next.unwrap_err(), ConsumerError::Gone);
    assert_eq!(
        close.unwrap_err(),
        ConsumerError::Gone,
        "it was not closed, and must not say so"
    );
    runtime().block_on(async {
        assert_eq!(commit.await, Err(CommitError::Closed));
        assert_eq!(committer.commit_processed().await, Err(CommitError::Closed));
        assert_eq!(idle.next().await.unwrap_err(), ConsumerError::Gone);
        assert_eq!(idle.next_delivery().await.unwrap_err(), ConsumerError::Gone);
        assert_eq!(
            idle.seek(partition(0), SeekTo::End).await.unwrap_err(),
            ConsumerError::Gone
        );
        assert_eq!(idle.status().await.unwrap_err(), ConsumerError::Gone);
        assert_eq!(idle.group_metadata().await.unwrap_err(), ConsumerError::Gone);
        idle.pause([partition(0)]);
        assert_eq!(idle.leave().await.unwrap_err(), ConsumerError::Gone);
    });
}

#[test]
fn outside_a_runtime_building_is_an_error() {
    let client = runtime().block_on(async { Client::new(ClientConfig::new("127.0.0.1:1")).unwrap() });
    let error = Consumer::builder(&client, "g")
        .topics([TOPIC])
        .build()
        .unwrap_err();
    assert_eq!(error, kohort_group::BuildError::NoRuntime);
}

//! Which requests may wait behind which.

use kohort_protocol::Lane;
use kohort_protocol::api::fetch::FetchRequest;
use kohort_protocol::api::join_group::{JoinGroupRequest, JoinGroupResponse};
use kohort_protocol::api::offset_commit::{OffsetCommitRequest, OffsetCommitResponse};
use kohort_protocol::api::sync_group::SyncGroupRequest;

use super::*;

#[tokio::test(start_paused = true)]
async fn parked_joins_block_neither_each_other_nor_heartbeats() {
    let net = Net::default();
    net.broker("b1:9092", |_, request| match request.api {
        ApiKey::JoinGroup => Then::After(20 * SECOND, JoinGroupResponse::default().into()),
        _ => Then::Answer(empty(&request.request)),
    });
    let client = net.client("b1:9092");
    let (mut one, mut two) = (client.port(), client.port());
    one.send(
        1,
        NODE,
        Lane::Join,
        JoinGroupRequest::default().into(),
        60 * SECOND,
    );
    two.send(
        1,
        NODE,
        Lane::Join,
        JoinGroupRequest::default().into(),
        60 * SECOND,
    );
    for _ in 0..10 {
        let beat = client.call_within(NODE, heartbeat(), SECOND).await;
        assert!(beat.is_ok(), "{beat:?}");
    }
    let (first, second) = tokio::join!(one.recv(), two.recv());
    assert!(first.1.is_ok() && second.1.is_ok());
    assert_eq!(net.open(), 3);

    // The SyncGroup that follows borrows one of the two again; a third exchange at once needs no third.
    one.send(2, NODE, Lane::Join, SyncGroupRequest::default().into(), SECOND);
    two.send(2, NODE, Lane::Join, SyncGroupRequest::default().into(), SECOND);
    let (first, second) = tokio::join!(one.recv(), two.recv());
    assert!(first.1.is_ok() && second.1.is_ok());
    assert_eq!((net.open(), net.dials().len()), (3, 3));

    tokio::time::sleep(11 * SECOND).await;
    assert_eq!(net.open(), 1, "borrowed connections do not wait idle for long");
}

#[tokio::test(start_paused = true)]
async fn a_call_through_a_future_borrows_a_join_connection_too() {
    let net = Net::default();
    net.broker("b1:9092", |_, request| match request.api {
        ApiKey::JoinGroup => Then::Park,
        _ => Then::Answer(empty(&request.request)),
    });
    let client = net.client("b1:9092");
    let join = tokio::spawn({
        let client = client.clone();
        async move {
            client
                .call_within(NODE, JoinGroupRequest::default(), SECOND)
                .await
        }
    });
    settle().await;
    client.call(NODE, SyncGroupRequest::default()).await.unwrap();
    client.call(NODE, heartbeat()).await.unwrap();
    let failure = join.await.unwrap().unwrap_err();
    assert!(
        failure.to_string().contains("JoinGroup got no answer within 1s"),
        "{failure}"
    );
}

#[tokio::test(start_paused = true)]
async fn commits_go_down_one_connection_in_order() {
    let net = Net::default();
    net.broker("b1:9092", |_, _| {
        Then::After(SECOND, OffsetCommitResponse::default().into())
    });
    let client = net.client("b1:9092");
    let mut port = client.port();
    for generation in 0..5 {
        let commit = OffsetCommitRequest {
            generation_id_or_member_epoch: kohort_protocol::Generation(generation),
            retention_time_ms: -1,
            ..OffsetCommitRequest::default()
        };
        port.send(
            u64::from(generation.unsigned_abs()),
            NODE,
            Lane::Commit,
            commit.into(),
            30 * SECOND,
        );
    }
    for token in 0..5 {
        assert_eq!(port.recv().await.0, token);
    }
    assert_eq!(net.dials().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_long_poll_blocks_no_other_consumer_and_not_the_fetch_beside_it() {
    let net = Net::default();
    net.broker("b1:9092", |_, request| match &request.request {
        Request::Fetch(fetch) if fetch.max_wait_ms > 0 => Then::After(20 * SECOND, empty(&request.request)),
        other => Then::Answer(empty(other)),
    });
    let poll = |max_wait_ms| FetchRequest {
        max_wait_ms,
        ..FetchRequest::default()
    };
    let client = net.client("b1:9092");
    let (mut one, mut two) = (client.port(), client.port());
    one.send(1, NODE, Lane::Fetch, poll(500).into(), 30 * SECOND);
    one.send(2, NODE, Lane::FetchOnce, poll(0).into(), SECOND);
    two.send(1, NODE, Lane::Fetch, poll(0).into(), SECOND);
    assert_eq!(one.recv().await.0, 2);
    assert!(two.recv().await.1.is_ok());
    assert_eq!(one.recv().await.0, 1);
    drop(one);
    settle().await;
    assert_eq!(net.open(), 1, "the fetch connections went with their consumer");
}

//! Abandoned calls, dropped futures, throttled and failing brokers.

use kohort_protocol::api::join_group::JoinGroupRequest;
use kohort_protocol::api::metadata::MetadataRequest;
use tokio::time::timeout;

use super::*;
use crate::{CallFailure, Lane};

#[tokio::test(start_paused = true)]
async fn an_abandoned_call_stays_silent_and_others_on_its_connection_are_disconnected() {
    let net = Net::default();
    net.broker("b1:9092", |connection, request| match connection {
        1 => Then::Park,
        _ => Then::Answer(empty(&request.request)),
    });
    let client = net.client("b1:9092");
    let (mut one, mut two) = (client.port(), client.port());
    one.send(1, NODE, Lane::Control, heartbeat().into(), 30 * SECOND);
    two.send(1, NODE, Lane::Control, heartbeat().into(), 30 * SECOND);
    settle().await;
    one.abandon(1);
    assert!(matches!(
        two.recv().await,
        (1, Err(CallFailure::Disconnected { .. }))
    ));
    assert!(
        timeout(60 * SECOND, one.recv()).await.is_err(),
        "abandoned: no reply"
    );
    one.send(2, NODE, Lane::Control, heartbeat().into(), SECOND);
    assert!(matches!(one.recv().await, (2, Ok(_))));
}

#[tokio::test(start_paused = true)]
async fn a_call_right_after_an_abandonment_does_not_fail_with_it_and_can_be_abandoned_itself() {
    let net = Net::default();
    net.broker("b1:9092", |connection, request| match connection {
        1 | 3 => Then::Park,
        _ => Then::Answer(empty(&request.request)),
    });
    let client = net.client("b1:9092");
    let mut port = client.port();
    port.send(1, NODE, Lane::Control, heartbeat().into(), SECOND);
    settle().await;
    port.abandon(1);
    port.send(2, NODE, Lane::Control, heartbeat().into(), SECOND);
    port.send(3, NODE, Lane::Control, heartbeat().into(), SECOND);
    port.abandon(3);
    assert!(matches!(port.recv().await, (2, Ok(_))));
    assert_eq!(net.seen().len(), 2, "the third was never sent");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_moved_to_another_connection_is_abandoned_there() {
    let net = Net::default();
    net.broker("b1:9092", |_, _| Then::Park);
    let client = net.client("b1:9092");
    let mut port = client.port();
    port.send(1, NODE, Lane::Control, heartbeat().into(), 30 * SECOND);
    settle().await;
    port.abandon(1);
    port.send(2, NODE, Lane::Control, heartbeat().into(), 30 * SECOND);
    settle().await;
    assert_eq!((net.seen().len(), net.open()), (2, 1));
    port.abandon(2);
    settle().await;
    assert_eq!(net.open(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_reply_that_crosses_its_abandonment_is_dropped() {
    let net = Net::default();
    net.broker("b1:9092", polite(&[]));
    let client = net.client("b1:9092");
    let mut port = client.port();
    port.send(1, NODE, Lane::Control, heartbeat().into(), SECOND);
    settle().await;
    port.abandon(1);
    port.send(2, NODE, Lane::Control, heartbeat().into(), SECOND);
    assert!(matches!(port.recv().await, (2, Ok(_))));
    assert_eq!(net.dials().len(), 1, "it was answered already: nothing to reset");
}

#[tokio::test(start_paused = true)]
async fn a_dropped_port_gives_up_its_calls() {
    let net = Net::default();
    net.broker("b1:9092", |_, _| Then::Park);
    let client = net.client("b1:9092");
    let mut port = client.port();
    port.send(1, NODE, Lane::Control, heartbeat().into(), 30 * SECOND);
    settle().await;
    drop(port);
    settle().await;
    assert_eq!(net.open(), 0);
}

#[tokio::test(start_paused = true)]
async fn dropped_futures_leave_nothing_behind() {
    let net = Net::default();
    net.broker("b1:9092", |connection, request| match connection {
        1..=3 => Then::Park,
        _ => polite(&[(1, "b1")])(connection, request),
    });
    let client = net.client("b1:9092");
    let brief = Duration::from_millis(10);
    assert!(timeout(brief, client.call(NODE, heartbeat())).await.is_err());
    assert!(timeout(brief, client.metadata(&["t".into()])).await.is_err());
    assert!(timeout(brief, client.refresh_metadata(&[])).await.is_err());
    settle().await;
    assert_eq!((net.open(), client.hub.connections()), (0, 0));
    client.call(NODE, heartbeat()).await.unwrap();
    client.metadata(&[]).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_dropped_recv_loses_no_reply() {
    let net = Net::default();
    net.broker("b1:9092", |_, request| {
        Then::After(SECOND, empty(&request.request))
    });
    let client = net.client("b1:9092");
    let mut port = client.port();
    port.send(1, NODE, Lane::Control, heartbeat().into(), 30 * SECOND);
    let mut drops = 0;
    let (token, reply) = loop {
        match timeout(Duration::from_millis(70), port.recv()).await {
            Ok(reply) => break reply,
            Err(_) => drops += 1,
        }
    };
    assert!(token == 1 && reply.is_ok() && drops > 10);
}

#[tokio::test(start_paused = true)]
async fn rule_62_a_throttled_connection_is_silent_for_as_long_as_asked() {
    let net = Net::default();
    net.broker("b1:9092", |_, _| {
        let throttled = HeartbeatResponse {
            throttle_time_ms: 700,
            ..HeartbeatResponse::default()
        };
        Then::Answer(throttled.into())
    });
    let client = net.client("b1:9092");
    client.call(NODE, heartbeat()).await.unwrap();
    client.call(NODE, heartbeat()).await.unwrap();
    let seen = net.seen();
    let pause = seen[1].at - seen[0].at;
    assert!((700..720).contains(&pause.as_millis()), "{pause:?}");
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_is_down_is_tried_less_and_less_often() {
    let net = Net::default();
    let client = net.client("w:9092");
    let mut port = client.port();
    for token in 0..12 {
        port.send(token, NODE, Lane::Control, heartbeat().into(), 30 * SECOND);
        assert!(matches!(
            port.recv().await,
            (_, Err(CallFailure::Unreachable { .. }))
        ));
    }
    let dials = net.dials();
    let pauses: Vec<_> = dials
        .windows(2)
        .map(|pair| (pair[1].0 - pair[0].0).as_millis())
        .collect();
    let expected = [50, 100, 200, 400, 800, 1000, 1000, 1000, 1000, 1000, 1000];
    for (pause, expected) in pauses.iter().zip(expected) {
        assert!(
            (expected * 8 / 10..=expected * 12 / 10 + 2).contains(pause),
            "{pauses:?}"
        );
    }
    assert_eq!(pauses.len(), expected.len());
}

#[tokio::test(start_paused = true)]
async fn a_call_to_a_broker_in_backoff_waits_within_its_own_timeout() {
    let net = Net::default();
    let client = net.client_with("w:9092", |config| config.reconnect_backoff = 10 * SECOND);
    let mut port = client.port();
    port.send(1, NODE, Lane::Control, heartbeat().into(), SECOND);
    assert!(matches!(
        port.recv().await.1,
        Err(CallFailure::Unreachable { .. })
    ));
    port.send(2, NODE, Lane::Control, heartbeat().into(), SECOND / 2);
    assert!(matches!(
        port.recv().await,
        (2, Err(CallFailure::TimedOut { .. }))
    ));
    port.send(3, NODE, Lane::Control, heartbeat().into(), 30 * SECOND);
    settle().await;
    net.broker("b1:9092", polite(&[]));
    assert!(matches!(port.recv().await, (3, Ok(_))));
    assert_eq!(net.dials().len(), 2, "no attempt during the backoff");
}

#[tokio::test(start_paused = true)]
async fn calls_beyond_the_limit_are_refused_and_answered() {
    let net = Net::default();
    net.rude("b1:9092", &[], false);
    let client = net.client("b1:9092");
    let mut port = client.port();
    let count = 10_001;
    for token in 0..count {
        port.send(token, NODE, Lane::Control, heartbeat().into(), SECOND);
    }
    let mut overloaded = 0;
    for _ in 0..count {
        overloaded += u32::from(matches!(port.recv().await.1, Err(CallFailure::Overloaded { .. })));
    }
    assert_eq!(overloaded, 1);
}

#[tokio::test(start_paused = true)]
async fn an_api_the_broker_does_not_serve_fails_alone() {
    let net = Net::default();
    net.broker("b1:9092", polite(&[]));
    let client = net.client("b1:9092");
    // By id and by name at once: only v12+ carries the one, and nothing carries both kinds below.
    let by_id = kohort_protocol::api::metadata::MetadataRequestTopic::default();
    let odd = MetadataRequest {
        topics: Some(vec![by_id]),
        include_cluster_authorized_operations: true,
        ..MetadataRequest::default()
    };
    let error = client.call(NODE, odd).await.unwrap_err();
    assert!(error.to_string().contains("unsupported"), "{error}");
    client.call(NODE, MetadataRequest::default()).await.unwrap();
    assert_eq!(net.dials().len(), 1);
}

/// A stopped process (SIGSTOP) keeps its connections open. The first request that times out is enough: what else waits for the same
/// broker goes elsewhere now, not after its own time-out. Only a parked join is silent for good reasons.
#[tokio::test(start_paused = true)]
async fn a_request_that_times_out_warns_the_other_connections_to_its_broker() {
    let net = Net::default();
    let stopped = Arc::new(Mutex::new(false));
    let is_stopped = Arc::clone(&stopped);
    let mut answer = polite(&[(1, "b1"), (2, "b2")]);
    net.broker("b1:9092", move |connection, request| {
        match *is_stopped.lock().unwrap() {
            true => Then::Park,
            false => answer(connection, request),
        }
    });
    let client = net.client("b1:9092");
    client.refresh_metadata(&[]).await.unwrap();
    net.broker("b2:9092", polite(&[(1, "b1"), (2, "b2")]));
    *stopped.lock().unwrap() = true;

    let begin = Instant::now();
    let mut port = client.port();
    port.send(
        1,
        NODE,
        Lane::Join,
        JoinGroupRequest::default().into(),
        60 * SECOND,
    );
    let refresh = client.refresh_metadata(&[]);
    let heartbeat = client.call_within(NODE, heartbeat(), 5 * SECOND);
    let (refreshed, heartbeat) = tokio::join!(refresh, heartbeat);
    assert!(heartbeat.unwrap_err().to_string().contains("no answer within 5s"));
    refreshed.unwrap();
    assert!(begin.elapsed() < 6 * SECOND, "{:?}", begin.elapsed());
    let parked = timeout(30 * SECOND, port.recv()).await;
    assert!(parked.is_err(), "the parked join was given up too: {parked:?}");
}

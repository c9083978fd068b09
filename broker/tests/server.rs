//! The server at the level of bytes: conn/*, and nodes that stop, start and pause.
#![cfg(feature = "server")]
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // helpers outside #[test] functions

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use kohort_broker::{Broker, Command, Config, Fault, FaultAction, Latencies};
use kohort_protocol::api::api_versions::{ApiVersionsRequest, ApiVersionsResponse};
use kohort_protocol::api::find_coordinator::FindCoordinatorRequest;
use kohort_protocol::api::join_group::{JoinGroupProtocol, JoinGroupRequest};
use kohort_protocol::api::metadata::MetadataRequest;
use kohort_protocol::api::{Call, Request, Response};
use kohort_protocol::message::{read_reply, read_response, write_request};
use kohort_protocol::{ApiKey, ErrorCode, NodeId};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longer than anything here takes, so that a hang is a failure and not a hang.
const LIMIT: Duration = Duration::from_secs(20);

fn config(nodes: u8) -> Config {
    Config {
        nodes,
        latencies: Latencies::NONE,
        ..Config::default()
    }
}

async fn start(nodes: u8) -> (Broker, SocketAddr) {
    let broker = Broker::start(config(nodes)).await.unwrap();
    let address = broker.addresses()[&NodeId(1)];
    (broker, address)
}

struct Peer(TcpStream);

impl Peer {
    async fn dial(address: SocketAddr) -> Self {
        Self(TcpStream::connect(address).await.unwrap())
    }

    async fn write(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
    }

    async fn frame(&mut self) -> Option<Bytes> {
        timeout(LIMIT, async {
            let size = self.0.read_i32().await.ok()?;
            let mut frame = vec![0; usize::try_from(size).unwrap()];
            self.0.read_exact(&mut frame).await.unwrap();
            Some(frame.into())
        })
        .await
        .expect("neither an answer nor a close")
    }

    async fn call<C: Call + Clone>(&mut self, version: i16, call: &C) -> C::Response {
        self.write(&encoded(version, 1, &call.clone().into())).await;
        let frame = self.frame().await.expect("an answer");
        read_reply::<C>(version, frame).unwrap().1
    }

    /// Whether the broker closes without a word.
    async fn is_closed(&mut self) -> bool {
        self.frame().await.is_none()
    }
}

fn encoded(version: i16, correlation_id: i32, request: &Request) -> BytesMut {
    let mut out = BytesMut::new();
    write_request(&mut out, version, correlation_id, Some("raw"), request).unwrap();
    out
}

fn versions_request() -> ApiVersionsRequest {
    ApiVersionsRequest {
        client_software_name: "kohort".to_owned(),
        client_software_version: "0.1".to_owned(),
        ..ApiVersionsRequest::default()
    }
}

fn metadata() -> Request {
    MetadataRequest {
        topics: Some(Vec::new()),
        ..Default::default()
    }
    .into()
}

#[tokio::test]
async fn conn_1_a_request_cut_at_any_byte_is_answered_all_the_same() {
    let (broker, address) = start(1).await;
    let request = encoded(3, 7, &versions_request().into());
    let mut whole = Peer::dial(address).await;
    whole.write(&request).await;
    let expected = whole.frame().await.unwrap();
    for cut in 1..request.len() {
        let mut peer = Peer::dial(address).await;
        peer.write(&request[..cut]).await;
        tokio::task::yield_now().await;
        peer.write(&request[cut..]).await;
        assert_eq!(peer.frame().await.unwrap(), expected, "cut at {cut}");
    }
    broker.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn conn_2_impossible_sizes_and_headers_close_the_connection() {
    let (broker, address) = start(1).await;
    let max = 104_857_600_i32;
    for size in [max + 1, i32::MAX, -1, i32::MIN, 0, 3] {
        let mut peer = Peer::dial(address).await;
        peer.write(&size.to_be_bytes()).await;
        if size == 3 {
            peer.write(&[1, 2, 3]).await;
        }
        assert!(peer.is_closed().await, "size {size}");
    }
    // A header without a client id.
    let mut peer = Peer::dial(address).await;
    peer.write(&[0, 0, 0, 8, 0, 3, 0, 1, 0, 0, 0, 7]).await;
    assert!(peer.is_closed().await);
    // The largest size stays open.
    let mut peer = Peer::dial(address).await;
    peer.write(&max.to_be_bytes()).await;
    peer.write(&[0; 100]).await;
    assert!(
        timeout(Duration::from_millis(50), peer.0.read_u8())
            .await
            .is_err()
    );
    broker.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn conn_3_pipelined_requests_are_answered_in_order_and_one_at_a_time() {
    let (broker, address) = start(1).await;
    let mut peer = Peer::dial(address).await;
    let mut bytes = BytesMut::new();
    for id in 0..20 {
        bytes.extend(encoded(12, id, &metadata()));
    }
    peer.write(&bytes).await;
    for id in 0..20 {
        let frame = peer.frame().await.unwrap();
        assert_eq!(read_response(ApiKey::Metadata, 12, frame).unwrap().0, id);
    }

    // Metadata behind a parked JoinGroup waits for it.
    let find = FindCoordinatorRequest {
        keys: vec!["g".to_owned()],
        ..Default::default()
    };
    assert_eq!(
        peer.call(4, &find).await.coordinators[0].error_code,
        ErrorCode::NONE
    );
    let mut join = JoinGroupRequest {
        group_id: "g".into(),
        session_timeout_ms: 6000,
        rebalance_timeout_ms: 60_000,
        protocol_type: "consumer".to_owned(),
        protocols: vec![JoinGroupProtocol {
            name: "range".to_owned(),
            metadata: Bytes::from_static(b"x"),
        }],
        ..Default::default()
    };
    let first = peer.call(3, &join).await;
    join.member_id = first.member_id.clone();
    let mut other = Peer::dial(address).await;
    let second = JoinGroupRequest {
        member_id: Default::default(),
        ..join.clone()
    };
    other.write(&encoded(3, 1, &second.into())).await;
    other.write(&encoded(12, 2, &metadata())).await;
    assert!(
        timeout(Duration::from_millis(50), other.0.peek(&mut [0]))
            .await
            .is_err(),
        "nothing yet"
    );
    assert_eq!(peer.call(3, &join).await.error_code, ErrorCode::NONE);
    let frame = other.frame().await.unwrap();
    assert!(matches!(
        read_response(ApiKey::JoinGroup, 3, frame),
        Ok((1, Response::JoinGroup(_)))
    ));
    let frame = other.frame().await.unwrap();
    assert_eq!(read_response(ApiKey::Metadata, 12, frame).unwrap().0, 2);
    broker.shutdown().await;
}

#[tokio::test]
async fn conn_4_what_cannot_be_read_closes_and_what_follows_a_body_is_ignored() {
    let (broker, address) = start(1).await;
    let header = |key: i16, version: i16| {
        let mut bytes = vec![0, 0, 0, 13];
        bytes.extend(key.to_be_bytes());
        bytes.extend(version.to_be_bytes());
        bytes.extend([0, 0, 0, 7, 0, 3, b'r', b'a', b'w']);
        bytes
    };
    for (key, version) in [(9999, 0), (4, 0), (7, 0), (27, 0), (3, 99), (11, 10), (11, -1)] {
        let mut peer = Peer::dial(address).await;
        peer.write(&header(key, version)).await;
        assert!(peer.is_closed().await, "key {key} v{version}");
    }
    let request = encoded(12, 7, &metadata());
    let mut truncated = request.clone();
    truncated.truncate(request.len() - 1);
    let size = u32::try_from(truncated.len() - 4).unwrap();
    truncated[..4].copy_from_slice(&size.to_be_bytes());
    let mut peer = Peer::dial(address).await;
    peer.write(&truncated).await;
    assert!(peer.is_closed().await, "truncated");

    let mut longer = request.clone();
    longer.extend([1, 2, 3]);
    let size = u32::try_from(longer.len() - 4).unwrap();
    longer[..4].copy_from_slice(&size.to_be_bytes());
    let mut peer = Peer::dial(address).await;
    peer.write(&longer).await;
    assert!(peer.frame().await.is_some(), "trailing bytes");
    broker.shutdown().await;
}

#[tokio::test]
async fn conn_5_an_api_versions_request_that_is_too_new_is_answered_in_v0() {
    let (broker, address) = start(1).await;
    let mut peer = Peer::dial(address).await;
    let mut bytes = encoded(3, 7, &versions_request().into());
    bytes[6..8].copy_from_slice(&99_i16.to_be_bytes());
    peer.write(&bytes).await;
    let frame = peer.frame().await.unwrap();
    let (id, response) = read_response(ApiKey::ApiVersions, 0, frame).unwrap();
    let Response::ApiVersions(ApiVersionsResponse {
        error_code, api_keys, ..
    }) = response
    else {
        panic!("{response:?}")
    };
    assert_eq!((id, error_code), (7, ErrorCode::UNSUPPORTED_VERSION));
    let [own] = api_keys.as_slice() else {
        panic!("{api_keys:?}")
    };
    assert_eq!((own.api_key, own.min_version), (18, 0));
    let served = peer.call(3, &versions_request()).await;
    assert_eq!(served.error_code, ErrorCode::NONE, "the connection goes on");
    broker.shutdown().await;
}

#[tokio::test]
async fn a_stopped_node_resets_and_refuses_and_a_started_one_is_back_on_its_port() {
    let (broker, _) = start(3).await;
    let node = NodeId(2);
    let address = broker.addresses()[&node];
    let mut peer = Peer::dial(address).await;
    assert_eq!(
        peer.call(3, &versions_request()).await.error_code,
        ErrorCode::NONE
    );
    broker.stop_node(node).await.unwrap();
    let read = timeout(LIMIT, peer.0.read_u8()).await.unwrap();
    assert_eq!(read.unwrap_err().kind(), ErrorKind::ConnectionReset);
    let refused = TcpStream::connect(address).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::ConnectionRefused);
    assert!(broker.stop_node(node).await.is_err(), "it is stopped already");

    broker.start_node(node).await.unwrap();
    let mut peer = Peer::dial(address).await;
    assert_eq!(
        peer.call(3, &versions_request()).await.error_code,
        ErrorCode::NONE
    );
    broker.shutdown().await;
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_paused_node_answers_when_it_goes_on() {
    let (broker, address) = start(1).await;
    let mut peer = Peer::dial(address).await;
    broker.command(Command::Pause(NodeId(1))).await.unwrap();
    peer.write(&encoded(12, 7, &metadata())).await;
    assert!(
        timeout(Duration::from_millis(50), peer.0.peek(&mut [0]))
            .await
            .is_err()
    );
    broker.command(Command::Continue(NodeId(1))).await.unwrap();
    assert!(peer.frame().await.is_some());
    broker.shutdown().await;
}

#[tokio::test]
async fn faults_close_before_and_after_the_answer() {
    let (broker, address) = start(1).await;
    let inject = async |action| broker.inject(Fault::on(ApiKey::Metadata, action)).await.unwrap();
    inject(FaultAction::Close).await;
    let mut peer = Peer::dial(address).await;
    peer.write(&encoded(12, 7, &metadata())).await;
    assert!(peer.is_closed().await);
    inject(FaultAction::AnswerThenClose).await;
    let mut peer = Peer::dial(address).await;
    peer.write(&encoded(12, 7, &metadata())).await;
    assert!(peer.frame().await.is_some());
    assert!(peer.is_closed().await);
    broker.shutdown().await;
}

#[tokio::test]
async fn dropping_the_broker_stops_everything() {
    let (broker, address) = start(1).await;
    let mut peer = Peer::dial(address).await;
    assert_eq!(
        peer.call(3, &versions_request()).await.error_code,
        ErrorCode::NONE
    );
    drop(broker);
    assert!(peer.is_closed().await);
    let gone = async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    timeout(LIMIT, gone).await.expect("the port is still open");
}

/// Everything in one current-thread runtime with paused time: a fetch that waits ten minutes takes none.
#[tokio::test(start_paused = true)]
async fn waits_by_the_clock_of_tokio() {
    let (broker, address) = start(1).await;
    broker.create_topic("t", 1).await.unwrap();
    let mut peer = Peer::dial(address).await;
    let fetch = kohort_protocol::api::fetch::FetchRequest {
        max_wait_ms: 19_000,
        min_bytes: 1,
        max_bytes: 1000,
        session_epoch: -1,
        topics: vec![kohort_protocol::api::fetch::FetchTopic {
            topic: "t".into(),
            partitions: vec![Default::default()],
            ..Default::default()
        }],
        ..Default::default()
    };
    let before = tokio::time::Instant::now();
    let fetched = peer.call(12, &fetch).await;
    assert_eq!(fetched.responses[0].partitions[0].high_watermark, 0);
    assert_eq!(before.elapsed().as_secs(), 19);
    broker.shutdown().await;
}

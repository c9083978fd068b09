//! What messages cost in memory: a heartbeat nothing, and a hostile response no more than a small multiple of its bytes.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "clippy exempts test functions, not the helpers beside them"
)]

use std::time::Duration;

use allocation_counter::measure;
use bytes::{Bytes, BytesMut};
use kohort_protocol::api::api_versions::{ApiVersion, ApiVersionsResponse};
use kohort_protocol::api::fetch::FetchResponse;
use kohort_protocol::api::heartbeat::{HeartbeatRequest, HeartbeatResponse};
use kohort_protocol::api::join_group::JoinGroupResponse;
use kohort_protocol::api::metadata::MetadataResponse;
use kohort_protocol::api::offset_fetch::OffsetFetchResponse;
use kohort_protocol::api::{Message, Response, versions};
use kohort_protocol::layout::arbitrary;
use kohort_protocol::message::write_response;
use kohort_protocol::{ApiKey, Connection, ConnectionConfig, Timestamp};

const NOW: Timestamp = Timestamp::ZERO;

fn answer(version: i16, correlation: i32, response: impl Into<Response>) -> BytesMut {
    let mut bytes = BytesMut::new();
    write_response(&mut bytes, version, correlation, &response.into()).unwrap();
    bytes
}

/// Behind the handshake with a broker that speaks Heartbeat up to `version`.
fn ready(version: i16) -> Connection {
    let mut connection = Connection::new(ConnectionConfig::default());
    connection.open(NOW, "broker 1");
    let response = ApiVersionsResponse {
        api_keys: vec![ApiVersion {
            api_key: ApiKey::Heartbeat.number(),
            min_version: 0,
            max_version: version,
        }],
        ..ApiVersionsResponse::default()
    };
    let hello = versions(ApiKey::ApiVersions).max;
    connection.feed(NOW, &answer(hello, 0, response)).unwrap();
    let written = connection.io().0.len();
    connection.written(NOW, written);
    connection
}

#[test]
fn a_heartbeat_there_and_back_costs_no_allocation() {
    for version in 0..=versions(ApiKey::Heartbeat).max {
        let mut connection = ready(version);
        let request = HeartbeatRequest {
            group_id: "billing".into(),
            member_id: "kohort-5f1cdd38-7d16-4b6f-9d2b-0f9d0c0b5a11".into(),
            group_instance_id: (version >= 3).then(|| "host-3".into()),
            ..HeartbeatRequest::default()
        };
        let answers: Vec<_> = (1..=50)
            .map(|correlation| answer(version, correlation, HeartbeatResponse::default()))
            .collect();
        let mut beat = |answer: &[u8]| {
            connection.call(NOW, 1, request.clone().into(), Duration::from_secs(30));
            let written = connection.io().0.len();
            connection.written(NOW, written);
            connection.io().1.extend_from_slice(answer);
            connection.received(NOW).unwrap();
            assert!(matches!(connection.poll(), Some((1, Ok(_)))));
        };
        // The first make the buffers and queues.
        answers[..3].iter().for_each(|answer| beat(answer));
        let cost = measure(|| answers[3..].iter().for_each(|answer| beat(answer)));
        assert_eq!(cost.count_total, 0, "v{version}");
    }
}

/// What the lists of a body may take for each of its bytes, and texts besides: a topic's shared name takes 16 bytes more than it has.
const PER_BYTE: usize = 24 + 16;
/// What they may take in any case.
const FREE: usize = 64 * 1024;

fn peak<M: Message>(version: i16, body: &Bytes) -> usize {
    let mut read = Ok(());
    let cost = measure(|| read = M::decode(version, body.clone()).map(drop));
    usize::try_from(cost.bytes_max).unwrap()
}

/// From every byte on in turn, a count as large as the many bytes behind it could be.
fn is_bounded<M: Message>() {
    let supported = versions(M::API);
    for version in supported.min..=supported.max {
        let good = (0..8).map(|seed| {
            let mut random = fastrand::Rng::with_seed(seed);
            arbitrary(M::SCHEMA, version, &mut |n| random.u32(..n)).unwrap()
        });
        let good = good.max_by_key(Vec::len).unwrap();
        for at in 0..good.len() {
            for count in [&[0, 3, 0, 0][..], &[0x80, 0x80, 0x0c]] {
                for filler in [0, 1] {
                    let mut body = [&good[..at], count].concat();
                    body.resize(at + 200_000, filler);
                    let allowed = PER_BYTE * body.len() + FREE;
                    let peak = peak::<M>(version, &body.into());
                    assert!(
                        peak <= allowed,
                        "v{version}: {peak} bytes from byte {at} of {good:02x?}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_hostile_response_costs_no_more_than_a_small_multiple_of_its_bytes() {
    is_bounded::<FetchResponse>();
    is_bounded::<HeartbeatResponse>();
    is_bounded::<JoinGroupResponse>();
    is_bounded::<MetadataResponse>();
    is_bounded::<OffsetFetchResponse>();
}

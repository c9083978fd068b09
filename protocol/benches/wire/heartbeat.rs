//! A member at rest: one heartbeat after the other, through the connection that the client uses.

use std::time::Duration;

use bytes::BytesMut;
use kafka_protocol::messages as raw;
use kafka_protocol::protocol::{Decodable, Encodable, StrBytes};
use kohort_protocol::api::api_versions::{ApiVersion, ApiVersionsResponse};
use kohort_protocol::api::heartbeat::{HeartbeatRequest, HeartbeatResponse};
use kohort_protocol::message::write_response;
use kohort_protocol::{ApiKey, Connection, ConnectionConfig, Generation, GroupId, MemberId, Timestamp};

use crate::race::{contender, race};

const VERSION: i16 = 4;
const MEMBER: &str = "kohort-5f1cdd38-7d16-4b6f-9d2b-0f9d0c0b5a11";
const NOW: Timestamp = Timestamp::ZERO;

pub(crate) fn run() {
    let (mut client, mut buffer) = (Client::new(), BytesMut::new());
    race(
        "Heartbeat, request and response v4",
        client.answer.len(),
        vec![
            contender("kafka-protocol: encode and decode the bodies", || {
                theirs(&mut buffer)
            }),
            contender("kohort: call, frames, answer, by Connection", || {
                client.heartbeat();
            }),
        ],
    );
}

fn theirs(buffer: &mut BytesMut) -> raw::HeartbeatResponse {
    buffer.clear();
    let request = raw::HeartbeatRequest::default()
        .with_group_id(StrBytes::from_static_str("billing").into())
        .with_generation_id(7)
        .with_member_id(StrBytes::from_static_str(MEMBER));
    request.encode(buffer, VERSION).unwrap();
    raw::HeartbeatResponse::decode(&mut &[0_u8; 7][..], VERSION).unwrap()
}

struct Client {
    connection: Connection,
    group: GroupId,
    member: MemberId,
    /// Its correlation id is overwritten for each.
    answer: BytesMut,
    sent: i32,
}

impl Client {
    /// Behind the handshake.
    fn new() -> Self {
        let mut connection = Connection::new(ConnectionConfig::default());
        connection.open(NOW, "broker 1");
        let versions = ApiVersionsResponse {
            api_keys: vec![ApiVersion {
                api_key: ApiKey::Heartbeat.number(),
                min_version: 0,
                max_version: VERSION,
            }],
            ..ApiVersionsResponse::default()
        };
        let version = kohort_protocol::api::versions(ApiKey::ApiVersions).max;
        connection.feed(NOW, &answer(version, versions)).unwrap();
        let hello = connection.io().0.len();
        connection.written(NOW, hello);
        assert!(connection.is_ready());
        Self {
            connection,
            group: GroupId::from("billing"),
            member: MemberId::from(MEMBER),
            answer: answer(VERSION, HeartbeatResponse::default()),
            sent: 0,
        }
    }

    fn heartbeat(&mut self) {
        let request = HeartbeatRequest {
            group_id: self.group.clone(),
            generation_id: Generation(7),
            member_id: self.member.clone(),
            group_instance_id: None,
        };
        self.connection
            .call(NOW, 1, request.into(), Duration::from_secs(30));
        let written = self.connection.io().0.len();
        self.connection.written(NOW, written);
        self.sent += 1;
        self.answer[4..8].copy_from_slice(&self.sent.to_be_bytes());
        self.connection.io().1.extend_from_slice(&self.answer);
        self.connection.received(NOW).unwrap();
        let (token, response) = self.connection.poll().unwrap();
        assert!(token == 1 && response.is_ok());
    }
}

fn answer(version: i16, response: impl Into<kohort_protocol::api::Response>) -> BytesMut {
    let mut bytes = BytesMut::new();
    write_response(&mut bytes, version, 0, &response.into()).unwrap();
    bytes
}

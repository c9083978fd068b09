//! Byte mode: a message travels as bytes, through the production encoder, the frame cutter with arbitrary cuts, and the decoder; one
//! that is torn, through the client's own connection.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use kohort_broker::Closing;
use kohort_protocol::api::api_versions::{ApiVersion, ApiVersionsResponse};
use kohort_protocol::api::{Outgoing, Request, Response};
use kohort_protocol::frame::DEFAULT_MAX_FRAME_SIZE;
use kohort_protocol::message::{read_request, read_response, write_outgoing, write_response};
use kohort_protocol::{ApiKey, CallFailure, Connection, ConnectionConfig, FrameCutter, Timestamp};

use super::tear::RESET;
use crate::random::stream;

/// Longer than any exchange here.
const LONG: Duration = Duration::from_secs(3600);

pub(super) struct Wire {
    rng: fastrand::Rng,
}

impl Wire {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            rng: stream(seed, "wire"),
        }
    }

    pub(super) fn request(
        &mut self,
        version: i16,
        correlation: i32,
        client: Option<&str>,
        request: &Outgoing,
    ) -> Result<Request, String> {
        let mut out = BytesMut::new();
        write_outgoing(&mut out, version, correlation, client, request)
            .map_err(|misfit| misfit.to_string())?;
        let frame = self.cut(&out);
        let read = read_request(frame).expect("a member's request can be read");
        Ok(read.request)
    }

    pub(super) fn response(&mut self, version: i16, correlation: i32, response: &Response) -> Response {
        let mut out = BytesMut::new();
        write_response(&mut out, version, correlation, response).expect("a broker's response can be written");
        let frame = self.cut(&out);
        read_response(response.api(), version, frame)
            .expect("a broker's response can be read")
            .1
    }

    /// What the client's connection says when it ends in the middle of this request, or of this response to it. Nobody has got a message
    /// from the half of one.
    pub(super) fn torn(
        &mut self,
        version: i16,
        request: &Request,
        response: Option<&Response>,
        how: Closing,
    ) -> String {
        let (now, mut connection) = (Timestamp::ZERO, opened(request.api(), version));
        connection.call(now, 0, Outgoing::from(request.clone()), LONG);
        let sent = Bytes::copy_from_slice(connection.io().0);
        if let Some(response) = response {
            connection.written(now, sent.len());
            let asked = read_request(self.cut(&sent)).expect("a request that can be read");
            let mut out = BytesMut::new();
            write_response(&mut out, version, asked.correlation_id, response)
                .expect("a broker's response can be written");
            let half = self.half(&out);
            connection.feed(now, half).expect("half of a response");
        } else {
            let mut broker = FrameCutter::new(DEFAULT_MAX_FRAME_SIZE);
            let half = self.half(&sent);
            connection.written(now, half.len());
            broker.push(half);
            assert_eq!(broker.next_frame(), Ok(None), "half a request is none");
        }
        assert_eq!(connection.poll(), None, "half a response is none");
        let end = match how {
            Closing::Fin => connection.ended(),
            Closing::Reset => connection.broken(RESET.to_owned()),
        };
        let error = end.expect_err("the connection is over");
        match connection.poll() {
            Some((0, Err(failure @ CallFailure::Disconnected { .. }))) => failure.to_string(),
            other => unreachable!("{error}, and the call ends with {other:?}"),
        }
    }

    /// At least a byte, and not all of them.
    fn half<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        &bytes[..self.rng.usize(1..bytes.len())]
    }

    fn cut(&mut self, bytes: &[u8]) -> Bytes {
        let mut cutter = FrameCutter::new(DEFAULT_MAX_FRAME_SIZE);
        let (first, rest) = bytes.split_at(self.rng.usize(..bytes.len()));
        cutter.push(first);
        let early = cutter.next_frame().expect("a frame");
        assert_eq!(early, None, "a frame that is not whole");
        cutter.push(rest);
        cutter.next_frame().expect("a frame").expect("a whole frame")
    }
}

/// A connection to a broker that speaks this version of this API alone.
fn opened(api: ApiKey, version: i16) -> Connection {
    let now = Timestamp::ZERO;
    let mut connection = Connection::new(ConnectionConfig::default());
    connection.open(now, "broker");
    let mut broker = FrameCutter::new(DEFAULT_MAX_FRAME_SIZE);
    broker.push(connection.io().0);
    let hello = broker.next_frame().expect("a frame").expect("a whole frame");
    let hello = read_request(hello).expect("a handshake that can be read");
    connection.written(now, usize::MAX);
    let speaks = ApiVersionsResponse {
        api_keys: vec![ApiVersion {
            api_key: api.number(),
            min_version: version,
            max_version: version,
        }],
        ..ApiVersionsResponse::default()
    };
    let mut out = BytesMut::new();
    write_response(&mut out, hello.version, hello.correlation_id, &speaks.into())
        .expect("an answer to the handshake");
    connection.feed(now, &out).expect("an answer to the handshake");
    connection
}

#[cfg(test)]
mod tests {
    use kohort_protocol::api::heartbeat::{HeartbeatRequest, HeartbeatResponse};

    use super::*;

    #[test]
    fn half_a_message_is_none_and_the_client_says_why() {
        let mut wire = Wire::new(1);
        let (request, response) = (
            Request::from(HeartbeatRequest::default()),
            HeartbeatResponse::default().into(),
        );
        for _ in 0..100 {
            let mut torn = |response, how| wire.torn(4, &request, response, how);
            assert_eq!(
                torn(None, Closing::Fin),
                "disconnected: broker: the broker closed the connection"
            );
            let reset = format!("disconnected: broker: the connection broke: {RESET}");
            assert_eq!(torn(None, Closing::Reset), reset);
            assert_eq!(torn(Some(&response), Closing::Reset), reset);
            let words = torn(Some(&response), Closing::Fin);
            assert!(
                words.contains("was closed in the middle of a frame, after"),
                "{words}"
            );
        }
    }
}

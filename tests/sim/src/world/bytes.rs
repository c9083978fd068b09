//! Byte mode: a message travels as bytes, through the production encoder, the frame cutter with arbitrary cuts, and the decoder.

use bytes::{Bytes, BytesMut};
use kohort_protocol::FrameCutter;
use kohort_protocol::api::{Outgoing, Request, Response};
use kohort_protocol::frame::DEFAULT_MAX_FRAME_SIZE;
use kohort_protocol::message::{read_request, read_response, write_outgoing, write_response};

use crate::random::stream;

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
    ) -> Request {
        let mut out = BytesMut::new();
        write_outgoing(&mut out, version, correlation, client, request)
            .expect("a member's request can be written");
        let frame = self.cut(&out);
        read_request(frame)
            .expect("a member's request can be read")
            .request
    }

    pub(super) fn response(&mut self, version: i16, correlation: i32, response: &Response) -> Response {
        let mut out = BytesMut::new();
        write_response(&mut out, version, correlation, response).expect("a broker's response can be written");
        let frame = self.cut(&out);
        read_response(response.api(), version, frame)
            .expect("a broker's response can be read")
            .1
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

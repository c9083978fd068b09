//! Which response answers which request on one connection. Pure: time is a number passed in.
//!
//! A broker answers in order, and each answer repeats the correlation id. A Produce request with acks=0 has no answer. After
//! SaslHandshake v0 the tokens that follow have no header at all.

use std::collections::VecDeque;
use std::time::Duration;

use kohort::protocol::dissect::Gist;
use kohort::protocol::layout::{self, Schema, table};

use super::tap::Frame;

/// Requests without an answer beyond this are forgotten, the oldest first.
const MAX_PENDING: usize = 10_000;
const PRODUCE: i16 = 0;
const SASL_HANDSHAKE: i16 = 17;
const SASL_AUTHENTICATE: i16 = 36;

/// A request, as far as its header and body could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) api_key: i16,
    pub(super) version: i16,
    pub(super) correlation_id: i32,
    pub(super) client_id: Option<String>,
    pub(super) gist: Gist,
    /// When it was whole, since the beginning.
    pub(super) at: Duration,
}

impl Asked {
    /// Reads a request's header; its body as far as it goes.
    fn read(at: Duration, frame: &[u8]) -> Option<Self> {
        let (fixed, rest) = frame.split_first_chunk::<8>()?;
        let [key @ .., _, _, _, _, _, _] = *fixed;
        let [_, _, version @ .., _, _, _, _] = *fixed;
        let [_, _, _, _, id @ ..] = *fixed;
        let (api_key, version) = (i16::from_be_bytes(key), i16::from_be_bytes(version));
        let schema = layout::request(api_key);
        let body = schema.and_then(|schema| body(schema, version, frame));
        let gist = schema
            .zip(body)
            .map(|(schema, body)| Gist::of(schema, version, body).0);
        Some(Self {
            api_key,
            version,
            correlation_id: i32::from_be_bytes(id),
            client_id: client_id(rest),
            gist: gist.unwrap_or_default(),
            at,
        })
    }
}

/// What a frame from the client was.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Sent {
    Request(Asked),
    /// A token of SASL, without a header.
    Token,
    /// Too short for a request.
    Unreadable,
}

/// What a frame from the broker was.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Response(Asked),
    Token,
    /// Nobody asked for it, or what was asked could not be read.
    Unmatched(Option<i32>),
}

/// The requests of one connection that wait for their answers.
#[derive(Debug, Default)]
pub(super) struct Exchange {
    pending: VecDeque<Asked>,
    tokens: bool,
    /// SASL has been spoken.
    sasl: bool,
    /// Requests that got no answer although later ones did, or were forgotten.
    unanswered: Vec<Asked>,
}

impl Exchange {
    pub(super) fn sent(&mut self, at: Duration, frame: &Frame) -> Sent {
        if self.tokens && !is_request(frame) {
            return Sent::Token;
        }
        let Some(asked) = Asked::read(at, &frame.kept) else {
            return Sent::Unreadable;
        };
        self.tokens = (asked.api_key, asked.version) == (SASL_HANDSHAKE, 0);
        self.sasl |= matches!(asked.api_key, SASL_HANDSHAKE | SASL_AUTHENTICATE);
        let is_answered = asked.api_key != PRODUCE || asked.gist.acks != Some(0);
        if is_answered {
            self.pending.push_back(asked.clone());
        }
        if self.pending.len() > MAX_PENDING {
            self.unanswered.extend(self.pending.pop_front());
        }
        Sent::Request(asked)
    }

    /// What the answer with this correlation id answers, before it is whole.
    pub(super) fn waits_for(&self, start: &[u8]) -> Option<&Asked> {
        let id = correlation_id(start)?;
        self.pending.iter().find(|asked| asked.correlation_id == id)
    }

    pub(super) fn answered(&mut self, frame: &Frame) -> Answer {
        if self.tokens && self.pending.is_empty() {
            return Answer::Token;
        }
        let id = correlation_id(&frame.kept);
        let place = self
            .pending
            .iter()
            .position(|asked| Some(asked.correlation_id) == id);
        let Some(place) = place else {
            return Answer::Unmatched(id);
        };
        self.unanswered.extend(self.pending.drain(..place));
        match self.pending.pop_front() {
            Some(asked) => Answer::Response(asked),
            None => Answer::Unmatched(id),
        }
    }

    /// Whether a frame that cannot be read may be a credential.
    pub(super) fn authenticates(&self) -> bool {
        self.sasl
    }

    /// Takes out the requests that will have no answer.
    pub(super) fn unanswered(&mut self) -> Vec<Asked> {
        std::mem::take(&mut self.unanswered)
    }

    /// The connection is closed.
    pub(super) fn end(&mut self) {
        self.unanswered.extend(self.pending.drain(..));
    }
}

/// The body of a request.
pub(super) fn body<'a>(schema: &'static Schema, version: i16, frame: &'a [u8]) -> Option<&'a [u8]> {
    let start = layout::check_header(&table::REQUEST_HEADER, schema.header_version(version)?, frame);
    frame.get(start.ok()?..)
}

/// Where the body of a response begins.
pub(super) fn response_start(schema: &'static Schema, version: i16, frame: &[u8]) -> Option<usize> {
    layout::check_header(&table::RESPONSE_HEADER, schema.header_version(version)?, frame).ok()
}

/// Whether a frame where tokens are expected is a whole request instead.
fn is_request(frame: &Frame) -> bool {
    let Some(asked) = Asked::read(Duration::ZERO, &frame.kept) else {
        return false;
    };
    let Some(schema) = layout::request(asked.api_key) else {
        return false;
    };
    let body = body(schema, asked.version, &frame.kept);
    body.is_some_and(|body| !frame.is_whole() || layout::check(schema, asked.version, body).is_ok())
}

fn correlation_id(frame: &[u8]) -> Option<i32> {
    frame.first_chunk().copied().map(i32::from_be_bytes)
}

fn client_id(bytes: &[u8]) -> Option<String> {
    let (length, rest) = bytes.split_first_chunk()?;
    let length = usize::try_from(i16::from_be_bytes(*length)).ok()?;
    let text = rest.get(..length)?;
    Some(String::from_utf8_lossy(text).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    const NOW: Duration = Duration::from_secs(1);

    fn frame(bytes: &[u8]) -> Frame {
        Frame {
            size: bytes.len(),
            kept: Bytes::copy_from_slice(bytes),
        }
    }

    /// Heartbeat v0 of group `g`.
    fn heartbeat(id: u8) -> Frame {
        frame(
            &[
                b"\0\x0c\0\0\0\0\0",
                &[id][..],
                b"\0\x02me\0\x01g\0\0\0\x05\0\x01m",
            ]
            .concat(),
        )
    }

    fn answer(id: u8) -> Frame {
        frame(&[0, 0, 0, id, 0, 0])
    }

    #[test]
    fn answers_are_matched_by_their_id() {
        let mut exchange = Exchange::default();
        for id in 1..=3 {
            let Sent::Request(asked) = exchange.sent(NOW, &heartbeat(id)) else {
                panic!("{id}")
            };
            assert_eq!(
                (asked.client_id.as_deref(), asked.gist.groups.as_slice()),
                (Some("me"), &["g".to_owned()][..])
            );
        }
        assert_eq!(
            exchange
                .waits_for(&[0, 0, 0, 2])
                .map(|asked| asked.correlation_id),
            Some(2)
        );
        assert!(
            matches!(exchange.answered(&answer(1)), Answer::Response(asked) if asked.correlation_id == 1)
        );
        assert_eq!(exchange.answered(&answer(9)), Answer::Unmatched(Some(9)));
        // The second was never answered: brokers keep the order.
        assert!(
            matches!(exchange.answered(&answer(3)), Answer::Response(asked) if asked.correlation_id == 3)
        );
        assert_eq!(exchange.unanswered().len(), 1);
        exchange.sent(NOW, &heartbeat(4));
        exchange.end();
        assert_eq!(
            exchange.unanswered().first().map(|asked| asked.correlation_id),
            Some(4)
        );
    }

    #[test]
    fn a_produce_request_without_acks_waits_for_nothing() {
        let mut exchange = Exchange::default();
        // Cut off behind acks, as one larger than what is kept.
        let produce = |acks: u8| Frame {
            size: 5_000_000,
            kept: Bytes::from([b"\0\0\0\x03\0\0\0\x01\xff\xff\xff\xff\0", &[acks][..], b"\0\0"].concat()),
        };
        exchange.sent(NOW, &produce(0));
        assert_eq!(exchange.waits_for(&[0, 0, 0, 1]), None);
        exchange.sent(NOW, &produce(1));
        assert!(exchange.waits_for(&[0, 0, 0, 1]).is_some());
    }

    #[test]
    fn tokens_behind_an_old_handshake_are_no_requests() {
        let mut exchange = Exchange::default();
        exchange.sent(NOW, &frame(b"\0\x11\0\0\0\0\0\x01\xff\xff\0\x05PLAIN"));
        assert!(matches!(
            exchange.answered(&frame(b"\0\0\0\x01\0\0\0\0\0\0")),
            Answer::Response(_)
        ));
        assert_eq!(exchange.sent(NOW, &frame(b"\0user\0secret")), Sent::Token);
        assert_eq!(exchange.answered(&frame(b"")), Answer::Token);
        assert!(matches!(exchange.sent(NOW, &heartbeat(2)), Sent::Request(_)));
        assert!(matches!(exchange.answered(&answer(2)), Answer::Response(_)));
    }

    #[test]
    fn unknown_apis_are_matched_too_and_short_frames_are_not_requests() {
        let mut exchange = Exchange::default();
        exchange.sent(NOW, &frame(b"\x70\0\0\x01\0\0\0\x07\0\x01c????"));
        assert!(matches!(exchange.answered(&answer(7)), Answer::Response(asked) if asked.api_key == 0x7000));
        assert_eq!(exchange.sent(NOW, &frame(b"short")), Sent::Unreadable);
        assert_eq!(exchange.answered(&frame(b"no")), Answer::Unmatched(None));
    }

    #[test]
    fn a_client_that_is_never_answered_costs_so_much_and_no_more() {
        let mut exchange = Exchange::default();
        for _ in 0..MAX_PENDING + 5 {
            exchange.sent(NOW, &heartbeat(1));
        }
        assert_eq!(
            (exchange.pending.len(), exchange.unanswered().len()),
            (MAX_PENDING, 5)
        );
    }
}

//! Credentials in frames that are to be recorded: other bytes stand in their place.

use bytes::Bytes;
use kohort::protocol::api::Direction;
use kohort::protocol::dissect;
use kohort::protocol::layout::Schema;

use super::capture::Event;
use super::exchange::{self, Exchange, response_start};
use super::tap::Frame;

/// What of a frame is a credential.
pub(super) enum Secret {
    Nothing,
    /// Those of a message.
    Fields(Option<&'static Schema>, i16),
    All,
}

impl Secret {
    /// Of a frame that cannot be told what it is.
    pub(super) fn of_unknown(exchange: &Exchange) -> Self {
        if exchange.authenticates() {
            Self::All
        } else {
            Self::Nothing
        }
    }
}

impl Event {
    /// Without credentials: other bytes stand in their place.
    pub(super) fn without(self, secret: &Secret, direction: Direction) -> Self {
        let blank = |frame: Frame| match secret {
            Secret::Nothing | Secret::Fields(None, _) => frame,
            Secret::All => Frame {
                kept: Bytes::new(),
                ..frame
            },
            Secret::Fields(Some(schema), version) => blanked(schema, *version, direction, frame),
        };
        match self {
            Self::Sent(frame) => Self::Sent(blank(frame)),
            Self::Answered(frame, rewritten) => Self::Answered(blank(frame), rewritten),
            other => other,
        }
    }
}

fn blanked(schema: &'static Schema, version: i16, direction: Direction, frame: Frame) -> Frame {
    let start = match direction {
        Direction::Request => {
            exchange::body(schema, version, &frame.kept).map(|body| frame.kept.len() - body.len())
        }
        Direction::Response => response_start(schema, version, &frame.kept),
    };
    let start = start.unwrap_or(0);
    let secrets = dissect::secrets(schema, version, frame.kept.get(start..).unwrap_or_default());
    if secrets.is_empty() {
        return frame;
    }
    let mut kept = frame.kept.to_vec();
    for range in secrets {
        let bytes = kept.get_mut(start + range.start..start + range.end);
        bytes.into_iter().for_each(|bytes| bytes.fill(b'*'));
    }
    Frame {
        kept: kept.into(),
        ..frame
    }
}

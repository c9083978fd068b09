//! Why a connection ended and why a call got no response, in words for a person: what was wrong, where, what to check.

use core::time::Duration;

use thiserror::Error;

use crate::frame::FrameError;
use crate::{ApiKey, ErrorCode};

/// Why a call has no response.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CallFailure {
    /// The connection ended before the answer came. The request may or may not have taken effect.
    #[error("disconnected: {detail}")]
    Disconnected {
        /// Where and why.
        detail: String,
    },
    /// No connection could be made. The request was not sent.
    #[error("unreachable: {detail}")]
    Unreachable {
        /// Every address tried, and why each failed.
        detail: String,
    },
    /// No answer within the time given. If the request was sent, its connection is given up; it may or may not have taken effect.
    #[error("timed out: {detail}")]
    TimedOut {
        /// Where, and what was being waited for.
        detail: String,
    },
    /// The broker speaks no version of the API that can carry this request. It was not sent.
    #[error("unsupported by the broker: {detail}")]
    Unsupported {
        /// The API.
        api: ApiKey,
        /// Both version ranges, or the field that does not fit.
        detail: String,
    },
    /// The broker's answer could not be read.
    #[error("malformed answer: {detail}")]
    Malformed {
        /// The API.
        api: ApiKey,
        /// What is wrong with it.
        detail: String,
    },
    /// Too many calls wait for this connection already. The request was not sent.
    #[error("too many calls are waiting: {detail}")]
    Overloaded {
        /// Where, and the limit.
        detail: String,
    },
}

impl CallFailure {
    /// Whether the request surely had no effect, because it was never sent.
    #[must_use]
    pub const fn is_unsent(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::Unsupported { .. } | Self::Overloaded { .. }
        )
    }
}

/// What ended a connection. Whoever owns the transport resets it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ConnectionError {
    /// The bytes are no Kafka frames.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The peer closed during the handshake.
    #[error(
        "the peer closed the connection during the handshake: it may be no Kafka broker, or this port may want TLS or SASL"
    )]
    ClosedInHandshake,
    /// The peer closed within a frame.
    #[error("the connection was closed in the middle of a frame, after {arrived} bytes of {}", announced_size(*.announced))]
    ClosedInFrame {
        /// Bytes that came.
        arrived: usize,
        /// Bytes announced, if the length was complete.
        announced: Option<usize>,
    },
    /// The peer closed between frames.
    #[error("the broker closed the connection")]
    Closed,
    /// The transport broke.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// The handshake took too long.
    #[error("the peer accepted the connection but did not answer the ApiVersions handshake within {0:?}")]
    HandshakeTimedOut(Duration),
    /// The broker answered the handshake with an error.
    #[error("the broker refused the ApiVersions handshake: {0}")]
    HandshakeRefused(ErrorCode),
    /// The answer to the handshake could not be read.
    #[error("the answer to the ApiVersions handshake is not Kafka's (is this a Kafka broker?): {0}")]
    HandshakeMalformed(String),
    /// An answer to nothing.
    #[error("the broker answered correlation id {0}, but no request awaits an answer: the stream is corrupt")]
    Unasked(i32),
    /// An answer to something else.
    #[error(
        "the broker answered correlation id {answered} where {expected} ({api}) was next: the stream is corrupt"
    )]
    WrongCorrelation {
        /// The call whose turn it was.
        api: ApiKey,
        /// Its id.
        expected: i32,
        /// The id that came.
        answered: i32,
    },
    /// An answer that cannot be read.
    #[error("the answer to {api} could not be read: {detail}")]
    Malformed {
        /// The API.
        api: ApiKey,
        /// What is wrong.
        detail: String,
    },
    /// A call timed out.
    #[error("{api} got no answer within {after:?}")]
    RequestTimedOut {
        /// The API.
        api: ApiKey,
        /// The time given.
        after: Duration,
    },
    /// The caller gave up a request that had been sent.
    #[error("{0} was given up by its caller")]
    Abandoned(ApiKey),
}

fn announced_size(announced: Option<usize>) -> String {
    announced.map_or_else(|| String::from("unknown size"), |size| size.to_string())
}

//! Message bodies to bytes and back, and the two ways this fails.
//!
//! Encoding and decoding proper is the `kafka-protocol` crate's, except where [`super::body`] reads faster; what stands around it is
//! what that crate does not do: it trusts array counts, so the layout is checked first; it leaves half a message behind when it
//! fails; it accepts bytes after the end.

use core::fmt;

use bytes::{Bytes, BytesMut};
use kafka_protocol::protocol::{Decodable, Encodable, Message as RawMessage};

use super::wire::{Mirror, Misfit, Unwritten};
use super::{ApiKey, VersionRange};
use crate::ErrorCode;
use crate::layout::{LayoutError, Schema, V};

/// A request or a response of one API.
pub trait Message: Sized {
    /// Its API.
    const API: ApiKey;
    /// Whether it goes to the broker or comes from it.
    const DIRECTION: Direction;
    /// Its schema, by which its layout is checked before it is decoded.
    const SCHEMA: &'static Schema;

    /// Appends the body (no size, no header) in the given version. On failure nothing is appended.
    ///
    /// # Errors
    /// [`EncodeError`] if the version is not ours to write, or cannot say what the message says.
    fn encode(&self, version: i16, out: &mut BytesMut) -> Result<(), EncodeError>;

    /// Reads a body of the given version. A response must end where its body ends; after a request brokers tolerate more bytes.
    ///
    /// # Errors
    /// [`Malformed`] if these bytes are no such message.
    fn decode(version: i16, body: Bytes) -> Result<Self, Malformed>;
}

/// Which way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From client to broker.
    Request,
    /// From broker to client.
    Response,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Request => "request",
            Self::Response => "response",
        })
    }
}

/// A message that cannot be written in the version asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// Not one of the versions that this crate writes.
    #[error("{api} v{version} cannot be written: this client speaks {supported}")]
    Version {
        /// The API.
        api: ApiKey,
        /// The version asked for.
        version: i16,
        /// The versions possible.
        supported: VersionRange,
    },
    /// The version lacks a field whose loss would change the meaning.
    #[error(
        "{api} v{version} has no field for `{field}`, which is set: a newer broker is needed, or leave it unset"
    )]
    Absent {
        /// The API.
        api: ApiKey,
        /// The version asked for.
        version: i16,
        /// The field.
        field: &'static str,
    },
    /// A field that is not set, but must be in this version.
    #[error("`{field}` must be set in {api} v{version}")]
    Null {
        /// The API.
        api: ApiKey,
        /// The version asked for.
        version: i16,
        /// The field.
        field: &'static str,
    },
    /// A list where this version carries exactly one entry.
    #[error(
        "{api} v{version} carries exactly one entry of `{field}`, not {count}: send one request for each"
    )]
    NotOne {
        /// The API.
        api: ApiKey,
        /// The version asked for.
        version: i16,
        /// The list.
        field: &'static str,
        /// Its length.
        count: usize,
    },
    /// Anything else, such as text longer than its length field can say.
    #[error("{api} v{version} cannot be written: {reason}")]
    Other {
        /// The API.
        api: ApiKey,
        /// The version asked for.
        version: i16,
        /// What was wrong.
        reason: String,
    },
}

impl EncodeError {
    pub(crate) fn other(api: ApiKey, version: i16, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self::Other { api, version, reason }
    }

    pub(super) fn misfit(api: ApiKey, version: i16, misfit: Misfit) -> Self {
        match misfit {
            Misfit::Absent(field) => Self::Absent { api, version, field },
            Misfit::Null(field) => Self::Null { api, version, field },
            Misfit::NotOne(field, count) => Self::NotOne {
                api,
                version,
                field,
                count,
            },
        }
    }
}

/// Bytes that are not the message they should be. The peer is broken or hostile, or it is no Kafka at all: the connection cannot go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed {api} v{version} {direction}: {reason}")]
#[non_exhaustive]
pub struct Malformed {
    /// The API.
    pub api: ApiKey,
    /// The version.
    pub version: i16,
    /// Whose message.
    pub direction: Direction,
    /// What was wrong, and where if known.
    pub reason: String,
}

impl Malformed {
    /// A response whose header cannot be read.
    pub(crate) fn header(api: ApiKey, version: i16, error: &LayoutError) -> Self {
        Self {
            api,
            version,
            direction: Direction::Response,
            reason: format!("header: {}", reason(error)),
        }
    }
}

pub(super) fn encode<M, Raw>(message: &M, version: i16, out: &mut BytesMut) -> Result<(), EncodeError>
where
    M: Message + Mirror<Raw>,
    Raw: Encodable,
{
    let supported = super::versions(M::API);
    if !supported.contains(version) {
        return Err(EncodeError::Version {
            api: M::API,
            version,
            supported,
        });
    }
    let start = out.len();
    message.write_body(version, out).map_err(|unwritten| {
        out.truncate(start);
        match unwritten {
            Unwritten::Misfit(misfit) => EncodeError::misfit(M::API, version, misfit),
            Unwritten::Other(reason) => EncodeError::other(M::API, version, reason),
        }
    })
}

pub(super) fn decode<M, Raw>(version: i16, body: Bytes) -> Result<M, Malformed>
where
    M: Message + Mirror<Raw>,
    Raw: Decodable,
{
    let version = answered_version::<M>(version, &body);
    let malformed = |reason: String| Malformed {
        api: M::API,
        version,
        direction: M::DIRECTION,
        reason,
    };
    let supported = super::versions(M::API);
    if !supported.contains(version) {
        return Err(malformed(format!("only versions {supported} can be read")));
    }
    M::read_body(version, body).map_err(malformed)
}

/// A broker that does not know our ApiVersions version answers UNSUPPORTED_VERSION in a v0 body (KIP-511).
fn answered_version<M: Message>(asked: i16, body: &[u8]) -> i16 {
    let unsupported = ErrorCode::UNSUPPORTED_VERSION.0.to_be_bytes();
    match (M::API, M::DIRECTION) {
        (ApiKey::ApiVersions, Direction::Response) if body.starts_with(&unsupported) => 0,
        _ => asked,
    }
}

/// The message is named by [`Malformed`] already.
pub(super) fn reason(error: &LayoutError) -> String {
    let LayoutError {
        path, fault, offset, ..
    } = error;
    let place = if path.is_empty() { "body" } else { path.as_str() };
    format!("{place}: {fault} (at byte {offset})")
}

/// The versions in which there are both the request and the response.
pub(super) const fn common<Request: RawMessage, Response: RawMessage>() -> VersionRange {
    let (request, response) = (Request::VERSIONS, Response::VERSIONS);
    VersionRange {
        min: if request.min > response.min {
            request.min
        } else {
            response.min
        },
        max: if request.max < response.max {
            request.max
        } else {
            response.max
        },
    }
}

/// `versions` without the newest, if that is unstable.
pub(super) const fn stable(versions: VersionRange, request: &Schema) -> VersionRange {
    let V(_, newest) = request.versions;
    let unstable = request.unstable && versions.max == newest as i16;
    VersionRange::new(versions.min, versions.max - unstable as i16)
}

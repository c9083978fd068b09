//! Whole messages: header and body, framed by their size.
//!
//! Headers are written and read here by hand: they are four fields, and the `kafka-protocol` crate panics on a short one. The enums
//! dispatch over all APIs; the functions generic over [`Call`], and those that take an [`Outgoing`], link only the APIs that are called.

use bytes::{Buf, BufMut, Bytes, BytesMut};

use crate::api::{
    ApiKey, Call, Code, EncodeError, Malformed, Message, Outgoing, Request, Response, VersionRange,
    stable_versions,
};
use crate::layout::{self, Schema, table};

/// Appends a whole request: size, header, body. On failure nothing is appended.
///
/// # Errors
/// As [`Message::encode`]; besides if `client_id` is longer than 32,767 bytes or the frame longer than 2 GiB.
pub fn write_request(
    out: &mut BytesMut,
    version: i16,
    correlation_id: i32,
    client_id: Option<&str>,
    request: &Request,
) -> Result<(), EncodeError> {
    write_by(Code::ANY, out, version, correlation_id, client_id, request)
}

/// As [`write_request`], with no more of the code for other APIs than the request brings along.
///
/// # Errors
/// As there.
pub fn write_outgoing(
    out: &mut BytesMut,
    version: i16,
    correlation_id: i32,
    client_id: Option<&str>,
    request: &Outgoing,
) -> Result<(), EncodeError> {
    write_by(request.code(), out, version, correlation_id, client_id, request)
}

fn write_by(
    code: &Code,
    out: &mut BytesMut,
    version: i16,
    correlation_id: i32,
    client_id: Option<&str>,
    request: &Request,
) -> Result<(), EncodeError> {
    let header = RequestHeader {
        api: request.api(),
        schema: (code.request_schema)(request.api()),
        version,
        correlation_id,
        client_id,
    };
    header.frame(out, |out| (code.encode)(request, version, out))
}

/// As [`write_request`], for a request whose type is known.
///
/// # Errors
/// As there.
pub fn write_call<C: Call>(
    out: &mut BytesMut,
    version: i16,
    correlation_id: i32,
    client_id: Option<&str>,
    call: &C,
) -> Result<(), EncodeError> {
    let header = RequestHeader {
        api: C::API,
        schema: C::SCHEMA,
        version,
        correlation_id,
        client_id,
    };
    header.frame(out, |out| call.encode(version, out))
}

/// Appends a whole response: size, header, body. On failure nothing is appended.
///
/// ApiVersions answers UNSUPPORTED_VERSION in version 0, whatever was asked (KIP-511): the caller passes that version then.
///
/// # Errors
/// As [`Message::encode`]; besides if the frame is longer than 2 GiB.
pub fn write_response(
    out: &mut BytesMut,
    version: i16,
    correlation_id: i32,
    response: &Response,
) -> Result<(), EncodeError> {
    let api = response.api();
    framed(out, api, version, |out| {
        out.put_i32(correlation_id);
        if Response::schema(api).header_version(version) == Some(1) {
            out.put_u8(0); // no tagged fields
        }
        response.encode(version, out)
    })
}

/// Which request a response answers: the first four bytes of a frame (without its size), so that the pending call can be found
/// before the rest is read. `None` if the frame is shorter.
#[must_use]
pub fn correlation_id(frame: &[u8]) -> Option<i32> {
    frame.first_chunk().copied().map(i32::from_be_bytes)
}

/// Reads a response from its frame (without its size), given the API and version of the request it answers.
///
/// # Errors
/// [`Malformed`] if these bytes are no such response.
pub fn read_response(api: ApiKey, version: i16, frame: Bytes) -> Result<(i32, Response), Malformed> {
    read_by(Code::ANY, api, version, frame)
}

/// As [`read_response`], with the code that the request brought along.
pub(crate) fn read_by(
    code: &Code,
    api: ApiKey,
    version: i16,
    frame: Bytes,
) -> Result<(i32, Response), Malformed> {
    let (correlation_id, body) = response_header(api, (code.response_schema)(api), version, frame)?;
    Ok((correlation_id, (code.decode)(api, version, body)?))
}

/// As [`read_response`], for a call whose type is known.
///
/// # Errors
/// As there.
pub fn read_reply<C: Call>(version: i16, frame: Bytes) -> Result<(i32, C::Response), Malformed> {
    let (correlation_id, body) = response_header(C::API, C::Response::SCHEMA, version, frame)?;
    Ok((correlation_id, C::Response::decode(version, body)?))
}

/// A request as it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// Its API.
    pub api: ApiKey,
    /// Its version; the answer goes in the same.
    pub version: i16,
    /// To be repeated in the answer.
    pub correlation_id: i32,
    /// What the client calls itself.
    pub client_id: Option<String>,
    /// What it asks.
    pub request: Request,
}

/// A frame that holds no request we can serve. A broker closes the connection, except that it answers an unsupported ApiVersions
/// version with UNSUPPORTED_VERSION in v0 (KIP-511).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadRequest {
    /// Too short for a header, or its text is none.
    #[error("unreadable request header: {reason}")]
    Header {
        /// What was wrong.
        reason: String,
    },
    /// An API that this crate does not speak.
    #[error("unknown API key {api_key} (v{version})")]
    UnknownApi {
        /// Its number.
        api_key: i16,
        /// The version.
        version: i16,
        /// Of the request.
        correlation_id: i32,
    },
    /// An API that this crate speaks, but not in this version.
    #[error("{api} v{version} is not supported: only {supported}")]
    UnsupportedVersion {
        /// The API.
        api: ApiKey,
        /// The version.
        version: i16,
        /// Of the request.
        correlation_id: i32,
        /// The versions that are.
        supported: VersionRange,
    },
    /// The header is good, the body is not.
    #[error("request {correlation_id}: {malformed}")]
    Body {
        /// Of the request.
        correlation_id: i32,
        /// What was wrong.
        malformed: Malformed,
    },
}

/// Reads a request from its frame (without its size).
///
/// # Errors
/// [`BadRequest`] says how far the frame could be understood.
pub fn read_request(frame: Bytes) -> Result<Incoming, BadRequest> {
    let (api, version, correlation_id) = request_start(&frame)?;
    let (client_id, body) = request_rest(api, version, frame)?;
    match Request::decode(api, version, body) {
        Ok(request) => Ok(Incoming {
            api,
            version,
            correlation_id,
            client_id,
            request,
        }),
        Err(malformed) => Err(BadRequest::Body {
            correlation_id,
            malformed,
        }),
    }
}

/// The part of the header that is the same for all APIs and versions, known or not.
fn request_start(mut frame: &[u8]) -> Result<(ApiKey, i16, i32), BadRequest> {
    let mut start = || Ok((frame.try_get_i16()?, frame.try_get_i16()?, frame.try_get_i32()?));
    let start: Result<_, bytes::TryGetError> = start();
    let (api_key, version, correlation_id) = start.map_err(BadRequest::header)?;
    let Some(api) = ApiKey::from_number(api_key) else {
        return Err(BadRequest::UnknownApi {
            api_key,
            version,
            correlation_id,
        });
    };
    let supported = stable_versions(api);
    if !supported.contains(version) {
        return Err(BadRequest::UnsupportedVersion {
            api,
            version,
            correlation_id,
            supported,
        });
    }
    Ok((api, version, correlation_id))
}

/// The client id, which lies at byte 8 in every version, and the body.
fn request_rest(api: ApiKey, version: i16, mut frame: Bytes) -> Result<(Option<String>, Bytes), BadRequest> {
    let header_version = Request::schema(api).header_version(version).unwrap_or(1);
    let size = layout::check_header(&table::REQUEST_HEADER, header_version, &frame);
    let header = frame.split_to(size.map_err(BadRequest::header)?.min(frame.len()));
    let length = header.get(8..10).and_then(|at| at.first_chunk().copied());
    let Ok(length) = usize::try_from(i16::from_be_bytes(length.unwrap_or_default())) else {
        return Ok((None, frame));
    };
    let text = header.get(10..).and_then(|rest| rest.get(..length));
    let client_id = String::from_utf8(text.unwrap_or_default().to_vec()).map_err(BadRequest::header)?;
    Ok((Some(client_id), frame))
}

impl BadRequest {
    fn header(error: impl core::fmt::Display) -> Self {
        Self::Header {
            reason: error.to_string(),
        }
    }
}

fn response_header(
    api: ApiKey,
    schema: &'static Schema,
    version: i16,
    mut frame: Bytes,
) -> Result<(i32, Bytes), Malformed> {
    let header_version = schema.header_version(version).unwrap_or(0);
    let size = layout::check_header(&table::RESPONSE_HEADER, header_version, &frame);
    let size = size.map_err(|error| Malformed::header(api, version, &error))?;
    let header = frame.split_to(size.min(frame.len()));
    Ok((correlation_id(&header).unwrap_or_default(), frame))
}

struct RequestHeader<'a> {
    api: ApiKey,
    schema: &'static Schema,
    version: i16,
    correlation_id: i32,
    client_id: Option<&'a str>,
}

impl RequestHeader<'_> {
    fn frame(
        &self,
        out: &mut BytesMut,
        body: impl FnOnce(&mut BytesMut) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        framed(out, self.api, self.version, |out| {
            self.write(out)?;
            body(out)
        })
    }

    fn write(&self, out: &mut BytesMut) -> Result<(), EncodeError> {
        out.put_i16(self.api.number());
        out.put_i16(self.version);
        out.put_i32(self.correlation_id);
        match self.client_id {
            None => out.put_i16(-1),
            Some(text) => {
                let length = i16::try_from(text.len());
                out.put_i16(length.map_err(|_| {
                    EncodeError::other(self.api, self.version, "client.id is longer than 32,767 bytes")
                })?);
                out.put_slice(text.as_bytes());
            }
        }
        // Header v2 has the client id in the old form all the same, so that a broker can read it before it knows the version.
        if self.schema.header_version(self.version) == Some(2) {
            out.put_u8(0); // no tagged fields
        }
        Ok(())
    }
}

/// Runs `write` behind a size field that is filled in afterwards.
fn framed(
    out: &mut BytesMut,
    api: ApiKey,
    version: i16,
    write: impl FnOnce(&mut BytesMut) -> Result<(), EncodeError>,
) -> Result<(), EncodeError> {
    let start = out.len();
    out.put_i32(0);
    let size = write(out).and_then(|()| {
        let size = out.len().saturating_sub(start).saturating_sub(4);
        i32::try_from(size).map_err(|_| EncodeError::other(api, version, "the frame is larger than 2 GiB"))
    });
    match size {
        Ok(size) => {
            let mut size_field = out.get_mut(start..).unwrap_or_default();
            size_field.put_i32(size);
            Ok(())
        }
        Err(error) => {
            out.truncate(start);
            Err(error)
        }
    }
}

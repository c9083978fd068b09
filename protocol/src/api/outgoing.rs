//! A request together with the code that writes it and reads its answer.
//!
//! Matching on [`Request`] to write it would link every API there is into every program: 80 KB of machine code before the newer
//! groups came. A call made from its own type brings along the code of that API alone, and the linker drops the others.

use core::fmt;
use core::ops::Deref;

use bytes::{Bytes, BytesMut};

use super::{ApiKey, Call, EncodeError, Malformed, Message, Request, Response};
use crate::layout::Schema;

/// A request on its way to a broker. Made from the request's own type, or from any [`Request`], which links the code of all APIs.
#[derive(Clone)]
pub struct Outgoing {
    request: Request,
    code: &'static Code,
}

/// How requests are written and their answers read.
pub(crate) struct Code {
    pub(crate) request_schema: fn(ApiKey) -> &'static Schema,
    pub(crate) response_schema: fn(ApiKey) -> &'static Schema,
    pub(crate) encode: fn(&Request, i16, &mut BytesMut) -> Result<(), EncodeError>,
    pub(crate) decode: fn(ApiKey, i16, Bytes) -> Result<Response, Malformed>,
}

impl Code {
    /// For every API.
    pub(crate) const ANY: &'static Self = &Self {
        request_schema: Request::schema,
        response_schema: Response::schema,
        encode: Request::encode,
        decode: Response::decode,
    };

    /// For one API.
    pub(crate) const fn of<C: Call>() -> &'static Self {
        &Self {
            request_schema: |_| C::SCHEMA,
            response_schema: |_| C::Response::SCHEMA,
            encode: encode::<C>,
            decode: |_, version, body| C::Response::decode(version, body).map(Into::into),
        }
    }
}

fn encode<C: Call>(request: &Request, version: i16, out: &mut BytesMut) -> Result<(), EncodeError> {
    match C::of(request) {
        Some(call) => call.encode(version, out),
        // Cannot be: an `Outgoing` is made from one value.
        None => Err(EncodeError::other(
            request.api(),
            version,
            "it is another API's request",
        )),
    }
}

impl Outgoing {
    pub(crate) const fn code(&self) -> &'static Code {
        self.code
    }

    /// The request alone.
    #[must_use]
    pub fn into_request(self) -> Request {
        self.request
    }
}

impl<C: Call> From<C> for Outgoing {
    fn from(call: C) -> Self {
        Self {
            request: call.into(),
            code: Code::of::<C>(),
        }
    }
}

impl From<Request> for Outgoing {
    fn from(request: Request) -> Self {
        Self {
            request,
            code: Code::ANY,
        }
    }
}

impl Deref for Outgoing {
    type Target = Request;

    fn deref(&self) -> &Request {
        &self.request
    }
}

impl PartialEq for Outgoing {
    fn eq(&self, other: &Self) -> bool {
        self.request == other.request
    }
}

impl Eq for Outgoing {}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.request.fmt(f)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code")
    }
}

//! Frames for people: any request or response as named fields, as indented text or as JSON.
//!
//! It follows the schemas of [`layout`] and streams to a [`fmt::Write`]: no tree is built, and what it holds at most
//! is one decompressed batch. Field names are Kafka's own, as its request log prints them. Besides values it shows
//!
//! - numbers with what they stand for: `errorCode: 25 UNKNOWN_MEMBER_ID`, in JSON as `"errorCode":25,"errorCodeName":"UNKNOWN_MEMBER_ID"`;
//! - ids of topics in the base64 form of Kafka's tools;
//! - tagged fields that a version does not know, as `tag1000`;
//! - subscriptions and assignments of `consumer` groups, opened where they stand;
//! - record batches, opened, with the first [`records`](Dissect::records) of them.
//!
//! In JSON, bytes are `{"size":3,"hex":"010203"}`, shortened by dropping digits, and a string too long to be shown is
//! `{"size":99999,"text":".."}`. Credentials are hidden unless [`secrets`](Dissect::secrets) asks for them.
//!
//! Nothing is trusted: a malformed frame shows what could be read of it, then the error with path and offset; JSON stays valid.
//!
//! ```
//! use bytes::Bytes;
//! use kohort_protocol::dissect::Dissect;
//!
//! let frame = b"\0\x0c\0\0\0\0\0\x07\0\x02me\0\x01g\0\0\0\x05\0\x01m";
//! let mut text = String::new();
//! Dissect::default().request(&Bytes::from_static(frame), &mut text)?;
//! assert!(text.starts_with("HeartbeatRequest v0 (API key 12), 22 bytes\n"));
//! assert!(text.ends_with("    generationId: 5\n    memberId: \"m\"\n"));
//! # Ok::<(), kohort_protocol::dissect::DissectError>(())
//! ```

mod fields;
mod gist;
mod printer;
mod records;
mod scalar;
mod secrets;

use core::fmt;

use bytes::Bytes;

use crate::ErrorCode;
use crate::api::Direction;
use crate::layout::{self, Fault, LayoutError, Role, Schema, Visit, table};
use fields::Fields;
pub use gist::Gist;
use printer::{Kind, Printer};
use scalar::{Scalar, Shown};
pub use secrets::secrets;

/// What the output looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// Indented lines.
    #[default]
    Text,
    /// One JSON object in one line, without a line feed.
    Json,
}

/// How to dissect. [`Default`] is what `kohort decode` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dissect {
    /// Text or JSON.
    pub form: Form,
    /// How many bytes of a byte field, a key or a value are shown (default 64).
    pub bytes: usize,
    /// How many bytes of a string, a textual key or value are shown (default 1024; Kafka's names have 249 at most).
    pub text: usize,
    /// How many records of each partition are shown (default 10). With 0 nothing is decompressed.
    pub records: usize,
    /// Most bytes that one batch may decompress to (default 64 MiB).
    pub decompressed: usize,
    /// Bytes of output after which the rest is left out (default 64 MiB).
    pub output: usize,
    /// Whether credentials are shown (SASL tokens, HMACs, salted passwords; default no).
    pub secrets: bool,
    /// Blanks before each line of text.
    pub indent: usize,
}

impl Default for Dissect {
    fn default() -> Self {
        Self {
            form: Form::Text,
            bytes: 64,
            text: 1024,
            records: 10,
            decompressed: crate::records::DECOMPRESSED_LIMIT,
            output: 64 << 20,
            secrets: false,
            indent: 0,
        }
    }
}

/// Why a frame was not read to its end. What could be read has been written, the error itself too.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DissectError {
    /// It does not hold what its schema says; the offset counts from the start of the frame, header included.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// No such API is known, so that only the header can be read.
    #[error("unknown API key {0}: Kafka 4.4 has none, its body cannot be read")]
    UnknownApi(i16),
    /// The output failed.
    #[error("the output takes no more")]
    Output(#[from] fmt::Error),
}

type Dissected = Result<(), DissectError>;

impl Dissect {
    /// Dissects a request with its header, without its size prefix. The header says what it is.
    ///
    /// # Errors
    /// [`DissectError`] if it is no request of a known API and version.
    pub fn request(&self, frame: &Bytes, out: &mut dyn fmt::Write) -> Dissected {
        let api_key = int16(frame, 0).unwrap_or(-1);
        let version = int16(frame, 2).unwrap_or(0);
        let schema = layout::request(api_key);
        let message = Message {
            schema,
            name: schema.map_or("unknown request", |schema| schema.name),
            api_key,
            version,
            header: &table::REQUEST_HEADER,
            // The start and the client id are the same in both versions.
            header_version: schema
                .and_then(|schema| schema.header_version(version))
                .unwrap_or(1),
        };
        self.message(&message, frame, out)
    }

    /// Dissects a response with its header, without its size prefix; `api_key` and `version` are those of the request.
    ///
    /// A broker answers an ApiVersions request of a version that it does not know in version 0 (KIP-511): such a response is
    /// recognised.
    ///
    /// # Errors
    /// [`DissectError`] if it is none, or if the API or version is unknown.
    pub fn response(&self, api_key: i16, version: i16, frame: &Bytes, out: &mut dyn fmt::Write) -> Dissected {
        let schema = layout::response(api_key);
        let message = Message {
            schema,
            name: schema.map_or("unknown response", |schema| schema.name),
            api_key,
            version: answered(api_key, version, frame.get(4..).unwrap_or_default()),
            header: &table::RESPONSE_HEADER,
            header_version: schema
                .and_then(|schema| schema.header_version(version))
                .unwrap_or(0),
        };
        self.message(&message, frame, out)
    }

    /// Dissects a body without its header, or any other message of the table.
    ///
    /// # Errors
    /// [`DissectError`] if it is none, or if there is no such version.
    pub fn body(
        &self,
        schema: &'static Schema,
        version: i16,
        body: &Bytes,
        out: &mut dyn fmt::Write,
    ) -> Dissected {
        let api_key = match schema.role {
            Role::Request(key) | Role::Response(key) => key,
            _ => -1,
        };
        let mut printer = self.printer(out, schema.name, version, api_key, body);
        let outcome = self.body_of(&mut printer, schema, version, body);
        ended(printer, outcome)
    }

    fn message(&self, message: &Message, frame: &Bytes, out: &mut dyn fmt::Write) -> Dissected {
        let mut printer = self.printer(out, message.name, message.version, message.api_key, frame);
        let outcome = self.header(&mut printer, message, frame).and_then(|start| {
            let body = frame.slice(start..);
            let Some(schema) = message.schema else {
                printer.value(Some("unreadable"), Scalar::Bytes(&body));
                return Err(DissectError::UnknownApi(message.api_key));
            };
            self.body_of(&mut printer, schema, message.version, &body)
                .map_err(|error| behind(error, start))
        });
        ended(printer, outcome)
    }

    fn printer<'o>(
        &self,
        out: &'o mut dyn fmt::Write,
        name: &str,
        version: i16,
        api_key: i16,
        frame: &Bytes,
    ) -> Printer<'o> {
        let shown = Shown {
            bytes: self.bytes,
            text: self.text,
        };
        let size = frame.len();
        let title = format_args!("{name} v{version} (API key {api_key}), {size} bytes");
        let mut printer = Printer::new(out, (self.form, shown, self.output, self.indent), title);
        printer.detail("message", Scalar::Text(name.as_bytes()));
        printer.detail("apiKey", Scalar::Int(api_key.into()));
        printer.detail("apiVersion", Scalar::Int(version.into()));
        printer.detail("size", Scalar::Int(signed(size)));
        printer
    }

    /// Shows the header and says where the body starts.
    fn header(
        &self,
        printer: &mut Printer<'_>,
        message: &Message,
        frame: &Bytes,
    ) -> Result<usize, DissectError> {
        printer.begin(Some("header"), Kind::Object, None);
        let mut fields = Fields::new(self, printer, message.header, frame);
        let start = layout::walk(message.header, message.header_version, frame, &mut fields)?;
        printer.end();
        Ok(start)
    }

    fn body_of(
        &self,
        printer: &mut Printer<'_>,
        schema: &'static Schema,
        version: i16,
        body: &Bytes,
    ) -> Dissected {
        if let Err(
            error @ LayoutError {
                fault: Fault::Version { .. },
                ..
            },
        ) = layout::walk(schema, version, body, &mut Ignore)
        {
            printer.value(Some("unreadable"), self.unnamed(schema, body));
            return Err(error.into());
        }
        printer.begin(Some("body"), Kind::Object, None);
        let mut fields = Fields::new(self, printer, schema, body);
        let read = layout::walk(schema, version, body, &mut fields)?;
        printer.end();
        let rest = body.slice(read..);
        if rest.is_empty() {
            return Ok(());
        }
        printer.value(Some("trailing"), self.unnamed(schema, &rest));
        // What brokers ignore behind a request (see `layout::check`) is no fault.
        layout::check(schema, version, body).map_err(DissectError::from)
    }

    /// Bytes that belong to no field: of SASL they may hold what a field would hide.
    fn unnamed<'b>(&self, schema: &Schema, bytes: &'b [u8]) -> Scalar<'b> {
        if secrets::is_all_secret(schema) && !self.secrets {
            Scalar::Hidden(bytes.len())
        } else {
            Scalar::Bytes(bytes)
        }
    }
}

/// Sees nothing: to know whether bytes can be read, or how many.
struct Ignore;

impl Visit for Ignore {
    const LOOKS: bool = false;
}

/// A frame with a header: what it is.
struct Message {
    /// None for an unknown API.
    schema: Option<&'static Schema>,
    name: &'static str,
    api_key: i16,
    version: i16,
    header: &'static Schema,
    header_version: i16,
}

fn ended(mut printer: Printer<'_>, outcome: Dissected) -> Dissected {
    if let Err(error) = &outcome {
        printer.last("error", Scalar::Words(error));
    }
    printer.finish()?;
    outcome
}

/// Offsets of a body's faults count from the start of the frame.
fn behind(error: DissectError, header: usize) -> DissectError {
    match error {
        DissectError::Layout(error) => DissectError::Layout(LayoutError {
            offset: error.offset + header,
            ..error
        }),
        other => other,
    }
}

/// The version in which a response body is written.
fn answered(api_key: i16, version: i16, body: &[u8]) -> i16 {
    let refused = api_key == 18 && int16(body, 0) == Some(ErrorCode::UNSUPPORTED_VERSION.0);
    if refused && layout::check(&table::API_VERSIONS_RESPONSE, 0, body).is_ok() {
        0
    } else {
        version
    }
}

fn int16(bytes: &[u8], at: usize) -> Option<i16> {
    bytes.get(at..)?.first_chunk().copied().map(i16::from_be_bytes)
}

fn signed(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

/// Kafka's name of an API, such as `JoinGroup`, if it is known.
#[must_use]
pub fn api_name(api_key: i16) -> Option<&'static str> {
    layout::request(api_key)?.name.strip_suffix("Request")
}

/// Every known API: its key and Kafka's name of it, ascending by key.
pub fn apis() -> impl Iterator<Item = (i16, &'static str)> {
    table::REQUESTS.iter().filter_map(|schema| match schema.role {
        Role::Request(key) => Some((key, api_name(key)?)),
        _ => None,
    })
}

/// The schema of an API's messages in one direction.
#[must_use]
pub fn schema(api_key: i16, direction: Direction) -> Option<&'static Schema> {
    match direction {
        Direction::Request => layout::request(api_key),
        Direction::Response => layout::response(api_key),
    }
}

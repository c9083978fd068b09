//! Requests and responses of every API and version, ours and those that only `kafka-protocol` knows.

use bytes::{Bytes, BytesMut};
use kohort_protocol::api::{Direction, Malformed, Request, Response, versions};
use kohort_protocol::layout::{self, Fault, Role, Schema};
use kohort_protocol::{ApiKey, ErrorCode};
use std::sync::OnceLock;

use crate::limits::{CHECK, Judged, MESSAGE};
use crate::peers::peers;

/// A message in one version, and who decodes it.
pub(crate) struct Subject {
    pub(crate) schema: &'static Schema,
    pub(crate) version: i16,
    decoder: Decoder,
}

enum Decoder {
    Ours(ApiKey, Direction),
    /// The bytes left over, if it could be decoded.
    Theirs(fn(Bytes, i16) -> anyhow::Result<usize>),
}

/// All of them: requests, responses, blobs and headers.
pub(crate) fn subjects() -> &'static [Subject] {
    static ALL: OnceLock<Vec<Subject>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all = Vec::new();
        for &api in ApiKey::ALL {
            let range = versions(api);
            for version in range.min..=range.max {
                all.extend(ours(api, Direction::Request, version));
                all.extend(ours(api, Direction::Response, version));
            }
        }
        for peer in peers() {
            for version in peer.versions() {
                let is_same =
                    |known: &Subject| (known.schema.name, known.version) == (peer.schema.name, version);
                if !all.iter().any(is_same) {
                    let decoder = Decoder::Theirs(peer.decode);
                    all.push(Subject {
                        schema: peer.schema,
                        version,
                        decoder,
                    });
                }
            }
        }
        all
    })
}

fn ours(api: ApiKey, direction: Direction, version: i16) -> Option<Subject> {
    let schema = match direction {
        Direction::Request => layout::request(api.number()),
        Direction::Response => layout::response(api.number()),
    };
    Some(Subject {
        schema: schema?,
        version,
        decoder: Decoder::Ours(api, direction),
    })
}

impl Subject {
    /// Checks and decodes, as one would who received it.
    pub(crate) fn judge(&self, frame: &Bytes) -> Judged {
        let (passes, check) = CHECK.judge(frame.len(), || self.passes(frame).then_some(()));
        let judged = match self.decoder {
            Decoder::Ours(api, Direction::Request) => self.ours(
                frame,
                |body| Request::decode(api, self.version, body),
                Request::encode,
            ),
            Decoder::Ours(api, Direction::Response) => self.ours(
                frame,
                |body| Response::decode(api, self.version, body),
                Response::encode,
            ),
            Decoder::Theirs(decode) => self.theirs(frame, decode),
        };
        assert!(
            passes.is_some() || judged.refused || self.read_as(frame) != self.version,
            "decoded although the layout is wrong"
        );
        Judged {
            allocated: judged.allocated.max(check.allocated),
            ..judged
        }
    }

    /// Whether the layout is right. Who reads straight into our structs grants itself what the check grants
    /// `kafka-protocol`, but needs less.
    fn passes(&self, frame: &[u8]) -> bool {
        layout::check(self.schema, self.version, frame).is_ok() || self.costs_too_much(frame)
    }

    fn costs_too_much(&self, frame: &[u8]) -> bool {
        let checked = layout::check(self.schema, self.version, frame);
        checked.is_err_and(|error| matches!(error.fault, Fault::Memory { .. }))
    }

    /// ApiVersions: what begins like UNSUPPORTED_VERSION is read as version 0, and its writer chooses that version (KIP-511).
    fn read_as(&self, frame: &[u8]) -> i16 {
        let unsupported = ErrorCode::UNSUPPORTED_VERSION.0.to_be_bytes();
        if self.schema.role == Role::Response(18) && frame.starts_with(&unsupported) {
            0
        } else {
            self.version
        }
    }

    /// Whatever can be read can be written, and reads the same again.
    fn ours<M: PartialEq + std::fmt::Debug, E: std::fmt::Display>(
        &self,
        frame: &Bytes,
        decode: impl Fn(Bytes) -> Result<M, Malformed>,
        encode: impl Fn(&M, i16, &mut BytesMut) -> Result<(), E>,
    ) -> Judged {
        let (decoded, judged) = MESSAGE.judge(frame.len(), || decode(frame.clone()).ok());
        if let Some(message) = decoded {
            let mut again = BytesMut::new();
            let written =
                encode(&message, self.read_as(frame), &mut again).map_err(|error| error.to_string());
            assert_eq!(written, Ok(()), "read, but not to be written: {message:?}");
            let again = again.freeze();
            match decode(again.clone()) {
                Ok(same) => assert_eq!(same, message, "written and read again"),
                // Numbers take fewer bytes now, so that its lists may be too much for its size.
                Err(refused) => assert!(self.costs_too_much(&again), "written, and then {refused}"),
            }
        }
        judged
    }

    fn theirs(&self, frame: &Bytes, decode: fn(Bytes, i16) -> anyhow::Result<usize>) -> Judged {
        let decode = || {
            let admitted = layout::admit(self.schema, self.version, frame.clone()).ok()?;
            decode(admitted, self.version).ok()
        };
        let (left, judged) = MESSAGE.judge(frame.len(), decode);
        if let (Some(left), Role::Response(_)) = (left, self.schema.role) {
            assert_eq!(left, 0, "the decoder ended before the end");
        }
        judged
    }
}

/// The first byte is the API's key, the second the version.
fn fuzz(role: fn(i16) -> Role, bytes: &[u8]) {
    let Some((&[key, version], body)) = bytes.split_first_chunk() else {
        return;
    };
    let role = role(key.into());
    let chosen = |subject: &&Subject| subject.schema.role == role && subject.version == i16::from(version);
    if let Some(subject) = subjects().iter().find(chosen) {
        subject.judge(&Bytes::copy_from_slice(body));
    }
}

pub(crate) fn fuzz_request(bytes: &[u8]) {
    fuzz(Role::Request, bytes);
}

pub(crate) fn fuzz_response(bytes: &[u8]) {
    fuzz(Role::Response, bytes);
}

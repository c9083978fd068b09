//! The *layout check*: a walk over a frame before anybody decodes it.
//!
//! The decoders of `kafka-protocol` trust the counts they read: six hostile bytes make one ask for 34 GB and the
//! process aborts; a member's subscription does the same to its leader. [`check`] therefore walks every frame first,
//! by the schemas of [`table`], and holds each count, length, varint and tag block against the bytes that are really
//! there. It allocates nothing unless it has an error to report. After it has passed, every count in the frame is true, and
//! decoding it takes at most 64 KiB and 24 times its size: an array that would take more is refused ([`Fault::Memory`]),
//! and [`admit`] spares the decoder masses of unknown tagged fields.
//!
//! What it leaves to the decoder: whether strings are UTF-8 and what values mean. The walk is open to a [`Visit`]or,
//! which sees each field with its name; that is all a dissector needs.
//!
//! The table is one file of `static`s written by `tools/schema` from Kafka's definitions. Plain data was chosen over a
//! compact byte program: the compiler checks it, the walk needs no interpreter, a change in Kafka reads as a changed
//! line, and the linker drops the schemas a program does not name.

mod arbitrary;
mod error;
mod read;
mod schema;
mod strip;
#[rustfmt::skip]
pub mod table;
mod walk;

use bytes::Bytes;

pub use arbitrary::arbitrary;
pub use error::{Fault, LayoutError};
pub use schema::{Field, Role, Schema, Struct, Type, V, request, response};
pub(crate) use schema::{N, NEVER};
pub(crate) use walk::memory_limit;
pub use walk::{Value, Visit, walk};

/// Checks the body of a request or response, or a blob with its version prefix taken off.
///
/// A response must end where its last field ends. A request may go on, since brokers ignore what follows (seen on Kafka
/// 4.0.2 and 4.4.0). So may a subscription or an assignment: one of a version above the newest known is read as the
/// newest, and what later versions append is left alone.
///
/// # Errors
///
/// [`LayoutError`] with the path and the offset of the first thing wrong. The frame must not be decoded then.
pub fn check(schema: &'static Schema, version: i16, body: &[u8]) -> Result<(), LayoutError> {
    look(schema, version, body).map(drop)
}

/// As [`check`], and gives what the decoder may have: the body, or a copy without its unknown tagged fields if there are
/// many. The decoder spends half a kilobyte on each, and nobody looks at them; but a later Kafka may add as many as it
/// likes (KIP-482), so that they cannot be refused.
///
/// # Errors
///
/// As for [`check`].
pub fn admit(schema: &'static Schema, version: i16, body: Bytes) -> Result<Bytes, LayoutError> {
    let Unknown(count) = look(schema, version, &body)?;
    match schema.reads(version) {
        Some(known) if count > KEPT => strip::strip(schema, known, &body)
            .map(Bytes::from)
            .map_err(|fault| LayoutError::of_message(schema, version, 0, fault)),
        _ => Ok(body),
    }
}

/// So many unknown tagged fields are not worth a copy: 64 KiB at most.
const KEPT: usize = 128;

fn look(schema: &'static Schema, version: i16, body: &[u8]) -> Result<Unknown, LayoutError> {
    let mut unknown = Unknown(0);
    let read = walk(schema, version, body, &mut unknown)?;
    match schema.role {
        Role::Response(_) if read < body.len() => {
            Err(LayoutError::trailing(schema, version, read, body.len()))
        }
        _ => Ok(unknown),
    }
}

/// Checks the header at the start of a frame and says how many bytes it takes; the body follows.
///
/// `schema` is [`table::REQUEST_HEADER`] or [`table::RESPONSE_HEADER`], `version` comes from [`Schema::header_version`].
///
/// # Errors
///
/// [`LayoutError`], as for [`check`].
pub fn check_header(schema: &'static Schema, version: i16, frame: &[u8]) -> Result<usize, LayoutError> {
    walk(schema, version, frame, &mut Unknown(0))
}

/// Sees nothing but unknown tagged fields: the check alone.
struct Unknown(usize);

impl Visit for Unknown {
    const LOOKS: bool = false;

    fn unknown(&mut self, _: usize, _: u32, _: &[u8]) {
        self.0 += 1;
    }
}

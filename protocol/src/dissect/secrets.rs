//! Where credentials stand in a message, so that they can be hidden or blanked.

use core::ops::Range;

use crate::layout::{Field, Role, Schema, Value, Visit, walk};

/// Whether the field's bytes are to be seen by nobody else: SASL tokens, HMACs of delegation tokens, salted passwords.
pub(super) fn is_secret(field: &Field) -> bool {
    matches!(field.name, "authBytes" | "hmac" | "salt" | "saltedPassword")
}

/// Whether bytes of the message that belong to no field may be a credential.
pub(super) fn is_all_secret(schema: &Schema) -> bool {
    matches!(schema.role, Role::Request(36) | Role::Response(36))
}

/// The places of credentials in a body, which may be cut off. Of a SaslAuthenticate that cannot be read it is all.
#[must_use]
pub fn secrets(schema: &'static Schema, version: i16, body: &[u8]) -> Vec<Range<usize>> {
    let mut look = Look {
        body,
        found: Vec::new(),
    };
    let read = walk(schema, version, body, &mut look);
    if is_all_secret(schema) && read != Ok(body.len()) {
        look.found.clear();
        look.found.push(0..body.len());
    }
    look.found
}

struct Look<'b> {
    body: &'b [u8],
    found: Vec<Range<usize>>,
}

impl Visit for Look<'_> {
    fn value(&mut self, _at: usize, field: &'static Field, value: Value<'_>) {
        if let Value::Bytes(bytes) = value
            && is_secret(field)
            && !bytes.is_empty()
        {
            // A part of `body`, behind its length.
            let start = bytes.as_ptr().addr() - self.body.as_ptr().addr();
            self.found.push(start..start + bytes.len());
        }
    }
}

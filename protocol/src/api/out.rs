//! Bodies written straight from our structs, for requests that are sent all the time: without the copies that `kafka-protocol`'s structs
//! would need in between. Knows how Kafka writes a field; the message knows which.

use bytes::{BufMut, BytesMut};

use super::wire::Unwritten;
use crate::layout::Schema;

/// A body that is being written.
pub(super) struct Out<'a> {
    bytes: &'a mut BytesMut,
    flexible: bool,
}

impl<'a> Out<'a> {
    pub(super) fn new(bytes: &'a mut BytesMut, schema: &Schema, version: i16) -> Self {
        Self {
            bytes,
            flexible: schema.is_flexible(version),
        }
    }

    pub(super) fn int32(&mut self, value: i32) {
        self.bytes.put_i32(value);
    }

    pub(super) fn text(&mut self, field: &str, text: &str) -> Result<(), Unwritten> {
        self.nullable_text(field, Some(text))
    }

    /// Text longer than its length field can say in any version is refused.
    pub(super) fn nullable_text(&mut self, field: &str, text: Option<&str>) -> Result<(), Unwritten> {
        let length = text.map(|text| i16::try_from(text.len())).transpose();
        let length = length.map_err(|_| Unwritten::Other(format!("{field} is longer than 32,767 bytes")))?;
        if self.flexible {
            // One more than it is, 0 for null.
            self.varint(length.map_or(0, |length| length.unsigned_abs() + 1));
        } else {
            self.bytes.put_i16(length.unwrap_or(-1));
        }
        self.bytes.put_slice(text.unwrap_or_default().as_bytes());
        Ok(())
    }

    fn varint(&mut self, mut value: u16) {
        while value >= 0x80 {
            self.bytes.put_u8(value.to_le_bytes()[0] | 0x80);
            value >>= 7;
        }
        self.bytes.put_u8(value.to_le_bytes()[0]);
    }

    pub(super) fn no_tags(&mut self) {
        if self.flexible {
            self.bytes.put_u8(0);
        }
    }
}

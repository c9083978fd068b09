//! A copy of a frame without the tagged fields that its version does not know. For frames that the check has passed.
//!
//! The decoder keeps each unknown field in a B-tree, one tree for each struct: half a kilobyte for two bytes on the wire,
//! and nobody ever looks at them. A later Kafka may add fields to whatever it likes (KIP-482), so they cannot be refused.

use super::error::Fault;
use super::read::Reader;
use super::schema::{Field, Schema, Struct, Type};

pub(super) fn strip(schema: &'static Schema, version: u8, frame: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut from = Reader::new(frame);
    let mut to = Vec::with_capacity(frame.len());
    Strip { version }.fields(&schema.root, &mut from, &mut to)?;
    let rest = from.left();
    copy(&mut from, rest, &mut to)?;
    Ok(to)
}

/// Only flexible versions have tagged fields, so that all lengths are compact.
struct Strip {
    version: u8,
}

impl Strip {
    fn fields(&self, shape: &'static Struct, from: &mut Reader<'_>, to: &mut Vec<u8>) -> Result<(), Fault> {
        for field in shape.fields {
            if field.placed.contains(self.version) {
                self.field(field, from, to)?;
            }
        }
        self.tags(shape, from, to)
    }

    fn field(&self, field: &'static Field, from: &mut Reader<'_>, to: &mut Vec<u8>) -> Result<(), Fault> {
        if !field.array {
            return self.one(field.of, field.nullable.contains(self.version), from, to);
        }
        for _ in 0..length(from, to)? {
            self.one(field.of, false, from, to)?;
        }
        Ok(())
    }

    fn one(&self, of: Type, nullable: bool, from: &mut Reader<'_>, to: &mut Vec<u8>) -> Result<(), Fault> {
        match of {
            Type::Struct(shape) => {
                if nullable {
                    let [presence] = from.array()?;
                    to.push(presence);
                    if presence != 1 {
                        return Ok(());
                    }
                }
                self.fields(shape, from, to)
            }
            Type::String | Type::Bytes | Type::Records => {
                let size = length(from, to)?;
                copy(from, size, to)
            }
            Type::LegacyString => {
                let length: [u8; 2] = from.array()?;
                to.extend(length);
                copy(
                    from,
                    usize::try_from(i16::from_be_bytes(length)).unwrap_or_default(),
                    to,
                )
            }
            of => copy(from, of.size().into(), to),
        }
    }

    fn tags(&self, shape: &'static Struct, from: &mut Reader<'_>, to: &mut Vec<u8>) -> Result<(), Fault> {
        let (mut count, mut known) = (0, Vec::new());
        for _ in 0..from.varint()? {
            let (tag, size) = (from.varint()?, from.size()?);
            let mut inside = from.split(size)?;
            if let Some(field) = shape.tagged(tag, self.version) {
                count += 1;
                let mut held = Vec::new();
                self.field(field, &mut inside, &mut held)?;
                put(tag, &mut known);
                put(u32::try_from(held.len()).unwrap_or(u32::MAX), &mut known);
                known.append(&mut held);
            }
        }
        put(count, to);
        to.append(&mut known);
        Ok(())
    }
}

/// Copies a length; 0 for null.
fn length(from: &mut Reader<'_>, to: &mut Vec<u8>) -> Result<usize, Fault> {
    let number = from.varint()?;
    put(number, to);
    Ok(usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX))
}

fn copy(from: &mut Reader<'_>, size: usize, to: &mut Vec<u8>) -> Result<(), Fault> {
    to.extend_from_slice(from.take(size)?);
    Ok(())
}

fn put(mut number: u32, to: &mut Vec<u8>) {
    while let low @ 0x80.. = number {
        to.push(low.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    to.push(number.to_le_bytes()[0]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::{Value, Visit, arbitrary, table, walk};

    /// What a frame says, without places and unknown fields.
    #[derive(Default, PartialEq, Debug)]
    struct Said {
        known: Vec<String>,
        unknown: usize,
    }

    impl Visit for Said {
        fn value(&mut self, _: usize, field: &'static Field, value: Value<'_>) {
            self.known.push(format!("{} {value:?}", field.name));
        }

        fn begin(&mut self, _: usize, field: &'static Field, count: Option<usize>) {
            self.known.push(format!("{} {count:?}", field.name));
        }

        fn unknown(&mut self, _: usize, _: u32, _: &[u8]) {
            self.unknown += 1;
        }
    }

    fn said(schema: &'static Schema, version: i16, frame: &[u8]) -> Said {
        let mut said = Said::default();
        let read = walk(schema, version, frame, &mut said).expect("a valid frame");
        assert_eq!(read, frame.len());
        said
    }

    #[test]
    fn all_that_is_known_stays_and_nothing_else() {
        let (mut stripped, mut seed) = (0, 0);
        for schema in [table::REQUESTS, table::RESPONSES].concat() {
            for version in schema.versions().filter(|version| schema.is_flexible(*version)) {
                for _ in 0..20 {
                    seed += 1;
                    let mut random = fastrand::Rng::with_seed(seed);
                    let frame = arbitrary(schema, version, &mut |n| random.u32(..n)).expect("a version");
                    let copy = strip(schema, u8::try_from(version).unwrap(), &frame).unwrap();
                    let (before, after) = (said(schema, version, &frame), said(schema, version, &copy));
                    assert_eq!(
                        before.known, after.known,
                        "{} v{version} {frame:02x?}",
                        schema.name
                    );
                    assert_eq!(after.unknown, 0);
                    stripped += before.unknown;
                    assert!(before.unknown > 0 || copy == frame);
                }
            }
        }
        assert!(stripped > 1_000, "{stripped}");
    }
}

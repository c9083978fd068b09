//! Arbitrary valid messages, made from the table: what property tests, fuzzers and the trial of a broker start from.
//!
//! The bytes are *canonical*: whoever decodes and encodes them gets the same bytes back. So numbers take the fewest
//! bytes, tags ascend, and a tagged field is written only with a value that cannot be its default.

use super::schema::{Field, Schema, Struct, Type};

/// Makes a valid body, or `None` if the message has no such version.
///
/// `below(n)` must give a number in `0..n`; the same numbers make the same bytes.
pub fn arbitrary(schema: &Schema, version: i16, below: &mut dyn FnMut(u32) -> u32) -> Option<Vec<u8>> {
    let version = u8::try_from(version)
        .ok()
        .filter(|version| schema.versions.contains(*version))?;
    let flexible = schema.flexible.contains(version);
    let mut maker = Maker {
        version,
        flexible,
        below,
        out: Vec::new(),
    };
    maker.fields(&schema.root, false);
    Some(maker.out)
}

/// The lowest tag used for a field that no version knows.
const UNKNOWN_TAG: u32 = 1000;

struct Maker<'r> {
    version: u8,
    flexible: bool,
    below: &'r mut dyn FnMut(u32) -> u32,
    out: Vec<u8>,
}

impl Maker<'_> {
    /// `telling` asks for values that are no field's default.
    fn fields(&mut self, shape: &Struct, telling: bool) {
        for field in shape.fields.iter().filter(|field| field.tag.is_none()) {
            if field.versions.contains(self.version) {
                self.field(field, telling);
            }
        }
        if self.flexible {
            self.tags(shape);
        }
    }

    fn field(&mut self, field: &Field, telling: bool) {
        let nullable = field.nullable.contains(self.version);
        let null = nullable && !telling && self.one_in(4);
        if field.array {
            self.array(field.of, null, telling);
        } else {
            self.one(field.of, nullable, null, telling);
        }
    }

    fn array(&mut self, of: Type, null: bool, telling: bool) {
        let count = u32::from(telling) + (self.below)(3);
        self.length(Type::Bytes, (!null).then_some(count));
        for _ in 0..if null { 0 } else { count } {
            self.one(of, false, false, telling);
        }
    }

    fn one(&mut self, of: Type, nullable: bool, null: bool, telling: bool) {
        match of {
            Type::Bool => {
                let value = telling || self.one_in(2);
                self.out.push(u8::from(value));
            }
            Type::Int8 => self.number(1, telling),
            Type::Int16 | Type::Uint16 => self.number(2, telling),
            Type::Int32 => self.number(4, telling),
            Type::Int64 => self.number(8, telling),
            Type::Float64 => self.number(8, true),
            Type::Uuid => self.number(16, telling),
            Type::String | Type::LegacyString => self.text(of, null, telling),
            Type::Bytes | Type::Records => self.blob(of, null, telling),
            Type::Struct(shape) => self.structure(shape, nullable, null, telling),
        }
    }

    fn structure(&mut self, shape: &Struct, nullable: bool, null: bool, telling: bool) {
        if nullable {
            self.out.push(if null { 0xff } else { 1 });
        }
        if !null {
            self.fields(shape, telling);
        }
    }

    /// Often an edge, otherwise anything. A telling number is far from 0, -1, the least and the greatest.
    fn number(&mut self, size: usize, telling: bool) {
        let edge = match (self.below)(4) {
            0 if !telling => Some(0x00),
            1 if !telling => Some(0xff),
            _ => None,
        };
        let first = if telling {
            1 + self.byte() % 100
        } else {
            self.byte()
        };
        self.out.push(edge.unwrap_or(first));
        for _ in 1..size {
            let next = self.byte();
            self.out.push(edge.unwrap_or(next));
        }
    }

    fn text(&mut self, of: Type, null: bool, telling: bool) {
        let text = match (self.below)(5) {
            0 if !telling => "",
            0 | 1 => "t",
            2 => "é",
            3 => "長い",
            _ => "group-1",
        };
        self.sized(of, (!null).then_some(text.as_bytes()));
    }

    fn blob(&mut self, of: Type, null: bool, telling: bool) {
        let count = u32::from(telling) + (self.below)(5);
        let bytes: Vec<u8> = (0..count).map(|_| self.byte()).collect();
        self.sized(of, (!null).then_some(&bytes));
    }

    fn sized(&mut self, of: Type, bytes: Option<&[u8]>) {
        let length = bytes.map(|bytes| u32::try_from(bytes.len()).expect("a few bytes"));
        self.length(of, length);
        self.out.extend_from_slice(bytes.unwrap_or_default());
    }

    fn length(&mut self, of: Type, length: Option<u32>) {
        if self.flexible && !matches!(of, Type::LegacyString) {
            return self.varint(length.map_or(0, |length| length + 1));
        }
        let long = length.unwrap_or(u32::MAX).to_be_bytes();
        let short = matches!(of, Type::String | Type::LegacyString);
        self.out.extend_from_slice(if short { &long[2..] } else { &long });
    }

    fn varint(&mut self, mut number: u32) {
        while let low @ 0x80.. = number {
            self.out.push(low.to_le_bytes()[0] | 0x80);
            number >>= 7;
        }
        self.out.push(number.to_le_bytes()[0]);
    }

    fn tags(&mut self, shape: &Struct) {
        let mut tagged: Vec<(u32, Vec<u8>)> = Vec::new();
        for field in shape.fields {
            if let Some(tag) = field.tag.filter(|_| field.versions.contains(self.version))
                && self.one_in(2)
            {
                tagged.push((u32::from(tag), self.apart(|maker| maker.field(field, true))));
            }
        }
        tagged.sort_by_key(|(tag, _)| *tag);
        if self.one_in(8) {
            let bytes = self.apart(|maker| maker.number(3, false));
            tagged.push((UNKNOWN_TAG + (self.below)(100_000), bytes));
        }
        self.varint(u32::try_from(tagged.len()).expect("a few fields"));
        for (tag, bytes) in tagged {
            self.varint(tag);
            self.varint(u32::try_from(bytes.len()).expect("a small field"));
            self.out.extend_from_slice(&bytes);
        }
    }

    /// What `make` writes, taken out of the message again.
    fn apart(&mut self, make: impl FnOnce(&mut Self)) -> Vec<u8> {
        let start = self.out.len();
        make(self);
        self.out.split_off(start)
    }

    fn byte(&mut self) -> u8 {
        (self.below)(256).to_le_bytes()[0]
    }

    fn one_in(&mut self, count: u32) -> bool {
        (self.below)(count) == 0
    }
}

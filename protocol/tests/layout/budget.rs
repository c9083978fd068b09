//! What the limit on memory must let pass: messages as large as clusters are, with as little in them as can be.

use crate::peers::{Peer, peers};
use kohort_protocol::layout::{self, Field, Struct, Type};

const COUNT: u32 = 10_000;

/// Each outer array has so many elements, each inner one a single one; names are the shortest that are all different,
/// and whatever may be null is null.
struct Lean {
    version: u8,
    flexible: bool,
    names: u32,
    out: Vec<u8>,
}

fn lean(peer: &Peer, version: i16) -> Vec<u8> {
    let mut lean = Lean {
        version: u8::try_from(version).expect("a known version"),
        flexible: peer.schema.is_flexible(version),
        names: 0,
        out: Vec::new(),
    };
    lean.fields(&peer.schema.root, COUNT);
    lean.out
}

impl Lean {
    fn fields(&mut self, shape: &Struct, count: u32) {
        for field in shape.fields {
            if field.tag.is_none() && field.versions.contains(self.version) {
                self.field(field, count);
            }
        }
        if self.flexible {
            self.out.push(0);
        }
    }

    fn field(&mut self, field: &Field, count: u32) {
        let nullable = field.nullable.contains(self.version);
        if field.array {
            self.length(4, Some(count));
            for _ in 0..count {
                self.one(field.of, false, 1);
            }
        } else {
            self.one(field.of, nullable, count);
        }
    }

    fn one(&mut self, of: Type, nullable: bool, count: u32) {
        match of {
            Type::Struct(_) if nullable => self.out.push(0xff),
            Type::Struct(shape) => self.fields(shape, count),
            Type::LegacyString => self.out.extend([0xff; 2]),
            Type::String if nullable => self.length(2, None),
            Type::Bytes | Type::Records if nullable => self.length(4, None),
            Type::Bytes | Type::Records => self.length(4, Some(0)),
            Type::String => {
                self.names += 1;
                let name = format!("t{}", self.names % COUNT);
                self.length(2, Some(u32::try_from(name.len()).expect("a short name")));
                self.out.extend(name.bytes());
            }
            Type::Bool | Type::Int8 => self.out.push(1),
            Type::Int16 | Type::Uint16 => self.out.extend([0, 1]),
            Type::Int32 => self.out.extend([0, 0, 0, 1]),
            Type::Int64 | Type::Float64 => self.out.extend([1; 8]),
            Type::Uuid => self.out.extend([1; 16]),
        }
    }

    fn length(&mut self, size: usize, length: Option<u32>) {
        if self.flexible {
            let mut number = length.map_or(0, |length| length + 1);
            while number >= 0x80 {
                self.out.push(number.to_le_bytes()[0] | 0x80);
                number >>= 7;
            }
            return self.out.push(number.to_le_bytes()[0]);
        }
        let bytes = length.unwrap_or(u32::MAX).to_be_bytes();
        self.out.extend(bytes.iter().skip(4 - size));
    }
}

#[test]
fn lean_messages_of_a_large_cluster_pass() {
    for peer in peers() {
        for version in peer.versions() {
            layout::check(peer.schema, version, &lean(&peer, version)).unwrap();
        }
    }
}

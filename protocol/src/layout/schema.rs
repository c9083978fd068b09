//! The shape of the table: messages, structs, fields and the versions that have them.
//!
//! Everything is a `static` of plain data. Nothing is parsed at run time, and a program that names the messages it
//! speaks links their schemas alone, names included; only [`request`] and [`response`] draw in the whole table.

use super::table;
use core::ops::RangeInclusive;

/// The open end of a version range, `3+`.
pub(crate) const N: u8 = u8::MAX;
/// No version at all.
pub(crate) const NEVER: V = V(N, 0);

/// A range of versions, both ends inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct V(pub(crate) u8, pub(crate) u8);

impl V {
    /// Whether the range has this version.
    #[inline]
    pub const fn contains(self, version: u8) -> bool {
        self.0 <= version && version <= self.1
    }
}

/// One message of the protocol.
#[derive(Debug)]
pub struct Schema {
    /// Kafka's name, such as `OffsetFetchResponse`.
    pub name: &'static str,
    /// What kind of message this is, and of which API.
    pub role: Role,
    /// The versions Kafka 4.4 can read and write.
    pub versions: V,
    /// The versions with compact lengths and tagged fields (KIP-482).
    pub flexible: V,
    /// Whether Kafka may still change the newest version; a stock broker does not offer it.
    pub unstable: bool,
    /// The fields.
    pub root: Struct,
}

/// The place of a message in the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A request of the API with this key.
    Request(i16),
    /// A response of the API with this key.
    Response(i16),
    /// What stands before a request or a response.
    Header,
    /// A blob inside other messages: a member's subscription or assignment.
    Data,
}

/// A group of fields that stand in this order, tagged ones apart.
#[derive(Debug)]
pub struct Struct {
    /// The fewest bytes it takes, over all versions that have it; never 0 for the elements of an array.
    pub smallest: u8,
    /// The fields, of all versions.
    pub fields: &'static [Field],
}

impl Struct {
    /// The tagged field with this number, if the version has one.
    pub(super) fn tagged(&self, tag: u32, version: u8) -> Option<&'static Field> {
        let known =
            |field: &&Field| field.tag.map(u32::from) == Some(tag) && field.versions.contains(version);
        self.fields.iter().find(known)
    }
}

/// A field of a struct.
#[derive(Debug)]
pub struct Field {
    /// Kafka's name as its own JSON prints it, such as `throttleTimeMs`.
    pub name: &'static str,
    /// The type, or that of the elements.
    pub of: Type,
    /// Whether it is an array.
    pub array: bool,
    /// The versions that have the field.
    pub versions: V,
    /// The versions in which it may be null.
    pub nullable: V,
    /// Its number, if it is a tagged field.
    pub tag: Option<u8>,
    /// The versions in which it stands at its place in the struct, not among the tagged fields.
    pub(super) placed: V,
    /// The bytes to step over, if those are always the same number; else 0.
    pub(super) step: u8,
    /// If it is a length and then as many times so many bytes, these; else 0. Of flexible versions alone.
    pub(super) each: u8,
    /// What the decoder holds for each element, if it is an array; else 0.
    pub(super) memory: u16,
}

/// What a field holds.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the names are Kafka's")]
pub enum Type {
    Bool,
    Int8,
    Int16,
    Uint16,
    Int32,
    Int64,
    Float64,
    Uuid,
    String,
    /// A string whose length takes two bytes in flexible versions as well: the client id of a request header, so that
    /// a broker can read the ApiVersions request of a client newer than itself.
    LegacyString,
    Bytes,
    /// Record batches; their inside is not described here.
    Records,
    Struct(&'static Struct),
}

pub(super) const fn one(name: &'static str, of: Type, versions: V) -> Field {
    Field {
        name,
        of,
        array: false,
        versions,
        nullable: NEVER,
        tag: None,
        placed: versions,
        step: of.size(),
        each: match of {
            Type::String | Type::Bytes | Type::Records => 1,
            _ => 0,
        },
        memory: 0,
    }
}

pub(super) const fn many(name: &'static str, of: Type, versions: V) -> Field {
    Field {
        array: true,
        step: 0,
        each: of.size(),
        memory: of.memory(),
        ..one(name, of, versions)
    }
}

impl Field {
    pub(super) const fn null(self, nullable: V) -> Self {
        Self { nullable, ..self }
    }

    pub(super) const fn tag(self, tag: u8) -> Self {
        Self {
            tag: Some(tag),
            placed: NEVER,
            ..self
        }
    }
}

impl Schema {
    /// The versions Kafka 4.4 can read and write.
    pub fn versions(&self) -> RangeInclusive<i16> {
        i16::from(self.versions.0)..=i16::from(self.versions.1)
    }

    /// Whether the version has compact lengths and tagged fields (KIP-482).
    pub fn is_flexible(&self, version: i16) -> bool {
        u8::try_from(version).is_ok_and(|version| self.flexible.contains(version))
    }

    /// The version of the header that stands before this message, or `None` if none does.
    ///
    /// The ApiVersions response keeps header 0 in every version: the client that reads it does not know yet what the
    /// broker speaks (KIP-511).
    pub fn header_version(&self, version: i16) -> Option<i16> {
        match self.role {
            Role::Request(_) => Some(1 + i16::from(self.is_flexible(version))),
            Role::Response(18) => Some(0),
            Role::Response(_) => Some(i16::from(self.is_flexible(version))),
            Role::Header | Role::Data => None,
        }
    }

    /// The version by which to read these bytes. A newer subscription or assignment is read as the newest known:
    /// Kafka only ever appends to them.
    pub(super) fn reads(&self, version: i16) -> Option<u8> {
        let V(first, last) = self.versions;
        match u8::try_from(version) {
            Ok(version) if self.versions.contains(version) => Some(version),
            _ if self.role == Role::Data && version > i16::from(first) => Some(last),
            _ => None,
        }
    }
}

/// The request of the API with this key.
pub fn request(api_key: i16) -> Option<&'static Schema> {
    table::REQUESTS
        .iter()
        .copied()
        .find(|schema| schema.role == Role::Request(api_key))
}

/// The response of the API with this key.
pub fn response(api_key: i16) -> Option<&'static Schema> {
    table::RESPONSES
        .iter()
        .copied()
        .find(|schema| schema.role == Role::Response(api_key))
}

impl Type {
    /// The bytes of a value, if those are always the same number; else 0.
    #[inline]
    pub(super) const fn size(self) -> u8 {
        match self {
            Self::Bool | Self::Int8 => 1,
            Self::Int16 | Self::Uint16 => 2,
            Self::Int32 => 4,
            Self::Int64 | Self::Float64 => 8,
            Self::Uuid => 16,
            Self::String | Self::LegacyString | Self::Bytes | Self::Records | Self::Struct(_) => 0,
        }
    }

    /// The bytes that a value takes in a struct of the decoder, at most: its structs have the fields of all versions,
    /// texts and bytes are slices of the frame, and unknown tagged fields lie in a map. (On 64 bits; else it is less.)
    const fn memory(self) -> u16 {
        const WORD: u16 = 8;
        match self {
            Self::String | Self::LegacyString | Self::Bytes | Self::Records => 4 * WORD,
            Self::Struct(shape) => {
                let (mut sum, mut fields) = (3 * WORD, shape.fields);
                while let [field, rest @ ..] = fields {
                    sum += match field.of {
                        _ if field.array => 3 * WORD,
                        // It may be an option, with a word of its own to say so.
                        Self::Struct(_) => field.of.memory() + WORD,
                        of => of.memory(),
                    };
                    fields = rest;
                }
                // The compiler sorts fields by their alignment, so that there is no gap but at the end.
                sum.next_multiple_of(WORD)
            }
            of => of.size() as u16,
        }
    }

    /// Kafka's name for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int8 => "int8",
            Self::Int16 => "int16",
            Self::Uint16 => "uint16",
            Self::Int32 => "int32",
            Self::Int64 => "int64",
            Self::Float64 => "float64",
            Self::Uuid => "uuid",
            Self::String | Self::LegacyString => "string",
            Self::Bytes => "bytes",
            Self::Records => "records",
            Self::Struct(_) => "struct",
        }
    }
}

//! What makes a message's code of its list of fields.
//!
//! The structs have the shape of kafka-protocol's own and implement that crate's traits, so that a caller sees no
//! difference. They differ in what they refuse: null where a version has no null, a tagged field whose size is false,
//! tags out of order. And no count makes them ask for memory that the bytes do not pay for.
//!
//! A file of a message imports all of this module: the names below are those that the macros use.

pub(super) use super::place::{Form, at};
pub(super) use super::tags::{TagReader, TagWriter, whole};
pub(super) use super::value::{Count, Out, PRESENT, Sink, Value, present};
pub(super) use crate::layout::{N, V};
pub(super) use anyhow::Result;
pub(super) use bytes::Bytes;
pub(super) use kafka_protocol::messages::{BrokerId, GroupId, ProducerId, TopicName, TransactionalId};
pub(super) use kafka_protocol::protocol::buf::{ByteBuf, ByteBufMut};
pub(super) use kafka_protocol::protocol::{
    Decodable, Encodable, HeaderVersion, Message, Request, StrBytes, VersionRange,
};
pub(super) use std::collections::BTreeMap;
pub(super) use uuid::Uuid;

/// Declares a message: its structs in kafka-protocol's shape, and that crate's traits for them.
///
/// A field is `name with_name: Type = default, at(versions)`, then `.null(versions)`, `.tag(number)` and `.ignorable()`
/// where they apply; tagged fields stand last, in the order of their tags.
macro_rules! message {
    (
        $role:ident $message:ident, key: $key:literal, $(response: $response:ident,)?
        versions: $versions:expr, flexible: $flexible:expr;
        $($structs:tt)*
    ) => {
        const VERSIONS: V = $versions;
        const FLEXIBLE: V = $flexible;

        structs! { $($structs)* }

        impl HeaderVersion for $message {
            fn header_version(version: i16) -> i16 {
                let flexible = u8::try_from(version).is_ok_and(|version| FLEXIBLE.contains(version));
                header_version!($role $key, flexible)
            }
        }

        $(
            impl Request for $message {
                const KEY: i16 = $key;
                type Response = super::$response;
            }
        )?
    };
}

/// The header of the ApiVersions response is never flexible: who reads it does not know yet what the broker speaks (KIP-511).
macro_rules! header_version {
    (request $key:literal, $flexible:expr) => {
        1 + i16::from($flexible)
    };
    (response $key:literal, $flexible:expr) => {
        i16::from($flexible && $key != 18)
    };
}

macro_rules! structs {
    ($(
        $(#[$doc:meta])*
        $name:ident { $($(#[$about:meta])* $field:ident $with:ident: $type:ty = $default:expr, $place:expr;)* }
    )*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$about])* pub $field: $type,)*
            /// Other tagged fields.
            pub unknown_tagged_fields: BTreeMap<i32, Bytes>,
        }

        impl $name {
            $(
                #[doc = concat!("Sets `", stringify!($field), "`.")]
                #[must_use]
                pub fn $with(mut self, value: $type) -> Self {
                    self.$field = value;
                    self
                }
            )*

            /// Sets `unknown_tagged_fields`.
            #[must_use]
            pub fn with_unknown_tagged_fields(
                mut self,
                value: BTreeMap<i32, Bytes>,
            ) -> Self {
                self.unknown_tagged_fields = value;
                self
            }

            /// Inserts an entry into `unknown_tagged_fields`.
            #[must_use]
            pub fn with_unknown_tagged_field(mut self, key: i32, value: Bytes) -> Self {
                self.unknown_tagged_fields.insert(key, value);
                self
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self {
                    $($field: $default,)*
                    unknown_tagged_fields: BTreeMap::new(),
                }
            }
        }

        impl Value for $name {
            fn write<S: Sink>(
                &self,
                out: &mut S,
                form: Form,
            ) -> Result<()> {
                if form.nullable {
                    PRESENT.write(out, form)?;
                }
                $(const { $place }.write(stringify!($field), &self.$field, || $default, out, form)?;)*
                if form.flexible {
                    let mut tags = TagWriter::new(&self.unknown_tagged_fields);
                    $(tags.count(const { $place }, &self.$field, || $default, form);)*
                    tags.begin(out)?;
                    $(tags.write(const { $place }, &self.$field, || $default, out, form)?;)*
                    tags.end(out)?;
                }
                Ok(())
            }

            fn read_or_null<B: ByteBuf>(
                buf: &mut B,
                form: Form,
            ) -> Result<Option<Self>> {
                if form.nullable && !present(buf)? {
                    return Ok(None);
                }
                let mut it = Self::default();
                $(if const { $place }.is_plain(form) {
                    it.$field = Value::read(buf, const { $place }.form(form))?;
                })*
                if form.flexible {
                    let mut tags = TagReader::new(buf)?;
                    while let Some((tag, bytes)) = tags.next(buf)? {
                        $(if const { $place }.is_tag(tag, form) {
                            it.$field = whole(bytes, const { $place }.form(form))?;
                            continue;
                        })*
                        it.unknown_tagged_fields.insert(tag, bytes);
                    }
                }
                Ok(Some(it))
            }
        }

        impl Encodable for $name {
            fn encode<B: ByteBufMut>(
                &self,
                buf: &mut B,
                version: i16,
            ) -> Result<()> {
                let form = Form::new(version, VERSIONS, FLEXIBLE)?;
                Value::write(self, &mut Out(buf), form)
            }

            fn compute_size(&self, version: i16) -> Result<usize> {
                let form = Form::new(version, VERSIONS, FLEXIBLE)?;
                let mut size = Count::default();
                Value::write(self, &mut size, form)?;
                Ok(size.0)
            }
        }

        impl Decodable for $name {
            fn decode<B: ByteBuf>(
                buf: &mut B,
                version: i16,
            ) -> Result<Self> {
                let form = Form::new(version, VERSIONS, FLEXIBLE)?;
                Value::read(buf, form)
            }
        }

        impl Message for $name {
            const VERSIONS: VersionRange = VersionRange {
                min: VERSIONS.0 as i16,
                max: VERSIONS.1 as i16,
            };
            const DEPRECATED_VERSIONS: Option<VersionRange> = None;
        }
    )*};
}

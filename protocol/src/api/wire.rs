//! The mirror between our structs and those of the `kafka-protocol` crate, field by field.
//!
//! A file of an API lists its fields once in [`mirror!`] and has both directions. A field that a version does not carry is
//! dropped if Kafka's schema calls it ignorable; the others are listed with the versions that carry them and refused elsewhere,
//! by name, for the crate's own refusal does not say which field it means.

use bytes::{Bytes, BytesMut};
use kafka_protocol::protocol::{Decodable, Encodable, StrBytes};
use uuid::Uuid;

use super::Message;
use super::codec::reason;
use super::find_coordinator::CoordinatorType;
use super::replicas::Replicas;
use crate::layout;
use crate::{
    ErrorCode, Generation, GroupId, GroupInstanceId, IsolationLevel, LeaderEpoch, MemberEpoch, MemberId,
    NodeId, ProducerId, TopicId, TopicName, TransactionalId,
};

pub(super) use crate::messages as raw;

/// Why a value does not fit into a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Misfit {
    /// The version has no such field, and dropping it would change the meaning.
    Absent(&'static str),
    /// The field may not be null in this version.
    Null(&'static str),
    /// The version carries exactly one of these.
    NotOne(&'static str, usize),
}

/// Our type and its counterpart on the wire.
pub(super) trait Mirror<Raw>: Sized {
    fn to_raw(&self, version: i16) -> Result<Raw, Misfit>;
    /// The error says what no peer that keeps to the protocol writes.
    fn from_raw(raw: Raw, version: i16) -> Result<Self, &'static str>;

    /// Appends a body. A message that is sent all the time may do so without `Raw` in between.
    fn write_body(&self, version: i16, out: &mut BytesMut) -> Result<(), Unwritten>
    where
        Raw: Encodable,
    {
        let raw = self.to_raw(version).map_err(Unwritten::Misfit)?;
        raw.encode(out, version)
            .map_err(|error| Unwritten::Other(error.to_string()))
    }

    /// Reads a body, whose layout is checked first. A message marked `straight` does both at once by its `Wire`, without `Raw` in
    /// between.
    fn read_body(version: i16, body: Bytes) -> Result<Self, String>
    where
        Self: Message,
        Raw: Decodable,
    {
        let body = layout::admit(Self::SCHEMA, version, body);
        let mut body = body.map_err(|error| reason(&error))?;
        let raw = Raw::decode(&mut body, version).map_err(|error| error.to_string())?;
        Self::from_raw(raw, version).map_err(ToOwned::to_owned)
    }
}

/// Why a body was not written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unwritten {
    /// The value does not fit into the version.
    Misfit(Misfit),
    /// Anything else.
    Other(String),
}

/// In an impl of [`Mirror`]: reads by the message's `Wire`.
macro_rules! straight {
    (straight) => {
        fn read_body(version: i16, body: bytes::Bytes) -> Result<Self, String> {
            $crate::api::body::read_straight(version, &body)
        }
    };
}

/// `Ours = raw { field, field: how, .. }`, where *how* is one of
/// `in 5..` (carried by these versions, refused in others unless it holds Kafka's default), `null in 7..` (may be null in
/// these only), `empty below 7` (an older version says null with empty text), `left out below 12` (although Kafka's schema refuses it there), `is raw_name`, `tagged in 12..` (an optional struct that Kafka leaves out when it holds its defaults), and
/// `slice` (bytes that are not copied out of the frame). `Ours = raw (straight) { .. }` is read by its `Wire`.
macro_rules! mirror {
    ($($ours:ident = $($raw:ident)::+ $(($straight:ident))? { $($field:ident $(($($how:tt)+))?),* $(,)? })*) => {$(
        impl $crate::api::wire::Mirror<$($raw)::+> for $ours {
            fn to_raw(&self, version: i16) -> Result<$($raw)::+, $crate::api::wire::Misfit> {
                let mut raw = <$($raw)::+>::default();
                $($crate::api::wire::to_field!(self, raw, version, $field $($($how)+)?);)*
                Ok(raw)
            }

            fn from_raw(raw: $($raw)::+, version: i16) -> Result<Self, &'static str> {
                Ok(Self {
                    $($field: $crate::api::wire::from_field!(raw, version, $field $($($how)+)?),)*
                })
            }

            $($crate::api::wire::straight!($straight);)?
        }
    )*};
}

macro_rules! to_field {
    ($self:ident, $raw:ident, $version:ident, $field:ident) => {
        $raw.$field = $crate::api::wire::Mirror::to_raw(&$self.$field, $version)?
    };
    ($self:ident, $raw:ident, $version:ident, $field:ident is $theirs:ident) => {
        $raw.$theirs = $crate::api::wire::Mirror::to_raw(&$self.$field, $version)?
    };
    ($self:ident, $raw:ident, $version:ident, $field:ident slice) => {
        $raw.$field = $self.$field.clone()
    };
    ($self:ident, $raw:ident, $version:ident, $field:ident in $versions:expr) => {{
        let value = $crate::api::wire::Mirror::to_raw(&$self.$field, $version)?;
        if !$versions.contains(&$version) && value != $raw.$field {
            return Err($crate::api::wire::Misfit::Absent(stringify!($field)));
        }
        $raw.$field = value;
    }};
    ($self:ident, $raw:ident, $version:ident, $field:ident null in $versions:expr) => {{
        if !$versions.contains(&$version) && $self.$field.is_none() {
            return Err($crate::api::wire::Misfit::Null(stringify!($field)));
        }
        $raw.$field = $crate::api::wire::Mirror::to_raw(&$self.$field, $version)?;
    }};
    ($self:ident, $raw:ident, $version:ident, $field:ident empty below $first:literal) => {{
        $raw.$field = $crate::api::wire::Mirror::to_raw(&$self.$field, $version)?;
        if $version < $first && $raw.$field.is_none() {
            $raw.$field = Some(Default::default());
        }
    }};
    ($self:ident, $raw:ident, $version:ident, $field:ident left out below $first:literal) => {
        if $version >= $first {
            $raw.$field = $crate::api::wire::Mirror::to_raw(&$self.$field, $version)?;
        }
    };
    ($self:ident, $raw:ident, $version:ident, $field:ident tagged in $versions:expr) => {
        if let Some(value) = &$self.$field {
            if !$versions.contains(&$version) {
                return Err($crate::api::wire::Misfit::Absent(stringify!($field)));
            }
            $raw.$field = $crate::api::wire::Mirror::to_raw(value, $version)?;
        }
    };
}

macro_rules! from_field {
    ($raw:ident, $version:ident, $field:ident is $theirs:ident) => {
        $crate::api::wire::Mirror::from_raw($raw.$theirs, $version)?
    };
    ($raw:ident, $version:ident, $field:ident slice) => {
        $raw.$field
    };
    ($raw:ident, $version:ident, $field:ident empty below $first:literal) => {{
        let value = $raw.$field.filter(|text| $version >= $first || !text.is_empty());
        $crate::api::wire::Mirror::from_raw(value, $version)?
    }};
    ($raw:ident, $version:ident, $field:ident tagged in $versions:expr) => {
        if $raw.$field == Default::default() {
            None
        } else {
            Some($crate::api::wire::Mirror::from_raw($raw.$field, $version)?)
        }
    };
    ($raw:ident, $version:ident, $field:ident $($how:tt)*) => {
        $crate::api::wire::Mirror::from_raw($raw.$field, $version)?
    };
}

pub(super) use {from_field, mirror, straight, to_field};

/// The only entry of a list that this version carries as plain fields.
pub(super) fn only<'a, T>(list: &'a [T], field: &'static str) -> Result<&'a T, Misfit> {
    match list {
        [one] => Ok(one),
        _ => Err(Misfit::NotOne(field, list.len())),
    }
}

macro_rules! same {
    ($($type:ty)*) => {$(
        impl Mirror<$type> for $type {
            fn to_raw(&self, _: i16) -> Result<$type, Misfit> {
                Ok(*self)
            }

            fn from_raw(raw: $type, _: i16) -> Result<Self, &'static str> {
                Ok(raw)
            }
        }
    )*};
}

same! { bool i8 i16 u16 i32 i64 }

macro_rules! numbers {
    ($($ours:ident = $raw:ty;)*) => {$(
        impl Mirror<$raw> for $ours {
            fn to_raw(&self, _: i16) -> Result<$raw, Misfit> {
                Ok(self.0.into())
            }

            fn from_raw(raw: $raw, _: i16) -> Result<Self, &'static str> {
                Ok(Self(raw.into()))
            }
        }
    )*};
}

numbers! {
    CoordinatorType = i8;
    ErrorCode = i16;
    Generation = i32;
    LeaderEpoch = i32;
    MemberEpoch = i32;
    NodeId = i32;
    NodeId = raw::BrokerId;
    ProducerId = raw::ProducerId;
}

macro_rules! texts {
    ($($ours:ident = $raw:ty;)*) => {$(
        impl Mirror<$raw> for $ours {
            fn to_raw(&self, _: i16) -> Result<$raw, Misfit> {
                Ok(StrBytes::from_string(AsRef::<str>::as_ref(self).to_owned()).into())
            }

            /// Copies: a kept id must not keep the whole frame.
            fn from_raw(raw: $raw, _: i16) -> Result<Self, &'static str> {
                let text: StrBytes = raw.into();
                Ok(Self::from(text.as_str()))
            }
        }
    )*};
}

texts! {
    GroupId = raw::GroupId;
    GroupInstanceId = StrBytes;
    MemberId = StrBytes;
    String = StrBytes;
    TopicName = raw::TopicName;
    TransactionalId = raw::TransactionalId;
}

impl Mirror<Uuid> for TopicId {
    fn to_raw(&self, _: i16) -> Result<Uuid, Misfit> {
        Ok(Uuid::from_bytes(self.0))
    }

    fn from_raw(raw: Uuid, _: i16) -> Result<Self, &'static str> {
        Ok(Self(raw.into_bytes()))
    }
}

impl Mirror<i8> for IsolationLevel {
    fn to_raw(&self, _: i16) -> Result<i8, Misfit> {
        Ok(match self {
            Self::ReadUncommitted => 0,
            Self::ReadCommitted => 1,
        })
    }

    fn from_raw(raw: i8, _: i16) -> Result<Self, &'static str> {
        match raw {
            0 => Ok(Self::ReadUncommitted),
            1 => Ok(Self::ReadCommitted),
            _ => Err("isolation_level is neither 0 nor 1"),
        }
    }
}

impl Mirror<Bytes> for Bytes {
    fn to_raw(&self, _: i16) -> Result<Bytes, Misfit> {
        Ok(self.clone())
    }

    /// Copies: kept metadata must not keep the whole frame.
    fn from_raw(raw: Bytes, _: i16) -> Result<Self, &'static str> {
        Ok(Self::copy_from_slice(&raw))
    }
}

impl Mirror<Vec<raw::BrokerId>> for Replicas {
    fn to_raw(&self, _: i16) -> Result<Vec<raw::BrokerId>, Misfit> {
        Ok(self.iter().map(|id| raw::BrokerId(id.0)).collect())
    }

    fn from_raw(raw: Vec<raw::BrokerId>, _: i16) -> Result<Self, &'static str> {
        Ok(raw.into_iter().map(|id| NodeId(id.0)).collect())
    }
}

impl<Raw, T: Mirror<Raw>> Mirror<Option<Raw>> for Option<T> {
    fn to_raw(&self, version: i16) -> Result<Option<Raw>, Misfit> {
        self.as_ref().map(|value| value.to_raw(version)).transpose()
    }

    fn from_raw(raw: Option<Raw>, version: i16) -> Result<Self, &'static str> {
        raw.map(|value| T::from_raw(value, version)).transpose()
    }
}

impl<Raw, T: Mirror<Raw>> Mirror<Vec<Raw>> for Vec<T> {
    fn to_raw(&self, version: i16) -> Result<Vec<Raw>, Misfit> {
        let mut list = Vec::with_capacity(self.len());
        for value in self {
            list.push(value.to_raw(version)?);
        }
        Ok(list)
    }

    /// Both lists live for a moment, so that ours must not grow by doubling as `collect` would make it.
    fn from_raw(raw: Vec<Raw>, version: i16) -> Result<Self, &'static str> {
        let mut list = Self::with_capacity(raw.len());
        for value in raw {
            list.push(T::from_raw(value, version)?);
        }
        Ok(list)
    }
}

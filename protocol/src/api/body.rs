//! Bodies read straight into our structs, for messages that are large or travel all the time; [`super::out`] writes.
//!
//! `kafka-protocol` decodes into structs of its own, which are then turned into ours: every list is allocated twice, and a response of
//! ten thousand partitions is walked three times, for the layout check comes first. The messages listed by [`read!`] are walked
//! once. Their reading refuses by itself what the check refuses: what is not there, nulls where none may be, negative lengths,
//! tags out of order or of a false size, bytes left over. All lists together get no more memory than the
//! size of the body accounts for. If anything is
//! wrong, the layout check says what and where.
//!
//! A failure sticks: from then on a [`Body`] gives zeros and no elements, and only the end looks whether all went well. So the fields
//! of a struct are read without a branch for each.

use bytes::Bytes;

use super::Message;
use super::codec::reason;
use super::replicas::Replicas;
use crate::layout::{self, Fault, Field, Schema, Value, Visit};
use crate::{
    ErrorCode, Generation, GroupId, GroupInstanceId, LeaderEpoch, MemberId, NodeId, ProducerId, TopicId,
    TopicName,
};

/// What the lists of a body may take, however short it is, and for each of its bytes: as much as the layout check grants.
const FREE: usize = 64 * 1024;
const PER_BYTE: usize = 24;

/// Reads all of a body.
pub(super) fn read_straight<M: Message + Wire>(version: i16, body: &Bytes) -> Result<M, String> {
    let mut from = Body {
        frame: body,
        rest: body,
        version,
        flexible: M::SCHEMA.is_flexible(version),
        failed: false,
        room: FREE.saturating_add(PER_BYTE.saturating_mul(body.len())),
    };
    let message = M::read(&mut from);
    if from.failed || !from.rest.is_empty() {
        return Err(why(M::SCHEMA, version, body));
    }
    debug_assert!(passes(M::SCHEMA, version, body), "{body:02x?}");
    Ok(message)
}

/// Whether the layout check finds nothing wrong; it charges more for the structs of `kafka-protocol` than ours take.
fn passes(schema: &'static Schema, version: i16, body: &[u8]) -> bool {
    match layout::check(schema, version, body) {
        Ok(()) => true,
        Err(error) => matches!(error.fault, Fault::Memory { .. }),
    }
}

#[cold]
fn why(schema: &'static Schema, version: i16, body: &[u8]) -> String {
    if let Err(error) = layout::check(schema, version, body) {
        return reason(&error);
    }
    let mut odd = OddText(None);
    // It has just been walked.
    let _ = layout::walk(schema, version, body, &mut odd);
    match odd.0 {
        Some((field, at)) => format!("{field}: this is no UTF-8 (at byte {at})"),
        None => "its lists would take more memory than its size accounts for".to_owned(),
    }
}

/// Finds the first text that is none: all that the layout check leaves to the reading.
struct OddText(Option<(&'static str, usize)>);

impl Visit for OddText {
    fn value(&mut self, at: usize, field: &'static Field, value: Value<'_>) {
        if let Value::String(bytes) = value
            && core::str::from_utf8(bytes).is_err()
        {
            self.0.get_or_insert((field.name, at));
        }
    }
}

/// What is left to read of a body.
#[derive(Clone, Copy)]
pub(super) struct Body<'a> {
    frame: &'a Bytes,
    rest: &'a [u8],
    /// Its version.
    pub(super) version: i16,
    flexible: bool,
    failed: bool,
    /// What lists may still take.
    room: usize,
}

impl<'a> Body<'a> {
    #[cold]
    fn fail(&mut self) {
        self.failed = true;
        self.rest = &[];
    }

    #[inline]
    fn array<const COUNT: usize>(&mut self) -> [u8; COUNT] {
        let Some((taken, rest)) = self.rest.split_first_chunk() else {
            self.fail();
            return [0; COUNT];
        };
        self.rest = rest;
        *taken
    }

    #[inline]
    pub(super) fn take(&mut self, count: usize) -> &'a [u8] {
        let Some((taken, rest)) = self.rest.split_at_checked(count) else {
            self.fail();
            return &[];
        };
        self.rest = rest;
        taken
    }

    #[inline]
    fn varint(&mut self) -> usize {
        match self.rest {
            [byte @ 0..0x80, rest @ ..] => {
                self.rest = rest;
                usize::from(*byte)
            }
            _ => self.long_varint(),
        }
    }

    fn long_varint(&mut self) -> usize {
        let mut value = 0;
        for shift in [0, 7, 14, 21, 28] {
            let [byte] = self.array();
            // There is room for four bits of the fifth byte.
            if shift == 28 && byte > 0x0f {
                self.fail();
            }
            value |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                break;
            }
        }
        usize::try_from(value).unwrap_or(usize::MAX)
    }

    /// -1 is null.
    #[inline]
    fn signed(&mut self, length: i32) -> Option<usize> {
        let size = usize::try_from(length).ok();
        if size.is_none() && length != -1 {
            self.fail();
        }
        size
    }

    /// A count of elements, or a length of bytes; `None` for null.
    #[inline]
    pub(super) fn count(&mut self) -> Option<usize> {
        if self.flexible {
            return self.varint().checked_sub(1);
        }
        let length = i32::from_be_bytes(self.array());
        self.signed(length)
    }

    /// Takes room for a list, unless its bytes cannot be there or it is too much.
    #[inline]
    fn has_room(&mut self, count: usize, size: usize) -> bool {
        let room = self.room.checked_sub(count.saturating_mul(size));
        if room.is_none() || count > self.rest.len() {
            self.fail();
        }
        self.room = room.unwrap_or_default();
        !self.failed
    }

    #[inline]
    fn text(&mut self) -> Option<&'a str> {
        let length = if self.flexible {
            self.varint().checked_sub(1)
        } else {
            let length = i16::from_be_bytes(self.array());
            self.signed(length.into())
        };
        match length? {
            0 => Some(""),
            length => {
                let text = core::str::from_utf8(self.take(length));
                if text.is_err() {
                    self.fail();
                }
                Some(text.unwrap_or_default())
            }
        }
    }

    /// What may not be null.
    #[inline]
    pub(super) fn some<T: Default>(&mut self, value: Option<T>) -> T {
        if value.is_none() {
            self.fail();
        }
        value.unwrap_or_default()
    }

    /// The tagged fields at the end of a struct (KIP-482); `known` reads one from a body of its own, and says whether it did.
    #[inline]
    pub(super) fn tags(&mut self, known: impl FnMut(usize, &mut Body<'a>) -> bool) {
        match if self.flexible { self.varint() } else { 0 } {
            0 => {}
            count => self.some_tags(count, known),
        }
    }

    #[cold]
    fn some_tags(&mut self, count: usize, mut known: impl FnMut(usize, &mut Body<'a>) -> bool) {
        let mut least = 0;
        for _ in 0..count {
            let (tag, size) = (self.varint(), self.varint());
            let mut inside = Body {
                rest: self.take(size),
                ..*self
            };
            let left_over = known(tag, &mut inside) && !inside.rest.is_empty();
            if inside.failed || left_over || tag < least {
                self.fail();
            }
            self.room = inside.room;
            if self.failed {
                return;
            }
            least = tag.saturating_add(1);
        }
    }
}

/// What can be read from a body.
pub(super) trait Wire: Sized {
    fn read(from: &mut Body<'_>) -> Self;
}

/// What has a length before it, and so can be null.
pub(super) trait Nullable: Default {
    fn nullable(from: &mut Body<'_>) -> Option<Self>;
}

impl<T: Nullable> Wire for Option<T> {
    #[inline]
    fn read(from: &mut Body<'_>) -> Self {
        T::nullable(from)
    }
}

macro_rules! never_null {
    ($([$($generic:tt)*] $type:ty)*) => {$(
        impl<$($generic)*> Wire for $type {
            #[inline]
            fn read(from: &mut Body<'_>) -> Self {
                let value = Self::nullable(from);
                from.some(value)
            }
        }
    )*};
}

never_null! { [T: Wire] Vec<T>  [] Bytes  [] GroupId  [] MemberId  [] Replicas  [] String  [] TopicName }

impl<T: Wire> Nullable for Vec<T> {
    #[inline]
    fn nullable(from: &mut Body<'_>) -> Option<Self> {
        let count = from.count()?;
        if !from.has_room(count, size_of::<T>()) {
            return None;
        }
        let mut list = Self::with_capacity(count);
        for _ in 0..count {
            let element = T::read(from);
            if from.failed {
                break;
            }
            list.push(element);
        }
        Some(list)
    }
}

/// Without a copy: only for records.
impl Nullable for Bytes {
    fn nullable(from: &mut Body<'_>) -> Option<Self> {
        let length = from.count()?;
        let bytes = from.take(length);
        Some(if bytes.is_empty() {
            Self::new()
        } else {
            from.frame.slice_ref(bytes)
        })
    }
}

/// Bytes that are kept must not keep the whole frame.
pub(super) fn copied(from: &mut Body<'_>) -> Bytes {
    let length = from.count();
    let length = from.some(length);
    Bytes::copy_from_slice(from.take(length))
}

impl Nullable for Replicas {
    #[inline]
    fn nullable(from: &mut Body<'_>) -> Option<Self> {
        let count = from.count()?;
        let (ids, _) = from.take(count.saturating_mul(4)).as_chunks();
        Some(ids.iter().map(|id| NodeId(i32::from_be_bytes(*id))).collect())
    }
}

macro_rules! texts {
    ($($ours:ty)*) => {$(
        /// Copies: a kept id must not keep the whole frame.
        impl Nullable for $ours {
            #[inline]
            fn nullable(from: &mut Body<'_>) -> Option<Self> {
                from.text().map(Self::from)
            }
        }
    )*};
}

texts! { GroupId GroupInstanceId MemberId String TopicName }

impl Wire for bool {
    #[inline]
    fn read(from: &mut Body<'_>) -> Self {
        from.array() != [0]
    }
}

impl Wire for TopicId {
    #[inline]
    fn read(from: &mut Body<'_>) -> Self {
        Self(from.array())
    }
}

macro_rules! numbers {
    ($($ours:ty = $number:ident $as:expr;)*) => {$(
        impl Wire for $ours {
            #[inline]
            fn read(from: &mut Body<'_>) -> Self {
                $as($number::from_be_bytes(from.array()))
            }
        }
    )*};
}

numbers! {
    i32 = i32 core::convert::identity;
    i64 = i64 core::convert::identity;
    ErrorCode = i16 Self;
    Generation = i32 Self;
    LeaderEpoch = i32 Self;
    NodeId = i32 Self;
    ProducerId = i64 Self;
}

/// `Ours { field, field(in 5..), field(in 5.., else -1), .. }` in the order of the wire; a field that the version lacks holds its
/// type's default or the one given; one that is `null in 12..` may be null in these versions only; one `by read` is read by that. After a semicolon come the
/// tagged ones, `0 => field in 12.., by read;`, with what reads each; they hold their type's default when they are left out.
macro_rules! read {
    ($($ours:ident {
        $($field:ident $(($($how:tt)+))?),* $(,)?
        $(; $($tag:literal => $tagged:ident in $versions:pat, by $read:path);* $(;)?)?
    })*) => {$(
        impl $crate::api::body::Wire for $ours {
            #[inline]
            fn read(from: &mut $crate::api::body::Body<'_>) -> Self {
                #[allow(unused_mut, reason = "only some have tagged fields")]
                let mut ours = Self {
                    $($field: $crate::api::body::field!(from $($($how)+)?),)*
                    $($($tagged: Default::default(),)*)?
                };
                from.tags(|tag, _inside| match (tag, _inside.version) {
                    $($(($tag, $versions) => {
                        ours.$tagged = $read(_inside);
                        true
                    })*)?
                    _ => false,
                });
                ours
            }
        }
    )*};
}

macro_rules! field {
    ($from:ident) => {
        $crate::api::body::Wire::read($from)
    };
    ($from:ident in $versions:expr) => {
        $crate::api::body::field!($from in $versions, else Default::default())
    };
    ($from:ident in $versions:expr, else $default:expr) => {
        if $versions.contains(&$from.version) {
            $crate::api::body::Wire::read($from)
        } else {
            $default
        }
    };
    ($from:ident by $read:path) => {
        $read($from)
    };
    ($from:ident null in $versions:expr) => {{
        let value = $crate::api::body::Wire::read($from);
        if $versions.contains(&$from.version) {
            value
        } else {
            Some($from.some(value))
        }
    }};
}

pub(super) use {field, read};

#[cfg(test)]
mod tests;

//! Kafka's types on the wire: how a value is written and read in a given form.

use super::place::Form;
use crate::layout;
use anyhow::{Context, Result, bail, ensure};
use bytes::Bytes;
use kafka_protocol::messages::{BrokerId, GroupId, ProducerId, TopicName, TransactionalId};
use kafka_protocol::protocol::StrBytes;
use kafka_protocol::protocol::buf::{ByteBuf, ByteBufMut};
use uuid::Uuid;

pub(super) trait Value: Sized {
    fn write<S: Sink>(&self, out: &mut S, form: Form) -> Result<()>;

    /// `None` stands for null, which only a nullable field may be.
    fn read_or_null<B: ByteBuf>(buf: &mut B, form: Form) -> Result<Option<Self>>;

    fn read<B: ByteBuf>(buf: &mut B, form: Form) -> Result<Self> {
        Self::read_or_null(buf, form)?.context("null where a value must be")
    }

    /// As a struct's null is written; what has a length says it there. Kafka's numbers are never null.
    fn write_null<S: Sink>(out: &mut S, _: Form) -> Result<()> {
        out.put(&(-1_i8).to_be_bytes());
        Ok(())
    }
}

/// What is written to: a buffer, or a count of the bytes.
pub(super) trait Sink {
    fn put(&mut self, bytes: &[u8]);

    fn varint(&mut self, mut number: u32) {
        while let low @ 0x80.. = number {
            self.put(&[low.to_le_bytes()[0] | 0x80]);
            number >>= 7;
        }
        self.put(&[number.to_le_bytes()[0]]);
    }

    /// A count or size that stands for itself.
    fn size(&mut self, size: usize) -> Result<()> {
        self.varint(u32::try_from(size).context("longer than 4 GiB")?);
        Ok(())
    }

    /// The length of a string, `None` for null.
    fn short_length(&mut self, length: Option<usize>, form: Form) -> Result<()> {
        if form.flexible {
            return self.compact_length(length);
        }
        let length = length.map_or(Ok(-1), i16::try_from);
        self.put(&length.context("text longer than 32,767 bytes")?.to_be_bytes());
        Ok(())
    }

    /// The length of bytes or of an array, `None` for null.
    fn long_length(&mut self, length: Option<usize>, form: Form) -> Result<()> {
        if form.flexible {
            return self.compact_length(length);
        }
        let length = length.map_or(Ok(-1), i32::try_from);
        self.put(&length.context("longer than 2 GiB")?.to_be_bytes());
        Ok(())
    }

    fn compact_length(&mut self, length: Option<usize>) -> Result<()> {
        self.size(length.map_or(0, |length| length.saturating_add(1)))
    }
}

pub(super) struct Out<'a, B>(pub(super) &'a mut B);

impl<B: ByteBufMut> Sink for Out<'_, B> {
    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        self.0.put_slice(bytes);
    }
}

#[derive(Default)]
pub(super) struct Count(pub(super) usize);

impl Sink for Count {
    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        self.0 += bytes.len();
    }
}

/// Leading zeros are read too, as Kafka's readers do; what goes beyond 32 bits is refused.
pub(super) fn read_varint<B: ByteBuf>(buf: &mut B) -> Result<u32> {
    let mut value = 0;
    for shift in [0, 7, 14, 21, 28] {
        let byte = buf.try_get_u8()?;
        ensure!(shift < 28 || byte <= 0x0f, "a varint beyond 32 bits");
        value |= u32::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            break;
        }
    }
    Ok(value)
}

pub(super) fn read_size<B: ByteBuf>(buf: &mut B) -> Result<usize> {
    Ok(usize::try_from(read_varint(buf)?)?)
}

fn read_short_length<B: ByteBuf>(buf: &mut B, form: Form) -> Result<Option<usize>> {
    if form.flexible {
        return Ok(read_size(buf)?.checked_sub(1));
    }
    length(buf.try_get_i16()?.into())
}

fn read_long_length<B: ByteBuf>(buf: &mut B, form: Form) -> Result<Option<usize>> {
    if form.flexible {
        return Ok(read_size(buf)?.checked_sub(1));
    }
    length(buf.try_get_i32()?)
}

fn length(length: i32) -> Result<Option<usize>> {
    match length {
        -1 => Ok(None),
        _ => Ok(Some(usize::try_from(length).context("a negative length")?)),
    }
}

/// The byte before a nullable struct that is there.
pub(super) const PRESENT: i8 = 1;

/// Reads the byte before a nullable struct. Kafka writes 1 and -1.
pub(super) fn present<B: ByteBuf>(buf: &mut B) -> Result<bool> {
    match buf.try_get_i8()? {
        PRESENT => Ok(true),
        -1 => Ok(false),
        other => bail!("{other} where 1 says that a struct follows, and -1 that none does"),
    }
}

macro_rules! numbers {
    ($($type:ty: $read:ident;)*) => {$(
        impl Value for $type {
            #[inline]
            fn write<S: Sink>(&self, out: &mut S, _: Form) -> Result<()> {
                out.put(&self.to_be_bytes());
                Ok(())
            }

            #[inline]
            fn read_or_null<B: ByteBuf>(buf: &mut B, _: Form) -> Result<Option<Self>> {
                Ok(Some(buf.$read()?))
            }
        }
    )*};
}

numbers! {
    i8: try_get_i8;
    i16: try_get_i16;
    u16: try_get_u16;
    i32: try_get_i32;
    i64: try_get_i64;
    f64: try_get_f64;
}

impl Value for bool {
    fn write<S: Sink>(&self, out: &mut S, _: Form) -> Result<()> {
        out.put(&[u8::from(*self)]);
        Ok(())
    }

    fn read_or_null<B: ByteBuf>(buf: &mut B, _: Form) -> Result<Option<Self>> {
        Ok(Some(buf.try_get_u8()? != 0))
    }
}

impl Value for Uuid {
    fn write<S: Sink>(&self, out: &mut S, _: Form) -> Result<()> {
        out.put(self.as_bytes());
        Ok(())
    }

    fn read_or_null<B: ByteBuf>(buf: &mut B, _: Form) -> Result<Option<Self>> {
        let mut bytes = [0; 16];
        buf.try_copy_to_slice(&mut bytes)?;
        Ok(Some(Self::from_bytes(bytes)))
    }
}

impl Value for StrBytes {
    fn write<S: Sink>(&self, out: &mut S, form: Form) -> Result<()> {
        out.short_length(Some(self.len()), form)?;
        out.put(self.as_bytes());
        Ok(())
    }

    fn read_or_null<B: ByteBuf>(buf: &mut B, form: Form) -> Result<Option<Self>> {
        let Some(length) = read_short_length(buf, form)? else {
            return Ok(None);
        };
        Ok(Some(Self::from_utf8(buf.try_get_bytes(length)?)?))
    }

    fn write_null<S: Sink>(out: &mut S, form: Form) -> Result<()> {
        out.short_length(None, form)
    }
}

impl Value for Bytes {
    fn write<S: Sink>(&self, out: &mut S, form: Form) -> Result<()> {
        out.long_length(Some(self.len()), form)?;
        out.put(self);
        Ok(())
    }

    fn read_or_null<B: ByteBuf>(buf: &mut B, form: Form) -> Result<Option<Self>> {
        let Some(length) = read_long_length(buf, form)? else {
            return Ok(None);
        };
        Ok(Some(buf.try_get_bytes(length)?))
    }

    fn write_null<S: Sink>(out: &mut S, form: Form) -> Result<()> {
        out.long_length(None, form)
    }
}

macro_rules! entities {
    ($($entity:ident($inner:ty))*) => {$(
        impl Value for $entity {
            #[inline]
            fn write<S: Sink>(&self, out: &mut S, form: Form) -> Result<()> {
                self.0.write(out, form)
            }

            #[inline]
            fn read_or_null<B: ByteBuf>(buf: &mut B, form: Form) -> Result<Option<Self>> {
                Ok(<$inner>::read_or_null(buf, form)?.map(Self))
            }

            fn write_null<S: Sink>(out: &mut S, form: Form) -> Result<()> {
                <$inner>::write_null(out, form)
            }
        }
    )*};
}

entities! { BrokerId(i32) GroupId(StrBytes) ProducerId(i64) TopicName(StrBytes) TransactionalId(StrBytes) }

impl<T: Value> Value for Vec<T> {
    fn write<S: Sink>(&self, out: &mut S, form: Form) -> Result<()> {
        out.long_length(Some(self.len()), form)?;
        self.iter().try_for_each(|value| value.write(out, form.element()))
    }

    fn read_or_null<B: ByteBuf>(buf: &mut B, form: Form) -> Result<Option<Self>> {
        let Some(count) = read_long_length(buf, form)? else {
            return Ok(None);
        };
        // Every element takes a byte at least.
        ensure!(
            count <= buf.remaining(),
            "an array of {count} in {} bytes",
            buf.remaining()
        );
        let paid = layout::memory_limit(buf.remaining()) / size_of::<T>().max(1);
        let mut values = Self::with_capacity(count.min(paid));
        for _ in 0..count {
            values.push(T::read(buf, form.element())?);
        }
        Ok(Some(values))
    }

    fn write_null<S: Sink>(out: &mut S, form: Form) -> Result<()> {
        out.long_length(None, form)
    }
}

impl<T: Value> Value for Option<T> {
    fn write<S: Sink>(&self, out: &mut S, form: Form) -> Result<()> {
        ensure!(
            form.nullable || self.is_some(),
            "null, which this version does not have here"
        );
        match self {
            Some(value) => value.write(out, form),
            None => T::write_null(out, form),
        }
    }

    fn read_or_null<B: ByteBuf>(buf: &mut B, form: Form) -> Result<Option<Self>> {
        let value = T::read_or_null(buf, form)?;
        ensure!(
            form.nullable || value.is_some(),
            "null, which this version does not have here"
        );
        Ok(Some(value))
    }
}

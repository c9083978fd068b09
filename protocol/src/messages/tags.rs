//! The tagged fields at the end of a struct (KIP-482), known and unknown.

use super::place::{Form, Place};
use super::value::{Count, Sink, Value, read_size, read_varint};
use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use kafka_protocol::protocol::buf::ByteBuf;
use std::collections::BTreeMap;

/// Writes them, all in the order of their tags: those that differ from their defaults, and the unknown ones.
pub(super) struct TagWriter<'a> {
    unknown: &'a BTreeMap<i32, Bytes>,
    known: usize,
    /// Every unknown tag below this one is written.
    next: i32,
}

impl<'a> TagWriter<'a> {
    pub(super) fn new(unknown: &'a BTreeMap<i32, Bytes>) -> Self {
        Self {
            unknown,
            known: 0,
            next: 0,
        }
    }

    /// To be called for every field first: their number goes out before them.
    #[inline(always)]
    pub(super) fn count<T: PartialEq>(
        &mut self,
        place: Place,
        value: &T,
        default: impl FnOnce() -> T,
        form: Form,
    ) {
        self.known += usize::from(place.tag_in(form).is_some() && *value != default());
    }

    pub(super) fn begin(&self, out: &mut impl Sink) -> Result<()> {
        out.size(self.known + self.unknown.len())
    }

    #[inline(always)]
    pub(super) fn write<T: Value + PartialEq>(
        &mut self,
        place: Place,
        value: &T,
        default: impl FnOnce() -> T,
        out: &mut impl Sink,
        form: Form,
    ) -> Result<()> {
        match place.tag_in(form) {
            Some(tag) if *value != default() => self.known(tag, value, out, place.form(form)),
            _ => Ok(()),
        }
    }

    fn known<T: Value>(&mut self, tag: u8, value: &T, out: &mut impl Sink, form: Form) -> Result<()> {
        self.unknown_before(i32::from(tag), out)?;
        ensure!(
            !self.unknown.contains_key(&i32::from(tag)),
            "tag {tag} is set twice"
        );
        let mut size = Count::default();
        value.write(&mut size, form)?;
        out.varint(u32::from(tag));
        out.size(size.0)?;
        value.write(out, form)
    }

    fn unknown_before(&mut self, tag: i32, out: &mut impl Sink) -> Result<()> {
        for (&unknown, bytes) in self.unknown.range(self.next..tag) {
            one_unknown(unknown, bytes, out)?;
        }
        self.next = tag;
        Ok(())
    }

    pub(super) fn end(self, out: &mut impl Sink) -> Result<()> {
        if let Some((tag, _)) = self.unknown.first_key_value() {
            ensure!(*tag >= 0, "tag {tag} is negative");
        }
        for (&tag, bytes) in self.unknown.range(self.next..) {
            one_unknown(tag, bytes, out)?;
        }
        Ok(())
    }
}

fn one_unknown(tag: i32, bytes: &Bytes, out: &mut impl Sink) -> Result<()> {
    out.varint(u32::try_from(tag)?);
    out.size(bytes.len())?;
    out.put(bytes);
    Ok(())
}

/// Reads them. Tags must ascend, as Kafka writes them, and a size must be true.
pub(super) struct TagReader {
    left: u32,
    after: Option<i32>,
}

impl TagReader {
    pub(super) fn new<B: ByteBuf>(buf: &mut B) -> Result<Self> {
        let left = read_varint(buf)?;
        Ok(Self { left, after: None })
    }

    pub(super) fn next<B: ByteBuf>(&mut self, buf: &mut B) -> Result<Option<(i32, Bytes)>> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let tag = i32::try_from(read_varint(buf)?).context("a tag beyond 31 bits")?;
        ensure!(Some(tag) > self.after, "tag {tag} is out of order");
        self.after = Some(tag);
        let size = read_size(buf)?;
        Ok(Some((tag, buf.try_get_bytes(size)?)))
    }
}

/// Reads a value that must take all of these bytes.
pub(super) fn whole<T: Value>(mut bytes: Bytes, form: Form) -> Result<T> {
    let value = T::read(&mut bytes, form)?;
    ensure!(
        bytes.is_empty(),
        "a tagged field says it is {} bytes longer than it is",
        bytes.len()
    );
    Ok(value)
}

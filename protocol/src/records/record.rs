//! Records: what they say, checked field by field, borrowed from their batch. Nothing is allocated.
//!
//! Headers are checked with their record and read again only when asked for: most records have none, and a
//! caller that walks over them need not handle errors.

use bytes::Bytes;

use super::batch::OpenBatch;
use super::error::{BatchProblem, RecordProblem, RecordsError};
use super::header::{BatchHeader, TimestampType};
use super::varint::Reader;

/// One record, borrowed from its batch.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    batch: &'a OpenBatch,
    offset: i64,
    timestamp: i64,
    key: Option<&'a [u8]>,
    value: Option<&'a [u8]>,
    headers: Headers<'a>,
}

impl<'a> Record<'a> {
    /// Its offset in the partition.
    pub fn offset(&self) -> i64 {
        self.offset
    }

    /// Milliseconds since 1970, -1 for none. Whose clock it was, [`Self::timestamp_type`] says.
    pub fn timestamp(&self) -> i64 {
        self.timestamp
    }

    /// Who set the timestamp.
    pub fn timestamp_type(&self) -> TimestampType {
        self.batch().attributes.timestamp_type()
    }

    /// The key, `None` for null.
    pub fn key(&self) -> Option<&'a [u8]> {
        self.key
    }

    /// The value, `None` for null (a tombstone in a compacted topic).
    pub fn value(&self) -> Option<&'a [u8]> {
        self.value
    }

    /// The key without a copy; keeps all bytes of its batch alive, or of the whole fetch if not compressed.
    pub fn key_bytes(&self) -> Option<Bytes> {
        self.key.map(|key| self.batch.bytes().slice_ref(key))
    }

    /// The value without a copy; keeps alive what [`Self::key_bytes`] does.
    pub fn value_bytes(&self) -> Option<Bytes> {
        self.value.map(|value| self.batch.bytes().slice_ref(value))
    }

    /// The headers in the order they were written, duplicate keys included.
    pub fn headers(&self) -> Headers<'a> {
        self.headers
    }

    /// Header of the batch that the record is in.
    pub fn batch(&self) -> &'a BatchHeader {
        self.batch.header()
    }
}

/// Sizes instead of contents: a log line must not hold the user's data.
impl std::fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Record")
            .field("offset", &self.offset)
            .field("timestamp", &self.timestamp)
            .field("key_len", &self.key.map(<[u8]>::len))
            .field("value_len", &self.value.map(<[u8]>::len))
            .field("headers", &self.headers.left)
            .finish()
    }
}

/// A header of a record. Keys are UTF-8 by convention only, so they are bytes here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header<'a> {
    /// The key.
    pub key: &'a [u8],
    /// The value, `None` for null.
    pub value: Option<&'a [u8]>,
}

impl<'a> Header<'a> {
    fn read(from: &mut Reader<'a>) -> Result<Self, RecordProblem> {
        Ok(Self {
            key: from.sized()?,
            value: from.nullable()?,
        })
    }
}

/// The headers of a record, in order.
#[derive(Clone, Copy, Debug)]
pub struct Headers<'a> {
    from: Reader<'a>,
    left: usize,
}

impl<'a> Headers<'a> {
    /// Walks over all headers once, so that the iterator cannot fail.
    fn check(from: &mut Reader<'a>) -> Result<Self, RecordProblem> {
        let count = from.varint()?;
        let left = usize::try_from(count).map_err(|_| RecordProblem::HeaderCount(count))?;
        let headers = Self { from: *from, left };
        // A header has at least two bytes: a mad count is told as such, before any walking.
        if left > from.rest().len() / 2 {
            return Err(RecordProblem::HeaderCount(count));
        }
        for _ in 0..left {
            Header::read(from)?;
        }
        Ok(headers)
    }

    const NONE: Self = Self {
        from: Reader::EMPTY,
        left: 0,
    };
}

impl<'a> Iterator for Headers<'a> {
    type Item = Header<'a>;

    fn next(&mut self) -> Option<Header<'a>> {
        self.left = self.left.checked_sub(1)?;
        Header::read(&mut self.from).ok()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Headers<'_> {}

/// How far a walk over a batch's records has come; kept apart from the batch, so that a cursor can own both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Walk {
    at: usize,
    seen: u32,
    last_delta: i32,
}

impl Walk {
    pub(super) const START: Self = Self {
        at: 0,
        seen: 0,
        last_delta: -1,
    };

    /// Whether all is read, with nothing left over.
    #[inline]
    pub(super) fn is_done(&self, batch: &OpenBatch) -> bool {
        self.seen >= batch.header().record_count() && self.at >= batch.bytes().len()
    }

    /// The next record. After an error the walk stays where it is.
    #[inline]
    pub(super) fn step<'a>(&mut self, batch: &'a OpenBatch) -> Option<Result<Record<'a>, RecordsError>> {
        match self.quick(batch) {
            Some(record) => Some(Ok(record)),
            None => self.exact(batch),
        }
    }

    /// The next record if all its numbers have one or two bytes and nothing is wrong, which is so nearly always; otherwise the walk
    /// stays where it is. It accepts nothing that [`Walk::exact`] refuses, which is slow for telling what is wrong. Always inlined,
    /// since handing the record on from function to function takes longer than reading it.
    #[inline(always)]
    pub(super) fn quick<'a>(&mut self, batch: &'a OpenBatch) -> Option<Record<'a>> {
        let header = batch.header();
        if self.seen >= header.record_count() {
            return None;
        }
        let mut from = Reader::new(batch.bytes().get(self.at..)?);
        let mut fields = Reader::new(from.short_sized()?);
        fields.short_byte()?;
        let timestamp = match header.attributes.timestamp_type() {
            TimestampType::LogAppendTime => fields.short().map(|_| header.max_timestamp)?,
            TimestampType::CreateTime => header.base_timestamp.checked_add(fields.short()?.into())?,
        };
        let delta = fields.short()?;
        if delta <= self.last_delta || delta > header.last_offset_delta {
            return None;
        }
        let (key, value) = (fields.short_nullable()?, fields.short_nullable()?);
        let headers = match fields.rest() {
            [0] => Headers::NONE,
            _ => Headers::check(&mut fields)
                .ok()
                .filter(|_| fields.rest().is_empty())?,
        };
        let after = Self {
            at: batch.bytes().len() - from.rest().len(),
            seen: self.seen + 1,
            last_delta: delta,
        };
        debug_assert!(self.is_exactly(batch, after));
        *self = after;
        Some(Record {
            batch,
            offset: header.base_offset.saturating_add(delta.into()),
            timestamp,
            key,
            value,
            headers,
        })
    }

    /// Whether [`Walk::exact`] comes to the same place.
    fn is_exactly(&self, batch: &OpenBatch, after: Self) -> bool {
        let mut exact = *self;
        matches!(exact.exact(batch), Some(Ok(_))) && exact == after
    }

    #[inline(never)]
    pub(super) fn exact<'a>(&mut self, batch: &'a OpenBatch) -> Option<Result<Record<'a>, RecordsError>> {
        if self.is_done(batch) {
            return None;
        }
        let header = batch.header();
        let rest = batch.bytes().get(self.at..).unwrap_or_default();
        if self.seen == header.record_count() {
            let problem = BatchProblem::BytesAfterRecords {
                count: self.seen,
                bytes: rest.len(),
            };
            return Some(Err(RecordsError::CorruptBatch {
                base_offset: header.base_offset,
                problem,
            }));
        }
        let mut from = Reader::new(rest);
        let read = self.read(batch, &mut from).map(|(record, delta)| {
            *self = Self {
                at: batch.bytes().len() - from.rest().len(),
                seen: self.seen + 1,
                last_delta: delta,
            };
            record
        });
        Some(read.map_err(|problem| RecordsError::CorruptRecord {
            base_offset: header.base_offset,
            record: self.seen,
            problem,
        }))
    }

    fn read<'a>(
        &self,
        batch: &'a OpenBatch,
        from: &mut Reader<'a>,
    ) -> Result<(Record<'a>, i32), RecordProblem> {
        let header = batch.header();
        if from.rest().is_empty() {
            return Err(RecordProblem::Missing {
                count: header.record_count(),
            });
        }
        let mut fields = Reader::new(from.sized()?);
        // Attributes of single records mean nothing yet.
        fields.byte()?;
        let timestamp = timestamp(header, fields.varlong()?)?;
        let (offset, delta) = self.offset(header, fields.varint()?)?;
        let (key, value) = (fields.nullable()?, fields.nullable()?);
        let headers = Headers::check(&mut fields)?;
        match fields.rest().len() {
            0 => Ok((
                Record {
                    batch,
                    offset,
                    timestamp,
                    key,
                    value,
                    headers,
                },
                delta,
            )),
            bytes => Err(RecordProblem::BytesAfterFields(bytes)),
        }
    }

    /// Offsets must rise within the batch: a consumer goes on at the one after the last it took, so that a
    /// record at or below that would be skipped silently (as Java's `CompletedFetch` does).
    fn offset(&self, header: &BatchHeader, delta: i32) -> Result<(i64, i32), RecordProblem> {
        let (after, last) = (self.last_delta, header.last_offset_delta);
        if delta <= after || delta > last {
            return Err(RecordProblem::Offset { delta, after, last });
        }
        // Cannot saturate: the last delta is no less and was checked with the header.
        Ok((header.base_offset.saturating_add(i64::from(delta)), delta))
    }
}

fn timestamp(header: &BatchHeader, delta: i64) -> Result<i64, RecordProblem> {
    match header.attributes.timestamp_type() {
        TimestampType::LogAppendTime => Ok(header.max_timestamp),
        TimestampType::CreateTime => header
            .base_timestamp
            .checked_add(delta)
            .ok_or(RecordProblem::Timestamp(delta)),
    }
}

/// The records of one batch; see [`OpenBatch::records`].
#[derive(Clone, Debug)]
pub struct RecordIter<'a> {
    batch: &'a OpenBatch,
    walk: Walk,
    failed: bool,
}

impl<'a> RecordIter<'a> {
    pub(super) fn new(batch: &'a OpenBatch) -> Self {
        Self {
            batch,
            walk: Walk::START,
            failed: false,
        }
    }
}

impl<'a> Iterator for RecordIter<'a> {
    type Item = Result<Record<'a>, RecordsError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let step = self.walk.step(self.batch);
        self.failed = matches!(step, Some(Err(_)));
        step
    }
}

//! Batches: where one ends and the next begins, whether its checksum is right, and how it is opened.
//!
//! A cut-off last batch is no error: Kafka cuts a partition's bytes at `max.partition.fetch.bytes` wherever
//! that falls. A bad batch ends the walk, since where the next begins can no longer be trusted.

use bytes::{Buf, Bytes};

use super::compression::{self, Codec, CodecError};
use super::error::{BatchProblem, RecordsError};
use super::header::{BatchHeader, HEADER, crc_of, framed_size};
use super::record::RecordIter;

/// Most bytes that a batch may decompress to unless the reader says otherwise: 64 MiB.
pub const DECOMPRESSED_LIMIT: usize = 64 * 1024 * 1024;

/// Whether checksums are verified (setting `check.crcs`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Crcs {
    /// They are, and a wrong one is an error.
    #[default]
    Verify,
    /// They are not, because somebody did it already or it costs too much.
    Trust,
}

/// The whole batches at the front of a partition's bytes, in offset order.
///
/// Ends at the first batch that is cut off, or after the first error.
#[derive(Clone, Debug)]
pub struct Batches {
    rest: Bytes,
    framing: Framing,
    failed: bool,
}

impl Batches {
    /// Walks over `records` of a Fetch response's partition, or of a Produce request's.
    pub fn new(records: Bytes, crcs: Crcs) -> Self {
        Self {
            rest: records,
            framing: Framing::new(crcs),
            failed: false,
        }
    }

    /// Bytes not walked over yet: at the end, the batch that is cut off or bad, and what follows.
    pub fn rest(&self) -> &Bytes {
        &self.rest
    }

    fn advance(&mut self) -> Result<Option<Batch>, RecordsError> {
        let Some((size, header)) = self.framing.front(&self.rest)? else {
            return Ok(None);
        };
        let bytes = self.rest.split_to(size);
        Ok(Some(Batch { header, bytes }))
    }
}

/// Tells and checks batches by their headers, one behind the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Framing {
    crcs: Crcs,
    next_offset: i64,
}

impl Framing {
    pub(super) fn new(crcs: Crcs) -> Self {
        Self { crcs, next_offset: 0 }
    }

    /// Size and header of the batch at the front of `bytes`; none if it is cut off.
    pub(super) fn front(&mut self, bytes: &[u8]) -> Result<Option<(usize, BatchHeader)>, RecordsError> {
        let Some(size) = framed_size(bytes)? else {
            return Ok(None);
        };
        let Some(batch) = bytes.get(..size) else {
            return Ok(None);
        };
        // Framed batches are never shorter than a header.
        let header = batch.first_chunk().map(BatchHeader::read);
        let header = header.ok_or(corrupt(-1, BatchProblem::Length(0)))?;
        header.check()?;
        if self.crcs == Crcs::Verify {
            verify_crc(&header, batch)?;
        }
        self.verify_order(&header)?;
        Ok(Some((size, header)))
    }

    /// The checksum does not cover the base offset, so that only its neighbours can tell a wrong one.
    fn verify_order(&mut self, header: &BatchHeader) -> Result<(), RecordsError> {
        if header.base_offset < self.next_offset {
            let previous_next = self.next_offset;
            return Err(corrupt(header.base_offset, BatchProblem::Order { previous_next }));
        }
        self.next_offset = header.next_offset();
        Ok(())
    }
}

fn verify_crc(header: &BatchHeader, batch: &[u8]) -> Result<(), RecordsError> {
    let (stored, computed) = (header.crc, crc_of(batch));
    if stored == computed {
        return Ok(());
    }
    Err(corrupt(
        header.base_offset,
        BatchProblem::Crc { stored, computed },
    ))
}

fn corrupt(base_offset: i64, problem: BatchProblem) -> RecordsError {
    RecordsError::CorruptBatch { base_offset, problem }
}

impl Iterator for Batches {
    type Item = Result<Batch, RecordsError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let batch = self.advance();
        self.failed = batch.is_err();
        batch.transpose()
    }
}

/// One whole batch, not yet decompressed. Cheap to clone; it keeps the bytes that it came in alive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    header: BatchHeader,
    bytes: Bytes,
}

impl Batch {
    /// What the header says.
    pub fn header(&self) -> &BatchHeader {
        &self.header
    }

    /// The whole batch as it is on the wire.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The batch's codec.
    ///
    /// # Errors
    /// [`RecordsError::UnknownCodec`].
    pub fn codec(&self) -> Result<Codec, RecordsError> {
        let id = self.header.attributes.codec_id();
        Codec::from_id(id).ok_or(RecordsError::UnknownCodec {
            base_offset: self.header.base_offset,
            id,
        })
    }

    /// Makes the records readable: decompresses to at most `limit` bytes, or just borrows if not compressed.
    ///
    /// # Errors
    /// The codec is unknown, left out of this build, finds garbage, or passes the limit.
    pub fn open(&self, limit: usize) -> Result<OpenBatch, RecordsError> {
        self.clone().into_open(limit)
    }

    /// As [`Self::open`], without sharing the bytes.
    pub(super) fn into_open(mut self, limit: usize) -> Result<OpenBatch, RecordsError> {
        let codec = self.codec()?;
        self.bytes.advance(HEADER.min(self.bytes.len()));
        // Compaction leaves batches without records, header alone (KAFKA-5490): nothing to decompress.
        if codec == Codec::None || (self.header.count == 0 && self.bytes.is_empty()) {
            return Ok(OpenBatch {
                header: self.header,
                records: self.bytes,
            });
        }
        let records = compression::decompress(codec, &self.bytes, limit)
            .map_err(|e| self.codec_error(codec, limit, e))?;
        Ok(OpenBatch {
            header: self.header,
            records: records.into(),
        })
    }

    fn codec_error(&self, codec: Codec, limit: usize, error: CodecError) -> RecordsError {
        let base_offset = self.header.base_offset;
        match error {
            CodecError::NotBuilt => RecordsError::CodecNotBuilt { base_offset, codec },
            CodecError::TooLarge => RecordsError::TooLarge {
                base_offset,
                codec,
                limit,
            },
            CodecError::Failed(reason) => RecordsError::Decompression {
                base_offset,
                codec,
                reason,
            },
        }
    }
}

/// A batch whose records can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenBatch {
    header: BatchHeader,
    records: Bytes,
}

impl OpenBatch {
    /// What the header says.
    pub fn header(&self) -> &BatchHeader {
        &self.header
    }

    /// The records' bytes, decompressed.
    pub fn bytes(&self) -> &Bytes {
        &self.records
    }

    /// The records in offset order, control records too. Ends after the first error.
    pub fn records(&self) -> RecordIter<'_> {
        RecordIter::new(self)
    }
}

impl<'a> IntoIterator for &'a OpenBatch {
    type Item = <RecordIter<'a> as Iterator>::Item;
    type IntoIter = RecordIter<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.records()
    }
}

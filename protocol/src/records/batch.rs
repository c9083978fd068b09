//! Batches: where one ends and the next begins, whether its checksum is right, and how it is opened.
//!
//! A cut-off last batch is no error: Kafka cuts a partition's bytes at `max.partition.fetch.bytes` wherever
//! that falls. A bad batch ends the walk, since where the next begins can no longer be trusted.

use bytes::Bytes;

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
    crcs: Crcs,
    next_offset: i64,
    failed: bool,
}

impl Batches {
    /// Walks over `records` of a Fetch response's partition, or of a Produce request's.
    pub fn new(records: Bytes, crcs: Crcs) -> Self {
        Self {
            rest: records,
            crcs,
            next_offset: 0,
            failed: false,
        }
    }

    /// Bytes not walked over yet: at the end, the batch that is cut off or bad, and what follows.
    pub fn rest(&self) -> &Bytes {
        &self.rest
    }

    fn advance(&mut self) -> Result<Option<Batch>, RecordsError> {
        let whole = framed_size(&self.rest)?.filter(|&size| size <= self.rest.len());
        let Some(size) = whole else { return Ok(None) };
        let batch = Batch::of(self.rest.slice(..size))?;
        if self.crcs == Crcs::Verify {
            batch.verify_crc()?;
        }
        self.verify_order(batch.header())?;
        self.rest = self.rest.slice(size..);
        Ok(Some(batch))
    }

    /// The checksum does not cover the base offset, so that only its neighbours can tell a wrong one.
    fn verify_order(&mut self, header: &BatchHeader) -> Result<(), RecordsError> {
        if header.base_offset < self.next_offset {
            let problem = BatchProblem::Order {
                previous_next: self.next_offset,
            };
            return Err(RecordsError::CorruptBatch {
                base_offset: header.base_offset,
                problem,
            });
        }
        self.next_offset = header.next_offset();
        Ok(())
    }
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
    /// `bytes` is exactly one batch as [`framed_size`] cuts it.
    fn of(bytes: Bytes) -> Result<Self, RecordsError> {
        let header = bytes.first_chunk().map(BatchHeader::read);
        // Framed batches are never shorter than a header.
        let header = header.ok_or(RecordsError::CorruptBatch {
            base_offset: -1,
            problem: BatchProblem::Length(0),
        })?;
        header.check()?;
        Ok(Self { header, bytes })
    }

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

    fn verify_crc(&self) -> Result<(), RecordsError> {
        let (stored, computed) = (self.header.crc, crc_of(&self.bytes));
        if stored == computed {
            return Ok(());
        }
        let problem = BatchProblem::Crc { stored, computed };
        Err(RecordsError::CorruptBatch {
            base_offset: self.header.base_offset,
            problem,
        })
    }

    /// Makes the records readable: decompresses to at most `limit` bytes, or just borrows if not compressed.
    ///
    /// # Errors
    /// The codec is unknown, left out of this build, finds garbage, or passes the limit.
    pub fn open(&self, limit: usize) -> Result<OpenBatch, RecordsError> {
        let records = self.bytes.slice(HEADER..);
        let codec = self.codec()?;
        // Compaction leaves batches without records, header alone (KAFKA-5490): nothing to decompress.
        if codec == Codec::None || (self.header.count == 0 && records.is_empty()) {
            return Ok(OpenBatch {
                header: self.header,
                records,
            });
        }
        let records =
            compression::decompress(codec, &records, limit).map_err(|e| self.codec_error(codec, limit, e))?;
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

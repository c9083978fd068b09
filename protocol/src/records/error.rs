//! What can be wrong with record batches, in words for whoever is woken by it.
//!
//! Each error names the batch by its base offset as the batch claims it; topic and partition are the caller's.

use super::compression::Codec;

/// Why a batch, or a record in it, could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordsError {
    /// A message format other than 2. Formats 0 and 1 are those before Kafka 0.11 (KIP-724 deprecates them).
    #[error(
        "batch at offset {base_offset} has the unsupported message format {magic}: only format 2, \
         written since Kafka 0.11, can be read; read past it or write the topic anew"
    )]
    UnsupportedMagic {
        /// Offset of the first record.
        base_offset: i64,
        /// The format found.
        magic: i8,
    },
    /// The batch contradicts itself.
    #[error("batch at offset {base_offset} is corrupt: {problem}")]
    CorruptBatch {
        /// Base offset as the batch claims it; the checksum does not cover it.
        base_offset: i64,
        /// What is wrong.
        problem: BatchProblem,
    },
    /// A record contradicts itself or its batch.
    #[error("batch at offset {base_offset} is corrupt in its record {record}: {problem}")]
    CorruptRecord {
        /// Base offset of the batch.
        base_offset: i64,
        /// Number of the record in its batch, from 0.
        record: u32,
        /// What is wrong.
        problem: RecordProblem,
    },
    /// A codec number that Kafka does not define.
    #[error("batch at offset {base_offset} is compressed with the unknown codec {id}")]
    UnknownCodec {
        /// Base offset of the batch.
        base_offset: i64,
        /// The number found.
        id: u8,
    },
    /// A codec that this build leaves out.
    #[error("batch at offset {base_offset} needs {codec}: build with the Cargo feature `{codec}`")]
    CodecNotBuilt {
        /// Base offset of the batch.
        base_offset: i64,
        /// The codec, named as its feature.
        codec: Codec,
    },
    /// The compressed bytes are corrupt, although their checksum was right or not asked for.
    #[error("batch at offset {base_offset} cannot be decompressed with {codec}: {reason}")]
    Decompression {
        /// Base offset of the batch.
        base_offset: i64,
        /// The batch's codec.
        codec: Codec,
        /// What the codec says.
        reason: String,
    },
    /// The batch is larger, once decompressed, than the reader allows.
    #[error("batch at offset {base_offset} is too large: {codec} decompresses it to more than {limit} bytes")]
    TooLarge {
        /// Base offset of the batch.
        base_offset: i64,
        /// The batch's codec.
        codec: Codec,
        /// The reader's limit in bytes.
        limit: usize,
    },
    /// A codec failed to compress.
    #[error("{codec} cannot compress the batch: {reason}")]
    Compression {
        /// The codec asked for.
        codec: Codec,
        /// What the codec says.
        reason: String,
    },
    /// A record to be written whose timestamp is too far from the batch's first for 64 bits.
    #[error("timestamp {timestamp} is out of range of the batch's first, {first}")]
    TimestampRange {
        /// The record's timestamp, ms since 1970.
        timestamp: i64,
        /// The batch's first timestamp, ms since 1970.
        first: i64,
    },
    /// A batch to be written whose sizes or count do not fit Kafka's 32-bit fields.
    #[error("a batch of {size} bytes is beyond the format's 2 GiB or 2^31 records: start another batch")]
    BatchTooLarge {
        /// Size that the batch would have.
        size: usize,
    },
    /// A record to be written whose offset does not come after the one before it.
    #[error("offset delta {delta} does not come after {previous}, the last in the batch")]
    OffsetOrder {
        /// Offset delta asked for.
        delta: i32,
        /// Last delta in the batch.
        previous: i32,
    },
}

/// What is wrong with a batch as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BatchProblem {
    /// The length is smaller than any batch's.
    #[error("its length is {0}, less than a batch's header")]
    Length(i32),
    /// The checksum differs.
    #[error("its checksum is {stored:#010x}, its bytes give {computed:#010x}")]
    Crc {
        /// CRC32C in the header.
        stored: u32,
        /// CRC32C of the bytes.
        computed: u32,
    },
    /// A negative record count.
    #[error("it counts {0} records")]
    Count(i32),
    /// The batch's offsets are negative, end before they begin, or go beyond 63 bits.
    #[error("its last offset lies {last_offset_delta} after its first")]
    Offsets {
        /// Last offset less base offset.
        last_offset_delta: i32,
    },
    /// It begins before the batch in front of it ended.
    #[error("the batch before it ends only at offset {previous_next}")]
    Order {
        /// First offset after the batch in front.
        previous_next: i64,
    },
    /// More bytes than its records use.
    #[error("{bytes} bytes follow its {count} records")]
    BytesAfterRecords {
        /// Records that the header counts.
        count: u32,
        /// Bytes left over.
        bytes: usize,
    },
    /// A control batch whose record has no readable key (version and type).
    #[error("its control record has no version and type in its key")]
    ControlKey,
}

/// What is wrong with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordProblem {
    /// The batch ended, but its header counts more records.
    #[error("the header counts {count} records, the batch ends before this one")]
    Missing {
        /// Records that the header counts.
        count: u32,
    },
    /// A length reaches beyond the record or the batch.
    #[error("a field reaches beyond its end")]
    CutOff,
    /// A varint longer than its type.
    #[error("a number is longer than its type")]
    Varint,
    /// A negative length where none may be.
    #[error("a length is {0}")]
    Length(i32),
    /// A header count that is negative, or more than the bytes can hold.
    #[error("it counts {0} headers")]
    HeaderCount(i32),
    /// The fields end before the record's length.
    #[error("{0} bytes follow its last field")]
    BytesAfterFields(usize),
    /// The offset is outside of the batch or not above the record before.
    #[error("its offset delta {delta} is not in {after}+1..={last}")]
    Offset {
        /// The record's offset less the base offset.
        delta: i32,
        /// That of the record before, -1 for the first.
        after: i32,
        /// The batch's last.
        last: i32,
    },
    /// Base timestamp plus delta goes beyond 64 bits.
    #[error("its timestamp delta {0} is out of range")]
    Timestamp(i64),
}

impl RecordsError {
    /// Base offset of the batch in question, as the batch claims it; none where only writing can fail.
    pub fn base_offset(&self) -> Option<i64> {
        match self {
            Self::UnsupportedMagic { base_offset, .. }
            | Self::CorruptBatch { base_offset, .. }
            | Self::CorruptRecord { base_offset, .. }
            | Self::UnknownCodec { base_offset, .. }
            | Self::CodecNotBuilt { base_offset, .. }
            | Self::Decompression { base_offset, .. }
            | Self::TooLarge { base_offset, .. } => Some(*base_offset),
            Self::Compression { .. }
            | Self::TimestampRange { .. }
            | Self::BatchTooLarge { .. }
            | Self::OffsetOrder { .. } => None,
        }
    }
}

//! Record batches of message format 2 (KIP-98): the `records` field of Fetch and Produce.
//!
//! Reading is lazy and copies nothing but what was compressed: [`survey()`] checks the framing and checksums
//! of a fetched partition, [`Batches`] walks over the batches, [`OpenBatch`] over the records of one, and
//! [`Cursor`] does all three for a consumer, from an offset on, for its isolation level. [`BatchBuilder`] and
//! [`Batch::stamped`] write. Nothing here knows topics, connections or clocks; errors name the offset, the
//! caller adds topic and partition.
//!
//! Nothing read is trusted: counts never size an allocation, lengths are checked against the bytes that are
//! there, and decompressed sizes have a limit.
//!
//! ```
//! use kohort_protocol::records::{BatchBuilder, Cursor, NewRecord};
//!
//! let mut batch = BatchBuilder::new();
//! batch.push(&NewRecord { key: Some(b"k"), value: Some(b"v"), timestamp: 17, headers: &[] })?;
//! let mut cursor = Cursor::new(batch.finish()?, 0);
//! while let Some(record) = cursor.next() {
//!     assert_eq!(record?.value(), Some(&b"v"[..]));
//! }
//! assert_eq!(cursor.next_offset(), 1);
//! # Ok::<(), kohort_protocol::records::RecordsError>(())
//! ```

mod batch;
#[cfg_attr(
    not(all(feature = "gzip", feature = "lz4", feature = "snappy", feature = "zstd")),
    allow(
        dead_code,
        unused_imports,
        unused_variables,
        reason = "some of it serves codecs left out"
    )
)]
mod compression;
mod control;
mod cursor;
mod error;
mod header;
mod record;
mod stamp;
mod survey;
mod varint;
mod visibility;
mod writer;

pub use batch::{Batch, Batches, Crcs, DECOMPRESSED_LIMIT, OpenBatch};
pub use compression::{Codec, UnknownCodecName};
pub use control::{ControlType, control_batch};
pub use cursor::Cursor;
pub use error::{BatchProblem, RecordProblem, RecordsError};
pub use header::{Attributes, BatchHeader, TimestampType};
pub use record::{Header, Headers, Record, RecordIter};
pub use stamp::Stamp;
pub use survey::{Survey, survey};
pub use visibility::AbortedTransactions;
pub use writer::{BatchBuilder, NewRecord, Producer};

//! Which codec a batch has, and how much one may decompress to.
//!
//! One file and one Cargo feature per codec, each in pure Rust. All stop as soon as the output passes the
//! caller's limit; besides the output they hold a buffer of their own of at most 8 MiB.

#[cfg(feature = "gzip")]
mod gzip;
#[cfg(feature = "lz4")]
mod lz4;
#[cfg(feature = "snappy")]
mod snappy;

use std::fmt;
use std::io::Read;
use std::str::FromStr;

/// How the records of a batch are compressed (setting `compression.type`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Codec {
    /// Not at all.
    #[default]
    None,
    /// Gzip; Cargo feature `gzip`.
    Gzip,
    /// Snappy, written in blocks as the Java client does; Cargo feature `snappy`.
    Snappy,
    /// LZ4 frames; Cargo feature `lz4`.
    Lz4,
    /// Zstandard (KIP-110); Cargo feature `zstd`.
    Zstd,
}

impl Codec {
    /// Every codec that Kafka has, by number.
    pub const ALL: [Self; 5] = [Self::None, Self::Gzip, Self::Snappy, Self::Lz4, Self::Zstd];

    /// The codec of a number in a batch's attributes.
    pub fn from_id(id: u8) -> Option<Self> {
        Self::ALL.get(usize::from(id)).copied()
    }

    /// Its number in a batch's attributes.
    pub fn id(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Gzip => 1,
            Self::Snappy => 2,
            Self::Lz4 => 3,
            Self::Zstd => 4,
        }
    }

    /// Kafka's name of it, which is also that of the Cargo feature.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Snappy => "snappy",
            Self::Lz4 => "lz4",
            Self::Zstd => "zstd",
        }
    }

    /// Whether this build can read and write it.
    pub fn is_built(self) -> bool {
        match self {
            Self::None => true,
            Self::Gzip => cfg!(feature = "gzip"),
            Self::Snappy => cfg!(feature = "snappy"),
            Self::Lz4 => cfg!(feature = "lz4"),
            Self::Zstd => cfg!(feature = "zstd"),
        }
    }
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is none of Kafka's codecs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown compression type: use none, gzip, snappy, lz4 or zstd")]
pub struct UnknownCodecName;

impl FromStr for Codec {
    type Err = UnknownCodecName;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|codec| codec.name() == name)
            .ok_or(UnknownCodecName)
    }
}

/// Why a codec gave up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum CodecError {
    NotBuilt,
    TooLarge,
    Failed(String),
}

impl CodecError {
    fn failed(reason: impl fmt::Display) -> Self {
        Self::Failed(reason.to_string())
    }
}

/// Decompresses all of `input`, to at most `limit` bytes.
pub(super) fn decompress(codec: Codec, input: &[u8], limit: usize) -> Result<Vec<u8>, CodecError> {
    match codec {
        #[cfg(feature = "gzip")]
        Codec::Gzip => gzip::decompress(input, limit),
        #[cfg(feature = "snappy")]
        Codec::Snappy => snappy::decompress(input, limit),
        #[cfg(feature = "lz4")]
        Codec::Lz4 => lz4::decompress(input, limit),
        _ => Err(CodecError::NotBuilt),
    }
}

/// Appends `input`, compressed, to `out`.
pub(super) fn compress(codec: Codec, input: &[u8], out: &mut Vec<u8>) -> Result<(), CodecError> {
    match codec {
        Codec::None => {
            out.extend_from_slice(input);
            Ok(())
        }
        #[cfg(feature = "gzip")]
        Codec::Gzip => gzip::compress(input, out),
        #[cfg(feature = "snappy")]
        Codec::Snappy => snappy::compress(input, out),
        #[cfg(feature = "lz4")]
        Codec::Lz4 => lz4::compress(input, out),
        #[allow(unreachable_patterns, reason = "reached when a codec is left out")]
        _ => Err(CodecError::NotBuilt),
    }
}

/// Reads a decoder to its end, or until it passes `limit`.
///
/// The buffer begins at four times the input, a usual ratio, and doubles: no size from the wire has a say.
fn read_to_limit(decoder: impl Read, input: usize, limit: usize) -> Result<Vec<u8>, CodecError> {
    let mut out = Vec::with_capacity(input.saturating_mul(4).min(limit));
    let one_more = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    decoder
        .take(one_more)
        .read_to_end(&mut out)
        .map_err(CodecError::failed)?;
    if out.len() > limit {
        return Err(CodecError::TooLarge);
    }
    Ok(out)
}

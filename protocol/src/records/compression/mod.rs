//! Which codec a batch has, and how much one may decompress to.
//!
//! One file and one Cargo feature per codec, each in pure Rust. All stop as soon as the output passes the
//! caller's limit. A growing buffer holds old and new at once, so that opening a batch can take three times
//! its size, and besides 13 MiB at most, or one and a half zstd windows where those are larger.

#[cfg(feature = "gzip")]
mod gzip;
#[cfg(feature = "lz4")]
mod lz4;
#[cfg(feature = "snappy")]
mod snappy;
#[cfg(feature = "zstd")]
mod zstd;

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
        #[cfg(feature = "zstd")]
        Codec::Zstd => zstd::decompress(input, limit),
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
        #[cfg(feature = "zstd")]
        Codec::Zstd => {
            zstd::compress(input, out);
            Ok(())
        }
        #[cfg(feature = "lz4")]
        Codec::Lz4 => lz4::compress(input, out),
        #[allow(unreachable_patterns, reason = "reached when a codec is left out")]
        _ => Err(CodecError::NotBuilt),
    }
}

/// Room for what `input` decompresses to: four times as much, a usual ratio. It grows by doubling, so that no
/// size from the wire has a say.
fn room_for(input: &[u8], limit: usize) -> Vec<u8> {
    Vec::with_capacity(input.len().saturating_mul(4).min(limit))
}

/// Appends all that a decoder gives, or fails once `out` passes `limit`.
fn read_to_limit(decoder: impl Read, out: &mut Vec<u8>, limit: usize) -> Result<(), CodecError> {
    let left = u64::try_from(limit - out.len().min(limit)).unwrap_or(u64::MAX);
    decoder
        .take(left.saturating_add(1))
        .read_to_end(out)
        .map_err(CodecError::failed)?;
    if out.len() > limit {
        return Err(CodecError::TooLarge);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::{BatchBuilder, RecordsError};

    /// Bites in builds without default features; every codec is built otherwise.
    #[test]
    fn a_codec_left_out_is_an_error_that_names_its_feature() {
        for codec in Codec::ALL.into_iter().filter(|codec| !codec.is_built()) {
            let unwritten = BatchBuilder::new().codec(codec).finish();
            assert_eq!(
                unwritten,
                Err(RecordsError::CodecNotBuilt {
                    base_offset: 0,
                    codec
                })
            );
            assert_eq!(decompress(codec, &[], 1), Err(CodecError::NotBuilt));
        }
        let error = RecordsError::CodecNotBuilt {
            base_offset: 7,
            codec: Codec::Zstd,
        }
        .to_string();
        assert_eq!(
            error,
            "batch at offset 7 needs zstd: build with the Cargo feature `zstd`"
        );
    }
}

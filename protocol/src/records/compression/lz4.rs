//! LZ4 frames, by lz4_flex with its safe features.
//!
//! Written as Java's `Lz4BlockOutputStream` writes them and its reader needs them: independent blocks of
//! 64 KiB. The wrong header checksum of old clients (KAFKA-3160) is found in message formats 0 and 1 alone.

use std::io::Write;

use lz4_flex::frame::{BlockMode, BlockSize, FrameDecoder, FrameEncoder, FrameInfo};

use super::{CodecError, read_to_limit, room_for};

/// The frames of LZ4 before 1.4, in blocks of 8 MiB: four bytes make the decoder ask for 16. Kafka never wrote them.
const LEGACY: [u8; 4] = [0x02, 0x21, 0x4c, 0x18];

pub(super) fn decompress(input: &[u8], limit: usize) -> Result<Vec<u8>, CodecError> {
    if input.starts_with(&LEGACY) {
        return Err(CodecError::failed(
            "a frame of the legacy format, which Kafka does not use",
        ));
    }
    let mut out = room_for(input, limit);
    read_to_limit(FrameDecoder::new(input), &mut out, limit)?;
    Ok(out)
}

pub(super) fn compress(input: &[u8], out: &mut Vec<u8>) -> Result<(), CodecError> {
    let frame = FrameInfo::new()
        .block_mode(BlockMode::Independent)
        .block_size(BlockSize::Max64KB);
    let mut encoder = FrameEncoder::with_frame_info(frame, out);
    encoder.write_all(input).map_err(CodecError::failed)?;
    encoder.finish().map(drop).map_err(CodecError::failed)
}

//! Zstandard, by ruzstd: chosen over structured-zstd 0.2, which is faster, because batches come from outside.
//!
//! It decompresses at a quarter of the C library's speed and compresses at a tenth; structured-zstd keeps up with C. But that is twelve
//! times the code with thirty times the `unsafe`, and months old, where ruzstd is in use since 2019 and in Rust's own backtraces too.
//! Neither panicked on broken frames. The figures and the commands that print them are in docs/compression.md.
//!
//! A frame's window may be as large as the limit on its output, and 8 MiB in any case (level 19): what Java
//! streams at level 20 and above declares 32 to 128 MiB, whatever its size.

use ruzstd::decoding::{FrameDecoder, StreamingDecoder};
use ruzstd::encoding::CompressionLevel;

use super::{CodecError, read_to_limit, room_for};

const LEAST_WINDOW: usize = 8 * 1024 * 1024;

pub(super) fn decompress(input: &[u8], limit: usize) -> Result<Vec<u8>, CodecError> {
    let mut out = room_for(input, limit);
    let mut decoder = FrameDecoder::new();
    decoder.set_max_window_size(u64::try_from(limit.max(LEAST_WINDOW)).unwrap_or(u64::MAX));
    let mut rest = input;
    while !rest.is_empty() {
        append_frame(&mut decoder, &mut rest, &mut out, limit)?;
    }
    Ok(out)
}

fn append_frame(
    decoder: &mut FrameDecoder,
    input: &mut &[u8],
    out: &mut Vec<u8>,
    limit: usize,
) -> Result<(), CodecError> {
    let mut frame = StreamingDecoder::new_with_decoder(input, decoder).map_err(CodecError::failed)?;
    read_to_limit(&mut frame, out, limit)?;
    let stored = frame.decoder.get_checksum_from_data();
    if stored.is_some() && stored != frame.decoder.get_calculated_checksum() {
        return Err(CodecError::failed("the frame's checksum differs"));
    }
    Ok(())
}

pub(super) fn compress(input: &[u8], out: &mut Vec<u8>) {
    ruzstd::encoding::compress(input, out, CompressionLevel::Fastest);
}

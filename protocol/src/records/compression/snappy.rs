//! Snappy, in both shapes that producers write.
//!
//! Java writes xerial's framing: 16 bytes of header, then blocks of their own length each. librdkafka writes
//! one raw block. A raw block cannot begin like the header: its first element would copy from nothing.

use snap::raw::{Decoder, Encoder, decompress_len, max_compress_len};

use super::CodecError;

const XERIAL_MAGIC: [u8; 8] = [0x82, b'S', b'N', b'A', b'P', b'P', b'Y', 0];
/// Magic, version 1, readable from version 1 on. Other clients write other versions; the blocks are the same.
const XERIAL_HEADER: [u8; 16] = [
    0x82, b'S', b'N', b'A', b'P', b'P', b'Y', 0, 0, 0, 0, 1, 0, 0, 0, 1,
];
/// Java's block size.
const BLOCK: usize = 32 * 1024;
/// Three bytes of snappy make at most 64. A block that claims more than this is corrupt and gets no memory.
const MOST_PER_BYTE: usize = 22;

pub(super) fn decompress(input: &[u8], limit: usize) -> Result<Vec<u8>, CodecError> {
    let mut out = Vec::new();
    if !input.starts_with(&XERIAL_MAGIC) {
        append_block(input, &mut out, limit)?;
        return Ok(out);
    }
    let mut rest = input.get(XERIAL_HEADER.len()..).ok_or_else(cut_off)?;
    while !rest.is_empty() {
        let (block, after) = split_block(rest)?;
        append_block(block, &mut out, limit)?;
        rest = after;
    }
    Ok(out)
}

fn split_block(bytes: &[u8]) -> Result<(&[u8], &[u8]), CodecError> {
    let (length, rest) = bytes.split_first_chunk().ok_or_else(cut_off)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(CodecError::failed)?;
    rest.split_at_checked(length).ok_or_else(cut_off)
}

fn append_block(block: &[u8], out: &mut Vec<u8>, limit: usize) -> Result<(), CodecError> {
    let size = decompress_len(block).map_err(CodecError::failed)?;
    if size > block.len().saturating_mul(MOST_PER_BYTE) {
        return Err(CodecError::failed(format_args!(
            "{} bytes claim to be {size}",
            block.len()
        )));
    }
    let start = out.len();
    if size > limit.saturating_sub(start) {
        return Err(CodecError::TooLarge);
    }
    out.resize(start + size, 0);
    let room = out.get_mut(start..).unwrap_or_default();
    Decoder::new()
        .decompress(block, room)
        .map(drop)
        .map_err(CodecError::failed)
}

fn cut_off() -> CodecError {
    CodecError::failed("a block is cut off")
}

pub(super) fn compress(input: &[u8], out: &mut Vec<u8>) -> Result<(), CodecError> {
    let mut encoder = Encoder::new();
    let mut block = vec![0; max_compress_len(input.len().min(BLOCK))];
    out.extend_from_slice(&XERIAL_HEADER);
    for chunk in input.chunks(BLOCK) {
        let size = encoder.compress(chunk, &mut block).map_err(CodecError::failed)?;
        let length = u32::try_from(size).map_err(CodecError::failed)?;
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(block.get(..size).unwrap_or_default());
    }
    Ok(())
}

//! The C libraries, at the settings of the Java client and librdkafka. The only unsafe code of the repository is here, outside of its
//! workspace: zlib and snappy have no safe bindings that can stand beside flate2 on zlib-rs.

use std::ffi::c_int;
use std::io::{Read, Write};
use std::mem::{MaybeUninit, size_of};
use std::ptr;

use kohort_protocol::records::Codec;

use crate::{Contender, contender};

pub(crate) fn contenders() -> Vec<Contender> {
    vec![
        contender("C zlib, level 6", Codec::Gzip, gzip, gunzip),
        contender("C++ snappy, one block", Codec::Snappy, snappy, unsnappy),
        contender("C lz4, fast, 64 KiB blocks", Codec::Lz4, lz4, unlz4),
        contender("C zstd, level 3", Codec::Zstd, |data| zstd(data, 3), unzstd),
        contender("C zstd, level 1", Codec::Zstd, |data| zstd(data, 1), unzstd),
    ]
}

/// Gzip instead of zlib's own header.
const WINDOW: c_int = 15 + 16;

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut out = vec![0; data.len() + data.len() / 100 + 1024];
    let mut stream = MaybeUninit::<libz_sys::z_stream>::zeroed();
    // SAFETY: zeros are the null allocators that zlib asks for, and the slices outlive the calls.
    let size = unsafe {
        // The allocators are not nullable in Rust's eyes, so the struct is only touched by pointer.
        let stream = stream.as_mut_ptr();
        let version = libz_sys::zlibVersion();
        let made = libz_sys::deflateInit2_(
            stream,
            6,
            libz_sys::Z_DEFLATED,
            WINDOW,
            8,
            libz_sys::Z_DEFAULT_STRATEGY,
            version,
            size_of::<libz_sys::z_stream>() as c_int,
        );
        assert_eq!(made, libz_sys::Z_OK);
        ptr::addr_of_mut!((*stream).next_in).write(data.as_ptr().cast_mut());
        ptr::addr_of_mut!((*stream).avail_in).write(data.len() as u32);
        ptr::addr_of_mut!((*stream).next_out).write(out.as_mut_ptr());
        ptr::addr_of_mut!((*stream).avail_out).write(out.len() as u32);
        assert_eq!(
            libz_sys::deflate(stream, libz_sys::Z_FINISH),
            libz_sys::Z_STREAM_END
        );
        let size = ptr::addr_of!((*stream).total_out).read();
        libz_sys::deflateEnd(stream);
        size
    };
    out.truncate(size as usize);
    out
}

fn gunzip(packed: &[u8], size: usize) -> usize {
    let mut out = vec![0; size];
    let mut stream = MaybeUninit::<libz_sys::z_stream>::zeroed();
    // SAFETY: as above.
    unsafe {
        let stream = stream.as_mut_ptr();
        let version = libz_sys::zlibVersion();
        let made = libz_sys::inflateInit2_(stream, WINDOW, version, size_of::<libz_sys::z_stream>() as c_int);
        assert_eq!(made, libz_sys::Z_OK);
        ptr::addr_of_mut!((*stream).next_in).write(packed.as_ptr().cast_mut());
        ptr::addr_of_mut!((*stream).avail_in).write(packed.len() as u32);
        ptr::addr_of_mut!((*stream).next_out).write(out.as_mut_ptr());
        ptr::addr_of_mut!((*stream).avail_out).write(out.len() as u32);
        assert_eq!(
            libz_sys::inflate(stream, libz_sys::Z_FINISH),
            libz_sys::Z_STREAM_END
        );
        let size = ptr::addr_of!((*stream).total_out).read();
        libz_sys::inflateEnd(stream);
        size as usize
    }
}

fn snappy(data: &[u8]) -> Vec<u8> {
    // SAFETY: the output has the size that snappy asks for.
    unsafe {
        let mut size = snappy_src::snappy_max_compressed_length(data.len());
        let mut out = vec![0_u8; size];
        let status = snappy_src::snappy_compress(
            data.as_ptr().cast(),
            data.len(),
            out.as_mut_ptr().cast(),
            &mut size,
        );
        assert_eq!(status, snappy_src::snappy_status_SNAPPY_OK);
        out.truncate(size);
        out
    }
}

fn unsnappy(packed: &[u8], size: usize) -> usize {
    let mut out = vec![0_u8; size];
    let mut size = size;
    // SAFETY: snappy writes no more than `size` bytes.
    let status = unsafe {
        snappy_src::snappy_uncompress(
            packed.as_ptr().cast(),
            packed.len(),
            out.as_mut_ptr().cast(),
            &mut size,
        )
    };
    assert_eq!(status, snappy_src::snappy_status_SNAPPY_OK);
    size
}

fn lz4(data: &[u8]) -> Vec<u8> {
    let mut encoder = lz4::EncoderBuilder::new()
        .level(0)
        .block_size(lz4::BlockSize::Max64KB)
        .block_mode(lz4::BlockMode::Independent)
        .checksum(lz4::ContentChecksum::NoChecksum)
        .build(Vec::new())
        .expect("an encoder");
    encoder.write_all(data).expect("it compresses");
    let (out, result) = encoder.finish();
    result.expect("it compresses");
    out
}

fn unlz4(packed: &[u8], size: usize) -> usize {
    let mut out = Vec::with_capacity(size + 1);
    let mut decoder = lz4::Decoder::new(packed).expect("a decoder");
    decoder.read_to_end(&mut out).expect("it decompresses")
}

fn zstd(data: &[u8], level: i32) -> Vec<u8> {
    zstd::bulk::compress(data, level).expect("it compresses")
}

fn unzstd(packed: &[u8], size: usize) -> usize {
    zstd::bulk::decompress(packed, size)
        .expect("it decompresses")
        .len()
}

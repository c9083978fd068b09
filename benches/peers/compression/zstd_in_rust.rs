//! Other ways to have Zstandard in pure Rust.

use kohort_protocol::records::Codec;
use ruzstd::encoding::{CompressionLevel as RuLevel, compress_to_vec as ru_compress};
use structured_zstd::encoding::{CompressionLevel, compress_slice_to_vec};

use crate::{Contender, contender};

pub(crate) fn contenders() -> Vec<Contender> {
    vec![
        contender(
            "ruzstd, into room of the right size",
            Codec::Zstd,
            |data| ru_compress(data, RuLevel::Fastest),
            |packed, size| {
                let mut out = vec![0; size];
                ruzstd::decoding::FrameDecoder::new()
                    .decode_all(packed, &mut out)
                    .expect("a frame")
            },
        ),
        structured("structured-zstd, level 1", 1),
        structured("structured-zstd, level 3", 3),
    ]
}

fn structured(name: &'static str, level: i32) -> Contender {
    contender(
        name,
        Codec::Zstd,
        move |data| compress_slice_to_vec(data, CompressionLevel::from_level(level)),
        |packed, size| {
            let mut out = vec![0; size];
            structured_zstd::decoding::FrameDecoder::new()
                .decode_all(packed, &mut out)
                .expect("a frame")
        },
    )
}

//! Compression of record batches, in pure Rust as kohort does it, beside the C libraries: one run, contenders in turn, the fastest
//! round of each. `cargo bench --manifest-path benches/peers/Cargo.toml --bench compression`; it needs a C and a C++ compiler.
//!
//! Ours is measured as the client calls it, by whole batches; the others by their own functions in the form that Kafka wants.

mod c;
mod data;
mod ours;
mod zstd_in_rust;

use std::hint::black_box;
use std::time::{Duration, Instant};

use kohort_protocol::records::Codec;

/// Compresses into what [`Contender::decode`] takes.
type Encode = Box<dyn Fn(&[u8]) -> Vec<u8>>;
/// Decompresses; gives the size of what came out.
type Decode = Box<dyn Fn(&[u8], usize) -> usize>;

/// A library at one setting.
pub(crate) struct Contender {
    name: &'static str,
    codec: Codec,
    encode: Encode,
    decode: Decode,
}

pub(crate) fn contender(
    name: &'static str,
    codec: Codec,
    encode: impl Fn(&[u8]) -> Vec<u8> + 'static,
    decode: impl Fn(&[u8], usize) -> usize + 'static,
) -> Contender {
    let (encode, decode) = (Box::new(encode), Box::new(decode));
    Contender {
        name,
        codec,
        encode,
        decode,
    }
}

const ROUNDS: u32 = 15;
/// How long a contender runs in a round at least.
const ROUND: Duration = Duration::from_millis(2);

fn main() {
    println!("{} on {}", std::env::consts::ARCH, std::env::consts::OS);
    println!("fastest of {ROUNDS} rounds, contenders in turn; speeds in MB of uncompressed data a second");
    println!("of C: the speed beside that of the C library named first for the codec");
    let wanted = std::env::args().skip(1).find(|word| !word.starts_with('-'));
    for codec in [Codec::Gzip, Codec::Snappy, Codec::Lz4, Codec::Zstd] {
        if wanted.as_ref().is_some_and(|name| name != codec.name()) {
            continue;
        }
        for (kind, data) in [("JSON", data::json(1 << 20)), ("text", data::text(1 << 20))] {
            for size in [1 << 10, 16 << 10, 64 << 10, 1 << 20] {
                compare(codec, kind, &data[..size]);
            }
        }
    }
}

fn contenders(codec: Codec) -> Vec<Contender> {
    let all = c::contenders()
        .into_iter()
        .chain(ours::contenders())
        .chain(zstd_in_rust::contenders());
    all.filter(|contender| contender.codec == codec).collect()
}

fn compare(codec: Codec, kind: &str, data: &[u8]) {
    println!("\n{codec}, {} KiB of {kind}", data.len() >> 10);
    println!(
        "  {:34} {:>6} {:>12} {:>6} {:>12} {:>6}",
        "", "ratio", "compress", "of C", "decompress", "of C"
    );
    let contenders = contenders(codec);
    let packed: Vec<_> = contenders.iter().map(|one| (one.encode)(data)).collect();
    for (one, packed) in contenders.iter().zip(&packed) {
        assert_eq!((one.decode)(packed, data.len()), data.len(), "{}", one.name);
    }
    let encode = speeds(&contenders, data.len(), |index| {
        black_box((contenders[index].encode)(black_box(data)));
    });
    let decode = speeds(&contenders, data.len(), |index| {
        black_box((contenders[index].decode)(black_box(&packed[index]), data.len()));
    });
    for (index, one) in contenders.iter().enumerate() {
        println!(
            "  {:34} {:>6.2} {:>12.0} {:>6.2} {:>12.0} {:>6.2}",
            one.name,
            data.len() as f64 / packed[index].len() as f64,
            encode[index],
            encode[index] / encode[0],
            decode[index],
            decode[index] / decode[0],
        );
    }
}

/// MB/s of each.
fn speeds(contenders: &[Contender], size: usize, work: impl Fn(usize)) -> Vec<f64> {
    let timed = |index: usize, repeats: u32| {
        let start = Instant::now();
        for _ in 0..repeats {
            work(index);
        }
        start.elapsed()
    };
    let repeats: Vec<u32> = (0..contenders.len())
        .map(|index| {
            let mut repeats = 1;
            while timed(index, repeats) < ROUND {
                repeats *= 2;
            }
            repeats
        })
        .collect();
    let mut best = vec![f64::MAX; contenders.len()];
    for _ in 0..ROUNDS {
        for (index, best) in best.iter_mut().enumerate() {
            let seconds = timed(index, repeats[index]).as_secs_f64() / f64::from(repeats[index]);
            *best = best.min(seconds);
        }
    }
    best.into_iter()
        .map(|seconds| size as f64 / 1e6 / seconds)
        .collect()
}

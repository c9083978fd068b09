//! Broken Zstandard frames, read by C zstd and by two decoders in pure Rust: who panics, and who takes for good what C refuses.
//!
//! `cargo bench --manifest-path benches/peers/Cargo.toml --bench zstd_hostile -- 7 200000`: a seed and a count.

use std::panic::{AssertUnwindSafe, catch_unwind};

use fastrand::Rng;

/// Most that a frame may decompress to.
const LIMIT: usize = 1 << 20;

type Verdict = Option<Vec<u8>>;

#[derive(Default)]
struct Tally {
    good: u32,
    refused: u32,
    panics: u32,
    /// Taken for good where C refuses, refused where C does not, and good with other bytes.
    laxer: u32,
    stricter: u32,
    other: u32,
}

impl Tally {
    fn judge(&mut self, c: &Verdict, read: impl FnOnce() -> Verdict) {
        let Ok(verdict) = catch_unwind(AssertUnwindSafe(read)) else {
            self.panics += 1;
            return;
        };
        match (&verdict, c) {
            (Some(_), None) => self.laxer += 1,
            (None, Some(_)) => self.stricter += 1,
            (Some(ours), Some(c)) if ours != c => self.other += 1,
            _ => {}
        }
        *(if verdict.is_some() {
            &mut self.good
        } else {
            &mut self.refused
        }) += 1;
    }

    fn print(&self, name: &str) {
        println!(
            "{name:16} {:>8} good {:>8} refused {:>4} panics; beside C: {} laxer, {} stricter, {} with other bytes",
            self.good, self.refused, self.panics, self.laxer, self.stricter, self.other
        );
    }
}

fn main() {
    let mut numbers = std::env::args()
        .skip(1)
        .filter_map(|word| word.parse::<u64>().ok());
    let (seed, count) = (numbers.next().unwrap_or(7), numbers.next().unwrap_or(200_000));
    std::panic::set_hook(Box::new(|_| {}));
    let mut rng = Rng::with_seed(seed);
    let frames = frames(&mut rng);
    let (mut ruzstd, mut structured) = (Tally::default(), Tally::default());
    for _ in 0..count {
        let frame = broken(&mut rng, &frames);
        let c = zstd::bulk::decompress(&frame, LIMIT).ok();
        ruzstd.judge(&c, || by_ruzstd(&frame));
        structured.judge(&c, || by_structured(&frame));
    }
    println!("{count} broken frames, seed {seed}");
    ruzstd.print("ruzstd");
    structured.print("structured-zstd");
}

/// Good frames of many kinds.
fn frames(rng: &mut Rng) -> Vec<Vec<u8>> {
    let words = ["offset", "commit", "{\"id\":", "\"group\"", "0000", ",", "}", "é"];
    let mut frames = Vec::new();
    for size in [0, 1, 30, 300, 3_000, 30_000, 200_000] {
        let mut text = Vec::new();
        while text.len() < size {
            text.extend_from_slice(rng.choice(words).unwrap_or_default().as_bytes());
            text.push(rng.u8(b'a'..b'f'));
        }
        let noise: Vec<u8> = (0..size).map(|_| rng.u8(..)).collect();
        for data in [text, noise, vec![7; size]] {
            for level in [-5, 1, 3, 9, 19] {
                frames.extend(zstd::bulk::compress(&data, level));
            }
        }
    }
    frames
}

fn broken(rng: &mut Rng, frames: &[Vec<u8>]) -> Vec<u8> {
    let mut frame = rng.choice(frames).cloned().unwrap_or_default();
    for _ in 0..rng.usize(1..5) {
        // The tables lie at the front.
        let at = if rng.bool() {
            rng.usize(..frame.len().min(40))
        } else {
            rng.usize(..frame.len())
        };
        frame[at] = if rng.bool() {
            rng.u8(..)
        } else {
            frame[at] ^ (1 << rng.u8(..8))
        };
    }
    if rng.u8(..8) == 0 {
        frame.truncate(rng.usize(1..=frame.len()));
    }
    frame
}

fn by_ruzstd(frame: &[u8]) -> Verdict {
    let mut out = vec![0; LIMIT];
    let size = ruzstd::decoding::FrameDecoder::new()
        .decode_all(frame, &mut out)
        .ok()?;
    out.truncate(size);
    Some(out)
}

fn by_structured(frame: &[u8]) -> Verdict {
    let mut out = vec![0; LIMIT];
    let size = structured_zstd::decoding::FrameDecoder::new()
        .decode_all(frame, &mut out)
        .ok()?;
    out.truncate(size);
    Some(out)
}

//! Hostile frames: whatever passes the check, the decoder must take without asking for more memory than the frame
//! accounts for, and it must end where the check ended.

use crate::peers::{Peer, peers};
use allocation_counter::measure;
use bytes::Bytes;
use kohort_protocol::layout::{self, Fault, LayoutError, Schema, Struct, Type};
use std::ops::Range;
use std::time::Instant;

/// Memory the decoder may hold at its peak, whatever the frame,
pub(crate) const FREE: u64 = 64 * 1024;
/// for each of its bytes,
pub(crate) const PER_BYTE: u64 = 24;
/// and for unknown tagged fields, of which it gets to see 128.
const UNKNOWN: u64 = 128 * 512;
/// And for an error with its text, and its backtrace where the environment asks for one.
pub(crate) const ERROR: u64 = 64 * 1024;
/// Memory the check may hold at its peak: an error and its path.
const CHECK: u64 = 2 * 1024;

fn arbitrary(peer: &Peer, version: i16, seed: u64) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(seed);
    layout::arbitrary(peer.schema, version, &mut |n| random.u32(..n)).expect("a known version")
}

fn all(seeds: Range<u64>, mut each: impl FnMut(&Peer, i16, Vec<u8>)) {
    for peer in peers() {
        for version in peer.versions() {
            for seed in seeds.clone() {
                each(&peer, version, arbitrary(&peer, version, seed));
            }
        }
    }
}

/// For each message and version the longest of some frames: it has elements in its innermost arrays.
pub(crate) fn fullest(mut each: impl FnMut(&Peer, i16, Vec<u8>)) {
    for peer in peers() {
        for version in peer.versions() {
            let frames = (0..6).map(|seed| arbitrary(&peer, version, seed));
            each(&peer, version, frames.max_by_key(Vec::len).unwrap_or_default());
        }
    }
}

#[test]
fn a_good_frame_costs_no_allocation() {
    all(0..5, |peer, version, frame| {
        let cost = measure(|| layout::check(peer.schema, version, &frame).unwrap());
        assert_eq!(cost.count_total, 0, "{} v{version}", peer.schema.name);
    });
}

#[test]
fn every_frame_cut_short_is_refused() {
    all(0..5, |peer, version, frame| {
        for length in 0..frame.len() {
            let cut = layout::check(peer.schema, version, &frame[..length]);
            assert!(
                cut.is_err(),
                "{} v{version}: {length} of {frame:02x?}",
                peer.schema.name
            );
        }
    });
}

/// What the mutants of a run did.
#[derive(Default)]
struct Tally {
    frames: u64,
    refused: u64,
    decoded: u64,
    /// The greatest peak of the decoder over the length of its frame, with the message.
    worst: (u64, String),
}

impl Tally {
    fn judge(&mut self, peer: &Peer, version: i16, frame: &[u8]) {
        self.frames += 1;
        let mut checked = Ok(());
        let cost = measure(|| checked = layout::check(peer.schema, version, frame));
        assert!(
            cost.bytes_max <= CHECK,
            "{} v{version}: {} bytes",
            peer.schema.name,
            cost.bytes_max
        );
        match checked {
            Ok(()) => self.decode(peer, version, frame),
            Err(error) => self.refuse(peer, version, frame, &error),
        }
    }

    /// A null where no version has one must be wrong for the decoder too, or the table is too strict. (Where some other
    /// version has it, the decoder takes it in every version.)
    fn refuse(&mut self, peer: &Peer, version: i16, frame: &[u8], error: &LayoutError) {
        self.refused += 1;
        if error.fault == Fault::Null && !ever_null(peer.schema, version, &error.path) {
            let decoded = (peer.decode)(Bytes::copy_from_slice(frame), version);
            assert!(decoded.is_err(), "{error} {frame:02x?}");
        }
    }

    fn decode(&mut self, peer: &Peer, version: i16, frame: &[u8]) {
        let bytes = Bytes::copy_from_slice(frame);
        let mut left = None;
        let cost = measure(|| {
            let admitted = layout::admit(peer.schema, version, bytes).expect("it has passed before");
            left = (peer.decode)(admitted, version).ok();
        });
        let read = layout::walk(peer.schema, version, frame, &mut Deaf).expect("it has passed before");
        let name = || format!("{} v{version} {:.500}", peer.schema.name, format!("{frame:02x?}"));

        let length = frame.len() as u64;
        let error = if left.is_some() { 0 } else { ERROR };
        let allowed = FREE + PER_BYTE * length + UNKNOWN + error;
        assert!(
            cost.bytes_max <= allowed,
            "{} bytes for {}",
            cost.bytes_max,
            name()
        );
        if let Some(left) = left {
            assert_eq!(
                frame.len() - left,
                read,
                "decoder and check end apart: {}",
                name()
            );
            self.decoded += 1;
            let ratio = cost.bytes_max / length.max(1);
            if ratio > self.worst.0 {
                self.worst = (ratio, name());
            }
        }
    }
}

/// Whether the field at this path may be null in any version. The records of a ShareFetch response may, in version 0
/// alone, which only the early access of Kafka 4.0 spoke.
fn ever_null(schema: &'static Schema, version: i16, path: &str) -> bool {
    if schema.name == "ShareFetchResponse" && path.ends_with(".records") {
        return true;
    }
    let version = u8::try_from(version).expect("a known version");
    let mut shape: &Struct = &schema.root;
    let mut nullable = false;
    for step in path.split('.').skip(1) {
        let name = step.split('[').next().unwrap_or_default();
        let named = |field: &&layout::Field| field.name == name && field.versions.contains(version);
        let field = shape.fields.iter().find(named).expect("a path of this schema");
        nullable = (0..100).any(|version| field.nullable.contains(version));
        if let Type::Struct(inner) = field.of {
            shape = inner;
        }
    }
    nullable
}

struct Deaf;

impl layout::Visit for Deaf {}

fn varint(mut number: u32) -> Vec<u8> {
    let mut out = Vec::new();
    while number >= 0x80 {
        out.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    out.push(number.to_le_bytes()[0]);
    out
}

/// The frame with `new` in place of the `old` bytes at `at`.
pub(crate) fn spliced(frame: &[u8], at: usize, old: usize, new: &[u8]) -> Vec<u8> {
    let mut out = frame.to_vec();
    out.splice(at..(at + old).min(frame.len()), new.iter().copied());
    out
}

/// Every place is treated as if a length stood there: so every length there is gets each of these values.
#[test]
fn no_length_makes_the_decoder_reserve_memory() {
    let started = Instant::now();
    let mut tally = Tally::default();
    fullest(|peer, version, frame| {
        for at in 0..frame.len() {
            for value in [-2_i32, -1, 0, i32::MAX] {
                let bytes = value.to_be_bytes();
                tally.judge(peer, version, &spliced(&frame, at, 4, &bytes));
                tally.judge(peer, version, &spliced(&frame, at, 2, &bytes[2..]));
                tally.judge(
                    peer,
                    version,
                    &spliced(&frame, at, 1, &varint(value.cast_unsigned())),
                );
            }
            tally.judge(
                peer,
                version,
                &spliced(&frame, at, 1, &[0xff, 0xff, 0xff, 0xff, 0x7f]),
            );
        }
    });
    tally.print("lengths", started);
}

#[test]
fn no_mutation_makes_the_decoder_reserve_memory() {
    let started = Instant::now();
    let mut tally = Tally::default();
    let mut random = fastrand::Rng::with_seed(7);
    all(0..4, |peer, version, frame| {
        for _ in 0..60 {
            let mut mutant = frame.clone();
            for _ in 0..random.usize(1..4) {
                let at = random.usize(..=mutant.len());
                let new: Vec<u8> = (0..random.usize(..4)).map(|_| random.u8(..)).collect();
                mutant = spliced(&mutant, at, random.usize(..4), &new);
            }
            tally.judge(peer, version, &mutant);
        }
    });
    tally.print("mutations", started);
}

impl Tally {
    fn print(&self, what: &str, started: Instant) {
        let Self {
            frames,
            refused,
            decoded,
            worst: (ratio, name),
        } = self;
        println!(
            "{what}: {frames} frames, {refused} refused, {decoded} decoded, {:?}",
            started.elapsed()
        );
        println!("{what}: the largest peak was {ratio} times the frame, {name:.100}");
        assert!(*decoded > frames / 20, "the mutants tell nothing");
    }
}

/// Where the arrays of structs are in a frame: the place of the count, the end, and the first element.
#[derive(Default)]
struct Arrays {
    found: Vec<(Range<usize>, Range<usize>)>,
    /// What has begun and not ended; the first element of an array once it is known.
    open: Vec<(usize, bool, Option<Range<usize>>)>,
}

impl layout::Visit for Arrays {
    fn begin(&mut self, at: usize, _: &'static layout::Field, count: Option<usize>) {
        self.open.push((at, count.is_some(), None));
    }

    fn end(&mut self, at: usize, _: &'static layout::Field) {
        let (start, is_array, first) = self.open.pop().expect("a beginning");
        match (is_array, first, self.open.last_mut()) {
            (true, Some(first), _) => self.found.push((start..at, first)),
            (false, _, Some((_, true, first @ None))) => *first = Some(start..at),
            _ => {}
        }
    }
}

/// The worst that a frame can cost: an array of nothing but its smallest element.
#[test]
fn many_of_each_element_cost_a_multiple_of_the_frame() {
    const FRAME: usize = 20_000;
    let started = Instant::now();
    let mut tally = Tally::default();
    all(0..4, |peer, version, frame| {
        let mut arrays = Arrays::default();
        layout::walk(peer.schema, version, &frame, &mut arrays).expect("an arbitrary frame");
        for (array, element) in arrays.found {
            let count = u32::try_from(FRAME / element.len()).expect("a small element");
            let mut many = if peer.schema.is_flexible(version) {
                varint(count + 1)
            } else {
                count.to_be_bytes().to_vec()
            };
            many.extend(frame[element].repeat(count as usize));
            tally.judge(peer, version, &spliced(&frame, array.start, array.len(), &many));
        }
    });
    tally.print("many", started);
}

//! How frames are broken: cut at every byte, lengths that lie, varints too long, tags twice and unknown, bytes appended,
//! arrays swollen, and anything at random.

use kohort_protocol::layout::{Field, Schema, Type, Value, Visit, walk};
use std::ops::Range;

/// What every length is set to: -2, -1 (or 2^32-1), 0, 2^31-1 and -2^31.
const LIES: [u32; 5] = [u32::MAX - 1, u32::MAX, 0, u32::MAX / 2, u32::MAX / 2 + 1];
/// Bytes that mean something somewhere.
const TELLING: [u8; 8] = [0, 1, 2, 0x7f, 0x80, 0xfe, 0xff, 0x0f];

/// Where a frame can be lied in.
#[derive(Default)]
struct Places {
    flexible: bool,
    /// Lengths and counts, and how wide they are where they are no varints.
    lengths: Vec<(usize, usize)>,
    /// The ends of structs, where tagged fields are.
    ends: Vec<usize>,
    /// Arrays of structs, with their first element.
    arrays: Vec<(Range<usize>, Range<usize>)>,
    /// What has begun: where, whether an array, and its first element once that is known.
    open: Vec<(usize, bool, Option<Range<usize>>)>,
}

impl Visit for Places {
    fn value(&mut self, at: usize, field: &'static Field, value: Value<'_>) {
        let width = match (field.of, value) {
            (Type::Struct(_), Value::Null) if !field.array => return,
            (_, Value::Null) if field.array => 4,
            (Type::String | Type::LegacyString, _) => 2,
            (Type::Bytes | Type::Records, _) => 4,
            _ => return,
        };
        self.lengths.push((at, width));
    }

    fn begin(&mut self, at: usize, _: &'static Field, count: Option<usize>) {
        self.lengths.extend(count.map(|_| (at, 4)));
        self.open.push((at, count.is_some(), None));
    }

    fn end(&mut self, at: usize, _: &'static Field) {
        let Some((start, is_array, first)) = self.open.pop() else {
            return;
        };
        if !is_array {
            self.ends.push(at);
        }
        match (first, self.open.last_mut()) {
            (Some(first), _) if is_array => self.arrays.push((start..at, first)),
            (_, Some((_, true, first @ None))) if !is_array => *first = Some(start..at),
            _ => {}
        }
    }
}

fn varint(mut number: u32) -> Vec<u8> {
    let mut out = Vec::new();
    while let low @ 0x80.. = number {
        out.push(low.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    out.push(number.to_le_bytes()[0]);
    out
}

fn width_of_varint(frame: &[u8], at: usize) -> usize {
    let long = frame.iter().skip(at).take_while(|byte| **byte >= 0x80).count();
    long + 1
}

/// The frame with `new` in place of the bytes of this range, as far as there are such.
fn spliced(frame: &[u8], range: Range<usize>, new: &[u8]) -> Vec<u8> {
    let start = range.start.min(frame.len());
    let end = range.end.clamp(start, frame.len());
    let (before, after) = (frame.get(..start), frame.get(end..));
    [before.unwrap_or_default(), new, after.unwrap_or_default()].concat()
}

/// A valid frame and its mutants, each handed to `each`.
pub(crate) fn message(
    schema: &'static Schema,
    version: i16,
    frame: &[u8],
    random: &mut fastrand::Rng,
    each: &mut dyn FnMut(&[u8]),
) {
    let mut places = Places {
        flexible: schema.is_flexible(version),
        ..Places::default()
    };
    let read = walk(schema, version, frame, &mut places).expect("a valid frame");
    places.ends.push(read);
    each(frame);
    cut(frame, each);
    lie(&places, frame, each);
    if places.flexible {
        tag(&places, frame, each);
    }
    append(frame, each);
    swell(&places, frame, random, each);
    scatter(frame, 64, random, each);
}

/// Bytes of which nothing is known: cut, every place taken for a length, broken at random.
pub(crate) fn bytes(frame: &[u8], random: &mut fastrand::Rng, each: &mut dyn FnMut(&[u8])) {
    each(frame);
    cut(frame, each);
    for at in 0..frame.len() {
        for lie in LIES {
            let bytes = lie.to_be_bytes();
            each(&spliced(frame, at..at + 4, &bytes));
            each(&spliced(
                frame,
                at..at + 2,
                bytes.last_chunk::<2>().expect("two of four"),
            ));
        }
        each(&spliced(frame, at..at + 1, &varint(u32::MAX)));
    }
    append(frame, each);
    scatter(frame, 64, random, each);
}

fn cut(frame: &[u8], each: &mut dyn FnMut(&[u8])) {
    for length in 0..frame.len() {
        each(frame.get(..length).unwrap_or_default());
    }
}

fn lie(places: &Places, frame: &[u8], each: &mut dyn FnMut(&[u8])) {
    for &(at, width) in &places.lengths {
        for lie in LIES {
            if places.flexible {
                let old = at..at + width_of_varint(frame, at);
                each(&spliced(frame, old.clone(), &varint(lie)));
                each(&spliced(frame, old, &varint(lie.wrapping_add(1))));
            } else {
                let bytes = lie.to_be_bytes();
                each(&spliced(
                    frame,
                    at..at + width,
                    bytes.get(4 - width..).unwrap_or_default(),
                ));
            }
        }
        if places.flexible {
            overlong(frame, at, each);
        }
    }
}

/// The same number in five bytes, in six, and with a bit too many.
fn overlong(frame: &[u8], at: usize, each: &mut dyn FnMut(&[u8])) {
    let width = width_of_varint(frame, at);
    let low: Vec<u8> = frame
        .iter()
        .skip(at)
        .take(width)
        .map(|byte| byte | 0x80)
        .collect();
    for last in [
        &[0x80, 0x80, 0x80, 0x80, 0][..],
        &[0x80, 0x80, 0x80, 0x80, 0x80, 0],
        &[0x80, 0x80, 0x80, 0x80, 0x10],
    ] {
        let long = [&*low, last.get(width..).unwrap_or_default()].concat();
        each(&spliced(frame, at..at + width, &long));
    }
}

/// Tagged fields where a struct has none: unknown, twice, descending, cut off, and in masses.
fn tag(places: &Places, frame: &[u8], each: &mut dyn FnMut(&[u8])) {
    let masses: Vec<u8> = [
        varint(300),
        (1000..1300)
            .flat_map(|tag| [varint(tag), vec![0]].concat())
            .collect(),
    ]
    .concat();
    for &end in &places.ends {
        if frame.get(end - 1) != Some(&0) {
            continue;
        }
        let tags: [&[u8]; 9] = [
            &[1, 100, 0],
            &[1, 100, 2, 1, 2],
            &[2, 0, 0, 0, 0],
            &[2, 100, 0, 100, 0],
            &[2, 100, 0, 99, 0],
            &[1, 0, 1, 0],
            &[1, 0, 0x7f],
            &[0xff, 0xff, 0xff, 0xff, 0x0f],
            &masses,
        ];
        for new in tags {
            each(&spliced(frame, end - 1..end, new));
        }
    }
}

fn append(frame: &[u8], each: &mut dyn FnMut(&[u8])) {
    for more in [&[0][..], &[0xff], &[0; 4], &[0xff; 8]] {
        each(&[frame, more].concat());
    }
}

/// An array of nothing but its first element, again and again: what multiplies best.
fn swell(places: &Places, frame: &[u8], random: &mut fastrand::Rng, each: &mut dyn FnMut(&[u8])) {
    for (array, first) in &places.arrays {
        let element = frame.get(first.clone()).unwrap_or_default();
        let size = if random.u8(..16) == 0 { 32 * 1024 } else { 1024 };
        let count = size / element.len().max(1);
        let number = u32::try_from(count).expect("a small count");
        let number = if places.flexible {
            varint(number + 1)
        } else {
            number.to_be_bytes().to_vec()
        };
        each(&spliced(
            frame,
            array.clone(),
            &[number, element.repeat(count)].concat(),
        ));
    }
}

pub(crate) fn scatter(frame: &[u8], times: usize, random: &mut fastrand::Rng, each: &mut dyn FnMut(&[u8])) {
    for _ in 0..times {
        let mut mutant = frame.to_vec();
        for _ in 0..random.usize(1..4) {
            let at = random.usize(..=mutant.len());
            let new: Vec<u8> = (0..random.usize(..4)).map(|_| byte(random)).collect();
            mutant = spliced(&mutant, at..at + random.usize(..4), &new);
        }
        each(&mutant);
    }
}

fn byte(random: &mut fastrand::Rng) -> u8 {
    match random.usize(..16) {
        telling @ 0..8 => TELLING.get(telling).copied().unwrap_or_default(),
        _ => random.u8(..),
    }
}

/// The fields of a batch's header: where, and how wide.
const HEADER: [(usize, usize); 13] = [
    (0, 8),
    (8, 4),
    (12, 4),
    (16, 1),
    (17, 4),
    (21, 2),
    (23, 4),
    (27, 8),
    (35, 8),
    (43, 8),
    (51, 2),
    (53, 4),
    (57, 4),
];

/// A batch and its mutants; `repair` makes the checksum right again.
pub(crate) fn batch(
    batch: &[u8],
    repair: fn(&mut [u8]),
    random: &mut fastrand::Rng,
    each: &mut dyn FnMut(&[u8]),
) {
    each(batch);
    cut(batch, each);
    let mut both = |mut mutant: Vec<u8>| {
        each(&mutant);
        repair(&mut mutant);
        each(&mutant);
    };
    for (at, width) in HEADER {
        for lie in LIES {
            let bytes = [lie.to_be_bytes(), lie.to_be_bytes()].concat();
            both(spliced(
                batch,
                at..at + width,
                bytes.get(8 - width..).unwrap_or_default(),
            ));
        }
    }
    for at in 61..batch.len() {
        both(spliced(batch, at..at + 1, &[byte(random)]));
    }
    append(batch, &mut |mutant| both(mutant.to_vec()));
    scatter(batch, 64, random, &mut |mutant| both(mutant.to_vec()));
}

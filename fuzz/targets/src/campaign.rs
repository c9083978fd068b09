//! The campaign: valid frames of every kind, one after the other, and all their mutants. Seed and number of a frame are all
//! it takes to make it again.

use bytes::Bytes;
use kohort_protocol::consumer_protocol::{Assignment, NEWEST_VERSION, Subscription};
use kohort_protocol::records::{BatchBuilder, Codec, DECOMPRESSED_LIMIT, NewRecord};
use kohort_protocol::{Generation, TopicName, TopicPartition, layout};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::limits::Judged;
use crate::{blobs, frames, messages, mutate, records};

/// Spreads the numbers of bases over all seeds.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
/// A campaign that breaks so many promises ends.
const ENOUGH: usize = 10;

/// A run over mutated frames.
#[derive(Clone, Copy, Debug)]
pub struct Campaign {
    /// What all frames are made from.
    pub seed: u64,
    /// The valid frame to begin with; 0, unless a run is to be repeated from the middle.
    pub base: u64,
    /// How many mutated frames to judge.
    pub frames: u64,
}

/// What a campaign did.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Frames judged.
    pub frames: u64,
    /// Of these, refused.
    pub errors: u64,
    /// By kind of frame: its name, frames, refused, and the frame that took most memory.
    pub kinds: [Kind; 4],
    /// Promises broken.
    pub breaches: Vec<Breach>,
}

/// The share of one kind of frames.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kind {
    /// What they are.
    pub name: &'static str,
    /// Frames judged.
    pub frames: u64,
    /// Of these, refused.
    pub errors: u64,
    /// The largest allocation, with what it was for.
    pub largest: (u64, usize, String),
    /// The largest multiple of a frame of 4 KiB or more: in shorter ones what any frame may cost prevails.
    pub steepest: (u64, usize, String),
}

/// A frame on which a target panicked.
#[derive(Clone, Debug)]
pub struct Breach {
    /// What the frame was to be.
    pub subject: String,
    /// The valid frame it was made from, by number: a campaign that begins there meets it soon.
    pub base: u64,
    /// The frame.
    pub frame: Vec<u8>,
    /// What the panic said.
    pub message: String,
}

/// A valid frame, and how to judge its mutants.
struct Base {
    kind: usize,
    subject: String,
    judge: Box<Judge>,
    mutants: Box<Mutants>,
}

type Judge = dyn Fn(&[u8]) -> Judged;
/// Hands over one mutant after the other.
type Mutants = dyn Fn(&mut fastrand::Rng, &mut dyn FnMut(&[u8]));

const KINDS: [&str; 4] = ["messages", "batches", "blobs", "streams"];

impl Campaign {
    /// Runs it; `progress` hears of each base that is done.
    pub fn run(self, mut progress: impl FnMut(&Tally)) -> Tally {
        let mut tally = Tally::default();
        for (kind, name) in tally.kinds.iter_mut().zip(KINDS) {
            kind.name = name;
        }
        let mut number = self.base;
        while tally.frames < self.frames && tally.breaches.len() < ENOUGH {
            let mut random = fastrand::Rng::with_seed(self.seed ^ number.wrapping_mul(GOLDEN));
            let base = base(number, &mut random);
            (base.mutants)(&mut random, &mut |mutant| {
                if tally.frames < self.frames && tally.breaches.len() < ENOUGH {
                    tally.judge(number, &base, mutant);
                }
            });
            progress(&tally);
            number += 1;
        }
        tally
    }
}

impl Tally {
    fn judge(&mut self, number: u64, base: &Base, frame: &[u8]) {
        self.frames += 1;
        match catch_unwind(AssertUnwindSafe(|| (base.judge)(frame))) {
            Ok(judged) => self.note(base, judged),
            Err(panic) => self.breaches.push(Breach {
                subject: base.subject.clone(),
                base: number,
                frame: frame.to_vec(),
                message: words(&*panic),
            }),
        }
    }

    fn note(&mut self, base: &Base, judged: Judged) {
        let Some(kind) = self.kinds.get_mut(base.kind) else {
            return;
        };
        kind.frames += 1;
        kind.errors += u64::from(judged.refused);
        self.errors += u64::from(judged.refused);
        if judged.allocated > kind.largest.0 {
            kind.largest = (judged.allocated, judged.frame, base.subject.clone());
        }
        let multiple = |allocated: u64, frame: usize| allocated * 10 / frame.max(1) as u64;
        let known = multiple(kind.steepest.0, kind.steepest.1);
        if judged.frame >= 4096 && multiple(judged.allocated, judged.frame) > known {
            kind.steepest = (judged.allocated, judged.frame, base.subject.clone());
        }
    }

    /// The largest allocation of all, and the size of its frame.
    pub fn largest(&self) -> (u64, usize) {
        let all = self.kinds.iter().map(|kind| (kind.largest.0, kind.largest.1));
        all.max().unwrap_or_default()
    }
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "a panic without words".to_owned())
}

/// Most are messages, each of every API and version in turn: they have fewer mutants than batches.
fn base(number: u64, random: &mut fastrand::Rng) -> Base {
    const TURNS: u64 = 20;
    match number % TURNS {
        0 => batch(random),
        1 => blob(random),
        2 => stream(random),
        turn => message(number / TURNS * (TURNS - 3) + turn, random),
    }
}

fn message(turn: u64, random: &mut fastrand::Rng) -> Base {
    let all = messages::subjects();
    let turn = usize::try_from(turn % all.len() as u64).expect("less than all");
    let subject = all.get(turn).expect("one of all");
    let (schema, version) = (subject.schema, subject.version);
    let frame = layout::arbitrary(schema, version, &mut |n| random.u32(..n)).expect("a known version");
    Base {
        kind: 0,
        subject: format!("{} v{version}", schema.name),
        judge: Box::new(|frame| subject.judge(&Bytes::copy_from_slice(frame))),
        mutants: Box::new(move |random, each| mutate::message(schema, version, &frame, random, each)),
    }
}

fn some_bytes(random: &mut fastrand::Rng, most: usize) -> Vec<u8> {
    (0..random.usize(..most)).map(|_| random.u8(b'a'..b'f')).collect()
}

fn batch(random: &mut fastrand::Rng) -> Base {
    let codec = random.choice(Codec::ALL).unwrap_or_default();
    let mut builder = BatchBuilder::new().codec(codec).base_offset(random.i64(0..100));
    for _ in 0..random.usize(..6) {
        let (key, value, header) = (
            some_bytes(random, 9),
            some_bytes(random, 60),
            some_bytes(random, 5),
        );
        let headers = [(&*header, Some(&*key)), (&*header, None)];
        let record = NewRecord {
            key: random.bool().then_some(&*key),
            value: random.bool().then_some(&*value),
            timestamp: random.i64(0..2_000_000),
            headers: headers.get(random.usize(..3)..).unwrap_or_default(),
        };
        builder.push(&record).expect("a small record");
    }
    let batch = builder.finish().expect("a small batch");
    Base {
        kind: 1,
        subject: format!("a batch in {codec}"),
        judge: Box::new(|frame| records::judge(&Bytes::copy_from_slice(frame), DECOMPRESSED_LIMIT)),
        mutants: Box::new(move |random, each| mutate::batch(&batch, records::repair_crc, random, each)),
    }
}

fn partitions(random: &mut fastrand::Rng) -> Vec<TopicPartition> {
    let one = |random: &mut fastrand::Rng| TopicPartition::new(topic(random), random.i32(0..9));
    (0..random.usize(..8)).map(|_| one(random)).collect()
}

fn topic(random: &mut fastrand::Rng) -> TopicName {
    TopicName::from(
        ["t", "orders", "é"]
            .get(random.usize(..3))
            .copied()
            .unwrap_or_default(),
    )
}

fn blob(random: &mut fastrand::Rng) -> Base {
    let version = random.i16(0..=NEWEST_VERSION);
    let user_data = random.bool().then(|| some_bytes(random, 20).into());
    let is_assignment = random.bool();
    let blob = if is_assignment {
        let partitions = partitions(random);
        Assignment {
            partitions,
            user_data,
        }
        .encode(version)
    } else {
        let subscription = Subscription {
            topics: (0..random.usize(..5)).map(|_| topic(random)).collect(),
            user_data,
            owned_partitions: partitions(random),
            generation: Generation(random.i32(-1..9)),
            rack: random.bool().then(|| "rack".to_owned()),
        };
        subscription.encode(version)
    };
    let blob = blob.expect("a small blob");
    let (name, judge): (_, fn(&[u8]) -> Judged) = if is_assignment {
        ("assignment", blobs::assignment)
    } else {
        ("subscription", blobs::subscription)
    };
    Base {
        kind: 2,
        subject: format!("{name} v{version}"),
        judge: Box::new(judge),
        mutants: Box::new(move |random, each| mutate::bytes(&blob, random, each)),
    }
}

/// Some frames in a row, the first byte says how they are split into reads.
fn stream(random: &mut fastrand::Rng) -> Base {
    let mut stream = vec![random.u8(..)];
    for _ in 0..random.usize(1..4) {
        let body = [&[0; 4], &*some_bytes(random, 20)].concat();
        stream.extend(u32::try_from(body.len()).unwrap_or_default().to_be_bytes());
        stream.extend(body);
    }
    Base {
        kind: 3,
        subject: "a stream of frames".to_owned(),
        judge: Box::new(frames::judge),
        mutants: Box::new(move |random, each| mutate::bytes(&stream, random, each)),
    }
}

//! Valid input for each target, which coverage-guided runs start from.

use bytes::Bytes;
use kohort_protocol::consumer_protocol::{Assignment, NEWEST_VERSION, Subscription};
use kohort_protocol::layout::{Role, arbitrary};
use kohort_protocol::records::{BatchBuilder, Codec, NewRecord};
use kohort_protocol::{Generation, TopicName, TopicPartition};

use crate::messages::subjects;
use crate::records::HEADER;

/// Some inputs, each with the name of its target.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let mut seeds = messages();
    let frame = |length: u8| [&[0, 0, 0, length][..], &vec![7; length.into()]].concat();
    seeds.push(("frames", [&[3][..], &frame(4), &frame(9)].concat()));
    seeds.push(("frames", [&[1][..], &frame(30), &[0, 0, 0x40]].concat()));
    seeds.push(("assignment", assignment()));
    for version in 0..=NEWEST_VERSION {
        seeds.push(("subscription", subscription(version)));
    }
    for codec in Codec::ALL {
        let batch = batch(codec);
        let records = batch.get(HEADER..).unwrap_or_default();
        if codec != Codec::None {
            seeds.push((codec.name(), records.to_vec()));
        }
        seeds.push(("record_batch", batch.to_vec()));
    }
    seeds.push((
        "member",
        (0..=255).map(|byte: u8| byte.wrapping_mul(73)).collect(),
    ));
    seeds.push((
        "assignor",
        (0..120).map(|byte: u8| byte.wrapping_mul(37)).collect(),
    ));
    seeds.extend(dissect().map(|seed| ("dissect", seed)));
    for factor in [37, 73, 151] {
        let numbers = (0..160).map(|byte: u8| byte.wrapping_mul(factor));
        seeds.push(("simulation", numbers.collect()));
    }
    seeds
}

/// A request that says itself what it is, a response that tells addresses, and one with an assignment in it.
fn dissect() -> [Vec<u8>; 3] {
    let heartbeat = b"\0\0\0\0\x0c\0\0\0\0\0\x07\0\x02me\0\x01g\0\0\0\x05\0\x01m";
    let coordinator = b"\x01\x0a\0\0\0\0\0\0\0\x01\0\x01h\0\0\x23\x84";
    let sync = [&b"\x01\x0e\0\0\0\0\x07\0\0\0\0\0\x19"[..], &assignment()].concat();
    [heartbeat.to_vec(), coordinator.to_vec(), sync]
}

/// Each message in its newest version, and one that is not flexible.
fn messages() -> Vec<(&'static str, Vec<u8>)> {
    let mut seeds = Vec::new();
    for subject in subjects() {
        let (schema, version) = (subject.schema, subject.version);
        let (target, key) = match schema.role {
            Role::Request(key) => ("request", key),
            Role::Response(key) => ("response", key),
            _ => continue,
        };
        let newest = *schema.versions().end();
        let last_fixed = !schema.is_flexible(version) && schema.is_flexible(version + 1);
        let (Ok(key), Ok(at), true) = (
            u8::try_from(key),
            u8::try_from(version),
            version == newest || last_fixed,
        ) else {
            continue;
        };
        let frames = (0..4).filter_map(|seed| {
            let mut random = fastrand::Rng::with_seed(seed);
            arbitrary(schema, version, &mut |n| random.u32(..n))
        });
        let fullest = frames.max_by_key(Vec::len).unwrap_or_default();
        seeds.push((target, [&[key, at][..], &fullest].concat()));
    }
    seeds
}

fn partitions() -> Vec<TopicPartition> {
    vec![
        TopicPartition::new("t", 0),
        TopicPartition::new("t", 7),
        TopicPartition::new("orders", 1),
    ]
}

fn assignment() -> Vec<u8> {
    let assignment = Assignment {
        partitions: partitions(),
        user_data: Some(Bytes::from_static(b"data")),
    };
    assignment.encode(NEWEST_VERSION).unwrap_or_default().to_vec()
}

fn subscription(version: i16) -> Vec<u8> {
    let subscription = Subscription {
        topics: vec![TopicName::from("orders"), TopicName::from("t")],
        user_data: Some(Bytes::from_static(b"data")),
        owned_partitions: partitions(),
        generation: Generation(7),
        rack: Some("r1".to_owned()),
    };
    subscription.encode(version).unwrap_or_default().to_vec()
}

fn batch(codec: Codec) -> Bytes {
    let mut builder = BatchBuilder::new().codec(codec).base_offset(9);
    for value in [&b"a value"[..], &[b'v'; 300], b""] {
        let headers = [(&b"h"[..], Some(&b"1"[..])), (&b"h"[..], None)];
        let record = NewRecord {
            key: Some(b"key"),
            value: Some(value),
            timestamp: 1_700_000_000_000,
            headers: &headers,
        };
        // A few small records always fit.
        let _ = builder.push(&record);
    }
    builder.finish().unwrap_or_default()
}

//! What is read or written straight is what `kafka-protocol` reads and writes.

use core::fmt::Debug;

use bytes::{Bytes, BytesMut};
use kafka_protocol::protocol::{Decodable, Encodable};

use super::super::describe_groups::DescribeGroupsResponse;
use super::super::fetch::FetchResponse;
use super::super::heartbeat::{HeartbeatRequest, HeartbeatResponse};
use super::super::join_group::JoinGroupResponse;
use super::super::metadata::MetadataResponse;
use super::super::offset_fetch::OffsetFetchResponse;
use super::super::wire::{Mirror, raw};
use super::super::{EncodeError, Message, versions};
use crate::layout::{arbitrary, check};
use crate::{Generation, GroupId, MemberId};

const SEEDS: u64 = 200;
const DAMAGED: u64 = 15;

/// What `kafka-protocol` makes of a body that passes the check.
fn around<M: Message + Mirror<Raw>, Raw: Decodable>(version: i16, body: &Bytes) -> Option<M> {
    check(M::SCHEMA, version, body).ok()?;
    let mut rest = body.clone();
    let raw = Raw::decode(&mut rest, version).ok()?;
    assert!(rest.is_empty());
    M::from_raw(raw, version).ok()
}

fn compare<M, Raw>(version: i16, body: &Bytes, tally: &mut [u64; 2])
where
    M: Message + Mirror<Raw> + PartialEq + Debug,
    Raw: Decodable,
{
    let (straight, around) = (M::decode(version, body.clone()), around::<M, Raw>(version, body));
    tally[usize::from(around.is_none())] += 1;
    match (straight, around) {
        (Ok(straight), Some(around)) => assert_eq!(straight, around, "v{version} {body:02x?}"),
        (Err(_), None) => {}
        (straight, around) => panic!("v{version} {body:02x?}: {straight:?}, but {around:?}"),
    }
}

/// In every version: values of all kinds, and bodies damaged in a byte, cut short or lengthened.
fn agrees<M, Raw>()
where
    M: Message + Mirror<Raw> + PartialEq + Debug,
    Raw: Decodable,
{
    let supported = versions(M::API);
    for version in supported.min..=supported.max {
        let (mut good, mut damaged) = ([0; 2], [0; 2]);
        for seed in 0..SEEDS {
            let mut random = fastrand::Rng::with_seed(seed);
            let body = arbitrary(M::SCHEMA, version, &mut |n| random.u32(..n)).unwrap();
            compare::<M, Raw>(version, &body.clone().into(), &mut good);
            for _ in 0..DAMAGED {
                let mut body = body.clone();
                for _ in 0..random.usize(1..3) {
                    let at = random.usize(..body.len());
                    body[at] = *random.choice(&[0, 1, 2, 0x7f, 0x80, 0xff]).unwrap();
                }
                if random.u8(..4) == 0 {
                    body.resize(random.usize(..body.len() + 3), 0);
                }
                compare::<M, Raw>(version, &body.into(), &mut damaged);
            }
        }
        assert_eq!(good, [SEEDS, 0], "v{version}");
        let [read, refused] = damaged;
        assert!(
            read > 0 && refused > 0,
            "v{version}: {read} read, {refused} refused"
        );
    }
}

#[test]
fn what_is_read_straight_is_what_kafka_protocol_reads() {
    agrees::<DescribeGroupsResponse, raw::DescribeGroupsResponse>();
    agrees::<FetchResponse, raw::FetchResponse>();
    agrees::<HeartbeatResponse, raw::HeartbeatResponse>();
    agrees::<JoinGroupResponse, raw::JoinGroupResponse>();
    agrees::<MetadataResponse, raw::MetadataResponse>();
    agrees::<OffsetFetchResponse, raw::OffsetFetchResponse>();
}

#[test]
fn a_text_that_is_no_utf_8_is_refused_with_the_name_of_its_field() {
    let broker = [0, 0, 0, 9, 0, 2, 0xff, 0xff, 0, 0, 0, 1];
    let body = [&[0, 0, 0, 1][..], &broker, &[0; 4]].concat();
    let error = MetadataResponse::decode(0, body.into()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "malformed Metadata v0 response: host: this is no UTF-8 (at byte 8)"
    );
}

#[test]
fn a_heartbeat_written_straight_is_what_kafka_protocol_writes() {
    let texts = [
        "",
        "g",
        "grüße",
        &"x".repeat(126),
        &"x".repeat(127),
        &"x".repeat(32_767),
    ];
    for version in versions(HeartbeatRequest::API).min..=versions(HeartbeatRequest::API).max {
        for (index, text) in texts.iter().enumerate() {
            let request = HeartbeatRequest {
                group_id: GroupId::from(*text),
                generation_id: Generation(7 << index),
                member_id: MemberId::from(texts[index / 2]),
                group_instance_id: (version >= 3 && index > 1).then(|| (*text).into()),
            };
            let (mut straight, mut around) = (BytesMut::new(), BytesMut::new());
            request.encode(version, &mut straight).unwrap();
            let raw: raw::HeartbeatRequest = request.to_raw(version).unwrap();
            raw.encode(&mut around, version).unwrap();
            assert_eq!(straight, around, "v{version} {} bytes", text.len());
            assert_eq!(HeartbeatRequest::decode(version, straight.freeze()), Ok(request));
        }
    }
}

#[test]
fn a_heartbeat_that_cannot_be_written_leaves_nothing_and_names_the_field() {
    let written = |version, request: HeartbeatRequest| {
        let mut out = BytesMut::from("x");
        let error = request.encode(version, &mut out).unwrap_err();
        assert_eq!(out, "x");
        error
    };
    let long = written(
        4,
        HeartbeatRequest {
            member_id: MemberId::from("x".repeat(32_768)),
            ..HeartbeatRequest::default()
        },
    );
    assert!(long.to_string().contains("member_id is longer"), "{long}");
    let is_static = written(
        2,
        HeartbeatRequest {
            group_instance_id: Some("i".into()),
            ..HeartbeatRequest::default()
        },
    );
    assert!(
        matches!(
            is_static,
            EncodeError::Absent {
                field: "group_instance_id",
                ..
            }
        ),
        "{is_static}"
    );
}

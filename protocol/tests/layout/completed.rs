//! Our own messages without the layout check in front of them: they refuse what it refuses, and no frame makes them ask
//! for more memory than its bytes pay for.

use crate::hostile::{ERROR, FREE, PER_BYTE, fullest, spliced};
use crate::peers::Peer;
use allocation_counter::measure;
use bytes::{Bytes, BytesMut};
use kafka_protocol::protocol::{Decodable, Encodable, HeaderVersion, Message, Request};
use kohort_protocol::layout;
use kohort_protocol::messages::{
    ApiVersionsRequest, ApiVersionsResponse, ListOffsetsRequest, OffsetCommitRequest, OffsetFetchRequest,
    StreamsGroupHeartbeatRequest, offset_commit_request, offset_fetch_request,
};
use uuid::Uuid;

/// Arrays that can be open at once, and for each of which room is made before its first element is read.
const OPEN: u64 = 3;

#[test]
fn they_refuse_what_the_check_refuses_and_reserve_no_memory() {
    let (mut frames, mut refused) = (0_u64, 0_u64);
    let mut judge = |peer: &Peer, version: i16, frame: &[u8]| {
        frames += 1;
        refused += u64::from(!alike(peer, version, frame));
    };
    fullest(|peer, version, frame| {
        if !peer.ours {
            return;
        }
        for at in 0..frame.len() {
            judge(peer, version, &frame[..at]);
            for value in [-2_i32, -1, i32::MAX] {
                judge(peer, version, &spliced(&frame, at, 4, &value.to_be_bytes()));
            }
            for new in [
                &[0][..],
                &[2],
                &[0xff],
                &[0x80, 0],
                &[0x7f, 0xff],
                &[0xff, 0xff, 0xff, 0xff, 0x07],
            ] {
                judge(peer, version, &spliced(&frame, at, new.len().min(2), new));
            }
        }
    });
    println!("{frames} frames, {refused} refused by both");
    assert!(
        refused > frames / 4 && refused < frames,
        "the mutants tell nothing"
    );
}

/// Whether the frame is a message; check and decoder must say the same, and end at the same byte.
fn alike(peer: &Peer, version: i16, frame: &[u8]) -> bool {
    let name = || format!("{} v{version} {frame:02x?}", peer.schema.name);
    let bytes = Bytes::copy_from_slice(frame);
    let mut decoded = None;
    let cost = measure(|| decoded = Some((peer.decode)(bytes, version)));
    let allowed = OPEN * (FREE + PER_BYTE * frame.len() as u64) + ERROR;
    assert!(
        cost.bytes_max <= allowed,
        "{} bytes for {}",
        cost.bytes_max,
        name()
    );
    let mut texts = Texts(true);
    let walked = layout::walk(peer.schema, version, frame, &mut texts);
    match (walked, decoded.expect("it was called")) {
        (Ok(read), Ok(left)) => assert_eq!(read, frame.len() - left, "{}", name()),
        (Ok(_), Err(error)) => assert!(!texts.0, "only the decoder refuses: {error} {}", name()),
        (Err(error), decoded) => {
            assert!(decoded.is_err(), "only the check refuses: {error} {}", name());
            return false;
        }
    }
    true
}

/// Whether all strings are UTF-8, which the check leaves to the decoder; and all tags below 2^31.
struct Texts(bool);

impl layout::Visit for Texts {
    fn value(&mut self, _: usize, _: &'static layout::Field, value: layout::Value<'_>) {
        if let layout::Value::String(text) = value {
            self.0 &= std::str::from_utf8(text).is_ok();
        }
    }

    fn unknown(&mut self, _: usize, tag: u32, _: &[u8]) {
        self.0 &= i32::try_from(tag).is_ok();
    }
}

fn encoded(message: &impl Encodable, version: i16) -> anyhow::Result<BytesMut> {
    let mut out = BytesMut::new();
    message.encode(&mut out, version)?;
    Ok(out)
}

fn refusal(message: &impl Encodable, version: i16) -> String {
    encoded(message, version).expect_err("a refusal").to_string()
}

#[test]
fn what_a_version_cannot_say_is_refused_by_name() {
    let topic = offset_commit_request::OffsetCommitRequestTopic::default().with_topic_id(Uuid::from_u128(1));
    let commit = OffsetCommitRequest::default().with_topics(vec![topic]);
    // Kafka calls the id ignorable: it is dropped. A topic's name is not, where there is only the id.
    assert!(encoded(&commit, 9).is_ok());
    let list = ListOffsetsRequest::default().with_isolation_level(1);
    assert_eq!(
        refusal(&list, 1),
        "`isolation_level` is set, which version 1 does not have"
    );
    assert_eq!(refusal(&list, 12), "version 12 is not one of 1-11");
}

#[test]
fn null_is_refused_where_a_version_has_none() {
    let fetch = OffsetFetchRequest::default().with_topics(None);
    assert!(encoded(&fetch, 2).is_ok());
    assert_eq!(refusal(&fetch, 1), "null, which this version does not have here");
}

#[test]
fn a_tag_that_is_set_twice_is_refused() {
    let response = ApiVersionsResponse::default().with_finalized_features_epoch(7);
    let twice = response.clone().with_unknown_tagged_field(1, Bytes::new());
    assert!(encoded(&response, 3).is_ok());
    assert_eq!(refusal(&twice, 3), "tag 1 is set twice");
}

#[test]
fn unknown_tags_stand_among_the_known_ones() {
    let response = ApiVersionsResponse::default()
        .with_finalized_features_epoch(7)
        .with_zk_migration_ready(true)
        .with_unknown_tagged_field(2000, Bytes::from_static(b"x"));
    let bytes = encoded(&response, 3).unwrap();
    layout::check(&layout::table::API_VERSIONS_RESPONSE, 3, &bytes).unwrap();
    assert_eq!(
        ApiVersionsResponse::decode(&mut bytes.freeze(), 3).unwrap(),
        response
    );
}

#[test]
fn the_traits_say_what_the_schemas_say() {
    fn key<R: Request>(_: fn() -> R::Response) -> i16 {
        R::KEY
    }
    assert_eq!(key::<ApiVersionsRequest>(ApiVersionsResponse::default), 18);
    assert_eq!(ApiVersionsRequest::header_version(5), 2);
    assert_eq!(ApiVersionsRequest::header_version(2), 1);
    assert_eq!(ApiVersionsResponse::header_version(5), 0);
    assert_eq!(StreamsGroupHeartbeatRequest::header_version(0), 2);
    let versions = offset_fetch_request::OffsetFetchRequestGroup::VERSIONS;
    assert_eq!((versions.min, versions.max), (1, 10));
}

//! Every message of every API, in every version, in both directions: what goes in comes out, and what does not fit is refused by name.

use std::collections::BTreeSet;

use bytes::{Bytes, BytesMut};
use kohort_protocol::api::leave_group::{LeaveGroupRequest, LeaveGroupResponse, LeavingMember, LeftMember};
use kohort_protocol::api::offset_fetch::{OffsetFetchGroup, OffsetFetchRequest};
use kohort_protocol::api::{
    ApiKey, EncodeError, Malformed, Message, Request, Response, VersionRange, api_versions::*, fetch::*,
    join_group::*, metadata::*, offset_commit::*, stable_versions, versions,
};
use kohort_protocol::{ErrorCode, GroupInstanceId, layout};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::samples;

const EVERY: &[ApiKey] = ApiKey::ALL;

fn each(api: ApiKey) -> std::ops::RangeInclusive<i16> {
    let VersionRange { min, max } = versions(api);
    min..=max
}

fn encoded(encode: impl FnOnce(&mut BytesMut) -> Result<(), EncodeError>) -> Result<Bytes, EncodeError> {
    let mut out = BytesMut::new();
    encode(&mut out).map(|()| out.freeze())
}

/// An error tells no more than that here: the field, and what does not fit.
fn refusal(error: EncodeError) -> String {
    match error {
        EncodeError::Absent { field, .. } => field.to_owned(),
        EncodeError::Null { field, .. } => format!("{field} = null"),
        EncodeError::NotOne { field, count, .. } => format!("{count} {field}"),
        other => format!("not by name: {other}"),
    }
}

#[test]
fn every_version_gives_back_all_it_carries() {
    for &api in EVERY {
        for v in each(api) {
            let request = samples::request(api, v, v);
            let body = encoded(|out| request.encode(v, out)).unwrap();
            assert_eq!(Request::decode(api, v, body).unwrap(), request, "{api} v{v}");

            let response = samples::response(api, v, v);
            let body = encoded(|out| response.encode(v, out)).unwrap();
            assert_eq!(Response::decode(api, v, body).unwrap(), response, "{api} v{v}");
        }
    }
}

/// No field of any version is lost on the way through our structs, whatever it holds. (Of a Fetch request what only brokers say to
/// each other is.)
#[test]
fn arbitrary_bodies_are_written_again_byte_for_byte() {
    for &api in EVERY {
        let schemas = [layout::request(api.number()), layout::response(api.number())].map(Option::unwrap);
        for (v, seed) in each(api).flat_map(|v| (0..30).map(move |seed| (v, seed))) {
            let [request, response] = schemas.map(|schema| samples::body(schema, v, seed));
            if let Some(decoded) = sensible(Request::decode(api, v, request.clone()))
                && api != ApiKey::Fetch
            {
                let again = encoded(|out| decoded.encode(v, out)).unwrap();
                assert_eq!(again, request, "{api} v{v} {decoded:?}");
            }
            if let Some(decoded) = sensible(Response::decode(api, v, response.clone())) {
                let again = encoded(|out| decoded.encode(v, out)).unwrap();
                assert_eq!(again, response, "{api} v{v} {decoded:?}");
            }
        }
    }
}

/// A value that is none of an enumeration is refused.
fn sensible<M>(decoded: Result<M, Malformed>) -> Option<M> {
    match decoded {
        Ok(message) => Some(message),
        Err(error) => {
            assert!(error.reason.contains("isolation_level"), "{error}");
            None
        }
    }
}

/// The fields (the first of each message) that Kafka's schemas do not call ignorable, and the lists that were once one value. The epoch
/// of a Fetch is left out all the same: a consumer that was refused would read one batch from Kafka 2.6 or older, and no more.
const REFUSED: &[&str] = &[
    "DeleteTopics request: topic_id",
    "DescribeGroups request: include_authorized_operations",
    "DescribeGroups response: authorized_operations",
    "DescribeGroups response: error_message",
    "Fetch request: forgotten_topics_data",
    "Fetch response: diverging_epoch",
    "Fetch response: node_endpoints",
    "Fetch response: preferred_read_replica",
    "Fetch response: session_id",
    "FindCoordinator request: 2 keys",
    "FindCoordinator request: key_type",
    "FindCoordinator response: 2 coordinators",
    "Heartbeat request: group_instance_id",
    "InitProducerId request: enable_2_pc",
    "InitProducerId request: producer_id",
    "InitProducerId response: ongoing_txn_producer_id",
    "JoinGroup request: group_instance_id",
    "JoinGroup response: skip_assignment",
    "LeaveGroup request: 2 members",
    "ListGroups request: states_filter",
    "ListGroups request: types_filter",
    "ListOffsets request: isolation_level",
    "ListOffsets response: leader_epoch",
    "Metadata request: include_cluster_authorized_operations",
    "Metadata response: topic_authorized_operations",
    "OffsetCommit request: group_instance_id",
    "OffsetFetch request: 2 groups",
    "OffsetFetch request: require_stable",
    "OffsetFetch response: 2 groups",
    "OffsetFetch response: error_code",
    "Produce response: current_leader",
    "SyncGroup request: group_instance_id",
];

/// What a newer version can say is written into each older one: either the fields that are missing there are gone and the rest is
/// whole, or the message is refused, naming the field.
#[test]
fn an_older_version_drops_what_kafka_ignores_and_refuses_the_rest_by_name() {
    let mut refused = BTreeSet::new();
    for &api in EVERY.iter().filter(|api| samples::is_written(**api)) {
        for v in each(api) {
            for newer in v..=versions(api).max {
                match encoded(|out| samples::request(api, v, newer).encode(v, out)) {
                    Ok(body) => {
                        let back = Request::decode(api, v, body).unwrap();
                        assert_eq!(back, samples::request(api, v, v), "{api} v{newer} as v{v}");
                    }
                    Err(error) => drop(refused.insert(format!("{api} request: {}", refusal(error)))),
                }
                match encoded(|out| samples::response(api, v, newer).encode(v, out)) {
                    Ok(body) => {
                        let back = Response::decode(api, v, body).unwrap();
                        assert_eq!(back, samples::response(api, v, v), "{api} v{newer} as v{v}");
                    }
                    Err(error) => drop(refused.insert(format!("{api} response: {}", refusal(error)))),
                }
            }
        }
    }
    let refused: Vec<&str> = refused.iter().map(String::as_str).collect();
    assert_eq!(refused, REFUSED);
}

/// Our `Default`s are Kafka's: else a field left alone would be refused by an old version, or sent as something it does not mean.
#[test]
fn defaults_are_kafkas() {
    fn check<M: Message + Default + PartialEq + std::fmt::Debug>(from: i16) {
        for v in each(M::API).skip_while(|v| *v < from) {
            let body = encoded(|out| M::default().encode(v, out)).unwrap();
            assert_eq!(M::decode(v, body).unwrap(), M::default(), "v{v}");
        }
    }
    check::<JoinGroupRequest>(0);
    check::<JoinGroupResponse>(0);
    check::<ApiVersionsRequest>(0);
    check::<ApiVersionsResponse>(0);
    check::<FetchRequest>(4);
    check::<FetchResponse>(4);
    check::<OffsetCommitRequest>(2);
    check::<MetadataResponse>(0);
    // Below v4 a broker creates topics, asked or not; our default is not to ask for that.
    check::<MetadataRequest>(4);
}

#[test]
fn versions_are_those_that_can_be_encoded() {
    assert_eq!(versions(ApiKey::OffsetCommit), VersionRange::new(2, 10));
    assert_eq!(versions(ApiKey::InitProducerId), VersionRange::new(0, 6));
    // Kafka 4.4 calls its v6 unstable.
    assert_eq!(stable_versions(ApiKey::InitProducerId), VersionRange::new(0, 5));
    for &api in EVERY {
        let VersionRange { min, max } = versions(api);
        for v in [min - 1, max + 1] {
            let error = encoded(|out| samples::request(api, min, max).encode(v, out)).unwrap_err();
            assert!(matches!(error, EncodeError::Version { .. }), "{error}");
            Response::decode(api, v, Bytes::from_static(&[0; 64])).unwrap_err();
        }
    }
}

#[test]
fn a_failed_encode_leaves_the_buffer_as_it_was() {
    let mut out = BytesMut::from(&b"before"[..]);
    let instance = JoinGroupRequest {
        group_instance_id: Some(GroupInstanceId::from("i")),
        ..JoinGroupRequest::default()
    };
    instance.encode(4, &mut out).unwrap_err();
    // This one fails half-way: the text is longer than an i16 can say.
    let long = JoinGroupRequest {
        protocol_type: "x".repeat(40_000),
        ..JoinGroupRequest::default()
    };
    let error = long.encode(4, &mut out).unwrap_err();
    assert!(matches!(error, EncodeError::Other { .. }), "{error}");
    assert_eq!(out, &b"before"[..]);
}

#[test]
fn bytes_after_the_end_are_malformed_in_a_response_and_tolerated_after_a_request() {
    for &api in EVERY {
        for v in each(api) {
            let mut out = BytesMut::new();
            samples::response(api, v, v).encode(v, &mut out).unwrap();
            out.extend_from_slice(&[0]);
            Response::decode(api, v, out.freeze()).unwrap_err();

            let mut out = BytesMut::new();
            samples::request(api, v, v).encode(v, &mut out).unwrap();
            out.extend_from_slice(&[0]);
            let back = Request::decode(api, v, out.freeze()).unwrap();
            assert_eq!(back, samples::request(api, v, v));
        }
    }
}

#[test]
fn every_cut_is_malformed() {
    for &api in EVERY {
        for v in each(api) {
            let whole = encoded(|out| samples::response(api, v, v).encode(v, out)).unwrap();
            for end in 0..whole.len() {
                Response::decode(api, v, whole.slice(..end)).unwrap_err();
            }
            let whole = encoded(|out| samples::request(api, v, v).encode(v, out)).unwrap();
            for end in 0..whole.len() {
                Request::decode(api, v, whole.slice(..end)).unwrap_err();
            }
        }
    }
}

/// Each of these aborted the process when decoded by the `kafka-protocol` crate alone: it asked for 30 to 600 GB.
#[test]
fn hostile_counts_are_malformed() {
    let hostile: &[(ApiKey, i16, &[u8])] = &[
        (ApiKey::ListGroups, 0, &[0, 0xff, 0x10, 1, 0, 0, 0, 0]),
        (ApiKey::DeleteGroups, 0, &[0, 0, 0, 0, 0x20, 0, 0x48, 0, 0, 0]),
        (ApiKey::ApiVersions, 0, &[0, 0, 0x40, 0, 0, 0x70, 0, 0, 0, 0, 0]),
        (ApiKey::LeaveGroup, 3, &[0, 0, 0, 0, 0, 0, 0x47, 1, 0, 0, 0, 0, 0]),
        (
            ApiKey::OffsetCommit,
            2,
            &[0x20, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        ),
        (
            ApiKey::JoinGroup,
            0,
            &[
                0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x5f, 0, 1, 0, 0, 0, 0, 0, 1, 0,
            ],
        ),
        (
            ApiKey::OffsetFetch,
            1,
            &[
                0, 0, 0, 1, 0, 0, 0x40, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            ],
        ),
        (
            ApiKey::FindCoordinator,
            4,
            &[0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f, 2, 2, 2],
        ),
        (ApiKey::Metadata, 0, &[0x20, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]),
        (ApiKey::Fetch, 4, &[0, 0, 0, 0, 0x20, 0, 0, 1, 0, 0, 0, 0]),
    ];
    for (api, v, body) in hostile {
        let error = Response::decode(*api, *v, Bytes::from_static(body)).unwrap_err();
        assert!(error.reason.contains("does not fit"), "{error}");
    }
}

#[test]
fn what_is_decoded_does_not_point_into_the_frame_except_records() {
    let inside = |frame: &Bytes, part: &Bytes| frame.as_ptr_range().contains(&part.as_ptr());
    let frame = encoded(|out| samples::response(ApiKey::JoinGroup, 9, 9).encode(9, out)).unwrap();
    let join = JoinGroupResponse::decode(9, frame.clone()).unwrap();
    assert!(!inside(&frame, &join.members[0].metadata));
    let frame = encoded(|out| samples::response(ApiKey::Fetch, 16, 16).encode(16, out)).unwrap();
    let fetch = FetchResponse::decode(16, frame.clone()).unwrap();
    assert!(inside(
        &frame,
        fetch.responses[0].partitions[0].records.as_ref().unwrap()
    ));
}

/// KIP-511: the client asked with v4, the broker knows only v2.
#[test]
fn an_unsupported_api_versions_version_is_answered_in_v0() {
    let answer = ApiVersionsResponse {
        error_code: ErrorCode::UNSUPPORTED_VERSION,
        api_keys: vec![ApiVersion {
            api_key: 18,
            min_version: 0,
            max_version: 2,
        }],
        ..ApiVersionsResponse::default()
    };
    let body = encoded(|out| answer.encode(0, out)).unwrap();
    assert_eq!(ApiVersionsResponse::decode(4, body).unwrap(), answer);
}

#[test]
fn metadata_v0_asks_for_all_topics_with_an_empty_list() {
    let all = MetadataRequest {
        topics: None,
        allow_auto_topic_creation: true,
        ..MetadataRequest::default()
    };
    let body = encoded(|out| all.encode(0, out)).unwrap();
    assert_eq!(&body[..], [0, 0, 0, 0]);
    assert_eq!(MetadataRequest::decode(0, body).unwrap(), all);
    let none = MetadataRequest {
        topics: Some(Vec::new()),
        ..all
    };
    let error = encoded(|out| none.encode(0, out)).unwrap_err();
    assert_eq!(refusal(error), "topics", "no topics would read as all topics");
    assert_eq!(encoded(|out| none.encode(1, out)).unwrap()[..], [0, 0, 0, 0]);
}

#[test]
fn offset_fetch_v1_cannot_ask_for_all_topics() {
    let all = OffsetFetchRequest {
        groups: vec![OffsetFetchGroup::default()],
        require_stable: false,
    };
    assert_eq!(
        refusal(encoded(|out| all.encode(1, out)).unwrap_err()),
        "topics = null"
    );
    let body = encoded(|out| all.encode(2, out)).unwrap();
    assert_eq!(OffsetFetchRequest::decode(2, body).unwrap(), all);
}

#[test]
fn below_v3_the_error_of_the_member_that_leaves_is_the_answers_own() {
    let left = |error_code| LeftMember {
        error_code,
        ..LeftMember::default()
    };
    let answer = LeaveGroupResponse {
        members: vec![left(ErrorCode::UNKNOWN_MEMBER_ID)],
        ..LeaveGroupResponse::default()
    };
    let body = encoded(|out| answer.encode(2, out)).unwrap();
    let back = LeaveGroupResponse::decode(2, body).unwrap();
    assert_eq!(back.error_code, ErrorCode::UNKNOWN_MEMBER_ID);

    let by_instance = LeaveGroupRequest {
        members: vec![LeavingMember {
            group_instance_id: Some("i".into()),
            ..LeavingMember::default()
        }],
        ..LeaveGroupRequest::default()
    };
    let error = encoded(|out| by_instance.encode(2, out)).unwrap_err();
    assert_eq!(refusal(error), "group_instance_id");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Bytes changed, cut or added: no panic, no abort, no hang; and what is still a message can be written again.
    #[test]
    fn a_damaged_body_is_malformed_or_another_message(
        api in select(EVERY),
        version in any::<Index>(),
        changes in prop::collection::vec((any::<Index>(), any::<u8>()), 0..4),
        tail in prop::collection::vec(any::<u8>(), 0..3),
        end in prop::option::of(any::<Index>()),
    ) {
        let v = each(api).nth(version.index(each(api).count())).unwrap_or_default();
        let damaged = |mut body: Vec<u8>| {
            for (at, byte) in changes.iter().filter(|_| !body.is_empty()).cloned().collect::<Vec<_>>() {
                *at.get_mut(&mut body) = byte;
            }
            body.extend_from_slice(&tail);
            body.truncate(end.map_or(body.len(), |end| end.index(body.len() + 1)));
            Bytes::from(body)
        };
        let body = encoded(|out| samples::request(api, v, v).encode(v, out)).unwrap();
        if let Ok(request) = Request::decode(api, v, damaged(body.to_vec())) {
            let again = encoded(|out| request.encode(v, out)).unwrap();
            prop_assert_eq!(Request::decode(api, v, again).unwrap(), request);
        }
        let body = encoded(|out| samples::response(api, v, v).encode(v, out)).unwrap();
        if let Ok(response) = Response::decode(api, v, damaged(body.to_vec())) {
            let v = if matches!(&response, Response::ApiVersions(answer) if answer.error_code.0 == 35) { 0 } else { v };
            let again = encoded(|out| response.encode(v, out)).unwrap();
            prop_assert_eq!(Response::decode(api, v, again).unwrap(), response);
        }
    }
}

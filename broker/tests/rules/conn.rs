//! conn/*: what the cluster itself decides. The bytes are the server's: tests/server.rs.

use kohort_broker::{Closing, Config};
use kohort_protocol::api::api_versions::ApiVersionsRequest;
use kohort_protocol::api::fetch::{FetchPartition, FetchRequest, FetchTopic};
use kohort_protocol::api::metadata::MetadataRequest;
use kohort_protocol::{ErrorCode, NodeId};

use crate::lab::*;

fn versions(name: &str, version: &str) -> ApiVersionsRequest {
    ApiVersionsRequest {
        client_software_name: name.to_owned(),
        client_software_version: version.to_owned(),
        ..ApiVersionsRequest::default()
    }
}

#[test]
fn conn_3_one_request_at_a_time() {
    let mut lab = Lab::new(quick());
    let members = lab.stable_group(2);
    lab.joining(&members[0]);
    let behind = lab.send(members[0].wire, 12, MetadataRequest::default());
    assert_eq!(lab.next(members[0].wire), None);
    lab.joining(&members[1]);
    assert!(lab.joined(&members[0]).is_some());
    assert_eq!(lab.next(members[0].wire).unwrap().0, behind);
}

#[test]
fn conn_4_an_unsupported_version_closes() {
    let mut lab = Lab::new(quick());
    for version in [-1, 99] {
        let wire = lab.wire(NodeId(1));
        lab.send(wire, version, MetadataRequest::default());
        assert!(lab.is_closed(wire), "v{version}");
        assert_eq!(lab.next(wire), None);
    }
}

#[test]
fn conn_5_api_versions() {
    let mut lab = Lab::new(quick());
    let wire = lab.wire(NodeId(1));
    lab.send(wire, 99, versions("", ""));
    let (_, version, response) = lab.next(wire).unwrap();
    let kohort_protocol::api::Response::ApiVersions(response) = response else {
        panic!("{response:?}")
    };
    assert_eq!(
        (version, response.error_code),
        (0, ErrorCode::UNSUPPORTED_VERSION)
    );
    assert_eq!(response.api_keys.len(), 1);
    assert_eq!(
        (response.api_keys[0].api_key, response.api_keys[0].min_version),
        (18, 0)
    );
    for (name, number) in [
        ("", "1"),
        ("a", ""),
        ("a b", "1"),
        ("-a", "1"),
        ("a", "1."),
        ("ä", "1"),
    ] {
        let refused = lab.call(wire, 3, versions(name, number));
        assert_eq!(
            (refused.error_code, refused.api_keys.len()),
            (ErrorCode::INVALID_REQUEST, 0),
            "{name:?} {number:?}"
        );
    }
    assert_eq!(
        lab.call(wire, 2, versions("", "")).error_code,
        NONE,
        "below v3 there is no name"
    );
    let served = lab.call(wire, 3, versions("apache-kafka-java", "4.4.0"));
    assert_eq!(served.error_code, NONE);
    assert_eq!(served.api_keys.len(), kohort_broker::SERVED.len());
    let produce = served.api_keys.iter().find(|listed| listed.api_key == 0).unwrap();
    assert_eq!(
        produce.min_version, 0,
        "KAFKA-18659: or librdkafka does not compress"
    );
}

#[test]
fn conn_6_no_feature_is_finalized_and_no_newer_group_api_is_listed() {
    let mut lab = Lab::new(quick());
    let wire = lab.wire(NodeId(1));
    let served = lab.call(wire, 3, versions("kohort", "0"));
    assert_eq!(served.finalized_features, []);
    assert!(
        served
            .api_keys
            .iter()
            .all(|listed| !matches!(listed.api_key, 68 | 69 | 76..=79 | 88 | 89))
    );
}

#[test]
fn a_client_that_pipelines_without_end_is_cut_off() {
    let mut lab = Lab::new(Config {
        max_queued_requests: 3,
        ..quick()
    });
    let members = lab.stable_group(2);
    lab.joining(&members[0]);
    for sent in 0..4 {
        assert!(!lab.is_closed(members[0].wire), "after {sent}");
        lab.send(members[0].wire, 12, MetadataRequest::default());
    }
    assert!(lab.is_closed(members[0].wire));
}

#[test]
fn an_abandoned_commit_rewinds_a_newer_one_unless_it_was_reset() {
    for (how, left) in [(Closing::Fin, 10), (Closing::Reset, 12)] {
        let mut lab = Lab::new(quick());
        let member = lab.stable_group(1).remove(0);
        let wire = lab.coordinator_wire();
        lab.send(wire, 12, waiting_fetch());
        lab.send(wire, 9, member.commit(10));
        lab.hang_up(wire, how);
        assert_eq!(lab.commit(member.commit(12)), NONE);
        assert_eq!(lab.stored(), Some(12));
        lab.pass(1000);
        assert_eq!(
            lab.stored(),
            Some(left),
            "seen on Kafka 4.4.0: FIN 6 of 6, reset 0 of 6"
        );
    }
}

/// Parks a connection for a second.
fn waiting_fetch() -> FetchRequest {
    FetchRequest {
        max_wait_ms: 1000,
        min_bytes: 1,
        max_bytes: 1000,
        session_epoch: -1,
        topics: vec![FetchTopic {
            topic: "t".into(),
            partitions: vec![FetchPartition::default()],
            ..Default::default()
        }],
        ..Default::default()
    }
}

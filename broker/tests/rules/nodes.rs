//! Nodes that are shut down in order, and come back as another release.

use kohort_broker::{Command, CommandError, Power, Release, SERVED};
use kohort_protocol::api::api_versions::ApiVersionsRequest;
use kohort_protocol::api::metadata::MetadataRequest;
use kohort_protocol::api::stable_versions;
use kohort_protocol::{ApiKey, ErrorCode, NodeId};

use super::coordinator::{beat, code_of_commit, slow_group};
use super::lab::{Lab, NONE, quick};

const NOT_COORDINATOR: ErrorCode = ErrorCode::NOT_COORDINATOR;

/// Seen on Kafka 4.4.0: the coordinator had moved 0.2 s after SIGTERM, the process was gone after 2.3 s.
#[test]
fn a_node_that_is_shut_down_hands_over_first_and_loses_nothing() {
    let (mut lab, member) = slow_group();
    let old = lab.coordinator();
    let at_old = lab.wire(old);
    code_of_commit(&mut lab, at_old, &member, 7);
    lab.pass(5);
    assert!(lab.next(at_old).is_some(), "acknowledged");
    lab.command(Command::ShutDown(old));
    let new = lab.coordinator();
    assert_ne!(new, old, "another one leads at once");
    assert!(lab.cluster.is_leaving(old));
    lab.pass(1000);
    assert_eq!(
        beat(&mut lab, at_old, &member),
        NOT_COORDINATOR,
        "it still answers"
    );
    let at_new = lab.wire(new);
    assert_eq!(lab.fetched(at_new), Ok(7));
    assert_eq!(
        beat(&mut lab, at_new, &member),
        NONE,
        "the session is what it was"
    );
    lab.pass(1300);
    assert_eq!(lab.cluster.power(old), Some(Power::Stopped));
    assert!(lab.is_closed(at_old));
    let brokers = lab.call(at_new, 9, MetadataRequest::default()).brokers;
    assert_eq!(brokers.len(), 2, "nobody has to miss it first");
}

#[test]
fn who_leaves_is_not_elected_again() {
    let (mut lab, _) = slow_group();
    let old = lab.coordinator();
    lab.command(Command::ShutDown(old));
    let new = lab.coordinator();
    assert_ne!(new, old);
    lab.command(Command::Stop(new));
    lab.pass(2100);
    let left = lab.coordinator();
    assert!(left != old && left != new, "{left}");
    let partition = lab.cluster.offsets_partition(&"g1".into());
    let back = lab.cluster.command(
        lab.now,
        Command::MoveLeader {
            topic: partition.topic,
            partition: partition.partition,
            to: old,
        },
    );
    assert!(matches!(back, Err(CommandError::WrongPower { .. })), "{back:?}");
}

#[test]
fn who_stands_still_on_its_way_down_is_down_when_it_goes_on() {
    let (mut lab, _) = slow_group();
    let old = lab.coordinator();
    lab.command(Command::ShutDown(old));
    lab.command(Command::Pause(old));
    lab.pass(10_000);
    assert_eq!(lab.cluster.power(old), Some(Power::Paused));
    lab.command(Command::Continue(old));
    lab.pass(2300);
    assert_eq!(lab.cluster.power(old), Some(Power::Stopped));
}

/// What was to end the process before does not end the new one, and does not keep it from leading.
#[test]
fn who_is_killed_on_its_way_down_comes_back_to_stay() {
    let (mut lab, _) = slow_group();
    let old = lab.coordinator();
    lab.command(Command::ShutDown(old));
    lab.command(Command::Stop(old));
    lab.command(Command::Start(old));
    lab.pass(10_000);
    assert_eq!(lab.cluster.power(old), Some(Power::Running));
    lab.move_coordinator(old);
    assert_eq!(lab.coordinator(), old);
}

fn restart(lab: &mut Lab, release: Release) {
    let node = NodeId(1);
    lab.command(Command::ShutDown(node));
    lab.pass(1000);
    lab.command(Command::Install { node, release });
    lab.command(Command::Start(node));
}

#[test]
fn a_node_serves_and_lists_the_versions_of_its_release() {
    let mut lab = Lab::new(quick());
    let install = Command::Install {
        node: NodeId(1),
        release: Release::V2_7,
    };
    let early = lab.cluster.command(lab.now, install);
    assert!(
        matches!(early, Err(CommandError::WrongPower { .. })),
        "a running one is what it is"
    );
    restart(&mut lab, Release::V2_7);
    let wire = lab.wire(NodeId(1));
    let listed = lab.call(wire, 2, ApiVersionsRequest::default()).api_keys;
    let fetch = listed
        .iter()
        .find(|one| one.api_key == ApiKey::Fetch.number())
        .unwrap();
    assert_eq!(fetch.max_version, 12);
    let too_new = lab.call(wire, 4, ApiVersionsRequest::default());
    assert_eq!(too_new.error_code, ErrorCode::UNSUPPORTED_VERSION);
    assert_eq!(
        too_new.api_keys[0].max_version, 3,
        "the range of ApiVersions (KIP-511)"
    );
    lab.send(wire, 10, MetadataRequest::default());
    assert!(lab.is_closed(wire), "2.7 knows no Metadata v10");
    restart(&mut lab, Release::V4_4);
    let wire = lab.wire(NodeId(1));
    assert_eq!(lab.call(wire, 13, MetadataRequest::default()).brokers.len(), 1);
}

#[test]
fn no_release_serves_more_than_a_newer_one() {
    for api in SERVED.iter().copied() {
        let ranges = Release::ALL.map(|release| release.versions(api));
        assert_eq!(ranges.last(), Some(&Some(stable_versions(api))));
        for pair in ranges.windows(2) {
            let (Some(old), Some(new)) = (pair[0], pair[1]) else {
                panic!("{api}: {ranges:?}")
            };
            assert!(old.max <= new.max && old.min >= new.min, "{api}: {ranges:?}");
        }
    }
}

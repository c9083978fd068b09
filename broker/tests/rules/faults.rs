//! Injected faults.

use std::time::Duration;

use kohort_broker::{Command, Fault, FaultAction};
use kohort_protocol::api::find_coordinator::FindCoordinatorRequest;
use kohort_protocol::api::metadata::{MetadataRequest, MetadataRequestTopic};
use kohort_protocol::{ApiKey, ErrorCode, NodeId};

use crate::lab::*;

fn inject(lab: &mut Lab, fault: Fault) {
    lab.command(Command::Inject(fault));
}

#[test]
fn an_error_stands_where_the_api_has_room_for_it() {
    let code = ErrorCode::GROUP_AUTHORIZATION_FAILED;
    let mut lab = Lab::new(quick());
    let member = lab.stable_group(1).remove(0);
    let wire = lab.coordinator_wire();
    inject(
        &mut lab,
        Fault {
            api: None,
            ..Fault::on(ApiKey::Fetch, FaultAction::Answer(code)).times(100)
        },
    );
    assert_eq!(lab.call(wire, 9, member.join()).error_code, code);
    assert_eq!(lab.call(wire, 5, member.sync(vec![])).error_code, code);
    assert_eq!(lab.call(wire, 4, member.heartbeat()).error_code, code);
    assert_eq!(lab.call(wire, 5, leave(&[member.leaving()])).error_code, code);
    assert_eq!(
        lab.call(wire, 9, member.commit(1)).topics[0].partitions[0].error_code,
        code
    );
    assert_eq!(lab.call(wire, 8, fetch_offset()).groups[0].error_code, code);
    assert_eq!(
        lab.call(wire, 1, fetch_offset()).groups[0].topics[0].partitions[0].error_code,
        code
    );
    let find = FindCoordinatorRequest {
        keys: vec!["a".to_owned(), "b".to_owned()],
        ..Default::default()
    };
    let found = lab.call(wire, 4, find).coordinators;
    assert!(found.len() == 2 && found.iter().all(|found| found.error_code == code));
    let metadata = MetadataRequest {
        topics: Some(vec![MetadataRequestTopic {
            name: Some("t".into()),
            ..Default::default()
        }]),
        ..Default::default()
    };
    assert_eq!(lab.call(wire, 12, metadata).topics[0].error_code, code);
    lab.command(Command::Heal);
    assert_eq!(lab.heartbeat(&member), NONE);
}

#[test]
fn a_fault_hits_the_nth_request_that_matches_and_no_other() {
    let mut lab = Lab::new(quick());
    let member = lab.stable_group(1).remove(0);
    let refuse = FaultAction::Answer(ErrorCode::NOT_COORDINATOR);
    inject(&mut lab, Fault::on(ApiKey::Heartbeat, refuse).skip(1).times(2));
    inject(
        &mut lab,
        Fault::on(ApiKey::OffsetCommit, refuse).from("somebody else"),
    );
    inject(&mut lab, Fault::on(ApiKey::OffsetCommit, refuse).at(NodeId(9)));
    let beats: Vec<_> = (0..4).map(|_| lab.heartbeat(&member)).collect();
    assert_eq!(
        beats,
        [NONE, ErrorCode::NOT_COORDINATOR, ErrorCode::NOT_COORDINATOR, NONE]
    );
    assert_eq!(lab.commit(member.commit(1)), NONE);
}

#[test]
fn a_delayed_request_holds_up_its_connection_only() {
    let mut lab = Lab::new(quick());
    let member = lab.stable_group(1).remove(0);
    inject(
        &mut lab,
        Fault::on(
            ApiKey::OffsetCommit,
            FaultAction::Delay(Duration::from_millis(300)),
        ),
    );
    let wire = lab.coordinator_wire();
    lab.send(wire, 9, member.commit(1));
    lab.send(wire, 4, member.heartbeat());
    assert_eq!(lab.commit(member.commit(2)), NONE);
    lab.pass(299);
    assert_eq!((lab.next(wire), lab.stored()), (None, Some(2)));
    lab.pass(1);
    assert_eq!(lab.stored(), Some(1), "an old commit lands late");
    assert!(lab.next(wire).is_some() && lab.next(wire).is_some());
}

#[test]
fn lost_requests_and_lost_answers() {
    let cases = [
        (FaultAction::Drop, None, false),
        (FaultAction::LoseAnswer, Some(5), false),
        (FaultAction::Close, None, true),
        (FaultAction::CloseInsteadOfAnswer, Some(5), true),
    ];
    for (action, stored, closed) in cases {
        let mut lab = Lab::new(quick());
        let wire = lab.coordinator_wire();
        inject(&mut lab, Fault::on(ApiKey::OffsetCommit, action));
        lab.send(wire, 9, commit(5));
        lab.send(wire, 8, fetch_offset());
        lab.pass(60_000);
        assert_eq!(lab.next(wire), None, "{action:?}");
        assert_eq!(
            (lab.stored(), lab.is_closed(wire)),
            (stored, closed),
            "{action:?}"
        );
    }
}

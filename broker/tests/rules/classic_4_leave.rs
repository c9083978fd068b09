//! classic/4: LeaveGroup.

use kohort_protocol::api::leave_group::{LeaveGroupRequest, LeavingMember};
use kohort_protocol::{ErrorCode, MemberId};

use crate::lab::*;

const UNKNOWN: ErrorCode = ErrorCode::UNKNOWN_MEMBER_ID;

#[test]
fn classic_4_1_each_member_has_its_own_answer() {
    let mut lab = Lab::new(quick());
    let mut fixed = lab.static_newcomer("i1");
    let joined = lab.call(fixed.wire, 9, fixed.join());
    fixed.note(&joined);
    lab.assign(&mut [fixed.clone()]);
    let pending = lab.newcomer();
    let named = |id: &str, instance: Option<&str>| LeavingMember {
        member_id: MemberId::from(id),
        group_instance_id: instance.map(Into::into),
        reason: None,
    };
    let asked = [
        named("nobody", None),
        named("", Some("i9")),
        named("nobody", Some("i1")),
        pending.leaving(),
        fixed.leaving(),
        fixed.leaving(),
    ];
    let fenced = ErrorCode::FENCED_INSTANCE_ID;
    assert_eq!(lab.leave(&asked), [UNKNOWN, UNKNOWN, fenced, NONE, NONE, UNKNOWN]);
    assert_eq!(lab.leave(&[]), []);
}

#[test]
fn classic_4_1_an_unknown_group_and_versions_below_3() {
    let mut lab = Lab::new(quick());
    let wire = lab.coordinator_wire();
    let stranger = LeavingMember {
        member_id: "nobody".into(),
        ..Default::default()
    };
    let left = lab.call(wire, 5, leave(std::slice::from_ref(&stranger)));
    assert_eq!((left.error_code, left.members[0].error_code), (NONE, UNKNOWN));
    let left = lab.call(wire, 2, leave(&[stranger]));
    assert_eq!((left.error_code, left.members.len()), (UNKNOWN, 0));
    let members = lab.stable_group(1);
    let left = lab.call(wire, 0, leave(&[members[0].leaving()]));
    assert_eq!(left.error_code, NONE);
}

#[test]
fn classic_4_2_an_instance_leaves_without_member_id() {
    let mut lab = Lab::new(quick());
    let mut fixed = lab.static_newcomer("i1");
    let joined = lab.call(fixed.wire, 9, fixed.join());
    fixed.note(&joined);
    let by_instance = LeavingMember {
        group_instance_id: Some("i1".into()),
        ..Default::default()
    };
    assert_eq!(lab.leave(&[by_instance]), [NONE]);
    assert_eq!(lab.heartbeat(&fixed), UNKNOWN);
}

#[test]
fn classic_4_3_leaving_starts_a_rebalance_at_once_and_frees_a_parked_join() {
    let mut lab = Lab::new(quick());
    let members = lab.stable_group(3);
    assert_eq!(lab.leave(&[members[1].leaving()]), [NONE]);
    assert_eq!(lab.heartbeat(&members[0]), ErrorCode::REBALANCE_IN_PROGRESS);
    lab.joining(&members[2]);
    assert_eq!(lab.joined(&members[2]), None);
    assert_eq!(
        lab.leave(&[members[2].leaving()]),
        [NONE],
        "on another connection"
    );
    let freed = lab.joined(&members[2]).unwrap();
    assert_eq!(freed.error_code, UNKNOWN);
    lab.joining(&members[0]);
    assert_eq!(
        lab.joined(&members[0]).unwrap().members.len(),
        1,
        "the round needs nobody else"
    );
    let request = LeaveGroupRequest {
        group_id: GROUP.into(),
        members: vec![members[0].leaving()],
    };
    assert_eq!(lab.call(members[0].other, 5, request).members[0].error_code, NONE);
    assert_eq!(lab.group().state, kohort_broker::GroupState::Empty);
}

//! classic/2: SyncGroup.

use bytes::Bytes;
use kohort_protocol::api::sync_group::SyncGroupAssignment;
use kohort_protocol::{ErrorCode, Generation};

use crate::lab::*;

fn given(member: &Member, bytes: &'static [u8]) -> SyncGroupAssignment {
    SyncGroupAssignment {
        member_id: member.id.clone(),
        assignment: Bytes::from_static(bytes),
    }
}

/// Two members in CompletingRebalance, the leader first.
fn completing(lab: &mut Lab) -> Vec<Member> {
    let mut members: Vec<Member> = (0..2).map(|_| lab.newcomer()).collect();
    let answers = lab.gather(&members);
    for (member, joined) in members.iter_mut().zip(&answers) {
        member.note(joined);
    }
    members.sort_by_key(|member| member.id != member.leader);
    members
}

#[test]
fn classic_2_1_the_leaders_bytes_arrive_unchanged_and_a_followers_list_is_ignored() {
    let mut lab = Lab::new(quick());
    let members = completing(&mut lab);
    let (leader, follower) = (&members[0], &members[1]);
    lab.send(
        follower.wire,
        5,
        follower.sync(vec![given(leader, b"usurped"), given(follower, b"usurped")]),
    );
    assert_eq!(lab.synced(follower), None, "parked until the leader's arrives");
    let mut stranger = leader.clone();
    stranger.id = "nobody".into();
    lab.send(
        leader.wire,
        5,
        leader.sync(vec![given(follower, b"\x00\xff"), given(&stranger, b"z")]),
    );
    assert_eq!(lab.synced(follower).unwrap().assignment[..], *b"\x00\xff");
    let missing = lab.synced(leader).unwrap();
    assert_eq!(
        (missing.error_code, missing.assignment.len()),
        (NONE, 0),
        "missing members get nothing"
    );
    assert_eq!(missing.protocol_type.as_deref(), Some("consumer"));
    assert_eq!(missing.protocol_name.as_deref(), Some("range"));

    // In Stable the same bytes again; a second map of the leader is ignored.
    let again = lab.call(leader.wire, 5, leader.sync(vec![given(follower, b"other")]));
    assert_eq!(again.error_code, NONE);
    let again = lab.call(follower.wire, 5, follower.sync(vec![]));
    assert_eq!(again.assignment[..], *b"\x00\xff");
}

#[test]
fn classic_2_1_an_empty_list_of_the_leader_makes_the_group_stable_all_the_same() {
    let mut lab = Lab::new(quick());
    let members = completing(&mut lab);
    lab.send(members[1].wire, 5, members[1].sync(vec![]));
    assert_eq!(
        lab.call(members[0].wire, 5, members[0].sync(vec![]))
            .assignment
            .len(),
        0
    );
    assert_eq!(lab.synced(&members[1]).unwrap().error_code, NONE);
    assert_eq!(lab.group().state, kohort_broker::GroupState::Stable);
}

#[test]
fn classic_2_2_old_and_future_generations_and_strangers() {
    let mut lab = Lab::new(quick());
    let members = lab.stable_group(2);
    let mut member = members[0].clone();
    for generation in [1, 3, -1] {
        member.generation = Generation(generation);
        let refused = lab.call(member.wire, 5, member.sync(vec![]));
        assert_eq!(refused.error_code, ErrorCode::ILLEGAL_GENERATION);
    }
    member.id = "nobody".into();
    let refused = lab.call(member.wire, 5, member.sync(vec![]));
    assert_eq!(refused.error_code, ErrorCode::UNKNOWN_MEMBER_ID);
    let mut sync = members[0].sync(vec![]);
    sync.group_id = "g7".into(); // on the same partition as g1
    let wire = lab.coordinator_wire();
    assert_eq!(
        lab.call(wire, 5, sync).error_code,
        ErrorCode::UNKNOWN_MEMBER_ID,
        "unknown group"
    );
}

#[test]
fn classic_2_3_while_the_group_prepares_a_rebalance() {
    let mut lab = Lab::new(quick());
    let members = lab.stable_group(2);
    lab.joining(&members[0]);
    let refused = lab.call(members[1].other, 5, members[1].sync(vec![]));
    assert_eq!(refused.error_code, ErrorCode::REBALANCE_IN_PROGRESS);
}

#[test]
fn classic_2_4_protocol_type_and_name_must_be_said_rightly_and_the_order_of_checks() {
    let mut lab = Lab::new(quick());
    let members = lab.stable_group(2);
    let member = &members[0];
    for wrong in [None, Some(String::new()), Some("other".to_owned())] {
        let mut sync = member.sync(vec![]);
        sync.protocol_name = wrong.clone();
        let refused = lab.call(member.wire, 5, sync);
        assert_eq!(
            refused.error_code,
            ErrorCode::INCONSISTENT_GROUP_PROTOCOL,
            "name {wrong:?}"
        );
        let mut sync = member.sync(vec![]);
        sync.protocol_type = wrong.clone();
        let refused = lab.call(member.wire, 5, sync.clone());
        assert_eq!(
            refused.error_code,
            ErrorCode::INCONSISTENT_GROUP_PROTOCOL,
            "type {wrong:?}"
        );
        assert_eq!(
            lab.call(member.wire, 4, sync).error_code,
            NONE,
            "below v5 nobody asks"
        );
    }
    // 25 before 22 before 23 before 27.
    let newcomer = lab.newcomer();
    lab.joining(&newcomer);
    let mut sync = member.sync(vec![]);
    sync.protocol_name = None;
    sync.generation_id = Generation(7);
    sync.member_id = "nobody".into();
    let code = |lab: &mut Lab, sync: &kohort_protocol::api::sync_group::SyncGroupRequest| {
        lab.call(member.other, 5, sync.clone()).error_code
    };
    assert_eq!(code(&mut lab, &sync), ErrorCode::UNKNOWN_MEMBER_ID);
    sync.member_id = member.id.clone();
    assert_eq!(code(&mut lab, &sync), ErrorCode::ILLEGAL_GENERATION);
    sync.generation_id = member.generation;
    assert_eq!(code(&mut lab, &sync), ErrorCode::INCONSISTENT_GROUP_PROTOCOL);
    sync.protocol_name = member.protocol.clone();
    assert_eq!(code(&mut lab, &sync), ErrorCode::REBALANCE_IN_PROGRESS);
}

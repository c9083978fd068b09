//! classic/1: who may join, and what the round answers.

use std::time::Duration;

use bytes::Bytes;
use kohort_broker::{Config, GroupState};
use kohort_protocol::api::delete_groups::DeleteGroupsRequest;
use kohort_protocol::api::describe_groups::DescribeGroupsRequest;
use kohort_protocol::api::offset_delete::OffsetDeleteRequest;
use kohort_protocol::{ErrorCode, Generation, GroupId, MemberId};

use crate::lab::*;

#[test]
fn classic_1_1_two_step_join() {
    let mut lab = Lab::new(quick());
    let mut member = Member::new(lab.coordinator_wire(), lab.coordinator_wire());
    let first = lab.call(member.wire, 4, member.join());
    assert_eq!(first.error_code, ErrorCode::MEMBER_ID_REQUIRED);
    assert_eq!(
        (first.generation_id, first.protocol_type),
        (Generation::NONE, None)
    );
    let uuid = first
        .member_id
        .as_str()
        .strip_prefix("lab-")
        .expect("<client id>-<uuid>");
    assert_eq!((uuid.len(), uuid.matches('-').count()), (36, 4));

    let second = lab.call(member.other, 9, member.join());
    assert_ne!(
        second.member_id, first.member_id,
        "each empty join makes a new id"
    );

    // The id is valid from any connection; the other one still holds the round up, so let it go.
    lab.leave(&[kohort_protocol::api::leave_group::LeavingMember {
        member_id: second.member_id,
        ..Default::default()
    }]);
    member.id = first.member_id;
    let joined = lab.call(member.other, 9, member.join());
    assert_eq!((joined.error_code, joined.generation_id), (NONE, Generation(1)));
    assert_eq!(joined.leader, member.id);
}

#[test]
fn classic_1_1_up_to_v3_one_step() {
    let mut lab = Lab::new(quick());
    for version in 0..=3 {
        let mut lab_member = Member::new(lab.coordinator_wire(), lab.coordinator_wire());
        let joined = lab.call(lab_member.wire, version, lab_member.join());
        assert_eq!(joined.error_code, NONE, "v{version}");
        lab_member.note(&joined);
        lab.leave(&[lab_member.leaving()]);
    }
}

#[test]
fn classic_1_2_a_static_join_is_one_step_and_any_instance_id_is_accepted() {
    for instance in ["i1", "", "..", "a/b", &"x".repeat(250)] {
        let mut lab = Lab::new(quick());
        let member = lab.static_newcomer(instance);
        let joined = lab.call(member.wire, 5, member.join());
        assert_eq!(joined.error_code, NONE, "{instance:?}");
        assert!(joined.member_id.as_str().starts_with(&format!("{instance}-")));
    }
}

#[test]
fn classic_1_3_unknown_ids() {
    let mut lab = Lab::new(quick());
    let mut stranger = Member::new(lab.coordinator_wire(), lab.coordinator_wire());
    stranger.id = MemberId::from("nobody");
    let refused = lab.call(stranger.wire, 9, stranger.join());
    assert_eq!(refused.error_code, ErrorCode::UNKNOWN_MEMBER_ID, "no group");
    assert!(lab.cluster.group(&GROUP.into()).is_none(), "and none is made");

    let mut fixed = lab.static_newcomer("i1");
    let joined = lab.call(fixed.wire, 9, fixed.join());
    fixed.note(&joined);
    lab.assign(&mut [fixed.clone()]);
    let refused = lab.call(stranger.wire, 9, stranger.join());
    assert_eq!(refused.error_code, ErrorCode::UNKNOWN_MEMBER_ID, "live group");
    stranger.instance = Some("i2".into());
    let refused = lab.call(stranger.wire, 9, stranger.join());
    assert_eq!(
        refused.error_code,
        ErrorCode::UNKNOWN_MEMBER_ID,
        "unknown instance"
    );
    stranger.instance = Some("i1".into());
    let refused = lab.call(stranger.wire, 9, stranger.join());
    assert_eq!(
        refused.error_code,
        ErrorCode::FENCED_INSTANCE_ID,
        "an instance in use"
    );
}

#[test]
fn classic_1_4_session_timeout_within_limits_and_any_rebalance_timeout() {
    let mut lab = Lab::new(quick());
    let mut member = Member::new(lab.coordinator_wire(), lab.coordinator_wire());
    for session in [0, -1, 499, 1_800_001] {
        member.session = session;
        let refused = lab.call(member.wire, 9, member.join());
        assert_eq!(
            refused.error_code,
            ErrorCode::INVALID_SESSION_TIMEOUT,
            "{session}"
        );
    }
    for (session, patience) in [(500, -1), (1_800_000, 0)] {
        (member.session, member.patience) = (session, patience);
        let accepted = lab.call(member.wire, 9, member.join());
        assert_eq!(accepted.error_code, ErrorCode::MEMBER_ID_REQUIRED, "{session}");
    }
}

#[test]
fn classic_1_5_inconsistent_protocols() {
    let mut lab = Lab::new(quick());
    let code = |lab: &mut Lab, kind: &str, protocols: &[&str]| {
        let member = Member::new(lab.coordinator_wire(), lab.coordinator_wire());
        let mut join = member.join();
        join.protocol_type = kind.to_owned();
        join.protocols.retain(|_| !protocols.is_empty());
        if let Some(name) = protocols.first() {
            join.protocols[0].name = (*name).to_owned();
        }
        lab.call(member.wire, 9, join).error_code
    };
    assert_eq!(
        code(&mut lab, "", &["range"]),
        ErrorCode::INCONSISTENT_GROUP_PROTOCOL,
        "new group"
    );
    assert_eq!(
        code(&mut lab, "consumer", &[]),
        ErrorCode::INCONSISTENT_GROUP_PROTOCOL,
        "new group"
    );

    let members = lab.stable_group(1);
    for (kind, protocols) in [
        ("consumer", vec!["other"]),
        ("connect", vec!["range"]),
        ("", vec!["range"]),
        ("consumer", vec![]),
    ] {
        let refused = code(&mut lab, kind, &protocols);
        assert_eq!(
            refused,
            ErrorCode::INCONSISTENT_GROUP_PROTOCOL,
            "{kind} {protocols:?}"
        );
    }
    lab.leave(&[members[0].leaving()]);
    let emptied = code(&mut lab, "connect", &["other"]);
    assert_eq!(
        emptied,
        ErrorCode::MEMBER_ID_REQUIRED,
        "an emptied group takes any type"
    );
}

#[test]
fn classic_1_6_empty_group_id_per_api() {
    let mut lab = Lab::new(quick());
    let nameless = lab.cluster.coordinator(&GroupId::default()).unwrap();
    let wire = lab.wire(nameless);
    let member = Member::new(wire, wire);
    let group_id = GroupId::default;
    let invalid = ErrorCode::INVALID_GROUP_ID;

    let join = kohort_protocol::api::join_group::JoinGroupRequest {
        group_id: group_id(),
        ..member.join()
    };
    assert_eq!(lab.call(wire, 9, join).error_code, invalid);
    let sync = kohort_protocol::api::sync_group::SyncGroupRequest {
        group_id: group_id(),
        ..member.sync(vec![])
    };
    assert_eq!(lab.call(wire, 5, sync).error_code, invalid);
    let heartbeat = kohort_protocol::api::heartbeat::HeartbeatRequest {
        group_id: group_id(),
        ..member.heartbeat()
    };
    assert_eq!(lab.call(wire, 4, heartbeat).error_code, invalid);
    let leave = kohort_protocol::api::leave_group::LeaveGroupRequest {
        group_id: group_id(),
        members: vec![],
    };
    assert_eq!(lab.call(wire, 5, leave).error_code, invalid);
    let delete = OffsetDeleteRequest {
        group_id: group_id(),
        topics: vec![],
    };
    assert_eq!(lab.call(wire, 0, delete).error_code, invalid);

    let delete = DeleteGroupsRequest {
        groups_names: vec![group_id()],
    };
    assert_eq!(
        lab.call(wire, 2, delete).results[0].error_code,
        ErrorCode::GROUP_ID_NOT_FOUND
    );
    let describe = DescribeGroupsRequest {
        groups: vec![group_id()],
        ..Default::default()
    };
    assert_eq!(
        lab.call(wire, 6, describe).groups[0].error_code,
        ErrorCode::GROUP_ID_NOT_FOUND
    );

    let commit = kohort_protocol::api::offset_commit::OffsetCommitRequest {
        group_id: group_id(),
        ..commit(7)
    };
    assert_eq!(lab.call(wire, 9, commit).topics[0].partitions[0].error_code, NONE);
    let fetch = kohort_protocol::api::offset_fetch::OffsetFetchRequest {
        groups: vec![fetch_offset_of("")],
        require_stable: false,
    };
    assert_eq!(
        lab.call(wire, 8, fetch).groups[0].topics[0].partitions[0].committed_offset,
        7
    );
}

#[test]
fn classic_1_7_the_leader_sees_everybody_and_votes_choose_the_protocol() {
    let mut lab = Lab::new(quick());
    let mut members: Vec<Member> = (0..3).map(|_| lab.newcomer()).collect();
    let wishes = [["sticky", "range"], ["range", "sticky"], ["range", "sticky"]];
    for (place, (member, names)) in (0_u8..).zip(members.iter_mut().zip(wishes)) {
        member.protocols = names
            .iter()
            .map(|name| ((*name).to_owned(), Bytes::from(vec![place])))
            .collect();
    }
    let answers = lab.gather(&members);
    for (place, (member, joined)) in (0_u8..).zip(members.iter().zip(&answers)) {
        assert_eq!((joined.error_code, joined.generation_id), (NONE, Generation(2)));
        assert_eq!(
            joined.protocol_name.as_deref(),
            Some("range"),
            "two votes against one"
        );
        assert_eq!(joined.protocol_type.as_deref(), Some("consumer"));
        assert_eq!(joined.leader, answers[0].leader);
        assert_eq!(
            joined.members.len(),
            if member.id == joined.leader { 3 } else { 0 }
        );
        let leader = answers
            .iter()
            .find(|joined| joined.member_id == joined.leader)
            .unwrap();
        let seen = leader
            .members
            .iter()
            .find(|seen| seen.member_id == member.id)
            .unwrap();
        assert_eq!(seen.metadata[..], [place]);
    }
}

#[test]
fn classic_1_8_group_max_size() {
    let config = || Config {
        group_max_size: 2,
        ..quick()
    };
    let mut lab = Lab::new(config());
    let members = lab.stable_group(2);
    let mut late = Member::new(lab.coordinator_wire(), lab.coordinator_wire());
    for version in [3, 9] {
        let refused = lab.call(late.wire, version, late.join());
        assert_eq!(
            refused.error_code,
            ErrorCode::GROUP_MAX_SIZE_REACHED,
            "Stable, v{version}"
        );
        assert!(refused.member_id.is_empty());
    }
    late.instance = Some("i1".into());
    let refused = lab.call(late.wire, 9, late.join());
    assert_eq!(
        refused.error_code,
        ErrorCode::GROUP_MAX_SIZE_REACHED,
        "Stable, static"
    );
    assert_eq!(lab.heartbeat(&members[0]), NONE, "nobody is disturbed");
    assert_eq!(lab.heartbeat(&members[1]), NONE);

    // PreparingRebalance with one of two parked: there is room for a promise.
    lab.joining(&members[0]);
    let mut third = lab.newcomer();
    lab.joining(&members[1]);
    let refused = lab.call(third.wire, 9, third.join());
    assert_eq!(
        refused.error_code,
        ErrorCode::GROUP_MAX_SIZE_REACHED,
        "79, then 81"
    );
    third.id = MemberId::default();

    // Empty: ids without limit; who comes too late is refused.
    let mut lab = Lab::new(Config {
        group_initial_rebalance_delay: Duration::from_secs(3),
        ..config()
    });
    let crowd: Vec<Member> = (0..4).map(|_| lab.newcomer()).collect();
    for member in &crowd {
        lab.joining(member);
    }
    let refused: Vec<_> = crowd
        .iter()
        .map(|member| lab.joined(member).map(|joined| joined.error_code))
        .collect();
    let full = Some(ErrorCode::GROUP_MAX_SIZE_REACHED);
    assert_eq!(refused, [None, None, full, full]);
}

#[test]
fn classic_1_9_a_pending_id_beside_a_first_join_does_not_block_for_longer_than_its_session() {
    let mut lab = Lab::new(quick());
    let mut member = lab.newcomer();
    // Beside a first join: the initial delay ends the join phase, whoever else has an id.
    let mut pending = Member::new(lab.coordinator_wire(), lab.coordinator_wire());
    pending.session = 1500;
    pending.id = lab.call(pending.wire, 9, pending.join()).member_id;
    lab.joining(&member);
    let joined = lab
        .joined(&member)
        .expect("a pending id does not block a first join");
    member.note(&joined);
    lab.assign(&mut [member.clone()]);

    // While a member rejoins it does, until its session ends.
    for request in [ErrorCode::UNKNOWN_MEMBER_ID; 1] {
        assert_eq!(lab.heartbeat(&pending), request);
        assert_eq!(lab.commit(pending.commit(1)), request);
        let wire = lab.coordinator_wire();
        assert_eq!(lab.call(wire, 5, pending.sync(vec![])).error_code, request);
    }
    lab.pass(200);
    lab.joining(&member);
    assert_eq!(lab.joined(&member), None);
    lab.pass(1299);
    assert_eq!(lab.joined(&member), None);
    lab.pass(1);
    assert_eq!(lab.joined(&member).unwrap().generation_id, Generation(2));
    let late = lab.call(pending.wire, 9, pending.join());
    assert_eq!(late.error_code, ErrorCode::UNKNOWN_MEMBER_ID);
}

#[test]
fn classic_1_9_leave_of_a_pending_id_lets_the_round_go_on() {
    let mut lab = Lab::new(quick());
    let members = lab.stable_group(1);
    let pending = lab.newcomer();
    lab.joining(&members[0]);
    assert_eq!(lab.group().state, GroupState::PreparingRebalance);
    assert_eq!(lab.leave(&[pending.leaving()]), [NONE]);
    assert!(lab.joined(&members[0]).is_some());
}

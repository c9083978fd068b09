//! The extra facts about classic groups.

use std::time::Duration;

use kohort_broker::{Closing, Config, GroupState};
use kohort_protocol::api::delete_groups::DeleteGroupsRequest;
use kohort_protocol::api::describe_groups::DescribeGroupsRequest;
use kohort_protocol::api::list_groups::ListGroupsRequest;
use kohort_protocol::{ErrorCode, Generation, GroupId};

use crate::lab::*;

#[test]
fn a_replaced_join_is_never_answered_and_its_connection_stays_blocked() {
    let mut lab = Lab::new(quick());
    let members = lab.stable_group(2);
    lab.joining(&members[0]);
    lab.send(members[0].wire, 4, members[0].heartbeat());
    lab.send(members[0].other, 9, members[0].join());
    lab.joining(&members[1]);
    assert_eq!(
        lab.answer::<kohort_protocol::api::join_group::JoinGroupRequest>(members[0].other)
            .unwrap()
            .error_code,
        NONE
    );
    lab.pass(3_600_000);
    assert_eq!(lab.next(members[0].wire), None);
    assert!(!lab.is_closed(members[0].wire));
}

#[test]
fn a_replaced_sync_is_never_answered_either() {
    let mut lab = Lab::new(quick());
    let mut members: Vec<Member> = (0..2).map(|_| lab.newcomer()).collect();
    let answers = lab.gather(&members);
    for (member, joined) in members.iter_mut().zip(&answers) {
        member.note(joined);
    }
    members.sort_by_key(|member| member.id != member.leader);
    let follower = &members[1];
    lab.send(follower.wire, 5, follower.sync(vec![]));
    lab.send(follower.other, 5, follower.sync(vec![]));
    lab.call(members[0].wire, 5, members[0].sync(vec![]));
    assert_eq!(lab.next(follower.other).map(|(_, version, _)| version), Some(5));
    assert_eq!(lab.next(follower.wire), None);
}

#[test]
fn a_followers_and_the_leaders_sync_on_one_connection_deadlock_until_the_session_ends() {
    let mut lab = Lab::new(quick());
    let mut members: Vec<Member> = (0..2).map(|_| lab.newcomer()).collect();
    let answers = lab.gather(&members);
    for (member, joined) in members.iter_mut().zip(&answers) {
        member.note(joined);
    }
    members.sort_by_key(|member| member.id != member.leader);
    let shared = members[1].wire;
    lab.send(shared, 5, members[1].sync(vec![]));
    lab.send(shared, 5, members[0].sync(vec![]));
    lab.pass(5999);
    assert_eq!(lab.next(shared), None);
    lab.pass(1);
    assert_eq!(
        lab.synced(&members[1]).unwrap().error_code,
        ErrorCode::REBALANCE_IN_PROGRESS
    );
}

#[test]
fn closing_the_connection_of_a_parked_join_is_not_noticed() {
    let mut lab = Lab::new(quick());
    let members = lab.stable_group(2);
    lab.joining(&members[0]);
    lab.hang_up(members[0].wire, Closing::Reset);
    assert_eq!(lab.heartbeat(&members[0]), ErrorCode::REBALANCE_IN_PROGRESS);
    lab.joining(&members[1]);
    let round = lab.joined(&members[1]).unwrap();
    assert_eq!(
        round.generation_id,
        Generation(members[1].generation.0 + 1),
        "it counts as joined"
    );
    let again = lab.call(members[0].other, 9, members[0].join());
    assert_eq!(
        (again.error_code, again.generation_id),
        (NONE, round.generation_id)
    );
}

/// Nobody sees that a new member's client is gone while its JoinGroup is parked: hence a limit of its own.
#[test]
fn a_new_member_waits_five_minutes_at_most() {
    let mut lab = Lab::new(quick());
    let mut member = lab.newcomer();
    (member.patience, member.session) = (3_600_000, 1_000_000);
    lab.round(std::slice::from_mut(&mut member));
    let newcomer = lab.newcomer();
    lab.joining(&newcomer);
    lab.pass(299_999);
    assert_eq!(lab.joined(&newcomer), None);
    lab.pass(1);
    assert_eq!(
        lab.joined(&newcomer).unwrap().error_code,
        ErrorCode::UNKNOWN_MEMBER_ID
    );
}

#[test]
fn a_new_member_that_was_lost_stays_until_its_session_ends_after_the_round() {
    let mut lab = Lab::new(quick());
    let member = lab.stable_group(1).remove(0);
    let mut newcomer = lab.newcomer();
    newcomer.session = 1000;
    lab.joining(&newcomer);
    lab.hang_up(newcomer.wire, Closing::Reset);
    lab.pass(3000);
    lab.joining(&member);
    assert_eq!(
        lab.joined(&member).unwrap().members.len(),
        2,
        "it counts as joined"
    );
    lab.pass(999);
    assert_eq!(
        lab.heartbeat(&Member {
            generation: Generation(2),
            ..member.clone()
        }),
        NONE
    );
    lab.pass(1);
    assert_eq!(lab.group().members.len(), 1);
}

#[test]
fn closing_the_connection_of_a_stable_member_changes_nothing() {
    let mut lab = Lab::new(quick());
    let members = lab.stable_group(1);
    lab.hang_up(members[0].wire, Closing::Fin);
    assert_eq!(lab.heartbeat(&members[0]), NONE);
}

#[test]
fn rejoining_with_unchanged_bytes() {
    let mut lab = Lab::new(quick());
    let mut members = lab.stable_group(2);
    let generation = members[0].generation;
    let follower = lab.call(members[1].wire, 9, members[1].join());
    assert_eq!(
        (follower.generation_id, follower.members.len()),
        (generation, 0),
        "a follower does not disturb"
    );
    assert_eq!(lab.group().state, GroupState::Stable);

    lab.joining(&members[0]);
    assert_eq!(
        lab.group().state,
        GroupState::PreparingRebalance,
        "the leader always does"
    );
    lab.joining(&members[1]);
    for member in &mut members {
        let joined = lab.joined(member).unwrap();
        member.note(&joined);
    }
    let again = lab.call(members[0].wire, 9, members[0].join());
    assert_eq!(
        (again.generation_id, again.members.len()),
        (members[0].generation, 2),
        "CompletingRebalance, leader"
    );
    let again = lab.call(members[1].wire, 9, members[1].join());
    assert_eq!(
        (again.generation_id, again.members.len()),
        (members[0].generation, 0)
    );

    lab.send(members[0].wire, 4, members[0].heartbeat());
    lab.send(members[1].other, 5, members[1].sync(vec![]));
    members[1].protocols[0].1 = subscription(&["other"]);
    lab.joining(&members[1]);
    assert_eq!(
        lab.group().state,
        GroupState::PreparingRebalance,
        "changed bytes do"
    );
    let (_, _, parked) = lab.next(members[1].other).unwrap();
    let kohort_protocol::api::Response::SyncGroup(parked) = parked else {
        panic!("{parked:?}")
    };
    assert_eq!(parked.error_code, ErrorCode::REBALANCE_IN_PROGRESS);
}

#[test]
fn a_new_member_sends_parked_syncs_back_and_commits_still_pass() {
    let mut lab = Lab::new(quick());
    let members = lab.stable_group(1);
    let second = lab.newcomer();
    lab.joining(&second);
    assert_eq!(lab.heartbeat(&members[0]), ErrorCode::REBALANCE_IN_PROGRESS);
    assert_eq!(lab.commit(members[0].commit(9)), NONE);
}

#[test]
fn the_generation_goes_on_after_empty() {
    let mut lab = Lab::new(quick());
    let members = lab.stable_group(1);
    assert_eq!(members[0].generation, Generation(1));
    lab.leave(&[members[0].leaving()]);
    let next = lab.newcomer();
    assert_eq!(lab.call(next.wire, 9, next.join()).generation_id, Generation(3));
}

#[test]
fn the_initial_delay_grows_while_others_come_and_comes_once() {
    let config = Config {
        group_initial_rebalance_delay: Duration::from_secs(3),
        ..quick()
    };
    let mut lab = Lab::new(config);
    let mut members: Vec<Member> = (0..2).map(|_| lab.newcomer()).collect();
    lab.joining(&members[0]);
    lab.pass(1000);
    lab.joining(&members[1]);
    lab.pass(4999);
    assert_eq!(lab.joined(&members[0]), None);
    lab.pass(1);
    for member in &mut members {
        let joined = lab.joined(member).expect("after 6.0 s");
        member.note(&joined);
    }
    lab.assign(&mut members);
    lab.round(&mut members); // later rounds wait for nobody
    let leaving: Vec<_> = members.iter().map(Member::leaving).collect();
    lab.leave(&leaving);
    let mut next = lab.newcomer();
    next.patience = 100; // does not limit the delay
    lab.joining(&next);
    lab.pass(2999);
    assert_eq!(lab.joined(&next), None, "an emptied group waits again");
    lab.pass(1);
    assert!(lab.joined(&next).is_some());
}

#[test]
fn groups_are_described_and_listed() {
    let mut lab = Lab::new(quick());
    let members = lab.stable_group(2);
    let wire = lab.coordinator_wire();
    let describe = |groups: &[&str]| DescribeGroupsRequest {
        groups: groups.iter().map(|group| GroupId::from(*group)).collect(),
        ..Default::default()
    };
    let described = lab.call(wire, 6, describe(&[GROUP, "g7"])).groups;
    assert_eq!(
        (
            described[0].group_state.as_str(),
            described[0].protocol_data.as_str()
        ),
        ("Stable", "range")
    );
    let shown = described[0]
        .members
        .iter()
        .find(|member| member.member_id == members[1].id)
        .unwrap();
    assert_eq!(
        (shown.client_id.as_str(), shown.client_host.as_str()),
        ("lab", "/127.0.0.1")
    );
    assert_eq!(shown.member_assignment[..], [1]);
    assert_eq!(shown.member_metadata, subscription(&["t"]));
    assert_eq!(
        (described[1].error_code, described[1].group_state.as_str()),
        (ErrorCode::GROUP_ID_NOT_FOUND, "Dead")
    );
    let old = lab.call(wire, 5, describe(&["g7"])).groups;
    assert_eq!((old[0].error_code, old[0].group_state.as_str()), (NONE, "Dead"));

    let list = |states: &[&str], types: &[&str]| ListGroupsRequest {
        states_filter: states.iter().map(|state| (*state).to_owned()).collect(),
        types_filter: types.iter().map(|kind| (*kind).to_owned()).collect(),
    };
    for (states, types, hits) in [
        (vec![], vec![], 1),
        (vec!["sTaBLe"], vec!["CLASSIC"], 1),
        (vec!["Empty"], vec![], 0),
        (vec![], vec!["nonsense"], 0),
    ] {
        let listed = lab.call(wire, 5, list(&states, &types));
        assert_eq!(
            (listed.error_code, listed.groups.len()),
            (NONE, hits),
            "{states:?} {types:?}"
        );
    }
}

#[test]
fn delete_groups() {
    let mut lab = Lab::new(quick());
    let members = lab.stable_group(1);
    let wire = lab.coordinator_wire();
    let delete = |names: &[&str]| DeleteGroupsRequest {
        groups_names: names.iter().map(|name| GroupId::from(*name)).collect(),
    };
    let results = lab.call(wire, 2, delete(&[GROUP, GROUP, "g7"])).results;
    let codes: Vec<_> = results.iter().map(|result| result.error_code).collect();
    assert_eq!(
        codes,
        [ErrorCode::NON_EMPTY_GROUP, ErrorCode::GROUP_ID_NOT_FOUND],
        "a duplicate has one result"
    );

    lab.commit(members[0].commit(4));
    lab.leave(&[members[0].leaving()]);
    assert_eq!(lab.call(wire, 2, delete(&[GROUP])).results[0].error_code, NONE);
    assert_eq!(lab.committed(), -1);
    assert!(lab.cluster.group(&GROUP.into()).is_none());

    let pending = lab.newcomer();
    assert_eq!(
        lab.call(wire, 2, delete(&[GROUP])).results[0].error_code,
        NONE,
        "only a pending id"
    );
    assert_eq!(
        lab.call(pending.wire, 9, pending.join()).error_code,
        ErrorCode::UNKNOWN_MEMBER_ID
    );
}

#[test]
fn a_crowd_of_members_join_and_leave() {
    let mut lab = Lab::new(quick());
    let members = lab.stable_group(200);
    assert_eq!(lab.group().members.len(), 200);
    let leaving: Vec<_> = members.iter().map(Member::leaving).collect();
    assert!(lab.leave(&leaving).iter().all(|code| code.is_ok()));
    assert_eq!(lab.group().state, GroupState::Empty);
}

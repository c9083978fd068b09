//! classic/3: heartbeats, sessions, and who keeps the others waiting.

use kohort_broker::GroupState;
use kohort_protocol::{ErrorCode, Generation};

use crate::lab::*;

#[test]
fn classic_3_1_to_3_4_heartbeats_by_state() {
    let mut lab = Lab::new(quick());
    let mut member = lab.newcomer();
    lab.joining(&member);
    let joined = lab.joined(&member).unwrap();
    member.note(&joined);
    assert_eq!(lab.group().state, GroupState::CompletingRebalance);
    assert_eq!(lab.heartbeat(&member), NONE, "CompletingRebalance");
    lab.assign(&mut [member.clone()]);
    assert_eq!(lab.heartbeat(&member), NONE, "Stable");

    let mut second = lab.newcomer();
    lab.joining(&second);
    assert_eq!(lab.heartbeat(&member), ErrorCode::REBALANCE_IN_PROGRESS);
    second.generation = Generation(1);
    let parked = lab.heartbeat(&second);
    assert_eq!(
        parked,
        ErrorCode::REBALANCE_IN_PROGRESS,
        "also for the member with a parked join"
    );

    for generation in [0, 2, -1] {
        member.generation = Generation(generation);
        assert_eq!(
            lab.heartbeat(&member),
            ErrorCode::ILLEGAL_GENERATION,
            "{generation}"
        );
    }
    member.id = "nobody".into();
    assert_eq!(lab.heartbeat(&member), ErrorCode::UNKNOWN_MEMBER_ID);
    let mut stray = member.heartbeat();
    stray.group_id = "g7".into();
    assert_eq!(
        lab.call(member.other, 4, stray).error_code,
        ErrorCode::UNKNOWN_MEMBER_ID,
        "unknown group"
    );
}

#[test]
fn classic_3_5_a_silent_member_goes_after_its_session_and_not_before() {
    let mut lab = Lab::new(quick());
    let mut members: Vec<Member> = (0..2).map(|_| lab.newcomer()).collect();
    members[1].session = 1500;
    lab.round(&mut members);
    let silent = members
        .iter()
        .find(|member| member.session == 1500)
        .unwrap()
        .clone();
    let other = members
        .iter()
        .find(|member| member.session == 6000)
        .unwrap()
        .clone();
    lab.pass(1499);
    assert_eq!(lab.heartbeat(&other), NONE);
    lab.pass(1);
    assert_eq!(lab.heartbeat(&other), ErrorCode::REBALANCE_IN_PROGRESS);
    let late = lab.call(silent.wire, 9, silent.join());
    assert_eq!(late.error_code, ErrorCode::UNKNOWN_MEMBER_ID);
}

type Sign = fn(&mut Lab, &Member);

#[test]
fn classic_3_5_what_refreshes_a_session_and_what_does_not() {
    let signs: [(&str, Sign, bool); 6] = [
        (
            "heartbeat",
            |lab, member| assert_eq!(lab.heartbeat(member), NONE),
            true,
        ),
        (
            "commit",
            |lab, member| assert_eq!(lab.commit(member.commit(1)), NONE),
            true,
        ),
        (
            "heartbeat answered 27",
            |lab, member| {
                let second = lab.newcomer();
                lab.joining(&second);
                assert_eq!(lab.heartbeat(member), ErrorCode::REBALANCE_IN_PROGRESS);
            },
            true,
        ),
        (
            "heartbeat of a wrong generation",
            |lab, member| {
                let mut member = member.clone();
                member.generation = Generation(9);
                assert_eq!(lab.heartbeat(&member), ErrorCode::ILLEGAL_GENERATION);
            },
            false,
        ),
        (
            "sync in Stable",
            |lab, member| assert_eq!(lab.call(member.wire, 5, member.sync(vec![])).error_code, NONE),
            false,
        ),
        ("offset fetch", |lab, _| assert_eq!(lab.committed(), -1), false),
    ];
    for (name, sign, refreshes) in signs {
        let mut lab = Lab::new(quick());
        let mut member = lab.newcomer();
        member.session = 1500;
        lab.round(core::slice::from_mut(&mut member));
        lab.pass(1000);
        sign(&mut lab, &member);
        lab.pass(1000);
        let lives = lab.heartbeat(&member) != ErrorCode::UNKNOWN_MEMBER_ID;
        assert_eq!(lives, refreshes, "{name}");
    }
}

#[test]
fn classic_3_5_a_parked_join_stops_the_session() {
    let mut lab = Lab::new(quick());
    let mut members = lab.stable_group(2);
    members[0].session = 500;
    lab.joining(&members[0]);
    lab.pass(5000);
    assert_eq!(lab.joined(&members[0]), None);
    lab.joining(&members[1]);
    assert_eq!(lab.joined(&members[0]).unwrap().error_code, NONE);
}

#[test]
fn classic_3_6_the_group_waits_for_its_most_patient_member_and_then_drops_who_did_not_rejoin() {
    let mut lab = Lab::new(quick());
    let mut members: Vec<Member> = (0..3).map(|_| lab.newcomer()).collect();
    for (member, patience) in members.iter_mut().zip([2000, 3000, 1000]) {
        (member.patience, member.session) = (patience, 60_000);
    }
    lab.round(&mut members);
    let leader = members[0].clone();
    members[1].protocols[0].1 = subscription(&["t", "more"]);
    lab.joining(&members[1]);
    lab.joining(&members[2]);
    lab.pass(2999);
    assert_eq!(lab.joined(&members[1]), None);
    lab.pass(1);
    let answers = [lab.joined(&members[1]).unwrap(), lab.joined(&members[2]).unwrap()];
    assert_eq!(answers[0].generation_id, Generation(leader.generation.0 + 1));
    assert_ne!(
        answers[0].leader, leader.id,
        "the leader is absent: another leads"
    );
    assert_eq!(lab.heartbeat(&leader), ErrorCode::UNKNOWN_MEMBER_ID);
}

#[test]
fn classic_3_6_who_does_not_sync_in_time_is_dropped_although_it_sends_heartbeats() {
    let mut lab = Lab::new(quick());
    let mut members: Vec<Member> = (0..2).map(|_| lab.newcomer()).collect();
    for member in &mut members {
        (member.patience, member.session) = (3000, 2000);
    }
    let answers = lab.gather(&members);
    for (member, joined) in members.iter_mut().zip(&answers) {
        member.note(joined);
    }
    members.sort_by_key(|member| member.id != member.leader);
    let (leader, follower) = (members[0].clone(), members[1].clone());
    lab.send(follower.wire, 5, follower.sync(vec![]));
    for _ in 0..2 {
        lab.pass(1499);
        assert_eq!(lab.heartbeat(&leader), NONE);
    }
    assert_eq!(lab.synced(&follower), None);
    lab.pass(2);
    assert_eq!(
        lab.synced(&follower).unwrap().error_code,
        ErrorCode::REBALANCE_IN_PROGRESS
    );
    assert_eq!(lab.heartbeat(&leader), ErrorCode::UNKNOWN_MEMBER_ID);
    assert_eq!(lab.heartbeat(&follower), ErrorCode::REBALANCE_IN_PROGRESS);
}

#[test]
fn classic_3_6_a_silent_member_shortens_the_wait() {
    let mut lab = Lab::new(quick());
    let mut members: Vec<Member> = (0..2).map(|_| lab.newcomer()).collect();
    for member in &mut members {
        member.session = 1000;
    }
    lab.round(&mut members);
    lab.joining(&members[0]);
    lab.pass(999);
    assert_eq!(lab.joined(&members[0]), None);
    lab.pass(1);
    assert_eq!(lab.joined(&members[0]).unwrap().members.len(), 1);
}

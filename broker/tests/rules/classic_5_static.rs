//! classic/5: static members (KIP-345, KIP-814).

use kohort_broker::GroupState;
use kohort_protocol::{ErrorCode, Generation, MemberId};

use crate::lab::*;

const FENCED: ErrorCode = ErrorCode::FENCED_INSTANCE_ID;

/// Two static members in a Stable group, the leader first.
fn pair(lab: &mut Lab) -> Vec<Member> {
    let mut members = vec![lab.static_newcomer("i1"), lab.static_newcomer("i2")];
    let first = lab.call(members[0].wire, 9, members[0].join());
    members[0].note(&first);
    lab.joining(&members[1]);
    lab.joining(&members[0]);
    for member in &mut members {
        let joined = lab.joined(member).unwrap();
        member.note(&joined);
    }
    lab.assign(&mut members);
    members
}

fn restarted(member: &Member) -> Member {
    Member {
        id: MemberId::default(),
        ..member.clone()
    }
}

#[test]
fn classic_5_1_a_follower_comes_back_without_a_rebalance() {
    let mut lab = Lab::new(quick());
    let members = pair(&mut lab);
    let mut back = restarted(&members[1]);
    back.protocols[0].1 = subscription(&["t", "other"]); // its metadata may change
    let joined = lab.call(back.wire, 9, back.join());
    assert_ne!(joined.member_id, members[1].id);
    assert_eq!(joined.generation_id, members[1].generation);
    assert_eq!(
        (
            joined.leader.clone(),
            joined.members.len(),
            joined.skip_assignment
        ),
        (members[0].id.clone(), 0, false)
    );
    back.note(&joined);
    assert_eq!(
        lab.call(back.wire, 5, back.sync(vec![])).assignment[..],
        [1],
        "the old bytes"
    );
    assert_eq!(lab.heartbeat(&members[0]), NONE);
}

#[test]
fn classic_5_1_a_leader_comes_back_and_is_told_not_to_assign() {
    let mut lab = Lab::new(quick());
    let members = pair(&mut lab);
    let back = restarted(&members[0]);
    let joined = lab.call(back.wire, 9, back.join());
    assert_eq!(joined.leader, joined.member_id);
    assert!(joined.skip_assignment);
    assert_eq!(joined.members.len(), 2);

    // Below v9 it is told the old leader, so that it takes itself for a follower.
    let again = lab.call(back.wire, 8, back.join());
    assert_eq!(again.leader, joined.member_id);
    assert_ne!(again.leader, again.member_id);
    assert_eq!((again.members.len(), again.skip_assignment), (0, false));
    assert_eq!(lab.heartbeat(&members[1]), NONE);
}

#[test]
fn classic_5_1_another_selected_protocol_or_a_round_under_way_rebalances() {
    let mut lab = Lab::new(quick());
    let members = pair(&mut lab);
    let mut back = restarted(&members[1]);
    back.protocols[0].0 = "other".to_owned();
    back.protocols.push(("range".to_owned(), subscription(&["t"])));
    let wire = lab.coordinator_wire();
    lab.send(wire, 9, back.join());
    assert_eq!(
        lab.heartbeat(&members[0]),
        NONE,
        "range is still the only common one"
    );

    let mut lab = Lab::new(quick());
    let mut members = pair(&mut lab);
    for member in &members {
        lab.joining(member);
    }
    for member in &mut members {
        let joined = lab.joined(member).unwrap();
        member.note(&joined);
    }
    assert_eq!(lab.group().state, GroupState::CompletingRebalance);
    lab.send(members[1].wire, 5, members[1].sync(vec![]));
    let back = restarted(&members[1]);
    lab.send(back.other, 9, back.join());
    assert_eq!(
        lab.synced(&members[1]).unwrap().error_code,
        FENCED,
        "the parked sync of the old id"
    );
    assert_eq!(lab.heartbeat(&members[0]), ErrorCode::REBALANCE_IN_PROGRESS);
}

#[test]
fn classic_5_2_the_old_id_is_fenced() {
    let mut lab = Lab::new(quick());
    let members = pair(&mut lab);
    let old = &members[1];
    let back = restarted(old);
    assert_eq!(lab.call(back.wire, 9, back.join()).error_code, NONE);
    assert_eq!(lab.call(old.other, 9, old.join()).error_code, FENCED);
    assert_eq!(lab.call(old.other, 5, old.sync(vec![])).error_code, FENCED);
    assert_eq!(lab.heartbeat(old), FENCED);
    assert_eq!(lab.commit(old.commit(1)), FENCED);
    assert_eq!(lab.leave(&[old.leaving()]), [FENCED]);
    let dynamic = Member {
        instance: None,
        ..old.clone()
    };
    assert_eq!(
        lab.heartbeat(&dynamic),
        ErrorCode::UNKNOWN_MEMBER_ID,
        "without the instance"
    );

    lab.pass(7000);
    assert_eq!(
        lab.call(old.other, 9, old.join()).error_code,
        ErrorCode::UNKNOWN_MEMBER_ID,
        "after the session"
    );
    assert_eq!(lab.call(old.other, 9, restarted(old).join()).error_code, NONE);
}

#[test]
fn classic_5_3_of_two_that_come_back_at_once_the_last_survives() {
    let mut lab = Lab::new(quick());
    let members = pair(&mut lab);
    let mut third = lab.static_newcomer("i3");
    third.patience = 60_000;
    lab.joining(&third);
    assert_eq!(lab.group().state, GroupState::PreparingRebalance);
    let twins = [lab.static_newcomer("i2"), lab.static_newcomer("i2")];
    for twin in &twins {
        lab.joining(twin);
    }
    assert_eq!(lab.joined(&twins[0]).unwrap().error_code, FENCED);
    assert_eq!(lab.joined(&twins[1]), None);
    lab.joining(&members[0]);
    let survivor = lab.joined(&twins[1]).unwrap();
    assert_eq!(
        (survivor.error_code, survivor.generation_id),
        (NONE, Generation(members[0].generation.0 + 1))
    );
}

#[test]
fn static_members_that_do_not_rejoin_stay_in_the_group() {
    let mut lab = Lab::new(quick());
    let members = pair(&mut lab);
    lab.joining(&members[0]);
    for _ in 0..20 {
        lab.pass(3000);
        let beat = lab.heartbeat(&members[1]);
        assert!(matches!(
            beat,
            ErrorCode::REBALANCE_IN_PROGRESS | ErrorCode::ILLEGAL_GENERATION
        ));
    }
    assert_eq!(
        lab.joined(&members[0]).unwrap().members.len(),
        2,
        "after its rebalance timeout"
    );
}

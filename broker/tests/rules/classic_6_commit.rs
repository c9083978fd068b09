//! classic/6: who may commit.

use kohort_broker::GroupState;
use kohort_protocol::api::offset_commit::OffsetCommitRequest;
use kohort_protocol::{ErrorCode, Generation, MemberId};

use crate::lab::*;

#[test]
fn classic_6_1_old_and_future_generations_and_strangers() {
    let mut lab = Lab::new(quick());
    let mut member = lab.stable_group(1).remove(0);
    for generation in [0, 2] {
        member.generation = Generation(generation);
        assert_eq!(
            lab.commit(member.commit(1)),
            ErrorCode::ILLEGAL_GENERATION,
            "{generation}"
        );
    }
    member.id = "nobody".into();
    assert_eq!(lab.commit(member.commit(1)), ErrorCode::UNKNOWN_MEMBER_ID);
    assert_eq!(lab.stored(), None);
}

#[test]
fn classic_6_2_and_6_3_by_state_of_the_round() {
    let mut lab = Lab::new(quick());
    let mut member = lab.stable_group(1).remove(0);
    let second = lab.newcomer();
    lab.joining(&second);
    assert_eq!(lab.group().state, GroupState::PreparingRebalance);
    assert_eq!(
        lab.commit(member.commit(5)),
        NONE,
        "PreparingRebalance, current generation"
    );
    assert_eq!(lab.stored(), Some(5));

    let before = member.generation;
    lab.joining(&member);
    let joined = lab.joined(&member).unwrap();
    member.note(&joined);
    assert_eq!(lab.group().state, GroupState::CompletingRebalance);
    assert_eq!(lab.commit(member.commit(6)), ErrorCode::REBALANCE_IN_PROGRESS);
    member.generation = before;
    assert_eq!(
        lab.commit(member.commit(6)),
        ErrorCode::ILLEGAL_GENERATION,
        "previous generation"
    );
    assert_eq!(lab.stored(), Some(5));
}

#[test]
fn classic_6_4_from_outside_a_group_with_members() {
    let mut lab = Lab::new(quick());
    let mut fixed = lab.static_newcomer("i1");
    let joined = lab.call(fixed.wire, 9, fixed.join());
    fixed.note(&joined);
    lab.assign(&mut [fixed.clone()]);
    assert_eq!(
        lab.commit(commit(1)),
        ErrorCode::UNKNOWN_MEMBER_ID,
        "-1, empty id"
    );
    let own = OffsetCommitRequest {
        member_id: fixed.id.clone(),
        ..commit(1)
    };
    assert_eq!(
        lab.commit(own),
        ErrorCode::ILLEGAL_GENERATION,
        "-1, a member's own id"
    );
    let instance = OffsetCommitRequest {
        group_instance_id: fixed.instance.clone(),
        ..commit(1)
    };
    assert_eq!(
        lab.commit(instance),
        ErrorCode::FENCED_INSTANCE_ID,
        "-1, empty id, live instance"
    );
    let nameless = OffsetCommitRequest {
        generation_id_or_member_epoch: fixed.generation,
        ..commit(1)
    };
    assert_eq!(
        lab.commit(nameless),
        ErrorCode::UNKNOWN_MEMBER_ID,
        "generation >= 0, empty id"
    );
}

#[test]
fn classic_6_5_simple_consumers_commit_to_empty_and_unknown_groups() {
    let mut lab = Lab::new(quick());
    let with = |generation: i32, id: &str| OffsetCommitRequest {
        generation_id_or_member_epoch: Generation(generation),
        member_id: MemberId::from(id),
        ..commit(3)
    };
    // Unknown group.
    let wire = lab.coordinator_wire();
    let code = |lab: &mut Lab, version: i16, request: OffsetCommitRequest| {
        lab.call(wire, version, request).topics[0].partitions[0].error_code
    };
    assert_eq!(
        code(&mut lab, 9, with(0, "")),
        ErrorCode::GROUP_ID_NOT_FOUND,
        "v9"
    );
    assert_eq!(
        code(&mut lab, 8, with(0, "")),
        ErrorCode::ILLEGAL_GENERATION,
        "v8"
    );
    assert_eq!(
        lab.commit(with(-2, "")),
        NONE,
        "any negative generation makes the group"
    );
    assert_eq!(lab.committed(), 3);

    // Emptied group.
    let member = lab.stable_group(1).remove(0);
    lab.leave(&[member.leaving()]);
    assert_eq!(lab.commit(with(-1, "")), NONE);
    assert_eq!(lab.commit(with(-1, "anybody")), NONE);
    let instance = OffsetCommitRequest {
        group_instance_id: Some("i9".into()),
        ..with(-1, "anybody")
    };
    assert_eq!(lab.commit(instance), NONE);
    assert_eq!(
        lab.commit(member.commit(4)),
        ErrorCode::UNKNOWN_MEMBER_ID,
        "the old member"
    );
    assert_eq!(
        lab.commit(with(0, "")),
        ErrorCode::UNKNOWN_MEMBER_ID,
        "generation 0, empty id"
    );
    assert_eq!(lab.committed(), 3);
}

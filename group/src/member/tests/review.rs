//! A leader that came back and was told not to divide asks what was divided (KIP-814).

use kohort_protocol::ErrorCode;
use kohort_protocol::api::describe_groups::DescribeGroupsResponse;
use kohort_protocol::api::join_group::JoinGroupResponse;

use super::rig::*;
use crate::member::{Failure, Input};

const NOTHING: [&str; 0] = [];

/// A static leader that is back and knows of three partitions; the question is open.
fn returned() -> Rig {
    let mut config = config();
    config.group_instance_id = Some("i".into());
    let mut rig = Rig::started(config);
    rig.reply(JoinGroupResponse {
        skip_assignment: true,
        ..lead(4, "m-1", &[("m-1", "t"), ("m-2", "t")])
    });
    rig.reply(synced("t-0"));
    rig.release();
    rig.give(Input::Waiting(true));
    rig
}

fn group(state: &str, assignments: &[&str]) -> DescribeGroupsResponse {
    described(state, assignments, ErrorCode::NONE)
}

fn refused(code: ErrorCode) -> DescribeGroupsResponse {
    described("", &[], code)
}

const REVOKING: [&str; 1] = ["revoking t-0 by 300.000s"];

#[test]
fn rule_20_a_returned_leader_starts_a_round_for_what_nobody_was_given() {
    let mut rig = returned();
    assert_eq!(rig.reply(group("Stable", &["t-0", "t-1"])), REVOKING);
    rig.release();
    let kohort_protocol::api::Request::JoinGroup(join) = rig.request("JoinGroup").1 else {
        unreachable!()
    };
    assert_eq!(join.reason.as_deref(), Some("the partitions of topic t changed"));
    // This time it divides itself, and has nothing to ask.
    rig.reply(lead(5, "m-1", &[("m-1", "t"), ("m-2", "t")]));
    rig.reply(synced("t-0 t-1"));
    assert!(!rig.is_open("DescribeGroups"));
}

#[test]
fn rule_20_a_returned_leader_disturbs_nobody_if_all_is_given() {
    let mut rig = returned();
    assert_eq!(rig.reply(group("Stable", &["t-0", "t-1 t-2"])), NOTHING);
    // It is asked once.
    assert_eq!(rig.pass_ms(1000), NOTHING);
    assert!(!rig.is_open("DescribeGroups"));
    rig.cluster = Some(topics(&[("t", 4)]));
    let shown = rig.live(std::time::Duration::from_secs(300));
    assert!(shown.iter().any(|line| line.starts_with("revoking")), "{shown:?}");
}

/// Others read a topic that was deleted while it was away. One broker alone may not have heard of it yet.
#[test]
fn rule_20_a_returned_leader_starts_a_round_when_what_was_given_is_gone() {
    let mut config = config();
    config.group_instance_id = Some("i".into());
    let mut rig = Rig::started(config);
    let mut known = topics(&[("t", 1)]);
    let gone = no_topic("u", ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    known.topics.extend(gone.topics);
    rig.cluster = Some(known);
    rig.reply(JoinGroupResponse {
        skip_assignment: true,
        ..lead(4, "m-1", &[("m-1", "t"), ("m-2", "u")])
    });
    rig.pass_ms(120);
    rig.reply(synced("t-0"));
    rig.release();
    rig.give(Input::Waiting(true));
    assert!(!rig.is_open("DescribeGroups"), "after one broker's word");
    rig.pass_ms(220);
    assert_eq!(
        rig.reply(group("Stable", &["t-0", "u-0"])),
        ["revoking t-0 by 300.340s"]
    );
}

/// A topic that was made anew with fewer partitions.
#[test]
fn rule_20_a_returned_leader_starts_a_round_when_a_partition_that_was_given_is_gone() {
    let mut rig = returned();
    assert_eq!(rig.reply(group("Stable", &["t-0 t-1", "t-2 t-3"])), REVOKING);
}

/// A member whose assignment is no assignment owns nothing, as that member itself sees it.
#[test]
fn what_cannot_be_read_is_given_to_nobody() {
    let mut rig = returned();
    let mut described = group("Stable", &["t-0 t-1", "t-2"]);
    described.groups[0].members[1].member_assignment = bytes::Bytes::from_static(b"\0");
    assert_eq!(rig.reply(described), REVOKING);
}

/// While the next round is made, the answer shows what was given before it (seen on Kafka 4.4.0).
#[test]
fn only_a_stable_group_shows_what_was_divided() {
    for state in ["PreparingRebalance", "CompletingRebalance", "Dead", ""] {
        let mut rig = returned();
        assert_eq!(rig.reply(group(state, &["t-0"])), NOTHING, "{state}");
        assert!(!rig.is_open("DescribeGroups"));
    }
    assert_eq!(returned().reply(refused(ErrorCode::GROUP_ID_NOT_FOUND)), NOTHING);
}

#[test]
fn the_question_is_asked_again_until_it_is_answered() {
    let mut rig = returned();
    for code in [
        ErrorCode::COORDINATOR_LOAD_IN_PROGRESS,
        ErrorCode::UNKNOWN_SERVER_ERROR,
        ErrorCode(9999),
    ] {
        assert_eq!(rig.reply(refused(code)), NOTHING);
        assert!(!rig.is_open("DescribeGroups"));
        rig.pass_ms(500);
    }
    rig.reply(refused(ErrorCode::NOT_COORDINATOR));
    rig.reply(found(2));
    rig.disconnect("DescribeGroups");
    rig.pass_ms(1000);
    rig.reply(found(1));
    rig.pass_ms(1000);
    assert_eq!(
        rig.reply(group("Stable", &["t-0", "t-1"])),
        ["revoking t-0 by 303.500s"]
    );
}

#[test]
fn a_question_that_is_refused_is_told_once_and_not_asked_again() {
    let told = |why: &str| {
        [format!(
            "error: group g: DescribeGroups, which shows a static leader that came back what was assigned, failed: {why}. Partitions \
             added while it was away have no owner until the next rebalance; the principal needs DESCRIBE on the group, which READ \
             includes"
        )]
    };
    let mut rig = returned();
    let denied = rig.reply(refused(ErrorCode::GROUP_AUTHORIZATION_FAILED));
    assert_eq!(denied, told("GROUP_AUTHORIZATION_FAILED (30)"));
    assert_eq!(rig.pass_ms(2000), NOTHING);
    assert!(!rig.is_open("DescribeGroups"));
    let unsupported = returned().fail("DescribeGroups", Failure::Unsupported("too old".into()));
    assert_eq!(unsupported, told("too old"));
}

/// The next round decides anew: an answer that comes after its beginning says nothing of it.
#[test]
fn an_answer_of_the_round_before_is_passed_over() {
    let mut rig = returned();
    let old = rig.token("DescribeGroups");
    rig.pass_ms(3000);
    rig.reply(heartbeat(ErrorCode::REBALANCE_IN_PROGRESS));
    rig.release();
    rig.reply(lead(5, "m-1", &[("m-1", "t"), ("m-2", "t")]));
    rig.reply(synced("t-0 t-1"));
    rig.release();
    assert_eq!(rig.answer(old, Ok(group("Stable", &["t-0"]).into())), NOTHING);
}

//! Start positions, resets and seeks.

use core::time::Duration;

use kohort_protocol::{ErrorCode, NodeId};

use super::rig::*;
use crate::member::{AutoOffsetReset, Failure, Input, MemberConfig, SeekTo};

const NOTHING: [&str; 0] = [];

fn starting() -> Rig {
    let mut rig = Rig::joined(
        MemberConfig {
            auto_offset_reset: AutoOffsetReset::Earliest,
            ..config()
        },
        1,
    );
    rig.reply(synced("t-0 t-1"));
    rig.release();
    rig
}

#[test]
fn begins_at_the_committed_offset() {
    let mut rig = starting();
    assert_eq!(
        rig.reply(offsets(&[("t-0", 5), ("t-1", 0)])),
        ["Fetch@1 s0/0 t-0@5 t-1@0 (30s)"]
    );
    let view = rig.member.position(&tp("t-0")).unwrap();
    assert_eq!(
        (view.delivered, view.processed, view.committed),
        (Some(5), Some(5), Some(5))
    );
}

#[test]
fn s07_no_error_and_no_omission_is_ever_a_reset() {
    let errors = [
        ErrorCode::UNSTABLE_OFFSET_COMMIT,
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
        ErrorCode::TOPIC_AUTHORIZATION_FAILED,
        ErrorCode::STALE_MEMBER_EPOCH,
        ErrorCode::UNKNOWN_SERVER_ERROR,
        ErrorCode(9999),
    ];
    for code in errors {
        let mut rig = starting();
        let shown = rig.reply(offsets_with(&[("t-0", -1, code), ("t-1", 7, ErrorCode::NONE)]));
        assert_eq!(shown, ["Fetch@1 s0/0 t-1@7 (30s)"], "{code}");
        assert_eq!(rig.pass_ms(120), ["OffsetFetch@1 t-0 (30s)"], "{code}");
    }
    let mut rig = starting();
    assert_eq!(rig.reply(offsets(&[("t-1", 7)])), ["Fetch@1 s0/0 t-1@7 (30s)"]);
    assert_eq!(rig.pass_ms(120), ["OffsetFetch@1 t-0 (30s)"]);
    for code in [
        ErrorCode::COORDINATOR_LOAD_IN_PROGRESS,
        ErrorCode::STALE_MEMBER_EPOCH,
    ] {
        let mut rig = starting();
        assert_eq!(rig.reply(offsets_error(code)), NOTHING);
        assert_eq!(rig.pass_ms(120), ["OffsetFetch@1 t-0 t-1 (30s)"]);
    }
    let mut rig = starting();
    assert_eq!(
        rig.fail("OffsetFetch", Failure::Malformed("cut off".into())),
        NOTHING
    );
    assert_eq!(rig.pass_ms(120), ["OffsetFetch@1 t-0 t-1 (30s)"]);
}

#[test]
fn an_offset_of_an_older_assignment_is_not_taken_for_the_new_one() {
    let mut rig = starting();
    let old = rig.token("OffsetFetch");
    rig.pass_ms(3000);
    rig.reply(heartbeat(ErrorCode::ILLEGAL_GENERATION));
    rig.reply(lead(2, "m-1", &[("m-1", "t")]));
    rig.reply(synced("t-0"));
    rig.release();
    assert_eq!(rig.answer(old, Ok(offsets(&[("t-0", 5)]).into())), NOTHING);
    assert_eq!(rig.member.position(&tp("t-0")).unwrap().delivered, None);
    assert_eq!(rig.reply(offsets(&[("t-0", 9)])), ["Fetch@1 s0/0 t-0@9 (30s)"]);
}

#[test]
fn a_coordinator_that_moved_is_looked_up_before_offsets_are_asked_again() {
    let mut rig = starting();
    assert_eq!(
        rig.reply(offsets_error(ErrorCode::NOT_COORDINATOR)),
        ["FindCoordinator@any g (30s)"]
    );
    let shown = rig.reply(found(2));
    assert!(shown.contains(&"OffsetFetch@2 t-0 t-1 (30s)".into()), "{shown:?}");
}

#[test]
fn a_reset_that_fails_is_tried_again_with_new_metadata() {
    let mut rig = starting();
    rig.reply(offsets(&[("t-0", -1), ("t-1", -1)]));
    rig.cluster = None;
    let shown = rig.reply(listed(&[
        ("t-0", 4, ErrorCode::NONE),
        ("t-1", -1, ErrorCode::NOT_LEADER_OR_FOLLOWER),
    ]));
    assert_eq!(
        shown,
        [
            "reset t-0 None to 4: no committed offset",
            "Fetch@1 s0/0 t-0@4 (30s)"
        ]
    );
    let shown = rig.pass_ms(120);
    assert_eq!(shown, ["ListOffsets@1 t-1@-2 (30s)", "metadata t"]);
}

#[test]
fn a_leader_that_is_not_known_is_waited_for() {
    let mut rig = starting();
    let mut headless = topics(&[("t", 3)]);
    headless.topics[0].partitions[1].leader_id = NodeId(-1);
    headless.topics[0].partitions[1].leader_epoch = kohort_protocol::LeaderEpoch(2);
    rig.cluster = Some(headless);
    rig.pass_ms(3000);
    rig.reply(heartbeat(ErrorCode::ILLEGAL_GENERATION));
    rig.reply(lead(2, "m-1", &[("m-1", "t")]));
    rig.reply(synced("t-1"));
    rig.release();
    assert_eq!(rig.reply(offsets(&[("t-1", 5)])), NOTHING);
    rig.cluster = Some(topics(&[("t", 3)])); // an old answer: its epoch is lower
    rig.live(Duration::from_secs(2));
    assert!(!rig.is_open("Fetch"));
    let mut led = topics(&[("t", 3)]);
    led.topics[0].partitions[1].leader_epoch = kohort_protocol::LeaderEpoch(3);
    rig.cluster = Some(led);
    let shown = rig.live(Duration::from_secs(2));
    assert_eq!(shown, ["Fetch@1 s0/0 t-1@5 (30s)"]);
}

#[test]
fn seeks_to_an_end_or_a_time_ask_the_leader() {
    let mut rig = Rig::reading(config());
    assert_eq!(
        rig.seek(1, "t-0", SeekTo::Beginning),
        ["done 1", "ListOffsets@1 t-0@-2 (30s)"]
    );
    assert_eq!(
        rig.reply(listed(&[("t-0", 3, ErrorCode::NONE)])),
        ["Fetch@1 s0/-1 t-0@3 (30s)"]
    );
    assert_eq!(
        rig.seek(2, "t-0", SeekTo::End),
        ["done 2", "ListOffsets@1 t-0@-1 (30s)"]
    );
    // Overtaken by another seek: its answer no longer matters.
    assert_eq!(rig.seek(3, "t-0", SeekTo::Offset(50)), ["done 3"]);
    assert_eq!(rig.reply(listed(&[("t-0", 99, ErrorCode::NONE)])), NOTHING);
    assert_eq!(rig.member.position(&tp("t-0")).unwrap().delivered, Some(50));
    // No record that young: the end.
    assert_eq!(
        rig.seek(4, "t-0", SeekTo::Timestamp(1_700_000_000_000))[0],
        "done 4"
    );
    assert_eq!(
        rig.reply(listed(&[("t-0", -1, ErrorCode::NONE)])),
        ["ListOffsets@1 t-0@-1 (30s)"]
    );
    rig.reply(listed(&[("t-0", 60, ErrorCode::NONE)]));
    assert_eq!(rig.member.position(&tp("t-0")).unwrap().delivered, Some(60));
}

#[test]
fn seeks_that_cannot_be_are_refused() {
    let mut rig = Rig::reading(config());
    assert_eq!(
        rig.seek(1, "t-9", SeekTo::Offset(1)),
        ["done 1: cannot seek t-9: it is not assigned to this consumer"]
    );
    assert_eq!(
        rig.seek(2, "t-0", SeekTo::Offset(-4)),
        ["done 2: cannot seek t-0 to -4: an offset is never negative"]
    );
}

#[test]
fn a_broken_connection_to_the_leader_is_tried_again() {
    let mut rig = Rig::reading(config());
    rig.seek(1, "t-0", SeekTo::Beginning);
    assert_eq!(rig.disconnect("ListOffsets"), NOTHING);
    assert_eq!(rig.pass_ms(120), ["ListOffsets@1 t-0@-2 (30s)"]);
    rig.give(Input::Tick);
}

/// Each partition has a wait of its own; a question for each, as its wait ends, would be a hot loop (L04).
#[test]
fn l04_partitions_that_fail_together_are_asked_together() {
    let mut rig = starting();
    let next = |rig: &mut Rig, api: &str| {
        let mut shown = rig.live(Duration::from_secs(1));
        shown.retain(|line| line.starts_with(api));
        shown
    };
    let unstable = ErrorCode::UNSTABLE_OFFSET_COMMIT;
    for _ in 0..20 {
        rig.reply(offsets_with(&[("t-0", -1, unstable), ("t-1", -1, unstable)]));
        assert_eq!(next(&mut rig, "OffsetFetch"), ["OffsetFetch@1 t-0 t-1 (30s)"]);
    }
    rig.reply(offsets(&[("t-0", -1), ("t-1", -1)]));
    for _ in 0..20 {
        rig.fail("ListOffsets", Failure::Malformed("cut off".into()));
        assert_eq!(
            next(&mut rig, "ListOffsets"),
            ["ListOffsets@1 t-0@-2 t-1@-2 (30s)"]
        );
    }
}

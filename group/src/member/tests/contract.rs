//! The contracts between the machine and whoever drives it: time first, tokens, commits, hand-over, guards.

use std::time::Duration;

use kohort_protocol::{ErrorCode, Timestamp};

use super::rig::*;
use crate::member::{
    CallId, Failure, GuardId, Input, MemberConfig, MemberState, Period, SeekTo, Ticket, Token,
};

const NOTHING: [&str; 0] = [];

fn auto() -> MemberConfig {
    MemberConfig {
        auto_commit_interval: Some(Duration::from_secs(5)),
        ..config()
    }
}

// ---- time first

#[test]
fn time_first_a_stale_ok_does_not_revive_a_dead_session() {
    let mut rig = Rig::stable(config());
    rig.pass_ms(3000);
    let heartbeat_sent = rig.token("Heartbeat");
    // The process is suspended for a minute; the OK lies in the socket all the while.
    rig.sleep(Duration::from_secs(60));
    let shown = rig.answer(heartbeat_sent, Ok(heartbeat(ErrorCode::NONE).into()));
    assert_eq!(shown, ["abandon", "abandon", "FindCoordinator@any g (30s)"]);
    assert_eq!(rig.member.coordinator(), None);
    // Only a heartbeat sent now can tell.
    let shown = rig.reply(found(1));
    assert!(shown.contains(&"Heartbeat@1 m-1 g1 (5s)".into()), "{shown:?}");
    assert_eq!(
        rig.reply(heartbeat(ErrorCode::UNKNOWN_MEMBER_ID))[0],
        "lost t-0 t-1 t-2"
    );
}

#[test]
fn time_first_the_lease_runs_from_the_send_time_of_what_was_acknowledged() {
    let mut rig = Rig::stable(MemberConfig {
        heartbeat_interval: Duration::from_secs(6),
        ..config()
    });
    assert_eq!(rig.pass_ms(6000), ["Heartbeat@1 m-1 g1 (4s)"]); // joined at 0: 4 s are left of 10
    rig.pass_ms(3000);
    rig.reply(heartbeat(ErrorCode::NONE)); // sent at 6, answered at 9: the lease ends at 16, not at 19
    let shown = rig.pass_ms(6999);
    assert_eq!(shown, ["Heartbeat@1 m-1 g1 (4s)"]);
    let shown = rig.pass_ms(1);
    assert!(shown.contains(&"FindCoordinator@any g (30s)".into()), "{shown:?}");
    assert_eq!(rig.now, Timestamp::from_millis(16_000));
}

#[test]
fn time_first_a_heartbeat_never_waits_longer_than_the_lease_lasts() {
    let mut rig = Rig::stable(MemberConfig {
        heartbeat_interval: Duration::from_secs(9),
        ..config()
    });
    assert_eq!(rig.pass_ms(9000), ["Heartbeat@1 m-1 g1 (1s)"]);
}

#[test]
fn time_first_a_poll_that_comes_too_late_is_too_late() {
    let mut rig = Rig::stable(MemberConfig {
        max_poll_interval: Duration::from_secs(4),
        ..config()
    });
    rig.sleep(Duration::from_secs(5));
    let shown = rig.give(Input::Polled);
    assert!(
        shown[0].starts_with("error: group g: no poll for 5000 ms"),
        "{shown:?}"
    );
    assert_eq!(shown.last().unwrap(), "JoinGroup@1 id= (30s)");
}

#[test]
fn time_never_goes_back() {
    let mut rig = Rig::stable(config());
    rig.pass_ms(3000);
    rig.reply(heartbeat(ErrorCode::NONE));
    rig.member.handle(Timestamp::ZERO, Input::Tick);
    assert!(rig.member.deadline().unwrap() > Timestamp::from_millis(3000));
}

// ---- tokens

#[test]
fn tokens_an_answer_to_an_unknown_token_is_dropped() {
    let mut rig = Rig::stable(config());
    let before = format!("{:?} {:?}", rig.member.state(), rig.member.generation());
    for token in [Token(0), Token(1), Token(999)] {
        assert_eq!(
            rig.answer(token, Ok(heartbeat(ErrorCode::UNKNOWN_MEMBER_ID).into())),
            NOTHING
        );
        assert_eq!(rig.answer(token, Err(Failure::TimedOut)), NOTHING);
    }
    assert_eq!(
        format!("{:?} {:?}", rig.member.state(), rig.member.generation()),
        before
    );
}

#[test]
fn tokens_an_answer_is_taken_once() {
    let mut rig = Rig::stable(MemberConfig {
        max_poll_interval: Duration::from_secs(2),
        ..config()
    });
    rig.pass_ms(2000);
    let leave = rig.token("LeaveGroup");
    assert_eq!(
        rig.answer(leave, Ok(left(ErrorCode::COORDINATOR_LOAD_IN_PROGRESS).into())),
        NOTHING
    );
    // Said twice, and differently: the second time nobody listens, and the goodbye is said again.
    assert_eq!(rig.answer(leave, Ok(left(ErrorCode::NONE).into())), NOTHING);
    assert_eq!(
        rig.pass_ms(120),
        ["LeaveGroup@1 m-1 \"max.poll.interval.ms was exceeded\" (30s)"]
    );
}

#[test]
fn tokens_an_answer_of_another_api_is_no_answer() {
    let mut rig = Rig::started(config());
    let join = rig.token("JoinGroup");
    assert_eq!(rig.answer(join, Ok(heartbeat(ErrorCode::NONE).into())), NOTHING);
    assert_eq!(rig.pass_ms(120), ["JoinGroup@1 id= (305s)"]);
}

#[test]
fn tokens_records_of_an_unknown_fetch_are_discarded() {
    let mut rig = Rig::reading(config());
    assert_eq!(
        rig.fetched(Token(999), 7, vec![records("t-0", 3, 9)]),
        ["discard 3"]
    );
}

// ---- commits

#[test]
fn commits_go_one_at_a_time_in_the_order_they_were_asked() {
    let mut rig = Rig::stable(config());
    assert_eq!(rig.commit(1, "t-0=5"), ["OffsetCommit@1 m-1 g1 t-0=5 (30s)"]);
    assert_eq!(rig.commit(2, "t-1=6"), NOTHING);
    assert_eq!(rig.commit(3, "t-2=7"), NOTHING);
    // What came meanwhile is merged, and each caller hears of what it named.
    assert_eq!(
        rig.commit_stored(),
        ["done 1", "OffsetCommit@1 m-1 g1 t-1=6 t-2=7 (30s)"]
    );
    assert_eq!(rig.commit_stored(), ["done 2", "done 3"]);
}

#[test]
fn commits_an_offset_that_is_replaced_before_it_was_sent_is_superseded() {
    let mut rig = Rig::stable(config());
    rig.commit(1, "t-0=5");
    rig.commit(2, "t-0=6 t-1=1");
    assert_eq!(rig.commit(3, "t-0=7"), NOTHING);
    let shown = rig.commit_stored();
    assert_eq!(shown, ["done 1", "OffsetCommit@1 m-1 g1 t-0=7 t-1=1 (30s)"]);
    assert_eq!(
        rig.commit_stored(),
        [
            "done 3",
            "done 2: superseded: a newer commit of the same partitions was sent instead"
        ]
    );
}

#[test]
fn commits_each_caller_gets_the_result_of_its_own_partitions() {
    let mut rig = Rig::stable(config());
    rig.commit(1, "t-2=1");
    rig.commit(2, "t-0=5");
    rig.commit(3, "t-1=6");
    rig.commit_stored();
    let kohort_protocol::api::Request::OffsetCommit(request) = rig.request("OffsetCommit").1 else {
        unreachable!()
    };
    let mut answer = committed(&request, ErrorCode::NONE);
    answer.topics[0].partitions[1].error_code = ErrorCode::OFFSET_METADATA_TOO_LARGE;
    assert_eq!(
        rig.reply(answer),
        [
            "done 2",
            "done 3: commit refused for t-1: OFFSET_METADATA_TOO_LARGE (12)"
        ]
    );
}

#[test]
fn commits_of_another_period_are_fenced() {
    let fenced = "done 1: fenced: t-0 not ours any more, or gained anew since; its owner continues from the last commit";
    let mut rig = Rig::stable(config());
    let old = Some(Period(1));
    rig.pass_ms(3000);
    rig.reply(heartbeat(ErrorCode::REBALANCE_IN_PROGRESS));
    rig.release();
    rig.reply(lead(2, "m-1", &[("m-1", "t")]));
    rig.reply(synced("t-0"));
    // The same partition, lost and gained: the offset of its first time would rewind it.
    assert_eq!(rig.commit_of(1, "t-0=5", old), [fenced]);
    assert_eq!(
        rig.commit_of(2, "t-0=5", Some(Period(2))),
        ["OffsetCommit@1 m-1 g2 t-0=5 (30s)"]
    );
    // Never ours.
    assert_eq!(
        rig.commit_of(3, "t-1=5", Some(Period(2))),
        [
            "done 3: fenced: t-1 not ours any more, or gained anew since; its owner continues from the last commit"
        ]
    );
}

#[test]
fn commits_that_wait_when_the_period_ends_are_fenced() {
    let mut rig = Rig::stable(config());
    rig.pass_ms(3000);
    rig.commit(1, "t-0=5");
    rig.commit(2, "t-0=6");
    let shown = rig.reply(heartbeat(ErrorCode::UNKNOWN_MEMBER_ID));
    assert_eq!(
        shown,
        [
            "done 2: fenced: t-0 not ours any more, or gained anew since; its owner continues from the last commit",
            "lost t-0 t-1 t-2",
            "JoinGroup@1 id= (305s)"
        ]
    );
    // The one that was on its way is answered by its answer, and not sent again.
    let shown = rig.commit_refused(ErrorCode::COORDINATOR_LOAD_IN_PROGRESS);
    assert_eq!(
        shown,
        [
            "done 1: fenced: t-0 not ours any more, or gained anew since; its owner continues from the last commit"
        ]
    );
}

#[test]
fn commits_after_an_unanswered_one_the_newest_is_sent_once_more_half_a_second_after_the_next_acknowledgement()
{
    let mut rig = Rig::stable(config());
    rig.commit(1, "t-0=10");
    rig.commit(2, "t-0=12");
    // Given up: it may land later. Its caller is told that a newer one went out.
    let shown = rig.fail("OffsetCommit", Failure::TimedOut);
    assert_eq!(
        shown,
        [
            "done 1: superseded: a newer commit of the same partitions was sent instead",
            "FindCoordinator@any g (30s)"
        ]
    );
    rig.reply(found(1));
    assert_eq!(rig.pass_ms(120)[0], "OffsetCommit@1 m-1 g1 t-0=12 (30s)");
    assert_eq!(rig.commit_stored(), ["done 2"]);
    assert_eq!(rig.pass_ms(499), NOTHING);
    assert_eq!(rig.pass_ms(1), ["OffsetCommit@1 m-1 g1 t-0=12 (30s)"]);
    assert_eq!(rig.commit_stored(), NOTHING);
    // Settled: never again.
    rig.commit(3, "t-0=13");
    rig.commit_stored();
    assert!(
        !rig.pass_ms(2000)
            .iter()
            .any(|line| line.starts_with("OffsetCommit"))
    );
}

#[test]
fn commits_an_acknowledgement_within_the_half_second_does_not_settle_it() {
    let mut rig = Rig::stable(config());
    rig.commit(1, "t-0=10");
    rig.disconnect("OffsetCommit");
    rig.reply(found(1));
    rig.pass_ms(120);
    rig.commit_stored();
    rig.pass_ms(200);
    rig.commit(2, "t-0=11");
    rig.commit_stored();
    assert_eq!(rig.pass_ms(300), ["OffsetCommit@1 m-1 g1 t-0=11 (30s)"]);
}

#[test]
fn commits_sent_once_more_never_overtake_one_in_flight() {
    // Found by the simulator: 11 is in flight when the time has come; 10, the newest that was acknowledged, was queued behind it then
    // and rewound it (S06).
    let mut rig = Rig::stable(config());
    rig.commit(1, "t-0=10");
    rig.disconnect("OffsetCommit");
    rig.reply(found(1));
    rig.pass_ms(120);
    rig.commit_stored();
    rig.pass_ms(499);
    rig.commit(2, "t-0=11");
    assert_eq!(rig.pass_ms(1), NOTHING);
    assert_eq!(
        rig.commit_stored(),
        ["done 2", "OffsetCommit@1 m-1 g1 t-0=11 (30s)"]
    );
}

#[test]
fn commits_an_unsettled_group_settles_before_it_leaves() {
    let mut rig = Rig::stable(config());
    rig.commit(1, "t-0=10");
    rig.disconnect("OffsetCommit");
    rig.reply(found(1));
    rig.pass_ms(120);
    let deadline = rig.now + Duration::from_secs(30);
    assert_eq!(
        rig.give(Input::Close {
            commit: true,
            deadline
        }),
        NOTHING
    );
    assert_eq!(rig.commit_stored(), ["done 1"]);
    assert_eq!(rig.pass_ms(500), ["OffsetCommit@1 m-1 g1 t-0=10 (30s)"]);
    assert_eq!(
        rig.commit_stored(),
        ["LeaveGroup@1 m-1 \"the consumer is being closed\" (30s)"]
    );
}

#[test]
fn commits_nobody_waits_for_ever() {
    let mut rig = Rig::stable(MemberConfig {
        default_api_timeout: Duration::from_secs(2),
        ..config()
    });
    rig.commit(1, "t-0=10");
    let mut shown = Vec::new();
    for _ in 0..30 {
        if rig.is_open("OffsetCommit") {
            shown.extend(rig.commit_refused(ErrorCode::COORDINATOR_LOAD_IN_PROGRESS));
        }
        shown.extend(rig.pass_ms(100));
    }
    let answers: Vec<_> = shown.iter().filter(|line| line.starts_with("done")).collect();
    assert_eq!(
        answers,
        [
            "done 1: no answer to the commit: none came within 2s, and it is still being tried; it may or may not have been stored"
        ]
    );
    // The offsets are still tried.
    while !rig.is_open("OffsetCommit") {
        rig.pass_ms(100);
    }
    assert_eq!(rig.commit_stored(), NOTHING);
    assert_eq!(rig.member.position(&tp("t-0")).unwrap().committed, Some(10));
}

#[test]
fn commits_of_itself_only_what_is_processed_and_never_backwards() {
    let mut rig = Rig::reading(auto());
    rig.fetch_brings(vec![records("t-0", 1, 8)]);
    rig.take(1);
    let five = Duration::from_secs(5);
    assert_eq!(rig.live(five), NOTHING); // taken, not processed (S10)
    rig.give(Input::Polled);
    assert_eq!(rig.live(five), ["OffsetCommit@1 m-1 g1 t-0=8 (30s)"]);
    rig.commit_stored();
    // The application commits something higher by itself: the next round of auto-commit does not rewind it (S06).
    rig.commit(1, "t-0=50");
    rig.commit_stored();
    assert_eq!(rig.live(five), NOTHING);
    // It goes back by its own wish: then the lower offset is the right one.
    rig.seek(2, "t-0", SeekTo::Offset(3));
    assert_eq!(rig.live(five), NOTHING);
    rig.give(Input::Polled);
    assert_eq!(rig.live(five), ["OffsetCommit@1 m-1 g1 t-0=3 (30s)"]);
    // Also if that is refused: what is stored above it holds nothing back.
    assert_eq!(rig.commit_refused(ErrorCode(9999)).len(), 1); // told
    assert_eq!(rig.live(five), ["OffsetCommit@1 m-1 g1 t-0=3 (30s)"]);
}

#[test]
fn commits_a_start_that_was_reset_is_committed_so_that_the_next_owner_begins_there_too() {
    let mut rig = Rig::joined(auto(), 1);
    rig.reply(synced("t-0"));
    rig.release();
    rig.reply(offsets(&[("t-0", -1)]));
    rig.reply(listed(&[("t-0", 77, ErrorCode::NONE)]));
    let shown = rig.pass_ms(5000);
    assert!(
        shown.contains(&"OffsetCommit@1 m-1 g1 t-0=77 (30s)".into()),
        "{shown:?}"
    );
}

/// Also if the first was not answered: it may land late, and no acknowledgement will ever tell that it cannot any more.
#[test]
fn commits_to_a_topic_that_is_gone_do_not_hold_a_revocation_up_for_minutes() {
    for is_answered in [true, false] {
        let mut rig = Rig::stable(config());
        rig.commit(1, "t-0=10");
        if !is_answered {
            rig.disconnect("OffsetCommit");
            rig.reply(found(1));
        }
        rig.pass_ms(3000);
        rig.reply(heartbeat(ErrorCode::REBALANCE_IN_PROGRESS));
        rig.release();
        let mut shown = Vec::new();
        while !rig.is_open("JoinGroup") {
            assert!(
                rig.now < Timestamp::from_millis(15_000),
                "{is_answered}: {shown:?}"
            );
            if rig.is_open("OffsetCommit") {
                shown.extend(rig.commit_refused(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
            }
            rig.live(Duration::from_millis(50));
        }
        let refused = "done 1: commit refused for t-0: UNKNOWN_TOPIC_OR_PARTITION (3)";
        assert!(shown.iter().any(|line| line == refused), "{shown:?}");
    }
}

#[test]
fn commits_that_cannot_be_are_refused_here() {
    let mut rig = Rig::stable(config());
    assert_eq!(
        rig.commit(1, "t-0=-5"),
        ["done 1: cannot commit offset -5 of t-0: an offset is never negative"]
    );
    assert_eq!(rig.commit(2, ""), ["done 2"]);
}

#[test]
fn commits_of_all_that_is_processed_wait_for_what_is_on_its_way() {
    let mut rig = Rig::reading(config());
    rig.fetch_brings(vec![records("t-0", 1, 8)]);
    rig.take(1);
    rig.give(Input::Polled);
    assert_eq!(
        rig.give(Input::CommitProcessed { call: CallId(1) }),
        ["OffsetCommit@1 m-1 g1 t-0=8 (30s)"]
    );
    assert_eq!(rig.give(Input::CommitProcessed { call: CallId(2) }), NOTHING);
    assert_eq!(rig.commit_stored(), ["done 1", "done 2"]);
    assert_eq!(rig.give(Input::CommitProcessed { call: CallId(3) }), ["done 3"]);
}

// ---- hand-over

#[test]
fn handover_what_was_not_taken_is_withdrawn_before_the_application_is_asked_to_finish() {
    let mut rig = Rig::reading(config());
    rig.fetch_brings(vec![records("t-0", 1, 8)]);
    rig.pass_ms(3000);
    assert_eq!(
        rig.reply(heartbeat(ErrorCode::REBALANCE_IN_PROGRESS)),
        ["discard 1", "revoking t-0 by 303.000s"]
    );
}

#[test]
fn handover_an_application_that_was_faster_than_the_withdrawal_counts() {
    let mut rig = Rig::reading(auto());
    rig.fetch_brings(vec![records("t-0", 1, 8)]);
    rig.pass_ms(3000);
    rig.reply(heartbeat(ErrorCode::REBALANCE_IN_PROGRESS));
    assert_eq!(rig.take(1), NOTHING);
    rig.give(Input::Polled);
    assert_eq!(rig.release(), ["OffsetCommit@1 m-1 g1 t-0=8 (30s)"]);
}

#[test]
fn handover_records_that_arrive_during_a_revocation_are_dropped() {
    let mut rig = Rig::reading(config());
    rig.pass_ms(3000);
    rig.reply(heartbeat(ErrorCode::REBALANCE_IN_PROGRESS));
    assert_eq!(rig.fetch_brings(vec![records("t-0", 1, 8)]), ["discard 1"]);
}

#[test]
fn handover_tickets_of_an_older_period_or_line_change_nothing() {
    let mut rig = Rig::reading(config());
    rig.fetch_brings(vec![records("t-0", 1, 8)]);
    rig.seek(1, "t-0", SeekTo::Offset(100));
    assert_eq!(rig.take(1), NOTHING);
    assert_eq!(rig.member.position(&tp("t-0")).unwrap().delivered, Some(100));
    assert_eq!(rig.take(77), NOTHING);
}

#[test]
fn handover_control_records_move_the_position_once_all_before_them_is_taken() {
    let mut rig = Rig::reading(config());
    rig.fetch_brings(vec![records("t-0", 1, 8)]);
    assert_eq!(rig.fetch_brings(vec![control("t-0", 2, 9)])[0], "discard 2");
    let delivered = |rig: &Rig| rig.member.position(&tp("t-0")).unwrap().delivered;
    assert_eq!(delivered(&rig), Some(5));
    rig.take(1);
    assert_eq!(delivered(&rig), Some(9));
}

#[test]
fn handover_control_records_at_the_end_are_processed_without_a_poll() {
    // Else a consumer that waits at the end of a transaction seems to lag behind it for ever.
    let mut rig = Rig::reading(auto());
    rig.give(Input::Waiting(true));
    rig.fetch_brings(vec![control("t-0", 2, 6)]);
    let view = rig.member.position(&tp("t-0")).unwrap();
    assert_eq!((view.delivered, view.processed), (Some(6), Some(6)));
    assert_eq!(
        rig.live(Duration::from_secs(5)),
        ["OffsetCommit@1 m-1 g1 t-0=6 (30s)"]
    );
}

#[test]
fn handover_records_that_cannot_be_read_put_the_position_back_and_stop_the_partition() {
    let mut rig = Rig::reading(config());
    rig.fetch_brings(vec![records("t-0", 1, 8)]);
    rig.fetch_brings(vec![records("t-0", 2, 12)]);
    rig.take(1);
    let broken = Input::Broken {
        ticket: Ticket(1),
        offset: 6,
        problem: "bad varint".into(),
    };
    assert_eq!(
        rig.give(broken),
        [
            "discard 2",
            "error: t-0: the records at offset 6 cannot be read: bad varint. The partition is stopped; seek past them to go on"
        ]
    );
    let view = rig.member.position(&tp("t-0")).unwrap();
    assert_eq!((view.delivered, view.stopped), (Some(6), true));
    assert!(
        rig.seek(1, "t-0", SeekTo::Offset(7))
            .last()
            .unwrap()
            .contains("t-0@7")
    );
}

// ---- guards

#[test]
fn guards_partitions_are_not_fetched_while_their_assignment_is_held() {
    let mut rig = Rig::joined(config(), 1);
    rig.reply(synced("t-0"));
    assert_eq!(rig.reply(offsets(&[("t-0", 5)])), NOTHING);
    assert_eq!(rig.seek(1, "t-0", SeekTo::Offset(9)), ["done 1"]);
    assert_eq!(rig.release(), ["Fetch@1 s0/0 t-0@9 (30s)"]);
}

#[test]
fn guards_nothing_is_reset_while_the_assignment_is_held() {
    let mut rig = Rig::joined(config(), 1);
    rig.reply(synced("t-0 t-1"));
    assert_eq!(rig.reply(offsets(&[("t-0", -1), ("t-1", -1)])), NOTHING);
    rig.seek(1, "t-0", SeekTo::Offset(9));
    assert_eq!(
        rig.release(),
        ["ListOffsets@1 t-1@-1 (30s)", "Fetch@1 s0/0 t-0@9 (30s)"]
    );
}

#[test]
fn guards_an_unheld_revocation_waits_until_the_rebalance_timeout_and_is_then_a_loss() {
    let mut rig = Rig::stable(MemberConfig {
        max_poll_interval: Duration::from_secs(8),
        ..config()
    });
    rig.give(Input::Waiting(true));
    rig.pass_ms(3000);
    assert_eq!(
        rig.reply(heartbeat(ErrorCode::REBALANCE_IN_PROGRESS)),
        ["revoking t-0 t-1 t-2 by 11.000s"]
    );
    for _ in 0..2 {
        rig.pass_ms(3000);
        rig.reply(heartbeat(ErrorCode::REBALANCE_IN_PROGRESS));
    }
    assert_eq!(rig.pass_ms(1999), NOTHING);
    assert_eq!(rig.pass_ms(1), ["lost t-0 t-1 t-2", "JoinGroup@1 id=m-1 (30s)"]);
    // A guard that is released after its deadline does nothing bad.
    assert_eq!(rig.release(), NOTHING);
}

#[test]
fn guards_a_guard_of_something_that_is_over_does_nothing() {
    let mut rig = Rig::joined(config(), 1);
    rig.reply(synced("t-0"));
    let assigned = rig.guard.unwrap();
    rig.pass_ms(3000);
    rig.reply(heartbeat(ErrorCode::REBALANCE_IN_PROGRESS));
    let revoking = rig.guard.unwrap();
    assert_ne!(assigned, revoking);
    assert_eq!(
        rig.give(Input::Released {
            guard: assigned,
            unwinding: false
        }),
        NOTHING
    );
    assert_eq!(
        rig.give(Input::Released {
            guard: GuardId(99),
            unwinding: true
        }),
        NOTHING
    );
    rig.pass_ms(3000);
    assert_eq!(
        rig.reply(heartbeat(ErrorCode::UNKNOWN_MEMBER_ID)),
        ["lost t-0", "JoinGroup@1 id= (305s)"]
    );
    assert_eq!(
        rig.give(Input::Released {
            guard: revoking,
            unwinding: false
        }),
        NOTHING
    );
    assert_eq!(
        rig.give(Input::Released {
            guard: revoking,
            unwinding: true
        }),
        NOTHING
    );
}

#[test]
fn guards_one_that_is_dropped_while_unwinding_is_not_acknowledged() {
    let mut rig = Rig::stable(auto());
    rig.pass_ms(3000);
    rig.reply(heartbeat(ErrorCode::REBALANCE_IN_PROGRESS));
    let guard = rig.guard.unwrap();
    assert_eq!(
        rig.give(Input::Released {
            guard,
            unwinding: true
        }),
        [
            "lost t-0 t-1 t-2",
            "LeaveGroup@1 m-1 \"the application failed while partitions were handed over\" (30s)"
        ]
    );
    assert_eq!(rig.member.state(), MemberState::Unjoined);
    rig.reply(left(ErrorCode::NONE));
    assert_eq!(rig.give(Input::Polled), ["JoinGroup@1 id= (305s)"]);
}

#[test]
fn rule_13_what_is_lost_is_never_revoked_and_not_committed() {
    let mut rig = Rig::reading(MemberConfig {
        auto_commit_interval: Some(Duration::from_secs(60)),
        ..config()
    });
    rig.fetch_brings(vec![records("t-0", 1, 8)]);
    rig.take(1);
    rig.give(Input::Polled);
    rig.pass_ms(3000);
    // The rebalance is learned, the application is asked to finish; then the member turns out to be gone.
    rig.reply(heartbeat(ErrorCode::REBALANCE_IN_PROGRESS));
    rig.pass_ms(3000);
    let shown = rig.reply(heartbeat(ErrorCode::ILLEGAL_GENERATION));
    assert_eq!(shown, ["lost t-0", "JoinGroup@1 id=m-1 (305s)"]);
    assert_eq!(rig.release(), NOTHING);
    assert!(!rig.is_open("OffsetCommit"));
}

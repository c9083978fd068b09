//! The numbered rules of the classic protocol and of all coordination, one or more tests each. `tests/rules.md` lists them with the
//! one-line break that made each fail.

use std::time::Duration;

use kohort_protocol::api::Request;
use kohort_protocol::api::fetch::EpochEndOffset;
use kohort_protocol::api::join_group::JoinGroupResponse;
use kohort_protocol::api::sync_group::SyncGroupResponse;
use kohort_protocol::{ErrorCode, GroupInstanceId, LeaderEpoch, Timestamp};

use super::rig::*;
use crate::member::{AutoOffsetReset, CallId, FetchedPartition, Input, MemberConfig, MemberState, SeekTo};

const NOTHING: [&str; 0] = [];

fn auto() -> MemberConfig {
    MemberConfig {
        auto_commit_interval: Some(Duration::from_secs(5)),
        ..config()
    }
}

// ---- 1: two steps

#[test]
fn rule_01_joins_again_at_once_with_the_id_it_was_given() {
    let mut rig = Rig::new(config());
    assert_eq!(
        rig.give(Input::Start),
        ["FindCoordinator@any g (30s)", "metadata t"]
    );
    assert_eq!(rig.metadata(topics(&[("t", 3)])), NOTHING);
    assert_eq!(
        rig.reply(found(1)),
        ["learned 1 h:9001", "JoinGroup@1 id= (305s)"]
    );
    assert_eq!(rig.member.state(), MemberState::PreparingRebalance);
    assert_eq!(rig.reply(take_id("m-1")), ["JoinGroup@1 id=m-1 (305s)"]);
    assert_eq!(
        rig.reply(lead(1, "m-1", &[("m-1", "t"), ("m-2", "t")])),
        ["SyncGroup@1 m-1 g1 m-1=[t-0 t-1] m-2=[t-2] (30s)"]
    );
    assert_eq!(rig.member.state(), MemberState::CompletingRebalance);
    assert_eq!(
        rig.reply(synced("t-0 t-1")),
        ["assigned t-0 t-1 in 1", "OffsetFetch@1 t-0 t-1 (30s)"]
    );
    assert_eq!(rig.member.state(), MemberState::Stable);
}

#[test]
fn rule_01_a_second_demand_for_an_id_is_not_obeyed_at_full_speed() {
    let mut rig = Rig::started(config());
    rig.reply(take_id("m-1"));
    assert_eq!(rig.reply(take_id("m-2")), NOTHING);
    assert_eq!(rig.pass_ms(120), ["JoinGroup@1 id=m-1 (305s)"]);
}

// ---- 2: what keeps the id, what drops it

#[test]
fn rule_02_keeps_member_id_over_disconnect_in_join() {
    let mut rig = Rig::started(config());
    rig.reply(take_id("m-1"));
    assert_eq!(rig.disconnect("JoinGroup"), ["FindCoordinator@any g (30s)"]);
    assert_eq!(rig.member.member_id().as_str(), "m-1");
    rig.reply(found(2));
    assert_eq!(rig.pass_ms(120), ["JoinGroup@2 id=m-1 (305s)"]);
}

#[test]
fn rule_02_keeps_member_id_over_disconnect_in_sync() {
    let mut rig = Rig::joined(config(), 1);
    assert_eq!(rig.disconnect("SyncGroup"), ["FindCoordinator@any g (30s)"]);
    rig.reply(found(2));
    assert_eq!(rig.pass_ms(120), ["JoinGroup@2 id=m-1 (305s)"]);
}

#[test]
fn rule_02_illegal_generation_drops_the_generation_and_keeps_the_id() {
    let mut rig = Rig::stable(config());
    rig.pass_ms(3000);
    assert_eq!(
        rig.reply(heartbeat(ErrorCode::ILLEGAL_GENERATION)),
        ["lost t-0 t-1 t-2", "JoinGroup@1 id=m-1 (305s)"]
    );
    assert_eq!(rig.member.generation().0, -1);
}

#[test]
fn rule_02_unknown_member_id_drops_both() {
    let mut rig = Rig::stable(config());
    rig.pass_ms(3000);
    assert_eq!(
        rig.reply(heartbeat(ErrorCode::UNKNOWN_MEMBER_ID)),
        ["lost t-0 t-1 t-2", "JoinGroup@1 id= (305s)"]
    );
}

#[test]
fn rule_02_in_join_and_sync_too() {
    let mut rig = Rig::started(config());
    rig.reply(take_id("m-1"));
    assert_eq!(
        rig.reply(join_error(ErrorCode::UNKNOWN_MEMBER_ID)),
        ["JoinGroup@1 id= (305s)"]
    );
    let mut rig = Rig::joined(config(), 1);
    assert_eq!(
        rig.reply(sync_error(ErrorCode::UNKNOWN_MEMBER_ID)),
        ["JoinGroup@1 id= (305s)"]
    );
    let mut rig = Rig::joined(config(), 1);
    assert_eq!(
        rig.reply(sync_error(ErrorCode::ILLEGAL_GENERATION)),
        ["JoinGroup@1 id=m-1 (305s)"]
    );
}

// ---- 3: answers to what was asked in an older round

#[test]
fn rule_03_a_heartbeat_answer_of_an_older_generation_changes_nothing() {
    for code in [
        ErrorCode::UNKNOWN_MEMBER_ID,
        ErrorCode::ILLEGAL_GENERATION,
        ErrorCode::FENCED_INSTANCE_ID,
    ] {
        let mut rig = Rig::joined(config(), 1);
        rig.pass_ms(3000);
        let old = rig.token("Heartbeat");
        rig.reply(sync_error(ErrorCode::REBALANCE_IN_PROGRESS));
        rig.reply(lead(2, "m-1", &[("m-1", "t")]));
        rig.reply(synced("t-0"));
        assert_eq!(rig.answer(old, Ok(heartbeat(code).into())), NOTHING);
        assert_eq!(rig.member.state(), MemberState::Stable);
        assert_eq!(rig.member.generation().0, 2);
    }
}

#[test]
fn rule_03_a_commit_answer_of_an_older_generation_changes_nothing_but_answers_its_caller() {
    let mut rig = Rig::stable(config());
    rig.commit(7, "t-0=5");
    let Request::OffsetCommit(old) = rig.request("OffsetCommit").1 else {
        unreachable!()
    };
    rig.pass_ms(3000);
    rig.reply(heartbeat(ErrorCode::ILLEGAL_GENERATION));
    rig.reply(lead(2, "m-1", &[("m-1", "t")]));
    rig.reply(synced("t-0"));
    let answer = committed(&old, ErrorCode::UNKNOWN_MEMBER_ID);
    let shown = rig.reply(answer);
    assert_eq!(
        shown,
        [
            "done 7: fenced: t-0 not ours any more, or gained anew since; its owner continues from the last commit"
        ]
    );
    assert_eq!(rig.member.member_id().as_str(), "m-1");
    assert_eq!(rig.member.state(), MemberState::Stable);
}

// ---- 4: how long a join may take

#[test]
fn rule_04_a_join_waits_for_the_rebalance_timeout_and_five_seconds_more() {
    let mut rig = Rig::started(config());
    assert_eq!(rig.reply(take_id("m-1")), ["JoinGroup@1 id=m-1 (305s)"]);
    let quick = MemberConfig {
        max_poll_interval: Duration::from_secs(10),
        ..config()
    };
    let mut rig = Rig::started(quick);
    assert_eq!(rig.reply(take_id("m-1")), ["JoinGroup@1 id=m-1 (30s)"]);
}

// ---- 5: heartbeats

#[test]
fn rule_05_heartbeats_run_from_a_successful_join_on() {
    let mut rig = Rig::joined(config(), 1);
    assert_eq!(rig.pass_ms(2999), NOTHING);
    assert_eq!(rig.pass_ms(1), ["Heartbeat@1 m-1 g1 (3.5s)"]);
    assert_eq!(rig.reply(heartbeat(ErrorCode::NONE)), NOTHING);
    assert_eq!(rig.pass_ms(3000), ["Heartbeat@1 m-1 g1 (3.5s)"]);
}

#[test]
fn rule_05_rebalance_in_progress_is_a_live_heartbeat_and_no_reason_to_rejoin_while_completing() {
    let mut rig = Rig::joined(config(), 1);
    for _ in 0..5 {
        // 15 s, longer than the session: each answer renews the lease.
        assert_eq!(rig.pass_ms(3000), ["Heartbeat@1 m-1 g1 (3.5s)"]);
        assert_eq!(rig.reply(heartbeat(ErrorCode::REBALANCE_IN_PROGRESS)), NOTHING);
    }
    assert_eq!(rig.member.state(), MemberState::CompletingRebalance);
}

#[test]
fn rule_05_from_stable_it_rejoins_and_beats_on_while_the_application_finishes() {
    let mut rig = Rig::stable(config());
    rig.reply(offsets(&[("t-0", 1), ("t-1", 1), ("t-2", 1)]));
    rig.pass_ms(3000);
    assert_eq!(
        rig.reply(heartbeat(ErrorCode::REBALANCE_IN_PROGRESS)),
        ["revoking t-0 t-1 t-2 by 303.000s"]
    );
    for _ in 0..5 {
        assert_eq!(rig.pass_ms(3000), ["Heartbeat@1 m-1 g1 (3.5s)"]);
        assert_eq!(rig.reply(heartbeat(ErrorCode::REBALANCE_IN_PROGRESS)), NOTHING);
    }
    assert_eq!(rig.release(), ["JoinGroup@1 id=m-1 (305s)"]);
}

// ---- 6: two timers

#[test]
fn rule_06_a_session_that_expires_here_makes_the_coordinator_unknown() {
    let mut rig = Rig::stable(config());
    assert_eq!(rig.pass_ms(3000), ["Heartbeat@1 m-1 g1 (3.5s)"]);
    // 10 s after the join: nothing was acknowledged since. Ids and assignment stay.
    let shown = rig.pass_ms(7000);
    assert_eq!(shown, ["abandon", "abandon", "FindCoordinator@any g (30s)"]);
    assert_eq!(rig.member.coordinator(), None);
    assert_eq!(rig.member.state(), MemberState::Stable);
    let shown = rig.reply(found(2));
    assert_eq!(shown[..2], ["learned 2 h:9002", "Heartbeat@2 m-1 g1 (5s)"]);
}

#[test]
fn rule_06_an_application_that_does_not_poll_leaves_and_rejoins_with_its_next_poll() {
    let mut rig = Rig::started(MemberConfig {
        max_poll_interval: Duration::from_secs(4),
        ..config()
    });
    rig.reply(take_id("m-1"));
    rig.reply(lead(1, "m-1", &[("m-1", "t")]));
    rig.reply(synced("t-0"));
    rig.release();
    rig.pass_ms(3000);
    rig.reply(heartbeat(ErrorCode::NONE));
    assert_eq!(
        rig.pass_ms(1000),
        [
            "error: group g: no poll for 4000 ms, longer than max.poll.interval.ms (4000): the member left the group and rejoins with \
             the next poll. Process fewer records between polls, or raise max.poll.interval.ms",
            "lost t-0",
            "LeaveGroup@1 m-1 \"max.poll.interval.ms was exceeded\" (30s)",
        ]
    );
    assert_eq!(rig.member.state(), MemberState::Unjoined);
    assert_eq!(rig.reply(left(ErrorCode::NONE)), NOTHING);
    assert_eq!(rig.pass_ms(60_000), NOTHING);
    assert_eq!(rig.give(Input::Polled), ["JoinGroup@1 id= (30s)"]);
}

/// Two JoinGroup requests without an id would make it two members, and the id of a forgotten one holds up the group.
#[test]
fn rule_06_a_first_join_that_was_left_parked_is_taken_up_by_the_next_poll() {
    let mut rig = Rig::started(MemberConfig {
        max_poll_interval: Duration::from_secs(4),
        ..config()
    });
    assert_eq!(rig.pass_ms(4000).len(), 1); // no poll for too long
    assert_eq!(rig.give(Input::Polled), NOTHING);
    assert_eq!(rig.reply(take_id("m-1")), ["JoinGroup@1 id=m-1 (30s)"]);
}

#[test]
fn rule_06_waiting_inside_the_client_counts_as_polling() {
    let mut rig = Rig::stable(MemberConfig {
        max_poll_interval: Duration::from_secs(4),
        ..config()
    });
    rig.give(Input::Waiting(true));
    rig.sleep(Duration::from_secs(60));
    let shown = rig.give(Input::Waiting(false));
    assert!(!shown.iter().any(|line| line.contains("LeaveGroup")), "{shown:?}");
    let shown = rig.pass_ms(4000);
    assert!(
        shown.iter().any(|line| line.contains("no poll for 4000 ms")),
        "{shown:?}"
    );
}

#[test]
fn rule_06_a_static_member_does_not_leave() {
    let instance = Some(GroupInstanceId::from("i"));
    let slow = MemberConfig {
        max_poll_interval: Duration::from_secs(4),
        group_instance_id: instance,
        ..config()
    };
    let mut rig = Rig::started(slow);
    rig.reply(lead(1, "m-1", &[("m-1", "t")]));
    rig.reply(synced("t-0"));
    let shown = rig.pass_ms(4000);
    assert_eq!(shown.last().unwrap(), "lost t-0");
    assert!(!rig.is_open("LeaveGroup"));
}

/// Its answer may be lost: the next would wait for a whole request timeout, and the group with it.
#[test]
fn rule_06_a_goodbye_does_not_wait_for_the_answer_to_another() {
    let mut rig = Rig::stable(MemberConfig {
        max_poll_interval: Duration::from_secs(4),
        ..config()
    });
    rig.pass_ms(4000);
    assert!(rig.is_open("LeaveGroup"));
    rig.give(Input::Polled);
    rig.reply(take_id("m-2"));
    assert_eq!(
        rig.pass_ms(4000)[1..],
        [
            "abandon",
            "LeaveGroup@1 m-2 \"max.poll.interval.ms was exceeded\" (30s)"
        ]
    );
}

/// A broker that admits us again and again, and has forgotten what it said when it hears a goodbye.
#[test]
fn rule_06_goodbyes_that_nobody_hears_do_not_pile_up() {
    let mut rig = Rig::started(MemberConfig {
        max_poll_interval: Duration::from_secs(4),
        ..config()
    });
    let mut said = Vec::new();
    for turn in 1..=20 {
        rig.reply(take_id(&format!("m-{turn}")));
        rig.pass_ms(4000);
        while rig.is_open("LeaveGroup") {
            let leave = rig.token("LeaveGroup");
            rig.answer(leave, Ok(left(ErrorCode::NOT_COORDINATOR).into()));
        }
        rig.give(Input::Polled);
        said = rig.reply(found(1));
        said.retain(|line| line.starts_with("LeaveGroup"));
    }
    assert_eq!(said.len(), 8, "{said:#?}");
    assert!(said[7].contains("m-20"), "{said:#?}");
}

// ---- 9: a join that nobody waits for

#[test]
fn rule_09_a_join_that_succeeds_in_another_state_is_not_synced() {
    let mut rig = Rig::started(MemberConfig {
        max_poll_interval: Duration::from_secs(4),
        ..config()
    });
    rig.reply(take_id("m-1"));
    let join = rig.token("JoinGroup");
    let shown = rig.pass_ms(4000);
    assert_eq!(
        shown[1..],
        [
            "abandon",
            "LeaveGroup@1 m-1 \"max.poll.interval.ms was exceeded\" (30s)"
        ]
    );
    assert_eq!(rig.answer(join, Ok(follow(1, "m-1").into())), NOTHING);
    assert_eq!(rig.member.state(), MemberState::Unjoined);
}

#[test]
fn rule_09_not_even_when_its_answer_was_waited_for() {
    // We left before the first JoinGroup was answered. It succeeds in one step, as old brokers have it: the id is given back.
    let mut rig = Rig::started(MemberConfig {
        max_poll_interval: Duration::from_secs(4),
        ..config()
    });
    rig.pass_ms(4000);
    assert_eq!(
        rig.reply(follow(1, "m-1")),
        ["LeaveGroup@1 m-1 \"left before it knew its id\" (30s)"]
    );
    assert_eq!(rig.member.state(), MemberState::Unjoined);
}

// ---- 10: an assignment that we did not ask for

#[test]
fn rule_10_an_assignment_outside_the_subscription_is_not_consumed_but_rejoined() {
    let mut rig = Rig::joined(config(), 1);
    assert_eq!(rig.reply(synced("t-0 other-0")), ["JoinGroup@1 id=m-1 (305s)"]);
    assert_eq!(rig.member.assignment().count(), 0);
    // A leader that insists is not asked at full speed.
    rig.reply(follow(2, "m-1"));
    assert_eq!(rig.reply(synced("other-0")), NOTHING);
    assert_eq!(rig.pass_ms(120), ["JoinGroup@1 id=m-1 (305s)"]);
}

// ---- 11: eager

#[test]
fn rule_11_commits_what_is_processed_before_it_revokes_and_joins() {
    let mut rig = Rig::reading(auto());
    rig.fetch_brings(vec![records("t-0", 1, 8)]);
    rig.take(1);
    rig.give(Input::Polled);
    rig.pass_ms(3000);
    let shown = rig.reply(heartbeat(ErrorCode::REBALANCE_IN_PROGRESS));
    assert_eq!(shown, ["revoking t-0 by 303.000s"]);
    assert_eq!(rig.release(), ["OffsetCommit@1 m-1 g1 t-0=8 (30s)"]);
    assert_eq!(rig.commit_stored(), ["JoinGroup@1 id=m-1 (305s)"]);
}

#[test]
fn rule_11_a_retriable_commit_error_is_retried_until_the_rebalance_timeout() {
    let mut rig = Rig::stable(MemberConfig {
        max_poll_interval: Duration::from_secs(6),
        ..config()
    });
    rig.give(Input::Waiting(true));
    rig.commit(1, "t-0=8");
    rig.pass_ms(3000);
    rig.reply(heartbeat(ErrorCode::REBALANCE_IN_PROGRESS));
    assert_eq!(rig.release(), NOTHING);
    assert_eq!(
        rig.commit_refused(ErrorCode::COORDINATOR_LOAD_IN_PROGRESS),
        NOTHING
    );
    assert_eq!(rig.pass_ms(120), ["OffsetCommit@1 m-1 g1 t-0=8 (30s)"]);
    rig.commit_refused(ErrorCode::COORDINATOR_LOAD_IN_PROGRESS);
    rig.pass_ms(2880);
    rig.reply(heartbeat(ErrorCode::NONE));
    // It never succeeds: 6 s after the rebalance was learned the round goes on without.
    let mut shown = Vec::new();
    while rig.now < Timestamp::from_millis(9000) {
        shown.extend(rig.pass_ms(50));
        if rig.is_open("OffsetCommit") {
            shown.extend(rig.commit_refused(ErrorCode::COORDINATOR_LOAD_IN_PROGRESS));
        }
        if rig.is_open("Heartbeat") {
            shown.extend(rig.reply(heartbeat(ErrorCode::NONE)));
        }
    }
    assert_eq!(
        shown[shown.len() - 2..],
        [
            "done 1: fenced: t-0 not ours any more, or gained anew since; its owner continues from the last commit",
            "JoinGroup@1 id=m-1 (30s)"
        ]
    );
}

#[test]
fn rule_11_a_fatal_commit_error_is_told_and_passed_over() {
    let mut rig = Rig::reading(auto());
    rig.fetch_brings(vec![records("t-0", 1, 8)]);
    rig.take(1);
    rig.give(Input::Polled);
    rig.pass_ms(3000);
    rig.reply(heartbeat(ErrorCode::REBALANCE_IN_PROGRESS));
    rig.release();
    let shown = rig.commit_refused(ErrorCode::GROUP_AUTHORIZATION_FAILED);
    assert_eq!(
        shown,
        [
            "error: group g: OffsetCommit was refused: GROUP_AUTHORIZATION_FAILED (30). The principal needs READ on the group: add an ACL",
            "JoinGroup@1 id=m-1 (305s)"
        ]
    );
}

// ---- 17: the protocol that was agreed

#[test]
fn rule_17_checks_the_protocol_type_of_the_join() {
    let mut rig = Rig::started(config());
    rig.reply(take_id("m-1"));
    let shown = rig.reply(JoinGroupResponse {
        protocol_type: Some("connect".into()),
        ..follow(1, "m-1")
    });
    assert_eq!(
        shown[0],
        "error: group g: JoinGroup was answered for a group of type \"connect\", but this member is of type \"consumer\": choose \
         another group.id"
    );
    assert_eq!(
        shown[1],
        "LeaveGroup@1 m-1 \"the consumer stops because of an error\" (30s)"
    );
    let shown = rig.reply(left(ErrorCode::NONE));
    assert!(
        shown
            .last()
            .unwrap()
            .starts_with("closed: group g: JoinGroup was answered"),
        "{shown:?}"
    );
    let mut rig = Rig::started(config());
    rig.reply(take_id("m-1"));
    let shown = rig.reply(JoinGroupResponse {
        protocol_name: Some("sticky".into()),
        ..follow(1, "m-1")
    });
    assert!(
        shown[0].contains("the assignor \"sticky\", which this member did not offer"),
        "{shown:?}"
    );
    // Below v7 there is no type.
    let mut rig = Rig::started(config());
    rig.reply(take_id("m-1"));
    let shown = rig.reply(JoinGroupResponse {
        protocol_type: None,
        ..follow(1, "m-1")
    });
    assert_eq!(shown, ["SyncGroup@1 m-1 g1  (30s)"]);
}

#[test]
fn rule_17_checks_the_protocol_type_and_name_of_the_sync() {
    for (kind, name) in [
        (Some("connect"), Some("range")),
        (Some("consumer"), Some("roundrobin")),
    ] {
        let mut rig = Rig::joined(config(), 1);
        let answer = SyncGroupResponse {
            protocol_type: kind.map(Into::into),
            protocol_name: name.map(Into::into),
            ..synced("t-0")
        };
        let shown = rig.reply(answer);
        assert!(
            shown[0].starts_with("error: group g: SyncGroup was answered for type"),
            "{shown:?}"
        );
    }
    let mut rig = Rig::joined(config(), 1);
    let old = SyncGroupResponse {
        protocol_type: None,
        protocol_name: None,
        ..synced("t-0")
    };
    assert_eq!(rig.reply(old)[0], "assigned t-0 in 1");
}

// ---- 18: whose commit it is

#[test]
fn rule_18_a_commit_is_stamped_when_it_is_sent() {
    let mut rig = Rig::stable(config());
    rig.commit(1, "t-0=5");
    rig.commit_of(2, "t-1=6", None); // waits behind the first
    rig.pass_ms(3000);
    rig.reply(heartbeat(ErrorCode::REBALANCE_IN_PROGRESS));
    rig.release();
    assert_eq!(
        rig.commit_stored(),
        ["done 1", "OffsetCommit@1 m-1 g1 t-1=6 (30s)"]
    );
    assert_eq!(rig.commit_stored(), ["done 2", "JoinGroup@1 id=m-1 (305s)"]);
    rig.reply(lead(9, "m-1", &[("m-1", "t")]));
    rig.reply(synced("t-0"));
    assert_eq!(
        rig.commit_of(3, "t-1=7", None),
        ["OffsetCommit@1 m-1 g9 t-1=7 (30s)"]
    );
}

#[test]
fn rule_18_without_a_stable_generation_it_fails_here() {
    let rebalancing = "done 1: the group is rebalancing: commit again after the next assignment";
    let mut rig = Rig::started(config());
    assert_eq!(rig.commit_of(1, "t-0=5", None), [rebalancing]);
    let mut rig = Rig::joined(config(), 1);
    assert_eq!(rig.commit_of(1, "t-0=5", None), [rebalancing]);
    let mut rig = Rig::stable(MemberConfig {
        max_poll_interval: Duration::from_secs(2),
        ..config()
    });
    rig.pass_ms(2000);
    assert_eq!(
        rig.commit_of(1, "t-0=5", None),
        ["done 1: not a member of the group at the moment: poll again to rejoin, then commit"]
    );
}

#[test]
fn rule_18_a_static_member_names_its_instance() {
    let instance = Some(GroupInstanceId::from("i"));
    let mut rig = Rig::started(MemberConfig {
        group_instance_id: instance.clone(),
        ..config()
    });
    rig.reply(lead(1, "m-1", &[("m-1", "t")]));
    rig.reply(synced("t-0"));
    rig.commit(1, "t-0=5");
    let Request::OffsetCommit(commit) = rig.request("OffsetCommit").1 else {
        unreachable!()
    };
    assert_eq!(commit.group_instance_id, instance);
}

// ---- 19: a commit while the round completes

#[test]
fn rule_19_rebalance_in_progress_answers_the_caller_and_asks_for_a_rejoin_without_a_reset() {
    let mut rig = Rig::stable(config());
    rig.commit(1, "t-0=5");
    assert_eq!(
        rig.commit_refused(ErrorCode::REBALANCE_IN_PROGRESS),
        [
            "done 1: the group is rebalancing: commit again after the next assignment",
            "revoking t-0 t-1 t-2 by 300.000s"
        ]
    );
    assert_eq!(rig.member.generation().0, 1);
    assert_eq!(rig.release(), ["JoinGroup@1 id=m-1 (305s)"]);
}

// ---- 23: close

#[test]
fn rule_23_close_finishes_commits_and_then_leaves() {
    let mut rig = Rig::reading(auto());
    rig.fetch_brings(vec![records("t-0", 1, 8)]);
    rig.take(1);
    rig.give(Input::Polled);
    rig.commit_of(4, "t-1=3", None);
    let deadline = rig.now + Duration::from_secs(30);
    assert_eq!(
        rig.give(Input::Close {
            commit: true,
            deadline
        }),
        NOTHING
    ); // the first is on its way
    assert_eq!(
        rig.commit_stored(),
        ["done 4", "OffsetCommit@1 m-1 g1 t-0=8 (30s)"]
    );
    assert_eq!(
        rig.commit_stored(),
        ["LeaveGroup@1 m-1 \"the consumer is being closed\" (30s)"]
    );
    // The long poll is given up.
    assert_eq!(rig.reply(left(ErrorCode::NONE)), ["abandon", "closed"]);
    assert_eq!(rig.member.deadline(), None);
}

#[test]
fn rule_23_close_without_a_coordinator_ends_at_its_deadline() {
    let mut rig = Rig::stable(config());
    rig.pass_ms(3000);
    rig.commit(1, "t-0=5");
    rig.disconnect("Heartbeat");
    let deadline = rig.now + Duration::from_secs(2);
    assert_eq!(
        rig.give(Input::Close {
            commit: true,
            deadline
        }),
        NOTHING
    );
    let mut shown = Vec::new();
    for _ in 0..40 {
        if rig.is_open("FindCoordinator") {
            shown.extend(rig.reply(not_found(ErrorCode::COORDINATOR_NOT_AVAILABLE)));
        }
        shown.extend(rig.pass_ms(50));
    }
    assert_eq!(rig.now, deadline);
    let closed = "closed: group g: the time to close was over before the last commit was done; the group goes on when the session ends";
    assert_eq!(shown.last().unwrap(), closed);
    assert!(shown.iter().any(|line| line.starts_with("done 1: ")), "{shown:?}");
}

#[test]
fn rule_23_close_with_a_parked_join_gives_it_up_and_leaves() {
    let mut rig = Rig::started(config());
    rig.reply(take_id("m-1"));
    let deadline = rig.now + Duration::from_secs(30);
    assert_eq!(
        rig.give(Input::Close {
            commit: true,
            deadline
        }),
        [
            "abandon",
            "LeaveGroup@1 m-1 \"the consumer is being closed\" (30s)"
        ]
    );
    assert_eq!(rig.reply(left(ErrorCode::UNKNOWN_MEMBER_ID)), ["closed"]);
}

#[test]
fn rule_23_close_waits_for_the_id_it_is_about_to_be_given_and_gives_it_back() {
    let mut rig = Rig::started(config());
    let deadline = rig.now + Duration::from_secs(30);
    assert_eq!(
        rig.give(Input::Close {
            commit: true,
            deadline
        }),
        NOTHING
    );
    assert_eq!(
        rig.reply(take_id("m-1")),
        ["LeaveGroup@1 m-1 \"left before it knew its id\" (30s)"]
    );
    assert_eq!(rig.reply(left(ErrorCode::NONE)), ["closed"]);
}

#[test]
fn rule_23_a_goodbye_waits_for_a_coordinator_longer_than_a_session() {
    let mut rig = Rig::stable(MemberConfig {
        max_poll_interval: Duration::from_secs(4),
        ..config()
    });
    rig.pass_ms(3000);
    rig.disconnect("Heartbeat");
    rig.pass_ms(1000); // the application is away, and nobody is there to be told
    rig.pass_ms(11_000);
    let deadline = rig.now + Duration::from_secs(2);
    assert_eq!(
        rig.give(Input::Close {
            commit: true,
            deadline
        }),
        NOTHING
    );
    // Whoever took over in between gave us our whole session anew.
    assert_eq!(
        rig.reply(found(2)),
        [
            "learned 2 h:9002",
            "LeaveGroup@2 m-1 \"max.poll.interval.ms was exceeded\" (30s)"
        ]
    );
}

// ---- 24: unstable offsets

#[test]
fn rule_24_an_unstable_offset_is_asked_for_again_and_again_and_never_reset() {
    let mut rig = Rig::joined(
        MemberConfig {
            auto_offset_reset: AutoOffsetReset::Earliest,
            ..config()
        },
        1,
    );
    rig.reply(synced("t-0"));
    let Request::OffsetFetch(asked) = rig.request("OffsetFetch").1 else {
        unreachable!()
    };
    assert!(asked.require_stable);
    rig.release();
    rig.give(Input::Waiting(true));
    for _ in 0..30 {
        let unstable = offsets_with(&[("t-0", -1, ErrorCode::UNSTABLE_OFFSET_COMMIT)]);
        let shown = rig.reply(unstable);
        assert!(
            shown
                .iter()
                .all(|line| line.starts_with("error: group g: reading a partition failed")),
            "{shown:?}"
        );
        rig.pass_ms(1000);
        if rig.is_open("Heartbeat") {
            rig.reply(heartbeat(ErrorCode::NONE));
        }
        assert!(rig.is_open("OffsetFetch") && !rig.is_open("ListOffsets"));
    }
    assert_eq!(rig.reply(offsets(&[("t-0", 5)])), ["Fetch@1 s0/0 t-0@5 (30s)"]);
}

// ---- 61: retriable errors

#[test]
fn rule_61_retriable_coordinator_errors_are_retried_with_backoff_and_told_after_ten() {
    let mut rig = Rig::new(config());
    rig.give(Input::Start);
    rig.metadata(topics(&[("t", 3)]));
    let mut waits = Vec::new();
    let mut told = Vec::new();
    for _ in 0..25 {
        told.extend(rig.reply(not_found(ErrorCode::COORDINATOR_NOT_AVAILABLE)));
        let from = rig.now;
        rig.now = rig.member.deadline().unwrap();
        waits.push(rig.now.since(from).as_millis());
        assert_eq!(rig.give(Input::Tick), ["FindCoordinator@any g (30s)"]);
    }
    for (wait, expected) in waits.iter().zip([100, 200, 400, 800, 1000, 1000]) {
        assert!(
            (expected * 8 / 10..=expected * 12 / 10).contains(wait),
            "{waits:?}"
        );
    }
    assert_eq!(
        told,
        [
            "error: group g: finding the group's coordinator failed 10 times in a row, last: COORDINATOR_NOT_AVAILABLE (15); still trying",
            "error: group g: finding the group's coordinator failed 20 times in a row, last: COORDINATOR_NOT_AVAILABLE (15); still trying",
        ]
    );
}

#[test]
fn rule_61_an_authorization_error_reaches_the_user() {
    let mut rig = Rig::new(config());
    rig.give(Input::Start);
    let shown = rig.reply(not_found(ErrorCode::GROUP_AUTHORIZATION_FAILED));
    let refused = "group g: FindCoordinator was refused: GROUP_AUTHORIZATION_FAILED (30). The principal needs READ on the group: add an ACL";
    assert_eq!(shown, [format!("error: {refused}"), format!("closed: {refused}")]);
}

#[test]
fn rule_61_a_disconnect_on_a_group_request_makes_the_coordinator_unknown() {
    for api in ["Heartbeat", "OffsetCommit", "OffsetFetch"] {
        let mut rig = Rig::stable(config());
        rig.pass_ms(3000);
        rig.commit(1, "t-0=5");
        let shown = rig.disconnect(api);
        assert!(
            shown.contains(&"FindCoordinator@any g (30s)".into()),
            "{api}: {shown:?}"
        );
        assert_eq!(rig.member.state(), MemberState::Stable);
        assert_eq!(rig.member.assignment().count(), 3);
    }
}

#[test]
fn rule_61_a_coordinator_that_always_says_it_is_none_is_not_asked_at_full_speed() {
    let mut rig = Rig::started(config());
    let mut joins = 0;
    while rig.now < Timestamp::from_millis(20_000) {
        if rig.is_open("JoinGroup") {
            joins += 1;
            rig.reply(join_error(ErrorCode::NOT_COORDINATOR));
        }
        if rig.is_open("FindCoordinator") {
            rig.reply(found(1));
        }
        rig.pass_ms(10);
    }
    assert!((20..30).contains(&joins), "{joins}");
}

// ---- 63: positions

#[test]
fn rule_63_nothing_is_committed_beyond_what_was_handed_out_and_processed() {
    let mut rig = Rig::reading(auto());
    rig.fetch_brings(vec![records("t-0", 1, 8)]);
    rig.fetch_brings(vec![records("t-0", 2, 11)]);
    let view = |rig: &Rig| {
        let view = rig.member.position(&tp("t-0")).unwrap();
        (view.delivered, view.processed)
    };
    assert_eq!(view(&rig), (Some(5), Some(5)));
    rig.take(1);
    assert_eq!(view(&rig), (Some(8), Some(5)));
    assert_eq!(rig.give(Input::CommitProcessed { call: CallId(1) }), ["done 1"]);
    rig.give(Input::Polled);
    assert_eq!(view(&rig), (Some(8), Some(8)));
    assert_eq!(
        rig.give(Input::CommitProcessed { call: CallId(2) }),
        ["OffsetCommit@1 m-1 g1 t-0=8 (30s)"]
    );
    let Request::OffsetCommit(commit) = rig.request("OffsetCommit").1 else {
        unreachable!()
    };
    assert_eq!(
        commit.topics[0].partitions[0].committed_leader_epoch,
        LeaderEpoch(1)
    );
    assert_eq!(rig.commit_stored(), ["done 2"]);
}

/// Read again from an earlier place, the position comes by where it was before: the application is not done with what it has now.
#[test]
fn rule_63_control_records_behind_what_is_read_again_wait_for_the_application() {
    let mut rig = Rig::reading(config());
    rig.fetch_brings(vec![records("t-0", 1, 8)]);
    rig.take(1);
    rig.give(Input::Polled);
    rig.give(Input::Seek {
        call: CallId(1),
        partition: tp("t-0"),
        to: SeekTo::Offset(6),
    });
    rig.fetch_brings(vec![records("t-0", 2, 8)]);
    rig.take(2);
    rig.fetch_brings(vec![control("t-0", 3, 12)]);
    assert_eq!(rig.member.position(&tp("t-0")).unwrap().processed, Some(8));
    rig.give(Input::Polled);
    assert_eq!(rig.member.position(&tp("t-0")).unwrap().processed, Some(12));
}

#[test]
fn rule_63_a_seek_and_a_reset_carry_no_epoch() {
    let mut rig = Rig::reading(config());
    rig.seek(1, "t-0", SeekTo::Offset(100));
    let Request::Fetch(fetch) = rig.request("Fetch").1 else {
        unreachable!()
    };
    let asked = &fetch.topics[0].partitions[0];
    assert_eq!(
        (asked.fetch_offset, asked.last_fetched_epoch),
        (100, LeaderEpoch::NONE)
    );
    rig.seek(2, "t-0", SeekTo::Beginning);
    rig.reply(listed(&[("t-0", 3, ErrorCode::NONE)]));
    assert_eq!(
        rig.member.position(&tp("t-0")).unwrap().leader_epoch,
        LeaderEpoch::NONE
    );
    // What was read carries the epoch of its last batch.
    let mut rig = Rig::reading(config());
    rig.fetch_brings(vec![records("t-0", 1, 8)]);
    let Request::Fetch(fetch) = rig.request("Fetch").1 else {
        unreachable!()
    };
    let asked = &fetch.topics[0].partitions[0];
    assert_eq!(
        (asked.fetch_offset, asked.last_fetched_epoch),
        (8, LeaderEpoch(1))
    );
}

// ---- 64: no position

fn starting(reset: AutoOffsetReset) -> Rig {
    let mut rig = Rig::joined(
        MemberConfig {
            auto_offset_reset: reset,
            ..config()
        },
        1,
    );
    rig.reply(synced("t-0 t-1"));
    rig.release();
    rig
}

#[test]
fn rule_64_no_committed_offset_and_no_policy_is_an_error_that_names_the_partitions() {
    let mut rig = starting(AutoOffsetReset::None);
    assert_eq!(
        rig.reply(offsets(&[("t-0", -1), ("t-1", -1)])),
        [
            "error: group g: no committed offset for t-0, t-1, and auto.offset.reset is none: seek, commit a start offset, or choose \
             earliest or latest"
        ]
    );
    assert!(rig.member.position(&tp("t-0")).unwrap().stopped);
    assert_eq!(
        rig.seek(1, "t-0", SeekTo::Offset(4)),
        ["done 1", "Fetch@1 s0/0 t-0@4 (30s)"]
    );
}

#[test]
fn rule_64_a_reset_is_told_with_its_reason() {
    let mut rig = starting(AutoOffsetReset::Earliest);
    assert_eq!(
        rig.reply(offsets(&[("t-0", 7), ("t-1", -1)])),
        ["ListOffsets@1 t-1@-2 (30s)", "Fetch@1 s0/0 t-0@7 (30s)"]
    );
    assert_eq!(
        rig.reply(listed(&[("t-1", 3, ErrorCode::NONE)])),
        [
            "reset t-1 None to 3: no committed offset",
            "Fetch@1 s0/-1 t-1@3 (30s)"
        ]
    );
}

#[test]
fn rule_64_out_of_range_follows_the_same_policy() {
    let out_of_range = || FetchedPartition {
        log_start_offset: 40,
        ..fetch_error("t-0", ErrorCode::OFFSET_OUT_OF_RANGE)
    };
    let mut rig = Rig::reading(MemberConfig {
        auto_offset_reset: AutoOffsetReset::Earliest,
        ..config()
    });
    // The broker may only be unable to place the epoch: once more without.
    assert_eq!(
        rig.fetch_brings(vec![out_of_range()]),
        ["Fetch@1 s7/1 t-0@5 (30s)"]
    );
    assert_eq!(
        rig.fetch_brings(vec![out_of_range()]),
        ["ListOffsets@1 t-0@-2 (30s)"]
    );
    assert_eq!(
        rig.reply(listed(&[("t-0", 40, ErrorCode::NONE)])),
        [
            "reset t-0 Some(5) to 40: offset 5 is before the start of the log (40)",
            "Fetch@1 s7/2 t-0@40 (30s)"
        ]
    );
    let mut rig = Rig::reading(MemberConfig {
        auto_offset_reset: AutoOffsetReset::None,
        ..config()
    });
    rig.fetch_brings(vec![out_of_range()]);
    assert_eq!(
        rig.fetch_brings(vec![out_of_range()]),
        [
            "error: t-0: offset 5 is out of range (log starts at 40), and auto.offset.reset is none: seek to go on"
        ]
    );
}

#[test]
fn rule_64_truncation_is_an_event_of_its_own() {
    let diverging_epoch = Some(EpochEndOffset {
        epoch: LeaderEpoch(0),
        end_offset: 3,
    });
    let diverging = || FetchedPartition {
        diverging_epoch,
        ..empty("t-0")
    };
    let mut rig = Rig::reading(config());
    assert_eq!(
        rig.fetch_brings(vec![diverging()]),
        [
            "reset t-0 Some(5) to 3: the log was truncated: it holds our history up to offset 3 only",
            "Fetch@1 s7/1 t-0@3 (30s)"
        ]
    );
    let mut rig = Rig::reading(MemberConfig {
        auto_offset_reset: AutoOffsetReset::None,
        ..config()
    });
    assert_eq!(
        rig.fetch_brings(vec![diverging()]),
        [
            "error: t-0: the log was truncated: it holds our history up to offset 3 only, but 5 was to be read next, and auto.offset.reset \
             is none: seek to go on"
        ]
    );
}

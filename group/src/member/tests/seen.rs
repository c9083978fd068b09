//! What real brokers were seen to do (Kafka 4.4.0), and how a member lives with it.

use std::time::Duration;

use kohort_protocol::{ErrorCode, Timestamp};

use super::rig::*;
use crate::member::{Failure, Input, MemberConfig, MemberState};

const NOTHING: [&str; 0] = [];

#[test]
fn a_fresh_cluster_answers_15_then_0_then_16_then_14() {
    let mut rig = Rig::new(config());
    rig.cluster = Some(topics(&[("t", 3)]));
    rig.give(Input::Start);
    assert_eq!(
        rig.reply(not_found(ErrorCode::COORDINATOR_NOT_AVAILABLE)),
        NOTHING
    );
    assert_eq!(rig.pass_ms(120), ["FindCoordinator@any g (30s)"]);
    assert_eq!(
        rig.reply(found(1)),
        ["learned 1 h:9001", "JoinGroup@1 id= (305s)"]
    );
    // The named node does not know it yet; a single retry is not enough.
    for wait in [120, 240, 480] {
        assert_eq!(rig.reply(join_error(ErrorCode::NOT_COORDINATOR)), NOTHING);
        assert_eq!(rig.pass_ms(wait), ["FindCoordinator@any g (30s)"]);
        assert_eq!(
            rig.reply(found(1)),
            ["learned 1 h:9001", "JoinGroup@1 id= (305s)"]
        );
    }
    // Loading: the same node is asked again.
    assert_eq!(
        rig.reply(join_error(ErrorCode::COORDINATOR_LOAD_IN_PROGRESS)),
        NOTHING
    );
    assert_eq!(rig.pass_ms(120), ["JoinGroup@1 id= (305s)"]);
    assert_eq!(rig.reply(take_id("m-1")), ["JoinGroup@1 id=m-1 (305s)"]);
}

#[test]
fn a_replaced_join_is_never_answered_and_is_given_up_after_the_rebalance_timeout() {
    let mut rig = Rig::started(config());
    rig.give(Input::Waiting(true));
    rig.reply(take_id("m-1"));
    let shown = rig.fail("JoinGroup", Failure::TimedOut); // the driver keeps the 305 s
    assert_eq!(shown, ["FindCoordinator@any g (30s)"]);
    rig.reply(found(1));
    assert_eq!(rig.pass_ms(120), ["JoinGroup@1 id=m-1 (305s)"]);
}

#[test]
fn a_join_that_nobody_noticed_was_given_up_returns_the_same_generation() {
    let mut rig = Rig::joined(config(), 4);
    rig.reply(synced("t-0"));
    rig.release();
    rig.pass_ms(3000);
    rig.reply(heartbeat(ErrorCode::REBALANCE_IN_PROGRESS));
    rig.release();
    rig.disconnect("JoinGroup");
    rig.reply(found(1));
    rig.pass_ms(120);
    assert_eq!(rig.reply(follow(4, "m-1")), ["SyncGroup@1 m-1 g4  (30s)"]);
    let shown = rig.reply(synced("t-0"));
    assert_eq!(shown[0], "assigned t-0 in 2"); // another period all the same
}

#[test]
fn heartbeat_0_from_a_coordinator_that_is_loading_proves_nothing() {
    // The new coordinator loads: heartbeats 0, commits 14, one of them after another; the backoff of the commits is not reset by it.
    let mut rig = Rig::stable(config());
    rig.give(Input::Waiting(true));
    rig.commit(1, "t-0=5");
    let mut sent = 0;
    while rig.now < Timestamp::from_millis(20_000) {
        if rig.is_open("OffsetCommit") {
            sent += 1;
            rig.commit_refused(ErrorCode::COORDINATOR_LOAD_IN_PROGRESS);
        }
        if rig.is_open("Heartbeat") {
            rig.reply(heartbeat(ErrorCode::NONE));
        }
        rig.pass_ms(50);
    }
    assert!((20..30).contains(&sent), "{sent} commits in 20 s");
    assert_eq!(rig.member.state(), MemberState::Stable);
}

#[test]
fn heartbeat_0_does_not_end_the_backoff_of_the_look_up_either() {
    // Node 1 answers heartbeats and refuses all else: found, refused, found, refused, ...
    let mut rig = Rig::stable(config());
    rig.give(Input::Waiting(true));
    let mut asked = 0;
    while rig.now < Timestamp::from_millis(20_000) {
        if rig.is_open("OffsetFetch") {
            rig.reply(offsets_error(ErrorCode::NOT_COORDINATOR));
        }
        if rig.is_open("Heartbeat") {
            rig.reply(heartbeat(ErrorCode::NONE));
        }
        if rig.is_open("FindCoordinator") {
            asked += 1;
            rig.reply(found(1));
        }
        rig.pass_ms(10);
    }
    assert!((18..30).contains(&asked), "{asked} look-ups in 20 s");
}

#[test]
fn of_two_coordinators_for_a_moment_only_the_one_asked_last_is_believed() {
    let mut rig = Rig::stable(config());
    rig.pass_ms(3000);
    let old_heartbeat = rig.token("Heartbeat");
    rig.commit(1, "t-0=5");
    // The old one still serves heartbeats, but refuses commits.
    let shown = rig.commit_refused(ErrorCode::NOT_COORDINATOR);
    assert_eq!(shown, ["FindCoordinator@any g (30s)"]);
    let shown = rig.reply(found(2));
    assert!(
        shown.contains(&"OffsetCommit@2 m-1 g1 t-0=5 (30s)".into()) || rig.pass_ms(120).len() == 1,
        "{shown:?}"
    );
    // Its late word about the old node does not make the new one unknown.
    assert_eq!(
        rig.answer(old_heartbeat, Ok(heartbeat(ErrorCode::NOT_COORDINATOR).into()))
            .len(),
        1
    );
    assert_eq!(rig.member.coordinator().unwrap().0, 2);
    assert_eq!(rig.member.member_id().as_str(), "m-1");
    assert_eq!(rig.member.generation().0, 1);
}

#[test]
fn a_round_lost_by_a_restart_is_joined_again_and_its_number_may_come_twice() {
    // The coordinator restarts between join and sync: generation 6 is gone, 5 would be accepted again, and the next round is 6 anew.
    let mut rig = Rig::joined(config(), 6);
    rig.pass_ms(3000);
    let first_six = rig.token("Heartbeat");
    rig.disconnect("SyncGroup");
    rig.reply(found(1));
    rig.pass_ms(120);
    rig.reply(lead(6, "m-1", &[("m-1", "t")]));
    rig.reply(synced("t-0"));
    // The answer to the heartbeat of the first 6 comes now; by its number it could be meant for the second.
    assert_eq!(
        rig.answer(first_six, Ok(heartbeat(ErrorCode::ILLEGAL_GENERATION).into())),
        NOTHING
    );
    assert_eq!(rig.member.state(), MemberState::Stable);
}

#[test]
fn a_heartbeat_refused_while_completing_does_not_wait_for_the_sync() {
    let mut rig = Rig::joined(config(), 6);
    rig.pass_ms(3000);
    assert_eq!(
        rig.reply(heartbeat(ErrorCode::ILLEGAL_GENERATION)),
        ["abandon", "JoinGroup@1 id=m-1 (305s)"]
    );
}

#[test]
fn a_parked_sync_that_is_overtaken_joins_again_with_its_id() {
    let mut rig = Rig::joined(config(), 6);
    assert_eq!(
        rig.reply(sync_error(ErrorCode::REBALANCE_IN_PROGRESS)),
        ["JoinGroup@1 id=m-1 (305s)"]
    );
}

#[test]
fn rejoining_with_the_same_wishes_shows_the_same_bytes() {
    // Else each return of a lost answer would rebalance a stable group.
    let metadata = |rig: &Rig| {
        let kohort_protocol::api::Request::JoinGroup(join) = rig.request("JoinGroup").1 else {
            unreachable!()
        };
        join.protocols[0].metadata.clone()
    };
    let mut rig = Rig::started(config());
    let first = metadata(&rig);
    rig.reply(take_id("m-1"));
    rig.reply(lead(3, "m-1", &[("m-1", "t")]));
    rig.reply(synced("t-0"));
    rig.release();
    rig.pass_ms(3000);
    rig.reply(heartbeat(ErrorCode::REBALANCE_IN_PROGRESS));
    rig.release();
    assert_eq!(metadata(&rig), first);
}

#[test]
fn a_coordinator_that_hangs_takes_everything_that_waits_for_it_with_it() {
    let mut rig = Rig::stable(config());
    rig.commit(1, "t-0=5");
    rig.pass_ms(3000);
    let shown = rig.fail("Heartbeat", Failure::TimedOut);
    // The commit and the OffsetFetch are given up by reset and tried again at whoever is found.
    assert_eq!(shown, ["abandon", "abandon", "FindCoordinator@any g (30s)"]);
    let mut shown = rig.reply(found(2));
    shown.extend(rig.pass_ms(240));
    assert!(
        shown.contains(&"OffsetCommit@2 m-1 g1 t-0=5 (30s)".into()),
        "{shown:?}"
    );
    assert!(
        shown.contains(&"OffsetFetch@2 t-0 t-1 t-2 (30s)".into()),
        "{shown:?}"
    );
}

#[test]
fn a_disconnect_does_not_give_up_what_waits_on_other_connections() {
    // The control lane is shared by all members of a client: a neighbour's reset must not cost us our commit.
    let mut rig = Rig::stable(config());
    rig.commit(1, "t-0=5");
    rig.pass_ms(3000);
    assert_eq!(rig.disconnect("Heartbeat"), ["FindCoordinator@any g (30s)"]);
    assert!(rig.is_open("OffsetCommit"));
    rig.pass(Duration::from_millis(10));
    assert_eq!(rig.commit_stored(), ["done 1"]);
}

#[test]
fn a_goodbye_that_is_refused_after_its_session_has_ended_is_not_repeated() {
    let mut rig = Rig::stable(MemberConfig {
        max_poll_interval: Duration::from_secs(2),
        ..config()
    });
    rig.pass_ms(2000);
    assert!(rig.is_open("LeaveGroup"));
    rig.sleep(Duration::from_secs(11));
    assert_eq!(rig.reply(left(ErrorCode::COORDINATOR_LOAD_IN_PROGRESS)), NOTHING);
    assert_eq!(rig.pass_ms(5000), NOTHING);
}

/// A member with an instance id, and its new id in a round that is not synced yet.
fn unsynced() -> Rig {
    let mut rig = Rig::started(MemberConfig {
        group_instance_id: Some("i".into()),
        ..config()
    });
    assert_eq!(rig.reply(follow(5, "i-new")), ["SyncGroup@1 i-new g5  (30s)"]);
    rig
}

/// `fact/restart-static`: nobody has taken its place, but the coordinator that gave it its id died before the round was stored.
#[test]
fn a_static_id_that_no_round_was_synced_with_is_fenced_by_the_next_coordinator_and_given_up() {
    let mut rig = unsynced();
    rig.reply(sync_error(ErrorCode::NOT_COORDINATOR));
    rig.reply(found(2));
    assert_eq!(
        rig.reply(join_error(ErrorCode::FENCED_INSTANCE_ID)),
        ["JoinGroup@2 id= (305s)"]
    );
    // This coordinator gave it the next: now it has a twin.
    rig.reply(follow(5, "i-newer"));
    let shown = rig.reply(sync_error(ErrorCode::FENCED_INSTANCE_ID));
    assert!(
        shown[0].starts_with("error: group g: SyncGroup was refused: FENCED_INSTANCE_ID"),
        "{shown:?}"
    );
}

#[test]
fn so_it_is_if_the_heartbeat_hears_of_it_first() {
    let mut rig = unsynced();
    rig.pass_ms(3000);
    rig.reply(heartbeat(ErrorCode::NOT_COORDINATOR));
    rig.reply(found(2));
    let shown = rig.reply(heartbeat(ErrorCode::FENCED_INSTANCE_ID));
    assert_eq!(shown.last().unwrap(), "JoinGroup@2 id= (305s)");
}

#[test]
fn a_static_id_that_a_round_was_synced_with_is_fenced_by_a_twin_alone() {
    let mut rig = unsynced();
    rig.reply(synced("t-0"));
    rig.pass_ms(3000);
    rig.reply(heartbeat(ErrorCode::NOT_COORDINATOR));
    rig.reply(found(2));
    let shown = rig.reply(heartbeat(ErrorCode::FENCED_INSTANCE_ID));
    assert!(
        shown[1].starts_with("error: group g: Heartbeat was refused: FENCED_INSTANCE_ID"),
        "{shown:?}"
    );
}

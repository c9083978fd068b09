//! Fetching: sessions, the second request, the budget, followers, errors.

use std::time::Duration;

use kohort_protocol::api::fetch::CurrentLeader;
use kohort_protocol::{ErrorCode, LeaderEpoch, NodeId};

use super::rig::*;
use crate::member::{Failure, Fetched, FetchedPartition, Input, MemberConfig, SeekTo};

const NOTHING: [&str; 0] = [];

/// Three partitions at 0, one Fetch open.
fn three(config: MemberConfig) -> Rig {
    let mut rig = Rig::joined(config, 1);
    rig.reply(synced("t-0 t-1 t-2"));
    rig.release();
    rig.reply(offsets(&[("t-0", 0), ("t-1", 0), ("t-2", 0)]));
    rig
}

fn big(name: &str, ticket: u64, next: i64, bytes: usize) -> FetchedPartition {
    let mut partition = records(name, ticket, next);
    partition.records.as_mut().unwrap().bytes = bytes;
    partition
}

#[test]
fn a_session_names_only_what_moved() {
    let mut rig = three(config());
    assert_eq!(
        rig.fetch_brings(vec![records("t-1", 1, 10)]),
        ["deliver 1 t-1 from 0 in 1", "Fetch@1 s7/1 t-1@10 (30s)"]
    );
    assert_eq!(rig.fetch_brings(vec![]), NOTHING); // quick and empty: not asked again at full speed
    assert_eq!(rig.pass_ms(120), ["Fetch@1 s7/2 (30s)"]);
}

/// L04: what was not asked for is nothing, or a broker that always answers so would be asked as fast as it answers.
#[test]
fn a_broker_that_brings_what_nobody_asked_for_is_not_asked_again_at_full_speed() {
    let mut rig = three(config());
    assert_eq!(rig.fetch_brings(vec![records("u-0", 1, 10)]), ["discard 1"]);
    assert_eq!(rig.pass_ms(120).len(), 1);
}

/// S20: they hold no memory that is counted.
#[test]
fn control_records_without_end_behind_what_lies_ready_take_one_place() {
    let mut rig = three(config());
    rig.fetch_brings(vec![records("t-1", 1, 10)]);
    for ticket in 2..50 {
        let next = i64::try_from(ticket).unwrap() * 10;
        assert_eq!(
            rig.fetch_brings(vec![control("t-1", ticket, next)])[0],
            format!("discard {ticket}")
        );
    }
    assert_eq!(rig.member.partitions.batches(), 2);
    rig.take(1);
    rig.give(Input::Polled);
    assert_eq!(rig.member.position(&tp("t-1")).unwrap().processed, Some(490));
}

#[test]
fn a_session_that_the_broker_lost_is_opened_anew() {
    let refused = |code| {
        Ok(Fetched {
            error_code: code,
            ..Fetched::default()
        })
    };
    let mut rig = three(config());
    rig.fetch_brings(vec![records("t-1", 1, 10)]);
    assert_eq!(
        rig.fetch_fails(refused(ErrorCode::FETCH_SESSION_ID_NOT_FOUND)),
        ["Fetch@1 s0/0 t-0@0 t-1@10 t-2@0 (30s)"]
    );
    let mut rig = three(config());
    rig.fetch_brings(vec![records("t-1", 1, 10)]);
    // The old one is closed by the same request.
    assert_eq!(
        rig.fetch_fails(refused(ErrorCode::INVALID_FETCH_SESSION_EPOCH)),
        ["Fetch@1 s7/0 t-0@0 t-1@10 t-2@0 (30s)"]
    );
    assert_eq!(
        rig.fetch_fails(Err(Failure::Disconnected("reset".into()))),
        NOTHING
    );
    assert_eq!(rig.pass_ms(240), ["Fetch@1 s7/0 t-0@0 t-1@10 t-2@0 (30s)"]);
}

#[test]
fn what_the_long_poll_does_not_hold_is_asked_beside_it() {
    let mut rig = three(config());
    rig.give(Input::Pause(tps("t-0 t-1 t-2")));
    rig.give(Input::Resume(tps("t-0 t-1 t-2")));
    assert!(rig.is_open("Fetch"));
    // It holds all of them still: nothing to ask.
    assert_eq!(
        rig.seek(1, "t-1", SeekTo::Offset(4)),
        ["done 1", "Fetch@1 s0/-1 t-1@4 (30s)"]
    );
    // Only one beside it.
    assert_eq!(rig.seek(2, "t-2", SeekTo::Offset(6)), ["done 2"]);
    let beside = rig.token("Fetch");
    assert_eq!(
        rig.fetched(beside, 0, vec![records("t-1", 1, 10)]),
        ["deliver 1 t-1 from 4 in 1", "Fetch@1 s0/-1 t-1@10 t-2@6 (30s)"]
    );
}

#[test]
fn a_partition_is_fetched_while_little_of_it_lies_ready() {
    let small = MemberConfig {
        max_partition_fetch_bytes: 1000,
        ..config()
    };
    let mut rig = three(small);
    let shown = rig.fetch_brings(vec![big("t-0", 1, 10, 999), big("t-1", 2, 10, 1000)]);
    assert_eq!(shown.last().unwrap(), "Fetch@1 s7/1 t-0@10 -t-1 (30s)");
    let shown = rig.fetch_brings(vec![big("t-0", 3, 20, 999)]);
    assert_eq!(shown.last().unwrap(), "Fetch@1 s7/2 -t-0 (30s)");
    // Taken: there is room again, beside the long poll.
    assert_eq!(rig.take(2), ["Fetch@1 s0/-1 t-1@10 (30s)"]);
}

#[test]
fn s20_what_lies_ready_and_is_on_its_way_fits_the_buffer() {
    let small = MemberConfig {
        max_partition_fetch_bytes: 1000,
        buffer_bytes: 2500,
        ..config()
    };
    let mut rig = three(small);
    let asked = |rig: &Rig| {
        let kohort_protocol::api::Request::Fetch(fetch) = rig.request("Fetch").1 else {
            unreachable!()
        };
        fetch.max_bytes
    };
    assert_eq!(asked(&rig), 2500);
    rig.fetch_brings(vec![big("t-0", 1, 10, 900), big("t-1", 2, 10, 900)]);
    assert!(
        !rig.is_open("Fetch"),
        "700 bytes are left, less than a whole partition may bring"
    );
    assert_eq!(rig.take(1).len(), 1);
    assert_eq!(asked(&rig), 1600);
    // The broker sends more than was asked for: what does not fit is dropped, and asked for again when there is room.
    let shown = rig.fetch_brings(vec![big("t-2", 3, 10, 1200), big("t-0", 4, 20, 1200)]);
    assert_eq!(shown, ["deliver 3 t-2 from 0 in 1", "discard 4"]);
    assert!(!rig.is_open("Fetch"));
    let mut shown = rig.take(2);
    shown.extend(rig.take(3));
    // The session holds t-0 and t-1 at their offsets still.
    assert_eq!(shown, ["Fetch@1 s7/2 -t-2 (30s)", "Fetch@1 s0/-1 t-2@10 (30s)"]);
}

#[test]
fn s20_a_batch_larger_than_the_buffer_passes_alone() {
    let small = MemberConfig {
        max_partition_fetch_bytes: 1000,
        buffer_bytes: 1000,
        ..config()
    };
    let mut rig = three(small);
    assert_eq!(
        rig.fetch_brings(vec![big("t-0", 1, 10, 5000)]),
        ["deliver 1 t-0 from 0 in 1"]
    );
    assert!(!rig.is_open("Fetch"));
    assert_eq!(rig.take(1).len(), 1);
}

#[test]
fn a_partition_named_twice_or_unasked_is_read_once() {
    let mut rig = three(config());
    let answer = vec![
        records("t-0", 1, 10),
        records("t-0", 2, 10),
        records("u-0", 3, 5),
        records("t-9", 4, 5),
    ];
    let shown = rig.fetch_brings(answer);
    assert_eq!(
        shown,
        [
            "deliver 1 t-0 from 0 in 1",
            "discard 2",
            "discard 3",
            "discard 4",
            "Fetch@1 s7/1 t-0@10 (30s)"
        ]
    );
}

#[test]
fn records_that_lead_nowhere_are_dropped_and_asked_again_later() {
    let mut rig = Rig::reading(config());
    assert_eq!(rig.fetch_brings(vec![records("t-0", 1, 5)]), ["discard 1"]);
    assert_eq!(rig.pass_ms(120), ["Fetch@1 s7/1 (30s)"]);
}

#[test]
fn errors_of_leadership_ask_for_metadata_and_never_reset() {
    let errors = [
        ErrorCode::NOT_LEADER_OR_FOLLOWER,
        ErrorCode::FENCED_LEADER_EPOCH,
        ErrorCode::UNKNOWN_LEADER_EPOCH,
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
        ErrorCode::UNKNOWN_TOPIC_ID,
        ErrorCode::LEADER_NOT_AVAILABLE,
        ErrorCode::KAFKA_STORAGE_ERROR,
        ErrorCode::OFFSET_NOT_AVAILABLE,
        ErrorCode::TOPIC_AUTHORIZATION_FAILED,
        ErrorCode::UNKNOWN_SERVER_ERROR,
        ErrorCode(9999),
    ];
    for code in errors {
        let mut rig = Rig::reading(config());
        assert_eq!(
            rig.fetch_brings(vec![fetch_error("t-0", code)]),
            NOTHING,
            "{code}"
        );
        assert_eq!(rig.pass_ms(120), ["Fetch@1 s7/1 (30s)"], "{code}");
    }
}

#[test]
fn a_better_leader_named_in_the_answer_is_asked_at_once() {
    let mut rig = Rig::reading(config());
    let current_leader = Some(CurrentLeader {
        leader_id: NodeId(2),
        leader_epoch: LeaderEpoch(4),
    });
    let moved = FetchedPartition {
        current_leader,
        ..fetch_error("t-0", ErrorCode::NOT_LEADER_OR_FOLLOWER)
    };
    assert_eq!(rig.fetch_brings(vec![moved]), ["Fetch@2 s0/0 t-0@5 (30s)"]);
}

#[test]
fn brokers_that_name_new_leaders_without_end_do_not_fill_the_memory() {
    let mut rig = Rig::reading(config());
    for node in 2..100 {
        let current_leader = Some(CurrentLeader {
            leader_id: NodeId(node),
            leader_epoch: LeaderEpoch(node),
        });
        let moved = FetchedPartition {
            current_leader,
            ..fetch_error("t-0", ErrorCode::NOT_LEADER_OR_FOLLOWER)
        };
        rig.fetch_brings(vec![moved]);
        rig.live(Duration::from_millis(1100));
        assert!(rig.is_open("Fetch"), "{node}");
        assert!(rig.member.fetching.brokers() <= 3, "{node}");
    }
}

#[test]
fn a_follower_is_read_while_it_can_be() {
    let mut rig = Rig::reading(MemberConfig {
        client_rack: Some("r".into()),
        ..config()
    });
    let nearer = FetchedPartition {
        preferred_read_replica: NodeId(3),
        ..empty("t-0")
    };
    assert_eq!(
        rig.fetch_brings(vec![nearer.clone()]),
        ["Fetch@3 s0/0 t-0@5 (30s)"]
    );
    // Out of range at a follower only means that it lags: the leader is asked, nothing is reset.
    let lags = fetch_error("t-0", ErrorCode::OFFSET_OUT_OF_RANGE);
    assert_eq!(rig.fetch_brings(vec![lags]), ["Fetch@1 s7/1 (30s)"]);
    rig.fetch_brings(vec![nearer]);
    // It is gone: back to the leader.
    assert_eq!(
        rig.fetch_fails(Err(Failure::Disconnected("reset".into()))),
        ["Fetch@1 s7/2 (30s)"]
    );
}

#[test]
fn corrupt_bytes_are_asked_for_once_more_and_then_stop_the_partition() {
    let corrupt = || FetchedPartition {
        corrupt: Some((8, "CRC".into())),
        ..empty("t-0")
    };
    let mut rig = Rig::reading(config());
    // Good records before it come first.
    let mixed = FetchedPartition {
        corrupt: Some((8, "CRC".into())),
        ..records("t-0", 1, 8)
    };
    assert_eq!(
        rig.fetch_brings(vec![mixed]).first().unwrap(),
        "deliver 1 t-0 from 5 in 1"
    );
    assert_eq!(rig.fetch_brings(vec![corrupt()]), NOTHING);
    assert_eq!(rig.pass_ms(120), ["Fetch@1 s7/2 (30s)"]);
    assert_eq!(
        rig.fetch_brings(vec![corrupt()]),
        [
            "error: t-0: the records at offset 8 cannot be read: CRC. The partition is stopped; seek past them to go on"
        ]
    );
    assert_eq!(rig.take(1), NOTHING);
    assert_eq!(rig.member.position(&tp("t-0")).unwrap().delivered, Some(8));
    assert_eq!(
        rig.seek(1, "t-0", SeekTo::Offset(9)),
        ["done 1", "Fetch@1 s7/3 t-0@9 (30s)"]
    );
}

#[test]
fn good_records_before_corrupt_ones_are_not_lost_by_a_pause() {
    let corrupt = || FetchedPartition {
        corrupt: Some((8, "CRC".into())),
        ..empty("t-0")
    };
    let mut rig = Rig::reading(config());
    rig.fetch_brings(vec![records("t-0", 1, 8)]);
    rig.fetch_brings(vec![corrupt()]);
    rig.pass_ms(120);
    rig.fetch_brings(vec![corrupt()]);
    assert!(rig.member.position(&tp("t-0")).unwrap().stopped);
    assert_eq!(rig.give(Input::Pause(tps("t-0"))), ["discard 1"]);
    assert!(rig.give(Input::Resume(tps("t-0")))[0].contains("t-0@5"));
}

#[test]
fn paused_partitions_give_nothing_until_resumed() {
    let mut rig = Rig::reading(config());
    rig.fetch_brings(vec![records("t-0", 1, 8)]);
    assert_eq!(rig.give(Input::Pause(tps("t-0"))), ["discard 1"]);
    assert_eq!(rig.fetch_brings(vec![records("t-0", 2, 12)]), ["discard 2"]);
    assert!(!rig.is_open("Fetch"));
    assert_eq!(rig.pass(Duration::from_millis(2000)), NOTHING);
    assert_eq!(rig.give(Input::Resume(tps("t-0"))), ["Fetch@1 s7/2 t-0@5 (30s)"]);
}

#[test]
fn a_broker_that_fails_is_left_alone_for_a_while_and_the_others_are_not() {
    let mut rig = three(config());
    let mut spread = topics(&[("t", 3)]);
    spread.topics[0].partitions[1].leader_id = NodeId(2);
    spread.topics[0].partitions[1].leader_epoch = LeaderEpoch(2);
    rig.cluster = Some(spread);
    rig.live(Duration::from_secs(4));
    let shown = rig.fetch_fails(Err(Failure::TimedOut));
    assert_eq!(shown, ["Fetch@2 s0/0 t-1@0 (30s)"]);
    assert_eq!(rig.pass_ms(120), ["Fetch@1 s0/0 t-0@0 t-2@0 (30s)"]);
}

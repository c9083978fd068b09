//! What a group goes through, one story each.

use std::time::Duration;

use kohort_broker::{Command, Fault, FaultAction, GroupState, Latencies};
use kohort_group::member::{Input, MemberConfig, MemberState, SeekTo};
use kohort_protocol::{ApiKey, GroupId, NodeId, TopicName, TopicPartition};

use crate::world::{GROUP, World, config};

const NOBODY: [String; 0] = [];

/// `members` members that share `t` with six partitions, stable, all records so far read and committed.
fn group(seed: u64, members: usize) -> World {
    let mut world = World::new(seed, Latencies::KAFKA);
    world.topic("t", 6);
    world.produce("t", 6, 200);
    for _ in 0..members {
        world.member(config(&["t"]));
    }
    let all: Vec<usize> = (0..members).collect();
    world.run_until_stable(&all, 6);
    world.run_until_all_is_read();
    world
}

fn coordinator(world: &World) -> NodeId {
    world.cluster.coordinator(&GroupId::from(GROUP)).unwrap()
}

fn other(node: NodeId) -> NodeId {
    NodeId(node.0 % 3 + 1)
}

fn move_coordinator(world: &mut World) {
    let partition = world.cluster.offsets_partition(&GroupId::from(GROUP));
    let to = other(coordinator(world));
    world.command(Command::MoveLeader {
        topic: partition.topic,
        partition: partition.partition,
        to,
    });
}

/// Nobody heard of anything: no rebalance, nothing lost, no error.
fn assert_undisturbed(world: &World, before: i32) {
    assert_eq!(world.generation(), before, "{}", world.state());
    for agent in &world.agents {
        assert_eq!(agent.errors, NOBODY);
        assert_eq!(agent.lost, 0);
        assert_eq!(agent.member.state(), MemberState::Stable);
    }
}

#[test]
fn one_member_on_a_fresh_cluster_reads_and_commits_everything_once() {
    // The offsets topic is made meanwhile: 15, then a node that answers 16 for a while and 14 (seen on Kafka 4.4.0).
    let world = group(1, 1);
    assert_eq!(world.duplicates(), 0);
    assert_eq!(world.agents[0].errors, NOBODY);
    assert_eq!(
        world.agents[0].resets.len(),
        6,
        "each partition began by a reset: {:?}",
        world.agents[0].resets
    );
}

#[test]
fn members_come_and_go_and_every_partition_has_one_owner() {
    let mut world = World::new(2, Latencies::KAFKA);
    world.topic("t", 6);
    world.produce("t", 6, 500);
    let a = world.member(config(&["t"]));
    world.run_until_stable(&[a], 6);
    let b = world.member(config(&["t"]));
    world.run_until_stable(&[a, b], 6);
    let c = world.member(config(&["t"]));
    world.run_until_stable(&[a, b, c], 6);
    assert_eq!(world.agents[a].owned.len(), 2);
    let deadline = world.now + Duration::from_secs(5);
    world.give(
        b,
        Input::Close {
            commit: true,
            deadline,
        },
    );
    world.run_until_stable(&[a, c], 6);
    assert!(world.agents[b].closed);
    // Killed without a word: its session must end first.
    world.agents[c].dead = true;
    world.strict = false;
    world.run_until_stable(&[a], 6);
    world.produce("t", 6, 100);
    world.run_until_all_is_read();
    assert_eq!(world.agents[a].errors, NOBODY);
    assert_eq!(world.agents[a].lost, 0);
}

#[test]
fn a_coordinator_that_moves_disturbs_nobody() {
    let mut world = group(3, 3);
    let before = world.generation();
    for _ in 0..4 {
        move_coordinator(&mut world);
        world.produce("t", 6, 20);
        world.run_ms(3000);
    }
    world.run_until_all_is_read();
    assert_undisturbed(&world, before);
    assert_eq!(world.duplicates(), 0);
}

#[test]
fn a_coordinator_that_is_killed_and_restarted_disturbs_nobody() {
    let mut world = group(4, 3);
    let before = world.generation();
    for _ in 0..3 {
        let node = coordinator(&world);
        world.command(Command::Stop(node));
        world.run_ms(4000);
        world.command(Command::Start(node));
        world.run_ms(4000);
        world.produce("t", 6, 20);
    }
    world.run_until_all_is_read();
    assert_undisturbed(&world, before);
    assert_eq!(world.duplicates(), 0);
}

#[test]
fn an_outage_of_all_brokers_that_is_longer_than_the_session_disturbs_nobody() {
    // A coordinator that loads a group gives each member a whole session: whoever dropped its assignment meanwhile did so for nothing.
    let mut world = group(5, 2);
    let before = world.generation();
    for node in 1..=3 {
        world.command(Command::Stop(NodeId(node)));
    }
    world.run_ms(15_000); // the session is 6 s
    for node in 1..=3 {
        world.command(Command::Start(NodeId(node)));
    }
    world.run_ms(5000);
    world.produce("t", 6, 20);
    world.run_until_all_is_read();
    assert_eq!(world.generation(), before, "{}", world.state());
    assert!(world.agents.iter().all(|agent| agent.lost == 0));
    assert_eq!(world.duplicates(), 0);
}

#[test]
fn a_paused_coordinator_is_for_a_moment_the_second_one() {
    let mut world = group(6, 3);
    let before = world.generation();
    let node = coordinator(&world);
    world.command(Command::Pause(node));
    world.run_ms(4500);
    world.produce("t", 6, 20);
    world.command(Command::Continue(node));
    world.run_ms(5000);
    world.run_until_all_is_read();
    assert_eq!(world.generation(), before, "{}", world.state());
    assert!(
        world
            .agents
            .iter()
            .all(|agent| agent.lost == 0 && agent.errors == NOBODY),
        "{}",
        world.state()
    );
}

#[test]
fn a_round_that_was_not_synced_is_forgotten_by_a_restart_and_its_number_is_given_out_again() {
    let mut world = group(7, 2);
    // The leader's SyncGroup never arrives: the group hangs in CompletingRebalance.
    world.command(Command::Inject(
        Fault::on(ApiKey::SyncGroup, FaultAction::Drop).times(2),
    ));
    let c = world.member(config(&["t"]));
    world.run_while("the round completes", |world| {
        world
            .cluster
            .group(&GroupId::from(GROUP))
            .is_none_or(|group| group.state != GroupState::CompletingRebalance)
    });
    let unsynced = world.generation();
    let node = coordinator(&world);
    world.command(Command::Heal);
    world.command(Command::Stop(node));
    world.run_ms(100);
    world.command(Command::Start(node));
    world.run_until_stable(&[0, 1, c], 6);
    assert!(
        world.generation() >= unsynced,
        "{} then {unsynced}",
        world.generation()
    );
    world.produce("t", 6, 20);
    world.run_until_all_is_read();
    assert!(
        world.agents.iter().all(|agent| agent.errors == NOBODY),
        "{}",
        world.state()
    );
}

#[test]
fn a_leader_of_partitions_that_is_killed_stalls_only_its_own() {
    let mut world = group(8, 2);
    let before = world.generation();
    let node = other(coordinator(&world));
    world.command(Command::Stop(node));
    world.run_ms(3000);
    world.produce("t", 6, 20);
    world.run_until_all_is_read();
    world.command(Command::Start(node));
    world.run_ms(3000);
    assert_undisturbed(&world, before);
    assert_eq!(world.duplicates(), 0);
    assert!(world.agents.iter().all(|agent| agent.resets.len() <= 6));
}

#[test]
fn partitions_that_are_added_start_one_round() {
    let mut world = group(9, 3);
    let before = world.generation();
    world.command(Command::AddPartitions {
        topic: TopicName::from("t"),
        count: 9,
    });
    world.produce("t", 9, 20);
    // metadata.max.age.ms is 5 minutes; a leader's error or anything else may show it sooner.
    world.run(Duration::from_secs(310));
    world.run_until_stable(&[0, 1, 2], 9);
    world.run_until_all_is_read();
    assert_eq!(world.generation(), before + 1);
    assert_eq!(world.duplicates(), 0);
}

#[test]
fn a_topic_that_does_not_exist_yet_is_told_and_read_once_it_does() {
    let mut world = World::new(10, Latencies::KAFKA);
    world.topic("t", 2);
    world.produce("t", 2, 10);
    let a = world.member(config(&["t", "u"]));
    world.run_until_stable(&[a], 2);
    world.run_until_all_is_read();
    world.run_ms(3000);
    assert_eq!(
        world.agents[a].errors,
        ["topic u of the subscription: UNKNOWN_TOPIC_OR_PARTITION (3); still looking for it"]
    );
    world.topic("u", 2);
    world.produce("u", 2, 10);
    world.run_until_stable(&[a], 4);
    world.run_until_all_is_read();
}

#[test]
fn a_member_that_slept_through_its_session_loses_and_rejoins() {
    let mut world = group(11, 2);
    world.strict = false;
    world.agents[1].frozen = true;
    world.run_until_stable(&[0], 6);
    world.produce("t", 6, 20);
    world.run_until_all_is_read();
    world.agents[1].frozen = false;
    world.run_ms(1000);
    world.strict = true;
    world.run_until_stable(&[0, 1], 6);
    assert_eq!(world.agents[1].lost, 1);
    assert_eq!(world.agents[1].errors, NOBODY);
    world.produce("t", 6, 20);
    world.run_until_all_is_read();
}

#[test]
fn an_application_that_is_too_slow_leaves_and_comes_back() {
    let mut world = World::new(12, Latencies::KAFKA);
    world.topic("t", 6);
    world.produce("t", 6, 300);
    let a = world.member(MemberConfig {
        max_poll_interval: Duration::from_secs(4),
        ..config(&["t"])
    });
    let b = world.member(config(&["t"]));
    world.run_until_stable(&[a, b], 6);
    world.agents[a].work = Duration::from_secs(10); // for one ticket
    world.produce("t", 6, 50);
    world.strict = false;
    world.run_ms(5500);
    assert_eq!(world.agents[a].member.state(), MemberState::Unjoined);
    world.run_until_stable(&[b], 6);
    world.run_ms(6000); // it comes back, and hears what happened
    assert!(
        world.agents[a]
            .errors
            .iter()
            .any(|error| error.contains("no poll for 4000 ms")),
        "{}",
        world.state()
    );
    world.agents[a].work = Duration::from_millis(2);
    world.run_until_stable(&[a, b], 6);
    world.run_until_all_is_read();
}

#[test]
fn a_subscription_that_changes_moves_the_group_to_it() {
    let mut world = group(13, 2);
    world.topic("u", 4);
    world.produce("u", 4, 10);
    for member in 0..2 {
        world.give(
            member,
            Input::Subscribe(vec![TopicName::from("t"), TopicName::from("u")]),
        );
    }
    world.run_until_stable(&[0, 1], 10);
    world.run_until_all_is_read();
    assert_eq!(world.duplicates(), 0);
}

#[test]
fn a_commit_whose_answer_is_lost_is_sent_again() {
    for action in [
        FaultAction::LoseAnswer,
        FaultAction::CloseInsteadOfAnswer,
        FaultAction::Close,
        FaultAction::Drop,
    ] {
        let mut world = group(14, 1);
        let before = world.generation();
        world.command(Command::Inject(Fault::on(ApiKey::OffsetCommit, action)));
        world.produce("t", 6, 20);
        world.run_until_all_is_read();
        assert_eq!(world.generation(), before);
        world.run_ms(40_000); // a lost answer is noticed after request.timeout.ms
        assert!(world.agents[0].errors == NOBODY, "{}", world.state());
    }
}

#[test]
fn an_abandoned_commit_that_lands_late_is_overwritten_again() {
    // S06: a commit hangs in the coordinator and is given up; a newer one is acknowledged; then the old one takes effect and rewinds
    // it (seen on Kafka 4.4.0: 18 of 30).
    let mut world = World::new(20, Latencies::KAFKA);
    world.topic("t", 1);
    world.produce("t", 1, 50);
    let impatient = MemberConfig {
        request_timeout: Duration::from_millis(700),
        ..config(&["t"])
    };
    let a = world.member(impatient);
    world.run_until_stable(&[a], 1);
    world.run_until_all_is_read();
    let partition = TopicPartition::new("t", 0);
    world.run_ms(3000); // the coordinator has stayed: it is looked up at once when it is lost
    world.hold_commit = Some(Duration::from_millis(1100));
    world.produce("t", 1, 10);
    world.run_while("the late one is on its way", |world| world.unread() > 0);
    world.run_ms(400);
    world.produce("t", 1, 10);
    world.run_while("the newer one is stored", |world| {
        world.committed(&partition) != Some(70)
    });
    let stored = world.now;
    world.run_while("the old one rewinds it", |world| {
        world.committed(&partition) == Some(70)
    });
    world.run_while("it is stored again", |world| {
        world.committed(&partition) != Some(70)
    });
    assert!(
        world.now.since(stored) < Duration::from_millis(700),
        "stored at {stored}, again at {}",
        world.now
    );
    world.run_ms(5000);
    assert_eq!(world.committed(&partition), Some(70));
}

#[test]
fn a_log_that_lost_its_head_or_its_tail_is_told_and_read_on() {
    let mut world = group(15, 1);
    let topic = || TopicName::from("t");
    // The position falls below the start of the log only if it is sought there.
    world.command(Command::DeleteRecords {
        topic: topic(),
        partition: 0,
        before_offset: 150,
    });
    let call = kohort_group::member::CallId(9);
    world.give(
        0,
        Input::Seek {
            call,
            partition: TopicPartition::new("t", 0),
            to: SeekTo::Offset(10),
        },
    );
    world.forget_order(0);
    world.run_ms(3000);
    assert!(
        world.agents[0]
            .resets
            .iter()
            .any(|reset| reset.contains("offset 10 is")),
        "{:?}",
        world.agents[0].resets
    );
    // The tail: what was read is gone.
    world.command(Command::Truncate {
        topic: topic(),
        partition: 1,
        end_offset: 120,
    });
    world.forget_order(0);
    world.run_ms(3000);
    assert!(
        world.agents[0]
            .resets
            .iter()
            .any(|reset| reset.contains("truncated")),
        "{:?}",
        world.agents[0].resets
    );
}

#[test]
fn fifty_members_settle_in_few_rounds() {
    let mut world = World::new(16, Latencies::KAFKA);
    world.topic("t", 60);
    world.produce("t", 60, 20);
    for _ in 0..50 {
        world.member(config(&["t"]));
    }
    let all: Vec<usize> = (0..50).collect();
    world.run_until_stable(&all, 60);
    world.run_until_all_is_read();
    assert!(world.generation() <= 10, "{}", world.generation());
    assert_eq!(world.duplicates(), 0);
}

#[test]
fn a_stable_group_stays_in_its_generation_and_asks_for_little() {
    let mut world = group(17, 3);
    let before = world.generation();
    world.sent.clear();
    world.run(Duration::from_secs(120));
    assert_undisturbed(&world, before);
    let sent = |api| world.sent.get(&api).copied().unwrap_or(0);
    assert_eq!(
        sent(ApiKey::JoinGroup) + sent(ApiKey::FindCoordinator) + sent(ApiKey::OffsetFetch),
        0
    );
    // Two a second for each member, and a long poll of 500 ms to each broker.
    assert!(
        (3 * 220..=3 * 260).contains(&sent(ApiKey::Heartbeat)),
        "{:?}",
        world.sent
    );
    assert!(sent(ApiKey::Fetch) <= 3 * 3 * 260, "{:?}", world.sent);
    assert!(sent(ApiKey::Metadata) <= 3, "{:?}", world.sent);
    assert_eq!(sent(ApiKey::OffsetCommit), 0, "nothing new to commit");
}

#[test]
fn equal_seeds_give_equal_runs() {
    let run = |seed| {
        let mut world = World::new(seed, Latencies::KAFKA);
        world.traced = true;
        world.topic("t", 6);
        world.produce("t", 6, 100);
        for _ in 0..3 {
            world.member(config(&["t"]));
        }
        world.run_ms(4000);
        move_coordinator(&mut world);
        world.run_ms(4000);
        world.trace
    };
    let (first, second) = (run(18), run(18));
    assert!(first.len() > 10_000);
    assert!(first == second);
    assert!(first != run(19));
}

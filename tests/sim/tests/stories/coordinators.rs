//! Brokers come and go; the group stays as it is.

use std::time::Duration;

use kohort_broker::{Command, GroupState};
use kohort_protocol::{ApiKey, NodeId};
use kohort_sim::plan::{Act, MemberPlan, Mishap};
use kohort_sim::sometimes::Situation;

use crate::stage::{Stage, absent};

#[test]
fn a_coordinator_that_moves_disturbs_nobody() {
    let mut stage = Stage::group(3, 3);
    let before = stage.generation();
    for _ in 0..4 {
        let to = stage.other_node();
        stage.disturb(&Act::MoveCoordinator { to });
        stage.write(7);
        stage.run_ms(3000);
    }
    stage.read_all();
    stage.was_undisturbed_since(before);
    stage.finish();
}

#[test]
fn a_coordinator_that_is_killed_and_restarted_disturbs_nobody() {
    let mut stage = Stage::group(4, 3);
    let before = stage.generation();
    for _ in 0..3 {
        let (node, span) = (stage.coordinator(), Duration::from_secs(4));
        stage.disturb(&Act::Stop { node, span });
        stage.run_ms(8000);
        stage.write(7);
    }
    stage.read_all();
    stage.was_undisturbed_since(before);
    stage.finish();
}

#[test]
fn an_outage_of_all_brokers_that_is_longer_than_the_session_disturbs_nobody() {
    // A coordinator that loads a group gives each member a whole session: whoever dropped its assignment meanwhile did so for nothing.
    let mut stage = Stage::group(5, 2);
    let before = stage.generation();
    let span = Duration::from_secs(15); // the session is 6 s
    for node in (1..=3).map(NodeId) {
        stage.disturb(&Act::Stop { node, span });
    }
    stage.run_ms(20_000);
    stage.write(7);
    stage.read_all();
    assert_eq!(stage.generation(), before, "{}", stage.state());
    assert_eq!((stage.losses(), stage.read_again()), (0, 0));
    stage.finish();
}

#[test]
fn a_paused_coordinator_is_for_a_moment_the_second_one() {
    let mut stage = Stage::group(6, 3);
    let before = stage.generation();
    let (node, span) = (stage.coordinator(), Duration::from_millis(4500));
    stage.disturb(&Act::Pause { node, span });
    stage.run_ms(4400);
    assert_ne!(stage.coordinator(), node, "another has taken over");
    stage.run_ms(100);
    stage.write(7);
    stage.run_ms(5000);
    stage.read_all();
    stage.was_undisturbed_since(before);
    stage.finish();
}

#[test]
fn a_round_that_was_not_synced_is_forgotten_by_a_restart_and_its_number_is_given_out_again() {
    let mut stage = Stage::new(7, 6, vec![MemberPlan::default(), MemberPlan::default(), absent()]);
    stage.settle();
    // The leader's SyncGroup never arrives: the group hangs in CompletingRebalance.
    let (api, mishap) = (ApiKey::SyncGroup, Mishap(kohort_broker::FaultAction::Drop));
    stage.disturb(&Act::Inject {
        api,
        mishap,
        times: 2,
    });
    stage.world.bring_back(2);
    stage.until("the round completes", |world| {
        world
            .standing()
            .is_some_and(|(state, _)| state == GroupState::CompletingRebalance)
    });
    let unsynced = stage.generation();
    stage.command(Command::Heal);
    let (node, span) = (stage.coordinator(), Duration::from_millis(100));
    stage.disturb(&Act::Stop { node, span });
    stage.until("the restart has forgotten it", |world| {
        world
            .standing()
            .is_some_and(|(_, generation)| generation.0 == unsynced - 1)
    });
    stage.until("its number is given out again", |world| {
        world
            .standing()
            .is_some_and(|(_, generation)| generation.0 == unsynced)
    });
    assert_eq!(stage.world.sometimes.count(Situation::GenerationWentBack), 1);
    stage.settle();
    stage.write(7);
    stage.read_all();
    assert!(stage.errors().is_empty(), "{}", stage.state());
    stage.finish();
}

#[test]
fn a_leader_of_partitions_that_is_killed_stalls_only_its_own() {
    let mut stage = Stage::group(8, 2);
    let before = stage.generation();
    let (node, span) = (stage.other_node(), Duration::from_secs(6));
    let led: Vec<i32> = (0..6)
        .filter(|&p| stage.world.cluster.leader("t", p) == Some(node))
        .collect();
    assert!(!led.is_empty() && led.len() < 6);
    stage.disturb(&Act::Stop { node, span });
    // Those of the other nodes go on at once, the rest when they have a new leader.
    stage.write(7);
    stage.run_ms(1500);
    assert!(stage.world.is_caught_up(), "{}", stage.state());
    stage.run_ms(1500);
    stage.write(7);
    stage.read_all();
    stage.run_ms(6000);
    stage.was_undisturbed_since(before);
    assert!(stage.resets().len() <= 6, "{:?}", stage.resets());
    stage.finish();
}

#[test]
fn a_stable_group_stays_in_its_generation_and_asks_for_little() {
    let mut stage = Stage::group(17, 3);
    let before = stage.generation();
    const APIS: [ApiKey; 7] = [
        ApiKey::JoinGroup,
        ApiKey::FindCoordinator,
        ApiKey::OffsetFetch,
        ApiKey::OffsetCommit,
        ApiKey::Heartbeat,
        ApiKey::Fetch,
        ApiKey::Metadata,
    ];
    let sent_before = APIS.map(|api| stage.world.sent(api));
    stage.run(Duration::from_secs(120));
    stage.was_undisturbed_since(before);
    let mut sent = APIS.map(|api| stage.world.sent(api));
    sent.iter_mut()
        .zip(sent_before)
        .for_each(|(sent, before)| *sent -= before);
    let [
        joins,
        lookups,
        offset_fetches,
        commits,
        heartbeats,
        fetches,
        metadata,
    ] = sent;
    assert_eq!([joins, lookups, offset_fetches], [0; 3]);
    assert_eq!(commits, 0, "nothing new to commit");
    // Two a second for each member, and a long poll of 500 ms to each broker.
    assert!((3 * 220..=3 * 260).contains(&heartbeats), "{heartbeats}");
    assert!((1..=3 * 3 * 260).contains(&fetches), "{fetches}");
    assert!(metadata <= 3, "{metadata}");
    stage.finish();
}

#[test]
fn a_coordinator_that_is_named_and_never_answers_is_told() {
    // L07: each look-up succeeds, and whoever is named stays long enough to look like one that works.
    let mut stage = Stage::group(9, 1);
    let (member, node) = (0, stage.coordinator());
    let span = Duration::from_secs(90);
    stage.disturb(&Act::Silence { member, node, span });
    stage.run(span);
    let told = stage.errors().iter().map(ToString::to_string).collect::<Vec<_>>();
    assert!(
        told.iter()
            .any(|error| error.contains("finding the group's coordinator failed 10 times")),
        "{told:?}"
    );
    stage.finish();
}

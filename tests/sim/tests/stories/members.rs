//! Members come and go, sleep, and are slow.

use std::time::Duration;

use kohort_broker::GroupState;
use kohort_group::member::{MemberError, MemberState};
use kohort_protocol::{GroupId, Timestamp};
use kohort_sim::plan::{Act, GROUP, MemberPlan, Plan};
use kohort_sim::planted::{self, Doors};
use kohort_sim::world::World;

use crate::stage::{Stage, absent};

#[test]
fn one_member_on_a_fresh_cluster_reads_and_commits_everything_once() {
    // The offsets topic is made meanwhile: 15, then a node that answers 16 for a while and 14 (seen on Kafka 4.4.0).
    let stage = Stage::group(1, 1);
    assert_eq!(stage.read_again(), 0);
    assert!(stage.errors().is_empty(), "{}", stage.state());
    assert_eq!(
        stage.resets().len(),
        6,
        "each partition began by a reset: {:?}",
        stage.resets()
    );
    stage.finish();
}

#[test]
fn members_come_and_go_and_every_partition_has_one_owner() {
    let mut stage = Stage::new(2, 6, vec![MemberPlan::default(), absent(), absent()]);
    stage.settle();
    stage.write(60);
    for member in 1..3 {
        stage.world.bring_back(member);
        stage.settle();
    }
    assert_eq!([0, 1, 2].map(|member| stage.owns(member)), [2; 3]);
    let (within, span) = (Duration::from_secs(5), Duration::from_secs(600));
    stage.disturb(&Act::Close {
        member: 1,
        within,
        span,
    });
    let at = stage.world.now;
    stage.settle();
    assert!(stage.world.process(1).is_none(), "it has closed");
    assert!(
        stage.world.now.since(at) < Duration::from_secs(2),
        "it said goodbye: nobody waited for its session"
    );
    // Killed without a word: its session must end first.
    stage.disturb(&Act::Crash { member: 2, span });
    let at = stage.world.now;
    stage.settle();
    assert!(stage.world.now.since(at) > Duration::from_secs(5));
    assert_eq!(stage.owns(0), 6);
    stage.write(33);
    stage.read_all();
    assert!(stage.errors().is_empty(), "{}", stage.state());
    assert_eq!(stage.losses(), 0);
    stage.finish();
}

#[test]
fn a_member_that_slept_through_its_session_loses_and_rejoins() {
    let mut stage = Stage::group(11, 2);
    let span = Duration::from_secs(20);
    stage.disturb(&Act::Freeze { member: 1, span });
    stage.run_ms(15_000);
    stage.write(7);
    stage.read_all();
    assert_eq!(stage.owns(0), 6, "{}", stage.state());
    stage.run_ms(5500);
    stage.settle();
    assert_eq!([0, 1].map(|member| stage.owns(member)), [3; 2]);
    assert_eq!(stage.losses(), 1);
    assert!(stage.errors().is_empty(), "{}", stage.state());
    stage.write(7);
    stage.read_all();
    stage.finish();
}

#[test]
fn an_application_that_is_too_slow_leaves_and_comes_back() {
    let slow = MemberPlan {
        max_poll: Duration::from_secs(4),
        ..MemberPlan::default()
    };
    let mut stage = Stage::new(12, 6, vec![slow, MemberPlan::default()]);
    stage.settle();
    let span = Duration::from_secs(10);
    stage.disturb(&Act::Stall { member: 0, span });
    stage.write(17);
    stage.run_ms(5500);
    assert_eq!(stage.agent(0).machine.state(), MemberState::Unjoined);
    stage.until("the other has all", |world| world.is_caught_up());
    assert_eq!((stage.owns(0), stage.owns(1)), (0, 6));
    stage.run_ms(6000); // it comes back, and hears what happened
    let waited = stage.errors().into_iter().any(|error| {
        matches!(
            error,
            MemberError::PollIntervalExceeded {
                waited_ms: 4000,
                limit_ms: 4000,
                ..
            }
        )
    });
    assert!(waited, "{}", stage.state());
    stage.settle();
    stage.read_all();
    stage.finish();
}

#[test]
fn fifty_members_settle_in_few_rounds() {
    let mut stage = Stage::new(16, 60, vec![MemberPlan::default(); 50]);
    stage.settle();
    stage.write(7);
    stage.read_all();
    assert!(stage.generation() <= 10, "{}", stage.generation());
    assert_eq!(stage.read_again(), 0);
    stage.finish();
}

/// M05: what shares no assignor with the group, or is no consumer at all, is refused (seen on Kafka 4.4.0), and nobody else notices.
#[test]
fn a_stranger_is_refused_and_nobody_else_notices() {
    let mut stage = Stage::group(21, 3);
    let before = stage.generation();
    for connect in [false, true] {
        let span = Duration::from_secs(5);
        stage.disturb(&Act::Stranger { connect, span });
        stage.write(2);
        stage.run_ms(6000);
    }
    stage.read_all();
    stage.was_undisturbed_since(before);
    stage.finish();
}

/// The other way round: a member that meets a group of another kind says so and ends; once the group is free, it joins.
#[test]
fn a_member_that_meets_a_group_of_another_kind_says_so_and_ends() {
    let mut stage = Stage::new(22, 4, vec![MemberPlan::default()]);
    stage.settle();
    stage.write(3);
    stage.read_all();
    let (within, span) = (Duration::from_secs(2), Duration::from_secs(1));
    stage.disturb(&Act::Close {
        member: 0,
        within,
        span,
    });
    stage.run_ms(1000);
    let span = Duration::from_secs(5);
    stage.disturb(&Act::Stranger { connect: true, span });
    stage.run_ms(4000);
    let ended = stage.world.agents.iter().filter_map(|agent| agent.ended.as_ref());
    let told: Vec<String> = ended
        .filter_map(|end| Some(end.as_ref().err()?.to_string()))
        .collect();
    let refused = "group g: JoinGroup was refused: INCONSISTENT_GROUP_PROTOCOL (23). The other members share no assignor with this one, \
                   or the group is used for something else: align partition.assignment.strategy, or choose another group.id";
    assert!(
        !told.is_empty() && told.iter().all(|text| text == refused),
        "{told:?}"
    );
    stage.run_ms(4000);
    stage.settle();
    stage.write(3);
    stage.read_all();
    assert_eq!(stage.read_again(), 0);
    stage.finish();
}

#[test]
fn two_owners_are_seen_also_if_nobody_served_when_they_heard_of_it() {
    // S01, after every event: who owns the same is not live before the coordinator that gave it twice is back.
    let members = vec![MemberPlan::default(); 2];
    let mut world = World::new(
        Plan::uneventful(8, 2, members),
        Doors::with(planted::named("two-owners")),
    );
    let is_stable = |world: &World| {
        let group = world.cluster.group(&GroupId::from(GROUP));
        group.is_some_and(|group| group.members.len() == 2 && group.state == GroupState::Stable)
    };
    while !is_stable(&world) {
        assert!(world.now < Timestamp::ZERO + Duration::from_secs(60) && world.violations().is_empty());
        world.run_until(world.now + Duration::from_micros(100));
    }
    let node = world.cluster.coordinator(&GroupId::from(GROUP)).unwrap();
    world.disturb(&Act::Stop {
        node,
        span: Duration::from_secs(1),
    });
    world.run_until(world.now + Duration::from_millis(50));
    assert_eq!((world.standing(), world.violations()), (None, &[][..]));
    world.run_until(world.now + Duration::from_secs(10));
    assert_eq!(world.violations().first().map(|one| one.id), Some("S01"));
}

//! Everything at once: random faults for a while, then calm, after which all must be well again (phase one and two of the simulation).

use std::time::Duration;

use kohort_broker::{Command, Fault, FaultAction, Latencies};
use kohort_group::member::{Input, MemberConfig, MemberState};
use kohort_protocol::{ApiKey, ErrorCode, GroupId, NodeId, Timestamp, TopicName};

use crate::world::{GROUP, World, config};

const PARTITIONS: i32 = 5;

const APIS: [ApiKey; 10] = [
    ApiKey::FindCoordinator,
    ApiKey::JoinGroup,
    ApiKey::SyncGroup,
    ApiKey::Heartbeat,
    ApiKey::LeaveGroup,
    ApiKey::OffsetCommit,
    ApiKey::OffsetFetch,
    ApiKey::ListOffsets,
    ApiKey::Fetch,
    ApiKey::Metadata,
];

fn member_config(rng: &mut fastrand::Rng) -> MemberConfig {
    MemberConfig {
        request_timeout: Duration::from_millis(rng.u64(1500..8000)),
        buffer_bytes: if rng.bool() { 3000 } else { 1 << 20 },
        max_poll_interval: Duration::from_secs(rng.u64(8..30)),
        client_rack: rng.bool().then(|| "r".into()),
        ..config(&["t"])
    }
}

fn action(rng: &mut fastrand::Rng) -> FaultAction {
    let codes = [
        ErrorCode::NOT_COORDINATOR,
        ErrorCode::COORDINATOR_NOT_AVAILABLE,
        ErrorCode::COORDINATOR_LOAD_IN_PROGRESS,
        ErrorCode::REQUEST_TIMED_OUT,
    ];
    match rng.u8(0..7) {
        0 => FaultAction::Delay(Duration::from_millis(rng.u64(1..3000))),
        1 => FaultAction::Drop,
        2 => FaultAction::Close,
        3 => FaultAction::LoseAnswer,
        4 => FaultAction::CloseInsteadOfAnswer,
        5 => FaultAction::AnswerThenClose,
        _ => FaultAction::Answer(codes[rng.usize(..codes.len())]),
    }
}

/// One thing goes wrong. At most one node is down or paused at a time, so that the log always has a home.
fn disturb(world: &mut World, rng: &mut fastrand::Rng, down: &mut Option<NodeId>) {
    let node = NodeId(rng.i32(1..=3));
    match rng.u8(0..13) {
        0 => {
            let partition = world.cluster.offsets_partition(&GroupId::from(GROUP));
            world.command(Command::MoveLeader {
                topic: partition.topic,
                partition: partition.partition,
                to: node,
            });
        }
        1 => {
            let partition = rng.i32(0..PARTITIONS);
            world.command(Command::MoveLeader {
                topic: TopicName::from("t"),
                partition,
                to: node,
            });
        }
        2 if down.is_none() => {
            world.command(Command::Stop(node));
            *down = Some(node);
        }
        3 if down.is_none() => {
            world.command(Command::Pause(node));
            *down = Some(node);
        }
        2..=5 => raise(world, down),
        6 | 7 => {
            let fault = Fault::on(APIS[rng.usize(..APIS.len())], action(rng)).times(rng.u32(1..4));
            world.command(Command::Inject(fault));
        }
        8 if world.agents.len() < 7 => {
            world.member(member_config(rng));
        }
        9 => {
            let member = rng.usize(..world.agents.len());
            let deadline = world.now + Duration::from_secs(3);
            world.give(
                member,
                Input::Close {
                    commit: rng.bool(),
                    deadline,
                },
            );
        }
        10 => {
            let member = rng.usize(..world.agents.len());
            world.agents[member].frozen ^= true;
        }
        11 if rng.u8(..3) == 0 => {
            // Killed: what its application had in hand was not worked on.
            let member = rng.usize(..world.agents.len());
            world.agents[member].dead = true;
        }
        _ => {
            let member = rng.usize(..world.agents.len());
            world.agents[member].work = Duration::from_millis(rng.u64(1..400));
        }
    }
}

fn raise(world: &mut World, down: &mut Option<NodeId>) {
    if let Some(node) = down.take() {
        world.command(Command::Start(node));
        world.command(Command::Continue(node));
    }
}

fn run(seed: u64) {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut world = World::new(seed, Latencies::KAFKA);
    world.strict = false;
    world.traced = std::env::var("KOHORT_TRACE").is_ok();
    world.topic("t", PARTITIONS);
    world.produce("t", PARTITIONS, 30);
    world.member(member_config(&mut rng));
    let mut down = None;
    while world.now < Timestamp::from_millis(40_000) {
        disturb(&mut world, &mut rng, &mut down);
        world.run_ms(rng.u64(10..1500));
        if down.is_none()
            && rng.u8(..4) == 0
            && (0..PARTITIONS).all(|p| world.cluster.leader("t", p).is_some())
        {
            world.produce("t", PARTITIONS, 10);
        }
    }
    calm(&mut world, &mut down, &mut rng);
    if std::env::var("KOHORT_TRACE").is_ok() {
        world.traced = true;
        world.run_ms(5000);
        println!("{}", world.trace);
        println!(
            "{:?}",
            (0..PARTITIONS)
                .map(|p| (world.cluster.leader("t", p), world.cluster.log_bounds("t", p)))
                .collect::<Vec<_>>()
        );
    }
    let living: Vec<usize> = (0..world.agents.len())
        .filter(|&i| !world.agents[i].closed && !world.agents[i].dead)
        .collect();
    world.run_while("a stable group", |world| !world.is_stable(&living, 5));
    world.produce("t", PARTITIONS, 10);
    world.run_until_all_is_read();
    check(&world, seed);
}

fn calm(world: &mut World, down: &mut Option<NodeId>, rng: &mut fastrand::Rng) {
    raise(world, down);
    world.command(Command::Heal);
    for agent in &mut world.agents {
        agent.frozen = false;
        agent.work = Duration::from_millis(1);
    }
    world.member(member_config(rng));
    // Requests that were dropped are given up, goodbyes are said, sessions of the dead end.
    world.run(Duration::from_secs(25));
}

fn check(world: &World, seed: u64) {
    for agent in world.agents.iter().filter(|agent| !agent.dead) {
        assert!(
            agent.closed || agent.member.state() == MemberState::Stable,
            "seed {seed}: {}",
            world.state()
        );
        let expected = [
            "still trying",
            "max.poll.interval.ms",
            "before leaving",
            "before the last commit",
        ];
        let odd = agent
            .errors
            .iter()
            .find(|error| !expected.iter().any(|part| error.contains(part)));
        assert!(odd.is_none(), "seed {seed}: {odd:?}");
    }
    // L04: nobody talks as fast as the network lets him. Long polls and heartbeats are about 10 a second.
    let sent: u32 = world.sent.values().sum();
    let members = u32::try_from(world.agents.len()).unwrap();
    let seconds = u32::try_from(world.now.since(Timestamp::ZERO).as_secs()).unwrap();
    assert!(
        sent < 30 * members * seconds,
        "seed {seed}: {:?} in {seconds} s by {members} members",
        world.sent
    );
}

#[test]
fn after_any_storm_the_group_is_stable_and_nothing_is_lost() {
    // More by hand: KOHORT_SEEDS=1000 cargo test -p kohort-group --test groups --release storm
    let seeds = std::env::var("KOHORT_SEEDS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(10);
    let first = std::env::var("KOHORT_SEED")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(0);
    for seed in first..first + seeds {
        println!("seed {seed}");
        run(seed);
    }
}

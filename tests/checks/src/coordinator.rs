//! `conn/7-8`, `off/2`, `off/4` on three nodes, and the facts about coordinators: who is one, and from when to when.

use std::time::Duration;

use kohort_protocol::api::delete_groups::DeleteGroupsRequest;
use kohort_protocol::api::find_coordinator::{Coordinator, CoordinatorType, FindCoordinatorRequest};
use kohort_protocol::api::heartbeat::HeartbeatRequest;
use kohort_protocol::api::offset_delete::OffsetDeleteRequest;
use kohort_protocol::api::offset_fetch::{OffsetFetchGroup, OffsetFetchRequest};
use kohort_protocol::{ErrorCode, Generation, GroupId, NodeId, TopicName};
use tokio::time::{Instant, sleep};

use crate::bench::{ASK_AGAIN, coordinates, find_coordinator};
use crate::member::{COMMIT, leaving};
use crate::offsets::{Asked, commit_request, committed, committed_code, fetch, offset_of};
use crate::rounds::describe;
use crate::{Bench, Failed, Member, RawConnection, expect, expect_that};

const MOVES_WITHIN: Duration = Duration::from_secs(10);

async fn find(
    connection: &mut RawConnection,
    version: i16,
    key_type: CoordinatorType,
    keys: &[&str],
) -> Result<Vec<Coordinator>, Failed> {
    let request = FindCoordinatorRequest {
        key_type,
        keys: keys.iter().map(|&key| key.to_owned()).collect(),
    };
    Ok(connection.call(version, &request).await?.coordinators)
}

/// conn/7
pub(crate) async fn batch_of_keys(bench: &mut Bench) -> Result<(), Failed> {
    let (a, b) = (bench.name(), bench.name());
    bench.coordinator(&GroupId::from(a.as_str())).await?;
    let mut connection = bench.connect().await?;
    let found = find(&mut connection, 4, CoordinatorType::GROUP, &[&a, &b, &a]).await?;
    let seen: Vec<(&str, ErrorCode)> = found.iter().map(|one| (&*one.key, one.error_code)).collect();
    let expected = vec![
        (&*a, ErrorCode::NONE),
        (&*b, ErrorCode::NONE),
        (&*a, ErrorCode::NONE),
    ];
    expect("FindCoordinator of [a, b, a]", seen, expected)?;
    expect_that("the nodes", &found, "some", |found| {
        found.iter().all(|one| one.node_id.0 >= 0)
    })?;

    expect(
        "no keys",
        find(&mut connection, 4, CoordinatorType::GROUP, &[]).await?,
        Vec::new(),
    )?;
    for version in [3, 4] {
        let nobody = find(&mut connection, version, CoordinatorType::GROUP, &[""]).await?;
        expect_that(
            format!("the empty group id, v{version}"),
            nobody,
            "0 and a node",
            |found| {
                found
                    .iter()
                    .all(|one| one.error_code.is_ok() && one.node_id.0 >= 0)
                    && found.len() == 1
            },
        )?;
    }
    for (version, key_type, key) in [(4, 5, "x"), (6, 5, "x"), (6, 2, "malformed"), (5, 2, "g:id:0")] {
        let refused = find(&mut connection, version, CoordinatorType(key_type), &[key]).await?;
        let codes: Vec<ErrorCode> = refused.iter().map(|one| one.error_code).collect();
        expect(
            format!("key {key:?} of type {key_type}, v{version}"),
            codes,
            vec![ErrorCode::INVALID_REQUEST],
        )?;
    }
    Ok(())
}

/// conn/8
pub(crate) async fn same_from_all_nodes(bench: &mut Bench) -> Result<(), Failed> {
    for _ in 0..6 {
        let group = bench.group();
        let coordinator = bench.coordinator(&group).await?;
        for node in bench.nodes() {
            let found = find_coordinator(&mut bench.connect_to(node).await?, &group).await?;
            expect(
                format!("the coordinator as node {node} names it"),
                found,
                (ErrorCode::NONE, coordinator),
            )?;
        }
    }
    Ok(())
}

/// fact/fresh-cluster: 15 while the offsets topic is made; then a node is named that answers 16, then 14, before it serves.
pub(crate) async fn fresh_cluster(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let mut connection = bench.connect().await?;
    let direct = coordinates(&mut connection, &group).await?;
    expect(
        "OffsetFetch before anybody asked for a coordinator",
        direct,
        ErrorCode::NOT_COORDINATOR,
    )?;
    let first = find_coordinator(&mut connection, &group).await?;
    expect(
        "the first FindCoordinator",
        first,
        (ErrorCode::COORDINATOR_NOT_AVAILABLE, NodeId::NONE),
    )?;

    let mut answers = Steps::default();
    let began = Instant::now();
    while began.elapsed() < MOVES_WITHIN && answers.last() != Some(ErrorCode::NONE) {
        let (code, node) = find_coordinator(&mut connection, &group).await?;
        answers.see(match code {
            ErrorCode::NONE => coordinates(&mut bench.connect_to(node).await?, &group).await?,
            other => other,
        });
        sleep(Duration::from_millis(2)).await;
    }
    // The loading takes so short that it may be missed.
    let seen: Vec<i16> = answers
        .0
        .iter()
        .map(|code| code.0)
        .filter(|code| *code != 14)
        .collect();
    expect(
        "answers until the group is served, 14 left out",
        seen,
        vec![15, 16, 0],
    )
}

/// Answers, repeated ones once.
#[derive(Debug, Default)]
struct Steps(Vec<ErrorCode>);

impl Steps {
    fn see(&mut self, code: ErrorCode) {
        if self.last() != Some(code) {
            self.0.push(code);
        }
    }

    fn last(&self) -> Option<ErrorCode> {
        self.0.last().copied()
    }
}

async fn other_node(bench: &Bench, group: &GroupId) -> Result<(NodeId, NodeId), Failed> {
    let coordinator = bench.coordinator(group).await?;
    let other = bench.nodes().into_iter().find(|node| *node != coordinator);
    let other = other.ok_or_else(|| Failed::trouble("choosing another node", "there is only one"))?;
    Ok((coordinator, other))
}

/// fact/wrong-node
pub(crate) async fn wrong_node(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let topic = bench.topic(1).await?;
    let (_, other) = other_node(bench, &group).await?;
    let (lane, control) = (bench.connect_to(other).await?, bench.connect_to(other).await?);
    let mut stranger = Member::new(group.clone(), lane, control);
    let wrong = ErrorCode::NOT_COORDINATOR;
    expect(
        "JoinGroup on the wrong node",
        stranger.try_join().await?.error_code,
        wrong,
    )?;
    stranger.id = "somebody".into();
    expect("Heartbeat", stranger.heartbeat().await?, wrong)?;
    expect("SyncGroup", stranger.sync_with(|_| ()).await?, wrong)?;
    let left = stranger.leave_for(vec![leaving("somebody")]).await?;
    expect("LeaveGroup, top level", left.error_code, wrong)?;
    expect("OffsetCommit", stranger.commit(&topic, 1).await?, wrong)?;
    let nowhere = TopicName::from("kohort-no-such-topic");
    let unknown = stranger.commit(&nowhere, 1).await?;
    expect(
        "OffsetCommit of an unknown topic",
        unknown,
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
    )?;
    let described = describe(&mut stranger.control, 5, &group).await?;
    expect("DescribeGroups", described.error_code, wrong)?;
    wrong_node_for_offsets(&mut stranger.control, &group, &topic).await
}

async fn wrong_node_for_offsets(
    connection: &mut RawConnection,
    group: &GroupId,
    topic: &TopicName,
) -> Result<(), Failed> {
    let wrong = ErrorCode::NOT_COORDINATOR;
    for version in 1..=9 {
        let answer = fetch(connection, version, group, Asked::Partitions(topic, &[0])).await?;
        let code = match version {
            1 => answer
                .topics
                .first()
                .and_then(|topic| topic.partitions.first())
                .map(|p| p.error_code),
            _ => Some(answer.error_code),
        };
        expect(format!("OffsetFetch v{version}"), code, Some(wrong))?;
    }
    let deleted = connection
        .call(
            2,
            &DeleteGroupsRequest {
                groups_names: vec![group.clone()],
            },
        )
        .await?;
    let codes: Vec<ErrorCode> = deleted.results.iter().map(|result| result.error_code).collect();
    expect("DeleteGroups, per group", codes, vec![wrong])?;
    let request = OffsetDeleteRequest {
        group_id: group.clone(),
        topics: Vec::new(),
    };
    expect(
        "OffsetDelete, top level",
        connection.call(0, &request).await?.error_code,
        wrong,
    )
}

/// off/4, on three nodes: groups of other nodes get 16, each for itself and in the order asked.
pub(crate) async fn batch_across_nodes(bench: &mut Bench) -> Result<(), Failed> {
    let topic = bench.topic(1).await?;
    let here = bench.group();
    let node = bench.coordinator(&here).await?;
    let mut there = bench.group();
    while bench.coordinator(&there).await? == node {
        there = bench.group();
    }
    let mut connection = bench.connect_to(node).await?;
    let stored = connection.call(COMMIT, &commit_request(&here, &topic, 5)).await?;
    expect("OffsetCommit", committed_code(&stored)?, ErrorCode::NONE)?;
    let asked = |group: &GroupId| OffsetFetchGroup {
        group_id: group.clone(),
        topics: None,
        ..OffsetFetchGroup::default()
    };
    let request = OffsetFetchRequest {
        groups: vec![asked(&there), asked(&here), asked(&there)],
        require_stable: false,
    };
    let answer = connection.call(8, &request).await?;
    let seen: Vec<_> = answer
        .groups
        .iter()
        .map(|group| (&group.group_id, group.error_code, offset_of(group)))
        .collect();
    let wrong = (&there, ErrorCode::NOT_COORDINATOR, None);
    expect(
        "OffsetFetch of groups here and there",
        seen,
        vec![wrong, (&here, ErrorCode::NONE, Some(5)), wrong],
    )
}

/// off/2, and what each node answers while the coordinator moves from one to the other.
pub(crate) async fn coordinator_moves(bench: &mut Bench) -> Result<(), Failed> {
    let topic = bench.topic(1).await?;
    let group = bench.group();
    let (from, to) = other_node(bench, &group).await?;
    let mut members = bench.stable::<2>(&group).await?;
    let [leader, follower] = &mut members;
    expect(
        "OffsetCommit",
        follower.commit(&topic, 17).await?,
        ErrorCode::NONE,
    )?;
    follower.control = bench.connect_to(to).await?;

    let moved = bench.target().move_coordinator(&group, to).await;
    moved.map_err(|error| Failed::trouble("moving the coordinator", error))?;
    old_node_gives_up(leader).await?;
    new_node_takes_over(follower, &group).await?;

    expect(
        "the heartbeat at the new node",
        follower.heartbeat().await?,
        ErrorCode::NONE,
    )?;
    expect(
        "the offset at the new node",
        committed(&mut follower.control, &group, &topic).await?,
        Some(17),
    )?;
    expect(
        "a commit at the new node",
        follower.commit(&topic, 18).await?,
        ErrorCode::NONE,
    )?;
    let described = follower.describe().await?;
    expect(
        "the group at the new node",
        (&*described.group_state, described.members.len()),
        ("Stable", 2),
    )?;
    let coordinator = bench.coordinator(&group).await?;
    expect("the coordinator", (coordinator, from == to), (to, false))
}

/// It may serve heartbeats for a moment more; then it says 16 and nothing else.
async fn old_node_gives_up(member: &mut Member) -> Result<(), Failed> {
    let began = Instant::now();
    loop {
        match member.heartbeat().await? {
            ErrorCode::NOT_COORDINATOR => return Ok(()),
            ErrorCode::NONE if began.elapsed() < MOVES_WITHIN => sleep(ASK_AGAIN).await,
            other => {
                return Err(Failed::new(
                    "a heartbeat at the old node",
                    "0, then 16",
                    other.to_string(),
                ));
            }
        }
    }
}

/// 16, then 14 while it loads, then it serves.
async fn new_node_takes_over(member: &mut Member, group: &GroupId) -> Result<(), Failed> {
    let began = Instant::now();
    let mut answers = Steps::default();
    while answers.last() != Some(ErrorCode::NONE) && began.elapsed() < MOVES_WITHIN {
        answers.see(coordinates(&mut member.control, group).await?);
        sleep(ASK_AGAIN).await;
    }
    let orders: [&[i16]; 4] = [&[0], &[14, 0], &[16, 0], &[16, 14, 0]];
    let seen: Vec<i16> = answers.0.iter().map(|code| code.0).collect();
    expect_that(
        "OffsetFetch at the new node",
        seen,
        "16, then 14, then 0",
        |seen| orders.contains(&seen.as_slice()),
    )
}

/// fact/parked-at-move: a JoinGroup that is parked when the coordinator moves is answered 16.
pub(crate) async fn parked_join_at_move(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let (_, to) = other_node(bench, &group).await?;
    let mut members = bench.stable::<2>(&group).await?;
    let [leader, follower] = &mut members;
    leader.send_join().await?;
    follower.heartbeat_until(ErrorCode::REBALANCE_IN_PROGRESS).await?;
    let moved = bench.target().move_coordinator(&group, to).await;
    moved.map_err(|error| Failed::trouble("moving the coordinator", error))?;
    let parked = leader.join_answer().await?.error_code;
    expect(
        "the parked JoinGroup at the old node",
        parked,
        ErrorCode::NOT_COORDINATOR,
    )?;

    // The round is forgotten: the group comes back with its last synced generation.
    bench.coordinator(&group).await?;
    let request = HeartbeatRequest {
        group_id: group.clone(),
        generation_id: Generation(2),
        member_id: follower.id.clone(),
        group_instance_id: None,
    };
    let heartbeat = bench.connect_to(to).await?.call(4, &request).await?;
    expect(
        "a heartbeat of the last synced generation",
        heartbeat.error_code,
        ErrorCode::NONE,
    )
}

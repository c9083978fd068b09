//! `classic/5.1-5.3`: members with a `group.instance.id` (KIP-345, KIP-814): they come back without a round, and fence who they were.

use bytes::Bytes;
use kohort_protocol::ErrorCode;
use kohort_protocol::api::join_group::JoinGroupRequest;
use kohort_protocol::api::offset_commit::{OffsetCommitPartition, OffsetCommitRequest, OffsetCommitTopic};

use crate::member::{knows_range, leaving_instance};
use crate::offsets::committed_code;
use crate::{Bench, Failed, Member, expect, expect_that};

const FENCED: ErrorCode = ErrorCode::FENCED_INSTANCE_ID;
const UNKNOWN: ErrorCode = ErrorCode::UNKNOWN_MEMBER_ID;

/// The same instance once more, as after the restart of its process.
pub(crate) async fn restarted(bench: &Bench, member: &Member) -> Result<Member, Failed> {
    let mut again = bench.member(&member.group).await?;
    again.instance.clone_from(&member.instance);
    again.protocols.clone_from(&member.protocols);
    again.session_timeout = member.session_timeout;
    Ok(again)
}

pub(crate) async fn stable_pair(bench: &mut Bench) -> Result<[Member; 2], Failed> {
    let group = bench.group();
    let [first, second] = bench.members(&group).await?;
    let mut members = [first.named("first"), second.named("second")];
    Member::gather(&mut members).await?;
    Member::share_out(&mut members).await?;
    Ok(members)
}

/// classic/5.1, a follower, also with other metadata
pub(crate) async fn follower_returns(bench: &mut Bench) -> Result<(), Failed> {
    let [mut leader, mut follower] = stable_pair(bench).await?;
    for user_data in ["", "other"] {
        let mut again = restarted(bench, &follower).await?;
        again.protocols = knows_range(user_data);
        let round = again.join().await?;
        expect("its generation", round.generation_id, leader.generation)?;
        expect("the members it is told", round.members.len(), 0)?;
        expect_that("its id", &round.member_id, "a new one", |id| **id != follower.id)?;
        let synced = again.sync(Vec::new()).await?;
        expect(
            "its assignment",
            synced.assignment,
            Bytes::from_static(b"assigned-1"),
        )?;
        expect(
            "the leader's heartbeat",
            leader.heartbeat().await?,
            ErrorCode::NONE,
        )?;
        follower = again;
    }
    // With its own id, other metadata does start a round.
    follower.protocols = knows_range("yet other");
    follower.send_join().await?;
    leader.heartbeat_until(ErrorCode::REBALANCE_IN_PROGRESS).await?;
    Ok(())
}

/// classic/5.1, the leader
pub(crate) async fn leader_returns(bench: &mut Bench) -> Result<(), Failed> {
    let [leader, mut follower] = stable_pair(bench).await?;
    let mut again = restarted(bench, &leader).await?;
    let round = again.join().await?;
    expect("v9: generation", round.generation_id, follower.generation)?;
    expect(
        "v9: leader, SkipAssignment, members",
        (&round.leader, round.skip_assignment, round.members.len()),
        (&again.id, true, 2),
    )?;
    let third = restarted(bench, &leader).await?;
    let (request, mut lane) = (third.join_request(), third.lane);
    let round = lane.call(8, &request).await?;
    expect(
        "v8: leader and members",
        (&round.leader, round.members.len()),
        (&again.id, 0),
    )?;
    expect_that("v8: its id", &round.member_id, "a new one", |id| **id != again.id)?;
    expect(
        "the follower's heartbeat",
        follower.heartbeat().await?,
        ErrorCode::NONE,
    )
}

/// classic/5.1, while the group waits for the leader's assignment
pub(crate) async fn returns_before_sync(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let [first, second] = bench.members(&group).await?;
    let mut members = [first.named("first"), second.named("second")];
    Member::gather(&mut members).await?;
    let [leader, follower] = &mut members;
    follower.send_sync().await?;
    follower.lane.expect_silence("the follower's SyncGroup").await?;
    let mut again = restarted(bench, follower).await?;
    again.send_join().await?;
    expect(
        "the parked sync of the old id",
        follower.synced().await?.error_code,
        FENCED,
    )?;
    leader.heartbeat_until(ErrorCode::REBALANCE_IN_PROGRESS).await?;
    leader.join().await?;
    expect(
        "the restarted member",
        again.join_answer().await?.error_code,
        ErrorCode::NONE,
    )
}

/// classic/5.2
pub(crate) async fn old_id_is_fenced(bench: &mut Bench) -> Result<(), Failed> {
    let topic = bench.topic(1).await?;
    let [_, mut old] = stable_pair(bench).await?;
    let mut again = restarted(bench, &old).await?;
    again.join().await?;
    expect(
        "JoinGroup",
        old.lane.call(9, &old.join_request()).await?.error_code,
        FENCED,
    )?;
    expect("SyncGroup", old.sync_with(|_| ()).await?, FENCED)?;
    expect("Heartbeat", old.heartbeat().await?, FENCED)?;
    expect("OffsetCommit", old.commit(&topic, 1).await?, FENCED)?;
    let left = old
        .leave_for(vec![leaving_instance("second", old.id.as_str())])
        .await?;
    let codes: Vec<ErrorCode> = left.members.iter().map(|member| member.error_code).collect();
    expect(
        "LeaveGroup",
        (left.error_code, codes),
        (ErrorCode::NONE, vec![FENCED]),
    )?;

    // Without the instance it is merely unknown.
    let request = JoinGroupRequest {
        group_instance_id: None,
        ..old.join_request()
    };
    expect(
        "JoinGroup without instance",
        old.lane.call(9, &request).await?.error_code,
        UNKNOWN,
    )?;
    let code = old
        .heartbeat_with(|request| request.group_instance_id = None)
        .await?;
    expect("Heartbeat without instance", code, UNKNOWN)?;
    let code = old
        .commit_with(&topic, 1, |request| request.group_instance_id = None)
        .await?;
    expect("OffsetCommit without instance", code, UNKNOWN)?;
    let request = OffsetCommitRequest {
        group_id: old.group.clone(),
        generation_id_or_member_epoch: old.generation,
        member_id: old.id.clone(),
        topics: vec![OffsetCommitTopic {
            name: topic,
            partitions: vec![OffsetCommitPartition::default()],
            ..OffsetCommitTopic::default()
        }],
        ..OffsetCommitRequest::default()
    };
    expect(
        "OffsetCommit v6",
        committed_code(&old.control.call(6, &request).await?)?,
        UNKNOWN,
    )?;
    expect("the new one", again.heartbeat().await?, ErrorCode::NONE)
}

/// classic/5.2, after the session has expired
pub(crate) async fn after_expiry(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let [first, second] = bench.members(&group).await?;
    let mut members = [first, second.named("second").timeouts(1000, 10_000)];
    Member::gather(&mut members).await?;
    Member::share_out(&mut members).await?;
    let [leader, gone] = &mut members;
    leader.heartbeat_until(ErrorCode::REBALANCE_IN_PROGRESS).await?;
    leader.join().await?;
    expect(
        "the old id with its instance",
        gone.try_join().await?.error_code,
        UNKNOWN,
    )?;
    let mut again = restarted(bench, gone).await?;
    again.send_join().await?;
    leader.wait_for_members(2).await?;
    leader.join().await?;
    expect(
        "the instance without an id",
        again.join_answer().await?.error_code,
        ErrorCode::NONE,
    )
}

/// classic/5.3
pub(crate) async fn duplicates(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let [mut leader] = bench.stable(&group).await?;
    let mut earlier = bench.member(&group).await?.named("twice");
    earlier.send_join().await?;
    leader.wait_for_members(2).await?;
    let mut later = restarted(bench, &earlier).await?;
    later.send_join().await?;
    expect(
        "the earlier parked join",
        earlier.join_answer().await?.error_code,
        FENCED,
    )?;
    let round = leader.join().await?;
    expect(
        "the later join",
        later.join_answer().await?.error_code,
        ErrorCode::NONE,
    )?;
    expect("the members of the round", round.members.len(), 2)
}

/// classic/5.3, a restart meets the parked join of a known member
pub(crate) async fn restart_meets_parked_join(bench: &mut Bench) -> Result<(), Failed> {
    let [mut leader, mut follower] = stable_pair(bench).await?;
    follower.protocols = knows_range("other");
    follower.send_join().await?;
    leader.heartbeat_until(ErrorCode::REBALANCE_IN_PROGRESS).await?;
    let mut again = restarted(bench, &follower).await?;
    again.send_join().await?;
    expect(
        "the parked join of the old id",
        follower.join_answer().await?.error_code,
        FENCED,
    )?;
    let round = leader.join().await?;
    expect(
        "the restarted member",
        again.join_answer().await?.error_code,
        ErrorCode::NONE,
    )?;
    expect("the members of the round", round.members.len(), 2)
}

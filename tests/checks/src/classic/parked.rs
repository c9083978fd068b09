//! Facts about connections: what becomes of a parked JoinGroup or SyncGroup that is sent again, or whose connection is closed.

use std::time::Duration;

use kohort_protocol::ErrorCode;
use kohort_protocol::api::metadata::MetadataRequest;
use tokio::time::Instant;

use crate::{Bench, Failed, Member, RawConnection, expect, expect_that};

/// Exchanges the member's lane for a new one, and returns the old.
async fn change_lane(bench: &Bench, member: &mut Member) -> Result<RawConnection, Failed> {
    let node = bench.coordinator(&member.group).await?;
    Ok(std::mem::replace(&mut member.lane, bench.connect_to(node).await?))
}

/// The broker reads nothing more on such a connection.
async fn is_blocked(connection: &mut RawConnection, what: &str) -> Result<(), Failed> {
    let request = MetadataRequest {
        allow_auto_topic_creation: true,
        ..MetadataRequest::default()
    };
    connection.send(1, &request).await?;
    connection.expect_silence(what).await
}

/// fact/replaced-join
pub(crate) async fn replaced_join(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let [mut leader, mut follower] = bench.stable(&group).await?;
    leader.send_join().await?;
    follower.heartbeat_until(ErrorCode::REBALANCE_IN_PROGRESS).await?;
    let mut first = change_lane(bench, &mut leader).await?;
    leader.send_join().await?;
    leader
        .lane
        .expect_silence("the second join of the leader")
        .await?;
    follower.join().await?;
    expect(
        "the second join of the leader",
        leader.join_answer().await?.error_code,
        ErrorCode::NONE,
    )?;
    first.expect_silence("the first join of the leader").await?;
    is_blocked(&mut first, "a request behind the replaced join").await
}

/// fact/replaced-sync
pub(crate) async fn replaced_sync(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let mut members = bench.members::<2>(&group).await?;
    Member::gather(&mut members).await?;
    let [leader, follower] = &mut members;
    follower.send_sync().await?;
    follower.lane.expect_silence("the first sync").await?;
    let mut first = change_lane(bench, follower).await?;
    follower.send_sync().await?;
    follower.lane.expect_silence("the second sync").await?;
    leader.sync(Vec::new()).await?;
    expect(
        "the second sync",
        follower.synced().await?.error_code,
        ErrorCode::NONE,
    )?;
    first.expect_silence("the first sync").await?;
    is_blocked(&mut first, "a request behind the replaced sync").await
}

/// fact/closed-join: a member whose connection closes with its join parked counts as joined.
pub(crate) async fn closed_join(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let [mut leader, mut follower] = bench.stable(&group).await?;
    leader.send_join().await?;
    follower.heartbeat_until(ErrorCode::REBALANCE_IN_PROGRESS).await?;
    drop(change_lane(bench, &mut leader).await?);
    expect(
        "the heartbeat of who hung up",
        leader.heartbeat().await?,
        ErrorCode::REBALANCE_IN_PROGRESS,
    )?;
    let round = follower.join().await?;
    expect("the leader of the round", &round.leader, &leader.id)?;
    let again = leader.join().await?;
    expect(
        "the same join once more",
        (again.generation_id, again.members.len()),
        (round.generation_id, 2),
    )
}

/// fact/closed-first-join: a new member that hung up stays until its session is over, counted from the round.
pub(crate) async fn closed_first_join(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let [mut leader] = bench.stable(&group).await?;
    let mut newcomer = bench.member(&group).await?.timeouts(1500, 10_000);
    newcomer.get_id().await?;
    newcomer.send_join().await?;
    leader.wait_for_members(2).await?;
    drop(change_lane(bench, &mut newcomer).await?);
    tokio::time::sleep(Duration::from_millis(1700)).await;
    let round = leader.join().await?;
    let began = Instant::now();
    expect("the members of the round", round.members.len(), 2)?;
    leader.heartbeat_until(ErrorCode::REBALANCE_IN_PROGRESS).await?;
    expect_that(
        "the lost member goes",
        began.elapsed(),
        "after its session, 1.5 s",
        |time| (Duration::from_millis(1400)..Duration::from_millis(3500)).contains(time),
    )
}

/// fact/closed-stable: connections are nothing to a stable member.
pub(crate) async fn closed_stable(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let [mut leader, mut follower] = bench.stable(&group).await?;
    drop(change_lane(bench, &mut follower).await?);
    let node = bench.coordinator(&group).await?;
    follower.control = bench.connect_to(node).await?;
    for member in [&mut leader, &mut follower] {
        expect("a heartbeat", member.heartbeat().await?, ErrorCode::NONE)?;
        expect("the group", member.describe().await?.members.len(), 2)?;
    }
    Ok(())
}

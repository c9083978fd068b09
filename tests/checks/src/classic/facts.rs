//! Facts about classic groups beside the rules: rejoins, generations, groups that are not there, groups that are deleted.

use kohort_protocol::api::delete_groups::DeleteGroupsRequest;
use kohort_protocol::{ErrorCode, Generation, GroupId};

use crate::member::{knows_range, leaving};
use crate::rounds::describe;
use crate::{Bench, Failed, Member, RawConnection, expect};

const REBALANCING: ErrorCode = ErrorCode::REBALANCE_IN_PROGRESS;

/// fact/rejoin-stable
pub(crate) async fn rejoin_in_stable(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let [mut leader, mut follower] = bench.stable(&group).await?;
    let same = follower.join().await?;
    expect(
        "an unchanged follower",
        (same.generation_id, same.members.len()),
        (Generation(2), 0),
    )?;
    expect("the leader meanwhile", leader.heartbeat().await?, ErrorCode::NONE)?;
    follower.protocols = knows_range("changed");
    follower.send_join().await?;
    leader.heartbeat_until(REBALANCING).await?;
    let round = leader.join().await?;
    follower.joined().await?;
    expect(
        "the generation of a changed follower",
        round.generation_id,
        Generation(3),
    )?;
    let mut members = [leader, follower];
    Member::share_out(&mut members).await?;
    let [leader, follower] = &mut members;
    leader.send_join().await?;
    follower.heartbeat_until(REBALANCING).await?;
    follower.join().await?;
    expect(
        "the generation after the unchanged leader",
        leader.joined().await?.generation_id,
        Generation(4),
    )
}

/// fact/rejoin-completing
pub(crate) async fn rejoin_in_completing(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let mut members = bench.members::<2>(&group).await?;
    Member::gather(&mut members).await?;
    let [leader, follower] = &mut members;
    let again = follower.join().await?;
    expect(
        "an unchanged follower",
        (again.generation_id, again.members.len()),
        (Generation(2), 0),
    )?;
    let again = leader.join().await?;
    expect(
        "the unchanged leader",
        (again.generation_id, again.members.len()),
        (Generation(2), 2),
    )?;
    leader.sync(Vec::new()).await?;

    // Once more into CompletingRebalance, to be left by changed bytes.
    leader.send_join().await?;
    follower.heartbeat_until(REBALANCING).await?;
    follower.join().await?;
    leader.joined().await?;
    follower.send_sync().await?;
    follower.lane.expect_silence("the parked sync").await?;
    leader.protocols = knows_range("changed");
    leader.send_join().await?;
    expect(
        "the parked sync",
        follower.synced().await?.error_code,
        REBALANCING,
    )
}

/// fact/newcomer: what the others see of a new member.
pub(crate) async fn newcomer(bench: &mut Bench) -> Result<(), Failed> {
    let (topic, group) = (bench.topic(1).await?, bench.group());
    let [mut leader, mut follower] = bench.stable(&group).await?;
    let mut newcomer = bench.member(&group).await?;
    newcomer.get_id().await?;
    expect(
        "a heartbeat beside a pending id",
        leader.heartbeat().await?,
        ErrorCode::NONE,
    )?;
    newcomer.send_join().await?;
    follower.heartbeat_until(REBALANCING).await?;
    expect(
        "a commit of the old generation",
        follower.commit(&topic, 1).await?,
        ErrorCode::NONE,
    )?;
    leader.send_join().await?;
    follower.join().await?;
    leader.joined().await?;
    newcomer.joined().await?;
    // And once more while a sync is parked.
    follower.send_sync().await?;
    follower.lane.expect_silence("the parked sync").await?;
    let mut next = bench.member(&group).await?;
    next.get_id().await?;
    next.send_join().await?;
    expect(
        "the parked sync",
        follower.synced().await?.error_code,
        REBALANCING,
    )
}

/// fact/generation: it goes on after the group was empty, by one for the emptying.
pub(crate) async fn generation_goes_on(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let [mut member] = bench.stable(&group).await?;
    member.leave().await?;
    let mut next = bench.member(&group).await?;
    expect(
        "the next generation",
        next.join().await?.generation_id,
        Generation(member.generation.0 + 2),
    )
}

/// fact/unknown-group
pub(crate) async fn unknown_group(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let mut stranger = bench.member(&group).await?;
    stranger.id = "nobody".into();
    stranger.generation = Generation(1);
    expect(
        "Heartbeat",
        stranger.heartbeat().await?,
        ErrorCode::UNKNOWN_MEMBER_ID,
    )?;
    expect(
        "SyncGroup",
        stranger.sync_with(|_| ()).await?,
        ErrorCode::UNKNOWN_MEMBER_ID,
    )?;
    let left = stranger.leave_for(vec![leaving("nobody")]).await?;
    let codes: Vec<ErrorCode> = left.members.iter().map(|member| member.error_code).collect();
    expect("LeaveGroup", codes, vec![ErrorCode::UNKNOWN_MEMBER_ID])?;
    for (version, code) in [(5, ErrorCode::NONE), (6, ErrorCode::GROUP_ID_NOT_FOUND)] {
        let seen = describe(&mut stranger.control, version, &group).await?;
        expect(
            format!("DescribeGroups v{version}"),
            (seen.error_code, &*seen.group_state),
            (code, "Dead"),
        )?;
    }
    Ok(())
}

async fn delete(
    connection: &mut RawConnection,
    groups: &[&GroupId],
) -> Result<Vec<(GroupId, ErrorCode)>, Failed> {
    let request = DeleteGroupsRequest {
        groups_names: groups.iter().map(|&group| group.clone()).collect(),
    };
    let answer = connection.call(2, &request).await?;
    let mut results: Vec<_> = answer
        .results
        .into_iter()
        .map(|result| (result.group_id, result.error_code))
        .collect();
    results.sort();
    Ok(results)
}

/// fact/delete-groups
pub(crate) async fn delete_groups(bench: &mut Bench) -> Result<(), Failed> {
    let topic = bench.topic(1).await?;
    let (live, emptied, unknown, promised) = (bench.group(), bench.group(), bench.group(), bench.group());
    let [mut member] = bench.stable(&live).await?;
    let [mut gone] = bench.stable(&emptied).await?;
    expect("OffsetCommit", gone.commit(&topic, 1).await?, ErrorCode::NONE)?;
    gone.leave().await?;
    let mut pending = bench.member(&promised).await?;
    pending.get_id().await?;
    bench.coordinator(&unknown).await?;
    let deleted = delete(
        &mut member.control,
        &[&live, &emptied, &unknown, &promised, &unknown],
    )
    .await?;
    let mut expected = vec![
        (live, ErrorCode::NON_EMPTY_GROUP),
        (emptied.clone(), ErrorCode::NONE),
        (unknown, ErrorCode::GROUP_ID_NOT_FOUND),
        (promised, ErrorCode::NONE),
    ];
    expected.sort();
    expect(
        "a live, an emptied, an unknown (twice) and a group with an id only",
        deleted,
        expected,
    )?;
    expect(
        "the join with that id",
        pending.try_join().await?.error_code,
        ErrorCode::UNKNOWN_MEMBER_ID,
    )?;
    let stored = crate::offsets::committed(&mut gone.control, &emptied, &topic).await?;
    expect("the offset of the deleted group", stored, Some(-1))
}

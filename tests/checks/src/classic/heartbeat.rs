//! `classic/3.1-3.4`: what a heartbeat is told in each state.

use kohort_protocol::{ErrorCode, Generation};

use crate::{Bench, Failed, Member, expect};

async fn wrong_generations(member: &mut Member, state: &str) -> Result<(), Failed> {
    for generation in [0, -1, member.generation.0 - 1, member.generation.0 + 1] {
        let code = member
            .heartbeat_with(|request| request.generation_id = Generation(generation))
            .await?;
        expect(
            format!("generation {generation} in {state}"),
            code,
            ErrorCode::ILLEGAL_GENERATION,
        )?;
    }
    let code = member
        .heartbeat_with(|request| request.member_id = "nobody".into())
        .await?;
    expect(
        format!("an unknown member in {state}"),
        code,
        ErrorCode::UNKNOWN_MEMBER_ID,
    )
}

/// classic/3.1-3.4
pub(crate) async fn states(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let mut members = bench.members::<2>(&group).await?;
    Member::gather(&mut members).await?;
    for member in &mut members {
        expect(
            "in CompletingRebalance",
            member.heartbeat().await?,
            ErrorCode::NONE,
        )?;
        wrong_generations(member, "CompletingRebalance").await?;
    }
    Member::share_out(&mut members).await?;
    for member in &mut members {
        expect("in Stable", member.heartbeat().await?, ErrorCode::NONE)?;
        wrong_generations(member, "Stable").await?;
    }
    let [leader, follower] = &mut members;
    leader.send_join().await?;
    follower.heartbeat_until(ErrorCode::REBALANCE_IN_PROGRESS).await?;
    // Also the one whose own join is parked.
    expect(
        "with a parked join",
        leader.heartbeat().await?,
        ErrorCode::REBALANCE_IN_PROGRESS,
    )?;
    wrong_generations(leader, "PreparingRebalance").await?;
    wrong_generations(follower, "PreparingRebalance").await?;
    let other = bench.group();
    bench.coordinator(&other).await?;
    let code = leader.heartbeat_with(|request| request.group_id = other).await?;
    expect("an unknown group", code, ErrorCode::UNKNOWN_MEMBER_ID)
}

//! `classic/4.1-4.3`: leaving, alone and in a batch, by member id and by instance id.

use kohort_protocol::ErrorCode;
use kohort_protocol::api::leave_group::{LeaveGroupRequest, LeaveGroupResponse};

use crate::member::{leaving, leaving_instance};
use crate::{Bench, Failed, Member, expect};

fn codes(response: &LeaveGroupResponse) -> (ErrorCode, Vec<ErrorCode>) {
    (
        response.error_code,
        response.members.iter().map(|member| member.error_code).collect(),
    )
}

const UNKNOWN: ErrorCode = ErrorCode::UNKNOWN_MEMBER_ID;

/// classic/4.1
pub(crate) async fn batch(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let mut holder = bench.member(&group).await?.named("held");
    holder.join().await?;
    holder.sync(Vec::new()).await?;
    let mut pending = bench.member(&group).await?;
    pending.get_id().await?;
    let answer = pending.leave_for(vec![]).await?;
    expect("an empty batch", codes(&answer), (ErrorCode::NONE, vec![]))?;
    let answer = pending
        .leave_for(vec![
            leaving("nobody"),
            leaving_instance("free", ""),
            leaving_instance("held", "nobody"),
            leaving(pending.id.as_str()),
            leaving(pending.id.as_str()),
            leaving_instance("held", holder.id.as_str()),
            leaving_instance("held", holder.id.as_str()),
        ])
        .await?;
    let (none, fenced) = (ErrorCode::NONE, ErrorCode::FENCED_INSTANCE_ID);
    let expected = vec![UNKNOWN, UNKNOWN, fenced, none, UNKNOWN, none, UNKNOWN];
    expect(
        "unknown id, unknown instance, wrong id, pending twice, member twice",
        codes(&answer),
        (none, expected),
    )?;
    let asked_back = answer.members.get(2).map(|m| {
        (
            m.member_id.as_str(),
            m.group_instance_id.as_ref().map(AsRef::as_ref),
        )
    });
    expect(
        "an entry of the answer",
        asked_back,
        Some(("nobody", Some("held"))),
    )
}

/// classic/4.1, unknown groups and old versions
pub(crate) async fn unknown_group(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let mut stranger = bench.member(&group).await?;
    let answer = stranger.leave_for(vec![leaving("a"), leaving("b")]).await?;
    expect(
        "an unknown group",
        codes(&answer),
        (ErrorCode::NONE, vec![UNKNOWN, UNKNOWN]),
    )?;
    for version in 0..=2 {
        let request = LeaveGroupRequest {
            group_id: group.clone(),
            members: vec![leaving("a")],
        };
        let answer = stranger.control.call(version, &request).await?;
        expect(
            format!("an unknown group, v{version}"),
            answer.error_code,
            UNKNOWN,
        )?;
    }
    Ok(())
}

/// classic/4.2, 4.3
pub(crate) async fn by_instance(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let [first, second] = bench.members(&group).await?;
    let mut members = [first, second.named("held")];
    Member::gather(&mut members).await?;
    Member::share_out(&mut members).await?;
    let [leader, held] = &mut members;
    let answer = leader.leave_for(vec![leaving_instance("held", "")]).await?;
    expect(
        "an instance with an empty id",
        codes(&answer),
        (ErrorCode::NONE, vec![ErrorCode::NONE]),
    )?;
    expect(
        "the others, at once",
        leader.heartbeat().await?,
        ErrorCode::REBALANCE_IN_PROGRESS,
    )?;
    let code = held
        .heartbeat_with(|request| request.group_instance_id = None)
        .await?;
    expect("the one that left", code, UNKNOWN)
}

/// classic/4.3: a parked join of the member that leaves is answered.
pub(crate) async fn frees_a_parked_join(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let mut members = bench.stable::<2>(&group).await?;
    let [leader, follower] = &mut members;
    leader.send_join().await?;
    follower.heartbeat_until(ErrorCode::REBALANCE_IN_PROGRESS).await?;
    leader.leave().await?;
    expect(
        "the parked join of the member that left",
        leader.join_answer().await?.error_code,
        UNKNOWN,
    )?;
    let alone = follower.join().await?;
    expect(
        "the leader now",
        (&alone.leader, alone.members.len()),
        (&follower.id, 1),
    )
}

//! `classic/2.1-2.4`: the leader's bytes reach the followers, and who is turned away.

use bytes::Bytes;
use kohort_protocol::api::sync_group::SyncGroupAssignment;
use kohort_protocol::{ErrorCode, Generation};

use crate::{Bench, Failed, Member, expect};

/// classic/2.1
pub(crate) async fn bytes_unchanged(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let mut members = bench.members::<3>(&group).await?;
    Member::gather(&mut members).await?;
    let [leader, second, third] = &mut members;
    let all: Vec<u8> = (0..=255).collect();
    let bytes = SyncGroupAssignment {
        member_id: second.id.clone(),
        assignment: Bytes::from(all.clone()),
    };
    let nobody = SyncGroupAssignment {
        member_id: "nobody".into(),
        assignment: Bytes::from_static(b"lost"),
    };
    // A follower's own list is ignored.
    second
        .send_sync_with(vec![second.gets("mine"), third.gets("thine")], |_| ())
        .await?;
    third.send_sync().await?;
    third.lane.expect_silence("SyncGroup before the leader's").await?;
    expect(
        "the leader's own",
        leader.sync(vec![bytes, nobody]).await?.assignment,
        Bytes::new(),
    )?;
    expect(
        "a follower's",
        second.synced().await?.assignment,
        Bytes::from(all.clone()),
    )?;
    expect(
        "of whom the leader left out",
        third.synced().await?.assignment,
        Bytes::new(),
    )?;

    let again = vec![second.gets("changed"), leader.gets("changed")];
    expect(
        "the leader's second list",
        leader.sync(again).await?.assignment,
        Bytes::new(),
    )?;
    let repeated = second.sync(Vec::new()).await?;
    expect(
        "SyncGroup in Stable",
        (repeated.error_code, repeated.assignment),
        (ErrorCode::NONE, Bytes::from(all)),
    )
}

/// classic/2.1, an empty list
pub(crate) async fn empty_list(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let mut members = bench.members::<2>(&group).await?;
    Member::gather(&mut members).await?;
    let [leader, follower] = &mut members;
    follower.send_sync().await?;
    for answer in [leader.sync(Vec::new()).await?, follower.synced().await?] {
        expect(
            "SyncGroup",
            (answer.error_code, answer.assignment),
            (ErrorCode::NONE, Bytes::new()),
        )?;
    }
    expect(
        "the group",
        leader.describe().await?.group_state,
        "Stable".to_owned(),
    )
}

/// classic/2.2
pub(crate) async fn refused(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let mut members = bench.stable::<2>(&group).await?;
    let [leader, follower] = &mut members;
    for generation in [0, 1, 3, -1] {
        let code = follower
            .sync_with(|request| request.generation_id = Generation(generation))
            .await?;
        expect(
            format!("generation {generation}"),
            code,
            ErrorCode::ILLEGAL_GENERATION,
        )?;
    }
    let unknown = ErrorCode::UNKNOWN_MEMBER_ID;
    let code = follower
        .sync_with(|request| request.member_id = "nobody".into())
        .await?;
    expect("an unknown member", code, unknown)?;
    let other = bench.group();
    bench.coordinator(&other).await?;
    let code = leader.sync_with(|request| request.group_id = other).await?;
    expect("an unknown group", code, unknown)
}

/// classic/2.3
pub(crate) async fn while_preparing(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let mut members = bench.stable::<2>(&group).await?;
    let [leader, follower] = &mut members;
    leader.send_join().await?;
    follower.heartbeat_until(ErrorCode::REBALANCE_IN_PROGRESS).await?;
    expect(
        "SyncGroup",
        follower.sync_with(|_| ()).await?,
        ErrorCode::REBALANCE_IN_PROGRESS,
    )?;

    // The order of the checks: member, generation, protocol, state.
    let code = follower
        .sync_with(|request| {
            request.member_id = "nobody".into();
            request.generation_id = Generation(77);
        })
        .await?;
    expect(
        "unknown member and wrong generation",
        code,
        ErrorCode::UNKNOWN_MEMBER_ID,
    )?;
    let code = follower
        .sync_with(|request| {
            request.generation_id = Generation(77);
            request.protocol_name = Some("other".to_owned());
        })
        .await?;
    expect(
        "wrong generation and protocol",
        code,
        ErrorCode::ILLEGAL_GENERATION,
    )?;
    let code = follower
        .sync_with(|request| request.protocol_name = Some("other".to_owned()))
        .await?;
    expect(
        "wrong protocol while preparing",
        code,
        ErrorCode::INCONSISTENT_GROUP_PROTOCOL,
    )
}

/// classic/2.4
pub(crate) async fn wrong_protocol(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let mut members = bench.stable::<1>(&group).await?;
    let [member] = &mut members;
    for wrong in [Some("other"), Some(""), None] {
        let refused = ErrorCode::INCONSISTENT_GROUP_PROTOCOL;
        let code = member
            .sync_with(|request| request.protocol_name = wrong.map(str::to_owned))
            .await?;
        expect(format!("protocol name {wrong:?}"), code, refused)?;
        let code = member
            .sync_with(|request| request.protocol_type = wrong.map(str::to_owned))
            .await?;
        expect(format!("protocol type {wrong:?}"), code, refused)?;
    }
    let answer = member.sync(Vec::new()).await?;
    expect(
        "the right ones",
        (
            answer.error_code,
            answer.protocol_type.as_deref(),
            answer.protocol_name.as_deref(),
        ),
        (ErrorCode::NONE, Some("consumer"), Some("range")),
    )
}

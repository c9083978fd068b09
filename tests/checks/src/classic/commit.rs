//! `classic/6.1-6.5`: who may commit, in which state.

use kohort_protocol::api::offset_commit::OffsetCommitRequest;
use kohort_protocol::{ErrorCode, Generation, MemberId};

use crate::offsets::{commit_request, committed_code};
use crate::{Bench, Failed, Member, RawConnection, expect};

const UNKNOWN: ErrorCode = ErrorCode::UNKNOWN_MEMBER_ID;
const ILLEGAL: ErrorCode = ErrorCode::ILLEGAL_GENERATION;

/// classic/6.1-6.3
pub(crate) async fn generations(bench: &mut Bench) -> Result<(), Failed> {
    let (topic, group) = (bench.topic(1).await?, bench.group());
    let mut members = bench.members::<2>(&group).await?;
    Member::gather(&mut members).await?;
    let [_, follower] = &mut members;
    let code = follower.commit(&topic, 1).await?;
    expect("in CompletingRebalance", code, ErrorCode::REBALANCE_IN_PROGRESS)?;
    let code = follower
        .commit_with(&topic, 1, |r| r.generation_id_or_member_epoch = Generation(1))
        .await?;
    expect("the generation before, in CompletingRebalance", code, ILLEGAL)?;
    Member::share_out(&mut members).await?;
    let [leader, follower] = &mut members;
    expect("in Stable", follower.commit(&topic, 2).await?, ErrorCode::NONE)?;
    for generation in [0, 1, 3] {
        let code = follower
            .commit_with(&topic, 1, |r| {
                r.generation_id_or_member_epoch = Generation(generation);
            })
            .await?;
        expect(format!("generation {generation}"), code, ILLEGAL)?;
    }
    let code = follower
        .commit_with(&topic, 1, |r| r.member_id = "nobody".into())
        .await?;
    expect("an unknown member", code, UNKNOWN)?;
    leader.send_join().await?;
    follower.heartbeat_until(ErrorCode::REBALANCE_IN_PROGRESS).await?;
    expect(
        "in PreparingRebalance",
        follower.commit(&topic, 3).await?,
        ErrorCode::NONE,
    )?;
    expect(
        "in PreparingRebalance, with a parked join",
        leader.commit(&topic, 4).await?,
        ErrorCode::NONE,
    )
}

/// classic/6.4
pub(crate) async fn from_outside(bench: &mut Bench) -> Result<(), Failed> {
    let (topic, group) = (bench.topic(1).await?, bench.group());
    let mut member = bench.member(&group).await?.named("held");
    member.join().await?;
    member.sync(Vec::new()).await?;
    let own = member.id.clone();
    let nobody = MemberId::default();
    let mut try_as = async |generation: i32, id: MemberId, instance: Option<&str>| {
        let change = |request: &mut OffsetCommitRequest| {
            request.generation_id_or_member_epoch = Generation(generation);
            request.member_id = id;
            request.group_instance_id = instance.map(Into::into);
        };
        member.commit_with(&topic, 1, change).await
    };
    expect(
        "generation -1, empty id",
        try_as(-1, nobody.clone(), None).await?,
        UNKNOWN,
    )?;
    expect("generation -1, own id", try_as(-1, own, None).await?, ILLEGAL)?;
    let fenced = ErrorCode::FENCED_INSTANCE_ID;
    expect(
        "generation -1, empty id, live instance",
        try_as(-1, nobody.clone(), Some("held")).await?,
        fenced,
    )?;
    expect(
        "a good generation, empty id",
        try_as(1, nobody, None).await?,
        UNKNOWN,
    )
}

/// classic/6.5
pub(crate) async fn empty_groups(bench: &mut Bench) -> Result<(), Failed> {
    let (topic, group) = (bench.topic(1).await?, bench.group());
    let mut member = bench.member(&group).await?;
    member.join().await?;
    member.sync(Vec::new()).await?;
    member.leave().await?;
    let old = member.id.clone();
    let outside = Generation::NONE;
    for (what, generation, id, instance, expected) in [
        ("-1", outside, "", None, ErrorCode::NONE),
        ("-1 with any id", outside, "anybody", None, ErrorCode::NONE),
        (
            "-1 with any id and instance",
            outside,
            "anybody",
            Some("any"),
            ErrorCode::NONE,
        ),
        (
            "a member that left",
            member.generation,
            old.as_str(),
            None,
            UNKNOWN,
        ),
        ("generation 0 and no id", Generation(0), "", None, UNKNOWN),
    ] {
        let code = member
            .commit_with(&topic, 1, |request| {
                request.generation_id_or_member_epoch = generation;
                request.member_id = id.into();
                request.group_instance_id = instance.map(Into::into);
            })
            .await?;
        expect(format!("an emptied group, {what}"), code, expected)?;
    }
    let unknown = bench.group();
    bench.coordinator(&unknown).await?;
    let mut request = commit_request(&unknown, &topic, 1);
    request.generation_id_or_member_epoch = Generation(0);
    for (version, expected) in [(8, ILLEGAL), (9, ErrorCode::GROUP_ID_NOT_FOUND)] {
        let code = commit(&mut member.control, version, &request).await?;
        expect(
            format!("an unknown group, generation 0, v{version}"),
            code,
            expected,
        )?;
    }
    let code = commit(&mut member.control, 8, &commit_request(&unknown, &topic, 1)).await?;
    expect("an unknown group, generation -1", code, ErrorCode::NONE)
}

async fn commit(
    connection: &mut RawConnection,
    version: i16,
    request: &OffsetCommitRequest,
) -> Result<ErrorCode, Failed> {
    committed_code(&connection.call(version, request).await?)
}

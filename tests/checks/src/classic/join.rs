//! `classic/1.1-1.7`: who may join, and what the members are told.

use bytes::Bytes;
use kohort_protocol::api::delete_groups::DeleteGroupsRequest;
use kohort_protocol::api::join_group::JoinGroupResponse;
use kohort_protocol::api::offset_delete::OffsetDeleteRequest;
use kohort_protocol::{ErrorCode, Generation, GroupId, MemberId};

use crate::member::leaving;
use crate::offsets::{Asked, commit_request, committed_code, fetch};
use crate::raw::CLIENT_ID;
use crate::{Bench, Failed, Member, expect, expect_that};

/// classic/1.1
pub(crate) async fn two_steps(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let mut member = bench.member(&group).await?;
    let first = member.try_join().await?;
    let expected = refusal(&member.id, ErrorCode::MEMBER_ID_REQUIRED);
    expect("the first JoinGroup", &first, &expected)?;
    is_named_after(CLIENT_ID, &first.member_id)?;

    // Each empty join makes a new id; an id is good on any connection.
    let mut other = bench.member(&group).await?;
    other.get_id().await?;
    expect_that("the next id", &other.id, "another one", |id| **id != member.id)?;
    other.leave().await?;
    other.id = member.id.clone();
    let second = other.try_join().await?;
    expect(
        "the second JoinGroup",
        (second.error_code, second.generation_id, second.member_id),
        (ErrorCode::NONE, Generation(1), member.id),
    )
}

/// An answer that says no and nothing else: generation -1, no protocol, no leader, no members.
fn refusal(id: &MemberId, error_code: ErrorCode) -> JoinGroupResponse {
    JoinGroupResponse {
        error_code,
        member_id: id.clone(),
        ..JoinGroupResponse::default()
    }
}

/// `<name>-<uuid>`
fn is_named_after(name: &str, id: &MemberId) -> Result<(), Failed> {
    let uuid = id
        .as_str()
        .strip_prefix(name)
        .and_then(|rest| rest.strip_prefix('-'));
    let lengths: Option<Vec<usize>> = uuid.map(|uuid| uuid.split('-').map(str::len).collect());
    expect_that("the member id", id, &format!("{name}-<uuid>"), |_| {
        lengths == Some(vec![8, 4, 4, 4, 12])
    })
}

/// classic/1.1, before v4
pub(crate) async fn one_step_before_v4(bench: &mut Bench) -> Result<(), Failed> {
    for version in 0..=3 {
        let group = bench.group();
        let member = bench.member(&group).await?;
        let mut request = member.join_request();
        if version == 0 {
            request.rebalance_timeout_ms = -1;
        }
        let mut lane = member.lane;
        let joined = lane.call(version, &request).await?;
        expect(
            format!("JoinGroup v{version}"),
            (
                joined.error_code,
                joined.generation_id,
                joined.protocol_name.as_deref(),
            ),
            (ErrorCode::NONE, Generation(1), Some("range")),
        )?;
        is_named_after(CLIENT_ID, &joined.member_id)?;
    }
    Ok(())
}

/// classic/1.2
pub(crate) async fn static_members(bench: &mut Bench) -> Result<(), Failed> {
    let long = "x".repeat(250);
    for instance in ["one", "", "..", "a b/\u{fc}?", &long] {
        let group = bench.group();
        let mut member = bench.member(&group).await?.named(instance);
        let joined = member.try_join().await?;
        expect(
            format!("JoinGroup of instance {instance:?}"),
            (joined.error_code, joined.generation_id),
            (ErrorCode::NONE, Generation(1)),
        )?;
        is_named_after(instance, &joined.member_id)?;
    }
    Ok(())
}

/// classic/1.3
pub(crate) async fn unknown_ids(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let mut stranger = bench.member(&group).await?;
    let unknown = ErrorCode::UNKNOWN_MEMBER_ID;
    let as_nobody = |stranger: &mut Member| stranger.id = "nobody".into();
    as_nobody(&mut stranger);
    let answer = stranger.try_join().await?;
    expect(
        "an unknown id in no group",
        answer,
        refusal(&stranger.id, unknown),
    )?;
    let mut holder = bench.member(&group).await?.named("held");
    holder.join().await?;
    as_nobody(&mut stranger);
    let answer = stranger.try_join().await?;
    expect(
        "an unknown id in a live group",
        answer,
        refusal(&stranger.id, unknown),
    )?;
    let mut with_instance = |name: &str| {
        as_nobody(&mut stranger);
        stranger.instance = Some(name.into());
        stranger.join_request()
    };
    let (free, held) = (with_instance("free"), with_instance("held"));
    let code = stranger.lane.call(9, &free).await?.error_code;
    expect("an unknown id with an unknown instance", code, unknown)?;
    let code = stranger.lane.call(9, &held).await?.error_code;
    expect(
        "an unknown id with an instance in use",
        code,
        ErrorCode::FENCED_INSTANCE_ID,
    )
}

/// classic/1.4 (`group.min.session.timeout.ms=500`, `group.max.session.timeout.ms=1800000`)
pub(crate) async fn session_timeouts(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let mut member = bench.member(&group).await?;
    for timeout in [0, -1, i32::MIN, 499, 1_800_001, i32::MAX] {
        let answer = member
            .try_join_with(|request| request.session_timeout_ms = timeout)
            .await?;
        let expected = refusal(&MemberId::default(), ErrorCode::INVALID_SESSION_TIMEOUT);
        expect(format!("a session of {timeout} ms"), answer, expected)?;
    }
    for (session, rebalance) in [(500, 500), (1_800_000, -1), (10_000, 0), (10_000, i32::MAX)] {
        let group = bench.group();
        let mut member = bench.member(&group).await?;
        member.get_id().await?;
        let answer = member
            .try_join_with(|request| {
                request.session_timeout_ms = session;
                request.rebalance_timeout_ms = rebalance;
            })
            .await?;
        expect(
            format!("session {session}, rebalance {rebalance} ms"),
            answer.error_code,
            ErrorCode::NONE,
        )?;
    }
    Ok(())
}

/// classic/1.5
pub(crate) async fn protocols(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let mut holder = bench.member(&group).await?;
    let refused = ErrorCode::INCONSISTENT_GROUP_PROTOCOL;
    expect(
        "no protocols, new group",
        join_as(&mut holder, "consumer", &[]).await?,
        refused,
    )?;
    expect(
        "an empty type, new group",
        join_as(&mut holder, "", &["range"]).await?,
        refused,
    )?;
    holder.join().await?;
    holder.sync(Vec::new()).await?;

    let mut other = bench.member(&group).await?;
    for (what, protocol_type, names) in [
        ("no common protocol", "consumer", &["sticky"][..]),
        ("another type", "connect", &["range"]),
        ("an empty type", "", &["range"]),
        ("no protocols", "consumer", &[]),
    ] {
        expect(what, join_as(&mut other, protocol_type, names).await?, refused)?;
    }
    expect("the group meanwhile", holder.heartbeat().await?, ErrorCode::NONE)?;
    holder.leave().await?;

    let taken = join_as(&mut other, "connect", &["compatible"]).await?;
    expect(
        "another type in an emptied group, first step",
        taken,
        ErrorCode::MEMBER_ID_REQUIRED,
    )?;
    let taken = join_as(&mut other, "connect", &["compatible"]).await?;
    expect("another type in an emptied group", taken, ErrorCode::NONE)
}

async fn join_as(member: &mut Member, protocol_type: &str, names: &[&str]) -> Result<ErrorCode, Failed> {
    let named = |name: &&str| ((*name).to_owned(), Bytes::new());
    let before = (member.protocol_type.clone(), member.protocols.clone());
    member.protocol_type = protocol_type.to_owned();
    member.protocols = names.iter().map(named).collect();
    let answer = member.try_join().await?;
    (member.protocol_type, member.protocols) = before;
    Ok(answer.error_code)
}

/// classic/1.6
pub(crate) async fn empty_group_id(bench: &mut Bench) -> Result<(), Failed> {
    let topic = bench.topic(1).await?;
    let nobody = GroupId::default();
    let mut member = bench.member(&nobody).await?;
    let refused = ErrorCode::INVALID_GROUP_ID;
    expect("JoinGroup", member.try_join().await?.error_code, refused)?;
    member.id = "somebody".into();
    expect("SyncGroup", member.sync_with(|_| ()).await?, refused)?;
    expect("Heartbeat", member.heartbeat().await?, refused)?;
    expect(
        "LeaveGroup",
        member.leave_for(vec![leaving("somebody")]).await?.error_code,
        refused,
    )?;
    let request = OffsetDeleteRequest {
        group_id: nobody.clone(),
        topics: Vec::new(),
    };
    expect(
        "OffsetDelete",
        member.control.call(0, &request).await?.error_code,
        refused,
    )?;
    // Where another check has stored offsets in this group, there is such a group.
    let request = DeleteGroupsRequest {
        groups_names: vec![nobody.clone()],
    };
    let deleted = member.control.call(2, &request).await?;
    let codes: Vec<ErrorCode> = deleted.results.iter().map(|group| group.error_code).collect();
    expect("DeleteGroups", codes, vec![ErrorCode::GROUP_ID_NOT_FOUND])?;
    let described = crate::rounds::describe(&mut member.control, 6, &nobody).await?;
    expect(
        "DescribeGroups",
        described.error_code,
        ErrorCode::GROUP_ID_NOT_FOUND,
    )?;

    let stored = member
        .control
        .call(9, &commit_request(&nobody, &topic, 3))
        .await?;
    expect("OffsetCommit", committed_code(&stored)?, ErrorCode::NONE)?;
    let read = fetch(&mut member.control, 8, &nobody, Asked::Partitions(&topic, &[0])).await?;
    expect(
        "OffsetFetch",
        (read.error_code, crate::offsets::offset_of(&read)),
        (ErrorCode::NONE, Some(3)),
    )?;
    let deleted = member.control.call(2, &request).await?;
    let codes: Vec<ErrorCode> = deleted.results.iter().map(|group| group.error_code).collect();
    expect(
        "DeleteGroups of the group with an offset",
        codes,
        vec![ErrorCode::NONE],
    )
}

/// classic/1.7
pub(crate) async fn leaders_view(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    // a and c are known to all three; two prefer c. b is preferred by one, but not known to all.
    let known = [["a", "c", "b"], ["c", "a", "x"], ["c", "b", "a"]];
    let [first, second, third] = bench.members(&group).await?;
    let mut members = [first, second.named("second"), third];
    for (i, (member, names)) in members.iter_mut().zip(known).enumerate() {
        member.protocols = names
            .map(|name| (name.to_owned(), Bytes::from(format!("{name}{i}"))))
            .to_vec();
    }
    let answers = Member::gather(&mut members).await?;
    let ids: Vec<&MemberId> = members.iter().map(|member| &member.id).collect();
    for (i, answer) in answers.iter().enumerate() {
        expect(
            format!("the protocol told to member {i}"),
            answer.protocol_name.as_deref(),
            Some("c"),
        )?;
        expect(
            format!("the leader told to member {i}"),
            Some(&&answer.leader),
            ids.first(),
        )?;
        let mut list: Vec<_> = answer
            .members
            .iter()
            .map(|m| (&m.member_id, m.metadata.clone()))
            .collect();
        list.sort();
        let mut expected: Vec<_> = ids
            .iter()
            .enumerate()
            .map(|(i, id)| (*id, Bytes::from(format!("c{i}"))))
            .collect();
        expected.sort();
        expect(
            format!("the members told to member {i}"),
            list,
            if i == 0 { expected } else { Vec::new() },
        )?;
    }
    let instances = answers.first().into_iter().flat_map(|answer| &answer.members);
    let instances: Vec<&str> = instances
        .filter_map(|m| m.group_instance_id.as_ref().map(AsRef::as_ref))
        .collect();
    expect("the instances told to the leader", instances, vec!["second"])
}

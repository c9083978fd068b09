//! `off/1-6` and the facts about commits: what is stored, what is given back, and when it goes.

use kohort_protocol::api::metadata::{MetadataRequest, MetadataRequestTopic};
use kohort_protocol::api::offset_commit::{
    OffsetCommitPartition, OffsetCommitRequest, OffsetCommitResponse, OffsetCommitTopic,
};
use kohort_protocol::api::offset_fetch::{
    OffsetFetchGroup, OffsetFetchRequest, OffsetFetchResponseGroup, OffsetFetchTopic,
};
use kohort_protocol::{ErrorCode, Generation, GroupId, MemberEpoch, TopicId, TopicName};

use crate::bench::find_coordinator;
use crate::member::COMMIT;
use crate::rounds::describe;
use crate::{Bench, Failed, RawConnection, Release, expect};

/// A commit for partition 0 from outside of the group.
pub(crate) fn commit_request(group: &GroupId, topic: &TopicName, offset: i64) -> OffsetCommitRequest {
    commit_of(group, topic, vec![(0, offset, None)])
}

fn commit_of(
    group: &GroupId,
    topic: &TopicName,
    offsets: Vec<(i32, i64, Option<String>)>,
) -> OffsetCommitRequest {
    let partition = |(partition_index, committed_offset, committed_metadata)| OffsetCommitPartition {
        partition_index,
        committed_offset,
        committed_metadata,
        ..OffsetCommitPartition::default()
    };
    OffsetCommitRequest {
        group_id: group.clone(),
        topics: vec![OffsetCommitTopic {
            name: topic.clone(),
            partitions: offsets.into_iter().map(partition).collect(),
            ..OffsetCommitTopic::default()
        }],
        ..OffsetCommitRequest::default()
    }
}

/// The error of a commit of one partition.
pub(crate) fn committed_code(response: &OffsetCommitResponse) -> Result<ErrorCode, Failed> {
    match codes(response).as_slice() {
        [code] => Ok(*code),
        other => Err(Failed::new(
            "OffsetCommit of one partition",
            "one error code",
            format!("{other:?}"),
        )),
    }
}

fn codes(response: &OffsetCommitResponse) -> Vec<ErrorCode> {
    let partitions = response.topics.iter().flat_map(|topic| &topic.partitions);
    partitions.map(|partition| partition.error_code).collect()
}

/// Which offsets are wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Asked<'a> {
    Partitions(&'a TopicName, &'a [i32]),
    All,
}

/// OffsetFetch of one group from outside of it.
pub(crate) async fn fetch(
    connection: &mut RawConnection,
    version: i16,
    group: &GroupId,
    asked: Asked<'_>,
) -> Result<OffsetFetchResponseGroup, Failed> {
    let topics = match asked {
        Asked::All => None,
        Asked::Partitions(topic, partitions) => Some(vec![OffsetFetchTopic {
            name: topic.clone(),
            partition_indexes: partitions.to_vec(),
            ..OffsetFetchTopic::default()
        }]),
    };
    let asked = OffsetFetchGroup {
        group_id: group.clone(),
        topics,
        ..OffsetFetchGroup::default()
    };
    fetch_group(connection, version, asked).await
}

async fn fetch_group(
    connection: &mut RawConnection,
    version: i16,
    asked: OffsetFetchGroup,
) -> Result<OffsetFetchResponseGroup, Failed> {
    let request = OffsetFetchRequest {
        groups: vec![asked],
        require_stable: false,
    };
    let mut response = connection.call(version, &request).await?;
    match (response.groups.pop(), response.groups.is_empty()) {
        (Some(group), true) => Ok(group),
        _ => Err(Failed::new(
            "OffsetFetch of one group",
            "one group",
            "another number",
        )),
    }
}

/// The offset of the first partition, if any.
pub(crate) fn offset_of(group: &OffsetFetchResponseGroup) -> Option<i64> {
    let mut partitions = group.topics.iter().flat_map(|topic| &topic.partitions);
    partitions.next().map(|partition| partition.committed_offset)
}

/// The offset that is stored for partition 0.
pub(crate) async fn committed(
    connection: &mut RawConnection,
    group: &GroupId,
    topic: &TopicName,
) -> Result<Option<i64>, Failed> {
    let answer = fetch(connection, 8, group, Asked::Partitions(topic, &[0])).await?;
    expect("OffsetFetch", answer.error_code, ErrorCode::NONE)?;
    Ok(offset_of(&answer))
}

/// off/1
pub(crate) async fn metadata_size(bench: &mut Bench) -> Result<(), Failed> {
    let (topic, group) = (bench.topic(3).await?, bench.group());
    bench.coordinator(&group).await?;
    let mut connection = bench.connect().await?;
    // Two bytes each in UTF-8, one unit in UTF-16.
    let fits = "\u{e4}".repeat(4096);
    let too_long = "\u{e4}".repeat(4097);
    let request = commit_of(
        &group,
        &topic,
        vec![(0, 1, Some(fits.clone())), (1, 1, Some(too_long)), (2, 1, None)],
    );
    let stored = connection.call(COMMIT, &request).await?;
    let expected = vec![
        ErrorCode::NONE,
        ErrorCode::OFFSET_METADATA_TOO_LARGE,
        ErrorCode::NONE,
    ];
    expect(
        "OffsetCommit with metadata of 4096 and 4097 units, and none",
        codes(&stored),
        expected,
    )?;
    let read = fetch(&mut connection, 8, &group, Asked::Partitions(&topic, &[0, 1, 2])).await?;
    let partitions = read.topics.into_iter().flat_map(|topic| topic.partitions);
    let mut seen: Vec<_> = partitions
        .map(|p| (p.partition_index, p.committed_offset, p.metadata))
        .collect();
    seen.sort();
    let empty = Some(String::new());
    expect(
        "what is read back",
        seen,
        vec![(0, 1, Some(fits)), (1, -1, empty.clone()), (2, 1, empty)],
    )
}

/// off/4 on one node: groups are answered in the order asked, duplicates and unknown ones too.
pub(crate) async fn batch_of_groups(bench: &mut Bench) -> Result<(), Failed> {
    let topic = bench.topic(1).await?;
    let (known, unknown) = (bench.group(), bench.group());
    bench.coordinator(&known).await?;
    bench.coordinator(&unknown).await?;
    let mut connection = bench.connect().await?;
    connection
        .call(COMMIT, &commit_request(&known, &topic, 3))
        .await?;
    let asked = |group: &GroupId| OffsetFetchGroup {
        group_id: group.clone(),
        topics: None,
        ..OffsetFetchGroup::default()
    };
    let request = OffsetFetchRequest {
        groups: vec![asked(&unknown), asked(&known)],
        require_stable: true,
    };
    let answer = connection.call(9, &request).await?;
    let seen: Vec<_> = answer
        .groups
        .iter()
        .map(|group| (&group.group_id, group.error_code, offset_of(group)))
        .collect();
    let expected = vec![
        (&unknown, ErrorCode::NONE, None),
        (&known, ErrorCode::NONE, Some(3)),
    ];
    expect("OffsetFetch of an unknown and a known group", seen, expected)?;
    no_groups(bench).await
}

/// 4.0 never answers; the connection stays open.
async fn no_groups(bench: &Bench) -> Result<(), Failed> {
    let mut connection = bench.connect().await?;
    connection.send(8, &OffsetFetchRequest::default()).await?;
    if bench.release() < Release(4, 1) {
        return connection.expect_silence("OffsetFetch v8 without groups").await;
    }
    let answer = connection.answer::<OffsetFetchRequest>().await?;
    expect("OffsetFetch v8 without groups", answer.groups, Vec::new())
}

/// off/6
pub(crate) async fn unknown_group(bench: &mut Bench) -> Result<(), Failed> {
    let (topic, group) = (bench.topic(1).await?, bench.group());
    let nowhere = TopicName::from("kohort-no-such-topic");
    bench.coordinator(&group).await?;
    let mut connection = bench.connect().await?;
    for version in 1..=9 {
        for (name, index) in [(&topic, 0), (&topic, 9), (&nowhere, 0)] {
            let answer = fetch(
                &mut connection,
                version,
                &group,
                Asked::Partitions(name, &[index]),
            )
            .await?;
            let partitions = answer.topics.iter().flat_map(|topic| &topic.partitions);
            let seen: Vec<_> = partitions
                .map(|p| (p.partition_index, p.committed_offset, p.error_code))
                .collect();
            let what = format!("OffsetFetch v{version} of {name}-{index}");
            expect(
                what,
                (answer.error_code, seen),
                (ErrorCode::NONE, vec![(index, -1, ErrorCode::NONE)]),
            )?;
        }
        if version >= 2 {
            let all = fetch(&mut connection, version, &group, Asked::All).await?;
            expect(
                format!("all topics, v{version}"),
                (all.error_code, all.topics),
                (ErrorCode::NONE, Vec::new()),
            )?;
        }
    }
    let asked = OffsetFetchGroup {
        group_id: group.clone(),
        member_id: Some("nobody".into()),
        member_epoch: MemberEpoch(5),
        topics: None,
    };
    let answer = fetch_group(&mut connection, 9, asked).await?;
    expect("with a member id and epoch", answer.error_code, ErrorCode::NONE)?;
    let described = describe(&mut connection, 6, &group).await?;
    expect(
        "the group afterwards",
        described.error_code,
        ErrorCode::GROUP_ID_NOT_FOUND,
    )?;
    let (found, _) = find_coordinator(&mut connection, &group).await?;
    expect("FindCoordinator", found, ErrorCode::NONE)
}

/// fact/commit-values
pub(crate) async fn commit_values(bench: &mut Bench) -> Result<(), Failed> {
    let (topic, group) = (bench.topic(1).await?, bench.group());
    bench.coordinator(&group).await?;
    let mut connection = bench.connect().await?;
    for offset in [1 << 60, 100, -5, 50] {
        let stored = connection
            .call(COMMIT, &commit_request(&group, &topic, offset))
            .await?;
        expect(
            format!("OffsetCommit of {offset}"),
            committed_code(&stored)?,
            ErrorCode::NONE,
        )?;
        let read = committed(&mut connection, &group, &topic).await?;
        expect("what is read back", read, Some(offset))?;
    }
    let twice = commit_of(&group, &topic, vec![(0, 7, None), (0, 8, None)]);
    connection.call(COMMIT, &twice).await?;
    expect(
        "one partition twice in a request",
        committed(&mut connection, &group, &topic).await?,
        Some(8),
    )?;

    let new = bench.group();
    bench.coordinator(&new).await?;
    let mut request = commit_request(&new, &topic, 1);
    request.generation_id_or_member_epoch = Generation(-2);
    let stored = connection.call(COMMIT, &request).await?;
    expect(
        "generation -2 in a new group",
        committed_code(&stored)?,
        ErrorCode::NONE,
    )
}

/// fact/fetch-ignores-members: OffsetFetch v9 of a classic group looks at neither the member id nor the epoch.
pub(crate) async fn fetch_ignores_members(bench: &mut Bench) -> Result<(), Failed> {
    let (topic, group) = (bench.topic(1).await?, bench.group());
    let mut members = bench.stable::<1>(&group).await?;
    let [member] = &mut members;
    expect("OffsetCommit", member.commit(&topic, 4).await?, ErrorCode::NONE)?;
    for (id, epoch) in [
        (member.id.clone(), 1),
        (member.id.clone(), 99),
        ("nobody".into(), 1),
    ] {
        let asked = OffsetFetchGroup {
            group_id: group.clone(),
            member_id: Some(id),
            member_epoch: MemberEpoch(epoch),
            topics: None,
        };
        let answer = fetch_group(&mut member.control, 9, asked).await?;
        expect(
            format!("epoch {epoch}"),
            (answer.error_code, offset_of(&answer)),
            (ErrorCode::NONE, Some(4)),
        )?;
    }
    Ok(())
}

/// off/7: OffsetCommit and OffsetFetch v10. The name is nothing to them: with the id of no topic all of it is refused (100).
pub(crate) async fn by_id(bench: &mut Bench) -> Result<(), Failed> {
    if bench.release() < Release(4, 2) {
        return Ok(());
    }
    let (topic, group) = (bench.topic(1).await?, bench.group());
    bench.coordinator(&group).await?;
    let mut connection = bench.connect().await?;
    let topic_id = id_of(&mut connection, &topic).await?;
    for (id, offset, code) in [
        (TopicId([7; 16]), 8, ErrorCode::UNKNOWN_TOPIC_ID),
        (topic_id, 7, ErrorCode::NONE),
    ] {
        let mut request = commit_request(&group, &topic, offset);
        request.topics.iter_mut().for_each(|topic| topic.topic_id = id);
        let answer = connection.call(10, &request).await?;
        let said = answer
            .topics
            .first()
            .map(|topic| (topic.name.is_empty(), topic.topic_id));
        expect("the topic of OffsetCommit v10", said, Some((true, id)))?;
        expect("OffsetCommit v10", committed_code(&answer)?, code)?;
        let asked = OffsetFetchTopic {
            topic_id: id,
            partition_indexes: vec![0],
            ..OffsetFetchTopic::default()
        };
        let asked = OffsetFetchGroup {
            group_id: group.clone(),
            topics: Some(vec![asked]),
            ..OffsetFetchGroup::default()
        };
        let answer = fetch_group(&mut connection, 10, asked).await?;
        let stored = if code.is_ok() { offset } else { -1 };
        expect("OffsetFetch v10", offset_of(&answer), Some(stored))?;
    }
    expect(
        "by name",
        committed(&mut connection, &group, &topic).await?,
        Some(7),
    )
}

async fn id_of(connection: &mut RawConnection, topic: &TopicName) -> Result<TopicId, Failed> {
    let named = MetadataRequestTopic {
        name: Some(topic.clone()),
        ..MetadataRequestTopic::default()
    };
    let request = MetadataRequest {
        topics: Some(vec![named]),
        ..MetadataRequest::default()
    };
    let answer = connection.call(12, &request).await?;
    Ok(answer
        .topics
        .first()
        .map(|topic| topic.topic_id)
        .unwrap_or_default())
}

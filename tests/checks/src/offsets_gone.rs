//! `off/3` and `off/5`: how offsets go, deleted or expired.

use std::time::Duration;

use kohort_protocol::api::offset_commit::OffsetCommitRequest;
use kohort_protocol::api::offset_delete::{
    OffsetDeletePartition, OffsetDeleteRequest, OffsetDeleteResponse, OffsetDeleteTopic,
};
use kohort_protocol::{ErrorCode, GroupId, TopicName};
use tokio::time::{Instant, sleep};

use crate::member::{COMMIT, subscription};
use crate::offsets::{commit_request, committed, committed_code};
use crate::rounds::describe;
use crate::{Bench, Failed, Member, RawConnection, expect, expect_that};

async fn delete(
    connection: &mut RawConnection,
    group: &GroupId,
    partitions: &[(&TopicName, i32)],
) -> Result<OffsetDeleteResponse, Failed> {
    let topic = |(name, partition_index): &(&TopicName, i32)| OffsetDeleteTopic {
        name: (*name).clone(),
        partitions: vec![OffsetDeletePartition {
            partition_index: *partition_index,
        }],
    };
    let request = OffsetDeleteRequest {
        group_id: group.clone(),
        topics: partitions.iter().map(topic).collect(),
    };
    connection.call(0, &request).await
}

/// off/3
pub(crate) async fn delete_offsets(bench: &mut Bench) -> Result<(), Failed> {
    let (read, idle) = (bench.topic(1).await?, bench.topic(1).await?);
    let nowhere = TopicName::from("kohort-no-such-topic");
    let group = bench.group();
    let mut member = bench.member(&group).await?;
    member.protocols = vec![("range".to_owned(), subscription(&[&read], ""))];
    member.join().await?;
    member.sync(vec![member.gets("")]).await?;
    expect("OffsetCommit", member.commit(&read, 1).await?, ErrorCode::NONE)?;
    expect("OffsetCommit", member.commit(&idle, 2).await?, ErrorCode::NONE)?;

    let asked = [(&read, 0), (&idle, 0), (&idle, 7), (&nowhere, 0)];
    let answer = delete(&mut member.control, &group, &asked).await?;
    expect("OffsetDelete, top level", answer.error_code, ErrorCode::NONE)?;
    let topics = answer.topics.iter();
    let mut seen: Vec<_> = topics
        .flat_map(|topic| {
            topic
                .partitions
                .iter()
                .map(|p| (topic.name.clone(), p.partition_index, p.error_code))
        })
        .collect();
    seen.sort();
    let unknown = ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
    let mut expected = vec![
        (read.clone(), 0, ErrorCode::GROUP_SUBSCRIBED_TO_TOPIC),
        (idle.clone(), 0, ErrorCode::NONE),
        (idle.clone(), 7, unknown),
        (nowhere, 0, unknown),
    ];
    expected.sort();
    expect("OffsetDelete, per partition", seen, expected)?;
    expect(
        "the subscribed one",
        committed(&mut member.control, &group, &read).await?,
        Some(1),
    )?;
    expect(
        "the other",
        committed(&mut member.control, &group, &idle).await?,
        Some(-1),
    )
}

/// off/3, errors of the whole request
pub(crate) async fn delete_offsets_refused(bench: &mut Bench) -> Result<(), Failed> {
    let topic = bench.topic(1).await?;
    let group = bench.group();
    let mut connect = bench.member(&group).await?;
    connect.protocol_type = "connect".to_owned();
    connect.join().await?;
    connect.sync(Vec::new()).await?;
    let nobody = bench.group();
    for (what, group, code) in [
        ("a live group of another type", &group, ErrorCode::NON_EMPTY_GROUP),
        ("an unknown group", &nobody, ErrorCode::GROUP_ID_NOT_FOUND),
        (
            "the empty group id",
            &GroupId::default(),
            ErrorCode::INVALID_GROUP_ID,
        ),
    ] {
        bench.coordinator(group).await?;
        let answer = delete(&mut connect.control, group, &[(&topic, 0)]).await?;
        expect(
            format!("OffsetDelete for {what}"),
            (answer.error_code, answer.topics.len()),
            (code, 0),
        )?;
    }
    Ok(())
}

/// off/5 (`offsets.retention.minutes=1`)
pub(crate) async fn expiry(bench: &mut Bench) -> Result<(), Failed> {
    let (read, idle) = (bench.topic(1).await?, bench.topic(1).await?);
    let (outside, live, emptied) = (bench.group(), bench.group(), bench.group());
    bench.coordinator(&outside).await?;
    let mut connection = bench.connect().await?;
    let stored = connection
        .call(COMMIT, &commit_request(&outside, &read, 1))
        .await?;
    expect("OffsetCommit", committed_code(&stored)?, ErrorCode::NONE)?;
    let mut member = subscriber(bench, &live, &read).await?;
    expect("OffsetCommit", member.commit(&read, 2).await?, ErrorCode::NONE)?;
    expect("OffsetCommit", member.commit(&idle, 3).await?, ErrorCode::NONE)?;
    let mut gone = subscriber(bench, &emptied, &read).await?;
    expect("OffsetCommit", gone.commit(&read, 4).await?, ErrorCode::NONE)?;
    sleep(Duration::from_secs(30)).await;
    gone.leave().await?;

    sleep(Duration::from_secs(20)).await;
    for (group, topic, offset) in [(&outside, &read, 1), (&live, &idle, 3)] {
        let what = format!("{topic} of {group}, before a minute is over");
        expect(
            what,
            committed(&mut connection, group, topic).await?,
            Some(offset),
        )?;
    }
    until_gone(&mut connection, &outside, &read, 20).await?;
    until_gone(&mut connection, &live, &idle, 20).await?;
    let subscribed = committed(&mut connection, &live, &read).await?;
    expect("the offset of a subscribed topic", subscribed, Some(2))?;
    // Its minute began when the last member left, not with the commit.
    let kept = committed(&mut connection, &emptied, &read).await?;
    expect("the offset of a group emptied 30 s later", kept, Some(4))?;
    until_gone(&mut connection, &emptied, &read, 50).await?;
    let described = describe(&mut connection, 5, &outside).await?;
    expect("the group without offsets", &*described.group_state, "Dead")
}

async fn subscriber(bench: &Bench, group: &GroupId, topic: &TopicName) -> Result<Member, Failed> {
    let mut member = bench.member(group).await?.timeouts(600_000, 10_000);
    member.protocols = vec![("range".to_owned(), subscription(&[topic], ""))];
    member.join().await?;
    member.sync(Vec::new()).await?;
    Ok(member)
}

/// off/5.2: the retention that OffsetCommit v2-v4 carry counts instead of the broker's.
pub(crate) async fn own_retention(bench: &mut Bench) -> Result<(), Failed> {
    let topic = bench.topic(1).await?;
    let (short, long) = (bench.group(), bench.group());
    let mut connection = bench.connect().await?;
    for (group, retention_time_ms) in [(&short, 2000), (&long, 3_600_000)] {
        bench.coordinator(group).await?;
        let request = OffsetCommitRequest {
            retention_time_ms,
            ..commit_request(group, &topic, 1)
        };
        let stored = connection.call(2, &request).await?;
        expect("OffsetCommit v2", committed_code(&stored)?, ErrorCode::NONE)?;
    }
    until_gone(&mut connection, &short, &topic, 10).await?;
    sleep(Duration::from_secs(65)).await;
    let kept = committed(&mut connection, &long, &topic).await?;
    expect("an offset committed for an hour", kept, Some(1))
}

/// fact/forgotten-id: the look for old offsets deletes an empty group that has none, though ids were promised in it.
pub(crate) async fn forgotten_id(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let mut member = bench.member(&group).await?.timeouts(600_000, 10_000);
    member.get_id().await?;
    sleep(Duration::from_millis(2500)).await;
    let late = member.try_join().await?;
    expect(
        "the join with the id",
        late.error_code,
        ErrorCode::UNKNOWN_MEMBER_ID,
    )
}

async fn until_gone(
    connection: &mut RawConnection,
    group: &GroupId,
    topic: &TopicName,
    seconds: u64,
) -> Result<(), Failed> {
    let began = Instant::now();
    while committed(connection, group, topic).await? != Some(-1) {
        let limit = Duration::from_secs(seconds);
        expect_that(
            format!("{topic} of {group} goes"),
            began.elapsed(),
            &format!("within {limit:?}"),
            |t| *t < limit,
        )?;
        sleep(Duration::from_millis(250)).await;
    }
    Ok(())
}

//! Offsets that outlive their topic: the coordinator is killed before it can delete them, and the topic is made anew under its name.
//!
//! Kafka 4.4.0 stores with every commit the id that the topic then has, but compares ids only where one is asked for: by name, and where
//! all topics are asked for, the new topic is answered the offsets of the old one.

use anyhow::{Context, Result, ensure};
use kohort_checks::RawConnection;
use kohort_protocol::api::metadata::{MetadataRequest, MetadataRequestTopic};
use kohort_protocol::api::offset_commit::{OffsetCommitPartition, OffsetCommitRequest, OffsetCommitTopic};
use kohort_protocol::api::offset_fetch::{OffsetFetchGroup, OffsetFetchRequest, OffsetFetchTopic};
use kohort_protocol::{ErrorCode, TopicId};
use kohort_testkafka::{Cluster, Version};
use std::time::{Duration, Instant};

/// Of the topic and of the group.
const NAME: &str = "outlived";

/// The topic's id (below v10: zero), the offsets of its partitions, and the error.
type Seen = (TopicId, [i64; 3], ErrorCode);

enum Asked {
    Name,
    Id(TopicId),
    All,
}

#[tokio::test]
async fn offsets_that_outlive_their_topic_are_hidden_from_requests_by_id_alone() -> Result<()> {
    // So long that the topic is new before anybody takes over: a coordinator that hears of the deletion acts on it.
    let kafka = Cluster::builder()
        .version(Version::V4_4_0)
        .brokers(3)
        .property("broker.session.timeout.ms", "9000")
        .start()?;
    kafka.create_topic(NAME, 3, 3, &[])?;
    let (killed, first) = (kafka.coordinator(NAME)?, id_of_topic(&kafka).await?);
    // The last one again: a new coordinator may not answer the last record until its high watermark has caught up.
    for (version, partition, offset) in [(9, 0, 7), (10, 1, 8), (10, 1, 8)] {
        commit(&kafka, version, first, (partition, offset)).await?;
    }
    let (outlived, nothing) = ([7, 8, -1], [-1; 3]);
    let (name, none) = (TopicId::ZERO, ErrorCode::NONE);
    assert_eq!(ask(&kafka, 10, Asked::Id(first)).await?, (first, outlived, none));

    kafka.kill(killed)?;
    kafka.delete_topic(NAME)?;
    kafka.create_topic(NAME, 3, 3, &[])?;
    ensure!(kafka.coordinator(NAME)? == killed, "somebody took over too soon");
    until(async || Ok(kafka.coordinator(NAME).is_ok_and(|node| node != killed))).await?;
    until_answered(&kafka, outlived).await?;

    let second = id_of_topic(&kafka).await?;
    ensure!(second != first, "the topic is the old one");
    for version in [8, 9] {
        assert_eq!(ask(&kafka, version, Asked::Name).await?, (name, outlived, none));
        assert_eq!(ask(&kafka, version, Asked::All).await?, (name, outlived, none));
    }
    assert_eq!(ask(&kafka, 10, Asked::Id(second)).await?, (second, nothing, none));
    let unknown = ErrorCode::UNKNOWN_TOPIC_ID;
    assert_eq!(
        ask(&kafka, 10, Asked::Id(first)).await?,
        (first, nothing, unknown)
    );
    assert_eq!(ask(&kafka, 10, Asked::All).await?, (second, outlived, none));

    // The next deletion takes along what was committed for the second topic, and leaves what was committed for the first.
    commit(&kafka, 9, second, (2, 9)).await?;
    assert_eq!(ask(&kafka, 9, Asked::Name).await?, (name, [7, 8, 9], none));
    kafka.delete_topic(NAME)?;
    until_answered(&kafka, outlived).await
}

async fn until(mut so: impl AsyncFnMut() -> Result<bool>) -> Result<()> {
    let began = Instant::now();
    while !so().await? {
        ensure!(began.elapsed() < Duration::from_secs(30), "not within 30 s");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// By name, from whoever coordinates by then.
async fn until_answered(kafka: &Cluster, offsets: [i64; 3]) -> Result<()> {
    until(async || Ok(ask(kafka, 9, Asked::Name).await? == (TopicId::ZERO, offsets, ErrorCode::NONE))).await
}

async fn connect(kafka: &Cluster, node: i32) -> Result<RawConnection> {
    Ok(RawConnection::connect(kafka.address(node)?).await?)
}

async fn id_of_topic(kafka: &Cluster) -> Result<TopicId> {
    let request = MetadataRequest {
        topics: Some(vec![MetadataRequestTopic {
            name: Some(NAME.into()),
            ..MetadataRequestTopic::default()
        }]),
        ..MetadataRequest::default()
    };
    let mut wire = connect(kafka, kafka.coordinator(NAME)?).await?;
    let answer = wire.call(12, &request).await?;
    let topic = answer.topics.first().context("Metadata of one topic")?;
    Ok(topic.topic_id)
}

async fn commit(
    kafka: &Cluster,
    version: i16,
    topic_id: TopicId,
    (partition_index, committed_offset): (i32, i64),
) -> Result<()> {
    let request = OffsetCommitRequest {
        group_id: NAME.into(),
        topics: vec![OffsetCommitTopic {
            name: NAME.into(),
            topic_id,
            partitions: vec![OffsetCommitPartition {
                partition_index,
                committed_offset,
                ..OffsetCommitPartition::default()
            }],
        }],
        ..OffsetCommitRequest::default()
    };
    let mut wire = connect(kafka, kafka.coordinator(NAME)?).await?;
    let answer = wire.call(version, &request).await?;
    let partitions = answer.topics.iter().flat_map(|topic| &topic.partitions);
    let codes: Vec<ErrorCode> = partitions.map(|partition| partition.error_code).collect();
    ensure!(codes == [ErrorCode::NONE], "OffsetCommit v{version}: {codes:?}");
    Ok(())
}

async fn ask(kafka: &Cluster, version: i16, asked: Asked) -> Result<Seen> {
    let topic_id = match asked {
        Asked::Name => Some(TopicId::ZERO),
        Asked::Id(id) => Some(id),
        Asked::All => None,
    };
    let topic = |topic_id| OffsetFetchTopic {
        name: NAME.into(),
        topic_id,
        partition_indexes: vec![0, 1, 2],
    };
    let request = OffsetFetchRequest {
        groups: vec![OffsetFetchGroup {
            group_id: NAME.into(),
            topics: topic_id.map(|id| vec![topic(id)]),
            ..OffsetFetchGroup::default()
        }],
        require_stable: false,
    };
    let mut wire = connect(kafka, kafka.coordinator(NAME)?).await?;
    let answer = wire.call(version, &request).await?;
    let group = answer.groups.first().context("OffsetFetch of one group")?;
    let mut seen = (TopicId::ZERO, [-1; 3], group.error_code);
    for topic in &group.topics {
        seen.0 = topic.topic_id;
        for partition in &topic.partitions {
            let index = usize::try_from(partition.partition_index)?;
            let offset = seen.1.get_mut(index).context("a partition of three")?;
            *offset = partition.committed_offset;
            seen.2 = partition.error_code;
        }
    }
    Ok(seen)
}

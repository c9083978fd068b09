//! The cache, merged refreshes, and finding the cluster again.

use kohort_protocol::api::metadata::{MetadataPartition, MetadataTopic};
use kohort_protocol::{ErrorCode, LeaderEpoch, TopicId, TopicName};

use super::*;

fn topic(name: &TopicName, id: u8, leader: i32, epoch: i32) -> MetadataTopic {
    MetadataTopic {
        name: Some(name.clone()),
        topic_id: TopicId([id; 16]),
        partitions: vec![MetadataPartition {
            leader_id: NodeId(leader),
            leader_epoch: LeaderEpoch(epoch),
            ..MetadataPartition::default()
        }],
        ..MetadataTopic::default()
    }
}

fn asked(request: &Incoming) -> Vec<TopicName> {
    let Request::Metadata(metadata) = &request.request else {
        panic!("not Metadata: {request:?}");
    };
    metadata
        .topics
        .iter()
        .flatten()
        .filter_map(|topic| topic.name.clone())
        .collect()
}

/// Answers with exactly the topics asked, after a second.
fn slow(request: &Incoming) -> Then {
    let topics = asked(request).iter().map(|name| topic(name, 1, 1, 5)).collect();
    Then::After(
        SECOND,
        MetadataResponse {
            topics,
            ..cluster(&[(1, "b1")])
        }
        .into(),
    )
}

#[tokio::test(start_paused = true)]
async fn refreshes_at_once_are_merged_and_each_gets_its_topic() {
    let net = Net::default();
    net.broker("b1:9092", |_, request| slow(request));
    let client = net.client("b1:9092");
    let mut tasks = Vec::new();
    for number in 0..20 {
        let client = client.clone();
        tasks.push(tokio::spawn(async move {
            let name = TopicName::from(format!("t{number}"));
            let answer = client
                .refresh_metadata(core::slice::from_ref(&name))
                .await
                .unwrap();
            let names: Vec<_> = answer
                .topics
                .iter()
                .filter_map(|topic| topic.name.clone())
                .collect();
            assert_eq!(names, [name]);
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert!(
        net.count(ApiKey::Metadata) <= 2,
        "{}",
        net.count(ApiKey::Metadata)
    );
}

#[tokio::test(start_paused = true)]
async fn merged_refreshes_survive_the_one_who_asks_and_is_dropped() {
    let net = Net::default();
    net.broker("b1:9092", |_, request| slow(request));
    let client = net.client("b1:9092");
    let ask = |name: &'static str| {
        let client = client.clone();
        tokio::spawn(async move { client.refresh_metadata(&[name.into()]).await })
    };
    let first = ask("a");
    settle().await;
    let (second, third) = (ask("b"), ask("c"));
    tokio::time::sleep(SECOND).await;
    // The second asks for b and c now.
    second.abort();
    drop(first.await.unwrap().unwrap());
    assert_eq!(third.await.unwrap().unwrap().topics.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn waiters_share_a_failure_instead_of_failing_one_after_the_other() {
    let net = Net::default();
    net.rude("w:9092", &[], false);
    let client = net.client("w:9092");
    let begin = Instant::now();
    let tasks: Vec<_> = (0..5)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.metadata(&[]).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap_err();
    }
    assert!(begin.elapsed() < 35 * SECOND, "{:?}", begin.elapsed());
}

#[tokio::test(start_paused = true)]
async fn the_cache_serves_until_it_is_old_or_in_doubt() {
    let net = Net::default();
    net.broker("b1:9092", |_, request| slow(request));
    let client = net.client("b1:9092");
    let topics = [TopicName::from("t")];
    for _ in 0..3 {
        client.metadata(&topics).await.unwrap();
    }
    assert_eq!(net.count(ApiKey::Metadata), 1);
    client.metadata(&["u".into()]).await.unwrap();
    assert_eq!(net.count(ApiKey::Metadata), 2, "a topic that is not known");
    tokio::time::sleep(301 * SECOND).await;
    client.metadata(&topics).await.unwrap();
    assert_eq!(net.count(ApiKey::Metadata), 3, "older than metadata.max.age.ms");
    client.learn(NodeId(7), "down", 9092);
    client
        .call(Target::Node(NodeId(7)), heartbeat())
        .await
        .unwrap_err();
    client.metadata(&topics).await.unwrap();
    assert_eq!(net.count(ApiKey::Metadata), 4, "a broker did not answer");
}

#[tokio::test(start_paused = true)]
async fn kip_320_an_older_leader_epoch_does_not_replace_a_newer_one_of_the_same_topic() {
    let net = Net::default();
    let mut answers = vec![(2, 3, 1), (1, 1, 4), (1, 2, 5)];
    net.broker("b1:9092", move |_, request| {
        let (id, leader, epoch) = answers.pop().unwrap();
        let topics = asked(request)
            .iter()
            .map(|name| topic(name, id, leader, epoch))
            .collect();
        Then::Answer(
            MetadataResponse {
                topics,
                ..cluster(&[(1, "b1")])
            }
            .into(),
        )
    });
    let client = net.client("b1:9092");
    for leader in [2, 2, 3] {
        let answer = client.refresh_metadata(&["t".into()]).await.unwrap();
        assert_eq!(answer.topics[0].partitions[0].leader_id, NodeId(leader));
    }
}

#[tokio::test(start_paused = true)]
async fn a_topics_own_error_is_in_its_entry_and_is_asked_again() {
    let net = Net::default();
    net.broker("b1:9092", |_, request| {
        let missing = |name: &TopicName| MetadataTopic {
            error_code: ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
            ..topic(name, 0, -1, -1)
        };
        let topics = asked(request).iter().map(missing).collect();
        Then::Answer(
            MetadataResponse {
                topics,
                ..cluster(&[(1, "b1")])
            }
            .into(),
        )
    });
    let client = net.client("b1:9092");
    for count in 1..3 {
        let answer = client.metadata(&["t".into()]).await.unwrap();
        assert_eq!(answer.topics[0].error_code, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
        assert_eq!(net.count(ApiKey::Metadata), count);
    }
}

#[tokio::test(start_paused = true)]
async fn a_cluster_that_moved_as_a_whole_is_found_through_the_bootstrap_servers() {
    let net = Net::default();
    net.broker("seed:9092", polite(&[(1, "old1"), (2, "old2")]));
    net.broker("old1:9092", polite(&[(1, "old1"), (2, "old2")]));
    net.broker("old2:9092", polite(&[(1, "old1"), (2, "old2")]));
    let client = net.client("seed:9092");
    client.metadata(&[]).await.unwrap();
    net.stop("old1:9092");
    net.stop("old2:9092");
    net.broker("seed:9092", polite(&[(1, "new1")]));
    client.hub.rebootstrap();
    client.learn(NodeId(1), "old1", 9092);
    client.learn(NodeId(2), "old2", 9092);
    settle().await;
    client.refresh_metadata(&[]).await.unwrap();
    assert_eq!(client.hub.address(NodeId(1)).unwrap().host, "new1");
}

#[tokio::test(start_paused = true)]
async fn a_cluster_that_is_down_for_a_while_is_waited_for_once_it_was_reached() {
    let net = Net::default();
    net.broker("b1:9092", polite(&[(1, "b1")]));
    let client = net.client("b1:9092");
    client.metadata(&[]).await.unwrap();
    net.stop("b1:9092");
    client.hub.rebootstrap();
    let refresh = tokio::spawn(async move { client.refresh_metadata(&[]).await });
    tokio::time::sleep(20 * SECOND).await;
    net.broker("b1:9092", polite(&[(1, "b1")]));
    refresh.await.unwrap().unwrap();
    assert!(net.dials().len() < 40, "no hot loop: {}", net.dials().len());
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_stopped_answering_is_not_asked_again_while_there_is_another() {
    let net = Net::default();
    net.broker("b1:9092", |_, _| Then::Park);
    net.broker("b2:9092", polite(&[(1, "b1"), (2, "b2")]));
    for seed in 0..10 {
        let client = net.client_with("b1:9092,b2:9092", |config| config.seed = Some(seed));
        let begin = Instant::now();
        client.refresh_metadata(&[]).await.unwrap();
        assert!(begin.elapsed() < 31 * SECOND, "{:?}", begin.elapsed());
    }
}

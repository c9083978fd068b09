//! Whole flows with their retries.

use bytes::Bytes;
use kohort_protocol::api::create_topics::{CreatableTopic, CreateTopicsResponse, CreatedTopic};
use kohort_protocol::api::find_coordinator::{
    Coordinator, CoordinatorType, FindCoordinatorRequest, FindCoordinatorResponse,
};
use kohort_protocol::api::list_offsets::{
    LATEST_TIMESTAMP, ListOffsetsResponse, ListOffsetsResponsePartition, ListOffsetsResponseTopic,
};
use kohort_protocol::api::metadata::{MetadataPartition, MetadataTopic};
use kohort_protocol::api::offset_fetch::{
    OffsetFetchResponse, OffsetFetchResponseGroup, OffsetFetchResponsePartition, OffsetFetchResponseTopic,
};
use kohort_protocol::{ErrorCode, GroupId, IsolationLevel, TopicPartition};

use super::*;
use crate::Acks;

fn coordinator(key: &str, error_code: ErrorCode) -> Coordinator {
    Coordinator {
        key: key.into(),
        node_id: NodeId(if error_code.is_ok() { 2 } else { -1 }),
        host: "b2".into(),
        port: 9092,
        error_code,
        error_message: None,
    }
}

fn coordinators(request: &FindCoordinatorRequest, error_code: ErrorCode) -> Then {
    let answers = request.keys.iter().rev().map(|key| coordinator(key, error_code));
    Then::Answer(
        FindCoordinatorResponse {
            throttle_time_ms: 0,
            coordinators: answers.collect(),
        }
        .into(),
    )
}

#[tokio::test(start_paused = true)]
async fn a_coordinator_that_is_not_available_yet_is_asked_for_again_and_its_address_learned() {
    let net = Net::default();
    let mut codes = vec![ErrorCode::NONE, ErrorCode(15), ErrorCode(15)];
    net.broker("b1:9092", move |_, request| match &request.request {
        Request::FindCoordinator(find) => coordinators(find, codes.pop().unwrap()),
        other => Then::Answer(empty(other)),
    });
    net.broker("b2:9092", polite(&[]));
    let client = net.client("b1:9092");
    let node = client.coordinator(&GroupId::from("g")).await.unwrap();
    client.call(Target::Node(node), heartbeat()).await.unwrap();
    assert_eq!(net.seen().last().unwrap().address, "b2:9092");
    assert_eq!(net.count(ApiKey::FindCoordinator), 3);
}

#[tokio::test(start_paused = true)]
async fn several_coordinators_come_in_the_order_asked_and_a_refusal_is_not_retried() {
    let net = Net::default();
    net.broker("b1:9092", |_, request| match &request.request {
        Request::FindCoordinator(find) if find.keys[0] == "secret" => {
            coordinators(find, ErrorCode::GROUP_AUTHORIZATION_FAILED)
        }
        Request::FindCoordinator(find) => coordinators(find, ErrorCode::NONE),
        other => Then::Answer(empty(other)),
    });
    let client = net.client("b1:9092");
    let keys = ["x".to_owned(), "y".to_owned()];
    let found = client
        .find_coordinator(CoordinatorType::GROUP, &keys)
        .await
        .unwrap();
    let found: Vec<_> = found.into_iter().map(|one| one.key).collect();
    assert_eq!(found, keys);
    let error = client.coordinator(&GroupId::from("secret")).await.unwrap_err();
    assert_eq!(error.code(), Some(ErrorCode::GROUP_AUTHORIZATION_FAILED));
    assert_eq!(net.count(ApiKey::FindCoordinator), 2);
}

#[tokio::test(start_paused = true)]
async fn kip_699_an_old_broker_is_asked_for_one_coordinator_at_a_time() {
    let mut speaks = all_versions();
    for api in &mut speaks.api_keys {
        if api.api_key == ApiKey::FindCoordinator.number() {
            api.max_version = 2;
        }
    }
    let net = Net::default();
    net.broker_speaking("b1:9092", speaks, |_, request| match &request.request {
        Request::FindCoordinator(find) => coordinators(find, ErrorCode::NONE),
        other => Then::Answer(empty(other)),
    });
    let client = net.client("b1:9092");
    let keys = ["x".to_owned(), "y".to_owned()];
    let found = client
        .find_coordinator(CoordinatorType::GROUP, &keys)
        .await
        .unwrap();
    assert_eq!(found[1].key, "y");
    assert_eq!(net.count(ApiKey::FindCoordinator), 2);
}

/// Two brokers; partition 0 of `t` is led by the first, partition 1 by the second.
fn led(request: &Request, leaders: [i32; 2]) -> Option<Then> {
    let Request::Metadata(asked) = request else {
        return None;
    };
    let partition = |(index, leader)| MetadataPartition {
        partition_index: index,
        leader_id: NodeId(leader),
        ..MetadataPartition::default()
    };
    let topic = |name| MetadataTopic {
        name,
        topic_id: kohort_protocol::TopicId([9; 16]),
        partitions: (0..).zip(leaders).map(partition).collect(),
        ..MetadataTopic::default()
    };
    let topics = asked
        .topics
        .iter()
        .flatten()
        .map(|asked| topic(asked.name.clone()));
    let answer = MetadataResponse {
        topics: topics.collect(),
        ..cluster(&[(1, "b1"), (2, "b2")])
    };
    Some(Then::Answer(answer.into()))
}

fn offsets(request: &Request, error_code: ErrorCode, offset: i64) -> Then {
    let Request::ListOffsets(asked) = request else {
        panic!("not ListOffsets: {request:?}");
    };
    let topic = |topic: &kohort_protocol::api::list_offsets::ListOffsetsTopic| ListOffsetsResponseTopic {
        name: topic.name.clone(),
        partitions: (topic.partitions.iter())
            .map(|partition| ListOffsetsResponsePartition {
                partition_index: partition.partition_index,
                error_code,
                offset,
                ..ListOffsetsResponsePartition::default()
            })
            .collect(),
    };
    let topics = asked.topics.iter().map(topic).collect();
    Then::Answer(
        ListOffsetsResponse {
            throttle_time_ms: 0,
            topics,
        }
        .into(),
    )
}

#[tokio::test(start_paused = true)]
async fn offsets_are_asked_of_each_leader_and_follow_one_that_moved() {
    let net = Net::default();
    let moved = Arc::new(Mutex::new(false));
    let leaders = {
        let moved = Arc::clone(&moved);
        move |request: &Request| led(request, if *moved.lock().unwrap() { [1, 1] } else { [1, 2] })
    };
    net.broker("b1:9092", {
        let leaders = leaders.clone();
        move |_, request| {
            leaders(&request.request).unwrap_or_else(|| offsets(&request.request, ErrorCode::NONE, 10))
        }
    });
    net.broker("b2:9092", move |_, request| {
        leaders(&request.request).unwrap_or_else(|| {
            *moved.lock().unwrap() = true;
            offsets(&request.request, ErrorCode::NOT_LEADER_OR_FOLLOWER, -1)
        })
    });
    let client = net.client("b1:9092");
    let wanted = [0, 1].map(|index| (TopicPartition::new("t", index), LATEST_TIMESTAMP));
    let found = client
        .list_offsets(&wanted, IsolationLevel::ReadUncommitted)
        .await
        .unwrap();
    assert_eq!(found.values().map(|one| one.offset).collect::<Vec<_>>(), [10, 10]);
}

#[tokio::test(start_paused = true)]
async fn rule_24_an_unstable_offset_is_waited_for() {
    let net = Net::default();
    let mut codes = vec![
        ErrorCode::NONE,
        ErrorCode::UNSTABLE_OFFSET_COMMIT,
        ErrorCode::NOT_COORDINATOR,
    ];
    net.broker("b1:9092", |_, request| match &request.request {
        Request::FindCoordinator(find) => coordinators(find, ErrorCode::NONE),
        other => Then::Answer(empty(other)),
    });
    net.broker("b2:9092", move |_, request| match &request.request {
        Request::OffsetFetch(fetch) => {
            assert!(fetch.require_stable);
            let code = codes.pop().unwrap();
            let group = OffsetFetchResponseGroup {
                group_id: "g".into(),
                error_code: if code == ErrorCode::NOT_COORDINATOR {
                    code
                } else {
                    ErrorCode::NONE
                },
                topics: vec![OffsetFetchResponseTopic {
                    name: "t".into(),
                    partitions: vec![OffsetFetchResponsePartition {
                        committed_offset: 42,
                        error_code: code,
                        ..OffsetFetchResponsePartition::default()
                    }],
                    ..OffsetFetchResponseTopic::default()
                }],
            };
            Then::Answer(
                OffsetFetchResponse {
                    throttle_time_ms: 0,
                    groups: vec![group],
                }
                .into(),
            )
        }
        other => Then::Answer(empty(other)),
    });
    let client = net.client("b1:9092");
    let partitions = [TopicPartition::new("t", 0)];
    let found = client
        .offset_fetch(&GroupId::from("g"), Some(&partitions))
        .await
        .unwrap();
    assert_eq!(found.topics[0].partitions[0].committed_offset, 42);
    assert_eq!(
        (net.count(ApiKey::OffsetFetch), net.count(ApiKey::FindCoordinator)),
        (3, 3)
    );
}

#[tokio::test(start_paused = true)]
async fn topics_are_made_by_the_controller_wherever_it_is() {
    let net = Net::default();
    let mut controller = 2;
    let topic = |error_code| CreatedTopic {
        name: "t".into(),
        error_code,
        ..CreatedTopic::default()
    };
    let created = move |error_code| {
        let topics = vec![topic(error_code)];
        Then::Answer(
            CreateTopicsResponse {
                throttle_time_ms: 0,
                topics,
            }
            .into(),
        )
    };
    net.broker("b1:9092", move |_, request| match &request.request {
        Request::Metadata(_) => {
            let answer = MetadataResponse {
                controller_id: NodeId(core::mem::replace(&mut controller, 1)),
                ..cluster(&[(1, "b1"), (2, "b2")])
            };
            Then::Answer(answer.into())
        }
        _ => created(ErrorCode::NONE),
    });
    net.broker("b2:9092", move |connection, request| match request.api {
        ApiKey::Metadata => polite(&[(1, "b1"), (2, "b2")])(connection, request),
        _ => created(ErrorCode::NOT_CONTROLLER),
    });
    let client = net.client("b1:9092");
    let topics = client.create_topics(vec![CreatableTopic {
        name: "t".into(),
        num_partitions: 1,
        replication_factor: 1,
        ..CreatableTopic::default()
    }]);
    assert_eq!(topics.await.unwrap()[0].error_code, ErrorCode::NONE);
    assert_eq!(net.count(ApiKey::CreateTopics), 2);
}

#[tokio::test(start_paused = true)]
async fn produce_without_acks_is_over_at_once_and_one_without_an_answer_is_not_repeated() {
    let net = Net::default();
    net.broker("b1:9092", |_, request| {
        let is_silent = matches!(&request.request, Request::Produce(produce) if produce.acks == 0);
        match led(&request.request, [1, 1]) {
            Some(answer) => answer,
            None if is_silent => Then::Raw(Vec::new()),
            None => Then::Close,
        }
    });
    let client = net.client("b1:9092");
    let partition = TopicPartition::new("t", 0);
    let batch = Bytes::from_static(b"not checked here");
    let appended = client
        .produce(&partition, Acks::None, batch.clone())
        .await
        .unwrap();
    assert_eq!(appended.base_offset, -1);
    client.produce(&partition, Acks::All, batch).await.unwrap_err();
    settle().await;
    assert_eq!(net.count(ApiKey::Produce), 2);
}

/// B19: a broker comes back as an older release, and later as a newer one. Each connection asks anew, and speaks what it was told.
#[tokio::test(start_paused = true)]
async fn a_broker_that_was_replaced_is_spoken_to_in_the_versions_of_the_new_one() {
    let net = Net::default();
    let client = net.client("b1:9092");
    let newest = versions(ApiKey::Heartbeat).max;
    for offered in [newest, 2, newest] {
        let mut speaks = all_versions();
        let heartbeat_key = ApiKey::Heartbeat.number();
        let listed = speaks.api_keys.iter_mut();
        listed
            .filter(|one| one.api_key == heartbeat_key)
            .for_each(|one| one.max_version = offered);
        let mut calls = 0;
        net.broker_speaking("b1:9092", speaks, move |_, request| {
            calls += 1;
            // It goes down when it was asked a second time.
            if calls == 2 {
                return Then::Close;
            }
            Then::Answer(empty(&request.request))
        });
        client.call(NODE, heartbeat()).await.unwrap();
        client.call(NODE, heartbeat()).await.unwrap_err();
        tokio::time::sleep(10 * SECOND).await;
    }
    let travelled: Vec<i16> = net.seen().iter().map(|seen| seen.request.version).collect();
    assert_eq!(travelled, [newest, newest, 2, 2, newest, newest]);
    assert_eq!(net.dials().len(), 3);
}

//! Every public future of the client, and a broker that answers them all.

use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::Poll;

use bytes::Bytes;
use kohort_protocol::api::create_partitions::CreatePartitionsResponse;
use kohort_protocol::api::create_topics::CreateTopicsResponse;
use kohort_protocol::api::delete_topics::DeleteTopicsResponse;
use kohort_protocol::api::find_coordinator::{Coordinator, CoordinatorType, FindCoordinatorResponse};
use kohort_protocol::api::init_producer_id::InitProducerIdResponse;
use kohort_protocol::api::join_group::JoinGroupRequest;
use kohort_protocol::api::list_offsets::{
    LATEST_TIMESTAMP, ListOffsetsResponse, ListOffsetsResponsePartition, ListOffsetsResponseTopic,
};
use kohort_protocol::api::metadata::{MetadataPartition, MetadataTopic};
use kohort_protocol::api::offset_fetch::{OffsetFetchResponse, OffsetFetchResponseGroup};
use kohort_protocol::api::produce::{ProduceResponse, ProduceResponsePartition, ProduceResponseTopic};
use kohort_protocol::{ErrorCode, GroupId, IsolationLevel, Lane, TopicPartition};

use super::*;
use crate::{Acks, ClientError};

type Ended = Pin<Box<dyn Future<Output = Result<(), ClientError>> + Send>>;

/// A public future, by name.
pub(super) type Named = (&'static str, fn(Client) -> Ended);

fn partition() -> TopicPartition {
    TopicPartition::new("t", 0)
}

fn group() -> GroupId {
    GroupId::from("g")
}

macro_rules! named {
    ($name:literal, |$client:ident| $call:expr) => {
        ($name, |$client| {
            Box::pin(async move { $call.await.map(drop) }) as Ended
        })
    };
}

pub(super) const EVERY: [Named; 16] = [
    named!("call", |client| client.call(NODE, heartbeat())),
    named!("call of JoinGroup", |client| client
        .call(NODE, JoinGroupRequest::default())),
    named!("call_within", |client| client.call_within(
        Target::Any,
        heartbeat(),
        20 * SECOND
    )),
    named!("metadata", |client| client.metadata(&["t".into()])),
    named!("refresh_metadata", |client| client
        .refresh_metadata(&["t".into()])),
    named!("all_topics", |client| client.all_topics()),
    named!("find_coordinator", |client| client.find_coordinator(
        CoordinatorType::GROUP,
        &["g".to_owned(), "h".to_owned()]
    )),
    named!("coordinator", |client| client.coordinator(&group())),
    named!("list_offsets", |client| client.list_offsets(
        &[(partition(), LATEST_TIMESTAMP)],
        IsolationLevel::ReadUncommitted
    )),
    named!("offset_fetch", |client| client.offset_fetch(&group(), None)),
    named!("produce", |client| client.produce(
        &partition(),
        Acks::All,
        Bytes::from_static(b"batch")
    )),
    named!("create_topics", |client| client.create_topics(Vec::new())),
    named!("delete_topics", |client| client.delete_topics(&[])),
    named!("create_partitions", |client| client.create_partitions(Vec::new())),
    named!("init_producer_id", |client| client.init_producer_id()),
    named!("Port::recv", |client| through_a_port(client)),
];

async fn through_a_port(client: Client) -> Result<(), ClientError> {
    let mut port = client.port();
    port.send(1, NODE, Lane::Control, heartbeat().into(), 20 * SECOND);
    let answered = port.recv().await.1;
    answered.map(drop).map_err(|failure| ClientError::Call {
        api: ApiKey::Heartbeat,
        target: NODE,
        failure,
    })
}

/// The good answer to anything; `produced` is the outcome of a Produce.
pub(super) fn answer(request: &Request, produced: ErrorCode) -> Response {
    match request {
        Request::Metadata(asked) => {
            let topics = asked
                .topics
                .iter()
                .flatten()
                .filter_map(|topic| topic.name.clone());
            let led = |name| MetadataTopic {
                name: Some(name),
                topic_id: kohort_protocol::TopicId([9; 16]),
                partitions: vec![MetadataPartition {
                    leader_id: NodeId(1),
                    ..MetadataPartition::default()
                }],
                ..MetadataTopic::default()
            };
            MetadataResponse {
                topics: topics.map(led).collect(),
                ..cluster(&[(1, "b1")])
            }
            .into()
        }
        Request::FindCoordinator(asked) => {
            let found = |key: &String| Coordinator {
                key: key.clone(),
                node_id: NodeId(1),
                host: "b1".into(),
                port: 9092,
                error_code: ErrorCode::NONE,
                error_message: None,
            };
            FindCoordinatorResponse {
                throttle_time_ms: 0,
                coordinators: asked.keys.iter().map(found).collect(),
            }
            .into()
        }
        Request::ListOffsets(_) => ListOffsetsResponse {
            throttle_time_ms: 0,
            topics: vec![ListOffsetsResponseTopic {
                name: "t".into(),
                partitions: vec![ListOffsetsResponsePartition::default()],
            }],
        }
        .into(),
        Request::OffsetFetch(_) => OffsetFetchResponse {
            throttle_time_ms: 0,
            groups: vec![OffsetFetchResponseGroup {
                group_id: group(),
                ..OffsetFetchResponseGroup::default()
            }],
        }
        .into(),
        Request::Produce(_) => ProduceResponse {
            responses: vec![ProduceResponseTopic {
                name: "t".into(),
                topic_id: kohort_protocol::TopicId([9; 16]),
                partition_responses: vec![ProduceResponsePartition {
                    error_code: produced,
                    ..ProduceResponsePartition::default()
                }],
            }],
            ..ProduceResponse::default()
        }
        .into(),
        Request::CreateTopics(_) => CreateTopicsResponse::default().into(),
        Request::DeleteTopics(_) => DeleteTopicsResponse::default().into(),
        Request::CreatePartitions(_) => CreatePartitionsResponse::default().into(),
        Request::InitProducerId(_) => InitProducerIdResponse::default().into(),
        other => empty(other),
    }
}

/// When a future is dropped after its last poll.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cut {
    AtOnce,
    /// When it was woken to be polled again: what it waits for is there, and it never looks.
    WhenWoken,
}

/// Polls so many times, then drops the future.
pub(super) async fn cut<F: Future>(polls: usize, when: Cut, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match (future.as_mut().poll(context), when) {
            (Poll::Ready(output), _) => Poll::Ready(Some(output)),
            (Poll::Pending, Cut::AtOnce) if left == 0 => Poll::Ready(None),
            (Poll::Pending, _) => Poll::Pending,
        }
    })
    .await
}

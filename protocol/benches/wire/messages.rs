//! Responses: the layout check alone, all of what a client does (check and decode into what it keeps), and kafka-protocol's decoding
//! into its own structs.

use bytes::{Bytes, BytesMut};
use kafka_protocol::messages as raw;
use kafka_protocol::protocol::Decodable;
use kohort_protocol::api::describe_groups::{DescribeGroupsResponse, DescribedGroup, DescribedMember};
use kohort_protocol::api::fetch::{FetchResponse, FetchResponsePartition, FetchResponseTopic};
use kohort_protocol::api::heartbeat::HeartbeatResponse;
use kohort_protocol::api::join_group::{JoinGroupMember, JoinGroupResponse};
use kohort_protocol::api::list_offsets::{
    ListOffsetsResponse, ListOffsetsResponsePartition, ListOffsetsResponseTopic,
};
use kohort_protocol::api::metadata::{MetadataBroker, MetadataPartition, MetadataResponse, MetadataTopic};
use kohort_protocol::api::offset_commit::{
    OffsetCommitResponse, OffsetCommitResponsePartition, OffsetCommitResponseTopic,
};
use kohort_protocol::api::offset_fetch::{
    OffsetFetchResponse, OffsetFetchResponseGroup, OffsetFetchResponsePartition, OffsetFetchResponseTopic,
};
use kohort_protocol::api::{Message, Response};
use kohort_protocol::{GroupId, MemberId, NodeId, TopicId, TopicName, layout};

use crate::race::{contender, race};

pub(crate) fn run() {
    compare::<_, raw::OffsetFetchResponse>("OffsetFetch, 10,000 partitions", 9, &offset_fetch(), Some(0.5));
    compare::<_, raw::MetadataResponse>(
        "Metadata, 1,000 topics x 50 partitions",
        12,
        &metadata(),
        Some(0.5),
    );
    compare::<_, raw::FetchResponse>("Fetch, 1,000 partitions without records", 16, &fetch(), None);
    compare::<_, raw::JoinGroupResponse>("JoinGroup, 1,000 members", 9, &join_group(), None);
    // These go by the check and kafka-protocol's structs.
    compare::<_, raw::ListOffsetsResponse>("ListOffsets, 1,000 partitions", 10, &list_offsets(), None);
    compare::<_, raw::OffsetCommitResponse>("OffsetCommit, 1,000 partitions", 9, &offset_commit(), None);
    compare::<_, raw::DescribeGroupsResponse>("DescribeGroups, 1,000 members", 6, &describe_groups(), None);
    compare::<_, raw::HeartbeatResponse>("Heartbeat", 4, &HeartbeatResponse::default(), None);
}

fn compare<M, Raw>(title: &str, version: i16, message: &M, target: Option<f64>)
where
    M: Message + Into<Response> + PartialEq + std::fmt::Debug,
    Raw: Decodable,
{
    let mut body = BytesMut::new();
    message.encode(version, &mut body).unwrap();
    let body = body.freeze();
    assert_eq!(&M::decode(version, body.clone()).unwrap(), message);
    let ours = contender("kohort: check and decode", || {
        M::decode(version, body.clone()).unwrap()
    });
    let ours = match target {
        Some(target) => ours.target(target),
        None => ours,
    };
    race(
        &format!("{title} v{version}"),
        body.len(),
        vec![
            contender("kafka-protocol: decode", || decode::<Raw>(&body, version)),
            contender("kohort: layout check alone", || {
                layout::check(M::SCHEMA, version, &body).unwrap();
            })
            .target(0.25),
            ours,
        ],
    );
}

fn decode<Raw: Decodable>(body: &Bytes, version: i16) -> Raw {
    Raw::decode(&mut body.clone(), version).unwrap()
}

fn name(number: usize) -> String {
    format!("a-name-of-common-length-{number:06}")
}

fn offset_fetch() -> OffsetFetchResponse {
    let partition = |partition_index| OffsetFetchResponsePartition {
        partition_index,
        committed_offset: 1 << 40,
        metadata: Some(String::new()),
        ..OffsetFetchResponsePartition::default()
    };
    let topic = |number| OffsetFetchResponseTopic {
        name: TopicName::from(name(number)),
        partitions: (0..100).map(partition).collect(),
        ..OffsetFetchResponseTopic::default()
    };
    let group = OffsetFetchResponseGroup {
        group_id: GroupId::from("billing"),
        topics: (0..100).map(topic).collect(),
        ..OffsetFetchResponseGroup::default()
    };
    OffsetFetchResponse {
        groups: vec![group],
        ..OffsetFetchResponse::default()
    }
}

fn metadata() -> MetadataResponse {
    let broker = |id| MetadataBroker {
        node_id: NodeId(id),
        host: format!("broker-{id}.example.org"),
        port: 9092,
        rack: None,
    };
    let partition = |index| MetadataPartition {
        partition_index: index,
        leader_id: NodeId(1 + index % 3),
        replica_nodes: [1, 2, 3].map(NodeId).into_iter().collect(),
        isr_nodes: [1, 2, 3].map(NodeId).into_iter().collect(),
        ..MetadataPartition::default()
    };
    let topic = |number| MetadataTopic {
        name: Some(TopicName::from(name(number))),
        topic_id: TopicId([1; 16]),
        partitions: (0..50).map(partition).collect(),
        ..MetadataTopic::default()
    };
    MetadataResponse {
        brokers: (1..4).map(broker).collect(),
        topics: (0..1_000).map(topic).collect(),
        ..MetadataResponse::default()
    }
}

fn fetch() -> FetchResponse {
    let partition = |partition_index| FetchResponsePartition {
        partition_index,
        high_watermark: 1 << 40,
        ..FetchResponsePartition::default()
    };
    let topic = |number: u8| FetchResponseTopic {
        topic_id: TopicId([number; 16]),
        partitions: (0..10).map(partition).collect(),
        ..FetchResponseTopic::default()
    };
    FetchResponse {
        responses: (1..101).map(topic).collect(),
        ..FetchResponse::default()
    }
}

fn join_group() -> JoinGroupResponse {
    let member = |number| JoinGroupMember {
        member_id: MemberId::from(name(number)),
        metadata: Bytes::from(vec![7; 220]),
        ..JoinGroupMember::default()
    };
    JoinGroupResponse {
        protocol_name: Some(name(0)),
        protocol_type: Some(name(0)),
        members: (0..1_000).map(member).collect(),
        ..JoinGroupResponse::default()
    }
}

fn list_offsets() -> ListOffsetsResponse {
    let partition = |partition_index| ListOffsetsResponsePartition {
        partition_index,
        offset: 5_000_000,
        ..ListOffsetsResponsePartition::default()
    };
    let topic = |number| ListOffsetsResponseTopic {
        name: TopicName::from(name(number)),
        partitions: (0..10).map(partition).collect(),
    };
    ListOffsetsResponse {
        topics: (0..100).map(topic).collect(),
        ..ListOffsetsResponse::default()
    }
}

fn offset_commit() -> OffsetCommitResponse {
    let partition = |partition_index| OffsetCommitResponsePartition {
        partition_index,
        ..OffsetCommitResponsePartition::default()
    };
    let topic = |number| OffsetCommitResponseTopic {
        name: TopicName::from(name(number)),
        partitions: (0..10).map(partition).collect(),
        ..OffsetCommitResponseTopic::default()
    };
    OffsetCommitResponse {
        topics: (0..100).map(topic).collect(),
        ..OffsetCommitResponse::default()
    }
}

fn describe_groups() -> DescribeGroupsResponse {
    let member = |number| DescribedMember {
        member_id: MemberId::from(name(number)),
        client_id: name(number),
        client_host: name(number),
        member_metadata: Bytes::from(vec![7; 220]),
        ..DescribedMember::default()
    };
    let group = |number| DescribedGroup {
        group_id: GroupId::from(name(number)),
        members: (0..10).map(member).collect(),
        ..DescribedGroup::default()
    };
    DescribeGroupsResponse {
        groups: (0..100).map(group).collect(),
        ..DescribeGroupsResponse::default()
    }
}

//! What brokers answer, as short as a test wants to say it.

use std::time::Duration;

use kohort_protocol::api::describe_groups::{DescribeGroupsResponse, DescribedGroup, DescribedMember};
use kohort_protocol::api::find_coordinator::{Coordinator, FindCoordinatorResponse};
use kohort_protocol::api::heartbeat::HeartbeatResponse;
use kohort_protocol::api::join_group::{JoinGroupMember, JoinGroupResponse};
use kohort_protocol::api::leave_group::LeaveGroupResponse;
use kohort_protocol::api::list_offsets::{
    ListOffsetsResponse, ListOffsetsResponsePartition, ListOffsetsResponseTopic,
};
use kohort_protocol::api::metadata::{MetadataPartition, MetadataResponse, MetadataTopic};
use kohort_protocol::api::offset_commit::{
    OffsetCommitPartition, OffsetCommitRequest, OffsetCommitResponse, OffsetCommitResponsePartition,
    OffsetCommitResponseTopic,
};
use kohort_protocol::api::offset_fetch::{
    OffsetFetchResponse, OffsetFetchResponseGroup, OffsetFetchResponsePartition, OffsetFetchResponseTopic,
};
use kohort_protocol::api::sync_group::SyncGroupResponse;
use kohort_protocol::consumer_protocol::{Assignment, Subscription};
use kohort_protocol::{
    ErrorCode, Generation, GroupId, LeaderEpoch, MemberId, NodeId, TopicId, TopicName, TopicPartition,
};

use crate::member::{FetchedPartition, FetchedRecords, MemberConfig, Ticket};

pub(super) fn tp(text: &str) -> TopicPartition {
    let (topic, partition) = text.rsplit_once('-').unwrap();
    TopicPartition::new(topic, partition.parse().unwrap())
}

/// `t-0 t-1`
pub(super) fn tps(text: &str) -> Vec<TopicPartition> {
    text.split_whitespace().map(tp).collect()
}

pub(super) fn config() -> MemberConfig {
    MemberConfig {
        session_timeout: Duration::from_secs(10),
        heartbeat_interval: Duration::from_secs(3),
        max_poll_interval: Duration::from_secs(300),
        auto_commit_interval: None,
        ..MemberConfig::new(GroupId::from("g"), vec![TopicName::from("t")])
    }
}

pub(super) fn found(node: i32) -> FindCoordinatorResponse {
    let coordinator = Coordinator {
        node_id: NodeId(node),
        host: "h".into(),
        port: 9000 + node,
        ..Coordinator::default()
    };
    FindCoordinatorResponse {
        coordinators: vec![coordinator],
        ..FindCoordinatorResponse::default()
    }
}

pub(super) fn not_found(code: ErrorCode) -> FindCoordinatorResponse {
    let coordinator = Coordinator {
        error_code: code,
        ..Coordinator::default()
    };
    FindCoordinatorResponse {
        coordinators: vec![coordinator],
        ..FindCoordinatorResponse::default()
    }
}

pub(super) fn take_id(id: &str) -> JoinGroupResponse {
    let error_code = ErrorCode::MEMBER_ID_REQUIRED;
    JoinGroupResponse {
        error_code,
        member_id: MemberId::from(id),
        ..JoinGroupResponse::default()
    }
}

pub(super) fn join_error(error_code: ErrorCode) -> JoinGroupResponse {
    JoinGroupResponse {
        error_code,
        ..JoinGroupResponse::default()
    }
}

/// A follower's answer.
pub(super) fn follow(generation: i32, id: &str) -> JoinGroupResponse {
    JoinGroupResponse {
        generation_id: Generation(generation),
        protocol_type: Some("consumer".into()),
        protocol_name: Some("range".into()),
        leader: MemberId::from("somebody"),
        member_id: MemberId::from(id),
        ..JoinGroupResponse::default()
    }
}

/// The leader's answer: members with their topics.
pub(super) fn lead(generation: i32, id: &str, members: &[(&str, &str)]) -> JoinGroupResponse {
    let member = |&(id, topics): &(&str, &str)| JoinGroupMember {
        member_id: MemberId::from(id),
        metadata: Subscription {
            topics: topics.split_whitespace().map(TopicName::from).collect(),
            ..Subscription::default()
        }
        .encode(1)
        .unwrap(),
        ..JoinGroupMember::default()
    };
    let members = members.iter().map(member).collect();
    JoinGroupResponse {
        leader: MemberId::from(id),
        members,
        ..follow(generation, id)
    }
}

pub(super) fn synced(partitions: &str) -> SyncGroupResponse {
    let assignment = Assignment {
        partitions: tps(partitions),
        ..Assignment::default()
    };
    SyncGroupResponse {
        protocol_type: Some("consumer".into()),
        protocol_name: Some("range".into()),
        assignment: assignment.encode(0).unwrap(),
        ..SyncGroupResponse::default()
    }
}

/// A group whose members were given these partitions.
pub(super) fn described(state: &str, assignments: &[&str], error_code: ErrorCode) -> DescribeGroupsResponse {
    let member = |partitions: &&str| DescribedMember {
        member_assignment: synced(partitions).assignment,
        ..DescribedMember::default()
    };
    DescribeGroupsResponse {
        groups: vec![DescribedGroup {
            error_code,
            group_state: state.into(),
            members: assignments.iter().map(member).collect(),
            ..DescribedGroup::default()
        }],
        ..DescribeGroupsResponse::default()
    }
}

pub(super) fn sync_error(error_code: ErrorCode) -> SyncGroupResponse {
    SyncGroupResponse {
        error_code,
        ..SyncGroupResponse::default()
    }
}

pub(super) fn heartbeat(error_code: ErrorCode) -> HeartbeatResponse {
    HeartbeatResponse {
        error_code,
        ..HeartbeatResponse::default()
    }
}

pub(super) fn left(error_code: ErrorCode) -> LeaveGroupResponse {
    LeaveGroupResponse {
        error_code,
        ..LeaveGroupResponse::default()
    }
}

/// Topics with so many partitions, all led by node 1 in epoch 1.
pub(super) fn topics(sizes: &[(&str, i32)]) -> MetadataResponse {
    let partition = |partition_index| MetadataPartition {
        partition_index,
        leader_id: NodeId(1),
        leader_epoch: LeaderEpoch(1),
        ..MetadataPartition::default()
    };
    let topic = |&(name, n): &(&str, i32)| MetadataTopic {
        name: Some(TopicName::from(name)),
        topic_id: topic_id(name),
        partitions: (0..n).map(partition).collect(),
        ..MetadataTopic::default()
    };
    MetadataResponse {
        topics: sizes.iter().map(topic).collect(),
        ..MetadataResponse::default()
    }
}

pub(super) fn no_topic(name: &str, error_code: ErrorCode) -> MetadataResponse {
    let topic = MetadataTopic {
        name: Some(TopicName::from(name)),
        error_code,
        ..MetadataTopic::default()
    };
    MetadataResponse {
        topics: vec![topic],
        ..MetadataResponse::default()
    }
}

/// An id made of the name.
pub(super) fn topic_id(name: &str) -> TopicId {
    let mut id = [0; 16];
    for (byte, from) in id.iter_mut().zip(name.bytes()) {
        *byte = from;
    }
    TopicId(id)
}

/// What v10 says of a topic's name: nothing, where the request brought an id.
fn said_name(name: &TopicName, id: TopicId) -> TopicName {
    if id == TopicId::ZERO {
        name.clone()
    } else {
        TopicName::default()
    }
}

/// Every partition of the commit gets `code`, as v10 answers.
pub(super) fn committed(request: &OffsetCommitRequest, code: ErrorCode) -> OffsetCommitResponse {
    let partition = |partition: &OffsetCommitPartition| OffsetCommitResponsePartition {
        partition_index: partition.partition_index,
        error_code: code,
    };
    let topics = request.topics.iter().map(|topic| OffsetCommitResponseTopic {
        name: said_name(&topic.name, topic.topic_id),
        topic_id: topic.topic_id,
        partitions: topic.partitions.iter().map(partition).collect(),
    });
    OffsetCommitResponse {
        topics: topics.collect(),
        ..OffsetCommitResponse::default()
    }
}

pub(super) fn offsets(committed: &[(&str, i64)]) -> OffsetFetchResponse {
    offsets_with(
        &committed
            .iter()
            .map(|&(name, offset)| (name, offset, ErrorCode::NONE))
            .collect::<Vec<_>>(),
    )
}

pub(super) fn offsets_with(committed: &[(&str, i64, ErrorCode)]) -> OffsetFetchResponse {
    let topic = |&(name, committed_offset, error_code): &(&str, i64, ErrorCode)| OffsetFetchResponseTopic {
        topic_id: topic_id(tp(name).topic.as_str()),
        partitions: vec![OffsetFetchResponsePartition {
            partition_index: tp(name).partition,
            committed_offset,
            committed_leader_epoch: LeaderEpoch(if committed_offset < 0 { -1 } else { 1 }),
            error_code,
            ..OffsetFetchResponsePartition::default()
        }],
        ..OffsetFetchResponseTopic::default()
    };
    let topics = committed.iter().map(topic).collect();
    let group = OffsetFetchResponseGroup {
        topics,
        ..OffsetFetchResponseGroup::default()
    };
    OffsetFetchResponse {
        groups: vec![group],
        ..OffsetFetchResponse::default()
    }
}

pub(super) fn offsets_error(error_code: ErrorCode) -> OffsetFetchResponse {
    let group = OffsetFetchResponseGroup {
        error_code,
        ..OffsetFetchResponseGroup::default()
    };
    OffsetFetchResponse {
        groups: vec![group],
        ..OffsetFetchResponse::default()
    }
}

pub(super) fn listed(found: &[(&str, i64, ErrorCode)]) -> ListOffsetsResponse {
    let topic = |&(name, offset, error_code): &(&str, i64, ErrorCode)| ListOffsetsResponseTopic {
        name: tp(name).topic,
        partitions: vec![ListOffsetsResponsePartition {
            partition_index: tp(name).partition,
            offset,
            error_code,
            ..ListOffsetsResponsePartition::default()
        }],
    };
    ListOffsetsResponse {
        topics: found.iter().map(topic).collect(),
        ..ListOffsetsResponse::default()
    }
}

/// A partition without news.
pub(super) fn empty(name: &str) -> FetchedPartition {
    FetchedPartition {
        topic: TopicName::default(),
        topic_id: topic_id(tp(name).topic.as_str()),
        partition: tp(name).partition,
        error_code: ErrorCode::NONE,
        high_watermark: 1000,
        last_stable_offset: 1000,
        log_start_offset: 0,
        diverging_epoch: None,
        current_leader: None,
        preferred_read_replica: NodeId::NONE,
        records: None,
        corrupt: None,
    }
}

/// Records up to `next_offset`, 100 bytes.
pub(super) fn records(name: &str, ticket: u64, next_offset: i64) -> FetchedPartition {
    let records = FetchedRecords {
        ticket: Ticket(ticket),
        bytes: 100,
        next_offset,
        last_epoch: LeaderEpoch(1),
        visible: true,
    };
    FetchedPartition {
        records: Some(records),
        ..empty(name)
    }
}

/// Control records only.
pub(super) fn control(name: &str, ticket: u64, next_offset: i64) -> FetchedPartition {
    let mut partition = records(name, ticket, next_offset);
    partition.records.as_mut().unwrap().visible = false;
    partition
}

pub(super) fn fetch_error(name: &str, error_code: ErrorCode) -> FetchedPartition {
    FetchedPartition {
        error_code,
        high_watermark: -1,
        last_stable_offset: -1,
        log_start_offset: -1,
        ..empty(name)
    }
}

//! A request and a response of every API in which every field that is carried holds something other than its default.

use bytes::Bytes;
use kohort_protocol::api::{
    ApiKey, Malformed, Request, Response, api_versions::*, create_partitions::*, create_topics::*,
    delete_groups::*, delete_topics::*, describe_groups::*, fetch::*, find_coordinator::*, heartbeat::*,
    init_producer_id::*, join_group::*, leave_group::*, list_groups::*, list_offsets::*, metadata::*,
    offset_commit::*, offset_delete::*, offset_fetch::*, produce::*, sync_group::*,
};
use kohort_protocol::layout::{self, Schema};
use kohort_protocol::{
    ErrorCode, Generation, GroupId, GroupInstanceId, IsolationLevel, LeaderEpoch, MemberEpoch, MemberId,
    NodeId, ProducerId, TopicId, TopicName,
};

/// The value where the version carries it, else the type's default.
fn at<T: Default>(carried: bool, value: T) -> T {
    if carried { value } else { T::default() }
}

/// The value where the version carries it, else a default that is not the type's own.
fn or<T>(carried: bool, value: T, default: T) -> T {
    if carried { value } else { default }
}

fn topic() -> TopicName {
    "orders-ü".into()
}

fn topic_id() -> TopicId {
    TopicId([7; 16])
}

fn group() -> GroupId {
    "billing".into()
}

fn member() -> MemberId {
    "client-1f0e".into()
}

fn instance() -> Option<GroupInstanceId> {
    Some("host-3".into())
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn blob() -> Bytes {
    Bytes::from_static(&[0, 1, 2, 0xff])
}

fn epoch(epoch: i32) -> LeaderEpoch {
    LeaderEpoch(epoch)
}

/// Whether the samples of this API are written here, and say what each version adds. Those of the others are arbitrary.
pub(crate) fn is_written(api: ApiKey) -> bool {
    !matches!(api.number(), 24..=28 | 68.. )
}

/// A body with no unknown tagged fields, which our structs do not keep.
pub(crate) fn body(schema: &'static Schema, v: i16, seed: u64) -> Bytes {
    let mut random = fastrand::Rng::with_seed(seed);
    // One time in eight there is an unknown field: never.
    let mut below = |n| if n == 8 { random.u32(1..n) } else { random.u32(..n) };
    layout::arbitrary(schema, v, &mut below)
        .expect("a known version")
        .into()
}

fn arbitrary<M>(
    schema: Option<&'static Schema>,
    v: i16,
    decode: impl Fn(Bytes) -> Result<M, Malformed>,
) -> M {
    decode(body(schema.expect("a known API"), v, 3)).expect("a good body")
}

/// The request of `api` that says all that any version from `lo` to `v` carries.
pub(crate) fn request(api: ApiKey, lo: i16, v: i16) -> Request {
    match api {
        ApiKey::Produce => produce_request(lo, v).into(),
        ApiKey::Fetch => fetch_request(lo, v).into(),
        ApiKey::ListOffsets => ListOffsetsRequest {
            replica_id: NodeId(4),
            isolation_level: at(v >= 2, IsolationLevel::ReadCommitted),
            topics: vec![ListOffsetsTopic {
                name: topic(),
                partitions: vec![ListOffsetsPartition {
                    partition_index: 3,
                    current_leader_epoch: at(v >= 4, epoch(9)),
                    timestamp: EARLIEST_TIMESTAMP,
                }],
            }],
            timeout_ms: at(v >= 10, 30_000),
        }
        .into(),
        ApiKey::Metadata => metadata_request(lo, v).into(),
        ApiKey::OffsetCommit => offset_commit_request(lo, v).into(),
        ApiKey::OffsetFetch => OffsetFetchRequest {
            groups: vec![offset_fetch_group(lo, v); or(v >= 8, 2, 1)],
            require_stable: v >= 7,
        }
        .into(),
        ApiKey::FindCoordinator => FindCoordinatorRequest {
            key_type: at(v >= 1, CoordinatorType::TRANSACTION),
            keys: vec!["billing".to_owned(); or(v >= 4, 2, 1)],
        }
        .into(),
        ApiKey::JoinGroup => JoinGroupRequest {
            group_id: group(),
            session_timeout_ms: 45_000,
            rebalance_timeout_ms: or(v >= 1, 300_000, -1),
            member_id: member(),
            group_instance_id: at(v >= 5, instance()),
            protocol_type: "consumer".to_owned(),
            protocols: vec![JoinGroupProtocol {
                name: "range".to_owned(),
                metadata: blob(),
            }],
            reason: at(v >= 8, text("new topic")),
        }
        .into(),
        ApiKey::Heartbeat => HeartbeatRequest {
            group_id: group(),
            generation_id: Generation(5),
            member_id: member(),
            group_instance_id: at(v >= 3, instance()),
        }
        .into(),
        ApiKey::LeaveGroup => LeaveGroupRequest {
            group_id: group(),
            members: vec![
                LeavingMember {
                    member_id: member(),
                    group_instance_id: at(v >= 3, instance()),
                    reason: at(v >= 5, text("closed")),
                };
                or(v >= 3, 2, 1)
            ],
        }
        .into(),
        ApiKey::SyncGroup => SyncGroupRequest {
            group_id: group(),
            generation_id: Generation(5),
            member_id: member(),
            group_instance_id: at(v >= 3, instance()),
            protocol_type: at(v >= 5, text("consumer")),
            protocol_name: at(v >= 5, text("range")),
            assignments: vec![SyncGroupAssignment {
                member_id: member(),
                assignment: blob(),
            }],
        }
        .into(),
        ApiKey::DescribeGroups => DescribeGroupsRequest {
            groups: vec![group(), "other".into()],
            include_authorized_operations: v >= 3,
        }
        .into(),
        ApiKey::ListGroups => ListGroupsRequest {
            states_filter: at(v >= 4, vec!["Stable".to_owned()]),
            types_filter: at(v >= 5, vec!["classic".to_owned()]),
        }
        .into(),
        ApiKey::ApiVersions => ApiVersionsRequest {
            client_software_name: at(v >= 3, "kohort".to_owned()),
            client_software_version: at(v >= 3, "0.1.0".to_owned()),
            cluster_id: at(v >= 5, text("cluster")),
            node_id: at(v >= 5, NodeId(2)),
        }
        .into(),
        ApiKey::CreateTopics => CreateTopicsRequest {
            topics: vec![CreatableTopic {
                name: topic(),
                num_partitions: 6,
                replication_factor: 3,
                assignments: vec![ReplicaAssignment {
                    partition_index: 1,
                    broker_ids: vec![NodeId(1), NodeId(2)],
                }],
                configs: vec![CreatableTopicConfig {
                    name: "retention.ms".to_owned(),
                    value: text("1000"),
                }],
            }],
            timeout_ms: 9,
            validate_only: true,
        }
        .into(),
        ApiKey::DeleteTopics => DeleteTopicsRequest {
            topics: vec![DeletableTopic {
                name: Some(topic()),
                topic_id: at(v >= 6, topic_id()),
            }],
            timeout_ms: 9,
        }
        .into(),
        ApiKey::InitProducerId => InitProducerIdRequest {
            transactional_id: Some("tx".into()),
            transaction_timeout_ms: 60_000,
            producer_id: or(v >= 3, ProducerId(77), ProducerId::NONE),
            producer_epoch: or(v >= 3, 2, -1),
            enable_2_pc: v >= 6,
            keep_prepared_txn: v >= 6,
        }
        .into(),
        ApiKey::CreatePartitions => CreatePartitionsRequest {
            topics: vec![CreatePartitionsTopic {
                name: topic(),
                count: 12,
                assignments: Some(vec![vec![NodeId(2), NodeId(3)]]),
            }],
            timeout_ms: 9,
            validate_only: true,
        }
        .into(),
        ApiKey::DeleteGroups => DeleteGroupsRequest {
            groups_names: vec![group()],
        }
        .into(),
        ApiKey::OffsetDelete => OffsetDeleteRequest {
            group_id: group(),
            topics: vec![OffsetDeleteTopic {
                name: topic(),
                partitions: vec![OffsetDeletePartition { partition_index: 2 }],
            }],
        }
        .into(),
        other => arbitrary(layout::request(other.number()), v, |body| {
            Request::decode(other, v, body)
        }),
    }
}

fn produce_request(lo: i16, v: i16) -> ProduceRequest {
    ProduceRequest {
        transactional_id: Some("tx".into()),
        acks: -1,
        timeout_ms: 30_000,
        topic_data: vec![ProduceTopic {
            name: at(lo <= 12, topic()),
            topic_id: at(v >= 13, topic_id()),
            partition_data: vec![ProducePartition {
                index: 4,
                records: Some(blob()),
            }],
        }],
    }
}

fn fetch_request(lo: i16, v: i16) -> FetchRequest {
    FetchRequest {
        replica_id: NodeId(4),
        max_wait_ms: 500,
        min_bytes: 1,
        max_bytes: 1 << 20,
        isolation_level: IsolationLevel::ReadCommitted,
        session_id: at(v >= 7, 99),
        session_epoch: or(v >= 7, 3, -1),
        topics: vec![FetchTopic {
            topic: at(lo <= 12, topic()),
            topic_id: at(v >= 13, topic_id()),
            partitions: vec![FetchPartition {
                partition: 2,
                current_leader_epoch: at(v >= 9, epoch(8)),
                fetch_offset: 1 << 40,
                last_fetched_epoch: at(v >= 12, epoch(7)),
                log_start_offset: or(v >= 5, 11, -1),
                partition_max_bytes: 4096,
            }],
        }],
        forgotten_topics_data: at(
            v >= 7,
            vec![ForgottenTopic {
                topic: at(lo <= 12, topic()),
                topic_id: at(v >= 13, topic_id()),
                partitions: vec![5, 6],
            }],
        ),
        rack_id: at(v >= 11, "rack-1".to_owned()),
    }
}

fn metadata_request(lo: i16, v: i16) -> MetadataRequest {
    MetadataRequest {
        topics: Some(vec![MetadataRequestTopic {
            topic_id: at(v >= 10, topic_id()),
            name: or(lo >= 10, None, Some(topic())),
        }]),
        allow_auto_topic_creation: lo < 4,
        include_cluster_authorized_operations: lo <= 10 && v >= 8,
        include_topic_authorized_operations: v >= 8,
    }
}

fn offset_commit_request(lo: i16, v: i16) -> OffsetCommitRequest {
    OffsetCommitRequest {
        group_id: group(),
        generation_id_or_member_epoch: Generation(5),
        member_id: member(),
        group_instance_id: at(v >= 7, instance()),
        retention_time_ms: or(lo <= 4, 1000, -1),
        topics: vec![OffsetCommitTopic {
            name: at(lo <= 9, topic()),
            topic_id: at(v >= 10, topic_id()),
            partitions: vec![OffsetCommitPartition {
                partition_index: 1,
                committed_offset: 1 << 33,
                committed_leader_epoch: at(v >= 6, epoch(8)),
                committed_metadata: text("note"),
            }],
        }],
    }
}

fn offset_fetch_group(lo: i16, v: i16) -> OffsetFetchGroup {
    OffsetFetchGroup {
        group_id: group(),
        member_id: at(v >= 9, Some(member())),
        member_epoch: at(v >= 9, MemberEpoch(4)),
        topics: Some(vec![OffsetFetchTopic {
            name: at(lo <= 9, topic()),
            topic_id: at(v >= 10, topic_id()),
            partition_indexes: vec![0, 1],
        }]),
    }
}

/// The response of `api` that says all that any version from `lo` to `v` carries.
pub(crate) fn response(api: ApiKey, lo: i16, v: i16) -> Response {
    let error_code = ErrorCode::NOT_COORDINATOR;
    match api {
        ApiKey::Produce => produce_response(lo, v).into(),
        ApiKey::Fetch => fetch_response(lo, v).into(),
        ApiKey::ListOffsets => ListOffsetsResponse {
            throttle_time_ms: at(v >= 2, 10),
            topics: vec![ListOffsetsResponseTopic {
                name: topic(),
                partitions: vec![ListOffsetsResponsePartition {
                    partition_index: 3,
                    error_code,
                    timestamp: 123,
                    offset: 456,
                    leader_epoch: at(v >= 4, epoch(9)),
                }],
            }],
        }
        .into(),
        ApiKey::Metadata => metadata_response(lo, v).into(),
        ApiKey::OffsetCommit => OffsetCommitResponse {
            throttle_time_ms: at(v >= 3, 10),
            topics: vec![OffsetCommitResponseTopic {
                name: at(lo <= 9, topic()),
                topic_id: at(v >= 10, topic_id()),
                partitions: vec![OffsetCommitResponsePartition {
                    partition_index: 1,
                    error_code,
                }],
            }],
        }
        .into(),
        ApiKey::OffsetFetch => offset_fetch_response(lo, v).into(),
        ApiKey::FindCoordinator => FindCoordinatorResponse {
            throttle_time_ms: at(v >= 1, 10),
            coordinators: vec![
                Coordinator {
                    key: at(v >= 4, "billing".to_owned()),
                    node_id: NodeId(2),
                    host: "b2".to_owned(),
                    port: 9092,
                    error_code,
                    error_message: at(v >= 1, text("moving")),
                };
                or(v >= 4, 2, 1)
            ],
        }
        .into(),
        ApiKey::JoinGroup => join_group_response(v).into(),
        ApiKey::Heartbeat => HeartbeatResponse {
            throttle_time_ms: at(v >= 1, 10),
            error_code,
        }
        .into(),
        ApiKey::LeaveGroup => LeaveGroupResponse {
            throttle_time_ms: at(v >= 1, 10),
            error_code,
            members: at(
                v >= 3,
                vec![LeftMember {
                    member_id: member(),
                    group_instance_id: instance(),
                    error_code: ErrorCode::UNKNOWN_MEMBER_ID,
                }],
            ),
        }
        .into(),
        ApiKey::SyncGroup => SyncGroupResponse {
            throttle_time_ms: at(v >= 1, 10),
            error_code,
            protocol_type: at(v >= 5, text("consumer")),
            protocol_name: at(v >= 5, text("range")),
            assignment: blob(),
        }
        .into(),
        ApiKey::DescribeGroups => describe_groups_response(v).into(),
        ApiKey::ListGroups => ListGroupsResponse {
            throttle_time_ms: at(v >= 1, 10),
            error_code,
            groups: vec![ListedGroup {
                group_id: group(),
                protocol_type: "consumer".to_owned(),
                group_state: at(v >= 4, "Stable".to_owned()),
                group_type: at(v >= 5, "classic".to_owned()),
            }],
        }
        .into(),
        ApiKey::ApiVersions => api_versions_response(v).into(),
        ApiKey::CreateTopics => create_topics_response(v).into(),
        ApiKey::DeleteTopics => DeleteTopicsResponse {
            throttle_time_ms: 10,
            responses: vec![DeletedTopic {
                name: Some(topic()),
                topic_id: at(v >= 6, topic_id()),
                error_code,
                error_message: at(v >= 5, text("no")),
            }],
        }
        .into(),
        ApiKey::InitProducerId => InitProducerIdResponse {
            throttle_time_ms: 10,
            error_code,
            producer_id: ProducerId(77),
            producer_epoch: 3,
            ongoing_txn_producer_id: at(v >= 6, ProducerId(78)),
            ongoing_txn_producer_epoch: or(v >= 6, 4, -1),
        }
        .into(),
        ApiKey::CreatePartitions => CreatePartitionsResponse {
            throttle_time_ms: 10,
            results: vec![CreatePartitionsResult {
                name: topic(),
                error_code,
                error_message: text("no"),
            }],
        }
        .into(),
        ApiKey::DeleteGroups => DeleteGroupsResponse {
            throttle_time_ms: 10,
            results: vec![DeletedGroup {
                group_id: group(),
                error_code,
                error_message: at(v >= 3, text("no")),
            }],
        }
        .into(),
        ApiKey::OffsetDelete => OffsetDeleteResponse {
            error_code,
            throttle_time_ms: 10,
            topics: vec![OffsetDeleteResponseTopic {
                name: topic(),
                partitions: vec![OffsetDeleteResponsePartition {
                    partition_index: 2,
                    error_code,
                }],
            }],
        }
        .into(),
        other => arbitrary(layout::response(other.number()), v, |body| {
            Response::decode(other, v, body)
        }),
    }
}

fn endpoint() -> NodeEndpoint {
    NodeEndpoint {
        node_id: NodeId(2),
        host: "b2".to_owned(),
        port: 9092,
        rack: text("rack-2"),
    }
}

fn leader() -> Option<CurrentLeader> {
    Some(CurrentLeader {
        leader_id: NodeId(2),
        leader_epoch: epoch(10),
    })
}

fn produce_response(lo: i16, v: i16) -> ProduceResponse {
    ProduceResponse {
        responses: vec![ProduceResponseTopic {
            name: at(lo <= 12, topic()),
            topic_id: at(v >= 13, topic_id()),
            partition_responses: vec![ProduceResponsePartition {
                index: 4,
                error_code: ErrorCode::INVALID_RECORD,
                base_offset: 100,
                log_append_time_ms: 5,
                log_start_offset: or(v >= 5, 50, -1),
                record_errors: at(
                    v >= 8,
                    vec![RecordError {
                        batch_index: 1,
                        message: text("bad"),
                    }],
                ),
                error_message: at(v >= 8, text("one record")),
                current_leader: at(v >= 10, leader()),
            }],
        }],
        throttle_time_ms: 10,
        node_endpoints: at(v >= 10, vec![endpoint()]),
    }
}

fn fetch_response(lo: i16, v: i16) -> FetchResponse {
    FetchResponse {
        throttle_time_ms: 10,
        error_code: at(v >= 7, ErrorCode::FETCH_SESSION_ID_NOT_FOUND),
        session_id: at(v >= 7, 99),
        responses: vec![FetchResponseTopic {
            topic: at(lo <= 12, topic()),
            topic_id: at(v >= 13, topic_id()),
            partitions: vec![FetchResponsePartition {
                partition_index: 2,
                error_code: ErrorCode::OFFSET_OUT_OF_RANGE,
                high_watermark: 1000,
                last_stable_offset: 900,
                log_start_offset: or(v >= 5, 10, -1),
                diverging_epoch: at(
                    v >= 12,
                    Some(EpochEndOffset {
                        epoch: epoch(7),
                        end_offset: 70,
                    }),
                ),
                current_leader: at(v >= 12, leader()),
                snapshot_id: at(
                    v >= 12,
                    Some(EpochEndOffset {
                        epoch: epoch(6),
                        end_offset: 60,
                    }),
                ),
                aborted_transactions: Some(vec![AbortedTransaction {
                    producer_id: ProducerId(77),
                    first_offset: 20,
                }]),
                preferred_read_replica: at(v >= 11, NodeId(3)),
                records: Some(blob()),
            }],
        }],
        node_endpoints: at(v >= 16, vec![endpoint()]),
    }
}

fn metadata_response(lo: i16, v: i16) -> MetadataResponse {
    MetadataResponse {
        throttle_time_ms: at(v >= 3, 10),
        brokers: vec![MetadataBroker {
            node_id: NodeId(2),
            host: "b2".to_owned(),
            port: 9092,
            rack: at(v >= 1, text("rack-2")),
        }],
        cluster_id: at(v >= 2, text("cluster")),
        controller_id: at(v >= 1, NodeId(1)),
        topics: vec![MetadataTopic {
            error_code: ErrorCode::LEADER_NOT_AVAILABLE,
            name: or(lo >= 12, None, Some(topic())),
            topic_id: at(v >= 10, topic_id()),
            is_internal: v >= 1,
            partitions: vec![MetadataPartition {
                error_code: ErrorCode::REPLICA_NOT_AVAILABLE,
                partition_index: 1,
                leader_id: NodeId(2),
                leader_epoch: at(v >= 7, epoch(9)),
                replica_nodes: vec![NodeId(2), NodeId(3)].into(),
                isr_nodes: vec![NodeId(2)].into(),
                offline_replicas: at(v >= 5, vec![NodeId(3)].into()),
            }],
            topic_authorized_operations: or(v >= 8, 0xff, i32::MIN),
        }],
        cluster_authorized_operations: or(lo <= 10 && v >= 8, 0xfe, i32::MIN),
        error_code: at(v >= 13, ErrorCode::REBOOTSTRAP_REQUIRED),
    }
}

fn offset_fetch_response(lo: i16, v: i16) -> OffsetFetchResponse {
    OffsetFetchResponse {
        throttle_time_ms: at(v >= 3, 10),
        groups: vec![
            OffsetFetchResponseGroup {
                group_id: at(v >= 8, group()),
                topics: vec![OffsetFetchResponseTopic {
                    name: at(lo <= 9, topic()),
                    topic_id: at(v >= 10, topic_id()),
                    partitions: vec![OffsetFetchResponsePartition {
                        partition_index: 1,
                        committed_offset: 1 << 33,
                        committed_leader_epoch: at(v >= 5, epoch(8)),
                        metadata: text("note"),
                        error_code: ErrorCode::UNSTABLE_OFFSET_COMMIT,
                    }],
                }],
                error_code: at(v >= 2, ErrorCode::NOT_COORDINATOR),
            };
            or(v >= 8, 2, 1)
        ],
    }
}

fn join_group_response(v: i16) -> JoinGroupResponse {
    JoinGroupResponse {
        throttle_time_ms: at(v >= 2, 10),
        error_code: ErrorCode::MEMBER_ID_REQUIRED,
        generation_id: Generation(6),
        protocol_type: at(v >= 7, text("consumer")),
        protocol_name: text("range"),
        leader: "leader".into(),
        skip_assignment: v >= 9,
        member_id: member(),
        members: vec![JoinGroupMember {
            member_id: member(),
            group_instance_id: at(v >= 5, instance()),
            metadata: blob(),
        }],
    }
}

fn describe_groups_response(v: i16) -> DescribeGroupsResponse {
    DescribeGroupsResponse {
        throttle_time_ms: at(v >= 1, 10),
        groups: vec![DescribedGroup {
            error_code: ErrorCode::GROUP_ID_NOT_FOUND,
            error_message: at(v >= 6, text("gone")),
            group_id: group(),
            group_state: "Stable".to_owned(),
            protocol_type: "consumer".to_owned(),
            protocol_data: "range".to_owned(),
            members: vec![DescribedMember {
                member_id: member(),
                group_instance_id: at(v >= 4, instance()),
                client_id: "app".to_owned(),
                client_host: "/10.0.0.7".to_owned(),
                member_metadata: blob(),
                member_assignment: blob(),
            }],
            authorized_operations: or(v >= 3, 0xff, i32::MIN),
        }],
    }
}

fn api_versions_response(v: i16) -> ApiVersionsResponse {
    let feature = |name: &str| FeatureRange {
        name: name.to_owned(),
        min_version: 1,
        max_version: 2,
    };
    ApiVersionsResponse {
        error_code: ErrorCode::INVALID_REQUEST,
        api_keys: vec![ApiVersion {
            api_key: 11,
            min_version: 2,
            max_version: 9,
        }],
        throttle_time_ms: at(v >= 1, 10),
        supported_features: at(v >= 3, vec![feature("group.version")]),
        finalized_features_epoch: or(v >= 3, 40, -1),
        finalized_features: at(v >= 3, vec![feature("metadata.version")]),
        zk_migration_ready: v >= 3,
    }
}

fn create_topics_response(v: i16) -> CreateTopicsResponse {
    CreateTopicsResponse {
        throttle_time_ms: 10,
        topics: vec![CreatedTopic {
            name: topic(),
            topic_id: at(v >= 7, topic_id()),
            error_code: ErrorCode::TOPIC_ALREADY_EXISTS,
            error_message: text("exists"),
            topic_config_error_code: at(v >= 5, ErrorCode::TOPIC_AUTHORIZATION_FAILED),
            num_partitions: or(v >= 5, 6, -1),
            replication_factor: or(v >= 5, 3, -1),
            configs: Some(at(
                v >= 5,
                vec![CreatedTopicConfig {
                    name: "retention.ms".to_owned(),
                    value: text("1000"),
                    read_only: true,
                    config_source: 1,
                    is_sensitive: true,
                }],
            )),
        }],
    }
}

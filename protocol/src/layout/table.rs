//! Every message a client may exchange with a broker, as Kafka 4.4.0 defines it.
//!
//! Written by `tools/schema` from kafka-clients-4.4.0.jar; never edited by hand.
//! `V(3, N)` is Kafka's `"versions": "3+"`.

use super::schema::{N, NEVER, Role, Schema, Struct, Type::*, V, many, one};

/// ProduceRequest
pub static PRODUCE_REQUEST: Schema = Schema { name: "ProduceRequest", role: Role::Request(0), versions: V(3, 13), flexible: V(9, N), unstable: false, root: Struct { smallest: 9, fields: &[
    one("transactionalId", String, V(3, N)).null(V(3, N)),
    one("acks", Int16, V(0, N)),
    one("timeoutMs", Int32, V(0, N)),
    many("topicData", Struct(&Struct { smallest: 3, fields: &[
        one("name", String, V(0, 12)),
        one("topicId", Uuid, V(13, N)),
        many("partitionData", Struct(&Struct { smallest: 6, fields: &[
            one("index", Int32, V(0, N)),
            one("records", Records, V(0, N)).null(V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// ProduceResponse
pub static PRODUCE_RESPONSE: Schema = Schema { name: "ProduceResponse", role: Role::Response(0), versions: V(3, 13), flexible: V(9, N), unstable: false, root: Struct { smallest: 6, fields: &[
    many("responses", Struct(&Struct { smallest: 3, fields: &[
        one("name", String, V(0, 12)),
        one("topicId", Uuid, V(13, N)),
        many("partitionResponses", Struct(&Struct { smallest: 22, fields: &[
            one("index", Int32, V(0, N)),
            one("errorCode", Int16, V(0, N)),
            one("baseOffset", Int64, V(0, N)),
            one("logAppendTimeMs", Int64, V(2, N)),
            one("logStartOffset", Int64, V(5, N)),
            many("recordErrors", Struct(&Struct { smallest: 6, fields: &[
                one("batchIndex", Int32, V(8, N)),
                one("batchIndexErrorMessage", String, V(8, N)).null(V(8, N)),
            ] }), V(8, N)),
            one("errorMessage", String, V(8, N)).null(V(8, N)),
            one("currentLeader", Struct(&Struct { smallest: 9, fields: &[
                one("leaderId", Int32, V(10, N)),
                one("leaderEpoch", Int32, V(10, N)),
            ] }), V(10, N)).tag(0),
        ] }), V(0, N)),
    ] }), V(0, N)),
    one("throttleTimeMs", Int32, V(1, N)),
    many("nodeEndpoints", Struct(&Struct { smallest: 11, fields: &[
        one("nodeId", Int32, V(10, N)),
        one("host", String, V(10, N)),
        one("port", Int32, V(10, N)),
        one("rack", String, V(10, N)).null(V(10, N)),
    ] }), V(10, N)).tag(0),
] } };

/// FetchRequest
pub static FETCH_REQUEST: Schema = Schema { name: "FetchRequest", role: Role::Request(1), versions: V(4, 18), flexible: V(12, N), unstable: false, root: Struct { smallest: 21, fields: &[
    one("clusterId", String, V(12, N)).null(V(12, N)).tag(0),
    one("replicaId", Int32, V(0, 14)),
    one("replicaState", Struct(&Struct { smallest: 13, fields: &[
        one("replicaId", Int32, V(15, N)),
        one("replicaEpoch", Int64, V(15, N)),
    ] }), V(15, N)).tag(1),
    one("maxWaitMs", Int32, V(0, N)),
    one("minBytes", Int32, V(0, N)),
    one("maxBytes", Int32, V(3, N)),
    one("isolationLevel", Int8, V(4, N)),
    one("sessionId", Int32, V(7, N)),
    one("sessionEpoch", Int32, V(7, N)),
    many("topics", Struct(&Struct { smallest: 3, fields: &[
        one("topic", String, V(0, 12)),
        one("topicId", Uuid, V(13, N)),
        many("partitions", Struct(&Struct { smallest: 16, fields: &[
            one("partition", Int32, V(0, N)),
            one("currentLeaderEpoch", Int32, V(9, N)),
            one("fetchOffset", Int64, V(0, N)),
            one("lastFetchedEpoch", Int32, V(12, N)),
            one("logStartOffset", Int64, V(5, N)),
            one("partitionMaxBytes", Int32, V(0, N)),
            one("replicaDirectoryId", Uuid, V(17, N)).tag(0),
            one("highWatermark", Int64, V(18, N)).tag(1),
        ] }), V(0, N)),
    ] }), V(0, N)),
    many("forgottenTopicsData", Struct(&Struct { smallest: 3, fields: &[
        one("topic", String, V(7, 12)),
        one("topicId", Uuid, V(13, N)),
        many("partitions", Int32, V(7, N)),
    ] }), V(7, N)),
    one("rackId", String, V(11, N)),
] } };

/// FetchResponse
pub static FETCH_RESPONSE: Schema = Schema { name: "FetchResponse", role: Role::Response(1), versions: V(4, 18), flexible: V(12, N), unstable: false, root: Struct { smallest: 8, fields: &[
    one("throttleTimeMs", Int32, V(1, N)),
    one("errorCode", Int16, V(7, N)),
    one("sessionId", Int32, V(7, N)),
    many("responses", Struct(&Struct { smallest: 3, fields: &[
        one("topic", String, V(0, 12)),
        one("topicId", Uuid, V(13, N)),
        many("partitions", Struct(&Struct { smallest: 30, fields: &[
            one("partitionIndex", Int32, V(0, N)),
            one("errorCode", Int16, V(0, N)),
            one("highWatermark", Int64, V(0, N)),
            one("lastStableOffset", Int64, V(4, N)),
            one("logStartOffset", Int64, V(5, N)),
            one("divergingEpoch", Struct(&Struct { smallest: 13, fields: &[
                one("epoch", Int32, V(12, N)),
                one("endOffset", Int64, V(12, N)),
            ] }), V(12, N)).tag(0),
            one("currentLeader", Struct(&Struct { smallest: 9, fields: &[
                one("leaderId", Int32, V(12, N)),
                one("leaderEpoch", Int32, V(12, N)),
            ] }), V(12, N)).tag(1),
            one("snapshotId", Struct(&Struct { smallest: 13, fields: &[
                one("endOffset", Int64, V(0, N)),
                one("epoch", Int32, V(0, N)),
            ] }), V(12, N)).tag(2),
            many("abortedTransactions", Struct(&Struct { smallest: 16, fields: &[
                one("producerId", Int64, V(4, N)),
                one("firstOffset", Int64, V(4, N)),
            ] }), V(4, N)).null(V(4, N)),
            one("preferredReadReplica", Int32, V(11, N)),
            one("records", Records, V(0, N)).null(V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
    many("nodeEndpoints", Struct(&Struct { smallest: 11, fields: &[
        one("nodeId", Int32, V(16, N)),
        one("host", String, V(16, N)),
        one("port", Int32, V(16, N)),
        one("rack", String, V(16, N)).null(V(16, N)),
    ] }), V(16, N)).tag(0),
] } };

/// ListOffsetsRequest
pub static LIST_OFFSETS_REQUEST: Schema = Schema { name: "ListOffsetsRequest", role: Role::Request(2), versions: V(1, 11), flexible: V(6, N), unstable: false, root: Struct { smallest: 7, fields: &[
    one("replicaId", Int32, V(0, N)),
    one("isolationLevel", Int8, V(2, N)),
    many("topics", Struct(&Struct { smallest: 3, fields: &[
        one("name", String, V(0, N)),
        many("partitions", Struct(&Struct { smallest: 12, fields: &[
            one("partitionIndex", Int32, V(0, N)),
            one("currentLeaderEpoch", Int32, V(4, N)),
            one("timestamp", Int64, V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
    one("timeoutMs", Int32, V(10, N)),
] } };

/// ListOffsetsResponse
pub static LIST_OFFSETS_RESPONSE: Schema = Schema { name: "ListOffsetsResponse", role: Role::Response(2), versions: V(1, 11), flexible: V(6, N), unstable: false, root: Struct { smallest: 4, fields: &[
    one("throttleTimeMs", Int32, V(2, N)),
    many("topics", Struct(&Struct { smallest: 3, fields: &[
        one("name", String, V(0, N)),
        many("partitions", Struct(&Struct { smallest: 22, fields: &[
            one("partitionIndex", Int32, V(0, N)),
            one("errorCode", Int16, V(0, N)),
            one("timestamp", Int64, V(1, N)),
            one("offset", Int64, V(1, N)),
            one("leaderEpoch", Int32, V(4, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// MetadataRequest
pub static METADATA_REQUEST: Schema = Schema { name: "MetadataRequest", role: Role::Request(3), versions: V(0, 13), flexible: V(9, N), unstable: false, root: Struct { smallest: 4, fields: &[
    many("topics", Struct(&Struct { smallest: 2, fields: &[
        one("topicId", Uuid, V(10, N)),
        one("name", String, V(0, N)).null(V(10, N)),
    ] }), V(0, N)).null(V(1, N)),
    one("allowAutoTopicCreation", Bool, V(4, N)),
    one("includeClusterAuthorizedOperations", Bool, V(8, 10)),
    one("includeTopicAuthorizedOperations", Bool, V(8, N)),
] } };

/// MetadataResponse
pub static METADATA_RESPONSE: Schema = Schema { name: "MetadataResponse", role: Role::Response(3), versions: V(0, 13), flexible: V(9, N), unstable: false, root: Struct { smallest: 8, fields: &[
    one("throttleTimeMs", Int32, V(3, N)),
    many("brokers", Struct(&Struct { smallest: 10, fields: &[
        one("nodeId", Int32, V(0, N)),
        one("host", String, V(0, N)),
        one("port", Int32, V(0, N)),
        one("rack", String, V(1, N)).null(V(1, N)),
    ] }), V(0, N)),
    one("clusterId", String, V(2, N)).null(V(2, N)),
    one("controllerId", Int32, V(1, N)),
    many("topics", Struct(&Struct { smallest: 8, fields: &[
        one("errorCode", Int16, V(0, N)),
        one("name", String, V(0, N)).null(V(12, N)),
        one("topicId", Uuid, V(10, N)),
        one("isInternal", Bool, V(1, N)),
        many("partitions", Struct(&Struct { smallest: 18, fields: &[
            one("errorCode", Int16, V(0, N)),
            one("partitionIndex", Int32, V(0, N)),
            one("leaderId", Int32, V(0, N)),
            one("leaderEpoch", Int32, V(7, N)),
            many("replicaNodes", Int32, V(0, N)),
            many("isrNodes", Int32, V(0, N)),
            many("offlineReplicas", Int32, V(5, N)),
        ] }), V(0, N)),
        one("topicAuthorizedOperations", Int32, V(8, N)),
    ] }), V(0, N)),
    one("clusterAuthorizedOperations", Int32, V(8, 10)),
    one("errorCode", Int16, V(13, N)),
] } };

/// OffsetCommitRequest
pub static OFFSET_COMMIT_REQUEST: Schema = Schema { name: "OffsetCommitRequest", role: Role::Request(8), versions: V(2, 10), flexible: V(8, N), unstable: false, root: Struct { smallest: 9, fields: &[
    one("groupId", String, V(0, N)),
    one("generationIdOrMemberEpoch", Int32, V(1, N)),
    one("memberId", String, V(1, N)),
    one("groupInstanceId", String, V(7, N)).null(V(7, N)),
    one("retentionTimeMs", Int64, V(2, 4)),
    many("topics", Struct(&Struct { smallest: 3, fields: &[
        one("name", String, V(0, 9)),
        one("topicId", Uuid, V(10, N)),
        many("partitions", Struct(&Struct { smallest: 14, fields: &[
            one("partitionIndex", Int32, V(0, N)),
            one("committedOffset", Int64, V(0, N)),
            one("committedLeaderEpoch", Int32, V(6, N)),
            one("committedMetadata", String, V(0, N)).null(V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// OffsetCommitResponse
pub static OFFSET_COMMIT_RESPONSE: Schema = Schema { name: "OffsetCommitResponse", role: Role::Response(8), versions: V(2, 10), flexible: V(8, N), unstable: false, root: Struct { smallest: 4, fields: &[
    one("throttleTimeMs", Int32, V(3, N)),
    many("topics", Struct(&Struct { smallest: 3, fields: &[
        one("name", String, V(0, 9)),
        one("topicId", Uuid, V(10, N)),
        many("partitions", Struct(&Struct { smallest: 6, fields: &[
            one("partitionIndex", Int32, V(0, N)),
            one("errorCode", Int16, V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// OffsetFetchRequest
pub static OFFSET_FETCH_REQUEST: Schema = Schema { name: "OffsetFetchRequest", role: Role::Request(9), versions: V(1, 10), flexible: V(6, N), unstable: false, root: Struct { smallest: 3, fields: &[
    one("groupId", String, V(0, 7)),
    many("topics", Struct(&Struct { smallest: 3, fields: &[
        one("name", String, V(0, 7)),
        many("partitionIndexes", Int32, V(0, 7)),
    ] }), V(0, 7)).null(V(2, 7)),
    many("groups", Struct(&Struct { smallest: 3, fields: &[
        one("groupId", String, V(8, N)),
        one("memberId", String, V(9, N)).null(V(9, N)),
        one("memberEpoch", Int32, V(9, N)),
        many("topics", Struct(&Struct { smallest: 3, fields: &[
            one("name", String, V(8, 9)),
            one("topicId", Uuid, V(10, N)),
            many("partitionIndexes", Int32, V(8, N)),
        ] }), V(8, N)).null(V(8, N)),
    ] }), V(8, N)),
    one("requireStable", Bool, V(7, N)),
] } };

/// OffsetFetchResponse
pub static OFFSET_FETCH_RESPONSE: Schema = Schema { name: "OffsetFetchResponse", role: Role::Response(9), versions: V(1, 10), flexible: V(6, N), unstable: false, root: Struct { smallest: 4, fields: &[
    one("throttleTimeMs", Int32, V(3, N)),
    many("topics", Struct(&Struct { smallest: 3, fields: &[
        one("name", String, V(0, 7)),
        many("partitions", Struct(&Struct { smallest: 16, fields: &[
            one("partitionIndex", Int32, V(0, 7)),
            one("committedOffset", Int64, V(0, 7)),
            one("committedLeaderEpoch", Int32, V(5, 7)),
            one("metadata", String, V(0, 7)).null(V(0, 7)),
            one("errorCode", Int16, V(0, 7)),
        ] }), V(0, 7)),
    ] }), V(0, 7)),
    one("errorCode", Int16, V(2, 7)),
    many("groups", Struct(&Struct { smallest: 5, fields: &[
        one("groupId", String, V(8, N)),
        many("topics", Struct(&Struct { smallest: 3, fields: &[
            one("name", String, V(8, 9)),
            one("topicId", Uuid, V(10, N)),
            many("partitions", Struct(&Struct { smallest: 20, fields: &[
                one("partitionIndex", Int32, V(8, N)),
                one("committedOffset", Int64, V(8, N)),
                one("committedLeaderEpoch", Int32, V(8, N)),
                one("metadata", String, V(8, N)).null(V(8, N)),
                one("errorCode", Int16, V(8, N)),
            ] }), V(8, N)),
        ] }), V(8, N)),
        one("errorCode", Int16, V(8, N)),
    ] }), V(8, N)),
] } };

/// FindCoordinatorRequest
pub static FIND_COORDINATOR_REQUEST: Schema = Schema { name: "FindCoordinatorRequest", role: Role::Request(10), versions: V(0, 6), flexible: V(3, N), unstable: false, root: Struct { smallest: 2, fields: &[
    one("key", String, V(0, 3)),
    one("keyType", Int8, V(1, N)),
    many("coordinatorKeys", String, V(4, N)),
] } };

/// FindCoordinatorResponse
pub static FIND_COORDINATOR_RESPONSE: Schema = Schema { name: "FindCoordinatorResponse", role: Role::Response(10), versions: V(0, 6), flexible: V(3, N), unstable: false, root: Struct { smallest: 6, fields: &[
    one("throttleTimeMs", Int32, V(1, N)),
    one("errorCode", Int16, V(0, 3)),
    one("errorMessage", String, V(1, 3)).null(V(1, 3)),
    one("nodeId", Int32, V(0, 3)),
    one("host", String, V(0, 3)),
    one("port", Int32, V(0, 3)),
    many("coordinators", Struct(&Struct { smallest: 14, fields: &[
        one("key", String, V(4, N)),
        one("nodeId", Int32, V(4, N)),
        one("host", String, V(4, N)),
        one("port", Int32, V(4, N)),
        one("errorCode", Int16, V(4, N)),
        one("errorMessage", String, V(4, N)).null(V(4, N)),
    ] }), V(4, N)),
] } };

/// JoinGroupRequest
pub static JOIN_GROUP_REQUEST: Schema = Schema { name: "JoinGroupRequest", role: Role::Request(11), versions: V(0, 9), flexible: V(6, N), unstable: false, root: Struct { smallest: 14, fields: &[
    one("groupId", String, V(0, N)),
    one("sessionTimeoutMs", Int32, V(0, N)),
    one("rebalanceTimeoutMs", Int32, V(1, N)),
    one("memberId", String, V(0, N)),
    one("groupInstanceId", String, V(5, N)).null(V(5, N)),
    one("protocolType", String, V(0, N)),
    many("protocols", Struct(&Struct { smallest: 3, fields: &[
        one("name", String, V(0, N)),
        one("metadata", Bytes, V(0, N)),
    ] }), V(0, N)),
    one("reason", String, V(8, N)).null(V(8, N)),
] } };

/// JoinGroupResponse
pub static JOIN_GROUP_RESPONSE: Schema = Schema { name: "JoinGroupResponse", role: Role::Response(11), versions: V(0, 9), flexible: V(6, N), unstable: false, root: Struct { smallest: 15, fields: &[
    one("throttleTimeMs", Int32, V(2, N)),
    one("errorCode", Int16, V(0, N)),
    one("generationId", Int32, V(0, N)),
    one("protocolType", String, V(7, N)).null(V(7, N)),
    one("protocolName", String, V(0, N)).null(V(7, N)),
    one("leader", String, V(0, N)),
    one("skipAssignment", Bool, V(9, N)),
    one("memberId", String, V(0, N)),
    many("members", Struct(&Struct { smallest: 4, fields: &[
        one("memberId", String, V(0, N)),
        one("groupInstanceId", String, V(5, N)).null(V(5, N)),
        one("metadata", Bytes, V(0, N)),
    ] }), V(0, N)),
] } };

/// HeartbeatRequest
pub static HEARTBEAT_REQUEST: Schema = Schema { name: "HeartbeatRequest", role: Role::Request(12), versions: V(0, 4), flexible: V(4, N), unstable: false, root: Struct { smallest: 8, fields: &[
    one("groupId", String, V(0, N)),
    one("generationId", Int32, V(0, N)),
    one("memberId", String, V(0, N)),
    one("groupInstanceId", String, V(3, N)).null(V(3, N)),
] } };

/// HeartbeatResponse
pub static HEARTBEAT_RESPONSE: Schema = Schema { name: "HeartbeatResponse", role: Role::Response(12), versions: V(0, 4), flexible: V(4, N), unstable: false, root: Struct { smallest: 2, fields: &[
    one("throttleTimeMs", Int32, V(1, N)),
    one("errorCode", Int16, V(0, N)),
] } };

/// LeaveGroupRequest
pub static LEAVE_GROUP_REQUEST: Schema = Schema { name: "LeaveGroupRequest", role: Role::Request(13), versions: V(0, 5), flexible: V(4, N), unstable: false, root: Struct { smallest: 3, fields: &[
    one("groupId", String, V(0, N)),
    one("memberId", String, V(0, 2)),
    many("members", Struct(&Struct { smallest: 3, fields: &[
        one("memberId", String, V(3, N)),
        one("groupInstanceId", String, V(3, N)).null(V(3, N)),
        one("reason", String, V(5, N)).null(V(5, N)),
    ] }), V(3, N)),
] } };

/// LeaveGroupResponse
pub static LEAVE_GROUP_RESPONSE: Schema = Schema { name: "LeaveGroupResponse", role: Role::Response(13), versions: V(0, 5), flexible: V(4, N), unstable: false, root: Struct { smallest: 2, fields: &[
    one("throttleTimeMs", Int32, V(1, N)),
    one("errorCode", Int16, V(0, N)),
    many("members", Struct(&Struct { smallest: 5, fields: &[
        one("memberId", String, V(3, N)),
        one("groupInstanceId", String, V(3, N)).null(V(3, N)),
        one("errorCode", Int16, V(3, N)),
    ] }), V(3, N)),
] } };

/// SyncGroupRequest
pub static SYNC_GROUP_REQUEST: Schema = Schema { name: "SyncGroupRequest", role: Role::Request(14), versions: V(0, 5), flexible: V(4, N), unstable: false, root: Struct { smallest: 9, fields: &[
    one("groupId", String, V(0, N)),
    one("generationId", Int32, V(0, N)),
    one("memberId", String, V(0, N)),
    one("groupInstanceId", String, V(3, N)).null(V(3, N)),
    one("protocolType", String, V(5, N)).null(V(5, N)),
    one("protocolName", String, V(5, N)).null(V(5, N)),
    many("assignments", Struct(&Struct { smallest: 3, fields: &[
        one("memberId", String, V(0, N)),
        one("assignment", Bytes, V(0, N)),
    ] }), V(0, N)),
] } };

/// SyncGroupResponse
pub static SYNC_GROUP_RESPONSE: Schema = Schema { name: "SyncGroupResponse", role: Role::Response(14), versions: V(0, 5), flexible: V(4, N), unstable: false, root: Struct { smallest: 6, fields: &[
    one("throttleTimeMs", Int32, V(1, N)),
    one("errorCode", Int16, V(0, N)),
    one("protocolType", String, V(5, N)).null(V(5, N)),
    one("protocolName", String, V(5, N)).null(V(5, N)),
    one("assignment", Bytes, V(0, N)),
] } };

/// DescribeGroupsRequest
pub static DESCRIBE_GROUPS_REQUEST: Schema = Schema { name: "DescribeGroupsRequest", role: Role::Request(15), versions: V(0, 6), flexible: V(5, N), unstable: false, root: Struct { smallest: 3, fields: &[
    many("groups", String, V(0, N)),
    one("includeAuthorizedOperations", Bool, V(3, N)),
] } };

/// DescribeGroupsResponse
pub static DESCRIBE_GROUPS_RESPONSE: Schema = Schema { name: "DescribeGroupsResponse", role: Role::Response(15), versions: V(0, 6), flexible: V(5, N), unstable: false, root: Struct { smallest: 4, fields: &[
    one("throttleTimeMs", Int32, V(1, N)),
    many("groups", Struct(&Struct { smallest: 12, fields: &[
        one("errorCode", Int16, V(0, N)),
        one("errorMessage", String, V(6, N)).null(V(6, N)),
        one("groupId", String, V(0, N)),
        one("groupState", String, V(0, N)),
        one("protocolType", String, V(0, N)),
        one("protocolData", String, V(0, N)),
        many("members", Struct(&Struct { smallest: 7, fields: &[
            one("memberId", String, V(0, N)),
            one("groupInstanceId", String, V(4, N)).null(V(4, N)),
            one("clientId", String, V(0, N)),
            one("clientHost", String, V(0, N)),
            one("memberMetadata", Bytes, V(0, N)),
            one("memberAssignment", Bytes, V(0, N)),
        ] }), V(0, N)),
        one("authorizedOperations", Int32, V(3, N)),
    ] }), V(0, N)),
] } };

/// ListGroupsRequest
pub static LIST_GROUPS_REQUEST: Schema = Schema { name: "ListGroupsRequest", role: Role::Request(16), versions: V(0, 5), flexible: V(3, N), unstable: false, root: Struct { smallest: 0, fields: &[
    many("statesFilter", String, V(4, N)),
    many("typesFilter", String, V(5, N)),
] } };

/// ListGroupsResponse
pub static LIST_GROUPS_RESPONSE: Schema = Schema { name: "ListGroupsResponse", role: Role::Response(16), versions: V(0, 5), flexible: V(3, N), unstable: false, root: Struct { smallest: 6, fields: &[
    one("throttleTimeMs", Int32, V(1, N)),
    one("errorCode", Int16, V(0, N)),
    many("groups", Struct(&Struct { smallest: 3, fields: &[
        one("groupId", String, V(0, N)),
        one("protocolType", String, V(0, N)),
        one("groupState", String, V(4, N)),
        one("groupType", String, V(5, N)),
    ] }), V(0, N)),
] } };

/// SaslHandshakeRequest
pub static SASL_HANDSHAKE_REQUEST: Schema = Schema { name: "SaslHandshakeRequest", role: Role::Request(17), versions: V(0, 1), flexible: NEVER, unstable: false, root: Struct { smallest: 2, fields: &[
    one("mechanism", String, V(0, N)),
] } };

/// SaslHandshakeResponse
pub static SASL_HANDSHAKE_RESPONSE: Schema = Schema { name: "SaslHandshakeResponse", role: Role::Response(17), versions: V(0, 1), flexible: NEVER, unstable: false, root: Struct { smallest: 6, fields: &[
    one("errorCode", Int16, V(0, N)),
    many("mechanisms", String, V(0, N)),
] } };

/// ApiVersionsRequest
pub static API_VERSIONS_REQUEST: Schema = Schema { name: "ApiVersionsRequest", role: Role::Request(18), versions: V(0, 5), flexible: V(3, N), unstable: false, root: Struct { smallest: 0, fields: &[
    one("clientSoftwareName", String, V(3, N)),
    one("clientSoftwareVersion", String, V(3, N)),
    one("clusterId", String, V(5, N)).null(V(5, N)),
    one("nodeId", Int32, V(5, N)),
] } };

/// ApiVersionsResponse
pub static API_VERSIONS_RESPONSE: Schema = Schema { name: "ApiVersionsResponse", role: Role::Response(18), versions: V(0, 5), flexible: V(3, N), unstable: false, root: Struct { smallest: 6, fields: &[
    one("errorCode", Int16, V(0, N)),
    many("apiKeys", Struct(&Struct { smallest: 6, fields: &[
        one("apiKey", Int16, V(0, N)),
        one("minVersion", Int16, V(0, N)),
        one("maxVersion", Int16, V(0, N)),
    ] }), V(0, N)),
    one("throttleTimeMs", Int32, V(1, N)),
    many("supportedFeatures", Struct(&Struct { smallest: 6, fields: &[
        one("name", String, V(3, N)),
        one("minVersion", Int16, V(3, N)),
        one("maxVersion", Int16, V(3, N)),
    ] }), V(3, N)).tag(0),
    one("finalizedFeaturesEpoch", Int64, V(3, N)).tag(1),
    many("finalizedFeatures", Struct(&Struct { smallest: 6, fields: &[
        one("name", String, V(3, N)),
        one("maxVersionLevel", Int16, V(3, N)),
        one("minVersionLevel", Int16, V(3, N)),
    ] }), V(3, N)).tag(2),
    one("zkMigrationReady", Bool, V(3, N)).tag(3),
] } };

/// CreateTopicsRequest
pub static CREATE_TOPICS_REQUEST: Schema = Schema { name: "CreateTopicsRequest", role: Role::Request(19), versions: V(2, 7), flexible: V(5, N), unstable: false, root: Struct { smallest: 7, fields: &[
    many("topics", Struct(&Struct { smallest: 10, fields: &[
        one("name", String, V(0, N)),
        one("numPartitions", Int32, V(0, N)),
        one("replicationFactor", Int16, V(0, N)),
        many("assignments", Struct(&Struct { smallest: 6, fields: &[
            one("partitionIndex", Int32, V(0, N)),
            many("brokerIds", Int32, V(0, N)),
        ] }), V(0, N)),
        many("configs", Struct(&Struct { smallest: 3, fields: &[
            one("name", String, V(0, N)),
            one("value", String, V(0, N)).null(V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
    one("timeoutMs", Int32, V(0, N)),
    one("validateOnly", Bool, V(1, N)),
] } };

/// CreateTopicsResponse
pub static CREATE_TOPICS_RESPONSE: Schema = Schema { name: "CreateTopicsResponse", role: Role::Response(19), versions: V(2, 7), flexible: V(5, N), unstable: false, root: Struct { smallest: 6, fields: &[
    one("throttleTimeMs", Int32, V(2, N)),
    many("topics", Struct(&Struct { smallest: 6, fields: &[
        one("name", String, V(0, N)),
        one("topicId", Uuid, V(7, N)),
        one("errorCode", Int16, V(0, N)),
        one("errorMessage", String, V(1, N)).null(V(0, N)),
        one("topicConfigErrorCode", Int16, V(5, N)).tag(0),
        one("numPartitions", Int32, V(5, N)),
        one("replicationFactor", Int16, V(5, N)),
        many("configs", Struct(&Struct { smallest: 6, fields: &[
            one("name", String, V(5, N)),
            one("value", String, V(5, N)).null(V(5, N)),
            one("readOnly", Bool, V(5, N)),
            one("configSource", Int8, V(5, N)),
            one("isSensitive", Bool, V(5, N)),
        ] }), V(5, N)).null(V(5, N)),
    ] }), V(0, N)),
] } };

/// DeleteTopicsRequest
pub static DELETE_TOPICS_REQUEST: Schema = Schema { name: "DeleteTopicsRequest", role: Role::Request(20), versions: V(1, 6), flexible: V(4, N), unstable: false, root: Struct { smallest: 6, fields: &[
    many("topics", Struct(&Struct { smallest: 18, fields: &[
        one("name", String, V(6, N)).null(V(6, N)),
        one("topicId", Uuid, V(6, N)),
    ] }), V(6, N)),
    many("topicNames", String, V(0, 5)),
    one("timeoutMs", Int32, V(0, N)),
] } };

/// DeleteTopicsResponse
pub static DELETE_TOPICS_RESPONSE: Schema = Schema { name: "DeleteTopicsResponse", role: Role::Response(20), versions: V(1, 6), flexible: V(4, N), unstable: false, root: Struct { smallest: 6, fields: &[
    one("throttleTimeMs", Int32, V(1, N)),
    many("responses", Struct(&Struct { smallest: 4, fields: &[
        one("name", String, V(0, N)).null(V(6, N)),
        one("topicId", Uuid, V(6, N)),
        one("errorCode", Int16, V(0, N)),
        one("errorMessage", String, V(5, N)).null(V(5, N)),
    ] }), V(0, N)),
] } };

/// DeleteRecordsRequest
pub static DELETE_RECORDS_REQUEST: Schema = Schema { name: "DeleteRecordsRequest", role: Role::Request(21), versions: V(0, 2), flexible: V(2, N), unstable: false, root: Struct { smallest: 6, fields: &[
    many("topics", Struct(&Struct { smallest: 3, fields: &[
        one("name", String, V(0, N)),
        many("partitions", Struct(&Struct { smallest: 12, fields: &[
            one("partitionIndex", Int32, V(0, N)),
            one("offset", Int64, V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
    one("timeoutMs", Int32, V(0, N)),
] } };

/// DeleteRecordsResponse
pub static DELETE_RECORDS_RESPONSE: Schema = Schema { name: "DeleteRecordsResponse", role: Role::Response(21), versions: V(0, 2), flexible: V(2, N), unstable: false, root: Struct { smallest: 6, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    many("topics", Struct(&Struct { smallest: 3, fields: &[
        one("name", String, V(0, N)),
        many("partitions", Struct(&Struct { smallest: 14, fields: &[
            one("partitionIndex", Int32, V(0, N)),
            one("lowWatermark", Int64, V(0, N)),
            one("errorCode", Int16, V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// InitProducerIdRequest
pub static INIT_PRODUCER_ID_REQUEST: Schema = Schema { name: "InitProducerIdRequest", role: Role::Request(22), versions: V(0, 6), flexible: V(2, N), unstable: true, root: Struct { smallest: 6, fields: &[
    one("transactionalId", String, V(0, N)).null(V(0, N)),
    one("transactionTimeoutMs", Int32, V(0, N)),
    one("producerId", Int64, V(3, N)),
    one("producerEpoch", Int16, V(3, N)),
    one("enable2Pc", Bool, V(6, N)),
    one("keepPreparedTxn", Bool, V(6, N)),
] } };

/// InitProducerIdResponse
pub static INIT_PRODUCER_ID_RESPONSE: Schema = Schema { name: "InitProducerIdResponse", role: Role::Response(22), versions: V(0, 6), flexible: V(2, N), unstable: false, root: Struct { smallest: 16, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    one("errorCode", Int16, V(0, N)),
    one("producerId", Int64, V(0, N)),
    one("producerEpoch", Int16, V(0, N)),
    one("ongoingTxnProducerId", Int64, V(6, N)),
    one("ongoingTxnProducerEpoch", Int16, V(6, N)),
] } };

/// OffsetForLeaderEpochRequest
pub static OFFSET_FOR_LEADER_EPOCH_REQUEST: Schema = Schema { name: "OffsetForLeaderEpochRequest", role: Role::Request(23), versions: V(2, 4), flexible: V(4, N), unstable: false, root: Struct { smallest: 4, fields: &[
    one("replicaId", Int32, V(3, N)),
    many("topics", Struct(&Struct { smallest: 3, fields: &[
        one("topic", String, V(0, N)),
        many("partitions", Struct(&Struct { smallest: 12, fields: &[
            one("partition", Int32, V(0, N)),
            one("currentLeaderEpoch", Int32, V(2, N)),
            one("leaderEpoch", Int32, V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// OffsetForLeaderEpochResponse
pub static OFFSET_FOR_LEADER_EPOCH_RESPONSE: Schema = Schema { name: "OffsetForLeaderEpochResponse", role: Role::Response(23), versions: V(2, 4), flexible: V(4, N), unstable: false, root: Struct { smallest: 6, fields: &[
    one("throttleTimeMs", Int32, V(2, N)),
    many("topics", Struct(&Struct { smallest: 3, fields: &[
        one("topic", String, V(0, N)),
        many("partitions", Struct(&Struct { smallest: 18, fields: &[
            one("errorCode", Int16, V(0, N)),
            one("partition", Int32, V(0, N)),
            one("leaderEpoch", Int32, V(1, N)),
            one("endOffset", Int64, V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// AddPartitionsToTxnRequest
pub static ADD_PARTITIONS_TO_TXN_REQUEST: Schema = Schema { name: "AddPartitionsToTxnRequest", role: Role::Request(24), versions: V(0, 5), flexible: V(3, N), unstable: false, root: Struct { smallest: 2, fields: &[
    many("transactions", Struct(&Struct { smallest: 14, fields: &[
        one("transactionalId", String, V(4, N)),
        one("producerId", Int64, V(4, N)),
        one("producerEpoch", Int16, V(4, N)),
        one("verifyOnly", Bool, V(4, N)),
        many("topics", Struct(&Struct { smallest: 3, fields: &[
            one("name", String, V(0, N)),
            many("partitions", Int32, V(0, N)),
        ] }), V(4, N)),
    ] }), V(4, N)),
    one("v3AndBelowTransactionalId", String, V(0, 3)),
    one("v3AndBelowProducerId", Int64, V(0, 3)),
    one("v3AndBelowProducerEpoch", Int16, V(0, 3)),
    many("v3AndBelowTopics", Struct(&Struct { smallest: 3, fields: &[
        one("name", String, V(0, N)),
        many("partitions", Int32, V(0, N)),
    ] }), V(0, 3)),
] } };

/// AddPartitionsToTxnResponse
pub static ADD_PARTITIONS_TO_TXN_RESPONSE: Schema = Schema { name: "AddPartitionsToTxnResponse", role: Role::Response(24), versions: V(0, 5), flexible: V(3, N), unstable: false, root: Struct { smallest: 6, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    one("errorCode", Int16, V(4, N)),
    many("resultsByTransaction", Struct(&Struct { smallest: 3, fields: &[
        one("transactionalId", String, V(4, N)),
        many("topicResults", Struct(&Struct { smallest: 3, fields: &[
            one("name", String, V(0, N)),
            many("resultsByPartition", Struct(&Struct { smallest: 7, fields: &[
                one("partitionIndex", Int32, V(0, N)),
                one("partitionErrorCode", Int16, V(0, N)),
            ] }), V(0, N)),
        ] }), V(4, N)),
    ] }), V(4, N)),
    many("resultsByTopicV3AndBelow", Struct(&Struct { smallest: 3, fields: &[
        one("name", String, V(0, N)),
        many("resultsByPartition", Struct(&Struct { smallest: 6, fields: &[
            one("partitionIndex", Int32, V(0, N)),
            one("partitionErrorCode", Int16, V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, 3)),
] } };

/// AddOffsetsToTxnRequest
pub static ADD_OFFSETS_TO_TXN_REQUEST: Schema = Schema { name: "AddOffsetsToTxnRequest", role: Role::Request(25), versions: V(0, 4), flexible: V(3, N), unstable: false, root: Struct { smallest: 13, fields: &[
    one("transactionalId", String, V(0, N)),
    one("producerId", Int64, V(0, N)),
    one("producerEpoch", Int16, V(0, N)),
    one("groupId", String, V(0, N)),
] } };

/// AddOffsetsToTxnResponse
pub static ADD_OFFSETS_TO_TXN_RESPONSE: Schema = Schema { name: "AddOffsetsToTxnResponse", role: Role::Response(25), versions: V(0, 4), flexible: V(3, N), unstable: false, root: Struct { smallest: 6, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    one("errorCode", Int16, V(0, N)),
] } };

/// EndTxnRequest
pub static END_TXN_REQUEST: Schema = Schema { name: "EndTxnRequest", role: Role::Request(26), versions: V(0, 5), flexible: V(3, N), unstable: false, root: Struct { smallest: 13, fields: &[
    one("transactionalId", String, V(0, N)),
    one("producerId", Int64, V(0, N)),
    one("producerEpoch", Int16, V(0, N)),
    one("committed", Bool, V(0, N)),
] } };

/// EndTxnResponse
pub static END_TXN_RESPONSE: Schema = Schema { name: "EndTxnResponse", role: Role::Response(26), versions: V(0, 5), flexible: V(3, N), unstable: false, root: Struct { smallest: 6, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    one("errorCode", Int16, V(0, N)),
    one("producerId", Int64, V(5, N)),
    one("producerEpoch", Int16, V(5, N)),
] } };

/// WriteTxnMarkersRequest
pub static WRITE_TXN_MARKERS_REQUEST: Schema = Schema { name: "WriteTxnMarkersRequest", role: Role::Request(27), versions: V(1, 2), flexible: V(1, N), unstable: false, root: Struct { smallest: 2, fields: &[
    many("markers", Struct(&Struct { smallest: 17, fields: &[
        one("producerId", Int64, V(0, N)),
        one("producerEpoch", Int16, V(0, N)),
        one("transactionResult", Bool, V(0, N)),
        many("topics", Struct(&Struct { smallest: 3, fields: &[
            one("name", String, V(0, N)),
            many("partitionIndexes", Int32, V(0, N)),
        ] }), V(0, N)),
        one("coordinatorEpoch", Int32, V(0, N)),
        one("transactionVersion", Int8, V(2, N)),
    ] }), V(0, N)),
] } };

/// WriteTxnMarkersResponse
pub static WRITE_TXN_MARKERS_RESPONSE: Schema = Schema { name: "WriteTxnMarkersResponse", role: Role::Response(27), versions: V(1, 2), flexible: V(1, N), unstable: false, root: Struct { smallest: 2, fields: &[
    many("markers", Struct(&Struct { smallest: 10, fields: &[
        one("producerId", Int64, V(0, N)),
        many("topics", Struct(&Struct { smallest: 3, fields: &[
            one("name", String, V(0, N)),
            many("partitions", Struct(&Struct { smallest: 7, fields: &[
                one("partitionIndex", Int32, V(0, N)),
                one("errorCode", Int16, V(0, N)),
            ] }), V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// TxnOffsetCommitRequest
pub static TXN_OFFSET_COMMIT_REQUEST: Schema = Schema { name: "TxnOffsetCommitRequest", role: Role::Request(28), versions: V(0, 6), flexible: V(3, N), unstable: false, root: Struct { smallest: 18, fields: &[
    one("transactionalId", String, V(0, N)),
    one("groupId", String, V(0, N)),
    one("producerId", Int64, V(0, N)),
    one("producerEpoch", Int16, V(0, N)),
    one("generationIdOrMemberEpoch", Int32, V(3, N)),
    one("memberId", String, V(3, N)),
    one("groupInstanceId", String, V(3, N)).null(V(3, N)),
    many("topics", Struct(&Struct { smallest: 3, fields: &[
        one("name", String, V(0, 5)),
        one("topicId", Uuid, V(6, N)),
        many("partitions", Struct(&Struct { smallest: 14, fields: &[
            one("partitionIndex", Int32, V(0, N)),
            one("committedOffset", Int64, V(0, N)),
            one("committedLeaderEpoch", Int32, V(2, N)),
            one("committedMetadata", String, V(0, N)).null(V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// TxnOffsetCommitResponse
pub static TXN_OFFSET_COMMIT_RESPONSE: Schema = Schema { name: "TxnOffsetCommitResponse", role: Role::Response(28), versions: V(0, 6), flexible: V(3, N), unstable: false, root: Struct { smallest: 6, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    many("topics", Struct(&Struct { smallest: 3, fields: &[
        one("name", String, V(0, 5)),
        one("topicId", Uuid, V(6, N)),
        many("partitions", Struct(&Struct { smallest: 6, fields: &[
            one("partitionIndex", Int32, V(0, N)),
            one("errorCode", Int16, V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// DescribeAclsRequest
pub static DESCRIBE_ACLS_REQUEST: Schema = Schema { name: "DescribeAclsRequest", role: Role::Request(29), versions: V(1, 3), flexible: V(2, N), unstable: false, root: Struct { smallest: 8, fields: &[
    one("resourceTypeFilter", Int8, V(0, N)),
    one("resourceNameFilter", String, V(0, N)).null(V(0, N)),
    one("patternTypeFilter", Int8, V(1, N)),
    one("principalFilter", String, V(0, N)).null(V(0, N)),
    one("hostFilter", String, V(0, N)).null(V(0, N)),
    one("operation", Int8, V(0, N)),
    one("permissionType", Int8, V(0, N)),
] } };

/// DescribeAclsResponse
pub static DESCRIBE_ACLS_RESPONSE: Schema = Schema { name: "DescribeAclsResponse", role: Role::Response(29), versions: V(1, 3), flexible: V(2, N), unstable: false, root: Struct { smallest: 9, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    one("errorCode", Int16, V(0, N)),
    one("errorMessage", String, V(0, N)).null(V(0, N)),
    many("resources", Struct(&Struct { smallest: 5, fields: &[
        one("resourceType", Int8, V(0, N)),
        one("resourceName", String, V(0, N)),
        one("patternType", Int8, V(1, N)),
        many("acls", Struct(&Struct { smallest: 5, fields: &[
            one("principal", String, V(0, N)),
            one("host", String, V(0, N)),
            one("operation", Int8, V(0, N)),
            one("permissionType", Int8, V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// CreateAclsRequest
pub static CREATE_ACLS_REQUEST: Schema = Schema { name: "CreateAclsRequest", role: Role::Request(30), versions: V(1, 3), flexible: V(2, N), unstable: false, root: Struct { smallest: 2, fields: &[
    many("creations", Struct(&Struct { smallest: 8, fields: &[
        one("resourceType", Int8, V(0, N)),
        one("resourceName", String, V(0, N)),
        one("resourcePatternType", Int8, V(1, N)),
        one("principal", String, V(0, N)),
        one("host", String, V(0, N)),
        one("operation", Int8, V(0, N)),
        one("permissionType", Int8, V(0, N)),
    ] }), V(0, N)),
] } };

/// CreateAclsResponse
pub static CREATE_ACLS_RESPONSE: Schema = Schema { name: "CreateAclsResponse", role: Role::Response(30), versions: V(1, 3), flexible: V(2, N), unstable: false, root: Struct { smallest: 6, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    many("results", Struct(&Struct { smallest: 4, fields: &[
        one("errorCode", Int16, V(0, N)),
        one("errorMessage", String, V(0, N)).null(V(0, N)),
    ] }), V(0, N)),
] } };

/// DeleteAclsRequest
pub static DELETE_ACLS_REQUEST: Schema = Schema { name: "DeleteAclsRequest", role: Role::Request(31), versions: V(1, 3), flexible: V(2, N), unstable: false, root: Struct { smallest: 2, fields: &[
    many("filters", Struct(&Struct { smallest: 8, fields: &[
        one("resourceTypeFilter", Int8, V(0, N)),
        one("resourceNameFilter", String, V(0, N)).null(V(0, N)),
        one("patternTypeFilter", Int8, V(1, N)),
        one("principalFilter", String, V(0, N)).null(V(0, N)),
        one("hostFilter", String, V(0, N)).null(V(0, N)),
        one("operation", Int8, V(0, N)),
        one("permissionType", Int8, V(0, N)),
    ] }), V(0, N)),
] } };

/// DeleteAclsResponse
pub static DELETE_ACLS_RESPONSE: Schema = Schema { name: "DeleteAclsResponse", role: Role::Response(31), versions: V(1, 3), flexible: V(2, N), unstable: false, root: Struct { smallest: 6, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    many("filterResults", Struct(&Struct { smallest: 5, fields: &[
        one("errorCode", Int16, V(0, N)),
        one("errorMessage", String, V(0, N)).null(V(0, N)),
        many("matchingAcls", Struct(&Struct { smallest: 11, fields: &[
            one("errorCode", Int16, V(0, N)),
            one("errorMessage", String, V(0, N)).null(V(0, N)),
            one("resourceType", Int8, V(0, N)),
            one("resourceName", String, V(0, N)),
            one("patternType", Int8, V(1, N)),
            one("principal", String, V(0, N)),
            one("host", String, V(0, N)),
            one("operation", Int8, V(0, N)),
            one("permissionType", Int8, V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// DescribeConfigsRequest
pub static DESCRIBE_CONFIGS_REQUEST: Schema = Schema { name: "DescribeConfigsRequest", role: Role::Request(32), versions: V(1, 4), flexible: V(4, N), unstable: false, root: Struct { smallest: 4, fields: &[
    many("resources", Struct(&Struct { smallest: 4, fields: &[
        one("resourceType", Int8, V(0, N)),
        one("resourceName", String, V(0, N)),
        many("configurationKeys", String, V(0, N)).null(V(0, N)),
    ] }), V(0, N)),
    one("includeSynonyms", Bool, V(1, N)),
    one("includeDocumentation", Bool, V(3, N)),
] } };

/// DescribeConfigsResponse
pub static DESCRIBE_CONFIGS_RESPONSE: Schema = Schema { name: "DescribeConfigsResponse", role: Role::Response(32), versions: V(1, 4), flexible: V(4, N), unstable: false, root: Struct { smallest: 6, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    many("results", Struct(&Struct { smallest: 7, fields: &[
        one("errorCode", Int16, V(0, N)),
        one("errorMessage", String, V(0, N)).null(V(0, N)),
        one("resourceType", Int8, V(0, N)),
        one("resourceName", String, V(0, N)),
        many("configs", Struct(&Struct { smallest: 9, fields: &[
            one("name", String, V(0, N)),
            one("value", String, V(0, N)).null(V(0, N)),
            one("readOnly", Bool, V(0, N)),
            one("configSource", Int8, V(1, N)),
            one("isSensitive", Bool, V(0, N)),
            many("synonyms", Struct(&Struct { smallest: 4, fields: &[
                one("name", String, V(1, N)),
                one("value", String, V(1, N)).null(V(0, N)),
                one("source", Int8, V(1, N)),
            ] }), V(1, N)),
            one("configType", Int8, V(3, N)),
            one("documentation", String, V(3, N)).null(V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// AlterConfigsRequest
pub static ALTER_CONFIGS_REQUEST: Schema = Schema { name: "AlterConfigsRequest", role: Role::Request(33), versions: V(0, 2), flexible: V(2, N), unstable: false, root: Struct { smallest: 3, fields: &[
    many("resources", Struct(&Struct { smallest: 4, fields: &[
        one("resourceType", Int8, V(0, N)),
        one("resourceName", String, V(0, N)),
        many("configs", Struct(&Struct { smallest: 3, fields: &[
            one("name", String, V(0, N)),
            one("value", String, V(0, N)).null(V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
    one("validateOnly", Bool, V(0, N)),
] } };

/// AlterConfigsResponse
pub static ALTER_CONFIGS_RESPONSE: Schema = Schema { name: "AlterConfigsResponse", role: Role::Response(33), versions: V(0, 2), flexible: V(2, N), unstable: false, root: Struct { smallest: 6, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    many("responses", Struct(&Struct { smallest: 6, fields: &[
        one("errorCode", Int16, V(0, N)),
        one("errorMessage", String, V(0, N)).null(V(0, N)),
        one("resourceType", Int8, V(0, N)),
        one("resourceName", String, V(0, N)),
    ] }), V(0, N)),
] } };

/// AlterReplicaLogDirsRequest
pub static ALTER_REPLICA_LOG_DIRS_REQUEST: Schema = Schema { name: "AlterReplicaLogDirsRequest", role: Role::Request(34), versions: V(1, 2), flexible: V(2, N), unstable: false, root: Struct { smallest: 2, fields: &[
    many("dirs", Struct(&Struct { smallest: 3, fields: &[
        one("path", String, V(0, N)),
        many("topics", Struct(&Struct { smallest: 3, fields: &[
            one("name", String, V(0, N)),
            many("partitions", Int32, V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// AlterReplicaLogDirsResponse
pub static ALTER_REPLICA_LOG_DIRS_RESPONSE: Schema = Schema { name: "AlterReplicaLogDirsResponse", role: Role::Response(34), versions: V(1, 2), flexible: V(2, N), unstable: false, root: Struct { smallest: 6, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    many("results", Struct(&Struct { smallest: 3, fields: &[
        one("topicName", String, V(0, N)),
        many("partitions", Struct(&Struct { smallest: 6, fields: &[
            one("partitionIndex", Int32, V(0, N)),
            one("errorCode", Int16, V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// DescribeLogDirsRequest
pub static DESCRIBE_LOG_DIRS_REQUEST: Schema = Schema { name: "DescribeLogDirsRequest", role: Role::Request(35), versions: V(1, 5), flexible: V(2, N), unstable: false, root: Struct { smallest: 2, fields: &[
    many("topics", Struct(&Struct { smallest: 3, fields: &[
        one("topic", String, V(0, N)),
        many("partitions", Int32, V(0, N)),
    ] }), V(0, N)).null(V(0, N)),
] } };

/// DescribeLogDirsResponse
pub static DESCRIBE_LOG_DIRS_RESPONSE: Schema = Schema { name: "DescribeLogDirsResponse", role: Role::Response(35), versions: V(1, 5), flexible: V(2, N), unstable: false, root: Struct { smallest: 6, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    one("errorCode", Int16, V(3, N)),
    many("results", Struct(&Struct { smallest: 5, fields: &[
        one("errorCode", Int16, V(0, N)),
        one("logDir", String, V(0, N)),
        many("topics", Struct(&Struct { smallest: 3, fields: &[
            one("name", String, V(0, N)),
            many("partitions", Struct(&Struct { smallest: 21, fields: &[
                one("partitionIndex", Int32, V(0, N)),
                one("partitionSize", Int64, V(0, N)),
                one("offsetLag", Int64, V(0, N)),
                one("isFutureKey", Bool, V(0, N)),
            ] }), V(0, N)),
        ] }), V(0, N)),
        one("totalBytes", Int64, V(4, N)),
        one("usableBytes", Int64, V(4, N)),
        one("isCordoned", Bool, V(5, N)),
    ] }), V(0, N)),
] } };

/// SaslAuthenticateRequest
pub static SASL_AUTHENTICATE_REQUEST: Schema = Schema { name: "SaslAuthenticateRequest", role: Role::Request(36), versions: V(0, 2), flexible: V(2, N), unstable: false, root: Struct { smallest: 2, fields: &[
    one("authBytes", Bytes, V(0, N)),
] } };

/// SaslAuthenticateResponse
pub static SASL_AUTHENTICATE_RESPONSE: Schema = Schema { name: "SaslAuthenticateResponse", role: Role::Response(36), versions: V(0, 2), flexible: V(2, N), unstable: false, root: Struct { smallest: 8, fields: &[
    one("errorCode", Int16, V(0, N)),
    one("errorMessage", String, V(0, N)).null(V(0, N)),
    one("authBytes", Bytes, V(0, N)),
    one("sessionLifetimeMs", Int64, V(1, N)),
] } };

/// CreatePartitionsRequest
pub static CREATE_PARTITIONS_REQUEST: Schema = Schema { name: "CreatePartitionsRequest", role: Role::Request(37), versions: V(0, 3), flexible: V(2, N), unstable: false, root: Struct { smallest: 7, fields: &[
    many("topics", Struct(&Struct { smallest: 7, fields: &[
        one("name", String, V(0, N)),
        one("count", Int32, V(0, N)),
        many("assignments", Struct(&Struct { smallest: 2, fields: &[
            many("brokerIds", Int32, V(0, N)),
        ] }), V(0, N)).null(V(0, N)),
    ] }), V(0, N)),
    one("timeoutMs", Int32, V(0, N)),
    one("validateOnly", Bool, V(0, N)),
] } };

/// CreatePartitionsResponse
pub static CREATE_PARTITIONS_RESPONSE: Schema = Schema { name: "CreatePartitionsResponse", role: Role::Response(37), versions: V(0, 3), flexible: V(2, N), unstable: false, root: Struct { smallest: 6, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    many("results", Struct(&Struct { smallest: 5, fields: &[
        one("name", String, V(0, N)),
        one("errorCode", Int16, V(0, N)),
        one("errorMessage", String, V(0, N)).null(V(0, N)),
    ] }), V(0, N)),
] } };

/// CreateDelegationTokenRequest
pub static CREATE_DELEGATION_TOKEN_REQUEST: Schema = Schema { name: "CreateDelegationTokenRequest", role: Role::Request(38), versions: V(1, 3), flexible: V(2, N), unstable: false, root: Struct { smallest: 10, fields: &[
    one("ownerPrincipalType", String, V(3, N)).null(V(3, N)),
    one("ownerPrincipalName", String, V(3, N)).null(V(3, N)),
    many("renewers", Struct(&Struct { smallest: 3, fields: &[
        one("principalType", String, V(0, N)),
        one("principalName", String, V(0, N)),
    ] }), V(0, N)),
    one("maxLifetimeMs", Int64, V(0, N)),
] } };

/// CreateDelegationTokenResponse
pub static CREATE_DELEGATION_TOKEN_RESPONSE: Schema = Schema { name: "CreateDelegationTokenResponse", role: Role::Response(38), versions: V(1, 3), flexible: V(2, N), unstable: false, root: Struct { smallest: 35, fields: &[
    one("errorCode", Int16, V(0, N)),
    one("principalType", String, V(0, N)),
    one("principalName", String, V(0, N)),
    one("tokenRequesterPrincipalType", String, V(3, N)),
    one("tokenRequesterPrincipalName", String, V(3, N)),
    one("issueTimestampMs", Int64, V(0, N)),
    one("expiryTimestampMs", Int64, V(0, N)),
    one("maxTimestampMs", Int64, V(0, N)),
    one("tokenId", String, V(0, N)),
    one("hmac", Bytes, V(0, N)),
    one("throttleTimeMs", Int32, V(0, N)),
] } };

/// RenewDelegationTokenRequest
pub static RENEW_DELEGATION_TOKEN_REQUEST: Schema = Schema { name: "RenewDelegationTokenRequest", role: Role::Request(39), versions: V(1, 2), flexible: V(2, N), unstable: false, root: Struct { smallest: 10, fields: &[
    one("hmac", Bytes, V(0, N)),
    one("renewPeriodMs", Int64, V(0, N)),
] } };

/// RenewDelegationTokenResponse
pub static RENEW_DELEGATION_TOKEN_RESPONSE: Schema = Schema { name: "RenewDelegationTokenResponse", role: Role::Response(39), versions: V(1, 2), flexible: V(2, N), unstable: false, root: Struct { smallest: 14, fields: &[
    one("errorCode", Int16, V(0, N)),
    one("expiryTimestampMs", Int64, V(0, N)),
    one("throttleTimeMs", Int32, V(0, N)),
] } };

/// ExpireDelegationTokenRequest
pub static EXPIRE_DELEGATION_TOKEN_REQUEST: Schema = Schema { name: "ExpireDelegationTokenRequest", role: Role::Request(40), versions: V(1, 2), flexible: V(2, N), unstable: false, root: Struct { smallest: 10, fields: &[
    one("hmac", Bytes, V(0, N)),
    one("expiryTimePeriodMs", Int64, V(0, N)),
] } };

/// ExpireDelegationTokenResponse
pub static EXPIRE_DELEGATION_TOKEN_RESPONSE: Schema = Schema { name: "ExpireDelegationTokenResponse", role: Role::Response(40), versions: V(1, 2), flexible: V(2, N), unstable: false, root: Struct { smallest: 14, fields: &[
    one("errorCode", Int16, V(0, N)),
    one("expiryTimestampMs", Int64, V(0, N)),
    one("throttleTimeMs", Int32, V(0, N)),
] } };

/// DescribeDelegationTokenRequest
pub static DESCRIBE_DELEGATION_TOKEN_REQUEST: Schema = Schema { name: "DescribeDelegationTokenRequest", role: Role::Request(41), versions: V(1, 3), flexible: V(2, N), unstable: false, root: Struct { smallest: 2, fields: &[
    many("owners", Struct(&Struct { smallest: 3, fields: &[
        one("principalType", String, V(0, N)),
        one("principalName", String, V(0, N)),
    ] }), V(0, N)).null(V(0, N)),
] } };

/// DescribeDelegationTokenResponse
pub static DESCRIBE_DELEGATION_TOKEN_RESPONSE: Schema = Schema { name: "DescribeDelegationTokenResponse", role: Role::Response(41), versions: V(1, 3), flexible: V(2, N), unstable: false, root: Struct { smallest: 8, fields: &[
    one("errorCode", Int16, V(0, N)),
    many("tokens", Struct(&Struct { smallest: 30, fields: &[
        one("principalType", String, V(0, N)),
        one("principalName", String, V(0, N)),
        one("tokenRequesterPrincipalType", String, V(3, N)),
        one("tokenRequesterPrincipalName", String, V(3, N)),
        one("issueTimestamp", Int64, V(0, N)),
        one("expiryTimestamp", Int64, V(0, N)),
        one("maxTimestamp", Int64, V(0, N)),
        one("tokenId", String, V(0, N)),
        one("hmac", Bytes, V(0, N)),
        many("renewers", Struct(&Struct { smallest: 3, fields: &[
            one("principalType", String, V(0, N)),
            one("principalName", String, V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
    one("throttleTimeMs", Int32, V(0, N)),
] } };

/// DeleteGroupsRequest
pub static DELETE_GROUPS_REQUEST: Schema = Schema { name: "DeleteGroupsRequest", role: Role::Request(42), versions: V(0, 3), flexible: V(2, N), unstable: false, root: Struct { smallest: 2, fields: &[
    many("groupsNames", String, V(0, N)),
] } };

/// DeleteGroupsResponse
pub static DELETE_GROUPS_RESPONSE: Schema = Schema { name: "DeleteGroupsResponse", role: Role::Response(42), versions: V(0, 3), flexible: V(2, N), unstable: false, root: Struct { smallest: 6, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    many("results", Struct(&Struct { smallest: 4, fields: &[
        one("groupId", String, V(0, N)),
        one("errorCode", Int16, V(0, N)),
        one("errorMessage", String, V(3, N)).null(V(3, N)),
    ] }), V(0, N)),
] } };

/// ElectLeadersRequest
pub static ELECT_LEADERS_REQUEST: Schema = Schema { name: "ElectLeadersRequest", role: Role::Request(43), versions: V(0, 2), flexible: V(2, N), unstable: false, root: Struct { smallest: 7, fields: &[
    one("electionType", Int8, V(1, N)),
    many("topicPartitions", Struct(&Struct { smallest: 3, fields: &[
        one("topic", String, V(0, N)),
        many("partitions", Int32, V(0, N)),
    ] }), V(0, N)).null(V(0, N)),
    one("timeoutMs", Int32, V(0, N)),
] } };

/// ElectLeadersResponse
pub static ELECT_LEADERS_RESPONSE: Schema = Schema { name: "ElectLeadersResponse", role: Role::Response(43), versions: V(0, 2), flexible: V(2, N), unstable: false, root: Struct { smallest: 8, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    one("errorCode", Int16, V(1, N)),
    many("replicaElectionResults", Struct(&Struct { smallest: 3, fields: &[
        one("topic", String, V(0, N)),
        many("partitionResult", Struct(&Struct { smallest: 8, fields: &[
            one("partitionId", Int32, V(0, N)),
            one("errorCode", Int16, V(0, N)),
            one("errorMessage", String, V(0, N)).null(V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// IncrementalAlterConfigsRequest
pub static INCREMENTAL_ALTER_CONFIGS_REQUEST: Schema = Schema { name: "IncrementalAlterConfigsRequest", role: Role::Request(44), versions: V(0, 1), flexible: V(1, N), unstable: false, root: Struct { smallest: 3, fields: &[
    many("resources", Struct(&Struct { smallest: 4, fields: &[
        one("resourceType", Int8, V(0, N)),
        one("resourceName", String, V(0, N)),
        many("configs", Struct(&Struct { smallest: 4, fields: &[
            one("name", String, V(0, N)),
            one("configOperation", Int8, V(0, N)),
            one("value", String, V(0, N)).null(V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
    one("validateOnly", Bool, V(0, N)),
] } };

/// IncrementalAlterConfigsResponse
pub static INCREMENTAL_ALTER_CONFIGS_RESPONSE: Schema = Schema { name: "IncrementalAlterConfigsResponse", role: Role::Response(44), versions: V(0, 1), flexible: V(1, N), unstable: false, root: Struct { smallest: 6, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    many("responses", Struct(&Struct { smallest: 6, fields: &[
        one("errorCode", Int16, V(0, N)),
        one("errorMessage", String, V(0, N)).null(V(0, N)),
        one("resourceType", Int8, V(0, N)),
        one("resourceName", String, V(0, N)),
    ] }), V(0, N)),
] } };

/// AlterPartitionReassignmentsRequest
pub static ALTER_PARTITION_REASSIGNMENTS_REQUEST: Schema = Schema { name: "AlterPartitionReassignmentsRequest", role: Role::Request(45), versions: V(0, 1), flexible: V(0, N), unstable: false, root: Struct { smallest: 6, fields: &[
    one("timeoutMs", Int32, V(0, N)),
    one("allowReplicationFactorChange", Bool, V(1, N)),
    many("topics", Struct(&Struct { smallest: 3, fields: &[
        one("name", String, V(0, N)),
        many("partitions", Struct(&Struct { smallest: 6, fields: &[
            one("partitionIndex", Int32, V(0, N)),
            many("replicas", Int32, V(0, N)).null(V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// AlterPartitionReassignmentsResponse
pub static ALTER_PARTITION_REASSIGNMENTS_RESPONSE: Schema = Schema { name: "AlterPartitionReassignmentsResponse", role: Role::Response(45), versions: V(0, 1), flexible: V(0, N), unstable: false, root: Struct { smallest: 9, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    one("allowReplicationFactorChange", Bool, V(1, N)),
    one("errorCode", Int16, V(0, N)),
    one("errorMessage", String, V(0, N)).null(V(0, N)),
    many("responses", Struct(&Struct { smallest: 3, fields: &[
        one("name", String, V(0, N)),
        many("partitions", Struct(&Struct { smallest: 8, fields: &[
            one("partitionIndex", Int32, V(0, N)),
            one("errorCode", Int16, V(0, N)),
            one("errorMessage", String, V(0, N)).null(V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// ListPartitionReassignmentsRequest
pub static LIST_PARTITION_REASSIGNMENTS_REQUEST: Schema = Schema { name: "ListPartitionReassignmentsRequest", role: Role::Request(46), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 6, fields: &[
    one("timeoutMs", Int32, V(0, N)),
    many("topics", Struct(&Struct { smallest: 3, fields: &[
        one("name", String, V(0, N)),
        many("partitionIndexes", Int32, V(0, N)),
    ] }), V(0, N)).null(V(0, N)),
] } };

/// ListPartitionReassignmentsResponse
pub static LIST_PARTITION_REASSIGNMENTS_RESPONSE: Schema = Schema { name: "ListPartitionReassignmentsResponse", role: Role::Response(46), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 9, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    one("errorCode", Int16, V(0, N)),
    one("errorMessage", String, V(0, N)).null(V(0, N)),
    many("topics", Struct(&Struct { smallest: 3, fields: &[
        one("name", String, V(0, N)),
        many("partitions", Struct(&Struct { smallest: 8, fields: &[
            one("partitionIndex", Int32, V(0, N)),
            many("replicas", Int32, V(0, N)),
            many("addingReplicas", Int32, V(0, N)),
            many("removingReplicas", Int32, V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// OffsetDeleteRequest
pub static OFFSET_DELETE_REQUEST: Schema = Schema { name: "OffsetDeleteRequest", role: Role::Request(47), versions: V(0, 0), flexible: NEVER, unstable: false, root: Struct { smallest: 6, fields: &[
    one("groupId", String, V(0, N)),
    many("topics", Struct(&Struct { smallest: 6, fields: &[
        one("name", String, V(0, N)),
        many("partitions", Struct(&Struct { smallest: 4, fields: &[
            one("partitionIndex", Int32, V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// OffsetDeleteResponse
pub static OFFSET_DELETE_RESPONSE: Schema = Schema { name: "OffsetDeleteResponse", role: Role::Response(47), versions: V(0, 0), flexible: NEVER, unstable: false, root: Struct { smallest: 10, fields: &[
    one("errorCode", Int16, V(0, N)),
    one("throttleTimeMs", Int32, V(0, N)),
    many("topics", Struct(&Struct { smallest: 6, fields: &[
        one("name", String, V(0, N)),
        many("partitions", Struct(&Struct { smallest: 6, fields: &[
            one("partitionIndex", Int32, V(0, N)),
            one("errorCode", Int16, V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// DescribeClientQuotasRequest
pub static DESCRIBE_CLIENT_QUOTAS_REQUEST: Schema = Schema { name: "DescribeClientQuotasRequest", role: Role::Request(48), versions: V(0, 1), flexible: V(1, N), unstable: false, root: Struct { smallest: 3, fields: &[
    many("components", Struct(&Struct { smallest: 4, fields: &[
        one("entityType", String, V(0, N)),
        one("matchType", Int8, V(0, N)),
        one("match", String, V(0, N)).null(V(0, N)),
    ] }), V(0, N)),
    one("strict", Bool, V(0, N)),
] } };

/// DescribeClientQuotasResponse
pub static DESCRIBE_CLIENT_QUOTAS_RESPONSE: Schema = Schema { name: "DescribeClientQuotasResponse", role: Role::Response(48), versions: V(0, 1), flexible: V(1, N), unstable: false, root: Struct { smallest: 9, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    one("errorCode", Int16, V(0, N)),
    one("errorMessage", String, V(0, N)).null(V(0, N)),
    many("entries", Struct(&Struct { smallest: 3, fields: &[
        many("entity", Struct(&Struct { smallest: 3, fields: &[
            one("entityType", String, V(0, N)),
            one("entityName", String, V(0, N)).null(V(0, N)),
        ] }), V(0, N)),
        many("values", Struct(&Struct { smallest: 10, fields: &[
            one("key", String, V(0, N)),
            one("value", Float64, V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)).null(V(0, N)),
] } };

/// AlterClientQuotasRequest
pub static ALTER_CLIENT_QUOTAS_REQUEST: Schema = Schema { name: "AlterClientQuotasRequest", role: Role::Request(49), versions: V(0, 1), flexible: V(1, N), unstable: false, root: Struct { smallest: 3, fields: &[
    many("entries", Struct(&Struct { smallest: 3, fields: &[
        many("entity", Struct(&Struct { smallest: 3, fields: &[
            one("entityType", String, V(0, N)),
            one("entityName", String, V(0, N)).null(V(0, N)),
        ] }), V(0, N)),
        many("ops", Struct(&Struct { smallest: 11, fields: &[
            one("key", String, V(0, N)),
            one("value", Float64, V(0, N)),
            one("remove", Bool, V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
    one("validateOnly", Bool, V(0, N)),
] } };

/// AlterClientQuotasResponse
pub static ALTER_CLIENT_QUOTAS_RESPONSE: Schema = Schema { name: "AlterClientQuotasResponse", role: Role::Response(49), versions: V(0, 1), flexible: V(1, N), unstable: false, root: Struct { smallest: 6, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    many("entries", Struct(&Struct { smallest: 5, fields: &[
        one("errorCode", Int16, V(0, N)),
        one("errorMessage", String, V(0, N)).null(V(0, N)),
        many("entity", Struct(&Struct { smallest: 3, fields: &[
            one("entityType", String, V(0, N)),
            one("entityName", String, V(0, N)).null(V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// DescribeUserScramCredentialsRequest
pub static DESCRIBE_USER_SCRAM_CREDENTIALS_REQUEST: Schema = Schema { name: "DescribeUserScramCredentialsRequest", role: Role::Request(50), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 2, fields: &[
    many("users", Struct(&Struct { smallest: 2, fields: &[
        one("name", String, V(0, N)),
    ] }), V(0, N)).null(V(0, N)),
] } };

/// DescribeUserScramCredentialsResponse
pub static DESCRIBE_USER_SCRAM_CREDENTIALS_RESPONSE: Schema = Schema { name: "DescribeUserScramCredentialsResponse", role: Role::Response(50), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 9, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    one("errorCode", Int16, V(0, N)),
    one("errorMessage", String, V(0, N)).null(V(0, N)),
    many("results", Struct(&Struct { smallest: 6, fields: &[
        one("user", String, V(0, N)),
        one("errorCode", Int16, V(0, N)),
        one("errorMessage", String, V(0, N)).null(V(0, N)),
        many("credentialInfos", Struct(&Struct { smallest: 6, fields: &[
            one("mechanism", Int8, V(0, N)),
            one("iterations", Int32, V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// AlterUserScramCredentialsRequest
pub static ALTER_USER_SCRAM_CREDENTIALS_REQUEST: Schema = Schema { name: "AlterUserScramCredentialsRequest", role: Role::Request(51), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 3, fields: &[
    many("deletions", Struct(&Struct { smallest: 3, fields: &[
        one("name", String, V(0, N)),
        one("mechanism", Int8, V(0, N)),
    ] }), V(0, N)),
    many("upsertions", Struct(&Struct { smallest: 9, fields: &[
        one("name", String, V(0, N)),
        one("mechanism", Int8, V(0, N)),
        one("iterations", Int32, V(0, N)),
        one("salt", Bytes, V(0, N)),
        one("saltedPassword", Bytes, V(0, N)),
    ] }), V(0, N)),
] } };

/// AlterUserScramCredentialsResponse
pub static ALTER_USER_SCRAM_CREDENTIALS_RESPONSE: Schema = Schema { name: "AlterUserScramCredentialsResponse", role: Role::Response(51), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 6, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    many("results", Struct(&Struct { smallest: 5, fields: &[
        one("user", String, V(0, N)),
        one("errorCode", Int16, V(0, N)),
        one("errorMessage", String, V(0, N)).null(V(0, N)),
    ] }), V(0, N)),
] } };

/// DescribeQuorumRequest
pub static DESCRIBE_QUORUM_REQUEST: Schema = Schema { name: "DescribeQuorumRequest", role: Role::Request(55), versions: V(0, 2), flexible: V(0, N), unstable: false, root: Struct { smallest: 2, fields: &[
    many("topics", Struct(&Struct { smallest: 3, fields: &[
        one("topicName", String, V(0, N)),
        many("partitions", Struct(&Struct { smallest: 5, fields: &[
            one("partitionIndex", Int32, V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// DescribeQuorumResponse
pub static DESCRIBE_QUORUM_RESPONSE: Schema = Schema { name: "DescribeQuorumResponse", role: Role::Response(55), versions: V(0, 2), flexible: V(0, N), unstable: false, root: Struct { smallest: 4, fields: &[
    one("errorCode", Int16, V(0, N)),
    one("errorMessage", String, V(2, N)).null(V(2, N)),
    many("topics", Struct(&Struct { smallest: 3, fields: &[
        one("topicName", String, V(0, N)),
        many("partitions", Struct(&Struct { smallest: 25, fields: &[
            one("partitionIndex", Int32, V(0, N)),
            one("errorCode", Int16, V(0, N)),
            one("errorMessage", String, V(2, N)).null(V(2, N)),
            one("leaderId", Int32, V(0, N)),
            one("leaderEpoch", Int32, V(0, N)),
            one("highWatermark", Int64, V(0, N)),
            many("currentVoters", Struct(&Struct { smallest: 13, fields: &[
                one("replicaId", Int32, V(0, N)),
                one("replicaDirectoryId", Uuid, V(2, N)),
                one("logEndOffset", Int64, V(0, N)),
                one("lastFetchTimestamp", Int64, V(1, N)),
                one("lastCaughtUpTimestamp", Int64, V(1, N)),
            ] }), V(0, N)),
            many("observers", Struct(&Struct { smallest: 13, fields: &[
                one("replicaId", Int32, V(0, N)),
                one("replicaDirectoryId", Uuid, V(2, N)),
                one("logEndOffset", Int64, V(0, N)),
                one("lastFetchTimestamp", Int64, V(1, N)),
                one("lastCaughtUpTimestamp", Int64, V(1, N)),
            ] }), V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
    many("nodes", Struct(&Struct { smallest: 6, fields: &[
        one("nodeId", Int32, V(2, N)),
        many("listeners", Struct(&Struct { smallest: 5, fields: &[
            one("name", String, V(2, N)),
            one("host", String, V(2, N)),
            one("port", Uint16, V(2, N)),
        ] }), V(2, N)),
    ] }), V(2, N)),
] } };

/// UpdateFeaturesRequest
pub static UPDATE_FEATURES_REQUEST: Schema = Schema { name: "UpdateFeaturesRequest", role: Role::Request(57), versions: V(0, 2), flexible: V(0, N), unstable: false, root: Struct { smallest: 6, fields: &[
    one("timeoutMs", Int32, V(0, N)),
    many("featureUpdates", Struct(&Struct { smallest: 5, fields: &[
        one("feature", String, V(0, N)),
        one("maxVersionLevel", Int16, V(0, N)),
        one("allowDowngrade", Bool, V(0, 0)),
        one("upgradeType", Int8, V(1, N)),
    ] }), V(0, N)),
    one("validateOnly", Bool, V(1, N)),
] } };

/// UpdateFeaturesResponse
pub static UPDATE_FEATURES_RESPONSE: Schema = Schema { name: "UpdateFeaturesResponse", role: Role::Response(57), versions: V(0, 2), flexible: V(0, N), unstable: false, root: Struct { smallest: 8, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    one("errorCode", Int16, V(0, N)),
    one("errorMessage", String, V(0, N)).null(V(0, N)),
    many("results", Struct(&Struct { smallest: 5, fields: &[
        one("feature", String, V(0, N)),
        one("errorCode", Int16, V(0, N)),
        one("errorMessage", String, V(0, N)).null(V(0, N)),
    ] }), V(0, 1)),
] } };

/// DescribeClusterRequest
pub static DESCRIBE_CLUSTER_REQUEST: Schema = Schema { name: "DescribeClusterRequest", role: Role::Request(60), versions: V(0, 2), flexible: V(0, N), unstable: false, root: Struct { smallest: 2, fields: &[
    one("includeClusterAuthorizedOperations", Bool, V(0, N)),
    one("endpointType", Int8, V(1, N)),
    one("includeFencedBrokers", Bool, V(2, N)),
] } };

/// DescribeClusterResponse
pub static DESCRIBE_CLUSTER_RESPONSE: Schema = Schema { name: "DescribeClusterResponse", role: Role::Response(60), versions: V(0, 2), flexible: V(0, N), unstable: false, root: Struct { smallest: 18, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    one("errorCode", Int16, V(0, N)),
    one("errorMessage", String, V(0, N)).null(V(0, N)),
    one("endpointType", Int8, V(1, N)),
    one("clusterId", String, V(0, N)),
    one("controllerId", Int32, V(0, N)),
    many("brokers", Struct(&Struct { smallest: 11, fields: &[
        one("brokerId", Int32, V(0, N)),
        one("host", String, V(0, N)),
        one("port", Int32, V(0, N)),
        one("rack", String, V(0, N)).null(V(0, N)),
        one("isFenced", Bool, V(2, N)),
    ] }), V(0, N)),
    one("clusterAuthorizedOperations", Int32, V(0, N)),
] } };

/// DescribeProducersRequest
pub static DESCRIBE_PRODUCERS_REQUEST: Schema = Schema { name: "DescribeProducersRequest", role: Role::Request(61), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 2, fields: &[
    many("topics", Struct(&Struct { smallest: 3, fields: &[
        one("name", String, V(0, N)),
        many("partitionIndexes", Int32, V(0, N)),
    ] }), V(0, N)),
] } };

/// DescribeProducersResponse
pub static DESCRIBE_PRODUCERS_RESPONSE: Schema = Schema { name: "DescribeProducersResponse", role: Role::Response(61), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 6, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    many("topics", Struct(&Struct { smallest: 3, fields: &[
        one("name", String, V(0, N)),
        many("partitions", Struct(&Struct { smallest: 9, fields: &[
            one("partitionIndex", Int32, V(0, N)),
            one("errorCode", Int16, V(0, N)),
            one("errorMessage", String, V(0, N)).null(V(0, N)),
            many("activeProducers", Struct(&Struct { smallest: 37, fields: &[
                one("producerId", Int64, V(0, N)),
                one("producerEpoch", Int32, V(0, N)),
                one("lastSequence", Int32, V(0, N)),
                one("lastTimestamp", Int64, V(0, N)),
                one("coordinatorEpoch", Int32, V(0, N)),
                one("currentTxnStartOffset", Int64, V(0, N)),
            ] }), V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// UnregisterBrokerRequest
pub static UNREGISTER_BROKER_REQUEST: Schema = Schema { name: "UnregisterBrokerRequest", role: Role::Request(64), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 5, fields: &[
    one("brokerId", Int32, V(0, N)),
] } };

/// UnregisterBrokerResponse
pub static UNREGISTER_BROKER_RESPONSE: Schema = Schema { name: "UnregisterBrokerResponse", role: Role::Response(64), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 8, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    one("errorCode", Int16, V(0, N)),
    one("errorMessage", String, V(0, N)).null(V(0, N)),
] } };

/// DescribeTransactionsRequest
pub static DESCRIBE_TRANSACTIONS_REQUEST: Schema = Schema { name: "DescribeTransactionsRequest", role: Role::Request(65), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 2, fields: &[
    many("transactionalIds", String, V(0, N)),
] } };

/// DescribeTransactionsResponse
pub static DESCRIBE_TRANSACTIONS_RESPONSE: Schema = Schema { name: "DescribeTransactionsResponse", role: Role::Response(65), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 6, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    many("transactionStates", Struct(&Struct { smallest: 28, fields: &[
        one("errorCode", Int16, V(0, N)),
        one("transactionalId", String, V(0, N)),
        one("transactionState", String, V(0, N)),
        one("transactionTimeoutMs", Int32, V(0, N)),
        one("transactionStartTimeMs", Int64, V(0, N)),
        one("producerId", Int64, V(0, N)),
        one("producerEpoch", Int16, V(0, N)),
        many("topics", Struct(&Struct { smallest: 3, fields: &[
            one("topic", String, V(0, N)),
            many("partitions", Int32, V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// ListTransactionsRequest
pub static LIST_TRANSACTIONS_REQUEST: Schema = Schema { name: "ListTransactionsRequest", role: Role::Request(66), versions: V(0, 2), flexible: V(0, N), unstable: false, root: Struct { smallest: 3, fields: &[
    many("stateFilters", String, V(0, N)),
    many("producerIdFilters", Int64, V(0, N)),
    one("durationFilter", Int64, V(1, N)),
    one("transactionalIdPattern", String, V(2, N)).null(V(2, N)),
] } };

/// ListTransactionsResponse
pub static LIST_TRANSACTIONS_RESPONSE: Schema = Schema { name: "ListTransactionsResponse", role: Role::Response(66), versions: V(0, 2), flexible: V(0, N), unstable: false, root: Struct { smallest: 9, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    one("errorCode", Int16, V(0, N)),
    many("unknownStateFilters", String, V(0, N)),
    many("transactionStates", Struct(&Struct { smallest: 11, fields: &[
        one("transactionalId", String, V(0, N)),
        one("producerId", Int64, V(0, N)),
        one("transactionState", String, V(0, N)),
    ] }), V(0, N)),
] } };

/// ConsumerGroupHeartbeatRequest
pub static CONSUMER_GROUP_HEARTBEAT_REQUEST: Schema = Schema { name: "ConsumerGroupHeartbeatRequest", role: Role::Request(68), versions: V(0, 1), flexible: V(0, N), unstable: false, root: Struct { smallest: 16, fields: &[
    one("groupId", String, V(0, N)),
    one("memberId", String, V(0, N)),
    one("memberEpoch", Int32, V(0, N)),
    one("instanceId", String, V(0, N)).null(V(0, N)),
    one("rackId", String, V(0, N)).null(V(0, N)),
    one("rebalanceTimeoutMs", Int32, V(0, N)),
    many("subscribedTopicNames", String, V(0, N)).null(V(0, N)),
    one("subscribedTopicRegex", String, V(1, N)).null(V(1, N)),
    one("serverAssignor", String, V(0, N)).null(V(0, N)),
    many("topicPartitions", Struct(&Struct { smallest: 18, fields: &[
        one("topicId", Uuid, V(0, N)),
        many("partitions", Int32, V(0, N)),
    ] }), V(0, N)).null(V(0, N)),
] } };

/// ConsumerGroupHeartbeatResponse
pub static CONSUMER_GROUP_HEARTBEAT_RESPONSE: Schema = Schema { name: "ConsumerGroupHeartbeatResponse", role: Role::Response(68), versions: V(0, 1), flexible: V(0, N), unstable: false, root: Struct { smallest: 18, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    one("errorCode", Int16, V(0, N)),
    one("errorMessage", String, V(0, N)).null(V(0, N)),
    one("memberId", String, V(0, N)).null(V(0, N)),
    one("memberEpoch", Int32, V(0, N)),
    one("heartbeatIntervalMs", Int32, V(0, N)),
    one("assignment", Struct(&Struct { smallest: 2, fields: &[
        many("topicPartitions", Struct(&Struct { smallest: 18, fields: &[
            one("topicId", Uuid, V(0, N)),
            many("partitions", Int32, V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)).null(V(0, N)),
] } };

/// ConsumerGroupDescribeRequest
pub static CONSUMER_GROUP_DESCRIBE_REQUEST: Schema = Schema { name: "ConsumerGroupDescribeRequest", role: Role::Request(69), versions: V(0, 1), flexible: V(0, N), unstable: false, root: Struct { smallest: 3, fields: &[
    many("groupIds", String, V(0, N)),
    one("includeAuthorizedOperations", Bool, V(0, N)),
] } };

/// ConsumerGroupDescribeResponse
pub static CONSUMER_GROUP_DESCRIBE_RESPONSE: Schema = Schema { name: "ConsumerGroupDescribeResponse", role: Role::Response(69), versions: V(0, 1), flexible: V(0, N), unstable: false, root: Struct { smallest: 6, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    many("groups", Struct(&Struct { smallest: 20, fields: &[
        one("errorCode", Int16, V(0, N)),
        one("errorMessage", String, V(0, N)).null(V(0, N)),
        one("groupId", String, V(0, N)),
        one("groupState", String, V(0, N)),
        one("groupEpoch", Int32, V(0, N)),
        one("assignmentEpoch", Int32, V(0, N)),
        one("assignorName", String, V(0, N)),
        many("members", Struct(&Struct { smallest: 16, fields: &[
            one("memberId", String, V(0, N)),
            one("instanceId", String, V(0, N)).null(V(0, N)),
            one("rackId", String, V(0, N)).null(V(0, N)),
            one("memberEpoch", Int32, V(0, N)),
            one("clientId", String, V(0, N)),
            one("clientHost", String, V(0, N)),
            many("subscribedTopicNames", String, V(0, N)),
            one("subscribedTopicRegex", String, V(0, N)).null(V(0, N)),
            one("assignment", Struct(&Struct { smallest: 2, fields: &[
                many("topicPartitions", Struct(&Struct { smallest: 19, fields: &[
                    one("topicId", Uuid, V(0, N)),
                    one("topicName", String, V(0, N)),
                    many("partitions", Int32, V(0, N)),
                ] }), V(0, N)),
            ] }), V(0, N)),
            one("targetAssignment", Struct(&Struct { smallest: 2, fields: &[
                many("topicPartitions", Struct(&Struct { smallest: 19, fields: &[
                    one("topicId", Uuid, V(0, N)),
                    one("topicName", String, V(0, N)),
                    many("partitions", Int32, V(0, N)),
                ] }), V(0, N)),
            ] }), V(0, N)),
            one("memberType", Int8, V(1, N)),
        ] }), V(0, N)),
        one("authorizedOperations", Int32, V(0, N)),
    ] }), V(0, N)),
] } };

/// GetTelemetrySubscriptionsRequest
pub static GET_TELEMETRY_SUBSCRIPTIONS_REQUEST: Schema = Schema { name: "GetTelemetrySubscriptionsRequest", role: Role::Request(71), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 17, fields: &[
    one("clientInstanceId", Uuid, V(0, N)),
] } };

/// GetTelemetrySubscriptionsResponse
pub static GET_TELEMETRY_SUBSCRIPTIONS_RESPONSE: Schema = Schema { name: "GetTelemetrySubscriptionsResponse", role: Role::Response(71), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 38, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    one("errorCode", Int16, V(0, N)),
    one("clientInstanceId", Uuid, V(0, N)),
    one("subscriptionId", Int32, V(0, N)),
    many("acceptedCompressionTypes", Int8, V(0, N)),
    one("pushIntervalMs", Int32, V(0, N)),
    one("telemetryMaxBytes", Int32, V(0, N)),
    one("deltaTemporality", Bool, V(0, N)),
    many("requestedMetrics", String, V(0, N)),
] } };

/// PushTelemetryRequest
pub static PUSH_TELEMETRY_REQUEST: Schema = Schema { name: "PushTelemetryRequest", role: Role::Request(72), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 24, fields: &[
    one("clientInstanceId", Uuid, V(0, N)),
    one("subscriptionId", Int32, V(0, N)),
    one("terminating", Bool, V(0, N)),
    one("compressionType", Int8, V(0, N)),
    one("metrics", Bytes, V(0, N)),
] } };

/// PushTelemetryResponse
pub static PUSH_TELEMETRY_RESPONSE: Schema = Schema { name: "PushTelemetryResponse", role: Role::Response(72), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 7, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    one("errorCode", Int16, V(0, N)),
] } };

/// ListConfigResourcesRequest
pub static LIST_CONFIG_RESOURCES_REQUEST: Schema = Schema { name: "ListConfigResourcesRequest", role: Role::Request(74), versions: V(0, 1), flexible: V(0, N), unstable: false, root: Struct { smallest: 1, fields: &[
    many("resourceTypes", Int8, V(1, N)),
] } };

/// ListConfigResourcesResponse
pub static LIST_CONFIG_RESOURCES_RESPONSE: Schema = Schema { name: "ListConfigResourcesResponse", role: Role::Response(74), versions: V(0, 1), flexible: V(0, N), unstable: false, root: Struct { smallest: 8, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    one("errorCode", Int16, V(0, N)),
    many("configResources", Struct(&Struct { smallest: 2, fields: &[
        one("resourceName", String, V(0, N)),
        one("resourceType", Int8, V(1, N)),
    ] }), V(0, N)),
] } };

/// DescribeTopicPartitionsRequest
pub static DESCRIBE_TOPIC_PARTITIONS_REQUEST: Schema = Schema { name: "DescribeTopicPartitionsRequest", role: Role::Request(75), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 7, fields: &[
    many("topics", Struct(&Struct { smallest: 2, fields: &[
        one("name", String, V(0, N)),
    ] }), V(0, N)),
    one("responsePartitionLimit", Int32, V(0, N)),
    one("cursor", Struct(&Struct { smallest: 6, fields: &[
        one("topicName", String, V(0, N)),
        one("partitionIndex", Int32, V(0, N)),
    ] }), V(0, N)).null(V(0, N)),
] } };

/// DescribeTopicPartitionsResponse
pub static DESCRIBE_TOPIC_PARTITIONS_RESPONSE: Schema = Schema { name: "DescribeTopicPartitionsResponse", role: Role::Response(75), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 7, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    many("topics", Struct(&Struct { smallest: 26, fields: &[
        one("errorCode", Int16, V(0, N)),
        one("name", String, V(0, N)).null(V(0, N)),
        one("topicId", Uuid, V(0, N)),
        one("isInternal", Bool, V(0, N)),
        many("partitions", Struct(&Struct { smallest: 20, fields: &[
            one("errorCode", Int16, V(0, N)),
            one("partitionIndex", Int32, V(0, N)),
            one("leaderId", Int32, V(0, N)),
            one("leaderEpoch", Int32, V(0, N)),
            many("replicaNodes", Int32, V(0, N)),
            many("isrNodes", Int32, V(0, N)),
            many("eligibleLeaderReplicas", Int32, V(0, N)).null(V(0, N)),
            many("lastKnownElr", Int32, V(0, N)).null(V(0, N)),
            many("offlineReplicas", Int32, V(0, N)),
        ] }), V(0, N)),
        one("topicAuthorizedOperations", Int32, V(0, N)),
    ] }), V(0, N)),
    one("nextCursor", Struct(&Struct { smallest: 6, fields: &[
        one("topicName", String, V(0, N)),
        one("partitionIndex", Int32, V(0, N)),
    ] }), V(0, N)).null(V(0, N)),
] } };

/// ShareGroupHeartbeatRequest
pub static SHARE_GROUP_HEARTBEAT_REQUEST: Schema = Schema { name: "ShareGroupHeartbeatRequest", role: Role::Request(76), versions: V(1, 1), flexible: V(0, N), unstable: false, root: Struct { smallest: 9, fields: &[
    one("groupId", String, V(0, N)),
    one("memberId", String, V(0, N)),
    one("memberEpoch", Int32, V(0, N)),
    one("rackId", String, V(0, N)).null(V(0, N)),
    many("subscribedTopicNames", String, V(0, N)).null(V(0, N)),
] } };

/// ShareGroupHeartbeatResponse
pub static SHARE_GROUP_HEARTBEAT_RESPONSE: Schema = Schema { name: "ShareGroupHeartbeatResponse", role: Role::Response(76), versions: V(1, 1), flexible: V(0, N), unstable: false, root: Struct { smallest: 18, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    one("errorCode", Int16, V(0, N)),
    one("errorMessage", String, V(0, N)).null(V(0, N)),
    one("memberId", String, V(0, N)).null(V(0, N)),
    one("memberEpoch", Int32, V(0, N)),
    one("heartbeatIntervalMs", Int32, V(0, N)),
    one("assignment", Struct(&Struct { smallest: 2, fields: &[
        many("topicPartitions", Struct(&Struct { smallest: 18, fields: &[
            one("topicId", Uuid, V(0, N)),
            many("partitions", Int32, V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)).null(V(0, N)),
] } };

/// ShareGroupDescribeRequest
pub static SHARE_GROUP_DESCRIBE_REQUEST: Schema = Schema { name: "ShareGroupDescribeRequest", role: Role::Request(77), versions: V(1, 1), flexible: V(0, N), unstable: false, root: Struct { smallest: 3, fields: &[
    many("groupIds", String, V(0, N)),
    one("includeAuthorizedOperations", Bool, V(0, N)),
] } };

/// ShareGroupDescribeResponse
pub static SHARE_GROUP_DESCRIBE_RESPONSE: Schema = Schema { name: "ShareGroupDescribeResponse", role: Role::Response(77), versions: V(1, 1), flexible: V(0, N), unstable: false, root: Struct { smallest: 6, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    many("groups", Struct(&Struct { smallest: 20, fields: &[
        one("errorCode", Int16, V(0, N)),
        one("errorMessage", String, V(0, N)).null(V(0, N)),
        one("groupId", String, V(0, N)),
        one("groupState", String, V(0, N)),
        one("groupEpoch", Int32, V(0, N)),
        one("assignmentEpoch", Int32, V(0, N)),
        one("assignorName", String, V(0, N)),
        many("members", Struct(&Struct { smallest: 12, fields: &[
            one("memberId", String, V(0, N)),
            one("rackId", String, V(0, N)).null(V(0, N)),
            one("memberEpoch", Int32, V(0, N)),
            one("clientId", String, V(0, N)),
            one("clientHost", String, V(0, N)),
            many("subscribedTopicNames", String, V(0, N)),
            one("assignment", Struct(&Struct { smallest: 2, fields: &[
                many("topicPartitions", Struct(&Struct { smallest: 19, fields: &[
                    one("topicId", Uuid, V(0, N)),
                    one("topicName", String, V(0, N)),
                    many("partitions", Int32, V(0, N)),
                ] }), V(0, N)),
            ] }), V(0, N)),
        ] }), V(0, N)),
        one("authorizedOperations", Int32, V(0, N)),
    ] }), V(0, N)),
] } };

/// ShareFetchRequest
pub static SHARE_FETCH_REQUEST: Schema = Schema { name: "ShareFetchRequest", role: Role::Request(78), versions: V(1, 2), flexible: V(0, N), unstable: false, root: Struct { smallest: 29, fields: &[
    one("groupId", String, V(0, N)).null(V(0, N)),
    one("memberId", String, V(0, N)).null(V(0, N)),
    one("shareSessionEpoch", Int32, V(0, N)),
    one("maxWaitMs", Int32, V(0, N)),
    one("minBytes", Int32, V(0, N)),
    one("maxBytes", Int32, V(0, N)),
    one("maxRecords", Int32, V(1, N)),
    one("batchSize", Int32, V(1, N)),
    one("shareAcquireMode", Int8, V(2, N)),
    one("isRenewAck", Bool, V(2, N)),
    many("topics", Struct(&Struct { smallest: 18, fields: &[
        one("topicId", Uuid, V(0, N)),
        many("partitions", Struct(&Struct { smallest: 6, fields: &[
            one("partitionIndex", Int32, V(0, N)),
            many("acknowledgementBatches", Struct(&Struct { smallest: 18, fields: &[
                one("firstOffset", Int64, V(0, N)),
                one("lastOffset", Int64, V(0, N)),
                many("acknowledgeTypes", Int8, V(0, N)),
            ] }), V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
    many("forgottenTopicsData", Struct(&Struct { smallest: 18, fields: &[
        one("topicId", Uuid, V(0, N)),
        many("partitions", Int32, V(0, N)),
    ] }), V(0, N)),
] } };

/// ShareFetchResponse
pub static SHARE_FETCH_RESPONSE: Schema = Schema { name: "ShareFetchResponse", role: Role::Response(78), versions: V(1, 2), flexible: V(0, N), unstable: false, root: Struct { smallest: 14, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    one("errorCode", Int16, V(0, N)),
    one("errorMessage", String, V(0, N)).null(V(0, N)),
    one("acquisitionLockTimeoutMs", Int32, V(1, N)),
    many("responses", Struct(&Struct { smallest: 18, fields: &[
        one("topicId", Uuid, V(0, N)),
        many("partitions", Struct(&Struct { smallest: 22, fields: &[
            one("partitionIndex", Int32, V(0, N)),
            one("errorCode", Int16, V(0, N)),
            one("errorMessage", String, V(0, N)).null(V(0, N)),
            one("acknowledgeErrorCode", Int16, V(0, N)),
            one("acknowledgeErrorMessage", String, V(0, N)).null(V(0, N)),
            one("currentLeader", Struct(&Struct { smallest: 9, fields: &[
                one("leaderId", Int32, V(0, N)),
                one("leaderEpoch", Int32, V(0, N)),
            ] }), V(0, N)),
            one("records", Records, V(0, N)),
            many("acquiredRecords", Struct(&Struct { smallest: 19, fields: &[
                one("firstOffset", Int64, V(0, N)),
                one("lastOffset", Int64, V(0, N)),
                one("deliveryCount", Int16, V(0, N)),
            ] }), V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
    many("nodeEndpoints", Struct(&Struct { smallest: 11, fields: &[
        one("nodeId", Int32, V(0, N)),
        one("host", String, V(0, N)),
        one("port", Int32, V(0, N)),
        one("rack", String, V(0, N)).null(V(0, N)),
    ] }), V(0, N)),
] } };

/// ShareAcknowledgeRequest
pub static SHARE_ACKNOWLEDGE_REQUEST: Schema = Schema { name: "ShareAcknowledgeRequest", role: Role::Request(79), versions: V(1, 2), flexible: V(0, N), unstable: false, root: Struct { smallest: 8, fields: &[
    one("groupId", String, V(0, N)).null(V(0, N)),
    one("memberId", String, V(0, N)).null(V(0, N)),
    one("shareSessionEpoch", Int32, V(0, N)),
    one("isRenewAck", Bool, V(2, N)),
    many("topics", Struct(&Struct { smallest: 18, fields: &[
        one("topicId", Uuid, V(0, N)),
        many("partitions", Struct(&Struct { smallest: 6, fields: &[
            one("partitionIndex", Int32, V(0, N)),
            many("acknowledgementBatches", Struct(&Struct { smallest: 18, fields: &[
                one("firstOffset", Int64, V(0, N)),
                one("lastOffset", Int64, V(0, N)),
                many("acknowledgeTypes", Int8, V(0, N)),
            ] }), V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// ShareAcknowledgeResponse
pub static SHARE_ACKNOWLEDGE_RESPONSE: Schema = Schema { name: "ShareAcknowledgeResponse", role: Role::Response(79), versions: V(1, 2), flexible: V(0, N), unstable: false, root: Struct { smallest: 10, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    one("errorCode", Int16, V(0, N)),
    one("errorMessage", String, V(0, N)).null(V(0, N)),
    one("acquisitionLockTimeoutMs", Int32, V(2, N)),
    many("responses", Struct(&Struct { smallest: 18, fields: &[
        one("topicId", Uuid, V(0, N)),
        many("partitions", Struct(&Struct { smallest: 17, fields: &[
            one("partitionIndex", Int32, V(0, N)),
            one("errorCode", Int16, V(0, N)),
            one("errorMessage", String, V(0, N)).null(V(0, N)),
            one("currentLeader", Struct(&Struct { smallest: 9, fields: &[
                one("leaderId", Int32, V(0, N)),
                one("leaderEpoch", Int32, V(0, N)),
            ] }), V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
    many("nodeEndpoints", Struct(&Struct { smallest: 11, fields: &[
        one("nodeId", Int32, V(0, N)),
        one("host", String, V(0, N)),
        one("port", Int32, V(0, N)),
        one("rack", String, V(0, N)).null(V(0, N)),
    ] }), V(0, N)),
] } };

/// AddRaftVoterRequest
pub static ADD_RAFT_VOTER_REQUEST: Schema = Schema { name: "AddRaftVoterRequest", role: Role::Request(80), versions: V(0, 1), flexible: V(0, N), unstable: false, root: Struct { smallest: 27, fields: &[
    one("clusterId", String, V(0, N)).null(V(0, N)),
    one("timeoutMs", Int32, V(0, N)),
    one("voterId", Int32, V(0, N)),
    one("voterDirectoryId", Uuid, V(0, N)),
    many("listeners", Struct(&Struct { smallest: 5, fields: &[
        one("name", String, V(0, N)),
        one("host", String, V(0, N)),
        one("port", Uint16, V(0, N)),
    ] }), V(0, N)),
    one("ackWhenCommitted", Bool, V(1, N)),
] } };

/// AddRaftVoterResponse
pub static ADD_RAFT_VOTER_RESPONSE: Schema = Schema { name: "AddRaftVoterResponse", role: Role::Response(80), versions: V(0, 1), flexible: V(0, N), unstable: false, root: Struct { smallest: 8, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    one("errorCode", Int16, V(0, N)),
    one("errorMessage", String, V(0, N)).null(V(0, N)),
] } };

/// RemoveRaftVoterRequest
pub static REMOVE_RAFT_VOTER_REQUEST: Schema = Schema { name: "RemoveRaftVoterRequest", role: Role::Request(81), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 22, fields: &[
    one("clusterId", String, V(0, N)).null(V(0, N)),
    one("voterId", Int32, V(0, N)),
    one("voterDirectoryId", Uuid, V(0, N)),
] } };

/// RemoveRaftVoterResponse
pub static REMOVE_RAFT_VOTER_RESPONSE: Schema = Schema { name: "RemoveRaftVoterResponse", role: Role::Response(81), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 8, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    one("errorCode", Int16, V(0, N)),
    one("errorMessage", String, V(0, N)).null(V(0, N)),
] } };

/// InitializeShareGroupStateRequest
pub static INITIALIZE_SHARE_GROUP_STATE_REQUEST: Schema = Schema { name: "InitializeShareGroupStateRequest", role: Role::Request(83), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 3, fields: &[
    one("groupId", String, V(0, N)),
    many("topics", Struct(&Struct { smallest: 18, fields: &[
        one("topicId", Uuid, V(0, N)),
        many("partitions", Struct(&Struct { smallest: 17, fields: &[
            one("partition", Int32, V(0, N)),
            one("stateEpoch", Int32, V(0, N)),
            one("startOffset", Int64, V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// InitializeShareGroupStateResponse
pub static INITIALIZE_SHARE_GROUP_STATE_RESPONSE: Schema = Schema { name: "InitializeShareGroupStateResponse", role: Role::Response(83), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 2, fields: &[
    many("results", Struct(&Struct { smallest: 18, fields: &[
        one("topicId", Uuid, V(0, N)),
        many("partitions", Struct(&Struct { smallest: 8, fields: &[
            one("partition", Int32, V(0, N)),
            one("errorCode", Int16, V(0, N)),
            one("errorMessage", String, V(0, N)).null(V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// ReadShareGroupStateRequest
pub static READ_SHARE_GROUP_STATE_REQUEST: Schema = Schema { name: "ReadShareGroupStateRequest", role: Role::Request(84), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 3, fields: &[
    one("groupId", String, V(0, N)),
    many("topics", Struct(&Struct { smallest: 18, fields: &[
        one("topicId", Uuid, V(0, N)),
        many("partitions", Struct(&Struct { smallest: 9, fields: &[
            one("partition", Int32, V(0, N)),
            one("leaderEpoch", Int32, V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// ReadShareGroupStateResponse
pub static READ_SHARE_GROUP_STATE_RESPONSE: Schema = Schema { name: "ReadShareGroupStateResponse", role: Role::Response(84), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 2, fields: &[
    many("results", Struct(&Struct { smallest: 18, fields: &[
        one("topicId", Uuid, V(0, N)),
        many("partitions", Struct(&Struct { smallest: 21, fields: &[
            one("partition", Int32, V(0, N)),
            one("errorCode", Int16, V(0, N)),
            one("errorMessage", String, V(0, N)).null(V(0, N)),
            one("stateEpoch", Int32, V(0, N)),
            one("startOffset", Int64, V(0, N)),
            many("stateBatches", Struct(&Struct { smallest: 20, fields: &[
                one("firstOffset", Int64, V(0, N)),
                one("lastOffset", Int64, V(0, N)),
                one("deliveryState", Int8, V(0, N)),
                one("deliveryCount", Int16, V(0, N)),
            ] }), V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// WriteShareGroupStateRequest
pub static WRITE_SHARE_GROUP_STATE_REQUEST: Schema = Schema { name: "WriteShareGroupStateRequest", role: Role::Request(85), versions: V(0, 1), flexible: V(0, N), unstable: false, root: Struct { smallest: 3, fields: &[
    one("groupId", String, V(0, N)),
    many("topics", Struct(&Struct { smallest: 18, fields: &[
        one("topicId", Uuid, V(0, N)),
        many("partitions", Struct(&Struct { smallest: 22, fields: &[
            one("partition", Int32, V(0, N)),
            one("stateEpoch", Int32, V(0, N)),
            one("leaderEpoch", Int32, V(0, N)),
            one("startOffset", Int64, V(0, N)),
            one("deliveryCompleteCount", Int32, V(1, N)),
            many("stateBatches", Struct(&Struct { smallest: 20, fields: &[
                one("firstOffset", Int64, V(0, N)),
                one("lastOffset", Int64, V(0, N)),
                one("deliveryState", Int8, V(0, N)),
                one("deliveryCount", Int16, V(0, N)),
            ] }), V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// WriteShareGroupStateResponse
pub static WRITE_SHARE_GROUP_STATE_RESPONSE: Schema = Schema { name: "WriteShareGroupStateResponse", role: Role::Response(85), versions: V(0, 1), flexible: V(0, N), unstable: false, root: Struct { smallest: 2, fields: &[
    many("results", Struct(&Struct { smallest: 18, fields: &[
        one("topicId", Uuid, V(0, N)),
        many("partitions", Struct(&Struct { smallest: 8, fields: &[
            one("partition", Int32, V(0, N)),
            one("errorCode", Int16, V(0, N)),
            one("errorMessage", String, V(0, N)).null(V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// DeleteShareGroupStateRequest
pub static DELETE_SHARE_GROUP_STATE_REQUEST: Schema = Schema { name: "DeleteShareGroupStateRequest", role: Role::Request(86), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 3, fields: &[
    one("groupId", String, V(0, N)),
    many("topics", Struct(&Struct { smallest: 18, fields: &[
        one("topicId", Uuid, V(0, N)),
        many("partitions", Struct(&Struct { smallest: 5, fields: &[
            one("partition", Int32, V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// DeleteShareGroupStateResponse
pub static DELETE_SHARE_GROUP_STATE_RESPONSE: Schema = Schema { name: "DeleteShareGroupStateResponse", role: Role::Response(86), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 2, fields: &[
    many("results", Struct(&Struct { smallest: 18, fields: &[
        one("topicId", Uuid, V(0, N)),
        many("partitions", Struct(&Struct { smallest: 8, fields: &[
            one("partition", Int32, V(0, N)),
            one("errorCode", Int16, V(0, N)),
            one("errorMessage", String, V(0, N)).null(V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// ReadShareGroupStateSummaryRequest
pub static READ_SHARE_GROUP_STATE_SUMMARY_REQUEST: Schema = Schema { name: "ReadShareGroupStateSummaryRequest", role: Role::Request(87), versions: V(0, 1), flexible: V(0, N), unstable: false, root: Struct { smallest: 3, fields: &[
    one("groupId", String, V(0, N)),
    many("topics", Struct(&Struct { smallest: 18, fields: &[
        one("topicId", Uuid, V(0, N)),
        many("partitions", Struct(&Struct { smallest: 9, fields: &[
            one("partition", Int32, V(0, N)),
            one("leaderEpoch", Int32, V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// ReadShareGroupStateSummaryResponse
pub static READ_SHARE_GROUP_STATE_SUMMARY_RESPONSE: Schema = Schema { name: "ReadShareGroupStateSummaryResponse", role: Role::Response(87), versions: V(0, 1), flexible: V(0, N), unstable: false, root: Struct { smallest: 2, fields: &[
    many("results", Struct(&Struct { smallest: 18, fields: &[
        one("topicId", Uuid, V(0, N)),
        many("partitions", Struct(&Struct { smallest: 24, fields: &[
            one("partition", Int32, V(0, N)),
            one("errorCode", Int16, V(0, N)),
            one("errorMessage", String, V(0, N)).null(V(0, N)),
            one("stateEpoch", Int32, V(0, N)),
            one("leaderEpoch", Int32, V(0, N)),
            one("startOffset", Int64, V(0, N)),
            one("deliveryCompleteCount", Int32, V(1, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// StreamsGroupHeartbeatRequest
pub static STREAMS_GROUP_HEARTBEAT_REQUEST: Schema = Schema { name: "StreamsGroupHeartbeatRequest", role: Role::Request(88), versions: V(0, 1), flexible: V(0, N), unstable: false, root: Struct { smallest: 27, fields: &[
    one("groupId", String, V(0, N)),
    one("memberId", String, V(0, N)),
    one("memberEpoch", Int32, V(0, N)),
    one("endpointInformationEpoch", Int32, V(0, N)),
    one("instanceId", String, V(0, N)).null(V(0, N)),
    one("rackId", String, V(0, N)).null(V(0, N)),
    one("rebalanceTimeoutMs", Int32, V(0, N)),
    one("topology", Struct(&Struct { smallest: 6, fields: &[
        one("epoch", Int32, V(0, N)),
        many("subtopologies", Struct(&Struct { smallest: 8, fields: &[
            one("subtopologyId", String, V(0, N)),
            many("sourceTopics", String, V(0, N)),
            many("sourceTopicRegex", String, V(0, N)),
            many("stateChangelogTopics", Struct(&Struct { smallest: 9, fields: &[
                one("name", String, V(0, N)),
                one("partitions", Int32, V(0, N)),
                one("replicationFactor", Int16, V(0, N)),
                many("topicConfigs", Struct(&Struct { smallest: 3, fields: &[
                    one("key", String, V(0, N)),
                    one("value", String, V(0, N)),
                ] }), V(0, N)),
            ] }), V(0, N)),
            many("repartitionSinkTopics", String, V(0, N)),
            many("repartitionSourceTopics", Struct(&Struct { smallest: 9, fields: &[
                one("name", String, V(0, N)),
                one("partitions", Int32, V(0, N)),
                one("replicationFactor", Int16, V(0, N)),
                many("topicConfigs", Struct(&Struct { smallest: 3, fields: &[
                    one("key", String, V(0, N)),
                    one("value", String, V(0, N)),
                ] }), V(0, N)),
            ] }), V(0, N)),
            many("copartitionGroups", Struct(&Struct { smallest: 4, fields: &[
                many("sourceTopics", Int16, V(0, N)),
                many("sourceTopicRegex", Int16, V(0, N)),
                many("repartitionSourceTopics", Int16, V(0, N)),
            ] }), V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)).null(V(0, N)),
    many("activeTasks", Struct(&Struct { smallest: 3, fields: &[
        one("subtopologyId", String, V(0, N)),
        many("partitions", Int32, V(0, N)),
    ] }), V(0, N)).null(V(0, N)),
    many("standbyTasks", Struct(&Struct { smallest: 3, fields: &[
        one("subtopologyId", String, V(0, N)),
        many("partitions", Int32, V(0, N)),
    ] }), V(0, N)).null(V(0, N)),
    many("warmupTasks", Struct(&Struct { smallest: 3, fields: &[
        one("subtopologyId", String, V(0, N)),
        many("partitions", Int32, V(0, N)),
    ] }), V(0, N)).null(V(0, N)),
    one("processId", String, V(0, N)).null(V(0, N)),
    one("userEndpoint", Struct(&Struct { smallest: 4, fields: &[
        one("host", String, V(0, N)),
        one("port", Uint16, V(0, N)),
    ] }), V(0, N)).null(V(0, N)),
    many("clientTags", Struct(&Struct { smallest: 3, fields: &[
        one("key", String, V(0, N)),
        one("value", String, V(0, N)),
    ] }), V(0, N)).null(V(0, N)),
    many("taskOffsets", Struct(&Struct { smallest: 14, fields: &[
        one("subtopologyId", String, V(0, N)),
        one("partition", Int32, V(0, N)),
        one("offset", Int64, V(0, N)),
    ] }), V(0, N)).null(V(0, N)),
    many("taskEndOffsets", Struct(&Struct { smallest: 14, fields: &[
        one("subtopologyId", String, V(0, N)),
        one("partition", Int32, V(0, N)),
        one("offset", Int64, V(0, N)),
    ] }), V(0, N)).null(V(0, N)),
    one("shutdownApplication", Bool, V(0, N)),
] } };

/// StreamsGroupHeartbeatResponse
pub static STREAMS_GROUP_HEARTBEAT_RESPONSE: Schema = Schema { name: "StreamsGroupHeartbeatResponse", role: Role::Response(88), versions: V(0, 1), flexible: V(0, N), unstable: false, root: Struct { smallest: 34, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    one("errorCode", Int16, V(0, N)),
    one("errorMessage", String, V(0, N)).null(V(0, N)),
    one("memberId", String, V(0, N)),
    one("memberEpoch", Int32, V(0, N)),
    one("heartbeatIntervalMs", Int32, V(0, N)),
    one("acceptableRecoveryLagLegacy", Int32, V(0, 0)),
    one("taskOffsetIntervalMs", Int32, V(0, N)),
    one("acceptableRecoveryLag", Int64, V(1, N)),
    many("status", Struct(&Struct { smallest: 3, fields: &[
        one("statusCode", Int8, V(0, N)),
        one("statusDetail", String, V(0, N)),
    ] }), V(0, N)).null(V(0, N)),
    many("activeTasks", Struct(&Struct { smallest: 3, fields: &[
        one("subtopologyId", String, V(0, N)),
        many("partitions", Int32, V(0, N)),
    ] }), V(0, N)).null(V(0, N)),
    many("standbyTasks", Struct(&Struct { smallest: 3, fields: &[
        one("subtopologyId", String, V(0, N)),
        many("partitions", Int32, V(0, N)),
    ] }), V(0, N)).null(V(0, N)),
    many("warmupTasks", Struct(&Struct { smallest: 3, fields: &[
        one("subtopologyId", String, V(0, N)),
        many("partitions", Int32, V(0, N)),
    ] }), V(0, N)).null(V(0, N)),
    one("topologyDescriptionRequired", Bool, V(1, N)),
    one("endpointInformationEpoch", Int32, V(0, N)),
    many("partitionsByUserEndpoint", Struct(&Struct { smallest: 7, fields: &[
        one("userEndpoint", Struct(&Struct { smallest: 4, fields: &[
            one("host", String, V(0, N)),
            one("port", Uint16, V(0, N)),
        ] }), V(0, N)),
        many("activePartitions", Struct(&Struct { smallest: 3, fields: &[
            one("topic", String, V(0, N)),
            many("partitions", Int32, V(0, N)),
        ] }), V(0, N)),
        many("standbyPartitions", Struct(&Struct { smallest: 3, fields: &[
            one("topic", String, V(0, N)),
            many("partitions", Int32, V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)).null(V(0, N)),
] } };

/// StreamsGroupDescribeRequest
pub static STREAMS_GROUP_DESCRIBE_REQUEST: Schema = Schema { name: "StreamsGroupDescribeRequest", role: Role::Request(89), versions: V(0, 1), flexible: V(0, N), unstable: false, root: Struct { smallest: 3, fields: &[
    many("groupIds", String, V(0, N)),
    one("includeAuthorizedOperations", Bool, V(0, N)),
    one("includeTopologyDescription", Bool, V(1, N)),
] } };

/// StreamsGroupDescribeResponse
pub static STREAMS_GROUP_DESCRIBE_RESPONSE: Schema = Schema { name: "StreamsGroupDescribeResponse", role: Role::Response(89), versions: V(0, 1), flexible: V(0, N), unstable: false, root: Struct { smallest: 6, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    many("groups", Struct(&Struct { smallest: 20, fields: &[
        one("errorCode", Int16, V(0, N)),
        one("errorMessage", String, V(0, N)).null(V(0, N)),
        one("groupId", String, V(0, N)),
        one("groupState", String, V(0, N)),
        one("groupEpoch", Int32, V(0, N)),
        one("assignmentEpoch", Int32, V(0, N)),
        one("topology", Struct(&Struct { smallest: 6, fields: &[
            one("epoch", Int32, V(0, N)),
            many("subtopologies", Struct(&Struct { smallest: 6, fields: &[
                one("subtopologyId", String, V(0, N)),
                many("sourceTopics", String, V(0, N)),
                many("repartitionSinkTopics", String, V(0, N)),
                many("stateChangelogTopics", Struct(&Struct { smallest: 9, fields: &[
                    one("name", String, V(0, N)),
                    one("partitions", Int32, V(0, N)),
                    one("replicationFactor", Int16, V(0, N)),
                    many("topicConfigs", Struct(&Struct { smallest: 3, fields: &[
                        one("key", String, V(0, N)),
                        one("value", String, V(0, N)),
                    ] }), V(0, N)),
                ] }), V(0, N)),
                many("repartitionSourceTopics", Struct(&Struct { smallest: 9, fields: &[
                    one("name", String, V(0, N)),
                    one("partitions", Int32, V(0, N)),
                    one("replicationFactor", Int16, V(0, N)),
                    many("topicConfigs", Struct(&Struct { smallest: 3, fields: &[
                        one("key", String, V(0, N)),
                        one("value", String, V(0, N)),
                    ] }), V(0, N)),
                ] }), V(0, N)),
            ] }), V(0, N)).null(V(0, N)),
        ] }), V(0, N)).null(V(0, N)),
        many("members", Struct(&Struct { smallest: 28, fields: &[
            one("memberId", String, V(0, N)),
            one("memberEpoch", Int32, V(0, N)),
            one("instanceId", String, V(0, N)).null(V(0, N)),
            one("rackId", String, V(0, N)).null(V(0, N)),
            one("clientId", String, V(0, N)),
            one("clientHost", String, V(0, N)),
            one("topologyEpoch", Int32, V(0, N)),
            one("processId", String, V(0, N)),
            one("userEndpoint", Struct(&Struct { smallest: 4, fields: &[
                one("host", String, V(0, N)),
                one("port", Uint16, V(0, N)),
            ] }), V(0, N)).null(V(0, N)),
            many("clientTags", Struct(&Struct { smallest: 3, fields: &[
                one("key", String, V(0, N)),
                one("value", String, V(0, N)),
            ] }), V(0, N)),
            many("taskOffsets", Struct(&Struct { smallest: 14, fields: &[
                one("subtopologyId", String, V(0, N)),
                one("partition", Int32, V(0, N)),
                one("offset", Int64, V(0, N)),
            ] }), V(0, N)),
            many("taskEndOffsets", Struct(&Struct { smallest: 14, fields: &[
                one("subtopologyId", String, V(0, N)),
                one("partition", Int32, V(0, N)),
                one("offset", Int64, V(0, N)),
            ] }), V(0, N)),
            one("assignment", Struct(&Struct { smallest: 4, fields: &[
                many("activeTasks", Struct(&Struct { smallest: 3, fields: &[
                    one("subtopologyId", String, V(0, N)),
                    many("partitions", Int32, V(0, N)),
                ] }), V(0, N)),
                many("standbyTasks", Struct(&Struct { smallest: 3, fields: &[
                    one("subtopologyId", String, V(0, N)),
                    many("partitions", Int32, V(0, N)),
                ] }), V(0, N)),
                many("warmupTasks", Struct(&Struct { smallest: 3, fields: &[
                    one("subtopologyId", String, V(0, N)),
                    many("partitions", Int32, V(0, N)),
                ] }), V(0, N)),
            ] }), V(0, N)),
            one("targetAssignment", Struct(&Struct { smallest: 4, fields: &[
                many("activeTasks", Struct(&Struct { smallest: 3, fields: &[
                    one("subtopologyId", String, V(0, N)),
                    many("partitions", Int32, V(0, N)),
                ] }), V(0, N)),
                many("standbyTasks", Struct(&Struct { smallest: 3, fields: &[
                    one("subtopologyId", String, V(0, N)),
                    many("partitions", Int32, V(0, N)),
                ] }), V(0, N)),
                many("warmupTasks", Struct(&Struct { smallest: 3, fields: &[
                    one("subtopologyId", String, V(0, N)),
                    many("partitions", Int32, V(0, N)),
                ] }), V(0, N)),
            ] }), V(0, N)),
            one("isClassic", Bool, V(0, N)),
        ] }), V(0, N)),
        one("authorizedOperations", Int32, V(0, N)),
        one("topologyDescription", Struct(&Struct { smallest: 3, fields: &[
            many("subtopologies", Struct(&Struct { smallest: 3, fields: &[
                one("subtopologyId", String, V(1, N)),
                many("nodes", Struct(&Struct { smallest: 7, fields: &[
                    one("name", String, V(1, N)),
                    one("nodeType", Int8, V(1, N)),
                    many("sourceTopics", String, V(1, N)),
                    one("sinkTopic", String, V(1, N)).null(V(1, N)),
                    many("stores", String, V(1, N)),
                    many("successors", String, V(1, N)),
                ] }), V(1, N)),
            ] }), V(1, N)),
            many("globalStores", Struct(&Struct { smallest: 15, fields: &[
                one("source", Struct(&Struct { smallest: 7, fields: &[
                    one("name", String, V(1, N)),
                    one("nodeType", Int8, V(1, N)),
                    many("sourceTopics", String, V(1, N)),
                    one("sinkTopic", String, V(1, N)).null(V(1, N)),
                    many("stores", String, V(1, N)),
                    many("successors", String, V(1, N)),
                ] }), V(1, N)),
                one("processor", Struct(&Struct { smallest: 7, fields: &[
                    one("name", String, V(1, N)),
                    one("nodeType", Int8, V(1, N)),
                    many("sourceTopics", String, V(1, N)),
                    one("sinkTopic", String, V(1, N)).null(V(1, N)),
                    many("stores", String, V(1, N)),
                    many("successors", String, V(1, N)),
                ] }), V(1, N)),
            ] }), V(1, N)),
        ] }), V(1, N)).null(V(1, N)),
        one("topologyDescriptionStatus", Int8, V(1, N)),
        one("assignorName", String, V(1, N)).null(V(1, N)),
    ] }), V(0, N)),
] } };

/// DescribeShareGroupOffsetsRequest
pub static DESCRIBE_SHARE_GROUP_OFFSETS_REQUEST: Schema = Schema { name: "DescribeShareGroupOffsetsRequest", role: Role::Request(90), versions: V(0, 1), flexible: V(0, N), unstable: false, root: Struct { smallest: 2, fields: &[
    many("groups", Struct(&Struct { smallest: 3, fields: &[
        one("groupId", String, V(0, N)),
        many("topics", Struct(&Struct { smallest: 3, fields: &[
            one("topicName", String, V(0, N)),
            many("partitions", Int32, V(0, N)),
        ] }), V(0, N)).null(V(0, N)),
    ] }), V(0, N)),
] } };

/// DescribeShareGroupOffsetsResponse
pub static DESCRIBE_SHARE_GROUP_OFFSETS_RESPONSE: Schema = Schema { name: "DescribeShareGroupOffsetsResponse", role: Role::Response(90), versions: V(0, 1), flexible: V(0, N), unstable: false, root: Struct { smallest: 6, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    many("groups", Struct(&Struct { smallest: 6, fields: &[
        one("groupId", String, V(0, N)),
        many("topics", Struct(&Struct { smallest: 19, fields: &[
            one("topicName", String, V(0, N)),
            one("topicId", Uuid, V(0, N)),
            many("partitions", Struct(&Struct { smallest: 20, fields: &[
                one("partitionIndex", Int32, V(0, N)),
                one("startOffset", Int64, V(0, N)),
                one("leaderEpoch", Int32, V(0, N)),
                one("lag", Int64, V(1, N)),
                one("errorCode", Int16, V(0, N)),
                one("errorMessage", String, V(0, N)).null(V(0, N)),
            ] }), V(0, N)),
        ] }), V(0, N)),
        one("errorCode", Int16, V(0, N)),
        one("errorMessage", String, V(0, N)).null(V(0, N)),
    ] }), V(0, N)),
] } };

/// AlterShareGroupOffsetsRequest
pub static ALTER_SHARE_GROUP_OFFSETS_REQUEST: Schema = Schema { name: "AlterShareGroupOffsetsRequest", role: Role::Request(91), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 3, fields: &[
    one("groupId", String, V(0, N)),
    many("topics", Struct(&Struct { smallest: 3, fields: &[
        one("topicName", String, V(0, N)),
        many("partitions", Struct(&Struct { smallest: 13, fields: &[
            one("partitionIndex", Int32, V(0, N)),
            one("startOffset", Int64, V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// AlterShareGroupOffsetsResponse
pub static ALTER_SHARE_GROUP_OFFSETS_RESPONSE: Schema = Schema { name: "AlterShareGroupOffsetsResponse", role: Role::Response(91), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 9, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    one("errorCode", Int16, V(0, N)),
    one("errorMessage", String, V(0, N)).null(V(0, N)),
    many("responses", Struct(&Struct { smallest: 19, fields: &[
        one("topicName", String, V(0, N)),
        one("topicId", Uuid, V(0, N)),
        many("partitions", Struct(&Struct { smallest: 8, fields: &[
            one("partitionIndex", Int32, V(0, N)),
            one("errorCode", Int16, V(0, N)),
            one("errorMessage", String, V(0, N)).null(V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// DeleteShareGroupOffsetsRequest
pub static DELETE_SHARE_GROUP_OFFSETS_REQUEST: Schema = Schema { name: "DeleteShareGroupOffsetsRequest", role: Role::Request(92), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 3, fields: &[
    one("groupId", String, V(0, N)),
    many("topics", Struct(&Struct { smallest: 2, fields: &[
        one("topicName", String, V(0, N)),
    ] }), V(0, N)),
] } };

/// DeleteShareGroupOffsetsResponse
pub static DELETE_SHARE_GROUP_OFFSETS_RESPONSE: Schema = Schema { name: "DeleteShareGroupOffsetsResponse", role: Role::Response(92), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 9, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    one("errorCode", Int16, V(0, N)),
    one("errorMessage", String, V(0, N)).null(V(0, N)),
    many("responses", Struct(&Struct { smallest: 21, fields: &[
        one("topicName", String, V(0, N)),
        one("topicId", Uuid, V(0, N)),
        one("errorCode", Int16, V(0, N)),
        one("errorMessage", String, V(0, N)).null(V(0, N)),
    ] }), V(0, N)),
] } };

/// StreamsGroupTopologyDescriptionUpdateRequest
pub static STREAMS_GROUP_TOPOLOGY_DESCRIPTION_UPDATE_REQUEST: Schema = Schema { name: "StreamsGroupTopologyDescriptionUpdateRequest", role: Role::Request(93), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 10, fields: &[
    one("groupId", String, V(0, N)),
    one("memberId", String, V(0, N)),
    one("topologyEpoch", Int32, V(0, N)),
    one("topologyDescription", Struct(&Struct { smallest: 3, fields: &[
        many("subtopologies", Struct(&Struct { smallest: 3, fields: &[
            one("subtopologyId", String, V(0, N)),
            many("nodes", Struct(&Struct { smallest: 7, fields: &[
                one("name", String, V(0, N)),
                one("nodeType", Int8, V(0, N)),
                many("sourceTopics", String, V(0, N)),
                one("sinkTopic", String, V(0, N)).null(V(0, N)),
                many("stores", String, V(0, N)),
                many("successors", String, V(0, N)),
            ] }), V(0, N)),
        ] }), V(0, N)),
        many("globalStores", Struct(&Struct { smallest: 15, fields: &[
            one("source", Struct(&Struct { smallest: 7, fields: &[
                one("name", String, V(0, N)),
                one("nodeType", Int8, V(0, N)),
                many("sourceTopics", String, V(0, N)),
                one("sinkTopic", String, V(0, N)).null(V(0, N)),
                many("stores", String, V(0, N)),
                many("successors", String, V(0, N)),
            ] }), V(0, N)),
            one("processor", Struct(&Struct { smallest: 7, fields: &[
                one("name", String, V(0, N)),
                one("nodeType", Int8, V(0, N)),
                many("sourceTopics", String, V(0, N)),
                one("sinkTopic", String, V(0, N)).null(V(0, N)),
                many("stores", String, V(0, N)),
                many("successors", String, V(0, N)),
            ] }), V(0, N)),
        ] }), V(0, N)),
    ] }), V(0, N)),
] } };

/// StreamsGroupTopologyDescriptionUpdateResponse
pub static STREAMS_GROUP_TOPOLOGY_DESCRIPTION_UPDATE_RESPONSE: Schema = Schema { name: "StreamsGroupTopologyDescriptionUpdateResponse", role: Role::Response(93), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 8, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    one("errorCode", Int16, V(0, N)),
    one("errorMessage", String, V(0, N)).null(V(0, N)),
] } };

/// UnregisterControllerRequest
pub static UNREGISTER_CONTROLLER_REQUEST: Schema = Schema { name: "UnregisterControllerRequest", role: Role::Request(94), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 5, fields: &[
    one("controllerId", Int32, V(0, N)),
] } };

/// UnregisterControllerResponse
pub static UNREGISTER_CONTROLLER_RESPONSE: Schema = Schema { name: "UnregisterControllerResponse", role: Role::Response(94), versions: V(0, 0), flexible: V(0, N), unstable: false, root: Struct { smallest: 8, fields: &[
    one("throttleTimeMs", Int32, V(0, N)),
    one("errorCode", Int16, V(0, N)),
    one("errorMessage", String, V(0, N)).null(V(0, N)),
] } };

/// ConsumerProtocolAssignment
pub static CONSUMER_PROTOCOL_ASSIGNMENT: Schema = Schema { name: "ConsumerProtocolAssignment", role: Role::Data, versions: V(0, 3), flexible: NEVER, unstable: false, root: Struct { smallest: 8, fields: &[
    many("assignedPartitions", Struct(&Struct { smallest: 6, fields: &[
        one("topic", String, V(0, N)),
        many("partitions", Int32, V(0, N)),
    ] }), V(0, N)),
    one("userData", Bytes, V(0, N)).null(V(0, N)),
] } };

/// ConsumerProtocolSubscription
pub static CONSUMER_PROTOCOL_SUBSCRIPTION: Schema = Schema { name: "ConsumerProtocolSubscription", role: Role::Data, versions: V(0, 3), flexible: NEVER, unstable: false, root: Struct { smallest: 8, fields: &[
    many("topics", String, V(0, N)),
    one("userData", Bytes, V(0, N)).null(V(0, N)),
    many("ownedPartitions", Struct(&Struct { smallest: 6, fields: &[
        one("topic", String, V(1, N)),
        many("partitions", Int32, V(1, N)),
    ] }), V(1, N)),
    one("generationId", Int32, V(2, N)),
    one("rackId", String, V(3, N)).null(V(3, N)),
] } };

/// RequestHeader
pub static REQUEST_HEADER: Schema = Schema { name: "RequestHeader", role: Role::Header, versions: V(1, 2), flexible: V(2, N), unstable: false, root: Struct { smallest: 10, fields: &[
    one("requestApiKey", Int16, V(0, N)),
    one("requestApiVersion", Int16, V(0, N)),
    one("correlationId", Int32, V(0, N)),
    one("clientId", LegacyString, V(1, N)).null(V(1, N)),
] } };

/// ResponseHeader
pub static RESPONSE_HEADER: Schema = Schema { name: "ResponseHeader", role: Role::Header, versions: V(0, 1), flexible: V(1, N), unstable: false, root: Struct { smallest: 4, fields: &[
    one("correlationId", Int32, V(0, N)),
] } };

/// Every request, by API key.
pub static REQUESTS: &[&Schema] = &[
    &PRODUCE_REQUEST,
    &FETCH_REQUEST,
    &LIST_OFFSETS_REQUEST,
    &METADATA_REQUEST,
    &OFFSET_COMMIT_REQUEST,
    &OFFSET_FETCH_REQUEST,
    &FIND_COORDINATOR_REQUEST,
    &JOIN_GROUP_REQUEST,
    &HEARTBEAT_REQUEST,
    &LEAVE_GROUP_REQUEST,
    &SYNC_GROUP_REQUEST,
    &DESCRIBE_GROUPS_REQUEST,
    &LIST_GROUPS_REQUEST,
    &SASL_HANDSHAKE_REQUEST,
    &API_VERSIONS_REQUEST,
    &CREATE_TOPICS_REQUEST,
    &DELETE_TOPICS_REQUEST,
    &DELETE_RECORDS_REQUEST,
    &INIT_PRODUCER_ID_REQUEST,
    &OFFSET_FOR_LEADER_EPOCH_REQUEST,
    &ADD_PARTITIONS_TO_TXN_REQUEST,
    &ADD_OFFSETS_TO_TXN_REQUEST,
    &END_TXN_REQUEST,
    &WRITE_TXN_MARKERS_REQUEST,
    &TXN_OFFSET_COMMIT_REQUEST,
    &DESCRIBE_ACLS_REQUEST,
    &CREATE_ACLS_REQUEST,
    &DELETE_ACLS_REQUEST,
    &DESCRIBE_CONFIGS_REQUEST,
    &ALTER_CONFIGS_REQUEST,
    &ALTER_REPLICA_LOG_DIRS_REQUEST,
    &DESCRIBE_LOG_DIRS_REQUEST,
    &SASL_AUTHENTICATE_REQUEST,
    &CREATE_PARTITIONS_REQUEST,
    &CREATE_DELEGATION_TOKEN_REQUEST,
    &RENEW_DELEGATION_TOKEN_REQUEST,
    &EXPIRE_DELEGATION_TOKEN_REQUEST,
    &DESCRIBE_DELEGATION_TOKEN_REQUEST,
    &DELETE_GROUPS_REQUEST,
    &ELECT_LEADERS_REQUEST,
    &INCREMENTAL_ALTER_CONFIGS_REQUEST,
    &ALTER_PARTITION_REASSIGNMENTS_REQUEST,
    &LIST_PARTITION_REASSIGNMENTS_REQUEST,
    &OFFSET_DELETE_REQUEST,
    &DESCRIBE_CLIENT_QUOTAS_REQUEST,
    &ALTER_CLIENT_QUOTAS_REQUEST,
    &DESCRIBE_USER_SCRAM_CREDENTIALS_REQUEST,
    &ALTER_USER_SCRAM_CREDENTIALS_REQUEST,
    &DESCRIBE_QUORUM_REQUEST,
    &UPDATE_FEATURES_REQUEST,
    &DESCRIBE_CLUSTER_REQUEST,
    &DESCRIBE_PRODUCERS_REQUEST,
    &UNREGISTER_BROKER_REQUEST,
    &DESCRIBE_TRANSACTIONS_REQUEST,
    &LIST_TRANSACTIONS_REQUEST,
    &CONSUMER_GROUP_HEARTBEAT_REQUEST,
    &CONSUMER_GROUP_DESCRIBE_REQUEST,
    &GET_TELEMETRY_SUBSCRIPTIONS_REQUEST,
    &PUSH_TELEMETRY_REQUEST,
    &LIST_CONFIG_RESOURCES_REQUEST,
    &DESCRIBE_TOPIC_PARTITIONS_REQUEST,
    &SHARE_GROUP_HEARTBEAT_REQUEST,
    &SHARE_GROUP_DESCRIBE_REQUEST,
    &SHARE_FETCH_REQUEST,
    &SHARE_ACKNOWLEDGE_REQUEST,
    &ADD_RAFT_VOTER_REQUEST,
    &REMOVE_RAFT_VOTER_REQUEST,
    &INITIALIZE_SHARE_GROUP_STATE_REQUEST,
    &READ_SHARE_GROUP_STATE_REQUEST,
    &WRITE_SHARE_GROUP_STATE_REQUEST,
    &DELETE_SHARE_GROUP_STATE_REQUEST,
    &READ_SHARE_GROUP_STATE_SUMMARY_REQUEST,
    &STREAMS_GROUP_HEARTBEAT_REQUEST,
    &STREAMS_GROUP_DESCRIBE_REQUEST,
    &DESCRIBE_SHARE_GROUP_OFFSETS_REQUEST,
    &ALTER_SHARE_GROUP_OFFSETS_REQUEST,
    &DELETE_SHARE_GROUP_OFFSETS_REQUEST,
    &STREAMS_GROUP_TOPOLOGY_DESCRIPTION_UPDATE_REQUEST,
    &UNREGISTER_CONTROLLER_REQUEST,
];

/// Every response, by API key.
pub static RESPONSES: &[&Schema] = &[
    &PRODUCE_RESPONSE,
    &FETCH_RESPONSE,
    &LIST_OFFSETS_RESPONSE,
    &METADATA_RESPONSE,
    &OFFSET_COMMIT_RESPONSE,
    &OFFSET_FETCH_RESPONSE,
    &FIND_COORDINATOR_RESPONSE,
    &JOIN_GROUP_RESPONSE,
    &HEARTBEAT_RESPONSE,
    &LEAVE_GROUP_RESPONSE,
    &SYNC_GROUP_RESPONSE,
    &DESCRIBE_GROUPS_RESPONSE,
    &LIST_GROUPS_RESPONSE,
    &SASL_HANDSHAKE_RESPONSE,
    &API_VERSIONS_RESPONSE,
    &CREATE_TOPICS_RESPONSE,
    &DELETE_TOPICS_RESPONSE,
    &DELETE_RECORDS_RESPONSE,
    &INIT_PRODUCER_ID_RESPONSE,
    &OFFSET_FOR_LEADER_EPOCH_RESPONSE,
    &ADD_PARTITIONS_TO_TXN_RESPONSE,
    &ADD_OFFSETS_TO_TXN_RESPONSE,
    &END_TXN_RESPONSE,
    &WRITE_TXN_MARKERS_RESPONSE,
    &TXN_OFFSET_COMMIT_RESPONSE,
    &DESCRIBE_ACLS_RESPONSE,
    &CREATE_ACLS_RESPONSE,
    &DELETE_ACLS_RESPONSE,
    &DESCRIBE_CONFIGS_RESPONSE,
    &ALTER_CONFIGS_RESPONSE,
    &ALTER_REPLICA_LOG_DIRS_RESPONSE,
    &DESCRIBE_LOG_DIRS_RESPONSE,
    &SASL_AUTHENTICATE_RESPONSE,
    &CREATE_PARTITIONS_RESPONSE,
    &CREATE_DELEGATION_TOKEN_RESPONSE,
    &RENEW_DELEGATION_TOKEN_RESPONSE,
    &EXPIRE_DELEGATION_TOKEN_RESPONSE,
    &DESCRIBE_DELEGATION_TOKEN_RESPONSE,
    &DELETE_GROUPS_RESPONSE,
    &ELECT_LEADERS_RESPONSE,
    &INCREMENTAL_ALTER_CONFIGS_RESPONSE,
    &ALTER_PARTITION_REASSIGNMENTS_RESPONSE,
    &LIST_PARTITION_REASSIGNMENTS_RESPONSE,
    &OFFSET_DELETE_RESPONSE,
    &DESCRIBE_CLIENT_QUOTAS_RESPONSE,
    &ALTER_CLIENT_QUOTAS_RESPONSE,
    &DESCRIBE_USER_SCRAM_CREDENTIALS_RESPONSE,
    &ALTER_USER_SCRAM_CREDENTIALS_RESPONSE,
    &DESCRIBE_QUORUM_RESPONSE,
    &UPDATE_FEATURES_RESPONSE,
    &DESCRIBE_CLUSTER_RESPONSE,
    &DESCRIBE_PRODUCERS_RESPONSE,
    &UNREGISTER_BROKER_RESPONSE,
    &DESCRIBE_TRANSACTIONS_RESPONSE,
    &LIST_TRANSACTIONS_RESPONSE,
    &CONSUMER_GROUP_HEARTBEAT_RESPONSE,
    &CONSUMER_GROUP_DESCRIBE_RESPONSE,
    &GET_TELEMETRY_SUBSCRIPTIONS_RESPONSE,
    &PUSH_TELEMETRY_RESPONSE,
    &LIST_CONFIG_RESOURCES_RESPONSE,
    &DESCRIBE_TOPIC_PARTITIONS_RESPONSE,
    &SHARE_GROUP_HEARTBEAT_RESPONSE,
    &SHARE_GROUP_DESCRIBE_RESPONSE,
    &SHARE_FETCH_RESPONSE,
    &SHARE_ACKNOWLEDGE_RESPONSE,
    &ADD_RAFT_VOTER_RESPONSE,
    &REMOVE_RAFT_VOTER_RESPONSE,
    &INITIALIZE_SHARE_GROUP_STATE_RESPONSE,
    &READ_SHARE_GROUP_STATE_RESPONSE,
    &WRITE_SHARE_GROUP_STATE_RESPONSE,
    &DELETE_SHARE_GROUP_STATE_RESPONSE,
    &READ_SHARE_GROUP_STATE_SUMMARY_RESPONSE,
    &STREAMS_GROUP_HEARTBEAT_RESPONSE,
    &STREAMS_GROUP_DESCRIBE_RESPONSE,
    &DESCRIBE_SHARE_GROUP_OFFSETS_RESPONSE,
    &ALTER_SHARE_GROUP_OFFSETS_RESPONSE,
    &DELETE_SHARE_GROUP_OFFSETS_RESPONSE,
    &STREAMS_GROUP_TOPOLOGY_DESCRIPTION_UPDATE_RESPONSE,
    &UNREGISTER_CONTROLLER_RESPONSE,
];

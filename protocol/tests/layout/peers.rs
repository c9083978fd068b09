//! Every message of the table and what encodes it, so that a test can hold one against the other.

use bytes::{Bytes, BytesMut};
use kafka_protocol::protocol::{Decodable, Encodable, Message};
use kohort_protocol::layout::{Schema, table};
use kohort_protocol::messages::*;
use std::any::type_name;
use std::fmt::Debug;
use std::ops::RangeInclusive;

/// A message of the table and the code for it: kafka-protocol's, or ours where that lacks versions.
pub(crate) struct Peer {
    pub(crate) schema: &'static Schema,
    /// Whether the code is ours.
    pub(crate) ours: bool,
    versions: fn() -> RangeInclusive<i16>,
    /// Decodes; whether that went well, and the bytes it left over.
    pub(crate) decode: fn(Bytes, i16) -> anyhow::Result<usize>,
    /// Decodes and encodes again; the new bytes and the count of those left over.
    pub(crate) again: fn(Bytes, i16) -> anyhow::Result<(BytesMut, usize)>,
    /// Decodes and prints, a field to a line.
    pub(crate) shown: fn(Bytes, i16) -> anyhow::Result<String>,
    /// Encodes the default value.
    pub(crate) default: fn(i16) -> anyhow::Result<BytesMut>,
}

impl Peer {
    /// The versions the code knows.
    pub(crate) fn versions(&self) -> RangeInclusive<i16> {
        (self.versions)()
    }
}

fn decode<M: Decodable>(mut bytes: Bytes, version: i16) -> anyhow::Result<usize> {
    M::decode(&mut bytes, version)?;
    Ok(bytes.len())
}

fn again<M: Decodable + Encodable>(mut bytes: Bytes, version: i16) -> anyhow::Result<(BytesMut, usize)> {
    let message = M::decode(&mut bytes, version)?;
    let mut out = BytesMut::new();
    message.encode(&mut out, version)?;
    assert_eq!(message.compute_size(version)?, out.len());
    Ok((out, bytes.len()))
}

fn shown<M: Decodable + Debug>(mut bytes: Bytes, version: i16) -> anyhow::Result<String> {
    Ok(format!("{:#?}", M::decode(&mut bytes, version)?))
}

fn default<M: Default + Encodable>(version: i16) -> anyhow::Result<BytesMut> {
    let mut out = BytesMut::new();
    M::default().encode(&mut out, version)?;
    Ok(out)
}

macro_rules! peers {
    ($($schema:ident => $message:ident,)*) => {
        vec![$(Peer {
            schema: &table::$schema,
            ours: type_name::<$message>().starts_with("kohort"),
            versions: || $message::VERSIONS.min..=$message::VERSIONS.max,
            decode: decode::<$message>,
            again: again::<$message>,
            shown: shown::<$message>,
            default: default::<$message>,
        },)*]
    };
}

pub(crate) fn peers() -> Vec<Peer> {
    peers! {
        PRODUCE_REQUEST => ProduceRequest,
        PRODUCE_RESPONSE => ProduceResponse,
        FETCH_REQUEST => FetchRequest,
        FETCH_RESPONSE => FetchResponse,
        LIST_OFFSETS_REQUEST => ListOffsetsRequest,
        LIST_OFFSETS_RESPONSE => ListOffsetsResponse,
        METADATA_REQUEST => MetadataRequest,
        METADATA_RESPONSE => MetadataResponse,
        OFFSET_COMMIT_REQUEST => OffsetCommitRequest,
        OFFSET_COMMIT_RESPONSE => OffsetCommitResponse,
        OFFSET_FETCH_REQUEST => OffsetFetchRequest,
        OFFSET_FETCH_RESPONSE => OffsetFetchResponse,
        FIND_COORDINATOR_REQUEST => FindCoordinatorRequest,
        FIND_COORDINATOR_RESPONSE => FindCoordinatorResponse,
        JOIN_GROUP_REQUEST => JoinGroupRequest,
        JOIN_GROUP_RESPONSE => JoinGroupResponse,
        HEARTBEAT_REQUEST => HeartbeatRequest,
        HEARTBEAT_RESPONSE => HeartbeatResponse,
        LEAVE_GROUP_REQUEST => LeaveGroupRequest,
        LEAVE_GROUP_RESPONSE => LeaveGroupResponse,
        SYNC_GROUP_REQUEST => SyncGroupRequest,
        SYNC_GROUP_RESPONSE => SyncGroupResponse,
        DESCRIBE_GROUPS_REQUEST => DescribeGroupsRequest,
        DESCRIBE_GROUPS_RESPONSE => DescribeGroupsResponse,
        LIST_GROUPS_REQUEST => ListGroupsRequest,
        LIST_GROUPS_RESPONSE => ListGroupsResponse,
        SASL_HANDSHAKE_REQUEST => SaslHandshakeRequest,
        SASL_HANDSHAKE_RESPONSE => SaslHandshakeResponse,
        API_VERSIONS_REQUEST => ApiVersionsRequest,
        API_VERSIONS_RESPONSE => ApiVersionsResponse,
        CREATE_TOPICS_REQUEST => CreateTopicsRequest,
        CREATE_TOPICS_RESPONSE => CreateTopicsResponse,
        DELETE_TOPICS_REQUEST => DeleteTopicsRequest,
        DELETE_TOPICS_RESPONSE => DeleteTopicsResponse,
        DELETE_RECORDS_REQUEST => DeleteRecordsRequest,
        DELETE_RECORDS_RESPONSE => DeleteRecordsResponse,
        INIT_PRODUCER_ID_REQUEST => InitProducerIdRequest,
        INIT_PRODUCER_ID_RESPONSE => InitProducerIdResponse,
        OFFSET_FOR_LEADER_EPOCH_REQUEST => OffsetForLeaderEpochRequest,
        OFFSET_FOR_LEADER_EPOCH_RESPONSE => OffsetForLeaderEpochResponse,
        ADD_PARTITIONS_TO_TXN_REQUEST => AddPartitionsToTxnRequest,
        ADD_PARTITIONS_TO_TXN_RESPONSE => AddPartitionsToTxnResponse,
        ADD_OFFSETS_TO_TXN_REQUEST => AddOffsetsToTxnRequest,
        ADD_OFFSETS_TO_TXN_RESPONSE => AddOffsetsToTxnResponse,
        END_TXN_REQUEST => EndTxnRequest,
        END_TXN_RESPONSE => EndTxnResponse,
        WRITE_TXN_MARKERS_REQUEST => WriteTxnMarkersRequest,
        WRITE_TXN_MARKERS_RESPONSE => WriteTxnMarkersResponse,
        TXN_OFFSET_COMMIT_REQUEST => TxnOffsetCommitRequest,
        TXN_OFFSET_COMMIT_RESPONSE => TxnOffsetCommitResponse,
        DESCRIBE_ACLS_REQUEST => DescribeAclsRequest,
        DESCRIBE_ACLS_RESPONSE => DescribeAclsResponse,
        CREATE_ACLS_REQUEST => CreateAclsRequest,
        CREATE_ACLS_RESPONSE => CreateAclsResponse,
        DELETE_ACLS_REQUEST => DeleteAclsRequest,
        DELETE_ACLS_RESPONSE => DeleteAclsResponse,
        DESCRIBE_CONFIGS_REQUEST => DescribeConfigsRequest,
        DESCRIBE_CONFIGS_RESPONSE => DescribeConfigsResponse,
        ALTER_CONFIGS_REQUEST => AlterConfigsRequest,
        ALTER_CONFIGS_RESPONSE => AlterConfigsResponse,
        ALTER_REPLICA_LOG_DIRS_REQUEST => AlterReplicaLogDirsRequest,
        ALTER_REPLICA_LOG_DIRS_RESPONSE => AlterReplicaLogDirsResponse,
        DESCRIBE_LOG_DIRS_REQUEST => DescribeLogDirsRequest,
        DESCRIBE_LOG_DIRS_RESPONSE => DescribeLogDirsResponse,
        SASL_AUTHENTICATE_REQUEST => SaslAuthenticateRequest,
        SASL_AUTHENTICATE_RESPONSE => SaslAuthenticateResponse,
        CREATE_PARTITIONS_REQUEST => CreatePartitionsRequest,
        CREATE_PARTITIONS_RESPONSE => CreatePartitionsResponse,
        CREATE_DELEGATION_TOKEN_REQUEST => CreateDelegationTokenRequest,
        CREATE_DELEGATION_TOKEN_RESPONSE => CreateDelegationTokenResponse,
        RENEW_DELEGATION_TOKEN_REQUEST => RenewDelegationTokenRequest,
        RENEW_DELEGATION_TOKEN_RESPONSE => RenewDelegationTokenResponse,
        EXPIRE_DELEGATION_TOKEN_REQUEST => ExpireDelegationTokenRequest,
        EXPIRE_DELEGATION_TOKEN_RESPONSE => ExpireDelegationTokenResponse,
        DESCRIBE_DELEGATION_TOKEN_REQUEST => DescribeDelegationTokenRequest,
        DESCRIBE_DELEGATION_TOKEN_RESPONSE => DescribeDelegationTokenResponse,
        DELETE_GROUPS_REQUEST => DeleteGroupsRequest,
        DELETE_GROUPS_RESPONSE => DeleteGroupsResponse,
        ELECT_LEADERS_REQUEST => ElectLeadersRequest,
        ELECT_LEADERS_RESPONSE => ElectLeadersResponse,
        INCREMENTAL_ALTER_CONFIGS_REQUEST => IncrementalAlterConfigsRequest,
        INCREMENTAL_ALTER_CONFIGS_RESPONSE => IncrementalAlterConfigsResponse,
        ALTER_PARTITION_REASSIGNMENTS_REQUEST => AlterPartitionReassignmentsRequest,
        ALTER_PARTITION_REASSIGNMENTS_RESPONSE => AlterPartitionReassignmentsResponse,
        LIST_PARTITION_REASSIGNMENTS_REQUEST => ListPartitionReassignmentsRequest,
        LIST_PARTITION_REASSIGNMENTS_RESPONSE => ListPartitionReassignmentsResponse,
        OFFSET_DELETE_REQUEST => OffsetDeleteRequest,
        OFFSET_DELETE_RESPONSE => OffsetDeleteResponse,
        DESCRIBE_CLIENT_QUOTAS_REQUEST => DescribeClientQuotasRequest,
        DESCRIBE_CLIENT_QUOTAS_RESPONSE => DescribeClientQuotasResponse,
        ALTER_CLIENT_QUOTAS_REQUEST => AlterClientQuotasRequest,
        ALTER_CLIENT_QUOTAS_RESPONSE => AlterClientQuotasResponse,
        DESCRIBE_USER_SCRAM_CREDENTIALS_REQUEST => DescribeUserScramCredentialsRequest,
        DESCRIBE_USER_SCRAM_CREDENTIALS_RESPONSE => DescribeUserScramCredentialsResponse,
        ALTER_USER_SCRAM_CREDENTIALS_REQUEST => AlterUserScramCredentialsRequest,
        ALTER_USER_SCRAM_CREDENTIALS_RESPONSE => AlterUserScramCredentialsResponse,
        DESCRIBE_QUORUM_REQUEST => DescribeQuorumRequest,
        DESCRIBE_QUORUM_RESPONSE => DescribeQuorumResponse,
        UPDATE_FEATURES_REQUEST => UpdateFeaturesRequest,
        UPDATE_FEATURES_RESPONSE => UpdateFeaturesResponse,
        DESCRIBE_CLUSTER_REQUEST => DescribeClusterRequest,
        DESCRIBE_CLUSTER_RESPONSE => DescribeClusterResponse,
        DESCRIBE_PRODUCERS_REQUEST => DescribeProducersRequest,
        DESCRIBE_PRODUCERS_RESPONSE => DescribeProducersResponse,
        UNREGISTER_BROKER_REQUEST => UnregisterBrokerRequest,
        UNREGISTER_BROKER_RESPONSE => UnregisterBrokerResponse,
        DESCRIBE_TRANSACTIONS_REQUEST => DescribeTransactionsRequest,
        DESCRIBE_TRANSACTIONS_RESPONSE => DescribeTransactionsResponse,
        LIST_TRANSACTIONS_REQUEST => ListTransactionsRequest,
        LIST_TRANSACTIONS_RESPONSE => ListTransactionsResponse,
        CONSUMER_GROUP_HEARTBEAT_REQUEST => ConsumerGroupHeartbeatRequest,
        CONSUMER_GROUP_HEARTBEAT_RESPONSE => ConsumerGroupHeartbeatResponse,
        CONSUMER_GROUP_DESCRIBE_REQUEST => ConsumerGroupDescribeRequest,
        CONSUMER_GROUP_DESCRIBE_RESPONSE => ConsumerGroupDescribeResponse,
        GET_TELEMETRY_SUBSCRIPTIONS_REQUEST => GetTelemetrySubscriptionsRequest,
        GET_TELEMETRY_SUBSCRIPTIONS_RESPONSE => GetTelemetrySubscriptionsResponse,
        PUSH_TELEMETRY_REQUEST => PushTelemetryRequest,
        PUSH_TELEMETRY_RESPONSE => PushTelemetryResponse,
        LIST_CONFIG_RESOURCES_REQUEST => ListConfigResourcesRequest,
        LIST_CONFIG_RESOURCES_RESPONSE => ListConfigResourcesResponse,
        DESCRIBE_TOPIC_PARTITIONS_REQUEST => DescribeTopicPartitionsRequest,
        DESCRIBE_TOPIC_PARTITIONS_RESPONSE => DescribeTopicPartitionsResponse,
        SHARE_GROUP_HEARTBEAT_REQUEST => ShareGroupHeartbeatRequest,
        SHARE_GROUP_HEARTBEAT_RESPONSE => ShareGroupHeartbeatResponse,
        SHARE_GROUP_DESCRIBE_REQUEST => ShareGroupDescribeRequest,
        SHARE_GROUP_DESCRIBE_RESPONSE => ShareGroupDescribeResponse,
        SHARE_FETCH_REQUEST => ShareFetchRequest,
        SHARE_FETCH_RESPONSE => ShareFetchResponse,
        SHARE_ACKNOWLEDGE_REQUEST => ShareAcknowledgeRequest,
        SHARE_ACKNOWLEDGE_RESPONSE => ShareAcknowledgeResponse,
        ADD_RAFT_VOTER_REQUEST => AddRaftVoterRequest,
        ADD_RAFT_VOTER_RESPONSE => AddRaftVoterResponse,
        REMOVE_RAFT_VOTER_REQUEST => RemoveRaftVoterRequest,
        REMOVE_RAFT_VOTER_RESPONSE => RemoveRaftVoterResponse,
        INITIALIZE_SHARE_GROUP_STATE_REQUEST => InitializeShareGroupStateRequest,
        INITIALIZE_SHARE_GROUP_STATE_RESPONSE => InitializeShareGroupStateResponse,
        READ_SHARE_GROUP_STATE_REQUEST => ReadShareGroupStateRequest,
        READ_SHARE_GROUP_STATE_RESPONSE => ReadShareGroupStateResponse,
        WRITE_SHARE_GROUP_STATE_REQUEST => WriteShareGroupStateRequest,
        WRITE_SHARE_GROUP_STATE_RESPONSE => WriteShareGroupStateResponse,
        DELETE_SHARE_GROUP_STATE_REQUEST => DeleteShareGroupStateRequest,
        DELETE_SHARE_GROUP_STATE_RESPONSE => DeleteShareGroupStateResponse,
        READ_SHARE_GROUP_STATE_SUMMARY_REQUEST => ReadShareGroupStateSummaryRequest,
        READ_SHARE_GROUP_STATE_SUMMARY_RESPONSE => ReadShareGroupStateSummaryResponse,
        DESCRIBE_SHARE_GROUP_OFFSETS_REQUEST => DescribeShareGroupOffsetsRequest,
        DESCRIBE_SHARE_GROUP_OFFSETS_RESPONSE => DescribeShareGroupOffsetsResponse,
        ALTER_SHARE_GROUP_OFFSETS_REQUEST => AlterShareGroupOffsetsRequest,
        ALTER_SHARE_GROUP_OFFSETS_RESPONSE => AlterShareGroupOffsetsResponse,
        DELETE_SHARE_GROUP_OFFSETS_REQUEST => DeleteShareGroupOffsetsRequest,
        DELETE_SHARE_GROUP_OFFSETS_RESPONSE => DeleteShareGroupOffsetsResponse,
        UNREGISTER_CONTROLLER_REQUEST => UnregisterControllerRequest,
        UNREGISTER_CONTROLLER_RESPONSE => UnregisterControllerResponse,
        STREAMS_GROUP_HEARTBEAT_REQUEST => StreamsGroupHeartbeatRequest,
        STREAMS_GROUP_HEARTBEAT_RESPONSE => StreamsGroupHeartbeatResponse,
        STREAMS_GROUP_DESCRIBE_REQUEST => StreamsGroupDescribeRequest,
        STREAMS_GROUP_DESCRIBE_RESPONSE => StreamsGroupDescribeResponse,
        STREAMS_GROUP_TOPOLOGY_DESCRIPTION_UPDATE_REQUEST => StreamsGroupTopologyDescriptionUpdateRequest,
        STREAMS_GROUP_TOPOLOGY_DESCRIPTION_UPDATE_RESPONSE => StreamsGroupTopologyDescriptionUpdateResponse,
        CONSUMER_PROTOCOL_ASSIGNMENT => ConsumerProtocolAssignment,
        CONSUMER_PROTOCOL_SUBSCRIPTION => ConsumerProtocolSubscription,
        REQUEST_HEADER => RequestHeader,
        RESPONSE_HEADER => ResponseHeader,
    }
}

/// kafka-protocol's own code for the messages of which we complete the versions.
pub(crate) fn completed() -> Vec<Peer> {
    use kafka_protocol::messages::*;
    peers! {
        ADD_RAFT_VOTER_REQUEST => AddRaftVoterRequest,
        ADD_RAFT_VOTER_RESPONSE => AddRaftVoterResponse,
        API_VERSIONS_REQUEST => ApiVersionsRequest,
        API_VERSIONS_RESPONSE => ApiVersionsResponse,
        DELETE_GROUPS_REQUEST => DeleteGroupsRequest,
        DELETE_GROUPS_RESPONSE => DeleteGroupsResponse,
        DESCRIBE_LOG_DIRS_REQUEST => DescribeLogDirsRequest,
        DESCRIBE_LOG_DIRS_RESPONSE => DescribeLogDirsResponse,
        DESCRIBE_SHARE_GROUP_OFFSETS_REQUEST => DescribeShareGroupOffsetsRequest,
        DESCRIBE_SHARE_GROUP_OFFSETS_RESPONSE => DescribeShareGroupOffsetsResponse,
        INIT_PRODUCER_ID_REQUEST => InitProducerIdRequest,
        LIST_OFFSETS_REQUEST => ListOffsetsRequest,
        LIST_OFFSETS_RESPONSE => ListOffsetsResponse,
        OFFSET_COMMIT_REQUEST => OffsetCommitRequest,
        OFFSET_FETCH_REQUEST => OffsetFetchRequest,
        READ_SHARE_GROUP_STATE_SUMMARY_REQUEST => ReadShareGroupStateSummaryRequest,
        READ_SHARE_GROUP_STATE_SUMMARY_RESPONSE => ReadShareGroupStateSummaryResponse,
        SHARE_ACKNOWLEDGE_REQUEST => ShareAcknowledgeRequest,
        SHARE_ACKNOWLEDGE_RESPONSE => ShareAcknowledgeResponse,
        SHARE_FETCH_REQUEST => ShareFetchRequest,
        SHARE_FETCH_RESPONSE => ShareFetchResponse,
        TXN_OFFSET_COMMIT_REQUEST => TxnOffsetCommitRequest,
        TXN_OFFSET_COMMIT_RESPONSE => TxnOffsetCommitResponse,
        WRITE_SHARE_GROUP_STATE_REQUEST => WriteShareGroupStateRequest,
        WRITE_SHARE_GROUP_STATE_RESPONSE => WriteShareGroupStateResponse,
        WRITE_TXN_MARKERS_REQUEST => WriteTxnMarkersRequest,
        WRITE_TXN_MARKERS_RESPONSE => WriteTxnMarkersResponse,
    }
}

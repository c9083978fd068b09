//! ShareFetchResponse, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    response ShareFetchResponse, key: 78, versions: V(1, 2), flexible: V(0, N);

    /// The body of ShareFetchResponse.
    ShareFetchResponse {
        /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero if the request did not violate any quota.
        throttle_time_ms with_throttle_time_ms: i32 = Default::default(), at(V(0, N));
        /// The top-level response error code.
        error_code with_error_code: i16 = Default::default(), at(V(0, N));
        /// The top-level error message, or null if there was no error.
        error_message with_error_message: Option<StrBytes> = None, at(V(0, N)).null(V(0, N));
        /// The time in milliseconds for which the acquired records are locked.
        acquisition_lock_timeout_ms with_acquisition_lock_timeout_ms: i32 = Default::default(), at(V(1, N));
        /// The response topics.
        responses with_responses: Vec<ShareFetchableTopicResponse> = Default::default(), at(V(0, N));
        /// Endpoints for all current leaders enumerated in PartitionData with error NOT_LEADER_OR_FOLLOWER.
        node_endpoints with_node_endpoints: Vec<NodeEndpoint> = Default::default(), at(V(0, N));
    }

    /// A part of ShareFetchResponse.
    ShareFetchableTopicResponse {
        /// The unique topic ID.
        topic_id with_topic_id: Uuid = Default::default(), at(V(0, N));
        /// The topic partitions.
        partitions with_partitions: Vec<PartitionData> = Default::default(), at(V(0, N));
    }

    /// A part of ShareFetchResponse.
    PartitionData {
        /// The partition index.
        partition_index with_partition_index: i32 = Default::default(), at(V(0, N));
        /// The fetch error code, or 0 if there was no fetch error.
        error_code with_error_code: i16 = Default::default(), at(V(0, N));
        /// The fetch error message, or null if there was no fetch error.
        error_message with_error_message: Option<StrBytes> = None, at(V(0, N)).null(V(0, N));
        /// The acknowledge error code, or 0 if there was no acknowledge error.
        acknowledge_error_code with_acknowledge_error_code: i16 = Default::default(), at(V(0, N));
        /// The acknowledge error message, or null if there was no acknowledge error.
        acknowledge_error_message with_acknowledge_error_message: Option<StrBytes> = None, at(V(0, N)).null(V(0, N));
        /// The current leader of the partition.
        current_leader with_current_leader: LeaderIdAndEpoch = Default::default(), at(V(0, N));
        /// The record data.
        records with_records: Option<Bytes> = Some(Default::default()), at(V(0, N)).null(V(0, 0));
        /// The acquired records.
        acquired_records with_acquired_records: Vec<AcquiredRecords> = Default::default(), at(V(0, N));
    }

    /// A part of ShareFetchResponse.
    LeaderIdAndEpoch {
        /// The ID of the current leader or -1 if the leader is unknown.
        leader_id with_leader_id: i32 = Default::default(), at(V(0, N));
        /// The latest known leader epoch.
        leader_epoch with_leader_epoch: i32 = Default::default(), at(V(0, N));
    }

    /// A part of ShareFetchResponse.
    AcquiredRecords {
        /// The earliest offset in this batch of acquired records.
        first_offset with_first_offset: i64 = Default::default(), at(V(0, N));
        /// The last offset of this batch of acquired records.
        last_offset with_last_offset: i64 = Default::default(), at(V(0, N));
        /// The delivery count of this batch of acquired records.
        delivery_count with_delivery_count: i16 = Default::default(), at(V(0, N));
    }

    /// A part of ShareFetchResponse.
    NodeEndpoint {
        /// The ID of the associated node.
        node_id with_node_id: BrokerId = Default::default(), at(V(0, N));
        /// The node's hostname.
        host with_host: StrBytes = Default::default(), at(V(0, N));
        /// The node's port.
        port with_port: i32 = Default::default(), at(V(0, N));
        /// The rack of the node, or null if it has not been assigned to a rack.
        rack with_rack: Option<StrBytes> = None, at(V(0, N)).null(V(0, N));
    }
}

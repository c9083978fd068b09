//! ShareFetchResponse, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    response ShareFetchResponse, key: 78, versions: V(1, 2), flexible: V(0, N);

    /// The body of ShareFetchResponse.
    ShareFetchResponse {
        /// int32, all versions.
        throttle_time_ms with_throttle_time_ms: i32 = Default::default(), at(V(0, N));
        /// int16, all versions.
        error_code with_error_code: i16 = Default::default(), at(V(0, N));
        /// string, all versions, nullable, null by default.
        error_message with_error_message: Option<StrBytes> = None, at(V(0, N)).null(V(0, N));
        /// int32, all versions.
        acquisition_lock_timeout_ms with_acquisition_lock_timeout_ms: i32 = Default::default(), at(V(1, N));
        /// Array of ShareFetchableTopicResponse, all versions.
        responses with_responses: Vec<ShareFetchableTopicResponse> = Default::default(), at(V(0, N));
        /// Array of NodeEndpoint, all versions.
        node_endpoints with_node_endpoints: Vec<NodeEndpoint> = Default::default(), at(V(0, N));
    }

    /// A part of ShareFetchResponse.
    ShareFetchableTopicResponse {
        /// uuid, all versions.
        topic_id with_topic_id: Uuid = Default::default(), at(V(0, N));
        /// Array of PartitionData, all versions.
        partitions with_partitions: Vec<PartitionData> = Default::default(), at(V(0, N));
    }

    /// A part of ShareFetchResponse.
    PartitionData {
        /// int32, all versions.
        partition_index with_partition_index: i32 = Default::default(), at(V(0, N));
        /// int16, all versions.
        error_code with_error_code: i16 = Default::default(), at(V(0, N));
        /// string, all versions, nullable, null by default.
        error_message with_error_message: Option<StrBytes> = None, at(V(0, N)).null(V(0, N));
        /// int16, all versions.
        acknowledge_error_code with_acknowledge_error_code: i16 = Default::default(), at(V(0, N));
        /// string, all versions, nullable, null by default.
        acknowledge_error_message with_acknowledge_error_message: Option<StrBytes> = None, at(V(0, N)).null(V(0, N));
        /// LeaderIdAndEpoch, all versions.
        current_leader with_current_leader: LeaderIdAndEpoch = Default::default(), at(V(0, N));
        /// records, all versions, nullable in v0.
        records with_records: Option<Bytes> = Some(Default::default()), at(V(0, N)).null(V(0, 0));
        /// Array of AcquiredRecords, all versions.
        acquired_records with_acquired_records: Vec<AcquiredRecords> = Default::default(), at(V(0, N));
    }

    /// A part of ShareFetchResponse.
    LeaderIdAndEpoch {
        /// int32, all versions.
        leader_id with_leader_id: i32 = Default::default(), at(V(0, N));
        /// int32, all versions.
        leader_epoch with_leader_epoch: i32 = Default::default(), at(V(0, N));
    }

    /// A part of ShareFetchResponse.
    AcquiredRecords {
        /// int64, all versions.
        first_offset with_first_offset: i64 = Default::default(), at(V(0, N));
        /// int64, all versions.
        last_offset with_last_offset: i64 = Default::default(), at(V(0, N));
        /// int16, all versions.
        delivery_count with_delivery_count: i16 = Default::default(), at(V(0, N));
    }

    /// A part of ShareFetchResponse.
    NodeEndpoint {
        /// int32, all versions.
        node_id with_node_id: BrokerId = Default::default(), at(V(0, N));
        /// string, all versions.
        host with_host: StrBytes = Default::default(), at(V(0, N));
        /// int32, all versions.
        port with_port: i32 = Default::default(), at(V(0, N));
        /// string, all versions, nullable, null by default.
        rack with_rack: Option<StrBytes> = None, at(V(0, N)).null(V(0, N));
    }
}

//! ShareAcknowledgeResponse, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    response ShareAcknowledgeResponse, key: 79, versions: V(1, 2), flexible: V(0, N);

    /// The body of ShareAcknowledgeResponse.
    ShareAcknowledgeResponse {
        /// int32, all versions.
        throttle_time_ms with_throttle_time_ms: i32 = Default::default(), at(V(0, N));
        /// int16, all versions.
        error_code with_error_code: i16 = Default::default(), at(V(0, N));
        /// string, all versions, nullable, null by default.
        error_message with_error_message: Option<StrBytes> = None, at(V(0, N)).null(V(0, N));
        /// int32, v2 and later.
        acquisition_lock_timeout_ms with_acquisition_lock_timeout_ms: i32 = Default::default(), at(V(2, N)).ignorable();
        /// Array of ShareAcknowledgeTopicResponse, all versions.
        responses with_responses: Vec<ShareAcknowledgeTopicResponse> = Default::default(), at(V(0, N));
        /// Array of NodeEndpoint, all versions.
        node_endpoints with_node_endpoints: Vec<NodeEndpoint> = Default::default(), at(V(0, N));
    }

    /// A part of ShareAcknowledgeResponse.
    ShareAcknowledgeTopicResponse {
        /// uuid, all versions.
        topic_id with_topic_id: Uuid = Default::default(), at(V(0, N));
        /// Array of PartitionData, all versions.
        partitions with_partitions: Vec<PartitionData> = Default::default(), at(V(0, N));
    }

    /// A part of ShareAcknowledgeResponse.
    PartitionData {
        /// int32, all versions.
        partition_index with_partition_index: i32 = Default::default(), at(V(0, N));
        /// int16, all versions.
        error_code with_error_code: i16 = Default::default(), at(V(0, N));
        /// string, all versions, nullable, null by default.
        error_message with_error_message: Option<StrBytes> = None, at(V(0, N)).null(V(0, N));
        /// LeaderIdAndEpoch, all versions.
        current_leader with_current_leader: LeaderIdAndEpoch = Default::default(), at(V(0, N));
    }

    /// A part of ShareAcknowledgeResponse.
    LeaderIdAndEpoch {
        /// int32, all versions.
        leader_id with_leader_id: i32 = Default::default(), at(V(0, N));
        /// int32, all versions.
        leader_epoch with_leader_epoch: i32 = Default::default(), at(V(0, N));
    }

    /// A part of ShareAcknowledgeResponse.
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

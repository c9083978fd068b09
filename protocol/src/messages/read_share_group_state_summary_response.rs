//! ReadShareGroupStateSummaryResponse, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    response ReadShareGroupStateSummaryResponse, key: 87, versions: V(0, 1), flexible: V(0, N);

    /// The body of ReadShareGroupStateSummaryResponse.
    ReadShareGroupStateSummaryResponse {
        /// Array of ReadStateSummaryResult, all versions.
        results with_results: Vec<ReadStateSummaryResult> = Default::default(), at(V(0, N));
    }

    /// A part of ReadShareGroupStateSummaryResponse.
    ReadStateSummaryResult {
        /// uuid, all versions.
        topic_id with_topic_id: Uuid = Default::default(), at(V(0, N));
        /// Array of PartitionResult, all versions.
        partitions with_partitions: Vec<PartitionResult> = Default::default(), at(V(0, N));
    }

    /// A part of ReadShareGroupStateSummaryResponse.
    PartitionResult {
        /// int32, all versions.
        partition with_partition: i32 = Default::default(), at(V(0, N));
        /// int16, all versions.
        error_code with_error_code: i16 = Default::default(), at(V(0, N));
        /// string, all versions, nullable, null by default.
        error_message with_error_message: Option<StrBytes> = None, at(V(0, N)).null(V(0, N));
        /// int32, all versions.
        state_epoch with_state_epoch: i32 = Default::default(), at(V(0, N));
        /// int32, all versions.
        leader_epoch with_leader_epoch: i32 = Default::default(), at(V(0, N));
        /// int64, all versions.
        start_offset with_start_offset: i64 = Default::default(), at(V(0, N));
        /// int32, v1 and later, -1 by default.
        delivery_complete_count with_delivery_complete_count: i32 = -1, at(V(1, N)).ignorable();
    }
}

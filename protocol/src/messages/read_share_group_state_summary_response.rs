//! ReadShareGroupStateSummaryResponse, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    response ReadShareGroupStateSummaryResponse, key: 87, versions: V(0, 1), flexible: V(0, N);

    /// The body of ReadShareGroupStateSummaryResponse.
    ReadShareGroupStateSummaryResponse {
        /// The read results.
        results with_results: Vec<ReadStateSummaryResult> = Default::default(), at(V(0, N));
    }

    /// A part of ReadShareGroupStateSummaryResponse.
    ReadStateSummaryResult {
        /// The topic identifier.
        topic_id with_topic_id: Uuid = Default::default(), at(V(0, N));
        /// The results for the partitions.
        partitions with_partitions: Vec<PartitionResult> = Default::default(), at(V(0, N));
    }

    /// A part of ReadShareGroupStateSummaryResponse.
    PartitionResult {
        /// The partition index.
        partition with_partition: i32 = Default::default(), at(V(0, N));
        /// The error code, or 0 if there was no error.
        error_code with_error_code: i16 = Default::default(), at(V(0, N));
        /// The error message, or null if there was no error.
        error_message with_error_message: Option<StrBytes> = None, at(V(0, N)).null(V(0, N));
        /// The state epoch of the share-partition.
        state_epoch with_state_epoch: i32 = Default::default(), at(V(0, N));
        /// The leader epoch of the share-partition.
        leader_epoch with_leader_epoch: i32 = Default::default(), at(V(0, N));
        /// The share-partition start offset.
        start_offset with_start_offset: i64 = Default::default(), at(V(0, N));
        /// The number of offsets greater than or equal to share-partition start offset for which delivery has been completed.
        delivery_complete_count with_delivery_complete_count: i32 = -1, at(V(1, N)).ignorable();
    }
}

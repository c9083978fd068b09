//! WriteTxnMarkersResponse, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    response WriteTxnMarkersResponse, key: 27, versions: V(1, 2), flexible: V(1, N);

    /// The body of WriteTxnMarkersResponse.
    WriteTxnMarkersResponse {
        /// Array of WritableTxnMarkerResult, all versions.
        markers with_markers: Vec<WritableTxnMarkerResult> = Default::default(), at(V(0, N));
    }

    /// A part of WriteTxnMarkersResponse.
    WritableTxnMarkerResult {
        /// int64, all versions.
        producer_id with_producer_id: ProducerId = Default::default(), at(V(0, N));
        /// Array of WritableTxnMarkerTopicResult, all versions.
        topics with_topics: Vec<WritableTxnMarkerTopicResult> = Default::default(), at(V(0, N));
    }

    /// A part of WriteTxnMarkersResponse.
    WritableTxnMarkerTopicResult {
        /// string, all versions.
        name with_name: TopicName = Default::default(), at(V(0, N));
        /// Array of WritableTxnMarkerPartitionResult, all versions.
        partitions with_partitions: Vec<WritableTxnMarkerPartitionResult> = Default::default(), at(V(0, N));
    }

    /// A part of WriteTxnMarkersResponse.
    WritableTxnMarkerPartitionResult {
        /// int32, all versions.
        partition_index with_partition_index: i32 = Default::default(), at(V(0, N));
        /// int16, all versions.
        error_code with_error_code: i16 = Default::default(), at(V(0, N));
    }
}

//! WriteTxnMarkersResponse, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    response WriteTxnMarkersResponse, key: 27, versions: V(1, 2), flexible: V(1, N);

    /// The body of WriteTxnMarkersResponse.
    WriteTxnMarkersResponse {
        /// The results for writing makers.
        markers with_markers: Vec<WritableTxnMarkerResult> = Default::default(), at(V(0, N));
    }

    /// A part of WriteTxnMarkersResponse.
    WritableTxnMarkerResult {
        /// The current producer ID in use by the transactional ID.
        producer_id with_producer_id: ProducerId = Default::default(), at(V(0, N));
        /// The results by topic.
        topics with_topics: Vec<WritableTxnMarkerTopicResult> = Default::default(), at(V(0, N));
    }

    /// A part of WriteTxnMarkersResponse.
    WritableTxnMarkerTopicResult {
        /// The topic name.
        name with_name: TopicName = Default::default(), at(V(0, N));
        /// The results by partition.
        partitions with_partitions: Vec<WritableTxnMarkerPartitionResult> = Default::default(), at(V(0, N));
    }

    /// A part of WriteTxnMarkersResponse.
    WritableTxnMarkerPartitionResult {
        /// The partition index.
        partition_index with_partition_index: i32 = Default::default(), at(V(0, N));
        /// The error code, or 0 if there was no error.
        error_code with_error_code: i16 = Default::default(), at(V(0, N));
    }
}

//! WriteTxnMarkersRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request WriteTxnMarkersRequest, key: 27, response: WriteTxnMarkersResponse, versions: V(1, 2), flexible: V(1, N);

    /// The body of WriteTxnMarkersRequest.
    WriteTxnMarkersRequest {
        /// Array of WritableTxnMarker, all versions.
        markers with_markers: Vec<WritableTxnMarker> = Default::default(), at(V(0, N));
    }

    /// A part of WriteTxnMarkersRequest.
    WritableTxnMarker {
        /// int64, all versions.
        producer_id with_producer_id: ProducerId = Default::default(), at(V(0, N));
        /// int16, all versions.
        producer_epoch with_producer_epoch: i16 = Default::default(), at(V(0, N));
        /// bool, all versions.
        transaction_result with_transaction_result: bool = Default::default(), at(V(0, N));
        /// Array of WritableTxnMarkerTopic, all versions.
        topics with_topics: Vec<WritableTxnMarkerTopic> = Default::default(), at(V(0, N));
        /// int32, all versions.
        coordinator_epoch with_coordinator_epoch: i32 = Default::default(), at(V(0, N));
        /// int8, v2 and later, 0 by default.
        transaction_version with_transaction_version: i8 = 0, at(V(2, N)).ignorable();
    }

    /// A part of WriteTxnMarkersRequest.
    WritableTxnMarkerTopic {
        /// string, all versions.
        name with_name: TopicName = Default::default(), at(V(0, N));
        /// Array of int32, all versions.
        partition_indexes with_partition_indexes: Vec<i32> = Default::default(), at(V(0, N));
    }
}

//! WriteTxnMarkersRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request WriteTxnMarkersRequest, key: 27, response: WriteTxnMarkersResponse, versions: V(1, 2), flexible: V(1, N);

    /// The body of WriteTxnMarkersRequest.
    WriteTxnMarkersRequest {
        /// The transaction markers to be written.
        markers with_markers: Vec<WritableTxnMarker> = Default::default(), at(V(0, N));
    }

    /// A part of WriteTxnMarkersRequest.
    WritableTxnMarker {
        /// The current producer ID.
        producer_id with_producer_id: ProducerId = Default::default(), at(V(0, N));
        /// The current epoch associated with the producer ID.
        producer_epoch with_producer_epoch: i16 = Default::default(), at(V(0, N));
        /// The result of the transaction to write to the partitions (false = ABORT, true = COMMIT).
        transaction_result with_transaction_result: bool = Default::default(), at(V(0, N));
        /// Each topic that we want to write transaction marker(s) for.
        topics with_topics: Vec<WritableTxnMarkerTopic> = Default::default(), at(V(0, N));
        /// Epoch associated with the transaction state partition hosted by this transaction coordinator.
        coordinator_epoch with_coordinator_epoch: i32 = Default::default(), at(V(0, N));
        /// Transaction version of the marker. Ex: 0/1 = legacy (TV0/TV1), 2 = TV2 etc.
        transaction_version with_transaction_version: i8 = 0, at(V(2, N)).ignorable();
    }

    /// A part of WriteTxnMarkersRequest.
    WritableTxnMarkerTopic {
        /// The topic name.
        name with_name: TopicName = Default::default(), at(V(0, N));
        /// The indexes of the partitions to write transaction markers for.
        partition_indexes with_partition_indexes: Vec<i32> = Default::default(), at(V(0, N));
    }
}

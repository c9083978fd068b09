//! ReadShareGroupStateSummaryRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request ReadShareGroupStateSummaryRequest, key: 87, response: ReadShareGroupStateSummaryResponse, versions: V(0, 1), flexible: V(0, N);

    /// The body of ReadShareGroupStateSummaryRequest.
    ReadShareGroupStateSummaryRequest {
        /// The group identifier.
        group_id with_group_id: StrBytes = Default::default(), at(V(0, N));
        /// The data for the topics.
        topics with_topics: Vec<ReadStateSummaryData> = Default::default(), at(V(0, N));
    }

    /// A part of ReadShareGroupStateSummaryRequest.
    ReadStateSummaryData {
        /// The topic identifier.
        topic_id with_topic_id: Uuid = Default::default(), at(V(0, N));
        /// The data for the partitions.
        partitions with_partitions: Vec<PartitionData> = Default::default(), at(V(0, N));
    }

    /// A part of ReadShareGroupStateSummaryRequest.
    PartitionData {
        /// The partition index.
        partition with_partition: i32 = Default::default(), at(V(0, N));
        /// The leader epoch of the share-partition.
        leader_epoch with_leader_epoch: i32 = Default::default(), at(V(0, N));
    }
}

//! ReadShareGroupStateSummaryRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request ReadShareGroupStateSummaryRequest, key: 87, response: ReadShareGroupStateSummaryResponse, versions: V(0, 1), flexible: V(0, N);

    /// The body of ReadShareGroupStateSummaryRequest.
    ReadShareGroupStateSummaryRequest {
        /// string, all versions.
        group_id with_group_id: StrBytes = Default::default(), at(V(0, N));
        /// Array of ReadStateSummaryData, all versions.
        topics with_topics: Vec<ReadStateSummaryData> = Default::default(), at(V(0, N));
    }

    /// A part of ReadShareGroupStateSummaryRequest.
    ReadStateSummaryData {
        /// uuid, all versions.
        topic_id with_topic_id: Uuid = Default::default(), at(V(0, N));
        /// Array of PartitionData, all versions.
        partitions with_partitions: Vec<PartitionData> = Default::default(), at(V(0, N));
    }

    /// A part of ReadShareGroupStateSummaryRequest.
    PartitionData {
        /// int32, all versions.
        partition with_partition: i32 = Default::default(), at(V(0, N));
        /// int32, all versions.
        leader_epoch with_leader_epoch: i32 = Default::default(), at(V(0, N));
    }
}

//! ListOffsetsRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request ListOffsetsRequest, key: 2, response: ListOffsetsResponse, versions: V(1, 11), flexible: V(6, N);

    /// The body of ListOffsetsRequest.
    ListOffsetsRequest {
        /// int32, all versions.
        replica_id with_replica_id: BrokerId = Default::default(), at(V(0, N));
        /// int8, v2 and later.
        isolation_level with_isolation_level: i8 = Default::default(), at(V(2, N));
        /// Array of ListOffsetsTopic, all versions.
        topics with_topics: Vec<ListOffsetsTopic> = Default::default(), at(V(0, N));
        /// int32, v10 and later.
        timeout_ms with_timeout_ms: i32 = Default::default(), at(V(10, N)).ignorable();
    }

    /// A part of ListOffsetsRequest.
    ListOffsetsTopic {
        /// string, all versions.
        name with_name: TopicName = Default::default(), at(V(0, N));
        /// Array of ListOffsetsPartition, all versions.
        partitions with_partitions: Vec<ListOffsetsPartition> = Default::default(), at(V(0, N));
    }

    /// A part of ListOffsetsRequest.
    ListOffsetsPartition {
        /// int32, all versions.
        partition_index with_partition_index: i32 = Default::default(), at(V(0, N));
        /// int32, v4 and later, -1 by default.
        current_leader_epoch with_current_leader_epoch: i32 = -1, at(V(4, N)).ignorable();
        /// int64, all versions.
        timestamp with_timestamp: i64 = Default::default(), at(V(0, N));
    }
}

//! ListOffsetsResponse, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    response ListOffsetsResponse, key: 2, versions: V(1, 11), flexible: V(6, N);

    /// The body of ListOffsetsResponse.
    ListOffsetsResponse {
        /// int32, v2 and later.
        throttle_time_ms with_throttle_time_ms: i32 = Default::default(), at(V(2, N)).ignorable();
        /// Array of ListOffsetsTopicResponse, all versions.
        topics with_topics: Vec<ListOffsetsTopicResponse> = Default::default(), at(V(0, N));
    }

    /// A part of ListOffsetsResponse.
    ListOffsetsTopicResponse {
        /// string, all versions.
        name with_name: TopicName = Default::default(), at(V(0, N));
        /// Array of ListOffsetsPartitionResponse, all versions.
        partitions with_partitions: Vec<ListOffsetsPartitionResponse> = Default::default(), at(V(0, N));
    }

    /// A part of ListOffsetsResponse.
    ListOffsetsPartitionResponse {
        /// int32, all versions.
        partition_index with_partition_index: i32 = Default::default(), at(V(0, N));
        /// int16, all versions.
        error_code with_error_code: i16 = Default::default(), at(V(0, N));
        /// int64, all versions, -1 by default.
        timestamp with_timestamp: i64 = -1, at(V(1, N));
        /// int64, all versions, -1 by default.
        offset with_offset: i64 = -1, at(V(1, N));
        /// int32, v4 and later, -1 by default.
        leader_epoch with_leader_epoch: i32 = -1, at(V(4, N));
    }
}

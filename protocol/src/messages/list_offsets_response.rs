//! ListOffsetsResponse, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    response ListOffsetsResponse, key: 2, versions: V(1, 11), flexible: V(6, N);

    /// The body of ListOffsetsResponse.
    ListOffsetsResponse {
        /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero if the request did not violate any quota.
        throttle_time_ms with_throttle_time_ms: i32 = Default::default(), at(V(2, N)).ignorable();
        /// Each topic in the response.
        topics with_topics: Vec<ListOffsetsTopicResponse> = Default::default(), at(V(0, N));
    }

    /// A part of ListOffsetsResponse.
    ListOffsetsTopicResponse {
        /// The topic name.
        name with_name: TopicName = Default::default(), at(V(0, N));
        /// Each partition in the response.
        partitions with_partitions: Vec<ListOffsetsPartitionResponse> = Default::default(), at(V(0, N));
    }

    /// A part of ListOffsetsResponse.
    ListOffsetsPartitionResponse {
        /// The partition index.
        partition_index with_partition_index: i32 = Default::default(), at(V(0, N));
        /// The partition error code, or 0 if there was no error.
        error_code with_error_code: i16 = Default::default(), at(V(0, N));
        /// The timestamp associated with the returned offset.
        timestamp with_timestamp: i64 = -1, at(V(1, N));
        /// The returned offset.
        offset with_offset: i64 = -1, at(V(1, N));
        /// The leader epoch associated with the returned offset.
        leader_epoch with_leader_epoch: i32 = -1, at(V(4, N));
    }
}

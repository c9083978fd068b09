//! DescribeShareGroupOffsetsResponse, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    response DescribeShareGroupOffsetsResponse, key: 90, versions: V(0, 1), flexible: V(0, N);

    /// The body of DescribeShareGroupOffsetsResponse.
    DescribeShareGroupOffsetsResponse {
        /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero if the request did not violate any quota.
        throttle_time_ms with_throttle_time_ms: i32 = Default::default(), at(V(0, N));
        /// The results for each group.
        groups with_groups: Vec<DescribeShareGroupOffsetsResponseGroup> = Default::default(), at(V(0, N));
    }

    /// A part of DescribeShareGroupOffsetsResponse.
    DescribeShareGroupOffsetsResponseGroup {
        /// The group identifier.
        group_id with_group_id: GroupId = Default::default(), at(V(0, N));
        /// The results for each topic.
        topics with_topics: Vec<DescribeShareGroupOffsetsResponseTopic> = Default::default(), at(V(0, N));
        /// The group-level error code, or 0 if there was no error.
        error_code with_error_code: i16 = Default::default(), at(V(0, N));
        /// The group-level error message, or null if there was no error.
        error_message with_error_message: Option<StrBytes> = None, at(V(0, N)).null(V(0, N));
    }

    /// A part of DescribeShareGroupOffsetsResponse.
    DescribeShareGroupOffsetsResponseTopic {
        /// The topic name.
        topic_name with_topic_name: TopicName = Default::default(), at(V(0, N));
        /// The unique topic ID.
        topic_id with_topic_id: Uuid = Default::default(), at(V(0, N));
        /// Kafka says nothing about it.
        partitions with_partitions: Vec<DescribeShareGroupOffsetsResponsePartition> = Default::default(), at(V(0, N));
    }

    /// A part of DescribeShareGroupOffsetsResponse.
    DescribeShareGroupOffsetsResponsePartition {
        /// The partition index.
        partition_index with_partition_index: i32 = Default::default(), at(V(0, N));
        /// The share-partition start offset.
        start_offset with_start_offset: i64 = Default::default(), at(V(0, N));
        /// The leader epoch of the partition.
        leader_epoch with_leader_epoch: i32 = Default::default(), at(V(0, N));
        /// The share-partition lag.
        lag with_lag: i64 = -1, at(V(1, N)).ignorable();
        /// The partition-level error code, or 0 if there was no error.
        error_code with_error_code: i16 = Default::default(), at(V(0, N));
        /// The partition-level error message, or null if there was no error.
        error_message with_error_message: Option<StrBytes> = None, at(V(0, N)).null(V(0, N));
    }
}

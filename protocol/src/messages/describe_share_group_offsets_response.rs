//! DescribeShareGroupOffsetsResponse, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    response DescribeShareGroupOffsetsResponse, key: 90, versions: V(0, 1), flexible: V(0, N);

    /// The body of DescribeShareGroupOffsetsResponse.
    DescribeShareGroupOffsetsResponse {
        /// int32, all versions.
        throttle_time_ms with_throttle_time_ms: i32 = Default::default(), at(V(0, N));
        /// Array of DescribeShareGroupOffsetsResponseGroup, all versions.
        groups with_groups: Vec<DescribeShareGroupOffsetsResponseGroup> = Default::default(), at(V(0, N));
    }

    /// A part of DescribeShareGroupOffsetsResponse.
    DescribeShareGroupOffsetsResponseGroup {
        /// string, all versions.
        group_id with_group_id: GroupId = Default::default(), at(V(0, N));
        /// Array of DescribeShareGroupOffsetsResponseTopic, all versions.
        topics with_topics: Vec<DescribeShareGroupOffsetsResponseTopic> = Default::default(), at(V(0, N));
        /// int16, all versions.
        error_code with_error_code: i16 = Default::default(), at(V(0, N));
        /// string, all versions, nullable, null by default.
        error_message with_error_message: Option<StrBytes> = None, at(V(0, N)).null(V(0, N));
    }

    /// A part of DescribeShareGroupOffsetsResponse.
    DescribeShareGroupOffsetsResponseTopic {
        /// string, all versions.
        topic_name with_topic_name: TopicName = Default::default(), at(V(0, N));
        /// uuid, all versions.
        topic_id with_topic_id: Uuid = Default::default(), at(V(0, N));
        /// Array of DescribeShareGroupOffsetsResponsePartition, all versions.
        partitions with_partitions: Vec<DescribeShareGroupOffsetsResponsePartition> = Default::default(), at(V(0, N));
    }

    /// A part of DescribeShareGroupOffsetsResponse.
    DescribeShareGroupOffsetsResponsePartition {
        /// int32, all versions.
        partition_index with_partition_index: i32 = Default::default(), at(V(0, N));
        /// int64, all versions.
        start_offset with_start_offset: i64 = Default::default(), at(V(0, N));
        /// int32, all versions.
        leader_epoch with_leader_epoch: i32 = Default::default(), at(V(0, N));
        /// int64, v1 and later, -1 by default.
        lag with_lag: i64 = -1, at(V(1, N)).ignorable();
        /// int16, all versions.
        error_code with_error_code: i16 = Default::default(), at(V(0, N));
        /// string, all versions, nullable, null by default.
        error_message with_error_message: Option<StrBytes> = None, at(V(0, N)).null(V(0, N));
    }
}

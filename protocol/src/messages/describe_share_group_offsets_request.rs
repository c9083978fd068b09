//! DescribeShareGroupOffsetsRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request DescribeShareGroupOffsetsRequest, key: 90, response: DescribeShareGroupOffsetsResponse, versions: V(0, 1), flexible: V(0, N);

    /// The body of DescribeShareGroupOffsetsRequest.
    DescribeShareGroupOffsetsRequest {
        /// Array of DescribeShareGroupOffsetsRequestGroup, all versions.
        groups with_groups: Vec<DescribeShareGroupOffsetsRequestGroup> = Default::default(), at(V(0, N));
    }

    /// A part of DescribeShareGroupOffsetsRequest.
    DescribeShareGroupOffsetsRequestGroup {
        /// string, all versions.
        group_id with_group_id: GroupId = Default::default(), at(V(0, N));
        /// Array of DescribeShareGroupOffsetsRequestTopic, all versions, nullable.
        topics with_topics: Option<Vec<DescribeShareGroupOffsetsRequestTopic>> = Some(Default::default()), at(V(0, N)).null(V(0, N));
    }

    /// A part of DescribeShareGroupOffsetsRequest.
    DescribeShareGroupOffsetsRequestTopic {
        /// string, all versions.
        topic_name with_topic_name: TopicName = Default::default(), at(V(0, N));
        /// Array of int32, all versions.
        partitions with_partitions: Vec<i32> = Default::default(), at(V(0, N));
    }
}

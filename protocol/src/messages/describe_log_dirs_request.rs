//! DescribeLogDirsRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request DescribeLogDirsRequest, key: 35, response: DescribeLogDirsResponse, versions: V(1, 5), flexible: V(2, N);

    /// The body of DescribeLogDirsRequest.
    DescribeLogDirsRequest {
        /// Array of DescribableLogDirTopic, all versions, nullable.
        topics with_topics: Option<Vec<DescribableLogDirTopic>> = Some(Default::default()), at(V(0, N)).null(V(0, N));
    }

    /// A part of DescribeLogDirsRequest.
    DescribableLogDirTopic {
        /// string, all versions.
        topic with_topic: TopicName = Default::default(), at(V(0, N));
        /// Array of int32, all versions.
        partitions with_partitions: Vec<i32> = Default::default(), at(V(0, N));
    }
}

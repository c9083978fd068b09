//! DescribeLogDirsRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request DescribeLogDirsRequest, key: 35, response: DescribeLogDirsResponse, versions: V(1, 5), flexible: V(2, N);

    /// The body of DescribeLogDirsRequest.
    DescribeLogDirsRequest {
        /// Each topic that we want to describe log directories for, or null for all topics.
        topics with_topics: Option<Vec<DescribableLogDirTopic>> = Some(Default::default()), at(V(0, N)).null(V(0, N));
    }

    /// A part of DescribeLogDirsRequest.
    DescribableLogDirTopic {
        /// The topic name.
        topic with_topic: TopicName = Default::default(), at(V(0, N));
        /// The partition indexes.
        partitions with_partitions: Vec<i32> = Default::default(), at(V(0, N));
    }
}

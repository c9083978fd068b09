//! TxnOffsetCommitResponse, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    response TxnOffsetCommitResponse, key: 28, versions: V(0, 6), flexible: V(3, N);

    /// The body of TxnOffsetCommitResponse.
    TxnOffsetCommitResponse {
        /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero if the request did not violate any quota.
        throttle_time_ms with_throttle_time_ms: i32 = Default::default(), at(V(0, N));
        /// The responses for each topic.
        topics with_topics: Vec<TxnOffsetCommitResponseTopic> = Default::default(), at(V(0, N));
    }

    /// A part of TxnOffsetCommitResponse.
    TxnOffsetCommitResponseTopic {
        /// The topic name.
        name with_name: TopicName = Default::default(), at(V(0, 5)).ignorable();
        /// The topic ID.
        topic_id with_topic_id: Uuid = Default::default(), at(V(6, N)).ignorable();
        /// The responses for each partition in the topic.
        partitions with_partitions: Vec<TxnOffsetCommitResponsePartition> = Default::default(), at(V(0, N));
    }

    /// A part of TxnOffsetCommitResponse.
    TxnOffsetCommitResponsePartition {
        /// The partition index.
        partition_index with_partition_index: i32 = Default::default(), at(V(0, N));
        /// The error code, or 0 if there was no error.
        error_code with_error_code: i16 = Default::default(), at(V(0, N));
    }
}

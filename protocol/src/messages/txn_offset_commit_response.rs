//! TxnOffsetCommitResponse, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    response TxnOffsetCommitResponse, key: 28, versions: V(0, 6), flexible: V(3, N);

    /// The body of TxnOffsetCommitResponse.
    TxnOffsetCommitResponse {
        /// int32, all versions.
        throttle_time_ms with_throttle_time_ms: i32 = Default::default(), at(V(0, N));
        /// Array of TxnOffsetCommitResponseTopic, all versions.
        topics with_topics: Vec<TxnOffsetCommitResponseTopic> = Default::default(), at(V(0, N));
    }

    /// A part of TxnOffsetCommitResponse.
    TxnOffsetCommitResponseTopic {
        /// string, v0 to v5.
        name with_name: TopicName = Default::default(), at(V(0, 5)).ignorable();
        /// uuid, v6 and later.
        topic_id with_topic_id: Uuid = Default::default(), at(V(6, N)).ignorable();
        /// Array of TxnOffsetCommitResponsePartition, all versions.
        partitions with_partitions: Vec<TxnOffsetCommitResponsePartition> = Default::default(), at(V(0, N));
    }

    /// A part of TxnOffsetCommitResponse.
    TxnOffsetCommitResponsePartition {
        /// int32, all versions.
        partition_index with_partition_index: i32 = Default::default(), at(V(0, N));
        /// int16, all versions.
        error_code with_error_code: i16 = Default::default(), at(V(0, N));
    }
}

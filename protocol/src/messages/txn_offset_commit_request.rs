//! TxnOffsetCommitRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request TxnOffsetCommitRequest, key: 28, response: TxnOffsetCommitResponse, versions: V(0, 6), flexible: V(3, N);

    /// The body of TxnOffsetCommitRequest.
    TxnOffsetCommitRequest {
        /// string, all versions.
        transactional_id with_transactional_id: TransactionalId = Default::default(), at(V(0, N));
        /// string, all versions.
        group_id with_group_id: GroupId = Default::default(), at(V(0, N));
        /// int64, all versions.
        producer_id with_producer_id: ProducerId = Default::default(), at(V(0, N));
        /// int16, all versions.
        producer_epoch with_producer_epoch: i16 = Default::default(), at(V(0, N));
        /// int32, v3 and later, -1 by default.
        generation_id_or_member_epoch with_generation_id_or_member_epoch: i32 = -1, at(V(3, N));
        /// string, v3 and later.
        member_id with_member_id: StrBytes = Default::default(), at(V(3, N));
        /// string, v3 and later, nullable, null by default.
        group_instance_id with_group_instance_id: Option<StrBytes> = None, at(V(3, N)).null(V(3, N));
        /// Array of TxnOffsetCommitRequestTopic, all versions.
        topics with_topics: Vec<TxnOffsetCommitRequestTopic> = Default::default(), at(V(0, N));
    }

    /// A part of TxnOffsetCommitRequest.
    TxnOffsetCommitRequestTopic {
        /// string, v0 to v5.
        name with_name: TopicName = Default::default(), at(V(0, 5)).ignorable();
        /// uuid, v6 and later.
        topic_id with_topic_id: Uuid = Default::default(), at(V(6, N)).ignorable();
        /// Array of TxnOffsetCommitRequestPartition, all versions.
        partitions with_partitions: Vec<TxnOffsetCommitRequestPartition> = Default::default(), at(V(0, N));
    }

    /// A part of TxnOffsetCommitRequest.
    TxnOffsetCommitRequestPartition {
        /// int32, all versions.
        partition_index with_partition_index: i32 = Default::default(), at(V(0, N));
        /// int64, all versions.
        committed_offset with_committed_offset: i64 = Default::default(), at(V(0, N));
        /// int32, v2 and later, -1 by default.
        committed_leader_epoch with_committed_leader_epoch: i32 = -1, at(V(2, N)).ignorable();
        /// string, all versions, nullable.
        committed_metadata with_committed_metadata: Option<StrBytes> = Some(Default::default()), at(V(0, N)).null(V(0, N));
    }
}

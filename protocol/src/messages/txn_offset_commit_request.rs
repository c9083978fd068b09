//! TxnOffsetCommitRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request TxnOffsetCommitRequest, key: 28, response: TxnOffsetCommitResponse, versions: V(0, 6), flexible: V(3, N);

    /// The body of TxnOffsetCommitRequest.
    TxnOffsetCommitRequest {
        /// The ID of the transaction.
        transactional_id with_transactional_id: TransactionalId = Default::default(), at(V(0, N));
        /// The ID of the group.
        group_id with_group_id: GroupId = Default::default(), at(V(0, N));
        /// The current producer ID in use by the transactional ID.
        producer_id with_producer_id: ProducerId = Default::default(), at(V(0, N));
        /// The current epoch associated with the producer ID.
        producer_epoch with_producer_epoch: i16 = Default::default(), at(V(0, N));
        /// The generation of the group if using the classic group protocol or the member epoch if using the consumer protocol.
        generation_id_or_member_epoch with_generation_id_or_member_epoch: i32 = -1, at(V(3, N));
        /// The member ID assigned by the group coordinator.
        member_id with_member_id: StrBytes = Default::default(), at(V(3, N));
        /// The unique identifier of the consumer instance provided by end user.
        group_instance_id with_group_instance_id: Option<StrBytes> = None, at(V(3, N)).null(V(3, N));
        /// Each topic that we want to commit offsets for.
        topics with_topics: Vec<TxnOffsetCommitRequestTopic> = Default::default(), at(V(0, N));
    }

    /// A part of TxnOffsetCommitRequest.
    TxnOffsetCommitRequestTopic {
        /// The topic name.
        name with_name: TopicName = Default::default(), at(V(0, 5)).ignorable();
        /// The topic ID.
        topic_id with_topic_id: Uuid = Default::default(), at(V(6, N)).ignorable();
        /// The partitions inside the topic that we want to commit offsets for.
        partitions with_partitions: Vec<TxnOffsetCommitRequestPartition> = Default::default(), at(V(0, N));
    }

    /// A part of TxnOffsetCommitRequest.
    TxnOffsetCommitRequestPartition {
        /// The index of the partition within the topic.
        partition_index with_partition_index: i32 = Default::default(), at(V(0, N));
        /// The message offset to be committed.
        committed_offset with_committed_offset: i64 = Default::default(), at(V(0, N));
        /// The leader epoch of the last consumed record.
        committed_leader_epoch with_committed_leader_epoch: i32 = -1, at(V(2, N)).ignorable();
        /// Any associated metadata the client wants to keep.
        committed_metadata with_committed_metadata: Option<StrBytes> = Some(Default::default()), at(V(0, N)).null(V(0, N));
    }
}

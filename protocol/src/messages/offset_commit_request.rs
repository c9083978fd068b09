//! OffsetCommitRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request OffsetCommitRequest, key: 8, response: OffsetCommitResponse, versions: V(2, 10), flexible: V(8, N);

    /// The body of OffsetCommitRequest.
    OffsetCommitRequest {
        /// The unique group identifier.
        group_id with_group_id: GroupId = Default::default(), at(V(0, N));
        /// The generation of the group if using the classic group protocol or the member epoch if using the consumer protocol.
        generation_id_or_member_epoch with_generation_id_or_member_epoch: i32 = -1, at(V(1, N)).ignorable();
        /// The member ID assigned by the group coordinator.
        member_id with_member_id: StrBytes = Default::default(), at(V(1, N)).ignorable();
        /// The unique identifier of the consumer instance provided by end user.
        group_instance_id with_group_instance_id: Option<StrBytes> = None, at(V(7, N)).null(V(7, N));
        /// The time period in ms to retain the offset.
        retention_time_ms with_retention_time_ms: i64 = -1, at(V(2, 4)).ignorable();
        /// The topics to commit offsets for.
        topics with_topics: Vec<OffsetCommitRequestTopic> = Default::default(), at(V(0, N));
    }

    /// A part of OffsetCommitRequest.
    OffsetCommitRequestTopic {
        /// The topic name.
        name with_name: TopicName = Default::default(), at(V(0, 9)).ignorable();
        /// The topic ID.
        topic_id with_topic_id: Uuid = Default::default(), at(V(10, N)).ignorable();
        /// Each partition to commit offsets for.
        partitions with_partitions: Vec<OffsetCommitRequestPartition> = Default::default(), at(V(0, N));
    }

    /// A part of OffsetCommitRequest.
    OffsetCommitRequestPartition {
        /// The partition index.
        partition_index with_partition_index: i32 = Default::default(), at(V(0, N));
        /// The message offset to be committed.
        committed_offset with_committed_offset: i64 = Default::default(), at(V(0, N));
        /// The leader epoch of this partition.
        committed_leader_epoch with_committed_leader_epoch: i32 = -1, at(V(6, N)).ignorable();
        /// Any associated metadata the client wants to keep.
        committed_metadata with_committed_metadata: Option<StrBytes> = Some(Default::default()), at(V(0, N)).null(V(0, N));
    }
}

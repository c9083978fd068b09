//! OffsetCommitRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request OffsetCommitRequest, key: 8, response: OffsetCommitResponse, versions: V(2, 10), flexible: V(8, N);

    /// The body of OffsetCommitRequest.
    OffsetCommitRequest {
        /// string, all versions.
        group_id with_group_id: GroupId = Default::default(), at(V(0, N));
        /// int32, all versions, -1 by default.
        generation_id_or_member_epoch with_generation_id_or_member_epoch: i32 = -1, at(V(1, N)).ignorable();
        /// string, all versions.
        member_id with_member_id: StrBytes = Default::default(), at(V(1, N)).ignorable();
        /// string, v7 and later, nullable, null by default.
        group_instance_id with_group_instance_id: Option<StrBytes> = None, at(V(7, N)).null(V(7, N));
        /// int64, v2 to v4, -1 by default.
        retention_time_ms with_retention_time_ms: i64 = -1, at(V(2, 4)).ignorable();
        /// Array of OffsetCommitRequestTopic, all versions.
        topics with_topics: Vec<OffsetCommitRequestTopic> = Default::default(), at(V(0, N));
    }

    /// A part of OffsetCommitRequest.
    OffsetCommitRequestTopic {
        /// string, v0 to v9.
        name with_name: TopicName = Default::default(), at(V(0, 9)).ignorable();
        /// uuid, v10 and later.
        topic_id with_topic_id: Uuid = Default::default(), at(V(10, N)).ignorable();
        /// Array of OffsetCommitRequestPartition, all versions.
        partitions with_partitions: Vec<OffsetCommitRequestPartition> = Default::default(), at(V(0, N));
    }

    /// A part of OffsetCommitRequest.
    OffsetCommitRequestPartition {
        /// int32, all versions.
        partition_index with_partition_index: i32 = Default::default(), at(V(0, N));
        /// int64, all versions.
        committed_offset with_committed_offset: i64 = Default::default(), at(V(0, N));
        /// int32, v6 and later, -1 by default.
        committed_leader_epoch with_committed_leader_epoch: i32 = -1, at(V(6, N)).ignorable();
        /// string, all versions, nullable.
        committed_metadata with_committed_metadata: Option<StrBytes> = Some(Default::default()), at(V(0, N)).null(V(0, N));
    }
}

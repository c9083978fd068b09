//! OffsetFetchRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request OffsetFetchRequest, key: 9, response: OffsetFetchResponse, versions: V(1, 10), flexible: V(6, N);

    /// The body of OffsetFetchRequest.
    OffsetFetchRequest {
        /// The group to fetch offsets for.
        group_id with_group_id: GroupId = Default::default(), at(V(0, 7));
        /// Each topic we would like to fetch offsets for, or null to fetch offsets for all topics.
        topics with_topics: Option<Vec<OffsetFetchRequestTopic>> = Some(Default::default()), at(V(0, 7)).null(V(2, 7));
        /// Each group we would like to fetch offsets for.
        groups with_groups: Vec<OffsetFetchRequestGroup> = Default::default(), at(V(8, N));
        /// Whether broker should hold on returning unstable offsets but set a retriable error code for the partitions.
        require_stable with_require_stable: bool = false, at(V(7, N));
    }

    /// A part of OffsetFetchRequest.
    OffsetFetchRequestTopic {
        /// The topic name.
        name with_name: TopicName = Default::default(), at(V(0, 7));
        /// The partition indexes we would like to fetch offsets for.
        partition_indexes with_partition_indexes: Vec<i32> = Default::default(), at(V(0, 7));
    }

    /// A part of OffsetFetchRequest.
    OffsetFetchRequestGroup {
        /// The group ID.
        group_id with_group_id: GroupId = Default::default(), at(V(8, N));
        /// The member id.
        member_id with_member_id: Option<StrBytes> = None, at(V(9, N)).null(V(9, N)).ignorable();
        /// The member epoch if using the new consumer protocol (KIP-848).
        member_epoch with_member_epoch: i32 = -1, at(V(9, N)).ignorable();
        /// Each topic we would like to fetch offsets for, or null to fetch offsets for all topics.
        topics with_topics: Option<Vec<OffsetFetchRequestTopics>> = Some(Default::default()), at(V(8, N)).null(V(8, N));
    }

    /// A part of OffsetFetchRequest.
    OffsetFetchRequestTopics {
        /// The topic name.
        name with_name: TopicName = Default::default(), at(V(8, 9)).ignorable();
        /// The topic ID.
        topic_id with_topic_id: Uuid = Default::default(), at(V(10, N)).ignorable();
        /// The partition indexes we would like to fetch offsets for.
        partition_indexes with_partition_indexes: Vec<i32> = Default::default(), at(V(8, N));
    }
}

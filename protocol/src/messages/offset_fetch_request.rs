//! OffsetFetchRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request OffsetFetchRequest, key: 9, response: OffsetFetchResponse, versions: V(1, 10), flexible: V(6, N);

    /// The body of OffsetFetchRequest.
    OffsetFetchRequest {
        /// string, v0 to v7.
        group_id with_group_id: GroupId = Default::default(), at(V(0, 7));
        /// Array of OffsetFetchRequestTopic, v0 to v7, nullable in v2 to v7.
        topics with_topics: Option<Vec<OffsetFetchRequestTopic>> = Some(Default::default()), at(V(0, 7)).null(V(2, 7));
        /// Array of OffsetFetchRequestGroup, v8 and later.
        groups with_groups: Vec<OffsetFetchRequestGroup> = Default::default(), at(V(8, N));
        /// bool, v7 and later, false by default.
        require_stable with_require_stable: bool = false, at(V(7, N));
    }

    /// A part of OffsetFetchRequest.
    OffsetFetchRequestTopic {
        /// string, v0 to v7.
        name with_name: TopicName = Default::default(), at(V(0, 7));
        /// Array of int32, v0 to v7.
        partition_indexes with_partition_indexes: Vec<i32> = Default::default(), at(V(0, 7));
    }

    /// A part of OffsetFetchRequest.
    OffsetFetchRequestGroup {
        /// string, v8 and later.
        group_id with_group_id: GroupId = Default::default(), at(V(8, N));
        /// string, v9 and later, nullable, null by default.
        member_id with_member_id: Option<StrBytes> = None, at(V(9, N)).null(V(9, N)).ignorable();
        /// int32, v9 and later, -1 by default.
        member_epoch with_member_epoch: i32 = -1, at(V(9, N)).ignorable();
        /// Array of OffsetFetchRequestTopics, v8 and later, nullable.
        topics with_topics: Option<Vec<OffsetFetchRequestTopics>> = Some(Default::default()), at(V(8, N)).null(V(8, N));
    }

    /// A part of OffsetFetchRequest.
    OffsetFetchRequestTopics {
        /// string, v8 to v9.
        name with_name: TopicName = Default::default(), at(V(8, 9)).ignorable();
        /// uuid, v10 and later.
        topic_id with_topic_id: Uuid = Default::default(), at(V(10, N)).ignorable();
        /// Array of int32, v8 and later.
        partition_indexes with_partition_indexes: Vec<i32> = Default::default(), at(V(8, N));
    }
}

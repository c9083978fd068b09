//! ShareFetchRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request ShareFetchRequest, key: 78, response: ShareFetchResponse, versions: V(1, 2), flexible: V(0, N);

    /// The body of ShareFetchRequest.
    ShareFetchRequest {
        /// string, all versions, nullable, null by default.
        group_id with_group_id: Option<GroupId> = None, at(V(0, N)).null(V(0, N));
        /// string, all versions, nullable.
        member_id with_member_id: Option<StrBytes> = Some(Default::default()), at(V(0, N)).null(V(0, N));
        /// int32, all versions.
        share_session_epoch with_share_session_epoch: i32 = Default::default(), at(V(0, N));
        /// int32, all versions.
        max_wait_ms with_max_wait_ms: i32 = Default::default(), at(V(0, N));
        /// int32, all versions.
        min_bytes with_min_bytes: i32 = Default::default(), at(V(0, N));
        /// int32, all versions, 0x7fffffff by default.
        max_bytes with_max_bytes: i32 = 0x7fffffff, at(V(0, N));
        /// int32, all versions.
        max_records with_max_records: i32 = Default::default(), at(V(1, N));
        /// int32, all versions.
        batch_size with_batch_size: i32 = Default::default(), at(V(1, N));
        /// int8, v2 and later, 0 by default.
        share_acquire_mode with_share_acquire_mode: i8 = 0, at(V(2, N)).ignorable();
        /// bool, v2 and later, false by default.
        is_renew_ack with_is_renew_ack: bool = false, at(V(2, N));
        /// Array of FetchTopic, all versions.
        topics with_topics: Vec<FetchTopic> = Default::default(), at(V(0, N));
        /// Array of ForgottenTopic, all versions.
        forgotten_topics_data with_forgotten_topics_data: Vec<ForgottenTopic> = Default::default(), at(V(0, N));
    }

    /// A part of ShareFetchRequest.
    FetchTopic {
        /// uuid, all versions.
        topic_id with_topic_id: Uuid = Default::default(), at(V(0, N));
        /// Array of FetchPartition, all versions.
        partitions with_partitions: Vec<FetchPartition> = Default::default(), at(V(0, N));
    }

    /// A part of ShareFetchRequest.
    FetchPartition {
        /// int32, all versions.
        partition_index with_partition_index: i32 = Default::default(), at(V(0, N));
        /// int32, v0.
        partition_max_bytes with_partition_max_bytes: i32 = Default::default(), at(V(0, 0));
        /// Array of AcknowledgementBatch, all versions.
        acknowledgement_batches with_acknowledgement_batches: Vec<AcknowledgementBatch> = Default::default(), at(V(0, N));
    }

    /// A part of ShareFetchRequest.
    AcknowledgementBatch {
        /// int64, all versions.
        first_offset with_first_offset: i64 = Default::default(), at(V(0, N));
        /// int64, all versions.
        last_offset with_last_offset: i64 = Default::default(), at(V(0, N));
        /// Array of int8, all versions.
        acknowledge_types with_acknowledge_types: Vec<i8> = Default::default(), at(V(0, N));
    }

    /// A part of ShareFetchRequest.
    ForgottenTopic {
        /// uuid, all versions.
        topic_id with_topic_id: Uuid = Default::default(), at(V(0, N));
        /// Array of int32, all versions.
        partitions with_partitions: Vec<i32> = Default::default(), at(V(0, N));
    }
}

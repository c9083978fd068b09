//! ShareFetchRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request ShareFetchRequest, key: 78, response: ShareFetchResponse, versions: V(1, 2), flexible: V(0, N);

    /// The body of ShareFetchRequest.
    ShareFetchRequest {
        /// The group identifier.
        group_id with_group_id: Option<GroupId> = None, at(V(0, N)).null(V(0, N));
        /// The member ID.
        member_id with_member_id: Option<StrBytes> = Some(Default::default()), at(V(0, N)).null(V(0, N));
        /// The current share session epoch: 0 to open a share session; -1 to close it; otherwise increments for consecutive requests.
        share_session_epoch with_share_session_epoch: i32 = Default::default(), at(V(0, N));
        /// The maximum time in milliseconds to wait for the response.
        max_wait_ms with_max_wait_ms: i32 = Default::default(), at(V(0, N));
        /// The minimum bytes to accumulate in the response.
        min_bytes with_min_bytes: i32 = Default::default(), at(V(0, N));
        /// The maximum bytes to fetch. See KIP-74 for cases where this limit may not be honored.
        max_bytes with_max_bytes: i32 = 0x7fffffff, at(V(0, N));
        /// The maximum number of records to fetch. This limit can be exceeded for alignment of batch boundaries.
        max_records with_max_records: i32 = Default::default(), at(V(1, N));
        /// The optimal number of records for batches of acquired records and acknowledgements.
        batch_size with_batch_size: i32 = Default::default(), at(V(1, N));
        /// The acquire mode to control the fetch behavior - 0:batch-optimized,1:record-limit.
        share_acquire_mode with_share_acquire_mode: i8 = 0, at(V(2, N)).ignorable();
        /// Whether Renew type acknowledgements present in AcknowledgementBatches.
        is_renew_ack with_is_renew_ack: bool = false, at(V(2, N));
        /// The topics to fetch.
        topics with_topics: Vec<FetchTopic> = Default::default(), at(V(0, N));
        /// The partitions to remove from this share session.
        forgotten_topics_data with_forgotten_topics_data: Vec<ForgottenTopic> = Default::default(), at(V(0, N));
    }

    /// A part of ShareFetchRequest.
    FetchTopic {
        /// The unique topic ID.
        topic_id with_topic_id: Uuid = Default::default(), at(V(0, N));
        /// The partitions to fetch.
        partitions with_partitions: Vec<FetchPartition> = Default::default(), at(V(0, N));
    }

    /// A part of ShareFetchRequest.
    FetchPartition {
        /// The partition index.
        partition_index with_partition_index: i32 = Default::default(), at(V(0, N));
        /// The maximum bytes to fetch from this partition. 0 when only acknowledgement with no fetching is required. See KIP-74 for cases where this limit may not be honored.
        partition_max_bytes with_partition_max_bytes: i32 = Default::default(), at(V(0, 0));
        /// Record batches to acknowledge.
        acknowledgement_batches with_acknowledgement_batches: Vec<AcknowledgementBatch> = Default::default(), at(V(0, N));
    }

    /// A part of ShareFetchRequest.
    AcknowledgementBatch {
        /// First offset of batch of records to acknowledge.
        first_offset with_first_offset: i64 = Default::default(), at(V(0, N));
        /// Last offset (inclusive) of batch of records to acknowledge.
        last_offset with_last_offset: i64 = Default::default(), at(V(0, N));
        /// Array of acknowledge types - 0:Gap,1:Accept,2:Release,3:Reject,4:Renew.
        acknowledge_types with_acknowledge_types: Vec<i8> = Default::default(), at(V(0, N));
    }

    /// A part of ShareFetchRequest.
    ForgottenTopic {
        /// The unique topic ID.
        topic_id with_topic_id: Uuid = Default::default(), at(V(0, N));
        /// The partitions indexes to forget.
        partitions with_partitions: Vec<i32> = Default::default(), at(V(0, N));
    }
}

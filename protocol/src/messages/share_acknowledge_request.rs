//! ShareAcknowledgeRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request ShareAcknowledgeRequest, key: 79, response: ShareAcknowledgeResponse, versions: V(1, 2), flexible: V(0, N);

    /// The body of ShareAcknowledgeRequest.
    ShareAcknowledgeRequest {
        /// string, all versions, nullable, null by default.
        group_id with_group_id: Option<GroupId> = None, at(V(0, N)).null(V(0, N));
        /// string, all versions, nullable.
        member_id with_member_id: Option<StrBytes> = Some(Default::default()), at(V(0, N)).null(V(0, N));
        /// int32, all versions.
        share_session_epoch with_share_session_epoch: i32 = Default::default(), at(V(0, N));
        /// bool, v2 and later, false by default.
        is_renew_ack with_is_renew_ack: bool = false, at(V(2, N));
        /// Array of AcknowledgeTopic, all versions.
        topics with_topics: Vec<AcknowledgeTopic> = Default::default(), at(V(0, N));
    }

    /// A part of ShareAcknowledgeRequest.
    AcknowledgeTopic {
        /// uuid, all versions.
        topic_id with_topic_id: Uuid = Default::default(), at(V(0, N));
        /// Array of AcknowledgePartition, all versions.
        partitions with_partitions: Vec<AcknowledgePartition> = Default::default(), at(V(0, N));
    }

    /// A part of ShareAcknowledgeRequest.
    AcknowledgePartition {
        /// int32, all versions.
        partition_index with_partition_index: i32 = Default::default(), at(V(0, N));
        /// Array of AcknowledgementBatch, all versions.
        acknowledgement_batches with_acknowledgement_batches: Vec<AcknowledgementBatch> = Default::default(), at(V(0, N));
    }

    /// A part of ShareAcknowledgeRequest.
    AcknowledgementBatch {
        /// int64, all versions.
        first_offset with_first_offset: i64 = Default::default(), at(V(0, N));
        /// int64, all versions.
        last_offset with_last_offset: i64 = Default::default(), at(V(0, N));
        /// Array of int8, all versions.
        acknowledge_types with_acknowledge_types: Vec<i8> = Default::default(), at(V(0, N));
    }
}

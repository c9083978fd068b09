//! ShareAcknowledgeRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request ShareAcknowledgeRequest, key: 79, response: ShareAcknowledgeResponse, versions: V(1, 2), flexible: V(0, N);

    /// The body of ShareAcknowledgeRequest.
    ShareAcknowledgeRequest {
        /// The group identifier.
        group_id with_group_id: Option<GroupId> = None, at(V(0, N)).null(V(0, N));
        /// The member ID.
        member_id with_member_id: Option<StrBytes> = Some(Default::default()), at(V(0, N)).null(V(0, N));
        /// The current share session epoch: 0 to open a share session; -1 to close it; otherwise increments for consecutive requests.
        share_session_epoch with_share_session_epoch: i32 = Default::default(), at(V(0, N));
        /// Whether Renew type acknowledgements present in AcknowledgementBatches.
        is_renew_ack with_is_renew_ack: bool = false, at(V(2, N));
        /// The topics containing records to acknowledge.
        topics with_topics: Vec<AcknowledgeTopic> = Default::default(), at(V(0, N));
    }

    /// A part of ShareAcknowledgeRequest.
    AcknowledgeTopic {
        /// The unique topic ID.
        topic_id with_topic_id: Uuid = Default::default(), at(V(0, N));
        /// The partitions containing records to acknowledge.
        partitions with_partitions: Vec<AcknowledgePartition> = Default::default(), at(V(0, N));
    }

    /// A part of ShareAcknowledgeRequest.
    AcknowledgePartition {
        /// The partition index.
        partition_index with_partition_index: i32 = Default::default(), at(V(0, N));
        /// Record batches to acknowledge.
        acknowledgement_batches with_acknowledgement_batches: Vec<AcknowledgementBatch> = Default::default(), at(V(0, N));
    }

    /// A part of ShareAcknowledgeRequest.
    AcknowledgementBatch {
        /// First offset of batch of records to acknowledge.
        first_offset with_first_offset: i64 = Default::default(), at(V(0, N));
        /// Last offset (inclusive) of batch of records to acknowledge.
        last_offset with_last_offset: i64 = Default::default(), at(V(0, N));
        /// Array of acknowledge types - 0:Gap,1:Accept,2:Release,3:Reject,4:Renew.
        acknowledge_types with_acknowledge_types: Vec<i8> = Default::default(), at(V(0, N));
    }
}

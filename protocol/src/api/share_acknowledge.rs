//! ShareAcknowledge (79): say what became of acquired records. KIP-932; v2 renews locks (KIP-1222).
//!
//! A hostile leader can forget what was acknowledged: the records are delivered again then.

use super::fetch::{CurrentLeader, NodeEndpoint};
use super::wire::{mirror, raw};
use crate::{ErrorCode, GroupId, MemberId, TopicId};

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShareAcknowledgeRequest {
    /// The group identifier.
    pub group_id: Option<GroupId>,
    /// The member ID.
    pub member_id: Option<MemberId>,
    /// The current share session epoch: 0 to open a share session; -1 to close it; otherwise increments for consecutive
    /// requests.
    pub share_session_epoch: i32,
    /// Whether Renew type acknowledgements present in AcknowledgementBatches. v2+.
    pub is_renew_ack: bool,
    /// The topics containing records to acknowledge.
    pub topics: Vec<AcknowledgeTopic>,
}

/// The topics containing records to acknowledge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AcknowledgeTopic {
    /// The unique topic ID.
    pub topic_id: TopicId,
    /// The partitions containing records to acknowledge.
    pub partitions: Vec<AcknowledgePartition>,
}

/// The partitions containing records to acknowledge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AcknowledgePartition {
    /// The partition index.
    pub partition_index: i32,
    /// Record batches to acknowledge.
    pub acknowledgement_batches: Vec<AcknowledgementBatch>,
}

/// Record batches to acknowledge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AcknowledgementBatch {
    /// First offset of batch of records to acknowledge.
    pub first_offset: i64,
    /// Last offset (inclusive) of batch of records to acknowledge.
    pub last_offset: i64,
    /// Array of acknowledge types - 0:Gap,1:Accept,2:Release,3:Reject,4:Renew.
    pub acknowledge_types: Vec<i8>,
}

/// What is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShareAcknowledgeResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero if the request did
    /// not violate any quota.
    pub throttle_time_ms: i32,
    /// The top level response error code.
    pub error_code: ErrorCode,
    /// The top-level error message, or `None` if there was no error.
    pub error_message: Option<String>,
    /// The time in milliseconds for which the acquired records are locked. v2+.
    pub acquisition_lock_timeout_ms: i32,
    /// The response topics.
    pub responses: Vec<ShareAcknowledgeTopicResponse>,
    /// Endpoints for all current leaders enumerated in PartitionData with error NOT_LEADER_OR_FOLLOWER.
    pub node_endpoints: Vec<NodeEndpoint>,
}

/// The response topics.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShareAcknowledgeTopicResponse {
    /// The unique topic ID.
    pub topic_id: TopicId,
    /// The topic partitions.
    pub partitions: Vec<PartitionData>,
}

/// The topic partitions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartitionData {
    /// The partition index.
    pub partition_index: i32,
    /// The error code, or 0 if there was no error.
    pub error_code: ErrorCode,
    /// The error message, or `None` if there was no error.
    pub error_message: Option<String>,
    /// The current leader of the partition.
    pub current_leader: CurrentLeader,
}

mirror! {
    ShareAcknowledgeRequest = raw::ShareAcknowledgeRequest {
        group_id,
        member_id,
        share_session_epoch,
        is_renew_ack(in 2..),
        topics,
    }
    AcknowledgeTopic = raw::share_acknowledge_request::AcknowledgeTopic { topic_id, partitions }
    AcknowledgePartition = raw::share_acknowledge_request::AcknowledgePartition {
        partition_index, acknowledgement_batches,
    }
    AcknowledgementBatch = raw::share_acknowledge_request::AcknowledgementBatch {
        first_offset, last_offset, acknowledge_types,
    }
    ShareAcknowledgeResponse = raw::ShareAcknowledgeResponse {
        throttle_time_ms, error_code, error_message, acquisition_lock_timeout_ms, responses,
        node_endpoints,
    }
    ShareAcknowledgeTopicResponse = raw::share_acknowledge_response::ShareAcknowledgeTopicResponse {
        topic_id, partitions,
    }
    PartitionData = raw::share_acknowledge_response::PartitionData {
        partition_index, error_code, error_message, current_leader,
    }
    CurrentLeader = raw::share_acknowledge_response::LeaderIdAndEpoch { leader_id, leader_epoch }
    NodeEndpoint = raw::share_acknowledge_response::NodeEndpoint { node_id, host, port, rack }
}

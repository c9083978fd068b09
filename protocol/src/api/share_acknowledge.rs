//! ShareAcknowledge (79): say what became of acquired records. KIP-932; v2 renews locks (KIP-1222).
//!
//! A hostile leader can forget what was acknowledged: the records are delivered again then.

use super::fetch::{CurrentLeader, NodeEndpoint};
use super::wire::{mirror, raw};
use crate::{ErrorCode, GroupId, MemberId, TopicId};

/// Says what became of records that were acquired.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShareAcknowledgeRequest {
    /// The group; the layout has room for `None`, but a member always says it.
    pub group_id: Option<GroupId>,
    /// The member; likewise.
    pub member_id: Option<MemberId>,
    /// Counts the requests of the share session at this broker; 0 would open one (ShareFetch alone may), −1 closes it.
    pub share_session_epoch: i32,
    /// Set if any type below is 4 (renew), v2+.
    pub is_renew_ack: bool,
    /// The acknowledgements, by topic.
    pub topics: Vec<AcknowledgeTopic>,
}

/// What became of the records of one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AcknowledgeTopic {
    /// The topic.
    pub topic_id: TopicId,
    /// Its partitions.
    pub partitions: Vec<AcknowledgePartition>,
}

/// What became of the records of one partition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AcknowledgePartition {
    /// The partition.
    pub partition_index: i32,
    /// Ranges of offsets.
    pub acknowledgement_batches: Vec<AcknowledgementBatch>,
}

/// What became of a range of offsets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AcknowledgementBatch {
    /// The first.
    pub first_offset: i64,
    /// The last; it belongs to the range.
    pub last_offset: i64,
    /// One for all, or one for each offset: 0 gap (no record there), 1 accept, 2 release (deliver again), 3 reject (never
    /// again), 4 renew (keep it locked, v2+).
    pub acknowledge_types: Vec<i8>,
}

/// The outcome per partition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShareAcknowledgeResponse {
    /// How long the broker asks the client to be silent, in milliseconds.
    pub throttle_time_ms: i32,
    /// SHARE_SESSION_NOT_FOUND, INVALID_SHARE_SESSION_EPOCH, ...
    pub error_code: ErrorCode,
    /// Words about the error; `None` without one.
    pub error_message: Option<String>,
    /// How long records stay locked from their acquisition or renewal on, in milliseconds, v2+.
    pub acquisition_lock_timeout_ms: i32,
    /// The topics, as asked.
    pub responses: Vec<ShareAcknowledgeTopicResponse>,
    /// Addresses of the leaders named in `current_leader`.
    pub node_endpoints: Vec<NodeEndpoint>,
}

/// The outcome for one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShareAcknowledgeTopicResponse {
    /// The topic.
    pub topic_id: TopicId,
    /// Its partitions.
    pub partitions: Vec<PartitionData>,
}

/// The outcome for one partition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartitionData {
    /// The partition.
    pub partition_index: i32,
    /// None when noted. INVALID_RECORD_STATE: the member does not hold these records (any more).
    pub error_code: ErrorCode,
    /// Words about the error; `None` without one.
    pub error_message: Option<String>,
    /// Who leads the partition now, with NOT_LEADER_OR_FOLLOWER.
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

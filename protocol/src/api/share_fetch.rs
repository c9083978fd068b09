//! ShareFetch (78): acquire records of a share group, and acknowledge earlier ones on the way. KIP-932; v2 renews locks (KIP-1222)
//! and can hold to a record limit (KIP-1206).
//!
//! The record bytes point into the frame and are checked when they are read. A hostile leader can hand out any record as often as it
//! likes, and name any host as another leader: whoever follows it decides whether to.

use bytes::Bytes;

use super::fetch::{CurrentLeader, NodeEndpoint};
use super::wire::{mirror, raw};
use crate::{ErrorCode, GroupId, MemberId, TopicId};

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareFetchRequest {
    /// The group identifier.
    pub group_id: Option<GroupId>,
    /// The member ID.
    pub member_id: Option<MemberId>,
    /// The current share session epoch: 0 to open a share session; -1 to close it; otherwise increments for consecutive
    /// requests.
    pub share_session_epoch: i32,
    /// The maximum time in milliseconds to wait for the response.
    pub max_wait_ms: i32,
    /// The minimum bytes to accumulate in the response.
    pub min_bytes: i32,
    /// The maximum bytes to fetch. See KIP-74 for cases where this limit may not be honored.
    pub max_bytes: i32,
    /// The maximum number of records to fetch. This limit can be exceeded for alignment of batch boundaries.
    pub max_records: i32,
    /// The optimal number of records for batches of acquired records and acknowledgements.
    pub batch_size: i32,
    /// The acquire mode to control the fetch behavior - 0:batch-optimized,1:record-limit. v2+.
    pub share_acquire_mode: i8,
    /// Whether Renew type acknowledgements present in AcknowledgementBatches. v2+.
    pub is_renew_ack: bool,
    /// The topics to fetch.
    pub topics: Vec<FetchTopic>,
    /// The partitions to remove from this share session.
    pub forgotten_topics_data: Vec<ForgottenTopic>,
}

impl Default for ShareFetchRequest {
    fn default() -> Self {
        Self {
            group_id: None,
            member_id: None,
            share_session_epoch: 0,
            max_wait_ms: 0,
            min_bytes: 0,
            max_bytes: i32::MAX,
            max_records: 0,
            batch_size: 0,
            share_acquire_mode: 0,
            is_renew_ack: false,
            topics: Vec::new(),
            forgotten_topics_data: Vec::new(),
        }
    }
}

/// The topics to fetch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FetchTopic {
    /// The unique topic ID.
    pub topic_id: TopicId,
    /// The partitions to fetch.
    pub partitions: Vec<FetchPartition>,
}

/// The partitions to fetch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FetchPartition {
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

/// The partitions to remove from this share session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForgottenTopic {
    /// The unique topic ID.
    pub topic_id: TopicId,
    /// The partitions indexes to forget.
    pub partitions: Vec<i32>,
}

/// What is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShareFetchResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero if the request did
    /// not violate any quota.
    pub throttle_time_ms: i32,
    /// The top-level response error code.
    pub error_code: ErrorCode,
    /// The top-level error message, or `None` if there was no error.
    pub error_message: Option<String>,
    /// The time in milliseconds for which the acquired records are locked.
    pub acquisition_lock_timeout_ms: i32,
    /// The response topics.
    pub responses: Vec<ShareFetchableTopicResponse>,
    /// Endpoints for all current leaders enumerated in PartitionData with error NOT_LEADER_OR_FOLLOWER.
    pub node_endpoints: Vec<NodeEndpoint>,
}

/// The response topics.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShareFetchableTopicResponse {
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
    /// The fetch error code, or 0 if there was no fetch error.
    pub error_code: ErrorCode,
    /// The fetch error message, or `None` if there was no fetch error.
    pub error_message: Option<String>,
    /// The acknowledge error code, or 0 if there was no acknowledge error.
    pub acknowledge_error_code: ErrorCode,
    /// The acknowledge error message, or `None` if there was no acknowledge error.
    pub acknowledge_error_message: Option<String>,
    /// The current leader of the partition.
    pub current_leader: CurrentLeader,
    /// The record data.
    pub records: Option<Bytes>,
    /// The acquired records.
    pub acquired_records: Vec<AcquiredRecords>,
}

/// The acquired records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AcquiredRecords {
    /// The earliest offset in this batch of acquired records.
    pub first_offset: i64,
    /// The last offset of this batch of acquired records.
    pub last_offset: i64,
    /// The delivery count of this batch of acquired records.
    pub delivery_count: i16,
}

mirror! {
    ShareFetchRequest = raw::ShareFetchRequest {
        group_id,
        member_id,
        share_session_epoch,
        max_wait_ms,
        min_bytes,
        max_bytes,
        max_records,
        batch_size,
        share_acquire_mode,
        is_renew_ack(in 2..),
        topics,
        forgotten_topics_data,
    }
    FetchTopic = raw::share_fetch_request::FetchTopic { topic_id, partitions }
    FetchPartition = raw::share_fetch_request::FetchPartition { partition_index, acknowledgement_batches }
    AcknowledgementBatch = raw::share_fetch_request::AcknowledgementBatch {
        first_offset, last_offset, acknowledge_types,
    }
    ForgottenTopic = raw::share_fetch_request::ForgottenTopic { topic_id, partitions }
    ShareFetchResponse = raw::ShareFetchResponse {
        throttle_time_ms, error_code, error_message, acquisition_lock_timeout_ms, responses,
        node_endpoints,
    }
    ShareFetchableTopicResponse = raw::share_fetch_response::ShareFetchableTopicResponse {
        topic_id, partitions,
    }
    PartitionData = raw::share_fetch_response::PartitionData {
        partition_index,
        error_code,
        error_message,
        acknowledge_error_code,
        acknowledge_error_message,
        current_leader,
        records(slice),
        acquired_records,
    }
    CurrentLeader = raw::share_fetch_response::LeaderIdAndEpoch { leader_id, leader_epoch }
    AcquiredRecords = raw::share_fetch_response::AcquiredRecords { first_offset, last_offset, delivery_count }
    NodeEndpoint = raw::share_fetch_response::NodeEndpoint { node_id, host, port, rack }
}

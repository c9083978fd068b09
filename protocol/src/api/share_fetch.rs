//! ShareFetch (78): acquire records of a share group, and acknowledge earlier ones on the way. KIP-932; v2 renews locks (KIP-1222)
//! and can hold to a record limit (KIP-1206).
//!
//! The record bytes point into the frame and are checked when they are read. A hostile leader can hand out any record as often as it
//! likes, and name any host as another leader: whoever follows it decides whether to.

use bytes::Bytes;

use super::fetch::{CurrentLeader, NodeEndpoint};
pub use super::share_acknowledge::AcknowledgementBatch;
use super::wire::{mirror, raw};
use crate::{ErrorCode, GroupId, MemberId, TopicId};

/// Asks for records that no other member holds, and acknowledges earlier ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareFetchRequest {
    /// The group; the layout has room for `None`, but a member always says it.
    pub group_id: Option<GroupId>,
    /// The member; likewise.
    pub member_id: Option<MemberId>,
    /// Counts the requests of the share session at this broker; 0 opens one, −1 closes it.
    pub share_session_epoch: i32,
    /// How long the broker may wait for `min_bytes`, in milliseconds.
    pub max_wait_ms: i32,
    /// The broker answers at once when it has so many bytes.
    pub min_bytes: i32,
    /// Upper bound of the answer; a first batch that is larger comes whole (KIP-74).
    pub max_bytes: i32,
    /// How many records to acquire at most. In mode 0 a batch is not cut for it.
    pub max_records: i32,
    /// How many records a range of acquired ones should have; what is acquired together is acknowledged more cheaply.
    pub batch_size: i32,
    /// 0 acquires whole batches, 1 holds strictly to `max_records` (KIP-1206), v2+.
    pub share_acquire_mode: i8,
    /// Set if any type below is 4 (renew), v2+.
    pub is_renew_ack: bool,
    /// The partitions that join the session or have something to acknowledge.
    pub topics: Vec<FetchTopic>,
    /// The partitions that leave the session.
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

/// Partitions of one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FetchTopic {
    /// The topic.
    pub topic_id: TopicId,
    /// Its partitions.
    pub partitions: Vec<FetchPartition>,
}

/// One partition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FetchPartition {
    /// The partition.
    pub partition_index: i32,
    /// What became of records acquired earlier.
    pub acknowledgement_batches: Vec<AcknowledgementBatch>,
}

/// Partitions that leave the session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForgottenTopic {
    /// The topic.
    pub topic_id: TopicId,
    /// Its partitions.
    pub partitions: Vec<i32>,
}

/// Records, by partition, and what became of the acknowledgements.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShareFetchResponse {
    /// How long the broker asks the client to be silent, in milliseconds.
    pub throttle_time_ms: i32,
    /// SHARE_SESSION_NOT_FOUND, INVALID_SHARE_SESSION_EPOCH, ...
    pub error_code: ErrorCode,
    /// Words about the error; `None` without one.
    pub error_message: Option<String>,
    /// How long acquired records stay locked for the member, in milliseconds.
    pub acquisition_lock_timeout_ms: i32,
    /// The topics; only partitions with news.
    pub responses: Vec<ShareFetchableTopicResponse>,
    /// Addresses of the leaders named in `current_leader`.
    pub node_endpoints: Vec<NodeEndpoint>,
}

/// The records of one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShareFetchableTopicResponse {
    /// The topic.
    pub topic_id: TopicId,
    /// Its partitions.
    pub partitions: Vec<PartitionData>,
}

/// The records of one partition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartitionData {
    /// The partition.
    pub partition_index: i32,
    /// Why there are no records: NOT_LEADER_OR_FOLLOWER, UNKNOWN_TOPIC_ID, ...
    pub error_code: ErrorCode,
    /// Words about it; `None` without one.
    pub error_message: Option<String>,
    /// Why acknowledgements were refused: INVALID_RECORD_STATE, ...
    pub acknowledge_error_code: ErrorCode,
    /// Words about that; `None` without one.
    pub acknowledge_error_message: Option<String>,
    /// Who leads the partition now, with NOT_LEADER_OR_FOLLOWER.
    pub current_leader: CurrentLeader,
    /// The batches as they lie in the log, with records that others hold among them. **A slice of the received frame.**
    pub records: Option<Bytes>,
    /// Which of them the member holds now; it must not hand out others.
    pub acquired_records: Vec<AcquiredRecords>,
}

/// A range of records that the member holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AcquiredRecords {
    /// The first.
    pub first_offset: i64,
    /// The last; it belongs to the range.
    pub last_offset: i64,
    /// How many times they were delivered, this time included.
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

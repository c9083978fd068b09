//! ListOffsets (2): the offset at a time, or at an end of the log. KIP-79, KIP-320, KIP-734 (max timestamp, v7), KIP-1005 (tiered, v9),
//! KIP-1023 (earliest pending upload, v11).
//!
//! A hostile leader can decide where a reset or a seek by time goes.

use super::wire::{mirror, raw};
use crate::{ErrorCode, IsolationLevel, LeaderEpoch, NodeId, TopicName};

/// Ask for the offset after the last record (or the last stable one under `read_committed`).
pub const LATEST_TIMESTAMP: i64 = -1;
/// Ask for the first offset still in the log.
pub const EARLIEST_TIMESTAMP: i64 = -2;

/// Ask for the newest record's offset by timestamp, v7+ (KIP-734).
pub const MAX_TIMESTAMP: i64 = -3;
/// Ask for the first offset that is still on the broker's own disk, v8+ (KIP-405).
pub const EARLIEST_LOCAL_TIMESTAMP: i64 = -4;
/// Ask for the last offset that is in remote storage, v9+ (KIP-1005).
pub const LATEST_TIERED_TIMESTAMP: i64 = -5;
/// Ask for the first offset that is not yet in remote storage, v11+ (KIP-1023).
pub const EARLIEST_PENDING_UPLOAD_TIMESTAMP: i64 = -6;

/// Asks a leader for offsets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListOffsetsRequest {
    /// −1 for a consumer.
    pub replica_id: NodeId,
    /// Whether "latest" is the last stable offset, v2+.
    pub isolation_level: IsolationLevel,
    /// The topics.
    pub topics: Vec<ListOffsetsTopic>,
    /// How long the broker may wait for remote storage, v10+.
    pub timeout_ms: i32,
}

/// The partitions of one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListOffsetsTopic {
    /// The topic.
    pub name: TopicName,
    /// Its partitions.
    pub partitions: Vec<ListOffsetsPartition>,
}

/// What is asked of one partition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListOffsetsPartition {
    /// The partition.
    pub partition_index: i32,
    /// The leader epoch the client knows, v4+; −1 for none.
    pub current_leader_epoch: LeaderEpoch,
    /// Milliseconds since 1970, or one of the constants of this module.
    pub timestamp: i64,
}

/// The offsets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListOffsetsResponse {
    /// How long the broker asks the client to be silent, v2+.
    pub throttle_time_ms: i32,
    /// The topics.
    pub topics: Vec<ListOffsetsResponseTopic>,
}

/// The offsets of one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListOffsetsResponseTopic {
    /// The topic.
    pub name: TopicName,
    /// Its partitions.
    pub partitions: Vec<ListOffsetsResponsePartition>,
}

/// One offset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListOffsetsResponsePartition {
    /// The partition.
    pub partition_index: i32,
    /// NOT_LEADER_OR_FOLLOWER, ...
    pub error_code: ErrorCode,
    /// The record's timestamp; −1 for the ends of the log and for "no such record".
    pub timestamp: i64,
    /// The offset; −1 for "no such record".
    pub offset: i64,
    /// The epoch of that offset, v4+.
    pub leader_epoch: LeaderEpoch,
}

impl Default for ListOffsetsResponsePartition {
    fn default() -> Self {
        Self {
            partition_index: 0,
            error_code: ErrorCode::NONE,
            timestamp: -1,
            offset: -1,
            leader_epoch: LeaderEpoch::NONE,
        }
    }
}

mirror! {
    ListOffsetsRequest = raw::ListOffsetsRequest { replica_id, isolation_level(in 2..), topics, timeout_ms }
    ListOffsetsTopic = raw::list_offsets_request::ListOffsetsTopic { name, partitions }
    ListOffsetsPartition = raw::list_offsets_request::ListOffsetsPartition {
        partition_index, current_leader_epoch, timestamp,
    }
    ListOffsetsResponse = raw::ListOffsetsResponse { throttle_time_ms, topics }
    ListOffsetsResponseTopic = raw::list_offsets_response::ListOffsetsTopicResponse { name, partitions }
    ListOffsetsResponsePartition = raw::list_offsets_response::ListOffsetsPartitionResponse {
        partition_index,
        error_code,
        timestamp,
        offset,
        leader_epoch(in 4..),
    }
}

//! TxnOffsetCommit (28): store a group's offsets as part of a transaction. KIP-98, KIP-447 (the member's generation, v3),
//! KIP-848 (topic ids, v6).
//!
//! As with OffsetCommit a hostile coordinator can lie about what is stored; the consequence is records read twice, or not at all.

use super::wire::{mirror, raw};
use crate::{
    ErrorCode, Generation, GroupId, GroupInstanceId, LeaderEpoch, MemberId, ProducerId, TopicId, TopicName,
    TransactionalId,
};

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TxnOffsetCommitRequest {
    /// The ID of the transaction.
    pub transactional_id: TransactionalId,
    /// The ID of the group.
    pub group_id: GroupId,
    /// The current producer ID in use by the transactional ID.
    pub producer_id: ProducerId,
    /// The current epoch associated with the producer ID.
    pub producer_epoch: i16,
    /// The generation of the group if using the classic group protocol or the member epoch if using the consumer protocol. v3+.
    pub generation_id_or_member_epoch: Generation,
    /// The member ID assigned by the group coordinator. v3+.
    pub member_id: MemberId,
    /// The unique identifier of the consumer instance provided by end user. v3+.
    pub group_instance_id: Option<GroupInstanceId>,
    /// Each topic that we want to commit offsets for.
    pub topics: Vec<TxnOffsetCommitRequestTopic>,
}

impl Default for TxnOffsetCommitRequest {
    fn default() -> Self {
        Self {
            transactional_id: TransactionalId::default(),
            group_id: GroupId::default(),
            producer_id: ProducerId(0),
            producer_epoch: 0,
            generation_id_or_member_epoch: Generation::NONE,
            member_id: MemberId::default(),
            group_instance_id: None,
            topics: Vec::new(),
        }
    }
}

/// Each topic that we want to commit offsets for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TxnOffsetCommitRequestTopic {
    /// The topic name. Up to v5.
    pub name: TopicName,
    /// The topic ID. v6+.
    pub topic_id: TopicId,
    /// The partitions inside the topic that we want to commit offsets for.
    pub partitions: Vec<TxnOffsetCommitRequestPartition>,
}

/// The partitions inside the topic that we want to commit offsets for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TxnOffsetCommitRequestPartition {
    /// The index of the partition within the topic.
    pub partition_index: i32,
    /// The message offset to be committed.
    pub committed_offset: i64,
    /// The leader epoch of the last consumed record. v2+.
    pub committed_leader_epoch: LeaderEpoch,
    /// Any associated metadata the client wants to keep.
    pub committed_metadata: Option<String>,
}

/// What is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TxnOffsetCommitResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero if the request did
    /// not violate any quota.
    pub throttle_time_ms: i32,
    /// The responses for each topic.
    pub topics: Vec<TxnOffsetCommitResponseTopic>,
}

/// The responses for each topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TxnOffsetCommitResponseTopic {
    /// The topic name. Up to v5.
    pub name: TopicName,
    /// The topic ID. v6+.
    pub topic_id: TopicId,
    /// The responses for each partition in the topic.
    pub partitions: Vec<TxnOffsetCommitResponsePartition>,
}

/// The responses for each partition in the topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TxnOffsetCommitResponsePartition {
    /// The partition index.
    pub partition_index: i32,
    /// The error code, or 0 if there was no error.
    pub error_code: ErrorCode,
}

mirror! {
    TxnOffsetCommitRequest = raw::TxnOffsetCommitRequest {
        transactional_id,
        group_id,
        producer_id,
        producer_epoch,
        generation_id_or_member_epoch(in 3..),
        member_id(in 3..),
        group_instance_id(in 3..),
        topics,
    }
    TxnOffsetCommitRequestTopic = raw::txn_offset_commit_request::TxnOffsetCommitRequestTopic {
        name, topic_id, partitions,
    }
    TxnOffsetCommitRequestPartition = raw::txn_offset_commit_request::TxnOffsetCommitRequestPartition {
        partition_index, committed_offset, committed_leader_epoch, committed_metadata,
    }
    TxnOffsetCommitResponse = raw::TxnOffsetCommitResponse { throttle_time_ms, topics }
    TxnOffsetCommitResponseTopic = raw::txn_offset_commit_response::TxnOffsetCommitResponseTopic {
        name, topic_id, partitions,
    }
    TxnOffsetCommitResponsePartition = raw::txn_offset_commit_response::TxnOffsetCommitResponsePartition {
        partition_index, error_code,
    }
}

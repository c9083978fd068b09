//! TxnOffsetCommit (28): store a group's offsets as part of a transaction. KIP-98, KIP-447 (the member's generation, v3),
//! KIP-848 (topic ids, v6).
//!
//! As with OffsetCommit a hostile coordinator can lie about what is stored; the consequence is records read twice, or not at all.

use super::wire::{mirror, raw};
use crate::{
    ErrorCode, Generation, GroupId, GroupInstanceId, LeaderEpoch, MemberId, ProducerId, TopicId, TopicName,
    TransactionalId,
};

/// Stores offsets for a group, to count when the transaction commits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TxnOffsetCommitRequest {
    /// The producer's transactional id.
    pub transactional_id: TransactionalId,
    /// The group.
    pub group_id: GroupId,
    /// The id it got from InitProducerId.
    pub producer_id: ProducerId,
    /// The epoch of that id.
    pub producer_epoch: i16,
    /// The classic generation or the KIP-848 member epoch, v3+; −1 for a commit from outside the group.
    pub generation_id_or_member_epoch: Generation,
    /// The member, v3+; empty from outside the group.
    pub member_id: MemberId,
    /// Static members, v3+.
    pub group_instance_id: Option<GroupInstanceId>,
    /// What to store.
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

/// The offsets of one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TxnOffsetCommitRequestTopic {
    /// The topic, up to v5.
    pub name: TopicName,
    /// The topic, from v6.
    pub topic_id: TopicId,
    /// Its partitions.
    pub partitions: Vec<TxnOffsetCommitRequestPartition>,
}

/// One offset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TxnOffsetCommitRequestPartition {
    /// The partition.
    pub partition_index: i32,
    /// The offset of the next record to read.
    pub committed_offset: i64,
    /// The epoch of the leader it was read from, v2+ (KIP-320); −1 for none.
    pub committed_leader_epoch: LeaderEpoch,
    /// Free text kept beside it, as with OffsetCommit.
    pub committed_metadata: Option<String>,
}

/// The outcome per partition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TxnOffsetCommitResponse {
    /// How long the broker asks the client to be silent, in milliseconds.
    pub throttle_time_ms: i32,
    /// The topics, as asked.
    pub topics: Vec<TxnOffsetCommitResponseTopic>,
}

/// The outcome for one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TxnOffsetCommitResponseTopic {
    /// The topic, up to v5.
    pub name: TopicName,
    /// The topic, from v6.
    pub topic_id: TopicId,
    /// Its partitions.
    pub partitions: Vec<TxnOffsetCommitResponsePartition>,
}

/// The outcome for one partition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TxnOffsetCommitResponsePartition {
    /// The partition.
    pub partition_index: i32,
    /// None when stored, for the time being. ILLEGAL_GENERATION, UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID (v3+), ...
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

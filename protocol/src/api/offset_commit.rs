//! OffsetCommit (8): store consumed positions. KIP-320 (leader epoch, v6), KIP-345 (v7), KIP-848 (v9; topic ids,
//! v10: what is meant for a topic does not reach another one that was made later under its name).
//!
//! A hostile coordinator can claim to have stored what it has not; nobody notices before the offsets are asked for.

use super::wire::{mirror, raw};
use crate::{ErrorCode, Generation, GroupId, GroupInstanceId, LeaderEpoch, MemberId, TopicId, TopicName};

/// Stores offsets for a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OffsetCommitRequest {
    /// The group.
    pub group_id: GroupId,
    /// The classic generation or the KIP-848 member epoch; −1 for a commit from outside the group.
    pub generation_id_or_member_epoch: Generation,
    /// The member; empty from outside the group.
    pub member_id: MemberId,
    /// Static members, v7+.
    pub group_instance_id: Option<GroupInstanceId>,
    /// v2-v4 only: how long to keep these offsets, in milliseconds; −1 for the broker's own setting. Brokers still honour it (seen on
    /// Kafka 4.0.2 and 4.4.0).
    pub retention_time_ms: i64,
    /// What to store.
    pub topics: Vec<OffsetCommitTopic>,
}

impl Default for OffsetCommitRequest {
    fn default() -> Self {
        Self {
            group_id: GroupId::default(),
            generation_id_or_member_epoch: Generation::NONE,
            member_id: MemberId::default(),
            group_instance_id: None,
            retention_time_ms: -1,
            topics: Vec::new(),
        }
    }
}

/// The offsets of one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetCommitTopic {
    /// The topic, up to v9.
    pub name: TopicName,
    /// The topic, from v10.
    pub topic_id: TopicId,
    /// Its partitions.
    pub partitions: Vec<OffsetCommitPartition>,
}

/// One offset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetCommitPartition {
    /// The partition.
    pub partition_index: i32,
    /// The offset of the next record to read.
    pub committed_offset: i64,
    /// The epoch of the leader it was read from, v6+ (KIP-320).
    pub committed_leader_epoch: LeaderEpoch,
    /// Free text kept beside it; brokers refuse more than 4,096 UTF-16 units and read `None` back as "".
    pub committed_metadata: Option<String>,
}

/// The outcome per partition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetCommitResponse {
    /// How long the broker asks the client to be silent, v3+.
    pub throttle_time_ms: i32,
    /// The topics, as asked.
    pub topics: Vec<OffsetCommitResponseTopic>,
}

/// The outcome for one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetCommitResponseTopic {
    /// The topic, up to v9.
    pub name: TopicName,
    /// The topic, from v10.
    pub topic_id: TopicId,
    /// Its partitions.
    pub partitions: Vec<OffsetCommitResponsePartition>,
}

/// The outcome for one partition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetCommitResponsePartition {
    /// The partition.
    pub partition_index: i32,
    /// None when stored.
    pub error_code: ErrorCode,
}

mirror! {
    OffsetCommitRequest = raw::OffsetCommitRequest {
        group_id,
        generation_id_or_member_epoch,
        member_id,
        group_instance_id(in 7..),
        retention_time_ms,
        topics,
    }
    OffsetCommitTopic = raw::offset_commit_request::OffsetCommitRequestTopic { name, topic_id, partitions }
    OffsetCommitPartition = raw::offset_commit_request::OffsetCommitRequestPartition {
        partition_index, committed_offset, committed_leader_epoch, committed_metadata,
    }
    OffsetCommitResponse = raw::OffsetCommitResponse { throttle_time_ms, topics }
    OffsetCommitResponseTopic = raw::offset_commit_response::OffsetCommitResponseTopic {
        name, topic_id, partitions,
    }
    OffsetCommitResponsePartition = raw::offset_commit_response::OffsetCommitResponsePartition {
        partition_index, error_code,
    }
}

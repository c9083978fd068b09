//! ShareGroupHeartbeat (76): join, stay in and leave a share group. KIP-932.
//!
//! A hostile coordinator can assign any partitions and fence the member at will.

pub use super::consumer_group_heartbeat::{Assignment, TopicPartitions};
use super::wire::{mirror, raw};
use crate::{ErrorCode, GroupId, MemberEpoch, MemberId, TopicName};

/// "Still here", and what changed: `None` says "as in my last heartbeat". Who joins says everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareGroupHeartbeatRequest {
    /// The group.
    pub group_id: GroupId,
    /// The member. It makes its id itself (a UUID) and keeps it for as long as it lives.
    pub member_id: MemberId,
    /// The epoch last heard of; 0 joins, −1 leaves.
    pub member_epoch: MemberEpoch,
    /// The member's rack.
    pub rack_id: Option<String>,
    /// The topics it wants.
    pub subscribed_topic_names: Option<Vec<TopicName>>,
}

impl Default for ShareGroupHeartbeatRequest {
    fn default() -> Self {
        Self {
            group_id: GroupId::default(),
            member_id: MemberId::default(),
            member_epoch: MemberEpoch(0),
            rack_id: None,
            subscribed_topic_names: None,
        }
    }
}

/// What the member is to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareGroupHeartbeatResponse {
    /// How long the broker asks the client to be silent, in milliseconds.
    pub throttle_time_ms: i32,
    /// UNKNOWN_MEMBER_ID, FENCED_MEMBER_EPOCH, GROUP_MAX_SIZE_REACHED, ...
    pub error_code: ErrorCode,
    /// Words about the error; `None` without one.
    pub error_message: Option<String>,
    /// The member; `None` with an error.
    pub member_id: Option<MemberId>,
    /// The epoch to say from now on.
    pub member_epoch: MemberEpoch,
    /// How long to wait before the next heartbeat, in milliseconds.
    pub heartbeat_interval_ms: i32,
    /// What the member may fetch from; `None` if that did not change.
    pub assignment: Option<Assignment>,
}

impl Default for ShareGroupHeartbeatResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: ErrorCode::default(),
            error_message: None,
            member_id: None,
            member_epoch: MemberEpoch(0),
            heartbeat_interval_ms: 0,
            assignment: None,
        }
    }
}

mirror! {
    ShareGroupHeartbeatRequest = raw::ShareGroupHeartbeatRequest {
        group_id, member_id, member_epoch, rack_id, subscribed_topic_names,
    }
    ShareGroupHeartbeatResponse = raw::ShareGroupHeartbeatResponse {
        throttle_time_ms, error_code, error_message, member_id, member_epoch, heartbeat_interval_ms,
        assignment,
    }
    Assignment = raw::share_group_heartbeat_response::Assignment { topic_partitions }
    TopicPartitions = raw::share_group_heartbeat_response::TopicPartitions { topic_id, partitions }
}

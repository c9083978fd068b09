//! SyncGroup (14): the leader hands out assignments, all receive theirs. KIP-345 (v3), KIP-559 (v5).
//!
//! A hostile coordinator, or a hostile leader through an honest one, can assign any bytes: what is no assignment is an error, and
//! partitions of topics that nobody subscribed to are for the reader to refuse.

use bytes::Bytes;

use super::wire::{mirror, raw};
use crate::{ErrorCode, Generation, GroupId, GroupInstanceId, MemberId};

/// The leader's assignments, or a follower's empty list. A follower's is parked until the leader's arrives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncGroupRequest {
    /// The group.
    pub group_id: GroupId,
    /// The generation that JoinGroup answered.
    pub generation_id: Generation,
    /// The member.
    pub member_id: MemberId,
    /// Static members, v3+.
    pub group_instance_id: Option<GroupInstanceId>,
    /// As in the JoinGroup answer, v5+.
    pub protocol_type: Option<String>,
    /// As in the JoinGroup answer, v5+.
    pub protocol_name: Option<String>,
    /// One entry per member, from the leader.
    pub assignments: Vec<SyncGroupAssignment>,
}

/// What one member gets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncGroupAssignment {
    /// The member.
    pub member_id: MemberId,
    /// An Assignment for type `consumer`.
    pub assignment: Bytes,
}

/// The member's own assignment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncGroupResponse {
    /// How long the broker asks the client to be silent, v1+.
    pub throttle_time_ms: i32,
    /// REBALANCE_IN_PROGRESS when the round was overtaken, ...
    pub error_code: ErrorCode,
    /// v5+.
    pub protocol_type: Option<String>,
    /// v5+.
    pub protocol_name: Option<String>,
    /// The bytes the leader wrote. **Written by another member: trust nothing in it.**
    pub assignment: Bytes,
}

mirror! {
    SyncGroupRequest = raw::SyncGroupRequest {
        group_id,
        generation_id,
        member_id,
        group_instance_id(in 3..),
        protocol_type,
        protocol_name,
        assignments,
    }
    SyncGroupAssignment = raw::sync_group_request::SyncGroupRequestAssignment { member_id, assignment }
    SyncGroupResponse = raw::SyncGroupResponse {
        throttle_time_ms, error_code, protocol_type, protocol_name, assignment,
    }
}

//! LeaveGroup (13): members go, at once. KIP-345 (several members, v3+), KIP-800 (reason, v5).
//!
//! Versions below 3 carry exactly one member without instance id; encoding more is an error.

use crate::{ErrorCode, GroupId, GroupInstanceId, MemberId};

/// Asks to drop some members.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeaveGroupRequest {
    /// The group.
    pub group_id: GroupId,
    /// Who leaves.
    pub members: Vec<LeavingMember>,
}

/// One member that leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeavingMember {
    /// Its id; may be empty with an instance id.
    pub member_id: MemberId,
    /// Its instance id, v3+.
    pub group_instance_id: Option<GroupInstanceId>,
    /// Why, v5+; Kafka cuts it at 255 characters.
    pub reason: Option<String>,
}

/// The outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeaveGroupResponse {
    /// How long the broker asks the client to be silent, v1+.
    pub throttle_time_ms: i32,
    /// For the whole request; below v3 also for the member.
    pub error_code: ErrorCode,
    /// Per member, v3+.
    pub members: Vec<LeftMember>,
}

/// The outcome for one member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeftMember {
    /// Its id as asked.
    pub member_id: MemberId,
    /// Its instance id as asked.
    pub group_instance_id: Option<GroupInstanceId>,
    /// UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID or none.
    pub error_code: ErrorCode,
}

//! Heartbeat (12): a classic member says it lives and learns of rebalances.

use super::wire::{mirror, raw};
use crate::{ErrorCode, Generation, GroupId, GroupInstanceId, MemberId};

/// "Still here."
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeartbeatRequest {
    /// The group.
    pub group_id: GroupId,
    /// The member's generation.
    pub generation_id: Generation,
    /// The member.
    pub member_id: MemberId,
    /// Static members, v3+.
    pub group_instance_id: Option<GroupInstanceId>,
}

/// "Noted", or that the group rebalances.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeartbeatResponse {
    /// How long the broker asks the client to be silent, v1+.
    pub throttle_time_ms: i32,
    /// REBALANCE_IN_PROGRESS, ILLEGAL_GENERATION, UNKNOWN_MEMBER_ID, ...
    pub error_code: ErrorCode,
}

mirror! {
    HeartbeatRequest = raw::HeartbeatRequest { group_id, generation_id, member_id, group_instance_id(in 3..) }
    HeartbeatResponse = raw::HeartbeatResponse { throttle_time_ms, error_code }
}

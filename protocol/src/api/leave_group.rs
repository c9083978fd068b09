//! LeaveGroup (13): members go, at once. KIP-345 (several members, v3+), KIP-800 (reason, v5).
//!
//! Versions below 3 carry exactly one member without instance id; encoding more is an error.
//!
//! A hostile coordinator can claim that somebody has left; the member has ended all the same.

use super::wire::{Mirror, Misfit, mirror, only, raw};
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

mirror! {
    LeavingMember = raw::leave_group_request::MemberIdentity { member_id, group_instance_id, reason }
    LeftMember = raw::leave_group_response::MemberResponse { member_id, group_instance_id, error_code }
}

/// Below v3 one member id stands in the place of the list.
impl Mirror<raw::LeaveGroupRequest> for LeaveGroupRequest {
    fn to_raw(&self, version: i16) -> Result<raw::LeaveGroupRequest, Misfit> {
        let mut raw = raw::LeaveGroupRequest::default();
        raw.group_id = self.group_id.to_raw(version)?;
        if version >= 3 {
            raw.members = self.members.to_raw(version)?;
        } else {
            let one = only(&self.members, "members")?;
            if one.group_instance_id.is_some() {
                return Err(Misfit::Absent("group_instance_id"));
            }
            raw.member_id = one.member_id.to_raw(version)?;
        }
        Ok(raw)
    }

    fn from_raw(raw: raw::LeaveGroupRequest, version: i16) -> Result<Self, &'static str> {
        Ok(Self {
            group_id: Mirror::from_raw(raw.group_id, version)?,
            members: if version >= 3 {
                Mirror::from_raw(raw.members, version)?
            } else {
                vec![LeavingMember {
                    member_id: Mirror::from_raw(raw.member_id, version)?,
                    ..LeavingMember::default()
                }]
            },
        })
    }
}

/// Below v3 the error of the only member is the answer's own, as Kafka's `LeaveGroupResponse` has it.
impl Mirror<raw::LeaveGroupResponse> for LeaveGroupResponse {
    fn to_raw(&self, version: i16) -> Result<raw::LeaveGroupResponse, Misfit> {
        let mut raw = raw::LeaveGroupResponse::default();
        raw.throttle_time_ms = self.throttle_time_ms;
        raw.error_code = self.error_code.to_raw(version)?;
        if version >= 3 {
            raw.members = self.members.to_raw(version)?;
        } else if self.error_code.is_ok() && !self.members.is_empty() {
            raw.error_code = only(&self.members, "members")?.error_code.to_raw(version)?;
        }
        Ok(raw)
    }

    fn from_raw(raw: raw::LeaveGroupResponse, version: i16) -> Result<Self, &'static str> {
        Ok(Self {
            throttle_time_ms: raw.throttle_time_ms,
            error_code: Mirror::from_raw(raw.error_code, version)?,
            members: Mirror::from_raw(raw.members, version)?,
        })
    }
}

//! Heartbeat (12): a classic member says it lives and learns of rebalances.
//!
//! A hostile coordinator can make a member rejoin or begin anew with each answer, at the pace of the member's backoff.

use bytes::BytesMut;

use super::Message as _;
use super::body::read;
use super::out::Out;
use super::wire::{Mirror, Misfit, Unwritten, mirror, raw};
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
    HeartbeatResponse = raw::HeartbeatResponse (straight) { throttle_time_ms, error_code }
}

read! {
    HeartbeatResponse { throttle_time_ms(in 1..), error_code }
}

/// The only request that a member at rest sends: written without the copies that the struct in between would need.
impl Mirror<raw::HeartbeatRequest> for HeartbeatRequest {
    fn to_raw(&self, version: i16) -> Result<raw::HeartbeatRequest, Misfit> {
        self.fits(version)?;
        let mut raw = raw::HeartbeatRequest::default();
        raw.group_id = self.group_id.to_raw(version)?;
        raw.generation_id = self.generation_id.to_raw(version)?;
        raw.member_id = self.member_id.to_raw(version)?;
        raw.group_instance_id = self.group_instance_id.to_raw(version)?;
        Ok(raw)
    }

    fn from_raw(raw: raw::HeartbeatRequest, version: i16) -> Result<Self, &'static str> {
        Ok(Self {
            group_id: Mirror::from_raw(raw.group_id, version)?,
            generation_id: Mirror::from_raw(raw.generation_id, version)?,
            member_id: Mirror::from_raw(raw.member_id, version)?,
            group_instance_id: Mirror::from_raw(raw.group_instance_id, version)?,
        })
    }

    fn write_body(&self, version: i16, out: &mut BytesMut) -> Result<(), Unwritten> {
        self.fits(version).map_err(Unwritten::Misfit)?;
        let mut out = Out::new(out, Self::SCHEMA, version);
        out.text("group_id", self.group_id.as_str())?;
        out.int32(self.generation_id.0);
        out.text("member_id", self.member_id.as_str())?;
        if version >= 3 {
            let instance = self.group_instance_id.as_ref().map(AsRef::as_ref);
            out.nullable_text("group_instance_id", instance)?;
        }
        out.no_tags();
        Ok(())
    }
}

impl HeartbeatRequest {
    fn fits(&self, version: i16) -> Result<(), Misfit> {
        if version < 3 && self.group_instance_id.is_some() {
            return Err(Misfit::Absent("group_instance_id"));
        }
        Ok(())
    }
}

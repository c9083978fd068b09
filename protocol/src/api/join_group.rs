//! JoinGroup (11): enter a round of a classic group. KIP-394 (two steps, v4), KIP-345 (static, v5), KIP-559 (v7), KIP-800 (reason, v8), KIP-814 (v9).
//!
//! A hostile coordinator can give any id and generation, make anybody the leader, and hand a leader any members with any blobs: those
//! have limits of their own (`consumer_protocol`).

use bytes::Bytes;

use super::body::{Body, Wire, copied, read};
use super::wire::{mirror, raw};
use crate::{ErrorCode, Generation, GroupId, GroupInstanceId, MemberId};

/// Asks to take part in the next generation. Parked by the broker until the round is complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinGroupRequest {
    /// The group.
    pub group_id: GroupId,
    /// After so long without a heartbeat the member is dropped.
    pub session_timeout_ms: i32,
    /// How long the coordinator waits for members to rejoin, v1+ (−1 in v0).
    pub rebalance_timeout_ms: i32,
    /// Empty at first; then the id that the coordinator gave.
    pub member_id: MemberId,
    /// Static members, v5+.
    pub group_instance_id: Option<GroupInstanceId>,
    /// `consumer`, `connect`, ...: all members of a group agree.
    pub protocol_type: String,
    /// The assignors the member can use, preferred first, with its metadata for each.
    pub protocols: Vec<JoinGroupProtocol>,
    /// Why it (re)joins, v8+; Kafka cuts it at 255 characters.
    pub reason: Option<String>,
}

impl Default for JoinGroupRequest {
    fn default() -> Self {
        Self {
            group_id: GroupId::default(),
            session_timeout_ms: 0,
            rebalance_timeout_ms: -1,
            member_id: MemberId::default(),
            group_instance_id: None,
            protocol_type: String::new(),
            protocols: Vec::new(),
            reason: None,
        }
    }
}

/// One assignor a member can use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JoinGroupProtocol {
    /// Its name, such as `range`.
    pub name: String,
    /// The member's metadata for it: a Subscription for type `consumer`.
    pub metadata: Bytes,
}

/// The round's outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JoinGroupResponse {
    /// How long the broker asks the client to be silent, v2+.
    pub throttle_time_ms: i32,
    /// MEMBER_ID_REQUIRED with an id in the first step, ...
    pub error_code: ErrorCode,
    /// The generation the round made.
    pub generation_id: Generation,
    /// The group's protocol type, v7+.
    pub protocol_type: Option<String>,
    /// The assignor chosen; below v7 an empty name stands for none.
    pub protocol_name: Option<String>,
    /// The leader's member id.
    pub leader: MemberId,
    /// The leader need not assign again (v9+, KIP-814).
    pub skip_assignment: bool,
    /// The member's own id.
    pub member_id: MemberId,
    /// All members, for the leader only.
    pub members: Vec<JoinGroupMember>,
}

/// A member as the leader sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JoinGroupMember {
    /// Its id.
    pub member_id: MemberId,
    /// Its instance id, v5+.
    pub group_instance_id: Option<GroupInstanceId>,
    /// Its metadata for the chosen assignor. **Written by another member: trust nothing in it.**
    pub metadata: Bytes,
}

mirror! {
    JoinGroupRequest = raw::JoinGroupRequest {
        group_id,
        session_timeout_ms,
        rebalance_timeout_ms,
        member_id,
        group_instance_id(in 5..),
        protocol_type,
        protocols,
        reason,
    }
    JoinGroupProtocol = raw::join_group_request::JoinGroupRequestProtocol { name, metadata }
    JoinGroupResponse = raw::JoinGroupResponse (straight) {
        throttle_time_ms,
        error_code,
        generation_id,
        protocol_type,
        protocol_name(empty below 7),
        leader,
        skip_assignment(in 9..),
        member_id,
        members,
    }
    JoinGroupMember = raw::join_group_response::JoinGroupResponseMember {
        member_id, group_instance_id, metadata,
    }
}

read! {
    JoinGroupResponse {
        throttle_time_ms(in 2..),
        error_code,
        generation_id,
        protocol_type(in 7..),
        protocol_name(by protocol_name),
        leader,
        skip_assignment(in 9..),
        member_id,
        members,
    }
    JoinGroupMember {
        member_id,
        group_instance_id(in 5..),
        metadata(by copied),
    }
}

/// Below v7 it is never null, and empty text stands for none.
fn protocol_name(from: &mut Body<'_>) -> Option<String> {
    if from.version >= 7 {
        return Wire::read(from);
    }
    Some(String::read(from)).filter(|name| !name.is_empty())
}

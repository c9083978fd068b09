//! DescribeGroups (15): state and members of classic groups. KIP-430 (operations, v3), KIP-345 (static members, v4), KIP-1043 (v6).
//!
//! A hostile coordinator can describe any group with any members; their blobs are bytes until somebody reads them by
//! `consumer_protocol`, which has limits of its own.

use bytes::Bytes;

use super::body::{copied, read};
use super::wire::{mirror, raw};
use crate::{ErrorCode, GroupId, GroupInstanceId, MemberId};

/// Asks for the state of some groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DescribeGroupsRequest {
    /// The groups.
    pub groups: Vec<GroupId>,
    /// v3+.
    pub include_authorized_operations: bool,
}

/// Their states.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DescribeGroupsResponse {
    /// How long the broker asks the client to be silent, v1+.
    pub throttle_time_ms: i32,
    /// Per group.
    pub groups: Vec<DescribedGroup>,
}

/// One group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DescribedGroup {
    /// NOT_COORDINATOR, GROUP_ID_NOT_FOUND (v6+; older versions say state `Dead` instead), ...
    pub error_code: ErrorCode,
    /// Words about the error, v6+.
    pub error_message: Option<String>,
    /// The group.
    pub group_id: GroupId,
    /// `Empty`, `PreparingRebalance`, `CompletingRebalance`, `Stable`, `Dead`; empty with an error.
    pub group_state: String,
    /// `consumer`, `connect`, ...
    pub protocol_type: String,
    /// The assignor chosen; empty unless stable.
    pub protocol_data: String,
    /// The members.
    pub members: Vec<DescribedMember>,
    /// v3+; `i32::MIN` when not asked for.
    pub authorized_operations: i32,
}

impl Default for DescribedGroup {
    fn default() -> Self {
        Self {
            error_code: ErrorCode::NONE,
            error_message: None,
            group_id: GroupId::default(),
            group_state: String::new(),
            protocol_type: String::new(),
            protocol_data: String::new(),
            members: Vec::new(),
            authorized_operations: i32::MIN,
        }
    }
}

/// One member of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DescribedMember {
    /// Its id.
    pub member_id: MemberId,
    /// Its instance id, v4+.
    pub group_instance_id: Option<GroupInstanceId>,
    /// The `client.id` of its last join.
    pub client_id: String,
    /// Where it connected from, such as `/10.0.0.7`.
    pub client_host: String,
    /// Its metadata for the chosen assignor. **Written by a member: trust nothing in it.**
    pub member_metadata: Bytes,
    /// What the leader gave it. **Written by a member: trust nothing in it.**
    pub member_assignment: Bytes,
}

mirror! {
    DescribeGroupsRequest = raw::DescribeGroupsRequest { groups, include_authorized_operations(in 3..) }
    DescribeGroupsResponse = raw::DescribeGroupsResponse (straight) { throttle_time_ms, groups }
    DescribedGroup = raw::describe_groups_response::DescribedGroup {
        error_code,
        error_message(in 6..),
        group_id,
        group_state,
        protocol_type,
        protocol_data,
        members,
        authorized_operations(in 3..),
    }
    DescribedMember = raw::describe_groups_response::DescribedGroupMember {
        member_id,
        group_instance_id,
        client_id,
        client_host,
        member_metadata,
        member_assignment,
    }
}

// Not for its speed: a member that leads sends it, and must stay small.
read! {
    DescribeGroupsResponse { throttle_time_ms(in 1..), groups }
    DescribedGroup {
        error_code,
        error_message(in 6..),
        group_id,
        group_state,
        protocol_type,
        protocol_data,
        members,
        authorized_operations(in 3.., else i32::MIN),
    }
    DescribedMember {
        member_id,
        group_instance_id(in 4..),
        client_id,
        client_host,
        member_metadata(by copied),
        member_assignment(by copied),
    }
}

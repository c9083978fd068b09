//! ListGroups (16): the groups that one broker coordinates. KIP-518 (by state, v4), KIP-848 (by type, v5).
//!
//! A hostile broker can name any groups.

use super::wire::{mirror, raw};
use crate::{ErrorCode, GroupId};

/// Asks a broker for its groups; all brokers together have all groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListGroupsRequest {
    /// Only groups in these states, v4+; empty for all.
    pub states_filter: Vec<String>,
    /// Only groups of these types, v5+; empty for all.
    pub types_filter: Vec<String>,
}

/// The groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListGroupsResponse {
    /// How long the broker asks the client to be silent, v1+.
    pub throttle_time_ms: i32,
    /// COORDINATOR_LOAD_IN_PROGRESS, ...: the list is then not complete.
    pub error_code: ErrorCode,
    /// The groups.
    pub groups: Vec<ListedGroup>,
}

/// One group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListedGroup {
    /// The group.
    pub group_id: GroupId,
    /// `consumer`, `connect`, ...; empty for a group that only holds offsets.
    pub protocol_type: String,
    /// Its state, v4+.
    pub group_state: String,
    /// `classic`, `consumer`, `share`, ..., v5+.
    pub group_type: String,
}

mirror! {
    ListGroupsRequest = raw::ListGroupsRequest { states_filter(in 4..), types_filter(in 5..) }
    ListGroupsResponse = raw::ListGroupsResponse { throttle_time_ms, error_code, groups }
    ListedGroup = raw::list_groups_response::ListedGroup { group_id, protocol_type, group_state, group_type }
}

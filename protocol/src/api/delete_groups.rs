//! DeleteGroups (42): delete empty groups with all their offsets. KIP-229; v3 says why one cannot be deleted.
//!
//! A hostile coordinator can claim to have done what it has not, or the reverse.

use super::wire::{mirror, raw};
use crate::{ErrorCode, GroupId};

/// Deletes groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteGroupsRequest {
    /// Which.
    pub groups_names: Vec<GroupId>,
}

/// The outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteGroupsResponse {
    /// How long the broker asks the client to be silent.
    pub throttle_time_ms: i32,
    /// Per group.
    pub results: Vec<DeletedGroup>,
}

/// The outcome for one group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeletedGroup {
    /// The group.
    pub group_id: GroupId,
    /// NON_EMPTY_GROUP, GROUP_ID_NOT_FOUND, ...
    pub error_code: ErrorCode,
    /// Words about the error, v3+.
    pub error_message: Option<String>,
}

mirror! {
    DeleteGroupsRequest = raw::DeleteGroupsRequest { groups_names }
    DeleteGroupsResponse = raw::DeleteGroupsResponse { throttle_time_ms, results }
    DeletedGroup = raw::delete_groups_response::DeletableGroupResult { group_id, error_code, error_message }
}

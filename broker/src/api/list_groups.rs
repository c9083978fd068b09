//! ListGroups: the groups of one broker.

use alloc::string::String;
use alloc::vec::Vec;

use kohort_protocol::ErrorCode;
use kohort_protocol::api::list_groups::{ListGroupsRequest, ListGroupsResponse, ListedGroup};

use super::Caller;
use crate::cluster::Cluster;
use crate::coordinator::shard::Phase;
use crate::group::Group;

impl Cluster {
    /// While a shard loads its groups are missing, and the answer says so.
    pub(super) fn list_groups(&self, caller: &Caller, request: &ListGroupsRequest) -> ListGroupsResponse {
        let shards = self.nodes.get(&caller.call.node).map(|node| &node.shards);
        let mut response = refused(ErrorCode::NONE);
        for shard in shards.into_iter().flat_map(|shards| shards.values()) {
            if shard.phase == Phase::Loading {
                response.error_code = ErrorCode::COORDINATOR_LOAD_IN_PROGRESS;
            }
            let groups = shard.groups().values().map(Group::list);
            response
                .groups
                .extend(groups.filter(|group| is_wanted(group, request)));
        }
        response
    }
}

/// Filters ignore case; a type or state that does not exist matches nothing.
fn is_wanted(group: &ListedGroup, request: &ListGroupsRequest) -> bool {
    let passes = |filter: &[String], value: &str| {
        filter.is_empty() || filter.iter().any(|wanted| wanted.eq_ignore_ascii_case(value))
    };
    passes(&request.states_filter, &group.group_state) && passes(&request.types_filter, &group.group_type)
}

pub(super) fn refused(error_code: ErrorCode) -> ListGroupsResponse {
    ListGroupsResponse {
        throttle_time_ms: 0,
        error_code,
        groups: Vec::new(),
    }
}

//! DescribeGroups.

use alloc::borrow::ToOwned;
use alloc::format;

use kohort_protocol::api::describe_groups::{DescribeGroupsRequest, DescribeGroupsResponse, DescribedGroup};
use kohort_protocol::{ErrorCode, GroupId};

use super::Caller;
use crate::cluster::Cluster;
use crate::group::Group;

impl Cluster {
    pub(super) fn describe_groups(
        &mut self,
        caller: &Caller,
        request: &DescribeGroupsRequest,
    ) -> DescribeGroupsResponse {
        let groups = request.groups.iter();
        DescribeGroupsResponse {
            throttle_time_ms: 0,
            groups: groups.map(|group| self.describe_group(caller, group)).collect(),
        }
    }

    fn describe_group(&mut self, caller: &Caller, id: &GroupId) -> DescribedGroup {
        let described = self.coordinate(caller.call.node, id, |books| {
            books.groups.get(id).map(Group::describe)
        });
        match described {
            Ok(Some(group)) => group,
            Ok(None) => not_found(id, caller.version),
            Err(code) => failed(id, code),
        }
    }
}

/// From v6 on an unknown group is an error (KIP-1043); before, a group that is dead.
fn not_found(id: &GroupId, version: i16) -> DescribedGroup {
    let error = version >= 6;
    DescribedGroup {
        error_code: if error {
            ErrorCode::GROUP_ID_NOT_FOUND
        } else {
            ErrorCode::NONE
        },
        error_message: error.then(|| format!("Group {id} not found.")),
        group_id: id.clone(),
        group_state: "Dead".to_owned(),
        ..DescribedGroup::default()
    }
}

fn failed(id: &GroupId, error_code: ErrorCode) -> DescribedGroup {
    DescribedGroup {
        error_code,
        group_id: id.clone(),
        ..DescribedGroup::default()
    }
}

pub(super) fn refused(request: &DescribeGroupsRequest, code: ErrorCode) -> DescribeGroupsResponse {
    DescribeGroupsResponse {
        throttle_time_ms: 0,
        groups: request.groups.iter().map(|group| failed(group, code)).collect(),
    }
}

//! LeaveGroup. Up to v2 there is one member, and its error is the answer's.

use alloc::vec::Vec;

use kohort_protocol::ErrorCode;
use kohort_protocol::api::leave_group::{LeaveGroupRequest, LeaveGroupResponse, LeavingMember, LeftMember};

use super::Caller;
use crate::cluster::Cluster;

impl Cluster {
    pub(super) fn leave_group(&mut self, caller: &Caller, request: &LeaveGroupRequest) -> LeaveGroupResponse {
        if request.group_id.is_empty() {
            return refused(ErrorCode::INVALID_GROUP_ID);
        }
        let left = self.coordinate(caller.call.node, &request.group_id, |books| {
            match books.groups.get_mut(&request.group_id) {
                Some(group) => group.leave(&mut books.turn, &request.members),
                None => request.members.iter().map(stranger).collect(),
            }
        });
        match left {
            Ok(members) if caller.version < 3 => {
                let code = members.first().map(|member| member.error_code);
                refused(code.unwrap_or_default())
            }
            Ok(members) => LeaveGroupResponse {
                members,
                ..LeaveGroupResponse::default()
            },
            Err(code) => refused(code),
        }
    }
}

fn stranger(member: &LeavingMember) -> LeftMember {
    LeftMember {
        member_id: member.member_id.clone(),
        group_instance_id: member.group_instance_id.clone(),
        error_code: ErrorCode::UNKNOWN_MEMBER_ID,
    }
}

pub(super) fn refused(error_code: ErrorCode) -> LeaveGroupResponse {
    LeaveGroupResponse {
        throttle_time_ms: 0,
        error_code,
        members: Vec::new(),
    }
}

//! Heartbeat. A coordinator that loads says yes to everybody: a good heartbeat does not prove a coordinator that knows the member.

use kohort_protocol::ErrorCode;
use kohort_protocol::api::heartbeat::{HeartbeatRequest, HeartbeatResponse};

use super::Caller;
use crate::cluster::Cluster;

impl Cluster {
    pub(super) fn heartbeat(&mut self, caller: &Caller, request: &HeartbeatRequest) -> HeartbeatResponse {
        if request.group_id.is_empty() {
            return answer(ErrorCode::INVALID_GROUP_ID);
        }
        let code = self.coordinate(caller.call.node, &request.group_id, |books| {
            let group = books.groups.get_mut(&request.group_id);
            group.map_or(ErrorCode::UNKNOWN_MEMBER_ID, |group| {
                group.heartbeat(&mut books.turn, request)
            })
        });
        answer(match code {
            Err(ErrorCode::COORDINATOR_LOAD_IN_PROGRESS) => ErrorCode::NONE,
            Ok(code) | Err(code) => code,
        })
    }
}

pub(super) fn answer(error_code: ErrorCode) -> HeartbeatResponse {
    HeartbeatResponse {
        throttle_time_ms: 0,
        error_code,
    }
}

//! What requests and answers say of the coordinator.

use kohort_protocol::ErrorCode;
use kohort_protocol::api::{Request, Response};

use super::s05_commit_fencing::codes;

/// Whether a request without an answer says something of the coordinator.
pub(super) const fn is_for_coordinator(request: &Request) -> bool {
    matches!(
        request,
        Request::FindCoordinator(_)
            | Request::JoinGroup(_)
            | Request::SyncGroup(_)
            | Request::Heartbeat(_)
            | Request::LeaveGroup(_)
            | Request::OffsetCommit(_)
            | Request::OffsetFetch(_)
            | Request::DescribeGroups(_)
    )
}

/// The answers by which a coordinator says that it is none, or that it cannot do its work.
pub(super) fn loses_coordinator(response: &Response) -> bool {
    let is_none = |code| {
        matches!(
            code,
            ErrorCode::NOT_COORDINATOR | ErrorCode::COORDINATOR_NOT_AVAILABLE
        )
    };
    let is_lost = |code| is_none(code) || code == ErrorCode::REQUEST_TIMED_OUT;
    match response {
        Response::JoinGroup(response) => is_none(response.error_code),
        Response::SyncGroup(response) => is_none(response.error_code),
        Response::Heartbeat(response) => is_none(response.error_code),
        Response::LeaveGroup(response) => is_none(response.error_code),
        Response::OffsetCommit(response) => codes(response).into_values().any(is_lost),
        Response::OffsetFetch(response) => response.groups.iter().any(|group| is_none(group.error_code)),
        Response::DescribeGroups(response) => response.groups.iter().any(|group| is_none(group.error_code)),
        _ => false,
    }
}

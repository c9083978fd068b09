//! What the application is told when a broker refuses: which request, which code, and what to do about it.

use kohort_protocol::{ApiKey, ErrorCode};

use super::error::MemberError;
use super::io::Failure;
use super::wire::Wire;

impl MemberError {
    /// The coordinator refuses for good.
    pub(super) fn refused(wire: &Wire, api: ApiKey, code: ErrorCode) -> Self {
        Self::Refused {
            group: wire.config.group_id.clone(),
            api: name(api),
            code,
            hint: hint(code),
        }
    }

    /// The broker cannot, or its answer makes no sense.
    pub(super) fn unusable(wire: &Wire, api: ApiKey, failure: &Failure) -> Self {
        let problem = alloc::format!("{}: {failure}", name(api));
        Self::Protocol {
            group: wire.config.group_id.clone(),
            problem,
        }
    }
}

const fn name(api: ApiKey) -> &'static str {
    match api {
        ApiKey::FindCoordinator => "FindCoordinator",
        ApiKey::JoinGroup => "JoinGroup",
        ApiKey::SyncGroup => "SyncGroup",
        ApiKey::Heartbeat => "Heartbeat",
        ApiKey::LeaveGroup => "LeaveGroup",
        ApiKey::OffsetCommit => "OffsetCommit",
        ApiKey::OffsetFetch => "OffsetFetch",
        ApiKey::ListOffsets => "ListOffsets",
        ApiKey::Fetch => "Fetch",
        ApiKey::Metadata => "Metadata",
        _ => "a request",
    }
}

const fn hint(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::GROUP_AUTHORIZATION_FAILED => "The principal needs READ on the group: add an ACL",
        ErrorCode::TOPIC_AUTHORIZATION_FAILED => "The principal needs READ on the topic: add an ACL",
        ErrorCode::INVALID_GROUP_ID => "Choose a group.id that is not empty",
        ErrorCode::INVALID_SESSION_TIMEOUT => {
            "session.timeout.ms must lie between the broker's group.min.session.timeout.ms and group.max.session.timeout.ms \
             (6 s and 30 min unless configured)"
        }
        ErrorCode::INCONSISTENT_GROUP_PROTOCOL => {
            "The other members share no assignor with this one, or the group is used for something else: align \
             partition.assignment.strategy, or choose another group.id"
        }
        ErrorCode::GROUP_MAX_SIZE_REACHED => {
            "The group is full: stop a member, or raise the broker's group.max.size"
        }
        ErrorCode::FENCED_INSTANCE_ID => {
            "Another process uses the same group.instance.id and took over: give each process its own"
        }
        ErrorCode::UNSUPPORTED_VERSION => "The broker cannot do this: upgrade it, or enable the feature",
        _ => "Look for the reason in the coordinator's log",
    }
}

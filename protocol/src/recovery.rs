//! What an error code asks of a client. The same code means different things to different APIs; this is the only place that says which.
//!
//! One function per API or family, after group-rules 4.4 (the Java client's actions). What a table does not name is retried if Kafka's
//! client counts it among its `RetriableException`s, so that no such code ever reaches a user (rule 61), and is fatal otherwise.
//! How long to wait, how often to retry, and whether a late answer still counts (rule 3) is for the caller to know.

use crate::{ApiKey, ErrorCode};

/// What is asked of whoever sent the request. A code within a response (of a topic, a partition, a group) asks it for that part only.
///
/// It is exhaustive on purpose: whoever acts on it has to decide about each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Recovery {
    /// Nothing: it succeeded, or what was wanted is so already.
    Done,
    /// Send the same again after a backoff, to the same broker.
    Retry,
    /// The broker does not coordinate this group (any more): forget it, look the coordinator up, then send the same again. Member id,
    /// generation and assignment stay.
    FindCoordinator,
    /// The response holds a member id: keep it and join again with it at once (KIP-394).
    TakeMemberId,
    /// The group rebalances: join again with the same member id. Nothing is lost; the partitions are still owned until the new round.
    /// A heartbeat so answered has kept the session alive, and asks for this from Stable only (rule 5). A commit so answered is not
    /// stored.
    Rejoin,
    /// The generation is over: forget it, keep the member id, join again. Partitions owned are lost, not revoked (rules 2 and 13).
    /// To be ignored if the generation has changed since the request was sent (rule 3).
    ResetGeneration,
    /// The coordinator does not know this member: forget member id and generation, join again as a new one. Partitions owned are lost,
    /// not revoked (rules 2 and 13). To be ignored if either has changed since (rule 3).
    ResetMember,
    /// KIP-848: the member's epoch has moved on. Send the same again with the epoch of the next heartbeat's answer (rule 43).
    RefreshEpoch,
    /// Leader or topic is not what the client believes: ask for metadata (or use the hint in the response), then send the same again to
    /// whoever leads or controls now, after a backoff.
    RefreshMetadata,
    /// The position lies outside the log: apply `auto.offset.reset` (rule 64). A follower that says so may only lag: ask the leader first.
    ResetOffset,
    /// The fetch session is gone or out of step: open a new one with all partitions. No position changes (KIP-227).
    NewFetchSession,
    /// The whole view of the cluster is too old: begin again from `bootstrap.servers` (KIP-1102).
    Rebootstrap,
    /// The broker is older: ask again with a version that its answer lists (KIP-511).
    LowerVersion,
    /// Another process has taken this one's place under its `group.instance.id` or `transactional.id`. To go on would take the place
    /// back, and so on for ever: stop, and tell the user.
    Fenced,
    /// No repetition helps: tell the user.
    Fatal,
}

impl Recovery {
    /// What `code`, anywhere in a response of `api`, asks of a member or client.
    #[must_use]
    pub const fn of(api: ApiKey, code: ErrorCode) -> Self {
        if code.is_ok() {
            return Self::Done;
        }
        match api {
            ApiKey::FindCoordinator => otherwise(code),
            ApiKey::JoinGroup => join_group(code),
            ApiKey::SyncGroup => sync_group(code),
            ApiKey::Heartbeat => heartbeat(code),
            ApiKey::LeaveGroup => leave_group(code),
            ApiKey::OffsetCommit => offset_commit(code),
            ApiKey::OffsetFetch => offset_fetch(code),
            ApiKey::ListOffsets => list_offsets(code),
            ApiKey::Fetch => fetch(code),
            ApiKey::Metadata => metadata(code),
            ApiKey::Produce => produce(code),
            ApiKey::InitProducerId => init_producer_id(code),
            ApiKey::DescribeGroups | ApiKey::DeleteGroups | ApiKey::OffsetDelete => group_admin(code),
            ApiKey::ListGroups => otherwise(code),
            ApiKey::CreateTopics | ApiKey::DeleteTopics | ApiKey::CreatePartitions => topic_admin(code),
            ApiKey::ApiVersions => api_versions(code),
            ApiKey::AddPartitionsToTxn | ApiKey::AddOffsetsToTxn | ApiKey::EndTxn => init_producer_id(code),
            ApiKey::TxnOffsetCommit => txn_offset_commit(code),
            ApiKey::ConsumerGroupHeartbeat | ApiKey::ShareGroupHeartbeat | ApiKey::StreamsGroupHeartbeat => {
                group_heartbeat(code)
            }
            ApiKey::ShareFetch | ApiKey::ShareAcknowledge => share_session(code),
            ApiKey::ConsumerGroupDescribe | ApiKey::ShareGroupDescribe | ApiKey::StreamsGroupDescribe => {
                group_admin(code)
            }
            ApiKey::DescribeShareGroupOffsets
            | ApiKey::AlterShareGroupOffsets
            | ApiKey::DeleteShareGroupOffsets => group_admin(code),
            ApiKey::StreamsGroupTopologyDescriptionUpdate => coordinated(code),
        }
    }

    /// As [`Recovery::of`], for an administrator's LeaveGroup, OffsetCommit or OffsetFetch: there is no membership to mend. A member
    /// that is in the way asks for patience (it rebalances) or is a reason to refuse (the group is not empty).
    #[must_use]
    pub const fn of_admin(api: ApiKey, code: ErrorCode) -> Self {
        match (api, code) {
            (ApiKey::LeaveGroup | ApiKey::OffsetCommit, ErrorCode::REBALANCE_IN_PROGRESS) => Self::Retry,
            (ApiKey::LeaveGroup, ErrorCode::UNKNOWN_MEMBER_ID) => Self::Fatal,
            _ => match Self::of(api, code) {
                Self::TakeMemberId | Self::Rejoin | Self::ResetGeneration | Self::ResetMember => Self::Fatal,
                Self::RefreshEpoch | Self::Fenced => Self::Fatal,
                other => other,
            },
        }
    }

    /// Whether the same request may be sent again, possibly to another broker or after asking for something else.
    #[must_use]
    pub const fn is_retriable(self) -> bool {
        !matches!(self, Self::Done | Self::Fenced | Self::Fatal)
    }
}

/// What no table names, see the head of this file.
const fn otherwise(code: ErrorCode) -> Recovery {
    if code.is_retriable() {
        Recovery::Retry
    } else {
        Recovery::Fatal
    }
}

/// As [`otherwise`], for what is sent to a coordinator.
const fn coordinated(code: ErrorCode) -> Recovery {
    match code {
        ErrorCode::NOT_COORDINATOR | ErrorCode::COORDINATOR_NOT_AVAILABLE => Recovery::FindCoordinator,
        _ => otherwise(code),
    }
}

/// As [`otherwise`], for what is sent to a partition's leader: the codes that Java throws as `InvalidMetadataException`.
const fn led(code: ErrorCode) -> Recovery {
    match code {
        ErrorCode::NOT_LEADER_OR_FOLLOWER
        | ErrorCode::LEADER_NOT_AVAILABLE
        | ErrorCode::REPLICA_NOT_AVAILABLE
        | ErrorCode::LISTENER_NOT_FOUND
        | ErrorCode::KAFKA_STORAGE_ERROR
        | ErrorCode::FENCED_LEADER_EPOCH
        | ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
        | ErrorCode::UNKNOWN_TOPIC_ID
        | ErrorCode::INCONSISTENT_TOPIC_ID => Recovery::RefreshMetadata,
        _ => otherwise(code),
    }
}

const fn join_group(code: ErrorCode) -> Recovery {
    match code {
        ErrorCode::MEMBER_ID_REQUIRED => Recovery::TakeMemberId,
        ErrorCode::UNKNOWN_MEMBER_ID => Recovery::ResetMember,
        ErrorCode::REBALANCE_IN_PROGRESS => Recovery::Rejoin,
        ErrorCode::FENCED_INSTANCE_ID => Recovery::Fenced,
        _ => coordinated(code),
    }
}

const fn sync_group(code: ErrorCode) -> Recovery {
    match code {
        // A coordinator that is loading has lost the round; Kafka's own says REBALANCE_IN_PROGRESS in its place.
        ErrorCode::COORDINATOR_LOAD_IN_PROGRESS => Recovery::Rejoin,
        _ => heartbeat(code),
    }
}

const fn heartbeat(code: ErrorCode) -> Recovery {
    match code {
        ErrorCode::REBALANCE_IN_PROGRESS => Recovery::Rejoin,
        ErrorCode::ILLEGAL_GENERATION => Recovery::ResetGeneration,
        ErrorCode::UNKNOWN_MEMBER_ID => Recovery::ResetMember,
        ErrorCode::FENCED_INSTANCE_ID => Recovery::Fenced,
        _ => coordinated(code),
    }
}

/// The Java client never repeats a LeaveGroup. Repeating it within the time that closing has spares the others a session time-out, as
/// franz-go does. Whatever is answered, the member has left for itself.
const fn leave_group(code: ErrorCode) -> Recovery {
    match code {
        ErrorCode::UNKNOWN_MEMBER_ID => Recovery::Done,
        _ => coordinated(code),
    }
}

const fn offset_commit(code: ErrorCode) -> Recovery {
    match code {
        ErrorCode::REQUEST_TIMED_OUT => Recovery::FindCoordinator,
        ErrorCode::STALE_MEMBER_EPOCH => Recovery::RefreshEpoch,
        _ => heartbeat(code),
    }
}

const fn offset_fetch(code: ErrorCode) -> Recovery {
    match code {
        ErrorCode::STALE_MEMBER_EPOCH => Recovery::RefreshEpoch,
        // Retriable elsewhere; here Java tells the user, for a topic that is gone has no offsets to wait for.
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION | ErrorCode::UNKNOWN_TOPIC_ID => Recovery::Fatal,
        _ => coordinated(code),
    }
}

/// Java retries even what it does not know ("failed due to unexpected exception, retrying"), always with new metadata.
const fn list_offsets(code: ErrorCode) -> Recovery {
    match code {
        ErrorCode::TOPIC_AUTHORIZATION_FAILED | ErrorCode::UNSUPPORTED_FOR_MESSAGE_FORMAT => Recovery::Fatal,
        _ => Recovery::RefreshMetadata,
    }
}

const fn fetch(code: ErrorCode) -> Recovery {
    match code {
        ErrorCode::OFFSET_OUT_OF_RANGE => Recovery::ResetOffset,
        ErrorCode::FETCH_SESSION_ID_NOT_FOUND
        | ErrorCode::INVALID_FETCH_SESSION_EPOCH
        | ErrorCode::FETCH_SESSION_TOPIC_ID_ERROR => Recovery::NewFetchSession,
        // The broker knows less than we do, or stumbled: both pass.
        ErrorCode::UNKNOWN_LEADER_EPOCH | ErrorCode::UNKNOWN_SERVER_ERROR => Recovery::Retry,
        ErrorCode::OFFSET_NOT_AVAILABLE => Recovery::RefreshMetadata,
        // Retriable for a producer; what lies in the log does not heal.
        ErrorCode::CORRUPT_MESSAGE => Recovery::Fatal,
        _ => led(code),
    }
}

const fn metadata(code: ErrorCode) -> Recovery {
    match code {
        ErrorCode::REBOOTSTRAP_REQUIRED => Recovery::Rebootstrap,
        _ => otherwise(code),
    }
}

const fn produce(code: ErrorCode) -> Recovery {
    match code {
        // The broker has the batch: it is the answer to the first attempt that was lost.
        ErrorCode::DUPLICATE_SEQUENCE_NUMBER => Recovery::Done,
        ErrorCode::INVALID_PRODUCER_EPOCH | ErrorCode::PRODUCER_FENCED => Recovery::Fenced,
        _ => led(code),
    }
}

const fn init_producer_id(code: ErrorCode) -> Recovery {
    match code {
        ErrorCode::INVALID_PRODUCER_EPOCH | ErrorCode::PRODUCER_FENCED => Recovery::Fenced,
        _ => coordinated(code),
    }
}

/// A member that is not there any more is none that an epoch could be mended for: the transaction has to be aborted.
const fn txn_offset_commit(code: ErrorCode) -> Recovery {
    match code {
        ErrorCode::REQUEST_TIMED_OUT => Recovery::FindCoordinator,
        ErrorCode::FENCED_INSTANCE_ID => Recovery::Fenced,
        _ => init_producer_id(code),
    }
}

/// The heartbeats of KIP-848, KIP-932 and KIP-1071: a member keeps the id it has made for itself, whatever it is told.
const fn group_heartbeat(code: ErrorCode) -> Recovery {
    match code {
        ErrorCode::FENCED_MEMBER_EPOCH | ErrorCode::UNKNOWN_MEMBER_ID => Recovery::ResetGeneration,
        ErrorCode::FENCED_INSTANCE_ID => Recovery::Fenced,
        _ => coordinated(code),
    }
}

const fn share_session(code: ErrorCode) -> Recovery {
    match code {
        ErrorCode::SHARE_SESSION_NOT_FOUND | ErrorCode::INVALID_SHARE_SESSION_EPOCH => {
            Recovery::NewFetchSession
        }
        _ => led(code),
    }
}

const fn group_admin(code: ErrorCode) -> Recovery {
    match code {
        // Of a partition whose offset was to be deleted: final, although retriable elsewhere.
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION => Recovery::Fatal,
        _ => coordinated(code),
    }
}

/// Only these two are repeated by Java's admin client: any other code says that it was tried, so that a second try may meet the first.
const fn topic_admin(code: ErrorCode) -> Recovery {
    match code {
        ErrorCode::NOT_CONTROLLER => Recovery::RefreshMetadata,
        ErrorCode::THROTTLING_QUOTA_EXCEEDED => Recovery::Retry,
        _ => Recovery::Fatal,
    }
}

const fn api_versions(code: ErrorCode) -> Recovery {
    match code {
        ErrorCode::UNSUPPORTED_VERSION => Recovery::LowerVersion,
        _ => otherwise(code),
    }
}

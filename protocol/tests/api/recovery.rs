//! The table of group-rules 4.4, written out a second time: for each API what each code asks. What is not listed is checked too.

use std::collections::BTreeSet;

use kohort_protocol::Recovery::{self, *};
use kohort_protocol::{ApiKey, ErrorCode};

type Rows = &'static [(Recovery, &'static str)];

const FIND_COORDINATOR: Rows = &[
    (
        Retry,
        "COORDINATOR_NOT_AVAILABLE COORDINATOR_LOAD_IN_PROGRESS NOT_COORDINATOR",
    ),
    (
        Fatal,
        "GROUP_AUTHORIZATION_FAILED INVALID_GROUP_ID INVALID_REQUEST TRANSACTIONAL_ID_AUTHORIZATION_FAILED",
    ),
];

const JOIN_GROUP: Rows = &[
    (Retry, "COORDINATOR_LOAD_IN_PROGRESS"),
    (FindCoordinator, "NOT_COORDINATOR COORDINATOR_NOT_AVAILABLE"),
    (ResetMember, "UNKNOWN_MEMBER_ID"),
    (TakeMemberId, "MEMBER_ID_REQUIRED"),
    (Rejoin, "REBALANCE_IN_PROGRESS"),
    (Fenced, "FENCED_INSTANCE_ID"),
    (
        Fatal,
        "INCONSISTENT_GROUP_PROTOCOL INVALID_SESSION_TIMEOUT INVALID_GROUP_ID GROUP_AUTHORIZATION_FAILED",
    ),
    (
        Fatal,
        "GROUP_MAX_SIZE_REACHED UNSUPPORTED_VERSION ILLEGAL_GENERATION UNKNOWN_SERVER_ERROR",
    ),
];

const SYNC_GROUP: Rows = &[
    (Rejoin, "REBALANCE_IN_PROGRESS COORDINATOR_LOAD_IN_PROGRESS"),
    (ResetMember, "UNKNOWN_MEMBER_ID"),
    (ResetGeneration, "ILLEGAL_GENERATION"),
    (FindCoordinator, "NOT_COORDINATOR COORDINATOR_NOT_AVAILABLE"),
    (Fenced, "FENCED_INSTANCE_ID"),
    (
        Fatal,
        "GROUP_AUTHORIZATION_FAILED INCONSISTENT_GROUP_PROTOCOL INVALID_GROUP_ID UNKNOWN_SERVER_ERROR",
    ),
];

const HEARTBEAT: Rows = &[
    (Retry, "COORDINATOR_LOAD_IN_PROGRESS"),
    (FindCoordinator, "NOT_COORDINATOR COORDINATOR_NOT_AVAILABLE"),
    (Rejoin, "REBALANCE_IN_PROGRESS"),
    (ResetGeneration, "ILLEGAL_GENERATION"),
    (ResetMember, "UNKNOWN_MEMBER_ID"),
    (Fenced, "FENCED_INSTANCE_ID"),
    (
        Fatal,
        "GROUP_AUTHORIZATION_FAILED INVALID_GROUP_ID UNKNOWN_SERVER_ERROR",
    ),
];

const LEAVE_GROUP: Rows = &[
    (Done, "UNKNOWN_MEMBER_ID"),
    (Retry, "COORDINATOR_LOAD_IN_PROGRESS"),
    (FindCoordinator, "NOT_COORDINATOR COORDINATOR_NOT_AVAILABLE"),
    (
        Fatal,
        "GROUP_AUTHORIZATION_FAILED FENCED_INSTANCE_ID INVALID_GROUP_ID",
    ),
];

const OFFSET_COMMIT: Rows = &[
    (
        Retry,
        "COORDINATOR_LOAD_IN_PROGRESS UNKNOWN_TOPIC_OR_PARTITION UNKNOWN_TOPIC_ID",
    ),
    (
        FindCoordinator,
        "NOT_COORDINATOR COORDINATOR_NOT_AVAILABLE REQUEST_TIMED_OUT",
    ),
    (
        Fatal,
        "OFFSET_METADATA_TOO_LARGE INVALID_COMMIT_OFFSET_SIZE GROUP_AUTHORIZATION_FAILED",
    ),
    (
        Fatal,
        "TOPIC_AUTHORIZATION_FAILED GROUP_ID_NOT_FOUND UNSUPPORTED_VERSION UNKNOWN_SERVER_ERROR",
    ),
    (Rejoin, "REBALANCE_IN_PROGRESS"),
    (ResetMember, "UNKNOWN_MEMBER_ID"),
    (ResetGeneration, "ILLEGAL_GENERATION"),
    (Fenced, "FENCED_INSTANCE_ID"),
    (RefreshEpoch, "STALE_MEMBER_EPOCH"),
];

const OFFSET_FETCH: Rows = &[
    (FindCoordinator, "NOT_COORDINATOR COORDINATOR_NOT_AVAILABLE"),
    (
        Retry,
        "COORDINATOR_LOAD_IN_PROGRESS UNSTABLE_OFFSET_COMMIT REQUEST_TIMED_OUT",
    ),
    (
        Fatal,
        "GROUP_AUTHORIZATION_FAILED UNKNOWN_MEMBER_ID TOPIC_AUTHORIZATION_FAILED",
    ),
    (
        Fatal,
        "UNKNOWN_TOPIC_OR_PARTITION UNKNOWN_TOPIC_ID UNKNOWN_SERVER_ERROR",
    ),
    (RefreshEpoch, "STALE_MEMBER_EPOCH"),
];

const FETCH: Rows = &[
    (
        RefreshMetadata,
        "NOT_LEADER_OR_FOLLOWER REPLICA_NOT_AVAILABLE KAFKA_STORAGE_ERROR FENCED_LEADER_EPOCH",
    ),
    (
        RefreshMetadata,
        "OFFSET_NOT_AVAILABLE LEADER_NOT_AVAILABLE LISTENER_NOT_FOUND",
    ),
    (
        RefreshMetadata,
        "UNKNOWN_TOPIC_OR_PARTITION UNKNOWN_TOPIC_ID INCONSISTENT_TOPIC_ID",
    ),
    (ResetOffset, "OFFSET_OUT_OF_RANGE"),
    (
        NewFetchSession,
        "FETCH_SESSION_ID_NOT_FOUND INVALID_FETCH_SESSION_EPOCH FETCH_SESSION_TOPIC_ID_ERROR",
    ),
    (Retry, "UNKNOWN_LEADER_EPOCH UNKNOWN_SERVER_ERROR"),
    (
        Fatal,
        "TOPIC_AUTHORIZATION_FAILED CORRUPT_MESSAGE UNSUPPORTED_COMPRESSION_TYPE",
    ),
];

const METADATA: Rows = &[
    (
        Retry,
        "LEADER_NOT_AVAILABLE UNKNOWN_TOPIC_OR_PARTITION UNKNOWN_TOPIC_ID LISTENER_NOT_FOUND",
    ),
    (Rebootstrap, "REBOOTSTRAP_REQUIRED"),
    (
        Fatal,
        "INVALID_TOPIC_EXCEPTION TOPIC_AUTHORIZATION_FAILED CLUSTER_AUTHORIZATION_FAILED",
    ),
];

const PRODUCE: Rows = &[
    (Done, "DUPLICATE_SEQUENCE_NUMBER"),
    (
        RefreshMetadata,
        "NOT_LEADER_OR_FOLLOWER LEADER_NOT_AVAILABLE REPLICA_NOT_AVAILABLE KAFKA_STORAGE_ERROR",
    ),
    (RefreshMetadata, "FENCED_LEADER_EPOCH LISTENER_NOT_FOUND"),
    (
        RefreshMetadata,
        "UNKNOWN_TOPIC_OR_PARTITION UNKNOWN_TOPIC_ID INCONSISTENT_TOPIC_ID",
    ),
    (
        Retry,
        "REQUEST_TIMED_OUT NOT_ENOUGH_REPLICAS NOT_ENOUGH_REPLICAS_AFTER_APPEND CORRUPT_MESSAGE",
    ),
    (Fenced, "INVALID_PRODUCER_EPOCH PRODUCER_FENCED"),
    (
        Fatal,
        "MESSAGE_TOO_LARGE RECORD_LIST_TOO_LARGE INVALID_RECORD OUT_OF_ORDER_SEQUENCE_NUMBER INVALID_TIMESTAMP",
    ),
    (
        Fatal,
        "UNKNOWN_PRODUCER_ID TOPIC_AUTHORIZATION_FAILED INVALID_REQUIRED_ACKS",
    ),
];

const INIT_PRODUCER_ID: Rows = &[
    (FindCoordinator, "NOT_COORDINATOR COORDINATOR_NOT_AVAILABLE"),
    (Retry, "COORDINATOR_LOAD_IN_PROGRESS CONCURRENT_TRANSACTIONS"),
    (Fenced, "INVALID_PRODUCER_EPOCH PRODUCER_FENCED"),
    (
        Fatal,
        "TRANSACTIONAL_ID_AUTHORIZATION_FAILED CLUSTER_AUTHORIZATION_FAILED INVALID_TRANSACTION_TIMEOUT",
    ),
];

const TXN_OFFSET_COMMIT: Rows = &[
    (
        FindCoordinator,
        "NOT_COORDINATOR COORDINATOR_NOT_AVAILABLE REQUEST_TIMED_OUT",
    ),
    (Retry, "COORDINATOR_LOAD_IN_PROGRESS UNKNOWN_TOPIC_OR_PARTITION"),
    (
        Fenced,
        "INVALID_PRODUCER_EPOCH PRODUCER_FENCED FENCED_INSTANCE_ID",
    ),
    (Fatal, "UNKNOWN_MEMBER_ID ILLEGAL_GENERATION STALE_MEMBER_EPOCH"),
];

const GROUP_HEARTBEAT: Rows = &[
    (FindCoordinator, "NOT_COORDINATOR COORDINATOR_NOT_AVAILABLE"),
    (Retry, "COORDINATOR_LOAD_IN_PROGRESS"),
    (ResetGeneration, "FENCED_MEMBER_EPOCH UNKNOWN_MEMBER_ID"),
    (Fenced, "FENCED_INSTANCE_ID"),
    (
        Fatal,
        "UNRELEASED_INSTANCE_ID GROUP_MAX_SIZE_REACHED UNSUPPORTED_ASSIGNOR",
    ),
];

const SHARE_SESSION: Rows = &[
    (
        NewFetchSession,
        "SHARE_SESSION_NOT_FOUND INVALID_SHARE_SESSION_EPOCH",
    ),
    (
        RefreshMetadata,
        "NOT_LEADER_OR_FOLLOWER LEADER_NOT_AVAILABLE REPLICA_NOT_AVAILABLE KAFKA_STORAGE_ERROR",
    ),
    (RefreshMetadata, "FENCED_LEADER_EPOCH LISTENER_NOT_FOUND"),
    (
        RefreshMetadata,
        "UNKNOWN_TOPIC_OR_PARTITION UNKNOWN_TOPIC_ID INCONSISTENT_TOPIC_ID",
    ),
    (Fatal, "GROUP_AUTHORIZATION_FAILED INVALID_RECORD_STATE"),
];

const GROUP_ADMIN: Rows = &[
    (Retry, "COORDINATOR_LOAD_IN_PROGRESS"),
    (FindCoordinator, "NOT_COORDINATOR COORDINATOR_NOT_AVAILABLE"),
    (
        Fatal,
        "NON_EMPTY_GROUP GROUP_ID_NOT_FOUND INVALID_GROUP_ID GROUP_SUBSCRIBED_TO_TOPIC",
    ),
    (
        Fatal,
        "GROUP_AUTHORIZATION_FAILED GROUP_DELETION_FAILED UNKNOWN_TOPIC_OR_PARTITION",
    ),
];

const LIST_GROUPS: Rows = &[
    // Asked of every broker for itself: there is no coordinator to look for.
    (
        Retry,
        "COORDINATOR_LOAD_IN_PROGRESS COORDINATOR_NOT_AVAILABLE NOT_COORDINATOR",
    ),
    (Fatal, "CLUSTER_AUTHORIZATION_FAILED"),
];

const API_VERSIONS: Rows = &[
    (LowerVersion, "UNSUPPORTED_VERSION"),
    (Fatal, "INVALID_REQUEST CLUSTER_AUTHORIZATION_FAILED"),
];

fn retried_if_retriable(code: ErrorCode) -> Recovery {
    if code.is_retriable() { Retry } else { Fatal }
}

/// Holds the table against the rows, and all other codes against `rest`.
fn check(api: ApiKey, rows: Rows, rest: fn(ErrorCode) -> Recovery) {
    let mut listed = BTreeSet::from([ErrorCode::NONE]);
    for (recovery, names) in rows {
        for name in names.split(' ') {
            let code = ErrorCode::ALL.iter().find(|code| code.name() == Some(name));
            let code = *code.unwrap_or_else(|| unreachable!("no code {name}"));
            assert!(listed.insert(code), "{api} {name} listed twice");
            assert_eq!(Recovery::of(api, code), *recovery, "{api} {name}");
        }
    }
    for &code in ErrorCode::ALL.iter().filter(|code| !listed.contains(code)) {
        assert_eq!(Recovery::of(api, code), rest(code), "{api} {code}");
    }
    assert_eq!(Recovery::of(api, ErrorCode::NONE), Done);
    assert_eq!(Recovery::of(api, ErrorCode(9999)), rest(ErrorCode(9999)));
}

#[test]
fn every_api_and_every_code() {
    for &api in ApiKey::ALL {
        match api {
            ApiKey::FindCoordinator => check(api, FIND_COORDINATOR, retried_if_retriable),
            ApiKey::JoinGroup => check(api, JOIN_GROUP, retried_if_retriable),
            ApiKey::SyncGroup => check(api, SYNC_GROUP, retried_if_retriable),
            ApiKey::Heartbeat => check(api, HEARTBEAT, retried_if_retriable),
            ApiKey::LeaveGroup => check(api, LEAVE_GROUP, retried_if_retriable),
            ApiKey::OffsetCommit => check(api, OFFSET_COMMIT, retried_if_retriable),
            ApiKey::OffsetFetch => check(api, OFFSET_FETCH, retried_if_retriable),
            ApiKey::ListOffsets => {
                let fatal: Rows = &[(Fatal, "TOPIC_AUTHORIZATION_FAILED UNSUPPORTED_FOR_MESSAGE_FORMAT")];
                check(api, fatal, |_| RefreshMetadata);
            }
            ApiKey::Fetch => check(api, FETCH, retried_if_retriable),
            ApiKey::Metadata => check(api, METADATA, retried_if_retriable),
            ApiKey::Produce => check(api, PRODUCE, retried_if_retriable),
            ApiKey::InitProducerId => check(api, INIT_PRODUCER_ID, retried_if_retriable),
            ApiKey::DescribeGroups | ApiKey::DeleteGroups | ApiKey::OffsetDelete => {
                check(api, GROUP_ADMIN, retried_if_retriable);
            }
            ApiKey::ListGroups => check(api, LIST_GROUPS, retried_if_retriable),
            ApiKey::CreateTopics | ApiKey::DeleteTopics | ApiKey::CreatePartitions => {
                let tried_again: Rows = &[
                    (RefreshMetadata, "NOT_CONTROLLER"),
                    (Retry, "THROTTLING_QUOTA_EXCEEDED"),
                ];
                check(api, tried_again, |_| Fatal);
            }
            ApiKey::ApiVersions => check(api, API_VERSIONS, retried_if_retriable),
            ApiKey::AddPartitionsToTxn | ApiKey::AddOffsetsToTxn | ApiKey::EndTxn => {
                check(api, INIT_PRODUCER_ID, retried_if_retriable);
            }
            ApiKey::TxnOffsetCommit => check(api, TXN_OFFSET_COMMIT, retried_if_retriable),
            ApiKey::ConsumerGroupHeartbeat | ApiKey::ShareGroupHeartbeat | ApiKey::StreamsGroupHeartbeat => {
                check(api, GROUP_HEARTBEAT, retried_if_retriable);
            }
            ApiKey::ShareFetch | ApiKey::ShareAcknowledge => check(api, SHARE_SESSION, retried_if_retriable),
            ApiKey::ConsumerGroupDescribe
            | ApiKey::ShareGroupDescribe
            | ApiKey::StreamsGroupDescribe
            | ApiKey::DescribeShareGroupOffsets
            | ApiKey::AlterShareGroupOffsets
            | ApiKey::DeleteShareGroupOffsets => check(api, GROUP_ADMIN, retried_if_retriable),
            ApiKey::StreamsGroupTopologyDescriptionUpdate => {
                let moved: Rows = &[(FindCoordinator, "NOT_COORDINATOR COORDINATOR_NOT_AVAILABLE")];
                check(api, moved, retried_if_retriable);
            }
            other => unreachable!("{other} has no table"),
        }
    }
}

#[test]
fn an_administrator_has_no_membership_to_mend() {
    let commit = |code| Recovery::of_admin(ApiKey::OffsetCommit, code);
    assert_eq!(commit(ErrorCode::REBALANCE_IN_PROGRESS), Retry);
    assert_eq!(commit(ErrorCode::COORDINATOR_LOAD_IN_PROGRESS), Retry);
    assert_eq!(commit(ErrorCode::NOT_COORDINATOR), FindCoordinator);
    assert_eq!(commit(ErrorCode::UNKNOWN_MEMBER_ID), Fatal);
    assert_eq!(commit(ErrorCode::ILLEGAL_GENERATION), Fatal);
    assert_eq!(commit(ErrorCode::STALE_MEMBER_EPOCH), Fatal);
    assert_eq!(commit(ErrorCode::NONE), Done);
    let leave = |code| Recovery::of_admin(ApiKey::LeaveGroup, code);
    assert_eq!(
        leave(ErrorCode::UNKNOWN_MEMBER_ID),
        Fatal,
        "the member it named is not there"
    );
    assert_eq!(leave(ErrorCode::REBALANCE_IN_PROGRESS), Retry);
    assert_eq!(leave(ErrorCode::NOT_COORDINATOR), FindCoordinator);
}

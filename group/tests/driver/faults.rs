//! Each fault on each API that a consumer uses: it goes on, nothing is lost, and nothing is read twice but what was not committed.

use kohort_broker::{Fault, FaultAction};
use kohort_group::ConsumerError;
use kohort_group::member::{CommitError, MemberError};
use kohort_protocol::{ApiKey, ErrorCode};

use crate::rig::*;

pub(crate) const APIS: [ApiKey; 11] = [
    ApiKey::ApiVersions,
    ApiKey::Metadata,
    ApiKey::FindCoordinator,
    ApiKey::JoinGroup,
    ApiKey::SyncGroup,
    ApiKey::Heartbeat,
    ApiKey::OffsetFetch,
    ApiKey::ListOffsets,
    ApiKey::Fetch,
    ApiKey::OffsetCommit,
    ApiKey::LeaveGroup,
];

/// Two partitions are read while the fault hits each third request of the API, several times.
async fn read_through(api: ApiKey, action: FaultAction) {
    let seen = story(api, action).await;
    seen.assert_once(2, 100);
}

async fn story(api: ApiKey, action: FaultAction) -> Seen {
    let rig = Rig::new(1, 2).await;
    for skip in [0, 2, 4] {
        rig.broker
            .inject(Fault::on(api, action).from(TAPPED).skip(skip))
            .await
            .unwrap();
    }
    told(&rig, &format!("{api:?} {action:?}")).await
}

/// Reads a hundred records of each partition while they come into being, and closes.
pub(crate) async fn told(rig: &Rig, fault: &str) -> Seen {
    let mut builder = rig
        .consumer()
        .max_poll_interval(20 * SECOND)
        .auto_commit_interval(Some(SECOND));
    builder = builder.configure(|config| config.request_timeout = 10 * SECOND);
    let mut consumer = builder.build().unwrap();
    let mut seen = Seen::default();
    let story = async {
        for round in 0..10 {
            rig.feed(round % 2, 20).await;
            while seen.len() < 20 * usize::try_from(round + 1).unwrap() {
                seen.read(&mut consumer.next().await.unwrap());
            }
            drop(tokio::time::timeout(3 * SECOND, consumer.next_delivery()).await);
        }
    };
    tokio::time::timeout(900 * SECOND, story)
        .await
        .unwrap_or_else(|_| panic!("{fault}: it stands still"));
    seen.assert_all(2, 100);
    let closed = within(60 * SECOND, consumer.close_within(60 * SECOND)).await;
    assert_eq!(closed, Ok(()), "{fault}");
    assert!(
        rig.committed().await.into_values().eq([100, 100]),
        "{fault}: {:?}",
        rig.committed().await
    );
    seen
}

async fn each_api(action: FaultAction) {
    for api in APIS {
        read_through(api, action).await;
    }
}

#[tokio::test(start_paused = true)]
async fn answers_that_are_late() {
    each_api(FaultAction::Delay(2 * SECOND)).await;
}

#[tokio::test(start_paused = true)]
async fn connections_closed_before_the_request_is_served() {
    each_api(FaultAction::Close).await;
}

#[tokio::test(start_paused = true)]
async fn connections_closed_instead_of_the_answer() {
    each_api(FaultAction::CloseInsteadOfAnswer).await;
}

#[tokio::test(start_paused = true)]
async fn connections_closed_after_the_answer() {
    each_api(FaultAction::AnswerThenClose).await;
}

#[tokio::test(start_paused = true)]
async fn requests_that_are_never_answered() {
    each_api(FaultAction::Drop).await;
}

#[tokio::test(start_paused = true)]
async fn answers_that_are_lost() {
    each_api(FaultAction::LoseAnswer).await;
}

#[tokio::test(start_paused = true)]
async fn errors_that_pass() {
    for (api, code) in [
        (ApiKey::Metadata, ErrorCode::LEADER_NOT_AVAILABLE),
        (ApiKey::FindCoordinator, ErrorCode::COORDINATOR_NOT_AVAILABLE),
        (ApiKey::JoinGroup, ErrorCode::COORDINATOR_LOAD_IN_PROGRESS),
        (ApiKey::JoinGroup, ErrorCode::NOT_COORDINATOR),
        (ApiKey::SyncGroup, ErrorCode::NOT_COORDINATOR),
        (ApiKey::Heartbeat, ErrorCode::NOT_COORDINATOR),
        (ApiKey::Heartbeat, ErrorCode::COORDINATOR_NOT_AVAILABLE),
        (ApiKey::OffsetFetch, ErrorCode::UNSTABLE_OFFSET_COMMIT),
        (ApiKey::OffsetFetch, ErrorCode::NOT_COORDINATOR),
        (ApiKey::ListOffsets, ErrorCode::NOT_LEADER_OR_FOLLOWER),
        (ApiKey::Fetch, ErrorCode::NOT_LEADER_OR_FOLLOWER),
        (ApiKey::Fetch, ErrorCode::FETCH_SESSION_ID_NOT_FOUND),
        (ApiKey::Fetch, ErrorCode::UNKNOWN_SERVER_ERROR),
        (ApiKey::OffsetCommit, ErrorCode::COORDINATOR_LOAD_IN_PROGRESS),
        (ApiKey::OffsetCommit, ErrorCode::NOT_COORDINATOR),
        (ApiKey::LeaveGroup, ErrorCode::COORDINATOR_NOT_AVAILABLE),
    ] {
        read_through(api, FaultAction::Answer(code)).await;
    }
}

/// The member is told that it is none, or of another time: it joins again, and reads on from what is committed. Records may come
/// twice then, none may be missing.
#[tokio::test(start_paused = true)]
async fn errors_that_cost_the_membership() {
    for (api, code) in [
        (ApiKey::Heartbeat, ErrorCode::UNKNOWN_MEMBER_ID),
        (ApiKey::Heartbeat, ErrorCode::ILLEGAL_GENERATION),
        (ApiKey::SyncGroup, ErrorCode::UNKNOWN_MEMBER_ID),
        (ApiKey::SyncGroup, ErrorCode::REBALANCE_IN_PROGRESS),
        (ApiKey::JoinGroup, ErrorCode::UNKNOWN_MEMBER_ID),
        (ApiKey::OffsetCommit, ErrorCode::UNKNOWN_MEMBER_ID),
        (ApiKey::OffsetCommit, ErrorCode::ILLEGAL_GENERATION),
        (ApiKey::OffsetCommit, ErrorCode::REBALANCE_IN_PROGRESS),
    ] {
        story(api, FaultAction::Answer(code)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_for_good_is_the_answer_to_everything() {
    let rig = Rig::new(1, 1).await;
    let refusal = FaultAction::Answer(ErrorCode::GROUP_AUTHORIZATION_FAILED);
    rig.broker
        .inject(Fault::on(ApiKey::JoinGroup, refusal).times(99))
        .await
        .unwrap();
    let mut consumer = rig.consumer().build().unwrap();
    let is_refused = |error: ConsumerError| {
        let refused = matches!(
            &error,
            ConsumerError::Member(MemberError::Refused { api: "JoinGroup", .. })
        );
        assert!(refused, "{error}");
    };
    for _ in 0..3 {
        is_refused(within(60 * SECOND, consumer.next()).await.unwrap_err());
    }
    is_refused(within(SECOND, consumer.status()).await.unwrap_err());
    let seek = consumer.seek(partition(0), kohort_group::member::SeekTo::End);
    is_refused(within(SECOND, seek).await.unwrap_err());
    let commit = consumer.committer().commit_bare_offsets([(partition(0), 1)]);
    assert_eq!(within(SECOND, commit).await, Err(CommitError::Closed));
    is_refused(within(SECOND, consumer.close()).await.unwrap_err());
}

//! Each fault on each API that a consumer uses: it goes on, nothing is lost, and nothing is read twice but what was not committed.

use kohort_broker::{Command, Fault, FaultAction};
use kohort_protocol::{ApiKey, ErrorCode};

use crate::rig::*;

const APIS: [ApiKey; 11] = [
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
    let rig = Rig::new(1, 2).await;
    for skip in [0, 2, 4] {
        rig.broker
            .inject(Fault::on(api, action).from(TAPPED).skip(skip))
            .await
            .unwrap();
    }
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
        .unwrap_or_else(|_| panic!("{api:?} {action:?}: it stands still"));
    seen.assert_once(2, 100);
    let closed = within(60 * SECOND, consumer.close_within(60 * SECOND)).await;
    assert_eq!(closed, Ok(()), "{api:?} {action:?}");
    assert!(
        rig.committed().await.into_values().eq([100, 100]),
        "{api:?} {action:?}: {:?}",
        rig.committed().await
    );
    rig.broker.command(Command::Heal).await.unwrap();
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

//! Commits: futures that need not be awaited, callers in other tasks, and who gets which answer.

use kohort_broker::{Fault, FaultAction};
use kohort_group::member::{CommitError, CommitOffset};
use kohort_protocol::ApiKey;

use crate::rig::*;

async fn first_position(rig: &Rig) -> (kohort_group::Consumer, CommitOffset) {
    let mut consumer = rig.consumer().auto_commit_interval(None).build().unwrap();
    let position = Seen::default().read(&mut consumer.next().await.unwrap());
    (consumer, position)
}

fn at(position: &CommitOffset, index: i32, offset: i64) -> CommitOffset {
    CommitOffset {
        partition: partition(index),
        offset,
        ..position.clone()
    }
}

#[tokio::test(start_paused = true)]
async fn a_dropped_commit_still_commits() {
    let rig = Rig::new(1, 1).await;
    rig.feed(0, 50).await;
    let (consumer, position) = first_position(&rig).await;
    for (polls, offset) in (0..4).zip(1..) {
        cut(polls, consumer.commit([at(&position, 0, offset)])).await;
        sleep(SECOND).await;
        assert_eq!(rig.committed().await[&0], offset, "dropped after {polls} polls");
    }
}

#[tokio::test(start_paused = true)]
async fn each_caller_in_any_task_gets_the_result_of_what_it_named() {
    let rig = Rig::new(1, 2).await;
    rig.feed(0, 50).await;
    rig.feed(1, 50).await;
    let (consumer, position) = first_position(&rig).await;
    let (good, foreign, bad) = (at(&position, 0, 5), at(&position, 77, 5), at(&position, 1, -5));
    let commit = |offset: CommitOffset| {
        let committer = consumer.committer();
        tokio::spawn(async move { committer.commit([offset]).await })
    };
    let (good, foreign, bad) = (commit(good), commit(foreign), commit(bad));
    assert_eq!(good.await.unwrap(), Ok(()));
    assert_eq!(
        foreign.await.unwrap(),
        Err(CommitError::Fenced {
            partitions: vec![partition(77)]
        })
    );
    assert_eq!(
        bad.await.unwrap(),
        Err(CommitError::Negative {
            partition: partition(1),
            offset: -5
        })
    );
    assert_eq!(rig.committed().await[&0], 5);
    assert_eq!(consumer.commit([]).await, Ok(()));

    // One is on its way; of two that wait behind it for one partition the newer goes.
    let delay = Fault::on(ApiKey::OffsetCommit, FaultAction::Delay(2 * SECOND));
    rig.broker.inject(delay).await.unwrap();
    let first = tokio::spawn(consumer.commit([at(&position, 0, 6)]));
    sleep(SECOND).await;
    let (second, third) = (
        consumer.commit([at(&position, 0, 7), at(&position, 1, 3)]),
        consumer.commit([at(&position, 0, 8)]),
    );
    let (first, second, third) = tokio::join!(first, second, third);
    assert_eq!(
        (first.unwrap(), second, third),
        (Ok(()), Err(CommitError::Superseded), Ok(()))
    );
    assert_eq!(rig.committed().await.into_values().collect::<Vec<_>>(), [8, 3]);
}

#[tokio::test(start_paused = true)]
async fn processed_is_what_was_come_back_for() {
    let rig = Rig::new(1, 1).await;
    rig.feed(0, 50).await;
    let (mut consumer, position) = first_position(&rig).await;
    consumer.commit_processed().await.unwrap();
    assert_eq!(rig.committed().await[&0], 0, "where reading began");
    cut(1, consumer.next()).await;
    consumer.commit_processed().await.unwrap();
    assert_eq!(rig.committed().await[&0], position.offset);
    consumer
        .committer()
        .commit_bare_offsets([(partition(0), 3)])
        .await
        .unwrap();
    assert_eq!(rig.committed().await[&0], 3, "the application vouches for it");
}

#[tokio::test(start_paused = true)]
async fn an_offset_from_before_the_partition_went_and_came_back_is_fenced() {
    let rig = Rig::new(1, 1).await;
    rig.feed(0, 50).await;
    let (mut consumer, position) = first_position(&rig).await;
    consumer.commit([position.clone()]).await.unwrap();
    let other = rig.consumer().build().unwrap();
    let mut seen = Seen::default();
    let rebalanced = async {
        while rig.tap.count(ApiKey::SyncGroup) < 3 {
            drop(tokio::time::timeout(SECOND, consumer.next()).await);
        }
        other.leave().await.unwrap();
        rig.feed(0, 50).await;
        while seen.len() < 50 {
            if let Ok(records) = tokio::time::timeout(SECOND, consumer.next()).await {
                seen.read(&mut records.unwrap());
            }
        }
    };
    within(600 * SECOND, rebalanced).await;
    let fenced = consumer.commit([at(&position, 0, 1)]).await.unwrap_err();
    assert_eq!(
        fenced,
        CommitError::Fenced {
            partitions: vec![partition(0)]
        }
    );
    assert_eq!(rig.committed().await[&0], 50);
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_a_consumer_that_is_closed() {
    let rig = Rig::new(1, 1).await;
    rig.feed(0, 50).await;
    let (consumer, position) = first_position(&rig).await;
    let committer = consumer.committer();
    rig.broker
        .inject(Fault::on(ApiKey::OffsetCommit, FaultAction::Drop).times(9))
        .await
        .unwrap();
    let open = committer.commit([position.clone()]);
    let closing = tokio::spawn(consumer.close_within(5 * SECOND));
    sleep(SECOND).await;
    let while_closing = committer.commit([position.clone()]);
    assert_eq!(within(SECOND, while_closing).await, Err(CommitError::Closed));
    assert_eq!(within(5 * SECOND, open).await, Err(CommitError::Closed));
    let unfinished = within(SECOND, closing).await.unwrap().unwrap_err().to_string();
    assert!(
        unfinished.contains("the time to close was over before the last commit was done"),
        "{unfinished}"
    );
    assert_eq!(committer.commit([position]).await, Err(CommitError::Closed));
    assert_eq!(committer.commit_processed().await, Err(CommitError::Closed));
}

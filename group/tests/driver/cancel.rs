//! Whole stories of applications that drop nearly every future: nothing is lost, nothing is done twice (C09). Each future by itself
//! is in `awaits`.

use kohort_group::Delivery;
use kohort_group::member::SeekTo;

use crate::rig::*;

const MOST: usize = 5;

#[tokio::test(start_paused = true)]
async fn next_loses_nothing_wherever_it_is_dropped() {
    let rig = Rig::new(1, 3).await;
    let mut consumer = rig
        .consumer()
        .configure(|config| config.max_partition_fetch_bytes = 600)
        .build()
        .unwrap();
    let mut seen = Seen::default();
    let mut dropped = 0;
    for round in 0.. {
        if round < 30 {
            rig.feed(round % 3, 20).await;
        }
        for polls in 0..MOST {
            match cut(polls, consumer.next()).await {
                Some(records) => drop(seen.read(&mut records.unwrap())),
                None => dropped += 1,
            }
        }
        if round >= 30 && seen.len() == 600 {
            break;
        }
        assert!(round < 10_000, "lost: {} of 600 seen", seen.len());
    }
    assert!(dropped > 60);
    seen.assert_once(3, 200);
    within(60 * SECOND, consumer.close()).await.unwrap();
    assert!(rig.committed().await.into_values().eq([200, 200, 200]));
}

#[tokio::test(start_paused = true)]
async fn two_members_that_drop_every_future_hand_over_without_loss_or_repetition() {
    let rig = Rig::new(1, 4).await;
    for index in 0..4 {
        rig.feed(index, 100).await;
    }
    let fussy = || {
        rig.consumer()
            .configure(|config| config.max_partition_fetch_bytes = 600)
            .build()
            .unwrap()
    };
    let (mut first, mut seen) = (fussy(), Seen::default());
    let mut second = None;
    let story = async {
        for round in 0.. {
            if round == 20 {
                second = Some(fussy());
            }
            if round == 400 {
                second.take().unwrap().close().await.unwrap();
                for index in 0..4 {
                    rig.feed(index, 100).await;
                }
            }
            for consumer in [Some(&mut first), second.as_mut()].into_iter().flatten() {
                fuss(consumer, &mut seen, round).await;
            }
            if round > 400 && seen.len() == 800 {
                break;
            }
        }
    };
    within(3600 * SECOND, story).await;
    seen.assert_once(4, 200);
    first.close().await.unwrap();
    assert!(rig.committed().await.into_values().eq([200; 4]));
}

/// Calls everything and drops it after some polls.
async fn fuss(consumer: &mut kohort_group::Consumer, seen: &mut Seen, round: usize) {
    let polls = round % MOST;
    match cut(polls, consumer.next_delivery()).await {
        Some(Ok(Delivery::Records(mut records))) => {
            let position = seen.read(&mut records);
            cut(polls, consumer.commit([position.clone()])).await;
            if round.is_multiple_of(3) {
                // To where it stands: what lies ready is dropped, and must come again.
                cut(
                    polls,
                    consumer.seek(position.partition, SeekTo::Offset(position.offset)),
                )
                .await;
            }
        }
        // Guards are held for a while.
        Some(Ok(Delivery::Assigned(guard))) => {
            let early = cut(polls, consumer.next_delivery()).await;
            assert!(
                !matches!(early, Some(Ok(Delivery::Records(_)))),
                "nothing before the guard is gone"
            );
            drop(guard);
        }
        Some(Ok(Delivery::Revoking(guard))) => {
            cut(polls, consumer.commit_processed()).await;
            drop(guard);
        }
        Some(other) => drop(other.unwrap()),
        None => {}
    }
    cut(polls, consumer.status()).await;
    cut(polls, consumer.commit_processed()).await;
    sleep(SECOND / 10).await;
}

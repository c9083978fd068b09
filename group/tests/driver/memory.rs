//! Bounded memory (S20).

use kohort_protocol::api::Response;

use crate::rig::*;

const BUFFER: usize = 20_000;

async fn rig() -> Rig {
    let rig = Rig::new(2, 6).await;
    for index in 0..6 {
        rig.feed(index, 1000).await;
    }
    rig
}

#[tokio::test(start_paused = true)]
async fn no_more_is_fetched_ahead_than_the_buffer_holds() {
    let rig = rig().await;
    let mut consumer = rig
        .consumer()
        .configure(|config| config.buffer_bytes = BUFFER)
        .build()
        .unwrap();
    drop(assigned(&mut consumer).await);
    sleep(60 * SECOND).await;
    let buffered = consumer.status().await.unwrap().buffered_bytes;
    assert!((1..=BUFFER).contains(&buffered), "{buffered}");
    let fetched = rig.tap.record_bytes();
    assert!(
        fetched <= BUFFER,
        "{fetched}: what was fetched is kept, not fetched again and again"
    );
    let mut seen = Seen::default();
    while seen.len() < 6000 {
        seen.read(&mut within(60 * SECOND, consumer.next()).await.unwrap());
        let buffered = consumer.status().await.unwrap().buffered_bytes;
        assert!(buffered <= BUFFER, "{buffered}");
    }
    seen.assert_once(6, 1000);
}

/// A broker that sends far more than it was asked for, and what nobody asked for.
#[tokio::test(start_paused = true)]
async fn whatever_arrives_the_buffer_holds() {
    let rig = rig().await;
    rig.tap.change(|_, mut response| {
        if let Response::Fetch(fetch) = &mut response {
            for topic in &mut fetch.responses {
                let mut again = topic.partitions.clone();
                again
                    .iter_mut()
                    .for_each(|partition| partition.partition_index += 100);
                topic.partitions.extend(again.clone());
                topic.partitions.extend(again);
            }
        }
        response
    });
    let mut consumer = rig
        .consumer()
        .configure(|config| config.buffer_bytes = BUFFER)
        .build()
        .unwrap();
    let mut seen = Seen::default();
    while seen.len() < 6000 {
        seen.read(&mut within(60 * SECOND, consumer.next()).await.unwrap());
        let buffered = consumer.status().await.unwrap().buffered_bytes;
        assert!(buffered <= BUFFER, "{buffered}");
    }
    seen.assert_once(6, 1000);
}

#[tokio::test(start_paused = true)]
async fn nothing_stays_behind_after_a_pause_or_a_seek() {
    let rig = rig().await;
    let mut consumer = rig.consumer().build().unwrap();
    drop(assigned(&mut consumer).await);
    sleep(SECOND).await;
    let buffered = async |consumer: &kohort_group::Consumer| consumer.status().await.unwrap().buffered_bytes;
    assert!(buffered(&consumer).await > 6000 * 8);
    consumer.pause((0..3).map(partition));
    let half = buffered(&consumer).await;
    assert!(half > 3000 * 8 && half < 6000 * 16, "{half}");
    for index in 3..6 {
        consumer
            .seek(partition(index), kohort_group::member::SeekTo::Offset(1000))
            .await
            .unwrap();
    }
    sleep(SECOND).await;
    assert_eq!(buffered(&consumer).await, 0);
}

//! On several threads, in real time: the driver hands out and takes back while the application takes.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use kohort_client::{Client, ClientConfig};
use kohort_group::member::AutoOffsetReset;
use kohort_group::{Assigned, Commit, Committer, Consumer, Delivery, Records, Revoking};
use kohort_protocol::TopicPartition;
use tokio::sync::watch;

use crate::rig::*;

const PARTITIONS: i32 = 8;
const RECORDS: i64 = 500;

#[test]
fn what_is_handed_out_may_go_to_any_thread() {
    const fn goes_anywhere<T: Send + Sync + 'static>() {}
    const fn may_move<T: Send + 'static>() {}
    goes_anywhere::<Consumer>();
    goes_anywhere::<Committer>();
    may_move::<(Records, Assigned, Revoking, Commit, Delivery)>();
}

/// A session long enough for the slowest machine: nobody is thrown out, so nothing is read twice.
fn member(client: &Client) -> Consumer {
    let builder = Consumer::builder(client, "g")
        .topics([TOPIC])
        .auto_offset_reset(AutoOffsetReset::Earliest)
        .session_timeout(60 * SECOND)
        .heartbeat_interval(SECOND / 100);
    builder
        .configure(|config| config.max_partition_fetch_bytes = 600)
        .build()
        .unwrap()
}

/// Gives the others a turn or a few.
async fn turns(count: usize) {
    for _ in 0..count {
        tokio::task::yield_now().await;
    }
}

/// Reads what is its own, until told to stop. Drops nearly every future that it waits for, at any time (C09).
async fn read(mut consumer: Consumer, seen: Arc<Mutex<Seen>>, mut stop: watch::Receiver<bool>) {
    let mut rng = fastrand::Rng::new();
    let mut owned: BTreeSet<TopicPartition> = BTreeSet::new();
    loop {
        let delivery = tokio::select! {
            delivery = consumer.next_delivery() => delivery.unwrap(),
            _ = stop.wait_for(|stop| *stop) => break,
            () = turns(rng.usize(1..20)) => continue,
        };
        match delivery {
            Delivery::Records(mut records) => {
                assert!(
                    owned.contains(records.partition()),
                    "{} is not ours",
                    records.partition()
                );
                let position = seen.lock().unwrap().read(&mut records);
                tokio::select! {
                    biased;
                    result = consumer.commit([position]) => drop(result),
                    () = turns(rng.usize(0..3)) => {}
                }
            }
            Delivery::Assigned(assigned) => owned.extend(assigned.partitions().iter().cloned()),
            Delivery::Revoking(revoking) => owned.retain(|name| !revoking.partitions().contains(name)),
            Delivery::Lost(partitions) => panic!("lost {partitions:?}"),
            _ => {}
        }
    }
    consumer.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn members_that_come_and_go_read_everything_once() {
    let rig = Rig::new(1, PARTITIONS).await;
    let client = Client::new(ClientConfig::new(&rig.broker.bootstrap())).unwrap();
    let seen = Arc::new(Mutex::new(Seen::default()));
    let (stop_all, stop) = watch::channel(false);
    let first = tokio::spawn(read(member(&client), Arc::clone(&seen), stop));
    for round in 0..RECORDS / 100 {
        let (stop_one, stop) = watch::channel(false);
        let other = tokio::spawn(read(member(&client), Arc::clone(&seen), stop));
        for index in 0..PARTITIONS {
            rig.feed(index, 100).await;
        }
        // The other one leaves in the middle of whatever it does then.
        let some =
            usize::try_from(100 * PARTITIONS * i32::try_from(round).unwrap() + 50 * PARTITIONS).unwrap();
        while seen.lock().unwrap().len() < some {
            tokio::task::yield_now().await;
        }
        stop_one.send(true).unwrap();
        other.await.unwrap();
    }
    while seen.lock().unwrap().len() < usize::try_from(i64::from(PARTITIONS) * RECORDS).unwrap() {
        tokio::task::yield_now().await;
    }
    stop_all.send(true).unwrap();
    first.await.unwrap();
    seen.lock().unwrap().assert_once(PARTITIONS, RECORDS);
    assert!(
        rig.committed()
            .await
            .into_values()
            .all(|offset| offset == RECORDS)
    );
}

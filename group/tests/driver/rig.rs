//! A broker, a tapped client, a producer that numbers its records, and a list of what was seen of them.

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use kohort_broker::{Broker, Config, GroupView};
use kohort_client::{Acks, Client, ClientConfig};
use kohort_group::member::{AutoOffsetReset, CommitOffset};
use kohort_group::{Assigned, Consumer, ConsumerBuilder, Delivery, Notice, Records, Revoking};
use kohort_protocol::records::{BatchBuilder, NewRecord};
use kohort_protocol::{GroupId, NodeId, TopicPartition};
use tokio::time::timeout;

use crate::tap::Tap;

pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const TOPIC: &str = "t";
/// The client id of those that consume: faults hit nobody else.
pub(crate) const TAPPED: &str = "tapped";
/// Records in a batch.
pub(crate) const BATCH: i64 = 10;

pub(crate) struct Rig {
    pub(crate) broker: Broker,
    pub(crate) tap: Tap,
    pub(crate) client: Client,
    feeder: Client,
}

fn tapped(broker: &Broker, tap: &Tap) -> Client {
    let mut config = ClientConfig::new(&broker.bootstrap());
    config.dial = Arc::new(tap.clone());
    config.client_id = TAPPED.into();
    config.seed = Some(7);
    Client::new(config).unwrap()
}

pub(crate) fn partition(index: i32) -> TopicPartition {
    TopicPartition::new(TOPIC, index)
}

impl Rig {
    pub(crate) async fn new(nodes: u8, partitions: i32) -> Self {
        let broker = Broker::start(Config {
            nodes,
            ..Config::default()
        })
        .await
        .unwrap();
        broker.create_topic(TOPIC, partitions).await.unwrap();
        let feeder = Client::new(ClientConfig::new(&broker.bootstrap())).unwrap();
        let tap = Tap::default();
        let client = tapped(&broker, &tap);
        Self {
            broker,
            tap,
            client,
            feeder,
        }
    }

    /// From now on the tapped client is one of this runtime's.
    pub(crate) fn connect_here(&mut self) {
        self.client = tapped(&self.broker, &self.tap);
    }

    /// A member of "g" that is not tapped.
    pub(crate) fn rival(&self) -> ConsumerBuilder {
        let builder = Consumer::builder(&self.feeder, "g").topics([TOPIC]);
        let builder = builder.auto_offset_reset(AutoOffsetReset::Earliest);
        builder.session_timeout(6 * SECOND).heartbeat_interval(SECOND)
    }

    /// One member of the group "g", from the start of the topic.
    pub(crate) fn consumer(&self) -> ConsumerBuilder {
        self.consumer_of("g")
    }

    pub(crate) fn consumer_of(&self, group: &str) -> ConsumerBuilder {
        Consumer::builder(&self.client, group)
            .topics([TOPIC])
            .auto_offset_reset(AutoOffsetReset::Earliest)
            .session_timeout(6 * SECOND)
            .heartbeat_interval(SECOND)
    }

    /// Records whose value is their offset. Tries until the log has them, whatever is done to the broker meanwhile.
    pub(crate) async fn feed(&self, index: i32, count: i64) {
        let end = self.end(index).await + count;
        loop {
            let next = self.end(index).await;
            if next == end {
                break;
            }
            let batch = batch(next, (end - next).min(BATCH)).finish().unwrap();
            // The log says whether it was appended.
            drop(self.feeder.produce(&partition(index), Acks::All, batch).await);
        }
    }

    pub(crate) async fn append(&self, index: i32, batch: Bytes) {
        self.feeder
            .produce(&partition(index), Acks::All, batch)
            .await
            .unwrap();
    }

    pub(crate) async fn end(&self, index: i32) -> i64 {
        let bounds = self
            .broker
            .inspect(move |cluster| cluster.log_bounds(TOPIC, index))
            .await;
        bounds.unwrap().unwrap().1
    }

    pub(crate) async fn committed(&self) -> BTreeMap<i32, i64> {
        self.committed_of("g").await
    }

    pub(crate) async fn committed_of(&self, group: &str) -> BTreeMap<i32, i64> {
        let group = GroupId::from(group);
        let all = self
            .broker
            .inspect(move |cluster| cluster.all_committed(&group))
            .await
            .unwrap();
        all.into_iter()
            .map(|(partition, at)| (partition.partition, at.offset))
            .collect()
    }

    pub(crate) async fn group(&self) -> Option<GroupView> {
        self.broker
            .inspect(|cluster| cluster.group(&"g".into()))
            .await
            .unwrap()
    }

    pub(crate) async fn members(&self) -> usize {
        self.group().await.map_or(0, |group| group.members.len())
    }

    pub(crate) async fn coordinator(&self) -> NodeId {
        self.broker
            .inspect(|cluster| cluster.coordinator(&"g".into()))
            .await
            .unwrap()
            .unwrap()
    }
}

pub(crate) fn batch(first: i64, count: i64) -> BatchBuilder {
    let mut batch = BatchBuilder::new();
    for number in first..first + count {
        let value = number.to_be_bytes();
        batch
            .push(&NewRecord {
                value: Some(&value),
                ..NewRecord::default()
            })
            .unwrap();
    }
    batch
}

/// How often each record was seen.
#[derive(Debug, Default)]
pub(crate) struct Seen(pub(crate) BTreeMap<(i32, i64), u32>);

impl Seen {
    /// Reads to the end. In order, and without gaps (S08, S09).
    pub(crate) fn read(&mut self, records: &mut Records) -> CommitOffset {
        let index = records.partition().partition;
        let mut last = None;
        while let Some(record) = records.next() {
            let record = record.unwrap();
            assert_eq!(record.value().unwrap(), record.offset().to_be_bytes());
            assert!(
                last.is_none_or(|last| record.offset() == last + 1),
                "a gap after {last:?}"
            );
            last = Some(record.offset());
            *self.0.entry((index, record.offset())).or_default() += 1;
        }
        records.position()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// All of the first `count` records of so many partitions, each once.
    pub(crate) fn assert_once(&self, partitions: i32, count: i64) {
        self.assert_all(partitions, count);
        let twice: Vec<_> = self.0.iter().filter(|(_, times)| **times > 1).collect();
        assert!(twice.is_empty(), "seen more than once: {twice:?}");
    }

    pub(crate) fn assert_all(&self, partitions: i32, count: i64) {
        let all = (0..partitions).flat_map(|index| (0..count).map(move |offset| (index, offset)));
        let missing: Vec<_> = all.filter(|record| !self.0.contains_key(record)).collect();
        assert!(missing.is_empty(), "lost: {missing:?}");
    }
}

/// Reads until so many different records are seen.
pub(crate) async fn read_until(consumer: &mut Consumer, seen: &mut Seen, count: usize) {
    within(600 * SECOND, async {
        while seen.len() < count {
            seen.read(&mut consumer.next().await.unwrap());
        }
    })
    .await;
}

/// The future's output; a panic if that takes longer. The time is the paused clock's.
pub(crate) async fn within<F: Future>(limit: Duration, future: F) -> F::Output {
    timeout(limit, future).await.expect("it hangs")
}

pub(crate) async fn sleep(time: Duration) {
    tokio::time::sleep(time).await;
}

/// Polls so many times, or for a second, then drops the future.
pub(crate) async fn cut<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let cut = cut_exactly(polls, Cut::AtOnce, future);
    timeout(SECOND, cut).await.ok().flatten()
}

/// When a future is dropped after its last poll.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cut {
    AtOnce,
    /// When it was woken to be polled again: what it waits for is there, and it never looks.
    WhenWoken,
}

pub(crate) async fn cut_exactly<F: Future>(polls: usize, when: Cut, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match (future.as_mut().poll(context), when) {
            (Poll::Ready(output), _) => Poll::Ready(Some(output)),
            (Poll::Pending, Cut::AtOnce) if left == 0 => Poll::Ready(None),
            (Poll::Pending, _) => Poll::Pending,
        }
    })
    .await
}

pub(crate) async fn delivery(consumer: &mut Consumer) -> Delivery {
    within(600 * SECOND, consumer.next_delivery()).await.unwrap()
}

pub(crate) async fn assigned(consumer: &mut Consumer) -> Assigned {
    match delivery(consumer).await {
        Delivery::Assigned(assigned) => assigned,
        other => panic!("{other:?} instead of an assignment"),
    }
}

pub(crate) async fn revoking(consumer: &mut Consumer) -> Revoking {
    match delivery(consumer).await {
        Delivery::Revoking(revoking) => revoking,
        other => panic!("{other:?} instead of a revocation"),
    }
}

/// The next records, behind the notices of where reading begins.
pub(crate) async fn records(consumer: &mut Consumer) -> Records {
    loop {
        match delivery(consumer).await {
            Delivery::Records(records) => return records,
            Delivery::Notice(Notice::Reset { from: None, .. }) => {}
            other => panic!("{other:?} instead of records"),
        }
    }
}

pub(crate) async fn lost(consumer: &mut Consumer) -> Vec<TopicPartition> {
    match delivery(consumer).await {
        Delivery::Lost(partitions) => partitions,
        other => panic!("{other:?} instead of a loss"),
    }
}

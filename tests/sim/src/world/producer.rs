//! Somebody writes records: now and then, a few, to any partition, straight to its leader.

use std::time::Duration;

use kohort_broker::{ArrivedRequest, Closing, Input as ToCluster, Power};
use kohort_protocol::api::produce::{ProducePartition, ProduceRequest, ProduceTopic};
use kohort_protocol::records::{BatchBuilder, NewRecord};
use kohort_protocol::{NodeId, TopicId, TopicPartition};

use super::{Later, World};
use crate::random::stream;

/// So long before the end the last record is written.
const READING: Duration = Duration::from_secs(10);

pub(super) struct Producer {
    rng: fastrand::Rng,
    request: Option<(TopicId, bytes::Bytes)>,
}

impl Producer {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            rng: stream(seed, "producer"),
            request: None,
        }
    }

    /// A batch of records that say in which topic they are written, else the same every time: the broker gives them their offsets.
    fn batch(&mut self, topic: TopicId) -> bytes::Bytes {
        match &self.request {
            Some((of, made)) if *of == topic => made.clone(),
            _ => {
                let made = three_records(topic);
                self.request = Some((topic, made.clone()));
                made
            }
        }
    }
}

fn three_records(topic: TopicId) -> bytes::Bytes {
    let mut batch = BatchBuilder::new();
    for _ in 0..3 {
        let record = NewRecord {
            value: Some(&topic.0),
            ..NewRecord::default()
        };
        batch.push(&record).expect("three records are few");
    }
    batch.finish().expect("three records make a batch")
}

impl World {
    pub(super) fn produce_now_and_then(&mut self) {
        let partition = self.producer.rng.usize(..self.committed.len());
        let partition = self.committed[partition].0.clone();
        self.produce(&partition);
        let mean = u64::try_from(self.plan.produce.as_millis()).unwrap_or(1).max(2);
        let pause = Duration::from_millis(self.producer.rng.u64(mean / 2..mean * 3 / 2));
        // Enough time is left to read it all.
        if self.now + pause + READING < self.plan.end() {
            self.plan_in(pause, Later::Produce);
        }
    }

    /// Three records for this partition, if its leader is up.
    pub fn produce(&mut self, partition: &TopicPartition) {
        let leader = self.cluster.leader(partition.topic.as_str(), partition.partition);
        let Some(node) = leader.filter(|&node| self.cluster.power(node) == Some(Power::Running)) else {
            return;
        };
        let topic = self
            .cluster
            .topic_id(partition.topic.as_str())
            .unwrap_or(TopicId::ZERO);
        let records = Some(self.producer.batch(topic));
        self.write(node, partition, records);
    }

    fn write(&mut self, node: NodeId, partition: &TopicPartition, records: Option<bytes::Bytes>) {
        let topic = ProduceTopic {
            name: partition.topic.clone(),
            partition_data: vec![ProducePartition {
                index: partition.partition,
                records,
            }],
            ..ProduceTopic::default()
        };
        let request = ProduceRequest {
            acks: 1,
            timeout_ms: 1000,
            topic_data: vec![topic],
            ..ProduceRequest::default()
        };
        let connection = self.new_connection();
        self.open_at_node(node, connection);
        self.tell_cluster(ToCluster::Request(ArrivedRequest {
            node,
            connection,
            correlation_id: 0,
            version: 8,
            client_id: None,
            request: request.into(),
        }));
        self.tell_cluster(ToCluster::Closed {
            node,
            connection,
            how: Closing::Reset,
        });
    }
}

//! Metadata: living brokers, topics, leaders. A missing topic may be made on the way (`auto.create.topics.enable`).

use alloc::vec::Vec;

use kohort_protocol::api::metadata::{
    MetadataBroker, MetadataPartition, MetadataRequest, MetadataRequestTopic, MetadataResponse, MetadataTopic,
};
use kohort_protocol::{ErrorCode, NodeId, TopicId, TopicName};

use crate::cluster::{Cluster, OFFSETS_TOPIC};
use crate::topics::{Partition, Topic, is_valid_name};

/// "Not asked for."
const NO_OPERATIONS: i32 = i32::MIN;

impl Cluster {
    pub(super) fn metadata(&mut self, request: &MetadataRequest) -> MetadataResponse {
        let topics = match &request.topics {
            Some(asked) => {
                self.make_missing(request, asked);
                asked.iter().map(|topic| self.one_topic(topic)).collect()
            }
            None => self
                .topics
                .iter()
                .map(|(name, topic)| self.described(name, topic))
                .collect(),
        };
        MetadataResponse {
            throttle_time_ms: 0,
            brokers: self.living_brokers(),
            cluster_id: Some(self.config.cluster_id.clone()),
            controller_id: self.registered_nodes().first().copied().unwrap_or(NodeId::NONE),
            topics,
            cluster_authorized_operations: NO_OPERATIONS,
            error_code: ErrorCode::NONE,
        }
    }

    fn living_brokers(&self) -> Vec<MetadataBroker> {
        let living = self.nodes.values().filter(|node| node.registered);
        living
            .map(|node| MetadataBroker {
                node_id: node.id,
                host: node.host.clone(),
                port: i32::from(node.port),
                rack: None,
            })
            .collect()
    }

    fn make_missing(&mut self, request: &MetadataRequest, asked: &[MetadataRequestTopic]) {
        if !(request.allow_auto_topic_creation && self.config.auto_create_topics) {
            return;
        }
        for name in asked.iter().filter_map(|topic| topic.name.as_ref()) {
            let missing = self.topics.topic(name.as_str()).is_none();
            if missing && is_valid_name(name.as_str()) && name.as_str() != OFFSETS_TOPIC {
                let count = usize::try_from(self.config.num_partitions).unwrap_or(1).max(1);
                let replication = self.replication(self.config.default_replication_factor);
                let replicas = self.spread(0, count, replication);
                self.create_topic(name, replicas);
            }
        }
    }

    fn one_topic(&self, asked: &MetadataRequestTopic) -> MetadataTopic {
        let unknown = |name: Option<TopicName>, error_code| MetadataTopic {
            error_code,
            name,
            topic_id: asked.topic_id,
            topic_authorized_operations: NO_OPERATIONS,
            ..MetadataTopic::default()
        };
        let name = asked
            .name
            .as_ref()
            .or_else(|| self.topics.name_of(asked.topic_id));
        let Some(name) = name else {
            return unknown(None, ErrorCode::UNKNOWN_TOPIC_ID);
        };
        match self.topics.topic(name.as_str()) {
            Some(topic) => self.described(name, topic),
            None if is_valid_name(name.as_str()) => {
                unknown(Some(name.clone()), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)
            }
            None => unknown(Some(name.clone()), ErrorCode::INVALID_TOPIC_EXCEPTION),
        }
    }

    fn described(&self, name: &TopicName, topic: &Topic) -> MetadataTopic {
        let partitions = (0_i32..).zip(&topic.partitions);
        MetadataTopic {
            error_code: ErrorCode::NONE,
            name: Some(name.clone()),
            topic_id: topic.id,
            is_internal: name.as_str() == OFFSETS_TOPIC,
            partitions: partitions
                .map(|(index, partition)| self.described_partition(index, partition))
                .collect(),
            topic_authorized_operations: NO_OPERATIONS,
        }
    }

    fn described_partition(&self, index: i32, partition: &Partition) -> MetadataPartition {
        let lives = |id: &NodeId| self.nodes.get(id).is_some_and(|node| node.registered);
        let (living, dead): (Vec<NodeId>, Vec<NodeId>) = partition.replicas.iter().partition(|id| lives(id));
        MetadataPartition {
            error_code: match partition.leader {
                Some(_) => ErrorCode::NONE,
                None => ErrorCode::LEADER_NOT_AVAILABLE,
            },
            partition_index: index,
            leader_id: partition.leader.unwrap_or(NodeId::NONE),
            leader_epoch: partition.epoch,
            replica_nodes: partition.replicas.clone().into(),
            isr_nodes: living.into(),
            offline_replicas: dead.into(),
        }
    }
}

pub(super) fn refused(request: &MetadataRequest, error_code: ErrorCode) -> MetadataResponse {
    let asked = request.topics.iter().flatten();
    let topics = asked.map(|topic| MetadataTopic {
        error_code,
        name: topic.name.clone(),
        topic_id: if topic.name.is_some() {
            TopicId::ZERO
        } else {
            topic.topic_id
        },
        topic_authorized_operations: NO_OPERATIONS,
        ..MetadataTopic::default()
    });
    MetadataResponse {
        topics: topics.collect(),
        error_code,
        controller_id: NodeId::NONE,
        cluster_authorized_operations: NO_OPERATIONS,
        ..MetadataResponse::default()
    }
}

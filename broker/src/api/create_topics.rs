//! CreateTopics. Configurations are accepted, repeated in the answer, and change nothing.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use kohort_protocol::api::create_topics::{
    CreatableTopic, CreateTopicsRequest, CreateTopicsResponse, CreatedTopic, CreatedTopicConfig,
};
use kohort_protocol::{ErrorCode, NodeId, TopicId, TopicName};

use crate::cluster::Cluster;
use crate::topics::is_valid_name;

impl Cluster {
    /// A topic that is named twice is refused, with one result.
    pub(super) fn create_topics(&mut self, request: &CreateTopicsRequest) -> CreateTopicsResponse {
        let twice = named_twice(request);
        let mut seen = BTreeSet::new();
        let mut topics = Vec::new();
        for topic in request.topics.iter().filter(|topic| seen.insert(&topic.name)) {
            let made = if twice.contains(&topic.name) {
                Err(ErrorCode::INVALID_REQUEST)
            } else {
                self.create_one(topic, request.validate_only)
            };
            topics.push(made.unwrap_or_else(|code| self.explained(topic, code)));
        }
        CreateTopicsResponse {
            throttle_time_ms: 0,
            topics,
        }
    }

    /// In Kafka's words where people meet them, since its tools show nothing else.
    fn explained(&self, topic: &CreatableTopic, code: ErrorCode) -> CreatedTopic {
        let CreatableTopic {
            name,
            replication_factor: wanted,
            ..
        } = topic;
        let nodes = self.nodes.len();
        let message = match code {
            ErrorCode::TOPIC_ALREADY_EXISTS => format!("Topic '{name}' already exists."),
            ErrorCode::INVALID_REPLICATION_FACTOR => format!(
                "Unable to replicate the partition {wanted} time(s): The target replication factor of {wanted} cannot be reached \
                 because only {nodes} broker(s) are registered."
            ),
            _ => return failed(topic, code),
        };
        CreatedTopic {
            error_message: Some(message),
            ..failed(topic, code)
        }
    }

    fn create_one(&mut self, topic: &CreatableTopic, validate_only: bool) -> Result<CreatedTopic, ErrorCode> {
        if !is_valid_name(topic.name.as_str()) {
            return Err(ErrorCode::INVALID_TOPIC_EXCEPTION);
        }
        if self.topics.topic(topic.name.as_str()).is_some() {
            return Err(ErrorCode::TOPIC_ALREADY_EXISTS);
        }
        let replicas = self.replicas_of(topic)?;
        let replication = replicas.first().map_or(0, Vec::len);
        let mut made = CreatedTopic {
            name: topic.name.clone(),
            num_partitions: i32::try_from(replicas.len()).unwrap_or(i32::MAX),
            replication_factor: i16::try_from(replication).unwrap_or(i16::MAX),
            configs: Some(configs_of(topic)),
            ..CreatedTopic::default()
        };
        if !validate_only {
            made.topic_id = self.create_topic(&topic.name, replicas);
        }
        Ok(made)
    }

    fn replicas_of(&self, topic: &CreatableTopic) -> Result<Vec<Vec<NodeId>>, ErrorCode> {
        if !topic.assignments.is_empty() {
            return self.assigned_replicas(topic);
        }
        let count = if topic.num_partitions == -1 {
            self.config.num_partitions
        } else {
            topic.num_partitions
        };
        let count = usize::try_from(count).ok().filter(|count| *count > 0);
        let count = count.ok_or(ErrorCode::INVALID_PARTITIONS)?;
        let replication = match topic.replication_factor {
            -1 => self.replication(self.config.default_replication_factor),
            wanted => usize::try_from(wanted)
                .ok()
                .filter(|wanted| (1..=self.nodes.len()).contains(wanted))
                .ok_or(ErrorCode::INVALID_REPLICATION_FACTOR)?,
        };
        Ok(self.spread(0, count, replication))
    }

    /// Partitions must be numbered from 0 without gaps.
    fn assigned_replicas(&self, topic: &CreatableTopic) -> Result<Vec<Vec<NodeId>>, ErrorCode> {
        let given = topic.assignments.iter();
        let given: BTreeMap<i32, &Vec<NodeId>> = given
            .map(|replicas| (replicas.partition_index, &replicas.broker_ids))
            .collect();
        let replicas: Vec<Vec<NodeId>> = given.values().copied().cloned().collect();
        let numbered = (0_i32..)
            .zip(given.keys())
            .all(|(wanted, index)| wanted == *index);
        if numbered && given.len() == topic.assignments.len() && self.are_replicas(&replicas) {
            Ok(replicas)
        } else {
            Err(ErrorCode::INVALID_REPLICA_ASSIGNMENT)
        }
    }
}

fn named_twice(request: &CreateTopicsRequest) -> BTreeSet<TopicName> {
    let mut seen = BTreeSet::new();
    let names = request.topics.iter().map(|topic| &topic.name);
    names.filter(|name| !seen.insert(*name)).cloned().collect()
}

fn configs_of(topic: &CreatableTopic) -> Vec<CreatedTopicConfig> {
    let configs = topic.configs.iter();
    configs
        .map(|config| CreatedTopicConfig {
            name: config.name.clone(),
            value: config.value.clone(),
            config_source: 1, // the topic's own
            ..CreatedTopicConfig::default()
        })
        .collect()
}

fn failed(topic: &CreatableTopic, error_code: ErrorCode) -> CreatedTopic {
    CreatedTopic {
        name: topic.name.clone(),
        topic_id: TopicId::ZERO,
        error_code,
        error_message: Some(error_code.to_string()),
        num_partitions: -1,
        replication_factor: -1,
        ..CreatedTopic::default()
    }
}

pub(super) fn refused(request: &CreateTopicsRequest, code: ErrorCode) -> CreateTopicsResponse {
    CreateTopicsResponse {
        throttle_time_ms: 0,
        topics: request.topics.iter().map(|topic| failed(topic, code)).collect(),
    }
}

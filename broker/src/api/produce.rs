//! Produce: one batch per partition, appended by its leader.

use alloc::vec::Vec;

use kohort_protocol::api::fetch::{CurrentLeader, NodeEndpoint};
use kohort_protocol::api::produce::{
    ProducePartition, ProduceRequest, ProduceResponse, ProduceResponsePartition, ProduceResponseTopic,
    ProduceTopic,
};
use kohort_protocol::{ErrorCode, NodeId, TopicName};

use super::{Caller, Outcome};
use crate::cluster::Cluster;

impl Cluster {
    /// With `acks` 0 there is no answer; the only way to tell an error is to close the connection, as Kafka does. Null records
    /// close it too (seen on Kafka 4.4.0).
    pub(super) fn produce(&mut self, caller: &Caller, request: &ProduceRequest) -> Outcome {
        let partitions = request.topic_data.iter().flat_map(|topic| &topic.partition_data);
        if partitions
            .into_iter()
            .any(|partition| partition.records.is_none())
        {
            return Outcome::Close;
        }
        if !(-1..=1).contains(&request.acks) {
            return refused(request, ErrorCode::INVALID_REQUIRED_ACKS).into();
        }
        let topics = request.topic_data.iter();
        let mut response = ProduceResponse {
            responses: topics.map(|topic| self.produce_topic(caller, topic)).collect(),
            ..ProduceResponse::default()
        };
        response.node_endpoints = self.endpoints_of(leaders_named(&response)); // none below v10
        match request.acks {
            0 if has_error(&response) => Outcome::Close,
            0 => Outcome::Unanswered,
            _ => response.into(),
        }
    }

    fn produce_topic(&mut self, caller: &Caller, topic: &ProduceTopic) -> ProduceResponseTopic {
        let name = self.topic_named(caller.version >= 13, topic);
        let partitions = topic.partition_data.iter();
        ProduceResponseTopic {
            partition_responses: partitions
                .map(|partition| self.produce_partition(caller, &name, partition))
                .collect(),
            name: topic.name.clone(),
            topic_id: topic.topic_id,
        }
    }

    fn topic_named(&self, by_id: bool, topic: &ProduceTopic) -> Result<TopicName, ErrorCode> {
        if by_id {
            let name = self.topics.name_of(topic.topic_id).cloned();
            name.ok_or(ErrorCode::UNKNOWN_TOPIC_ID)
        } else {
            Ok(topic.name.clone())
        }
    }

    fn produce_partition(
        &mut self,
        caller: &Caller,
        topic: &Result<TopicName, ErrorCode>,
        produced: &ProducePartition,
    ) -> ProduceResponsePartition {
        let appended = topic
            .clone()
            .and_then(|topic| self.append(caller.call.node, &topic, produced));
        match appended {
            Ok((base_offset, log_start_offset)) => ProduceResponsePartition {
                index: produced.index,
                base_offset,
                log_start_offset,
                ..ProduceResponsePartition::default()
            },
            Err(code) => {
                let mut answer = failed(produced, code);
                if caller.version >= 10
                    && code == ErrorCode::NOT_LEADER_OR_FOLLOWER
                    && let Ok(topic) = topic
                {
                    answer.current_leader = self.current_leader(topic, produced.index);
                }
                answer
            }
        }
    }

    fn append(
        &mut self,
        node: NodeId,
        topic: &TopicName,
        produced: &ProducePartition,
    ) -> Result<(i64, i64), ErrorCode> {
        let limit = self.config.message_max_bytes;
        let partition = self.topics.partition_mut(topic.as_str(), produced.index);
        let partition = partition.ok_or(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)?;
        partition.check_leader(node, kohort_protocol::LeaderEpoch::NONE)?;
        let records = produced.records.as_ref().ok_or(ErrorCode::INVALID_RECORD)?;
        if records.len() > limit {
            return Err(ErrorCode::MESSAGE_TOO_LARGE);
        }
        let base_offset = partition.log.append(records, partition.epoch)?;
        let start = partition.log.start_offset();
        self.wake_fetches(topic, produced.index);
        Ok((base_offset, start))
    }

    /// A hint for a client that asked the wrong node (KIP-951).
    pub(super) fn current_leader(&self, topic: &TopicName, partition: i32) -> Option<CurrentLeader> {
        let partition = self.topics.partition(topic.as_str(), partition)?;
        Some(CurrentLeader {
            leader_id: partition.leader?,
            leader_epoch: partition.epoch,
        })
    }

    pub(super) fn endpoints_of(&self, mut leaders: Vec<NodeId>) -> Vec<NodeEndpoint> {
        leaders.sort_unstable();
        leaders.dedup();
        let nodes = leaders.iter().filter_map(|leader| self.nodes.get(leader));
        nodes
            .map(|node| NodeEndpoint {
                node_id: node.id,
                host: node.host.clone(),
                port: i32::from(node.port),
                rack: None,
            })
            .collect()
    }
}

fn partitions(response: &ProduceResponse) -> impl Iterator<Item = &ProduceResponsePartition> {
    response
        .responses
        .iter()
        .flat_map(|topic| &topic.partition_responses)
}

fn has_error(response: &ProduceResponse) -> bool {
    partitions(response).any(|partition| !partition.error_code.is_ok())
}

fn leaders_named(response: &ProduceResponse) -> Vec<NodeId> {
    let hints = partitions(response).filter_map(|partition| partition.current_leader);
    hints.map(|leader| leader.leader_id).collect()
}

fn failed(produced: &ProducePartition, error_code: ErrorCode) -> ProduceResponsePartition {
    ProduceResponsePartition {
        index: produced.index,
        error_code,
        ..ProduceResponsePartition::default()
    }
}

pub(super) fn refused(request: &ProduceRequest, code: ErrorCode) -> ProduceResponse {
    let topics = request.topic_data.iter().map(|topic| ProduceResponseTopic {
        name: topic.name.clone(),
        topic_id: topic.topic_id,
        partition_responses: topic
            .partition_data
            .iter()
            .map(|partition| failed(partition, code))
            .collect(),
    });
    ProduceResponse {
        responses: topics.collect(),
        ..ProduceResponse::default()
    }
}

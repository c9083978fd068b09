//! CreatePartitions.

use alloc::string::ToString;
use alloc::vec::Vec;

use kohort_protocol::api::create_partitions::{
    CreatePartitionsRequest, CreatePartitionsResponse, CreatePartitionsResult, CreatePartitionsTopic,
};
use kohort_protocol::{ErrorCode, NodeId};

use crate::cluster::{Cluster, OFFSETS_TOPIC};

impl Cluster {
    pub(super) fn create_partitions(
        &mut self,
        request: &CreatePartitionsRequest,
    ) -> CreatePartitionsResponse {
        let mut results = Vec::new();
        for topic in &request.topics {
            let replicas = self.growth(topic);
            if let (Ok(replicas), false) = (&replicas, request.validate_only) {
                self.add_partitions(&topic.name, replicas.clone());
            }
            results.push(result(topic, replicas.err()));
        }
        CreatePartitionsResponse {
            throttle_time_ms: 0,
            results,
        }
    }

    /// The replicas of the partitions that the topic gets.
    fn growth(&self, asked: &CreatePartitionsTopic) -> Result<Vec<Vec<NodeId>>, ErrorCode> {
        let topic = self.topics.topic(asked.name.as_str());
        let topic = topic.ok_or(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)?;
        if asked.name.as_str() == OFFSETS_TOPIC {
            return Err(ErrorCode::INVALID_REQUEST);
        }
        let now = topic.partitions.len();
        let count = usize::try_from(asked.count).ok().filter(|count| *count > now);
        let count = count.ok_or(ErrorCode::INVALID_PARTITIONS)?;
        match &asked.assignments {
            Some(given) if given.len() == count - now && self.are_replicas(given) => Ok(given.clone()),
            Some(_) => Err(ErrorCode::INVALID_REPLICA_ASSIGNMENT),
            None => {
                let replication = topic
                    .partitions
                    .first()
                    .map_or(1, |partition| partition.replicas.len());
                Ok(self.spread(now, count, replication))
            }
        }
    }

    pub(super) fn are_replicas(&self, given: &[Vec<NodeId>]) -> bool {
        let known = |replicas: &Vec<NodeId>| replicas.iter().all(|node| self.nodes.contains_key(node));
        given
            .iter()
            .all(|replicas| !replicas.is_empty() && known(replicas))
    }
}

fn result(topic: &CreatePartitionsTopic, error: Option<ErrorCode>) -> CreatePartitionsResult {
    CreatePartitionsResult {
        name: topic.name.clone(),
        error_code: error.unwrap_or_default(),
        error_message: error.map(|code| code.to_string()),
    }
}

pub(super) fn refused(request: &CreatePartitionsRequest, code: ErrorCode) -> CreatePartitionsResponse {
    CreatePartitionsResponse {
        throttle_time_ms: 0,
        results: request
            .topics
            .iter()
            .map(|topic| result(topic, Some(code)))
            .collect(),
    }
}

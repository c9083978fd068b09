//! DeleteTopics.

use alloc::string::ToString;
use alloc::vec::Vec;

use kohort_protocol::api::delete_topics::{
    DeletableTopic, DeleteTopicsRequest, DeleteTopicsResponse, DeletedTopic,
};
use kohort_protocol::{ErrorCode, TopicId, TopicName};

use crate::cluster::{Cluster, OFFSETS_TOPIC};

impl Cluster {
    pub(super) fn delete_topics(&mut self, request: &DeleteTopicsRequest) -> DeleteTopicsResponse {
        let responses: Vec<_> = request
            .topics
            .iter()
            .map(|topic| self.delete_one(topic))
            .collect();
        DeleteTopicsResponse {
            throttle_time_ms: 0,
            responses,
        }
    }

    fn delete_one(&mut self, asked: &DeletableTopic) -> DeletedTopic {
        match self.find_deletable(asked) {
            Ok((name, topic_id)) => {
                self.delete_topic(&name);
                DeletedTopic {
                    name: Some(name),
                    topic_id,
                    ..DeletedTopic::default()
                }
            }
            Err(code) => failed(asked, code),
        }
    }

    fn find_deletable(&self, asked: &DeletableTopic) -> Result<(TopicName, TopicId), ErrorCode> {
        let name = match &asked.name {
            Some(name) => name,
            None => self
                .topics
                .name_of(asked.topic_id)
                .ok_or(ErrorCode::UNKNOWN_TOPIC_ID)?,
        };
        let topic = self.topics.topic(name.as_str());
        let topic = topic.ok_or(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)?;
        if name.as_str() == OFFSETS_TOPIC {
            return Err(ErrorCode::INVALID_REQUEST);
        }
        Ok((name.clone(), topic.id))
    }
}

fn failed(asked: &DeletableTopic, error_code: ErrorCode) -> DeletedTopic {
    DeletedTopic {
        name: asked.name.clone(),
        topic_id: asked.topic_id,
        error_code,
        error_message: Some(error_code.to_string()),
    }
}

pub(super) fn refused(request: &DeleteTopicsRequest, code: ErrorCode) -> DeleteTopicsResponse {
    DeleteTopicsResponse {
        throttle_time_ms: 0,
        responses: request.topics.iter().map(|topic| failed(topic, code)).collect(),
    }
}

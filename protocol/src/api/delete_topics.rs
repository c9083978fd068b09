//! DeleteTopics (20). KIP-516 (by id, v6).
//!
//! A hostile broker can claim to have done what it has not, or the reverse.

use super::wire::{Mirror, Misfit, mirror, raw};
use crate::{ErrorCode, TopicId, TopicName};

/// Deletes topics.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteTopicsRequest {
    /// Which. Below v6 all must be given by name.
    pub topics: Vec<DeletableTopic>,
    /// How long the broker may wait until they are gone everywhere.
    pub timeout_ms: i32,
}

/// A topic to delete, by name or by id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeletableTopic {
    /// By name.
    pub name: Option<TopicName>,
    /// By id, v6+.
    pub topic_id: TopicId,
}

/// The outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteTopicsResponse {
    /// How long the broker asks the client to be silent.
    pub throttle_time_ms: i32,
    /// Per topic.
    pub responses: Vec<DeletedTopic>,
}

/// The outcome for one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeletedTopic {
    /// Its name; nullable from v6.
    pub name: Option<TopicName>,
    /// Its id, v6+.
    pub topic_id: TopicId,
    /// UNKNOWN_TOPIC_OR_PARTITION, ...
    pub error_code: ErrorCode,
    /// Words about the error, v5+.
    pub error_message: Option<String>,
}

use raw::delete_topics_request::DeleteTopicState;

mirror! {
    DeletableTopic = DeleteTopicState { name, topic_id }
    DeleteTopicsResponse = raw::DeleteTopicsResponse { throttle_time_ms, responses }
    DeletedTopic = raw::delete_topics_response::DeletableTopicResult {
        name(null in 6..),
        topic_id,
        error_code,
        error_message,
    }
}

/// Below v6 the topics are a plain list of names.
impl Mirror<raw::DeleteTopicsRequest> for DeleteTopicsRequest {
    fn to_raw(&self, version: i16) -> Result<raw::DeleteTopicsRequest, Misfit> {
        let mut raw = raw::DeleteTopicsRequest::default();
        raw.timeout_ms = self.timeout_ms;
        if version >= 6 {
            raw.topics = self.topics.to_raw(version)?;
        } else {
            let names = self.topics.iter().map(|topic| topic.only_name()?.to_raw(version));
            raw.topic_names = names.collect::<Result<_, _>>()?;
        }
        Ok(raw)
    }

    fn from_raw(raw: raw::DeleteTopicsRequest, version: i16) -> Result<Self, &'static str> {
        let mut topics: Vec<DeletableTopic> = Mirror::from_raw(raw.topics, version)?;
        for name in raw.topic_names {
            topics.push(DeletableTopic {
                name: Some(Mirror::from_raw(name, version)?),
                topic_id: TopicId::ZERO,
            });
        }
        Ok(Self {
            topics,
            timeout_ms: raw.timeout_ms,
        })
    }
}

impl DeletableTopic {
    fn only_name(&self) -> Result<&TopicName, Misfit> {
        if self.topic_id != TopicId::ZERO {
            return Err(Misfit::Absent("topic_id"));
        }
        self.name.as_ref().ok_or(Misfit::Null("name"))
    }
}

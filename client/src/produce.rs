//! One batch to one partition: what demos, tests and dead-letter queues need. Kafka's batching producer is not here.

use bytes::Bytes;
use kohort_protocol::TopicPartition;
use kohort_protocol::api::Message as _;
use kohort_protocol::api::produce::{
    ProducePartition, ProduceRequest, ProduceResponsePartition, ProduceTopic,
};

use crate::client::Client;
use crate::error::{ClientError, Target};

/// Who has to have the records before the leader answers (`acks`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Acks {
    /// Nobody: the call is over when the request is written, and offsets are unknown (−1).
    None,
    /// The leader.
    Leader,
    /// All in-sync replicas.
    #[default]
    All,
}

impl Client {
    /// Appends one encoded record batch to a partition. The leader's refusals that are retriable (it has moved, replicas are missing)
    /// are retried; a request without an answer is **not**, for it may have been appended: repeating it is the caller's decision.
    /// So it is after dropping the future.
    ///
    /// # Errors
    /// The leader's error, or [`ClientError::Call`] if it did not answer.
    pub async fn produce(
        &self,
        partition: &TopicPartition,
        acks: Acks,
        batch: Bytes,
    ) -> Result<ProduceResponsePartition, ClientError> {
        let mut retry = self.retry(ProduceRequest::API);
        loop {
            let error = match retry.within(self.append(partition, acks, batch.clone())).await {
                Ok(appended) => return Ok(appended),
                Err(error) => error,
            };
            let surely_not_appended = match &error {
                ClientError::Call { failure, .. } => failure.is_unsent(),
                _ => true,
            };
            if !surely_not_appended || !retry.again(&error).await {
                return Err(error);
            }
            self.hub.metadata.doubt();
        }
    }

    async fn append(
        &self,
        partition: &TopicPartition,
        acks: Acks,
        batch: Bytes,
    ) -> Result<ProduceResponsePartition, ClientError> {
        let leader = self.leader(partition).await?;
        let request = ProduceRequest {
            transactional_id: None,
            acks: match acks {
                Acks::None => 0,
                Acks::Leader => 1,
                Acks::All => -1,
            },
            timeout_ms: self.broker_timeout(),
            topic_data: vec![ProduceTopic {
                name: partition.topic.clone(),
                topic_id: leader.topic_id,
                partition_data: vec![ProducePartition {
                    index: partition.partition,
                    records: Some(batch),
                }],
            }],
        };
        let answer = self.call(Target::Node(leader.node), request).await?;
        if acks == Acks::None {
            return Ok(ProduceResponsePartition {
                index: partition.partition,
                ..ProduceResponsePartition::default()
            });
        }
        let mut topics = answer.responses.into_iter();
        let appended = topics
            .next()
            .and_then(|topic| topic.partition_responses.into_iter().next());
        let appended = appended.ok_or_else(|| ClientError::Missing {
            api: ProduceRequest::API,
            subject: partition.to_string(),
        })?;
        match appended.error_code.ok() {
            Ok(()) => Ok(appended),
            Err(code) => {
                let message = appended.error_message.as_deref();
                Err(ClientError::broker(ProduceRequest::API, partition, code, message))
            }
        }
    }
}

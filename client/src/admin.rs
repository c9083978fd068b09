//! Topics made, grown and deleted, by the controller.

use kohort_protocol::api::create_partitions::{
    CreatePartitionsRequest, CreatePartitionsResult, CreatePartitionsTopic,
};
use kohort_protocol::api::create_topics::{CreatableTopic, CreateTopicsRequest, CreatedTopic};
use kohort_protocol::api::delete_topics::{DeletableTopic, DeleteTopicsRequest, DeletedTopic};
use kohort_protocol::api::init_producer_id::{InitProducerIdRequest, InitProducerIdResponse};
use kohort_protocol::api::{Call, Message as _};
use kohort_protocol::{ErrorCode, TopicName};

use crate::client::Client;
use crate::error::{ClientError, Target};

impl Client {
    /// Creates topics. The outcome of each stands in its entry, its own error too.
    ///
    /// A request that got no answer is repeated, so TOPIC_ALREADY_EXISTS may mean that the first one did it. Dropping the future gives
    /// the request up: the topics may have been made or not.
    ///
    /// # Errors
    /// [`ClientError::Call`] if the controller did not answer within `default.api.timeout.ms`.
    pub async fn create_topics(&self, topics: Vec<CreatableTopic>) -> Result<Vec<CreatedTopic>, ClientError> {
        let request = CreateTopicsRequest {
            topics,
            timeout_ms: self.broker_timeout(),
            validate_only: false,
        };
        let response = self.by_controller(request, |answer| {
            answer.topics.iter().map(|one| one.error_code).collect()
        });
        Ok(response.await?.topics)
    }

    /// Deletes topics by name. The outcome of each stands in its entry, its own error too. Dropping the future leaves it open whether it
    /// was done.
    ///
    /// # Errors
    /// As [`create_topics`](Self::create_topics).
    pub async fn delete_topics(&self, topics: &[TopicName]) -> Result<Vec<DeletedTopic>, ClientError> {
        let by_name = |name: &TopicName| DeletableTopic {
            name: Some(name.clone()),
            ..DeletableTopic::default()
        };
        let request = DeleteTopicsRequest {
            topics: topics.iter().map(by_name).collect(),
            timeout_ms: self.broker_timeout(),
        };
        let response = self.by_controller(request, |answer| {
            answer.responses.iter().map(|one| one.error_code).collect()
        });
        Ok(response.await?.responses)
    }

    /// Gives topics more partitions. The outcome of each stands in its entry, its own error too. Dropping the future leaves it open
    /// whether it was done.
    ///
    /// # Errors
    /// As [`create_topics`](Self::create_topics).
    pub async fn create_partitions(
        &self,
        topics: Vec<CreatePartitionsTopic>,
    ) -> Result<Vec<CreatePartitionsResult>, ClientError> {
        let request = CreatePartitionsRequest {
            topics,
            timeout_ms: self.broker_timeout(),
            validate_only: false,
        };
        let response = self.by_controller(request, |answer| {
            answer.results.iter().map(|one| one.error_code).collect()
        });
        Ok(response.await?.results)
    }

    /// An id for an idempotent producer without transactions. An id whose future was dropped is never used.
    ///
    /// # Errors
    /// The broker's error if it is not retriable, or the last one when time is up.
    pub async fn init_producer_id(&self) -> Result<InitProducerIdResponse, ClientError> {
        let mut retry = self.retry(InitProducerIdRequest::API);
        loop {
            let ask = self.call(Target::Any, InitProducerIdRequest::default());
            let result = retry.within(ask).await;
            let result = result.and_then(|answer| match answer.error_code.ok() {
                Ok(()) => Ok(answer),
                Err(code) => Err(ClientError::broker(
                    InitProducerIdRequest::API,
                    "a producer",
                    code,
                    None,
                )),
            });
            match result {
                Err(error) if retry.again(&error).await => {}
                result => return result,
            }
        }
    }

    /// A little less than the request's own time-out, so that the broker's verdict arrives before it.
    pub(crate) fn broker_timeout(&self) -> i32 {
        let millis = self.hub.config.request_timeout.as_millis() * 9 / 10;
        i32::try_from(millis).unwrap_or(i32::MAX)
    }

    /// Under KRaft any broker forwards to the controller and names itself as such; before, only the controller served.
    async fn by_controller<C: Call + Clone>(
        &self,
        request: C,
        codes: impl Fn(&C::Response) -> Vec<ErrorCode>,
    ) -> Result<C::Response, ClientError> {
        let mut retry = self.retry(C::API);
        loop {
            match retry.within(self.ask_controller(request.clone(), &codes)).await {
                Err(error) if retry.again(&error).await => {
                    // Which broker is the controller may be what changed.
                    self.hub.metadata.doubt();
                }
                result => return result,
            }
        }
    }

    async fn ask_controller<C: Call>(
        &self,
        request: C,
        codes: impl Fn(&C::Response) -> Vec<ErrorCode>,
    ) -> Result<C::Response, ClientError> {
        let controller = self.metadata(&[]).await?.controller_id;
        let target = if controller.0 >= 0 {
            Target::Node(controller)
        } else {
            Target::Any
        };
        let answer = self.call(target, request).await?;
        if codes(&answer).contains(&ErrorCode::NOT_CONTROLLER) {
            return Err(ClientError::broker(
                C::API,
                target,
                ErrorCode::NOT_CONTROLLER,
                None,
            ));
        }
        Ok(answer)
    }
}

//! FindCoordinator: which broker coordinates a group or a transaction.

use kohort_protocol::api::Message as _;
use kohort_protocol::api::find_coordinator::{Coordinator, CoordinatorType, FindCoordinatorRequest};
use kohort_protocol::{CallFailure, GroupId, NodeId};

use crate::client::Client;
use crate::error::{ClientError, Target};

impl Client {
    /// The coordinators of some keys, in the order asked; their addresses are learned. Retriable errors (a cluster that is only just
    /// making its offsets topic answers 15 for a moment) are retried within `default.api.timeout.ms`. Coordinators may still
    /// answer NOT_COORDINATOR or COORDINATOR_LOAD_IN_PROGRESS afterwards (seen on Kafka 4.4.0). Dropping the future gives the
    /// look-up up.
    ///
    /// # Errors
    /// The first key's error that is not retriable, or the last one when time is up.
    pub async fn find_coordinator(
        &self,
        key_type: CoordinatorType,
        keys: &[String],
    ) -> Result<Vec<Coordinator>, ClientError> {
        let mut retry = self.retry(FindCoordinatorRequest::API);
        loop {
            match retry.within(self.look_up(key_type, keys)).await {
                Err(error) if retry.again(&error).await => {}
                result => return result,
            }
        }
    }

    /// The coordinator of a group. Dropping the future gives the look-up up.
    ///
    /// # Errors
    /// As [`find_coordinator`](Self::find_coordinator).
    pub async fn coordinator(&self, group: &GroupId) -> Result<NodeId, ClientError> {
        let keys = [group.to_string()];
        let found = self.find_coordinator(CoordinatorType::GROUP, &keys).await?;
        let first = found.first().ok_or_else(|| missing(group.as_str()))?;
        Ok(first.node_id)
    }

    async fn look_up(
        &self,
        key_type: CoordinatorType,
        keys: &[String],
    ) -> Result<Vec<Coordinator>, ClientError> {
        match self.ask_for_coordinators(key_type, keys).await {
            // Brokers before 3.0 take one key at a time (KIP-699).
            Err(ClientError::Call {
                failure: CallFailure::Unsupported { .. },
                ..
            }) if keys.len() > 1 => {
                let mut found = Vec::new();
                for key in keys {
                    found.extend(
                        self.ask_for_coordinators(key_type, core::slice::from_ref(key))
                            .await?,
                    );
                }
                Ok(found)
            }
            result => result,
        }
    }

    async fn ask_for_coordinators(
        &self,
        key_type: CoordinatorType,
        keys: &[String],
    ) -> Result<Vec<Coordinator>, ClientError> {
        let request = FindCoordinatorRequest {
            key_type,
            keys: keys.to_vec(),
        };
        let mut answers = self.call(Target::Any, request).await?.coordinators;
        // Below v4 the one answer does not name its key.
        if let ([key], [answer]) = (keys, answers.as_mut_slice()) {
            answer.key.clone_from(key);
        }
        let find = |key: &String| {
            let answer = answers.iter().find(|answer| answer.key == *key);
            let answer = answer.ok_or_else(|| missing(key))?;
            let failed = |code| {
                ClientError::broker(
                    FindCoordinatorRequest::API,
                    key,
                    code,
                    answer.error_message.as_deref(),
                )
            };
            answer.error_code.ok().map_err(failed)?;
            self.learn(answer.node_id, &answer.host, answer.port);
            Ok(answer.clone())
        };
        keys.iter().map(find).collect()
    }
}

fn missing(key: &str) -> ClientError {
    ClientError::Missing {
        api: FindCoordinatorRequest::API,
        subject: key.to_owned(),
    }
}

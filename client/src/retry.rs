//! Whether and when a flow tries again, and when it has to end.

use tokio::time::{Instant, sleep, timeout_at};

use crate::client::Client;
use crate::error::ClientError;
use crate::error::Target;
use kohort_protocol::{ApiKey, CallFailure};

/// The patience of one flow: `default.api.timeout.ms` in all, with `retry.backoff.ms` between attempts.
pub(crate) struct Retry<'a> {
    client: &'a Client,
    /// What it is about, for the error text.
    api: ApiKey,
    deadline: Instant,
    failures: u32,
    last: Option<ClientError>,
}

impl Client {
    pub(crate) fn retry(&self, api: ApiKey) -> Retry<'_> {
        Retry {
            client: self,
            api,
            deadline: Instant::now() + self.hub.config.default_api_timeout,
            failures: 0,
            last: None,
        }
    }
}

impl Retry<'_> {
    /// One attempt, or the part of it that there is time for. An attempt that begins just in time would else go on for all its
    /// own requests' time-outs, and the look-ups within it for their own `default.api.timeout.ms` on top of ours.
    pub(crate) async fn within<T>(
        &self,
        attempt: impl Future<Output = Result<T, ClientError>>,
    ) -> Result<T, ClientError> {
        let done = timeout_at(self.deadline, attempt).await;
        done.unwrap_or_else(|_| Err(self.too_late()))
    }

    fn too_late(&self) -> ClientError {
        let limit = self.client.hub.config.default_api_timeout;
        let before = self.last.as_ref();
        let before = before.map_or_else(String::new, |error| format!("; the attempt before: {error}"));
        let detail = format!("not done within default.api.timeout.ms ({limit:?}){before}");
        ClientError::Call {
            api: self.api,
            target: Target::Any,
            failure: CallFailure::TimedOut { detail },
        }
    }

    /// Waits for the next attempt, or says that there is none to make.
    pub(crate) async fn again(&mut self, error: &ClientError) -> bool {
        self.failures += 1;
        let pause = self.client.hub.retry_pause(self.failures);
        if !error.is_retriable() || self.is_hopeless(error) || Instant::now() + pause >= self.deadline {
            return false;
        }
        tracing::debug!(%error, ?pause, "trying again");
        self.last = Some(error.clone());
        sleep(pause).await;
        true
    }

    /// All bootstrap servers failed and none ever answered: more likely a wrong address than a cluster that is down.
    fn is_hopeless(&self, error: &ClientError) -> bool {
        let unreachable = matches!(
            error,
            ClientError::Call {
                failure: CallFailure::Unreachable { .. },
                ..
            }
        );
        unreachable && !self.client.hub.was_ever_reached()
    }
}

//! Whether and when a flow tries again.

use tokio::time::{Instant, sleep};

use crate::client::Client;
use crate::error::ClientError;
use kohort_protocol::CallFailure;

/// The patience of one flow: `default.api.timeout.ms` in all, with `retry.backoff.ms` between attempts.
pub(crate) struct Retry<'a> {
    client: &'a Client,
    deadline: Instant,
    failures: u32,
}

impl Client {
    pub(crate) fn retry(&self) -> Retry<'_> {
        Retry {
            client: self,
            deadline: Instant::now() + self.hub.config.default_api_timeout,
            failures: 0,
        }
    }
}

impl Retry<'_> {
    /// Waits for the next attempt, or says that there is none to make.
    pub(crate) async fn again(&mut self, error: &ClientError) -> bool {
        self.failures += 1;
        let pause = self.client.hub.retry_pause(self.failures);
        if !error.is_retriable() || self.is_hopeless(error) || Instant::now() + pause >= self.deadline {
            return false;
        }
        tracing::debug!(%error, ?pause, "trying again");
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

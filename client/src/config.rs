//! The settings of a client, with Kafka's names and defaults.

use core::fmt;
use core::time::Duration;
use std::sync::Arc;

use kohort_protocol::frame::DEFAULT_MAX_FRAME_SIZE;

use crate::address::Address;
use crate::dial::{Dial, TcpDial};
use crate::error::ClientError;

/// The settings of a [`Client`](crate::Client). Each field is named after Kafka's property (dots as underscores).
#[derive(Clone)]
#[non_exhaustive]
pub struct ClientConfig {
    /// `bootstrap.servers`: `host:port` each. Any one that answers is enough.
    pub bootstrap_servers: Vec<String>,
    /// `client.id`.
    pub client_id: String,
    /// `request.timeout.ms`: how long one request may go without its answer.
    pub request_timeout: Duration,
    /// `default.api.timeout.ms`: how long a whole call with its retries and look-ups may take, an attempt under way included.
    pub default_api_timeout: Duration,
    /// `socket.connection.setup.timeout.ms`: for the connect and again for the handshake; doubles with each failure in a row.
    pub socket_connection_setup_timeout: Duration,
    /// `socket.connection.setup.timeout.max.ms`.
    pub socket_connection_setup_timeout_max: Duration,
    /// `reconnect.backoff.ms`: the pause before an address that failed is tried again; doubles with each failure in a row.
    pub reconnect_backoff: Duration,
    /// `reconnect.backoff.max.ms`.
    pub reconnect_backoff_max: Duration,
    /// `retry.backoff.ms`: the pause before a call is repeated; doubles with each failure in a row.
    pub retry_backoff: Duration,
    /// `retry.backoff.max.ms`.
    pub retry_backoff_max: Duration,
    /// `metadata.max.age.ms`: cached metadata older than this is fetched again.
    pub metadata_max_age: Duration,
    /// `connections.max.idle.ms`: just below the brokers' own ten minutes, so that it is mostly us who closes.
    pub connections_max_idle: Duration,
    /// Larger answers are refused. kohort's own.
    pub max_frame_size: usize,
    /// How connections are made. kohort's own.
    pub dial: Arc<dyn Dial>,
    /// Seed of the jitter; random if `None`. kohort's own.
    pub seed: Option<u64>,
}

impl ClientConfig {
    /// Kafka's defaults for a comma-separated list of `host:port`.
    #[must_use]
    pub fn new(bootstrap_servers: &str) -> Self {
        let servers = bootstrap_servers.split(',').map(str::trim);
        Self {
            bootstrap_servers: servers
                .filter(|server| !server.is_empty())
                .map(Into::into)
                .collect(),
            client_id: "kohort".into(),
            request_timeout: Duration::from_secs(30),
            default_api_timeout: Duration::from_secs(60),
            socket_connection_setup_timeout: Duration::from_secs(10),
            socket_connection_setup_timeout_max: Duration::from_secs(30),
            reconnect_backoff: Duration::from_millis(50),
            reconnect_backoff_max: Duration::from_secs(1),
            retry_backoff: Duration::from_millis(100),
            retry_backoff_max: Duration::from_secs(1),
            metadata_max_age: Duration::from_secs(300),
            connections_max_idle: Duration::from_secs(540),
            max_frame_size: DEFAULT_MAX_FRAME_SIZE,
            dial: Arc::new(TcpDial),
            seed: None,
        }
    }

    /// The bootstrap addresses, if all settings make sense.
    pub(crate) fn check(&self) -> Result<Vec<Address>, ClientError> {
        let positive = [
            ("request.timeout.ms", self.request_timeout),
            ("default.api.timeout.ms", self.default_api_timeout),
            (
                "socket.connection.setup.timeout.ms",
                self.socket_connection_setup_timeout,
            ),
            ("connections.max.idle.ms", self.connections_max_idle),
        ];
        if let Some((name, _)) = positive.iter().find(|(_, span)| span.is_zero()) {
            return Err(ClientError::Config(format!("{name} must be longer than zero")));
        }
        if self.client_id.len() > 1024 {
            return Err(ClientError::Config("client.id is longer than 1024 bytes".into()));
        }
        if !(1024..=i32::MAX as usize).contains(&self.max_frame_size) {
            return Err(ClientError::Config(
                "the frame limit must be from 1 KiB to 2 GiB".into(),
            ));
        }
        if self.bootstrap_servers.is_empty() {
            return Err(ClientError::Config(
                "bootstrap.servers is empty: name at least one broker as host:port".into(),
            ));
        }
        let parsed = self.bootstrap_servers.iter().map(|server| Address::parse(server));
        let parsed: Result<_, _> = parsed.collect();
        parsed.map_err(|problem| ClientError::Config(format!("bootstrap.servers: {problem}")))
    }
}

impl fmt::Debug for ClientConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientConfig")
            .field("bootstrap_servers", &self.bootstrap_servers)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_cannot_work_are_refused_by_name() {
        let refusal = |config: &ClientConfig| config.check().unwrap_err().to_string();
        assert!(refusal(&ClientConfig::new("")).contains("bootstrap.servers is empty"));
        assert!(refusal(&ClientConfig::new("a:9092,b")).contains("\"b\" has no port"));
        let mut config = ClientConfig::new("a:9092, b:9093,");
        assert_eq!(config.check().unwrap().len(), 2);
        config.request_timeout = Duration::ZERO;
        assert!(refusal(&config).contains("request.timeout.ms"));
    }
}

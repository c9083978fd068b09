//! The settings of a consumer member, with Kafka's names and defaults.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use kohort_protocol::{GroupId, GroupInstanceId, IsolationLevel, TopicName};

use super::error::ConfigError;

/// Where to begin when there is no committed offset, or when it is out of range (`auto.offset.reset`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AutoOffsetReset {
    /// The first record still there.
    Earliest,
    /// What arrives from now on. Kafka's default.
    #[default]
    Latest,
    /// Say so, and wait for a seek.
    None,
}

/// The settings of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberConfig {
    /// `group.id`.
    pub group_id: GroupId,
    /// The topics subscribed to.
    pub topics: Vec<TopicName>,
    /// `group.instance.id` (KIP-345).
    pub group_instance_id: Option<GroupInstanceId>,
    /// `client.rack` (KIP-392, KIP-881).
    pub client_rack: Option<String>,
    /// `session.timeout.ms`: without a heartbeat for so long the coordinator drops the member.
    pub session_timeout: Duration,
    /// `heartbeat.interval.ms`.
    pub heartbeat_interval: Duration,
    /// `max.poll.interval.ms`: without a poll for so long the member leaves. Also the rebalance timeout it asks for.
    pub max_poll_interval: Duration,
    /// `auto.commit.interval.ms`; `None` is `enable.auto.commit=false`.
    pub auto_commit_interval: Option<Duration>,
    /// `auto.offset.reset`.
    pub auto_offset_reset: AutoOffsetReset,
    /// `isolation.level`.
    pub isolation_level: IsolationLevel,
    /// `fetch.min.bytes`.
    pub fetch_min_bytes: i32,
    /// `fetch.max.bytes`.
    pub fetch_max_bytes: i32,
    /// `fetch.max.wait.ms`.
    pub fetch_max_wait: Duration,
    /// `max.partition.fetch.bytes`.
    pub max_partition_fetch_bytes: i32,
    /// How many bytes of records may lie ready or be on their way before fetching pauses. kohort's own (librdkafka's
    /// `queued.max.messages.kbytes`).
    pub buffer_bytes: usize,
    /// `request.timeout.ms`.
    pub request_timeout: Duration,
    /// `default.api.timeout.ms`: so long a commit call waits for its answer.
    pub default_api_timeout: Duration,
    /// `retry.backoff.ms`.
    pub retry_backoff: Duration,
    /// `retry.backoff.max.ms`.
    pub retry_backoff_max: Duration,
    /// `metadata.max.age.ms`.
    pub metadata_max_age: Duration,
}

impl MemberConfig {
    /// Kafka's defaults.
    #[must_use]
    pub fn new(group_id: GroupId, topics: Vec<TopicName>) -> Self {
        Self {
            group_id,
            topics,
            group_instance_id: None,
            client_rack: None,
            session_timeout: Duration::from_secs(45),
            heartbeat_interval: Duration::from_secs(3),
            max_poll_interval: Duration::from_secs(300),
            auto_commit_interval: Some(Duration::from_secs(5)),
            auto_offset_reset: AutoOffsetReset::default(),
            isolation_level: IsolationLevel::default(),
            fetch_min_bytes: 1,
            fetch_max_bytes: 50 << 20,
            fetch_max_wait: Duration::from_millis(500),
            max_partition_fetch_bytes: 1 << 20,
            buffer_bytes: 64 << 20,
            request_timeout: Duration::from_secs(30),
            default_api_timeout: Duration::from_secs(60),
            retry_backoff: Duration::from_millis(100),
            retry_backoff_max: Duration::from_secs(1),
            metadata_max_age: Duration::from_secs(300),
        }
    }

    /// Says what cannot work.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn validate(&self) -> Result<(), ConfigError> {
        if self.group_id.is_empty() {
            return Err(ConfigError::NoGroup);
        }
        if self.topics.is_empty() {
            return Err(ConfigError::NoTopics);
        }
        self.validate_names()?;
        self.validate_times()?;
        self.validate_sizes()
    }

    fn validate_names(&self) -> Result<(), ConfigError> {
        if let Some(topic) = self.topics.iter().find(|topic| !is_legal(topic.as_str())) {
            return Err(ConfigError::Topic(topic.as_str().into()));
        }
        match &self.group_instance_id {
            Some(id) if !is_legal(id.as_str()) => Err(ConfigError::InstanceId(id.as_str().into())),
            _ => Ok(()),
        }
    }

    fn validate_times(&self) -> Result<(), ConfigError> {
        let times = [
            ("session.timeout.ms", self.session_timeout),
            ("heartbeat.interval.ms", self.heartbeat_interval),
            ("max.poll.interval.ms", self.max_poll_interval),
            (
                "auto.commit.interval.ms",
                self.auto_commit_interval.unwrap_or(Duration::from_secs(1)),
            ),
            ("request.timeout.ms", self.request_timeout),
            ("default.api.timeout.ms", self.default_api_timeout),
            ("retry.backoff.ms", self.retry_backoff),
            ("retry.backoff.max.ms", self.retry_backoff_max),
            ("metadata.max.age.ms", self.metadata_max_age),
        ];
        for (name, time) in times {
            if time < Duration::from_millis(1) {
                return Err(ConfigError::Zero(name));
            }
            if i32::try_from(time.as_millis()).is_err() {
                return Err(ConfigError::TooLong(name));
            }
        }
        if self.heartbeat_interval >= self.session_timeout {
            let heartbeat_ms = self.heartbeat_interval.as_millis();
            return Err(ConfigError::Heartbeat {
                heartbeat_ms,
                session_ms: self.session_timeout.as_millis(),
            });
        }
        if self.retry_backoff > self.retry_backoff_max {
            return Err(ConfigError::Backoff);
        }
        Ok(())
    }

    fn validate_sizes(&self) -> Result<(), ConfigError> {
        let sizes = [
            ("fetch.min.bytes", i64::from(self.fetch_min_bytes), 0),
            ("fetch.max.bytes", i64::from(self.fetch_max_bytes), 1),
            (
                "max.partition.fetch.bytes",
                i64::from(self.max_partition_fetch_bytes),
                1,
            ),
            (
                "the buffer",
                i64::try_from(self.buffer_bytes).unwrap_or(i64::MAX),
                1,
            ),
        ];
        let small = sizes.into_iter().find(|&(_, value, least)| value < least);
        small.map_or(Ok(()), |(name, value, least)| {
            Err(ConfigError::TooSmall { name, value, least })
        })
    }
}

/// Whether Kafka allows it as the name of a topic.
pub(super) fn is_legal(name: &str) -> bool {
    let is_legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    (1..=249).contains(&name.len()) && name.chars().all(is_legal) && !matches!(name, "." | "..")
}

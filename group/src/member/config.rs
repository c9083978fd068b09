//! The settings of a consumer member, with Kafka's names and defaults.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use kohort_protocol::{GroupId, GroupInstanceId, IsolationLevel, TopicName};

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
            retry_backoff: Duration::from_millis(100),
            retry_backoff_max: Duration::from_secs(1),
            metadata_max_age: Duration::from_secs(300),
        }
    }
}

//! What a cluster is made of and how fast its slow parts are. Names and defaults are Kafka's where Kafka has the setting.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::time::Duration;

use crate::release::Release;

/// The settings of an embedded cluster.
///
/// Defaults are those of a stock broker, except that groups do not wait for more members at first
/// (`group_initial_rebalance_delay` is zero) and that the offsets topic has fewer partitions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// How many nodes; their ids are 1, 2, ...
    pub nodes: u8,
    /// The cluster's id.
    pub cluster_id: String,
    /// Everything random (member ids, topic ids, which un-flushed records a kill spares) comes from this.
    pub seed: u64,
    /// Whether Metadata creates a missing topic (`auto.create.topics.enable`).
    pub auto_create_topics: bool,
    /// Partitions of a topic created without a number (`num.partitions`).
    pub num_partitions: i32,
    /// Replicas of a topic created without a number; limited to the number of nodes.
    pub default_replication_factor: i16,
    /// Partitions of `__consumer_offsets` (`offsets.topic.num.partitions`).
    pub offsets_topic_partitions: i32,
    /// Replicas of `__consumer_offsets`; limited to the number of nodes. With 1, a stopped coordinator has no successor.
    pub offsets_topic_replication_factor: i16,
    /// `group.initial.rebalance.delay.ms`.
    pub group_initial_rebalance_delay: Duration,
    /// `group.min.session.timeout.ms`.
    pub group_min_session_timeout: Duration,
    /// `group.max.session.timeout.ms`.
    pub group_max_session_timeout: Duration,
    /// `group.max.size`.
    pub group_max_size: usize,
    /// How long a new member may be parked in its first JoinGroup (Kafka's fixed five minutes).
    pub group_new_member_join_timeout: Duration,
    /// `offset.metadata.max.bytes`, which counts UTF-16 units.
    pub offset_metadata_max: usize,
    /// `offsets.retention.minutes`.
    pub offsets_retention: Duration,
    /// `offsets.retention.check.interval.ms`.
    pub offsets_retention_check_interval: Duration,
    /// `max.incremental.fetch.session.cache.slots`.
    pub fetch_session_slots: usize,
    /// `fetch.max.bytes` of the broker: no Fetch answer is larger, but for a single larger batch.
    pub fetch_max_bytes: usize,
    /// `message.max.bytes`.
    pub message_max_bytes: usize,
    /// Requests that may queue on one connection behind the one in work; one more closes the connection.
    /// (A Kafka broker stops reading instead; a pure cluster cannot.)
    pub max_queued_requests: usize,
    /// `socket.request.max.bytes`: a larger frame closes its connection. Only the server looks at it.
    pub socket_request_max_bytes: usize,
    /// `connections.max.idle.ms`, also for a connection whose request is never answered. Only the server looks at it.
    pub connections_max_idle: Duration,
    /// Which release of Kafka its nodes run at first: it decides which versions of the APIs they serve.
    pub release: Release,
    /// How long its slow parts take.
    pub latencies: Latencies,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            nodes: 1,
            cluster_id: "kohort-embedded-cluster".to_owned(),
            seed: 0,
            auto_create_topics: true,
            num_partitions: 1,
            default_replication_factor: 3,
            offsets_topic_partitions: 10,
            offsets_topic_replication_factor: 3,
            group_initial_rebalance_delay: Duration::ZERO,
            group_min_session_timeout: Duration::from_secs(6),
            group_max_session_timeout: Duration::from_secs(30 * 60),
            group_max_size: i32::MAX as usize,
            group_new_member_join_timeout: Duration::from_secs(5 * 60),
            offset_metadata_max: 4096,
            offsets_retention: Duration::from_secs(7 * 24 * 60 * 60),
            offsets_retention_check_interval: Duration::from_secs(10 * 60),
            fetch_session_slots: 1000,
            fetch_max_bytes: 55 << 20,
            message_max_bytes: 1_048_588,
            max_queued_requests: 1000,
            socket_request_max_bytes: 100 << 20,
            connections_max_idle: Duration::from_secs(10 * 60),
            release: Release::default(),
            latencies: Latencies::default(),
        }
    }
}

/// How long the parts of a cluster take that a client can see.
///
/// The story of a coordinator, from the client's side: nobody knows it (`COORDINATOR_NOT_AVAILABLE` for `offsets_topic`, on a
/// fresh cluster; or FindCoordinator names a dead node for `failover`), then a node is named that does not know it yet
/// (`NOT_COORDINATOR` for `election`), then loads (`COORDINATOR_LOAD_IN_PROGRESS` for `load`), then serves. The node that lost
/// it goes on serving reads and heartbeats for `zombie`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Latencies {
    /// From the first FindCoordinator until the offsets topic exists.
    pub offsets_topic: Duration,
    /// From becoming coordinator until the node knows it, on a fresh cluster or a restarted node.
    pub election: Duration,
    /// Replaying the coordinator's log.
    pub load: Duration,
    /// How long the old coordinator goes on serving beside the new one after a move, or after it was paused.
    pub zombie: Duration,
    /// Until a record of the coordinator's log is flushed and may be acknowledged.
    pub flush: Duration,
    /// Until the cluster notices that a node is dead or paused (`broker.session.timeout.ms`) and moves what it led.
    pub failover: Duration,
    /// From the order to shut down in order until a node is down: its leaderships are others' at once.
    pub shutdown: Duration,
}

impl Latencies {
    /// Everything at once: for tests that do not care.
    pub const NONE: Self = Self {
        offsets_topic: Duration::ZERO,
        election: Duration::ZERO,
        load: Duration::ZERO,
        zombie: Duration::ZERO,
        flush: Duration::ZERO,
        failover: Duration::ZERO,
        shutdown: Duration::ZERO,
    };

    /// About what was seen on a cluster of three Kafka 4.4.0 brokers with short timeouts.
    pub const KAFKA: Self = Self {
        offsets_topic: Duration::from_millis(120),
        election: Duration::from_millis(200),
        load: Duration::from_millis(30),
        zombie: Duration::from_millis(350),
        flush: Duration::from_millis(5),
        failover: Duration::from_millis(2000),
        shutdown: Duration::from_millis(2300),
    };
}

impl Default for Latencies {
    /// Short, but none of them zero: a demo shows every step, a test does not wait for it.
    fn default() -> Self {
        Self {
            offsets_topic: Duration::from_millis(20),
            election: Duration::from_millis(20),
            load: Duration::from_millis(10),
            zombie: Duration::from_millis(50),
            flush: Duration::from_millis(1),
            failover: Duration::from_millis(200),
            shutdown: Duration::from_millis(200),
        }
    }
}

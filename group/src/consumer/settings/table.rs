//! Kafka's consumer properties: the default of each, what it means, and what it changes here.

use kohort_client::ClientConfig;

use super::values::{boolean, bytes, isolation, millis, offset_reset, optional, servers, text};
use crate::member::MemberConfig;

/// One of Kafka's consumer properties.
#[derive(Debug)]
pub struct Setting {
    /// Kafka's name.
    pub name: &'static str,
    /// Its default here, which is Kafka's unless the meaning says otherwise.
    pub default: &'static str,
    /// What it does.
    pub meaning: &'static str,
    pub(super) effect: Effect,
}

impl Setting {
    /// Whether it changes anything here.
    #[must_use]
    pub fn is_used(&self) -> bool {
        !matches!(self.effect, Effect::Nothing(_))
    }
}

#[derive(Debug)]
pub(super) enum Effect {
    Client(fn(&mut ClientConfig, &str) -> Applied),
    Member(fn(&mut MemberConfig, &str) -> Applied),
    Both(
        fn(&mut ClientConfig, &str) -> Applied,
        fn(&mut MemberConfig, &str) -> Applied,
    ),
    CheckCrcs,
    Only(&'static [&'static str]),
    Nothing(&'static str),
}

type Applied = Result<(), String>;

const NO_TLS: &str = "TLS and SASL are not built yet; leave it out and connect to a PLAINTEXT listener";
const BYTES_ONLY: &str = "keys and values are handed out as bytes";
const NO_METRICS: &str = "there are no metric reporters; see Consumer::status";

/// Writes the parsed value into a field.
macro_rules! set {
    ($field:ident = $parse:expr) => {
        |config, value| {
            config.$field = $parse(value)?;
            Ok(())
        }
    };
}

/// Kafka's consumer properties, by name.
pub const SETTINGS: &[Setting] = &[
    fixed(
        "allow.auto.create.topics",
        "false",
        "never creates topics (Kafka's default is true)",
        &["false"],
    ),
    member(
        "auto.commit.interval.ms",
        "5000",
        "how often processed positions are committed",
        |config, value| {
            let interval = millis(value)?;
            // Off stays off, whichever of the two properties comes first.
            config.auto_commit_interval = config.auto_commit_interval.map(|_| interval);
            Ok(())
        },
    ),
    member(
        "auto.offset.reset",
        "latest",
        "where to begin without a committed offset, or when it is out of range: earliest, latest, none",
        set!(auto_offset_reset = offset_reset),
    ),
    client(
        "bootstrap.servers",
        "",
        "brokers to begin with, host:port,...",
        set!(bootstrap_servers = servers),
    ),
    Setting {
        name: "check.crcs",
        default: "true",
        meaning: "verify checksums of record batches",
        effect: Effect::CheckCrcs,
    },
    client(
        "client.id",
        "kohort",
        "the name in the broker's logs (Kafka's default is empty)",
        set!(client_id = text),
    ),
    member(
        "client.rack",
        "",
        "read from a follower in this rack (KIP-392)",
        set!(client_rack = optional),
    ),
    client(
        "connections.max.idle.ms",
        "540000",
        "close connections that nobody uses",
        set!(connections_max_idle = millis),
    ),
    client(
        "default.api.timeout.ms",
        "60000",
        "how long a client call with its retries may take",
        set!(default_api_timeout = millis),
    ),
    member(
        "enable.auto.commit",
        "true",
        "commit processed positions by itself",
        |config, value| {
            let enabled = boolean(value)?;
            config.auto_commit_interval = config.auto_commit_interval.filter(|_| enabled);
            Ok(())
        },
    ),
    member(
        "fetch.max.bytes",
        "52428800",
        "upper bound of a Fetch answer",
        set!(fetch_max_bytes = bytes),
    ),
    member(
        "fetch.max.wait.ms",
        "500",
        "how long a broker may wait for fetch.min.bytes",
        set!(fetch_max_wait = millis),
    ),
    member(
        "fetch.min.bytes",
        "1",
        "a broker answers a Fetch at once when it has so many bytes",
        set!(fetch_min_bytes = bytes),
    ),
    member("group.id", "", "the group", set!(group_id = text)),
    member(
        "group.instance.id",
        "",
        "static membership (KIP-345)",
        set!(group_instance_id = optional),
    ),
    fixed(
        "group.protocol",
        "classic",
        "classic; consumer (KIP-848) is not built yet",
        &["classic"],
    ),
    member(
        "heartbeat.interval.ms",
        "3000",
        "how often a member says it lives",
        set!(heartbeat_interval = millis),
    ),
    member(
        "isolation.level",
        "read_uncommitted",
        "read_committed hides open and aborted transactions",
        set!(isolation_level = isolation),
    ),
    member(
        "max.partition.fetch.bytes",
        "1048576",
        "upper bound of a partition in a Fetch answer",
        set!(max_partition_fetch_bytes = bytes),
    ),
    member(
        "max.poll.interval.ms",
        "300000",
        "without a poll for so long the member leaves; also the rebalance timeout",
        set!(max_poll_interval = millis),
    ),
    both(
        "metadata.max.age.ms",
        "300000",
        "metadata older than this is fetched again",
        set!(metadata_max_age = millis),
        set!(metadata_max_age = millis),
    ),
    fixed(
        "partition.assignment.strategy",
        "range",
        "range; other assignors are not built yet",
        &["range", "org.apache.kafka.clients.consumer.RangeAssignor"],
    ),
    client(
        "reconnect.backoff.max.ms",
        "1000",
        "the longest pause between connection attempts",
        set!(reconnect_backoff_max = millis),
    ),
    client(
        "reconnect.backoff.ms",
        "50",
        "the first pause between connection attempts; doubles",
        set!(reconnect_backoff = millis),
    ),
    both(
        "request.timeout.ms",
        "30000",
        "how long a request may go without its answer",
        set!(request_timeout = millis),
        set!(request_timeout = millis),
    ),
    both(
        "retry.backoff.max.ms",
        "1000",
        "the longest pause between tries of a request",
        set!(retry_backoff_max = millis),
        set!(retry_backoff_max = millis),
    ),
    both(
        "retry.backoff.ms",
        "100",
        "the first pause between tries of a request; doubles",
        set!(retry_backoff = millis),
        set!(retry_backoff = millis),
    ),
    fixed(
        "security.protocol",
        "PLAINTEXT",
        "PLAINTEXT; TLS and SASL are not built yet",
        &["PLAINTEXT"],
    ),
    member(
        "session.timeout.ms",
        "45000",
        "without a heartbeat for so long the coordinator drops the member",
        set!(session_timeout = millis),
    ),
    client(
        "socket.connection.setup.timeout.max.ms",
        "30000",
        "the longest time for a connect",
        set!(socket_connection_setup_timeout_max = millis),
    ),
    client(
        "socket.connection.setup.timeout.ms",
        "10000",
        "the first time for a connect; doubles",
        set!(socket_connection_setup_timeout = millis),
    ),
    nothing("client.dns.lookup", "every address of a name is tried"),
    nothing("enable.metrics.push", "telemetry (KIP-714) is not sent"),
    nothing(
        "exclude.internal.topics",
        "there are no pattern subscriptions yet",
    ),
    nothing("interceptor.classes", "there are no interceptors"),
    nothing(
        "internal.leave.group.on.close",
        "close leaves the group, unless the member is static",
    ),
    nothing("key.deserializer", BYTES_ONLY),
    nothing(
        "max.poll.records",
        "records are handed out by partition and decompressed as they are read; stop where you like",
    ),
    nothing(
        "metadata.recovery.rebootstrap.trigger.ms",
        "bootstrap begins anew as soon as no known broker can be reached",
    ),
    nothing(
        "metadata.recovery.strategy",
        "bootstrap begins anew as soon as no known broker can be reached",
    ),
    nothing("metric.reporters", NO_METRICS),
    nothing("metrics.num.samples", NO_METRICS),
    nothing("metrics.recording.level", NO_METRICS),
    nothing("metrics.sample.window.ms", NO_METRICS),
    nothing("receive.buffer.bytes", "the system's default is used"),
    nothing("send.buffer.bytes", "the system's default is used"),
    nothing("value.deserializer", BYTES_ONLY),
];

/// Families of properties that are refused as a whole.
pub(super) const FAMILIES_NOT_BUILT: &[(&str, &str)] = &[
    ("sasl.", NO_TLS),
    ("ssl.", NO_TLS),
    ("group.remote.", "KIP-848 groups are not built yet; leave it out"),
];

const fn client(
    name: &'static str,
    default: &'static str,
    meaning: &'static str,
    apply: fn(&mut ClientConfig, &str) -> Applied,
) -> Setting {
    Setting {
        name,
        default,
        meaning,
        effect: Effect::Client(apply),
    }
}

const fn member(
    name: &'static str,
    default: &'static str,
    meaning: &'static str,
    apply: fn(&mut MemberConfig, &str) -> Applied,
) -> Setting {
    Setting {
        name,
        default,
        meaning,
        effect: Effect::Member(apply),
    }
}

const fn both(
    name: &'static str,
    default: &'static str,
    meaning: &'static str,
    client: fn(&mut ClientConfig, &str) -> Applied,
    member: fn(&mut MemberConfig, &str) -> Applied,
) -> Setting {
    Setting {
        name,
        default,
        meaning,
        effect: Effect::Both(client, member),
    }
}

/// Kafka knows more values than these.
const fn fixed(
    name: &'static str,
    default: &'static str,
    meaning: &'static str,
    allowed: &'static [&'static str],
) -> Setting {
    Setting {
        name,
        default,
        meaning,
        effect: Effect::Only(allowed),
    }
}

const fn nothing(name: &'static str, why: &'static str) -> Setting {
    Setting {
        name,
        default: "",
        meaning: why,
        effect: Effect::Nothing(why),
    }
}

//! Kafka's property names, as users have them in files: what each does here, and what must not be passed over in silence.

use core::time::Duration;
use std::collections::BTreeMap;

use kohort_client::ClientConfig;
use kohort_protocol::{GroupId, IsolationLevel};

use crate::member::{AutoOffsetReset, MemberConfig};

/// The settings of a client and of a consumer, read from Kafka's property names.
///
/// A known name that means nothing here (deserializers, interceptors) is warned of once; a misspelt one is refused with a
/// suggestion; what would silently change the meaning (TLS, SASL, an assignor that is not there) is refused.
///
/// ```
/// let properties = kohort_group::Properties::parse([
///     ("bootstrap.servers", "localhost:9092"),
///     ("group.id", "billing"),
///     ("session.timeout.ms", "10000"),
/// ])?;
/// assert_eq!(properties.client().bootstrap_servers, ["localhost:9092"]);
/// assert_eq!(properties.member().session_timeout.as_secs(), 10);
///
/// let wrong = kohort_group::Properties::parse([("sesion.timeout.ms", "10000")]);
/// assert!(wrong.unwrap_err().to_string().contains("did you mean session.timeout.ms?"));
/// # Ok::<(), kohort_group::PropertyError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Properties {
    client: ClientConfig,
    member: MemberConfig,
    check_crcs: bool,
}

/// What is wrong with a property.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PropertyError {
    /// Kafka has no consumer property of this name.
    #[error("unknown property {name}{}", suggestion.map(|known| format!("; did you mean {known}?")).unwrap_or_default())]
    Unknown {
        /// As given.
        name: String,
        /// The nearest known name, if one is near.
        suggestion: Option<&'static str>,
    },
    /// Kafka's, but of a family that is not built yet; passing it over would change the meaning. The value may be a secret: it is
    /// not shown.
    #[error("property {name}: {why}")]
    NotBuilt {
        /// As given.
        name: String,
        /// What is missing, and what to do.
        why: &'static str,
    },
    /// The value cannot be used.
    #[error("property {name}={value}: {problem}")]
    Value {
        /// Which.
        name: &'static str,
        /// As given.
        value: String,
        /// Why not.
        problem: String,
    },
    /// Given twice with different values.
    #[error("property {name} is given twice: {first} and {second}")]
    Contradiction {
        /// Which.
        name: &'static str,
        /// One value.
        first: String,
        /// The other.
        second: String,
    },
}

impl Properties {
    /// Reads properties.
    ///
    /// # Errors
    /// The first that is unknown, unusable, or contradicts another.
    pub fn parse<N: AsRef<str>, V: AsRef<str>>(
        properties: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, PropertyError> {
        let mut read = Self {
            client: ClientConfig::new(""),
            member: MemberConfig::new(GroupId::default(), Vec::new()),
            check_crcs: true,
        };
        for (setting, value) in distinct(properties)?.values() {
            read.apply(setting, value)?;
        }
        Ok(read)
    }

    /// Settings of the client; its `bootstrap_servers` are empty if none were given.
    #[must_use]
    pub fn client(&self) -> &ClientConfig {
        &self.client
    }

    /// Settings of the member, without topics; its group is empty if none was given.
    #[must_use]
    pub fn member(&self) -> &MemberConfig {
        &self.member
    }

    /// `check.crcs`.
    #[must_use]
    pub fn check_crcs(&self) -> bool {
        self.check_crcs
    }

    fn apply(&mut self, setting: &Setting, value: &str) -> Result<(), PropertyError> {
        let applied = match setting.effect {
            Effect::Client(apply) => apply(&mut self.client, value),
            Effect::Member(apply) => apply(&mut self.member, value),
            Effect::Both(client, member) => {
                client(&mut self.client, value).and_then(|()| member(&mut self.member, value))
            }
            Effect::CheckCrcs => boolean(value).map(|check| self.check_crcs = check),
            Effect::Only(allowed) if allowed.iter().any(|allowed| allowed.eq_ignore_ascii_case(value)) => {
                Ok(())
            }
            Effect::Only(allowed) => Err(format!("only {} can be used here", allowed.join(", "))),
            Effect::Nothing(why) => {
                tracing::warn!("property {} has no effect: {why}", setting.name);
                Ok(())
            }
        };
        applied.map_err(|problem| PropertyError::Value {
            name: setting.name,
            value: value.into(),
            problem,
        })
    }
}

/// Each setting once, by its name.
fn distinct<N: AsRef<str>, V: AsRef<str>>(
    properties: impl IntoIterator<Item = (N, V)>,
) -> Result<BTreeMap<&'static str, (&'static Setting, String)>, PropertyError> {
    let mut found = BTreeMap::new();
    for (name, value) in properties {
        let setting = setting(name.as_ref().trim())?;
        let value = value.as_ref().trim().to_owned();
        match found.insert(setting.name, (setting, value.clone())) {
            Some((_, first)) if first != value => {
                return Err(PropertyError::Contradiction {
                    name: setting.name,
                    first,
                    second: value,
                });
            }
            _ => {}
        }
    }
    Ok(found)
}

fn setting(name: &str) -> Result<&'static Setting, PropertyError> {
    if let Some(setting) = SETTINGS.iter().find(|setting| setting.name == name) {
        return Ok(setting);
    }
    Err(
        match FAMILIES_NOT_BUILT
            .iter()
            .find(|(prefix, _)| name.starts_with(prefix))
        {
            Some((_, why)) => PropertyError::NotBuilt {
                name: name.into(),
                why,
            },
            None => PropertyError::Unknown {
                name: name.into(),
                suggestion: nearest(name),
            },
        },
    )
}

/// The known name with the fewest edits to it, if they are few.
fn nearest(name: &str) -> Option<&'static str> {
    let known = SETTINGS
        .iter()
        .map(|setting| (edits(name, setting.name), setting.name));
    known
        .min()
        .filter(|(edits, _)| *edits <= 1 + name.len() / 5)
        .map(|(_, name)| name)
}

/// Levenshtein's distance.
fn edits(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut corner = i;
        let mut left = i + 1;
        for (cell, b) in row.iter_mut().skip(1).zip(to.chars()) {
            let above = *cell;
            left = (corner + usize::from(a != b)).min(above + 1).min(left + 1);
            corner = above;
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

/// One of Kafka's consumer properties.
#[derive(Debug)]
pub struct Setting {
    /// Kafka's name.
    pub name: &'static str,
    /// Its default here, which is Kafka's unless the meaning says otherwise.
    pub default: &'static str,
    /// What it does.
    pub meaning: &'static str,
    effect: Effect,
}

impl Setting {
    /// Whether it changes anything here.
    #[must_use]
    pub fn is_used(&self) -> bool {
        !matches!(self.effect, Effect::Nothing(_))
    }
}

#[derive(Debug)]
enum Effect {
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

fn millis(value: &str) -> Result<Duration, String> {
    let number = value.parse::<u64>();
    number
        .map(Duration::from_millis)
        .map_err(|_| "milliseconds, a whole number from 0, are wanted".into())
}

fn bytes(value: &str) -> Result<i32, String> {
    let number = value.parse::<i32>().ok().filter(|bytes| *bytes >= 0);
    number.ok_or_else(|| "a whole number of bytes from 0 to 2147483647 is wanted".into())
}

fn boolean(value: &str) -> Result<bool, String> {
    value
        .to_ascii_lowercase()
        .parse()
        .map_err(|_| "true or false is wanted".into())
}

fn text<T: for<'a> From<&'a str>>(value: &str) -> Result<T, String> {
    Ok(T::from(value))
}

/// Kafka writes "none" as an empty value.
fn optional<T: for<'a> From<&'a str>>(value: &str) -> Result<Option<T>, String> {
    Ok((!value.is_empty()).then(|| T::from(value)))
}

fn servers(value: &str) -> Result<Vec<String>, String> {
    Ok(ClientConfig::new(value).bootstrap_servers)
}

fn offset_reset(value: &str) -> Result<AutoOffsetReset, String> {
    match value.to_ascii_lowercase().as_str() {
        "earliest" => Ok(AutoOffsetReset::Earliest),
        "latest" => Ok(AutoOffsetReset::Latest),
        "none" => Ok(AutoOffsetReset::None),
        _ => Err("earliest, latest or none is wanted".into()),
    }
}

fn isolation(value: &str) -> Result<IsolationLevel, String> {
    match value.to_ascii_lowercase().as_str() {
        "read_uncommitted" => Ok(IsolationLevel::ReadUncommitted),
        "read_committed" => Ok(IsolationLevel::ReadCommitted),
        _ => Err("read_uncommitted or read_committed is wanted".into()),
    }
}

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
const FAMILIES_NOT_BUILT: &[(&str, &str)] = &[
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn parse(properties: &[(&str, &str)]) -> Result<Properties, PropertyError> {
        Properties::parse(properties.iter().copied())
    }

    #[test]
    fn names_are_sorted_and_defaults_are_what_they_say() {
        let names: Vec<_> = SETTINGS
            .iter()
            .filter(|setting| setting.is_used())
            .map(|setting| setting.name)
            .collect();
        assert!(names.is_sorted());
        assert_eq!(
            BTreeSet::from_iter(SETTINGS.iter().map(|setting| setting.name)).len(),
            SETTINGS.len()
        );
        let untouched = parse(&[]).unwrap();
        let defaults = SETTINGS
            .iter()
            .filter(|setting| setting.is_used() && !setting.default.is_empty());
        let spelled_out = Properties::parse(defaults.map(|setting| (setting.name, setting.default))).unwrap();
        assert_eq!(untouched.member(), spelled_out.member());
        assert_eq!(
            untouched.client().request_timeout,
            spelled_out.client().request_timeout
        );
    }

    #[test]
    fn auto_commit_is_off_whatever_the_interval() {
        let off = [
            ("enable.auto.commit", "false"),
            ("auto.commit.interval.ms", "100"),
        ];
        assert_eq!(parse(&off).unwrap().member().auto_commit_interval, None);
        let on = [("auto.commit.interval.ms", "100"), ("enable.auto.commit", "TRUE")];
        assert_eq!(
            parse(&on).unwrap().member().auto_commit_interval,
            Some(Duration::from_millis(100))
        );
    }

    #[test]
    fn what_would_change_the_meaning_is_refused() {
        for (name, value) in [
            ("security.protocol", "SSL"),
            ("group.protocol", "consumer"),
            (
                "partition.assignment.strategy",
                "org.apache.kafka.clients.consumer.StickyAssignor",
            ),
            ("session.timeout.ms", "10s"),
            ("fetch.min.bytes", "-1"),
        ] {
            let error = parse(&[(name, value)]).unwrap_err().to_string();
            assert!(error.contains(value), "{error}");
        }
        let secret = parse(&[("ssl.keystore.password", "hunter2")])
            .unwrap_err()
            .to_string();
        assert!(
            !secret.contains("hunter2") && secret.contains("not built"),
            "{secret}"
        );
    }

    #[test]
    fn contradictions_and_strangers_are_refused() {
        let twice = parse(&[("group.id", "a"), ("group.id", "b")])
            .unwrap_err()
            .to_string();
        assert_eq!(twice, "property group.id is given twice: a and b");
        assert!(parse(&[("group.id", "a"), ("group.id", "a")]).is_ok());
        let far = parse(&[("quite.another.thing", "1")]).unwrap_err().to_string();
        assert_eq!(far, "unknown property quite.another.thing");
        let near = parse(&[("heartbeat.intervall.ms", "1")]).unwrap_err().to_string();
        assert_eq!(
            near,
            "unknown property heartbeat.intervall.ms; did you mean heartbeat.interval.ms?"
        );
    }

    #[test]
    fn what_means_nothing_is_let_pass() {
        assert!(
            parse(&[(
                "key.deserializer",
                "org.apache.kafka.common.serialization.StringDeserializer"
            )])
            .is_ok()
        );
    }
}

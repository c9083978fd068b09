//! Kafka's property names, as users have them in files: what each does here, and what must not be passed over in silence.

use core::time::Duration;
use std::collections::BTreeMap;

use kohort_client::ClientConfig;
use kohort_protocol::{GroupId, GroupInstanceId, IsolationLevel};

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
            Effect::Refused(why) => Err(why.into()),
        };
        applied.map_err(|problem| PropertyError::Value {
            name: setting.name,
            value: shown(setting.name, value),
            problem,
        })
    }
}

/// Values of secrets stay out of error texts, and so out of logs.
fn shown(name: &str, value: &str) -> String {
    let secret = ["password", "jaas", "keystore.key", "secret"]
        .iter()
        .any(|word| name.contains(word));
    if secret { "(hidden)".into() } else { value.into() }
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
                let (first, second) = (shown(setting.name, &first), shown(setting.name, &value));
                return Err(PropertyError::Contradiction {
                    name: setting.name,
                    first,
                    second,
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
    let prefixed = PREFIXES.iter().find(|setting| name.starts_with(setting.name));
    prefixed.ok_or_else(|| PropertyError::Unknown {
        name: name.into(),
        suggestion: nearest(name),
    })
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
        !matches!(self.effect, Effect::Nothing(_) | Effect::Refused(_))
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
    Refused(&'static str),
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

const NO_TLS: &str = "TLS and SASL are not built yet; leave it out and connect to a PLAINTEXT listener";
const BYTES_ONLY: &str = "keys and values are handed out as bytes";
const NO_METRICS: &str = "there are no metric reporters; see Consumer::status";

/// Kafka's consumer properties, by name.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "allow.auto.create.topics",
        default: "false",
        meaning: "never creates topics (Kafka's default is true)",
        effect: Effect::Only(&["false"]),
    },
    Setting {
        name: "auto.commit.interval.ms",
        default: "5000",
        meaning: "how often processed positions are committed",
        effect: Effect::Member(|config, value| {
            let interval = millis(value)?;
            config.auto_commit_interval = config.auto_commit_interval.map(|_| interval);
            Ok(())
        }),
    },
    Setting {
        name: "auto.offset.reset",
        default: "latest",
        meaning: "where to begin without a committed offset, or when it is out of range: earliest, latest, none",
        effect: Effect::Member(|config, value| {
            config.auto_offset_reset = match value.to_ascii_lowercase().as_str() {
                "earliest" => AutoOffsetReset::Earliest,
                "latest" => AutoOffsetReset::Latest,
                "none" => AutoOffsetReset::None,
                _ => return Err("earliest, latest or none is wanted".into()),
            };
            Ok(())
        }),
    },
    Setting {
        name: "bootstrap.servers",
        default: "",
        meaning: "brokers to begin with, host:port,...",
        effect: Effect::Client(|config, value| {
            config.bootstrap_servers = ClientConfig::new(value).bootstrap_servers;
            Ok(())
        }),
    },
    Setting {
        name: "check.crcs",
        default: "true",
        meaning: "verify checksums of record batches",
        effect: Effect::CheckCrcs,
    },
    Setting {
        name: "client.id",
        default: "kohort",
        meaning: "the name in the broker's logs (Kafka's default is empty)",
        effect: Effect::Client(|config, value| {
            config.client_id = value.into();
            Ok(())
        }),
    },
    Setting {
        name: "client.rack",
        default: "",
        meaning: "read from a follower in this rack (KIP-392)",
        effect: Effect::Member(|config, value| {
            config.client_rack = (!value.is_empty()).then(|| value.into());
            Ok(())
        }),
    },
    Setting {
        name: "connections.max.idle.ms",
        default: "540000",
        meaning: "close connections that nobody uses",
        effect: Effect::Client(|config, value| {
            config.connections_max_idle = millis(value)?;
            Ok(())
        }),
    },
    Setting {
        name: "default.api.timeout.ms",
        default: "60000",
        meaning: "how long a client call with its retries may take",
        effect: Effect::Client(|config, value| {
            config.default_api_timeout = millis(value)?;
            Ok(())
        }),
    },
    Setting {
        name: "enable.auto.commit",
        default: "true",
        meaning: "commit processed positions by itself",
        effect: Effect::Member(|config, value| {
            let enabled = boolean(value)?;
            config.auto_commit_interval = config.auto_commit_interval.filter(|_| enabled);
            Ok(())
        }),
    },
    Setting {
        name: "fetch.max.bytes",
        default: "52428800",
        meaning: "upper bound of a Fetch answer",
        effect: Effect::Member(|config, value| {
            config.fetch_max_bytes = bytes(value)?;
            Ok(())
        }),
    },
    Setting {
        name: "fetch.max.wait.ms",
        default: "500",
        meaning: "how long a broker may wait for fetch.min.bytes",
        effect: Effect::Member(|config, value| {
            config.fetch_max_wait = millis(value)?;
            Ok(())
        }),
    },
    Setting {
        name: "fetch.min.bytes",
        default: "1",
        meaning: "a broker answers a Fetch at once when it has so many bytes",
        effect: Effect::Member(|config, value| {
            config.fetch_min_bytes = bytes(value)?;
            Ok(())
        }),
    },
    Setting {
        name: "group.id",
        default: "",
        meaning: "the group",
        effect: Effect::Member(|config, value| {
            config.group_id = value.into();
            Ok(())
        }),
    },
    Setting {
        name: "group.instance.id",
        default: "",
        meaning: "static membership (KIP-345)",
        effect: Effect::Member(|config, value| {
            config.group_instance_id = (!value.is_empty()).then(|| GroupInstanceId::from(value));
            Ok(())
        }),
    },
    Setting {
        name: "group.protocol",
        default: "classic",
        meaning: "classic; consumer (KIP-848) is not built yet",
        effect: Effect::Only(&["classic"]),
    },
    Setting {
        name: "heartbeat.interval.ms",
        default: "3000",
        meaning: "how often a member says it lives",
        effect: Effect::Member(|config, value| {
            config.heartbeat_interval = millis(value)?;
            Ok(())
        }),
    },
    Setting {
        name: "isolation.level",
        default: "read_uncommitted",
        meaning: "read_committed hides open and aborted transactions",
        effect: Effect::Member(|config, value| {
            config.isolation_level = match value.to_ascii_lowercase().as_str() {
                "read_uncommitted" => IsolationLevel::ReadUncommitted,
                "read_committed" => IsolationLevel::ReadCommitted,
                _ => return Err("read_uncommitted or read_committed is wanted".into()),
            };
            Ok(())
        }),
    },
    Setting {
        name: "max.partition.fetch.bytes",
        default: "1048576",
        meaning: "upper bound of a partition in a Fetch answer",
        effect: Effect::Member(|config, value| {
            config.max_partition_fetch_bytes = bytes(value)?;
            Ok(())
        }),
    },
    Setting {
        name: "max.poll.interval.ms",
        default: "300000",
        meaning: "without a poll for so long the member leaves; also the rebalance timeout",
        effect: Effect::Member(|config, value| {
            config.max_poll_interval = millis(value)?;
            Ok(())
        }),
    },
    Setting {
        name: "metadata.max.age.ms",
        default: "300000",
        meaning: "metadata older than this is fetched again",
        effect: Effect::Both(
            |config, value| {
                config.metadata_max_age = millis(value)?;
                Ok(())
            },
            |config, value| {
                config.metadata_max_age = millis(value)?;
                Ok(())
            },
        ),
    },
    Setting {
        name: "partition.assignment.strategy",
        default: "range",
        meaning: "range; other assignors are not built yet",
        effect: Effect::Only(&["range", "org.apache.kafka.clients.consumer.RangeAssignor"]),
    },
    Setting {
        name: "reconnect.backoff.max.ms",
        default: "1000",
        meaning: "the longest pause between connection attempts",
        effect: Effect::Client(|config, value| {
            config.reconnect_backoff_max = millis(value)?;
            Ok(())
        }),
    },
    Setting {
        name: "reconnect.backoff.ms",
        default: "50",
        meaning: "the first pause between connection attempts; doubles",
        effect: Effect::Client(|config, value| {
            config.reconnect_backoff = millis(value)?;
            Ok(())
        }),
    },
    Setting {
        name: "request.timeout.ms",
        default: "30000",
        meaning: "how long a request may go without its answer",
        effect: Effect::Both(
            |config, value| {
                config.request_timeout = millis(value)?;
                Ok(())
            },
            |config, value| {
                config.request_timeout = millis(value)?;
                Ok(())
            },
        ),
    },
    Setting {
        name: "retry.backoff.max.ms",
        default: "1000",
        meaning: "the longest pause between tries of a request",
        effect: Effect::Both(
            |config, value| {
                config.retry_backoff_max = millis(value)?;
                Ok(())
            },
            |config, value| {
                config.retry_backoff_max = millis(value)?;
                Ok(())
            },
        ),
    },
    Setting {
        name: "retry.backoff.ms",
        default: "100",
        meaning: "the first pause between tries of a request; doubles",
        effect: Effect::Both(
            |config, value| {
                config.retry_backoff = millis(value)?;
                Ok(())
            },
            |config, value| {
                config.retry_backoff = millis(value)?;
                Ok(())
            },
        ),
    },
    Setting {
        name: "security.protocol",
        default: "PLAINTEXT",
        meaning: "PLAINTEXT; TLS and SASL are not built yet",
        effect: Effect::Only(&["PLAINTEXT"]),
    },
    Setting {
        name: "session.timeout.ms",
        default: "45000",
        meaning: "without a heartbeat for so long the coordinator drops the member",
        effect: Effect::Member(|config, value| {
            config.session_timeout = millis(value)?;
            Ok(())
        }),
    },
    Setting {
        name: "socket.connection.setup.timeout.max.ms",
        default: "30000",
        meaning: "the longest time for a connect",
        effect: Effect::Client(|config, value| {
            config.socket_connection_setup_timeout_max = millis(value)?;
            Ok(())
        }),
    },
    Setting {
        name: "socket.connection.setup.timeout.ms",
        default: "10000",
        meaning: "the first time for a connect; doubles",
        effect: Effect::Client(|config, value| {
            config.socket_connection_setup_timeout = millis(value)?;
            Ok(())
        }),
    },
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
const PREFIXES: &[Setting] = &[
    refused("sasl.", NO_TLS),
    refused("ssl.", NO_TLS),
    refused("group.remote.", "KIP-848 groups are not built yet"),
];

const fn nothing(name: &'static str, why: &'static str) -> Setting {
    Setting {
        name,
        default: "",
        meaning: why,
        effect: Effect::Nothing(why),
    }
}

const fn refused(name: &'static str, why: &'static str) -> Setting {
    Setting {
        name,
        default: "",
        meaning: why,
        effect: Effect::Refused(why),
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
            ("sasl.mechanism", "PLAIN"),
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

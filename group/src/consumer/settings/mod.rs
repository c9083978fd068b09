//! Kafka's property names, as users have them in files, and what must not be passed over in silence. What each does here is in `table`.

mod nearest;
mod table;
mod values;

use std::collections::BTreeMap;

use kohort_client::ClientConfig;
use kohort_protocol::GroupId;

use crate::member::MemberConfig;
use nearest::nearest;
use table::{Effect, FAMILIES_NOT_BUILT};
pub use table::{SETTINGS, Setting};
use values::boolean;

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

#[cfg(test)]
mod tests {
    use core::time::Duration;
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

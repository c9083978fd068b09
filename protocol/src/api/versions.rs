//! Which versions of an API both sides can write and read.

use core::fmt;
use std::collections::BTreeMap;

use super::api_versions::ApiVersion;
use super::{ApiKey, stable_versions};

/// A range of versions, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VersionRange {
    /// The lowest.
    pub min: i16,
    /// The highest.
    pub max: i16,
}

impl VersionRange {
    /// From `min` to `max`, both included.
    #[must_use]
    pub const fn new(min: i16, max: i16) -> Self {
        Self { min, max }
    }

    /// Whether the range holds `version`.
    #[must_use]
    pub const fn contains(self, version: i16) -> bool {
        self.min <= version && version <= self.max
    }

    /// The versions in both ranges.
    #[must_use]
    pub fn intersect(self, other: Self) -> Option<Self> {
        let common = Self::new(self.min.max(other.min), self.max.min(other.max));
        (common.min <= common.max).then_some(common)
    }
}

impl fmt::Display for VersionRange {
    /// `0-9`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.min, self.max)
    }
}

/// What one broker speaks, of the APIs that this crate speaks: learned from its ApiVersions response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Versions {
    ranges: BTreeMap<ApiKey, VersionRange>,
}

impl Versions {
    /// From the list in an ApiVersions response. APIs that this crate does not know are left out; of a repeated one the last counts.
    #[must_use]
    pub fn new(listed: &[ApiVersion]) -> Self {
        let known = listed.iter().filter_map(|entry| {
            let range = VersionRange::new(entry.min_version, entry.max_version);
            Some((ApiKey::from_number(entry.api_key)?, range))
        });
        Self {
            ranges: crate::gather(known),
        }
    }

    /// The broker's own range, if it lists the API.
    #[must_use]
    pub fn of_broker(&self, api: ApiKey) -> Option<VersionRange> {
        self.ranges.get(&api).copied()
    }

    /// The highest version that both sides speak, of the [`stable_versions`].
    ///
    /// # Errors
    /// [`NoCommonVersion`] if there is none.
    pub fn negotiate(&self, api: ApiKey) -> Result<i16, NoCommonVersion> {
        self.negotiate_within(api, stable_versions(api))
    }

    /// As [`Versions::negotiate`], but within `wanted` too: for a call that says something only some versions carry, such as a
    /// topic's name or its id.
    ///
    /// # Errors
    /// [`NoCommonVersion`] if there is none.
    pub fn negotiate_within(&self, api: ApiKey, wanted: VersionRange) -> Result<i16, NoCommonVersion> {
        let ours = stable_versions(api).intersect(wanted);
        let broker = self.of_broker(api);
        let common = ours.zip(broker).and_then(|(ours, broker)| ours.intersect(broker));
        common.map(|range| range.max).ok_or(NoCommonVersion {
            api,
            ours: ours.unwrap_or(wanted),
            broker,
        })
    }
}

/// Client and broker have no version of an API in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoCommonVersion {
    /// The API.
    pub api: ApiKey,
    /// What the client can speak, or what was wanted of it.
    pub ours: VersionRange,
    /// What the broker speaks; `None` if it does not serve the API at all.
    pub broker: Option<VersionRange>,
}

impl core::error::Error for NoCommonVersion {}

impl fmt::Display for NoCommonVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { api, ours, broker } = self;
        match broker {
            Some(broker) => write!(
                f,
                "no common version of {api}: the broker serves {broker}, this client needs {ours}"
            ),
            None => write!(f, "the broker does not serve {api} (this client needs {ours})"),
        }
    }
}

//! Which versions of which APIs a release of Kafka serves, of what is served here. It says nothing of how that release behaves: every
//! node behaves as Kafka 4.4.0 does, whatever it claims to be. (What Kafka 2.7.2 does otherwise: `docs/testing-on-kafka.md`.)

use core::fmt;
use core::str::FromStr;

use kohort_protocol::ApiKey;
use kohort_protocol::api::VersionRange;

use crate::api::served_versions;

/// A release of Kafka, as clients know it: by its answer to ApiVersions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Release {
    /// Kafka 2.5, the oldest that a member can use: Fetch cannot say the epoch of the last record that was read (v12).
    V2_5,
    /// Kafka 2.7: topics have no ids (KIP-516), Fetch and offsets go by name, one group in each OffsetFetch and one key in each
    /// FindCoordinator.
    V2_7,
    /// Kafka 4.0: Fetch goes by the topic's id, offsets go by its name.
    V4_0,
    /// Kafka 4.4, or whatever is served here: offsets go by the topic's id as well (from 4.2 on).
    #[default]
    V4_4,
}

impl Release {
    /// All of them, the oldest first.
    pub const ALL: [Self; 4] = [Self::V2_5, Self::V2_7, Self::V4_0, Self::V4_4];

    /// The versions of an API that it serves; `None` if it does not know the API.
    #[must_use]
    pub fn versions(self, api: ApiKey) -> Option<VersionRange> {
        let served = served_versions(api);
        let newest = match self {
            Self::V2_5 => newest_of_2_5(api)?,
            Self::V2_7 => newest_of_2_7(api)?,
            Self::V4_0 => newest_of_4_0(api)?,
            Self::V4_4 => served.max,
        };
        served.intersect(VersionRange::new(0, newest))
    }

    const fn name(self) -> &'static str {
        match self {
            Self::V2_5 => "2.5",
            Self::V2_7 => "2.7",
            Self::V4_0 => "4.0",
            Self::V4_4 => "4.4",
        }
    }
}

/// As Kafka 2.5.1 answers ApiVersions.
const fn newest_of_2_5(api: ApiKey) -> Option<i16> {
    Some(match api {
        ApiKey::CreatePartitions => 2,
        ApiKey::ListGroups | ApiKey::InitProducerId => 3,
        ApiKey::DeleteTopics => 4,
        ApiKey::CreateTopics => 5,
        ApiKey::Fetch => 11,
        _ => return newest_of_2_7(api),
    })
}

/// As Kafka 2.7.2 answers ApiVersions.
const fn newest_of_2_7(api: ApiKey) -> Option<i16> {
    Some(match api {
        ApiKey::OffsetDelete => 0,
        ApiKey::DeleteGroups => 2,
        ApiKey::FindCoordinator | ApiKey::ApiVersions | ApiKey::CreatePartitions => 3,
        ApiKey::Heartbeat | ApiKey::LeaveGroup | ApiKey::ListGroups | ApiKey::InitProducerId => 4,
        ApiKey::ListOffsets | ApiKey::SyncGroup | ApiKey::DescribeGroups | ApiKey::DeleteTopics => 5,
        ApiKey::CreateTopics => 6,
        ApiKey::JoinGroup | ApiKey::OffsetFetch => 7,
        ApiKey::Produce | ApiKey::OffsetCommit => 8,
        ApiKey::Metadata => 9,
        ApiKey::Fetch => 12,
        _ => return None,
    })
}

/// As Kafka 4.0.2 answers ApiVersions.
const fn newest_of_4_0(api: ApiKey) -> Option<i16> {
    Some(match api {
        ApiKey::OffsetDelete => 0,
        ApiKey::DeleteGroups => 2,
        ApiKey::CreatePartitions => 3,
        ApiKey::Heartbeat | ApiKey::ApiVersions => 4,
        ApiKey::LeaveGroup | ApiKey::SyncGroup | ApiKey::ListGroups | ApiKey::InitProducerId => 5,
        ApiKey::FindCoordinator | ApiKey::DescribeGroups | ApiKey::DeleteTopics => 6,
        ApiKey::CreateTopics => 7,
        ApiKey::JoinGroup | ApiKey::OffsetCommit | ApiKey::OffsetFetch => 9,
        ApiKey::ListOffsets => 10,
        ApiKey::Produce => 12,
        ApiKey::Metadata => 13,
        ApiKey::Fetch => 17,
        _ => return None,
    })
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no release that is known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a known release of Kafka: 2.5, 2.7, 4.0 and 4.4 are")]
pub struct UnknownRelease;

impl FromStr for Release {
    type Err = UnknownRelease;

    fn from_str(text: &str) -> Result<Self, UnknownRelease> {
        let found = Self::ALL.into_iter().find(|release| release.name() == text);
        found.ok_or(UnknownRelease)
    }
}

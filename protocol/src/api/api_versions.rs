//! ApiVersions (18): what the broker speaks. KIP-35, KIP-511 (software name, v0 fallback), KIP-584 (features),
//! KIP-1242 (whom the client means, v5).
//!
//! A hostile broker can make the client speak older versions, or refuse to speak at all; never a version that this crate cannot write.

use super::wire::{mirror, raw};
use crate::{ErrorCode, NodeId};

/// Asks a broker which versions of which APIs it speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiVersionsRequest {
    /// Name of the client library, v3+ (letters, digits, `-` and `.`; anything else is answered INVALID_REQUEST).
    pub client_software_name: String,
    /// Version of the client library, v3+ (same alphabet).
    pub client_software_version: String,
    /// The cluster that the client believes it speaks to, v5+: another one answers REBOOTSTRAP_REQUIRED. `None` if it does not know.
    pub cluster_id: Option<String>,
    /// The broker that the client believes it speaks to, v5+; −1 if it does not know.
    pub node_id: NodeId,
}

impl Default for ApiVersionsRequest {
    fn default() -> Self {
        Self {
            client_software_name: String::new(),
            client_software_version: String::new(),
            cluster_id: None,
            node_id: NodeId::NONE,
        }
    }
}

/// The broker's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiVersionsResponse {
    /// UNSUPPORTED_VERSION comes in a v0 body whatever was asked.
    pub error_code: ErrorCode,
    /// The version range of each API, by key.
    pub api_keys: Vec<ApiVersion>,
    /// How long the broker asks the client to be silent, v1+.
    pub throttle_time_ms: i32,
    /// Features the broker's software knows, v3+.
    pub supported_features: Vec<FeatureRange>,
    /// Epoch of the finalized features, v3+; −1 if unknown.
    pub finalized_features_epoch: i64,
    /// Features in force in the cluster, v3+. An absent one is at level 0.
    pub finalized_features: Vec<FeatureRange>,
    /// Left over from the ZooKeeper migration, v3+.
    pub zk_migration_ready: bool,
}

impl Default for ApiVersionsResponse {
    fn default() -> Self {
        Self {
            error_code: ErrorCode::NONE,
            api_keys: Vec::new(),
            throttle_time_ms: 0,
            supported_features: Vec::new(),
            finalized_features_epoch: -1,
            finalized_features: Vec::new(),
            zk_migration_ready: false,
        }
    }
}

/// The versions of one API.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiVersion {
    /// The API's number; may be one this crate does not know.
    pub api_key: i16,
    /// Lowest version served.
    pub min_version: i16,
    /// Highest version served.
    pub max_version: i16,
}

/// A feature such as `group.version` with its levels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeatureRange {
    /// The feature's name.
    pub name: String,
    /// Lowest level.
    pub min_version: i16,
    /// Highest level.
    pub max_version: i16,
}

mirror! {
    ApiVersionsRequest = raw::ApiVersionsRequest { client_software_name, client_software_version, cluster_id, node_id }
    ApiVersionsResponse = raw::ApiVersionsResponse {
        error_code,
        api_keys,
        throttle_time_ms,
        supported_features,
        finalized_features_epoch,
        finalized_features,
        zk_migration_ready,
    }
    ApiVersion = raw::api_versions_response::ApiVersion { api_key, min_version, max_version }
    FeatureRange = raw::api_versions_response::SupportedFeatureKey { name, min_version, max_version }
    FeatureRange = raw::api_versions_response::FinalizedFeatureKey {
        name,
        min_version(is min_version_level),
        max_version(is max_version_level),
    }
}

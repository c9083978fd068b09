//! ApiVersionsResponse, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    response ApiVersionsResponse, key: 18, versions: V(0, 5), flexible: V(3, N);

    /// The body of ApiVersionsResponse.
    ApiVersionsResponse {
        /// The top-level error code.
        error_code with_error_code: i16 = Default::default(), at(V(0, N));
        /// The APIs supported by the broker.
        api_keys with_api_keys: Vec<ApiVersion> = Default::default(), at(V(0, N));
        /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero if the request did not violate any quota.
        throttle_time_ms with_throttle_time_ms: i32 = Default::default(), at(V(1, N)).ignorable();
        /// Features supported by the broker. Note: in v0-v3, features with MinSupportedVersion = 0 are omitted.
        supported_features with_supported_features: Vec<SupportedFeatureKey> = Default::default(), at(V(3, N)).tag(0).ignorable();
        /// The monotonically increasing epoch for the finalized features information. Valid values are >= 0. A value of -1 is special and represents unknown epoch.
        finalized_features_epoch with_finalized_features_epoch: i64 = -1, at(V(3, N)).tag(1).ignorable();
        /// List of cluster-wide finalized features. The information is valid only if FinalizedFeaturesEpoch >= 0.
        finalized_features with_finalized_features: Vec<FinalizedFeatureKey> = Default::default(), at(V(3, N)).tag(2).ignorable();
        /// Set by a KRaft controller if the required configurations for ZK migration are present.
        zk_migration_ready with_zk_migration_ready: bool = false, at(V(3, N)).tag(3).ignorable();
    }

    /// A part of ApiVersionsResponse.
    ApiVersion {
        /// The API index.
        api_key with_api_key: i16 = Default::default(), at(V(0, N));
        /// The minimum supported version, inclusive.
        min_version with_min_version: i16 = Default::default(), at(V(0, N));
        /// The maximum supported version, inclusive.
        max_version with_max_version: i16 = Default::default(), at(V(0, N));
    }

    /// A part of ApiVersionsResponse.
    SupportedFeatureKey {
        /// The name of the feature.
        name with_name: StrBytes = Default::default(), at(V(3, N));
        /// The minimum supported version for the feature.
        min_version with_min_version: i16 = Default::default(), at(V(3, N));
        /// The maximum supported version for the feature.
        max_version with_max_version: i16 = Default::default(), at(V(3, N));
    }

    /// A part of ApiVersionsResponse.
    FinalizedFeatureKey {
        /// The name of the feature.
        name with_name: StrBytes = Default::default(), at(V(3, N));
        /// The cluster-wide finalized max version level for the feature.
        max_version_level with_max_version_level: i16 = Default::default(), at(V(3, N));
        /// The cluster-wide finalized min version level for the feature.
        min_version_level with_min_version_level: i16 = Default::default(), at(V(3, N));
    }
}

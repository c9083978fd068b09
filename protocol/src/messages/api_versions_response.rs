//! ApiVersionsResponse, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    response ApiVersionsResponse, key: 18, versions: V(0, 5), flexible: V(3, N);

    /// The body of ApiVersionsResponse.
    ApiVersionsResponse {
        /// int16, all versions.
        error_code with_error_code: i16 = Default::default(), at(V(0, N));
        /// Array of ApiVersion, all versions.
        api_keys with_api_keys: Vec<ApiVersion> = Default::default(), at(V(0, N));
        /// int32, v1 and later.
        throttle_time_ms with_throttle_time_ms: i32 = Default::default(), at(V(1, N)).ignorable();
        /// Array of SupportedFeatureKey, v3 and later, tagged (tag 0).
        supported_features with_supported_features: Vec<SupportedFeatureKey> = Default::default(), at(V(3, N)).tag(0).ignorable();
        /// int64, v3 and later, tagged (tag 1), -1 by default.
        finalized_features_epoch with_finalized_features_epoch: i64 = -1, at(V(3, N)).tag(1).ignorable();
        /// Array of FinalizedFeatureKey, v3 and later, tagged (tag 2).
        finalized_features with_finalized_features: Vec<FinalizedFeatureKey> = Default::default(), at(V(3, N)).tag(2).ignorable();
        /// bool, v3 and later, tagged (tag 3), false by default.
        zk_migration_ready with_zk_migration_ready: bool = false, at(V(3, N)).tag(3).ignorable();
    }

    /// A part of ApiVersionsResponse.
    ApiVersion {
        /// int16, all versions.
        api_key with_api_key: i16 = Default::default(), at(V(0, N));
        /// int16, all versions.
        min_version with_min_version: i16 = Default::default(), at(V(0, N));
        /// int16, all versions.
        max_version with_max_version: i16 = Default::default(), at(V(0, N));
    }

    /// A part of ApiVersionsResponse.
    SupportedFeatureKey {
        /// string, v3 and later.
        name with_name: StrBytes = Default::default(), at(V(3, N));
        /// int16, v3 and later.
        min_version with_min_version: i16 = Default::default(), at(V(3, N));
        /// int16, v3 and later.
        max_version with_max_version: i16 = Default::default(), at(V(3, N));
    }

    /// A part of ApiVersionsResponse.
    FinalizedFeatureKey {
        /// string, v3 and later.
        name with_name: StrBytes = Default::default(), at(V(3, N));
        /// int16, v3 and later.
        max_version_level with_max_version_level: i16 = Default::default(), at(V(3, N));
        /// int16, v3 and later.
        min_version_level with_min_version_level: i16 = Default::default(), at(V(3, N));
    }
}

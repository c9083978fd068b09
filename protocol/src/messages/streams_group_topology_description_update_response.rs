//! StreamsGroupTopologyDescriptionUpdateResponse, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    response StreamsGroupTopologyDescriptionUpdateResponse, key: 93, versions: V(0, 0), flexible: V(0, N);

    /// The body of StreamsGroupTopologyDescriptionUpdateResponse.
    StreamsGroupTopologyDescriptionUpdateResponse {
        /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero if the request did not violate any quota.
        throttle_time_ms with_throttle_time_ms: i32 = Default::default(), at(V(0, N));
        /// The top-level error code, or 0 if there was no error.
        error_code with_error_code: i16 = Default::default(), at(V(0, N));
        /// The top-level error message, or null if there was no error.
        error_message with_error_message: Option<StrBytes> = None, at(V(0, N)).null(V(0, N));
    }
}

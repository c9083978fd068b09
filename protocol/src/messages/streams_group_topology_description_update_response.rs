//! StreamsGroupTopologyDescriptionUpdateResponse, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    response StreamsGroupTopologyDescriptionUpdateResponse, key: 93, versions: V(0, 0), flexible: V(0, N);

    /// The body of StreamsGroupTopologyDescriptionUpdateResponse.
    StreamsGroupTopologyDescriptionUpdateResponse {
        /// int32, all versions.
        throttle_time_ms with_throttle_time_ms: i32 = Default::default(), at(V(0, N));
        /// int16, all versions.
        error_code with_error_code: i16 = Default::default(), at(V(0, N));
        /// string, all versions, nullable, null by default.
        error_message with_error_message: Option<StrBytes> = None, at(V(0, N)).null(V(0, N));
    }
}

//! DeleteGroupsResponse, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    response DeleteGroupsResponse, key: 42, versions: V(0, 3), flexible: V(2, N);

    /// The body of DeleteGroupsResponse.
    DeleteGroupsResponse {
        /// int32, all versions.
        throttle_time_ms with_throttle_time_ms: i32 = Default::default(), at(V(0, N));
        /// Array of DeletableGroupResult, all versions.
        results with_results: Vec<DeletableGroupResult> = Default::default(), at(V(0, N));
    }

    /// A part of DeleteGroupsResponse.
    DeletableGroupResult {
        /// string, all versions.
        group_id with_group_id: GroupId = Default::default(), at(V(0, N));
        /// int16, all versions.
        error_code with_error_code: i16 = Default::default(), at(V(0, N));
        /// string, v3 and later, nullable, null by default.
        error_message with_error_message: Option<StrBytes> = None, at(V(3, N)).null(V(3, N)).ignorable();
    }
}

//! DeleteGroupsResponse, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    response DeleteGroupsResponse, key: 42, versions: V(0, 3), flexible: V(2, N);

    /// The body of DeleteGroupsResponse.
    DeleteGroupsResponse {
        /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero if the request did not violate any quota.
        throttle_time_ms with_throttle_time_ms: i32 = Default::default(), at(V(0, N));
        /// The deletion results.
        results with_results: Vec<DeletableGroupResult> = Default::default(), at(V(0, N));
    }

    /// A part of DeleteGroupsResponse.
    DeletableGroupResult {
        /// The group id.
        group_id with_group_id: GroupId = Default::default(), at(V(0, N));
        /// The deletion error, or 0 if the deletion succeeded.
        error_code with_error_code: i16 = Default::default(), at(V(0, N));
        /// The error message, or null if there was no error.
        error_message with_error_message: Option<StrBytes> = None, at(V(3, N)).null(V(3, N)).ignorable();
    }
}

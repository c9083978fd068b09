//! DeleteGroupsRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request DeleteGroupsRequest, key: 42, response: DeleteGroupsResponse, versions: V(0, 3), flexible: V(2, N);

    /// The body of DeleteGroupsRequest.
    DeleteGroupsRequest {
        /// Array of string, all versions.
        groups_names with_groups_names: Vec<GroupId> = Default::default(), at(V(0, N));
    }
}

//! StreamsGroupDescribeRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request StreamsGroupDescribeRequest, key: 89, response: StreamsGroupDescribeResponse, versions: V(0, 1), flexible: V(0, N);

    /// The body of StreamsGroupDescribeRequest.
    StreamsGroupDescribeRequest {
        /// Array of string, all versions.
        group_ids with_group_ids: Vec<GroupId> = Default::default(), at(V(0, N));
        /// bool, all versions.
        include_authorized_operations with_include_authorized_operations: bool = Default::default(), at(V(0, N));
        /// bool, v1 and later, false by default.
        include_topology_description with_include_topology_description: bool = false, at(V(1, N));
    }
}

//! StreamsGroupDescribeRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request StreamsGroupDescribeRequest, key: 89, response: StreamsGroupDescribeResponse, versions: V(0, 1), flexible: V(0, N);

    /// The body of StreamsGroupDescribeRequest.
    StreamsGroupDescribeRequest {
        /// The ids of the groups to describe
        group_ids with_group_ids: Vec<GroupId> = Default::default(), at(V(0, N));
        /// Whether to include authorized operations.
        include_authorized_operations with_include_authorized_operations: bool = Default::default(), at(V(0, N));
        /// Whether to include the full topology description from the topology description plugin in the response.
        include_topology_description with_include_topology_description: bool = false, at(V(1, N));
    }
}

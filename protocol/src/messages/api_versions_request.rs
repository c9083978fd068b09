//! ApiVersionsRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request ApiVersionsRequest, key: 18, response: ApiVersionsResponse, versions: V(0, 5), flexible: V(3, N);

    /// The body of ApiVersionsRequest.
    ApiVersionsRequest {
        /// The name of the client.
        client_software_name with_client_software_name: StrBytes = Default::default(), at(V(3, N)).ignorable();
        /// The version of the client.
        client_software_version with_client_software_version: StrBytes = Default::default(), at(V(3, N)).ignorable();
        /// The cluster ID the client intends to connect to. Provide both ClusterId and NodeId, if known.
        cluster_id with_cluster_id: Option<StrBytes> = None, at(V(5, N)).null(V(5, N)).ignorable();
        /// The node ID the client intends to connect to. Provide both ClusterId and NodeId, if known.
        node_id with_node_id: i32 = -1, at(V(5, N)).ignorable();
    }
}

//! ApiVersionsRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request ApiVersionsRequest, key: 18, response: ApiVersionsResponse, versions: V(0, 5), flexible: V(3, N);

    /// The body of ApiVersionsRequest.
    ApiVersionsRequest {
        /// string, v3 and later.
        client_software_name with_client_software_name: StrBytes = Default::default(), at(V(3, N)).ignorable();
        /// string, v3 and later.
        client_software_version with_client_software_version: StrBytes = Default::default(), at(V(3, N)).ignorable();
        /// string, v5 and later, nullable, null by default.
        cluster_id with_cluster_id: Option<StrBytes> = None, at(V(5, N)).null(V(5, N)).ignorable();
        /// int32, v5 and later, -1 by default.
        node_id with_node_id: i32 = -1, at(V(5, N)).ignorable();
    }
}

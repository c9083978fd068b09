//! UnregisterControllerRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request UnregisterControllerRequest, key: 94, response: UnregisterControllerResponse, versions: V(0, 0), flexible: V(0, N);

    /// The body of UnregisterControllerRequest.
    UnregisterControllerRequest {
        /// int32, all versions.
        controller_id with_controller_id: i32 = Default::default(), at(V(0, N));
    }
}

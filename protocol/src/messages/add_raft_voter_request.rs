//! AddRaftVoterRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request AddRaftVoterRequest, key: 80, response: AddRaftVoterResponse, versions: V(0, 1), flexible: V(0, N);

    /// The body of AddRaftVoterRequest.
    AddRaftVoterRequest {
        /// string, all versions, nullable.
        cluster_id with_cluster_id: Option<StrBytes> = Some(Default::default()), at(V(0, N)).null(V(0, N));
        /// int32, all versions.
        timeout_ms with_timeout_ms: i32 = Default::default(), at(V(0, N));
        /// int32, all versions.
        voter_id with_voter_id: i32 = Default::default(), at(V(0, N));
        /// uuid, all versions.
        voter_directory_id with_voter_directory_id: Uuid = Default::default(), at(V(0, N));
        /// Array of Listener, all versions.
        listeners with_listeners: Vec<Listener> = Default::default(), at(V(0, N));
        /// bool, v1 and later, true by default.
        ack_when_committed with_ack_when_committed: bool = true, at(V(1, N));
    }

    /// A part of AddRaftVoterRequest.
    Listener {
        /// string, all versions.
        name with_name: StrBytes = Default::default(), at(V(0, N));
        /// string, all versions.
        host with_host: StrBytes = Default::default(), at(V(0, N));
        /// uint16, all versions.
        port with_port: u16 = Default::default(), at(V(0, N));
    }
}

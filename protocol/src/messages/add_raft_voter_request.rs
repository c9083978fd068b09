//! AddRaftVoterRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request AddRaftVoterRequest, key: 80, response: AddRaftVoterResponse, versions: V(0, 1), flexible: V(0, N);

    /// The body of AddRaftVoterRequest.
    AddRaftVoterRequest {
        /// The cluster id.
        cluster_id with_cluster_id: Option<StrBytes> = Some(Default::default()), at(V(0, N)).null(V(0, N));
        /// The maximum time to wait for the request to complete before returning.
        timeout_ms with_timeout_ms: i32 = Default::default(), at(V(0, N));
        /// The replica id of the voter getting added to the topic partition.
        voter_id with_voter_id: i32 = Default::default(), at(V(0, N));
        /// The directory id of the voter getting added to the topic partition.
        voter_directory_id with_voter_directory_id: Uuid = Default::default(), at(V(0, N));
        /// The endpoints that can be used to communicate with the voter.
        listeners with_listeners: Vec<Listener> = Default::default(), at(V(0, N));
        /// When true, return a response after the new voter set is committed. Otherwise, return after the leader writes the changes locally.
        ack_when_committed with_ack_when_committed: bool = true, at(V(1, N));
    }

    /// A part of AddRaftVoterRequest.
    Listener {
        /// The name of the endpoint.
        name with_name: StrBytes = Default::default(), at(V(0, N));
        /// The hostname.
        host with_host: StrBytes = Default::default(), at(V(0, N));
        /// The port.
        port with_port: u16 = Default::default(), at(V(0, N));
    }
}

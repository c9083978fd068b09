//! The messages of the `kafka-protocol` crate, completed: every request and response that a broker of Kafka 4.4 serves,
//! in every version, under that crate's own traits.
//!
//! This module re-exports that crate's messages and puts in front of them those of which it lacks versions, or that it
//! lacks altogether. Ours have the same shape and the same names, so a caller does not see which is which. They are
//! written by `tools/schema` from Kafka's own definitions; a test names every message that neither side has.
//!
//! Whoever decodes a frame runs the [layout check](crate::layout::check) first: the crate's own messages rely on it, for
//! they make room for whatever count a frame claims. Ours do not; the most a hostile frame makes one of them allocate is
//! a small multiple of its own length.

pub use kafka_protocol::messages::*;

#[macro_use]
mod declare;
mod place;
mod tags;
mod value;

/// Modules written by `tools/schema`, each with a message of the same name.
macro_rules! completed {
    ($($module:ident $message:ident)*) => {$(
        #[rustfmt::skip]
        pub mod $module;
        pub use self::$module::$message;
    )*};
}

completed! {
    add_raft_voter_request AddRaftVoterRequest
    add_raft_voter_response AddRaftVoterResponse
    api_versions_request ApiVersionsRequest
    api_versions_response ApiVersionsResponse
    delete_groups_request DeleteGroupsRequest
    delete_groups_response DeleteGroupsResponse
    describe_log_dirs_request DescribeLogDirsRequest
    describe_log_dirs_response DescribeLogDirsResponse
    describe_share_group_offsets_request DescribeShareGroupOffsetsRequest
    describe_share_group_offsets_response DescribeShareGroupOffsetsResponse
    init_producer_id_request InitProducerIdRequest
    list_offsets_request ListOffsetsRequest
    list_offsets_response ListOffsetsResponse
    offset_commit_request OffsetCommitRequest
    offset_fetch_request OffsetFetchRequest
    read_share_group_state_summary_request ReadShareGroupStateSummaryRequest
    read_share_group_state_summary_response ReadShareGroupStateSummaryResponse
    share_acknowledge_request ShareAcknowledgeRequest
    share_acknowledge_response ShareAcknowledgeResponse
    share_fetch_request ShareFetchRequest
    share_fetch_response ShareFetchResponse
    streams_group_describe_request StreamsGroupDescribeRequest
    streams_group_describe_response StreamsGroupDescribeResponse
    streams_group_heartbeat_request StreamsGroupHeartbeatRequest
    streams_group_heartbeat_response StreamsGroupHeartbeatResponse
    streams_group_topology_description_update_request StreamsGroupTopologyDescriptionUpdateRequest
    streams_group_topology_description_update_response StreamsGroupTopologyDescriptionUpdateResponse
    txn_offset_commit_request TxnOffsetCommitRequest
    txn_offset_commit_response TxnOffsetCommitResponse
    unregister_controller_request UnregisterControllerRequest
    unregister_controller_response UnregisterControllerResponse
    write_share_group_state_request WriteShareGroupStateRequest
    write_share_group_state_response WriteShareGroupStateResponse
    write_txn_markers_request WriteTxnMarkersRequest
    write_txn_markers_response WriteTxnMarkersResponse
}

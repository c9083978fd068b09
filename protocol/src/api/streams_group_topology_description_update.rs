//! StreamsGroupTopologyDescriptionUpdate (93): a member of a streams group tells what its topology looks like. KIP-1331.
//!
//! The coordinator only keeps it for others to see.
//!
//! A hostile coordinator can claim to have taken note, or not.

pub use super::streams_group_describe::{
    TopologyDescription, TopologyDescriptionGlobalStore, TopologyDescriptionNode,
    TopologyDescriptionSubtopology,
};
use super::wire::{mirror, raw};
use crate::{ErrorCode, GroupId, MemberId};

/// Describes the topology of a group, as a heartbeat's answer asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamsGroupTopologyDescriptionUpdateRequest {
    /// The group.
    pub group_id: GroupId,
    /// The member that tells.
    pub member_id: MemberId,
    /// The epoch of the topology told about.
    pub topology_epoch: i32,
    /// The topology.
    pub topology_description: TopologyDescription,
}

/// "Kept", or why not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamsGroupTopologyDescriptionUpdateResponse {
    /// How long the broker asks the client to be silent, in milliseconds.
    pub throttle_time_ms: i32,
    /// UNKNOWN_MEMBER_ID: the member, or its whole group, is gone, and it must join again. ...
    pub error_code: ErrorCode,
    /// Words about the error; `None` without one.
    pub error_message: Option<String>,
}

mirror! {
    StreamsGroupTopologyDescriptionUpdateRequest = raw::StreamsGroupTopologyDescriptionUpdateRequest {
        group_id, member_id, topology_epoch, topology_description,
    }
    TopologyDescription = raw::streams_group_topology_description_update_request::TopologyDescription {
        subtopologies, global_stores,
    }
    TopologyDescriptionSubtopology = raw::streams_group_topology_description_update_request::TopologyDescriptionSubtopology {
        subtopology_id, nodes,
    }
    TopologyDescriptionNode = raw::streams_group_topology_description_update_request::TopologyDescriptionNode {
        name, node_type, source_topics, sink_topic, stores, successors,
    }
    TopologyDescriptionGlobalStore = raw::streams_group_topology_description_update_request::TopologyDescriptionGlobalStore {
        source, processor,
    }
    StreamsGroupTopologyDescriptionUpdateResponse = raw::StreamsGroupTopologyDescriptionUpdateResponse {
        throttle_time_ms, error_code, error_message,
    }
}

//! StreamsGroupTopologyDescriptionUpdate (93): a member of a streams group tells what its topology looks like. KIP-1331.
//!
//! The coordinator only keeps it for others to see.
//!
//! A hostile coordinator can claim to have taken note, or not.

use super::wire::{mirror, raw};
use crate::{ErrorCode, GroupId, MemberId, TopicName};

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

/// A topology node by node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopologyDescription {
    /// Its parts.
    pub subtopologies: Vec<TopologyDescriptionSubtopology>,
    /// Its stores that every instance has whole.
    pub global_stores: Vec<TopologyDescriptionGlobalStore>,
}

/// A part of a topology.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopologyDescriptionSubtopology {
    /// Its id within the topology.
    pub subtopology_id: String,
    /// Its nodes.
    pub nodes: Vec<TopologyDescriptionNode>,
}

/// A node of a topology.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopologyDescriptionNode {
    /// Its name, such as `KSTREAM-SOURCE-0000000000`.
    pub name: String,
    /// 1 source, 2 processor, 3 sink.
    pub node_type: i8,
    /// Topics a source reads; empty if it finds out only at run time.
    pub source_topics: Vec<TopicName>,
    /// The topic a sink writes; `None` if it finds out only at run time.
    pub sink_topic: Option<TopicName>,
    /// Stores a processor uses.
    pub stores: Vec<String>,
    /// Names of the nodes it feeds. Who feeds a node follows from the others' lists.
    pub successors: Vec<String>,
}

/// A store that every instance has whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopologyDescriptionGlobalStore {
    /// The node that reads its topic.
    pub source: TopologyDescriptionNode,
    /// The node that fills it.
    pub processor: TopologyDescriptionNode,
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

//! StreamsGroupTopologyDescriptionUpdate (93): a member of a streams group tells what its topology looks like. KIP-1331.
//!
//! The coordinator only keeps it for others to see.

use super::wire::{mirror, raw};
use crate::{ErrorCode, GroupId, MemberId, TopicName};

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamsGroupTopologyDescriptionUpdateRequest {
    /// The streams group identifier.
    pub group_id: GroupId,
    /// The ID of the streams group member sending the push. The broker validates that this member is still in the group;
    /// mismatches (including when the group itself has been deleted) are rejected with UNKNOWN_MEMBER_ID so the client treats
    /// itself as fenced and rejoins.
    pub member_id: MemberId,
    /// The epoch of the topology being described.
    pub topology_epoch: i32,
    /// The topology description.
    pub topology_description: TopologyDescription,
}

/// The topology description.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopologyDescription {
    /// The subtopologies that make up this topology.
    pub subtopologies: Vec<TopologyDescriptionSubtopology>,
    /// Global state stores used by this topology.
    pub global_stores: Vec<TopologyDescriptionGlobalStore>,
}

/// The subtopologies that make up this topology.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopologyDescriptionSubtopology {
    /// The subtopology identifier, unique within the topology.
    pub subtopology_id: String,
    /// The processing nodes in this subtopology.
    pub nodes: Vec<TopologyDescriptionNode>,
}

/// The processing nodes in this subtopology.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopologyDescriptionNode {
    /// The name of this node (e.g., KSTREAM-SOURCE-0000000000).
    pub name: String,
    /// The type of this node: 1=SOURCE, 2=PROCESSOR, 3=SINK.
    pub node_type: i8,
    /// The source topics this node reads from. Defined only for source nodes, may be empty if source topics are dynamically
    /// determined.
    pub source_topics: Vec<TopicName>,
    /// The topic this node writes to. Defined only for sink nodes, may be `None` if sink topic is dynamically determined.
    pub sink_topic: Option<TopicName>,
    /// The state store names accessed by this node. Defined only for processor nodes.
    pub stores: Vec<String>,
    /// The names of successor nodes in the processing graph. Predecessor relationships are reconstructed from this field.
    pub successors: Vec<String>,
}

/// Global state stores used by this topology.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopologyDescriptionGlobalStore {
    /// The source node providing data to the global store.
    pub source: TopologyDescriptionNode,
    /// The processor node that populates the global store.
    pub processor: TopologyDescriptionNode,
}

/// What is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamsGroupTopologyDescriptionUpdateResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero if the request did
    /// not violate any quota.
    pub throttle_time_ms: i32,
    /// The top-level error code, or 0 if there was no error.
    pub error_code: ErrorCode,
    /// The top-level error message, or `None` if there was no error.
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

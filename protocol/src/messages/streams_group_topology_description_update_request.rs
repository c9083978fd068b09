//! StreamsGroupTopologyDescriptionUpdateRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request StreamsGroupTopologyDescriptionUpdateRequest, key: 93, response: StreamsGroupTopologyDescriptionUpdateResponse, versions: V(0, 0), flexible: V(0, N);

    /// The body of StreamsGroupTopologyDescriptionUpdateRequest.
    StreamsGroupTopologyDescriptionUpdateRequest {
        /// string, all versions.
        group_id with_group_id: GroupId = Default::default(), at(V(0, N));
        /// string, all versions.
        member_id with_member_id: StrBytes = Default::default(), at(V(0, N));
        /// int32, all versions.
        topology_epoch with_topology_epoch: i32 = Default::default(), at(V(0, N));
        /// TopologyDescription, all versions.
        topology_description with_topology_description: TopologyDescription = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupTopologyDescriptionUpdateRequest.
    TopologyDescription {
        /// Array of TopologyDescriptionSubtopology, all versions.
        subtopologies with_subtopologies: Vec<TopologyDescriptionSubtopology> = Default::default(), at(V(0, N));
        /// Array of TopologyDescriptionGlobalStore, all versions.
        global_stores with_global_stores: Vec<TopologyDescriptionGlobalStore> = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupTopologyDescriptionUpdateRequest.
    TopologyDescriptionSubtopology {
        /// string, all versions.
        subtopology_id with_subtopology_id: StrBytes = Default::default(), at(V(0, N));
        /// Array of TopologyDescriptionNode, all versions.
        nodes with_nodes: Vec<TopologyDescriptionNode> = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupTopologyDescriptionUpdateRequest.
    TopologyDescriptionNode {
        /// string, all versions.
        name with_name: StrBytes = Default::default(), at(V(0, N));
        /// int8, all versions.
        node_type with_node_type: i8 = Default::default(), at(V(0, N));
        /// Array of string, all versions.
        source_topics with_source_topics: Vec<TopicName> = Default::default(), at(V(0, N));
        /// string, all versions, nullable, null by default.
        sink_topic with_sink_topic: Option<TopicName> = None, at(V(0, N)).null(V(0, N));
        /// Array of string, all versions.
        stores with_stores: Vec<StrBytes> = Default::default(), at(V(0, N));
        /// Array of string, all versions.
        successors with_successors: Vec<StrBytes> = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupTopologyDescriptionUpdateRequest.
    TopologyDescriptionGlobalStore {
        /// TopologyDescriptionNode, all versions.
        source with_source: TopologyDescriptionNode = Default::default(), at(V(0, N));
        /// TopologyDescriptionNode, all versions.
        processor with_processor: TopologyDescriptionNode = Default::default(), at(V(0, N));
    }
}

//! StreamsGroupTopologyDescriptionUpdateRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request StreamsGroupTopologyDescriptionUpdateRequest, key: 93, response: StreamsGroupTopologyDescriptionUpdateResponse, versions: V(0, 0), flexible: V(0, N);

    /// The body of StreamsGroupTopologyDescriptionUpdateRequest.
    StreamsGroupTopologyDescriptionUpdateRequest {
        /// The streams group identifier.
        group_id with_group_id: GroupId = Default::default(), at(V(0, N));
        /// The ID of the streams group member sending the push. The broker validates that this member is still in the group; mismatches (including when the group itself has been deleted) are rejected with UNKNOWN_MEMBER_ID so the client treats itself as fenced and rejoins.
        member_id with_member_id: StrBytes = Default::default(), at(V(0, N));
        /// The epoch of the topology being described.
        topology_epoch with_topology_epoch: i32 = Default::default(), at(V(0, N));
        /// The topology description.
        topology_description with_topology_description: TopologyDescription = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupTopologyDescriptionUpdateRequest.
    TopologyDescription {
        /// The subtopologies that make up this topology.
        subtopologies with_subtopologies: Vec<TopologyDescriptionSubtopology> = Default::default(), at(V(0, N));
        /// Global state stores used by this topology.
        global_stores with_global_stores: Vec<TopologyDescriptionGlobalStore> = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupTopologyDescriptionUpdateRequest.
    TopologyDescriptionSubtopology {
        /// The subtopology identifier, unique within the topology.
        subtopology_id with_subtopology_id: StrBytes = Default::default(), at(V(0, N));
        /// The processing nodes in this subtopology.
        nodes with_nodes: Vec<TopologyDescriptionNode> = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupTopologyDescriptionUpdateRequest.
    TopologyDescriptionNode {
        /// The name of this node (e.g., KSTREAM-SOURCE-0000000000).
        name with_name: StrBytes = Default::default(), at(V(0, N));
        /// The type of this node: 1=SOURCE, 2=PROCESSOR, 3=SINK.
        node_type with_node_type: i8 = Default::default(), at(V(0, N));
        /// The source topics this node reads from. Defined only for source nodes, may be empty if source topics are dynamically determined.
        source_topics with_source_topics: Vec<TopicName> = Default::default(), at(V(0, N));
        /// The topic this node writes to. Defined only for sink nodes, may be null if sink topic is dynamically determined.
        sink_topic with_sink_topic: Option<TopicName> = None, at(V(0, N)).null(V(0, N));
        /// The state store names accessed by this node. Defined only for processor nodes.
        stores with_stores: Vec<StrBytes> = Default::default(), at(V(0, N));
        /// The names of successor nodes in the processing graph. Predecessor relationships are reconstructed from this field.
        successors with_successors: Vec<StrBytes> = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupTopologyDescriptionUpdateRequest.
    TopologyDescriptionGlobalStore {
        /// The source node providing data to the global store.
        source with_source: TopologyDescriptionNode = Default::default(), at(V(0, N));
        /// The processor node that populates the global store.
        processor with_processor: TopologyDescriptionNode = Default::default(), at(V(0, N));
    }
}

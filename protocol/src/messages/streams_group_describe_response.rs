//! StreamsGroupDescribeResponse, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    response StreamsGroupDescribeResponse, key: 89, versions: V(0, 1), flexible: V(0, N);

    /// The body of StreamsGroupDescribeResponse.
    StreamsGroupDescribeResponse {
        /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero if the request did not violate any quota.
        throttle_time_ms with_throttle_time_ms: i32 = Default::default(), at(V(0, N));
        /// Each described group.
        groups with_groups: Vec<DescribedGroup> = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupDescribeResponse.
    DescribedGroup {
        /// The describe error, or 0 if there was no error.
        error_code with_error_code: i16 = Default::default(), at(V(0, N));
        /// The top-level error message, or null if there was no error.
        error_message with_error_message: Option<StrBytes> = None, at(V(0, N)).null(V(0, N));
        /// The group ID string.
        group_id with_group_id: GroupId = Default::default(), at(V(0, N));
        /// The group state string, or the empty string.
        group_state with_group_state: StrBytes = Default::default(), at(V(0, N));
        /// The group epoch.
        group_epoch with_group_epoch: i32 = Default::default(), at(V(0, N));
        /// The assignment epoch.
        assignment_epoch with_assignment_epoch: i32 = Default::default(), at(V(0, N));
        /// The topology metadata currently initialized for the streams application. Can be null in case of a describe error.
        topology with_topology: Option<Topology> = None, at(V(0, N)).null(V(0, N));
        /// The members.
        members with_members: Vec<Member> = Default::default(), at(V(0, N));
        /// 32-bit bitfield to represent authorized operations for this group.
        authorized_operations with_authorized_operations: i32 = -2147483648, at(V(0, N));
        /// The full topology description for this group. Non-null if and only if TopologyDescriptionStatus is AVAILABLE (3); null otherwise.
        topology_description with_topology_description: Option<TopologyDescription> = None, at(V(1, N)).null(V(1, N));
        /// The status of the topology description for this group, paired with TopologyDescription: 0=NOT_REQUESTED (client did not set IncludeTopologyDescription; TopologyDescription is null); 1=NOT_STORED (no description recorded for this group; TopologyDescription is null); 2=ERROR (broker failed to fetch the description, see broker logs; TopologyDescription is null); 3=AVAILABLE (TopologyDescription is non-null and carries the description).
        topology_description_status with_topology_description_status: i8 = 0, at(V(1, N));
        /// The task assignor that the group coordinator will use for the next assignment computation. This may differ from the assignor that computed the current assignment, because changing the assignor configuration does not trigger a rebalance. Null in case of a describe error.
        assignor_name with_assignor_name: Option<StrBytes> = None, at(V(1, N)).null(V(1, N)).ignorable();
    }

    /// A part of StreamsGroupDescribeResponse.
    Topology {
        /// The epoch of the currently initialized topology for this group.
        epoch with_epoch: i32 = Default::default(), at(V(0, N));
        /// The subtopologies of the streams application. This contains the configured subtopologies, where the number of partitions are set and any regular expressions are resolved to actual topics. Null if the group is uninitialized, source topics are missing or incorrectly partitioned.
        subtopologies with_subtopologies: Option<Vec<Subtopology>> = None, at(V(0, N)).null(V(0, N));
    }

    /// A part of StreamsGroupDescribeResponse.
    Subtopology {
        /// String to uniquely identify the subtopology.
        subtopology_id with_subtopology_id: StrBytes = Default::default(), at(V(0, N));
        /// The topics the subtopology reads from.
        source_topics with_source_topics: Vec<TopicName> = Default::default(), at(V(0, N));
        /// The repartition topics the subtopology writes to.
        repartition_sink_topics with_repartition_sink_topics: Vec<TopicName> = Default::default(), at(V(0, N));
        /// The set of state changelog topics associated with this subtopology. Created automatically.
        state_changelog_topics with_state_changelog_topics: Vec<TopicInfo> = Default::default(), at(V(0, N));
        /// The set of source topics that are internally created repartition topics. Created automatically.
        repartition_source_topics with_repartition_source_topics: Vec<TopicInfo> = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupDescribeResponse.
    TopicInfo {
        /// The name of the topic.
        name with_name: TopicName = Default::default(), at(V(0, N));
        /// The number of partitions in the topic. Can be 0 if no specific number of partitions is enforced. Always 0 for changelog topics.
        partitions with_partitions: i32 = Default::default(), at(V(0, N));
        /// The replication factor of the topic. Can be 0 if the default replication factor should be used.
        replication_factor with_replication_factor: i16 = Default::default(), at(V(0, N));
        /// Topic-level configurations as key-value pairs.
        topic_configs with_topic_configs: Vec<KeyValue> = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupDescribeResponse.
    KeyValue {
        /// key of the config
        key with_key: StrBytes = Default::default(), at(V(0, N));
        /// value of the config
        value with_value: StrBytes = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupDescribeResponse.
    Member {
        /// The member ID.
        member_id with_member_id: StrBytes = Default::default(), at(V(0, N));
        /// The member epoch.
        member_epoch with_member_epoch: i32 = Default::default(), at(V(0, N));
        /// The member instance ID for static membership.
        instance_id with_instance_id: Option<StrBytes> = None, at(V(0, N)).null(V(0, N));
        /// The rack ID.
        rack_id with_rack_id: Option<StrBytes> = None, at(V(0, N)).null(V(0, N));
        /// The client ID.
        client_id with_client_id: StrBytes = Default::default(), at(V(0, N));
        /// The client host.
        client_host with_client_host: StrBytes = Default::default(), at(V(0, N));
        /// The epoch of the topology on the client.
        topology_epoch with_topology_epoch: i32 = Default::default(), at(V(0, N));
        /// Identity of the streams instance that may have multiple clients.
        process_id with_process_id: StrBytes = Default::default(), at(V(0, N));
        /// User-defined endpoint for Interactive Queries. Null if not defined for this client.
        user_endpoint with_user_endpoint: Option<Endpoint> = None, at(V(0, N)).null(V(0, N));
        /// Used for rack-aware assignment algorithm.
        client_tags with_client_tags: Vec<KeyValue> = Default::default(), at(V(0, N));
        /// Cumulative changelog offsets for tasks.
        task_offsets with_task_offsets: Vec<TaskOffset> = Default::default(), at(V(0, N));
        /// Cumulative changelog end offsets for tasks.
        task_end_offsets with_task_end_offsets: Vec<TaskOffset> = Default::default(), at(V(0, N));
        /// The current assignment.
        assignment with_assignment: Assignment = Default::default(), at(V(0, N));
        /// The target assignment.
        target_assignment with_target_assignment: Assignment = Default::default(), at(V(0, N));
        /// True for classic members that have not been upgraded yet.
        is_classic with_is_classic: bool = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupDescribeResponse.
    Endpoint {
        /// host of the endpoint
        host with_host: StrBytes = Default::default(), at(V(0, N));
        /// port of the endpoint
        port with_port: u16 = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupDescribeResponse.
    TaskOffset {
        /// The subtopology identifier.
        subtopology_id with_subtopology_id: StrBytes = Default::default(), at(V(0, N));
        /// The partition.
        partition with_partition: i32 = Default::default(), at(V(0, N));
        /// The offset.
        offset with_offset: i64 = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupDescribeResponse.
    Assignment {
        /// Active tasks for this client.
        active_tasks with_active_tasks: Vec<TaskIds> = Default::default(), at(V(0, N));
        /// Standby tasks for this client.
        standby_tasks with_standby_tasks: Vec<TaskIds> = Default::default(), at(V(0, N));
        /// Warm-up tasks for this client.
        warmup_tasks with_warmup_tasks: Vec<TaskIds> = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupDescribeResponse.
    TaskIds {
        /// The subtopology identifier.
        subtopology_id with_subtopology_id: StrBytes = Default::default(), at(V(0, N));
        /// The partitions of the input topics processed by this member.
        partitions with_partitions: Vec<i32> = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupDescribeResponse.
    TopologyDescription {
        /// The subtopologies that make up this topology.
        subtopologies with_subtopologies: Vec<TopologyDescriptionSubtopology> = Default::default(), at(V(1, N));
        /// Global state stores used by this topology.
        global_stores with_global_stores: Vec<TopologyDescriptionGlobalStore> = Default::default(), at(V(1, N));
    }

    /// A part of StreamsGroupDescribeResponse.
    TopologyDescriptionSubtopology {
        /// The subtopology identifier, unique within the topology.
        subtopology_id with_subtopology_id: StrBytes = Default::default(), at(V(1, N));
        /// The processing nodes in this subtopology.
        nodes with_nodes: Vec<TopologyDescriptionNode> = Default::default(), at(V(1, N));
    }

    /// A part of StreamsGroupDescribeResponse.
    TopologyDescriptionNode {
        /// The name of this node (e.g., KSTREAM-SOURCE-0000000000).
        name with_name: StrBytes = Default::default(), at(V(1, N));
        /// The type of this node: 1=SOURCE, 2=PROCESSOR, 3=SINK.
        node_type with_node_type: i8 = Default::default(), at(V(1, N));
        /// The source topics this node reads from. Defined only for source nodes, may be empty if source topics are dynamically determined.
        source_topics with_source_topics: Vec<TopicName> = Default::default(), at(V(1, N));
        /// The topic this node writes to. Defined only for sink nodes, may be null if sink topic is dynamically determined.
        sink_topic with_sink_topic: Option<TopicName> = None, at(V(1, N)).null(V(1, N));
        /// The state store names accessed by this node. Defined only for processor nodes.
        stores with_stores: Vec<StrBytes> = Default::default(), at(V(1, N));
        /// The names of successor nodes in the processing graph. Predecessor relationships are reconstructed from this field.
        successors with_successors: Vec<StrBytes> = Default::default(), at(V(1, N));
    }

    /// A part of StreamsGroupDescribeResponse.
    TopologyDescriptionGlobalStore {
        /// The source node providing data to the global store.
        source with_source: TopologyDescriptionNode = Default::default(), at(V(1, N));
        /// The processor node that populates the global store.
        processor with_processor: TopologyDescriptionNode = Default::default(), at(V(1, N));
    }
}

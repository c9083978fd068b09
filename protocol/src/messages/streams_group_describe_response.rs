//! StreamsGroupDescribeResponse, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    response StreamsGroupDescribeResponse, key: 89, versions: V(0, 1), flexible: V(0, N);

    /// The body of StreamsGroupDescribeResponse.
    StreamsGroupDescribeResponse {
        /// int32, all versions.
        throttle_time_ms with_throttle_time_ms: i32 = Default::default(), at(V(0, N));
        /// Array of DescribedGroup, all versions.
        groups with_groups: Vec<DescribedGroup> = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupDescribeResponse.
    DescribedGroup {
        /// int16, all versions.
        error_code with_error_code: i16 = Default::default(), at(V(0, N));
        /// string, all versions, nullable, null by default.
        error_message with_error_message: Option<StrBytes> = None, at(V(0, N)).null(V(0, N));
        /// string, all versions.
        group_id with_group_id: GroupId = Default::default(), at(V(0, N));
        /// string, all versions.
        group_state with_group_state: StrBytes = Default::default(), at(V(0, N));
        /// int32, all versions.
        group_epoch with_group_epoch: i32 = Default::default(), at(V(0, N));
        /// int32, all versions.
        assignment_epoch with_assignment_epoch: i32 = Default::default(), at(V(0, N));
        /// Topology, all versions, nullable, null by default.
        topology with_topology: Option<Topology> = None, at(V(0, N)).null(V(0, N));
        /// Array of Member, all versions.
        members with_members: Vec<Member> = Default::default(), at(V(0, N));
        /// int32, all versions, -2147483648 by default.
        authorized_operations with_authorized_operations: i32 = -2147483648, at(V(0, N));
        /// TopologyDescription, v1 and later, nullable, null by default.
        topology_description with_topology_description: Option<TopologyDescription> = None, at(V(1, N)).null(V(1, N));
        /// int8, v1 and later, 0 by default.
        topology_description_status with_topology_description_status: i8 = 0, at(V(1, N));
        /// string, v1 and later, nullable, null by default.
        assignor_name with_assignor_name: Option<StrBytes> = None, at(V(1, N)).null(V(1, N)).ignorable();
    }

    /// A part of StreamsGroupDescribeResponse.
    Topology {
        /// int32, all versions.
        epoch with_epoch: i32 = Default::default(), at(V(0, N));
        /// Array of Subtopology, all versions, nullable, null by default.
        subtopologies with_subtopologies: Option<Vec<Subtopology>> = None, at(V(0, N)).null(V(0, N));
    }

    /// A part of StreamsGroupDescribeResponse.
    Subtopology {
        /// string, all versions.
        subtopology_id with_subtopology_id: StrBytes = Default::default(), at(V(0, N));
        /// Array of string, all versions.
        source_topics with_source_topics: Vec<TopicName> = Default::default(), at(V(0, N));
        /// Array of string, all versions.
        repartition_sink_topics with_repartition_sink_topics: Vec<TopicName> = Default::default(), at(V(0, N));
        /// Array of TopicInfo, all versions.
        state_changelog_topics with_state_changelog_topics: Vec<TopicInfo> = Default::default(), at(V(0, N));
        /// Array of TopicInfo, all versions.
        repartition_source_topics with_repartition_source_topics: Vec<TopicInfo> = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupDescribeResponse.
    TopicInfo {
        /// string, all versions.
        name with_name: TopicName = Default::default(), at(V(0, N));
        /// int32, all versions.
        partitions with_partitions: i32 = Default::default(), at(V(0, N));
        /// int16, all versions.
        replication_factor with_replication_factor: i16 = Default::default(), at(V(0, N));
        /// Array of KeyValue, all versions.
        topic_configs with_topic_configs: Vec<KeyValue> = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupDescribeResponse.
    KeyValue {
        /// string, all versions.
        key with_key: StrBytes = Default::default(), at(V(0, N));
        /// string, all versions.
        value with_value: StrBytes = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupDescribeResponse.
    Member {
        /// string, all versions.
        member_id with_member_id: StrBytes = Default::default(), at(V(0, N));
        /// int32, all versions.
        member_epoch with_member_epoch: i32 = Default::default(), at(V(0, N));
        /// string, all versions, nullable, null by default.
        instance_id with_instance_id: Option<StrBytes> = None, at(V(0, N)).null(V(0, N));
        /// string, all versions, nullable, null by default.
        rack_id with_rack_id: Option<StrBytes> = None, at(V(0, N)).null(V(0, N));
        /// string, all versions.
        client_id with_client_id: StrBytes = Default::default(), at(V(0, N));
        /// string, all versions.
        client_host with_client_host: StrBytes = Default::default(), at(V(0, N));
        /// int32, all versions.
        topology_epoch with_topology_epoch: i32 = Default::default(), at(V(0, N));
        /// string, all versions.
        process_id with_process_id: StrBytes = Default::default(), at(V(0, N));
        /// Endpoint, all versions, nullable, null by default.
        user_endpoint with_user_endpoint: Option<Endpoint> = None, at(V(0, N)).null(V(0, N));
        /// Array of KeyValue, all versions.
        client_tags with_client_tags: Vec<KeyValue> = Default::default(), at(V(0, N));
        /// Array of TaskOffset, all versions.
        task_offsets with_task_offsets: Vec<TaskOffset> = Default::default(), at(V(0, N));
        /// Array of TaskOffset, all versions.
        task_end_offsets with_task_end_offsets: Vec<TaskOffset> = Default::default(), at(V(0, N));
        /// Assignment, all versions.
        assignment with_assignment: Assignment = Default::default(), at(V(0, N));
        /// Assignment, all versions.
        target_assignment with_target_assignment: Assignment = Default::default(), at(V(0, N));
        /// bool, all versions.
        is_classic with_is_classic: bool = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupDescribeResponse.
    Endpoint {
        /// string, all versions.
        host with_host: StrBytes = Default::default(), at(V(0, N));
        /// uint16, all versions.
        port with_port: u16 = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupDescribeResponse.
    TaskOffset {
        /// string, all versions.
        subtopology_id with_subtopology_id: StrBytes = Default::default(), at(V(0, N));
        /// int32, all versions.
        partition with_partition: i32 = Default::default(), at(V(0, N));
        /// int64, all versions.
        offset with_offset: i64 = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupDescribeResponse.
    Assignment {
        /// Array of TaskIds, all versions.
        active_tasks with_active_tasks: Vec<TaskIds> = Default::default(), at(V(0, N));
        /// Array of TaskIds, all versions.
        standby_tasks with_standby_tasks: Vec<TaskIds> = Default::default(), at(V(0, N));
        /// Array of TaskIds, all versions.
        warmup_tasks with_warmup_tasks: Vec<TaskIds> = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupDescribeResponse.
    TaskIds {
        /// string, all versions.
        subtopology_id with_subtopology_id: StrBytes = Default::default(), at(V(0, N));
        /// Array of int32, all versions.
        partitions with_partitions: Vec<i32> = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupDescribeResponse.
    TopologyDescription {
        /// Array of TopologyDescriptionSubtopology, v1 and later.
        subtopologies with_subtopologies: Vec<TopologyDescriptionSubtopology> = Default::default(), at(V(1, N));
        /// Array of TopologyDescriptionGlobalStore, v1 and later.
        global_stores with_global_stores: Vec<TopologyDescriptionGlobalStore> = Default::default(), at(V(1, N));
    }

    /// A part of StreamsGroupDescribeResponse.
    TopologyDescriptionSubtopology {
        /// string, v1 and later.
        subtopology_id with_subtopology_id: StrBytes = Default::default(), at(V(1, N));
        /// Array of TopologyDescriptionNode, v1 and later.
        nodes with_nodes: Vec<TopologyDescriptionNode> = Default::default(), at(V(1, N));
    }

    /// A part of StreamsGroupDescribeResponse.
    TopologyDescriptionNode {
        /// string, v1 and later.
        name with_name: StrBytes = Default::default(), at(V(1, N));
        /// int8, v1 and later.
        node_type with_node_type: i8 = Default::default(), at(V(1, N));
        /// Array of string, v1 and later.
        source_topics with_source_topics: Vec<TopicName> = Default::default(), at(V(1, N));
        /// string, v1 and later, nullable, null by default.
        sink_topic with_sink_topic: Option<TopicName> = None, at(V(1, N)).null(V(1, N));
        /// Array of string, v1 and later.
        stores with_stores: Vec<StrBytes> = Default::default(), at(V(1, N));
        /// Array of string, v1 and later.
        successors with_successors: Vec<StrBytes> = Default::default(), at(V(1, N));
    }

    /// A part of StreamsGroupDescribeResponse.
    TopologyDescriptionGlobalStore {
        /// TopologyDescriptionNode, v1 and later.
        source with_source: TopologyDescriptionNode = Default::default(), at(V(1, N));
        /// TopologyDescriptionNode, v1 and later.
        processor with_processor: TopologyDescriptionNode = Default::default(), at(V(1, N));
    }
}

//! StreamsGroupHeartbeatRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request StreamsGroupHeartbeatRequest, key: 88, response: StreamsGroupHeartbeatResponse, versions: V(0, 1), flexible: V(0, N);

    /// The body of StreamsGroupHeartbeatRequest.
    StreamsGroupHeartbeatRequest {
        /// string, all versions.
        group_id with_group_id: GroupId = Default::default(), at(V(0, N));
        /// string, all versions.
        member_id with_member_id: StrBytes = Default::default(), at(V(0, N));
        /// int32, all versions.
        member_epoch with_member_epoch: i32 = Default::default(), at(V(0, N));
        /// int32, all versions.
        endpoint_information_epoch with_endpoint_information_epoch: i32 = Default::default(), at(V(0, N));
        /// string, all versions, nullable, null by default.
        instance_id with_instance_id: Option<StrBytes> = None, at(V(0, N)).null(V(0, N));
        /// string, all versions, nullable, null by default.
        rack_id with_rack_id: Option<StrBytes> = None, at(V(0, N)).null(V(0, N));
        /// int32, all versions, -1 by default.
        rebalance_timeout_ms with_rebalance_timeout_ms: i32 = -1, at(V(0, N));
        /// Topology, all versions, nullable, null by default.
        topology with_topology: Option<Topology> = None, at(V(0, N)).null(V(0, N));
        /// Array of TaskIds, all versions, nullable, null by default.
        active_tasks with_active_tasks: Option<Vec<TaskIds>> = None, at(V(0, N)).null(V(0, N));
        /// Array of TaskIds, all versions, nullable, null by default.
        standby_tasks with_standby_tasks: Option<Vec<TaskIds>> = None, at(V(0, N)).null(V(0, N));
        /// Array of TaskIds, all versions, nullable, null by default.
        warmup_tasks with_warmup_tasks: Option<Vec<TaskIds>> = None, at(V(0, N)).null(V(0, N));
        /// string, all versions, nullable, null by default.
        process_id with_process_id: Option<StrBytes> = None, at(V(0, N)).null(V(0, N));
        /// Endpoint, all versions, nullable, null by default.
        user_endpoint with_user_endpoint: Option<Endpoint> = None, at(V(0, N)).null(V(0, N));
        /// Array of KeyValue, all versions, nullable, null by default.
        client_tags with_client_tags: Option<Vec<KeyValue>> = None, at(V(0, N)).null(V(0, N));
        /// Array of TaskOffset, all versions, nullable, null by default.
        task_offsets with_task_offsets: Option<Vec<TaskOffset>> = None, at(V(0, N)).null(V(0, N));
        /// Array of TaskOffset, all versions, nullable, null by default.
        task_end_offsets with_task_end_offsets: Option<Vec<TaskOffset>> = None, at(V(0, N)).null(V(0, N));
        /// bool, all versions, false by default.
        shutdown_application with_shutdown_application: bool = false, at(V(0, N));
    }

    /// A part of StreamsGroupHeartbeatRequest.
    Topology {
        /// int32, all versions.
        epoch with_epoch: i32 = Default::default(), at(V(0, N));
        /// Array of Subtopology, all versions.
        subtopologies with_subtopologies: Vec<Subtopology> = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupHeartbeatRequest.
    Subtopology {
        /// string, all versions.
        subtopology_id with_subtopology_id: StrBytes = Default::default(), at(V(0, N));
        /// Array of string, all versions.
        source_topics with_source_topics: Vec<TopicName> = Default::default(), at(V(0, N));
        /// Array of string, all versions.
        source_topic_regex with_source_topic_regex: Vec<StrBytes> = Default::default(), at(V(0, N));
        /// Array of TopicInfo, all versions.
        state_changelog_topics with_state_changelog_topics: Vec<TopicInfo> = Default::default(), at(V(0, N));
        /// Array of string, all versions.
        repartition_sink_topics with_repartition_sink_topics: Vec<TopicName> = Default::default(), at(V(0, N));
        /// Array of TopicInfo, all versions.
        repartition_source_topics with_repartition_source_topics: Vec<TopicInfo> = Default::default(), at(V(0, N));
        /// Array of CopartitionGroup, all versions.
        copartition_groups with_copartition_groups: Vec<CopartitionGroup> = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupHeartbeatRequest.
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

    /// A part of StreamsGroupHeartbeatRequest.
    KeyValue {
        /// string, all versions.
        key with_key: StrBytes = Default::default(), at(V(0, N));
        /// string, all versions.
        value with_value: StrBytes = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupHeartbeatRequest.
    CopartitionGroup {
        /// Array of int16, all versions.
        source_topics with_source_topics: Vec<i16> = Default::default(), at(V(0, N));
        /// Array of int16, all versions.
        source_topic_regex with_source_topic_regex: Vec<i16> = Default::default(), at(V(0, N));
        /// Array of int16, all versions.
        repartition_source_topics with_repartition_source_topics: Vec<i16> = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupHeartbeatRequest.
    TaskIds {
        /// string, all versions.
        subtopology_id with_subtopology_id: StrBytes = Default::default(), at(V(0, N));
        /// Array of int32, all versions.
        partitions with_partitions: Vec<i32> = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupHeartbeatRequest.
    Endpoint {
        /// string, all versions.
        host with_host: StrBytes = Default::default(), at(V(0, N));
        /// uint16, all versions.
        port with_port: u16 = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupHeartbeatRequest.
    TaskOffset {
        /// string, all versions.
        subtopology_id with_subtopology_id: StrBytes = Default::default(), at(V(0, N));
        /// int32, all versions.
        partition with_partition: i32 = Default::default(), at(V(0, N));
        /// int64, all versions.
        offset with_offset: i64 = Default::default(), at(V(0, N));
    }
}

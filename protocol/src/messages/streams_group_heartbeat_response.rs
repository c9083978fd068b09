//! StreamsGroupHeartbeatResponse, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    response StreamsGroupHeartbeatResponse, key: 88, versions: V(0, 1), flexible: V(0, N);

    /// The body of StreamsGroupHeartbeatResponse.
    StreamsGroupHeartbeatResponse {
        /// int32, all versions.
        throttle_time_ms with_throttle_time_ms: i32 = Default::default(), at(V(0, N));
        /// int16, all versions.
        error_code with_error_code: i16 = Default::default(), at(V(0, N));
        /// string, all versions, nullable, null by default.
        error_message with_error_message: Option<StrBytes> = None, at(V(0, N)).null(V(0, N));
        /// string, all versions.
        member_id with_member_id: StrBytes = Default::default(), at(V(0, N));
        /// int32, all versions.
        member_epoch with_member_epoch: i32 = Default::default(), at(V(0, N));
        /// int32, all versions.
        heartbeat_interval_ms with_heartbeat_interval_ms: i32 = Default::default(), at(V(0, N));
        /// int32, v0.
        acceptable_recovery_lag_legacy with_acceptable_recovery_lag_legacy: i32 = Default::default(), at(V(0, 0));
        /// int32, all versions.
        task_offset_interval_ms with_task_offset_interval_ms: i32 = Default::default(), at(V(0, N));
        /// int64, v1 and later, -1 by default.
        acceptable_recovery_lag with_acceptable_recovery_lag: i64 = -1, at(V(1, N)).ignorable();
        /// Array of Status, all versions, nullable.
        status with_status: Option<Vec<Status>> = Some(Default::default()), at(V(0, N)).null(V(0, N));
        /// Array of TaskIds, all versions, nullable, null by default.
        active_tasks with_active_tasks: Option<Vec<TaskIds>> = None, at(V(0, N)).null(V(0, N));
        /// Array of TaskIds, all versions, nullable, null by default.
        standby_tasks with_standby_tasks: Option<Vec<TaskIds>> = None, at(V(0, N)).null(V(0, N));
        /// Array of TaskIds, all versions, nullable, null by default.
        warmup_tasks with_warmup_tasks: Option<Vec<TaskIds>> = None, at(V(0, N)).null(V(0, N));
        /// bool, v1 and later, false by default.
        topology_description_required with_topology_description_required: bool = false, at(V(1, N));
        /// int32, all versions.
        endpoint_information_epoch with_endpoint_information_epoch: i32 = Default::default(), at(V(0, N));
        /// Array of EndpointToPartitions, all versions, nullable, null by default.
        partitions_by_user_endpoint with_partitions_by_user_endpoint: Option<Vec<EndpointToPartitions>> = None, at(V(0, N)).null(V(0, N));
    }

    /// A part of StreamsGroupHeartbeatResponse.
    Status {
        /// int8, all versions.
        status_code with_status_code: i8 = Default::default(), at(V(0, N));
        /// string, all versions.
        status_detail with_status_detail: StrBytes = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupHeartbeatResponse.
    TaskIds {
        /// string, all versions.
        subtopology_id with_subtopology_id: StrBytes = Default::default(), at(V(0, N));
        /// Array of int32, all versions.
        partitions with_partitions: Vec<i32> = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupHeartbeatResponse.
    EndpointToPartitions {
        /// Endpoint, all versions.
        user_endpoint with_user_endpoint: Endpoint = Default::default(), at(V(0, N));
        /// Array of TopicPartition, all versions.
        active_partitions with_active_partitions: Vec<TopicPartition> = Default::default(), at(V(0, N));
        /// Array of TopicPartition, all versions.
        standby_partitions with_standby_partitions: Vec<TopicPartition> = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupHeartbeatResponse.
    Endpoint {
        /// string, all versions.
        host with_host: StrBytes = Default::default(), at(V(0, N));
        /// uint16, all versions.
        port with_port: u16 = Default::default(), at(V(0, N));
    }

    /// A part of StreamsGroupHeartbeatResponse.
    TopicPartition {
        /// string, all versions.
        topic with_topic: TopicName = Default::default(), at(V(0, N));
        /// Array of int32, all versions.
        partitions with_partitions: Vec<i32> = Default::default(), at(V(0, N));
    }
}

//! StreamsGroupHeartbeat (88): join, stay in and leave a Kafka Streams group whose coordinator assigns tasks. KIP-1071; v1 lets the
//! broker ask for a description of the topology (KIP-1331).
//!
//! A hostile coordinator can assign any tasks, name any endpoints of other members and fence the member at will.

use super::wire::{mirror, raw};
use crate::{ErrorCode, GroupId, GroupInstanceId, MemberEpoch, MemberId, TopicName};

/// "Still here", and what changed: `None`, or a timeout of −1, says "as in my last heartbeat". Who joins says everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamsGroupHeartbeatRequest {
    /// The group.
    pub group_id: GroupId,
    /// The member. It makes its id itself (a UUID) and keeps it for as long as it lives.
    pub member_id: MemberId,
    /// The epoch last heard of; 0 joins, −1 leaves, −2 is a static member that leaves to come back.
    pub member_epoch: MemberEpoch,
    /// The newest `endpoint_information_epoch` heard of.
    pub endpoint_information_epoch: i32,
    /// Static members.
    pub instance_id: Option<GroupInstanceId>,
    /// The member's rack.
    pub rack_id: Option<String>,
    /// How long the coordinator waits for the member to give up tasks before it drops the member, in milliseconds.
    pub rebalance_timeout_ms: i32,
    /// What the application computes. Said when joining, and only then.
    pub topology: Option<Topology>,
    /// The tasks the member runs.
    pub active_tasks: Option<Vec<TaskIds>>,
    /// The tasks whose state it keeps as a spare.
    pub standby_tasks: Option<Vec<TaskIds>>,
    /// The tasks whose state it gathers to run them later.
    pub warmup_tasks: Option<Vec<TaskIds>>,
    /// The process it runs in, which may hold several members.
    pub process_id: Option<String>,
    /// Where the process answers interactive queries; also `None` if it does not.
    pub user_endpoint: Option<Endpoint>,
    /// Says where it runs, so that standby tasks go elsewhere.
    pub client_tags: Option<Vec<KeyValue>>,
    /// How far its stores are, per task: said every `task_offset_interval_ms`, and at once when a warm-up task is ready to run.
    pub task_offsets: Option<Vec<TaskOffset>>,
    /// Where the changelogs of these stores end, per task; said as `task_offsets` are.
    pub task_end_offsets: Option<Vec<TaskOffset>>,
    /// Asks all members of the group to stop.
    pub shutdown_application: bool,
}

impl Default for StreamsGroupHeartbeatRequest {
    fn default() -> Self {
        Self {
            group_id: GroupId::default(),
            member_id: MemberId::default(),
            member_epoch: MemberEpoch(0),
            endpoint_information_epoch: 0,
            instance_id: None,
            rack_id: None,
            rebalance_timeout_ms: -1,
            topology: None,
            active_tasks: None,
            standby_tasks: None,
            warmup_tasks: None,
            process_id: None,
            user_endpoint: None,
            client_tags: None,
            task_offsets: None,
            task_end_offsets: None,
            shutdown_application: false,
        }
    }
}

/// What an application computes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Topology {
    /// Its epoch: grows when the application changes what it computes.
    pub epoch: i32,
    /// Its parts; at least one.
    pub subtopologies: Vec<Subtopology>,
}

/// A part of a topology, whose tasks are assigned on their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subtopology {
    /// Its id. Every member must derive the same one from the same topology.
    pub subtopology_id: String,
    /// Topics it reads, by name.
    pub source_topics: Vec<TopicName>,
    /// Topics it reads, by expressions that the coordinator evaluates.
    pub source_topic_regex: Vec<String>,
    /// Changelogs of its stores, which the coordinator makes.
    pub state_changelog_topics: Vec<TopicInfo>,
    /// Repartition topics it writes.
    pub repartition_sink_topics: Vec<TopicName>,
    /// Repartition topics it reads, which the coordinator makes.
    pub repartition_source_topics: Vec<TopicInfo>,
    /// Sources that must have equally many partitions.
    pub copartition_groups: Vec<CopartitionGroup>,
}

/// An internal topic, made by the coordinator.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopicInfo {
    /// The topic.
    pub name: TopicName,
    /// How many partitions it has; 0 if nothing demands a number, as with every changelog.
    pub partitions: i32,
    /// How many replicas; 0 for the broker's own setting.
    pub replication_factor: i16,
    /// Its settings.
    pub topic_configs: Vec<KeyValue>,
}

/// A setting of a topic, or a tag of a client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyValue {
    /// Its name.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// Sources of a subtopology that must have equally many partitions, each as an index into the subtopology's list of the same
/// name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CopartitionGroup {
    /// Into `source_topics`.
    pub source_topics: Vec<i16>,
    /// Into `source_topic_regex`.
    pub source_topic_regex: Vec<i16>,
    /// Into `repartition_source_topics`.
    pub repartition_source_topics: Vec<i16>,
}

/// Tasks of one subtopology.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskIds {
    /// The subtopology.
    pub subtopology_id: String,
    /// A task for each of these partitions.
    pub partitions: Vec<i32>,
}

/// An address for interactive queries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoint {
    /// The host.
    pub host: String,
    /// The port.
    pub port: u16,
}

/// An offset of one task, summed over its changelogs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskOffset {
    /// The task's subtopology.
    pub subtopology_id: String,
    /// The task's partition.
    pub partition: i32,
    /// The sum.
    pub offset: i64,
}

/// What the member is to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamsGroupHeartbeatResponse {
    /// How long the broker asks the client to be silent, in milliseconds.
    pub throttle_time_ms: i32,
    /// UNKNOWN_MEMBER_ID, FENCED_MEMBER_EPOCH, STREAMS_INVALID_TOPOLOGY, ...
    pub error_code: ErrorCode,
    /// Words about the error; `None` without one.
    pub error_message: Option<String>,
    /// The member.
    pub member_id: MemberId,
    /// The epoch to say from now on.
    pub member_epoch: MemberEpoch,
    /// How long to wait before the next heartbeat, in milliseconds.
    pub heartbeat_interval_ms: i32,
    /// `acceptable_recovery_lag` in v0.
    pub acceptable_recovery_lag_legacy: i32,
    /// How often to say `task_offsets`, in milliseconds.
    pub task_offset_interval_ms: i32,
    /// A store that is at most so many offsets behind counts as caught up, v1+; −1 if the broker has no such setting.
    pub acceptable_recovery_lag: i64,
    /// What the group lacks or wants; `None` or empty when that is nothing.
    pub status: Option<Vec<Status>>,
    /// The tasks to run: all of them. `None` if they did not change, as with the next two.
    pub active_tasks: Option<Vec<TaskIds>>,
    /// The tasks whose state to keep as a spare.
    pub standby_tasks: Option<Vec<TaskIds>>,
    /// The tasks whose state to gather, to run them later.
    pub warmup_tasks: Option<Vec<TaskIds>>,
    /// The broker asks for StreamsGroupTopologyDescriptionUpdate, v1+.
    pub topology_description_required: bool,
    /// The epoch of `partitions_by_user_endpoint`, to be said from now on.
    pub endpoint_information_epoch: i32,
    /// Who answers interactive queries about which partitions; `None` if that did not change. An entry is a member: those of
    /// one process share their endpoint and belong together.
    pub partitions_by_user_endpoint: Option<Vec<EndpointToPartitions>>,
}

impl Default for StreamsGroupHeartbeatResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: ErrorCode::default(),
            error_message: None,
            member_id: MemberId::default(),
            member_epoch: MemberEpoch(0),
            heartbeat_interval_ms: 0,
            acceptable_recovery_lag_legacy: 0,
            task_offset_interval_ms: 0,
            acceptable_recovery_lag: -1,
            status: None,
            active_tasks: None,
            standby_tasks: None,
            warmup_tasks: None,
            topology_description_required: false,
            endpoint_information_epoch: 0,
            partitions_by_user_endpoint: None,
        }
    }
}

/// Something that the group lacks or wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// 0 the member's topology is old, 1 source topics are missing, 2 topics have wrong numbers of partitions, 3 internal
    /// topics are missing, 4 the application is to stop, 5 the assignment comes later, 6 client tags are missing.
    pub status_code: i8,
    /// Words about it, such as the topics' names.
    pub status_detail: String,
}

/// What a member can answer queries about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EndpointToPartitions {
    /// Where its process answers.
    pub user_endpoint: Endpoint,
    /// What its active tasks read, repartition topics included.
    pub active_partitions: Vec<TopicPartition>,
    /// The same for its standby and warm-up tasks.
    pub standby_partitions: Vec<TopicPartition>,
}

/// Partitions of one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopicPartition {
    /// The topic.
    pub topic: TopicName,
    /// Their indexes.
    pub partitions: Vec<i32>,
}

mirror! {
    StreamsGroupHeartbeatRequest = raw::StreamsGroupHeartbeatRequest {
        group_id, member_id, member_epoch, endpoint_information_epoch, instance_id, rack_id,
        rebalance_timeout_ms, topology, active_tasks, standby_tasks, warmup_tasks, process_id,
        user_endpoint, client_tags, task_offsets, task_end_offsets, shutdown_application,
    }
    Topology = raw::streams_group_heartbeat_request::Topology { epoch, subtopologies }
    Subtopology = raw::streams_group_heartbeat_request::Subtopology {
        subtopology_id, source_topics, source_topic_regex, state_changelog_topics,
        repartition_sink_topics, repartition_source_topics, copartition_groups,
    }
    TopicInfo = raw::streams_group_heartbeat_request::TopicInfo {
        name, partitions, replication_factor, topic_configs,
    }
    KeyValue = raw::streams_group_heartbeat_request::KeyValue { key, value }
    CopartitionGroup = raw::streams_group_heartbeat_request::CopartitionGroup {
        source_topics, source_topic_regex, repartition_source_topics,
    }
    TaskIds = raw::streams_group_heartbeat_request::TaskIds { subtopology_id, partitions }
    Endpoint = raw::streams_group_heartbeat_request::Endpoint { host, port }
    TaskOffset = raw::streams_group_heartbeat_request::TaskOffset { subtopology_id, partition, offset }
    StreamsGroupHeartbeatResponse = raw::StreamsGroupHeartbeatResponse {
        throttle_time_ms,
        error_code,
        error_message,
        member_id,
        member_epoch,
        heartbeat_interval_ms,
        acceptable_recovery_lag_legacy(in ..=0),
        task_offset_interval_ms,
        acceptable_recovery_lag,
        status,
        active_tasks,
        standby_tasks,
        warmup_tasks,
        topology_description_required(in 1..),
        endpoint_information_epoch,
        partitions_by_user_endpoint,
    }
    Status = raw::streams_group_heartbeat_response::Status { status_code, status_detail }
    TaskIds = raw::streams_group_heartbeat_response::TaskIds { subtopology_id, partitions }
    EndpointToPartitions = raw::streams_group_heartbeat_response::EndpointToPartitions {
        user_endpoint, active_partitions, standby_partitions,
    }
    Endpoint = raw::streams_group_heartbeat_response::Endpoint { host, port }
    TopicPartition = raw::streams_group_heartbeat_response::TopicPartition { topic, partitions }
}

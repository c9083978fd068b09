//! StreamsGroupDescribe (89): state, topology and members of streams groups. KIP-1071; v1 describes the topology (KIP-1331).
//!
//! The answer is only shown: a hostile coordinator can make it say anything, at most 24 times as large in memory as on the wire.

pub use super::streams_group_heartbeat::{Endpoint, KeyValue, TaskIds, TaskOffset, TopicInfo};
use super::wire::{mirror, raw};
use crate::{ErrorCode, GroupId, GroupInstanceId, MemberEpoch, MemberId, TopicName};

/// Asks for the state of some streams groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamsGroupDescribeRequest {
    /// The groups.
    pub group_ids: Vec<GroupId>,
    /// Whether to say what the asker may do with each.
    pub include_authorized_operations: bool,
    /// Whether to describe each topology node by node, v1+; only brokers with a plugin for it can.
    pub include_topology_description: bool,
}

/// Their states.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamsGroupDescribeResponse {
    /// How long the broker asks the client to be silent, in milliseconds.
    pub throttle_time_ms: i32,
    /// Per group.
    pub groups: Vec<DescribedGroup>,
}

/// One group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DescribedGroup {
    /// NOT_COORDINATOR, GROUP_ID_NOT_FOUND (also for a group of another kind), ...
    pub error_code: ErrorCode,
    /// Words about the error; `None` without one.
    pub error_message: Option<String>,
    /// The group.
    pub group_id: GroupId,
    /// `Empty`, `NotReady`, `Assigning`, `Reconciling`, `Stable`, `Dead`; empty with an error.
    pub group_state: String,
    /// Grows with every change that asks for a new assignment.
    pub group_epoch: i32,
    /// The group epoch for which the target assignment was made; behind `group_epoch` until the next one is made.
    pub assignment_epoch: i32,
    /// The topology that the coordinator assigns by; `None` with an error.
    pub topology: Option<Topology>,
    /// The members.
    pub members: Vec<Member>,
    /// A bit per operation; `i32::MIN` when not asked for.
    pub authorized_operations: i32,
    /// The topology node by node, v1+; there exactly when the status below is 3.
    pub topology_description: Option<TopologyDescription>,
    /// v1+: 0 it was not asked for, 1 the broker has none, 2 the broker failed to read it (its log says why), 3 here it is.
    pub topology_description_status: i8,
    /// The assignor of the next assignment, v1+; the current one may be another's work, for a new setting alone starts no
    /// rebalance. `None` with an error.
    pub assignor_name: Option<String>,
}

impl Default for DescribedGroup {
    fn default() -> Self {
        Self {
            error_code: ErrorCode::default(),
            error_message: None,
            group_id: GroupId::default(),
            group_state: String::new(),
            group_epoch: 0,
            assignment_epoch: 0,
            topology: None,
            members: Vec::new(),
            authorized_operations: i32::MIN,
            topology_description: None,
            topology_description_status: 0,
            assignor_name: None,
        }
    }
}

/// The topology of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Topology {
    /// Its epoch.
    pub epoch: i32,
    /// Its parts, with expressions resolved and partitions counted; `None` as long as source topics are missing or do not fit
    /// together.
    pub subtopologies: Option<Vec<Subtopology>>,
}

/// A part of a topology, whose tasks are assigned on their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subtopology {
    /// Its id within the topology.
    pub subtopology_id: String,
    /// Topics it reads.
    pub source_topics: Vec<TopicName>,
    /// Repartition topics it writes.
    pub repartition_sink_topics: Vec<TopicName>,
    /// Changelogs of its stores, made by the coordinator.
    pub state_changelog_topics: Vec<TopicInfo>,
    /// Repartition topics it reads, made by the coordinator.
    pub repartition_source_topics: Vec<TopicInfo>,
}

/// One member of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its id.
    pub member_id: MemberId,
    /// The epoch it has reached.
    pub member_epoch: MemberEpoch,
    /// Its instance id; `None` unless static.
    pub instance_id: Option<GroupInstanceId>,
    /// Its rack; `None` if it named none.
    pub rack_id: Option<String>,
    /// Its `client.id`.
    pub client_id: String,
    /// Where it connected from, such as `/10.0.0.7`.
    pub client_host: String,
    /// The epoch of the topology it runs.
    pub topology_epoch: i32,
    /// The process it runs in, which may hold several members.
    pub process_id: String,
    /// Where its process answers interactive queries; `None` if it does not.
    pub user_endpoint: Option<Endpoint>,
    /// Says where it runs, so that standby tasks go elsewhere.
    pub client_tags: Vec<KeyValue>,
    /// How far its stores are, per task.
    pub task_offsets: Vec<TaskOffset>,
    /// Where the changelogs of these stores end, per task.
    pub task_end_offsets: Vec<TaskOffset>,
    /// What it runs now.
    pub assignment: Assignment,
    /// What it shall run in the end.
    pub target_assignment: Assignment,
    /// It still speaks the classic protocol.
    pub is_classic: bool,
}

impl Default for Member {
    fn default() -> Self {
        Self {
            member_id: MemberId::default(),
            member_epoch: MemberEpoch(0),
            instance_id: None,
            rack_id: None,
            client_id: String::new(),
            client_host: String::new(),
            topology_epoch: 0,
            process_id: String::new(),
            user_endpoint: None,
            client_tags: Vec::new(),
            task_offsets: Vec::new(),
            task_end_offsets: Vec::new(),
            assignment: Assignment::default(),
            target_assignment: Assignment::default(),
            is_classic: false,
        }
    }
}

/// Tasks of a member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assignment {
    /// Those it runs.
    pub active_tasks: Vec<TaskIds>,
    /// Those whose state it keeps as a spare.
    pub standby_tasks: Vec<TaskIds>,
    /// Those whose state it gathers to run them later.
    pub warmup_tasks: Vec<TaskIds>,
}

/// A topology node by node (StreamsGroupDescribe v1+).
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

mirror! {
    StreamsGroupDescribeRequest = raw::StreamsGroupDescribeRequest {
        group_ids,
        include_authorized_operations,
        include_topology_description(in 1..),
    }
    StreamsGroupDescribeResponse = raw::StreamsGroupDescribeResponse { throttle_time_ms, groups }
    DescribedGroup = raw::streams_group_describe_response::DescribedGroup {
        error_code,
        error_message,
        group_id,
        group_state,
        group_epoch,
        assignment_epoch,
        topology,
        members,
        authorized_operations,
        topology_description(in 1..),
        topology_description_status(in 1..),
        assignor_name,
    }
    Topology = raw::streams_group_describe_response::Topology { epoch, subtopologies }
    Subtopology = raw::streams_group_describe_response::Subtopology {
        subtopology_id, source_topics, repartition_sink_topics, state_changelog_topics,
        repartition_source_topics,
    }
    TopicInfo = raw::streams_group_describe_response::TopicInfo {
        name, partitions, replication_factor, topic_configs,
    }
    KeyValue = raw::streams_group_describe_response::KeyValue { key, value }
    Member = raw::streams_group_describe_response::Member {
        member_id, member_epoch, instance_id, rack_id, client_id, client_host, topology_epoch,
        process_id, user_endpoint, client_tags, task_offsets, task_end_offsets, assignment,
        target_assignment, is_classic,
    }
    Endpoint = raw::streams_group_describe_response::Endpoint { host, port }
    TaskOffset = raw::streams_group_describe_response::TaskOffset { subtopology_id, partition, offset }
    Assignment = raw::streams_group_describe_response::Assignment {
        active_tasks, standby_tasks, warmup_tasks,
    }
    TaskIds = raw::streams_group_describe_response::TaskIds { subtopology_id, partitions }
    TopologyDescription = raw::streams_group_describe_response::TopologyDescription {
        subtopologies(in 1..),
        global_stores(in 1..),
    }
    TopologyDescriptionSubtopology = raw::streams_group_describe_response::TopologyDescriptionSubtopology {
        subtopology_id(in 1..),
        nodes(in 1..),
    }
    TopologyDescriptionNode = raw::streams_group_describe_response::TopologyDescriptionNode {
        name(in 1..),
        node_type(in 1..),
        source_topics(in 1..),
        sink_topic(in 1..),
        stores(in 1..),
        successors(in 1..),
    }
    TopologyDescriptionGlobalStore = raw::streams_group_describe_response::TopologyDescriptionGlobalStore {
        source(in 1..),
        processor(in 1..),
    }
}

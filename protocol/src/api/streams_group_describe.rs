//! StreamsGroupDescribe (89): state, topology and members of streams groups. KIP-1071; v1 describes the topology (KIP-1331).
//!
//! The answer is only shown: a hostile coordinator can make it say anything, at most 24 times as large in memory as on the wire.

use super::wire::{mirror, raw};
use crate::{ErrorCode, GroupId, GroupInstanceId, MemberEpoch, MemberId, TopicName};

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamsGroupDescribeRequest {
    /// The ids of the groups to describe.
    pub group_ids: Vec<GroupId>,
    /// Whether to include authorized operations.
    pub include_authorized_operations: bool,
    /// Whether to include the full topology description from the topology description plugin in the response. v1+.
    pub include_topology_description: bool,
}

/// What is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamsGroupDescribeResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero if the request did
    /// not violate any quota.
    pub throttle_time_ms: i32,
    /// Each described group.
    pub groups: Vec<DescribedGroup>,
}

/// Each described group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DescribedGroup {
    /// The describe error, or 0 if there was no error.
    pub error_code: ErrorCode,
    /// The top-level error message, or `None` if there was no error.
    pub error_message: Option<String>,
    /// The group ID string.
    pub group_id: GroupId,
    /// The group state string, or the empty string.
    pub group_state: String,
    /// The group epoch.
    pub group_epoch: i32,
    /// The assignment epoch.
    pub assignment_epoch: i32,
    /// The topology metadata currently initialized for the streams application. Can be null in case of a describe error.
    pub topology: Option<Topology>,
    /// The members.
    pub members: Vec<Member>,
    /// 32-bit bitfield to represent authorized operations for this group.
    pub authorized_operations: i32,
    /// The full topology description for this group. Non-null if and only if TopologyDescriptionStatus is AVAILABLE (3); null
    /// otherwise. v1+.
    pub topology_description: Option<TopologyDescription>,
    /// The status of the topology description for this group, paired with TopologyDescription: 0=NOT_REQUESTED (client did not
    /// set IncludeTopologyDescription; TopologyDescription is null); 1=NOT_STORED (no description recorded for this group;
    /// TopologyDescription is null); 2=ERROR (broker failed to fetch the description, see broker logs; TopologyDescription is
    /// null); 3=AVAILABLE (TopologyDescription is non-null and carries the description). v1+.
    pub topology_description_status: i8,
    /// The task assignor that the group coordinator will use for the next assignment computation. This may differ from the
    /// assignor that computed the current assignment, because changing the assignor configuration does not trigger a rebalance.
    /// Null in case of a describe error. v1+.
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

/// The topology metadata currently initialized for the streams application. Can be null in case of a describe error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Topology {
    /// The epoch of the currently initialized topology for this group.
    pub epoch: i32,
    /// The subtopologies of the streams application. This contains the configured subtopologies, where the number of partitions
    /// are set and any regular expressions are resolved to actual topics. Null if the group is uninitialized, source topics are
    /// missing or incorrectly partitioned.
    pub subtopologies: Option<Vec<Subtopology>>,
}

/// The subtopologies of the streams application. This contains the configured subtopologies, where the number of partitions are set
/// and any regular expressions are resolved to actual topics. Null if the group is uninitialized, source topics are missing or
/// incorrectly partitioned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subtopology {
    /// String to uniquely identify the subtopology.
    pub subtopology_id: String,
    /// The topics the subtopology reads from.
    pub source_topics: Vec<TopicName>,
    /// The repartition topics the subtopology writes to.
    pub repartition_sink_topics: Vec<TopicName>,
    /// The set of state changelog topics associated with this subtopology. Created automatically.
    pub state_changelog_topics: Vec<TopicInfo>,
    /// The set of source topics that are internally created repartition topics. Created automatically.
    pub repartition_source_topics: Vec<TopicInfo>,
}

/// The set of state changelog topics associated with this subtopology. Created automatically.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopicInfo {
    /// The name of the topic.
    pub name: TopicName,
    /// The number of partitions in the topic. Can be 0 if no specific number of partitions is enforced. Always 0 for changelog
    /// topics.
    pub partitions: i32,
    /// The replication factor of the topic. Can be 0 if the default replication factor should be used.
    pub replication_factor: i16,
    /// Topic-level configurations as key-value pairs.
    pub topic_configs: Vec<KeyValue>,
}

/// Topic-level configurations as key-value pairs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyValue {
    /// key of the config.
    pub key: String,
    /// value of the config.
    pub value: String,
}

/// The members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The member ID.
    pub member_id: MemberId,
    /// The member epoch.
    pub member_epoch: MemberEpoch,
    /// The member instance ID for static membership.
    pub instance_id: Option<GroupInstanceId>,
    /// The rack ID.
    pub rack_id: Option<String>,
    /// The client ID.
    pub client_id: String,
    /// The client host.
    pub client_host: String,
    /// The epoch of the topology on the client.
    pub topology_epoch: i32,
    /// Identity of the streams instance that may have multiple clients.
    pub process_id: String,
    /// User-defined endpoint for Interactive Queries. Null if not defined for this client.
    pub user_endpoint: Option<Endpoint>,
    /// Used for rack-aware assignment algorithm.
    pub client_tags: Vec<KeyValue>,
    /// Cumulative changelog offsets for tasks.
    pub task_offsets: Vec<TaskOffset>,
    /// Cumulative changelog end offsets for tasks.
    pub task_end_offsets: Vec<TaskOffset>,
    /// The current assignment.
    pub assignment: Assignment,
    /// The target assignment.
    pub target_assignment: Assignment,
    /// True for classic members that have not been upgraded yet.
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

/// User-defined endpoint for Interactive Queries. Null if not defined for this client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoint {
    /// host of the endpoint.
    pub host: String,
    /// port of the endpoint.
    pub port: u16,
}

/// Cumulative changelog offsets for tasks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskOffset {
    /// The subtopology identifier.
    pub subtopology_id: String,
    /// The partition.
    pub partition: i32,
    /// The offset.
    pub offset: i64,
}

/// The current assignment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assignment {
    /// Active tasks for this client.
    pub active_tasks: Vec<TaskIds>,
    /// Standby tasks for this client.
    pub standby_tasks: Vec<TaskIds>,
    /// Warm-up tasks for this client.
    pub warmup_tasks: Vec<TaskIds>,
}

/// Active tasks for this client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskIds {
    /// The subtopology identifier.
    pub subtopology_id: String,
    /// The partitions of the input topics processed by this member.
    pub partitions: Vec<i32>,
}

/// The full topology description for this group. Non-null if and only if TopologyDescriptionStatus is AVAILABLE (3); null otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopologyDescription {
    /// The subtopologies that make up this topology. v1+.
    pub subtopologies: Vec<TopologyDescriptionSubtopology>,
    /// Global state stores used by this topology. v1+.
    pub global_stores: Vec<TopologyDescriptionGlobalStore>,
}

/// The subtopologies that make up this topology.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopologyDescriptionSubtopology {
    /// The subtopology identifier, unique within the topology. v1+.
    pub subtopology_id: String,
    /// The processing nodes in this subtopology. v1+.
    pub nodes: Vec<TopologyDescriptionNode>,
}

/// The processing nodes in this subtopology.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopologyDescriptionNode {
    /// The name of this node (e.g., KSTREAM-SOURCE-0000000000). v1+.
    pub name: String,
    /// The type of this node: 1=SOURCE, 2=PROCESSOR, 3=SINK. v1+.
    pub node_type: i8,
    /// The source topics this node reads from. Defined only for source nodes, may be empty if source topics are dynamically
    /// determined. v1+.
    pub source_topics: Vec<TopicName>,
    /// The topic this node writes to. Defined only for sink nodes, may be `None` if sink topic is dynamically determined. v1+.
    pub sink_topic: Option<TopicName>,
    /// The state store names accessed by this node. Defined only for processor nodes. v1+.
    pub stores: Vec<String>,
    /// The names of successor nodes in the processing graph. Predecessor relationships are reconstructed from this field. v1+.
    pub successors: Vec<String>,
}

/// Global state stores used by this topology.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopologyDescriptionGlobalStore {
    /// The source node providing data to the global store. v1+.
    pub source: TopologyDescriptionNode,
    /// The processor node that populates the global store. v1+.
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

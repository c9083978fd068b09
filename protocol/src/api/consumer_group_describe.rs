//! ConsumerGroupDescribe (69): state and members of KIP-848 groups. v1 says of what type a member is (KIP-1099).
//!
//! The answer is only shown: a hostile coordinator can make it say anything, at most 24 times as large in memory as on the wire.

use super::wire::{mirror, raw};
use crate::{ErrorCode, GroupId, GroupInstanceId, MemberEpoch, MemberId, TopicId, TopicName};

/// Asks for the state of some groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsumerGroupDescribeRequest {
    /// The groups.
    pub group_ids: Vec<GroupId>,
    /// Whether to say what the asker may do with each.
    pub include_authorized_operations: bool,
}

/// Their states.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsumerGroupDescribeResponse {
    /// How long the broker asks the client to be silent, in milliseconds.
    pub throttle_time_ms: i32,
    /// Per group.
    pub groups: Vec<DescribedGroup>,
}

/// One group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DescribedGroup {
    /// NOT_COORDINATOR, GROUP_ID_NOT_FOUND (also for a classic group), ...
    pub error_code: ErrorCode,
    /// Words about the error; `None` without one.
    pub error_message: Option<String>,
    /// The group.
    pub group_id: GroupId,
    /// `Empty`, `Assigning`, `Reconciling`, `Stable`, `Dead`; empty with an error.
    pub group_state: String,
    /// Grows with every change that asks for a new assignment.
    pub group_epoch: i32,
    /// The group epoch for which the target assignment was made; behind `group_epoch` until the next one is made.
    pub assignment_epoch: i32,
    /// The coordinator's assignor.
    pub assignor_name: String,
    /// The members.
    pub members: Vec<Member>,
    /// A bit per operation; `i32::MIN` when not asked for.
    pub authorized_operations: i32,
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
            assignor_name: String::new(),
            members: Vec::new(),
            authorized_operations: i32::MIN,
        }
    }
}

/// One member of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its id.
    pub member_id: MemberId,
    /// Its instance id; `None` unless static.
    pub instance_id: Option<GroupInstanceId>,
    /// Its rack; `None` if it named none.
    pub rack_id: Option<String>,
    /// The epoch it has reached.
    pub member_epoch: MemberEpoch,
    /// Its `client.id`.
    pub client_id: String,
    /// Where it connected from, such as `/10.0.0.7`.
    pub client_host: String,
    /// The topics it subscribed to by name.
    pub subscribed_topic_names: Vec<TopicName>,
    /// The expression (RE2) it subscribed with; `None` for none.
    pub subscribed_topic_regex: Option<String>,
    /// What it has been given so far.
    pub assignment: Assignment,
    /// What it shall have in the end.
    pub target_assignment: Assignment,
    /// 0 speaks the classic protocol, 1 that of KIP-848, v1+; −1 unknown.
    pub member_type: i8,
}

impl Default for Member {
    fn default() -> Self {
        Self {
            member_id: MemberId::default(),
            instance_id: None,
            rack_id: None,
            member_epoch: MemberEpoch(0),
            client_id: String::new(),
            client_host: String::new(),
            subscribed_topic_names: Vec::new(),
            subscribed_topic_regex: None,
            assignment: Assignment::default(),
            target_assignment: Assignment::default(),
            member_type: -1,
        }
    }
}

/// Partitions of a member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assignment {
    /// By topic.
    pub topic_partitions: Vec<TopicPartitions>,
}

/// Partitions of one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopicPartitions {
    /// The topic's id.
    pub topic_id: TopicId,
    /// The topic's name.
    pub topic_name: TopicName,
    /// Their indexes.
    pub partitions: Vec<i32>,
}

mirror! {
    ConsumerGroupDescribeRequest = raw::ConsumerGroupDescribeRequest {
        group_ids, include_authorized_operations,
    }
    ConsumerGroupDescribeResponse = raw::ConsumerGroupDescribeResponse { throttle_time_ms, groups }
    DescribedGroup = raw::consumer_group_describe_response::DescribedGroup {
        error_code, error_message, group_id, group_state, group_epoch, assignment_epoch, assignor_name,
        members, authorized_operations,
    }
    Member = raw::consumer_group_describe_response::Member {
        member_id, instance_id, rack_id, member_epoch, client_id, client_host, subscribed_topic_names,
        subscribed_topic_regex, assignment, target_assignment, member_type,
    }
    Assignment = raw::consumer_group_describe_response::Assignment { topic_partitions }
    TopicPartitions = raw::consumer_group_describe_response::TopicPartitions {
        topic_id, topic_name, partitions,
    }
}

//! ShareGroupDescribe (77): state and members of share groups. KIP-932.
//!
//! The answer is only shown: a hostile coordinator can make it say anything.

use super::wire::{mirror, raw};
use crate::{ErrorCode, GroupId, MemberEpoch, MemberId, TopicId, TopicName};

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShareGroupDescribeRequest {
    /// The ids of the groups to describe.
    pub group_ids: Vec<GroupId>,
    /// Whether to include authorized operations.
    pub include_authorized_operations: bool,
}

/// What is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShareGroupDescribeResponse {
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
    /// The selected assignor.
    pub assignor_name: String,
    /// The members.
    pub members: Vec<Member>,
    /// 32-bit bitfield to represent authorized operations for this group.
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

/// The members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The member ID.
    pub member_id: MemberId,
    /// The member rack ID.
    pub rack_id: Option<String>,
    /// The current member epoch.
    pub member_epoch: MemberEpoch,
    /// The client ID.
    pub client_id: String,
    /// The client host.
    pub client_host: String,
    /// The subscribed topic names.
    pub subscribed_topic_names: Vec<TopicName>,
    /// The current assignment.
    pub assignment: Assignment,
}

impl Default for Member {
    fn default() -> Self {
        Self {
            member_id: MemberId::default(),
            rack_id: None,
            member_epoch: MemberEpoch(0),
            client_id: String::new(),
            client_host: String::new(),
            subscribed_topic_names: Vec::new(),
            assignment: Assignment::default(),
        }
    }
}

/// The current assignment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assignment {
    /// The assigned topic-partitions to the member.
    pub topic_partitions: Vec<TopicPartitions>,
}

/// The assigned topic-partitions to the member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopicPartitions {
    /// The topic ID.
    pub topic_id: TopicId,
    /// The topic name.
    pub topic_name: TopicName,
    /// The partitions.
    pub partitions: Vec<i32>,
}

mirror! {
    ShareGroupDescribeRequest = raw::ShareGroupDescribeRequest { group_ids, include_authorized_operations }
    ShareGroupDescribeResponse = raw::ShareGroupDescribeResponse { throttle_time_ms, groups }
    DescribedGroup = raw::share_group_describe_response::DescribedGroup {
        error_code, error_message, group_id, group_state, group_epoch, assignment_epoch, assignor_name,
        members, authorized_operations,
    }
    Member = raw::share_group_describe_response::Member {
        member_id, rack_id, member_epoch, client_id, client_host, subscribed_topic_names, assignment,
    }
    Assignment = raw::share_group_describe_response::Assignment { topic_partitions }
    TopicPartitions = raw::share_group_describe_response::TopicPartitions { topic_id, topic_name, partitions }
}

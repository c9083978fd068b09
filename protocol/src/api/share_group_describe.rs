//! ShareGroupDescribe (77): state and members of share groups. KIP-932.
//!
//! The answer is only shown: a hostile coordinator can make it say anything.

pub use super::consumer_group_describe::{Assignment, TopicPartitions};
use super::wire::{mirror, raw};
use crate::{ErrorCode, GroupId, MemberEpoch, MemberId, TopicName};

/// Asks for the state of some share groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShareGroupDescribeRequest {
    /// The groups.
    pub group_ids: Vec<GroupId>,
    /// Whether to say what the asker may do with each.
    pub include_authorized_operations: bool,
}

/// Their states.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShareGroupDescribeResponse {
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
    /// `Empty`, `Stable`, `Dead`; empty with an error.
    pub group_state: String,
    /// Grows with every change that asks for a new assignment.
    pub group_epoch: i32,
    /// The group epoch for which the assignment was made; behind `group_epoch` until the next one is made.
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
    /// Its rack; `None` if it named none.
    pub rack_id: Option<String>,
    /// The epoch it has reached.
    pub member_epoch: MemberEpoch,
    /// Its `client.id`.
    pub client_id: String,
    /// Where it connected from, such as `/10.0.0.7`.
    pub client_host: String,
    /// The topics it subscribed to.
    pub subscribed_topic_names: Vec<TopicName>,
    /// What it may fetch from.
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

//! ConsumerGroupHeartbeat (68): join, stay in and leave a group whose coordinator assigns. KIP-848; v1 brings regular expressions
//! and member ids that the client makes.
//!
//! A hostile coordinator can assign any partitions by topic id and fence the member at will; it cannot make it hold more than 24 times
//! the size of what it sent.

use super::wire::{mirror, raw};
use crate::{ErrorCode, GroupId, GroupInstanceId, MemberEpoch, MemberId, TopicId, TopicName};

/// "Still here", and what changed: `None`, or a timeout of −1, says "as in my last heartbeat". Who joins says everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsumerGroupHeartbeatRequest {
    /// The group.
    pub group_id: GroupId,
    /// The member. From v1 it makes its id itself (a UUID) and keeps it for as long as it lives; in v0 empty to be given one.
    pub member_id: MemberId,
    /// The epoch last heard of; 0 joins, −1 leaves, −2 is a static member that leaves to come back (KIP-848).
    pub member_epoch: MemberEpoch,
    /// Static members.
    pub instance_id: Option<GroupInstanceId>,
    /// The member's rack.
    pub rack_id: Option<String>,
    /// How long the coordinator waits for the member to give up partitions before it drops the member, in milliseconds.
    pub rebalance_timeout_ms: i32,
    /// Topics by name.
    pub subscribed_topic_names: Option<Vec<TopicName>>,
    /// Topics by an expression (RE2) that the coordinator evaluates, v1+; "" ends such a subscription.
    pub subscribed_topic_regex: Option<String>,
    /// The assignor the member would like; also `None` to leave it to the coordinator.
    pub server_assignor: Option<String>,
    /// What the member owns now.
    pub topic_partitions: Option<Vec<TopicPartitions>>,
}

impl Default for ConsumerGroupHeartbeatRequest {
    fn default() -> Self {
        Self {
            group_id: GroupId::default(),
            member_id: MemberId::default(),
            member_epoch: MemberEpoch(0),
            instance_id: None,
            rack_id: None,
            rebalance_timeout_ms: -1,
            subscribed_topic_names: None,
            subscribed_topic_regex: None,
            server_assignor: None,
            topic_partitions: None,
        }
    }
}

/// Partitions of one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopicPartitions {
    /// The topic.
    pub topic_id: TopicId,
    /// Their indexes.
    pub partitions: Vec<i32>,
}

/// What the member is to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsumerGroupHeartbeatResponse {
    /// How long the broker asks the client to be silent, in milliseconds.
    pub throttle_time_ms: i32,
    /// UNKNOWN_MEMBER_ID, FENCED_MEMBER_EPOCH, UNRELEASED_INSTANCE_ID, UNSUPPORTED_ASSIGNOR, ...
    pub error_code: ErrorCode,
    /// Words about the error; `None` without one.
    pub error_message: Option<String>,
    /// The member; `None` with an error.
    pub member_id: Option<MemberId>,
    /// The epoch to say from now on.
    pub member_epoch: MemberEpoch,
    /// How long to wait before the next heartbeat, in milliseconds.
    pub heartbeat_interval_ms: i32,
    /// What the member may own now; `None` if that did not change.
    pub assignment: Option<Assignment>,
}

impl Default for ConsumerGroupHeartbeatResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: ErrorCode::default(),
            error_message: None,
            member_id: None,
            member_epoch: MemberEpoch(0),
            heartbeat_interval_ms: 0,
            assignment: None,
        }
    }
}

/// The partitions of a member: all of them, not what is new.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assignment {
    /// By topic.
    pub topic_partitions: Vec<TopicPartitions>,
}

mirror! {
    ConsumerGroupHeartbeatRequest = raw::ConsumerGroupHeartbeatRequest {
        group_id,
        member_id,
        member_epoch,
        instance_id,
        rack_id,
        rebalance_timeout_ms,
        subscribed_topic_names,
        subscribed_topic_regex(in 1..),
        server_assignor,
        topic_partitions,
    }
    TopicPartitions = raw::consumer_group_heartbeat_request::TopicPartitions { topic_id, partitions }
    ConsumerGroupHeartbeatResponse = raw::ConsumerGroupHeartbeatResponse {
        throttle_time_ms, error_code, error_message, member_id, member_epoch, heartbeat_interval_ms,
        assignment,
    }
    Assignment = raw::consumer_group_heartbeat_response::Assignment { topic_partitions }
    TopicPartitions = raw::consumer_group_heartbeat_response::TopicPartitions { topic_id, partitions }
}

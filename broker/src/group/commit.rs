//! Who may commit or delete offsets of a group, and which offsets are in use.

use alloc::collections::BTreeSet;

use kohort_protocol::api::offset_commit::OffsetCommitRequest;
use kohort_protocol::{ErrorCode, TopicName};

use super::subscription::subscribed_topics;
use super::{Group, GroupState};

impl Group {
    /// Commits from outside (generation −1) are for empty groups only. A member may commit while the group prepares a
    /// rebalance, so that it can save its work before it gives its partitions up, but not between JoinGroup and SyncGroup.
    pub(crate) fn may_commit(&self, request: &OffsetCommitRequest) -> Result<(), ErrorCode> {
        let generation = request.generation_id_or_member_epoch;
        let instance = request.group_instance_id.as_ref();
        if generation.0 < 0 && self.state == GroupState::Empty {
            return Ok(());
        }
        if generation.0 < 0 && request.member_id.is_empty() && instance.is_none() {
            return Err(ErrorCode::UNKNOWN_MEMBER_ID);
        }
        self.validate(&request.member_id, instance)?;
        if generation != self.generation {
            return Err(ErrorCode::ILLEGAL_GENERATION);
        }
        if self.state == GroupState::CompletingRebalance {
            return Err(ErrorCode::REBALANCE_IN_PROGRESS);
        }
        Ok(())
    }

    /// A live group that is no consumer group keeps its offsets: nobody but its members knows what they mean.
    pub(crate) fn may_delete_offsets(&self) -> Result<(), ErrorCode> {
        if self.state == GroupState::Empty || self.is_of_consumers() {
            Ok(())
        } else {
            Err(ErrorCode::NON_EMPTY_GROUP)
        }
    }

    /// Whether a topic is in use. If the members' metadata cannot be read, every topic is.
    pub(crate) fn is_subscribed_to(&self, topic: &TopicName) -> bool {
        self.state != GroupState::Empty
            && self
                .subscribed
                .as_ref()
                .map_or(self.is_of_consumers(), |topics| topics.contains(topic))
    }

    fn is_of_consumers(&self) -> bool {
        self.protocol_type.as_deref() == Some("consumer")
    }

    /// Whether an offset may expire while the group lives: only if it is certain that no member subscribes to its topic.
    pub(crate) fn spares(&self, topic: &TopicName) -> bool {
        match &self.subscribed {
            Some(topics) => self.state == GroupState::Stable && !topics.contains(topic),
            None => false,
        }
    }

    pub(super) fn read_subscriptions(&self) -> Option<BTreeSet<TopicName>> {
        if !self.is_of_consumers() {
            return None;
        }
        let protocol = self.protocol_name.as_deref()?;
        let mut topics = BTreeSet::new();
        for member in self.members.values() {
            topics.extend(subscribed_topics(&member.metadata(protocol))?);
        }
        Some(topics)
    }
}

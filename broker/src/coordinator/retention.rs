//! Offsets past their retention (KIP-211): those of an empty group once it was empty for so long, those of a group that only
//! ever committed from outside so long after the commit, and those of a live group for topics nobody subscribes to. A commit of
//! v2-v4 may bring a retention of its own (seen on Kafka 4.4.0: shorter or longer, it counts instead).

use alloc::vec::Vec;
use core::time::Duration;

use kohort_protocol::{GroupId, Timestamp, TopicName};

use super::record::{CommittedOffset, Record};
use super::shard::Books;
use super::turn::{Completion, ShardTimer};
use crate::group::Group;

impl Books<'_> {
    pub(super) fn expire_offsets(&mut self) {
        let ids: Vec<GroupId> = self.groups.keys().cloned().collect();
        for id in ids {
            self.expire_offsets_of(&id);
        }
        let interval = self.turn.config.offsets_retention_check_interval;
        self.turn.after(interval, ShardTimer::Retention);
    }

    /// An empty group goes with its last offset, even if ids were promised in it (seen on Kafka 4.4.0: such an id gets 25).
    fn expire_offsets_of(&mut self, id: &GroupId) {
        let Some(group) = self.groups.get(id) else { return };
        let now = self.turn.now;
        let retention = self.turn.config.offsets_retention;
        let all = self.offsets.get(id);
        let total = all.map_or(0, |offsets| offsets.len());
        let expired: Vec<Record> = all
            .into_iter()
            .flatten()
            .filter(|((topic, _), offset)| {
                may_expire(group, topic) && expiry(group, offset, retention) <= now
            })
            .map(|((topic, partition), _)| Record::OffsetGone(id.clone(), topic.clone(), *partition))
            .collect();
        let gone = group.is_empty() && expired.len() == total;
        let result = if gone {
            self.delete_group(id, Completion::Nothing)
        } else if expired.is_empty() {
            Ok(())
        } else {
            self.turn.append(expired, Completion::Nothing)
        };
        debug_assert!(result.is_ok(), "only a leader looks after retention");
    }
}

fn may_expire(group: &Group, topic: &TopicName) -> bool {
    group.is_empty() || group.spares(topic)
}

fn expiry(group: &Group, offset: &CommittedOffset, retention: Duration) -> Timestamp {
    let last_use = match group.protocol_type() {
        Some(_) if group.is_empty() => group.since().max(offset.committed_at),
        _ => offset.committed_at,
    };
    offset.expires_at.unwrap_or(last_use + retention)
}

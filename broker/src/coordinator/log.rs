//! One partition of `__consumer_offsets` as all its replicas hold it. It knows what is flushed and what is not yet,
//! and nothing of groups, members or errors.
//!
//! The flushed part is kept compacted (newest value per key, no tombstones), so its size is that of the live state.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec::Vec;

use kohort_protocol::{GroupId, TopicId, TopicName};

use super::record::{CommittedOffset, GroupRecord, Record};

/// Offsets of one group by partition.
pub(crate) type GroupOffsets = BTreeMap<(TopicName, i32), CommittedOffset>;

#[derive(Debug, Default)]
pub(crate) struct CoordinatorLog {
    groups: BTreeMap<GroupId, GroupRecord>,
    offsets: BTreeMap<GroupId, GroupOffsets>,
    tail: VecDeque<Record>,
    changes: u64,
}

impl CoordinatorLog {
    pub(crate) fn append(&mut self, records: impl IntoIterator<Item = Record>) {
        self.tail.extend(records);
    }

    /// The oldest `count` un-flushed records reach the disks of all replicas: from now on no kill loses them.
    pub(crate) fn flush(&mut self, count: usize) -> Vec<Record> {
        let flushed: Vec<Record> = self.tail.drain(..count.min(self.tail.len())).collect();
        for record in &flushed {
            self.compact(record.clone());
        }
        self.changes += u64::from(!flushed.is_empty());
        flushed
    }

    /// How often what is flushed has changed.
    pub(crate) const fn changes(&self) -> u64 {
        self.changes
    }

    pub(crate) fn unflushed(&self) -> usize {
        self.tail.len()
    }

    /// The leader is gone: of its un-flushed records the oldest `kept` had reached the next leader, the others are lost.
    pub(crate) fn lose_leader(&mut self, kept: usize) {
        self.flush(kept);
        self.tail.clear();
    }

    pub(crate) fn groups(&self) -> &BTreeMap<GroupId, GroupRecord> {
        &self.groups
    }

    pub(crate) fn offsets(&self) -> &BTreeMap<GroupId, GroupOffsets> {
        &self.offsets
    }

    /// Every partition of which the group has an offset, flushed or not, and the topic that the newest is of.
    pub(crate) fn offset_keys(&self, group: &GroupId) -> BTreeMap<(TopicName, i32), TopicId> {
        let flushed = self.offsets.get(group).into_iter().flatten();
        let mut keys: BTreeMap<_, _> = flushed
            .map(|(key, offset)| (key.clone(), offset.topic_id))
            .collect();
        for record in &self.tail {
            if let Record::Offset(id, topic, partition, offset) = record
                && id == group
            {
                keys.insert((topic.clone(), *partition), offset.topic_id);
            }
        }
        keys
    }

    fn compact(&mut self, record: Record) {
        match record {
            Record::Group(group, value) => {
                self.groups.insert(group, value);
            }
            Record::GroupGone(group) => {
                self.groups.remove(&group);
            }
            Record::Offset(group, topic, partition, value) => {
                self.offsets
                    .entry(group)
                    .or_default()
                    .insert((topic, partition), value);
            }
            Record::OffsetGone(group, topic, partition) => {
                remove_offset(&mut self.offsets, &group, &(topic, partition));
            }
        }
    }
}

/// Takes an offset out, and the group's map with its last one.
pub(crate) fn remove_offset(
    offsets: &mut BTreeMap<GroupId, GroupOffsets>,
    group: &GroupId,
    key: &(TopicName, i32),
) {
    if let Some(of_group) = offsets.get_mut(group) {
        of_group.remove(key);
        if of_group.is_empty() {
            offsets.remove(group);
        }
    }
}

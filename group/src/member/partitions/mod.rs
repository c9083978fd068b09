//! What is owned, and how far each partition has been read.
//!
//! Four places in a partition, none ahead of the one before it (rule 63, S10): *fetch*, where the next Fetch begins; *delivered*,
//! behind the last records the application took; *processed*, behind those it is done with; *committed*. Only what was taken moves
//! *delivered*, and only the application's coming back for more moves *processed*. How positions are found and records are fetched,
//! this file refuses to know.

mod partition;
mod ready;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use kohort_protocol::{TopicId, TopicName, TopicPartition};

pub(super) use partition::{Marks, Partition, Place, Position, Reset, Stamp};
pub(super) use ready::Batch;
use ready::Shelf;

use super::io::{Period, SeekTo};
use super::topics::is_another;
use super::wire::Wire;

/// Everything that is owned.
#[derive(Debug, Default)]
pub(super) struct Partitions {
    owned: BTreeMap<TopicPartition, Partition>,
    period: u64,
    stamps: u64,
    shelf: Shelf,
    /// Where something was taken since the application last came back.
    unprocessed: BTreeSet<TopicPartition>,
}

impl Partitions {
    /// The period of ownership that runs, or ran last.
    pub(super) const fn period(&self) -> Period {
        Period(self.period)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.owned.is_empty()
    }

    pub(super) fn names(&self) -> Vec<TopicPartition> {
        self.owned.keys().cloned().collect()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&TopicPartition, &Partition)> {
        self.owned.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (&TopicPartition, &mut Partition)> {
        self.owned.iter_mut()
    }

    pub(super) fn find(&self, name: &TopicPartition) -> Option<&Partition> {
        self.owned.get(name)
    }

    pub(super) fn find_mut(&mut self, name: &TopicPartition) -> Option<&mut Partition> {
        self.owned.get_mut(name)
    }

    /// The partition, if it is still read along the line that `stamp` names.
    pub(super) fn same_line(&mut self, name: &TopicPartition, stamp: Stamp) -> Option<&mut Partition> {
        self.owned
            .get_mut(name)
            .filter(|partition| partition.stamp == stamp)
    }

    /// Whether `name` is owned, and has been since `period` began.
    pub(super) fn is_owned_since(&self, name: &TopicPartition, period: Period) -> bool {
        period == self.period() && self.owned.contains_key(name)
    }

    /// Bytes that lie ready.
    pub(super) const fn buffered(&self) -> usize {
        self.shelf.bytes
    }

    fn next_stamp(&mut self) -> Stamp {
        self.stamps += 1;
        Stamp(self.stamps)
    }

    /// Lets go of the partitions whose topic has another id than when it was first seen, and names them.
    pub(super) fn drop_recreated(
        &mut self,
        wire: &mut Wire,
        id: impl Fn(&TopicName) -> TopicId,
    ) -> Vec<TopicPartition> {
        let mut gone = Vec::new();
        for (name, partition) in &mut self.owned {
            let now = id(&name.topic);
            if partition.topic_id == TopicId::ZERO {
                partition.topic_id = now;
            } else if is_another(partition.topic_id, now) {
                partition.withdraw(wire, &mut self.shelf);
                gone.push(name.clone());
            }
        }
        self.owned.retain(|name, _| !gone.contains(name));
        gone
    }

    /// A new period begins.
    pub(super) fn assign(&mut self, names: impl Iterator<Item = TopicPartition>) {
        self.period += 1;
        for name in names {
            let stamp = self.next_stamp();
            self.owned.insert(name, Partition::new(stamp));
        }
    }

    /// Nothing is owned any more.
    pub(super) fn clear(&mut self, wire: &mut Wire) {
        self.withdraw(wire);
        self.owned.clear();
        self.shelf = Shelf::default();
        self.unprocessed.clear();
    }

    /// Takes all back that the application did not take.
    pub(super) fn withdraw(&mut self, wire: &mut Wire) {
        for partition in self.owned.values_mut() {
            partition.withdraw(wire, &mut self.shelf);
        }
    }

    /// The position was found in the group's committed offsets or in the log.
    pub(super) fn place(&mut self, name: &TopicPartition, at: Position) {
        let Some(partition) = self.owned.get_mut(name) else {
            return;
        };
        partition.place = Place::At;
        partition.fetch = at;
        partition.delivered = Some(at);
        partition.retry.succeeded();
        if partition.processed.is_none() {
            // Nothing was handed out before it. To commit it saves the next owner from a reset to somewhere else.
            partition.processed = Some(at);
        } else {
            self.unprocessed.insert(name.clone());
        }
    }

    /// The line of reading breaks: it continues at `place`, as soon as that is known.
    pub(super) fn jump(&mut self, wire: &mut Wire, name: &TopicPartition, place: Place) {
        let stamp = self.next_stamp();
        let Some(partition) = self.owned.get_mut(name) else {
            return;
        };
        partition.withdraw(wire, &mut self.shelf);
        partition.withdrawn.clear();
        partition.stamp = stamp;
        partition.place = place;
        partition.replica = None;
        partition.suspect = None;
        partition.retry.succeeded();
    }

    /// What is processed next is committed although it may be lower. Else the group would keep an offset that the log does not hold, and
    /// whoever gets the partition next would be reset again.
    pub(super) fn may_go_back(&mut self, name: &TopicPartition) {
        if let Some(partition) = self.owned.get_mut(name) {
            partition.rewound = true;
        }
    }

    /// The log set the position back. What it does not hold any more counts as processed no longer: to commit it would skip new records
    /// that take its offsets.
    pub(super) fn set_back(&mut self, name: &TopicPartition) {
        if let Some(partition) = self.owned.get_mut(name) {
            let to = partition.fetch;
            let is_left = |at: &Position| at.offset <= to.offset;
            partition.processed = partition.processed.map(|at| if is_left(&at) { at } else { to });
            // Its number may come again, and is another record's then.
            partition.committed = partition.committed.filter(is_left);
        }
        self.may_go_back(name);
    }

    /// Nothing more of it is fetched until the application seeks; what lies ready may still be had.
    pub(super) fn halt(&mut self, name: &TopicPartition) {
        if let Some(partition) = self.owned.get_mut(name) {
            partition.place = Place::Stopped;
        }
    }

    /// The log ends before what was read: go on at `to`, and commit it although it is lower.
    pub(super) fn truncate(&mut self, wire: &mut Wire, name: &TopicPartition, to: Position) {
        self.jump(wire, name, Place::At);
        self.place(name, to);
        self.set_back(name);
    }

    /// Hands out nothing of it, or goes on.
    pub(super) fn pause(&mut self, wire: &mut Wire, name: &TopicPartition, paused: bool) {
        if let Some(partition) = self.owned.get_mut(name) {
            partition.paused = paused;
            if paused {
                partition.withdraw(wire, &mut self.shelf);
            }
        }
    }

    /// The application goes elsewhere by its own wish: what it had before is no reason to hold back a commit (S06).
    pub(super) fn seek(&mut self, wire: &mut Wire, name: &TopicPartition, to: SeekTo) {
        let from = self
            .find(name)
            .and_then(|partition| partition.delivered)
            .map(|at| at.offset);
        self.jump(
            wire,
            name,
            Place::Reset(Reset {
                to,
                reason: None,
                from,
            }),
        );
        let Some(partition) = self.owned.get_mut(name) else {
            return;
        };
        partition.rewound = true;
        if let SeekTo::Offset(offset) = to {
            self.place(name, Position::chosen(offset));
        }
    }
}

//! Records that lie ready: they come under a ticket, and are taken, taken back, or passed over.

use alloc::collections::{BTreeMap, VecDeque};

use kohort_protocol::TopicPartition;

use super::Partitions;
use super::partition::{Partition, Place, Position, Stamp};
use crate::member::io::{Output, Ticket};
use crate::member::wire::Wire;

/// So many tickets that were taken or withdrawn are remembered, for what the application may still say of them.
const REMEMBERED: usize = 4096;

/// Records that lie ready under a ticket.
#[derive(Clone, Copy, Debug)]
pub(in crate::member) struct Batch {
    pub(in crate::member) ticket: Ticket,
    pub(in crate::member) from: i64,
    pub(in crate::member) next: Position,
    pub(in crate::member) bytes: usize,
    /// Without: control records only. It is passed over once all before it is taken.
    pub(in crate::member) visible: bool,
}

/// Whose records lie under a ticket, or lay there a while ago.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    tickets: BTreeMap<Ticket, (TopicPartition, Stamp)>,
    /// Those that lie there no longer, oldest first.
    over: VecDeque<Ticket>,
    /// How much memory those hold that still lie there.
    pub(super) bytes: usize,
}

impl Shelf {
    /// The records are taken or withdrawn. The application may still have something to say of them.
    fn leaves(&mut self, ticket: Ticket) {
        self.over.push_back(ticket);
        while self.over.len() > REMEMBERED {
            if let Some(old) = self.over.pop_front() {
                self.tickets.remove(&old);
            }
        }
    }
}

impl Partition {
    /// Takes all back that the application did not take: it is to be fetched again.
    pub(super) fn withdraw(&mut self, wire: &mut Wire, shelf: &mut Shelf) {
        if self.place == Place::Stopped && !self.ready.is_empty() {
            self.place = Place::At; // there were good records before those that cannot be read
        }
        for batch in self.ready.drain(..) {
            if batch.visible {
                wire.push(Output::Discard(batch.ticket));
                shelf.leaves(batch.ticket);
            }
            self.withdrawn.push_back(batch);
        }
        while self.withdrawn.len() > REMEMBERED {
            self.withdrawn.pop_front();
        }
        if let Some(delivered) = self.delivered {
            self.fetch = delivered;
        }
        shelf.bytes -= core::mem::take(&mut self.ready_bytes);
    }

    /// Control records at the head are used up: there is nothing to hand out before what follows them. If all that was handed out is
    /// processed, so are they; a consumer that waits at the end of a transaction would else seem to lag behind it for ever.
    fn pass_over(&mut self, is_caught_up: bool) {
        while let Some(batch) = self.ready.pop_front_if(|batch| !batch.visible) {
            self.delivered = Some(batch.next);
        }
        if is_caught_up {
            self.processed = self.delivered;
        }
    }
}

impl Partitions {
    #[cfg(test)]
    pub(in crate::member) fn batches(&self) -> usize {
        self.owned.values().map(|partition| partition.ready.len()).sum()
    }

    /// Records have come, and the application may have them.
    pub(in crate::member) fn arrived(&mut self, wire: &mut Wire, name: &TopicPartition, batch: Batch) {
        let period = self.period();
        let Some(partition) = self.owned.get_mut(name) else {
            return;
        };
        partition.fetch = batch.next;
        partition.ready_bytes += batch.bytes;
        self.shelf.bytes += batch.bytes;
        match partition.ready.back_mut() {
            // They hold no memory that is counted: a log of nothing else must not make a list without end.
            Some(last) if !last.visible && !batch.visible => last.next = batch.next,
            _ => partition.ready.push_back(batch),
        }
        if batch.visible {
            self.shelf
                .tickets
                .insert(batch.ticket, (name.clone(), partition.stamp));
            let (ticket, partition, from) = (batch.ticket, name.clone(), batch.from);
            wire.push(Output::Deliver {
                ticket,
                partition,
                period,
                from,
            });
        } else {
            wire.push(Output::Discard(batch.ticket));
            // After a seek the position may be what was processed before it, although what was read since is not.
            let is_caught_up = partition.processed == partition.delivered && !self.unprocessed.contains(name);
            partition.pass_over(is_caught_up);
            if !is_caught_up {
                self.unprocessed.insert(name.clone());
            }
        }
    }

    /// The application took the records of `ticket`. It may have been faster than a withdrawal; then they count as well. Whether the
    /// partition has less than `limit` bytes ready by now and had not before, or must be fetched from elsewhere.
    pub(in crate::member) fn taken(&mut self, wire: &mut Wire, ticket: Ticket, limit: usize) -> bool {
        let Some((name, stamp)) = self.shelf.tickets.get(&ticket).cloned() else {
            return false;
        };
        let Some(partition) = self
            .owned
            .get_mut(&name)
            .filter(|partition| partition.stamp == stamp)
        else {
            return false;
        };
        let before = partition.ready_bytes;
        let was_withdrawn = !partition.ready.iter().any(|batch| batch.ticket == ticket);
        if was_withdrawn {
            let Some(at) = partition
                .withdrawn
                .iter()
                .position(|batch| batch.ticket == ticket)
            else {
                return false;
            };
            partition.delivered = partition.withdrawn.get(at).map(|batch| batch.next);
            partition.withdrawn.drain(..=at);
            partition.withdraw(wire, &mut self.shelf);
        } else {
            while let Some(batch) = partition.ready.pop_front() {
                partition.delivered = Some(batch.next);
                partition.ready_bytes -= batch.bytes;
                self.shelf.bytes -= batch.bytes;
                if batch.ticket == ticket {
                    break;
                }
            }
        }
        partition.pass_over(false);
        let is_hungry = was_withdrawn || (before >= limit && partition.ready_bytes < limit);
        self.unprocessed.insert(name);
        self.shelf.leaves(ticket);
        is_hungry
    }

    /// The application is done with all that it took.
    pub(in crate::member) fn processed(&mut self) {
        while let Some(name) = self.unprocessed.pop_first() {
            if let Some(partition) = self.owned.get_mut(&name) {
                partition.processed = partition.delivered;
                if core::mem::take(&mut partition.rewound) {
                    partition.floor = None;
                }
            }
        }
    }

    /// The application could not read on behind `offset` in what it took: the position goes back there. Whose it was, if it matters still.
    pub(in crate::member) fn broken(
        &mut self,
        wire: &mut Wire,
        ticket: Ticket,
        offset: i64,
    ) -> Option<TopicPartition> {
        let (name, stamp) = self.shelf.tickets.get(&ticket).cloned()?;
        self.same_line(&name, stamp)?;
        self.jump(wire, &name, Place::Stopped);
        let partition = self.owned.get_mut(&name)?;
        let back = |at: Position| {
            if at.offset > offset {
                Position::chosen(offset)
            } else {
                at
            }
        };
        partition.delivered = partition.delivered.map(back);
        partition.processed = partition.processed.map(back);
        Some(name)
    }
}

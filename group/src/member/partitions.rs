//! What is owned, and how far each partition has been read.
//!
//! Four places in a partition, none ahead of the one before it (rule 63, S10): *fetch*, where the next Fetch begins; *delivered*,
//! behind the last records the application took; *processed*, behind those it is done with; *committed*. Only what was taken moves
//! *delivered*, and only the application's coming back for more moves *processed*. How positions are found and records are fetched,
//! this file refuses to know.

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;

use kohort_protocol::{LeaderEpoch, NodeId, Timestamp, TopicId, TopicName, TopicPartition};

use super::backoff::Retry;
use super::io::{Output, Period, SeekTo, Ticket};
use super::wire::Wire;

/// So many tickets that were taken or withdrawn are remembered, for what the application may still say of them.
const REMEMBERED: usize = 4096;

/// The next record to read, and the epoch of the one before it (KIP-320).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) offset: i64,
    pub(super) epoch: LeaderEpoch,
}

impl Position {
    /// A place that was chosen rather than read up to: nothing is known of the record before it.
    pub(super) const fn chosen(offset: i64) -> Self {
        Self {
            offset,
            epoch: LeaderEpoch::NONE,
        }
    }
}

/// One line of reading in one partition. Whatever breaks the line (another period, a seek, a reset) makes a new stamp, and answers to
/// questions asked under the old one no longer matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stamp(u64);

/// How the position is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The group's committed offset says.
    Lookup,
    /// The coordinator has none: `auto.offset.reset` says, once the application has let go of its notice.
    Unset,
    /// A look into the log says.
    Reset(Reset),
    /// It is.
    At,
    /// It is not, until the application seeks.
    Stopped,
}

/// A position that is to be found in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reset {
    pub(super) to: SeekTo,
    /// Why, if the application did not ask for it.
    pub(super) reason: Option<String>,
    pub(super) from: Option<i64>,
}

/// Records that lie ready under a ticket.
#[derive(Clone, Copy, Debug)]
pub(super) struct Batch {
    pub(super) ticket: Ticket,
    pub(super) from: i64,
    pub(super) next: Position,
    pub(super) bytes: usize,
    /// Without: control records only. It is passed over once all before it is taken.
    pub(super) visible: bool,
}

/// What the last Fetch said of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Marks {
    pub(super) high_watermark: i64,
    pub(super) last_stable_offset: i64,
    pub(super) log_start_offset: i64,
}

/// One partition that is owned.
#[derive(Debug)]
pub(super) struct Partition {
    pub(super) stamp: Stamp,
    pub(super) place: Place,
    pub(super) fetch: Position,
    pub(super) delivered: Option<Position>,
    pub(super) processed: Option<Position>,
    pub(super) committed: Option<i64>,
    /// The newest offset that a commit was asked for; auto-commit never goes below it (S06) ...
    pub(super) floor: Option<i64>,
    /// ... unless the application went back by its own wish.
    rewound: bool,
    pub(super) paused: bool,
    pub(super) marks: Option<Marks>,
    /// A follower to read from, and until when (KIP-392).
    pub(super) replica: Option<(NodeId, Timestamp)>,
    /// Of whatever is tried next for this partition.
    pub(super) retry: Retry,
    /// The batch at this offset could not be read once.
    pub(super) suspect: Option<i64>,
    /// So much room was needed by records that had to be dropped.
    pub(super) needs: usize,
    /// The id of its topic, once it is known.
    topic_id: TopicId,
    ready: VecDeque<Batch>,
    ready_bytes: usize,
    /// Taken back from the application, unless it was faster.
    withdrawn: VecDeque<Batch>,
}

impl Partition {
    fn new(stamp: Stamp) -> Self {
        Self {
            stamp,
            place: Place::Lookup,
            fetch: Position::chosen(0),
            delivered: None,
            processed: None,
            committed: None,
            floor: None,
            rewound: false,
            paused: false,
            marks: None,
            replica: None,
            retry: Retry::new("reading a partition"),
            suspect: None,
            needs: 0,
            topic_id: TopicId::ZERO,
            ready: VecDeque::new(),
            ready_bytes: 0,
            withdrawn: VecDeque::new(),
        }
    }

    /// Bytes that lie ready.
    pub(super) const fn ready_bytes(&self) -> usize {
        self.ready_bytes
    }

    /// Takes all back that the application did not take: it is to be fetched again.
    fn withdraw(&mut self, wire: &mut Wire, shelf: &mut Shelf) {
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
    fn pass_over(&mut self) {
        let is_caught_up = self.processed == self.delivered;
        while let Some(batch) = self.ready.pop_front_if(|batch| !batch.visible) {
            self.delivered = Some(batch.next);
        }
        if is_caught_up {
            self.processed = self.delivered;
        }
    }
}

/// Whose records lie under a ticket, or lay there a while ago.
#[derive(Debug, Default)]
struct Shelf {
    tickets: BTreeMap<Ticket, (TopicPartition, Stamp)>,
    /// Those that lie there no longer, oldest first.
    over: VecDeque<Ticket>,
    /// How much memory those hold that still lie there.
    bytes: usize,
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
            } else if now != TopicId::ZERO && now != partition.topic_id {
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
        if let Some(partition) = self.owned.get_mut(name) {
            partition.rewound = true;
        }
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

    /// Records have come, and the application may have them.
    pub(super) fn arrived(&mut self, wire: &mut Wire, name: &TopicPartition, batch: Batch) {
        let period = self.period();
        let Some(partition) = self.owned.get_mut(name) else {
            return;
        };
        partition.fetch = batch.next;
        partition.ready_bytes += batch.bytes;
        self.shelf.bytes += batch.bytes;
        partition.ready.push_back(batch);
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
            partition.pass_over();
            self.unprocessed.insert(name.clone());
        }
    }

    /// The application took the records of `ticket`. It may have been faster than a withdrawal; then they count as well. Whether the
    /// partition has less than `limit` bytes ready by now and had not before, or must be fetched from elsewhere.
    pub(super) fn taken(&mut self, wire: &mut Wire, ticket: Ticket, limit: usize) -> bool {
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
        partition.pass_over();
        let is_hungry = was_withdrawn || (before >= limit && partition.ready_bytes < limit);
        self.unprocessed.insert(name);
        self.shelf.leaves(ticket);
        is_hungry
    }

    /// The application is done with all that it took.
    pub(super) fn processed(&mut self) {
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
    pub(super) fn broken(&mut self, wire: &mut Wire, ticket: Ticket, offset: i64) -> Option<TopicPartition> {
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

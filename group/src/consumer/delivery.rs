//! What a consumer is handed, in order: records, and notices about the partitions they come from.

use std::sync::Arc;

use kohort_protocol::TopicPartition;
use tokio::time::Instant;

use super::Records;
use crate::driver::{Fact, Item, Notice, Slot};
use crate::member::{GuardId, Period};

/// One thing handed to the application by [`Consumer::next_delivery`](crate::Consumer::next_delivery), in the order it happened.
///
/// Positions that are kept elsewhere, in the database that the records go to:
///
/// ```no_run
/// use kohort_group::{Consumer, ConsumerError, Delivery, member::SeekTo};
/// # fn load(_: &kohort_protocol::TopicPartition) -> i64 { 0 }
/// # fn store(_: kohort_group::Records) {}
///
/// # async fn example(mut consumer: Consumer) -> Result<(), ConsumerError> {
/// loop {
///     match consumer.next_delivery().await? {
///         Delivery::Assigned(assigned) => {
///             for partition in assigned.partitions() {
///                 consumer.seek(partition.clone(), SeekTo::Offset(load(partition))).await?;
///             }
///         } // dropped here: fetching begins
///         Delivery::Records(records) => store(records),
///         Delivery::Revoking(_) => {} // all is stored: let the group go on
///         Delivery::Lost(partitions) => eprintln!("lost {partitions:?}"),
///         Delivery::Notice(notice) => eprintln!("{notice}"),
///         _ => {}
///     }
/// }
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant, reason = "nearly all are records")]
pub enum Delivery {
    /// Records of one partition.
    Records(Records),
    /// Partitions were gained.
    Assigned(Assigned),
    /// Partitions go to somebody else once this is dropped.
    Revoking(Revoking),
    /// Partitions are gone already: finish nothing, commit nothing of them.
    Lost(Vec<TopicPartition>),
    /// Something happened that the consumer deals with by itself.
    Notice(Notice),
}

impl Delivery {
    pub(crate) fn of(item: Item, slot: &Arc<Slot>) -> Self {
        let guard = |guard| Guard {
            guard,
            slot: Arc::clone(slot),
        };
        match item {
            Item::Records(records) => Self::Records(records),
            Item::Assigned {
                guard: id,
                partitions,
                period,
            } => Self::Assigned(Assigned {
                partitions,
                period,
                _guard: guard(id),
            }),
            Item::Revoking {
                guard: id,
                partitions,
                deadline,
            } => Self::Revoking(Revoking {
                partitions,
                deadline,
                _guard: guard(id),
            }),
            Item::Lost { partitions } => Self::Lost(partitions),
            Item::Notice(notice) => Self::Notice(notice),
        }
    }
}

/// Partitions that were gained. Nothing of them is fetched while this is held: seek, or load positions from elsewhere; then drop it.
/// That must happen within `max.poll.interval.ms`. Dropped while panicking it makes the member leave; dropped after the partitions
/// were lost, or are to be given back, it does nothing.
#[derive(Debug)]
pub struct Assigned {
    partitions: Vec<TopicPartition>,
    period: Period,
    _guard: Guard,
}

impl Assigned {
    /// What was gained.
    #[must_use]
    pub fn partitions(&self) -> &[TopicPartition] {
        &self.partitions
    }

    /// The period of ownership that begins; offsets committed with it are refused once it is over.
    #[must_use]
    pub fn period(&self) -> Period {
        self.period
    }
}

/// Partitions that go. No more records of them are handed out. Finish with those that were, commit, and drop this: that lets the
/// rebalance go on. After [`deadline`](Self::deadline) the group goes on without this member, and the partitions are lost.
///
/// Commits that were asked for before it is dropped are done first; with automatic commits also one of all that is processed.
/// Dropped while panicking it is *not* acknowledged: the member leaves, so that nothing counts as processed that was not. Dropped
/// too late it does nothing.
#[derive(Debug)]
pub struct Revoking {
    partitions: Vec<TopicPartition>,
    deadline: Instant,
    _guard: Guard,
}

impl Revoking {
    /// What goes.
    #[must_use]
    pub fn partitions(&self) -> &[TopicPartition] {
        &self.partitions
    }

    /// By when this must be dropped.
    #[must_use]
    pub fn deadline(&self) -> Instant {
        self.deadline
    }
}

/// Tells the driver when it is let go of. Late, that does nothing.
#[derive(Debug)]
struct Guard {
    guard: GuardId,
    slot: Arc<Slot>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.slot.tell(Fact::Released {
            guard: self.guard,
            unwinding: std::thread::panicking(),
        });
    }
}

//! The one thing that the driver and the application's handles share: a mutex around two queues.
//!
//! *Facts* go from the application to the driver, in the order they happened; *items* go the other way. Taking records out is
//! synchronous and recorded as a fact under the same lock under which the driver withdraws them. So no record of a revoked
//! partition sits in a channel on its way to the application, and a dropped future loses nothing.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kohort_protocol::{TopicName, TopicPartition};
use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use crate::consumer::{Records, Status};
use crate::member::{CallError, CommitOffset, GuardId, MemberError, Period, SeekTo, Ticket};

/// What the application did.
#[derive(Debug)]
pub(crate) enum Fact {
    /// It came back for more.
    Polled,
    /// It waits inside `next()`, or no longer.
    Waiting(bool),
    /// It took these records.
    Taken(Ticket),
    /// It could not read on in these records.
    Broken {
        ticket: Ticket,
        offset: i64,
        problem: String,
    },
    /// It let go of a guard.
    Released {
        guard: GuardId,
        unwinding: bool,
    },
    /// It wants something done and waits for the answer.
    Call(Call, oneshot::Sender<Result<(), CallError>>),
    /// Hand out nothing of these, or go on.
    Pause(Vec<TopicPartition>),
    Resume(Vec<TopicPartition>),
    /// Another set of topics.
    Subscribe(Vec<TopicName>),
    /// It asks how things are.
    Inspect(oneshot::Sender<Status>),
    /// It is done.
    Close {
        commit: bool,
        within: Duration,
    },
}

/// A call that is answered.
#[derive(Debug)]
pub(crate) enum Call {
    Commit(Vec<CommitOffset>),
    CommitProcessed,
    Seek(TopicPartition, SeekTo),
}

impl Fact {
    /// Whether it makes moot what lies ready: records that the machine takes back when it hears of this, and the notice that a
    /// partition stopped which is sought now.
    fn settles(&self, item: &Item) -> bool {
        match (self, item) {
            (Self::Pause(partitions), Item::Records(records)) => partitions.contains(records.partition()),
            (Self::Call(Call::Seek(sought, _), _), Item::Records(records)) => sought == records.partition(),
            (Self::Call(Call::Seek(sought, _), _), Item::Notice(Notice::Trouble(error))) => {
                has_stopped(error, sought)
            }
            _ => false,
        }
    }
}

fn has_stopped(error: &MemberError, partition: &TopicPartition) -> bool {
    error.stopped() == core::slice::from_ref(partition)
}

/// What the application is to be handed, in this order.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "nearly all are records")]
pub(crate) enum Item {
    Records(Records),
    Assigned {
        guard: GuardId,
        partitions: Vec<TopicPartition>,
        period: Period,
    },
    Revoking {
        guard: GuardId,
        partitions: Vec<TopicPartition>,
        deadline: Instant,
    },
    Lost {
        partitions: Vec<TopicPartition>,
    },
    Notice(Notice),
}

/// Something the application may want to know, while the consumer goes on by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// A position was reset, and why.
    Reset {
        /// Which partition.
        partition: TopicPartition,
        /// The position before, if there was one.
        from: Option<i64>,
        /// The position now.
        to: i64,
        /// Why.
        reason: String,
    },
    /// Something is wrong.
    Trouble(MemberError),
}

impl core::fmt::Display for Notice {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Reset {
                partition,
                from: Some(from),
                to,
                reason,
            } => {
                write!(f, "{partition}: position reset from {from} to {to}: {reason}")
            }
            Self::Reset {
                partition,
                from: None,
                to,
                reason,
            } => write!(f, "{partition}: starts at {to}: {reason}"),
            Self::Trouble(error) => error.fmt(f),
        }
    }
}

/// Polls this close together are one.
const MOMENT: Duration = Duration::from_millis(100);

#[derive(Debug, Default)]
struct State {
    /// With the time when each happened: the driver may get its turn much later, and an application that came in time, or let go of
    /// a guard in time, is not late because of that.
    facts: VecDeque<(Instant, Fact)>,
    items: VecDeque<Item>,
    /// Set once, when the member is gone: nothing is handed out any more but this.
    end: Option<End>,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The application closed it, and all was done.
    Left,
    /// It could not go on, or not do all of that in time.
    Stopped(MemberError),
    /// The driver's task was dropped in the middle, with its runtime.
    Gone,
}

impl State {
    /// Adds what happened, unless it says nothing new: an application that polls over and over before the driver gets its turn must
    /// not fill the memory.
    fn note(&mut self, fact: Fact) {
        let now = Instant::now();
        let is_recent = |at: &Instant| now.duration_since(*at) < MOMENT;
        match (&fact, self.facts.make_contiguous()) {
            (Fact::Polled, [.., (at, Fact::Polled)] | [.., (at, Fact::Polled), (_, Fact::Waiting(_))])
                if is_recent(at) => {}
            (Fact::Waiting(waits), [.., (at, Fact::Waiting(last))]) if is_recent(at) => *last = *waits,
            _ => self.facts.push_back((now, fact)),
        }
    }
}

/// Shared by the driver, the consumer, and everything it handed out.
#[derive(Debug, Default)]
pub(crate) struct Slot {
    state: Mutex<State>,
    to_driver: Notify,
    to_application: Notify,
}

impl Slot {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    /// A panic elsewhere cannot leave the queues half-changed: every critical section here is a few pushes and pops.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The application did something. Once the member is gone it is dropped, and with it whoever waits for an answer is told. What
    /// lies ready of partitions that it turns away from is gone when this returns.
    pub(crate) fn tell(&self, fact: Fact) {
        let mut state = self.lock();
        if state.end.is_none() {
            if matches!(fact, Fact::Pause(_) | Fact::Call(Call::Seek(..), _)) {
                state.items.retain(|item| !fact.settles(item));
            }
            state.note(fact);
            drop(state);
            self.to_driver.notify_one();
        }
    }

    /// The next thing for the application, if there is one. Taking records is told to the driver under the same lock.
    pub(crate) fn take(&self) -> Option<Item> {
        let mut state = self.lock();
        let item = state.items.pop_front()?;
        if let Item::Records(records) = &item {
            state.note(Fact::Taken(records.ticket()));
            drop(state);
            self.to_driver.notify_one();
        }
        Some(item)
    }

    /// Why nothing more will come, if so.
    pub(crate) fn end(&self) -> Option<End> {
        self.lock().end.clone()
    }

    /// Bytes of records that wait to be taken.
    pub(crate) fn buffered(&self) -> usize {
        let size = |item: &Item| match item {
            Item::Records(records) => records.size(),
            _ => 0,
        };
        self.lock().items.iter().map(size).sum()
    }

    /// Completes when there may be something to take, or the end.
    pub(crate) async fn news(&self) {
        self.to_application.notified().await;
    }

    /// Driver: what the application did since the last call, and when.
    pub(crate) fn drain(&self) -> VecDeque<(Instant, Fact)> {
        core::mem::take(&mut self.lock().facts)
    }

    /// Driver: completes when the application did something.
    pub(crate) async fn stirred(&self) {
        self.to_driver.notified().await;
    }

    /// Driver: something for the application; unless it turned away from it a moment ago, which the machine will hear of next.
    pub(crate) fn hand(&self, item: Item) {
        let mut state = self.lock();
        if state.facts.iter().any(|(_, fact)| fact.settles(&item)) {
            return;
        }
        state.items.push_back(item);
        drop(state);
        self.to_application.notify_one();
    }

    /// Driver: drops records that were not taken.
    pub(crate) fn withdraw(&self, ticket: Ticket) {
        self.lock()
            .items
            .retain(|item| !matches!(item, Item::Records(records) if records.ticket() == ticket));
    }

    /// Driver: the application dealt with what stopped this partition, so that it need not be told any more. Not the application's
    /// to say when its call returns: that may be late, when the partition has stopped once more.
    pub(crate) fn forgive(&self, partition: &TopicPartition) {
        let is_over = |item: &Item| matches!(item, Item::Notice(Notice::Trouble(error)) if has_stopped(error, partition));
        self.lock().items.retain(|item| !is_over(item));
    }

    /// Driver: nobody needs to finish with what is lost already.
    pub(crate) fn withdraw_revocations(&self) {
        self.lock()
            .items
            .retain(|item| !matches!(item, Item::Revoking { .. }));
    }

    /// Driver: the end. Notices that were not read stay readable; records are withdrawn, and whoever still waits for an answer is
    /// told by its sender's being dropped.
    pub(crate) fn close(&self, end: End) {
        let mut state = self.lock();
        state
            .items
            .retain(|item| matches!(item, Item::Lost { .. } | Item::Notice(_)));
        state.end = Some(end);
        let unanswered = core::mem::take(&mut state.facts);
        drop(state);
        drop(unanswered);
        self.to_application.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inbox::Payload;
    use bytes::Bytes;
    use std::sync::Weak;

    fn records(ticket: u64, partition: i32) -> Item {
        let payload = Payload {
            records: Bytes::new(),
            aborted: None,
        };
        let partition = TopicPartition::new("t", partition);
        Item::Records(Records::new(
            Ticket(ticket),
            partition,
            Period(1),
            0,
            payload,
            Weak::new(),
        ))
    }

    fn taken(slot: &Slot) -> Vec<u64> {
        let mut tickets = Vec::new();
        while let Some(Item::Records(records)) = slot.take() {
            tickets.push(records.ticket().0);
        }
        tickets
    }

    #[tokio::test(start_paused = true)]
    async fn an_application_that_polls_over_and_over_fills_no_memory() {
        let slot = Slot::default();
        let often = || {
            for _ in 0..1000 {
                slot.tell(Fact::Polled);
                slot.tell(Fact::Waiting(true));
                slot.tell(Fact::Waiting(false));
            }
        };
        often();
        tokio::time::advance(MOMENT / 2).await;
        often();
        let begun = Instant::now() - MOMENT / 2;
        tokio::time::advance(MOMENT / 2).await;
        often();
        let facts = Vec::from(slot.drain());
        let [
            (first, Fact::Polled),
            (_, Fact::Waiting(false)),
            (second, Fact::Polled),
            (_, Fact::Waiting(false)),
        ] = facts[..]
        else {
            panic!("{facts:?}")
        };
        assert_eq!((first, second), (begun, begun + MOMENT));
    }

    #[tokio::test(start_paused = true)]
    async fn polling_again_after_records_were_taken_is_another_fact() {
        let slot = Slot::default();
        slot.tell(Fact::Polled);
        slot.hand(records(1, 0));
        assert_eq!(taken(&slot), [1]);
        slot.tell(Fact::Polled);
        let facts = slot.drain();
        assert!(matches!(
            Vec::from(facts)[..],
            [(_, Fact::Polled), (_, Fact::Taken(Ticket(1))), (_, Fact::Polled)]
        ));
    }

    /// The driver on another thread may be in the middle of handing out when the application turns away.
    #[test]
    fn what_the_application_turned_away_from_is_not_handed_out() {
        let slot = Slot::default();
        slot.hand(records(1, 0));
        slot.hand(records(2, 1));
        slot.tell(Fact::Pause(vec![TopicPartition::new("t", 0)]));
        slot.hand(records(3, 0));
        slot.hand(records(4, 1));
        assert_eq!(taken(&slot), [2, 4]);
        drop(slot.drain());
        slot.hand(records(5, 0));
        assert_eq!(taken(&slot), [5]);
        let (answer, _answered) = oneshot::channel();
        slot.hand(records(6, 0));
        let seek = Call::Seek(TopicPartition::new("t", 0), SeekTo::End);
        slot.tell(Fact::Call(seek, answer));
        assert_eq!(taken(&slot), []);
    }

    #[test]
    fn after_the_end_notices_can_be_read_and_nobody_waits_for_an_answer() {
        let slot = Slot::default();
        let (answer, mut early) = oneshot::channel();
        slot.tell(Fact::Inspect(answer));
        slot.hand(records(1, 0));
        slot.hand(Item::Lost {
            partitions: Vec::new(),
        });
        slot.close(End::Gone);
        let (answer, mut late) = oneshot::channel();
        slot.tell(Fact::Inspect(answer));
        assert!(matches!(slot.take(), Some(Item::Lost { .. })) && slot.take().is_none());
        assert!(early.try_recv() == Err(oneshot::error::TryRecvError::Closed));
        assert!(late.try_recv() == Err(oneshot::error::TryRecvError::Closed));
        assert_eq!((slot.drain().len(), slot.end()), (0, Some(End::Gone)));
    }
}

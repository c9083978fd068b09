//! The application of a process, and the slot between it and the driver: it polls, works on what it gets, commits in its way, holds
//! notices for a while. It may be slow, but it never breaks the rules of the interface.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use kohort_group::member::{CallId, CommitOffset, Event, GuardId, Input, Period, Ticket};
use kohort_protocol::records::Cursor;
use kohort_protocol::{LeaderEpoch, Timestamp, TopicId, TopicName, TopicPartition};

use super::agent::Life;
use super::ends::End;
use super::wishes::Wished;
use super::{Later, World};
use crate::history::{Process, What};
use crate::plan::{Commits, Topics};

/// So long a worker takes for a delivery: long enough for a rebalance to overtake it.
const WORK: Duration = Duration::from_secs(3);

/// Who stands still cannot change its mind; that is tried again so much later.
const AGAIN: Duration = Duration::from_millis(100);

fn set_of(topics: Topics) -> BTreeSet<TopicName> {
    topics.names().map(TopicName::from).collect()
}

/// What an application is like.
#[derive(Clone, Copy, Debug)]
pub struct Habits {
    /// How it commits.
    pub commits: Commits,
    /// How long it works on each delivery.
    pub work: Duration,
    /// How long it holds each notice.
    pub hold: Duration,
}

/// What lies ready for it.
#[derive(Debug)]
pub(super) enum Item {
    Records(Ticket, TopicPartition, Period, i64),
    Event(Event),
}

/// What it does next.
#[derive(Debug)]
enum Next {
    /// Come back for more.
    Poll,
    /// It is done with these records: perhaps commit.
    Finish(CommitOffset),
    /// It is done with its notice.
    Release(GuardId),
    /// It wants all committed before it gives back what it has.
    CommitAndRelease(GuardId),
    /// Nothing any more.
    Nothing,
    /// It waits for a call, and lets go of a notice then.
    Await(CallId, Option<GuardId>),
}

/// See the head of this file.
#[derive(Debug)]
pub struct Application {
    /// What it is like.
    pub habits: Habits,
    /// All that it was told, in order.
    pub heard: Vec<Event>,
    /// How many records it was handed, those that came again among them.
    pub records: u64,
    items: VecDeque<Item>,
    next: Next,
    /// It waits inside the client.
    waits: bool,
    /// It has worked on something since it came back last.
    worked: bool,
    /// The wake-up that counts.
    wake: u64,
    calls: u64,
    /// On the next delivery it works for so long.
    pub(super) stall: Option<Duration>,
    /// It is slow, until then.
    pub(super) slow: Option<(Duration, Timestamp)>,
    /// What it wishes when it comes back for more.
    pub(super) wishes: Vec<Wished>,
    /// What it wishes in its next notice.
    pub(super) in_notice: Option<Wished>,
    /// What it wants nothing of.
    pub(super) paused: BTreeSet<TopicPartition>,
}

impl Application {
    pub(super) fn new(habits: Habits) -> Self {
        Self {
            habits,
            heard: Vec::new(),
            records: 0,
            items: VecDeque::new(),
            next: Next::Poll,
            waits: false,
            worked: false,
            wake: 0,
            calls: 0,
            stall: None,
            slow: None,
            wishes: Vec::new(),
            in_notice: None,
            paused: BTreeSet::new(),
        }
    }

    /// Whether it must be woken for this.
    pub(super) fn put(&mut self, item: Item) -> bool {
        self.items.push_back(item);
        self.waits
    }

    pub(super) fn withdraw(&mut self, ticket: Ticket) {
        self.items
            .retain(|item| !matches!(item, Item::Records(t, ..) if *t == ticket));
    }

    /// What is lost need not be given back any more.
    pub(super) fn withdraw_revocations(&mut self) {
        self.items
            .retain(|item| !matches!(item, Item::Event(Event::Revoking { .. })));
    }

    /// It has closed its consumer: it does nothing with it any more.
    pub(super) fn stop(&mut self) {
        self.wake += 1;
        self.waits = false;
        self.items.clear();
        self.next = Next::Nothing;
    }

    pub(super) fn call(&mut self) -> CallId {
        self.calls += 1;
        CallId(self.calls)
    }

    fn work(&mut self, now: Timestamp) -> Duration {
        if let Some(stall) = self.stall.take() {
            return stall;
        }
        match self.slow {
            Some((work, until)) if now < until => work,
            _ => self.habits.work,
        }
    }
}

/// The topic that a record says it was written to.
fn written_in(value: Option<&[u8]>) -> TopicId {
    let id = value.and_then(|value| value.try_into().ok());
    id.map_or(TopicId::ZERO, TopicId)
}

impl World {
    /// The application of a member wants other topics from now on. Nothing happens if that does not run.
    pub fn subscribe(&mut self, member: usize, topics: &[&str]) {
        if let Some(index) = self.process(member) {
            self.subscribe_to(index, topics.iter().copied().map(TopicName::from).collect());
        }
    }

    fn subscribe_to(&mut self, index: usize, topics: Vec<TopicName>) {
        self.see(Some(Process(index)), &What::Subscribed { topics: &topics });
        self.give(index, Input::Subscribe(topics));
    }

    /// It wants something else than before: what its plan says, or the other topics. Who stands still thinks of it later.
    pub(super) fn change_mind(&mut self, index: usize, other: Topics, every: Duration, until: Timestamp) {
        let agent = &self.agents[index];
        let is_over = self.now >= until;
        let next = match agent.life {
            Life::Dead | Life::Closed => return,
            Life::Frozen => AGAIN,
            Life::Running if matches!(agent.app.next, Next::Nothing) => return, // it has closed
            Life::Running => {
                let own = self.plan.members[agent.member].topics;
                let wants_other = self.oracle.ghost().of(Process(index)).subscribed == set_of(other);
                let wanted = if is_over || wants_other { own } else { other };
                self.subscribe_to(index, set_of(wanted).into_iter().collect());
                every.min(until.since(self.now))
            }
        };
        if !is_over || next == AGAIN {
            self.plan_in(next, Later::End(End::ChangeMind(index, other, every, until)));
        }
    }

    pub(super) fn wake(&mut self, index: usize, after: Duration) {
        let app = &mut self.agents[index].app;
        app.waits = false;
        app.wake += 1;
        let number = app.wake;
        self.plan_in(after, Later::Act(index, number));
    }

    /// Whatever it is busy with, it is done with it.
    pub(super) fn hurry(&mut self, index: usize) {
        let app = &self.agents[index].app;
        if !app.waits && !matches!(app.next, Next::Nothing) {
            self.wake(index, Duration::ZERO);
        }
    }

    pub(super) fn act(&mut self, index: usize, number: u64) {
        let agent = &mut self.agents[index];
        if agent.app.wake != number {
            return;
        }
        match agent.life {
            Life::Running => {}
            Life::Frozen => return agent.mail.push(Later::Act(index, number)),
            Life::Dead | Life::Closed => return,
        }
        match std::mem::replace(&mut agent.app.next, Next::Poll) {
            Next::Poll => self.poll(index),
            Next::Finish(offset) => self.finish(index, offset),
            Next::Release(guard) => self.release(index, guard, false),
            Next::CommitAndRelease(guard) => self.commit_and_release(index, guard),
            Next::Nothing => self.agents[index].app.next = Next::Nothing,
            Next::Await(call, guard) => self.agents[index].app.next = Next::Await(call, guard),
        }
    }

    /// Comes back for the next thing and begins to work on it.
    fn poll(&mut self, index: usize) {
        let process = Some(Process(index));
        self.see(process, &What::Polled);
        self.give(index, Input::Waiting(false));
        self.give(index, Input::Polled);
        if std::mem::take(&mut self.agents[index].app.worked) {
            let call = self.agents[index].app.call();
            self.see(process, &What::ProcessedAsked { call });
            self.give(index, Input::CommitProcessed { call });
        }
        self.fulfil_wishes(index);
        match self.agents[index].app.items.pop_front() {
            None => {
                self.see(process, &What::Waiting(true));
                self.agents[index].app.waits = true;
                self.give(index, Input::Waiting(true));
            }
            Some(Item::Records(ticket, partition, period, from)) => {
                self.see(process, &What::Waiting(false));
                self.take(index, ticket, partition, period, from);
            }
            Some(Item::Event(event)) => {
                self.see(process, &What::Waiting(false));
                self.hear(index, event);
            }
        }
    }

    fn take(&mut self, index: usize, ticket: Ticket, partition: TopicPartition, period: Period, from: i64) {
        let now = self.now;
        let agent = &mut self.agents[index];
        let Some(payload) = agent.inbox.take(ticket) else {
            return self
                .oracle
                .object("SIM", now, format!("{ticket:?} has no records"));
        };
        let work = agent.app.work(now);
        let mut offsets = Vec::new();
        let mut epochs: Option<(LeaderEpoch, LeaderEpoch)> = None;
        let mut topic = TopicId::ZERO;
        let mut cursor = Cursor::new(payload.records, from);
        while let Some(record) = cursor.next() {
            match record {
                Ok(record) => {
                    offsets.push(record.offset());
                    let epoch = record.batch().partition_leader_epoch;
                    epochs = Some((epochs.map_or(epoch, |(first, _)| first), epoch));
                    topic = written_in(record.value());
                }
                Err(error) => return self.oracle.object("SIM", now, format!("{partition}: {error}")),
            }
        }
        let next = offsets.last().map_or(from, |last| last + 1);
        agent.app.records += u64::try_from(offsets.len()).unwrap_or(0);
        self.see(
            Some(Process(index)),
            &What::Delivered {
                partition: &partition,
                offsets: &offsets,
                epochs: epochs.unwrap_or((LeaderEpoch::NONE, LeaderEpoch::NONE)),
                topic,
                period,
            },
        );
        self.agents[index].app.next = Next::Finish(CommitOffset {
            partition,
            offset: next,
            leader_epoch: LeaderEpoch::NONE,
            metadata: None,
            period: Some(period),
        });
        self.give(index, Input::Taken(ticket));
        self.wake(index, work);
    }

    /// It has worked on these records.
    fn finish(&mut self, index: usize, offset: CommitOffset) {
        let process = Some(Process(index));
        let app = &mut self.agents[index].app;
        let commits = app.habits.commits;
        match commits {
            Commits::Auto => {}
            Commits::Sync | Commits::Async => {
                let call = app.call();
                if commits == Commits::Sync {
                    app.next = Next::Await(call, None);
                }
                let offsets = vec![offset];
                self.see(
                    process,
                    &What::CommitAsked {
                        call,
                        offsets: &offsets,
                    },
                );
                self.give(index, Input::Commit { call, offsets });
            }
            Commits::Processed => app.worked = true,
            Commits::Worker => self.plan_in(WORK, Later::WorkDone(index, offset)),
        }
        if matches!(self.agents[index].app.next, Next::Poll) {
            self.wake(index, Duration::ZERO);
        }
    }

    /// Whatever has become of the partition meanwhile: a worker does not know.
    pub(super) fn work_done(&mut self, index: usize, offset: CommitOffset) {
        let agent = &mut self.agents[index];
        match agent.life {
            Life::Running => {}
            Life::Frozen => return agent.mail.push(Later::WorkDone(index, offset)),
            Life::Dead | Life::Closed => return,
        }
        if matches!(agent.app.next, Next::Nothing) {
            return; // it has closed
        }
        let (call, offsets) = (agent.app.call(), vec![offset]);
        self.see(
            Some(Process(index)),
            &What::CommitAsked {
                call,
                offsets: &offsets,
            },
        );
        self.give(index, Input::Commit { call, offsets });
    }

    pub(super) fn done(&mut self, index: usize, call: CallId) {
        let Next::Await(awaited, guard) = self.agents[index].app.next else {
            return;
        };
        if awaited == call {
            self.agents[index].app.next = guard.map_or(Next::Poll, Next::Release);
            self.wake(index, Duration::ZERO);
        }
    }

    fn hear(&mut self, index: usize, event: Event) {
        self.see(Some(Process(index)), &What::Heard(&event));
        let app = &mut self.agents[index].app;
        let hold = app.habits.hold;
        let guard = match &event {
            Event::Assigned { guard, .. } | Event::Revoking { guard, .. } => Some(*guard),
            _ => None,
        };
        let (next, after) = match &event {
            Event::Assigned { guard, .. } => (Next::Release(*guard), hold),
            Event::Revoking { guard, .. }
                if matches!(app.habits.commits, Commits::Auto | Commits::Worker) =>
            {
                (Next::Release(*guard), hold)
            }
            Event::Revoking { guard, .. } => (Next::CommitAndRelease(*guard), hold),
            _ => (Next::Poll, Duration::ZERO),
        };
        app.next = next;
        app.heard.push(event);
        self.wake(index, after);
        if let Some(guard) = guard
            && self.fulfil_in_notice(index, guard)
            && self.agents[index].life == Life::Running
        {
            self.forget_notice(index);
        }
    }

    fn commit_and_release(&mut self, index: usize, guard: GuardId) {
        let app = &mut self.agents[index].app;
        let call = app.call();
        app.next = Next::Await(call, Some(guard));
        self.see(Some(Process(index)), &What::ProcessedAsked { call });
        self.give(index, Input::CommitProcessed { call });
    }

    /// It let go of its notice already.
    fn forget_notice(&mut self, index: usize) {
        let app = &mut self.agents[index].app;
        if matches!(app.next, Next::Release(_) | Next::CommitAndRelease(_)) {
            app.next = Next::Poll;
        }
    }

    pub(super) fn release(&mut self, index: usize, guard: GuardId, unwinding: bool) {
        self.let_go(index, guard, unwinding);
        self.wake(index, Duration::ZERO);
    }

    pub(super) fn let_go(&mut self, index: usize, guard: GuardId, unwinding: bool) {
        self.see(Some(Process(index)), &What::Released { guard, unwinding });
        self.give(index, Input::Released { guard, unwinding });
    }
}

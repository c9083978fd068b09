//! The member machines. Pure: inputs and time in, outputs out; no clock, socket, task, randomness or hash order.
//!
//! ```text
//!   Input ──► Member ──► routes ──► membership (classic: join, sync, heartbeat; departures)     lower layer: opaque bytes
//!                          │            │ Lead, Joined, RevokeWanted, Lost
//!                          │            ▼
//!                          └──────► handover ── partitions ── positions ── fetching            upper layer: a consumer
//!                                       └────── commits                     │
//!   Output ◄── wire ◄───────────────────────────────────────────────────────┘
//! ```
//! [`Member::handle`] does three things, always in this order: it fires every deadline that has passed (*time first*: a stale answer
//! must not revive what is over), it looks at the input, and it lets every part send what it can send now.

mod backoff;
mod closing;
mod commits;
mod committing;
mod config;
mod coordinator;
mod error;
mod fetching;
mod handover;
mod io;
mod leader;
mod membership;
mod partitions;
mod polls;
mod positions;
mod refusal;
#[cfg(test)]
mod tests;
mod topics;
mod views;
mod wire;

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

use kohort_protocol::api::Response;
use kohort_protocol::api::join_group::JoinGroupProtocol;
use kohort_protocol::consumer_protocol::{NEWEST_VERSION, Subscription};
use kohort_protocol::{Timestamp, TopicName, TopicPartition};

use crate::assignor::{Assignor, Range};

pub use config::{AutoOffsetReset, MemberConfig};
pub use error::{CommitError, ConfigError, MemberError, SeekError};
pub use io::{
    CallError, CallId, CommitOffset, Event, Failure, Fetched, FetchedPartition, FetchedRecords, GuardId,
    Input, Output, Period, SeekTo, Target, Ticket, Token,
};
pub use membership::MemberState;
pub use views::{GroupMetadata, PartitionView};

use commits::Ledger;
use coordinator::Coordinator;
use fetching::Fetching;
use handover::Handover;
use leader::{Lead, Watch};
use membership::departure::Departures;
use membership::{Classic, Membership, Signal};
use partitions::Partitions;
use polls::Polls;
use positions::Positions;
use topics::Topics;
use wire::{Open, Purpose, Wire, expect};

/// Whether the member lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    /// Not started.
    New,
    Running,
    /// Left because the application did not come back; joins again when it does.
    Away,
    Closing {
        stage: closing::Stage,
        deadline: Timestamp,
    },
    Closed,
}

/// A member of a consumer group: see the module.
pub struct Member {
    wire: Wire,
    life: Life,
    coordinator: Coordinator,
    membership: Membership,
    departures: Departures,
    assignors: Vec<Box<dyn Assignor + Send>>,
    subscription: BTreeSet<TopicName>,
    /// What the group was told last.
    offered: BTreeSet<TopicName>,
    topics: Topics,
    lead: Option<Lead>,
    watch: Option<Watch>,
    partitions: Partitions,
    handover: Handover,
    guards: u64,
    polls: Polls,
    ledger: Ledger,
    positions: Positions,
    fetching: Fetching,
}

impl Member {
    /// A member that has not begun: give it [`Input::Start`]. Equal settings, seed and inputs give equal outputs.
    ///
    /// # Errors
    /// [`ConfigError`]: the settings cannot work.
    pub fn new(config: MemberConfig, seed: u64) -> Result<Self, ConfigError> {
        config.validate()?;
        let subscription: BTreeSet<TopicName> = config.topics.iter().cloned().collect();
        Ok(Self {
            wire: Wire::new(config, seed),
            life: Life::New,
            coordinator: Coordinator::new(),
            membership: Membership::Classic(Classic::new("consumer", Vec::new())),
            departures: Departures::new(),
            assignors: vec![Box::new(Range)],
            subscription,
            offered: BTreeSet::new(),
            topics: Topics::new(),
            lead: None,
            watch: None,
            partitions: Partitions::default(),
            handover: Handover::Settled,
            guards: 0,
            polls: Polls::default(),
            ledger: Ledger::new(),
            positions: Positions::new(),
            fetching: Fetching::default(),
        })
    }

    /// The only way in: something happened, at `now`. Time never goes back: an earlier `now` counts as the latest one seen.
    pub fn handle(&mut self, now: Timestamp, input: Input) {
        self.wire.now = self.wire.now.max(now);
        if self.life != Life::Closed {
            self.expire();
            self.settle();
        }
        self.take(input);
        if self.life != Life::Closed {
            self.settle();
        }
    }

    /// The only way out: the next thing to do. Drain it after each [`handle`](Self::handle).
    pub fn poll(&mut self) -> Option<Output> {
        self.wire.pop()
    }

    /// The only clock: give [`Input::Tick`] at this time, unless something else happens before.
    #[must_use]
    pub fn deadline(&self) -> Option<Timestamp> {
        let wanted = self.wanted_topics();
        let wire = &self.wire;
        match self.life {
            Life::New | Life::Closed => return None,
            Life::Running | Life::Away | Life::Closing { .. } => {}
        }
        let closing = if let Life::Closing { deadline, .. } = self.life {
            Some(deadline)
        } else {
            None
        };
        [
            closing,
            self.poll_deadline(),
            self.handover.deadline(),
            self.lead.as_ref().map(Lead::until),
            self.coordinator.deadline(),
            self.membership.deadline(wire, &self.coordinator),
            self.departures.deadline(&self.coordinator),
            self.ledger.deadline(&self.coordinator),
            self.positions.deadline(wire.now),
            self.fetching.deadline(),
            self.topics.deadline(wire, &wanted),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    fn poll_deadline(&self) -> Option<Timestamp> {
        self.polls
            .deadline(&self.wire)
            .filter(|_| self.life == Life::Running)
    }

    /// Fires every deadline that has passed.
    fn expire(&mut self) {
        self.expire_closing();
        if self.poll_deadline().is_some_and(|at| self.wire.now >= at) {
            self.poll_exceeded();
        }
        self.membership.expire(&mut self.wire, &mut self.coordinator);
        self.expire_handover();
        self.ledger.expire(&mut self.wire);
    }

    /// The application did not come back in time: the group must not wait for it (rule 6).
    fn poll_exceeded(&mut self) {
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.wire.tell(MemberError::PollIntervalExceeded {
            group: self.wire.config.group_id.clone(),
            waited_ms: millis(self.polls.since(self.wire.now)),
            limit_ms: millis(self.wire.config.max_poll_interval),
        });
        self.leave("max.poll.interval.ms was exceeded");
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::Commit { call, .. } | Input::CommitProcessed { call } if self.is_closing() => {
                self.wire.done(call, Err(CommitError::Closed.into()));
            }
            Input::Seek { call, partition, .. } if self.is_closing() => {
                self.wire
                    .done(call, Err(SeekError::NotAssigned(partition).into()));
            }
            _ if self.life == Life::Closed => {}
            Input::Reply { token, reply } => {
                if let Some(open) = self.wire.answered(token) {
                    self.answered(open, reply);
                }
            }
            Input::Fetched { token, reply } => self.fetched(token, reply),
            Input::Metadata(reply) => self.topics.answered(&mut self.wire, reply),
            Input::Close { commit, deadline } => self.close(commit, deadline),
            _ if self.is_closing() => {}
            Input::Start => self.start(),
            Input::Tick => {}
            Input::Polled => self.polled(),
            Input::Waiting(waits) => self.polls.waits(self.wire.now, waits),
            Input::Taken(ticket) => self.partitions.taken(&mut self.wire, ticket),
            Input::Released { guard, unwinding } => self.released(guard, unwinding),
            Input::Commit { call, offsets } => self.commit(call, offsets),
            Input::CommitProcessed { call } => self.commit_processed(call),
            Input::Seek { call, partition, to } => self.seek(call, &partition, to),
            Input::Pause(partitions) => self.pause(&partitions, true),
            Input::Resume(partitions) => self.pause(&partitions, false),
            Input::Broken {
                ticket,
                offset,
                problem,
            } => self.broken(ticket, offset, problem),
            Input::Subscribe(topics) => self.subscription = topics.into_iter().collect(),
        }
    }

    fn pause(&mut self, partitions: &[TopicPartition], paused: bool) {
        for partition in partitions {
            self.partitions.pause(&mut self.wire, partition, paused);
        }
    }

    const fn is_closing(&self) -> bool {
        matches!(self.life, Life::Closing { .. } | Life::Closed)
    }

    fn start(&mut self) {
        if self.life == Life::New {
            self.life = Life::Running;
            self.polls.came(self.wire.now);
            self.membership.join("the consumer starts");
        }
    }

    fn polled(&mut self) {
        self.polls.came(self.wire.now);
        self.partitions.processed();
        if self.life == Life::Away {
            self.life = Life::Running;
            self.membership.join("the application polls again");
        }
    }

    /// An answer, or the certainty that none comes.
    fn answered(&mut self, open: Open, reply: Result<Response, Failure>) {
        let (wire, coordinator) = (&mut self.wire, &mut self.coordinator);
        match open.purpose {
            Purpose::FindCoordinator => {
                if let Err(error) = coordinator.answered(wire, open.token, expect(reply)) {
                    self.stop(error);
                }
            }
            Purpose::Join | Purpose::Sync | Purpose::Heartbeat(_) => {
                self.membership.answered(wire, coordinator, open, reply);
            }
            Purpose::Leave => self.departures.answered(wire, coordinator, open, expect(reply)),
            Purpose::Commit => self.commit_answered(open, expect(reply)),
            Purpose::Offsets => self.offsets_answered(open, expect(reply)),
            Purpose::ListOffsets => self.list_answered(open, expect(reply)),
            // Their answers come as `Input::Fetched`, and no coordinator is asked for them.
            Purpose::Fetch | Purpose::FetchOnce => {}
        }
    }

    /// Lets every part do what it can do now, until none of them has news for another. News first: what was lost is told before
    /// anything is sent because of it (S02).
    fn settle(&mut self) {
        loop {
            self.heed_news();
            self.drive();
            if self.life == Life::Closed || !(self.wire.has_cut() || self.membership.has_signal()) {
                break;
            }
        }
    }

    fn heed_news(&mut self) {
        while self.life != Life::Closed {
            if let Some(open) = self.wire.next_cut() {
                self.answered(
                    open,
                    Err(Failure::Disconnected(
                        "given up: the coordinator does not answer".into(),
                    )),
                );
            } else if let Some(signal) = self.membership.next_signal() {
                self.heed(signal);
            } else {
                break;
            }
        }
    }

    fn heed(&mut self, signal: Signal) {
        match signal {
            Signal::Lead(round) => self.lead = Some(Lead::new(&mut self.wire, round)),
            Signal::Joined { assignment } => self.joined(&assignment),
            // Closing gives everything back anyway.
            Signal::RevokeWanted { .. } if self.is_closing() => {}
            Signal::RevokeWanted { learned } => self.revoke_wanted(learned),
            Signal::Lost => self.lose(),
            Signal::Orphan(id) => self.departures.add(&self.wire, id, "left before it knew its id"),
            Signal::Fatal(error) => self.stop(error),
        }
    }

    fn drive(&mut self) {
        if matches!(self.life, Life::New | Life::Closed) {
            return;
        }
        self.coordinator.drive(&mut self.wire);
        self.drive_subscription();
        if let Some(asked) = self.membership.joining_since() {
            // We may lead; then the topics should be known by the time the round completes.
            self.topics
                .refresh_since(asked - self.wire.config.retry_backoff_max);
        }
        self.drive_lead();
        if self.ledger.is_auto_due(&self.wire) {
            self.commit_processed_if_auto();
        }
        let identity = self.membership.identity(&self.wire);
        self.ledger
            .drive(&mut self.wire, &self.coordinator, identity, &self.topics);
        self.drive_handover();
        self.departures.expire(&self.wire);
        self.drive_closing();
        if self.life == Life::Closed {
            return;
        }
        self.drive_offer();
        self.membership.drive(&mut self.wire, &self.coordinator);
        self.drive_positions();
        self.drive_fetching();
        self.departures.drive(&mut self.wire, &self.coordinator);
        // Last, for the others say what they miss.
        let wanted = self.wanted_topics();
        self.topics.drive(&mut self.wire, &wanted);
    }

    /// Joins anew when the group was told something else than what is true now.
    fn drive_subscription(&mut self) {
        if self.is_closing() {
            return;
        }
        if self.membership.state() == MemberState::Stable && self.offered != self.subscription {
            self.membership.rejoin(&self.wire, "the subscription changed");
        }
        let watch = self.watch.as_ref().filter(|_| self.membership.is_leader());
        if let Some(topic) = watch.and_then(|watch| watch.changed(&self.topics)) {
            let reason = alloc::format!("the partitions of topic {topic} changed");
            self.membership.rejoin(&self.wire, &reason);
        }
    }

    /// What the next JoinGroup says is what is wished when it is sent; said earlier, a changed wish would never be heard.
    fn drive_offer(&mut self) {
        if self.membership.state() == MemberState::Unjoined && self.offered != self.subscription {
            self.offered = self.subscription.clone();
            self.membership.offer(self.protocols());
        }
    }

    /// What is told to the group, once for each assignor. Nothing is owned while joining under the eager protocol, and a generation
    /// without owned partitions says nothing: left out, so that rejoining with the same wishes shows the same bytes and a stable
    /// group is not disturbed (seen on Kafka 4.4.0).
    fn protocols(&self) -> Vec<JoinGroupProtocol> {
        let subscription = |assignor: &dyn Assignor| Subscription {
            topics: self.subscription.iter().cloned().collect(),
            user_data: assignor.user_data(&[], kohort_protocol::Generation::NONE),
            rack: self.wire.config.client_rack.clone(),
            ..Subscription::default()
        };
        let protocol = |assignor: &dyn Assignor| JoinGroupProtocol {
            name: assignor.name().into(),
            // Legal names are short enough.
            metadata: subscription(assignor).encode(NEWEST_VERSION).unwrap_or_default(),
        };
        self.assignors
            .iter()
            .map(|assignor| protocol(&**assignor))
            .collect()
    }

    /// Decides the round, as soon as the topics are known.
    fn drive_lead(&mut self) {
        let now = self.wire.now;
        let Some(lead) = self.lead.take_if(|lead| lead.is_ready(now, &mut self.topics)) else {
            return;
        };
        if let Some(assignor) = self
            .assignors
            .iter()
            .find(|assignor| assignor.name() == lead.protocol)
        {
            let (assignments, watch) = lead.decide(&self.topics, &**assignor);
            self.membership.lead(assignments);
            self.watch = Some(watch);
        }
    }

    /// The topics about which something must be known.
    fn wanted_topics(&self) -> BTreeSet<TopicName> {
        if matches!(self.life, Life::Closing { .. }) {
            return BTreeSet::new();
        }
        let led = self.lead.iter().flat_map(|lead| lead.topics().iter());
        let watched = self.watch.iter().flat_map(Watch::topics);
        let owned = self.partitions.iter().map(|(name, _)| &name.topic);
        self.subscription
            .iter()
            .chain(led)
            .chain(watched)
            .chain(owned)
            .cloned()
            .collect()
    }
}

/// Kafka's way of writing a time.
fn millis(time: Duration) -> i32 {
    i32::try_from(time.as_millis()).unwrap_or(i32::MAX)
}

/// A reason as Kafka accepts it (KIP-800).
fn short(reason: &str) -> String {
    reason.chars().take(255).collect()
}

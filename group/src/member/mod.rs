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

mod attention;
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
mod review;
mod routes;
mod subscription;
#[cfg(test)]
mod tests;
mod topics;
mod views;
mod wire;
mod words;

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

use kohort_protocol::{Timestamp, TopicName, gather};

use crate::assignor::{Assignor, Range};

pub use config::{AutoOffsetReset, MemberConfig};
pub use error::{CommitError, ConfigError, MemberError, SeekError};
pub use io::{
    CallError, CallId, CommitOffset, Event, Failure, Fetched, FetchedPartition, FetchedRecords, GuardId,
    Input, Output, Period, SeekTo, Target, Ticket, Token,
};
pub use membership::MemberState;
pub use views::{GroupMetadata, PartitionView};

use attention::Attention;
use commits::Ledger;
use coordinator::Coordinator;
use fetching::Fetching;
use handover::Handover;
use leader::{Lead, Watch};
use membership::departure::Departures;
use membership::{Classic, Membership};
use partitions::Partitions;
use polls::Polls;
use positions::Positions;
use review::Review;
use topics::Topics;
use wire::Wire;

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
    review: Option<Review>,
    partitions: Partitions,
    handover: Handover,
    guards: u64,
    polls: Polls,
    ledger: Ledger,
    positions: Positions,
    fetching: Fetching,
    attention: Attention,
    /// Why it stops, if not by the application's wish.
    ending: Option<MemberError>,
}

impl Member {
    /// A member that has not begun: give it [`Input::Start`]. Equal settings, seed and inputs give equal outputs.
    ///
    /// # Errors
    /// [`ConfigError`]: the settings cannot work.
    pub fn new(config: MemberConfig, seed: u64) -> Result<Self, ConfigError> {
        config.validate()?;
        let subscription: BTreeSet<TopicName> = gather(config.topics.iter().cloned());
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
            review: None,
            partitions: Partitions::default(),
            handover: Handover::Settled,
            guards: 0,
            polls: Polls::default(),
            ledger: Ledger::new(),
            positions: Positions::new(),
            fetching: Fetching::default(),
            attention: Attention::default(),
            ending: None,
        })
    }

    /// The only way in: something happened, at `now`. Time never goes back: an earlier `now` counts as the latest one seen.
    pub fn handle(&mut self, now: Timestamp, input: Input) {
        self.wire.now = self.wire.now.max(now);
        self.expire();
        self.settle();
        self.take(input);
        self.settle();
        // A deadline may be over when it is given.
        self.expire_closing();
    }

    /// The only way out: the next thing to do. Drain it after each [`handle`](Self::handle).
    pub fn poll(&mut self) -> Option<Output> {
        self.wire.pop()
    }

    /// The only clock: give [`Input::Tick`] at this time, unless something else happens before.
    #[must_use]
    pub fn deadline(&self) -> Option<Timestamp> {
        if !self.life.is_active() {
            return None;
        }
        let wire = &self.wire;
        let deadlines = [
            self.closing_deadline(),
            self.poll_deadline(),
            self.handover.deadline(),
            self.lead.as_ref().map(Lead::until),
            self.review_deadline(),
            self.coordinator.deadline(),
            self.membership.deadline(wire, &self.coordinator),
            self.departures.deadline(&self.coordinator),
            self.ledger.deadline(&self.coordinator),
            self.attention.deadline(),
            self.topics.deadline(wire),
        ];
        deadlines.into_iter().flatten().min()
    }

    fn poll_deadline(&self) -> Option<Timestamp> {
        self.polls
            .deadline(&self.wire)
            .filter(|_| self.life == Life::Running)
    }

    /// Fires every deadline that has passed. What is merely due to be sent or tried again, [`drive`](Self::drive) does.
    fn expire(&mut self) {
        if !self.life.is_active() {
            return;
        }
        self.expire_closing();
        if self.poll_deadline().is_some_and(|at| self.wire.now >= at) {
            self.poll_exceeded();
        }
        self.membership.expire(&mut self.wire, &mut self.coordinator);
        self.expire_handover();
        self.ledger.expire(&mut self.wire);
    }

    /// Lets every part do what it can do now, until none of them has news for another. News first: what was lost is told before
    /// anything is sent because of it (S02).
    fn settle(&mut self) {
        while self.life.is_active() {
            self.heed_news();
            self.drive();
            if !self.has_news() {
                break;
            }
        }
    }

    /// Each part once, in an order in which none waits for one behind it.
    fn drive(&mut self) {
        self.coordinator.drive(&mut self.wire);
        self.drive_subscription();
        self.drive_lead();
        self.drive_review();
        self.drive_commits();
        self.drive_handover();
        self.drive_closing();
        if self.life.is_active() {
            self.drive_offer();
            self.membership.drive(&mut self.wire, &self.coordinator);
            self.drive_reading();
            self.departures.drive(&mut self.wire, &self.coordinator);
            // Last, for the others say what they miss.
            self.topics.drive(&mut self.wire);
        }
    }

    fn drive_commits(&mut self) {
        if self.ledger.is_auto_due(&self.wire) {
            self.commit_processed_if_auto();
        }
        let identity = self.membership.identity(&self.wire);
        self.ledger
            .drive(&mut self.wire, &self.coordinator, identity, &self.topics);
    }
}

impl Life {
    const fn is_active(self) -> bool {
        !matches!(self, Self::New | Self::Closed)
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

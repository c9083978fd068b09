//! Partitions come and go: what the application is told, and what is waited for before the group is told (rules 10, 11, 13).
//!
//! ```text
//!             Joined                released                RevokeWanted
//!   Settled ─────────► Assigned ───────────────► Settled ──────────────────► Revoking
//!      ▲                                                                        │ released
//!      └── all committed, or time is up: revoked, JoinGroup ── Flushing ◄───────┘
//! ```
//! From any state *Lost* leads back to Settled at once: the partitions may be somebody else's already, so nothing is committed, and
//! a guard that is released later finds nobody waiting.

use alloc::format;
use alloc::vec::Vec;

use bytes::Bytes;
use kohort_protocol::consumer_protocol::Assignment;
use kohort_protocol::{Timestamp, TopicPartition};

use super::error::MemberError;
use super::io::{Event, GuardId};
use super::{Life, Member};

/// See the head of this file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Handover {
    /// Nothing is being handed over.
    Settled,
    /// The application holds the notice of what it gained: nothing is fetched yet.
    Assigned { guard: GuardId },
    /// The application finishes with what goes.
    Revoking { guard: GuardId, deadline: Timestamp },
    /// What it processed is being committed.
    Flushing { deadline: Timestamp },
}

impl Handover {
    /// Whether records may be fetched and handed out.
    pub(super) const fn is_settled(self) -> bool {
        matches!(self, Self::Settled)
    }

    pub(super) const fn deadline(self) -> Option<Timestamp> {
        match self {
            Self::Revoking { deadline, .. } | Self::Flushing { deadline } => Some(deadline),
            Self::Settled | Self::Assigned { .. } => None,
        }
    }
}

impl Member {
    fn next_guard(&mut self) -> GuardId {
        self.guards += 1;
        GuardId(self.guards)
    }

    /// The round is done, and `assignment` is ours. Written by another member.
    pub(super) fn joined(&mut self, assignment: &Bytes) {
        let assigned = self.read_assignment(assignment);
        let foreign = assigned
            .partitions
            .iter()
            .find(|p| !self.subscription.contains(&p.topic));
        if let Some(partition) = foreign {
            let reason = format!("assigned {partition}, to whose topic this member is not subscribed");
            return self.membership.declined(&mut self.wire, &reason); // rule 10
        }
        self.membership.accepted();
        self.coordinator.served();
        self.attention.stir();
        self.partitions
            .assign(assigned.partitions.into_iter().filter(|p| p.partition >= 0));
        self.drop_recreated(); // notes which topics they are of
        if !self.membership.is_leader() {
            self.watch = None; // not before: who leads again, of topics it does not read itself, should know them still
        }
        self.want_topics();
        self.ledger.began(&self.wire);
        let (guard, period) = (self.next_guard(), self.partitions.period());
        self.handover = Handover::Assigned { guard };
        self.wire.event(Event::Assigned {
            guard,
            partitions: self.partitions.names(),
            period,
        });
    }

    /// A leader that has nothing for a member may write nothing at all.
    fn read_assignment(&mut self, bytes: &Bytes) -> Assignment {
        if bytes.is_empty() {
            return Assignment::default();
        }
        Assignment::decode(bytes).unwrap_or_else(|problem| {
            let problem = format!(
                "{problem}. The group's leader wrote it; it counts as empty until the next rebalance"
            );
            self.wire.tell(MemberError::Protocol {
                group: self.wire.config.group_id.clone(),
                problem,
            });
            Assignment::default()
        })
    }

    /// The next round is wanted: nothing more is handed out, and the application is asked to finish (rule 11).
    pub(super) fn revoke_wanted(&mut self, learned: Timestamp) {
        self.partitions.withdraw(&mut self.wire);
        self.ask_back(learned + self.wire.config.max_poll_interval);
    }

    /// Some are lost, and with them every notice that was not read: what is to be given back still is asked for anew.
    pub(super) fn some_lost(&mut self, partitions: Vec<TopicPartition>) {
        self.wire.event(Event::Lost { partitions });
        if let Handover::Revoking { deadline, .. } = self.handover {
            self.ask_back(deadline);
        }
    }

    fn ask_back(&mut self, deadline: Timestamp) {
        if self.partitions.is_empty() {
            self.handover = Handover::Flushing { deadline };
            return;
        }
        let guard = self.next_guard();
        self.handover = Handover::Revoking { guard, deadline };
        self.wire.event(Event::Revoking {
            guard,
            partitions: self.partitions.names(),
            deadline,
        });
    }

    /// The application lets go of a notice. One that was overtaken by events changes nothing.
    pub(super) fn released(&mut self, guard: GuardId, unwinding: bool) {
        match self.handover {
            Handover::Assigned { guard: held } | Handover::Revoking { guard: held, .. }
                if held == guard && unwinding =>
            {
                self.leave("the application failed while partitions were handed over");
            }
            Handover::Assigned { guard: held } if held == guard => {
                self.handover = Handover::Settled;
                self.attention.stir();
            }
            Handover::Revoking {
                guard: held,
                deadline,
            } if held == guard => self.flush(deadline),
            _ => {}
        }
    }

    fn flush(&mut self, deadline: Timestamp) {
        self.handover = Handover::Flushing { deadline };
        self.commit_processed_if_auto();
    }

    /// Time is up. Who still held the notice is out of the group by now; who was still committing goes on without (rule 11).
    pub(super) fn expire_handover(&mut self) {
        match self.handover {
            Handover::Revoking { deadline, .. } if self.wire.now >= deadline => {
                self.lose();
                self.membership.yielded();
            }
            Handover::Flushing { deadline } if self.wire.now >= deadline => self.revoke(),
            _ => {}
        }
    }

    /// All that can be committed is.
    pub(super) fn drive_handover(&mut self) {
        if matches!(self.handover, Handover::Flushing { .. }) && self.ledger.is_idle() {
            self.revoke();
        }
    }

    /// Given back; now the group may go on.
    fn revoke(&mut self) {
        self.end_period();
        self.membership.yielded();
    }

    /// Owned no more, and not by our leave (rule 13).
    pub(super) fn lose(&mut self) {
        let partitions = self.partitions.names();
        self.end_period();
        if !partitions.is_empty() {
            self.wire.event(Event::Lost { partitions });
        }
    }

    /// What was read in this period is not ours to commit any more.
    pub(super) fn end_period(&mut self) {
        self.handover = Handover::Settled;
        self.lead = None;
        self.partitions.clear(&mut self.wire);
        self.positions.forget();
        self.ledger.fence(&mut self.wire);
    }

    /// Out of the group until the application comes back.
    pub(super) fn leave(&mut self, reason: &str) {
        self.lose();
        self.depart(reason);
        if self.life == Life::Running {
            self.life = Life::Away;
        }
    }

    /// Says goodbye. A static member keeps its place until its session ends (rule 7).
    pub(super) fn depart(&mut self, reason: &str) {
        if let Some(id) = self.membership.depart(&mut self.wire)
            && self.wire.config.group_instance_id.is_none()
        {
            self.departures.add(id, reason);
        }
    }
}

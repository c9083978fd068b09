//! The end: what was asked for is committed, the group is told, and nobody is left waiting (rule 23, S15, L05).
//!
//! The application closes by its own wish, so it is not asked to let go of anything. All of it happens by the deadline, also when no
//! coordinator can be found.

use core::time::Duration;

use kohort_protocol::Timestamp;

use super::error::MemberError;
use super::io::Output;
use super::{Life, Member};

/// How far closing has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Commits are on their way.
    Committing,
    /// The coordinator is told.
    Leaving,
}

/// How long a member that must stop tries to say goodbye.
const FAREWELL: Duration = Duration::from_secs(5);

impl Member {
    pub(super) fn close(&mut self, commit: bool, deadline: Timestamp) {
        match self.life {
            Life::New => self.closed(Ok(())),
            Life::Running | Life::Away => {
                self.partitions.withdraw(&mut self.wire);
                if commit {
                    self.commit_processed_if_auto();
                }
                self.end(Stage::Committing, deadline);
            }
            // Whoever is in more of a hurry decides.
            Life::Closing {
                stage,
                deadline: other,
            } => self.end(stage, deadline.min(other)),
            Life::Closed => {}
        }
    }

    /// It is over for good: the application is told what it loses and why, and the group that it need not wait.
    pub(super) fn stop(&mut self, error: MemberError) {
        if self.is_closing() {
            return self.stop_at_once(error);
        }
        self.lose();
        self.wire.tell(error.clone());
        self.ending = Some(error);
        // What is lost waits for no commit: the sooner we are gone, the sooner others go on with it.
        self.depart("the consumer stops because of an error");
        self.end(Stage::Leaving, self.wire.now + FAREWELL);
    }

    /// As [`stop`](Self::stop), when there is nobody to say goodbye to.
    pub(super) fn stop_at_once(&mut self, error: MemberError) {
        self.lose();
        self.wire.tell(error.clone());
        self.closed(Err(error));
    }

    fn end(&mut self, stage: Stage, deadline: Timestamp) {
        self.life = Life::Closing { stage, deadline };
        self.want_topics();
    }

    pub(super) const fn closing_deadline(&self) -> Option<Timestamp> {
        match self.life {
            Life::Closing { deadline, .. } => Some(deadline),
            _ => None,
        }
    }

    /// Goes as far as it can.
    pub(super) fn drive_closing(&mut self) {
        self.departures.expire(&self.wire, &self.coordinator);
        let Life::Closing { stage, deadline } = self.life else {
            return;
        };
        if stage == Stage::Committing && self.has_committed() {
            self.end_period();
            self.depart("the consumer is being closed");
            self.end(Stage::Leaving, deadline);
        }
        let is_gone = self.departures.is_empty() && !self.membership.has_orphan();
        if is_gone
            && matches!(
                self.life,
                Life::Closing {
                    stage: Stage::Leaving,
                    ..
                }
            )
        {
            self.closed(Ok(()));
        }
    }

    /// All is committed that can be.
    fn has_committed(&self) -> bool {
        self.ledger.is_idle() || self.membership.identity(&self.wire).is_none()
    }

    pub(super) fn expire_closing(&mut self) {
        let Life::Closing { stage, deadline } = self.life else {
            return;
        };
        if self.wire.now < deadline {
            return;
        }
        let what = match stage {
            Stage::Committing => "the last commit",
            Stage::Leaving => "leaving the group",
        };
        self.closed(Err(MemberError::Unfinished {
            group: self.wire.config.group_id.clone(),
            what,
        }));
    }

    fn closed(&mut self, result: Result<(), MemberError>) {
        if self.life == Life::Closed {
            return;
        }
        self.end_period();
        self.ledger.close(&mut self.wire);
        self.membership.depart(&mut self.wire);
        self.wire.abandon_all();
        self.life = Life::Closed;
        let result = self.ending.take().map_or(result, Err);
        self.wire.push(Output::Closed(result));
    }
}

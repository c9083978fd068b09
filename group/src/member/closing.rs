//! The end: what was asked for is committed, the group is told, and nobody is left waiting (rule 23, S15, L05).
//!
//! The application closes by its own wish, so it is not asked to let go of anything. All of it happens by the deadline, also when no
//! coordinator can be found.

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

impl Member {
    pub(super) fn close(&mut self, commit: bool, deadline: Timestamp) {
        if matches!(self.life, Life::New | Life::Closing { .. }) {
            return self.closed(Ok(()));
        }
        self.partitions.withdraw(&mut self.wire);
        if commit {
            self.commit_processed_if_auto();
        }
        self.life = Life::Closing {
            stage: Stage::Committing,
            deadline,
        };
    }

    /// Goes as far as it can.
    pub(super) fn drive_closing(&mut self) {
        let Life::Closing { stage, deadline } = self.life else {
            return;
        };
        if stage == Stage::Committing
            && (self.ledger.is_idle() || self.membership.identity(&self.wire).is_none())
        {
            self.end_period();
            self.depart("the consumer is being closed");
            self.life = Life::Closing {
                stage: Stage::Leaving,
                deadline,
            };
        }
        if matches!(
            self.life,
            Life::Closing {
                stage: Stage::Leaving,
                ..
            }
        ) && self.departures.is_empty()
            && !self.membership.has_orphan()
        {
            self.closed(Ok(()));
        }
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

    /// It is over for good: the application is told what it loses and why.
    pub(super) fn stop(&mut self, error: MemberError) {
        self.lose();
        self.wire.tell(error.clone());
        self.closed(Err(error));
    }

    fn closed(&mut self, result: Result<(), MemberError>) {
        if self.life == Life::Closed {
            return;
        }
        self.end_period();
        self.ledger.close(&mut self.wire);
        self.wire.abandon_all();
        self.life = Life::Closed;
        self.wire.push(Output::Closed(result));
    }
}

//! Commits that may land late.
//!
//! A commit that was given up on may still lie in the broker's queue. It then lands *after* a newer one that was acknowledged and
//! rewinds it (seen on Kafka 4.4.0: in 19 of 30 runs with a broker that was paused meanwhile). So after the next acknowledgement the
//! newest offsets are sent once more, a while later: that healed 30 of 30. Until then the group is unsettled.

use alloc::collections::BTreeSet;
use core::time::Duration;

use kohort_protocol::{Timestamp, TopicPartition};

/// How long an abandoned commit is given to land.
const LATE: Duration = Duration::from_millis(500);

#[derive(Debug, Default)]
enum Stage {
    #[default]
    Settled,
    /// Nothing was acknowledged since.
    Unsettled,
    /// Something was: send the newest once more, then.
    Again(Timestamp),
    /// That is on its way.
    Healing,
}

/// See the head of this file.
#[derive(Debug, Default)]
pub(super) struct Doubt {
    stage: Stage,
    partitions: BTreeSet<TopicPartition>,
}

impl Doubt {
    /// Whether something will be sent once more, when the time has come.
    pub(super) const fn is_waiting(&self) -> bool {
        matches!(self.stage, Stage::Again(_))
    }

    /// Whether what is sent now will settle it.
    pub(super) const fn is_healing(&self) -> bool {
        matches!(self.stage, Stage::Healing)
    }

    /// A commit of these went out and got no answer.
    pub(super) fn cast(&mut self, partitions: impl Iterator<Item = TopicPartition>) {
        self.stage = Stage::Unsettled;
        self.partitions.extend(partitions);
    }

    /// A commit was acknowledged; `healing` if it was sent when the time had come.
    pub(super) fn acknowledged(&mut self, now: Timestamp, healing: bool) {
        match self.stage {
            Stage::Unsettled => self.stage = Stage::Again(now + LATE),
            Stage::Healing if healing => *self = Self::default(),
            _ => {}
        }
    }

    pub(super) const fn deadline(&self) -> Option<Timestamp> {
        match self.stage {
            Stage::Again(at) => Some(at),
            _ => None,
        }
    }

    /// The partitions whose newest offsets are to be sent once more, when the time has come.
    pub(super) fn due(&mut self, now: Timestamp) -> Option<&BTreeSet<TopicPartition>> {
        if self.deadline().is_none_or(|at| now < at) {
            return None;
        }
        self.stage = Stage::Healing;
        Some(&self.partitions)
    }

    /// There was nothing to send after all.
    pub(super) fn dispel(&mut self) {
        *self = Self::default();
    }
}

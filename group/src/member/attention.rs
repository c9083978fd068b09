//! When the partitions need looking at.
//!
//! There may be thousands, and most of what happens to a member (polls, records taken, heartbeats) asks nothing new of any. So they are
//! looked at only after something *stirred* them, or when one that failed may be tried again.

use kohort_protocol::Timestamp;

use super::Member;
use super::partitions::Place;

/// See the head of this file.
#[derive(Debug, Default)]
pub(super) struct Attention {
    stirred: bool,
    wake: Option<Timestamp>,
}

impl Attention {
    pub(super) fn stir(&mut self) {
        self.stirred = true;
    }

    /// Something is to be tried again at `at`.
    pub(super) fn wake_at(&mut self, at: Timestamp) {
        self.wake = Some(self.wake.map_or(at, |wake| wake.min(at)));
    }

    pub(super) const fn deadline(&self) -> Option<Timestamp> {
        self.wake
    }

    /// Whether they are to be looked at; begins anew then.
    fn is_called(&mut self, now: Timestamp) -> bool {
        let is_called = self.stirred || self.wake.is_some_and(|at| at <= now);
        if is_called {
            *self = Self::default();
        }
        is_called
    }
}

impl Member {
    /// Asks for positions and records, if there may be something to ask.
    pub(super) fn drive_reading(&mut self) {
        let now = self.wire.now;
        if !self.attention.is_called(now) {
            return;
        }
        let failed = self
            .partitions
            .iter()
            .filter(|(_, p)| p.place != Place::Stopped && !p.retry.is_due(now));
        for (_, partition) in failed {
            self.attention.wake_at(partition.retry.at());
        }
        self.drive_positions();
        self.drive_fetching();
    }
}

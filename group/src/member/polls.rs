//! Whether the application still comes back for more (`max.poll.interval.ms`, rule 6).

use kohort_protocol::Timestamp;

use super::wire::Wire;

/// See the head of this file.
#[derive(Debug, Default)]
pub(super) struct Polls {
    last: Timestamp,
    /// It waits inside the client: as long as it does, it counts as polling (KAFKA-16243).
    waits: bool,
}

impl Polls {
    pub(super) fn came(&mut self, now: Timestamp) {
        self.last = now;
    }

    pub(super) fn waits(&mut self, now: Timestamp, waits: bool) {
        self.last = now;
        self.waits = waits;
    }

    /// When it has been away for too long.
    pub(super) fn deadline(&self, wire: &Wire) -> Option<Timestamp> {
        (!self.waits).then(|| self.last + wire.config.max_poll_interval)
    }

    pub(super) fn since(&self, now: Timestamp) -> core::time::Duration {
        now.since(self.last)
    }
}

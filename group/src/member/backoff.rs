//! How long to wait before something is tried again (KIP-580), and when to tell the application that it still fails (L07).

use core::fmt::Display;
use core::time::Duration;

use alloc::string::ToString as _;
use kohort_protocol::Timestamp;

use super::error::MemberError;
use super::wire::Wire;

/// So many failures in a row are told; then twice as many, and so on.
const TOLD_AFTER: u32 = 10;

/// One thing that is tried until it succeeds.
#[derive(Clone, Debug)]
pub(super) struct Retry {
    what: &'static str,
    failures: u32,
    at: Timestamp,
}

impl Retry {
    pub(super) const fn new(what: &'static str) -> Self {
        Self {
            what,
            failures: 0,
            at: Timestamp::ZERO,
        }
    }

    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        self.at <= now
    }

    /// When the next try is allowed.
    pub(super) const fn at(&self) -> Timestamp {
        self.at
    }

    pub(super) fn succeeded(&mut self) {
        self.failures = 0;
        self.at = Timestamp::ZERO;
    }

    /// It failed: the next try waits.
    pub(super) fn failed(&mut self, wire: &mut Wire, last: &dyn Display) {
        self.count(wire, last);
        self.at = wire.now + delay(wire, self.failures);
    }

    /// It failed in a way that asks for another try at once. Only the first of a row gets it, else two parties that disagree would
    /// talk as fast as the network lets them (L04).
    pub(super) fn failed_try_at_once(&mut self, wire: &mut Wire, last: &dyn Display) {
        self.count(wire, last);
        self.at = match self.failures {
            1 => wire.now,
            more => wire.now + delay(wire, more - 1),
        };
    }

    /// It succeeded, but must not follow upon itself too fast.
    pub(super) fn pace(&mut self, wire: &mut Wire) {
        self.failures = self.failures.saturating_add(1);
        self.at = wire.now + delay(wire, self.failures);
    }

    fn count(&mut self, wire: &mut Wire, last: &dyn Display) {
        self.failures = self.failures.saturating_add(1);
        if self.failures.is_multiple_of(TOLD_AFTER) && (self.failures / TOLD_AFTER).is_power_of_two() {
            wire.tell(MemberError::StillTrying {
                group: wire.config.group_id.clone(),
                what: self.what,
                times: self.failures,
                last: last.to_string(),
            });
        }
    }
}

/// `retry.backoff.ms`, doubled with each failure up to `retry.backoff.max.ms`, give or take a fifth.
fn delay(wire: &mut Wire, failures: u32) -> Duration {
    let doubled = wire
        .config
        .retry_backoff
        .saturating_mul(1 << failures.saturating_sub(1).min(20));
    let jitter = wire.rng.u32(800..=1200);
    (doubled.min(wire.config.retry_backoff_max) * jitter / 1000).min(wire.config.retry_backoff_max)
}

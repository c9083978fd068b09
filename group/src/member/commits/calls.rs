//! Whom to answer when a commit is decided: each caller gets one result, of all the partitions it named.

use alloc::collections::BTreeMap;
use alloc::format;

use kohort_protocol::Timestamp;

use crate::member::error::CommitError;
use crate::member::io::CallId;
use crate::member::wire::Wire;

/// See the head of this file.
#[derive(Debug, Default)]
pub(super) struct Calls {
    waiting: BTreeMap<CallId, Waiting>,
}

#[derive(Debug)]
struct Waiting {
    /// So many partitions are not decided yet.
    open: usize,
    worst: Option<CommitError>,
    until: Timestamp,
}

impl Calls {
    /// `call` waits for `open` partitions.
    pub(super) fn begin(&mut self, wire: &mut Wire, call: CallId, open: usize) {
        if open == 0 {
            return wire.done(call, Ok(()));
        }
        let until = wire.now + wire.config.default_api_timeout;
        self.waiting.insert(
            call,
            Waiting {
                open,
                worst: None,
                until,
            },
        );
    }

    /// One partition of `call` is decided. A call that was answered already is passed over.
    pub(super) fn decide(&mut self, wire: &mut Wire, call: CallId, result: Result<(), CommitError>) {
        let Some(waiting) = self.waiting.get_mut(&call) else {
            return;
        };
        waiting.open -= 1;
        if let Err(error) = result {
            waiting.worst = Some(match waiting.worst.take() {
                Some(worst) => worst.merge(error),
                None => error,
            });
        }
        if waiting.open == 0
            && let Some(Waiting { worst, .. }) = self.waiting.remove(&call)
        {
            wire.done(call, worst.map_or(Ok(()), |error| Err(error.into())));
        }
    }

    /// Nobody waits longer than `default.api.timeout.ms`; the offsets themselves are tried on.
    pub(super) fn expire(&mut self, wire: &mut Wire) {
        let now = wire.now;
        let limit = wire.config.default_api_timeout;
        for (call, _) in self.waiting.extract_if(.., |_, waiting| waiting.until <= now) {
            let reason = format!("none came within {limit:?}, and it is still being tried");
            wire.done(call, Err(CommitError::Unknown { reason }.into()));
        }
    }

    pub(super) fn deadline(&self) -> Option<Timestamp> {
        self.waiting.values().map(|waiting| waiting.until).min()
    }

    /// Answers whoever still waits.
    pub(super) fn close(&mut self, wire: &mut Wire) {
        while let Some((call, _)) = self.waiting.pop_first() {
            wire.done(call, Err(CommitError::Closed.into()));
        }
    }
}

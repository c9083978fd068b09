//! The promise behind every call: one answer, or silence after it was abandoned, and nothing else.

use core::time::Duration;
use std::sync::{Arc, Mutex, PoisonError};

use kohort_protocol::api::{Outgoing, Response};
use kohort_protocol::{CallFailure, Timestamp};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

/// The outcome of a call.
pub(crate) type Outcome = Result<Response, CallFailure>;

/// Names one call within a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Serial(pub(crate) u64);

/// What the task of a connection is told.
#[allow(
    clippy::large_enum_variant,
    reason = "nearly all of them are calls, and few wait at a time"
)]
pub(crate) enum Command {
    Call(PendingCall),
    Abandon(Serial),
    /// Another connection to the same address hangs: give up if nothing came on this one either since then.
    Suspect {
        since: Instant,
        reason: String,
    },
}

/// A call on its way to a connection.
pub(crate) struct PendingCall {
    pub(crate) serial: Serial,
    pub(crate) request: Outgoing,
    /// When it was made: its time-out runs from then.
    pub(crate) at: Timestamp,
    pub(crate) timeout: Duration,
    pub(crate) reply: Reply,
    pub(crate) route: Route,
}

/// Where a call is, to abandon it. Read and changed under the hub's lock alone; does not keep the connection alive.
#[derive(Clone, Default)]
pub(crate) struct Route(Arc<Mutex<Option<mpsc::WeakUnboundedSender<Command>>>>);

impl Route {
    pub(crate) fn lead_to(&self, commands: &mpsc::UnboundedSender<Command>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(commands.downgrade());
    }

    pub(crate) fn abandon(&self, serial: Serial) {
        let commands = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(commands) = commands.as_ref().and_then(mpsc::WeakUnboundedSender::upgrade) {
            // A connection that is gone has no call to abandon.
            let _ = commands.send(Command::Abandon(serial));
        }
    }
}

enum Recipient {
    Port(Serial, mpsc::UnboundedSender<(Serial, Outcome)>),
    Future(oneshot::Sender<Outcome>),
}

/// Answers one caller, exactly once: when it is dropped unanswered (its task was cancelled by the runtime) it says so.
pub(crate) struct Reply(Option<Recipient>);

impl Reply {
    pub(crate) const fn to_port(serial: Serial, port: mpsc::UnboundedSender<(Serial, Outcome)>) -> Self {
        Self(Some(Recipient::Port(serial, port)))
    }

    pub(crate) const fn to_future(future: oneshot::Sender<Outcome>) -> Self {
        Self(Some(Recipient::Future(future)))
    }

    pub(crate) fn answer(mut self, outcome: Outcome) {
        self.deliver(outcome);
    }

    pub(crate) fn abandon(mut self) {
        self.0 = None;
    }

    fn deliver(&mut self, outcome: Outcome) {
        // A recipient that is gone has abandoned its calls.
        match self.0.take() {
            Some(Recipient::Port(serial, port)) => drop(port.send((serial, outcome))),
            Some(Recipient::Future(future)) => drop(future.send(outcome)),
            None => {}
        }
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        self.deliver(Err(CallFailure::Disconnected {
            detail: "the connection's task was ended by the runtime".into(),
        }));
    }
}

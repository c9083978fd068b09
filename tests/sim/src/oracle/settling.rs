//! How long the group may be unsettled when the faults are over: X of the specification's phase 2, session timeout + 3 heartbeat intervals +
//! request timeout (an answer that never comes) + greatest backoff + the brokers' own failover.
//!
//! Whoever died with its JoinGroup parked takes part in the round, and its session begins only when that is complete: then X holds one
//! session more.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kohort_protocol::Timestamp;
use kohort_protocol::api::Request;

use super::Scene;
use crate::history::{Process, What};
use crate::plan::Plan;

/// See the head of this file.
pub(super) struct Settling {
    x: Duration,
    /// Who waits for the answer to a JoinGroup.
    joining: BTreeSet<Process>,
    /// Who died so, until when it may hold up a round, and how long its session lasts then.
    dead: BTreeMap<Process, (Timestamp, Duration)>,
}

impl Settling {
    pub(super) fn new(plan: &Plan) -> Self {
        Self {
            x: plan.settled_after(),
            joining: BTreeSet::new(),
            dead: BTreeMap::new(),
        }
    }

    pub(super) fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) {
        let Some(process) = process else { return };
        match what {
            What::Sent {
                request: Request::JoinGroup(_),
                ..
            } => _ = self.joining.insert(process),
            What::Answered {
                request: Request::JoinGroup(_),
                ..
            } => _ = self.joining.remove(&process),
            What::Crashed | What::Closed { .. } if self.joining.remove(&process) => {
                let config = &scene.ghost.of(process).config;
                let until = scene.now + config.max_poll_interval;
                self.dead.insert(process, (until, config.session_timeout));
            }
            _ => {}
        }
    }

    /// X, if the faults were over at `calm`.
    pub(super) fn lasts(&self, calm: Timestamp) -> Duration {
        let late = self.dead.values().filter(|(until, _)| *until >= calm);
        self.x + late.map(|(_, session)| *session).max().unwrap_or_default()
    }
}

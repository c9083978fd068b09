//! L01. When the faults are over the group becomes stable within X.
//!
//! Source: specification of phase 2. X = session timeout + 3 heartbeat intervals + request timeout (an answer that never comes) + greatest backoff + the brokers' own failover.

use std::time::Duration;

use super::{Invariant, Scene, Verdict};
use crate::plan::Plan;

pub(super) struct StableInTime {
    limit: Duration,
}

impl StableInTime {
    pub(super) fn new(plan: &Plan) -> Self {
        let limit = plan.settled_after();
        Self { limit }
    }
}

impl Invariant for StableInTime {
    fn id(&self) -> &'static str {
        "L01"
    }

    fn rest(&mut self, scene: &Scene<'_>) -> Verdict {
        let Some(calm) = scene.ghost.calm else {
            return Ok(());
        };
        if scene.now.since(calm) <= self.limit || scene.ghost.stable.is_some() {
            return Ok(());
        }
        Err(format!(
            "not stable {:?} after the faults were over: {}",
            self.limit,
            scene.ghost.who_owns_what()
        ))
    }
}

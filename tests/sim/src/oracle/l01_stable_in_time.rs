//! L01. When the faults are over the group becomes stable within X.
//!
//! Source: specification of phase 2. What X is, `settling` says.

use super::settling::Settling;
use super::{Invariant, Scene, Verdict};
use crate::history::{Process, What};
use crate::plan::Plan;

pub(super) struct StableInTime {
    settling: Settling,
}

impl StableInTime {
    pub(super) fn new(plan: &Plan) -> Self {
        let settling = Settling::new(plan);
        Self { settling }
    }
}

impl Invariant for StableInTime {
    fn id(&self) -> &'static str {
        "L01"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        self.settling.see(scene, process, what);
        Ok(())
    }

    fn rest(&mut self, scene: &Scene<'_>) -> Verdict {
        let Some(calm) = scene.ghost.calm else {
            return Ok(());
        };
        let limit = self.settling.lasts(calm);
        if scene.now.since(calm) <= limit || scene.ghost.stable.is_some() {
            return Ok(());
        }
        Err(format!(
            "not stable {limit:?} after the faults were over: {}",
            scene.ghost.who_owns_what()
        ))
    }
}

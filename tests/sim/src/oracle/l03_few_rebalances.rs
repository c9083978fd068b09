//! L03. A group that is stable, and with which nothing is wrong, stays in its generation: also when the coordinator moves or a broker
//! restarts.
//!
//! Source: specification; Kafka's ducktape tests assert the same. The watch begins when whatever the chaos left behind has been noticed.

use kohort_protocol::Generation;

use super::settling::Settling;
use super::{Invariant, Scene, Verdict};
use crate::history::{Process, What};
use crate::plan::Plan;

pub(super) struct FewRebalances {
    settling: Settling,
    generation: Option<Generation>,
}

impl FewRebalances {
    pub(super) fn new(plan: &Plan) -> Self {
        Self {
            settling: Settling::new(plan),
            generation: None,
        }
    }
}

impl Invariant for FewRebalances {
    fn id(&self) -> &'static str {
        "L03"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        self.settling.see(scene, process, what);
        let (What::Group(Some((state, generation))), Some(calm)) = (what, scene.ghost.calm) else {
            return Ok(());
        };
        if scene.now.since(calm) > self.settling.lasts(calm)
            && let Some(before) = self.generation
            && before != *generation
        {
            return Err(format!(
                "generation {before} is followed by {generation} ({state:?}) though nothing happened to its members"
            ));
        }
        self.generation = Some(*generation);
        Ok(())
    }
}

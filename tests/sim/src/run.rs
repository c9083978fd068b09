//! One run: chaos, then calm, then the verdict.

use std::time::Duration;

use crate::caught::caught;
use crate::oracle::Violation;
use crate::plan::Plan;
use crate::planted::{Doors, Planted};
use crate::sometimes::Sometimes;
use crate::world::World;

/// What came of a run.
#[derive(Debug)]
pub struct Outcome {
    /// What was broken first.
    pub violation: Option<Violation>,
    /// How much virtual time passed.
    pub simulated: Duration,
    /// How many events there were.
    pub events: u64,
    /// How many faults happened.
    pub faults: u64,
    /// How many generations the group went through.
    pub rebalances: u64,
    /// How long after the faults the group was stable.
    pub stable: Option<Duration>,
    /// What situations were reached.
    pub sometimes: Sometimes,
    /// Two runs with the same did the same.
    pub hash: u64,
    /// The trace, if it was wanted.
    pub trace: Option<String>,
}

/// Carries out a plan, with a bug planted or not. A panic is a violation like any other, and what was known before it is not lost.
#[must_use]
pub fn run(plan: &Plan, planted: Option<&Planted>, trace: bool) -> Outcome {
    let mut world = World::new(plan.clone(), Doors::with(planted));
    if trace {
        world.trace.keep_lines();
    }
    if let Err(panic) = caught(|| live(&mut world)) {
        world.oracle.object("PANIC", world.now, panic);
    }
    outcome(&world)
}

fn live(world: &mut World) {
    world.run_until(world.plan().calm_at());
    if world.violations().is_empty() {
        world.calm();
        world.run_until(world.plan().end());
    }
    world.end();
}

fn outcome(world: &World) -> Outcome {
    let ghost = world.oracle.ghost();
    let stable = ghost
        .stable
        .zip(ghost.calm)
        .map(|(stable, calm)| stable.since(calm));
    Outcome {
        violation: world.violations().first().cloned(),
        simulated: world.now.since(kohort_protocol::Timestamp::ZERO),
        events: world.events,
        faults: world.faults,
        rebalances: ghost.rebalances,
        stable,
        sometimes: world.sometimes.clone(),
        hash: world.trace.hash(),
        trace: world.trace.lines().map(str::to_owned),
    }
}

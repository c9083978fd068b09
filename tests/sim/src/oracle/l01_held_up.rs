//! L01, the part of each member. Who was asked to give back all it had, has done so and has nothing on its way joins at once: the others
//! wait for it, until the rebalance timeout if need be.
//!
//! Source: specification (stuck members add the rebalance timeout to X); rule 11. What may come in between: commits, each with its backoff,
//! and the newest offsets once more; the search for a coordinator.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kohort_group::member::{Event, GuardId};
use kohort_protocol::api::Request;

use super::watch::Watch;
use super::{Invariant, Life, ProcessGhost, Scene, Verdict};
use crate::history::{Process, What};

/// Two backoffs, and the time until the newest offsets are sent once more.
const PATIENCE: Duration = Duration::from_secs(3);

#[derive(Default)]
pub(super) struct NotHeldUp {
    /// The notice of a revocation that was heard last.
    asked: BTreeMap<Process, GuardId>,
    /// Who has let go of it, and not joined since.
    given_back: BTreeSet<Process>,
    /// Whose commit is on its way.
    commits: BTreeSet<Process>,
    /// By when those must have joined who have nothing else to do.
    due: Watch<Process>,
}

impl Invariant for NotHeldUp {
    fn id(&self) -> &'static str {
        "L01"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let Some(process) = process else { return Ok(()) };
        match what {
            What::Heard(Event::Revoking { guard, .. }) => {
                self.asked.insert(process, *guard);
            }
            What::Released { guard, .. } if self.asked.get(&process) == Some(guard) => {
                self.given_back.insert(process);
            }
            What::Sent {
                request: Request::OffsetCommit(_),
                ..
            } => {
                self.commits.insert(process);
            }
            What::Answered {
                request: Request::OffsetCommit(_),
                ..
            }
            | What::Abandoned {
                request: Request::OffsetCommit(_),
            } => {
                self.commits.remove(&process);
            }
            What::Sent {
                request: Request::JoinGroup(_),
                ..
            }
            | What::Said(Event::Assigned { .. })
            | What::Crashed
            | What::Closed { .. } => {
                self.given_back.remove(&process);
                self.asked.remove(&process); // it may hold that notice for long still
            }
            // Its time begins anew.
            What::Answered {
                request: Request::FindCoordinator(_),
                ..
            }
            | What::Frozen(false) => {}
            _ => return Ok(()),
        }
        let is_idle = self.given_back.contains(&process) && !self.commits.contains(&process);
        let patience = PATIENCE + scene.ghost.of(process).late * 2;
        self.due
            .set_or_remove(process, is_idle.then(|| scene.now + patience));
        Ok(())
    }

    fn rest(&mut self, scene: &Scene<'_>) -> Verdict {
        let is_free = |ghost: &ProcessGhost| {
            let is_up = ghost.life == Life::Running && ghost.closing.is_none() && ghost.refused.is_none();
            is_up && ghost.in_session && ghost.knows_coordinator
        };
        let mut late = self.due.late(scene.now);
        match late.find(|(process, _)| is_free(scene.ghost.of(*process))) {
            None => Ok(()),
            Some((process, due)) => Err(format!(
                "process {} has given back all it had, and nothing is on its way; it should have joined by {due}",
                process.0
            )),
        }
    }
}

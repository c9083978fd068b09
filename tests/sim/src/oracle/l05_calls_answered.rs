//! L05. Every call of the application is answered, once, by its deadline; a close within its timeout, also with no broker there.
//!
//! Source: specification; Jepsen on Bufstream. Of one that stands still nothing is asked until it goes on.

use std::collections::BTreeMap;
use std::time::Duration;

use kohort_group::member::CallId;
use kohort_protocol::Timestamp;

use super::{Invariant, Life, ProcessGhost, Scene, Verdict};
use crate::history::{Process, What};

/// Everything happens on time in a simulation.
const SLACK: Duration = Duration::from_millis(5);

#[derive(Default)]
pub(super) struct CallsAnswered {
    /// Calls that wait, and until when.
    calls: BTreeMap<(Process, CallId), Timestamp>,
}

impl Invariant for CallsAnswered {
    fn id(&self) -> &'static str {
        "L05"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let Some(process) = process else { return Ok(()) };
        match what {
            What::CommitAsked { call, .. } | What::ProcessedAsked { call } | What::Sought { call, .. } => {
                let due = scene.now + scene.ghost.of(process).config.default_api_timeout + SLACK;
                self.calls.insert((process, *call), due);
            }
            What::Done { call, .. } if self.calls.remove(&(process, *call)).is_none() => {
                return Err(format!(
                    "call {} of process {} is answered twice",
                    call.0, process.0
                ));
            }
            What::Closed { .. } => {
                let forgotten = self.calls.keys().find(|(of, _)| *of == process);
                if let Some((_, call)) = forgotten {
                    return Err(format!(
                        "process {} is gone, and call {} was never answered",
                        process.0, call.0
                    ));
                }
            }
            What::Crashed => self.calls.retain(|(of, _), _| *of != process),
            _ => {}
        }
        Ok(())
    }

    fn rest(&mut self, scene: &Scene<'_>) -> Verdict {
        let is_past = |ghost: &ProcessGhost, due: Timestamp| {
            ghost.life == Life::Running && scene.now > due.max(ghost.awake_since + SLACK) + ghost.late
        };
        let closes_late = |ghost: &ProcessGhost| {
            ghost
                .closing
                .is_some_and(|deadline| is_past(ghost, deadline + SLACK))
        };
        if let Some((process, ghost)) = scene.ghost.all().find(|(_, ghost)| closes_late(ghost)) {
            return Err(format!(
                "process {} should have been closed by {:?}",
                process.0, ghost.closing
            ));
        }
        let late = self
            .calls
            .iter()
            .find(|((process, _), due)| is_past(scene.ghost.of(*process), **due));
        match late {
            None => Ok(()),
            Some(((process, call), due)) => Err(format!(
                "call {} of process {} should have been answered by {due}",
                call.0, process.0
            )),
        }
    }
}

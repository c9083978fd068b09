//! L05. Every call of the application is answered, once, by its deadline; a close within its timeout, also with no broker there.
//!
//! Source: specification; Jepsen on Bufstream. Of one that stands still nothing is asked until it goes on.

use std::time::Duration;

use kohort_group::member::CallId;
use kohort_protocol::Timestamp;

use super::watch::Watch;
use super::{Invariant, Life, ProcessGhost, Scene, Verdict};
use crate::history::{Process, What};

/// Everything happens on time in a simulation.
const SLACK: Duration = Duration::from_millis(5);

#[derive(Default)]
pub(super) struct CallsAnswered {
    /// Calls that wait, and until when.
    calls: Watch<(Process, CallId)>,
    /// Who closes, and until when.
    closing: Watch<Process>,
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
                self.calls.set((process, *call), due);
            }
            What::Done { call, .. } if !self.calls.remove((process, *call)) => {
                return Err(format!(
                    "call {} of process {} is answered twice",
                    call.0, process.0
                ));
            }
            What::Closing { .. } => {
                let deadline = scene.ghost.of(process).closing;
                let deadline = deadline.map(|deadline| deadline + SLACK);
                self.closing.set_or_remove(process, deadline);
            }
            What::Closed { .. } => {
                self.closing.remove(process);
                let mut calls = self.calls.keys();
                let forgotten = calls.find(|(of, _)| *of == process);
                if let Some((_, call)) = forgotten {
                    return Err(format!(
                        "process {} is gone, and call {} was never answered",
                        process.0, call.0
                    ));
                }
            }
            What::Crashed => {
                self.closing.remove(process);
                let of_it: Vec<_> = self.calls.keys().filter(|(of, _)| *of == process).collect();
                for call in of_it {
                    self.calls.remove(call);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn rest(&mut self, scene: &Scene<'_>) -> Verdict {
        let is_past = |ghost: &ProcessGhost, due: Timestamp| {
            ghost.life == Life::Running && scene.now > due.max(ghost.awake_since + SLACK) + ghost.late
        };
        let mut closes = self.closing.late(scene.now);
        if let Some((process, due)) = closes.find(|(process, due)| is_past(scene.ghost.of(*process), *due)) {
            return Err(format!("process {} should have been closed by {due}", process.0));
        }
        let mut calls = self.calls.late(scene.now);
        match calls.find(|((process, _), due)| is_past(scene.ghost.of(*process), *due)) {
            None => Ok(()),
            Some(((process, call), due)) => Err(format!(
                "call {} of process {} should have been answered by {due}",
                call.0, process.0
            )),
        }
    }
}

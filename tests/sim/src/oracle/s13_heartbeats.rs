//! S13. As long as a member is in a session and its coordinator answers, it sends the next heartbeat one interval after the last: also
//! while the application works or holds a notice, and during a rebalance.
//!
//! Source: rule 5; HeartbeatThread. Whether the coordinator can be reached is another matter: a lost one ends the watch until it is found.

use std::collections::BTreeMap;
use std::time::Duration;

use kohort_protocol::api::{Request, Response};
use kohort_protocol::{ErrorCode, Timestamp};

use super::ghost::loses_coordinator;
use super::{Invariant, Life, Scene, Verdict};
use crate::history::{Process, What};

/// Everything happens on time in a simulation.
const SLACK: Duration = Duration::from_millis(5);

#[derive(Default)]
pub(super) struct Heartbeats {
    /// By when the next must be sent.
    due: BTreeMap<Process, Timestamp>,
    /// When the session began: answers to what was sent before it say nothing.
    since: BTreeMap<Process, Timestamp>,
}

impl Invariant for Heartbeats {
    fn id(&self) -> &'static str {
        "S13"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let Some(process) = process else { return Ok(()) };
        match what {
            What::Sent { request, .. } if ends_the_watch(request) => {
                self.due.remove(&process);
            }
            What::Answered {
                reply: Ok(Response::JoinGroup(response)),
                ..
            } if response.error_code.is_ok() => {
                self.since.insert(process, scene.now);
                self.expect(scene, process, scene.now);
            }
            What::Answered {
                reply: Ok(Response::Heartbeat(response)),
                sent,
                ..
            } if scene.ghost.of(process).in_session
                && matches!(
                    response.error_code,
                    ErrorCode::NONE | ErrorCode::REBALANCE_IN_PROGRESS
                ) =>
            {
                self.expect(scene, process, *sent);
            }
            What::Answered {
                reply: Ok(response), ..
            } if loses_coordinator(response) => {
                self.due.remove(&process);
            }
            What::Answered { reply: Err(_), .. } | What::Closing { .. } | What::Frozen(_) | What::Crashed => {
                self.due.remove(&process);
            }
            _ if !scene.ghost.of(process).in_session => {
                self.due.remove(&process);
            }
            _ => {}
        }
        Ok(())
    }

    fn rest(&mut self, scene: &Scene<'_>) -> Verdict {
        let is_late = |process: Process, due: Timestamp| scene.now > due + scene.ghost.of(process).late;
        let late = self.due.iter().find(|(process, due)| is_late(**process, **due));
        match late {
            Some((process, due)) if scene.ghost.of(*process).life == Life::Running => Err(format!(
                "process {} should have sent a heartbeat by {due}",
                process.0
            )),
            _ => Ok(()),
        }
    }
}

impl Heartbeats {
    fn expect(&mut self, scene: &Scene<'_>, process: Process, last: Timestamp) {
        let is_old = self.since.get(&process).is_some_and(|since| last < *since);
        if is_old || !scene.ghost.of(process).knows_coordinator {
            return;
        }
        let interval = scene.ghost.of(process).config.heartbeat_interval;
        self.due.insert(process, (last + interval).max(scene.now) + SLACK);
    }
}

const fn ends_the_watch(request: &Request) -> bool {
    matches!(
        request,
        Request::Heartbeat(_) | Request::FindCoordinator(_) | Request::JoinGroup(_) | Request::LeaveGroup(_)
    )
}

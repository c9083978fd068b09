//! S13. As long as a member is in a session and knows its coordinator, it sends the next heartbeat one interval after the last: also
//! while the application works or holds a notice, and during a rebalance. Through a coordinator that was just found, at once; after a
//! refusal that will pass, after a backoff; if none was acknowledged for a whole session, another coordinator is looked for first (rule 6).
//! No heartbeat waits for longer than request.timeout.ms.
//!
//! Source: rule 5; HeartbeatThread. Whether the coordinator can be found is another matter: a lost one ends the watch until then.

use std::collections::BTreeMap;
use std::time::Duration;

use kohort_protocol::api::heartbeat::HeartbeatRequest;
use kohort_protocol::api::{Request, Response};
use kohort_protocol::{ErrorCode, Timestamp};

use super::coordinator::{is_for_coordinator, loses_coordinator};
use super::watch::Watch;
use super::{Invariant, Life, Scene, Verdict};
use crate::history::{Process, What};

/// Everything happens on time in a simulation.
const SLACK: Duration = Duration::from_millis(5);
/// The longest there is: `retry.backoff.max.ms`.
const BACKOFF: Duration = Duration::from_secs(1);

#[derive(Default)]
pub(super) struct Heartbeats {
    /// By when the next must be sent.
    due: Watch<Process>,
    /// When the session began: answers to what was sent before it say nothing.
    since: BTreeMap<Process, Timestamp>,
    /// The newest heartbeat that is on its way: the next one waits for its end, not for that of one of the round before.
    open: BTreeMap<Process, (Timestamp, HeartbeatRequest)>,
    /// When the coordinator is known to have heard of it.
    acknowledged: BTreeMap<Process, Timestamp>,
}

impl Invariant for Heartbeats {
    fn id(&self) -> &'static str {
        "S13"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let Some(process) = process else { return Ok(()) };
        match what {
            What::Sent {
                request: Request::Heartbeat(_),
                timeout,
                ..
            } if *timeout > scene.ghost.of(process).config.request_timeout => {
                return Err(format!(
                    "process {} lets a heartbeat wait for {timeout:?}",
                    process.0
                ));
            }
            What::Sent {
                request: Request::Heartbeat(heartbeat),
                ..
            } => {
                self.open.insert(process, (scene.now, heartbeat.clone()));
            }
            What::Answered {
                request: Request::Heartbeat(_),
                sent: ended,
                ..
            } => self.open.retain(|of, (sent, _)| *of != process || sent != ended),
            What::Abandoned {
                request: Request::Heartbeat(ended),
            } => self.open.retain(|of, (_, open)| *of != process || open != ended),
            _ => {}
        }
        match what {
            What::Sent { request, .. } if ends_the_watch(request) => {
                self.due.remove(process);
            }
            What::Answered {
                reply: Ok(Response::FindCoordinator(_)),
                ..
            } if scene.ghost.of(process).in_session && !self.open.contains_key(&process) => {
                self.expect(scene, process, scene.now, Duration::ZERO);
            }
            What::Answered {
                reply: Ok(Response::Heartbeat(response)),
                sent,
                ..
            } if scene.ghost.of(process).in_session
                && response.error_code == ErrorCode::COORDINATOR_LOAD_IN_PROGRESS =>
            {
                self.expect(scene, process, *sent, Duration::ZERO);
                if let Some(due) = self.due.due(process) {
                    self.due.set(process, due + BACKOFF);
                }
            }
            What::Answered {
                reply: Ok(Response::JoinGroup(response)),
                ..
            } if response.error_code.is_ok() => {
                self.since.insert(process, scene.now);
                self.acknowledged.insert(process, scene.now);
                self.expect(
                    scene,
                    process,
                    scene.now,
                    scene.ghost.of(process).config.heartbeat_interval,
                );
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
                let ghost = scene.ghost.of(process);
                let heard = self.acknowledged.entry(process).or_insert(*sent);
                // Who wakes up with the answer has given it up by its own clock if its session was over, and looks for a coordinator.
                if ghost.awake_since == scene.now && scene.now >= *heard + ghost.config.session_timeout {
                    return Ok(());
                }
                *heard = (*heard).max(*sent);
                self.expect(
                    scene,
                    process,
                    *sent,
                    scene.ghost.of(process).config.heartbeat_interval,
                );
            }
            What::Answered {
                reply: Ok(response), ..
            } if loses_coordinator(response) => {
                self.due.remove(process);
            }
            What::Answered {
                request,
                reply: Err(_),
                ..
            } if is_for_coordinator(request) => {
                self.due.remove(process);
            }
            What::Closing { .. } | What::Frozen(_) | What::Crashed => {
                self.due.remove(process);
            }
            _ if !scene.ghost.of(process).in_session => {
                self.due.remove(process);
            }
            _ => {}
        }
        Ok(())
    }

    fn rest(&mut self, scene: &Scene<'_>) -> Verdict {
        let watched = |process: &Process| {
            let session = scene.ghost.of(*process).config.session_timeout;
            let acknowledged = self.acknowledged.get(process);
            acknowledged.is_some_and(|at| scene.now < *at + session)
        };
        let late: Vec<_> = self.due.late(scene.now).collect();
        for (process, due) in late {
            let ghost = scene.ghost.of(process);
            if !watched(&process) {
                self.due.remove(process);
            } else if ghost.life == Life::Running && scene.now > due + ghost.late {
                return Err(format!(
                    "process {} should have sent a heartbeat by {due}",
                    process.0
                ));
            }
        }
        Ok(())
    }
}

impl Heartbeats {
    fn expect(&mut self, scene: &Scene<'_>, process: Process, last: Timestamp, interval: Duration) {
        let ghost = scene.ghost.of(process);
        let is_old = self.since.get(&process).is_some_and(|since| last < *since);
        // Who is closing keeps no session any more, though the coordinator has not heard its goodbye yet.
        if is_old || !ghost.knows_coordinator || ghost.closing.is_some() {
            return;
        }
        self.due.set(process, (last + interval).max(scene.now) + SLACK);
    }
}

const fn ends_the_watch(request: &Request) -> bool {
    matches!(
        request,
        Request::Heartbeat(_) | Request::FindCoordinator(_) | Request::JoinGroup(_) | Request::LeaveGroup(_)
    )
}

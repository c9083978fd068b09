//! S19. Of two processes with one instance id one survives; the fenced one stops with an error and never joins again.
//!
//! Source: KIP-345; rule 7; franz-go 931. An id that no round was synced with dies with the coordinator that gave it, and the next one
//! fences it although there is no twin (seen on Kafka 4.4.0): then it joins again.

use std::collections::BTreeMap;
use std::time::Duration;

use kohort_protocol::api::{Request, Response};
use kohort_protocol::{ErrorCode, Timestamp};

use super::{Invariant, Life, Scene, Verdict};
use crate::history::{Process, What};

/// So long a machine that must stop may try to say goodbye.
const FAREWELL: Duration = Duration::from_secs(6);

#[derive(Default)]
pub(super) struct OneOfTwoTwins {
    fenced: BTreeMap<Process, Timestamp>,
    /// Who has an id that no round was synced with, and whether the coordinator was looked up since.
    unsynced: BTreeMap<Process, bool>,
}

impl Invariant for OneOfTwoTwins {
    fn id(&self) -> &'static str {
        "S19"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let Some(process) = process else { return Ok(()) };
        match what {
            What::Answered {
                request,
                reply: Ok(response),
                sent,
                ..
            } => {
                let ghost = scene.ghost.of(process);
                let is_current = match request {
                    Request::Heartbeat(request) => ghost.in_session && request.member_id == ghost.member_id,
                    Request::JoinGroup(_) => true,
                    _ => false,
                };
                if is_current && fences(response) && self.unsynced.get(&process) != Some(&true) {
                    self.fenced.entry(process).or_insert(scene.now);
                }
                // Who wakes up with the answer has given its round up by its own clock, and knows nothing of it.
                let patience = ghost.config.request_timeout.min(ghost.config.session_timeout);
                let is_late = matches!(request, Request::SyncGroup(_)) && scene.now.since(*sent) >= patience;
                if !is_late {
                    self.note_id(process, request, response);
                }
            }
            What::Sent {
                request: Request::JoinGroup(_),
                ..
            } if self.fenced.contains_key(&process) => {
                return Err(format!(
                    "process {} was fenced by its twin and joins again",
                    process.0
                ));
            }
            What::Closed { result }
                if self.fenced.remove(&process).is_some()
                    && result.is_ok()
                    && scene.ghost.of(process).closing.is_none() =>
            {
                return Err(format!(
                    "process {} was fenced by its twin and ends as if all were well",
                    process.0
                ));
            }
            What::Crashed | What::Frozen(_) => {
                self.fenced.remove(&process);
            }
            _ => {}
        }
        Ok(())
    }

    fn rest(&mut self, scene: &Scene<'_>) -> Verdict {
        let late = self
            .fenced
            .iter()
            .find(|(_, at)| scene.now.since(**at) > FAREWELL);
        match late {
            Some((process, at)) if scene.ghost.of(*process).life == Life::Running => Err(format!(
                "process {} was fenced by its twin at {at} and goes on",
                process.0
            )),
            _ => Ok(()),
        }
    }
}

impl OneOfTwoTwins {
    fn note_id(&mut self, process: Process, request: &Request, response: &Response) {
        match (request, response) {
            (Request::JoinGroup(request), Response::JoinGroup(response))
                if response.error_code.is_ok() && response.member_id != request.member_id =>
            {
                self.unsynced.insert(process, false);
            }
            (_, Response::SyncGroup(response)) if response.error_code.is_ok() => {
                self.unsynced.remove(&process);
            }
            (_, Response::FindCoordinator(_)) => {
                self.unsynced
                    .entry(process)
                    .and_modify(|looked_up| *looked_up = true);
            }
            _ => {}
        }
    }
}

fn fences(response: &Response) -> bool {
    let code = match response {
        Response::Heartbeat(response) => response.error_code,
        Response::JoinGroup(response) => response.error_code,
        _ => ErrorCode::NONE,
    };
    code == ErrorCode::FENCED_INSTANCE_ID
}

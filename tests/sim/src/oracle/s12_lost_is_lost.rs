//! S12. Who is told that it is no member any more (UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION, fencing, max.poll expiry) says `Lost`, not
//! `Revoking`, and commits nothing with the old identity afterwards.
//!
//! Source: rules 2, 13; librdkafka 5604.

use std::collections::{BTreeMap, BTreeSet};

use kohort_group::member::Event;
use kohort_protocol::api::{Request, Response};
use kohort_protocol::{ErrorCode, Generation, MemberId};

use super::{Invariant, Scene, Verdict};
use crate::history::{Process, What};

#[derive(Default)]
pub(super) struct LostIsLost {
    /// Who has been given partitions and has neither given them back nor lost them.
    holds: BTreeSet<Process>,
    /// Who must say `Lost` before anything else happens.
    owes: BTreeMap<Process, ErrorCode>,
    /// Under what nothing may be committed any more.
    over: BTreeMap<Process, (MemberId, Generation)>,
}

impl Invariant for LostIsLost {
    fn id(&self) -> &'static str {
        "S12"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let Some(process) = process else { return Ok(()) };
        match what {
            What::Said(Event::Assigned { partitions, .. }) if !partitions.is_empty() => {
                self.holds.insert(process);
            }
            What::Said(Event::Lost { .. }) => {
                let ghost = scene.ghost.of(process);
                self.holds.remove(&process);
                self.owes.remove(&process);
                self.over
                    .insert(process, (ghost.member_id.clone(), ghost.generation));
            }
            What::Sent { request, .. } => return self.sent(process, request),
            What::Answered {
                request: Request::Heartbeat(request),
                reply: Ok(Response::Heartbeat(response)),
                ..
            } => {
                let ghost = scene.ghost.of(process);
                let is_current = ghost.in_session
                    && request.generation_id == ghost.generation
                    && request.member_id == ghost.member_id;
                let is_out = matches!(
                    response.error_code,
                    ErrorCode::UNKNOWN_MEMBER_ID
                        | ErrorCode::ILLEGAL_GENERATION
                        | ErrorCode::FENCED_INSTANCE_ID
                );
                if is_current && is_out && ghost.is_up() && self.holds.contains(&process) {
                    self.owes.insert(process, response.error_code);
                }
            }
            What::Answered {
                reply: Ok(Response::JoinGroup(response)),
                ..
            } if response.error_code.is_ok() => {
                self.over.remove(&process);
            }
            What::Crashed | What::Closed { .. } => {
                self.holds.remove(&process);
                self.owes.remove(&process);
            }
            _ => {}
        }
        Ok(())
    }

    fn rest(&mut self, _: &Scene<'_>) -> Verdict {
        match self.owes.pop_first() {
            None => Ok(()),
            Some((process, code)) => Err(format!(
                "process {} was answered {code}, and did not tell its application that its partitions are lost",
                process.0
            )),
        }
    }
}

impl LostIsLost {
    fn sent(&mut self, process: Process, request: &Request) -> Verdict {
        match request {
            Request::JoinGroup(_) => {
                self.holds.remove(&process);
            }
            Request::OffsetCommit(commit) => {
                let identity = (commit.member_id.clone(), commit.generation_id_or_member_epoch);
                if self.over.get(&process) == Some(&identity) {
                    return Err(format!(
                        "process {} commits as {} in generation {}, which it has told to be lost",
                        process.0, identity.0, identity.1
                    ));
                }
            }
            _ => {}
        }
        Ok(())
    }
}

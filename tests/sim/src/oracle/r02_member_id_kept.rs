//! R02. A member keeps its id over lost connections, moved coordinators and rebalances: it joins as a new one only after somebody said
//! that the old id is unknown or fenced, or after it left. Otherwise the old id holds up the group until its session ends.
//!
//! Source: rule 2; KAFKA-13419; franz-go sweep F2. A static member is found again by its name and may join without an id. Who says that
//! its application was away too long, or failed while partitions were handed over, has left: the goodbye, which S14 wants to see, need not be on its way before the new id is asked for.

use std::collections::BTreeMap;

use kohort_group::member::{Event, MemberError};
use kohort_protocol::api::{Request, Response};
use kohort_protocol::{ErrorCode, MemberId};

use super::s05_commit_fencing::codes;
use super::{Invariant, Scene, Verdict};
use crate::history::{Process, What};

#[derive(Default)]
pub(super) struct MemberIdKept {
    /// The id that a coordinator gave.
    known: BTreeMap<Process, MemberId>,
}

impl Invariant for MemberIdKept {
    fn id(&self) -> &'static str {
        "R02"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let Some(process) = process else { return Ok(()) };
        match what {
            What::Answered {
                reply: Ok(response), ..
            } => self.answered(process, response),
            What::Said(Event::Error(MemberError::PollIntervalExceeded { .. })) => {
                self.known.remove(&process);
            }
            What::Released { unwinding: true, .. } if !scene.ghost.of(process).in_session => {
                self.known.remove(&process);
            }
            What::Sent { request, .. } => {
                let is_static = scene.ghost.of(process).config.group_instance_id.is_some();
                return self.sent(process, is_static, request);
            }
            _ => {}
        }
        Ok(())
    }
}

impl MemberIdKept {
    fn answered(&mut self, process: Process, response: &Response) {
        let code = match response {
            Response::JoinGroup(join) => {
                let gives = join.error_code.is_ok() || join.error_code == ErrorCode::MEMBER_ID_REQUIRED;
                if gives && !join.member_id.is_empty() {
                    self.known.insert(process, join.member_id.clone());
                }
                join.error_code
            }
            Response::SyncGroup(sync) => sync.error_code,
            Response::Heartbeat(heartbeat) => heartbeat.error_code,
            Response::OffsetCommit(commit) => {
                let codes = codes(commit);
                codes
                    .values()
                    .copied()
                    .find(is_the_end)
                    .unwrap_or(ErrorCode::NONE)
            }
            _ => ErrorCode::NONE,
        };
        if is_the_end(&code) {
            self.known.remove(&process);
        }
    }

    fn sent(&mut self, process: Process, is_static: bool, request: &Request) -> Verdict {
        match request {
            Request::LeaveGroup(_) => {
                self.known.remove(&process);
            }
            Request::JoinGroup(join) if join.member_id.is_empty() && !is_static => {
                if let Some(known) = self.known.remove(&process) {
                    return Err(format!(
                        "process {} joins as a new member; nobody said that {known} is gone",
                        process.0
                    ));
                }
            }
            _ => {}
        }
        Ok(())
    }
}

fn is_the_end(code: &ErrorCode) -> bool {
    [ErrorCode::UNKNOWN_MEMBER_ID, ErrorCode::FENCED_INSTANCE_ID].contains(code)
}

//! R02. A member keeps its id over lost connections, moved coordinators and rebalances: it joins as a new one only after somebody said
//! that the old id is unknown or fenced, or after it left. Otherwise the old id holds up the group until its session ends.
//!
//! Source: rule 2; KAFKA-13419; franz-go sweep F2. A static member is found again by its name and may join without an id.

use std::collections::BTreeMap;

use kohort_protocol::api::{Request, Response};
use kohort_protocol::{ErrorCode, MemberId, Timestamp};

use super::s05_commit_fencing::codes;
use super::{Invariant, Scene, Verdict};
use crate::history::{Process, What};

#[derive(Default)]
pub(super) struct MemberIdKept {
    /// The id that a coordinator gave, and when the application was heard of last.
    known: BTreeMap<Process, (MemberId, Timestamp)>,
}

impl Invariant for MemberIdKept {
    fn id(&self) -> &'static str {
        "R02"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let Some(process) = process else { return Ok(()) };
        let ghost = scene.ghost.of(process);
        match what {
            What::Answered {
                reply: Ok(response), ..
            } => self.answered(process, scene.now, response),
            What::Polled | What::Waiting(_) => {
                if let Some((_, heard)) = self.known.get_mut(&process) {
                    if scene.now.since(*heard) >= ghost.config.max_poll_interval {
                        self.known.remove(&process); // it left, or was about to
                    } else {
                        *heard = scene.now;
                    }
                }
            }
            What::Sent { request, .. } => {
                return self.sent(process, ghost.config.group_instance_id.is_some(), request);
            }
            _ => {}
        }
        Ok(())
    }
}

impl MemberIdKept {
    fn answered(&mut self, process: Process, now: Timestamp, response: &Response) {
        let code = match response {
            Response::JoinGroup(join) => {
                let gives = join.error_code.is_ok() || join.error_code == ErrorCode::MEMBER_ID_REQUIRED;
                if gives && !join.member_id.is_empty() {
                    self.known.insert(process, (join.member_id.clone(), now));
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
                if let Some((known, _)) = self.known.remove(&process) {
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

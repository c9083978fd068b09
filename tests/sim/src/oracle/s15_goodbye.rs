//! S15. A dynamic member that ends well has said goodbye: the group need not wait for its session to end.
//!
//! Source: rules 7, 23; kafkajs#1482. Whoever was out already, or could not reach the coordinator in time, ends otherwise.

use std::collections::BTreeSet;

use kohort_protocol::api::{Request, Response};
use kohort_protocol::{ErrorCode, MemberId};

use super::s05_commit_fencing::codes;
use super::{Invariant, Scene, Verdict};
use crate::history::{Process, What};

#[derive(Default)]
pub(super) struct Goodbye {
    said: BTreeSet<(Process, MemberId)>,
}

impl Invariant for Goodbye {
    fn id(&self) -> &'static str {
        "S15"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let Some(process) = process else { return Ok(()) };
        match what {
            What::Sent {
                request: Request::LeaveGroup(leave),
                ..
            } => self
                .said
                .extend(leave.members.iter().map(|one| (process, one.member_id.clone()))),
            // Whom a coordinator does not know need not take leave of it, though another may know him still.
            What::Answered {
                request,
                reply: Ok(response),
                ..
            } => self
                .said
                .extend(unknown(request, response).map(|id| (process, id))),
            What::Closed { result: Ok(()) } => {
                let ghost = scene.ghost.of(process);
                let is_dynamic = ghost.config.group_instance_id.is_none();
                let is_in = scene.cluster.has_member(scene.group, &ghost.member_id) == Some(true);
                if is_dynamic && is_in && !self.said.contains(&(process, ghost.member_id.clone())) {
                    return Err(format!(
                        "process {} has closed without a word; {} is in the group still",
                        process.0, ghost.member_id
                    ));
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// Who is told that nobody knows him.
fn unknown(request: &Request, response: &Response) -> Option<MemberId> {
    let (id, is_unknown) = match (request, response) {
        (Request::Heartbeat(of), Response::Heartbeat(answer)) => {
            (&of.member_id, answer.error_code == ErrorCode::UNKNOWN_MEMBER_ID)
        }
        (Request::JoinGroup(of), Response::JoinGroup(answer)) => {
            (&of.member_id, answer.error_code == ErrorCode::UNKNOWN_MEMBER_ID)
        }
        (Request::SyncGroup(of), Response::SyncGroup(answer)) => {
            (&of.member_id, answer.error_code == ErrorCode::UNKNOWN_MEMBER_ID)
        }
        (Request::OffsetCommit(of), Response::OffsetCommit(answer)) => {
            let mut codes = codes(answer).into_values();
            (
                &of.member_id,
                codes.any(|code| code == ErrorCode::UNKNOWN_MEMBER_ID),
            )
        }
        _ => return None,
    };
    is_unknown.then(|| id.clone())
}

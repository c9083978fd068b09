//! L07. Whose JoinGroup is refused for good is told so at once and ends: it does not knock again and again at a door that stays shut.
//!
//! Source: rules, table of JoinGroup: INCONSISTENT_GROUP_PROTOCOL, INVALID_SESSION_TIMEOUT, INVALID_GROUP_ID, GROUP_MAX_SIZE_REACHED and
//! GROUP_AUTHORIZATION_FAILED are fatal (`ConsumerCoordinator`). Who closes already just goes on with that.

use std::collections::{BTreeMap, BTreeSet};

use kohort_group::member::{Event, MemberError};
use kohort_protocol::api::{Request, Response};
use kohort_protocol::{ErrorCode, Timestamp};

use super::{Invariant, Scene, Verdict};
use crate::history::{Process, What};

const FOR_GOOD: [ErrorCode; 5] = [
    ErrorCode::INCONSISTENT_GROUP_PROTOCOL,
    ErrorCode::INVALID_SESSION_TIMEOUT,
    ErrorCode::INVALID_GROUP_ID,
    ErrorCode::GROUP_MAX_SIZE_REACHED,
    ErrorCode::GROUP_AUTHORIZATION_FAILED,
];

#[derive(Default)]
pub(super) struct RefusedForGood {
    /// Who must end with which error before anything else happens.
    owes: BTreeMap<Process, ErrorCode>,
    /// Who was, and may do nothing any more but take its leave.
    refused: BTreeSet<Process>,
    /// When its application had been away for too long: nobody waits any more for the answer to a JoinGroup from before.
    away: BTreeMap<Process, Timestamp>,
}

impl Invariant for RefusedForGood {
    fn id(&self) -> &'static str {
        "L07"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let Some(process) = process else { return Ok(()) };
        match what {
            What::Answered {
                reply: Ok(Response::JoinGroup(join)),
                sent,
                ..
            } if FOR_GOOD.contains(&join.error_code)
                && scene.ghost.of(process).is_up()
                && self.away.get(&process).is_none_or(|away| sent > away) =>
            {
                self.owes.insert(process, join.error_code);
                self.refused.insert(process);
            }
            What::Said(Event::Error(MemberError::PollIntervalExceeded { .. })) => {
                self.away.insert(process, scene.now);
            }
            What::Said(Event::Error(MemberError::Refused { code, .. }))
                if self.owes.get(&process) == Some(code) =>
            {
                self.owes.remove(&process);
            }
            What::Sent {
                request: Request::JoinGroup(_),
                ..
            } if self.refused.contains(&process) => {
                return Err(format!(
                    "process {} was refused for good, and knocks again",
                    process.0
                ));
            }
            What::Closed { result } => {
                let told = match result {
                    Err(MemberError::Refused { code, .. }) => Some(*code),
                    _ => None,
                };
                if let Some(code) = self.owes.remove(&process).filter(|&code| told != Some(code)) {
                    return Err(format!(
                        "process {} was refused by {code}, and ends with {result:?}",
                        process.0
                    ));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn rest(&mut self, _: &Scene<'_>) -> Verdict {
        self.owes.pop_first().map_or(Ok(()), |(process, code)| {
            Err(format!(
                "process {} was refused for good by {code}, and tells nobody",
                process.0
            ))
        })
    }
}

//! S14. An application that stays away for longer than `max.poll.interval.ms` costs its member the membership: it is told so, and `Lost`
//! if it owned anything (S12 sees that); no further heartbeat, and LeaveGroup unless it is static or cannot reach the coordinator. Waiting
//! inside the client counts as polling. Who is leaving already does not leave again.
//!
//! Source: rule 6; KAFKA-16243, KAFKA-16165, KIP-345.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kohort_group::member::{Event, MemberError};
use kohort_protocol::api::{Request, Response};
use kohort_protocol::{ErrorCode, MemberId, Timestamp};

use super::s15_close::is_heard;
use super::{Invariant, Life, ProcessGhost, Scene, Verdict};
use crate::history::{Process, What};

const SLACK: Duration = Duration::from_millis(5);

#[derive(Default)]
pub(super) struct SilentApplication {
    /// Who must say goodbye before anything else happens.
    owes: BTreeSet<Process>,
    /// Who was in its session when it was last heard of.
    in_session: BTreeSet<Process>,
    /// Since when the coordinator has not been heard, counted from what it acknowledged: whoever has not for a whole session looks for
    /// another, and says goodbye to that.
    unheard: BTreeMap<Process, Timestamp>,
    /// Goodbyes that are on their way, or were heard.
    leaves: BTreeSet<(Process, MemberId)>,
}

impl Invariant for SilentApplication {
    fn id(&self) -> &'static str {
        "S14"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let Some(process) = process else { return Ok(()) };
        let ghost = scene.ghost.of(process);
        let was_in_session = self.in_session.remove(&process);
        if ghost.in_session {
            self.in_session.insert(process);
        }
        match what {
            What::Sent {
                request: Request::LeaveGroup(leave),
                ..
            } => {
                self.owes.remove(&process);
                for one in &leave.members {
                    if !self.leaves.insert((process, one.member_id.clone())) {
                        return Err(format!(
                            "process {} says goodbye for {}, which is leaving already",
                            process.0, one.member_id
                        ));
                    }
                }
            }
            What::Answered {
                request: Request::LeaveGroup(leave),
                reply,
                sent,
                ..
            } if !matches!(reply, Ok(Response::LeaveGroup(response)) if is_heard(response))
                || is_too_late(ghost, *sent, scene.now) =>
            {
                for one in &leave.members {
                    self.leaves.remove(&(process, one.member_id.clone()));
                }
            }
            What::Abandoned {
                request: Request::LeaveGroup(leave),
            } => {
                for one in &leave.members {
                    self.leaves.remove(&(process, one.member_id.clone()));
                }
            }
            What::Sent {
                request: request @ (Request::Heartbeat(_) | Request::JoinGroup(_)),
                ..
            } if ghost.is_up() && expired(ghost, scene.now) => {
                return Err(format!(
                    "process {} sends {} though its application has been away since {}",
                    process.0,
                    request.api(),
                    ghost.polled
                ));
            }
            What::Answered {
                reply: Ok(response),
                sent,
                ..
            } => {
                if let Some(since) = acknowledged(response, *sent, scene.now) {
                    let unheard = self.unheard.entry(process).or_insert(since);
                    *unheard = since.max(*unheard);
                }
            }
            What::Said(Event::Error(MemberError::PollIntervalExceeded { .. })) if was_in_session => {
                let unheard = self.unheard.get(&process).copied().unwrap_or_default();
                let hears = scene.now.since(unheard) < ghost.config.session_timeout;
                // Of one that was frozen over it more may have ended than its application's time.
                let is_on_time = scene.now.since(ghost.polled) == ghost.config.max_poll_interval;
                let is_dynamic = ghost.config.group_instance_id.is_none();
                if is_on_time && is_dynamic && hears && ghost.knows_coordinator && ghost.is_up() {
                    self.owes.insert(process);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn rest(&mut self, scene: &Scene<'_>) -> Verdict {
        if let Some(process) = self.owes.pop_first() {
            return Err(format!(
                "process {} leaves because its application is away, and does not say so to the coordinator it knows",
                process.0
            ));
        }
        let mut overdue = scene.ghost.overdue(scene.now);
        match overdue.find(|(_, ghost)| ghost.in_session) {
            None => Ok(()),
            Some((process, ghost)) => Err(format!(
                "process {} is in its session still though its application has been away since {}",
                process.0, ghost.polled
            )),
        }
    }
}

/// While a JoinGroup is parked the coordinator's clock stands still; of the others it started no earlier than they were sent.
fn acknowledged(response: &Response, sent: Timestamp, now: Timestamp) -> Option<Timestamp> {
    match response {
        Response::JoinGroup(join) => join.error_code.is_ok().then_some(now),
        Response::SyncGroup(sync) => sync.error_code.is_ok().then_some(sent),
        Response::Heartbeat(beat) => [ErrorCode::NONE, ErrorCode::REBALANCE_IN_PROGRESS]
            .contains(&beat.error_code)
            .then_some(sent),
        _ => None,
    }
}

/// A machine that wakes up looks at its deadlines before it looks into its sockets.
fn is_too_late(ghost: &ProcessGhost, sent: Timestamp, now: Timestamp) -> bool {
    now.since(sent) >= ghost.config.request_timeout
}

/// It has been away for too long, and its machine has had the time to notice.
fn expired(ghost: &ProcessGhost, now: Timestamp) -> bool {
    ghost.life == Life::Running && !ghost.waits && now > expires(ghost)
}

/// After this moment that is so, if it does not come back before.
pub(super) fn expires(ghost: &ProcessGhost) -> Timestamp {
    let limit = ghost.config.max_poll_interval + ghost.late + SLACK;
    (ghost.polled + limit).max(ghost.awake_since + SLACK)
}

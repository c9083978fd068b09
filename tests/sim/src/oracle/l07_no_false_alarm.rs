//! L07, the other way round: what an application is told to be wrong is what was wrong. A refusal was answered to this very process, an
//! application that was away was away, and what only the policy `none` stops is never told under another.
//!
//! Source: specification; an operator who was woken for nothing turns the alarm off. What the member makes of answers that make no sense
//! (`Protocol`, `Corrupt`) is not looked at here.

use std::collections::{BTreeMap, BTreeSet};

use kohort_group::member::{AutoOffsetReset, Event, MemberError};
use kohort_protocol::api::Response;
use kohort_protocol::{ErrorCode, Timestamp};

use super::s05_commit_fencing::codes;
use super::{Invariant, Life, ProcessGhost, Scene, Verdict};
use crate::history::{Process, What};

#[derive(Default)]
pub(super) struct NoFalseAlarm {
    /// What brokers answered.
    answered: BTreeSet<(Process, ErrorCode)>,
    /// When the application came last, and before that.
    came: BTreeMap<Process, [Timestamp; 2]>,
    /// Who was away and came back while the machine was not called: it hears of both at once.
    overslept: BTreeSet<Process>,
}

impl Invariant for NoFalseAlarm {
    fn id(&self) -> &'static str {
        "L07"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let Some(process) = process else { return Ok(()) };
        match what {
            What::Polled | What::Waiting(_) => {
                let came = self.came.entry(process).or_default();
                let ghost = scene.ghost.of(process);
                let was_away = scene.now.since(came[0]) >= ghost.config.max_poll_interval;
                if was_away && ghost.life == Life::Frozen {
                    self.overslept.insert(process);
                }
                if came[0] != scene.now {
                    *came = [scene.now, came[0]];
                }
            }
            What::Frozen(true) => {
                self.overslept.remove(&process);
            }
            What::Answered {
                reply: Ok(response), ..
            } => {
                self.answered
                    .extend(refusals(response).into_iter().map(|code| (process, code)));
            }
            What::Said(Event::Error(error)) if !self.is_so(scene, process, error) => {
                return Err(format!("process {} is told what is not so: {error}", process.0));
            }
            _ => {}
        }
        Ok(())
    }
}

impl NoFalseAlarm {
    fn is_so(&self, scene: &Scene<'_>, process: Process, error: &MemberError) -> bool {
        let ghost = scene.ghost.of(process);
        match error {
            MemberError::Refused { code, .. } | MemberError::Topic { code, .. } => {
                self.answered.contains(&(process, *code))
            }
            MemberError::PollIntervalExceeded { .. } => self.was_away(scene.now, process, ghost),
            MemberError::NoOffset { .. } | MemberError::OutOfRange { .. } | MemberError::Truncated { .. } => {
                ghost.config.auto_offset_reset == AutoOffsetReset::None
            }
            MemberError::Unfinished { .. } => ghost.closing.is_some_and(|deadline| scene.now >= deadline),
            _ => true,
        }
    }

    /// Perhaps it was noticed only because it came back: after it had stood still.
    fn was_away(&self, now: Timestamp, process: Process, ghost: &ProcessGhost) -> bool {
        let limit = ghost.config.max_poll_interval;
        let [last, before] = self.came.get(&process).copied().unwrap_or_default();
        let came_back = last == now && now.since(before) >= limit;
        let overslept = ghost.awake_since == now && self.overslept.contains(&process);
        overslept || came_back || (!ghost.waits && now.since(last) >= limit)
    }
}

/// All codes in an answer that say no.
fn refusals(response: &Response) -> BTreeSet<ErrorCode> {
    let mut said = match response {
        Response::JoinGroup(join) => BTreeSet::from([join.error_code]),
        Response::SyncGroup(sync) => BTreeSet::from([sync.error_code]),
        Response::Heartbeat(heartbeat) => BTreeSet::from([heartbeat.error_code]),
        Response::LeaveGroup(leave) => BTreeSet::from([leave.error_code]),
        Response::OffsetCommit(commit) => codes(commit).into_values().collect(),
        Response::OffsetFetch(fetch) => fetch.groups.iter().map(|group| group.error_code).collect(),
        Response::FindCoordinator(found) => found.coordinators.iter().map(|one| one.error_code).collect(),
        Response::Metadata(metadata) => metadata.topics.iter().map(|topic| topic.error_code).collect(),
        Response::Fetch(fetch) => {
            let partitions = fetch.responses.iter().flat_map(|topic| &topic.partitions);
            partitions.map(|one| one.error_code).collect()
        }
        _ => BTreeSet::new(),
    };
    said.remove(&ErrorCode::NONE);
    said
}

//! S12. Who is told that it is no member any more (UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION, fencing; to a heartbeat or a commit), or whose
//! application is away for longer than max.poll.interval.ms, says `Lost` at once, and not `Revoking`. From then on until the application
//! has heard of its next assignment nothing is committed: whatever it still works on was read in a period that is over. Who lost only what
//! belongs to a topic that was made anew may commit the rest.
//!
//! Source: rules 2, 13; librdkafka 2782, 5604; arroyo 168.

use std::collections::{BTreeMap, BTreeSet};

use kohort_group::member::{Event, GuardId};
use kohort_protocol::api::offset_commit::OffsetCommitRequest;
use kohort_protocol::api::{Request, Response};
use kohort_protocol::{ErrorCode, Generation, MemberId, Timestamp, TopicPartition};

use super::s05_commit_fencing::{codes, offsets};
use super::{Invariant, Scene, Verdict};
use crate::history::{Process, What};

#[derive(Default)]
pub(super) struct LostIsLost {
    /// What each has been given and has neither given back nor lost.
    holds: BTreeMap<Process, BTreeSet<TopicPartition>>,
    /// Until when its application may take to give back, or when it did: then it holds nothing any more, whether it has heard of a
    /// coordinator or not.
    due_back: BTreeMap<Process, (GuardId, Timestamp)>,
    /// Who must say `Lost` before anything else happens.
    owes: BTreeMap<Process, ErrorCode>,
    /// Whose application has heard of no assignment since, and what was left to it.
    lost: BTreeMap<Process, BTreeSet<TopicPartition>>,
    /// When it joined last: what is said of a request from before is said of the round before, even if it has the same number.
    joined: BTreeMap<Process, Timestamp>,
}

impl Invariant for LostIsLost {
    fn id(&self) -> &'static str {
        "S12"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let Some(process) = process else { return Ok(()) };
        match what {
            What::Said(Event::Assigned { partitions, .. }) if !partitions.is_empty() => {
                self.holds.insert(process, partitions.iter().cloned().collect());
                self.due_back.remove(&process);
            }
            What::Said(Event::Revoking { .. }) if self.owes.contains_key(&process) => {
                return Err(format!(
                    "process {} asks its application to give back what is lost already",
                    process.0
                ));
            }
            What::Said(Event::Revoking { guard, deadline, .. }) => {
                self.due_back.insert(process, (*guard, *deadline));
            }
            What::Released { guard, .. } => {
                if let Some((asked, at)) = self.due_back.get_mut(&process)
                    && asked == guard
                {
                    *at = scene.now.min(*at);
                }
            }
            What::Said(Event::Lost { partitions }) => {
                let left = self.holds.remove(&process).into_iter().flatten();
                let left: BTreeSet<_> = left.filter(|left| !partitions.contains(left)).collect();
                if !left.is_empty() {
                    self.holds.insert(process, left.clone());
                }
                self.owes.remove(&process);
                self.lost.insert(process, left);
            }
            What::Heard(Event::Assigned { .. }) => {
                self.lost.remove(&process);
            }
            What::Sent {
                request: Request::OffsetCommit(commit),
                ..
            } => return self.commits(process, commit),
            What::Sent {
                request: Request::JoinGroup(_),
                ..
            } => {
                self.holds.remove(&process);
            }
            What::Answered {
                request,
                reply: Ok(response),
                sent,
                ..
            } => {
                // Who wakes up with the answer to a heartbeat may have given that up by its own clock, and looks for a coordinator.
                let ghost = scene.ghost.of(process);
                let is_late = scene.now.since(*sent) >= ghost.config.heartbeat_interval;
                let is_heartbeat = matches!(request, Request::Heartbeat(_));
                if matches!(request, Request::JoinGroup(_)) {
                    self.joined.insert(process, scene.now);
                }
                let is_old = self.joined.get(&process).is_some_and(|joined| sent < joined);
                if !(is_old || is_heartbeat && is_late && ghost.awake_since == scene.now) {
                    self.answered(scene, process, request, response);
                }
            }
            What::Crashed | What::Closed { .. } => {
                self.holds.remove(&process);
                self.owes.remove(&process);
            }
            _ => {}
        }
        Ok(())
    }

    fn rest(&mut self, scene: &Scene<'_>) -> Verdict {
        if let Some((process, code)) = self.owes.pop_first() {
            return Err(format!(
                "process {} was answered {code}, and did not tell its application that its partitions are lost",
                process.0
            ));
        }
        let mut overdue = scene.ghost.overdue(scene.now);
        match overdue.find(|(process, _)| self.holds.contains_key(process)) {
            None => Ok(()),
            Some((process, ghost)) => Err(format!(
                "process {} holds partitions though its application has been away since {}",
                process.0, ghost.polled
            )),
        }
    }
}

impl LostIsLost {
    fn commits(&self, process: Process, commit: &OffsetCommitRequest) -> Verdict {
        let Some(left) = self.lost.get(&process) else {
            return Ok(());
        };
        match offsets(commit).find(|(partition, _)| !left.contains(partition)) {
            None => Ok(()),
            Some((partition, _)) => Err(format!(
                "process {} commits {partition} after its partitions were lost, and before its application got others",
                process.0
            )),
        }
    }

    fn answered(&mut self, scene: &Scene<'_>, process: Process, request: &Request, response: &Response) {
        let ghost = scene.ghost.of(process);
        let is_current = |id: &MemberId, generation: Generation| {
            ghost.in_session && generation == ghost.generation && *id == ghost.member_id
        };
        let code = match (request, response) {
            (Request::Heartbeat(asked), Response::Heartbeat(heartbeat))
                if is_current(&asked.member_id, asked.generation_id) =>
            {
                Some(heartbeat.error_code).filter(is_the_end)
            }
            (Request::OffsetCommit(asked), Response::OffsetCommit(commit))
                if is_current(&asked.member_id, asked.generation_id_or_member_epoch) =>
            {
                codes(commit).into_values().find(is_the_end)
            }
            _ => None,
        };
        let is_given_back = self
            .due_back
            .get(&process)
            .is_some_and(|(_, at)| scene.now >= *at);
        if let Some(code) = code
            && ghost.is_up()
            && !is_given_back
            && self.holds.contains_key(&process)
        {
            self.owes.insert(process, code);
        }
    }
}

fn is_the_end(code: &ErrorCode) -> bool {
    [
        ErrorCode::UNKNOWN_MEMBER_ID,
        ErrorCode::ILLEGAL_GENERATION,
        ErrorCode::FENCED_INSTANCE_ID,
    ]
    .contains(code)
}

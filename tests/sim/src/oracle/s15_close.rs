//! S15. A member that closes commits what was processed, waits for the answer, then tells the group, and sends nothing more. A static one
//! says nothing. Who ends well is out of the group: its goodbye was heard, and who refused it was not the last to be asked.
//!
//! Source: rules 7, 23; KIP-345; kafkajs#1482; franz-go F3. UNKNOWN_MEMBER_ID on LeaveGroup is success. The application closes by its own
//! wish, so that it is not asked to let go; that it ends in time, L05 sees. What was read of a topic that was made anew meanwhile, as
//! far as the member was told, is no offset of the new one (S17): nobody could store it.

use std::collections::{BTreeMap, BTreeSet};

use kohort_protocol::api::leave_group::LeaveGroupResponse;
use kohort_protocol::api::metadata::MetadataResponse;
use kohort_protocol::api::{Request, Response};
use kohort_protocol::{ErrorCode, MemberId, Timestamp, TopicId, TopicPartition};

use super::s05_commit_fencing::{codes, offsets};
use super::{Invariant, ProcessGhost, Scene, Verdict};
use crate::history::{Process, What};
use crate::plan::Commits;

#[derive(Default)]
pub(super) struct Close {
    /// What was sent to be committed, newest by partition.
    sent: BTreeMap<(Process, TopicPartition), i64>,
    /// Of which topic it took records last; nothing once it was told that another is called so.
    read: BTreeMap<(Process, TopicPartition), TopicId>,
    /// Whose commit is on its way.
    commits: BTreeSet<Process>,
    /// Who said goodbye while closing.
    left: BTreeSet<Process>,
    /// When it last let the coordinator hear of it.
    alive: BTreeMap<Process, Timestamp>,
    /// Whose goodbye was heard.
    heard: BTreeSet<(Process, MemberId)>,
}

impl Invariant for Close {
    fn id(&self) -> &'static str {
        "S15"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let Some(process) = process else { return Ok(()) };
        let ghost = scene.ghost.of(process);
        if let What::Answered {
            request: Request::OffsetCommit(_),
            ..
        } = what
        {
            self.commits.remove(&process);
        }
        match what {
            What::Sent { request, .. } => {
                if matches!(request, Request::Heartbeat(_) | Request::JoinGroup(_)) {
                    self.alive.insert(process, scene.now);
                }
                return self.sent(process, ghost, request);
            }
            What::Abandoned {
                request: Request::OffsetCommit(_),
            } => {
                self.commits.remove(&process);
            }
            What::Answered {
                request: Request::LeaveGroup(leave),
                reply: Ok(Response::LeaveGroup(response)),
                ..
            } if is_heard(response) => {
                let ids = leave.members.iter().map(|one| one.member_id.clone());
                self.heard.extend(ids.map(|id| (process, id)));
            }
            What::Delivered { partition, topic, .. } => {
                self.read.insert((process, (*partition).clone()), *topic);
            }
            What::Answered {
                reply: Ok(Response::Metadata(response)),
                ..
            } if response.error_code.is_ok() => self.learned(process, response),
            // Whom a coordinator does not know need not take leave of it, though another may know him still.
            What::Answered {
                request,
                reply: Ok(response),
                ..
            } => self
                .heard
                .extend(unknown(request, response).map(|id| (process, id))),
            What::Closed { result: Ok(()) } => return self.ended(scene, process, ghost),
            _ => {}
        }
        Ok(())
    }
}

impl Close {
    fn learned(&mut self, process: Process, response: &MetadataResponse) {
        let topics = response.topics.iter().filter(|topic| topic.error_code.is_ok());
        for topic in topics.filter(|topic| topic.topic_id != TopicId::ZERO) {
            let is_of = |name: &TopicPartition| topic.name.as_ref() == Some(&name.topic);
            self.read
                .retain(|(of, name), id| *of != process || !is_of(name) || *id == topic.topic_id);
        }
    }

    fn sent(&mut self, process: Process, ghost: &ProcessGhost, request: &Request) -> Verdict {
        match request {
            Request::OffsetCommit(commit) => {
                if self.left.contains(&process) {
                    return Err(format!("process {} commits after it has said goodbye", process.0));
                }
                self.commits.insert(process);
                for (partition, offset) in offsets(commit) {
                    self.sent.insert((process, partition), offset);
                }
            }
            Request::LeaveGroup(_) if ghost.config.group_instance_id.is_some() => {
                return Err(format!("process {} is static and says goodbye", process.0));
            }
            // It may have the goodbye of an id before to say again.
            Request::LeaveGroup(leave)
                if ghost.closing.is_some()
                    && leave.members.iter().any(|one| one.member_id == ghost.member_id) =>
            {
                self.left.insert(process);
                return self.all_committed(process, ghost);
            }
            _ => {}
        }
        Ok(())
    }

    /// The last commit was answered before the goodbye.
    fn all_committed(&self, process: Process, ghost: &ProcessGhost) -> Verdict {
        let is_there = |name: &&TopicPartition| self.read.contains_key(&(process, (*name).clone()));
        if ghost.owned.keys().any(|name| is_there(&name)) && self.commits.contains(&process) {
            return Err(format!(
                "process {} says goodbye while its last commit is on its way",
                process.0
            ));
        }
        if ghost.commits != Commits::Auto {
            return Ok(());
        }
        for partition in ghost.owned.keys().filter(is_there) {
            let processed = ghost.promised(partition).unwrap_or(-1);
            let sent = self
                .sent
                .get(&(process, partition.clone()))
                .copied()
                .unwrap_or(-1);
            if sent < processed {
                return Err(format!(
                    "process {} says goodbye; {processed} of {partition} is processed, and only {sent} was committed",
                    process.0
                ));
            }
        }
        Ok(())
    }

    fn ended(&self, scene: &Scene<'_>, process: Process, ghost: &ProcessGhost) -> Verdict {
        let is_dynamic = ghost.config.group_instance_id.is_none();
        let is_in = scene.cluster.has_member(scene.group, &ghost.member_id) == Some(true);
        // Its session is over in any case: nobody need be told.
        let is_over = self
            .alive
            .get(&process)
            .is_none_or(|at| scene.now.since(*at) >= ghost.config.session_timeout);
        if is_dynamic && is_in && !is_over && !self.heard.contains(&(process, ghost.member_id.clone())) {
            return Err(format!(
                "process {} has closed without a word that was heard; {} is in the group still",
                process.0, ghost.member_id
            ));
        }
        Ok(())
    }
}

/// Saying it again would not help: whoever it names is out of the group, or the coordinator will not hear of it.
pub(super) fn is_heard(response: &LeaveGroupResponse) -> bool {
    const AGAIN: [ErrorCode; 4] = [
        ErrorCode::COORDINATOR_LOAD_IN_PROGRESS,
        ErrorCode::COORDINATOR_NOT_AVAILABLE,
        ErrorCode::NOT_COORDINATOR,
        ErrorCode::REQUEST_TIMED_OUT,
    ];
    let mut codes = response.members.iter().map(|one| one.error_code);
    !AGAIN.contains(&response.error_code) && codes.all(|code| !AGAIN.contains(&code))
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

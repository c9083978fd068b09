//! S15, L05. `close` ends by its deadline: what was processed is committed, then the group is told (a static member says nothing), then
//! nothing is sent any more. Every call of the application is answered in time.
//!
//! Source: rules 7, 23; KIP-345. UNKNOWN_MEMBER_ID on LeaveGroup is success.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kohort_group::member::CallId;
use kohort_protocol::api::Request;
use kohort_protocol::{Timestamp, TopicPartition};

use super::s05_commit_fencing::offsets;
use super::{Invariant, Life, ProcessGhost, Scene, Verdict};
use crate::history::{Process, What};
use crate::plan::Commits;

const SLACK: Duration = Duration::from_millis(5);

#[derive(Default)]
pub(super) struct Close {
    /// What was sent to be committed, newest by partition.
    sent: BTreeMap<(Process, TopicPartition), i64>,
    /// Who said goodbye while closing.
    left: BTreeSet<Process>,
    /// Calls that wait, and until when.
    calls: BTreeMap<(Process, CallId), Timestamp>,
}

impl Invariant for Close {
    fn id(&self) -> &'static str {
        "S15"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let Some(process) = process else { return Ok(()) };
        let ghost = scene.ghost.of(process);
        match what {
            What::Sent { request, .. } => return self.sent(process, ghost, request),
            What::CommitAsked { call, .. } | What::ProcessedAsked { call } | What::Sought { call, .. } => {
                let due = scene.now + ghost.config.default_api_timeout + SLACK;
                self.calls.insert((process, *call), due);
            }
            What::Done { call, .. } if self.calls.remove(&(process, *call)).is_none() => {
                return Err(format!(
                    "call {} of process {} is answered twice",
                    call.0, process.0
                ));
            }
            What::Closed { .. } => {
                let forgotten = self.calls.keys().find(|(of, _)| *of == process);
                if let Some((_, call)) = forgotten {
                    return Err(format!(
                        "process {} is gone, and call {} was never answered",
                        process.0, call.0
                    ));
                }
            }
            What::Crashed => self.calls.retain(|(of, _), _| *of != process),
            _ => {}
        }
        Ok(())
    }

    fn rest(&mut self, scene: &Scene<'_>) -> Verdict {
        let is_late = |ghost: &ProcessGhost| {
            ghost.life == Life::Running
                && ghost
                    .closing
                    .is_some_and(|deadline| scene.now > deadline.max(ghost.awake_since) + ghost.late + SLACK)
        };
        if let Some((process, ghost)) = scene.ghost.all().find(|(_, ghost)| is_late(ghost)) {
            return Err(format!(
                "process {} should have been closed by {:?}",
                process.0, ghost.closing
            ));
        }
        let late = self.calls.iter().find(|((process, _), due)| {
            let ghost = scene.ghost.of(*process);
            ghost.life == Life::Running && scene.now > (**due).max(ghost.awake_since + SLACK) + ghost.late
        });
        match late {
            None => Ok(()),
            Some(((process, call), due)) => Err(format!(
                "L05: call {} of process {} should have been answered by {due}",
                call.0, process.0
            )),
        }
    }
}

impl Close {
    fn sent(&mut self, process: Process, ghost: &ProcessGhost, request: &Request) -> Verdict {
        match request {
            Request::OffsetCommit(commit) => {
                if self.left.contains(&process) {
                    return Err(format!("process {} commits after it has said goodbye", process.0));
                }
                for (partition, offset) in offsets(commit) {
                    self.sent.insert((process, partition), offset);
                }
            }
            Request::LeaveGroup(_) if ghost.config.group_instance_id.is_some() => {
                return Err(format!("process {} is static and says goodbye", process.0));
            }
            Request::LeaveGroup(_) if ghost.closing.is_some() => {
                self.left.insert(process);
                return self.all_committed(process, ghost);
            }
            _ => {}
        }
        Ok(())
    }

    /// The last commit went out before the goodbye.
    fn all_committed(&self, process: Process, ghost: &ProcessGhost) -> Verdict {
        if ghost.commits != Commits::Auto {
            return Ok(());
        }
        for partition in ghost.owned.keys() {
            let processed = ghost.processed.get(partition).copied().unwrap_or(-1);
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
}

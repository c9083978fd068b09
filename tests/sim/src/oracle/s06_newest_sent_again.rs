//! S06, its second half. A commit that was given up may land after the next acknowledged one and rewind it; so the partitions that it
//! named are committed once more by themselves, half a second or more after that acknowledgement.
//!
//! Source: specification S06; `group/src/member/commits/doubt.rs`; seen on Kafka 4.4.0 (19 of 30 runs rewound, 30 of 30 healed). The clock
//! starts anew whenever something else fails, and stops when the period ends or the process stands still.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kohort_group::member::{Event, Failure};
use kohort_protocol::api::{Request, Response};
use kohort_protocol::{ErrorCode, Timestamp, TopicPartition};

use super::s05_commit_fencing::{codes, offsets};
use super::{Invariant, Life, Scene, Verdict};
use crate::history::{Process, What};

const LATE: Duration = Duration::from_millis(500);
/// A few backoffs.
const SLACK: Duration = Duration::from_secs(3);

#[derive(Default)]
pub(super) struct NewestSentAgain {
    /// What may be rewound.
    doubtful: BTreeMap<Process, BTreeMap<TopicPartition, Option<Doubt>>>,
    /// What was acknowledged in this period: nothing else can be rewound, or sent once more.
    stored: BTreeMap<Process, BTreeSet<TopicPartition>>,
}

/// Something was acknowledged since.
#[derive(Clone, Copy, Debug)]
struct Doubt {
    /// When.
    acknowledged: Timestamp,
    /// Since when nothing has hindered the second sending.
    free: Timestamp,
}

impl Invariant for NewestSentAgain {
    fn id(&self) -> &'static str {
        "S06"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let Some(process) = process else { return Ok(()) };
        match what {
            What::Sent {
                request: Request::OffsetCommit(commit),
                ..
            } => self.sent(process, scene.now, offsets(commit)),
            What::Answered {
                request: Request::OffsetCommit(commit),
                reply: Ok(Response::OffsetCommit(response)),
                ..
            } => {
                let codes = codes(response);
                let is_stored = |code: &ErrorCode| *code == ErrorCode::NONE;
                let stored = codes.iter().filter(|(_, code)| is_stored(code));
                let stored = stored.map(|(partition, _)| partition.clone());
                self.stored.entry(process).or_default().extend(stored);
                let is_all_well = codes.len() == offsets(commit).count() && codes.values().all(is_stored);
                if codes.values().any(is_stored) {
                    self.acknowledged(process, scene.now);
                }
                if !is_all_well {
                    self.disturbed(process, scene.now);
                }
            }
            What::Answered {
                request: Request::OffsetCommit(commit),
                reply: Err(failure),
                ..
            } if !matches!(failure, Failure::Unsupported(_)) => {
                let ghost = scene.ghost.of(process);
                if ghost.in_session && commit.generation_id_or_member_epoch == ghost.generation {
                    self.given_up(process, offsets(commit).map(|(partition, _)| partition));
                }
            }
            What::Sent {
                request: Request::JoinGroup(_) | Request::LeaveGroup(_),
                ..
            }
            | What::Said(Event::Lost { .. } | Event::Revoking { .. })
            | What::Closing { .. }
            | What::Closed { .. }
            | What::Crashed
            | What::Frozen(_) => {
                self.doubtful.remove(&process);
                self.stored.remove(&process);
            }
            What::Sent {
                request: Request::FindCoordinator(_),
                ..
            }
            | What::Answered { reply: Err(_), .. } => self.disturbed(process, scene.now),
            _ => {}
        }
        Ok(())
    }

    fn rest(&mut self, scene: &Scene<'_>) -> Verdict {
        for (process, partitions) in &self.doubtful {
            let ghost = scene.ghost.of(*process);
            let patience = LATE + ghost.config.request_timeout + SLACK;
            let stored = self.stored.get(process);
            let is_late = |partition: &TopicPartition, doubt: &Option<Doubt>| {
                let is_over = doubt.is_some_and(|doubt| scene.now.since(doubt.free) > patience);
                is_over && stored.is_some_and(|stored| stored.contains(partition))
            };
            if ghost.life == Life::Running
                && ghost.in_session
                && let Some((partition, doubt)) = partitions
                    .iter()
                    .find(|(partition, doubt)| is_late(partition, doubt))
            {
                return Err(format!(
                    "process {} gave up a commit of {partition}, which may have rewound it, and has not sent it again: {doubt:?}",
                    process.0
                ));
            }
        }
        Ok(())
    }
}

impl NewestSentAgain {
    fn given_up(&mut self, process: Process, partitions: impl Iterator<Item = TopicPartition>) {
        let doubtful = self.doubtful.entry(process).or_default();
        doubtful.extend(partitions.map(|partition| (partition, None)));
        for doubt in doubtful.values_mut() {
            *doubt = None;
        }
    }

    fn acknowledged(&mut self, process: Process, now: Timestamp) {
        for doubt in self.doubts(process) {
            doubt.get_or_insert(Doubt {
                acknowledged: now,
                free: now,
            });
        }
    }

    fn disturbed(&mut self, process: Process, now: Timestamp) {
        for doubt in self.doubts(process).flatten() {
            doubt.free = now;
        }
    }

    fn doubts(&mut self, process: Process) -> impl Iterator<Item = &mut Option<Doubt>> {
        let doubtful = self.doubtful.get_mut(&process);
        doubtful.into_iter().flat_map(BTreeMap::values_mut)
    }

    fn sent(&mut self, process: Process, now: Timestamp, named: impl Iterator<Item = (TopicPartition, i64)>) {
        let Some(doubtful) = self.doubtful.get_mut(&process) else {
            return;
        };
        for (partition, _) in named {
            let is_mended =
                |doubt: &Option<Doubt>| doubt.is_some_and(|doubt| now.since(doubt.acknowledged) >= LATE);
            if doubtful.get(&partition).is_some_and(is_mended) {
                doubtful.remove(&partition);
            }
        }
    }
}

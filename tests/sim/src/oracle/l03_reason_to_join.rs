//! L03, on the member's side. Nobody joins without a reason: each JoinGroup follows upon the start, a refusal or the end of the last round,
//! the coordinator's word on *this* generation, a topic that changed, or an application that was away too long.
//!
//! Source: rule 3; librdkafka 4059, 3306, 3891. One call to rejoin, one round: whoever counts an answer of the last generation in this
//! one answers each round with another, and no single rebalance looks wrong.

use std::collections::BTreeMap;

use kohort_protocol::api::metadata::MetadataResponse;
use kohort_protocol::api::{Request, Response};
use kohort_protocol::{ErrorCode, Timestamp, TopicId, TopicName};

use super::l02_subscription::said;
use super::s05_commit_fencing::codes;
use super::{Invariant, ProcessGhost, Scene, Verdict};
use crate::history::{Process, What};

/// What is known of a process.
#[derive(Debug, Default)]
struct Known {
    /// Why it may join, since its last JoinGroup.
    reason: Option<&'static str>,
    /// It leads the group, and the number of partitions changed.
    leads: bool,
    grown: bool,
    topics: BTreeMap<TopicName, Topic>,
    /// When its application was heard of last, and whether it waited inside the client then.
    heard: Timestamp,
    waits: bool,
}

/// A topic, as it was told last.
#[derive(Clone, Debug, Default)]
struct Topic {
    id: TopicId,
    partitions: usize,
    /// How often in a row it was said not to exist: once may be a broker that has not heard of it yet.
    missing: u32,
}

#[derive(Default)]
pub(super) struct ReasonToJoin {
    known: BTreeMap<Process, Known>,
}

impl Invariant for ReasonToJoin {
    fn id(&self) -> &'static str {
        "L03"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let Some(process) = process else { return Ok(()) };
        let ghost = scene.ghost.of(process);
        let known = self.known.entry(process).or_default();
        match what {
            What::Started { .. } => {
                known.reason = Some("it starts");
                known.heard = scene.now;
            }
            What::Answered {
                request, reply, sent, ..
            } => {
                known.answered(ghost, request, reply.ok());
                // Of one that wakes up with the answer: its session has ended by its own clock, and the round with it.
                let patience = ghost.config.request_timeout.min(ghost.config.session_timeout);
                if matches!(request, Request::SyncGroup(_)) && scene.now.since(*sent) >= patience {
                    known.reason = Some("the round took too long");
                }
            }
            What::Abandoned {
                request: Request::JoinGroup(_) | Request::SyncGroup(_),
            } => known.reason = Some("the round was given up"),
            What::Sent {
                request: Request::LeaveGroup(_),
                ..
            } => known.reason = Some("it left"),
            What::Subscribed { .. } => {
                known.reason = Some("its subscription changed");
                known.forget(ghost);
            }
            What::Released { unwinding: true, .. } => known.reason = Some("its application failed"),
            What::Polled => known.heard(ghost, scene.now, false),
            What::Waiting(waits) => known.heard(ghost, scene.now, *waits),
            What::Sent {
                request: Request::JoinGroup(join),
                ..
            } => {
                let has_reason = known.reason.take().is_some() || known.leads && known.grown;
                known.grown = false;
                // A machine that was not called says what it heard last, and hears of the change only now.
                let is_outdated = said(join)? != ghost.subscribed;
                known.reason = is_outdated.then_some("its subscription changed");
                if !has_reason {
                    return Err(format!(
                        "process {} joins again ({:?}) for no reason: nobody has told {} of generation {} to",
                        process.0, join.reason, ghost.member_id, ghost.generation
                    ));
                }
            }
            _ => {}
        }
        Ok(())
    }
}

impl Known {
    fn answered(&mut self, ghost: &ProcessGhost, request: &Request, response: Option<&Response>) {
        match (request, response) {
            (Request::JoinGroup(_), Some(Response::JoinGroup(join))) if join.error_code.is_ok() => {
                self.leads = join.leader == join.member_id;
                self.forget(ghost);
                if join.skip_assignment {
                    self.reason = Some("others divided the topics for it");
                }
            }
            (Request::SyncGroup(_), Some(Response::SyncGroup(sync))) if sync.error_code.is_ok() => {}
            (Request::JoinGroup(_) | Request::SyncGroup(_), _) => self.reason = Some("the round failed"),
            (Request::Heartbeat(asked), Some(Response::Heartbeat(heartbeat)))
                if asked.generation_id == ghost.generation && asked.member_id == ghost.member_id =>
            {
                self.told(heartbeat.error_code);
            }
            (Request::OffsetCommit(asked), Some(Response::OffsetCommit(commit)))
                if asked.generation_id_or_member_epoch == ghost.generation =>
            {
                codes(commit).into_values().for_each(|code| self.told(code));
            }
            (_, Some(Response::Metadata(metadata))) => self.learned(ghost, metadata),
            _ => {}
        }
    }

    /// The coordinator's word on its membership.
    fn told(&mut self, code: ErrorCode) {
        let counts = [
            ErrorCode::REBALANCE_IN_PROGRESS,
            ErrorCode::UNKNOWN_MEMBER_ID,
            ErrorCode::ILLEGAL_GENERATION,
            ErrorCode::FENCED_INSTANCE_ID,
        ];
        if counts.contains(&code) {
            self.reason = Some("the coordinator said so");
        }
    }

    /// What is neither read by anybody nor owned any more is as good as unheard of; until then it is learned of.
    fn forget(&mut self, ghost: &ProcessGhost) {
        self.topics.retain(|topic, _| ghost.cares_for(topic));
    }

    fn learned(&mut self, ghost: &ProcessGhost, metadata: &MetadataResponse) {
        for topic in &metadata.topics {
            let is_gone = topic.error_code == ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
            let is_news = |name: &TopicName| {
                let matters = ghost.cares_for(name) || self.topics.contains_key(name);
                matters && (is_gone || topic.error_code.is_ok())
            };
            let Some(name) = topic.name.clone().filter(is_news) else {
                continue;
            };
            // A leader that had heard nothing yet has divided nothing. One that had may have kept what is forgotten here.
            let is_new = !self.topics.contains_key(&name);
            let partitions = if ghost.topics.contains_key(&name) {
                usize::MAX
            } else {
                0
            };
            let known = self.topics.entry(name).or_insert_with(|| Topic {
                partitions,
                ..Topic::default()
            });
            let before = known.clone();
            if is_gone {
                known.missing += 1;
                if known.missing > 1 {
                    known.partitions = 0;
                }
            } else {
                *known = Topic {
                    id: topic.topic_id,
                    partitions: topic.partitions.len(),
                    missing: 0,
                };
                if !is_new && before.id != known.id {
                    self.reason = Some("a topic was made anew");
                }
            }
            self.grown |= is_new || before.partitions != known.partitions;
        }
    }

    fn heard(&mut self, ghost: &ProcessGhost, now: Timestamp, waits: bool) {
        if !self.waits && now.since(self.heard) >= ghost.config.max_poll_interval {
            self.reason = Some("its application was away");
        }
        self.heard = now;
        self.waits = waits;
    }
}

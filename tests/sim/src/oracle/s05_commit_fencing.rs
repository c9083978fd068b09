//! S05. A commit is stored only if its sender was a member of the current generation, and that was not being synced, at some moment
//! between its arrival and its answer; a refused commit is surfaced to its caller and never reported as done.
//!
//! Source: rules 18, 19; ClassicGroup. The broker's side is judged as well as the client's: the oracle must not trust either. A
//! coordinator decides when it looks at a request and answers when that is flushed, so the group may have gone on by then; nobody but it
//! knows the moment, hence "at some moment": no clock is needed for that.

use std::collections::{BTreeMap, BTreeSet};

use kohort_broker::GroupState;
use kohort_group::member::{CallId, Event};
use kohort_protocol::api::offset_commit::{OffsetCommitRequest, OffsetCommitResponse};
use kohort_protocol::api::{Request, Response};
use kohort_protocol::{ErrorCode, Generation, MemberId, TopicPartition};

use super::names::named;
use super::{Invariant, Scene, Verdict};
use crate::history::{Process, What};

/// A commit that reached a broker and has not been answered.
#[derive(Debug)]
struct Arrived {
    member: MemberId,
    generation: Generation,
    offsets: Vec<(TopicPartition, i64)>,
    /// It could have been stored at some moment since.
    was_valid: bool,
}

impl Arrived {
    fn new(request: &OffsetCommitRequest) -> Self {
        Self {
            member: request.member_id.clone(),
            generation: request.generation_id_or_member_epoch,
            offsets: offsets(request).collect(),
            was_valid: false,
        }
    }

    fn is(&self, request: &OffsetCommitRequest) -> bool {
        self.generation == request.generation_id_or_member_epoch
            && self.member == request.member_id
            && offsets(request).eq(self.offsets.iter().cloned())
    }

    fn look(&mut self, scene: &Scene<'_>) {
        self.was_valid |= scene
            .cluster
            .standing(scene.group)
            .is_some_and(|(state, generation)| {
                generation == self.generation && state != GroupState::CompletingRebalance
            })
            && scene.cluster.has_member(scene.group, &self.member) == Some(true);
    }
}

#[derive(Default)]
pub(super) struct CommitFencing {
    arrived: Vec<Arrived>,
    /// What calls of the application asked for: these offsets, or at least these.
    asked: BTreeMap<(Process, CallId), Vec<(TopicPartition, i64)>>,
    processed: BTreeMap<(Process, CallId), Vec<(TopicPartition, i64)>>,
    /// What the coordinator acknowledged to a process.
    acknowledged: BTreeSet<(Process, TopicPartition, i64)>,
}

impl Invariant for CommitFencing {
    fn id(&self) -> &'static str {
        "S05"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        match (process, what) {
            (None, What::Arrived { request }) => {
                if let Request::OffsetCommit(commit) = &request.request {
                    let mut arrived = Arrived::new(commit);
                    arrived.look(scene);
                    self.arrived.push(arrived);
                }
            }
            (None, What::Group(_)) => self.arrived.iter_mut().for_each(|arrived| arrived.look(scene)),
            (
                None,
                What::Committed {
                    partition,
                    to: Some(to),
                    ..
                },
            ) => return self.stored(scene, partition, *to),
            (
                None,
                What::Replied {
                    request: Request::OffsetCommit(request),
                    response: Response::OffsetCommit(response),
                    ..
                },
            ) => return self.replied(scene, request, response),
            (
                Some(process),
                What::Answered {
                    request: Request::OffsetCommit(request),
                    reply: Ok(Response::OffsetCommit(response)),
                    ..
                },
            ) => self.answered(process, request, response),
            (Some(process), What::CommitAsked { call, offsets }) => {
                let offsets = offsets
                    .iter()
                    .map(|offset| (offset.partition.clone(), offset.offset));
                self.asked.insert((process, *call), offsets.collect());
            }
            (Some(process), What::ProcessedAsked { call }) => {
                let ghost = scene.ghost.of(process);
                let owned = ghost.owned.keys();
                let promised = owned.filter_map(|name| Some((name.clone(), ghost.promised(name)?)));
                self.processed.insert((process, *call), promised.collect());
            }
            // Nor what the log does not hold any more.
            (Some(process), What::Said(Event::Reset { partition, to, .. })) => {
                let calls = self.processed.iter_mut().filter(|((of, _), _)| *of == process);
                let offsets = calls.flat_map(|(_, offsets)| offsets);
                for (_, offset) in offsets.filter(|(name, _)| name == partition) {
                    *offset = (*offset).min(*to);
                }
            }
            // What is lost is promised no more: its offsets are no offsets of this member.
            (Some(process), What::Said(Event::Lost { .. })) => {
                self.processed.retain(|(of, _), _| *of != process);
            }
            (Some(process), What::Done { call, result }) => {
                let asked = self.asked.remove(&(process, *call)).unwrap_or_default();
                let processed = self.processed.remove(&(process, *call)).unwrap_or_default();
                if result.is_ok() {
                    return self.said_done(scene, process, asked, processed);
                }
            }
            _ => {}
        }
        Ok(())
    }
}

impl CommitFencing {
    fn stored(&self, scene: &Scene<'_>, partition: &TopicPartition, to: i64) -> Verdict {
        let may = self.arrived.iter().any(|arrived| {
            arrived.was_valid
                && arrived
                    .offsets
                    .iter()
                    .any(|(name, offset)| name == partition && *offset == to)
        });
        if may {
            return Ok(());
        }
        Err(format!(
            "{to} is stored for {partition}; no member of the current generation has asked for that: the group is {:?}",
            scene.cluster.standing(scene.group)
        ))
    }

    fn replied(
        &mut self,
        scene: &Scene<'_>,
        request: &OffsetCommitRequest,
        response: &OffsetCommitResponse,
    ) -> Verdict {
        let known = self.arrived.iter().position(|arrived| arrived.is(request));
        let was_valid = known.is_some_and(|at| self.arrived.remove(at).was_valid);
        let is_accepted = codes(response).values().any(|code| *code == ErrorCode::NONE);
        if is_accepted && !was_valid {
            return Err(format!(
                "a commit of {} with generation {} was accepted; the group is {:?}",
                request.member_id,
                request.generation_id_or_member_epoch,
                scene.cluster.standing(scene.group)
            ));
        }
        Ok(())
    }

    fn answered(&mut self, process: Process, request: &OffsetCommitRequest, response: &OffsetCommitResponse) {
        let codes = codes(response);
        for (partition, offset) in offsets(request) {
            if codes.get(&partition) == Some(&ErrorCode::NONE) {
                self.acknowledged.insert((process, partition, offset));
            }
        }
    }

    fn said_done(
        &self,
        scene: &Scene<'_>,
        process: Process,
        asked: Vec<(TopicPartition, i64)>,
        processed: Vec<(TopicPartition, i64)>,
    ) -> Verdict {
        let is_stored = |(partition, offset): &(TopicPartition, i64)| {
            self.acknowledged.contains(&(process, partition.clone(), *offset))
        };
        // It may have been stored by an earlier call, or have been where the period began.
        let is_passed = |(partition, offset): &(TopicPartition, i64)| {
            let from = (process, partition.clone(), *offset);
            let to = (process, partition.clone(), i64::MAX);
            let began = scene.ghost.of(process).started.get(partition);
            began.is_some_and(|began| began >= offset) || self.acknowledged.range(from..=to).next().is_some()
        };
        let told = asked.into_iter().find(|one| !is_stored(one));
        let told = told.or_else(|| processed.into_iter().find(|one| !is_passed(one)));
        match told {
            None => Ok(()),
            Some((partition, offset)) => Err(format!(
                "process {} was told that {offset} of {partition} is committed; no coordinator ever said so",
                process.0
            )),
        }
    }
}

/// What a request is to store.
pub(crate) fn offsets(request: &OffsetCommitRequest) -> impl Iterator<Item = (TopicPartition, i64)> {
    request.topics.iter().flat_map(|topic| {
        topic.partitions.iter().map(|partition| {
            let name = named(&topic.name, topic.topic_id, partition.partition_index);
            (name, partition.committed_offset)
        })
    })
}

/// What was said of each partition; of two words that differ neither.
pub(crate) fn codes(response: &OffsetCommitResponse) -> BTreeMap<TopicPartition, ErrorCode> {
    let mut codes = BTreeMap::new();
    let mut contradicted = BTreeSet::new();
    for topic in &response.topics {
        for partition in &topic.partitions {
            let name = named(&topic.name, topic.topic_id, partition.partition_index);
            let other = codes.insert(name.clone(), partition.error_code);
            if other.is_some_and(|other| other != partition.error_code) {
                contradicted.insert(name);
            }
        }
    }
    codes.retain(|name, _| !contradicted.contains(name));
    codes
}

//! S05. A commit is accepted only from a member of the current generation (and not while that is being synced); a refused commit is
//! surfaced to its caller and never reported as done.
//!
//! Source: rules 18, 19; ClassicGroup. The broker's side is judged as well as the client's: the oracle must not trust either.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kohort_broker::GroupState;
use kohort_group::member::CallId;
use kohort_protocol::api::offset_commit::{OffsetCommitRequest, OffsetCommitResponse};
use kohort_protocol::api::{Request, Response};
use kohort_protocol::{ErrorCode, Generation, Timestamp, TopicName, TopicPartition};

use super::{Invariant, Scene, Verdict};
use crate::history::{Process, What};
use crate::plan::TOPIC;

/// A commit that was accepted is acknowledged so much later at most.
const FLUSH: Duration = Duration::from_millis(20);

#[derive(Default)]
pub(super) struct CommitFencing {
    /// The generation that takes commits, and the one before it, until when its last commit may have waited for its flush.
    current: Option<Generation>,
    before: Option<(Generation, Timestamp)>,
    /// What calls of the application asked for.
    asked: BTreeMap<(Process, CallId), Vec<(TopicPartition, i64)>>,
    /// What the coordinator acknowledged to a process.
    acknowledged: BTreeSet<(Process, TopicPartition, i64)>,
}

impl Invariant for CommitFencing {
    fn id(&self) -> &'static str {
        "S05"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        match (process, what) {
            (None, What::Group(standing)) => self.moved(scene.now, *standing),
            (
                None,
                What::Replied {
                    request: Request::OffsetCommit(request),
                    response: Response::OffsetCommit(response),
                    ..
                },
            ) => return self.replied(scene.now, request, response),
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
            (Some(process), What::Done { call, result }) => {
                let asked = self.asked.remove(&(process, *call)).unwrap_or_default();
                if result.is_ok() {
                    return self.said_done(process, asked);
                }
            }
            _ => {}
        }
        Ok(())
    }
}

impl CommitFencing {
    fn moved(&mut self, now: Timestamp, standing: Option<(GroupState, Generation)>) {
        if let Some((_, generation)) = standing
            && self.current != Some(generation)
        {
            self.before = self.current.map(|before| (before, now + FLUSH));
            self.current = Some(generation);
        }
    }

    fn replied(
        &self,
        now: Timestamp,
        request: &OffsetCommitRequest,
        response: &OffsetCommitResponse,
    ) -> Verdict {
        let generation = request.generation_id_or_member_epoch;
        let mut codes = response.topics.iter().flat_map(|topic| &topic.partitions);
        let is_accepted = codes.any(|partition| partition.error_code == ErrorCode::NONE);
        let is_current = self.current == Some(generation);
        let was_current = self
            .before
            .is_some_and(|(before, until)| before == generation && now <= until);
        if is_accepted && !is_current && !was_current {
            return Err(format!(
                "a commit of {} with generation {generation} was accepted; the group is in {:?}",
                request.member_id, self.current
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

    fn said_done(&self, process: Process, asked: Vec<(TopicPartition, i64)>) -> Verdict {
        for (partition, offset) in asked {
            if !self.acknowledged.contains(&(process, partition.clone(), offset)) {
                return Err(format!(
                    "process {} was told that {offset} of {partition} is committed; no coordinator ever said so",
                    process.0
                ));
            }
        }
        Ok(())
    }
}

/// A partition of the topic: newer versions carry its id alone, and there is only one.
pub(crate) fn named(topic: &TopicName, partition: i32) -> TopicPartition {
    let name = if topic.is_empty() { TOPIC } else { topic.as_str() };
    TopicPartition::new(name, partition)
}

/// What a request is to store.
pub(crate) fn offsets(request: &OffsetCommitRequest) -> impl Iterator<Item = (TopicPartition, i64)> {
    request.topics.iter().flat_map(|topic| {
        topic.partitions.iter().map(|partition| {
            let name = named(&topic.name, partition.partition_index);
            (name, partition.committed_offset)
        })
    })
}

/// What was said of each partition.
pub(crate) fn codes(response: &OffsetCommitResponse) -> BTreeMap<TopicPartition, ErrorCode> {
    let of_topic = response.topics.iter().flat_map(|topic| {
        topic.partitions.iter().map(|partition| {
            let name = named(&topic.name, partition.partition_index);
            (name, partition.error_code)
        })
    });
    of_topic.collect()
}

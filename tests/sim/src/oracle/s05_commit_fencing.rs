//! S05. A commit is accepted only from a member of the current generation (and not while that is being synced); a refused commit is
//! surfaced to its caller and never reported as done.
//!
//! Source: rules 18, 19; ClassicGroup. The broker's side is judged as well as the client's: the oracle must not trust either.

use std::collections::{BTreeMap, BTreeSet};

use kohort_broker::GroupState;
use kohort_group::member::CallId;
use kohort_protocol::api::offset_commit::{OffsetCommitRequest, OffsetCommitResponse};
use kohort_protocol::api::{Request, Response};
use kohort_protocol::{ErrorCode, Generation, TopicPartition};

use super::{Invariant, Scene, Verdict};
use crate::history::{Process, What};

#[derive(Default)]
pub(super) struct CommitFencing {
    /// Generations that took commits lately: the current one, and the one before it, whose last commit may wait for its flush.
    open: [Option<Generation>; 2],
    /// What calls of the application asked for.
    asked: BTreeMap<(Process, CallId), Vec<(TopicPartition, i64)>>,
    /// What the coordinator acknowledged to a process.
    acknowledged: BTreeSet<(Process, TopicPartition, i64)>,
}

impl Invariant for CommitFencing {
    fn id(&self) -> &'static str {
        "S05"
    }

    fn see(&mut self, _: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        match (process, what) {
            (None, What::Group(standing)) => self.moved(*standing),
            (
                None,
                What::Replied {
                    request: Request::OffsetCommit(request),
                    response: Response::OffsetCommit(response),
                },
            ) => return self.replied(request, response),
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
    fn moved(&mut self, standing: Option<(GroupState, Generation)>) {
        if let Some((_, generation)) = standing
            && self.open[0] != Some(generation)
        {
            self.open = [Some(generation), self.open[0]];
        }
    }

    fn replied(&self, request: &OffsetCommitRequest, response: &OffsetCommitResponse) -> Verdict {
        let generation = request.generation_id_or_member_epoch;
        let mut codes = response.topics.iter().flat_map(|topic| &topic.partitions);
        let is_accepted = codes.any(|partition| partition.error_code == ErrorCode::NONE);
        if is_accepted && !self.open.contains(&Some(generation)) {
            return Err(format!(
                "a commit of {} with generation {generation} was accepted; the group has been in {:?} lately",
                request.member_id, self.open
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

/// What a request is to store.
pub(crate) fn offsets(request: &OffsetCommitRequest) -> impl Iterator<Item = (TopicPartition, i64)> {
    request.topics.iter().flat_map(|topic| {
        topic.partitions.iter().map(|partition| {
            let name = TopicPartition {
                topic: topic.name.clone(),
                partition: partition.partition_index,
            };
            (name, partition.committed_offset)
        })
    })
}

/// What was said of each partition.
pub(crate) fn codes(response: &OffsetCommitResponse) -> BTreeMap<TopicPartition, ErrorCode> {
    let of_topic = response.topics.iter().flat_map(|topic| {
        topic.partitions.iter().map(|partition| {
            let name = TopicPartition {
                topic: topic.name.clone(),
                partition: partition.partition_index,
            };
            (name, partition.error_code)
        })
    });
    of_topic.collect()
}

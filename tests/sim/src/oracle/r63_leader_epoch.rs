//! R63. What a member commits by itself carries the leader epoch of the record before it, so that whoever continues there notices a
//! truncation.
//!
//! Source: rule 63; KIP-320; KAFKA-19902, KAFKA-20507. An application that names offsets by hand may not know
//! the epoch, and a position that was looked up and not read has none.

use std::collections::BTreeSet;

use kohort_protocol::api::Request;
use kohort_protocol::api::offset_commit::OffsetCommitPartition;
use kohort_protocol::{LeaderEpoch, TopicName, TopicPartition};

use super::{Invariant, Scene, Verdict};
use crate::history::{Process, What};
use crate::plan::Commits;

#[derive(Default)]
pub(super) struct EpochCommitted {
    by_hand: BTreeSet<(Process, TopicPartition, i64)>,
}

impl Invariant for EpochCommitted {
    fn id(&self) -> &'static str {
        "R63"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        if let (Some(process), What::CommitAsked { offsets, .. }) = (process, what) {
            let named = offsets
                .iter()
                .map(|one| (process, one.partition.clone(), one.offset));
            self.by_hand.extend(named);
        }
        let (
            Some(process),
            What::Sent {
                request: Request::OffsetCommit(commit),
                ..
            },
        ) = (process, what)
        else {
            return Ok(());
        };
        let ghost = scene.ghost.of(process);
        if !matches!(ghost.commits, Commits::Auto | Commits::Processed) {
            return Ok(());
        }
        let topics = commit.topics.iter();
        let mut all = topics.flat_map(|topic| topic.partitions.iter().map(|one| (topic.name.clone(), one)));
        let is_bare = |(topic, one): &(TopicName, &OffsetCommitPartition)| {
            let name = TopicPartition::new(topic.clone(), one.partition_index);
            one.committed_leader_epoch == LeaderEpoch::NONE
                && ghost.processed.get(&name) == Some(&one.committed_offset)
                && !self.by_hand.contains(&(process, name, one.committed_offset))
        };
        match all.find(is_bare) {
            Some((topic, bare)) => Err(format!(
                "process {} commits {} of {topic}-{} without a leader epoch",
                process.0, bare.committed_offset, bare.partition_index
            )),
            None => Ok(()),
        }
    }
}

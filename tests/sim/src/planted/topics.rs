//! Bugs of what is read: wishes that the group never hears of, and one topic taken for another.

use std::collections::BTreeMap;

use kohort_group::member::{Input, Output};
use kohort_protocol::api::Response;
use kohort_protocol::api::join_group::{JoinGroupProtocol, JoinGroupRequest};
use kohort_protocol::api::metadata::MetadataTopic;
use kohort_protocol::api::offset_commit::OffsetCommitRequest;
use kohort_protocol::consumer_protocol::Assignment;
use kohort_protocol::{TopicId, TopicName};

use super::leading::reassign;
use super::touch::alter;
use super::{At, Bug};
use crate::history::Process;

/// What an application wants to read is what it wanted in the beginning.
#[derive(Default)]
pub(super) struct WishesUntold {}

impl Bug for WishesUntold {
    fn member_input(&mut self, _: At, input: Input) -> Vec<Input> {
        match input {
            Input::Subscribe(_) => Vec::new(),
            input => vec![input],
        }
    }
}

/// A member joins with the wishes of the time before, and believes that it has told the new ones (franz-go sweep F1).
#[derive(Default)]
pub(super) struct OldWishesTold {
    last: BTreeMap<Option<Process>, Vec<JoinGroupProtocol>>,
}

impl Bug for OldWishesTold {
    fn member_output(&mut self, at: At, mut output: Output) -> Vec<Output> {
        alter(&mut output, |join: &mut JoinGroupRequest| {
            let before = self.last.insert(at.process, join.protocols.clone());
            join.protocols = before.unwrap_or_else(|| join.protocols.clone());
        });
        vec![output]
    }
}

/// Committed offsets are looked up by the number of the partition alone: each begins where the one of the first topic does.
#[derive(Default)]
pub(super) struct TopicOverlooked {}

impl Bug for TopicOverlooked {
    fn member_input(&mut self, _: At, mut input: Input) -> Vec<Input> {
        if let Input::Reply {
            reply: Ok(Response::OffsetFetch(response)),
            ..
        } = &mut input
            && let [first, others @ ..] = response
                .groups
                .first_mut()
                .map_or(&mut [][..], |group| &mut group.topics)
        {
            for one in others.iter_mut().flat_map(|topic| &mut topic.partitions) {
                let same = first
                    .partitions
                    .iter()
                    .find(|other| other.partition_index == one.partition_index);
                one.committed_offset = same.map_or(one.committed_offset, |same| same.committed_offset);
            }
        }
        vec![input]
    }
}

/// A commit of two topics stores the offsets of each for the other.
#[derive(Default)]
pub(super) struct CommitsMixedUp {}

impl Bug for CommitsMixedUp {
    fn member_output(&mut self, _: At, mut output: Output) -> Vec<Output> {
        alter(&mut output, |commit: &mut OffsetCommitRequest| {
            if let [first, .., last] = &mut commit.topics[..] {
                let (first, last) = (first.partitions.first_mut(), last.partitions.first_mut());
                if let (Some(first), Some(last)) = (first, last) {
                    std::mem::swap(&mut first.committed_offset, &mut last.committed_offset);
                }
            }
        });
        vec![output]
    }
}

/// A leader divides all topics among all members, whoever reads what.
#[derive(Default)]
pub(super) struct UnreadTopicGiven {}

impl Bug for UnreadTopicGiven {
    fn member_output(&mut self, _: At, mut output: Output) -> Vec<Output> {
        reassign(&mut output, |all: &mut [Assignment]| {
            if let [first, .., last] = all {
                std::mem::swap(&mut first.partitions, &mut last.partitions);
            }
        });
        vec![output]
    }
}

/// What no broker knows any more is taken for what it was last.
#[derive(Default)]
pub(super) struct DeletedUnnoticed {
    known: BTreeMap<(Option<Process>, Option<TopicName>), MetadataTopic>,
}

impl Bug for DeletedUnnoticed {
    fn member_input(&mut self, at: At, mut input: Input) -> Vec<Input> {
        if let Input::Metadata(Ok(response)) = &mut input {
            for topic in &mut response.topics {
                let known = self.known.entry((at.process, topic.name.clone()));
                if topic.error_code.is_ok() {
                    known.insert_entry(topic.clone());
                } else {
                    topic.clone_from(known.or_insert_with(|| topic.clone()));
                }
            }
        }
        vec![input]
    }
}

/// Commits do not say the id of the topic that was read, though it is known.
#[derive(Default)]
pub(super) struct IdForgotten {}

impl Bug for IdForgotten {
    fn member_output(&mut self, _: At, mut output: Output) -> Vec<Output> {
        alter(&mut output, |commit: &mut OffsetCommitRequest| {
            for topic in &mut commit.topics {
                topic.topic_id = TopicId::ZERO;
            }
        });
        vec![output]
    }
}

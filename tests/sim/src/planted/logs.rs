//! Bugs of those who do not notice that a log has lost records, or is another log.

use std::collections::BTreeMap;

use kohort_group::member::{Event, Input, Output};
use kohort_protocol::api::Response;
use kohort_protocol::api::fetch::FetchRequest;
use kohort_protocol::api::list_offsets::{LATEST_TIMESTAMP, ListOffsetsRequest};
use kohort_protocol::api::offset_commit::OffsetCommitRequest;
use kohort_protocol::api::offset_fetch::OffsetFetchRequest;
use kohort_protocol::{ErrorCode, LeaderEpoch, TopicId};

use super::touch::alter;
use super::{At, Bug};
use crate::history::Process;

/// Fetches do not say in which epoch the record before was written, and a position beyond the end waits there until the log has grown
/// again: what was written meanwhile is skipped (before KIP-320).
#[derive(Default)]
pub(super) struct TruncationIgnored {}

impl Bug for TruncationIgnored {
    fn member_output(&mut self, _: At, mut output: Output) -> Vec<Output> {
        alter(&mut output, |fetch: &mut FetchRequest| {
            for one in fetch.topics.iter_mut().flat_map(|topic| &mut topic.partitions) {
                one.last_fetched_epoch = LeaderEpoch::NONE;
            }
        });
        vec![output]
    }

    fn member_input(&mut self, _: At, mut input: Input) -> Vec<Input> {
        if let Input::Fetched {
            reply: Ok(fetched), ..
        } = &mut input
        {
            for one in &mut fetched.partitions {
                if one.error_code == ErrorCode::OFFSET_OUT_OF_RANGE {
                    one.error_code = ErrorCode::NONE;
                }
            }
        }
        vec![input]
    }
}

/// Out of range, and `auto.offset.reset=earliest` goes to the end.
#[derive(Default)]
pub(super) struct ResetToTheWrongEnd {}

impl Bug for ResetToTheWrongEnd {
    fn member_output(&mut self, _: At, mut output: Output) -> Vec<Output> {
        alter(&mut output, |list: &mut ListOffsetsRequest| {
            for one in list.topics.iter_mut().flat_map(|topic| &mut topic.partitions) {
                one.timestamp = LATEST_TIMESTAMP;
            }
        });
        vec![output]
    }
}

/// A position moves, and nobody is told that records were lost.
#[derive(Default)]
pub(super) struct LossUntold {}

impl Bug for LossUntold {
    fn member_output(&mut self, _: At, output: Output) -> Vec<Output> {
        match output {
            Output::Event(Event::Reset { from: Some(_), .. }) => Vec::new(),
            output => vec![output],
        }
    }
}

/// A topic is known by its name alone: when it is made anew, positions and commits go on as if nothing had happened (franz-go 1426,
/// KAFKA-12257, librdkafka 3255).
#[derive(Default)]
pub(super) struct RecreatedUnnoticed {
    /// The id that the member takes it for, and the one that it has.
    ids: BTreeMap<Option<Process>, (TopicId, TopicId)>,
}

fn swap(id: &mut TopicId, from: TopicId, to: TopicId) {
    if *id == from {
        *id = to;
    }
}

impl Bug for RecreatedUnnoticed {
    fn member_input(&mut self, at: At, mut input: Input) -> Vec<Input> {
        if let Input::Metadata(Ok(said)) = &mut input {
            for topic in said
                .topics
                .iter_mut()
                .filter(|topic| topic.topic_id != TopicId::ZERO)
            {
                let ids = self.ids.entry(at.process);
                let ids = ids.or_insert((topic.topic_id, topic.topic_id));
                ids.1 = topic.topic_id;
                topic.topic_id = ids.0;
            }
        }
        let Some(&(old, new)) = self.ids.get(&at.process) else {
            return vec![input];
        };
        match &mut input {
            Input::Fetched {
                reply: Ok(fetched), ..
            } => {
                for one in &mut fetched.partitions {
                    swap(&mut one.topic_id, new, old);
                }
            }
            Input::Reply {
                reply: Ok(Response::OffsetCommit(response)),
                ..
            } => {
                for topic in &mut response.topics {
                    swap(&mut topic.topic_id, new, old);
                }
            }
            Input::Reply {
                reply: Ok(Response::OffsetFetch(response)),
                ..
            } => {
                for topic in response.groups.iter_mut().flat_map(|group| &mut group.topics) {
                    swap(&mut topic.topic_id, new, old);
                }
            }
            _ => {}
        }
        vec![input]
    }

    fn member_output(&mut self, at: At, mut output: Output) -> Vec<Output> {
        let Some(&(old, new)) = self.ids.get(&at.process) else {
            return vec![output];
        };
        alter(&mut output, |fetch: &mut FetchRequest| {
            for topic in &mut fetch.topics {
                swap(&mut topic.topic_id, old, new);
            }
        });
        alter(&mut output, |commit: &mut OffsetCommitRequest| {
            for topic in &mut commit.topics {
                swap(&mut topic.topic_id, old, new);
            }
        });
        alter(&mut output, |fetch: &mut OffsetFetchRequest| {
            for topic in fetch
                .groups
                .iter_mut()
                .filter_map(|group| group.topics.as_mut())
                .flatten()
            {
                swap(&mut topic.topic_id, old, new);
            }
        });
        vec![output]
    }
}

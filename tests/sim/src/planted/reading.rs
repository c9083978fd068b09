//! Bugs of reading: where a partition begins, what is handed out, how much is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kohort_group::member::{Event, Failure, Input, Output, Period, Ticket};
use kohort_protocol::api::Response;
use kohort_protocol::api::fetch::FetchRequest;
use kohort_protocol::api::list_offsets::ListOffsetsRequest;
use kohort_protocol::api::offset_fetch::{
    OffsetFetchRequest, OffsetFetchResponse, OffsetFetchResponseGroup, OffsetFetchResponsePartition,
    OffsetFetchResponseTopic,
};
use kohort_protocol::{LeaderEpoch, TopicPartition};

use super::touch::{Echo, Misreads, alter, sent};
use super::{At, Bug};
use crate::history::Process;

/// An off-by-one in the position, now and then.
#[derive(Default)]
pub(super) struct RecordSkipped {
    deliveries: u64,
}

impl Bug for RecordSkipped {
    fn member_output(&mut self, _: At, mut output: Output) -> Vec<Output> {
        if let Output::Deliver { from, .. } = &mut output {
            self.deliveries += 1;
            if self.deliveries.is_multiple_of(10) {
                *from += 1;
            }
        }
        vec![output]
    }
}

/// A committed offset is taken for the last record that was read instead of the next one to read: each period begins one too late.
#[derive(Default)]
pub(super) struct RecordSkippedAfterRejoin {
    begun: BTreeSet<(Option<Process>, Period, TopicPartition)>,
}

impl Bug for RecordSkippedAfterRejoin {
    fn member_output(&mut self, at: At, mut output: Output) -> Vec<Output> {
        if let Output::Deliver {
            partition,
            period,
            from,
            ..
        } = &mut output
        {
            let is_first = self.begun.insert((at.process, *period, partition.clone()));
            *from += i64::from(is_first && *from > 0);
        }
        vec![output]
    }
}

/// Two batches of a partition change places on their way to the application: two prefetch queues.
#[derive(Default)]
pub(super) struct DeliveriesSwapped {
    held: BTreeMap<(Option<Process>, TopicPartition), Output>,
}

impl Bug for DeliveriesSwapped {
    fn member_output(&mut self, at: At, output: Output) -> Vec<Output> {
        match &output {
            Output::Deliver { partition, .. } => {
                let key = (at.process, partition.clone());
                match self.held.remove(&key) {
                    Some(held) => vec![output, held],
                    None => {
                        self.held.insert(key, output);
                        Vec::new()
                    }
                }
            }
            Output::Discard(ticket) => {
                let is_it =
                    |held: &Output| matches!(held, Output::Deliver { ticket: of, .. } if of == ticket);
                self.held
                    .retain(|(process, _), held| *process != at.process || !is_it(held));
                vec![output]
            }
            _ => vec![output],
        }
    }
}

/// What lies ready is not taken back when its partition goes (sarama#1543, fs2-kafka#1502): it is handed out after `Lost`.
#[derive(Default)]
pub(super) struct ReadyRecordsKept {}

impl Bug for ReadyRecordsKept {
    fn member_output(&mut self, _: At, output: Output) -> Vec<Output> {
        match output {
            Output::Discard(_) => Vec::new(),
            output => vec![output],
        }
    }
}

/// Fetching goes on after the revocation: an answer that was under way is handed out although the partition was given back.
#[derive(Default)]
pub(super) struct FetchedAfterRevoke {
    given: BTreeMap<(Option<Process>, Ticket), Output>,
    late: BTreeMap<Option<Process>, Output>,
}

impl Bug for FetchedAfterRevoke {
    fn member_output(&mut self, at: At, output: Output) -> Vec<Output> {
        match &output {
            Output::Deliver { ticket, .. } => {
                self.given.insert((at.process, *ticket), output.clone());
                vec![output]
            }
            Output::Discard(ticket) => match self.given.remove(&(at.process, *ticket)) {
                Some(given) => {
                    self.late.insert(at.process, given);
                    Vec::new()
                }
                None => vec![output],
            },
            Output::Event(Event::Revoking { .. }) => {
                let late = self.late.remove(&at.process);
                std::iter::once(output).chain(late).collect()
            }
            _ => vec![output],
        }
    }
}

/// An error of OffsetFetch is read as "nothing is committed" (platformatic/kafka 267).
pub(super) enum ResetOnError {}

impl Misreads for ResetOnError {
    type Request = OffsetFetchRequest;

    fn misread(request: &OffsetFetchRequest, reply: &mut Result<Response, Failure>) {
        if let Ok(Response::OffsetFetch(response)) = reply
            && response.groups.iter().any(|group| !group.error_code.is_ok())
        {
            *response = nothing(request);
        }
    }
}

/// Half an answer is read as far as it goes, and counts as the whole: the offsets in the other half are not committed.
pub(super) enum HalfTakenForWhole {}

impl Misreads for HalfTakenForWhole {
    type Request = OffsetFetchRequest;

    fn misread(request: &OffsetFetchRequest, reply: &mut Result<Response, Failure>) {
        if matches!(reply, Err(Failure::Disconnected(why)) if why.contains("in the middle of a frame")) {
            *reply = Ok(nothing(request).into());
        }
    }
}

/// Nothing is committed of what was asked for.
fn nothing(request: &OffsetFetchRequest) -> OffsetFetchResponse {
    let partition = |&partition_index: &i32| OffsetFetchResponsePartition {
        partition_index,
        committed_offset: -1,
        committed_leader_epoch: LeaderEpoch::NONE,
        ..OffsetFetchResponsePartition::default()
    };
    let group = |group: &kohort_protocol::api::offset_fetch::OffsetFetchGroup| OffsetFetchResponseGroup {
        group_id: group.group_id.clone(),
        topics: group
            .topics
            .iter()
            .flatten()
            .map(|topic| OffsetFetchResponseTopic {
                name: topic.name.clone(),
                topic_id: topic.topic_id,
                partitions: topic.partition_indexes.iter().map(partition).collect(),
            })
            .collect(),
        ..OffsetFetchResponseGroup::default()
    };
    OffsetFetchResponse {
        groups: request.groups.iter().map(group).collect(),
        ..OffsetFetchResponse::default()
    }
}

/// A partition that an answer to OffsetFetch passes over has no committed offset, for all that the member knows.
pub(super) enum OmissionIsNothing {}

impl Misreads for OmissionIsNothing {
    type Request = OffsetFetchRequest;

    fn misread(request: &OffsetFetchRequest, reply: &mut Result<Response, Failure>) {
        let Ok(Response::OffsetFetch(response)) = reply else {
            return;
        };
        let all = nothing(request).groups.into_iter().flat_map(|group| group.topics);
        let said = response.groups.iter_mut().flat_map(|group| &mut group.topics);
        for (topic, all) in said.zip(all) {
            let is_said = |index| topic.partitions.iter().any(|one| one.partition_index == index);
            let omitted: Vec<_> = all
                .partitions
                .into_iter()
                .filter(|one| !is_said(one.partition_index))
                .collect();
            topic.partitions.extend(omitted);
        }
    }
}

/// Of two words on one partition the last counts (franz-go consumer_group_sweep D2).
#[derive(Default)]
pub(super) struct LastWordCounts {}

impl Bug for LastWordCounts {
    fn member_input(&mut self, _: At, mut input: Input) -> Vec<Input> {
        if let Input::Reply {
            reply: Ok(Response::OffsetFetch(response)),
            ..
        } = &mut input
        {
            for topic in response.groups.iter_mut().flat_map(|group| &mut group.topics) {
                let last = topic
                    .partitions
                    .iter()
                    .map(|one| (one.partition_index, one.clone()));
                let last: BTreeMap<i32, OffsetFetchResponsePartition> = last.collect();
                topic.partitions = last.into_values().collect();
            }
        }
        vec![input]
    }
}

/// The partitions of an answer to OffsetFetch.
fn fetched(input: &mut Input) -> impl Iterator<Item = (TopicPartition, &mut OffsetFetchResponsePartition)> {
    let groups = match input {
        Input::Reply {
            reply: Ok(Response::OffsetFetch(response)),
            ..
        } => response.groups.as_mut_slice(),
        _ => &mut [],
    };
    let topics = groups.iter_mut().flat_map(|group| &mut group.topics);
    topics.flat_map(|topic| {
        let name = topic.name.clone();
        topic.partitions.iter_mut().map(move |partition| {
            let at = TopicPartition {
                topic: name.clone(),
                partition: partition.partition_index,
            };
            (at, partition)
        })
    })
}

/// `auto.offset.reset` is obeyed although something is committed (librdkafka#1442, sarama#2036).
#[derive(Default)]
pub(super) struct CommittedIgnored {
    answers: u64,
}

impl Bug for CommittedIgnored {
    fn member_input(&mut self, _: At, mut input: Input) -> Vec<Input> {
        for (_, partition) in fetched(&mut input) {
            self.answers += 1;
            if self.answers.is_multiple_of(5) {
                partition.committed_offset = -1;
            }
        }
        vec![input]
    }
}

/// Committed offsets are read once and remembered over rebalances (kafka-python's cache of committed offsets).
#[derive(Default)]
pub(super) struct CommittedRemembered {
    first: BTreeMap<(Option<Process>, TopicPartition), i64>,
}

impl Bug for CommittedRemembered {
    fn member_input(&mut self, at: At, mut input: Input) -> Vec<Input> {
        for (name, partition) in fetched(&mut input) {
            let first = self
                .first
                .entry((at.process, name))
                .or_insert(partition.committed_offset);
            partition.committed_offset = *first;
        }
        vec![input]
    }
}

/// What lies ready is not counted (librdkafka#5140, sarama#3434): the member fetches on and on.
#[derive(Default)]
pub(super) struct BufferNotCounted {}

impl Bug for BufferNotCounted {
    fn member_input(&mut self, _: At, mut input: Input) -> Vec<Input> {
        if let Input::Fetched {
            reply: Ok(fetched), ..
        } = &mut input
        {
            for records in fetched
                .partitions
                .iter_mut()
                .filter_map(|one| one.records.as_mut())
            {
                records.bytes = 0;
            }
        }
        vec![input]
    }
}

/// A pause is passed over: what is fetched comes all the same.
#[derive(Default)]
pub(super) struct PauseIgnored {}

impl Bug for PauseIgnored {
    fn member_input(&mut self, _: At, input: Input) -> Vec<Input> {
        match input {
            Input::Pause(_) => Vec::new(),
            input => vec![input],
        }
    }
}

/// Each seek goes to where the partition is read anyway: it is accepted, and nothing comes of it.
#[derive(Default)]
pub(super) struct SeekIgnored {
    calls: BTreeMap<Option<Process>, Vec<kohort_group::member::CallId>>,
}

impl Bug for SeekIgnored {
    fn member_input(&mut self, at: At, input: Input) -> Vec<Input> {
        match input {
            Input::Seek { call, .. } => {
                self.calls.entry(at.process).or_default().push(call);
                Vec::new()
            }
            input => vec![input],
        }
    }

    fn member_output(&mut self, at: At, output: Output) -> Vec<Output> {
        let calls = self.calls.remove(&at.process).unwrap_or_default();
        let done = calls
            .into_iter()
            .map(|call| Output::Done { call, result: Ok(()) });
        done.chain(std::iter::once(output)).collect()
    }
}

/// Each leader is asked three times where its log begins: the answers are one, the failures three.
#[derive(Default)]
pub(super) struct LogAskedThrice {
    echo: Echo,
}

impl Bug for LogAskedThrice {
    fn member_output(&mut self, _: At, output: Output) -> Vec<Output> {
        let asks = sent::<ListOffsetsRequest>(&output).is_some();
        self.echo.repeated(output, if asks { 2 } else { 0 })
    }
}

/// A broker is asked to answer only once it has a megabyte, and is waited for: few records lie there until somebody writes many more.
#[derive(Default)]
pub(super) struct WaitsForMore {}

impl Bug for WaitsForMore {
    fn member_output(&mut self, _: At, mut output: Output) -> Vec<Output> {
        let is_fetch = alter(&mut output, |fetch: &mut FetchRequest| {
            fetch.max_wait_ms = i32::MAX;
            fetch.min_bytes = 1 << 20;
        });
        if let Output::Send { timeout, .. } = &mut output
            && is_fetch
        {
            *timeout = Duration::from_secs(25);
        }
        vec![output]
    }
}

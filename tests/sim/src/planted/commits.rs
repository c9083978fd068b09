//! Bugs of commits: what is stored, in which order, under whose name, and what the caller is told.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kohort_group::member::{CallId, Event, Failure, Input, Output, Token};
use kohort_protocol::api::Response;
use kohort_protocol::api::offset_commit::{OffsetCommitPartition, OffsetCommitRequest};
use kohort_protocol::{ErrorCode, Generation, LeaderEpoch, Timestamp, TopicPartition};

use super::touch::{Forged, Misreads, Open, all_stored, alter, offsets, sent};
use super::{At, Bug};
use crate::history::Process;

fn each(request: &mut OffsetCommitRequest, change: impl Fn(&mut OffsetCommitPartition)) {
    for partition in request.topics.iter_mut().flat_map(|topic| &mut topic.partitions) {
        change(partition);
    }
}

/// A record that was never handed out counts as done: lost at the next rebalance.
#[derive(Default)]
pub(super) struct CommitTooHigh {}

impl Bug for CommitTooHigh {
    fn member_output(&mut self, _: At, mut output: Output) -> Vec<Output> {
        alter(&mut output, |commit| {
            each(commit, |partition| partition.committed_offset += 1);
        });
        vec![output]
    }
}

/// The offset of the last record is stored instead of the next one's: that record comes again after every rebalance, and lag never
/// gets to zero.
#[derive(Default)]
pub(super) struct CommitTooLow {}

impl Bug for CommitTooLow {
    fn member_output(&mut self, _: At, mut output: Output) -> Vec<Output> {
        alter(&mut output, |commit| {
            each(commit, |partition| {
                partition.committed_offset = (partition.committed_offset - 1).max(0);
            });
        });
        vec![output]
    }
}

/// Taking records counts as being done with them: automatic commits store what the application works on, and a crash loses it
/// (franz-go 57).
#[derive(Default)]
pub(super) struct CurrentRecordsCommitted {}

impl Bug for CurrentRecordsCommitted {
    fn member_input(&mut self, _: At, input: Input) -> Vec<Input> {
        match input {
            Input::Taken(_) => vec![input, Input::Polled],
            input => vec![input],
        }
    }
}

/// Overlapping commits overtake each other (franz-go consumer_group_sweep B1).
#[derive(Default)]
pub(super) struct CommitsReordered {
    held: BTreeMap<Option<Process>, (Timestamp, Input)>,
}

impl Bug for CommitsReordered {
    fn member_input(&mut self, at: At, input: Input) -> Vec<Input> {
        let held = self.held.remove(&at.process);
        match (held, &input) {
            (None, Input::Commit { .. }) => {
                self.held.insert(at.process, (at.now, input));
                Vec::new()
            }
            (Some((_, first)), Input::Commit { .. }) => vec![input, first],
            // Who waits for it must not wait for ever.
            (Some((since, first)), _) if at.now.since(since) > Duration::from_secs(1) => vec![first, input],
            (held, _) => {
                if let Some(held) = held {
                    self.held.insert(at.process, held);
                }
                vec![input]
            }
        }
    }
}

/// The generation on a commit is the one that was current when something was first asked for, not when it is sent (rule 18): the
/// first commit of a generation carries the number of the one before.
#[derive(Default)]
pub(super) struct StaleGeneration {
    current: BTreeMap<Option<Process>, Generation>,
}

impl Bug for StaleGeneration {
    fn member_output(&mut self, at: At, mut output: Output) -> Vec<Output> {
        alter(&mut output, |commit: &mut OffsetCommitRequest| {
            let now = commit.generation_id_or_member_epoch;
            let before = self.current.insert(at.process, now).unwrap_or(now);
            commit.generation_id_or_member_epoch = before;
        });
        vec![output]
    }
}

/// Whose partition it is, is not asked: offsets read in a period that is over are committed as if they had been read in this one
/// (librdkafka#2782, arroyo#168).
#[derive(Default)]
pub(super) struct PeriodForgotten {}

impl Bug for PeriodForgotten {
    fn member_input(&mut self, _: At, mut input: Input) -> Vec<Input> {
        if let Input::Commit { offsets, .. } = &mut input {
            for offset in offsets {
                offset.period = None;
            }
        }
        vec![input]
    }
}

/// The last commit is sent once more after the partitions were lost (librdkafka 5604).
#[derive(Default)]
pub(super) struct CommitAfterLost {
    last: BTreeMap<Option<Process>, Output>,
    forged: u64,
}

impl Bug for CommitAfterLost {
    fn member_output(&mut self, at: At, output: Output) -> Vec<Output> {
        if sent::<OffsetCommitRequest>(&output).is_some() {
            self.last.insert(at.process, output.clone());
        }
        let is_lost = matches!(output, Output::Event(Event::Lost { .. }));
        let again = is_lost.then(|| self.last.remove(&at.process)).flatten();
        let again = again.map(|mut again| {
            if let Output::Send { token, .. } = &mut again {
                self.forged += 1;
                *token = Token(u64::MAX - self.forged);
            }
            again
        });
        std::iter::once(output).chain(again).collect()
    }
}

/// A refused commit is reported as done.
pub(super) enum RefusedTakenForDone {}

impl Misreads for RefusedTakenForDone {
    type Request = OffsetCommitRequest;

    fn misread(request: &OffsetCommitRequest, reply: &mut Result<Response, Failure>) {
        if reply.is_ok() {
            *reply = Ok(all_stored(request).into());
        }
    }
}

/// A commit without an answer is reported as done: what is indefinite is taken for definite (Jepsen on Bufstream).
pub(super) enum UnansweredTakenForDone {}

impl Misreads for UnansweredTakenForDone {
    type Request = OffsetCommitRequest;

    fn misread(request: &OffsetCommitRequest, reply: &mut Result<Response, Failure>) {
        if matches!(reply, Err(Failure::TimedOut | Failure::Disconnected(_))) {
            *reply = Ok(all_stored(request).into());
        }
    }
}

/// After a commit was given up the newest offsets are not sent once more: the abandoned one lands late and stays (seen on Kafka 4.4.0).
#[derive(Default)]
pub(super) struct NotSentAgain {
    open: Open<OffsetCommitRequest>,
    stored: BTreeMap<(Option<Process>, TopicPartition), i64>,
    forged: Forged,
}

impl Bug for NotSentAgain {
    fn member_output(&mut self, at: At, output: Output) -> Vec<Output> {
        self.open.note(at, &output);
        if let Some((token, request)) = sent::<OffsetCommitRequest>(&output) {
            let is_stored = |(name, offset)| self.stored.get(&(at.process, name)) == Some(&offset);
            if offsets(request).into_iter().all(is_stored) {
                self.forged.answer(at.process, token, all_stored(request));
                return Vec::new();
            }
        }
        vec![output]
    }

    fn member_input(&mut self, at: At, input: Input) -> Vec<Input> {
        if let Some(request) = self.open.answered(at, &input)
            && let Input::Reply {
                reply: Ok(Response::OffsetCommit(response)),
                ..
            } = &input
        {
            let codes = crate::oracle::codes(response);
            for (name, offset) in offsets(&request) {
                if codes.get(&name) == Some(&ErrorCode::NONE) {
                    self.stored.insert((at.process, name), offset);
                }
            }
        }
        self.forged.before(at.process, input)
    }
}

/// Commits carry no leader epoch, so that nobody who continues after a truncation notices it (KAFKA-19902, KAFKA-20507).
#[derive(Default)]
pub(super) struct LeaderEpochForgotten {}

impl Bug for LeaderEpochForgotten {
    fn member_output(&mut self, _: At, mut output: Output) -> Vec<Output> {
        alter(&mut output, |commit| {
            each(commit, |partition| {
                partition.committed_leader_epoch = LeaderEpoch::NONE;
            });
        });
        vec![output]
    }
}

/// "Commit all that is processed" always succeeds: who waits for it before it gives its partitions back gives back too early.
#[derive(Default)]
pub(super) struct ProcessedTakenForDone {
    calls: BTreeSet<(Option<Process>, CallId)>,
}

impl Bug for ProcessedTakenForDone {
    fn member_input(&mut self, at: At, input: Input) -> Vec<Input> {
        if let Input::CommitProcessed { call } = &input {
            self.calls.insert((at.process, *call));
        }
        vec![input]
    }

    fn member_output(&mut self, at: At, mut output: Output) -> Vec<Output> {
        if let Output::Done { call, result } = &mut output
            && self.calls.remove(&(at.process, *call))
        {
            *result = Ok(());
        }
        vec![output]
    }
}

//! Bugs of membership: joining, heartbeats, ids, and what the application is told of it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kohort_group::member::{Event, GuardId, Input, MemberError, Output};
use kohort_protocol::api::Response;
use kohort_protocol::api::find_coordinator::FindCoordinatorRequest;
use kohort_protocol::api::heartbeat::HeartbeatRequest;
use kohort_protocol::api::join_group::JoinGroupRequest;
use kohort_protocol::api::offset_commit::OffsetCommitResponse;
use kohort_protocol::{ErrorCode, MemberId, Timestamp};

use super::touch::{Echo, alter, heartbeat_code, sent};
use super::{At, Bug};
use crate::history::Process;

/// The group is told before the application has let go: JoinGroup goes out while the notice is held.
#[derive(Default)]
pub(super) struct RevokedAfterJoin {
    held: BTreeMap<Option<Process>, GuardId>,
}

impl Bug for RevokedAfterJoin {
    fn member_output(&mut self, at: At, output: Output) -> Vec<Output> {
        if let Output::Event(Event::Revoking { guard, .. }) = &output {
            self.held.insert(at.process, *guard);
        }
        vec![output]
    }

    fn member_input(&mut self, at: At, input: Input) -> Vec<Input> {
        let released = self.held.remove(&at.process).map(|guard| Input::Released {
            guard,
            unwinding: false,
        });
        released.into_iter().chain([input]).collect()
    }
}

/// What was given back is noticed long after, and the whole group waits for it.
#[derive(Default)]
pub(super) struct ReleasedUnnoticed {
    revoking: BTreeMap<Option<Process>, GuardId>,
    kept: BTreeMap<Option<Process>, (Timestamp, Input)>,
}

impl Bug for ReleasedUnnoticed {
    fn member_output(&mut self, at: At, output: Output) -> Vec<Output> {
        if let Output::Event(Event::Revoking { guard, .. }) = &output {
            self.revoking.insert(at.process, *guard);
        }
        vec![output]
    }

    fn member_input(&mut self, at: At, input: Input) -> Vec<Input> {
        if let Input::Released { guard, .. } = &input
            && self.revoking.get(&at.process) == Some(guard)
        {
            let later = at.now + Duration::from_secs(5);
            self.kept.insert(at.process, (later, input));
            return Vec::new();
        }
        let is_due = self
            .kept
            .get(&at.process)
            .is_some_and(|(later, _)| at.now >= *later);
        let kept = is_due.then(|| self.kept.remove(&at.process)).flatten();
        kept.map(|(_, kept)| kept).into_iter().chain([input]).collect()
    }
}

/// One thread for all: no heartbeat goes out while the application holds a notice (kafkajs#1527).
#[derive(Default)]
pub(super) struct HeartbeatStopsInCallback {
    busy: BTreeSet<Option<Process>>,
}

impl Bug for HeartbeatStopsInCallback {
    fn member_output(&mut self, at: At, output: Output) -> Vec<Output> {
        match &output {
            Output::Event(Event::Assigned { .. } | Event::Revoking { .. }) => {
                self.busy.insert(at.process);
            }
            Output::Event(Event::Lost { .. }) => {
                self.busy.remove(&at.process);
            }
            output if sent::<HeartbeatRequest>(output).is_some() && self.busy.contains(&at.process) => {
                return Vec::new();
            }
            _ => {}
        }
        vec![output]
    }

    fn member_input(&mut self, at: At, input: Input) -> Vec<Input> {
        if matches!(input, Input::Released { .. }) {
            self.busy.remove(&at.process);
        }
        vec![input]
    }
}

/// A coordinator that moved is taken for one that does not know us: id and assignment are thrown away (kafkajs#267, librdkafka#3082).
#[derive(Default)]
pub(super) struct IdForgottenOnMove {}

impl Bug for IdForgottenOnMove {
    fn member_input(&mut self, _: At, mut input: Input) -> Vec<Input> {
        if let Some(code) = heartbeat_code(&mut input)
            && *code == ErrorCode::NOT_COORDINATOR
        {
            *code = ErrorCode::UNKNOWN_MEMBER_ID;
        }
        vec![input]
    }
}

/// Each rejoin is that of a new member: the old id holds up the round until its session ends (franz-go sweep F2).
#[derive(Default)]
pub(super) struct NewIdOnRejoin {
    joined: BTreeSet<Option<Process>>,
}

impl Bug for NewIdOnRejoin {
    fn member_output(&mut self, at: At, mut output: Output) -> Vec<Output> {
        if matches!(output, Output::Event(Event::Assigned { .. })) {
            self.joined.insert(at.process);
        }
        if self.joined.contains(&at.process)
            && alter(&mut output, |join: &mut JoinGroupRequest| {
                join.member_id = MemberId::default();
            })
        {
            self.joined.remove(&at.process);
        }
        vec![output]
    }
}

/// Heartbeats are sent, and nobody looks at the verdict.
#[derive(Default)]
pub(super) struct FencingIgnored {}

impl Bug for FencingIgnored {
    fn member_input(&mut self, _: At, mut input: Input) -> Vec<Input> {
        if let Some(code) = heartbeat_code(&mut input)
            && [ErrorCode::UNKNOWN_MEMBER_ID, ErrorCode::ILLEGAL_GENERATION].contains(code)
        {
            *code = ErrorCode::NONE;
        }
        vec![input]
    }
}

/// The call to rejoin is passed over: the group waits for this member until the rebalance timeout, each time.
#[derive(Default)]
pub(super) struct RebalanceIgnored {}

impl Bug for RebalanceIgnored {
    fn member_input(&mut self, _: At, mut input: Input) -> Vec<Input> {
        if let Some(code) = heartbeat_code(&mut input)
            && *code == ErrorCode::REBALANCE_IN_PROGRESS
        {
            *code = ErrorCode::NONE;
        }
        vec![input]
    }
}

/// The application is not told that its partitions are lost (rust-rdkafka#433).
#[derive(Default)]
pub(super) struct LostUntold {}

impl Bug for LostUntold {
    fn member_output(&mut self, _: At, output: Output) -> Vec<Output> {
        match output {
            Output::Event(Event::Lost { .. }) => Vec::new(),
            output => vec![output],
        }
    }
}

/// An application that is away counts as waiting inside the client: `max.poll.interval.ms` never ends.
#[derive(Default)]
pub(super) struct PollTimerIgnored {}

impl Bug for PollTimerIgnored {
    fn member_input(&mut self, _: At, input: Input) -> Vec<Input> {
        match input {
            Input::Waiting(false) => Vec::new(),
            input => vec![input],
        }
    }
}

/// An application that waits inside the client counts as being away (KAFKA-16243): idle members leave again and again.
#[derive(Default)]
pub(super) struct WaitingIsNotPolling {}

impl Bug for WaitingIsNotPolling {
    fn member_input(&mut self, _: At, input: Input) -> Vec<Input> {
        match input {
            Input::Waiting(true) => Vec::new(),
            input => vec![input],
        }
    }
}

/// The answer to a heartbeat of the last generation counts in this one (rule 3): every round is followed by another.
#[derive(Default)]
pub(super) struct StaleAnswerCounts {
    remembered: BTreeSet<Option<Process>>,
}

impl Bug for StaleAnswerCounts {
    fn member_input(&mut self, at: At, mut input: Input) -> Vec<Input> {
        if let Some(code) = heartbeat_code(&mut input) {
            if *code == ErrorCode::REBALANCE_IN_PROGRESS {
                self.remembered.insert(at.process);
            } else if *code == ErrorCode::NONE && self.remembered.remove(&at.process) {
                *code = ErrorCode::REBALANCE_IN_PROGRESS;
            }
        }
        vec![input]
    }
}

/// Whoever needs the coordinator looks for it: ten look-ups instead of one, and no backoff that they share (KIP-580).
#[derive(Default)]
pub(super) struct LookupStorm {
    echo: Echo,
}

impl Bug for LookupStorm {
    fn member_output(&mut self, _: At, output: Output) -> Vec<Output> {
        let times = if sent::<FindCoordinatorRequest>(&output).is_some() {
            9
        } else {
            0
        };
        self.echo.repeated(output, times)
    }
}

/// A static member that was fenced by its twin takes that for a lost session and comes back: the two throw each other out for ever
/// (franz-go#931).
#[derive(Default)]
pub(super) struct FencedTwinReturns {}

impl Bug for FencedTwinReturns {
    fn member_input(&mut self, _: At, mut input: Input) -> Vec<Input> {
        let code = match &mut input {
            Input::Reply {
                reply: Ok(Response::Heartbeat(response)),
                ..
            } => Some(&mut response.error_code),
            Input::Reply {
                reply: Ok(Response::JoinGroup(response)),
                ..
            } => Some(&mut response.error_code),
            _ => None,
        };
        if let Some(code) = code.filter(|code| **code == ErrorCode::FENCED_INSTANCE_ID) {
            *code = ErrorCode::UNKNOWN_MEMBER_ID;
        }
        vec![input]
    }
}

/// Trouble is kept to oneself: an application waits for records and never hears that no coordinator can be found.
#[derive(Default)]
pub(super) struct TroubleUntold {}

impl Bug for TroubleUntold {
    fn member_output(&mut self, _: At, output: Output) -> Vec<Output> {
        match output {
            Output::Event(Event::Error(_)) => Vec::new(),
            output => vec![output],
        }
    }
}

/// Of all that fails again and again, the application hears of the look-up alone.
#[derive(Default)]
pub(super) struct OnlyLookupTold {}

impl Bug for OnlyLookupTold {
    fn member_output(&mut self, _: At, output: Output) -> Vec<Output> {
        match output {
            Output::Event(Event::Error(MemberError::StillTrying { what, .. }))
                if !what.contains("coordinator") =>
            {
                Vec::new()
            }
            output => vec![output],
        }
    }
}

/// A commit that is refused because its sender is no member any more is a failed commit and nothing else: the assignment is kept until a
/// heartbeat says the same.
#[derive(Default)]
pub(super) struct LostOnCommitIgnored {}

fn commit_answer(input: &mut Input) -> Option<&mut OffsetCommitResponse> {
    match input {
        Input::Reply {
            reply: Ok(Response::OffsetCommit(response)),
            ..
        } => Some(response),
        _ => None,
    }
}

impl Bug for LostOnCommitIgnored {
    fn member_input(&mut self, _: At, mut input: Input) -> Vec<Input> {
        let topics = commit_answer(&mut input)
            .into_iter()
            .flat_map(|answer| &mut answer.topics);
        for one in topics.flat_map(|topic| &mut topic.partitions) {
            if [ErrorCode::UNKNOWN_MEMBER_ID, ErrorCode::ILLEGAL_GENERATION].contains(&one.error_code) {
                one.error_code = ErrorCode::REQUEST_TIMED_OUT;
            }
        }
        vec![input]
    }
}

/// A member that is in the group says nothing to a coordinator that it has just found: whoever waits for its answer waits in vain.
#[derive(Default)]
pub(super) struct NewCoordinatorUnheard {
    beats: BTreeSet<Option<Process>>,
    found: BTreeSet<Option<Process>>,
}

impl Bug for NewCoordinatorUnheard {
    fn member_input(&mut self, at: At, input: Input) -> Vec<Input> {
        let is_found = matches!(
            &input,
            Input::Reply {
                reply: Ok(Response::FindCoordinator(_)),
                ..
            }
        );
        if is_found && self.beats.contains(&at.process) {
            self.found.insert(at.process);
        }
        vec![input]
    }

    fn member_output(&mut self, at: At, output: Output) -> Vec<Output> {
        if sent::<JoinGroupRequest>(&output).is_some() {
            self.beats.remove(&at.process);
            self.found.remove(&at.process);
        }
        if sent::<HeartbeatRequest>(&output).is_some() {
            self.beats.insert(at.process);
            if self.found.remove(&at.process) {
                return Vec::new();
            }
        }
        vec![output]
    }
}

/// Refusals for good count as passing: a member knocks again and again at the door of a group of another kind.
#[derive(Default)]
pub(super) struct RefusalTakenForPassing {}

impl Bug for RefusalTakenForPassing {
    fn member_input(&mut self, _: At, mut input: Input) -> Vec<Input> {
        if let Input::Reply {
            reply: Ok(Response::JoinGroup(join)),
            ..
        } = &mut input
            && join.error_code == ErrorCode::INCONSISTENT_GROUP_PROTOCOL
        {
            join.error_code = ErrorCode::COORDINATOR_LOAD_IN_PROGRESS;
        }
        vec![input]
    }
}

//! Bugs of the end, of a member or of a call.

use std::collections::BTreeSet;

use kohort_group::member::{Event, Input, MemberError, Output};
use kohort_protocol::api::Response;
use kohort_protocol::api::leave_group::{LeaveGroupRequest, LeaveGroupResponse};
use kohort_protocol::api::offset_commit::OffsetCommitRequest;
use kohort_protocol::{ErrorCode, GroupId};

use super::touch::{Echo, Forged, all_stored, heartbeat_code, sent};
use super::{At, Bug};
use crate::history::Process;
use crate::plan::GROUP;

/// A member that closes says no word: the group waits until its session ends (kafkajs#1482).
#[derive(Default)]
pub(super) struct GoneWithoutAWord {
    closing: BTreeSet<Option<Process>>,
    forged: Forged,
}

impl Bug for GoneWithoutAWord {
    fn member_output(&mut self, at: At, output: Output) -> Vec<Output> {
        match sent::<LeaveGroupRequest>(&output) {
            Some((token, _)) if self.closing.contains(&at.process) => {
                self.forged
                    .answer(at.process, token, LeaveGroupResponse::default());
                Vec::new()
            }
            _ => vec![output],
        }
    }

    fn member_input(&mut self, at: At, input: Input) -> Vec<Input> {
        if matches!(input, Input::Close { .. }) {
            self.closing.insert(at.process);
        }
        self.forged.before(at.process, input)
    }
}

/// Closing commits nothing: all since the last automatic commit comes again.
#[derive(Default)]
pub(super) struct CloseCommitsNothing {}

impl Bug for CloseCommitsNothing {
    fn member_input(&mut self, _: At, mut input: Input) -> Vec<Input> {
        if let Input::Close { commit, .. } = &mut input {
            *commit = false;
        }
        vec![input]
    }
}

/// Closing never ends (franz-go#1200, rust-rdkafka#453).
#[derive(Default)]
pub(super) struct CloseHangs {}

impl Bug for CloseHangs {
    fn member_output(&mut self, _: At, output: Output) -> Vec<Output> {
        match output {
            Output::Closed(_) => Vec::new(),
            output => vec![output],
        }
    }
}

/// Now and then a call is forgotten: its caller waits for ever.
#[derive(Default)]
pub(super) struct CallForgotten {
    answers: u64,
}

impl Bug for CallForgotten {
    fn member_output(&mut self, _: At, output: Output) -> Vec<Output> {
        if matches!(output, Output::Done { .. }) {
            self.answers += 1;
            if self.answers.is_multiple_of(20) {
                return Vec::new();
            }
        }
        vec![output]
    }
}

/// A member panics when it hears that it has been dropped from the group: in production, its task ends without a word.
#[derive(Default)]
pub(super) struct PanicsWhenDropped {}

impl Bug for PanicsWhenDropped {
    #[allow(clippy::panic, reason = "the bug that is planted")]
    fn member_input(&mut self, _: At, mut input: Input) -> Vec<Input> {
        if heartbeat_code(&mut input).is_some_and(|code| *code == ErrorCode::UNKNOWN_MEMBER_ID) {
            panic!("planted: nobody thought of {}", ErrorCode::UNKNOWN_MEMBER_ID);
        }
        vec![input]
    }
}

/// A member that was dropped tells its application that it must not be in the group at all.
#[derive(Default)]
pub(super) struct FalseAlarm {}

impl Bug for FalseAlarm {
    fn member_output(&mut self, _: At, output: Output) -> Vec<Output> {
        let alarm = matches!(output, Output::Event(Event::Lost { .. })).then(|| {
            Output::Event(Event::Error(MemberError::Refused {
                group: GroupId::from(GROUP),
                api: "Heartbeat",
                code: ErrorCode::GROUP_AUTHORIZATION_FAILED,
                hint: "",
            }))
        });
        [output].into_iter().chain(alarm).collect()
    }
}

/// A goodbye is said once, whoever hears it: a coordinator that has moved does not (franz-go F3).
#[derive(Default)]
pub(super) struct LeaveNotRetried {}

impl Bug for LeaveNotRetried {
    fn member_input(&mut self, _: At, mut input: Input) -> Vec<Input> {
        if let Input::Reply {
            reply: Ok(Response::LeaveGroup(response)),
            ..
        } = &mut input
            && response.error_code == ErrorCode::NOT_COORDINATOR
        {
            *response = LeaveGroupResponse::default();
        }
        vec![input]
    }
}

/// Who closes does not wait for the last commit: the goodbye overtakes it, and it is refused.
#[derive(Default)]
pub(super) struct LeaveBeforeCommit {
    closing: BTreeSet<Option<Process>>,
    forged: Forged,
}

impl Bug for LeaveBeforeCommit {
    fn member_output(&mut self, at: At, output: Output) -> Vec<Output> {
        if let Some((token, request)) = sent::<OffsetCommitRequest>(&output)
            && self.closing.contains(&at.process)
        {
            self.forged.answer(at.process, token, all_stored(request));
        }
        vec![output]
    }

    fn member_input(&mut self, at: At, input: Input) -> Vec<Input> {
        if matches!(input, Input::Close { .. }) {
            self.closing.insert(at.process);
        }
        self.forged.before(at.process, input)
    }
}

/// Who is leaving already leaves once more (KAFKA-16165).
#[derive(Default)]
pub(super) struct LeftTwice {
    echo: Echo,
}

impl Bug for LeftTwice {
    fn member_output(&mut self, _: At, output: Output) -> Vec<Output> {
        let is_goodbye = sent::<LeaveGroupRequest>(&output).is_some();
        self.echo.repeated(output, usize::from(is_goodbye))
    }
}

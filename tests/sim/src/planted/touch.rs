//! What planted bugs share: reaching into what passes a door.

use std::collections::BTreeMap;

use kohort_group::member::{Failure, Input, Output, Token};
use kohort_protocol::api::offset_commit::{
    OffsetCommitRequest, OffsetCommitResponse, OffsetCommitResponsePartition, OffsetCommitResponseTopic,
};
use kohort_protocol::api::{Call, Outgoing, Response};
use kohort_protocol::{ErrorCode, TopicPartition};

use super::{At, Bug};
use crate::history::Process;

/// Changes the request that is sent, if it is one of this API.
pub(super) fn alter<C: Call + Clone>(output: &mut Output, change: impl FnOnce(&mut C)) -> bool {
    let Output::Send { request, .. } = output else {
        return false;
    };
    let Some(mut call) = C::of(request).cloned() else {
        return false;
    };
    change(&mut call);
    *request = Outgoing::from(call);
    true
}

/// The request that is sent, if it is one of this API.
pub(super) fn sent<C: Call>(output: &Output) -> Option<(Token, &C)> {
    match output {
        Output::Send { token, request, .. } => Some((*token, C::of(request)?)),
        _ => None,
    }
}

/// The requests of an API, until they are answered.
pub(super) struct Open<C>(BTreeMap<(Option<Process>, Token), C>);

impl<C> Default for Open<C> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<C: Call + Clone> Open<C> {
    pub(super) fn note(&mut self, at: At, output: &Output) {
        if let Some((token, request)) = sent::<C>(output) {
            self.0.insert((at.process, token), request.clone());
        }
    }

    pub(super) fn answered(&mut self, at: At, input: &Input) -> Option<C> {
        match input {
            Input::Reply { token, .. } => self.0.remove(&(at.process, *token)),
            _ => None,
        }
    }
}

/// A bug that knows what was asked, and takes the reply for another.
pub(super) trait Misreads {
    type Request: Call + Clone;

    fn misread(request: &Self::Request, reply: &mut Result<Response, Failure>);
}

/// Such a bug in the door of a member.
pub(super) struct Misread<M: Misreads>(Open<M::Request>);

impl<M: Misreads> Default for Misread<M> {
    fn default() -> Self {
        Self(Open::default())
    }
}

impl<M: Misreads> Bug for Misread<M> {
    fn member_output(&mut self, at: At, output: Output) -> Vec<Output> {
        self.0.note(at, &output);
        vec![output]
    }

    fn member_input(&mut self, at: At, mut input: Input) -> Vec<Input> {
        if let Some(request) = self.0.answered(at, &input)
            && let Input::Reply { reply, .. } = &mut input
        {
            M::misread(&request, reply);
        }
        vec![input]
    }
}

/// The verdict in the answer to a heartbeat.
pub(super) fn heartbeat_code(input: &mut Input) -> Option<&mut ErrorCode> {
    match input {
        Input::Reply {
            reply: Ok(Response::Heartbeat(response)),
            ..
        } => Some(&mut response.error_code),
        _ => None,
    }
}

/// The answer "all is stored" to a commit.
pub(super) fn all_stored(request: &OffsetCommitRequest) -> OffsetCommitResponse {
    let topic = |topic: &kohort_protocol::api::offset_commit::OffsetCommitTopic| {
        let partition = |index| OffsetCommitResponsePartition {
            partition_index: index,
            error_code: ErrorCode::NONE,
        };
        let indexes = topic.partitions.iter().map(|one| one.partition_index);
        OffsetCommitResponseTopic {
            name: topic.name.clone(),
            topic_id: topic.topic_id,
            partitions: indexes.map(partition).collect(),
        }
    };
    OffsetCommitResponse {
        throttle_time_ms: 0,
        topics: request.topics.iter().map(topic).collect(),
    }
}

/// What a commit stores.
pub(super) fn offsets(request: &OffsetCommitRequest) -> BTreeMap<TopicPartition, i64> {
    crate::oracle::offsets(request).collect()
}

/// Answers that no broker gave, until the next input of their member takes them along.
#[derive(Default)]
pub(super) struct Forged(BTreeMap<Option<Process>, Vec<Input>>);

impl Forged {
    pub(super) fn answer(&mut self, process: Option<Process>, token: Token, response: impl Into<Response>) {
        let reply = Ok(response.into());
        self.0
            .entry(process)
            .or_default()
            .push(Input::Reply { token, reply });
    }

    pub(super) fn before(&mut self, process: Option<Process>, input: Input) -> Vec<Input> {
        let mut inputs = self.0.remove(&process).unwrap_or_default();
        inputs.push(input);
        inputs
    }
}

/// Requests that go out more than once: nobody waits for the answers to the others.
#[derive(Default)]
pub(super) struct Echo {
    echoes: u64,
}

impl Echo {
    /// The output, and so many more like it.
    pub(super) fn repeated(&mut self, output: Output, times: usize) -> Vec<Output> {
        let mut outputs = vec![output; times + 1];
        for again in &mut outputs[1..] {
            if let Output::Send { token, .. } = again {
                self.echoes += 1;
                *token = Token(u64::MAX - self.echoes);
            }
        }
        outputs
    }
}

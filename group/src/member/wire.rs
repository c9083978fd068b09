//! The member's way out: the outputs that wait to be performed, and the book of requests that wait for an answer.
//!
//! It decides one thing: whether an answer is still wanted. What an answer means, it refuses to know.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec::Vec;
use core::time::Duration;

use kohort_protocol::api::{Outgoing, Response};
use kohort_protocol::{Lane, NodeId, Timestamp};

use super::config::MemberConfig;
use super::error::MemberError;
use super::io::{CallError, CallId, Event, Failure, Output, Target, Token};
use super::membership::Round;

/// What a request was sent for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    FindCoordinator,
    Join,
    Sync,
    Describe,
    /// Sent in this round: in a newer one its answer changes nothing (rule 3).
    Heartbeat(Round),
    Leave,
    Commit,
    Offsets,
    ListOffsets,
    Fetch,
    FetchOnce,
}

impl Purpose {
    /// Whether only the group's coordinator can answer it.
    pub(super) const fn is_for_coordinator(self) -> bool {
        matches!(
            self,
            Self::Join
                | Self::Sync
                | Self::Describe
                | Self::Heartbeat(_)
                | Self::Leave
                | Self::Commit
                | Self::Offsets
        )
    }
}

/// A request that waits for its answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open {
    pub(super) token: Token,
    pub(super) purpose: Purpose,
    pub(super) to: Target,
    pub(super) sent: Timestamp,
}

/// See the head of this file.
pub(super) struct Wire {
    pub(super) config: MemberConfig,
    /// The time of the input at hand.
    pub(super) now: Timestamp,
    pub(super) rng: fastrand::Rng,
    outbox: VecDeque<Output>,
    open: BTreeMap<Token, Open>,
    /// Requests that were given up and whose owners do not know yet.
    cut: VecDeque<Open>,
    next_token: u64,
}

impl Wire {
    pub(super) fn new(config: MemberConfig, seed: u64) -> Self {
        Self {
            config,
            now: Timestamp::ZERO,
            rng: fastrand::Rng::with_seed(seed),
            outbox: VecDeque::new(),
            open: BTreeMap::new(),
            cut: VecDeque::new(),
            next_token: 0,
        }
    }

    pub(super) fn send(
        &mut self,
        purpose: Purpose,
        to: Target,
        request: impl Into<Outgoing>,
        timeout: Duration,
    ) -> Token {
        let (token, request) = (Token(self.next_token), request.into());
        self.next_token += 1;
        let sent = self.now;
        self.open.insert(
            token,
            Open {
                token,
                purpose,
                to,
                sent,
            },
        );
        let lane = Lane::of(&request);
        self.push(Output::Send {
            token,
            to,
            lane,
            request,
            timeout,
        });
        token
    }

    /// The one place where an answer is matched with its request. `None`: nobody waits for it any more.
    pub(super) fn answered(&mut self, token: Token) -> Option<Open> {
        self.open.remove(&token)
    }

    pub(super) fn abandon(&mut self, token: Token) {
        if self.open.remove(&token).is_some() {
            self.push(Output::Abandon(token));
        }
    }

    /// Gives up all that waits for the coordinator `node`, because it hangs. Each owner hears of it as of a disconnect.
    pub(super) fn cut(&mut self, node: NodeId) {
        let hanging = |open: &Open| open.to == Target::Node(node) && open.purpose.is_for_coordinator();
        let cut: Vec<Open> = self.open.values().copied().filter(hanging).collect();
        for open in cut {
            self.abandon(open.token);
            self.cut.push_back(open);
        }
    }

    /// The next request that was cut off.
    pub(super) fn next_cut(&mut self) -> Option<Open> {
        self.cut.pop_front()
    }

    pub(super) fn has_cut(&self) -> bool {
        !self.cut.is_empty()
    }

    /// Nothing is wanted any more.
    pub(super) fn abandon_all(&mut self) {
        while let Some((&token, _)) = self.open.first_key_value() {
            self.abandon(token);
        }
        self.cut.clear();
    }

    pub(super) fn push(&mut self, output: Output) {
        self.outbox.push_back(output);
    }

    pub(super) fn event(&mut self, event: Event) {
        self.push(Output::Event(event));
    }

    pub(super) fn tell(&mut self, error: MemberError) {
        self.event(Event::Error(error));
    }

    pub(super) fn done(&mut self, call: CallId, result: Result<(), CallError>) {
        self.push(Output::Done { call, result });
    }

    pub(super) fn pop(&mut self) -> Option<Output> {
        self.outbox.pop_front()
    }
}

/// The response of the API that was asked.
pub(super) fn expect<T: TryFrom<Response, Error = Response>>(
    reply: Result<Response, Failure>,
) -> Result<T, Failure> {
    T::try_from(reply?).map_err(|other| Failure::Malformed(alloc::format!("it belongs to {}", other.api())))
}

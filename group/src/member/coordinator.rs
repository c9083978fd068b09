//! Which broker coordinates the group (rule 61).
//!
//! It decides whom to ask and when to ask again. What the coordinator is wanted for, it refuses to know: ids, generation and
//! assignment outlive any number of moves.
//!
//! A fresh cluster answers 15 until the offsets topic is made, then names a node that answers 16 for a while and 14 once (seen on
//! Kafka 4.4.0). So a successful look-up proves little, and a heartbeat answered with 0 proves nothing either, for a coordinator
//! that is still loading says that to anybody. Only a coordinator that stays for a while after its first word ends a row of failures;
//! otherwise a broker that is named again and again and always answers 16 would be asked as fast as the network lets us, and of one that
//! never answers, whose silence takes a while each time, nobody would be told (L07).

use alloc::string::ToString as _;
use alloc::vec;

use core::fmt::Display;

use kohort_protocol::api::find_coordinator::{
    Coordinator as Found, CoordinatorType, FindCoordinatorRequest, FindCoordinatorResponse,
};
use kohort_protocol::{ApiKey, ErrorCode, NodeId, Recovery, Timestamp};

use super::backoff::Retry;
use super::error::MemberError;
use super::io::{Failure, Output, Target, Token};
use super::wire::{Open, Purpose, Wire};

/// One look-up's result: another one, another number, even if it names the same node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Incarnation(u64);

#[derive(Clone, Copy, Debug)]
enum State {
    Unknown,
    Asking(Token),
    Known {
        node: NodeId,
        /// When it first answered something.
        heard: Option<Timestamp>,
    },
}

/// See the head of this file.
pub(super) struct Coordinator {
    state: State,
    retry: Retry,
    found: u64,
}

impl Coordinator {
    pub(super) const fn new() -> Self {
        Self {
            state: State::Unknown,
            retry: Retry::new("finding the group's coordinator"),
            found: 0,
        }
    }

    pub(super) const fn node(&self) -> Option<NodeId> {
        match self.state {
            State::Known { node, .. } => Some(node),
            State::Unknown | State::Asking(_) => None,
        }
    }

    pub(super) const fn incarnation(&self) -> Incarnation {
        Incarnation(self.found)
    }

    /// Asks, if nobody is known and the time has come.
    pub(super) fn drive(&mut self, wire: &mut Wire) {
        if matches!(self.state, State::Unknown) && self.retry.is_due(wire.now) {
            let request = FindCoordinatorRequest {
                key_type: CoordinatorType::GROUP,
                keys: vec![wire.config.group_id.to_string()],
            };
            let timeout = wire.config.request_timeout;
            self.state = State::Asking(wire.send(Purpose::FindCoordinator, Target::Any, request, timeout));
        }
    }

    pub(super) const fn deadline(&self) -> Option<Timestamp> {
        match self.state {
            State::Unknown => Some(self.retry.at()),
            State::Asking(_) | State::Known { .. } => None,
        }
    }

    /// The answer to a look-up.
    ///
    /// # Errors
    /// The brokers refuse this group for good.
    pub(super) fn answered(
        &mut self,
        wire: &mut Wire,
        token: Token,
        reply: Result<FindCoordinatorResponse, Failure>,
    ) -> Result<(), MemberError> {
        if !matches!(self.state, State::Asking(asked) if asked == token) {
            return Ok(());
        }
        self.state = State::Unknown;
        match reply.map(|response| response.coordinators.into_iter().next()) {
            Ok(Some(found)) if !found.error_code.is_ok() => self.not_found(wire, found.error_code),
            Ok(Some(found)) => {
                self.found(wire, found);
                Ok(())
            }
            Ok(None) => {
                self.retry.failed(wire, &"an answer without a coordinator");
                Ok(())
            }
            Err(failure @ Failure::Unsupported(_)) => {
                Err(MemberError::unusable(wire, ApiKey::FindCoordinator, &failure))
            }
            Err(failure) => {
                self.retry.failed(wire, &failure);
                Ok(())
            }
        }
    }

    fn found(&mut self, wire: &mut Wire, found: Found) {
        let Found {
            node_id: node,
            host,
            port,
            ..
        } = found;
        match u16::try_from(port) {
            Ok(port) if node.0 >= 0 && port > 0 => {
                wire.push(Output::Learned { node, host, port });
                self.found += 1;
                self.state = State::Known { node, heard: None };
            }
            _ => self.retry.failed(
                wire,
                &alloc::format!("an answer that names node {node} at {host}:{port}"),
            ),
        }
    }

    fn not_found(&mut self, wire: &mut Wire, code: ErrorCode) -> Result<(), MemberError> {
        match Recovery::of(ApiKey::FindCoordinator, code) {
            recovery if recovery.is_retriable() => {
                self.retry.failed(wire, &code);
                Ok(())
            }
            _ => Err(MemberError::refused(wire, ApiKey::FindCoordinator, code)),
        }
    }

    /// Somebody answered, whatever it said.
    pub(super) fn spoke(&mut self, now: Timestamp, who: Target) {
        if let State::Known { node, heard } = &mut self.state
            && who == Target::Node(*node)
        {
            heard.get_or_insert(now);
        }
    }

    /// It completed a round: if it is lost, the row of look-ups begins anew. (Not if it was lost before it answered: then one runs.)
    pub(super) fn served(&mut self) {
        if matches!(self.state, State::Known { .. }) {
            self.retry.succeeded();
        }
    }

    /// `node` says that it is not the coordinator, or its connection broke. A late word from a node that we left already is passed over.
    pub(super) fn lost(&mut self, wire: &mut Wire, node: NodeId, why: &dyn Display) {
        if let State::Known { node: known, heard } = self.state
            && known == node
        {
            if heard.is_some_and(|since| wire.now.since(since) > wire.config.retry_backoff_max * 2) {
                self.retry.succeeded();
            }
            self.gone(wire, why);
        }
    }

    /// The answer to `open`, a JoinGroup or a SyncGroup, says that its node is not the coordinator. If it has answered heartbeats for
    /// a while, it has served nobody yet: a row of such rounds is told (L07).
    pub(super) fn failed_a_round(&mut self, wire: &mut Wire, open: Open, why: &dyn Display) {
        if let State::Known { node, .. } = self.state
            && open.to == Target::Node(node)
        {
            self.gone(wire, why);
        }
    }

    fn gone(&mut self, wire: &mut Wire, why: &dyn Display) {
        self.state = State::Unknown;
        self.retry.failed_try_at_once(wire, why);
    }

    /// [`lost`](Self::lost), as the answer to `open` says.
    pub(super) fn lost_by(&mut self, wire: &mut Wire, open: Open, why: &dyn Display) {
        if let Target::Node(node) = open.to {
            self.lost(wire, node, why);
        }
    }

    /// [`hangs`](Self::hangs), as the missing answer to `open` says.
    pub(super) fn hangs_by(&mut self, wire: &mut Wire, open: Open, why: &dyn Display) {
        if let Target::Node(node) = open.to {
            self.hangs(wire, node, why);
        }
    }

    /// `node` does not answer: all that waits for it is given up.
    pub(super) fn hangs(&mut self, wire: &mut Wire, node: NodeId, why: &dyn Display) {
        self.lost(wire, node, why);
        wire.cut(node);
    }
}

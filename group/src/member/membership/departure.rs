//! LeaveGroup: saying goodbye, so that the group need not wait for our session to end (KIP-800).
//!
//! A goodbye is tried until it is heard, or until the session must have ended by itself; joining again does not wait for it, for that
//! happens under a new id. Nor does the next goodbye: each id has a request of its own, for one that waits for an answer which was lost
//! would hold back all behind it. UNKNOWN_MEMBER_ID is success.
//!
//! As long as no coordinator is known, that time does not begin: one that takes over gives every member its whole session anew. A broker
//! that admits us again and again and never hears a goodbye must not make the list grow: the oldest is left to its session.

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec;

use kohort_protocol::api::leave_group::{LeaveGroupRequest, LeaveGroupResponse, LeavingMember};
use kohort_protocol::{ApiKey, ErrorCode, MemberId, NodeId, Recovery, Timestamp};

use crate::member::backoff::Retry;
use crate::member::coordinator::Coordinator;
use crate::member::io::{Failure, Target, Token};
use crate::member::short;
use crate::member::wire::{Open, Purpose, Wire};

/// So many ids say goodbye at a time.
const AT_MOST: usize = 8;

/// See the head of this file.
pub(in crate::member) struct Departures {
    leavers: VecDeque<Leaver>,
}

struct Leaver {
    member_id: MemberId,
    reason: String,
    /// When its session has ended anyway, as long as there is a coordinator to end it.
    until: Option<Timestamp>,
    under_way: Option<Token>,
    retry: Retry,
}

impl Departures {
    pub(in crate::member) const fn new() -> Self {
        Self {
            leavers: VecDeque::new(),
        }
    }

    pub(in crate::member) fn add(&mut self, member_id: MemberId, reason: &str) {
        if self.leavers.len() == AT_MOST {
            self.leavers.pop_front();
        }
        self.leavers.push_back(Leaver {
            member_id,
            reason: short(reason),
            until: None,
            under_way: None,
            retry: Retry::new("leaving the group"),
        });
    }

    pub(in crate::member) fn is_empty(&self) -> bool {
        self.leavers.is_empty()
    }

    /// Forgets those whose session has ended by itself.
    pub(in crate::member) fn expire(&mut self, wire: &Wire, coordinator: &Coordinator) {
        self.leavers.retain_mut(|leaver| {
            match coordinator.node() {
                Some(_) => _ = leaver.until.get_or_insert(wire.now + wire.config.session_timeout),
                None => leaver.until = None,
            }
            leaver.under_way.is_some() || leaver.until.is_none_or(|until| wire.now < until)
        });
    }

    pub(in crate::member) fn drive(&mut self, wire: &mut Wire, coordinator: &Coordinator) {
        let Some(node) = coordinator.node() else { return };
        for leaver in &mut self.leavers {
            if leaver.under_way.is_none() && leaver.retry.is_due(wire.now) {
                leaver.under_way = Some(leaver.say(wire, node));
            }
        }
    }

    pub(in crate::member) fn answered(
        &mut self,
        wire: &mut Wire,
        coordinator: &mut Coordinator,
        open: Open,
        reply: &Result<LeaveGroupResponse, Failure>,
    ) {
        self.leavers.retain_mut(|leaver| {
            leaver.under_way != Some(open.token) || leaver.must_say_it_again(wire, coordinator, open, reply)
        });
    }

    pub(in crate::member) fn deadline(&self, coordinator: &Coordinator) -> Option<Timestamp> {
        let idle = self.leavers.iter().filter(|leaver| leaver.under_way.is_none());
        let next = idle.flat_map(|leaver| {
            let retry = coordinator.node().map(|_| leaver.retry.at());
            retry.into_iter().chain(leaver.until)
        });
        next.min()
    }
}

impl Leaver {
    fn say(&self, wire: &mut Wire, node: NodeId) -> Token {
        let member = LeavingMember {
            member_id: self.member_id.clone(),
            group_instance_id: None,
            reason: Some(self.reason.clone()),
        };
        let request = LeaveGroupRequest {
            group_id: wire.config.group_id.clone(),
            members: vec![member],
        };
        let timeout = wire.config.request_timeout;
        wire.send(Purpose::Leave, Target::Node(node), request, timeout)
    }

    fn must_say_it_again(
        &mut self,
        wire: &mut Wire,
        coordinator: &mut Coordinator,
        open: Open,
        reply: &Result<LeaveGroupResponse, Failure>,
    ) -> bool {
        self.under_way = None;
        let code = match reply {
            Ok(response) => outcome(response),
            Err(failure @ (Failure::Disconnected(_) | Failure::TimedOut)) => {
                coordinator.lost_by(wire, open, failure);
                self.retry.failed(wire, failure);
                return true;
            }
            Err(failure) => return give_up(failure),
        };
        match Recovery::of(ApiKey::LeaveGroup, code) {
            Recovery::Done => return false,
            Recovery::FindCoordinator => coordinator.lost_by(wire, open, &code),
            Recovery::Retry => self.retry.failed(wire, &code),
            _ => return give_up(&code),
        }
        true
    }
}

/// The session ends by itself.
fn give_up(why: &dyn core::fmt::Display) -> bool {
    tracing::debug!(%why, "LeaveGroup was refused: the coordinator drops the member when its session ends");
    false
}

/// Of the one member that was named; below v3 its error is the answer's own.
fn outcome(response: &LeaveGroupResponse) -> ErrorCode {
    match response.members.first() {
        Some(member) if response.error_code.is_ok() => member.error_code,
        _ => response.error_code,
    }
}

//! LeaveGroup: saying goodbye, so that the group need not wait for our session to end (KIP-800).
//!
//! A goodbye is tried until it is heard, or until the session must have ended by itself; joining again does not wait for it, for that
//! happens under a new id. UNKNOWN_MEMBER_ID is success.
//!
//! As long as no coordinator is known, that time does not begin: one that takes over gives every member its whole session anew.

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec;

use kohort_protocol::api::leave_group::{LeaveGroupRequest, LeaveGroupResponse, LeavingMember};
use kohort_protocol::{ApiKey, MemberId, Recovery, Timestamp};

use crate::member::backoff::Retry;
use crate::member::coordinator::Coordinator;
use crate::member::io::{Failure, Target};
use crate::member::short;
use crate::member::wire::{Open, Purpose, Wire};

/// See the head of this file.
pub(in crate::member) struct Departures {
    leavers: VecDeque<Leaver>,
    under_way: bool,
    retry: Retry,
}

struct Leaver {
    member_id: MemberId,
    reason: String,
    /// When its session has ended anyway, as long as there is a coordinator to end it.
    until: Option<Timestamp>,
}

impl Departures {
    pub(in crate::member) const fn new() -> Self {
        Self {
            leavers: VecDeque::new(),
            under_way: false,
            retry: Retry::new("leaving the group"),
        }
    }

    pub(in crate::member) fn add(&mut self, member_id: MemberId, reason: &str) {
        self.leavers.push_back(Leaver {
            member_id,
            reason: short(reason),
            until: None,
        });
    }

    pub(in crate::member) fn is_empty(&self) -> bool {
        self.leavers.is_empty()
    }

    /// Forgets those whose session has ended by itself.
    pub(in crate::member) fn expire(&mut self, wire: &Wire, coordinator: &Coordinator) {
        for leaver in &mut self.leavers {
            match coordinator.node() {
                Some(_) => _ = leaver.until.get_or_insert(wire.now + wire.config.session_timeout),
                None => leaver.until = None,
            }
        }
        if !self.under_way {
            self.leavers
                .retain(|leaver| leaver.until.is_none_or(|until| wire.now < until));
        }
    }

    pub(in crate::member) fn drive(&mut self, wire: &mut Wire, coordinator: &Coordinator) {
        if self.under_way {
            return;
        }
        let (Some(leaver), Some(node)) = (self.leavers.front(), coordinator.node()) else {
            return;
        };
        if !self.retry.is_due(wire.now) {
            return;
        }
        let member = LeavingMember {
            member_id: leaver.member_id.clone(),
            group_instance_id: None,
            reason: Some(leaver.reason.clone()),
        };
        let request = LeaveGroupRequest {
            group_id: wire.config.group_id.clone(),
            members: vec![member],
        };
        let timeout = wire.config.request_timeout;
        wire.send(Purpose::Leave, Target::Node(node), request, timeout);
        self.under_way = true;
    }

    pub(in crate::member) fn answered(
        &mut self,
        wire: &mut Wire,
        coordinator: &mut Coordinator,
        open: Open,
        reply: Result<LeaveGroupResponse, Failure>,
    ) {
        self.under_way = false;
        let code = match reply {
            Ok(response) if response.error_code.is_ok() => response
                .members
                .first()
                .map_or(response.error_code, |member| member.error_code),
            Ok(response) => response.error_code,
            Err(failure @ (Failure::Disconnected(_) | Failure::TimedOut)) => {
                coordinator.lost_by(wire, open, &failure);
                return self.retry.failed(wire, &failure);
            }
            Err(failure) => return self.give_up(&failure),
        };
        match Recovery::of(ApiKey::LeaveGroup, code) {
            Recovery::Done => self.said(),
            Recovery::FindCoordinator => coordinator.lost_by(wire, open, &code),
            Recovery::Retry => self.retry.failed(wire, &code),
            _ => self.give_up(&code),
        }
    }

    fn said(&mut self) {
        self.leavers.pop_front();
        self.retry.succeeded();
    }

    /// The session ends by itself.
    fn give_up(&mut self, why: &dyn core::fmt::Display) {
        tracing::debug!(%why, "LeaveGroup was refused: the coordinator drops the member when its session ends");
        self.said();
    }

    pub(in crate::member) fn deadline(&self, coordinator: &Coordinator) -> Option<Timestamp> {
        let leaver = self.leavers.front().filter(|_| !self.under_way)?;
        let retry = coordinator.node().map(|_| self.retry.at());
        retry.into_iter().chain(leaver.until).min()
    }
}

//! Heartbeats, and the lease that they renew (rules 3, 5, 6).

use core::fmt::Display;
use core::time::Duration;

use kohort_protocol::api::heartbeat::{HeartbeatRequest, HeartbeatResponse};
use kohort_protocol::{ApiKey, Recovery, Timestamp};

use super::{Classic, Phase, Round, recovery, to};
use crate::member::backoff::Retry;
use crate::member::coordinator::{Coordinator, Incarnation};
use crate::member::error::MemberError;
use crate::member::io::{Failure, Token};
use crate::member::wire::{Open, Purpose, Wire};

/// See the head of this file.
pub(super) struct Pulse {
    /// The coordinator has heard of us at this time or later. Counted from the *send* time of what it acknowledged, for its own clock
    /// started no earlier. So a stale OK that lay in the socket of a suspended process revives nothing.
    lease: Timestamp,
    due: Timestamp,
    open: Option<Token>,
    /// Through whom the last one went: a coordinator that was just found gets one at once.
    via: Incarnation,
    failures: Retry,
}

impl Pulse {
    /// As of a JoinGroup that was just answered. While it was parked the coordinator's clock for us stood still, so this lease, and
    /// only this one, begins now; nothing is owned under it yet.
    pub(super) fn new(wire: &Wire, coordinator: &Coordinator) -> Self {
        Self {
            lease: wire.now,
            due: wire.now + wire.config.heartbeat_interval,
            open: None,
            via: coordinator.incarnation(),
            failures: Retry::new("sending heartbeats"),
        }
    }

    pub(super) fn acknowledged(&mut self, sent: Timestamp) {
        self.lease = self.lease.max(sent);
        self.failures.succeeded();
    }

    fn retry(&mut self, wire: &mut Wire, why: &dyn Display) {
        self.failures.failed(wire, why);
        self.due = self.failures.at();
    }

    fn ends(&self, wire: &Wire) -> Timestamp {
        self.lease + wire.config.session_timeout
    }

    /// The lease is over: perhaps we are out, perhaps the coordinator is. Only a coordinator can tell, so another one is looked for
    /// (rule 6). Ids and assignment are kept: after an outage longer than the session the members of a reloaded group are all still in.
    pub(super) fn expire(&mut self, wire: &mut Wire, coordinator: &mut Coordinator) {
        if wire.now < self.ends(wire) {
            return;
        }
        self.lease = wire.now;
        if let Some(open) = self.open.take() {
            wire.abandon(open);
        }
        if let Some(node) = coordinator.node() {
            let session = wire.config.session_timeout;
            coordinator.hangs(
                wire,
                node,
                &alloc::format!("no heartbeat was acknowledged for {session:?}"),
            );
        }
    }

    pub(super) fn deadline(&self, wire: &Wire, coordinator: &Coordinator) -> Timestamp {
        match self.next(coordinator) {
            Some(due) => due.min(self.ends(wire)),
            None => self.ends(wire),
        }
    }

    fn next(&self, coordinator: &Coordinator) -> Option<Timestamp> {
        if self.open.is_some() || coordinator.node().is_none() {
            None
        } else if self.via == coordinator.incarnation() {
            Some(self.due)
        } else {
            Some(Timestamp::ZERO)
        }
    }

    /// Half of what is left of the lease, so that a connection that died silently leaves time for a second try; never more than is left.
    fn timeout(&self, wire: &Wire) -> Duration {
        let left = self.ends(wire).since(wire.now);
        (left / 2)
            .max(wire.config.heartbeat_interval)
            .min(left)
            .min(wire.config.request_timeout)
    }
}

impl Classic {
    pub(super) fn send_heartbeat(&mut self, wire: &mut Wire, coordinator: &Coordinator) {
        let (Phase::In(session), Some(node)) = (&mut self.phase, coordinator.node()) else {
            return;
        };
        if session.pulse.next(coordinator).is_none_or(|due| wire.now < due) {
            return;
        }
        let request = HeartbeatRequest {
            group_id: wire.config.group_id.clone(),
            generation_id: session.generation,
            member_id: self.member_id.clone(),
            group_instance_id: wire.config.group_instance_id.clone(),
        };
        let pulse = &mut session.pulse;
        pulse.due = wire.now + wire.config.heartbeat_interval;
        pulse.via = coordinator.incarnation();
        let timeout = pulse.timeout(wire);
        pulse.open = Some(wire.send(Purpose::Heartbeat(self.round), to(node), request, timeout));
    }

    pub(super) fn heartbeat_answered(
        &mut self,
        wire: &mut Wire,
        coordinator: &mut Coordinator,
        open: Open,
        round: Round,
        reply: Result<HeartbeatResponse, Failure>,
    ) {
        let Phase::In(session) = &mut self.phase else {
            return;
        };
        if round != self.round {
            return; // rule 3
        }
        session.pulse.open = None;
        let code = match reply {
            Ok(response) => response.error_code,
            Err(failure) => return self.heartbeat_failed(wire, coordinator, open, &failure),
        };
        match recovery(self.unsynced, coordinator, ApiKey::Heartbeat, code) {
            Recovery::Done => session.pulse.acknowledged(open.sent),
            Recovery::Rejoin => {
                session.pulse.acknowledged(open.sent);
                self.rejoin(wire, "the group rebalances");
            }
            Recovery::FindCoordinator => coordinator.lost_by(wire, open, &code),
            lost @ (Recovery::ResetGeneration | Recovery::ResetMember) => self.drop_out(wire, lost, &code),
            Recovery::Retry => session.pulse.retry(wire, &code),
            _ => self.fatal(MemberError::refused(wire, ApiKey::Heartbeat, code)),
        }
    }

    fn heartbeat_failed(
        &mut self,
        wire: &mut Wire,
        coordinator: &mut Coordinator,
        open: Open,
        failure: &Failure,
    ) {
        let Phase::In(session) = &mut self.phase else {
            return;
        };
        match failure {
            Failure::Disconnected(_) => coordinator.lost_by(wire, open, failure),
            Failure::TimedOut => coordinator.hangs_by(wire, open, failure),
            Failure::Malformed(_) => session.pulse.retry(wire, failure),
            Failure::Unsupported(_) => self.fatal(MemberError::unusable(wire, ApiKey::Heartbeat, failure)),
        }
    }
}

//! JoinGroup: asking for a place in the next round (KIP-394, KIP-345, KIP-800).

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use kohort_protocol::api::join_group::{JoinGroupRequest, JoinGroupResponse};
use kohort_protocol::{ApiKey, MemberId, NodeId, Recovery};

use super::pulse::Pulse;
use super::{Classic, LedRound, Phase, Session, Signal, Stage, to};
use crate::member::coordinator::Coordinator;
use crate::member::error::MemberError;
use crate::member::io::Failure;
use crate::member::wire::{Open, Purpose, Wire};
use crate::member::{millis, short};

/// The coordinator answers when the rebalance timeout has passed, and the answer must travel (rule 4).
const GRACE: Duration = Duration::from_secs(5);

impl Classic {
    pub(super) fn send_join(&mut self, wire: &mut Wire, node: NodeId) {
        let rebalance_timeout = wire.config.max_poll_interval;
        let request = JoinGroupRequest {
            group_id: wire.config.group_id.clone(),
            session_timeout_ms: millis(wire.config.session_timeout),
            rebalance_timeout_ms: millis(rebalance_timeout),
            member_id: self.member_id.clone(),
            group_instance_id: wire.config.group_instance_id.clone(),
            protocol_type: self.protocol_type.into(),
            protocols: self.protocols.clone(),
            reason: Some(short(&self.reason)),
        };
        let timeout = (rebalance_timeout + GRACE).max(wire.config.request_timeout);
        self.asked = wire.now;
        self.phase = Phase::Joining(Some(wire.send(Purpose::Join, to(node), request, timeout)));
    }

    pub(super) fn join_answered(
        &mut self,
        wire: &mut Wire,
        coordinator: &mut Coordinator,
        open: Open,
        reply: Result<JoinGroupResponse, Failure>,
    ) {
        if self.orphan == Some(open.token) {
            return self.orphan_answered(reply);
        }
        if !matches!(self.phase, Phase::Joining(Some(join)) if join == open.token) {
            return; // rule 9
        }
        match reply {
            Err(failure) => self.round_failed(wire, coordinator, open, ApiKey::JoinGroup, &failure),
            Ok(response) => match Recovery::of(ApiKey::JoinGroup, response.error_code) {
                Recovery::Done => self.joined(wire, coordinator, response),
                Recovery::TakeMemberId => self.take_id(wire, response),
                _ => self.round_refused(wire, coordinator, open, ApiKey::JoinGroup, response.error_code),
            },
        }
    }

    /// The first of two steps (rule 1).
    fn take_id(&mut self, wire: &mut Wire, response: JoinGroupResponse) {
        self.phase = Phase::Joining(None);
        if self.member_id.is_empty() && !response.member_id.is_empty() {
            self.member_id = response.member_id;
        } else {
            self.retry.failed(wire, &response.error_code);
        }
    }

    fn joined(&mut self, wire: &mut Wire, coordinator: &Coordinator, response: JoinGroupResponse) {
        self.phase = Phase::Joining(None);
        if response.member_id.is_empty() || response.generation_id.0 < 0 {
            return self
                .retry
                .failed(wire, &"a JoinGroup answer without member id or generation");
        }
        let protocol = match self.agreed(&response) {
            Ok(protocol) => protocol,
            Err(problem) => {
                let group = wire.config.group_id.clone();
                return self.fatal(MemberError::Protocol { group, problem });
            }
        };
        self.round.0 += 1;
        let leads = response.leader == response.member_id;
        if self.member_id != response.member_id {
            self.member_id = response.member_id;
            self.unsynced = Some(coordinator.incarnation());
        }
        let stage = if leads {
            let (asked, protocol) = (self.asked, protocol.clone());
            let (members, skip) = (response.members, response.skip_assignment);
            self.signals.push_back(Signal::Lead(LedRound {
                asked,
                protocol,
                members,
                skip,
            }));
            Stage::Leading
        } else {
            Stage::Syncing {
                assignments: Vec::new(),
                open: None,
            }
        };
        let pulse = Pulse::new(wire, coordinator);
        self.phase = Phase::In(Session {
            generation: response.generation_id,
            leads,
            protocol,
            pulse,
            stage,
        });
    }

    /// The protocol that the group agreed on: one that we offered, of our type (rule 17).
    fn agreed(&self, response: &JoinGroupResponse) -> Result<String, String> {
        if let Some(other) = response
            .protocol_type
            .as_deref()
            .filter(|&other| other != self.protocol_type)
        {
            return Err(alloc::format!(
                "JoinGroup was answered for a group of type {other:?}, but this member is of type {:?}: choose another group.id",
                self.protocol_type
            ));
        }
        let chosen = response.protocol_name.as_deref().unwrap_or_default();
        let ours = self.protocols.iter().find(|protocol| protocol.name == chosen);
        ours.map(|protocol| protocol.name.clone()).ok_or_else(|| {
            alloc::format!(
                "JoinGroup was answered with the assignor {chosen:?}, which this member did not offer"
            )
        })
    }

    /// We left before we knew our id; now it is known, and would hold up the group's next round until its session ends.
    fn orphan_answered(&mut self, reply: Result<JoinGroupResponse, Failure>) {
        self.orphan = None;
        let id = reply.map_or_else(|_| MemberId::default(), |response| response.member_id);
        if !id.is_empty() {
            self.signals.push_back(Signal::Orphan(id));
        }
    }
}

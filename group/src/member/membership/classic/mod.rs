//! The life of a classic member: JoinGroup, SyncGroup, Heartbeat, and again (rules 1-6, 9, 17).
//!
//! ```text
//!          join()              JoinGroup ok                SyncGroup ok             told to rejoin
//!   Out ───────────► Joining ───────────────► Leading/Syncing ───────────► Stable ──────────────► Yielding
//!                      ▲ ▲   refused, disconnected   │                                               │
//!                      │ └───────────────────────────┘                                               │
//!                      └──────────────────────────── yielded() ──────────────────────────────────────┘
//! ```
//! The member id outlives everything but UNKNOWN_MEMBER_ID, fencing and leaving (rule 2). A [`Session`] exists exactly as long as
//! we owe the coordinator heartbeats: from a successful join until the next one is due.

mod join;
mod pulse;
mod sync;

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;

use core::fmt::Display;

use kohort_protocol::api::Response;
use kohort_protocol::api::join_group::JoinGroupProtocol;
use kohort_protocol::api::sync_group::SyncGroupAssignment;
use kohort_protocol::{ApiKey, ErrorCode, Generation, MemberId, NodeId, Recovery, Timestamp};

use super::{Identity, LedRound, MemberState, Round, Signal};
use crate::member::backoff::Retry;
use crate::member::coordinator::{Coordinator, Incarnation};
use crate::member::error::MemberError;
use crate::member::io::{Failure, Target, Token};
use crate::member::wire::{Open, Purpose, Wire, expect};
use pulse::Pulse;

/// See the head of this file.
pub(in crate::member) struct Classic {
    protocol_type: &'static str,
    protocols: Vec<JoinGroupProtocol>,
    member_id: MemberId,
    /// Who gave us our id, until a round is synced with it.
    unsynced: Option<Incarnation>,
    round: Round,
    phase: Phase,
    /// Of JoinGroup and SyncGroup together: a round is tried as a whole.
    retry: Retry,
    /// Why we join (KIP-800).
    reason: String,
    /// When the last JoinGroup was sent.
    asked: Timestamp,
    /// A first JoinGroup without an id, whose answer will name one that must be given back.
    orphan: Option<Token>,
    signals: VecDeque<Signal>,
}

enum Phase {
    Out,
    /// The JoinGroup is open, or waits for a coordinator or for its backoff.
    Joining(Option<Token>),
    In(Session),
}

/// The time between a successful join and the next.
struct Session {
    generation: Generation,
    leads: bool,
    protocol: String,
    pulse: Pulse,
    stage: Stage,
}

enum Stage {
    /// The layer above is asked who gets what.
    Leading,
    /// The SyncGroup is open, or waits for a coordinator.
    Syncing {
        assignments: Vec<SyncGroupAssignment>,
        open: Option<Token>,
    },
    Stable,
    /// A member in good standing still, but the next round is wanted: the layer above gives back what it owns.
    Yielding,
}

impl Classic {
    pub(in crate::member) fn new(protocol_type: &'static str, protocols: Vec<JoinGroupProtocol>) -> Self {
        Self {
            protocol_type,
            protocols,
            member_id: MemberId::default(),
            unsynced: None,
            round: Round::default(),
            phase: Phase::Out,
            retry: Retry::new("joining the group"),
            reason: String::new(),
            asked: Timestamp::ZERO,
            orphan: None,
            signals: VecDeque::new(),
        }
    }

    /// What the next JoinGroup offers.
    pub(in crate::member) fn offer(&mut self, protocols: Vec<JoinGroupProtocol>) {
        self.protocols = protocols;
    }

    pub(in crate::member) fn join(&mut self, reason: &str) {
        if matches!(self.phase, Phase::Out) {
            // One that was left parked is taken up again: a second would make us two members, and of a third nobody would remember the
            // first, whose id holds up the group until its session ends.
            self.phase = Phase::Joining(self.orphan.take());
            self.reason = reason.into();
        }
    }

    /// Wants the next round, once what is owned is given back. In any other state than Stable the next round comes anyway (rule 5).
    pub(in crate::member) fn rejoin(&mut self, wire: &Wire, reason: &str) {
        if let Phase::In(session) = &mut self.phase
            && matches!(session.stage, Stage::Stable)
        {
            session.stage = Stage::Yielding;
            self.reason = reason.into();
            self.signals.push_back(Signal::RevokeWanted { learned: wire.now });
        }
    }

    /// All is given back.
    pub(in crate::member) fn yielded(&mut self) {
        if matches!(&self.phase, Phase::In(session) if matches!(session.stage, Stage::Yielding)) {
            self.phase = Phase::Joining(None);
        }
    }

    /// The layer above took its assignment: only now has the round succeeded.
    pub(in crate::member) fn accepted(&mut self) {
        self.retry.succeeded();
    }

    /// The layer above cannot use its assignment, and owns nothing (rule 10).
    pub(in crate::member) fn declined(&mut self, wire: &mut Wire, reason: &str) {
        self.retry.failed_try_at_once(wire, &reason);
        self.phase = Phase::Joining(None);
        self.reason = reason.into();
    }

    /// Another request under `round` was answered so: the coordinator's word on our membership counts wherever it is said, unless
    /// we have moved on since (rule 3).
    pub(in crate::member) fn heard(&mut self, wire: &mut Wire, round: Round, api: ApiKey, code: ErrorCode) {
        if round != self.round || !self.is_stable() {
            return;
        }
        match Recovery::of(api, code) {
            Recovery::Rejoin => self.rejoin(
                wire,
                "the coordinator answered a commit with REBALANCE_IN_PROGRESS",
            ),
            lost @ (Recovery::ResetGeneration | Recovery::ResetMember) => self.drop_out(wire, lost, &code),
            Recovery::Fenced => self.fatal(MemberError::refused(wire, api, code)),
            // The affair of whoever sent the request.
            _ => {}
        }
    }

    /// Leaves without a word to the coordinator; the id to say goodbye with, if there is one.
    pub(in crate::member) fn depart(&mut self, wire: &mut Wire) -> Option<MemberId> {
        let is_static = wire.config.group_instance_id.is_some();
        match core::mem::replace(&mut self.phase, Phase::Out) {
            Phase::Joining(Some(join)) if self.member_id.is_empty() && !is_static => {
                self.orphan = Some(join);
            }
            Phase::Joining(Some(join)) => wire.abandon(join),
            Phase::In(session) => session.abandon(wire),
            Phase::Out | Phase::Joining(None) => {}
        }
        self.round.0 += 1;
        self.retry.succeeded();
        self.signals.clear();
        Some(core::mem::take(&mut self.member_id)).filter(|id| !id.is_empty())
    }

    /// The coordinator does not know this generation, or this member, any more.
    fn drop_out(&mut self, wire: &mut Wire, lost: Recovery, why: &dyn Display) {
        if let Phase::In(session) = core::mem::replace(&mut self.phase, Phase::Joining(None)) {
            session.abandon(wire);
        }
        self.round.0 += 1;
        if lost == Recovery::ResetMember {
            self.member_id = MemberId::default();
        }
        self.reason = alloc::format!("the coordinator answered {why}");
        self.retry.failed_try_at_once(wire, why);
        self.signals.push_back(Signal::Lost);
    }

    fn fatal(&mut self, error: MemberError) {
        self.phase = Phase::Out;
        self.signals.push_back(Signal::Fatal(error));
    }

    /// Fires what is due at this moment or before it.
    pub(in crate::member) fn expire(&mut self, wire: &mut Wire, coordinator: &mut Coordinator) {
        if let Phase::In(session) = &mut self.phase {
            session.pulse.expire(wire, coordinator);
        }
    }

    /// Sends what can be sent.
    pub(in crate::member) fn drive(&mut self, wire: &mut Wire, coordinator: &Coordinator) {
        let Some(node) = coordinator.node() else { return };
        match &self.phase {
            Phase::Joining(None) if self.retry.is_due(wire.now) => self.send_join(wire, node),
            Phase::In(_) => {
                self.send_sync(wire, node);
                self.send_heartbeat(wire, coordinator);
            }
            Phase::Out | Phase::Joining(_) => {}
        }
    }

    pub(in crate::member) fn deadline(&self, wire: &Wire, coordinator: &Coordinator) -> Option<Timestamp> {
        match &self.phase {
            Phase::Joining(None) if coordinator.node().is_some() => Some(self.retry.at()),
            Phase::In(session) => Some(session.pulse.deadline(wire, coordinator)),
            Phase::Out | Phase::Joining(_) => None,
        }
    }

    pub(in crate::member) fn answered(
        &mut self,
        wire: &mut Wire,
        coordinator: &mut Coordinator,
        open: Open,
        reply: Result<Response, Failure>,
    ) {
        match open.purpose {
            Purpose::Join => self.join_answered(wire, coordinator, open, expect(reply)),
            Purpose::Sync => self.sync_answered(wire, coordinator, open, expect(reply)),
            Purpose::Heartbeat(round) => {
                self.heartbeat_answered(wire, coordinator, open, round, expect(reply));
            }
            _ => {}
        }
    }

    /// JoinGroup or SyncGroup was refused: the round begins anew.
    fn round_refused(
        &mut self,
        wire: &mut Wire,
        coordinator: &mut Coordinator,
        open: Open,
        api: ApiKey,
        code: ErrorCode,
    ) {
        self.phase = Phase::Joining(None);
        match recovery(self.unsynced, coordinator, api, code) {
            // The look-up has its own backoff.
            Recovery::FindCoordinator => coordinator.failed_a_round(wire, open, &code),
            Recovery::Rejoin | Recovery::ResetGeneration => self.retry.failed_try_at_once(wire, &code),
            Recovery::ResetMember => {
                self.member_id = MemberId::default();
                self.retry.failed_try_at_once(wire, &code);
            }
            Recovery::Retry => self.retry.failed(wire, &code),
            _ => self.fatal(MemberError::refused(wire, api, code)),
        }
    }

    /// JoinGroup or SyncGroup got no usable answer. The id is kept, or each broken connection would leave a ghost in the group that
    /// holds up the next round until its session ends (rule 2, KAFKA-13419).
    fn round_failed(
        &mut self,
        wire: &mut Wire,
        coordinator: &mut Coordinator,
        open: Open,
        api: ApiKey,
        failure: &Failure,
    ) {
        self.phase = Phase::Joining(None);
        match failure {
            Failure::Unsupported(_) => self.fatal(MemberError::unusable(wire, api, failure)),
            Failure::Malformed(_) => self.retry.failed(wire, failure),
            Failure::Disconnected(_) | Failure::TimedOut => {
                coordinator.lost_by(wire, open, failure);
                self.retry.failed(wire, failure);
            }
        }
    }

    fn is_stable(&self) -> bool {
        matches!(&self.phase, Phase::In(session) if matches!(session.stage, Stage::Stable | Stage::Yielding))
    }

    pub(in crate::member) fn next_signal(&mut self) -> Option<Signal> {
        self.signals.pop_front()
    }

    /// Who we are for a commit: nobody unless Stable (rule 18).
    pub(in crate::member) fn identity(&self, wire: &Wire) -> Option<Identity> {
        let Phase::In(session) = &self.phase else {
            return None;
        };
        self.is_stable().then(|| Identity {
            fence: session.generation,
            member_id: self.member_id.clone(),
            instance: wire.config.group_instance_id.clone(),
            round: self.round,
        })
    }

    /// Whether a round is under way or wanted, so that there will be an identity.
    pub(in crate::member) const fn is_joining(&self) -> bool {
        !matches!(self.phase, Phase::Out)
    }

    pub(in crate::member) const fn has_orphan(&self) -> bool {
        self.orphan.is_some()
    }

    pub(in crate::member) fn has_signal(&self) -> bool {
        !self.signals.is_empty()
    }

    /// When the JoinGroup that is open was sent.
    pub(in crate::member) const fn joining_since(&self) -> Option<Timestamp> {
        match self.phase {
            Phase::Joining(Some(_)) => Some(self.asked),
            _ => None,
        }
    }

    pub(in crate::member) const fn state(&self) -> MemberState {
        match &self.phase {
            Phase::Out | Phase::Joining(None) => MemberState::Unjoined,
            Phase::Joining(Some(_)) => MemberState::PreparingRebalance,
            Phase::In(session) => match session.stage {
                Stage::Leading | Stage::Syncing { .. } => MemberState::CompletingRebalance,
                Stage::Stable | Stage::Yielding => MemberState::Stable,
            },
        }
    }

    pub(in crate::member) const fn member_id(&self) -> &MemberId {
        &self.member_id
    }

    pub(in crate::member) const fn generation(&self) -> Generation {
        match &self.phase {
            Phase::In(session) => session.generation,
            Phase::Out | Phase::Joining(_) => Generation::NONE,
        }
    }

    pub(in crate::member) const fn is_leader(&self) -> bool {
        matches!(&self.phase, Phase::In(session) if session.leads)
    }
}

impl Session {
    /// Nobody waits for its answers any more.
    fn abandon(self, wire: &mut Wire) {
        if let Stage::Syncing { open: Some(sync), .. } = self.stage {
            wire.abandon(sync);
        }
    }
}

/// What `code` asks for. The id that a static member gets while its group rebalances is stored with the round. If the coordinator dies
/// before, the next one knows the id of the process before us alone, and takes us for its twin (seen on Kafka 4.4.0). Nobody has taken
/// our place, so we come as anew; Java's client gives up. A twin is fenced by the coordinator that gave it its id.
fn recovery(
    unsynced: Option<Incarnation>,
    coordinator: &Coordinator,
    api: ApiKey,
    code: ErrorCode,
) -> Recovery {
    match Recovery::of(api, code) {
        Recovery::Fenced if unsynced.is_some_and(|given| given != coordinator.incarnation()) => {
            Recovery::ResetMember
        }
        recovery => recovery,
    }
}

/// To the coordinator, which is always one node.
const fn to(node: NodeId) -> Target {
    Target::Node(node)
}

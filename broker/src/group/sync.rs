//! SyncGroup: the leader's assignments are written, then handed out; followers are parked until then.

use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;

use bytes::Bytes;
use kohort_protocol::api::sync_group::{SyncGroupRequest, SyncGroupResponse};
use kohort_protocol::{ErrorCode, Generation, MemberId};

use super::{Group, GroupState, Member};
use crate::connections::CallId;
use crate::coordinator::record::Record;
use crate::coordinator::turn::{Completion, ShardTimer, Turn};

/// What the leader wrote, by member.
pub(crate) type Assignments = BTreeMap<MemberId, Bytes>;

/// A SyncGroup answer that says no.
pub(crate) fn refused(error_code: ErrorCode) -> SyncGroupResponse {
    SyncGroupResponse {
        error_code,
        ..SyncGroupResponse::default()
    }
}

pub(super) fn refuse_parked(turn: &mut Turn<'_>, member: &mut Member, code: ErrorCode) {
    if let Some(call) = member.parked_sync.take() {
        turn.answer(call, refused(code));
    }
}

impl Group {
    pub(crate) fn sync(
        &mut self,
        turn: &mut Turn<'_>,
        call: CallId,
        version: i16,
        request: &SyncGroupRequest,
    ) {
        if let Err(code) = self.try_sync(turn, call, version, request) {
            turn.answer(call, refused(code));
        }
    }

    /// The order of checks is 25 or 82, 22, 23, 27.
    fn try_sync(
        &mut self,
        turn: &mut Turn<'_>,
        call: CallId,
        version: i16,
        request: &SyncGroupRequest,
    ) -> Result<(), ErrorCode> {
        self.validate(&request.member_id, request.group_instance_id.as_ref())?;
        if request.generation_id != self.generation {
            return Err(ErrorCode::ILLEGAL_GENERATION);
        }
        // KIP-559: from v5 on both must be said, and rightly.
        if version >= 5
            && (request.protocol_type != self.protocol_type || request.protocol_name != self.protocol_name)
        {
            return Err(ErrorCode::INCONSISTENT_GROUP_PROTOCOL);
        }
        match self.state {
            GroupState::Empty => Err(ErrorCode::UNKNOWN_MEMBER_ID),
            GroupState::PreparingRebalance => Err(ErrorCode::REBALANCE_IN_PROGRESS),
            GroupState::CompletingRebalance => self.sync_completing(turn, call, request),
            GroupState::Stable => {
                self.has_synced(turn, &request.member_id);
                let response = self.synced(self.assignment_of(&request.member_id));
                turn.answer(call, response);
                Ok(())
            }
        }
    }

    /// An earlier SyncGroup of the member that is still parked is replaced and **never answered** (seen on Kafka 4.4.0).
    fn sync_completing(
        &mut self,
        turn: &mut Turn<'_>,
        call: CallId,
        request: &SyncGroupRequest,
    ) -> Result<(), ErrorCode> {
        if let Some(member) = self.members.get_mut(&request.member_id) {
            member.parked_sync = Some(call);
        }
        self.has_synced(turn, &request.member_id);
        if self.is_leader(&request.member_id) {
            self.write_assignments(turn, request);
        }
        Ok(())
    }

    /// Missing members get empty bytes, unknown ids are ignored, and a follower's list is never looked at.
    fn write_assignments(&mut self, turn: &mut Turn<'_>, request: &SyncGroupRequest) {
        let assignments: Assignments = request
            .assignments
            .iter()
            .filter(|given| self.members.contains_key(&given.member_id))
            .map(|given| (given.member_id.clone(), given.assignment.clone()))
            .collect();
        let mut record = self.record();
        assign(record.members.iter_mut(), &assignments);
        let written = turn.append(
            vec![Record::Group(self.id.clone(), record)],
            Completion::Assigned {
                group: self.id.clone(),
                generation: self.generation,
                assignments,
            },
        );
        if let Err(code) = written {
            self.assignments_lost(turn, self.generation, code);
        }
    }

    /// The write took a moment: a new member may have started another round meanwhile.
    fn still_completes(&self, generation: Generation) -> bool {
        self.state == GroupState::CompletingRebalance && self.generation == generation
    }

    pub(crate) fn assignments_flushed(
        &mut self,
        turn: &mut Turn<'_>,
        generation: Generation,
        assignments: &Assignments,
    ) {
        if !self.still_completes(generation) {
            return;
        }
        assign(self.members.values_mut(), assignments);
        self.enter(GroupState::Stable, turn.now);
        let ids: Vec<MemberId> = self.members.keys().cloned().collect();
        for id in ids {
            self.hand_out(turn, &id);
        }
    }

    fn hand_out(&mut self, turn: &mut Turn<'_>, id: &MemberId) {
        let response = self.synced(self.assignment_of(id));
        let Some(member) = self.members.get_mut(id) else {
            return;
        };
        if let Some(call) = member.parked_sync.take() {
            let session = member.session_timeout;
            turn.answer(call, response);
            self.restart_session(turn, id, session);
        }
    }

    pub(crate) fn assignments_lost(&mut self, turn: &mut Turn<'_>, generation: Generation, code: ErrorCode) {
        if self.still_completes(generation) {
            self.reset_assignments(turn, code);
            self.prepare(turn);
        }
    }

    pub(super) fn reset_assignments(&mut self, turn: &mut Turn<'_>, code: ErrorCode) {
        let mut sessions = Vec::new();
        for member in self.members.values_mut() {
            member.assignment = Bytes::new();
            if member.parked_sync.is_some() {
                refuse_parked(turn, member, code);
                sessions.push((member.id.clone(), member.session_timeout));
            }
        }
        for (id, session) in sessions {
            self.restart_session(turn, &id, session);
        }
    }

    fn has_synced(&mut self, turn: &mut Turn<'_>, id: &MemberId) {
        self.unsynced.remove(id);
        if self.unsynced.is_empty() {
            turn.timers.cancel(&ShardTimer::Sync(self.id.clone()));
        }
    }

    /// Whoever did not sync within the rebalance timeout is dropped, even if it sends heartbeats, and the rest go round again.
    pub(crate) fn sync_timer_fired(&mut self, turn: &mut Turn<'_>) {
        let settled = matches!(self.state, GroupState::Empty | GroupState::PreparingRebalance);
        if settled || self.unsynced.is_empty() {
            return;
        }
        for id in core::mem::take(&mut self.unsynced) {
            self.forget(&id);
            turn.timers.cancel(&ShardTimer::Session(self.id.clone(), id));
        }
        self.prepare(turn);
    }

    fn assignment_of(&self, id: &MemberId) -> Bytes {
        self.members
            .get(id)
            .map(|member| member.assignment.clone())
            .unwrap_or_default()
    }

    fn synced(&self, assignment: Bytes) -> SyncGroupResponse {
        SyncGroupResponse {
            throttle_time_ms: 0,
            error_code: ErrorCode::NONE,
            protocol_type: self.protocol_type.clone(),
            protocol_name: self.protocol_name.clone(),
            assignment,
        }
    }
}

/// Everybody gets what the list says; who is not in it gets nothing, also of an earlier generation.
fn assign<'a>(members: impl Iterator<Item = &'a mut Member>, assignments: &Assignments) {
    for member in members {
        member.assignment = assignments.get(&member.id).cloned().unwrap_or_default();
    }
}

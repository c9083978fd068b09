//! A static member comes back without its id (KIP-345, KIP-814): it gets a new id, the old one is fenced, and if the
//! group's protocol stays the same nobody else hears of it.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use kohort_protocol::api::join_group::JoinGroupResponse;
use kohort_protocol::{ErrorCode, MemberId};

use super::join::{new_id, refused, update};
use super::{Group, GroupState, JoiningMember, Member};
use crate::coordinator::record::Record;
use crate::coordinator::turn::{Completion, ShardTimer, Turn};

impl Group {
    pub(super) fn replace_static(&mut self, turn: &mut Turn<'_>, joining: JoiningMember, old: &MemberId) {
        let id = new_id(turn, &joining);
        let (version, old_leader) = (joining.version, self.leader.clone().unwrap_or_default());
        let Some(previous) = self.exchange(turn, old, &id) else {
            return;
        };
        if let Some(member) = self.members.get_mut(&id) {
            update(member, joining);
            let session = member.session_timeout;
            self.restart_session(turn, &id, session);
        }
        match self.state {
            GroupState::Stable if self.elect_protocol() == self.protocol_name => {
                let response = self.seamless(&id, version, old_leader);
                self.write_replacement(turn, response, previous);
            }
            // The leader may already have the old id in hand: its assignment would miss the new one.
            GroupState::Stable | GroupState::CompletingRebalance => self.prepare(turn),
            GroupState::PreparingRebalance | GroupState::Empty => self.complete_if_all_joined(turn),
        }
    }

    /// The new id takes the old one's place in all books; whoever waits under the old id is fenced at once.
    fn exchange(&mut self, turn: &mut Turn<'_>, old: &MemberId, id: &MemberId) -> Option<Member> {
        let mut member = self.members.remove(old)?;
        turn.timers
            .cancel(&ShardTimer::Session(self.id.clone(), old.clone()));
        if let Some(call) = member.parked_join.take() {
            turn.answer(call, refused(old.clone(), ErrorCode::FENCED_INSTANCE_ID));
        }
        super::sync::refuse_parked(turn, &mut member, ErrorCode::FENCED_INSTANCE_ID);
        let previous = member.clone();
        if let Some(instance) = &member.instance {
            self.instances.insert(instance.clone(), id.clone());
        }
        if self.is_leader(old) {
            self.leader = Some(id.clone());
        }
        if self.unsynced.remove(old) {
            self.unsynced.insert(id.clone());
        }
        member.id = id.clone();
        self.members.insert(id.clone(), member);
        Some(previous)
    }

    /// The answer without a round. From v9 on a returning leader gets the full list and is told not to assign; before,
    /// it is told the *old* id as leader, so that it takes itself for a follower.
    fn seamless(&self, id: &MemberId, version: i16, old_leader: MemberId) -> JoinGroupResponse {
        if version < 9 {
            return JoinGroupResponse {
                leader: old_leader,
                ..self.joined(id, Vec::new())
            };
        }
        let leads = self.is_leader(id);
        JoinGroupResponse {
            skip_assignment: leads,
            ..self.joined(id, if leads { self.leaders_view() } else { Vec::new() })
        }
    }

    fn write_replacement(&mut self, turn: &mut Turn<'_>, response: JoinGroupResponse, previous: Member) {
        let id = response.member_id.clone();
        let written = turn.append(
            vec![Record::Group(self.id.clone(), self.record())],
            Completion::Replaced {
                group: self.id.clone(),
                response: Box::new(response),
                previous: Box::new(previous.clone()),
            },
        );
        if let Err(code) = written {
            self.undo_replacement(turn, &id, previous, code);
        }
    }

    pub(crate) fn replacement_flushed(&mut self, turn: &mut Turn<'_>, response: JoinGroupResponse) {
        let Some(member) = self.members.get_mut(&response.member_id) else {
            return;
        };
        member.is_new = false;
        if let Some(call) = member.parked_join.take() {
            turn.answer(call, response);
        }
    }

    pub(crate) fn undo_replacement(
        &mut self,
        turn: &mut Turn<'_>,
        id: &MemberId,
        previous: Member,
        code: ErrorCode,
    ) {
        let Some(mut member) = self.members.remove(id) else {
            return;
        };
        if let Some(call) = member.parked_join.take() {
            turn.answer(call, refused(id.clone(), code));
        }
        if self.is_leader(id) {
            self.leader = Some(previous.id.clone());
        }
        if let Some(instance) = &previous.instance {
            self.instances.insert(instance.clone(), previous.id.clone());
        }
        self.members.insert(previous.id.clone(), previous);
    }
}

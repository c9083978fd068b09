//! LeaveGroup: several members at once (KIP-345), each with its own answer; then one look at the group.

use alloc::vec::Vec;

use kohort_protocol::api::leave_group::{LeavingMember, LeftMember};
use kohort_protocol::{ErrorCode, MemberId};

use super::{Group, GroupState};
use crate::coordinator::turn::{ShardTimer, Turn};

impl Group {
    pub(crate) fn leave(&mut self, turn: &mut Turn<'_>, leaving: &[LeavingMember]) -> Vec<LeftMember> {
        let left: Vec<_> = leaving
            .iter()
            .map(|member| LeftMember {
                member_id: member.member_id.clone(),
                group_instance_id: member.group_instance_id.clone(),
                error_code: self.leave_one(turn, member).err().unwrap_or_default(),
            })
            .collect();
        if left.iter().any(|member| member.error_code.is_ok()) {
            self.rebalance_after_loss(turn);
        }
        left
    }

    fn leave_one(&mut self, turn: &mut Turn<'_>, leaving: &LeavingMember) -> Result<(), ErrorCode> {
        if self.pending.remove(&leaving.member_id) {
            let session = ShardTimer::Session(self.id.clone(), leaving.member_id.clone());
            turn.timers.cancel(&session);
            return Ok(());
        }
        let id = self.who_leaves(leaving)?;
        self.validate(&id, leaving.group_instance_id.as_ref())?;
        self.remove(turn, &id);
        Ok(())
    }

    /// An administrator names a static member by its instance alone.
    fn who_leaves(&self, leaving: &LeavingMember) -> Result<MemberId, ErrorCode> {
        if !leaving.member_id.is_empty() {
            return Ok(leaving.member_id.clone());
        }
        leaving
            .group_instance_id
            .as_ref()
            .and_then(|instance| self.instances.get(instance))
            .cloned()
            .ok_or(ErrorCode::UNKNOWN_MEMBER_ID)
    }

    /// The coordinator goes: whoever is parked must look for the new one.
    pub(crate) fn unload(&mut self, turn: &mut Turn<'_>) {
        let code = ErrorCode::NOT_COORDINATOR;
        for member in self.members.values_mut() {
            if let Some(call) = member.parked_join.take() {
                turn.answer(call, super::join::refused(member.id.clone(), code));
            }
            super::sync::refuse_parked(turn, member, code);
        }
    }

    /// Whether DeleteGroups and retention may remove it. A promised id does not count.
    pub(crate) fn is_empty(&self) -> bool {
        self.state == GroupState::Empty
    }
}

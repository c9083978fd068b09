//! Heartbeats and silence: who is still there.

use kohort_protocol::api::heartbeat::HeartbeatRequest;
use kohort_protocol::{ErrorCode, MemberId};

use super::join::refused;
use super::{Group, GroupState};
use crate::coordinator::turn::{ShardTimer, Turn};

impl Group {
    /// The order of checks is 25 or 82, 22, 27. A heartbeat that is told to rejoin keeps the session alive too.
    pub(crate) fn heartbeat(&mut self, turn: &mut Turn<'_>, request: &HeartbeatRequest) -> ErrorCode {
        if let Err(code) = self.validate(&request.member_id, request.group_instance_id.as_ref()) {
            return code;
        }
        if request.generation_id != self.generation {
            return ErrorCode::ILLEGAL_GENERATION;
        }
        match self.state {
            GroupState::Empty => ErrorCode::UNKNOWN_MEMBER_ID,
            GroupState::PreparingRebalance => {
                self.touch(turn, &request.member_id);
                ErrorCode::REBALANCE_IN_PROGRESS
            }
            // Members may start in the completing phase, as soon as JoinGroup is answered.
            GroupState::CompletingRebalance | GroupState::Stable => {
                self.touch(turn, &request.member_id);
                ErrorCode::NONE
            }
        }
    }

    /// A sign of life: a heartbeat or an OffsetCommit. (Not SyncGroup in Stable: seen on Kafka 4.4.0.)
    pub(crate) fn touch(&self, turn: &mut Turn<'_>, id: &MemberId) {
        if let Some(member) = self.members.get(id) {
            self.restart_session(turn, id, member.session_timeout);
        }
    }

    pub(crate) fn session_expired(&mut self, turn: &mut Turn<'_>, id: &MemberId) {
        if self.pending.remove(id) {
            self.complete_if_all_joined(turn);
        } else if self.members.get(id).is_some_and(|member| !member.is_excused()) {
            self.remove(turn, id);
            self.rebalance_after_loss(turn);
        }
    }

    /// Takes a member out; its parked JoinGroup is told 25, so that a client which is there after all comes again.
    pub(super) fn remove(&mut self, turn: &mut Turn<'_>, id: &MemberId) {
        turn.timers
            .cancel(&ShardTimer::Session(self.id.clone(), id.clone()));
        if let Some(call) = self.forget(id).and_then(|member| member.parked_join) {
            turn.answer(call, refused(MemberId::default(), ErrorCode::UNKNOWN_MEMBER_ID));
        }
    }

    pub(super) fn rebalance_after_loss(&mut self, turn: &mut Turn<'_>) {
        if self.state != GroupState::Empty {
            self.rebalance(turn);
        }
    }
}

impl super::Member {
    /// While a request of it is parked the member cannot speak, so its silence means nothing; unless it is new and has
    /// been waiting for too long.
    fn is_excused(&self) -> bool {
        !self.is_new && (self.parked_join.is_some() || self.parked_sync.is_some())
    }
}

//! The round: from "somebody must rejoin" to a new generation. It decides when the join phase ends and who is in.

use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

use kohort_protocol::{ErrorCode, Generation, MemberId};

use super::{Group, GroupState, InitialDelay, Member};
use crate::coordinator::record::Record;
use crate::coordinator::turn::{Completion, ShardTimer, Turn};

impl Group {
    /// Starts a round, or looks whether the one under way is complete now.
    pub(super) fn rebalance(&mut self, turn: &mut Turn<'_>) {
        if self.state == GroupState::PreparingRebalance {
            self.complete_if_all_joined(turn);
        } else {
            self.prepare(turn);
        }
    }

    pub(super) fn prepare(&mut self, turn: &mut Turn<'_>) {
        if self.state == GroupState::CompletingRebalance {
            self.reset_assignments(turn, ErrorCode::REBALANCE_IN_PROGRESS);
        }
        turn.timers.cancel(&ShardTimer::Sync(self.id.clone()));
        let was_empty = self.state == GroupState::Empty;
        self.enter(GroupState::PreparingRebalance, turn.now);
        if was_empty {
            self.await_more_members(turn);
        } else if self.all_joined() {
            self.complete_join(turn);
        } else {
            turn.after(self.rebalance_timeout(), ShardTimer::Join(self.id.clone()));
        }
    }

    /// A group that was empty gives others time to come, so that a service that starts makes one round and not many.
    /// (The delay is not limited by the rebalance timeout: seen on Kafka 4.4.0.)
    fn await_more_members(&mut self, turn: &mut Turn<'_>) {
        let delay = turn.config.group_initial_rebalance_delay;
        self.initial_delay = Some(InitialDelay {
            delay,
            remaining: self.rebalance_timeout().saturating_sub(delay),
            someone_came: false,
        });
        turn.after(delay, ShardTimer::Join(self.id.clone()));
    }

    pub(super) fn complete_if_all_joined(&mut self, turn: &mut Turn<'_>) {
        let waiting = self.state == GroupState::PreparingRebalance && self.initial_delay.is_none();
        if waiting && self.all_joined() {
            self.complete_join(turn);
        }
    }

    pub(crate) fn join_timer_fired(&mut self, turn: &mut Turn<'_>) {
        if self.state != GroupState::PreparingRebalance {
            return;
        }
        match self.initial_delay.take() {
            Some(initial) if initial.someone_came && !initial.remaining.is_zero() => {
                self.prolong_initial_delay(turn, &initial);
            }
            _ => self.complete_join(turn),
        }
    }

    fn prolong_initial_delay(&mut self, turn: &mut Turn<'_>, passed: &InitialDelay) {
        let delay = turn.config.group_initial_rebalance_delay.min(passed.remaining);
        self.initial_delay = Some(InitialDelay {
            delay,
            remaining: passed.remaining.saturating_sub(passed.delay),
            someone_came: false,
        });
        turn.after(delay, ShardTimer::Join(self.id.clone()));
    }

    /// The join phase ends: dynamic members that did not rejoin are dropped, static ones stay (KIP-345).
    fn complete_join(&mut self, turn: &mut Turn<'_>) {
        turn.timers.cancel(&ShardTimer::Join(self.id.clone()));
        self.initial_delay = None;
        self.drop_absent(turn);
        if !self.members.is_empty() && !self.elect_leader() {
            // Only static members, and none of them is here: wait another turn.
            turn.after(self.rebalance_timeout(), ShardTimer::Join(self.id.clone()));
            return;
        }
        self.generation = Generation(self.generation.0.wrapping_add(1));
        self.unsynced.clear();
        if self.members.is_empty() {
            self.become_empty(turn);
        } else {
            self.start_generation(turn);
        }
    }

    fn drop_absent(&mut self, turn: &mut Turn<'_>) {
        let absent: Vec<MemberId> = self
            .members
            .values()
            .filter(|member| !member.is_joining() && member.instance.is_none())
            .map(|member| member.id.clone())
            .collect();
        for id in absent {
            self.forget(&id);
            turn.timers.cancel(&ShardTimer::Session(self.id.clone(), id));
        }
    }

    /// The leader stays if it rejoined; else the first that did.
    fn elect_leader(&mut self) -> bool {
        let here = |id: &MemberId| self.members.get(id).is_some_and(Member::is_joining);
        if self.leader.as_ref().is_some_and(here) {
            return true;
        }
        let next = self.members.values().find(|member| member.is_joining());
        if let Some(member) = next {
            self.leader = Some(member.id.clone());
        }
        next.is_some()
    }

    fn become_empty(&mut self, turn: &mut Turn<'_>) {
        self.protocol_name = None;
        self.leader = None;
        self.subscribed = None;
        self.enter(GroupState::Empty, turn.now);
        // A zombie cannot write it; the real coordinator will see the member's session end instead.
        let _ = turn.append(
            vec![Record::Group(self.id.clone(), self.record())],
            Completion::Nothing,
        );
    }

    fn start_generation(&mut self, turn: &mut Turn<'_>) {
        self.protocol_name = self.elect_protocol();
        self.subscribed = self.read_subscriptions();
        self.enter(GroupState::CompletingRebalance, turn.now);
        let ids: Vec<MemberId> = self.members.keys().cloned().collect();
        for id in ids {
            self.answer_join(turn, &id);
            self.unsynced.insert(id);
        }
        // The same patience for SyncGroup as for JoinGroup.
        turn.after(self.rebalance_timeout(), ShardTimer::Sync(self.id.clone()));
    }

    fn answer_join(&mut self, turn: &mut Turn<'_>, id: &MemberId) {
        let members = if self.is_leader(id) {
            self.leaders_view()
        } else {
            Vec::new()
        };
        let response = self.joined(id, members);
        let Some(member) = self.members.get_mut(id) else {
            return;
        };
        member.is_new = false;
        if let Some(call) = member.parked_join.take() {
            turn.answer(call, response);
        }
        let session = member.session_timeout;
        self.restart_session(turn, id, session);
    }

    pub(super) fn restart_session(&self, turn: &mut Turn<'_>, id: &MemberId, session: Duration) {
        turn.after(session, ShardTimer::Session(self.id.clone(), id.clone()));
    }
}

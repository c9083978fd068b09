//! One partition of `__consumer_offsets` on one node: its life as a coordinator, and the groups in its memory.
//!
//! A node that becomes leader does not know it at once (`Electing`: 16), then loads (14), then serves; a node that lost the
//! partition goes on from memory for a while (`Zombie`), but can write nothing.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec::Vec;
use core::time::Duration;

use fastrand::Rng;
use kohort_protocol::api::Response;
use kohort_protocol::{ErrorCode, GroupId, LeaderEpoch, Timestamp};

use super::log::{CoordinatorLog, GroupOffsets, remove_offset};
use super::record::Record;
use super::turn::{Completion, ShardTimer, Turn, Unflushed};
use crate::config::Config;
use crate::connections::CallId;
use crate::group::{Group, JoiningMember};
use crate::timers::Timers;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Electing,
    Loading,
    Active,
    Zombie,
}

#[derive(Debug)]
pub(crate) struct Shard {
    pub(crate) phase: Phase,
    /// The leader epoch it serves under: older than the partition's means that it lost it.
    pub(crate) epoch: LeaderEpoch,
    groups: BTreeMap<GroupId, Group>,
    /// Flushed offsets only: nobody reads what may still be lost.
    offsets: BTreeMap<GroupId, GroupOffsets>,
    timers: Timers<ShardTimer>,
    unflushed: VecDeque<Unflushed>,
}

/// What a shard borrows from its cluster for one turn.
pub(crate) struct Desk<'a> {
    pub(crate) now: Timestamp,
    pub(crate) config: &'a Config,
    pub(crate) rng: &'a mut Rng,
    pub(crate) answers: &'a mut Vec<(CallId, Response)>,
    pub(crate) log: &'a mut CoordinatorLog,
}

/// A shard opened for one turn.
pub(crate) struct Books<'a> {
    pub(crate) turn: Turn<'a>,
    pub(crate) groups: &'a mut BTreeMap<GroupId, Group>,
    pub(crate) offsets: &'a mut BTreeMap<GroupId, GroupOffsets>,
}

impl Shard {
    /// The node becomes leader, and will know it after `delay`.
    pub(crate) fn elected(epoch: LeaderEpoch, now: Timestamp, delay: Duration) -> Self {
        let mut shard = Self {
            phase: Phase::Electing,
            epoch,
            groups: BTreeMap::new(),
            offsets: BTreeMap::new(),
            timers: Timers::default(),
            unflushed: VecDeque::new(),
        };
        shard.timers.set(ShardTimer::Phase, now + delay);
        shard
    }

    pub(crate) fn next_timer(&self) -> Option<Timestamp> {
        self.timers.next()
    }

    pub(crate) fn groups(&self) -> &BTreeMap<GroupId, Group> {
        &self.groups
    }

    /// Whether it serves: from memory at least.
    ///
    /// # Errors
    /// NOT_COORDINATOR or COORDINATOR_LOAD_IN_PROGRESS.
    pub(crate) fn serves(&self) -> Result<(), ErrorCode> {
        match self.phase {
            Phase::Electing => Err(ErrorCode::NOT_COORDINATOR),
            Phase::Loading => Err(ErrorCode::COORDINATOR_LOAD_IN_PROGRESS),
            Phase::Active | Phase::Zombie => Ok(()),
        }
    }

    pub(crate) fn open<'a>(&'a mut self, desk: Desk<'a>) -> Books<'a> {
        let Desk {
            now,
            config,
            rng,
            answers,
            log,
        } = desk;
        Books {
            turn: Turn {
                now,
                config,
                rng,
                timers: &mut self.timers,
                answers,
                log,
                unflushed: &mut self.unflushed,
                leads: self.phase == Phase::Active,
            },
            groups: &mut self.groups,
            offsets: &mut self.offsets,
        }
    }

    /// Another node leads now. Whoever waits for a flush hears 16; memory is served on for a while, if there is any.
    pub(crate) fn resign(&mut self, desk: Desk<'_>) {
        let end = desk.now + desk.config.latencies.zombie;
        let waiting: Vec<Unflushed> = self.unflushed.drain(..).collect();
        if self.phase != Phase::Active {
            // Nothing in memory to serve from.
            self.phase = Phase::Zombie;
            self.timers.clear();
            self.timers.set(ShardTimer::Phase, desk.now);
            return;
        }
        self.phase = Phase::Zombie;
        self.timers.cancel(&ShardTimer::Flush);
        self.timers.cancel(&ShardTimer::Retention);
        self.timers.set(ShardTimer::Phase, end);
        let mut books = self.open(desk);
        for append in waiting {
            books.lost(append.then);
        }
    }

    /// Fires the earliest timer. `false`: the shard's life is over.
    pub(crate) fn fire(&mut self, mut desk: Desk<'_>) -> bool {
        let Some((_, timer)) = self.timers.pop(desk.now) else {
            return true;
        };
        match timer {
            ShardTimer::Phase => return self.next_phase(&mut desk),
            ShardTimer::Flush => self.open(desk).flush(),
            ShardTimer::Retention => self.open(desk).expire_offsets(),
            ShardTimer::Join(group) => self.open(desk).with(&group, Group::join_timer_fired),
            ShardTimer::Sync(group) => self.open(desk).with(&group, Group::sync_timer_fired),
            ShardTimer::Session(group, member) => self
                .open(desk)
                .with(&group, |group, turn| group.session_expired(turn, &member)),
        }
        true
    }

    fn next_phase(&mut self, desk: &mut Desk<'_>) -> bool {
        match self.phase {
            Phase::Electing => {
                self.phase = Phase::Loading;
                self.timers
                    .set(ShardTimer::Phase, desk.now + desk.config.latencies.load);
            }
            Phase::Loading => self.load(desk),
            Phase::Active => {}
            Phase::Zombie => {
                self.unload(desk);
                return false;
            }
        }
        true
    }

    /// Replays the log. Sessions start anew: the members get a whole session timeout to find the new coordinator.
    fn load(&mut self, desk: &Desk<'_>) {
        self.phase = Phase::Active;
        for (id, record) in desk.log.groups() {
            for member in &record.members {
                let session = ShardTimer::Session(id.clone(), member.id.clone());
                self.timers.set(session, desk.now + member.session_timeout);
            }
            self.groups
                .insert(id.clone(), Group::from_record(id.clone(), record.clone()));
        }
        self.offsets = desk.log.offsets().clone();
        for id in self.offsets.keys() {
            self.groups
                .entry(id.clone())
                .or_insert_with(|| Group::new(id.clone(), desk.now));
        }
        let check = desk.now + desk.config.offsets_retention_check_interval;
        self.timers.set(ShardTimer::Retention, check);
    }

    fn unload(&mut self, desk: &mut Desk<'_>) {
        let mut books = self.open(Desk {
            now: desk.now,
            config: desk.config,
            rng: desk.rng,
            answers: desk.answers,
            log: desk.log,
        });
        for group in books.groups.values_mut() {
            group.unload(&mut books.turn);
        }
    }
}

impl Books<'_> {
    pub(crate) fn with(&mut self, id: &GroupId, work: impl FnOnce(&mut Group, &mut Turn<'_>)) {
        if let Some(group) = self.groups.get_mut(id) {
            work(group, &mut self.turn);
        }
    }

    /// A group that does not exist is made by a first join or by an offset from outside, and written down empty.
    pub(crate) fn make_group(&mut self, id: &GroupId) -> &mut Group {
        let now = self.turn.now;
        self.groups
            .entry(id.clone())
            .or_insert_with(|| Group::new(id.clone(), now))
    }

    pub(crate) fn join(&mut self, id: &GroupId, joining: JoiningMember) {
        if joining.id.is_empty() {
            self.make_group(id);
        }
        match self.groups.get_mut(id) {
            Some(group) => group.join(&mut self.turn, joining),
            None => {
                let refused = crate::group::join_refused(joining.id, ErrorCode::UNKNOWN_MEMBER_ID);
                self.turn.answer(joining.call, refused);
            }
        }
    }

    /// Removes a group with its offsets, in memory and in the log.
    pub(crate) fn delete_group(&mut self, id: &GroupId, then: Completion) -> Result<(), ErrorCode> {
        let offsets = self.turn.log.offset_keys(id).into_keys();
        let mut records: Vec<Record> = offsets
            .map(|(topic, partition)| Record::OffsetGone(id.clone(), topic, partition))
            .collect();
        records.push(Record::GroupGone(id.clone()));
        self.turn.append(records, then)?;
        // As the group itself, its offsets are out of sight at once: whoever deletes does not wait for the flush.
        self.offsets.remove(id);
        if let Some(group) = self.groups.remove(id) {
            for member in group.pending() {
                let session = ShardTimer::Session(id.clone(), member.clone());
                self.turn.timers.cancel(&session);
            }
        }
        Ok(())
    }

    fn flush(&mut self) {
        while self
            .turn
            .unflushed
            .front()
            .is_some_and(|append| append.at <= self.turn.now)
        {
            let Some(append) = self.turn.unflushed.pop_front() else {
                break;
            };
            for record in self.turn.log.flush(append.records) {
                self.make_visible(record);
            }
            self.flushed(append.then);
        }
        if let Some(append) = self.turn.unflushed.front() {
            self.turn.timers.set(ShardTimer::Flush, append.at);
        }
    }

    fn make_visible(&mut self, record: Record) {
        match record {
            Record::Offset(group, topic, partition, offset) => {
                self.offsets
                    .entry(group)
                    .or_default()
                    .insert((topic, partition), offset);
            }
            Record::OffsetGone(group, topic, partition) => {
                remove_offset(self.offsets, &group, &(topic, partition));
            }
            // The group itself was in memory before its record was.
            Record::Group(..) | Record::GroupGone(_) => {}
        }
    }

    fn flushed(&mut self, then: Completion) {
        match then {
            Completion::Nothing => {}
            Completion::Answer { call, flushed, .. } => self.turn.answer(call, *flushed),
            Completion::Assigned {
                group,
                generation,
                assignments,
            } => self.with(&group, |group, turn| {
                group.assignments_flushed(turn, generation, &assignments);
            }),
            Completion::Replaced { group, response, .. } => {
                self.with(&group, |group, turn| group.replacement_flushed(turn, *response));
            }
        }
    }

    fn lost(&mut self, then: Completion) {
        let code = ErrorCode::NOT_COORDINATOR;
        match then {
            Completion::Nothing => {}
            Completion::Answer { call, lost, .. } => self.turn.answer(call, *lost),
            Completion::Assigned {
                group, generation, ..
            } => self.with(&group, |group, turn| {
                group.assignments_lost(turn, generation, code);
            }),
            Completion::Replaced {
                group,
                response,
                previous,
            } => self.with(&group, |group, turn| {
                group.undo_replacement(turn, &response.member_id, *previous, code);
            }),
        }
    }
}

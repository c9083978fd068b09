//! What group code may touch while it runs: the time, the timers and the log of its shard, and the answers it gives.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::time::Duration;

use fastrand::Rng;
use kohort_protocol::api::Response;
use kohort_protocol::api::join_group::JoinGroupResponse;
use kohort_protocol::{ErrorCode, Generation, GroupId, MemberId, Timestamp};

use super::log::CoordinatorLog;
use super::record::Record;
use crate::config::Config;
use crate::connections::CallId;
use crate::group::{Assignments, Member};
use crate::timers::Timers;

/// The timers of one shard.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ShardTimer {
    /// The next phase of the shard's life.
    Phase,
    /// The oldest un-flushed append is flushed.
    Flush,
    /// Look for offsets past their retention.
    Retention,
    /// The join phase of a group ends.
    Join(GroupId),
    /// Members of a group that did not sync are dropped.
    Sync(GroupId),
    /// A member was silent for its session timeout.
    Session(GroupId, MemberId),
}

/// What follows once records are flushed, or lost.
#[derive(Debug)]
pub(crate) enum Completion {
    Nothing,
    /// An answer, and the one to give instead if the records are lost with the leadership.
    Answer {
        call: CallId,
        flushed: Box<Response>,
        lost: Box<Response>,
    },
    /// The leader's assignment of a generation.
    Assigned {
        group: GroupId,
        generation: Generation,
        assignments: Assignments,
    },
    /// A static member has a new id (KIP-345); `previous` is put back if that is lost.
    Replaced {
        group: GroupId,
        response: Box<JoinGroupResponse>,
        previous: Box<Member>,
    },
}

/// An append that is not flushed yet.
#[derive(Debug)]
pub(crate) struct Unflushed {
    pub(crate) records: usize,
    pub(crate) at: Timestamp,
    pub(crate) then: Completion,
}

/// One run of group code on one shard.
pub(crate) struct Turn<'a> {
    pub(crate) now: Timestamp,
    pub(crate) config: &'a Config,
    pub(crate) rng: &'a mut Rng,
    pub(crate) timers: &'a mut Timers<ShardTimer>,
    pub(crate) answers: &'a mut Vec<(CallId, Response)>,
    pub(crate) log: &'a mut CoordinatorLog,
    pub(crate) unflushed: &'a mut VecDeque<Unflushed>,
    /// Whether the shard's node leads the partition: a zombie may read and talk, but every append fails.
    pub(crate) leads: bool,
}

impl Turn<'_> {
    pub(crate) fn answer(&mut self, call: CallId, response: impl Into<Response>) {
        self.answers.push((call, response.into()));
    }

    pub(crate) fn after(&mut self, span: Duration, timer: ShardTimer) {
        self.timers.set(timer, self.now + span);
    }

    /// Appends records; `then` happens when they are flushed.
    ///
    /// # Errors
    /// NOT_COORDINATOR if the node does not lead the partition any more: then nothing was appended and `then` never happens.
    pub(crate) fn append(&mut self, records: Vec<Record>, then: Completion) -> Result<(), ErrorCode> {
        if !self.leads {
            return Err(ErrorCode::NOT_COORDINATOR);
        }
        self.unflushed.push_back(Unflushed {
            records: records.len(),
            at: self.now + self.config.latencies.flush,
            then,
        });
        self.log.append(records);
        if !self.timers.is_set(&ShardTimer::Flush) {
            self.after(self.config.latencies.flush, ShardTimer::Flush);
        }
        Ok(())
    }
}

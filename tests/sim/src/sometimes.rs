//! Situations that many seeds together must have reached: a simulator that never gets there proves nothing about them.

use std::collections::BTreeMap;

use kohort_broker::GroupState;
use kohort_protocol::api::{Request, Response};
use kohort_protocol::{ErrorCode, Generation, Timestamp};

use crate::history::{Process, What};
use crate::oracle::Ghost;

macro_rules! situations {
    ($($(#[doc = $doc:literal])* $name:ident)*) => {
        /// A situation worth reaching.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Situation {
            $($(#[doc = $doc])* $name,)*
        }

        impl Situation {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// In words.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($doc),*),)*
                }
            }
        }
    };
}

situations! {
    /// a commit was refused because its generation was over
    StaleCommitRefused
    /// the generation changed while a commit was in flight
    GenerationChangedUnderCommit
    /// a commit was refused with REBALANCE_IN_PROGRESS
    CommitWhileSyncing
    /// a coordinator was lost while a member waited for its SyncGroup
    CoordinatorLostDuringSync
    /// a heartbeat was told to rejoin
    ToldToRejoin
    /// a member was told that nobody knows it
    UnknownMember
    /// a coordinator answered that it still loads
    CoordinatorLoading
    /// a request was given up without an answer
    GivenUp
    /// a committed offset went back
    CommittedWentBack
    /// a generation number was given out twice
    GenerationWentBack
    /// a member lost its partitions without being asked
    Lost
    /// a static member was fenced by another of its name
    FencedInstance
    /// a position was reset
    Reset
}

/// How often each was reached.
#[derive(Clone, Debug, Default)]
pub struct Sometimes {
    counts: BTreeMap<Situation, u64>,
    generation: Option<Generation>,
    commits: BTreeMap<Process, Generation>,
}

impl Sometimes {
    /// How often.
    #[must_use]
    pub fn count(&self, situation: Situation) -> u64 {
        self.counts.get(&situation).copied().unwrap_or(0)
    }

    /// Adds what another run reached.
    pub fn add(&mut self, other: &Self) {
        for (situation, count) in &other.counts {
            *self.counts.entry(*situation).or_default() += count;
        }
    }

    fn reached(&mut self, situation: Situation) {
        *self.counts.entry(situation).or_default() += 1;
    }

    pub(crate) fn see(&mut self, _now: Timestamp, process: Option<Process>, what: &What<'_>, _ghost: &Ghost) {
        match (process, what) {
            (None, What::Group(Some((state, generation)))) => self.group(*state, *generation),
            (None, What::Committed { from, to, .. }) if to < from => {
                self.reached(Situation::CommittedWentBack);
            }
            (Some(process), What::Sent { request, .. }) => self.sent(process, request),
            (Some(process), What::Answered { request, reply, .. }) => match reply {
                Ok(response) => self.answered(process, response),
                Err(_) => self.failed(process, request),
            },
            (_, What::Said(kohort_group::member::Event::Lost { .. })) => self.reached(Situation::Lost),
            (_, What::Said(kohort_group::member::Event::Reset { .. })) => self.reached(Situation::Reset),
            _ => {}
        }
    }

    fn group(&mut self, _state: GroupState, generation: Generation) {
        if self.generation.is_some_and(|before| generation < before) {
            self.reached(Situation::GenerationWentBack);
        }
        if self.generation != Some(generation) && self.commits.values().any(|&sent| sent != generation) {
            self.reached(Situation::GenerationChangedUnderCommit);
        }
        self.generation = Some(generation);
    }

    fn sent(&mut self, process: Process, request: &Request) {
        if let Request::OffsetCommit(commit) = request {
            self.commits.insert(process, commit.generation_id_or_member_epoch);
        }
    }

    fn failed(&mut self, process: Process, request: &Request) {
        self.reached(Situation::GivenUp);
        match request {
            Request::SyncGroup(_) => self.reached(Situation::CoordinatorLostDuringSync),
            Request::OffsetCommit(_) => {
                self.commits.remove(&process);
            }
            _ => {}
        }
    }

    fn answered(&mut self, process: Process, response: &Response) {
        let code = match response {
            Response::OffsetCommit(commit) => {
                self.commits.remove(&process);
                let codes = crate::oracle::codes(commit);
                match codes.values().find(|code| **code != ErrorCode::NONE) {
                    Some(&ErrorCode::ILLEGAL_GENERATION) => {
                        self.reached(Situation::StaleCommitRefused);
                    }
                    Some(&ErrorCode::REBALANCE_IN_PROGRESS) => {
                        self.reached(Situation::CommitWhileSyncing);
                    }
                    _ => {}
                }
                codes.values().copied().find(|code| *code != ErrorCode::NONE)
            }
            Response::Heartbeat(heartbeat) => Some(heartbeat.error_code),
            Response::JoinGroup(join) => Some(join.error_code),
            Response::SyncGroup(sync) => Some(sync.error_code),
            _ => None,
        };
        match code {
            Some(ErrorCode::REBALANCE_IN_PROGRESS) => self.reached(Situation::ToldToRejoin),
            Some(ErrorCode::UNKNOWN_MEMBER_ID) => self.reached(Situation::UnknownMember),
            Some(ErrorCode::COORDINATOR_LOAD_IN_PROGRESS) => {
                self.reached(Situation::CoordinatorLoading);
            }
            Some(ErrorCode::FENCED_INSTANCE_ID) => self.reached(Situation::FencedInstance),
            _ => {}
        }
    }
}

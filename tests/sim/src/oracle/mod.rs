//! The oracle: it is told everything that happens, keeps ghost state of its own, and asks each invariant after every event.
//!
//! An invariant is a file with its id, its statement and its source, and a type that implements `Invariant`. To add one: write the file,
//! name it in `all`, and plant a bug that only it catches.

mod b19_offered;
mod coordinator;
mod ghost;
mod l01_held_up;
mod l01_stable_in_time;
mod l02_read_in_time;
mod l02_subscription;
mod l03_few_rebalances;
mod l03_reason_to_join;
mod l04_no_hot_loop;
mod l05_calls_answered;
mod l07_no_false_alarm;
mod l07_refused_for_good;
mod l07_told;
mod logs;
mod names;
mod process;
mod r02_member_id_kept;
mod r18_identity;
mod r63_leader_epoch;
mod rows;
mod s01_one_owner;
mod s02_revoked_before_join;
mod s05_commit_fencing;
mod s06_commits_in_order;
mod s06_newest_sent_again;
mod s07_start_position;
mod s08_no_skip_no_duplicate;
mod s08_one_history;
mod s08_paused;
mod s10_at_least_once;
mod s11_acknowledged_is_stored;
mod s12_lost_is_lost;
mod s13_heartbeats;
mod s14_silent_application;
mod s15_close;
mod s17_recreated;
mod s18_leaders_assignment;
mod s19_one_of_two_twins;
mod s20_memory;
mod settling;
mod watch;

use std::fmt;

use kohort_broker::Cluster;
use kohort_protocol::{GroupId, Timestamp};

use crate::history::{Process, What};
use crate::plan::{GROUP, Plan};

pub use ghost::Ghost;
pub(crate) use names::{forget_topics, note_topic};
pub use process::{Life, ProcessGhost};
pub(crate) use s05_commit_fencing::{codes, offsets};

/// What an invariant found: nothing, or what is wrong.
pub(crate) type Verdict = Result<(), String>;

/// Something that must not happen, or must.
pub(crate) trait Invariant {
    /// Its id in the specification.
    fn id(&self) -> &'static str;

    /// Something happened. The ghost knows of it already.
    fn see(&mut self, _scene: &Scene<'_>, _process: Option<Process>, _what: &What<'_>) -> Verdict {
        Ok(())
    }

    /// All that happened at this moment is told. For what should have happened by now.
    fn rest(&mut self, _scene: &Scene<'_>) -> Verdict {
        Ok(())
    }
}

/// All of them.
fn all(plan: &Plan) -> Vec<Box<dyn Invariant>> {
    vec![
        Box::new(s01_one_owner::OneOwner::default()),
        Box::new(s02_revoked_before_join::RevokedBeforeJoin),
        Box::new(s05_commit_fencing::CommitFencing::default()),
        Box::new(s06_commits_in_order::CommitsInOrder::default()),
        Box::new(s07_start_position::StartPosition::default()),
        Box::new(s08_no_skip_no_duplicate::InOrder::default()),
        Box::new(s08_paused::Paused::default()),
        Box::new(s10_at_least_once::AtLeastOnce),
        Box::new(s12_lost_is_lost::LostIsLost::default()),
        Box::new(s13_heartbeats::Heartbeats::default()),
        Box::new(s14_silent_application::SilentApplication::default()),
        Box::new(s15_close::Close::default()),
        Box::new(s18_leaders_assignment::LeadersAssignment::default()),
        Box::new(s19_one_of_two_twins::OneOfTwoTwins::default()),
        Box::new(s20_memory::Memory),
        Box::new(l01_stable_in_time::StableInTime::new(plan)),
        Box::new(l01_held_up::NotHeldUp::default()),
        Box::new(r02_member_id_kept::MemberIdKept::default()),
        Box::new(r18_identity::Identity),
        Box::new(r63_leader_epoch::EpochCommitted::default()),
        Box::new(s06_newest_sent_again::NewestSentAgain::default()),
        Box::<s11_acknowledged_is_stored::AcknowledgedIsStored>::default(),
        Box::new(l02_read_in_time::ReadInTime::default()),
        Box::new(l02_subscription::SubscriptionTold::default()),
        Box::new(l03_few_rebalances::FewRebalances::new(plan)),
        Box::new(l03_reason_to_join::ReasonToJoin::default()),
        Box::new(l04_no_hot_loop::NoHotLoop::default()),
        Box::new(l05_calls_answered::CallsAnswered::default()),
        Box::new(l07_told::Told::default()),
        Box::new(l07_refused_for_good::RefusedForGood::default()),
        Box::new(l07_no_false_alarm::NoFalseAlarm::default()),
        Box::new(s08_one_history::OneHistory::default()),
        Box::new(s17_recreated::Recreated::default()),
        Box::new(b19_offered::Offered),
    ]
}

/// What an invariant may look at.
pub(crate) struct Scene<'a> {
    pub(crate) now: Timestamp,
    pub(crate) cluster: &'a Cluster,
    pub(crate) group: &'a GroupId,
    pub(crate) ghost: &'a Ghost,
}

/// Whether OffsetCommit and OffsetFetch name topics by id in this version; below it the name is all that travels.
const fn goes_by_id(version: i16) -> bool {
    version >= 10
}

/// A broken invariant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which.
    pub id: &'static str,
    /// When.
    pub at: Timestamp,
    /// What is wrong.
    pub text: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}: {}", self.id, self.at, self.text)
    }
}

/// See the head of this file.
pub struct Oracle {
    group: GroupId,
    ghost: Ghost,
    invariants: Vec<Box<dyn Invariant>>,
    violations: Vec<Violation>,
}

impl Oracle {
    pub(crate) fn new(plan: &Plan) -> Self {
        Self {
            group: GroupId::from(GROUP),
            ghost: Ghost::default(),
            invariants: all(plan),
            violations: Vec::new(),
        }
    }

    /// What is known of the processes.
    #[must_use]
    pub const fn ghost(&self) -> &Ghost {
        &self.ghost
    }

    /// What is broken. A run ends with the first.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    pub(crate) fn see(
        &mut self,
        now: Timestamp,
        cluster: &Cluster,
        process: Option<Process>,
        what: &What<'_>,
    ) {
        self.ghost.see(now, process, what);
        let scene = Scene {
            now,
            cluster,
            group: &self.group,
            ghost: &self.ghost,
        };
        for invariant in &mut self.invariants {
            if let Err(text) = invariant.see(&scene, process, what) {
                let id = invariant.id();
                self.violations.push(Violation { id, at: now, text });
            }
        }
    }

    pub(crate) fn rest(&mut self, now: Timestamp, cluster: &Cluster) {
        let scene = Scene {
            now,
            cluster,
            group: &self.group,
            ghost: &self.ghost,
        };
        for invariant in &mut self.invariants {
            if let Err(text) = invariant.rest(&scene) {
                let id = invariant.id();
                self.violations.push(Violation { id, at: now, text });
            }
        }
    }

    /// L02: at the end every partition has its owner, and everything written is processed and committed.
    pub(crate) fn end(&mut self, at: Timestamp, is_stable: bool, is_caught_up: bool) {
        if !is_stable || !is_caught_up {
            let what = if is_stable {
                "something written is not committed"
            } else {
                "the group is not stable"
            };
            let text = format!("at the end {what}: {}", self.ghost.who_owns_what());
            self.object("L02", at, text);
        }
    }

    /// Something is wrong that no single invariant sees.
    pub(crate) fn object(&mut self, id: &'static str, at: Timestamp, text: String) {
        self.violations.push(Violation { id, at, text });
    }
}

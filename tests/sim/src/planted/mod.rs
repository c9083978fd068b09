//! Planted bugs: what sits in the doors of the machines and distorts what passes, as a wrong member or a wrong broker would.
//!
//! Each is a file with a type that implements [`Bug`] and a line in [`ALL`]. The oracle must catch each within its seeds
//! ([`SEEDS`]); otherwise a rule is watched by nobody. To add one: write the file, add the line, run
//! `kohort sim --planted NAME --seeds 2000`, and write the seed that catches it into the line.

mod first_record_skipped;

use kohort_broker::{Input as ToCluster, Output as FromCluster};
use kohort_group::member::{Input, Output};
use kohort_protocol::Timestamp;

use crate::history::Process;

/// Each must be caught within so many seeds.
pub const SEEDS: u64 = 2000;

/// Where something passes, and when.
#[derive(Clone, Copy, Debug)]
pub struct At {
    /// The time.
    pub now: Timestamp,
    /// Whose door; `None` for the cluster's.
    pub process: Option<Process>,
}

/// A bug. What it does not say passes unchanged.
pub trait Bug {
    /// What goes into a member.
    fn member_input(&mut self, _at: At, input: Input) -> Vec<Input> {
        vec![input]
    }

    /// What comes out of a member.
    fn member_output(&mut self, _at: At, output: Output) -> Vec<Output> {
        vec![output]
    }

    /// What goes into the cluster.
    fn cluster_input(&mut self, _at: At, input: ToCluster) -> Vec<ToCluster> {
        vec![input]
    }

    /// What comes out of the cluster.
    fn cluster_output(&mut self, _at: At, output: FromCluster) -> Vec<FromCluster> {
        vec![output]
    }
}

/// A bug that can be planted.
#[derive(Debug)]
pub struct Planted {
    /// As in `--planted`.
    pub name: &'static str,
    /// What it is like.
    pub story: &'static str,
    /// A seed that is known to catch it.
    pub seed: u64,
    /// Makes it.
    pub plant: fn() -> Box<dyn Bug>,
}

/// All of them.
pub const ALL: &[Planted] = &[Planted {
    name: "first-record-skipped",
    story: "a delivery begins one record too late",
    seed: 0,
    plant: || Box::new(first_record_skipped::FirstRecordSkipped::default()),
}];

/// The bug with this name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Planted> {
    ALL.iter().find(|planted| planted.name == name)
}

/// The doors of a world: open, or with a bug in them.
#[derive(Default)]
pub struct Doors(Option<Box<dyn Bug>>);

/// What came through: nearly always what went in.
pub(crate) struct Passed<T> {
    same: Option<T>,
    other: std::vec::IntoIter<T>,
}

impl<T> Iterator for Passed<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.same.take().or_else(|| self.other.next())
    }
}

impl Doors {
    /// With this bug in them.
    #[must_use]
    pub fn with(planted: Option<&Planted>) -> Self {
        Self(planted.map(|planted| (planted.plant)()))
    }

    fn pass<T>(&mut self, thing: T, through: impl FnOnce(&mut dyn Bug, T) -> Vec<T>) -> Passed<T> {
        match &mut self.0 {
            None => Passed {
                same: Some(thing),
                other: Vec::new().into_iter(),
            },
            Some(bug) => Passed {
                same: None,
                other: through(bug.as_mut(), thing).into_iter(),
            },
        }
    }

    pub(crate) fn member_input(&mut self, now: Timestamp, process: Process, input: Input) -> Passed<Input> {
        let process = Some(process);
        self.pass(input, |bug, input| bug.member_input(At { now, process }, input))
    }

    pub(crate) fn member_output(
        &mut self,
        now: Timestamp,
        process: Process,
        output: Output,
    ) -> Passed<Output> {
        let process = Some(process);
        self.pass(output, |bug, output| {
            bug.member_output(At { now, process }, output)
        })
    }

    pub(crate) fn cluster_input(&mut self, now: Timestamp, input: ToCluster) -> Passed<ToCluster> {
        let process = None;
        self.pass(input, |bug, input| bug.cluster_input(At { now, process }, input))
    }

    pub(crate) fn cluster_output(&mut self, now: Timestamp, output: FromCluster) -> Passed<FromCluster> {
        let process = None;
        self.pass(output, |bug, output| {
            bug.cluster_output(At { now, process }, output)
        })
    }
}

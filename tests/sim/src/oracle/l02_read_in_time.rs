//! L02. In a calm group what is written is read: an application that waits inside the client has had everything that was there a while ago.
//!
//! Source: specification, "lag reaches 0 within X + lag/throughput". The application's own pace is no part of it: whoever waits has worked
//! off what it was given, and whatever lies in a log of its own since longer than a fetch may take, with a broker that restarts in between,
//! should have been among that. Of each partition for itself: one that is forgotten is not made up for by the others.

use std::collections::BTreeMap;
use std::time::Duration;

use kohort_protocol::{Timestamp, TopicPartition};

use super::watch::Watch;
use super::{Invariant, ProcessGhost, Scene, Verdict};
use crate::history::{Process, What};

/// Until leaders that were lost are others, and those who read have heard of it.
const FAILOVER: Duration = Duration::from_secs(5);

/// Where the logs ended.
struct Noted {
    at: Timestamp,
    ends: Vec<(TopicPartition, i64)>,
}

#[derive(Default)]
pub(super) struct ReadInTime {
    noted: BTreeMap<Process, Noted>,
    /// By when what was noted must have been handed to those who wait now.
    waiting: Watch<Process>,
}

impl Invariant for ReadInTime {
    fn id(&self) -> &'static str {
        "L02"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        match (process, what) {
            // What was noted of a log that is another now says nothing.
            (None, What::LogChanged { .. } | What::Stable) => *self = Self::default(),
            (Some(process), What::Heard(_) | What::Crashed | What::Closing { .. } | What::Closed { .. }) => {
                self.noted.remove(&process);
                self.waiting.remove(process);
            }
            (Some(process), What::Waiting(true)) if scene.ghost.stable.is_some() => {
                let ghost = scene.ghost.of(process);
                let noted = self.noted.entry(process).or_insert_with(|| note(scene, ghost));
                self.waiting.set(process, noted.at + limit(ghost));
            }
            (Some(process), What::Waiting(false)) => {
                self.waiting.remove(process);
            }
            _ => {}
        }
        Ok(())
    }

    fn rest(&mut self, scene: &Scene<'_>) -> Verdict {
        while let Some(process) = self.late(scene.now) {
            let ghost = scene.ghost.of(process);
            let now = note(scene, ghost);
            self.waiting.set(process, now.at + limit(ghost));
            if let Some(before) = self.noted.insert(process, now) {
                is_read(process, ghost, &before)?;
            }
        }
        Ok(())
    }
}

impl ReadInTime {
    fn late(&self, now: Timestamp) -> Option<Process> {
        self.waiting.late(now).next().map(|(process, _)| process)
    }
}

fn limit(ghost: &ProcessGhost) -> Duration {
    ghost.config.request_timeout * 2 + FAILOVER
}

fn is_read(process: Process, ghost: &ProcessGhost, noted: &Noted) -> Verdict {
    let at = |partition| {
        ghost
            .delivered
            .get(partition)
            .or_else(|| ghost.started.get(partition))
    };
    let mut behind = noted.ends.iter();
    match behind.find(|(partition, end)| at(partition).is_none_or(|at| at < end)) {
        None => Ok(()),
        Some((partition, end)) => Err(format!(
            "process {} waits for records, and was not given those of {partition} before {end} that are there since {} at least (it is at {:?})",
            process.0,
            noted.at,
            at(partition)
        )),
    }
}

fn note(scene: &Scene<'_>, ghost: &ProcessGhost) -> Noted {
    let bounds = |partition: &TopicPartition| {
        scene
            .cluster
            .log_bounds(partition.topic.as_str(), partition.partition)
    };
    let ends = ghost.owned.keys().filter_map(|partition| {
        let (start, end) = bounds(partition)?;
        (start < end).then(|| (partition.clone(), end))
    });
    Noted {
        at: scene.now,
        ends: ends.collect(),
    }
}

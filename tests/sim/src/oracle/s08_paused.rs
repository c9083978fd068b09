//! S08. Nothing of a partition that the application paused is handed out until it resumes it, or until the partition is assigned anew.
//!
//! Source: `Consumer::pause`, KafkaConsumer.pause. What the application pauses while the machine is not called lies in its slot: what lay
//! ready before may still be had.

use std::collections::BTreeSet;

use kohort_group::member::Event;
use kohort_protocol::TopicPartition;

use super::{Invariant, Life, Scene, Verdict};
use crate::history::{Process, What};

#[derive(Default)]
pub(super) struct Paused(BTreeSet<(Process, TopicPartition)>);

impl Invariant for Paused {
    fn id(&self) -> &'static str {
        "S08"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let Some(process) = process else { return Ok(()) };
        match what {
            What::Paused { partition, paused } => {
                let key = (process, (*partition).clone());
                if *paused && scene.ghost.of(process).owned.contains_key(*partition) {
                    self.0.insert(key);
                } else {
                    self.0.remove(&key);
                }
            }
            What::Said(Event::Assigned { .. } | Event::Lost { .. }) => {
                self.0.retain(|(of, _)| *of != process);
            }
            What::Delivered { partition, .. }
                if scene.ghost.of(process).life == Life::Running
                    && self.0.contains(&(process, (*partition).clone())) =>
            {
                return Err(format!(
                    "process {} is handed records of {partition}, which it has paused",
                    process.0
                ));
            }
            _ => {}
        }
        Ok(())
    }
}

//! S07. The first position after an assignment is the committed offset that was read in this period, else what the reset policy says.
//! A reset happens only if there is no committed offset or the position is outside the log: never because of an error or an omission.
//!
//! Source: platformatic/kafka 267; rules 63, 64.

use std::collections::BTreeMap;

use kohort_group::member::Event;
use kohort_protocol::api::Response;
use kohort_protocol::api::offset_fetch::OffsetFetchResponse;
use kohort_protocol::{Timestamp, TopicPartition};

use super::s05_commit_fencing::named;
use super::{Invariant, Scene, Verdict};
use crate::history::{Process, What};

/// What is known of a partition in the period at hand.
#[derive(Clone, Copy, Debug, Default)]
struct Start {
    /// What the coordinator answered, -1 for nothing.
    answered: Option<i64>,
    /// Where a reset set it.
    reset: Option<i64>,
    /// Records were handed out.
    is_under_way: bool,
}

#[derive(Default)]
pub(super) struct StartPosition {
    assigned: BTreeMap<Process, Timestamp>,
    starts: BTreeMap<(Process, TopicPartition), Start>,
}

impl Invariant for StartPosition {
    fn id(&self) -> &'static str {
        "S07"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let Some(process) = process else { return Ok(()) };
        match what {
            What::Said(Event::Assigned { .. }) => {
                self.assigned.insert(process, scene.now);
                self.starts.retain(|(of, _), _| *of != process);
            }
            What::Answered {
                reply: Ok(Response::OffsetFetch(response)),
                sent,
                ..
            } if self.assigned.get(&process).is_some_and(|at| sent >= at) => self.answered(process, response),
            What::Said(Event::Reset {
                partition, from, to, ..
            }) => return self.reset(scene, process, partition, *from, *to),
            // Where it goes on from there, S08 sees.
            What::Sought { partition, .. } => self.start(process, partition).is_under_way = true,
            What::Delivered {
                partition, offsets, ..
            } => {
                if let Some(&first) = offsets.first() {
                    return self.delivered(process, partition, first);
                }
            }
            _ => {}
        }
        Ok(())
    }
}

impl StartPosition {
    fn start(&mut self, process: Process, partition: &TopicPartition) -> &mut Start {
        self.starts.entry((process, partition.clone())).or_default()
    }

    fn answered(&mut self, process: Process, response: &OffsetFetchResponse) {
        for group in response.groups.iter().filter(|group| group.error_code.is_ok()) {
            for topic in &group.topics {
                for partition in topic
                    .partitions
                    .iter()
                    .filter(|partition| partition.error_code.is_ok())
                {
                    let name = named(&topic.name, partition.partition_index);
                    self.start(process, &name).answered = Some(partition.committed_offset);
                }
            }
        }
    }

    fn reset(
        &mut self,
        scene: &Scene<'_>,
        process: Process,
        partition: &TopicPartition,
        from: Option<i64>,
        to: i64,
    ) -> Verdict {
        let is_outside = |offset: i64| {
            let bounds = scene
                .cluster
                .log_bounds(partition.topic.as_str(), partition.partition);
            scene.ghost.cut.contains(partition)
                || bounds.is_none_or(|(start, end)| !(start..=end).contains(&offset))
        };
        let start = self.start(process, partition);
        let is_due = match from {
            None => start.answered == Some(-1),
            Some(from) => is_outside(from),
        };
        start.reset = Some(to);
        start.is_under_way = false;
        if is_due {
            return Ok(());
        }
        Err(format!(
            "process {} resets {partition} from {from:?} to {to}; the coordinator had answered {:?}",
            process.0,
            self.start(process, partition).answered
        ))
    }

    fn delivered(&mut self, process: Process, partition: &TopicPartition, first: i64) -> Verdict {
        let start = self.start(process, partition);
        if std::mem::replace(&mut start.is_under_way, true) {
            return Ok(());
        }
        let expected = start.reset.or(start.answered);
        if expected == Some(first) {
            return Ok(());
        }
        Err(format!(
            "process {} begins {partition} at {first}; the coordinator had answered {:?}, reset to {:?}",
            process.0, start.answered, start.reset
        ))
    }
}

//! S07. The first position after an assignment is the committed offset that was read in this period, else what the reset policy says.
//! A reset happens only if there is no committed offset, or the log has lost what the position stood on: never because of an error or an
//! omission. It goes to where the log parted from what was read, else to the end of the log that the policy names.
//!
//! Source: platformatic/kafka 267; rules 63, 64; KIP-320.

use std::collections::{BTreeMap, BTreeSet};

use kohort_group::member::Event;
use kohort_protocol::api::list_offsets::{EARLIEST_TIMESTAMP, ListOffsetsRequest, ListOffsetsResponse};
use kohort_protocol::api::offset_fetch::OffsetFetchResponse;
use kohort_protocol::api::{Request, Response};
use kohort_protocol::{LeaderEpoch, Timestamp, TopicPartition};

use super::logs::Spot;
use super::names::named;
use super::{Invariant, Scene, Verdict};
use crate::history::{Process, What};

/// What is known of a partition in the period at hand.
#[derive(Clone, Copy, Debug, Default)]
struct Start {
    /// What the coordinator answered, -1 for nothing.
    answered: Option<i64>,
    /// Where a reset set it.
    reset: Option<i64>,
    /// What a leader answered to the question where the log begins.
    begins: Option<i64>,
    /// How far the application has got, or what was committed.
    spot: Option<Spot>,
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
                version: Some(version),
                reply: Ok(Response::OffsetFetch(response)),
                sent,
                ..
            } if self.assigned.get(&process).is_some_and(|at| sent >= at) => {
                self.answered(scene, process, response, *version);
            }
            What::Answered {
                request: Request::ListOffsets(request),
                reply: Ok(Response::ListOffsets(response)),
                ..
            } => self.listed(process, request, response),
            What::Said(Event::Reset {
                partition, from, to, ..
            }) => return self.reset(scene, process, partition, *from, *to),
            // Where it goes on from there, S08 sees.
            What::Sought { partition, .. } => {
                let start = self.start(process, partition);
                (start.is_under_way, start.spot) = (true, start.spot.map(Spot::sought));
            }
            What::Delivered {
                partition,
                offsets,
                epochs,
                topic,
                ..
            } => {
                if let (Some(&first), Some(&last)) = (offsets.first(), offsets.last()) {
                    self.start(process, partition).spot = Some(Spot {
                        offset: last + 1,
                        epoch: epochs.1,
                        topic: Some(*topic),
                    });
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

    /// Only the answers to the policy's question count: where does the log begin?
    fn listed(&mut self, process: Process, request: &ListOffsetsRequest, response: &ListOffsetsResponse) {
        let topics = request.topics.iter();
        let asked = topics.flat_map(|topic| topic.partitions.iter().map(move |one| (&topic.name, one)));
        let earliest: BTreeSet<TopicPartition> = asked
            .filter(|(_, one)| one.timestamp == EARLIEST_TIMESTAMP)
            .map(|(name, one)| TopicPartition::new(name.clone(), one.partition_index))
            .collect();
        for topic in &response.topics {
            for one in topic.partitions.iter().filter(|one| one.error_code.is_ok()) {
                let name = TopicPartition::new(topic.name.clone(), one.partition_index);
                if earliest.contains(&name) {
                    self.start(process, &name).begins = Some(one.offset);
                }
            }
        }
    }

    fn answered(
        &mut self,
        scene: &Scene<'_>,
        process: Process,
        response: &OffsetFetchResponse,
        version: i16,
    ) {
        let mut named_once: BTreeSet<TopicPartition> = BTreeSet::new();
        for group in response.groups.iter().filter(|group| group.error_code.is_ok()) {
            for topic in &group.topics {
                for partition in topic
                    .partitions
                    .iter()
                    .filter(|partition| partition.error_code.is_ok())
                {
                    let name = named(&topic.name, topic.topic_id, partition.partition_index);
                    let logs = &scene.ghost.logs;
                    let spot = logs.committed(&name, version, topic.topic_id, partition);
                    let start = self.start(process, &name);
                    // Two words that differ decide nothing.
                    if !named_once.insert(name) && start.answered != Some(partition.committed_offset) {
                        start.answered = None;
                        continue;
                    }
                    start.answered = Some(partition.committed_offset);
                    start.spot = Some(spot);
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
            bounds.is_none_or(|(start, end)| !(start..=end).contains(&offset))
        };
        let logs = &scene.ghost.logs;
        let start = self.start(process, partition);
        // Records may lie ready beyond what the application has got to: they were read in the same epoch or in a later one.
        let at = from.zip(start.spot).map(|(offset, spot)| Spot { offset, ..spot });
        let cuts: Vec<i64> = at.into_iter().flat_map(|at| logs.cut(partition, at)).collect();
        // An offset of a topic that was deleted, stored under its name: whether and where that log and this part, means nothing.
        let is_foreign = logs.is_recreated(partition)
            && start
                .spot
                .is_none_or(|spot| spot.topic != Some(logs.topic(&partition.topic)));
        let is_due = match from {
            None => start.answered == Some(-1),
            Some(from) => is_outside(from) || !cuts.is_empty() || is_foreign,
        };
        let is_right = start.begins == Some(to) || from.is_some() && (cuts.contains(&to) || is_foreign);
        let was = *start;
        start.reset = Some(to);
        start.spot = Some(Spot {
            offset: to,
            epoch: LeaderEpoch::NONE,
            topic: was.spot.and_then(|spot| spot.topic),
        });
        start.is_under_way = false;
        if is_due && is_right {
            return Ok(());
        }
        Err(format!(
            "process {} resets {partition} from {from:?} to {to}; the coordinator had answered {:?}, the log begins at {:?} and was cut \
             to {cuts:?}",
            process.0, was.answered, was.begins
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

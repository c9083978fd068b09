//! S08. What an application is handed is one history: a record never follows on another that had been cut off the log before it was
//! written, unless the application was told that its position was reset. The same holds for the first record after a committed offset.
//!
//! Source: KIP-320; KAFKA-19902, KAFKA-20507. Records are told apart by their leader epochs, so that a log that has grown again beyond
//! the position hides nothing. A committed offset without an epoch says nothing of what was before it.

use std::collections::BTreeMap;

use kohort_group::member::Event;
use kohort_protocol::api::Response;
use kohort_protocol::{LeaderEpoch, TopicId, TopicPartition};

use super::logs::Spot;
use super::names::named;
use super::{Invariant, Scene, Verdict};
use crate::history::{Process, What};

#[derive(Default)]
pub(super) struct OneHistory {
    spots: BTreeMap<(Process, TopicPartition), Spot>,
}

impl Invariant for OneHistory {
    fn id(&self) -> &'static str {
        "S08"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let Some(process) = process else { return Ok(()) };
        match what {
            What::Said(Event::Assigned { .. }) => self.spots.retain(|(of, _), _| *of != process),
            What::Said(Event::Reset { partition, .. }) => {
                self.spots.remove(&(process, partition.clone()));
            }
            What::Sought { partition, .. } => {
                self.spots.remove(&(process, (*partition).clone()));
            }
            What::Answered {
                version: Some(version),
                reply: Ok(Response::OffsetFetch(response)),
                ..
            } => {
                for topic in response.groups.iter().flat_map(|group| &group.topics) {
                    for one in topic.partitions.iter().filter(|one| one.committed_offset >= 0) {
                        let partition = named(&topic.name, topic.topic_id, one.partition_index);
                        let logs = &scene.ghost.logs;
                        let spot = logs.committed(&partition, *version, topic.topic_id, one);
                        // Who has sought another place since does not begin here.
                        if !scene.ghost.of(process).sought.contains_key(&partition) {
                            self.spots.entry((process, partition)).or_insert(spot);
                        }
                    }
                }
            }
            What::Delivered {
                partition,
                offsets,
                epochs,
                topic,
                ..
            } => {
                if let (Some(first), Some(last)) = (offsets.first(), offsets.last()) {
                    let spot = Spot {
                        offset: last + 1,
                        epoch: epochs.1,
                        topic: Some(*topic),
                    };
                    let before = self.spots.insert((process, (*partition).clone()), spot);
                    return follows(scene, process, partition, before, *first, epochs.0, *topic);
                }
            }
            _ => {}
        }
        Ok(())
    }
}

fn follows(
    scene: &Scene<'_>,
    process: Process,
    partition: &TopicPartition,
    before: Option<Spot>,
    first: i64,
    epoch: LeaderEpoch,
    topic: TopicId,
) -> Verdict {
    // Of another topic: S17. Below version 10 of OffsetFetch nobody knows of which topic an offset is, unless there was but one.
    let is_of = |before: &Spot| {
        before
            .topic
            .map_or(!scene.ghost.logs.is_recreated(partition), |of| of == topic)
    };
    let is_known = |before: &Spot| before.epoch != LeaderEpoch::NONE && is_of(before);
    let Some(before) = before.filter(is_known) else {
        return Ok(());
    };
    match scene.ghost.logs.parts(partition, before, epoch) {
        None => Ok(()),
        Some(to) => Err(format!(
            "process {} is handed {first} of {partition} (epoch {epoch}) behind a record of epoch {}, though the log had been cut to {to} \
             in between: what was written there since is skipped untold",
            process.0, before.epoch
        )),
    }
}

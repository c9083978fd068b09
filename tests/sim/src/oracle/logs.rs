//! What happened to the logs, as far as operators and accidents changed them: the only excuse for a position that moves by itself, and
//! for a committed offset that goes.
//!
//! A log is named by its topic's id: a topic that was made anew has other logs. What was read is told apart by offset and leader epoch,
//! for each truncation begins a new epoch.

use std::collections::{BTreeMap, BTreeSet};

use kohort_broker::ArrivedRequest;
use kohort_protocol::api::Request;
use kohort_protocol::api::offset_fetch::OffsetFetchResponsePartition;
use kohort_protocol::{LeaderEpoch, Timestamp, TopicId, TopicName, TopicPartition};

use super::goes_by_id;
use super::s05_commit_fencing::offsets;
use crate::history::{LogChange, What};

/// An end that was cut off.
#[derive(Clone, Copy, Debug)]
struct Truncation {
    to: i64,
    epoch: LeaderEpoch,
}

/// See the head of this file.
#[derive(Debug, Default)]
pub struct Logs {
    /// The topics of each name that there were, in order, and since when.
    topics: BTreeMap<TopicName, Vec<(TopicId, Timestamp)>>,
    /// When the topic of a name was deleted last.
    gone: BTreeMap<TopicName, Timestamp>,
    truncations: BTreeMap<(TopicId, i32), Vec<Truncation>>,
    /// What was committed under a name whose topic had been deleted: if it is stored, then for the next topic of that name.
    nameless: BTreeSet<(TopicPartition, i64)>,
}

/// A position: the next offset, the epoch of the record before it, and in which topic, as far as that is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    pub(crate) offset: i64,
    pub(crate) epoch: LeaderEpoch,
    pub(crate) topic: Option<TopicId>,
}

impl Spot {
    /// Where an application went by itself: nothing is known of the record before it.
    pub(crate) const fn sought(self) -> Self {
        Self {
            epoch: LeaderEpoch::NONE,
            ..self
        }
    }
}

impl Logs {
    pub(crate) fn see(&mut self, now: Timestamp, what: &What<'_>) {
        match what {
            What::Created { name, topic } => {
                let all = self.topics.entry((*name).clone()).or_default();
                all.push((*topic, now));
            }
            What::Arrived {
                request:
                    ArrivedRequest {
                        request: Request::OffsetCommit(commit),
                        version,
                        ..
                    },
            } if !goes_by_id(*version) => {
                let is_late = |(at, _): &(TopicPartition, i64)| self.gone.contains_key(&at.topic);
                self.nameless.extend(offsets(commit).filter(is_late));
            }
            What::LogChanged {
                partition,
                topic,
                change,
            } => match change {
                LogChange::Truncated(to, epoch) => self
                    .truncations
                    .entry((*topic, partition.partition))
                    .or_default()
                    .push(Truncation {
                        to: *to,
                        epoch: *epoch,
                    }),
                LogChange::DeletedBefore(_) => {}
                LogChange::Gone => {
                    self.gone.insert(partition.topic.clone(), now);
                }
            },
            _ => {}
        }
    }

    /// The id of the topic of this name that was made last.
    pub(crate) fn topic(&self, name: &TopicName) -> TopicId {
        self.last(name).map_or(TopicId::ZERO, |(topic, _)| topic)
    }

    fn last(&self, name: &TopicName) -> Option<(TopicId, Timestamp)> {
        self.topics.get(name)?.last().copied()
    }

    /// Whether the topic of this partition was ever made anew.
    pub(crate) fn is_recreated(&self, partition: &TopicPartition) -> bool {
        let all = self.topics.get(&partition.topic);
        all.is_some_and(|all| all.len() > 1)
    }

    /// Since when the newest topic of this name is.
    pub(crate) fn made(&self, name: &TopicName) -> Timestamp {
        self.last(name).map_or(Timestamp::ZERO, |(_, made)| made)
    }

    /// When the topic of this partition was deleted last.
    pub(crate) fn gone(&self, partition: &TopicPartition) -> Option<Timestamp> {
        self.gone.get(&partition.topic).copied()
    }

    /// The position that an answer to OffsetFetch names, and of which topic it is, as far as that can be known.
    pub(crate) fn committed(
        &self,
        partition: &TopicPartition,
        version: i16,
        topic: TopicId,
        said: &OffsetFetchResponsePartition,
    ) -> Spot {
        let place = (partition.clone(), said.committed_offset);
        let is_known = goes_by_id(version) && !self.nameless.contains(&place);
        Spot {
            offset: said.committed_offset,
            epoch: said.committed_leader_epoch,
            topic: is_known.then_some(topic),
        }
    }

    /// To where the log was cut below this position, once for each time since its record was read.
    pub(crate) fn cut(&self, partition: &TopicPartition, spot: Spot) -> impl Iterator<Item = i64> {
        self.truncations_of(partition, spot)
            .filter(move |cut| cut.epoch > spot.epoch)
            .map(|cut| cut.to)
    }

    /// Whether a record of epoch `next` cannot follow on this position: what led to it had been cut off before that was written.
    pub(crate) fn parts(&self, partition: &TopicPartition, spot: Spot, next: LeaderEpoch) -> Option<i64> {
        self.truncations_of(partition, spot)
            .filter(|cut| spot.epoch < cut.epoch && cut.epoch <= next)
            .map(|cut| cut.to)
            .min()
    }

    fn truncations_of(&self, partition: &TopicPartition, spot: Spot) -> impl Iterator<Item = &Truncation> {
        let topic = spot.topic.unwrap_or_else(|| self.topic(&partition.topic));
        let all = self.truncations.get(&(topic, partition.partition));
        all.into_iter().flatten().filter(move |cut| cut.to < spot.offset)
    }
}

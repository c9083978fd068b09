//! What happened to the logs, as far as operators and accidents changed them: the only excuse for a position that moves by itself, and
//! for a committed offset that goes.
//!
//! A log is named by its topic's id: a topic that was made anew has other logs. What was read is told apart by offset and leader epoch,
//! for each truncation begins a new epoch.

use std::collections::BTreeMap;

use kohort_protocol::{LeaderEpoch, Timestamp, TopicId, TopicPartition};

use crate::history::{LogChange, What};
use crate::plan::TOPIC;

/// An end that was cut off.
#[derive(Clone, Copy, Debug)]
struct Truncation {
    to: i64,
    epoch: LeaderEpoch,
}

/// See the head of this file.
#[derive(Debug, Default)]
pub struct Logs {
    /// The topics that there were, in order, and since when.
    topics: Vec<(TopicId, Timestamp)>,
    /// When the first topic was deleted last: no other ever is.
    gone: Option<Timestamp>,
    truncations: BTreeMap<(TopicId, i32), Vec<Truncation>>,
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
            What::Created { name, topic } if name.as_str() == TOPIC => self.topics.push((*topic, now)),
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
                LogChange::Gone => self.gone = Some(now),
            },
            _ => {}
        }
    }

    /// The id of the topic that was made last.
    pub(crate) fn topic(&self) -> TopicId {
        self.topics.last().map_or(TopicId::ZERO, |(topic, _)| *topic)
    }

    /// Whether the topic of this partition was ever made anew: the first is the only one to which that happens.
    pub(crate) fn is_recreated(&self, partition: &TopicPartition) -> bool {
        self.topics.len() > 1 && partition.topic.as_str() == TOPIC
    }

    /// Since when the newest topic is.
    pub(crate) fn made(&self) -> Timestamp {
        self.topics.last().map_or(Timestamp::ZERO, |(_, made)| *made)
    }

    /// When the topic of this partition was deleted last.
    pub(crate) fn gone(&self, partition: &TopicPartition) -> Option<Timestamp> {
        self.gone.filter(|_| partition.topic.as_str() == TOPIC)
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
        let only = (partition.topic.as_str() == TOPIC).then(|| self.topic());
        let topic = spot.topic.or(only).unwrap_or(TopicId::ZERO);
        let all = self.truncations.get(&(topic, partition.partition));
        all.into_iter().flatten().filter(move |cut| cut.to < spot.offset)
    }
}

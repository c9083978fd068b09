//! What is known of the topics: their ids, their partitions, who leads those.
//!
//! It decides when to ask for metadata and which of two answers to believe: brokers learn of changes one after another, so an answer
//! may be older than the one before it. Whether something changed that matters to the group, others decide.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::ToString as _;
use core::time::Duration;

use kohort_protocol::api::metadata::{MetadataPartition, MetadataResponse, MetadataTopic};
use kohort_protocol::{ErrorCode, LeaderEpoch, NodeId, Timestamp, TopicId, TopicName, TopicPartition};

use super::backoff::Retry;
use super::error::MemberError;
use super::io::{Failure, Output};
use super::wire::Wire;

/// A topic that a fresh broker has not heard of yet is no news: this many answers in a row are.
const TOLD_AFTER: u32 = 3;

/// A topic that does not exist is looked for less and less often, down to this.
const MISSING_EVERY: Duration = Duration::from_secs(5);

/// Who leads a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Leader {
    pub(super) node: NodeId,
    pub(super) epoch: LeaderEpoch,
}

#[derive(Debug, Default)]
struct Topic {
    id: TopicId,
    /// Empty: it does not exist.
    partitions: BTreeMap<i32, Leader>,
    /// How often in a row nothing could be said of it.
    missing: u32,
    /// How often of these because it does not exist.
    absent: u32,
}

#[derive(Debug)]
struct Asked {
    at: Timestamp,
    topics: BTreeSet<TopicName>,
}

/// See the head of this file.
#[derive(Debug)]
pub(super) struct Topics {
    wanted: BTreeSet<TopicName>,
    known: BTreeMap<TopicName, Topic>,
    asked: Option<Asked>,
    /// When the newest answer was asked for.
    as_of: Option<Timestamp>,
    /// Something points to a change.
    stale: bool,
    retry: Retry,
    /// Answers that are found wrong again and again are not asked for at full speed (L04).
    pace: Retry,
}

impl Topics {
    pub(super) fn new() -> Self {
        Self {
            wanted: BTreeSet::new(),
            known: BTreeMap::new(),
            asked: None,
            as_of: None,
            stale: false,
            retry: Retry::new("asking for metadata"),
            pace: Retry::new("asking for metadata"),
        }
    }

    /// About these something must be known, and about no others.
    pub(super) fn want(&mut self, wanted: BTreeSet<TopicName>) {
        self.known.retain(|topic, _| wanted.contains(topic));
        self.wanted = wanted;
    }

    /// What is known may be out of date.
    pub(super) fn refresh(&mut self) {
        self.stale = true;
    }

    /// Asks again unless the last answer was asked for after `then`.
    pub(super) fn refresh_since(&mut self, then: Timestamp) {
        self.stale |= !self.is_newer(then);
    }

    /// Whether the last answer was asked for after `then`.
    pub(super) fn is_newer(&self, then: Timestamp) -> bool {
        self.as_of.is_some_and(|at| at >= then)
    }

    /// Asks, if there is a reason to.
    pub(super) fn drive(&mut self, wire: &mut Wire) {
        if self.deadline(wire).is_none_or(|due| wire.now < due) {
            return;
        }
        if self
            .as_of
            .is_some_and(|last| wire.now.since(last) > wire.config.retry_backoff_max * 2)
        {
            self.pace.succeeded();
        }
        self.stale = false;
        self.asked = Some(Asked {
            at: wire.now,
            topics: self.wanted.clone(),
        });
        wire.push(Output::Metadata {
            topics: self.wanted.iter().cloned().collect(),
        });
    }

    /// When to ask.
    pub(super) fn deadline(&self, wire: &Wire) -> Option<Timestamp> {
        if self.asked.is_some() || self.wanted.is_empty() {
            return None;
        }
        let allowed = self.retry.at().max(self.pace.at());
        let is_complete = !self.stale && self.known.len() == self.wanted.len();
        let as_of = self.as_of.filter(|_| is_complete);
        Some(as_of.map_or(allowed, |as_of| allowed.max(as_of + self.lifetime(wire))))
    }

    /// How long an answer holds if nothing points to a change.
    fn lifetime(&self, wire: &Wire) -> Duration {
        let missing = self
            .known
            .values()
            .map(|topic| topic.missing)
            .filter(|&times| times > 0)
            .min();
        missing.map_or(wire.config.metadata_max_age, |times| {
            let doubled = wire.config.retry_backoff.saturating_mul(1 << times.min(16));
            doubled.min(MISSING_EVERY).min(wire.config.metadata_max_age)
        })
    }

    pub(super) fn answered(&mut self, wire: &mut Wire, reply: Result<MetadataResponse, Failure>) {
        let Some(Asked { at, mut topics }) = self.asked.take() else {
            return;
        };
        let response = match reply {
            Ok(response) if response.error_code.is_ok() => response,
            Ok(response) => return self.retry.failed(wire, &response.error_code),
            Err(failure) => return self.retry.failed(wire, &failure),
        };
        self.as_of = Some(at);
        topics.retain(|topic| self.wanted.contains(topic));
        self.retry.succeeded();
        self.pace.pace(wire);
        for topic in response.topics {
            if let Some(name) = topic.name.clone().filter(|name| topics.contains(name)) {
                self.learn(wire, &name, &topic);
            }
        }
        for name in topics {
            // An answer that passes a topic over says nothing about it; do not ask in a loop.
            self.known.entry(name).or_insert_with(|| Topic {
                missing: 1,
                ..Topic::default()
            });
        }
    }

    fn learn(&mut self, wire: &mut Wire, name: &TopicName, said: &MetadataTopic) {
        let topic = self.known.entry(name.clone()).or_default();
        match said.error_code {
            ErrorCode::NONE => topic.learn(said),
            code if code.is_retriable() && !is_absence(code) => self.stale = true,
            code => {
                topic.missing += 1;
                topic.absent += u32::from(is_absence(code));
                if topic.is_gone() {
                    topic.partitions.clear();
                }
                if topic.missing == TOLD_AFTER {
                    wire.tell(MemberError::Topic {
                        topic: name.to_string(),
                        code,
                    });
                }
            }
        }
    }

    /// Another response named a leader (KIP-951). Whether that is news.
    pub(super) fn hint(&mut self, partition: &TopicPartition, leader: Leader) -> bool {
        let topic = self.known.get_mut(&partition.topic);
        let known = topic.and_then(|topic| topic.partitions.get_mut(&partition.partition));
        let Some(known) = known.filter(|known| leader.node.0 >= 0 && leader.epoch > known.epoch) else {
            return false;
        };
        *known = leader;
        true
    }

    pub(super) fn leader(&self, partition: &TopicPartition) -> Option<Leader> {
        let leader = self
            .known
            .get(&partition.topic)?
            .partitions
            .get(&partition.partition)?;
        (leader.node.0 >= 0).then_some(*leader)
    }

    pub(super) fn id(&self, topic: &TopicName) -> TopicId {
        self.known.get(topic).map_or(TopicId::ZERO, |topic| topic.id)
    }

    /// The topic with this id.
    pub(super) fn name(&self, id: TopicId) -> Option<TopicName> {
        let mut topics = self.known.iter();
        topics
            .find(|(_, topic)| id != TopicId::ZERO && topic.id == id)
            .map(|(name, _)| name.clone())
    }

    /// Whether an answer came for it, be it that it does not exist.
    pub(super) fn is_settled(&self, topic: &TopicName) -> bool {
        self.known.contains_key(topic)
    }

    /// Whether it surely does not exist.
    pub(super) fn is_gone(&self, topic: &TopicName) -> bool {
        self.known.get(topic).is_some_and(Topic::is_gone)
    }

    /// Whether one broker said that it does not exist, and the next has not been asked yet.
    pub(super) fn is_in_doubt(&self, topic: &TopicName) -> bool {
        let known = self.known.get(topic);
        known.is_some_and(|topic| (topic.missing, topic.absent) == (1, 1))
    }

    /// Its id and how many partitions it has; none if it does not exist.
    pub(super) fn shape(&self, topic: &TopicName) -> (TopicId, usize) {
        self.known
            .get(topic)
            .map_or((TopicId::ZERO, 0), |topic| (topic.id, topic.partitions.len()))
    }

    /// Its partitions, ascending; none if it does not exist.
    pub(super) fn partitions(&self, topic: &TopicName) -> impl Iterator<Item = i32> {
        self.known
            .get(topic)
            .into_iter()
            .flat_map(|topic| topic.partitions.keys().copied())
    }
}

/// Whether these are ids of two topics. Brokers before 2.8 name none (KIP-516).
pub(super) fn is_another(one: TopicId, other: TopicId) -> bool {
    one != other && one != TopicId::ZERO && other != TopicId::ZERO
}

/// Whether the code says that there is no such topic for us.
pub(super) const fn is_absence(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION | ErrorCode::UNKNOWN_TOPIC_ID
    )
}

impl Topic {
    /// One broker that has not heard of it yet does not make a topic vanish, nor does any other refusal.
    const fn is_gone(&self) -> bool {
        self.absent >= 2
    }

    fn learn(&mut self, said: &MetadataTopic) {
        (self.missing, self.absent) = (0, 0);
        if is_another(self.id, said.topic_id) {
            // Deleted and created again: none of the epochs hold.
            self.partitions.clear();
        }
        // During a rolling upgrade some brokers say no id: what the others said still holds.
        if said.topic_id != TopicId::ZERO {
            self.id = said.topic_id;
        }
        for partition in &said.partitions {
            self.learn_partition(partition);
        }
    }

    /// An epoch below the one known is an old answer (KIP-320). A partition that is not named is one too: topics never shrink.
    fn learn_partition(&mut self, said: &MetadataPartition) {
        let leader = Leader {
            node: said.leader_id,
            epoch: said.leader_epoch,
        };
        let is_old = |known: &Leader| leader.epoch != LeaderEpoch::NONE && leader.epoch < known.epoch;
        if said.partition_index >= 0 && !self.partitions.get(&said.partition_index).is_some_and(is_old) {
            self.partitions.insert(said.partition_index, leader);
        }
    }
}

//! The leader's share of a round: read what all members want, let the assignor divide it, and watch afterwards whether the topics
//! are still what they were (rules 8, 20).
//!
//! What members write is hostile until proven otherwise: one who cannot be read gets nothing, and the others go on.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use kohort_protocol::api::describe_groups::DescribedMember;
use kohort_protocol::api::join_group::JoinGroupMember;
use kohort_protocol::api::sync_group::SyncGroupAssignment;
use kohort_protocol::consumer_protocol::{Assignment, NEWEST_VERSION, Subscription};
use kohort_protocol::{MemberId, Timestamp, TopicId, TopicName, TopicPartition, gather};

use super::config::is_legal;
use super::error::MemberError;
use super::membership::LedRound;
use super::topics::{Topics, is_another};
use super::wire::Wire;
use crate::assignor::{Assignor, PartitionRacks, Subscriber, TopicPartitions};

/// Memory that the subscriptions of all members together may take. A hundred thousand topics and a million owned partitions take 32 MB.
const MEMORY: usize = 64 << 20;

/// A round that is to be decided.
#[derive(Debug)]
pub(super) struct Lead {
    pub(super) protocol: String,
    members: Vec<Subscriber>,
    /// All of them, also those that cannot be read.
    ids: BTreeSet<MemberId>,
    topics: BTreeSet<TopicName>,
    /// The coordinator has the assignment already (KIP-814).
    skip: bool,
    /// Metadata older than this is not good enough.
    fresh: Timestamp,
    /// Decide by then with what is known: a topic that comes later starts another round.
    until: Timestamp,
}

impl Lead {
    pub(super) fn new(wire: &mut Wire, round: LedRound) -> Self {
        let LedRound {
            asked,
            protocol,
            mut members,
            skip,
        } = round;
        let mut lead = Self {
            protocol,
            members: Vec::new(),
            ids: BTreeSet::new(),
            topics: BTreeSet::new(),
            skip,
            fresh: asked - wire.config.retry_backoff_max,
            until: wire.now + wire.config.request_timeout.min(wire.config.max_poll_interval / 2),
        };
        // Small ones first, so that it is not they who suffer from those who want too much.
        members.sort_by_key(|member| member.metadata.len());
        let mut memory = MEMORY;
        for member in members {
            lead.read(wire, member, &mut memory);
        }
        lead
    }

    fn read(&mut self, wire: &mut Wire, member: JoinGroupMember, memory: &mut usize) {
        let JoinGroupMember {
            member_id,
            group_instance_id: instance_id,
            metadata,
        } = member;
        self.ids.insert(member_id.clone());
        match Subscription::decode_within(&metadata, memory) {
            Ok(Subscription {
                topics,
                user_data,
                owned_partitions: owned,
                generation,
                rack,
            }) => {
                // No topic has another name, so that nobody need be asked about it.
                let legal = topics.into_iter().filter(|topic| is_legal(topic.as_str()));
                let topics: BTreeSet<_> = gather(legal);
                self.topics.extend(topics.iter().cloned());
                self.members.push(Subscriber {
                    member_id,
                    instance_id,
                    topics,
                    owned,
                    generation,
                    rack,
                    user_data,
                });
            }
            Err(problem) => {
                let problem =
                    alloc::format!("{problem}. Member {member_id} wrote it, and gets no partitions");
                wire.tell(MemberError::Protocol {
                    group: wire.config.group_id.clone(),
                    problem,
                });
            }
        }
    }

    /// The topics that any member reads.
    pub(super) const fn topics(&self) -> &BTreeSet<TopicName> {
        &self.topics
    }

    pub(super) fn is_ready(&self, now: Timestamp, topics: &mut Topics) -> bool {
        topics.refresh_since(self.fresh);
        now >= self.until
            || (topics.is_newer(self.fresh) && self.topics.iter().all(|topic| topics.is_settled(topic)))
    }

    /// Whether somebody else has divided before.
    pub(super) const fn skips(&self) -> bool {
        self.skip
    }

    pub(super) const fn until(&self) -> Timestamp {
        self.until
    }

    /// What to hand in, and what to watch from now on.
    pub(super) fn decide(
        self,
        topics: &Topics,
        assignor: &dyn Assignor,
    ) -> (Vec<SyncGroupAssignment>, Watch) {
        let watch = Watch::new(self.topics.iter().cloned(), topics);
        if self.skip {
            return (Vec::new(), watch);
        }
        let mut decided = assignor.assign(&existing(&self.topics, topics), &self.members);
        let encode = |member_id: MemberId| {
            let partitions = decided.remove(&member_id).unwrap_or_default();
            let assignment = Assignment {
                partitions,
                user_data: None,
            }
            .encode(NEWEST_VERSION);
            // Names of topics that exist are short enough.
            SyncGroupAssignment {
                member_id,
                assignment: assignment.unwrap_or_default(),
            }
        };
        (self.ids.into_iter().map(encode).collect(), watch)
    }
}

fn existing(wanted: &BTreeSet<TopicName>, topics: &Topics) -> TopicPartitions {
    let partitions = |topic: &TopicName| -> Vec<PartitionRacks> {
        let unracked = |partition| PartitionRacks {
            partition,
            ..PartitionRacks::default()
        };
        topics.partitions(topic).map(unracked).collect()
    };
    let all = wanted.iter().map(|topic| (topic.clone(), partitions(topic)));
    gather(all.filter(|(_, partitions)| !partitions.is_empty()))
}

/// What the group's topics were when the leader divided them. Only the leader watches, or each member would start a round of its own.
#[derive(Debug)]
pub(super) struct Watch {
    /// By topic: its id (a topic made anew is another one) and its number of partitions. Who leads and holds them does not matter.
    seen: BTreeMap<TopicName, (TopicId, usize)>,
}

impl Watch {
    fn new(names: impl Iterator<Item = TopicName>, topics: &Topics) -> Self {
        let look = |name: TopicName| {
            let seen = topics.shape(&name);
            (name, seen)
        };
        Self {
            seen: gather(names.map(look)),
        }
    }

    pub(super) fn topics(&self) -> impl Iterator<Item = &TopicName> {
        self.seen.keys()
    }

    /// Another one divided before the watch began, and gave these members what they have: what exists and nobody was given has come
    /// since, and what they were given and does not exist went since. Nobody else would take it from them: static members that join
    /// again are given the same. Whoever cannot be read has nothing.
    pub(super) fn divided(&mut self, members: &[DescribedMember], topics: &Topics) {
        let existing = |topic: &TopicName| -> Vec<TopicPartition> {
            let partition = |index| TopicPartition::new(topic.clone(), index);
            topics.partitions(topic).map(partition).collect()
        };
        let existing: BTreeSet<TopicPartition> = gather(self.seen.keys().flat_map(existing));
        let is_known = |topic: &TopicName| topics.is_gone(topic) || topics.shape(topic).1 > 0;
        let mut unowned = existing.clone();
        for member in members {
            let given = Assignment::decode(&member.member_assignment).unwrap_or_default();
            for partition in &given.partitions {
                unowned.remove(partition);
                if let Some((_, count)) = self.seen.get_mut(&partition.topic)
                    && !existing.contains(partition)
                    && is_known(&partition.topic)
                {
                    *count = usize::MAX; // more than there are
                }
            }
        }
        for partition in unowned {
            if let Some((_, count)) = self.seen.get_mut(&partition.topic) {
                *count = count.saturating_sub(1);
            }
        }
    }

    /// The first topic that is not what it was.
    pub(super) fn changed(&self, topics: &Topics) -> Option<&TopicName> {
        self.seen
            .iter()
            .find(|&(name, (id, count))| {
                let (id_now, count_now) = topics.shape(name);
                is_another(*id, id_now) || count_now != *count
            })
            .map(|(name, _)| name)
    }
}

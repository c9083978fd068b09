//! Where to begin: the group's committed offsets, or a look into the log (rules 24, 63, 64, S07).
//!
//! A position is reset only where the coordinator said in so many words that no offset is committed, where the log does not hold the
//! offset any more, or where the application asked. Never because of an error, an unstable offset or an answer that passes a
//! partition over: those are asked again, for as long as it takes. Every reset is told, with its reason.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use kohort_protocol::api::list_offsets::{
    EARLIEST_TIMESTAMP, LATEST_TIMESTAMP, ListOffsetsPartition, ListOffsetsRequest, ListOffsetsResponse,
    ListOffsetsTopic,
};
use kohort_protocol::api::offset_fetch::{
    OffsetFetchGroup, OffsetFetchRequest, OffsetFetchResponse, OffsetFetchResponsePartition, OffsetFetchTopic,
};
use kohort_protocol::{ApiKey, MemberEpoch, NodeId, Recovery, TopicId, TopicName, TopicPartition};

use super::Member;
use super::backoff::Retry;
use super::config::AutoOffsetReset;
use super::error::{MemberError, SeekError};
use super::io::{CallId, Event, Failure, SeekTo, Target, Token};
use super::partitions::{Place, Position, Reset, Stamp};
use super::topics::{Leader, is_absence};
use super::wire::{Open, Purpose};
use super::words::unanimous;

/// What was asked, and along which line of reading.
type Asked = Vec<(TopicPartition, Stamp)>;

/// The questions that are open.
#[derive(Debug)]
pub(super) struct Positions {
    offsets: Option<(Token, Asked)>,
    lists: BTreeMap<Token, (NodeId, Asked)>,
    /// Of OffsetFetch as a whole; each partition has its own besides.
    retry: Retry,
}

impl Positions {
    pub(super) const fn new() -> Self {
        Self {
            offsets: None,
            lists: BTreeMap::new(),
            retry: Retry::new("reading committed offsets"),
        }
    }

    /// What was asked for is not owned any more.
    pub(super) fn forget(&mut self) {
        self.offsets = None;
        self.lists.clear();
    }
}

impl Member {
    /// Asks whatever must be asked to know a position.
    pub(super) fn drive_positions(&mut self) {
        self.ask_offsets();
        // Until the application has let go of its notice it may still seek; nothing is decided behind its back.
        if self.handover.is_settled() {
            self.decide_unset();
            self.ask_lists();
        }
    }

    fn ask_offsets(&mut self) {
        let now = self.wire.now;
        let Some(node) = self.coordinator.node() else {
            return;
        };
        if !self.positions.retry.is_due(now) {
            return self.attention.wake_at(self.positions.retry.at());
        }
        if self.positions.offsets.is_some() {
            return;
        }
        let lost = || self.partitions.iter().filter(|(_, p)| p.place == Place::Lookup);
        // Together: see `ask_lists`.
        let asked: Asked = lost().map(|(name, p)| (name.clone(), p.stamp)).collect();
        if asked.is_empty() || lost().any(|(_, p)| !p.retry.is_due(now)) {
            return;
        }
        let mut by_topic: BTreeMap<&TopicName, Vec<i32>> = BTreeMap::new();
        for (name, _) in &asked {
            by_topic.entry(&name.topic).or_default().push(name.partition);
        }
        let topic = |(name, partition_indexes): (&TopicName, Vec<i32>)| OffsetFetchTopic {
            name: name.clone(),
            topic_id: self.topics.id(name),
            partition_indexes,
        };
        let group = OffsetFetchGroup {
            group_id: self.wire.config.group_id.clone(),
            member_id: None,
            member_epoch: MemberEpoch::NONE,
            topics: Some(by_topic.into_iter().map(topic).collect()),
        };
        // An offset that an open transaction is about to move is not the one to begin at (KIP-447).
        let request = OffsetFetchRequest {
            groups: vec![group],
            require_stable: true,
        };
        let timeout = self.wire.config.request_timeout;
        let token = self
            .wire
            .send(Purpose::Offsets, Target::Node(node), request, timeout);
        self.positions.offsets = Some((token, asked));
    }

    pub(super) fn offsets_answered(&mut self, open: Open, reply: Result<OffsetFetchResponse, Failure>) {
        self.attention.stir();
        let Some((_, asked)) = self.positions.offsets.take_if(|(token, _)| *token == open.token) else {
            return;
        };
        let group = match reply {
            Ok(response) => response.groups.into_iter().next().unwrap_or_default(),
            Err(failure @ Failure::Unsupported(_)) => {
                return self.stop(MemberError::unusable(&self.wire, ApiKey::OffsetFetch, &failure));
            }
            Err(failure) => {
                if !matches!(failure, Failure::Malformed(_)) {
                    self.coordinator.lost_by(&mut self.wire, open, &failure);
                }
                return self.positions.retry.failed(&mut self.wire, &failure);
            }
        };
        match Recovery::of(ApiKey::OffsetFetch, group.error_code) {
            Recovery::Done => self.positions.retry.succeeded(),
            Recovery::FindCoordinator => {
                return self.coordinator.lost_by(&mut self.wire, open, &group.error_code);
            }
            Recovery::Fatal | Recovery::Fenced => {
                return self.stop(MemberError::refused(
                    &self.wire,
                    ApiKey::OffsetFetch,
                    group.error_code,
                ));
            }
            _ => return self.positions.retry.failed(&mut self.wire, &group.error_code),
        }
        let topics = group.topics.into_iter().filter_map(|topic| {
            let name = self.topic_of(topic.name, topic.topic_id)?;
            Some((name, topic.partitions))
        });
        let said = unanimous(topics.flat_map(|(name, partitions)| {
            partitions.into_iter().map(move |partition| {
                (
                    TopicPartition::new(name.clone(), partition.partition_index),
                    partition,
                )
            })
        }));
        for (name, stamp) in asked {
            self.offset_answered(&name, stamp, said.get(&name));
        }
    }

    fn offset_answered(
        &mut self,
        name: &TopicPartition,
        stamp: Stamp,
        said: Option<&OffsetFetchResponsePartition>,
    ) {
        let Some(partition) = self.partitions.same_line(name, stamp) else {
            return;
        };
        if partition.place != Place::Lookup {
            return;
        }
        let said = match said {
            Some(said) if said.error_code.is_ok() => said,
            Some(said) => {
                if is_absence(said.error_code) {
                    self.topics.refresh();
                }
                let why = format!("OffsetFetch of {name}: {}", said.error_code);
                return partition.retry.failed(&mut self.wire, &why);
            }
            None => {
                return partition
                    .retry
                    .failed(&mut self.wire, &format!("OffsetFetch passed over {name}"));
            }
        };
        partition.retry.succeeded();
        if said.committed_offset < 0 {
            partition.place = Place::Unset;
            return;
        }
        let at = Position {
            offset: said.committed_offset,
            epoch: said.committed_leader_epoch,
        };
        partition.committed = Some(at);
        partition.floor = Some(at.offset);
        self.partitions.place(name, at);
        if self
            .topics
            .leader(name)
            .is_some_and(|leader| leader.epoch < at.epoch)
        {
            self.topics.refresh(); // a newer leader exists than the one we know (KIP-320)
        }
    }

    /// `auto.offset.reset`, for partitions without a committed offset.
    fn decide_unset(&mut self) {
        let unset = self
            .partitions
            .iter()
            .filter(|(_, partition)| partition.place == Place::Unset);
        let unset: Vec<TopicPartition> = unset.map(|(name, _)| name.clone()).collect();
        if unset.is_empty() {
            return;
        }
        for name in &unset {
            let place = match self.policy() {
                Some(to) => Place::Reset(Reset {
                    to,
                    reason: Some("no committed offset".into()),
                    from: None,
                }),
                None => Place::Stopped,
            };
            self.partitions.jump(&mut self.wire, name, place);
        }
        if self.policy().is_none() {
            self.wire.tell(MemberError::NoOffset {
                group: self.wire.config.group_id.clone(),
                partitions: unset,
            });
        }
    }

    const fn policy(&self) -> Option<SeekTo> {
        match self.wire.config.auto_offset_reset {
            AutoOffsetReset::Earliest => Some(SeekTo::Beginning),
            AutoOffsetReset::Latest => Some(SeekTo::End),
            AutoOffsetReset::None => None,
        }
    }

    /// The log does not hold the position any more: `auto.offset.reset` says where to go on, or `error` that nobody does.
    pub(super) fn reset(&mut self, name: &TopicPartition, from: i64, reason: String, error: MemberError) {
        let place = match self.policy() {
            Some(to) => Place::Reset(Reset {
                to,
                reason: Some(reason),
                from: Some(from),
            }),
            None => {
                self.wire.tell(error);
                Place::Stopped
            }
        };
        self.partitions.jump(&mut self.wire, name, place);
    }

    /// One question for each leader at a time, and only when the last of its partitions may be tried again: each has a wait of its own,
    /// and a thousand that fail together would make a thousand questions, as fast as the leader answers (L04).
    fn ask_lists(&mut self) {
        let mut by_node: BTreeMap<NodeId, Vec<(TopicPartition, Stamp, Leader, i64)>> = BTreeMap::new();
        let mut waits: BTreeSet<NodeId> = BTreeSet::new();
        let now = self.wire.now;
        for (name, partition) in self.partitions.iter() {
            let Place::Reset(reset) = &partition.place else {
                continue;
            };
            let Some(timestamp) = timestamp(reset.to) else {
                continue;
            };
            match self.topics.leader(name) {
                Some(leader) => {
                    if !partition.retry.is_due(now) {
                        waits.insert(leader.node);
                    }
                    by_node.entry(leader.node).or_default().push((
                        name.clone(),
                        partition.stamp,
                        leader,
                        timestamp,
                    ));
                }
                None => self.topics.refresh(),
            }
        }
        for (node, wanted) in by_node {
            let is_busy = self.positions.lists.values().any(|(busy, _)| *busy == node);
            if !is_busy && !waits.contains(&node) {
                self.ask_list(node, wanted);
            }
        }
    }

    fn ask_list(&mut self, node: NodeId, wanted: Vec<(TopicPartition, Stamp, Leader, i64)>) {
        let mut by_topic: BTreeMap<TopicName, Vec<ListOffsetsPartition>> = BTreeMap::new();
        let mut asked = Asked::new();
        for (name, stamp, leader, timestamp) in wanted {
            by_topic
                .entry(name.topic.clone())
                .or_default()
                .push(ListOffsetsPartition {
                    partition_index: name.partition,
                    current_leader_epoch: leader.epoch,
                    timestamp,
                });
            asked.push((name, stamp));
        }
        let topics = by_topic
            .into_iter()
            .map(|(name, partitions)| ListOffsetsTopic { name, partitions });
        let timeout = self.wire.config.request_timeout;
        let request = ListOffsetsRequest {
            isolation_level: self.wire.config.isolation_level,
            topics: topics.collect(),
            timeout_ms: super::millis(timeout),
            ..ListOffsetsRequest::default()
        };
        let token = self
            .wire
            .send(Purpose::ListOffsets, Target::Node(node), request, timeout);
        self.positions.lists.insert(token, (node, asked));
    }

    pub(super) fn list_answered(&mut self, open: Open, reply: Result<ListOffsetsResponse, Failure>) {
        self.attention.stir();
        let Some((_, asked)) = self.positions.lists.remove(&open.token) else {
            return;
        };
        let mut said = BTreeMap::new();
        let mut why = String::from("ListOffsets passed it over");
        match reply {
            Ok(response) => {
                for topic in response.topics {
                    for partition in topic.partitions {
                        let name = TopicPartition::new(topic.name.clone(), partition.partition_index);
                        said.insert(name, partition);
                    }
                }
            }
            Err(failure) => why = format!("ListOffsets: {failure}"),
        }
        for (name, stamp) in asked {
            match said.get(&name) {
                Some(said) if said.error_code.is_ok() => self.listed(&name, stamp, said.offset),
                Some(said) => self.not_listed(&name, stamp, &format!("ListOffsets: {}", said.error_code)),
                None => self.not_listed(&name, stamp, &why),
            }
        }
    }

    fn not_listed(&mut self, name: &TopicPartition, stamp: Stamp, why: &str) {
        self.topics.refresh();
        if let Some(partition) = self.partitions.same_line(name, stamp) {
            partition.retry.failed(&mut self.wire, &format!("{name}: {why}"));
        }
    }

    fn listed(&mut self, name: &TopicPartition, stamp: Stamp, offset: i64) {
        let Some(partition) = self.partitions.same_line(name, stamp) else {
            return;
        };
        let Place::Reset(reset) = &mut partition.place else {
            return;
        };
        match reset.to {
            // No record that young: the end.
            SeekTo::Timestamp(_) if offset < 0 => reset.to = SeekTo::End,
            _ if offset < 0 => {
                let why = format!("{name}: ListOffsets answered offset {offset}");
                partition.retry.failed(&mut self.wire, &why);
            }
            _ => {
                let (from, reason) = (reset.from, reset.reason.take());
                self.partitions.place(name, Position::chosen(offset));
                // Not before: what was processed until now may be committed while the log is asked.
                self.partitions.may_go_back(name);
                if let Some(reason) = reason {
                    self.partitions.set_back(name);
                    self.wire.event(Event::Reset {
                        partition: name.clone(),
                        from,
                        to: offset,
                        reason,
                    });
                }
            }
        }
    }

    pub(super) fn seek(&mut self, call: CallId, partition: &TopicPartition, to: SeekTo) {
        let refusal = match to {
            _ if self.partitions.find(partition).is_none() => Some(SeekError::NotAssigned(partition.clone())),
            SeekTo::Offset(offset) if offset < 0 => Some(SeekError::Negative {
                partition: partition.clone(),
                offset,
            }),
            _ => None,
        };
        match refusal {
            Some(error) => self.wire.done(call, Err(error.into())),
            None => {
                self.attention.stir();
                self.partitions.seek(&mut self.wire, partition, to);
                self.wire.done(call, Ok(()));
            }
        }
    }

    /// The topic that an answer means: by name, or by id from the versions on that have no names.
    pub(super) fn topic_of(&self, name: TopicName, id: TopicId) -> Option<TopicName> {
        if name.is_empty() {
            self.topics.name(id)
        } else {
            Some(name)
        }
    }
}

/// What ListOffsets calls it; an offset needs no question.
const fn timestamp(to: SeekTo) -> Option<i64> {
    match to {
        SeekTo::Offset(_) => None,
        SeekTo::Beginning => Some(EARLIEST_TIMESTAMP),
        SeekTo::End => Some(LATEST_TIMESTAMP),
        SeekTo::Timestamp(timestamp) => Some(timestamp),
    }
}

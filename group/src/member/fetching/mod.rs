//! Fetching: from whom, what, and how much at once (KIP-227, KIP-392, S20).
//!
//! To each broker one long poll within a session is under way, and beside it at most one request without a session, for partitions
//! that the long poll does not hold (just gained, moved, or emptied by the application): they need not wait behind it. A partition
//! is fetched while less than `max.partition.fetch.bytes` of it lie ready; all that lies ready or is on its way fits `buffer_bytes`.
//! Only a single batch that is larger than that passes the bound, and only when nothing else lies ready: else it could never be read.

mod answers;
mod session;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use kohort_protocol::api::fetch::{FetchPartition, FetchRequest};
use kohort_protocol::{NodeId, Timestamp, TopicId, TopicName, TopicPartition, gather};

use super::backoff::Retry;
use super::io::{Target, Token};
use super::partitions::{Partition, Place, Stamp};
use super::wire::Purpose;
use super::{Life, Member};
use session::{Session, Wanted, Wants};

/// Where a partition was to be read when a request was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Spot {
    stamp: Stamp,
    offset: i64,
}

type Spots = BTreeMap<TopicPartition, Spot>;

/// A Fetch on its way.
#[derive(Debug)]
struct Flight {
    token: Token,
    spots: Spots,
    /// The names behind the ids: from v13 on the answer has ids only.
    names: BTreeMap<TopicId, TopicName>,
    /// So many bytes it may bring.
    reserved: usize,
    sent: Timestamp,
}

/// What is under way to one broker.
#[derive(Debug)]
struct Broker {
    session: Session,
    poll: Option<Flight>,
    once: Option<Flight>,
    retry: Retry,
}

/// See the head of this file.
#[derive(Debug, Default)]
pub(super) struct Fetching {
    brokers: BTreeMap<NodeId, Broker>,
    /// Something was not asked for want of room.
    is_short: bool,
}

impl Fetching {
    fn reserved(&self) -> usize {
        let flights = self
            .brokers
            .values()
            .flat_map(|broker| broker.poll.iter().chain(&broker.once));
        flights.map(|flight| flight.reserved).sum()
    }

    #[cfg(test)]
    pub(super) fn brokers(&self) -> usize {
        self.brokers.len()
    }

    pub(super) const fn is_short(&self) -> bool {
        self.is_short
    }
}

/// What one broker could be asked for now.
type Plan = BTreeMap<TopicPartition, (Spot, Wanted)>;

impl Member {
    /// Asks every broker for what may be fetched from it now.
    pub(super) fn drive_fetching(&mut self) {
        self.fetching.is_short = false;
        if self.life != Life::Running || !self.handover.is_settled() {
            return;
        }
        let plans = self.plans();
        let room = self.wire.config.buffer_bytes;
        let mut free = room.saturating_sub(self.partitions.buffered() + self.fetching.reserved());
        if self.is_draining(&plans, free) {
            self.fetching.is_short = true;
            return;
        }
        // Room for a crumb is not worth a request that may bring a whole batch.
        let least = bytes(self.wire.config.max_partition_fetch_bytes).min(room / plans.len().max(1));
        let ready = plans
            .into_iter()
            .filter_map(|(node, plan)| self.ready(node, plan))
            .collect::<Vec<(NodeId, Plan)>>();
        // Brokers that were not asked at all come first, and nobody overtakes who waits for room: with little of it, two brokers
        // could pass it to each other while a third is never asked.
        let (asked, mut ready): (Vec<_>, Vec<_>) =
            ready.into_iter().partition(|(node, _)| self.is_asked(*node));
        ready.extend(asked);
        let mut others = ready.len();
        for (node, plan) in ready {
            if free < least {
                self.fetching.is_short = true;
                break;
            }
            let reserved = self.reservation(&plan, (free / others).max(least));
            others -= 1;
            free -= reserved;
            self.send_fetch(node, plan, reserved);
        }
    }

    fn is_asked(&self, node: NodeId) -> bool {
        self.fetching
            .brokers
            .get(&node)
            .is_some_and(|broker| broker.poll.is_some())
    }

    fn plans(&mut self) -> BTreeMap<NodeId, Plan> {
        let now = self.wire.now;
        let limit = self.wire.config.max_partition_fetch_bytes;
        let mut plans: BTreeMap<NodeId, Plan> = BTreeMap::new();
        for (name, partition) in self.partitions.iter() {
            if partition.retry.is_due(now) && partition.is_hungry(limit) {
                let Some(leader) = self.topics.leader(name) else {
                    self.topics.refresh();
                    continue;
                };
                let replica = partition.replica.filter(|&(_, until)| now < until);
                let node = replica.map_or(leader.node, |(node, _)| node);
                let want = FetchPartition {
                    partition: name.partition,
                    current_leader_epoch: leader.epoch,
                    fetch_offset: partition.fetch.offset,
                    last_fetched_epoch: partition.fetch.epoch,
                    partition_max_bytes: limit,
                    ..FetchPartition::default()
                };
                let spot = Spot {
                    stamp: partition.stamp,
                    offset: partition.fetch.offset,
                };
                let want = Wanted {
                    topic_id: self.topics.id(&name.topic),
                    partition: want,
                };
                plans.entry(node).or_default().insert(name.clone(), (spot, want));
            }
        }
        plans
    }

    /// Whether some records were dropped for want of room that is not there yet. Then nothing is fetched until it is, or others would
    /// take it first, for ever.
    fn is_draining(&self, plans: &BTreeMap<NodeId, Plan>, free: usize) -> bool {
        let names = plans.values().flat_map(|plan| plan.keys());
        let needs = names
            .filter_map(|name| self.partitions.find(name))
            .map(|p| p.needs)
            .max();
        needs.unwrap_or(0) > free && free < self.wire.config.buffer_bytes
    }

    /// What of `plan` is not on its way already, if the broker may be asked now.
    fn ready(&mut self, node: NodeId, mut plan: Plan) -> Option<(NodeId, Plan)> {
        if !self.fetching.brokers.contains_key(&node) {
            self.forget_idle_brokers();
        }
        let broker = self.fetching.brokers.entry(node).or_insert_with(Broker::new);
        if !broker.retry.is_due(self.wire.now) {
            self.attention.wake_at(broker.retry.at());
            return None;
        }
        if broker.poll.is_some() && broker.once.is_some() {
            return None;
        }
        plan.retain(|name, (spot, _)| {
            let mut flights = broker.poll.iter().chain(&broker.once);
            !flights.any(|flight| flight.spots.get(name) == Some(spot))
        });
        (!plan.is_empty()).then_some((node, plan))
    }

    /// Answers name brokers (better leaders, followers), a hostile one new ones without end: only those stay that a partition is read
    /// from, that are asked just now, or that must not be asked yet.
    fn forget_idle_brokers(&mut self) {
        let sources = self.partitions.iter().flat_map(|(name, partition)| {
            let replica = partition.replica.map(|(node, _)| node);
            replica
                .into_iter()
                .chain(self.topics.leader(name).map(|leader| leader.node))
        });
        let sources: BTreeSet<NodeId> = gather(sources);
        let now = self.wire.now;
        self.fetching.brokers.retain(|node, broker| {
            let is_asked = broker.poll.is_some() || broker.once.is_some();
            is_asked || !broker.retry.is_due(now) || sources.contains(node)
        });
    }

    /// How many bytes a request may bring.
    fn reservation(&self, plan: &Plan, share: usize) -> usize {
        let config = &self.wire.config;
        let most = plan.len().saturating_mul(bytes(config.max_partition_fetch_bytes));
        share.min(most).min(bytes(config.fetch_max_bytes))
    }

    fn send_fetch(&mut self, node: NodeId, plan: Plan, reserved: usize) {
        let Some(broker) = self.fetching.brokers.get_mut(&node) else {
            return;
        };
        let spots: Spots = gather(plan.iter().map(|(name, &(spot, _))| (name.clone(), spot)));
        let names = gather(
            plan.iter()
                .map(|(name, (_, want))| (want.topic_id, name.topic.clone())),
        );
        let wants: Wants = gather(plan.into_iter().map(|(name, (_, want))| (name, want)));
        let config = &self.wire.config;
        let mut request = FetchRequest {
            max_wait_ms: super::millis(config.fetch_max_wait),
            min_bytes: config.fetch_min_bytes,
            max_bytes: i32::try_from(reserved).unwrap_or(i32::MAX),
            isolation_level: config.isolation_level,
            session_epoch: -1,
            rack_id: config.client_rack.clone().unwrap_or_default(),
            ..FetchRequest::default()
        };
        let timeout = config.request_timeout.max(config.fetch_max_wait * 2);
        let (slot, purpose) = if broker.poll.is_none() {
            let difference = broker.session.advance(wants);
            (request.session_id, request.session_epoch) = (difference.id, difference.epoch);
            (request.topics, request.forgotten_topics_data) = (difference.topics, difference.forgotten);
            (&mut broker.poll, Purpose::Fetch)
        } else {
            request.topics = session::topics(wants.iter());
            (&mut broker.once, Purpose::FetchOnce)
        };
        let token = self.wire.send(purpose, Target::Node(node), request, timeout);
        *slot = Some(Flight {
            token,
            spots,
            names,
            reserved,
            sent: self.wire.now,
        });
    }
}

impl Broker {
    const fn new() -> Self {
        let session = Session::new();
        Self {
            session,
            poll: None,
            once: None,
            retry: Retry::new("fetching from a broker"),
        }
    }
}

impl Partition {
    /// Whether more of it should be fetched.
    fn is_hungry(&self, limit: i32) -> bool {
        self.place == Place::At && !self.paused && self.ready_bytes() < bytes(limit)
    }
}

/// Settings are checked: none is negative.
fn bytes(setting: i32) -> usize {
    usize::try_from(setting).unwrap_or(0)
}

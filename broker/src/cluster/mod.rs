//! The cluster: what all nodes share, the one way in, the one way out, and the order in which things happen.
//!
//! It has no clock, no socket, no task and no randomness but its seed: the same inputs give the same outputs, byte for byte.

mod calls;
mod control;
mod inspect;
mod leadership;

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::vec::Vec;

use fastrand::Rng;
use kohort_protocol::api::Response;
use kohort_protocol::{ErrorCode, GroupId, NodeId, Timestamp, TopicName};

pub use control::CommandError;
pub use inspect::GroupView;

use crate::config::Config;
use crate::connections::CallId;
use crate::coordinator::log::CoordinatorLog;
use crate::coordinator::partition_for;
use crate::coordinator::shard::{Books, Desk};
use crate::fault::Faults;
use crate::input::{ConnectionId, Input, Output};
use crate::node::Node;
use crate::timers::Timers;
use crate::topics::Topics;

/// Where the groups' offsets lie.
pub(crate) const OFFSETS_TOPIC: &str = "__consumer_offsets";

/// What the controller does by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ControllerTimer {
    /// It notices that a node is gone.
    Fence(NodeId),
    /// A node that shuts down in order is down.
    Exit(NodeId),
    /// The offsets topic exists.
    OffsetsTopic,
}

/// A cluster of brokers, as a pure state machine.
///
/// ```
/// use kohort_broker::{Cluster, Config};
///
/// let mut cluster = Cluster::new(Config { nodes: 3, ..Config::default() });
/// assert!(cluster.poll().is_none());
/// ```
#[derive(Debug)]
pub struct Cluster {
    pub(crate) config: Config,
    pub(crate) now: Timestamp,
    pub(crate) rng: Rng,
    pub(crate) nodes: BTreeMap<NodeId, Node>,
    pub(crate) topics: Topics,
    /// One for each partition of the offsets topic, once it exists.
    pub(crate) coordinator_logs: Vec<CoordinatorLog>,
    pub(crate) controller: Timers<ControllerTimer>,
    pub(crate) faults: Faults,
    pub(crate) next_producer_id: i64,
    /// Fetches that wait for a partition to grow.
    pub(crate) watchers: BTreeMap<(TopicName, i32), BTreeSet<CallId>>,
    sequence: u64,
    /// See [`Cluster::deadline`]: asked three times for each input, and found by asking everybody.
    next: Option<Timestamp>,
    /// Given by group code; not yet on their connections.
    answers: Vec<(CallId, Response)>,
    /// Connections that may have a next request to serve.
    ready: VecDeque<(NodeId, ConnectionId)>,
    outputs: VecDeque<Output>,
}

impl Cluster {
    /// A cluster whose nodes all run and which has no topics yet.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let ids = (1..=i32::from(config.nodes.max(1))).map(NodeId);
        Self {
            now: Timestamp::ZERO,
            rng: Rng::with_seed(config.seed),
            nodes: ids.map(|id| (id, Node::new(id, &config))).collect(),
            topics: Topics::default(),
            coordinator_logs: Vec::new(),
            controller: Timers::default(),
            faults: Faults::default(),
            next_producer_id: 1000,
            watchers: BTreeMap::new(),
            sequence: 0,
            next: None,
            answers: Vec::new(),
            ready: VecDeque::new(),
            outputs: VecDeque::new(),
            config,
        }
    }

    /// The only way in. Everything that was due until `now` happens first, so that a request never meets a past that is over.
    pub fn handle(&mut self, now: Timestamp, input: Input) {
        self.advance(now);
        self.take(input);
        self.conclude(now);
    }

    /// What an input has set going.
    fn conclude(&mut self, now: Timestamp) {
        self.settle();
        self.next = self.earliest();
        self.advance(now);
    }

    /// The only way out: call it until it says `None`.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When the cluster must be called again, with [`Input::Tick`] if nothing else comes.
    #[must_use]
    pub const fn deadline(&self) -> Option<Timestamp> {
        self.next
    }

    fn earliest(&self) -> Option<Timestamp> {
        let nodes = self.nodes.values().filter_map(Node::next_timer);
        nodes.chain(self.controller.next()).min()
    }

    fn advance(&mut self, now: Timestamp) {
        while let Some(at) = self.next.filter(|at| *at <= now) {
            self.now = self.now.max(at);
            self.fire(at);
            self.settle();
            self.next = self.earliest();
        }
        self.now = self.now.max(now);
    }

    /// Fires one timer that is due at `at`.
    fn fire(&mut self, at: Timestamp) {
        if let Some((_, timer)) = self.controller.pop(at) {
            self.control_timer_fired(timer);
            return;
        }
        let due = self.nodes.values().find(|node| node.next_timer() == Some(at));
        let Some(id) = due.map(|node| node.id) else { return };
        if !self.fire_shard(id, at) {
            self.fire_node(id, at);
        }
    }

    fn fire_shard(&mut self, id: NodeId, at: Timestamp) -> bool {
        let Some(node) = self.nodes.get_mut(&id) else {
            return false;
        };
        let due = node
            .shards
            .iter_mut()
            .find(|(_, shard)| shard.next_timer() == Some(at));
        let Some((&partition, shard)) = due else {
            return false;
        };
        let Some(log) = log_of(&mut self.coordinator_logs, partition) else {
            return false;
        };
        let lives = shard.fire(Desk {
            now: self.now,
            config: &self.config,
            rng: &mut self.rng,
            answers: &mut self.answers,
            log,
        });
        if !lives {
            node.shards.remove(&partition);
        }
        true
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::Command(command) => {
                if let Err(error) = self.obey(command) {
                    tracing::warn!(%error, "command refused");
                }
            }
            Input::Tick => {}
            other => self.arrive(other),
        }
    }

    /// Puts answers on their connections and serves what they held up, until nothing moves.
    fn settle(&mut self) {
        loop {
            for (call, response) in core::mem::take(&mut self.answers) {
                self.complete(call, None, response);
            }
            match self.ready.pop_front() {
                Some((node, connection)) => self.pump(node, connection),
                None if self.answers.is_empty() => return,
                None => {}
            }
        }
    }

    /// Runs `work` on the coordinator of `group`, as this node sees it.
    ///
    /// # Errors
    /// NOT_COORDINATOR or COORDINATOR_LOAD_IN_PROGRESS.
    pub(crate) fn coordinate<R>(
        &mut self,
        node: NodeId,
        group: &GroupId,
        work: impl FnOnce(&mut Books<'_>) -> R,
    ) -> Result<R, ErrorCode> {
        let partition = self.partition_of(group);
        self.coordinate_shard(node, partition, work)
    }

    pub(crate) fn coordinate_shard<R>(
        &mut self,
        node: NodeId,
        partition: i32,
        work: impl FnOnce(&mut Books<'_>) -> R,
    ) -> Result<R, ErrorCode> {
        let shard = self
            .nodes
            .get_mut(&node)
            .and_then(|node| node.shards.get_mut(&partition))
            .ok_or(ErrorCode::NOT_COORDINATOR)?;
        shard.serves()?;
        let log = log_of(&mut self.coordinator_logs, partition).ok_or(ErrorCode::NOT_COORDINATOR)?;
        Ok(work(&mut shard.open(Desk {
            now: self.now,
            config: &self.config,
            rng: &mut self.rng,
            answers: &mut self.answers,
            log,
        })))
    }

    pub(crate) fn partition_of(&self, group: &GroupId) -> i32 {
        partition_for(group, self.config.offsets_topic_partitions)
    }
}

/// The log of a partition of the offsets topic.
fn log_of(logs: &mut [CoordinatorLog], partition: i32) -> Option<&mut CoordinatorLog> {
    logs.get_mut(usize::try_from(partition).ok()?)
}

//! One broker of the cluster: whether it runs, its connections, its coordinator shards, its parked fetches.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use kohort_protocol::{NodeId, Timestamp, TopicId, TopicName};

use crate::config::Config;
use crate::connections::{CallId, Connection};
use crate::coordinator::shard::Shard;
use crate::fetch::{FetchSessions, ParkedFetch};
use crate::input::{ArrivedRequest, ConnectionId, Input};
use crate::release::Release;
use crate::timers::Timers;

/// Whether a node runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Power {
    /// It serves.
    Running,
    /// It is halted: its connections stay open, it answers nothing, and its memory is as it was.
    Paused,
    /// It is dead.
    Stopped,
}

/// The timers of a node besides those of its shards.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum NodeTimer {
    /// A parked Fetch has waited long enough.
    Fetch(CallId),
    /// A request that a fault delays is served.
    Delayed(CallId),
}

#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) id: NodeId,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) power: Power,
    pub(crate) release: Release,
    /// It is on its way down, in order: it serves what it can, and leads nothing.
    pub(crate) leaving: bool,
    /// Whether the cluster counts it among the living. It learns of a death, or of a pause, only after a while.
    pub(crate) registered: bool,
    pub(crate) connections: BTreeMap<ConnectionId, Connection>,
    pub(crate) shards: BTreeMap<i32, Shard>,
    pub(crate) timers: Timers<NodeTimer>,
    pub(crate) fetch_sessions: FetchSessions,
    pub(crate) parked_fetches: BTreeMap<CallId, ParkedFetch>,
    pub(crate) delayed: BTreeMap<CallId, ArrivedRequest>,
    /// What arrived while it was paused.
    pub(crate) inbox: VecDeque<Input>,
    /// The topics that were deleted while it was paused.
    pub(crate) unheard: Vec<(TopicName, TopicId)>,
}

impl Node {
    pub(crate) fn new(id: NodeId, config: &Config) -> Self {
        Self {
            id,
            host: String::from("127.0.0.1"),
            port: 9092_u16.wrapping_add(u16::try_from(id.0).unwrap_or_default()),
            power: Power::Running,
            release: config.release,
            leaving: false,
            registered: true,
            connections: BTreeMap::new(),
            shards: BTreeMap::new(),
            timers: Timers::default(),
            fetch_sessions: FetchSessions::new(config.fetch_session_slots),
            parked_fetches: BTreeMap::new(),
            delayed: BTreeMap::new(),
            inbox: VecDeque::new(),
            unheard: Vec::new(),
        }
    }

    /// When something happens on it by itself. A paused node does nothing by itself.
    pub(crate) fn next_timer(&self) -> Option<Timestamp> {
        if self.power != Power::Running {
            return None;
        }
        let shards = self.shards.values().filter_map(Shard::next_timer);
        shards.chain(self.timers.next()).min()
    }

    pub(crate) fn client_host(&self, connection: ConnectionId) -> Arc<str> {
        self.connections
            .get(&connection)
            .map_or_else(|| Arc::from(""), |connection| connection.client_host.clone())
    }

    /// Everything that lives in memory is gone; the connections are the caller's to close.
    pub(crate) fn lose_memory(&mut self) {
        self.shards.clear();
        self.timers.clear();
        self.fetch_sessions.clear();
        self.parked_fetches.clear();
        self.delayed.clear();
        self.inbox.clear();
        self.unheard.clear();
    }
}

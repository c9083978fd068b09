//! What all clones of a client share: which connections there are and what each is for, where the brokers listen, and how long an
//! address that failed is left alone. Everything here is short and synchronous, under one lock; the bytes are the links' business.

use core::time::Duration;
use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kohort_protocol::api::Outgoing;
use kohort_protocol::{ConnectionConfig, ConnectionError, Lane, NodeId, Timestamp};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::address::Address;
use crate::backoff::Backoff;
use crate::config::ClientConfig;
use crate::error::{ClientError, Target};
use crate::link::Link;
use crate::metadata::Cache;
use crate::reply::{Command, PendingCall, Reply, Route, Serial};

/// A connection of the join lane that nobody borrows is closed after so long: members join in bursts.
const JOIN_IDLE: Duration = Duration::from_secs(10);

pub(crate) struct Hub {
    pub(crate) config: ClientConfig,
    pub(crate) metadata: Cache,
    seeds: Vec<Address>,
    start: Instant,
    runtime: Handle,
    serial: AtomicU64,
    state: Mutex<State>,
}

struct State {
    rng: fastrand::Rng,
    slots: BTreeMap<SlotKey, Vec<Slot>>,
    nodes: BTreeMap<NodeId, Address>,
    failing: BTreeMap<Address, Failing>,
    /// Whether any broker was ever reached: until then, an address list that fails as a whole is a wrong one.
    reached: bool,
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SlotKey {
    pub(crate) target: Target,
    pub(crate) lane: Lane,
    /// Fetch connections belong to one consumer: a long poll blocks its connection, and so does the session.
    pub(crate) port: Option<u64>,
}

impl SlotKey {
    pub(crate) const fn new(target: Target, lane: Lane, port: u64) -> Self {
        let port = match lane {
            Lane::Fetch | Lane::FetchOnce => Some(port),
            _ => None,
        };
        Self { target, lane, port }
    }

    /// Whether calls have the connection to themselves until they are answered: they may be parked.
    pub(crate) const fn is_exclusive(self) -> bool {
        match self.lane {
            Lane::Join => true,
            Lane::Fetch | Lane::FetchOnce => self.port.is_none(),
            _ => false,
        }
    }
}

struct Slot {
    id: Serial,
    commands: mpsc::UnboundedSender<Command>,
    /// Borrowed, for exclusive ones.
    busy: bool,
    /// Where it leads, or is being made to.
    at: Option<Address>,
}

struct Failing {
    failures: u32,
    retry_at: Instant,
}

impl State {
    fn forget(&mut self, key: SlotKey, id: Serial) {
        if let Some(slots) = self.slots.get_mut(&key) {
            slots.retain(|slot| slot.id != id);
            if slots.is_empty() {
                self.slots.remove(&key);
            }
        }
    }
}

impl Hub {
    pub(crate) fn new(config: ClientConfig) -> Result<Arc<Self>, ClientError> {
        let seeds = config.check()?;
        let runtime = Handle::try_current().map_err(|_| ClientError::NoRuntime)?;
        let seed = config
            .seed
            .unwrap_or_else(|| RandomState::new().build_hasher().finish());
        let state = State {
            rng: fastrand::Rng::with_seed(seed),
            slots: BTreeMap::new(),
            nodes: BTreeMap::new(),
            failing: BTreeMap::new(),
            reached: false,
        };
        Ok(Arc::new(Self {
            config,
            metadata: Cache::default(),
            seeds,
            start: Instant::now(),
            runtime,
            serial: AtomicU64::new(0),
            state: Mutex::new(state),
        }))
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::ZERO + self.start.elapsed()
    }

    pub(crate) const fn start(&self) -> Instant {
        self.start
    }

    pub(crate) fn serial(&self) -> Serial {
        Serial(self.serial.fetch_add(1, Ordering::Relaxed))
    }

    /// A panic under the lock leaves at worst a slot that is never freed.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands a call to the connection it belongs on, which is made if need be.
    pub(crate) fn send(
        self: &Arc<Self>,
        key: SlotKey,
        serial: Serial,
        request: Outgoing,
        timeout: Duration,
        reply: Reply,
    ) -> Route {
        let route = Route::default();
        let call = PendingCall {
            serial,
            request,
            at: self.now(),
            timeout,
            reply,
            route: route.clone(),
        };
        self.hand_over(&mut self.state(), key, call);
        route
    }

    fn hand_over(self: &Arc<Self>, state: &mut State, key: SlotKey, call: PendingCall) {
        let free = |slot: &&mut Slot| !(slot.commands.is_closed() || (key.is_exclusive() && slot.busy));
        let found = state
            .slots
            .get_mut(&key)
            .and_then(|slots| slots.iter_mut().find(free));
        let found = found.map(|slot| {
            slot.busy = true;
            slot.commands.clone()
        });
        let commands = found.unwrap_or_else(|| self.link(state, key));
        call.route.lead_to(&commands);
        // Under the lock a slot's task is still there to take it; if the runtime has ended it, the reply answers by itself.
        let _ = commands.send(Command::Call(call));
    }

    /// Gives a call up, wherever it is: under this lock it does not move.
    pub(crate) fn abandon(&self, route: &Route, serial: Serial) {
        let _still = self.state();
        route.abandon(serial);
    }

    /// A connection broke. Calls that were handed to it but that it never looked at go to another, as if they had been made a moment
    /// later: a request that follows the abandonment of another must not fail with it. Returns what was abandoned besides.
    pub(crate) fn reroute(
        self: &Arc<Self>,
        key: SlotKey,
        id: Serial,
        commands: &mut mpsc::UnboundedReceiver<Command>,
    ) -> Vec<Serial> {
        let mut state = self.state();
        state.forget(key, id);
        let (mut calls, mut abandoned) = (Vec::new(), Vec::new());
        while let Ok(command) = commands.try_recv() {
            match command {
                Command::Call(call) => calls.push(call),
                Command::Abandon(serial) => abandoned.push(serial),
                Command::Suspect { .. } => {}
            }
        }
        for call in calls {
            if abandoned.contains(&call.serial) {
                call.reply.abandon();
            } else {
                self.hand_over(&mut state, key, call);
            }
        }
        abandoned
    }

    fn link(self: &Arc<Self>, state: &mut State, key: SlotKey) -> mpsc::UnboundedSender<Command> {
        let (sender, commands) = mpsc::unbounded_channel();
        let id = self.serial();
        let slots = state.slots.entry(key).or_default();
        slots.retain(|slot| !slot.commands.is_closed());
        slots.push(Slot {
            id,
            commands: sender.clone(),
            busy: true,
            at: None,
        });
        let link = Link::new(self, key, id, commands);
        self.runtime.spawn(link.run());
        sender
    }

    pub(crate) fn connection_config(&self) -> ConnectionConfig {
        ConnectionConfig {
            client_id: self.config.client_id.clone(),
            max_frame_size: self.config.max_frame_size,
            handshake_timeout: self.config.socket_connection_setup_timeout,
            ..ConnectionConfig::default()
        }
    }

    pub(crate) fn idle_time(&self, key: SlotKey) -> Duration {
        let max = self.config.connections_max_idle;
        if key.is_exclusive() {
            max.min(JOIN_IDLE)
        } else {
            max
        }
    }

    /// An exclusive connection may be borrowed again, unless it just was: calls are only handed over under this same lock.
    pub(crate) fn free(&self, key: SlotKey, id: Serial, commands: &mpsc::UnboundedReceiver<Command>) {
        let mut state = self.state();
        if let Some(slots) = state.slots.get_mut(&key)
            && commands.is_empty()
        {
            slots
                .iter_mut()
                .filter(|slot| slot.id == id)
                .for_each(|slot| slot.busy = false);
        }
    }

    /// Forgets a connection unless a call is on its way to it. When this returns true, none can come any more.
    pub(crate) fn retire(
        &self,
        key: SlotKey,
        id: Serial,
        commands: &mpsc::UnboundedReceiver<Command>,
    ) -> bool {
        let mut state = self.state();
        if !commands.is_empty() {
            return false;
        }
        state.forget(key, id);
        true
    }

    /// Lets the fetch connections of a port go.
    pub(crate) fn close_port(&self, port: u64) {
        self.state().slots.retain(|key, _| key.port != Some(port));
    }

    #[cfg(test)]
    pub(crate) fn connections(&self) -> usize {
        self.state().slots.values().map(Vec::len).sum()
    }
}

/// Where brokers listen, and which addresses failed lately.
impl Hub {
    pub(crate) fn learn(&self, node: NodeId, address: Address) {
        self.state().nodes.insert(node, address);
    }

    /// Replaces what is known, except for brokers that we are connected to: a broker with stale metadata may not list them yet.
    pub(crate) fn learn_all(&self, listed: BTreeMap<NodeId, Address>) {
        let mut state = self.state();
        let State { slots, nodes, .. } = &mut *state;
        nodes.retain(|node, _| slots.keys().any(|key| key.target == Target::Node(*node)));
        nodes.extend(listed);
    }

    /// REBOOTSTRAP_REQUIRED (KIP-1102): begin again at the bootstrap servers.
    pub(crate) fn rebootstrap(&self) {
        let mut state = self.state();
        state.nodes.clear();
        state.slots.retain(|key, _| key.target != Target::Any);
    }

    pub(crate) fn address(&self, node: NodeId) -> Option<Address> {
        self.state().nodes.get(&node).cloned()
    }

    pub(crate) fn known_nodes(&self) -> Vec<NodeId> {
        self.state().nodes.keys().copied().collect()
    }

    /// The addresses for "any broker", in the order to try: known brokers shuffled, then the bootstrap servers shuffled, so that a
    /// cluster that moved as a whole is found again (KIP-899); those that failed and were not reached since go last: a stopped
    /// broker still accepts connections, and each try at it takes the whole setup time-out.
    pub(crate) fn any(&self) -> Vec<Address> {
        let mut state = self.state();
        let mut known: Vec<_> = state.nodes.values().cloned().collect();
        let mut seeds = self.seeds.clone();
        state.rng.shuffle(&mut known);
        state.rng.shuffle(&mut seeds);
        let mut addresses = Vec::new();
        for address in known.into_iter().chain(seeds) {
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        addresses.sort_by_key(|address| state.failing.get(address).map(|failing| failing.retry_at));
        addresses
    }

    /// How long to leave an address alone, and how long a connection attempt may then take.
    pub(crate) fn patience(&self, address: &Address) -> (Instant, Duration) {
        let mut state = self.state();
        let State { failing, rng, .. } = &mut *state;
        let (failures, retry_at) = match failing.get(address) {
            Some(failing) => (failing.failures, failing.retry_at),
            None => (0, Instant::now()),
        };
        let setup = Backoff {
            first: self.config.socket_connection_setup_timeout,
            max: self.config.socket_connection_setup_timeout_max,
        };
        (retry_at, setup.after(failures.saturating_add(1), rng))
    }

    pub(crate) fn reached(&self, address: &Address) {
        let mut state = self.state();
        state.failing.remove(address);
        state.reached = true;
    }

    pub(crate) fn was_ever_reached(&self) -> bool {
        self.state().reached
    }

    pub(crate) fn failed(&self, address: &Address) {
        let reconnect = Backoff {
            first: self.config.reconnect_backoff,
            max: self.config.reconnect_backoff_max,
        };
        let mut state = self.state();
        let State { failing, rng, .. } = &mut *state;
        let now = Instant::now();
        // An address nobody tried again for an hour says nothing any more; this also bounds the map.
        failing.retain(|_, failing| now.duration_since(failing.retry_at) < Duration::from_secs(3600));
        let failures = failing
            .get(address)
            .map_or(0, |failing| failing.failures)
            .saturating_add(1);
        let retry_at = now + reconnect.after(failures, rng);
        failing.insert(address.clone(), Failing { failures, retry_at });
    }

    pub(crate) fn leads_to(&self, key: SlotKey, id: Serial, address: &Address) {
        let mut state = self.state();
        let slots = state.slots.get_mut(&key).into_iter().flatten();
        slots
            .filter(|slot| slot.id == id)
            .for_each(|slot| slot.at = Some(address.clone()));
    }

    /// A request to this address got no answer within `after`. A stopped broker, or a network that swallows packets, breaks no
    /// connection: look-ups and fetches on others would wait out their own, much longer time-outs while the group goes on without
    /// us. So all that were silent too are given up; not parked joins, for which silence means nothing.
    pub(crate) fn hangs(&self, address: &Address, after: Duration, error: &ConnectionError) {
        self.failed(address);
        self.metadata.doubt();
        let since = Instant::now().checked_sub(after / 2).unwrap_or(self.start);
        let state = self.state();
        let others = state.slots.iter().filter(|(key, _)| key.lane != Lane::Join);
        for slot in others.flat_map(|(_, slots)| slots) {
            if slot.at.as_ref() == Some(address) {
                let reason = format!("{address} hangs: {error}");
                // A connection that has ended needs no warning.
                let _ = slot.commands.send(Command::Suspect { since, reason });
            }
        }
    }

    pub(crate) fn retry_pause(&self, failures: u32) -> Duration {
        let retry = Backoff {
            first: self.config.retry_backoff,
            max: self.config.retry_backoff_max,
        };
        retry.after(failures, &mut self.state().rng)
    }
}

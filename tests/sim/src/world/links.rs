//! Links: the connections of each process to each node, one for each lane, as the wire client keeps them, and how they end.
//!
//! What was sent before its process resets a connection still arrives. A silent link holds everything back, the reset too, and lets it pass
//! when it speaks again (TCP sends again) unless the sender gave up meanwhile. What travels on them: `requests` and `answers`.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use kohort_broker::{ArrivedRequest, Closing, ConnectionId, Input as ToCluster, SERVED};
use kohort_group::member::{Failure, Token};
use kohort_protocol::api::api_versions::ApiVersion;
use kohort_protocol::api::{Request, Versions};
use kohort_protocol::{ApiKey, Lane, NodeId, Timestamp};

use super::{Later, World};
use crate::history::{Process, What};

/// The end of a connection between two messages.
pub(super) const CLOSED: &str = "the broker closed the connection";

/// A request that waits for its answer. Without a token it is the driver's metadata request.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) token: Option<Token>,
    pub(super) node: NodeId,
    pub(super) version: Option<i16>,
    pub(super) request: Rc<Request>,
    pub(super) sent: Timestamp,
}

/// A connection, until its process gives it up.
pub(super) struct Line {
    pub(super) index: usize,
    pub(super) node: NodeId,
    pub(super) lane: Lane,
    /// What its node said when it was opened.
    pub(super) versions: Versions,
    /// It leads to the process that its node was then.
    pub(super) start: u32,
    pub(super) open: BTreeMap<i32, Asked>,
    /// Nothing overtakes anything.
    pub(super) out_until: Timestamp,
    pub(super) in_until: Timestamp,
    /// Its process sends nothing until then: a broker asked for it (KIP-219).
    pub(super) silent_until: Timestamp,
    /// Its node has closed it, or been told of its end, and its process has not heard of that yet.
    pub(super) is_closed: bool,
}

/// A connection, as long as its node may know it.
pub(super) struct Opened {
    /// Whose it is.
    pub(super) index: usize,
    /// When anything passed last.
    pub(super) used: Timestamp,
}

/// A commit that hangs on its way.
pub(super) struct Hanging {
    pub(super) index: usize,
    pub(super) start: u32,
    pub(super) request: ArrivedRequest,
    pub(super) sent: Timestamp,
}

/// See the head of this file.
#[derive(Default)]
pub(super) struct Links {
    pub(super) lines: BTreeMap<ConnectionId, Line>,
    pub(super) opened: BTreeMap<ConnectionId, Opened>,
    /// Requests that left a process.
    pub(super) sent: BTreeMap<ApiKey, u64>,
    /// How often each node was started again.
    pub(super) starts: BTreeMap<NodeId, u32>,
    connections: u64,
    pub(super) correlations: i32,
    pub(super) hanging: BTreeMap<u64, Hanging>,
    pub(super) hung: u64,
}

impl Links {
    pub(super) fn start_of(&self, node: NodeId) -> u32 {
        self.starts.get(&node).copied().unwrap_or(0)
    }
}

impl World {
    /// What a node says it speaks.
    fn offered(&self, node: NodeId) -> Versions {
        let release = self.cluster.release(node).unwrap_or_default();
        let offer = |api: &ApiKey| {
            let range = release.versions(*api)?;
            Some(ApiVersion {
                api_key: api.number(),
                min_version: range.min,
                max_version: range.max,
            })
        };
        let offers: Vec<ApiVersion> = SERVED.iter().filter_map(offer).collect();
        Versions::new(&offers)
    }

    pub(super) fn new_connection(&mut self) -> ConnectionId {
        self.links.connections += 1;
        ConnectionId(self.links.connections)
    }

    pub(super) fn open_at_node(&mut self, node: NodeId, connection: ConnectionId) {
        self.tell_cluster(ToCluster::Opened {
            node,
            connection,
            client_host: "/127.0.0.1".into(),
        });
    }

    pub(super) fn latency(&mut self, index: usize) -> Duration {
        let lag = self.disturbances.lag(self.agents[index].member, self.now);
        let rng = &mut self.agents[index].rng;
        let base = Duration::from_micros(rng.u64(200..3000));
        lag.map_or(base, |lag| {
            base + Duration::from_micros(rng.u64(..=u64::try_from(lag.as_micros()).unwrap_or(0)))
        })
    }

    /// Until when no byte passes.
    pub(super) fn silent_until(&self, index: usize, node: NodeId) -> Option<Timestamp> {
        self.disturbances
            .silent_until(self.agents[index].member, node, self.now)
    }

    pub(super) fn line_for(&mut self, index: usize, node: NodeId, lane: Lane) -> ConnectionId {
        if lane != Lane::Join
            && let Some(&connection) = self.agents[index].lines.get(&(node, lane))
        {
            return connection;
        }
        let connection = self.new_connection();
        let versions = self.offered(node);
        let versions = self.doors.offered(self.now, Process(index), versions);
        let line = Line {
            index,
            node,
            lane,
            versions,
            start: self.links.start_of(node),
            open: BTreeMap::new(),
            out_until: self.now,
            in_until: self.now,
            silent_until: Timestamp::ZERO,
            is_closed: false,
        };
        self.links.lines.insert(connection, line);
        if lane != Lane::Join {
            self.agents[index].lines.insert((node, lane), connection);
        }
        connection
    }

    // ---- the end of a connection

    pub(super) fn broken(&mut self, connection: ConnectionId, why: String) {
        if let Some(Later::Broken(_, why)) = self.hold_back(connection, Later::Broken(connection, why)) {
            self.give_up(connection, &why);
        }
    }

    pub(super) fn abandon(&mut self, index: usize, token: Token) {
        let Some(connection) = self.agents[index].tokens.remove(&token) else {
            return;
        };
        let Some(line) = self.links.lines.get_mut(&connection) else {
            return;
        };
        let found = line.open.iter().find(|(_, asked)| asked.token == Some(token));
        let Some(correlation) = found.map(|(&correlation, _)| correlation) else {
            return;
        };
        if let Some(asked) = line.open.remove(&correlation) {
            let request = &*asked.request;
            self.see(Some(Process(index)), &What::Abandoned { request });
        }
        self.give_up(connection, "given up with another request");
    }

    /// The process gives up a connection by reset: whoever waits on it is told.
    pub(super) fn give_up(&mut self, connection: ConnectionId, why: &str) {
        let Some(line) = self.links.lines.remove(&connection) else {
            return;
        };
        self.agents[line.index].lines.remove(&(line.node, line.lane));
        let at = line.out_until.max(self.now) + Duration::from_micros(500);
        // A commit that hangs has left the connection already, as far as this reset is concerned.
        let hangs = self
            .links
            .hanging
            .values()
            .any(|hanging| hanging.request.connection == connection);
        let at = if hangs { self.now } else { at };
        self.plan_at(at, Later::Ended(line.node, connection, Closing::Reset));
        for asked in line.open.into_values() {
            let failure = Failure::Disconnected(why.into());
            self.plan_at(self.now, Later::Tell(line.index, asked, failure));
        }
    }

    /// Its end reaches the node.
    pub(super) fn ended(&mut self, node: NodeId, connection: ConnectionId, how: Closing) {
        let opened = self.links.opened.get(&connection);
        if let Some(until) = opened.and_then(|opened| self.silent_until(opened.index, node)) {
            return self.plan_at(until, Later::Ended(node, connection, how));
        }
        self.close_at_node(node, connection, how);
    }

    pub(super) fn close_at_node(&mut self, node: NodeId, connection: ConnectionId, how: Closing) {
        if let Some(line) = self.links.lines.get_mut(&connection) {
            line.is_closed = true;
        }
        if self.links.opened.remove(&connection).is_some() {
            self.tell_cluster(ToCluster::Closed {
                node,
                connection,
                how,
            });
        }
    }

    /// A process is gone: its system closes what it had open, by reset.
    pub(super) fn hang_up(&mut self, index: usize) {
        let of_it = self.links.lines.iter().filter(|(_, line)| line.index == index);
        let connections: Vec<ConnectionId> = of_it.map(|(&connection, _)| connection).collect();
        for connection in connections {
            if let Some(line) = self.links.lines.remove(&connection) {
                let at = line.out_until.max(self.now) + Duration::from_micros(500);
                self.plan_at(at, Later::Ended(line.node, connection, Closing::Reset));
            }
        }
        self.agents[index].lines.clear();
        self.rest_until(index, None);
    }

    /// The network breaks the connections between a process and a node, and tells both.
    pub(super) fn cut(&mut self, index: usize, node: NodeId) {
        let of_it = self
            .links
            .lines
            .iter()
            .filter(|(_, line)| line.index == index && line.node == node);
        let connections: Vec<ConnectionId> = of_it.map(|(&connection, _)| connection).collect();
        for connection in connections {
            self.close_at_node(node, connection, Closing::Reset);
            self.broken(connection, CLOSED.to_owned());
        }
    }
}

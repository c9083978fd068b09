//! Links: the connections of each process to each node, one for each lane, as the wire client keeps them.
//!
//! A message takes a while and never overtakes another on its connection. What was sent before a reset still arrives. A silent link
//! holds everything back, the reset too, and lets it pass when it speaks again (TCP sends again) unless the sender gave up meanwhile.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use kohort_broker::{ArrivedRequest, Closing, ConnectionId, Input as ToCluster, Output as FromCluster};
use kohort_group::member::{Failure, Input, Target, Token};
use kohort_protocol::api::{Outgoing, Request, Response};
use kohort_protocol::{ApiKey, Lane, NodeId, Timestamp};

use super::agent::Life;
use super::{Later, World};
use crate::history::{Process, What};

/// A request that waits for its answer. Without a token it is the driver's metadata request.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) token: Option<Token>,
    pub(super) request: Rc<Request>,
    pub(super) sent: Timestamp,
}

/// A connection, until its process gives it up.
struct Line {
    index: usize,
    node: NodeId,
    lane: Lane,
    open: BTreeMap<i32, Asked>,
    /// Nothing overtakes anything.
    out_until: Timestamp,
    in_until: Timestamp,
}

/// A commit that hangs on its way.
struct Hanging {
    index: usize,
    request: ArrivedRequest,
}

/// See the head of this file.
#[derive(Default)]
pub(super) struct Links {
    lines: BTreeMap<ConnectionId, Line>,
    /// Which process a connection was of, as long as its node may know it.
    owners: BTreeMap<ConnectionId, usize>,
    /// Requests that left a process.
    sent: BTreeMap<ApiKey, u64>,
    connections: u64,
    correlations: i32,
    hanging: BTreeMap<u64, Hanging>,
    hung: u64,
}

/// A newer commit that was acknowledged is followed by an older one that hung after at most so long: measured on real brokers, and
/// what the machine's second try is made for.
const LATEST_LANDING: Duration = Duration::from_millis(400);

impl World {
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

    fn latency(&mut self, index: usize) -> Duration {
        let lag = self.disturbances.lag(self.agents[index].member, self.now);
        let rng = &mut self.agents[index].rng;
        let base = Duration::from_micros(rng.u64(200..3000));
        lag.map_or(base, |lag| {
            base + Duration::from_micros(rng.u64(..=u64::try_from(lag.as_micros()).unwrap_or(0)))
        })
    }

    /// Until when no byte passes.
    fn silent_until(&self, index: usize, node: NodeId) -> Option<Timestamp> {
        self.disturbances
            .silent_until(self.agents[index].member, node, self.now)
    }

    // ---- out

    /// How many requests of an API all processes together have sent so far.
    #[must_use]
    pub fn sent(&self, api: ApiKey) -> u64 {
        self.links.sent.get(&api).copied().unwrap_or(0)
    }

    pub(super) fn send(
        &mut self,
        index: usize,
        token: Option<Token>,
        to: Target,
        lane: Lane,
        request: Outgoing,
        timeout: Duration,
    ) {
        let node = match to {
            Target::Node(node) => node,
            Target::Any => NodeId(self.agents[index].rng.i32(1..=3)),
        };
        self.see(
            Some(Process(index)),
            &What::Sent {
                token,
                node,
                request: &request,
                timeout,
            },
        );
        *self.links.sent.entry(request.api()).or_default() += 1;
        let connection = self.line_for(index, node, lane);
        self.links.correlations += 1;
        let correlation_id = self.links.correlations;
        let version = version(request.api(), self.by_id);
        let client_id = Some(format!("member-{}", self.agents[index].member));
        let (carried, kept) = self.carried(version, correlation_id, client_id.as_deref(), request);
        if let Some(token) = token {
            self.agents[index].tokens.insert(token, connection);
        }
        let sent = self.now;
        let asked = Asked {
            token,
            request: Rc::new(kept),
            sent,
        };
        let request = ArrivedRequest {
            node,
            connection,
            correlation_id,
            version,
            client_id,
            request: carried,
        };
        self.depart(index, connection, correlation_id, asked, request);
        self.plan_in(timeout, Later::TimedOut(connection, correlation_id));
    }

    /// What travels, and what is remembered of it.
    fn carried(
        &mut self,
        version: i16,
        correlation: i32,
        client: Option<&str>,
        request: Outgoing,
    ) -> (Request, Request) {
        let carried = match &mut self.wire {
            None => (*request).clone(),
            Some(wire) => wire.request(version, correlation, client, &request),
        };
        (carried, request.into_request())
    }

    fn depart(
        &mut self,
        index: usize,
        connection: ConnectionId,
        correlation_id: i32,
        asked: Asked,
        request: ArrivedRequest,
    ) {
        let latency = self.latency(index);
        let held = match request.request {
            Request::OffsetCommit(_) => self.disturbances.take_late_commit(self.agents[index].member),
            _ => None,
        };
        let Some(line) = self.links.lines.get_mut(&connection) else {
            return;
        };
        line.open.insert(correlation_id, asked);
        line.out_until = line.out_until.max(self.now + latency + held.unwrap_or_default());
        let at = line.out_until;
        if held.is_none() {
            return self.plan_at(at, Later::Arrive(request, false));
        }
        self.links.hung += 1;
        let number = self.links.hung;
        self.links.hanging.insert(number, Hanging { index, request });
        self.plan_at(at, Later::Land(number));
    }

    fn line_for(&mut self, index: usize, node: NodeId, lane: Lane) -> ConnectionId {
        if lane != Lane::Join
            && let Some(&connection) = self.agents[index].lines.get(&(node, lane))
        {
            return connection;
        }
        let connection = self.new_connection();
        let line = Line {
            index,
            node,
            lane,
            open: BTreeMap::new(),
            out_until: self.now,
            in_until: self.now,
        };
        self.links.lines.insert(connection, line);
        if lane != Lane::Join {
            self.agents[index].lines.insert((node, lane), connection);
        }
        connection
    }

    /// `waited`: it was held back by a silent link, so that a sender who gave up has not sent it again.
    pub(super) fn arrive(&mut self, request: ArrivedRequest, waited: bool) {
        let (node, connection) = (request.node, request.connection);
        let owner = self.links.lines.get(&connection).map(|line| line.index);
        let index = owner.or_else(|| self.links.owners.get(&connection).copied());
        let Some(index) = index.filter(|_| owner.is_some() || !waited) else {
            return; // given up before it was opened
        };
        if let Some(until) = self.silent_until(index, node) {
            if owner.is_some() {
                self.plan_at(until, Later::Arrive(request, true));
            }
            return;
        }
        if self.links.owners.insert(connection, index).is_none() {
            self.open_at_node(node, connection);
        }
        self.see(None, &What::Arrived { request: &request });
        self.tell_cluster(ToCluster::Request(request));
    }

    /// A commit that hung arrives: on its connection if that still stands, else as one that its broker had read long ago.
    pub(super) fn land(&mut self, number: u64) {
        let Some(Hanging { index, mut request }) = self.links.hanging.remove(&number) else {
            return;
        };
        if self.links.lines.contains_key(&request.connection) {
            return self.arrive(request, false);
        }
        request.connection = self.new_connection();
        self.links.owners.insert(request.connection, index);
        self.open_at_node(request.node, request.connection);
        self.see(None, &What::Arrived { request: &request });
        self.tell_cluster(ToCluster::Request(request));
    }

    /// A newer commit is acknowledged: what hangs and was given up lands soon or never.
    fn hurry_what_hangs(&mut self, index: usize) {
        let lines = &self.links.lines;
        let is_late =
            |hanging: &Hanging| hanging.index == index && !lines.contains_key(&hanging.request.connection);
        let late: Vec<u64> = self
            .links
            .hanging
            .iter()
            .filter(|(_, hanging)| is_late(hanging))
            .map(|(&number, _)| number)
            .collect();
        for number in late {
            let span = self.agents[index]
                .rng
                .u64(..u64::try_from(LATEST_LANDING.as_millis()).unwrap_or(1));
            self.plan_in(Duration::from_millis(span), Later::Land(number));
        }
    }

    // ---- in

    /// What the cluster says begins its way.
    pub(super) fn carry(&mut self, output: FromCluster) {
        match output {
            FromCluster::Reply {
                connection,
                correlation_id,
                version,
                response,
                ..
            } => {
                let Some(line) = self.links.lines.get(&connection) else {
                    return;
                };
                let Some(asked) = line.open.get(&correlation_id).cloned() else {
                    return;
                };
                let index = line.index;
                self.see(
                    None,
                    &What::Replied {
                        request: &asked.request,
                        response: &response,
                    },
                );
                if matches!(response, Response::OffsetCommit(_)) {
                    self.hurry_what_hangs(index);
                }
                let response = match &mut self.wire {
                    None => response,
                    Some(wire) => wire.response(version, correlation_id, &response),
                };
                let at = self.now + self.latency(index);
                if let Some(line) = self.links.lines.get_mut(&connection) {
                    line.in_until = line.in_until.max(at);
                    let at = line.in_until;
                    self.plan_at(at, Later::Respond(connection, correlation_id, response));
                }
            }
            FromCluster::Close { connection, .. } => {
                self.links.owners.remove(&connection);
                if let Some(line) = self.links.lines.get(&connection) {
                    let at = line.in_until.max(self.now);
                    let index = line.index;
                    let at = at + self.latency(index);
                    self.plan_at(at, Later::Broken(connection));
                }
            }
            _ => {}
        }
    }

    /// Where something that arrives for a process must wait, if it must.
    fn hold_back(&mut self, connection: ConnectionId, later: Later) -> Option<Later> {
        let line = self.links.lines.get(&connection)?;
        let (index, node) = (line.index, line.node);
        if let Some(until) = self.silent_until(index, node) {
            self.plan_at(until, later);
            return None;
        }
        match self.agents[index].life {
            Life::Running => Some(later),
            Life::Frozen => {
                self.agents[index].mail.push(later);
                None
            }
            Life::Dead | Life::Closed => None,
        }
    }

    pub(super) fn respond(&mut self, connection: ConnectionId, correlation: i32, response: Response) {
        let later = Later::Respond(connection, correlation, response);
        let Some(Later::Respond(_, _, response)) = self.hold_back(connection, later) else {
            return;
        };
        let Some(line) = self.links.lines.get_mut(&connection) else {
            return;
        };
        let Some(asked) = line.open.remove(&correlation) else {
            return;
        };
        let index = line.index;
        if line.lane == Lane::Join {
            let node = line.node;
            self.links.lines.remove(&connection);
            self.close_at_node(node, connection, Closing::Fin);
        }
        self.answer(index, &asked, Ok(response));
    }

    pub(super) fn broken(&mut self, connection: ConnectionId) {
        if self.hold_back(connection, Later::Broken(connection)).is_some() {
            self.give_up(connection, "the broker closed the connection");
        }
    }

    pub(super) fn timed_out(&mut self, connection: ConnectionId, correlation: i32) {
        let line = self.links.lines.get_mut(&connection);
        let Some(line) = line.filter(|line| line.open.contains_key(&correlation)) else {
            return;
        };
        let index = line.index;
        match self.agents[index].life {
            Life::Running => {}
            Life::Frozen => {
                return self.agents[index]
                    .mail
                    .push(Later::TimedOut(connection, correlation));
            }
            Life::Dead | Life::Closed => return,
        }
        let asked = line.open.remove(&correlation);
        self.give_up(connection, "given up with another request");
        if let Some(asked) = asked {
            self.answer(index, &asked, Err(Failure::TimedOut));
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
        self.plan_at(at, Later::Reset(line.node, connection));
        for asked in line.open.into_values() {
            let failure = Failure::Disconnected(why.into());
            self.plan_at(self.now, Later::Tell(line.index, asked, failure));
        }
    }

    pub(super) fn reset_arrives(&mut self, node: NodeId, connection: ConnectionId) {
        let Some(&index) = self.links.owners.get(&connection) else {
            return;
        };
        if let Some(until) = self.silent_until(index, node) {
            return self.plan_at(until, Later::Reset(node, connection));
        }
        self.close_at_node(node, connection, Closing::Reset);
    }

    fn close_at_node(&mut self, node: NodeId, connection: ConnectionId, how: Closing) {
        if self.links.owners.remove(&connection).is_some() {
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
                self.plan_at(at, Later::Reset(line.node, connection));
            }
        }
        self.agents[index].lines.clear();
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
            self.broken(connection);
        }
    }

    pub(super) fn answer(&mut self, index: usize, asked: &Asked, reply: Result<Response, Failure>) {
        if self.agents[index].life != Life::Running {
            if self.agents[index].life == Life::Frozen
                && let Err(failure) = reply
            {
                self.agents[index]
                    .mail
                    .push(Later::Tell(index, asked.clone(), failure));
            }
            return;
        }
        let (request, sent) = (&*asked.request, asked.sent);
        self.see(
            Some(Process(index)),
            &What::Answered {
                request,
                reply: reply.as_ref(),
                sent,
            },
        );
        let Some(token) = asked.token else {
            let metadata = reply.and_then(|response| match response {
                Response::Metadata(metadata) => Ok(metadata),
                other => Err(Failure::Malformed(format!(
                    "metadata was answered by {}",
                    other.api()
                ))),
            });
            return self.give(index, Input::Metadata(metadata));
        };
        self.agents[index].tokens.remove(&token);
        let input = match reply {
            Ok(Response::Fetch(fetch)) => Input::Fetched {
                token,
                reply: Ok(self.agents[index].inbox.put(fetch, true)),
            },
            Err(failure) if request.api() == ApiKey::Fetch => Input::Fetched {
                token,
                reply: Err(failure),
            },
            reply => Input::Reply { token, reply },
        };
        self.give(index, input);
        let bytes = self.agents[index].inbox.bytes();
        if bytes > 0 {
            self.see(Some(Process(index)), &What::Buffered { bytes });
        }
    }
}

/// The versions that a client and these brokers agree upon. `by_id`: brokers from 4.2 on, whose commits name topics by id alone.
const fn version(api: ApiKey, by_id: bool) -> i16 {
    match api {
        ApiKey::OffsetCommit | ApiKey::OffsetFetch if by_id => 10,
        ApiKey::JoinGroup | ApiKey::OffsetCommit | ApiKey::OffsetFetch => 9,
        ApiKey::SyncGroup | ApiKey::LeaveGroup => 5,
        ApiKey::Heartbeat | ApiKey::FindCoordinator => 4,
        ApiKey::ListOffsets => 8,
        ApiKey::Fetch => 13,
        ApiKey::Metadata => 12,
        _ => 0,
    }
}

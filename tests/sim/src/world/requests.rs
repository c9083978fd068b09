//! Requests on their way: from a process to a node. A message takes a while and never overtakes another on its connection.

use std::rc::Rc;
use std::time::Duration;

use kohort_broker::{ArrivedRequest, ConnectionId, Input as ToCluster, Release};
use kohort_group::member::{Failure, Target, Token};
use kohort_protocol::api::{Outgoing, Request};
use kohort_protocol::{ApiKey, Lane, NodeId};

use super::links::{Asked, Hanging};
use super::tear::Torn;
use super::{Later, World};
use crate::history::{Process, What};
use crate::sometimes::{HUNG, Situation};

/// A newer commit that was acknowledged is followed by an older one that hung after at most so long. Its broker may be slow with it
/// besides (`FaultAction::Delay`, at most 400 ms). Both together end before the half second after which the machine sends the newest
/// again, as on real brokers.
const LATEST_LANDING: Duration = Duration::from_millis(95);

impl World {
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
        let connection = self.line_for(index, node, lane);
        let version = self.version_on(connection, &request);
        self.see(
            Some(Process(index)),
            &What::Sent {
                token,
                node,
                version: version.as_ref().ok().copied(),
                request: &request,
                timeout,
            },
        );
        if let Some(token) = token {
            self.agents[index].tokens.insert(token, connection);
        }
        self.links.correlations += 1;
        let correlation_id = self.links.correlations;
        let client_id = Some(format!("member-{}", self.agents[index].member));
        let carried = version.and_then(|version| {
            let carried = self.carried(version, correlation_id, client_id.as_deref(), &request)?;
            Ok((version, carried))
        });
        let api = request.api();
        let mut asked = Asked {
            token,
            node,
            version: None,
            request: Rc::new(request.into_request()),
            sent: self.now,
        };
        let (version, carried) = match carried {
            Ok(carried) => carried,
            Err(reason) => return self.cannot_leave(index, connection, asked, reason),
        };
        *self.links.sent.entry(api).or_default() += 1;
        asked.version = Some(version);
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

    /// As the wire client chooses it.
    fn version_on(&self, connection: ConnectionId, request: &Request) -> Result<i16, String> {
        let line = self.links.lines.get(&connection);
        let line = line.expect("a line that was just looked up");
        line.versions
            .version_for(request)
            .map_err(|none| none.to_string())
    }

    /// Its broker is too old for it: the wire client says so at once, and keeps the connection.
    fn cannot_leave(&mut self, index: usize, connection: ConnectionId, asked: Asked, reason: String) {
        let line = self.links.lines.get(&connection);
        if line.is_some_and(|line| line.lane == Lane::Join) {
            self.links.lines.remove(&connection);
        }
        self.plan_at(self.now, Later::Tell(index, asked, Failure::Unsupported(reason)));
    }

    /// What travels.
    fn carried(
        &mut self,
        version: i16,
        correlation: i32,
        client: Option<&str>,
        request: &Outgoing,
    ) -> Result<Request, String> {
        if self.go_as_bytes(request.api(), version) {
            self.wire.request(version, correlation, client, request)
        } else {
            Ok((**request).clone())
        }
    }

    /// Whether such a message travels as bytes: what an old version does not carry must not arrive.
    pub(super) fn go_as_bytes(&self, api: ApiKey, version: i16) -> bool {
        let of_today = Release::V4_0.versions(api);
        self.plan.bytes || of_today.is_none_or(|today| version < today.max)
    }

    fn depart(
        &mut self,
        index: usize,
        connection: ConnectionId,
        correlation_id: i32,
        asked: Asked,
        request: ArrivedRequest,
    ) {
        let torn = self.tears(index, request.request.api(), false);
        let latency = self.latency(index) + self.hang(index, connection, &request);
        let held = match request.request {
            Request::OffsetCommit(_) if torn.is_none() => {
                self.disturbances.take_late_commit(self.agents[index].member)
            }
            _ => None,
        };
        let Some(line) = self.links.lines.get_mut(&connection) else {
            return;
        };
        let start = line.start;
        line.open.insert(correlation_id, asked);
        let sent = self.now.max(line.silent_until);
        // What is given up while it is held back never leaves.
        let waits = sent > self.now;
        line.out_until = line.out_until.max(sent + latency + held.unwrap_or_default());
        let at = line.out_until;
        if let Some(how) = torn {
            let torn = Torn {
                index,
                node: request.node,
                connection,
                version: request.version,
                request: &request.request,
                response: None,
            };
            return self.tear(&torn, at, how);
        }
        if held.is_none() || waits {
            return self.plan_at(at, Later::Arrive(request, waits));
        }
        self.links.hung += 1;
        let number = self.links.hung;
        let hanging = Hanging {
            index,
            start,
            request,
            sent,
        };
        self.links.hanging.insert(number, hanging);
        self.plan_at(at, Later::Land(number));
    }

    /// How long a request hangs. Its connection stands already, or what is given up meanwhile would never arrive.
    fn hang(&mut self, index: usize, connection: ConnectionId, request: &ArrivedRequest) -> Duration {
        let hold = self.take_hang(index, request.request.api(), false);
        let is_new = !self.links.opened.contains_key(&connection);
        if hold > Duration::ZERO && is_new && self.silent_until(index, request.node).is_none() {
            self.use_at_node(index, request.node, connection);
        }
        hold
    }

    /// `waited`: it was held back by a silent link, so that a sender who gave up has not sent it again.
    pub(super) fn arrive(&mut self, request: ArrivedRequest, waited: bool) {
        let (node, connection) = (request.node, request.connection);
        let line = self.links.lines.get(&connection);
        if line.is_some_and(|line| line.is_closed) {
            // Nobody listens any more, and its sender is about to hear of that.
            return self.sometimes.reached(Situation::ClosedUnheard);
        }
        let owner = line.map(|line| line.index);
        let opened = self.links.opened.get(&connection);
        let index = owner.or_else(|| opened.map(|opened| opened.index));
        let Some(index) = index.filter(|_| owner.is_some() || !waited) else {
            return; // given up before it was opened
        };
        if let Some(until) = self.silent_until(index, node) {
            if owner.is_some() {
                self.plan_at(until, Later::Arrive(request, true));
            }
            return;
        }
        let leads_to = self.links.lines.get(&connection).map(|line| line.start);
        if leads_to.is_some_and(|start| start != self.links.start_of(node)) {
            // Whom it led to is gone, and who is there now has never heard of it.
            return self.closed_by_node(connection);
        }
        self.sometimes
            .reached_if(owner.is_none(), Situation::GivenUpAndArrived);
        self.use_at_node(index, node, connection);
        self.see(None, &What::Arrived { request: &request });
        self.tell_cluster(ToCluster::Request(request));
    }

    /// A commit that hung arrives: on its connection if that still stands, else as one that its broker had read long ago.
    pub(super) fn land(&mut self, number: u64) {
        let Some(hanging) = self.links.hanging.remove(&number) else {
            return;
        };
        let Hanging {
            index,
            start,
            mut request,
            sent,
        } = hanging;
        let is_long = self.now.since(sent) >= HUNG;
        self.sometimes.reached_if(is_long, Situation::CommitHungForLong);
        let line = self.links.lines.get(&request.connection);
        if line.is_some_and(|line| !line.is_closed) {
            return self.arrive(request, false);
        }
        if start != self.links.start_of(request.node) {
            return; // and so is what it had read
        }
        request.connection = self.new_connection();
        self.use_at_node(index, request.node, request.connection);
        self.see(None, &What::Arrived { request: &request });
        self.tell_cluster(ToCluster::Request(request));
    }

    /// A newer commit is acknowledged: what hangs and was given up lands soon or never.
    pub(super) fn hurry_what_hangs(&mut self, index: usize) {
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
}

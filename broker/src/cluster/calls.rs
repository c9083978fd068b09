//! From an arrived request to its answer: queues, faults, dispatch. Nothing here knows what a request means.

use alloc::sync::Arc;
use alloc::vec::Vec;

use kohort_protocol::api::Response;
use kohort_protocol::{NodeId, Timestamp};

use super::Cluster;
use crate::api::{self, Caller, Outcome};
use crate::connections::{CallId, Connection, Fate, InWork};
use crate::fault::FaultAction;
use crate::input::{ArrivedRequest, Closing, ConnectionId, Input, Output};
use crate::node::{NodeTimer, Power};

impl Cluster {
    /// Requests and connections. A paused node's lie in its sockets until it goes on.
    pub(super) fn arrive(&mut self, input: Input) {
        let node = match &input {
            Input::Opened { node, .. } | Input::Closed { node, .. } => *node,
            Input::Request(request) => request.node,
            Input::Command(_) | Input::Tick => return,
        };
        match self.nodes.get(&node).map(|node| node.power) {
            Some(Power::Running) => self.receive(input),
            Some(Power::Paused) => self.put_by(node, input),
            Some(Power::Stopped) | None => self.refuse(node, &input),
        }
    }

    fn refuse(&mut self, node: NodeId, input: &Input) {
        let connection = match input {
            Input::Opened { connection, .. } => *connection,
            Input::Request(request) => request.connection,
            _ => return,
        };
        self.outputs.push_back(Output::Close {
            node,
            connection,
            how: Closing::Reset,
        });
    }

    /// What a client sent before its reset may have been read already, or be lost: a coin decides.
    /// (Seen on Kafka 4.4.0: 18 of 30 commits abandoned on a paused broker landed.)
    fn put_by(&mut self, node: NodeId, input: Input) {
        let limit = self.config.max_queued_requests;
        let lost = self.rng.bool();
        let Some(node) = self.nodes.get_mut(&node) else {
            return;
        };
        if let Input::Closed {
            connection,
            how: Closing::Reset,
            ..
        } = input
            && lost
        {
            node.inbox.retain(
                |earlier| !matches!(earlier, Input::Request(request) if request.connection == connection),
            );
        }
        if let Input::Request(request) = &input {
            let id = request.connection;
            let waiting = node.inbox.iter();
            let waiting = waiting
                .filter(|earlier| matches!(earlier, Input::Request(request) if request.connection == id));
            if waiting.count() >= limit {
                self.outputs.push_back(Output::Close {
                    node: node.id,
                    connection: id,
                    how: Closing::Fin,
                });
                return;
            }
        }
        node.inbox.push_back(input);
    }

    pub(super) fn receive(&mut self, input: Input) {
        match input {
            Input::Opened {
                node,
                connection,
                client_host,
            } => {
                if let Some(node) = self.nodes.get_mut(&node) {
                    node.connections
                        .insert(connection, Connection::new(Arc::from(client_host)));
                }
            }
            Input::Closed {
                node,
                connection,
                how,
            } => self.abandoned(node, connection, how),
            Input::Request(request) => self.enqueue(request),
            Input::Command(_) | Input::Tick => {}
        }
    }

    fn enqueue(&mut self, request: ArrivedRequest) {
        let (node, id) = (request.node, request.connection);
        let limit = self.config.max_queued_requests;
        match self.connection(node, id) {
            Some(connection) if connection.queue.len() < limit => {
                connection.queue.push_back(request);
                self.ready.push_back((node, id));
            }
            Some(_) => self.close(node, id, Closing::Fin),
            None => self.outputs.push_back(Output::Close {
                node,
                connection: id,
                how: Closing::Reset,
            }),
        }
    }

    /// The client is gone. With a request in work nobody notices: the member of a parked JoinGroup counts as joined, and
    /// what waits behind it is served when its time comes, unless a reset threw it away.
    fn abandoned(&mut self, node: NodeId, id: ConnectionId, how: Closing) {
        let Some(connection) = self.connection(node, id) else {
            return;
        };
        connection.abandoned = true;
        if how == Closing::Reset {
            connection.queue.clear();
        }
        self.bury(node, id);
    }

    /// Forgets an abandoned connection once nothing waits on it.
    fn bury(&mut self, node: NodeId, id: ConnectionId) {
        if self
            .connection(node, id)
            .is_some_and(|connection| connection.abandoned && connection.queue.is_empty())
        {
            self.forget_connection(node, id);
        }
    }

    pub(crate) fn connection(&mut self, node: NodeId, id: ConnectionId) -> Option<&mut Connection> {
        self.nodes.get_mut(&node)?.connections.get_mut(&id)
    }

    fn forget_connection(&mut self, node: NodeId, id: ConnectionId) {
        let Some(node) = self.nodes.get_mut(&node) else {
            return;
        };
        node.connections.remove(&id);
        let call = |sequence| CallId {
            node: node.id,
            connection: id,
            sequence,
        };
        let of_connection = call(0)..=call(u64::MAX);
        let fetches: Vec<CallId> = node
            .parked_fetches
            .range(of_connection.clone())
            .map(|(id, _)| *id)
            .collect();
        for fetch in fetches {
            self.drop_fetch(fetch);
        }
    }

    /// Closes a connection from the broker's side.
    pub(crate) fn close(&mut self, node: NodeId, id: ConnectionId, how: Closing) {
        let Some(connection) = self.connection(node, id) else {
            return;
        };
        if !connection.abandoned {
            self.outputs.push_back(Output::Close {
                node,
                connection: id,
                how,
            });
        }
        self.forget_connection(node, id);
    }

    /// Serves the next request of a connection, if none is in work.
    pub(super) fn pump(&mut self, node: NodeId, id: ConnectionId) {
        let sequence = self.sequence;
        let Some(connection) = self.connection(node, id) else {
            return;
        };
        let Some(request) = connection.next_request() else {
            self.bury(node, id);
            return;
        };
        connection.in_work = Some(InWork {
            sequence,
            correlation_id: request.correlation_id,
            version: request.version,
            fate: Fate::Send,
        });
        self.sequence += 1;
        let call = CallId {
            node,
            connection: id,
            sequence,
        };
        self.begin(call, request);
    }

    fn begin(&mut self, call: CallId, request: ArrivedRequest) {
        match self.faults.pick(&request) {
            None => self.serve(call, request),
            Some(FaultAction::Answer(code)) => {
                let response = api::refusal(&request.request, request.version, code);
                self.complete(call, None, response);
            }
            Some(FaultAction::Delay(span)) => self.put_off(call, request, self.now + span),
            Some(FaultAction::Drop) => {}
            Some(FaultAction::Close) => self.close(call.node, call.connection, Closing::Fin),
            Some(FaultAction::LoseAnswer) => self.serve_with(call, request, Fate::Lose),
            Some(FaultAction::CloseInsteadOfAnswer) => self.serve_with(call, request, Fate::CloseInstead),
            Some(FaultAction::AnswerThenClose) => self.serve_with(call, request, Fate::SendThenClose),
        }
    }

    fn put_off(&mut self, call: CallId, request: ArrivedRequest, until: Timestamp) {
        if let Some(node) = self.nodes.get_mut(&call.node) {
            node.delayed.insert(call, request);
            node.timers.set(NodeTimer::Delayed(call), until);
        }
    }

    fn serve_with(&mut self, call: CallId, request: ArrivedRequest, fate: Fate) {
        let work = self
            .connection(call.node, call.connection)
            .and_then(|connection| connection.in_work.as_mut());
        if let Some(work) = work {
            work.fate = fate;
        }
        self.serve(call, request);
    }

    fn serve(&mut self, call: CallId, request: ArrivedRequest) {
        let caller = Caller {
            call,
            version: request.version,
            client_id: Arc::from(request.client_id.as_deref().unwrap_or_default()),
            client_host: self
                .nodes
                .get(&call.node)
                .map_or_else(|| Arc::from(""), |node| node.client_host(call.connection)),
        };
        match api::serve(self, &caller, request.request) {
            Outcome::Answer(response) => self.complete(call, None, response),
            Outcome::AnswerInVersion(version, response) => self.complete(call, Some(version), response),
            Outcome::Parked => {}
            Outcome::Unanswered => self.complete_unanswered(call),
            Outcome::Close => self.close(call.node, call.connection, Closing::Fin),
        }
    }

    /// Answers a request, and lets the next one of its connection come. An answer to nobody is dropped.
    pub(crate) fn complete(&mut self, call: CallId, version: Option<i16>, response: Response) {
        let CallId { node, connection, .. } = call;
        let Some(work) = self.end_work(call) else { return };
        if matches!(work.fate, Fate::Send | Fate::SendThenClose) {
            self.emit(
                Output::Reply {
                    node,
                    connection,
                    correlation_id: work.correlation_id,
                    version: version.unwrap_or(work.version),
                    response,
                },
                node,
                connection,
            );
        }
        if matches!(work.fate, Fate::CloseInstead | Fate::SendThenClose) {
            self.close(node, connection, Closing::Fin);
        }
    }

    fn complete_unanswered(&mut self, call: CallId) {
        let CallId { node, connection, .. } = call;
        let Some(work) = self.end_work(call) else { return };
        match work.fate {
            Fate::CloseInstead | Fate::SendThenClose => self.close(node, connection, Closing::Fin),
            Fate::Send | Fate::Lose => self.emit(
                Output::Unanswered {
                    node,
                    connection,
                    correlation_id: work.correlation_id,
                },
                node,
                connection,
            ),
        }
    }

    /// `None` if the call is over already, or if its answer is to be lost: then its connection stays blocked.
    fn end_work(&mut self, call: CallId) -> Option<InWork> {
        let connection = self.connection(call.node, call.connection)?;
        if connection.in_work.as_ref()?.fate == Fate::Lose {
            return None;
        }
        let work = connection.finish(call.sequence)?;
        self.ready.push_back((call.node, call.connection));
        Some(work)
    }

    fn emit(&mut self, output: Output, node: NodeId, id: ConnectionId) {
        if self
            .connection(node, id)
            .is_some_and(|connection| !connection.abandoned)
        {
            self.outputs.push_back(output);
        }
    }

    pub(super) fn fire_node(&mut self, id: NodeId, at: Timestamp) {
        let Some(node) = self.nodes.get_mut(&id) else {
            return;
        };
        let Some((_, timer)) = node.timers.pop(at) else {
            return;
        };
        match timer {
            NodeTimer::Delayed(call) => {
                if let Some(request) = node.delayed.remove(&call) {
                    self.serve(call, request);
                }
            }
            NodeTimer::Fetch(call) => self.fetch_timed_out(call),
        }
    }
}

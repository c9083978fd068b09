//! Answers on their way: from a node to a process, and what the process does with the end of a request.

use std::time::Duration;

use kohort_broker::{Closing, ConnectionId, Output as FromCluster};
use kohort_group::member::{Failure, Input};
use kohort_protocol::api::Response;
use kohort_protocol::{ApiKey, Lane, NodeId, Timestamp};

use super::agent::Life;
use super::links::Asked;
use super::tear::Torn;
use super::{Later, World};
use crate::history::{Process, What};

/// The way of an answer to who asked.
struct WayBack {
    index: usize,
    node: NodeId,
    connection: ConnectionId,
    correlation: i32,
    version: i16,
    asked: Asked,
}

impl WayBack {
    fn torn<'a>(&'a self, response: &'a Response) -> Torn<'a> {
        Torn {
            index: self.index,
            node: self.node,
            connection: self.connection,
            version: self.version,
            request: &self.asked.request,
            response: Some(response),
        }
    }
}

impl World {
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
                if !self.stranger_hears(connection, &response)
                    && let Some(way) = self.way_back(connection, correlation_id, version)
                {
                    self.note_reply(&way, &response);
                    self.send_back(&way, response);
                }
            }
            FromCluster::Close { connection, .. } => {
                self.links.opened.remove(&connection);
                self.closed_by_node(connection);
            }
            _ => {}
        }
    }

    /// `None`: nobody waits for it any more.
    fn way_back(&self, connection: ConnectionId, correlation: i32, version: i16) -> Option<WayBack> {
        let line = self.links.lines.get(&connection)?;
        Some(WayBack {
            index: line.index,
            node: line.node,
            connection,
            correlation,
            version,
            asked: line.open.get(&correlation)?.clone(),
        })
    }

    /// The cluster has said it, whatever comes of it on the way.
    fn note_reply(&mut self, way: &WayBack, response: &Response) {
        if let Some(opened) = self.links.opened.get_mut(&way.connection) {
            opened.used = self.now;
        }
        let replied = What::Replied {
            node: way.node,
            version: way.version,
            request: &way.asked.request,
            response,
        };
        self.see(None, &replied);
        if matches!(response, Response::OffsetCommit(_)) {
            self.hurry_what_hangs(way.index);
        }
    }

    /// What arrives is what the door, the wire and the faults leave of it.
    fn send_back(&mut self, way: &WayBack, response: Response) {
        let (response, silence) = self.distorted(way.node, response);
        let torn = self.tears(way.index, response.api(), true);
        let response = if torn.is_none() && self.go_as_bytes(response.api(), way.version) {
            self.wire.response(way.version, way.correlation, &response)
        } else {
            response
        };
        let hang = self.take_hang(way.index, response.api(), true);
        let at = self.now + self.latency(way.index) + hang;
        let Some(at) = self.arrival(way.connection, at, silence) else {
            return;
        };
        match torn {
            Some(how) => self.tear(&way.torn(&response), at, how),
            None => self.plan_at(at, Later::Respond(way.connection, way.correlation, response)),
        }
    }

    /// It overtakes nothing on its connection. If it throttles, who hears it sends nothing for a while.
    fn arrival(&mut self, connection: ConnectionId, at: Timestamp, silence: Duration) -> Option<Timestamp> {
        let line = self.links.lines.get_mut(&connection)?;
        line.in_until = line.in_until.max(at);
        if silence > Duration::ZERO {
            line.silent_until = line.silent_until.max(at + silence);
        }
        Some(line.in_until)
    }

    /// Where something that arrives for a process must wait, if it must.
    pub(super) fn hold_back(&mut self, connection: ConnectionId, later: Later) -> Option<Later> {
        let line = self.links.lines.get(&connection)?;
        let (index, node) = (line.index, line.node);
        if let Some(until) = self.silent_until(index, node) {
            self.plan_at(until, later);
            return None;
        }
        match self.agents[index].life {
            Life::Running if !self.agents[index].is_starved() => Some(later),
            Life::Running | Life::Frozen => {
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

    pub(super) fn timed_out(&mut self, connection: ConnectionId, correlation: i32) {
        let line = self.links.lines.get_mut(&connection);
        let Some(line) = line.filter(|line| line.open.contains_key(&correlation)) else {
            return;
        };
        let index = line.index;
        match self.agents[index].life {
            Life::Running if !self.agents[index].is_starved() => {}
            Life::Running | Life::Frozen => {
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

    pub(super) fn answer(&mut self, index: usize, asked: &Asked, reply: Result<Response, Failure>) {
        if self.agents[index].life != Life::Running || self.agents[index].is_starved() {
            if self.agents[index].is_deaf()
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
                node: asked.node,
                version: asked.version,
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

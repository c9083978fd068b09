//! Connections by which nothing passes: brokers close them after `connections.max.idle.ms`, ten minutes as a rule. Whose process stands
//! still, or is cut off, hears of it long after, and may have sent something on it by then. Our client would mostly be first, after nine
//! minutes, and nobody would notice; here it leaves that to the brokers.

use std::time::Duration;

use kohort_broker::{Closing, ConnectionId, Power};
use kohort_protocol::{NodeId, Timestamp};

use super::links::{CLOSED, Opened};
use super::{Later, World};
use crate::history::{Process, What};

/// A node that stands still is asked again so much later whether it does.
const BUSY: Duration = Duration::from_secs(1);

impl World {
    /// A process reaches a node by this connection, perhaps for the first time.
    pub(super) fn use_at_node(&mut self, index: usize, node: NodeId, connection: ConnectionId) {
        let used = self.now;
        let before = self.links.opened.insert(connection, Opened { index, used });
        if before.is_none() {
            self.open_at_node(node, connection);
            self.watch_idleness(node, connection, used);
        }
    }

    /// Most runs are shorter.
    fn watch_idleness(&mut self, node: NodeId, connection: ConnectionId, used: Timestamp) {
        let ends = used + self.plan.idle;
        if ends < self.plan.end() {
            self.plan_at(ends, Later::Idle(node, connection));
        }
    }

    /// Nothing may have passed by it for so long. A node that stands still closes it when it goes on.
    pub(super) fn perhaps_idle(&mut self, node: NodeId, connection: ConnectionId) {
        let Some(&Opened { index, used }) = self.links.opened.get(&connection) else {
            return;
        };
        if self.now < used + self.plan.idle {
            self.watch_idleness(node, connection, used);
        } else if self.cluster.power(node) == Some(Power::Paused) {
            self.plan_in(BUSY, Later::Idle(node, connection));
        } else {
            self.see(Some(Process(index)), &What::Idle { node });
            self.close_at_node(node, connection, Closing::Reset);
            self.closed_by_node(connection);
        }
    }

    /// Its process hears of that behind what it was answered before.
    pub(super) fn closed_by_node(&mut self, connection: ConnectionId) {
        let Some(line) = self.links.lines.get_mut(&connection) else {
            return;
        };
        line.is_closed = true;
        let (index, at) = (line.index, line.in_until.max(self.now));
        let at = at + self.latency(index);
        self.plan_at(at, Later::Broken(connection, CLOSED.to_owned()));
    }
}

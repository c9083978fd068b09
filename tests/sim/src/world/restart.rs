//! Nodes that are shut down in order and started again, as the same release of Kafka or as another: a clean restart (B05), a rolling
//! upgrade or downgrade (B19).

use std::time::Duration;

use kohort_broker::{Command, Latencies, Power, Release};
use kohort_protocol::NodeId;

use super::ends::End;
use super::{Later, World};

/// Nobody is told when a node has gone down by itself.
const AFTERWARDS: Duration = Duration::from_millis(1);

impl World {
    /// It runs, and is not about to go down.
    pub(super) fn must_run(&self, node: NodeId) -> Option<()> {
        let is_up = self.cluster.power(node) == Some(Power::Running) && !self.cluster.is_leaving(node);
        is_up.then_some(())
    }

    /// It hands over what it leads, goes down, and comes back a while later as `release`.
    pub(super) fn restart(&mut self, node: NodeId, release: Release, span: Duration) -> Option<()> {
        self.must_run(node)?;
        self.command(Command::ShutDown(node));
        let down = Latencies::KAFKA.shutdown + AFTERWARDS;
        self.plan_in(down + span, Later::End(End::Install(node, release)));
        Some(())
    }

    /// One node after the other. Whoever is down at its turn stays what it is.
    pub(super) fn upgrade(&mut self, to: Release, span: Duration, gap: Duration) {
        for (turn, node) in (0..).zip(1..=3) {
            self.plan_in(gap * turn, Later::End(End::Replace(NodeId(node), to, span)));
        }
    }

    /// In an upgrade it is this one's turn.
    pub(super) fn replace_node(&mut self, node: NodeId, release: Release, span: Duration) {
        if self.now < self.plan.calm_at() {
            let _ = self.restart(node, release, span);
        }
    }

    pub(super) fn install(&mut self, node: NodeId, release: Release) {
        if self.cluster.power(node) == Some(Power::Stopped) {
            self.command(Command::Install { node, release });
            self.command(Command::Start(node));
        }
    }

    /// In the calm everybody is up: who is still on its way down comes back at once.
    pub(super) fn hasten_restart(&mut self, node: NodeId) {
        if self.cluster.is_leaving(node) {
            let down = Latencies::KAFKA.shutdown + AFTERWARDS;
            self.plan_in(down, Later::End(End::Start(node)));
        }
    }
}

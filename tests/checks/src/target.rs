//! What a check may know of, and do to, the cluster it runs on.

use std::net::SocketAddr;
use std::pin::Pin;

use kohort_protocol::{GroupId, NodeId};

/// A boxed future, so that [`Target`] can be a trait object.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// The kinds of cluster that checks need. All have `group.min.session.timeout.ms=500`, 6 partitions of `__consumer_offsets`
/// and no automatic creation of topics; `group.initial.rebalance.delay.ms` is 0 except in [`Profile::Small`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Profile {
    /// One node.
    One,
    /// One node with `group.max.size=2`, `group.initial.rebalance.delay.ms=2000`, and (where the release has it) the feature
    /// `group.version` at 0.
    Small,
    /// One node with `offsets.retention.minutes=1` and `offsets.retention.check.interval.ms=1000`. Each look for old offsets
    /// deletes empty groups without offsets too, promised member ids or not, so nothing else can be checked here.
    Expiring,
    /// Three nodes, everything replicated three times.
    Three,
    /// One node of which nobody has asked for a coordinator yet: there is no `__consumer_offsets`.
    Untouched,
}

/// A release of Kafka, or the one whose behaviour an embedded broker has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release(pub u8, pub u8);

impl Release {
    /// Parses the start of `4.4.0`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split('.').map(str::parse);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(major)), Some(Ok(minor))) => Some(Self(major, minor)),
            _ => None,
        }
    }
}

/// A cluster under test. The operations are those of an operator; a failed one fails the check.
pub trait Target {
    /// Whose answers it gives.
    fn release(&self) -> Release;

    /// Whether it is a Kafka, with all APIs of its release; an embedded broker may lack those it does not speak.
    fn is_kafka(&self) -> bool;

    /// Its nodes with their addresses.
    fn nodes(&self) -> Vec<(NodeId, SocketAddr)>;

    /// Makes `to` the coordinator of a group, and returns when the nodes name it.
    fn move_coordinator<'a>(&'a self, group: &'a GroupId, to: NodeId) -> Later<'a, Result<(), String>>;

    /// Kills a node as `kill -9` does and starts it again on its data; returns when its port is open again.
    fn restart(&self, node: NodeId) -> Later<'_, Result<(), String>>;
}

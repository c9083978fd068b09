//! A real Kafka as something that checks can run on.

use anyhow::Result;
use kohort_checks::{Later, Release, Target};
use kohort_protocol::{GroupId, NodeId};
use kohort_testkafka::Cluster;
use std::net::SocketAddr;
use std::sync::Arc;

pub(crate) struct Real(pub(crate) Arc<Cluster>);

impl Real {
    /// The launcher blocks, and other checks may run meanwhile.
    fn blocking(
        &self,
        work: impl FnOnce(&Cluster) -> Result<()> + Send + 'static,
    ) -> Later<'_, Result<(), String>> {
        let cluster = Arc::clone(&self.0);
        Box::pin(async move {
            let done = tokio::task::spawn_blocking(move || work(&cluster)).await;
            done.map_err(|error| error.to_string())?
                .map_err(|error| format!("{error:#}"))
        })
    }
}

impl Target for Real {
    fn release(&self) -> Release {
        Release::parse(&self.0.version().to_string()).expect("a version is numbers")
    }

    fn is_kafka(&self) -> bool {
        true
    }

    fn nodes(&self) -> Vec<(NodeId, SocketAddr)> {
        let address = |node| {
            (
                NodeId(node),
                self.0.address(node).expect("it is one of the nodes"),
            )
        };
        self.0.nodes().into_iter().map(address).collect()
    }

    fn move_coordinator<'a>(&'a self, group: &'a GroupId, to: NodeId) -> Later<'a, Result<(), String>> {
        let group = group.to_string();
        self.blocking(move |cluster| cluster.move_coordinator(&group, to.0))
    }

    fn restart(&self, node: NodeId) -> Later<'_, Result<(), String>> {
        self.blocking(move |cluster| cluster.restart(node.0))
    }
}

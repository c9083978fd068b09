//! B19. A request travels in a version that the process at the other end of its connection offers, whatever was offered there before.
//!
//! Source: specification B19; KIP-35 (a client asks ApiVersions on each connection). A broker closes the connection of whoever speaks a
//! version that it does not know (seen on Kafka 4.4.0), and what was sent is lost.

use super::{Invariant, Scene, Verdict};
use crate::history::{Process, What};

pub(super) struct Offered;

impl Invariant for Offered {
    fn id(&self) -> &'static str {
        "B19"
    }

    fn see(&mut self, scene: &Scene<'_>, _: Option<Process>, what: &What<'_>) -> Verdict {
        let What::Arrived { request } = what else {
            return Ok(());
        };
        let (node, api, version) = (request.node, request.request.api(), request.version);
        let release = scene.cluster.release(node).unwrap_or_default();
        let offered = release.versions(api);
        if offered.is_some_and(|offered| offered.contains(version)) {
            return Ok(());
        }
        Err(format!(
            "{api} v{version} of {:?} reaches node {node}, a Kafka {release}, which does not know that version",
            request.client_id
        ))
    }
}

//! L04. Whatever is wrong, no member sends requests as fast as the network lets it.
//!
//! Source: KIP-580: 100 ms, doubling to 1 s. A request of one kind may go to each of three nodes, and a round may be tried again at once
//! for a few reasons in turn; more than that in one second is a loop. Fetch is paced by its answers and by its long poll.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use kohort_protocol::{ApiKey, Timestamp};

use super::{Invariant, Scene, Verdict};
use crate::history::{Process, What};

const SECOND: Duration = Duration::from_secs(1);
/// So many of one kind within a second are all right.
const MANY: usize = 25;
const MANY_FETCHES: usize = 400;

#[derive(Default)]
pub(super) struct NoHotLoop {
    sent: BTreeMap<(Process, ApiKey), VecDeque<Timestamp>>,
}

impl Invariant for NoHotLoop {
    fn id(&self) -> &'static str {
        "L04"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let (Some(process), What::Sent { request, .. }) = (process, what) else {
            return Ok(());
        };
        let api = request.api();
        let sent = self.sent.entry((process, api)).or_default();
        while sent.front().is_some_and(|at| scene.now.since(*at) > SECOND) {
            sent.pop_front();
        }
        sent.push_back(scene.now);
        let limit = match api {
            ApiKey::Fetch => MANY_FETCHES,
            // As often as the application asks for it.
            ApiKey::OffsetCommit => return Ok(()),
            _ => MANY,
        };
        if sent.len() <= limit {
            return Ok(());
        }
        Err(format!(
            "process {} sent {} {api} requests within a second",
            process.0,
            sent.len()
        ))
    }
}

//! L04. Whatever is wrong, no member asks as fast as the network lets it: in a row of failures of one API the next request waits for its
//! backoff, 100 ms, doubling to 1 s, give or take a fifth. And nothing else of one kind goes out more than so often in a second.
//!
//! Source: KIP-580. What a row is, `rows` says. What may be tried at once for a reason (another coordinator was named, a new id is
//! needed) is allowed once in a row, on top. What a new assignment is to begin at is another question, however soon it comes. Commits that are refused for good go out as often as the application asks for them; Fetch is
//! paced by its answers and by its long poll.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use kohort_group::member::Event;
use kohort_protocol::{ApiKey, Timestamp};

use super::rows::{Key, Rows, key};
use super::{Invariant, Scene, Verdict};
use crate::history::{Process, What};

const SECOND: Duration = Duration::from_secs(1);
/// So many of one kind within a second are all right.
const MANY: usize = 25;
const MANY_FETCHES: usize = 400;

#[derive(Default)]
pub(super) struct NoHotLoop {
    sent: BTreeMap<(Process, ApiKey), VecDeque<Timestamp>>,
    rows: Rows,
}

impl Invariant for NoHotLoop {
    fn id(&self) -> &'static str {
        "L04"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let Some(process) = process else { return Ok(()) };
        if let What::Sent { request, node, .. } = what {
            self.backs_off(&key(process, request, *node), scene.now)?;
            return self.is_not_many((process, request.api()), scene.now);
        }
        if let What::Said(Event::Assigned { .. }) = what {
            self.sent.remove(&(process, ApiKey::ListOffsets));
        }
        self.rows.see(process, what, scene.now);
        Ok(())
    }
}

impl NoHotLoop {
    fn backs_off(&self, key: &Key, now: Timestamp) -> Verdict {
        let (process, api) = (key.0, key.1);
        if api == ApiKey::Fetch {
            return Ok(());
        }
        for (kind, row) in self.rows.of(key) {
            let earliest = row.since + least(row.failures.saturating_sub(2 + row.at_once));
            if now < earliest {
                return Err(format!(
                    "process {} sends {api} after {} failures ({kind:?}) since {}; their backoffs last until {earliest}",
                    process.0, row.failures, row.since
                ));
            }
        }
        Ok(())
    }

    fn is_not_many(&mut self, (process, api): (Process, ApiKey), now: Timestamp) -> Verdict {
        let sent = self.sent.entry((process, api)).or_default();
        while sent.front().is_some_and(|at| now.since(*at) > SECOND) {
            sent.pop_front();
        }
        sent.push_back(now);
        let limit = match api {
            ApiKey::Fetch => MANY_FETCHES,
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

/// So long that many backoffs last at least.
fn least(backoffs: u32) -> Duration {
    (0..backoffs)
        .map(|number| Duration::from_millis(80 << number.min(4)).min(Duration::from_millis(800)))
        .sum()
}

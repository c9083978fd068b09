//! L04. Whatever is wrong, no member asks as fast as the network lets it: in a row of failures of one API the next request waits for its
//! backoff, 100 ms, doubling to 1 s, give or take a fifth. And nothing else of one kind goes out more than so often in a second.
//!
//! Source: KIP-580. What waits by itself is a row by itself (`Kind`), and each leader is asked for its own. A row begins with the first
//! failure and ends with a success, or when that is over which was tried: a round that was completed is as good as a heartbeat, and a new
//! assignment or a seek is another question to the log. What may be tried at once for a reason (another coordinator was named, a new id is
//! needed) is allowed once in a row, on top. Commits that are refused for good go out as often as the application asks for them; Fetch is
//! paced by its answers and by its long poll.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use kohort_group::member::{Event, Failure};
use kohort_protocol::api::{Request, Response};
use kohort_protocol::{ApiKey, ErrorCode, NodeId, Timestamp};

use super::ghost::loses_coordinator;
use super::s05_commit_fencing::codes;
use super::{Invariant, Scene, Verdict};
use crate::history::{Process, What};

const SECOND: Duration = Duration::from_secs(1);
/// So many of one kind within a second are all right.
const MANY: usize = 25;
const MANY_FETCHES: usize = 400;

/// Why something failed: for each a member waits by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// The coordinator was lost by it, so another look-up comes first.
    Coordinator,
    /// It was refused as a whole.
    Whole,
    /// All partitions that it names failed, each by itself.
    Partitions,
}

/// Of ListOffsets, which leader is asked besides.
type Key = (Process, ApiKey, Option<NodeId>);

/// Failures without a success in between.
struct Row {
    since: Timestamp,
    failures: u32,
}

#[derive(Default)]
pub(super) struct NoHotLoop {
    sent: BTreeMap<(Process, ApiKey), VecDeque<Timestamp>>,
    rows: BTreeMap<(Key, Kind), Row>,
}

impl Invariant for NoHotLoop {
    fn id(&self) -> &'static str {
        "L04"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let Some(process) = process else { return Ok(()) };
        match what {
            What::Sent { request, node, .. } => {
                self.backs_off(key(process, request, *node), scene.now)?;
                return self.is_not_many((process, request.api()), scene.now);
            }
            What::Answered {
                request, reply, node, ..
            } if request.api() != ApiKey::Fetch => {
                self.answered(key(process, request, *node), *reply, scene.now);
            }
            What::Said(Event::Assigned { .. }) | What::Sought { .. } => {
                self.rows
                    .retain(|((of, ..), kind), _| *of != process || *kind != Kind::Partitions);
            }
            _ => {}
        }
        Ok(())
    }
}

impl NoHotLoop {
    fn answered(&mut self, key: Key, reply: Result<&Response, &Failure>, now: Timestamp) {
        let (process, api, _) = key;
        let Some(kind) = failure(api, reply) else {
            self.rows.retain(|(other, _), _| *other != key);
            if matches!(api, ApiKey::JoinGroup | ApiKey::SyncGroup) {
                let heartbeats = (process, ApiKey::Heartbeat, None);
                self.rows.remove(&(heartbeats, Kind::Whole));
            }
            return;
        };
        let begins = Row {
            since: now,
            failures: 0,
        };
        let row = self.rows.entry((key, kind)).or_insert(begins);
        row.failures += 1;
    }

    fn backs_off(&self, key: Key, now: Timestamp) -> Verdict {
        let (process, api, _) = key;
        let rows = self
            .rows
            .range((key, Kind::Coordinator)..=(key, Kind::Partitions));
        for ((_, kind), row) in rows {
            let earliest = row.since + least(row.failures.saturating_sub(2));
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

fn key(process: Process, request: &Request, node: NodeId) -> Key {
    let api = request.api();
    (process, api, (api == ApiKey::ListOffsets).then_some(node))
}

/// So long that many backoffs last at least.
fn least(backoffs: u32) -> Duration {
    (0..backoffs)
        .map(|number| Duration::from_millis(80 << number.min(4)).min(Duration::from_millis(800)))
        .sum()
}

/// Why the next one has to wait, if it has to.
fn failure(api: ApiKey, reply: Result<&Response, &Failure>) -> Option<Kind> {
    match reply {
        Ok(response) if loses_coordinator(response) => Some(Kind::Coordinator),
        Ok(response) if is_refused(response) => Some(Kind::Whole),
        Ok(response) => fails_for_all(response).then_some(Kind::Partitions),
        Err(_) if api == ApiKey::ListOffsets => Some(Kind::Partitions),
        Err(Failure::Malformed(_)) => Some(Kind::Whole),
        Err(_) => Some(Kind::Coordinator),
    }
}

fn is_refused(response: &Response) -> bool {
    match response {
        Response::FindCoordinator(found) => found.coordinators.iter().any(|one| !one.error_code.is_ok()),
        Response::JoinGroup(join) => {
            ![ErrorCode::NONE, ErrorCode::MEMBER_ID_REQUIRED].contains(&join.error_code)
        }
        Response::SyncGroup(sync) => !sync.error_code.is_ok(),
        Response::Heartbeat(beat) => {
            ![ErrorCode::NONE, ErrorCode::REBALANCE_IN_PROGRESS].contains(&beat.error_code)
        }
        Response::LeaveGroup(leave) => !leave.error_code.is_ok(),
        Response::OffsetCommit(commit) => codes(commit)
            .values()
            .any(|code| *code == ErrorCode::COORDINATOR_LOAD_IN_PROGRESS),
        Response::OffsetFetch(fetch) => fetch.groups.iter().any(|group| !group.error_code.is_ok()),
        _ => false,
    }
}

/// One that went well is progress: what is left is another question.
fn fails_for_all(response: &Response) -> bool {
    let codes: Vec<ErrorCode> = match response {
        Response::OffsetFetch(fetch) => {
            let topics = fetch.groups.iter().flat_map(|group| &group.topics);
            let partitions = topics.flat_map(|topic| &topic.partitions);
            partitions.map(|one| one.error_code).collect()
        }
        Response::ListOffsets(list) => {
            let partitions = list.topics.iter().flat_map(|topic| &topic.partitions);
            partitions.map(|one| one.error_code).collect()
        }
        _ => return false,
    };
    !codes.is_empty() && codes.iter().all(|code| !code.is_ok())
}

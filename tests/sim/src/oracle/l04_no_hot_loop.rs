//! L04. Whatever is wrong, no member asks as fast as the network lets it: in a row of failures of one API the next request waits for its
//! backoff, 100 ms, doubling to 1 s, give or take a fifth. And nothing else of one kind goes out more than so often in a second.
//!
//! Source: KIP-580. A row begins with the first failure and ends with a success or with a failure of another kind. What may be tried at once for a reason (another
//! coordinator was named, a new id is needed, each of three nodes is asked) is allowed once in a row, on top. Commits that are refused for
//! good go out as often as the application asks for them; Fetch is paced by its answers and by its long poll.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use kohort_protocol::api::Response;
use kohort_protocol::{ApiKey, ErrorCode, Timestamp};

use super::ghost::loses_coordinator;
use super::s05_commit_fencing::codes;
use super::{Invariant, Scene, Verdict};
use crate::history::{Process, What};

const SECOND: Duration = Duration::from_secs(1);
/// So many of one kind within a second are all right.
const MANY: usize = 25;
const MANY_FETCHES: usize = 400;

/// Failures of one API and of one kind without a success in between.
struct Row {
    since: Timestamp,
    failures: u32,
    /// The coordinator was lost by it: the look-up has a backoff of its own.
    is_loss: bool,
}

#[derive(Default)]
pub(super) struct NoHotLoop {
    sent: BTreeMap<(Process, ApiKey), VecDeque<Timestamp>>,
    rows: BTreeMap<(Process, ApiKey), Row>,
}

impl Invariant for NoHotLoop {
    fn id(&self) -> &'static str {
        "L04"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let Some(process) = process else { return Ok(()) };
        match what {
            What::Sent { request, .. } => {
                let key = (process, request.api());
                self.backs_off(key, scene.now)?;
                self.is_not_many(key, scene.now)
            }
            What::Answered { request, reply, .. } => {
                let key = (process, request.api());
                if reply.map_or(true, failed) {
                    let since = scene.now;
                    let is_loss = reply.map_or(true, loses_coordinator);
                    let new = Row {
                        since,
                        failures: 0,
                        is_loss,
                    };
                    let row = self.rows.entry(key).or_insert(new);
                    if row.is_loss != is_loss {
                        *row = Row {
                            since,
                            failures: 0,
                            is_loss,
                        };
                    }
                    row.failures += 1;
                } else {
                    self.rows.remove(&key);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

impl NoHotLoop {
    fn backs_off(&self, (process, api): (Process, ApiKey), now: Timestamp) -> Verdict {
        let Some(row) = self.rows.get(&(process, api)).filter(|_| api != ApiKey::Fetch) else {
            return Ok(());
        };
        let earliest = row.since + least(backoffs(api, row.failures));
        if now >= earliest {
            return Ok(());
        }
        Err(format!(
            "process {} sends {api} after {} failures since {}; their backoffs last until {earliest}",
            process.0, row.failures, row.since
        ))
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

/// How many of so many failures must have been waited for.
const fn backoffs(api: ApiKey, failures: u32) -> u32 {
    match api {
        // To each of three nodes by itself; of partitions that failed at different times.
        ApiKey::ListOffsets | ApiKey::OffsetFetch => (failures / 3).saturating_sub(2),
        _ => failures.saturating_sub(2),
    }
}

/// So long that many backoffs last at least.
fn least(backoffs: u32) -> Duration {
    (0..backoffs)
        .map(|number| Duration::from_millis(80 << number.min(4)).min(Duration::from_millis(800)))
        .sum()
}

fn failed(response: &Response) -> bool {
    let passing = [
        ErrorCode::NOT_COORDINATOR,
        ErrorCode::COORDINATOR_NOT_AVAILABLE,
        ErrorCode::COORDINATOR_LOAD_IN_PROGRESS,
        ErrorCode::REQUEST_TIMED_OUT,
    ];
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
        Response::OffsetCommit(commit) => codes(commit).values().any(|code| passing.contains(code)),
        Response::OffsetFetch(fetch) => {
            let topics = fetch.groups.iter().flat_map(|group| &group.topics);
            let mut partitions = topics.flat_map(|topic| &topic.partitions);
            fetch.groups.iter().any(|group| !group.error_code.is_ok())
                || partitions.any(|one| !one.error_code.is_ok())
        }
        Response::ListOffsets(list) => {
            let mut partitions = list.topics.iter().flat_map(|topic| &topic.partitions);
            partitions.any(|one| !one.error_code.is_ok())
        }
        _ => false,
    }
}

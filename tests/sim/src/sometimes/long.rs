//! What only time brings about: since when something goes on, and whether that is long enough to be worth a situation.

use std::collections::BTreeMap;
use std::time::Duration;

use kohort_broker::GroupState;
use kohort_protocol::api::{Request, Response};
use kohort_protocol::{ApiKey, ErrorCode, Timestamp};

use super::{Situation, Sometimes};
use crate::history::{Process, What};
use crate::oracle::{Ghost, ProcessGhost, codes};

/// So many sessions, or intervals between two polls: nobody remembers anything.
const MANY: u32 = 10;
const FAILING: Duration = Duration::from_secs(300);
const LOADING: Duration = Duration::from_secs(30);
const EMPTY: Duration = Duration::from_secs(300);
/// For a message on its way.
pub(crate) const HUNG: Duration = Duration::from_secs(20);

/// Since when.
#[derive(Clone, Debug, Default)]
pub(super) struct Since {
    frozen: BTreeMap<Process, Timestamp>,
    /// By member: each has many processes.
    dead: BTreeMap<usize, Timestamp>,
    failing: BTreeMap<(Process, ApiKey), Timestamp>,
    loading: BTreeMap<(Process, ApiKey), Timestamp>,
    empty: Option<Timestamp>,
}

impl Sometimes {
    pub(super) fn see_long(
        &mut self,
        now: Timestamp,
        process: Option<Process>,
        what: &What<'_>,
        ghost: &Ghost,
    ) {
        match (process, what) {
            (None, What::Group(Some((state, _)))) => self.is_empty(now, *state == GroupState::Empty),
            (Some(_), What::Started { member, config, .. }) => {
                let dead = self.since.dead.remove(member);
                let is_long = dead.is_some_and(|at| now.since(at) > config.session_timeout * MANY);
                self.reached_if(is_long, Situation::BackFromTheDead);
            }
            (Some(process), what) => {
                if let Some(of) = ghost.processes.get(process.0) {
                    self.lasts(now, process, what, of);
                }
            }
            _ => {}
        }
    }

    fn is_empty(&mut self, now: Timestamp, is_empty: bool) {
        if is_empty {
            self.since.empty.get_or_insert(now);
        } else {
            let since = self.since.empty.take();
            let is_long = since.is_some_and(|at| now.since(at) > EMPTY);
            self.reached_if(is_long, Situation::EmptyForLong);
        }
    }

    fn lasts(&mut self, now: Timestamp, process: Process, what: &What<'_>, of: &ProcessGhost) {
        match what {
            What::Frozen(true) => {
                self.since.frozen.insert(process, now);
            }
            What::Frozen(false) => {
                let since = self.since.frozen.remove(&process);
                let is_long = since.is_some_and(|at| now.since(at) > of.config.session_timeout * MANY);
                self.reached_if(is_long, Situation::FrozenForLong);
            }
            What::Crashed => {
                self.since.dead.insert(of.member, now);
            }
            What::Polled => {
                let is_long = now.since(of.polled) > of.config.max_poll_interval * MANY;
                self.reached_if(is_long, Situation::AwayForLong);
            }
            What::Idle { .. } => self.reached(Situation::IdleClosed),
            What::Answered { request, reply, .. } => self.ends(now, process, request, reply.ok()),
            _ => {}
        }
    }

    fn ends(&mut self, now: Timestamp, process: Process, request: &Request, answer: Option<&Response>) {
        let key = (process, request.api());
        let lasts = |since: &mut BTreeMap<_, _>, goes_on: bool, long: Duration| {
            if !goes_on {
                since.remove(&key);
                return false;
            }
            now.since(*since.entry(key).or_insert(now)) > long
        };
        let is_failing = lasts(&mut self.since.failing, answer.is_none(), FAILING);
        self.reached_if(is_failing, Situation::FailingForLong);
        let is_loading = lasts(&mut self.since.loading, answer.is_some_and(loads), LOADING);
        self.reached_if(is_loading, Situation::LoadingForLong);
    }
}

fn loads(response: &Response) -> bool {
    let code = match response {
        Response::FindCoordinator(found) => found.coordinators.first().map(|one| one.error_code),
        Response::JoinGroup(join) => Some(join.error_code),
        Response::SyncGroup(sync) => Some(sync.error_code),
        Response::Heartbeat(heartbeat) => Some(heartbeat.error_code),
        Response::OffsetCommit(commit) => codes(commit).into_values().next(),
        Response::OffsetFetch(fetch) => fetch.groups.first().map(|group| group.error_code),
        _ => None,
    };
    code == Some(ErrorCode::COORDINATOR_LOAD_IN_PROGRESS)
}

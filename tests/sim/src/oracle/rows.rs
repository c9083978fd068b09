//! Rows of failures: what a member tries again and again. Each that waits by itself in the member is a row by itself, so that what one has
//! waited for, or told of, is not taken for the other's.
//!
//! A row begins with the first failure and ends with a success, or when that is over which was tried: a completed round is as good as a
//! heartbeat, and a new assignment or a seek is another question to the log.

use std::collections::{BTreeMap, BTreeSet};

use kohort_group::member::{Event, Failure};
use kohort_protocol::api::list_offsets::ListOffsetsTopic;
use kohort_protocol::api::offset_fetch::OffsetFetchTopic;
use kohort_protocol::api::{Request, Response};
use kohort_protocol::{ApiKey, ErrorCode, MemberId, NodeId, Timestamp, TopicPartition};

use super::coordinator::{is_for_coordinator, loses_coordinator};
use super::s05_commit_fencing::{codes, offsets};
use crate::history::{Process, What};

/// Why something failed: for each a member waits by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// The coordinator was lost by it, so another look-up comes first.
    Coordinator,
    /// It was refused as a whole.
    Whole,
    /// All partitions that it names failed, each by itself.
    Partitions,
}

/// Of what is read, which leader is asked besides; of goodbyes, whose it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Of {
    Leader(NodeId),
    Leaver(MemberId),
}

pub(super) type Key = (Process, ApiKey, Option<Of>);

/// Failures without a success in between.
pub(super) struct Row {
    pub(super) since: Timestamp,
    last: Option<Timestamp>,
    /// Which partitions were asked for in vain.
    named: BTreeSet<TopicPartition>,
    pub(super) failures: u32,
    /// So many tries had a reason of their own.
    pub(super) at_once: u32,
    /// The application heard of it.
    pub(super) told: bool,
    /// So many were before something that ends the row in the member's eyes, as a round does: whoever gave that serves.
    pub(super) before: u32,
}

/// See the head of this file.
#[derive(Default)]
pub(super) struct Rows(BTreeMap<(Key, Kind), Row>);

impl Rows {
    /// Notes what happened; the row that became longer by it.
    pub(super) fn see(&mut self, process: Process, what: &What<'_>, now: Timestamp) -> Option<(Key, Kind)> {
        match what {
            What::Answered {
                request, reply, node, ..
            } => {
                let key = key(process, request, *node);
                if let Some(kind) = failure(request, *reply) {
                    let begins = Row {
                        since: now,
                        last: None,
                        named: BTreeSet::new(),
                        failures: 0,
                        at_once: 0,
                        told: false,
                        before: 0,
                    };
                    let row = self.0.entry((key.clone(), kind)).or_insert(begins);
                    row.named = named(request);
                    // A broken connection takes all with it that was under way: that is one failure.
                    if row.last.replace(now) != Some(now) {
                        row.failures += 1;
                    }
                    return Some((key, kind));
                }
                if !is_left(request, *reply) {
                    self.succeeded(&key);
                }
            }
            // Whoever gave it that serves, and what it is given is another question.
            What::Said(Event::Assigned { .. }) => {
                self.0
                    .retain(|((of, ..), kind), _| *of != process || *kind == Kind::Whole);
            }
            // What was told of the other partitions that fail is not told again.
            What::Sought { partition, .. } => self.0.retain(|((of, ..), kind), row| {
                let is_it = *of == process && *kind == Kind::Partitions && row.named.contains(partition);
                !is_it || (row.told && row.named.len() > 1)
            }),
            _ => {}
        }
        None
    }

    fn succeeded(&mut self, key: &Key) {
        let (process, api) = (key.0, key.1);
        // Half a round is none: what was told of joining is told until it is synced.
        let is_half = api == ApiKey::JoinGroup;
        for kind in [Kind::Coordinator, Kind::Whole, Kind::Partitions] {
            if !(is_half && self.0.get(&(key.clone(), kind)).is_some_and(|row| row.told)) {
                self.0.remove(&(key.clone(), kind));
            }
            if api == ApiKey::SyncGroup {
                self.0.remove(&((process, ApiKey::JoinGroup, None), kind));
            }
        }
        let heartbeats = ((process, ApiKey::Heartbeat, None), Kind::Whole);
        match api {
            ApiKey::JoinGroup | ApiKey::SyncGroup => {
                self.0.remove(&heartbeats);
            }
            // A coordinator that was found hears of us at once (S13), whatever the one before has said.
            ApiKey::FindCoordinator => {
                if let Some(row) = self.0.get_mut(&heartbeats) {
                    row.at_once += 1;
                }
            }
            _ => {}
        }
    }

    /// The rows of this question.
    pub(super) fn of(&self, key: &Key) -> impl Iterator<Item = (Kind, &Row)> {
        let rows = self
            .0
            .range((key.clone(), Kind::Coordinator)..=(key.clone(), Kind::Partitions));
        rows.map(|((_, kind), row)| (*kind, row))
    }

    pub(super) fn of_mut(&mut self, process: Process) -> impl Iterator<Item = (ApiKey, Kind, &mut Row)> {
        let rows = self.0.iter_mut().filter(move |(((of, ..), _), _)| *of == process);
        rows.map(|(((_, api, _), kind), row)| (*api, *kind, row))
    }
}

pub(super) fn key(process: Process, request: &Request, node: NodeId) -> Key {
    let of = match request {
        Request::ListOffsets(_) | Request::Fetch(_) => Some(Of::Leader(node)),
        Request::LeaveGroup(leave) => leave.members.first().map(|one| Of::Leaver(one.member_id.clone())),
        _ => None,
    };
    (process, request.api(), of)
}

fn named(request: &Request) -> BTreeSet<TopicPartition> {
    match request {
        Request::ListOffsets(list) => {
            let of_topic = |topic: &ListOffsetsTopic| {
                let partitions = topic.partitions.iter();
                let partitions =
                    partitions.map(|one| TopicPartition::new(topic.name.clone(), one.partition_index));
                partitions.collect::<Vec<_>>()
            };
            list.topics.iter().flat_map(of_topic).collect()
        }
        Request::OffsetFetch(fetch) => {
            let topics = fetch
                .groups
                .iter()
                .flat_map(|group| group.topics.iter().flatten());
            let of_topic = |topic: &OffsetFetchTopic| {
                let partitions = topic.partition_indexes.iter();
                let partitions = partitions.map(|index| TopicPartition::new(topic.name.clone(), *index));
                partitions.collect::<Vec<_>>()
            };
            topics.flat_map(of_topic).collect()
        }
        _ => BTreeSet::new(),
    }
}

/// Why the next one has to wait, if it has to.
fn failure(request: &Request, reply: Result<&Response, &Failure>) -> Option<Kind> {
    match reply {
        Ok(response) if loses_coordinator(response) => Some(Kind::Coordinator),
        Ok(response @ Response::FindCoordinator(_)) => is_refused(response).then_some(Kind::Coordinator),
        Ok(response) if is_refused(response) => Some(Kind::Whole),
        Ok(response) => fails_for_all(response).then_some(Kind::Partitions),
        Err(_) if request.api() == ApiKey::ListOffsets => Some(Kind::Partitions),
        Err(Failure::Malformed(_)) => Some(Kind::Whole),
        Err(_) if is_for_coordinator(request) => Some(Kind::Coordinator),
        Err(_) => Some(Kind::Whole),
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
        Response::Fetch(fetch) => !fetch.error_code.is_ok(),
        _ => false,
    }
}

/// Some partition of a commit is tried again, by its own code or for want of one: that is no success either.
fn is_left(request: &Request, reply: Result<&Response, &Failure>) -> bool {
    let (Request::OffsetCommit(asked), Ok(Response::OffsetCommit(commit))) = (request, reply) else {
        return false;
    };
    let codes = codes(commit);
    offsets(asked).any(|(partition, _)| codes.get(&partition).is_none_or(|code| code.is_retriable()))
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

//! The door between cluster and member: answers that are odd, late to say what they know, or silent about it. The cluster has acted as it
//! should; only what it says of that is distorted, so that the oracle's knowledge of the cluster stays true.

use std::collections::BTreeMap;
use std::time::Duration;

use kohort_protocol::api::Response;
use kohort_protocol::api::metadata::MetadataResponse;
use kohort_protocol::{ApiKey, ErrorCode, NodeId, Timestamp};

use super::World;
use crate::plan::Oddity;

/// An index that no topic here has.
const UNINVITED: i32 = 1000;

/// What is distorted at present.
#[derive(Default)]
pub(super) struct Distortions {
    /// Until then errors name no leader.
    unhinted: Timestamp,
    /// The last word on the topic, and who repeats it until when.
    metadata: Option<MetadataResponse>,
    stale: BTreeMap<NodeId, (MetadataResponse, Timestamp)>,
    /// What happens to the next answers of an API.
    odd: Vec<(ApiKey, Oddity, u32)>,
}

impl World {
    pub(super) fn hide_leaders(&mut self, span: Duration) {
        self.distortions.unhinted = self.now + span;
    }

    pub(super) fn repeat_metadata(&mut self, node: NodeId, span: Duration) -> Option<()> {
        let said = self.distortions.metadata.clone()?;
        self.distortions.stale.insert(node, (said, self.now + span));
        Some(())
    }

    pub(super) fn make_odd(&mut self, api: ApiKey, how: Oddity, times: u32) {
        self.distortions.odd.push((api, how, times));
    }

    pub(super) fn make_straight(&mut self) {
        self.distortions = Distortions::default();
        for line in self.links.lines.values_mut() {
            line.silent_until = Timestamp::ZERO;
        }
    }

    /// What arrives of an answer of `node`, and how long its connection must be silent afterwards (KIP-219).
    pub(super) fn distorted(&mut self, node: NodeId, mut response: Response) -> (Response, Duration) {
        let now = self.now;
        let mine = &mut self.distortions;
        match &mut response {
            Response::Metadata(said) => {
                mine.metadata = Some(said.clone());
                if let Some((old, _)) = mine.stale.get(&node).filter(|(_, until)| now < *until) {
                    said.clone_from(old);
                }
            }
            Response::Fetch(fetch) if now < mine.unhinted => {
                for one in fetch.responses.iter_mut().flat_map(|topic| &mut topic.partitions) {
                    one.current_leader = None;
                }
            }
            _ => {}
        }
        let mut silence = Duration::ZERO;
        let api = response.api();
        if let Some(odd) = mine.odd.iter_mut().find(|(of, ..)| *of == api) {
            odd.2 -= 1;
            silence = distort(&mut response, odd.1);
        }
        mine.odd.retain(|(.., times)| *times > 0);
        (response, silence)
    }
}

fn distort(response: &mut Response, how: Oddity) -> Duration {
    if let Oddity::Throttle(span) = how {
        let millis = i32::try_from(span.as_millis()).unwrap_or(i32::MAX);
        return throttle(response, millis).map_or(Duration::ZERO, |()| span);
    }
    match response {
        Response::Fetch(fetch) => {
            for topic in &mut fetch.responses {
                twist(
                    &mut topic.partitions,
                    how,
                    |one| &mut one.partition_index,
                    |one| {
                        one.records = None;
                        one.high_watermark -= 1;
                    },
                );
            }
        }
        Response::OffsetFetch(fetch) => {
            for topic in fetch.groups.iter_mut().flat_map(|group| &mut group.topics) {
                twist(
                    &mut topic.partitions,
                    how,
                    |one| &mut one.partition_index,
                    |one| {
                        one.committed_offset -= 1;
                    },
                );
            }
        }
        Response::OffsetCommit(commit) => {
            for topic in &mut commit.topics {
                twist(
                    &mut topic.partitions,
                    how,
                    |one| &mut one.partition_index,
                    |one| {
                        one.error_code = ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
                    },
                );
            }
        }
        Response::ListOffsets(list) => {
            for topic in &mut list.topics {
                twist(
                    &mut topic.partitions,
                    how,
                    |one| &mut one.partition_index,
                    |one| {
                        one.error_code = ErrorCode::NOT_LEADER_OR_FOLLOWER;
                    },
                );
            }
        }
        _ => {}
    }
    Duration::ZERO
}

/// `other`: what a second word on the same partition says. It is never a reason to move a position: that would be a lie, not an oddity.
fn twist<P: Clone>(
    list: &mut Vec<P>,
    how: Oddity,
    index: impl Fn(&mut P) -> &mut i32,
    other: impl Fn(&mut P),
) {
    let Some(mut twin) = list.first().cloned() else {
        return;
    };
    match how {
        Oddity::Omit => {
            list.remove(0);
            return;
        }
        Oddity::DuplicateOther => other(&mut twin),
        Oddity::Negative => *index(&mut twin) = -1,
        Oddity::Uninvited => *index(&mut twin) = UNINVITED,
        Oddity::Duplicate | Oddity::Throttle(_) => {}
    }
    list.push(twin);
}

/// `None`: this API has no place for it.
fn throttle(response: &mut Response, millis: i32) -> Option<()> {
    *match response {
        Response::FindCoordinator(response) => &mut response.throttle_time_ms,
        Response::JoinGroup(response) => &mut response.throttle_time_ms,
        Response::SyncGroup(response) => &mut response.throttle_time_ms,
        Response::Heartbeat(response) => &mut response.throttle_time_ms,
        Response::LeaveGroup(response) => &mut response.throttle_time_ms,
        Response::OffsetCommit(response) => &mut response.throttle_time_ms,
        Response::OffsetFetch(response) => &mut response.throttle_time_ms,
        Response::ListOffsets(response) => &mut response.throttle_time_ms,
        Response::Fetch(response) => &mut response.throttle_time_ms,
        Response::Metadata(response) => &mut response.throttle_time_ms,
        _ => return None,
    } = millis;
    Some(())
}

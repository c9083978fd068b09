//! S17. A topic that was deleted and made anew is another one: no offset of the old id is committed to the new one, and no position of
//! the old id is fetched from the new one. By id, no coordinator takes or gives an offset of another id either; below version 10 of the
//! commit APIs the name is all that travels, so there the member must drop what it has as soon as it learns the new id.
//!
//! Source: specification S17; KIP-848 (OffsetCommit and OffsetFetch 10); franz-go 1426, KAFKA-12257, librdkafka 3255.

use std::collections::BTreeMap;
use std::time::Duration;

use kohort_group::member::Event;
use kohort_protocol::api::offset_commit::{OffsetCommitRequest, OffsetCommitResponse};
use kohort_protocol::api::{Request, Response};
use kohort_protocol::{ErrorCode, TopicId, TopicName, TopicPartition};

use super::names::named;
use super::{Invariant, Scene, Verdict, goes_by_id};
use crate::history::{Process, What};

/// A commit that was accepted is acknowledged so much later at most.
const FLUSH: Duration = Duration::from_millis(20);

#[derive(Default)]
pub(super) struct Recreated {
    /// Which topic the position of a partition belongs to, in this period.
    read: BTreeMap<(Process, TopicPartition), TopicId>,
    /// Which id it was told of, as long as it subscribes to that topic.
    told: BTreeMap<(Process, TopicName), TopicId>,
    /// For which topic a coordinator named the offset to begin at.
    begins: BTreeMap<(Process, TopicPartition), TopicId>,
}

impl Invariant for Recreated {
    fn id(&self) -> &'static str {
        "S17"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        match (process, what) {
            (
                None,
                What::Replied {
                    version,
                    request: Request::OffsetCommit(request),
                    response: Response::OffsetCommit(response),
                    ..
                },
            ) if goes_by_id(*version) => return acknowledged(scene, request, response),
            (Some(process), What::Said(Event::Assigned { .. })) => {
                self.read.retain(|(of, _), _| *of != process);
                self.begins.retain(|(of, _), _| *of != process);
            }
            (Some(process), What::Said(Event::Reset { partition, .. })) => {
                self.begins.remove(&(process, partition.clone()));
            }
            (
                Some(process),
                What::Answered {
                    version: Some(version),
                    reply: Ok(Response::OffsetFetch(response)),
                    ..
                },
            ) if goes_by_id(*version) => {
                for topic in response.groups.iter().flat_map(|group| &group.topics) {
                    for one in topic.partitions.iter().filter(|one| one.committed_offset >= 0) {
                        let name = named(&topic.name, topic.topic_id, one.partition_index);
                        self.begins.entry((process, name)).or_insert(topic.topic_id);
                    }
                }
            }
            (
                Some(process),
                What::Answered {
                    reply: Ok(Response::Metadata(metadata)),
                    ..
                },
            ) => {
                let subscribed = &scene.ghost.of(process).subscribed;
                for topic in metadata.topics.iter().filter(|one| one.topic_id != TopicId::ZERO) {
                    if let Some(name) = topic.name.clone().filter(|name| subscribed.contains(name)) {
                        self.told.insert((process, name), topic.topic_id);
                    }
                }
            }
            (Some(process), What::Subscribed { topics }) => {
                self.told
                    .retain(|(of, name), _| *of != process || topics.contains(name));
            }
            (Some(process), What::Delivered { partition, topic, .. }) => {
                return self.delivered(process, partition, *topic);
            }
            (Some(process), What::Sent { request, .. }) => return self.sent(process, request),
            _ => {}
        }
        Ok(())
    }
}

impl Recreated {
    fn delivered(&mut self, process: Process, partition: &TopicPartition, topic: TopicId) -> Verdict {
        let key = (process, partition.clone());
        if let Some(other) = self.begins.remove(&key).filter(|other| *other != topic) {
            return Err(format!(
                "process {} begins {partition} of {topic} at an offset of {other}",
                process.0
            ));
        }
        let before = self.read.insert(key, topic);
        match before.filter(|before| *before != topic) {
            None => Ok(()),
            Some(before) => Err(format!(
                "process {} is handed records of {partition} of {topic} in the period in which it read those of {before}",
                process.0
            )),
        }
    }

    fn sent(&self, process: Process, request: &Request) -> Verdict {
        // Without an id a commit travels by name (version 9), and is stored for whatever is called so by then. Who has read has the id,
        // unless it met nobody but brokers before 2.8; and whether its coordinator can make use of it, it does not know.
        let is_commit = matches!(request, Request::OffsetCommit(_));
        let (verb, named): (_, Vec<(TopicPartition, TopicId)>) = match request {
            Request::OffsetCommit(commit) => {
                let each = |topic: &kohort_protocol::api::offset_commit::OffsetCommitTopic| {
                    let (name, id) = (topic.name.clone(), topic.topic_id);
                    let indexes: Vec<i32> = topic.partitions.iter().map(|one| one.partition_index).collect();
                    indexes
                        .into_iter()
                        .map(move |index| (named(&name, id, index), id))
                };
                ("commits", commit.topics.iter().flat_map(each).collect())
            }
            Request::Fetch(fetch) => {
                let each = |topic: &kohort_protocol::api::fetch::FetchTopic| {
                    let (name, id) = (topic.topic.clone(), topic.topic_id);
                    let indexes: Vec<i32> = topic.partitions.iter().map(|one| one.partition).collect();
                    indexes
                        .into_iter()
                        .map(move |index| (named(&name, id, index), id))
                };
                ("fetches", fetch.topics.iter().flat_map(each).collect())
            }
            _ => return Ok(()),
        };
        let told = |partition: &TopicPartition| self.told.get(&(process, partition.topic.clone()));
        for (partition, id) in named {
            if let Some(read) = self.read.get(&(process, partition.clone()))
                && *read != id
                && (id != TopicId::ZERO || is_commit && told(&partition) == Some(read))
            {
                return Err(format!(
                    "process {} {verb} {partition} under the id {id} at a position that it has from {read}",
                    process.0
                ));
            }
        }
        Ok(())
    }
}

fn acknowledged(
    scene: &Scene<'_>,
    request: &OffsetCommitRequest,
    response: &OffsetCommitResponse,
) -> Verdict {
    let logs = &scene.ghost.logs;
    for topic in &response.topics {
        let name = named(&topic.name, topic.topic_id, 0).topic;
        let is_stored = topic
            .partitions
            .iter()
            .any(|one| one.error_code == ErrorCode::NONE);
        let is_other = topic.topic_id != logs.topic(&name);
        let was_just_now = scene.now.since(logs.made(&name)) <= FLUSH;
        if is_stored && is_other && !was_just_now {
            return Err(format!(
                "a commit of {} for the id {} of {name} was stored; the topic has the id {}",
                request.member_id,
                topic.topic_id,
                logs.topic(&name)
            ));
        }
    }
    Ok(())
}

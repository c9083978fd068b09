//! S18. A leader gives each partition of a topic that a member of its round reads to exactly one of those members, and nothing to others.
//!
//! Source: KAFKA-12984, KAFKA-14639, KAFKA-7026; rule 8. The partitions are those of which the leader has heard, before the round and at
//! the end of it; of a topic that neither it nor its round wants any more, and of which it owns nothing, it may forget what it has heard.

use std::collections::{BTreeMap, BTreeSet};

use kohort_protocol::api::metadata::MetadataResponse;
use kohort_protocol::api::sync_group::SyncGroupRequest;
use kohort_protocol::api::{Request, Response};
use kohort_protocol::consumer_protocol::Assignment;
use kohort_protocol::{MemberId, TopicId, TopicName, TopicPartition};

use super::{Invariant, ProcessGhost, Scene, Verdict};
use crate::history::{Process, What};

/// How many partitions a process has heard of, of the topics with these ids.
type Heard = BTreeMap<TopicName, (TopicId, i32)>;

/// Who takes part in a round, and what each reads.
type Led = BTreeMap<MemberId, BTreeSet<TopicName>>;

#[derive(Default)]
pub(super) struct LeadersAssignment {
    heard: BTreeMap<Process, Heard>,
    /// What the leader of a round had heard when that began.
    before: BTreeMap<Process, Heard>,
}

impl Invariant for LeadersAssignment {
    fn id(&self) -> &'static str {
        "S18"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let Some(process) = process else { return Ok(()) };
        let ghost = scene.ghost.of(process);
        let heard = self.heard.entry(process).or_default();
        // At once, not when somebody wants it again: from here on it hears no more of it, also that it was made anew.
        heard.retain(|topic, _| ghost.cares_for(topic));
        match what {
            What::Answered {
                reply: Ok(Response::Metadata(response)),
                ..
            } => self.learned(process, ghost, response),
            What::Answered {
                reply: Ok(Response::JoinGroup(response)),
                ..
            } if response.error_code.is_ok() => {
                self.before.insert(process, heard.clone());
            }
            What::Sent {
                request: Request::SyncGroup(request),
                ..
            } if !request.assignments.is_empty() => return self.divided(process, &ghost.led, request),
            _ => {}
        }
        Ok(())
    }
}

impl LeadersAssignment {
    fn learned(&mut self, process: Process, ghost: &ProcessGhost, response: &MetadataResponse) {
        for topic in &response.topics {
            let Some(name) = topic.name.clone().filter(|name| ghost.cares_for(name)) else {
                continue;
            };
            let count = i32::try_from(topic.partitions.len()).unwrap_or(i32::MAX);
            let heard = self
                .heard
                .entry(process)
                .or_default()
                .entry(name.clone())
                .or_default();
            // An answer of earlier days makes nothing smaller, unless it speaks of another topic or of none.
            let ids = [heard.0, topic.topic_id];
            let is_named = topic.error_code.is_ok();
            // Brokers before 2.8 name no ids.
            let is_same = is_named && (ids[0] == ids[1] || ids.contains(&TopicId::ZERO));
            let id = if is_same { ids[0].max(ids[1]) } else { ids[1] };
            *heard = (id, if is_same { count.max(heard.1) } else { count });
            // It may have decided as soon as it heard that, though it could not say so before it heard otherwise.
            let before = self
                .before
                .get_mut(&process)
                .and_then(|before| before.get_mut(&name));
            if let Some((_, known)) = before.filter(|_| !is_same) {
                *known = count.min(*known);
            }
        }
    }

    fn divided(&self, process: Process, led: &Led, request: &SyncGroupRequest) -> Verdict {
        let mut given: BTreeMap<TopicPartition, &MemberId> = BTreeMap::new();
        for assignment in &request.assignments {
            let member = &assignment.member_id;
            let Some(topics) = led.get(member) else {
                return Err(format!(
                    "process {} assigns to {member}, who is not in its round",
                    process.0
                ));
            };
            let decoded = Assignment::decode(&assignment.assignment).map_err(|error| error.to_string())?;
            for partition in decoded.partitions {
                if !topics.contains(&partition.topic) {
                    return Err(format!(
                        "process {} gives {partition} to {member}, who reads {topics:?}",
                        process.0
                    ));
                }
                if let Some(other) = given.insert(partition.clone(), member) {
                    return Err(format!(
                        "process {} gives {partition} to {other} and to {member}",
                        process.0
                    ));
                }
            }
        }
        match self
            .expected(process, led)
            .find(|partition| !given.contains_key(partition))
        {
            None => Ok(()),
            Some(partition) => Err(format!("process {} gives {partition} to nobody", process.0)),
        }
    }

    fn expected(&self, process: Process, led: &Led) -> impl Iterator<Item = TopicPartition> {
        let read: BTreeSet<&TopicName> = led.values().flatten().collect();
        let of = |heard: Option<&Heard>, topic: &TopicName| {
            let heard = heard.and_then(|heard| heard.get(topic));
            heard.map_or(0, |(_, count)| *count)
        };
        let (before, now) = (self.before.get(&process), self.heard.get(&process));
        let known = read
            .into_iter()
            .map(move |topic| (topic, of(before, topic).min(of(now, topic))));
        let all =
            known.map(|(topic, count)| (0..count).map(|index| TopicPartition::new(topic.clone(), index)));
        all.flatten()
    }
}

//! S18. A leader gives each partition of the subscription to exactly one member of its round.
//!
//! Source: KAFKA-12984, KAFKA-14639, KAFKA-7026. All members of these groups subscribe to the one topic; its partitions are those of
//! which the leader has heard.

use std::collections::{BTreeMap, BTreeSet};

use kohort_protocol::api::{Request, Response};
use kohort_protocol::consumer_protocol::Assignment;
use kohort_protocol::{MemberId, TopicId, TopicPartition};

use super::{Invariant, Scene, Verdict};
use crate::history::{Process, What};
use crate::plan::TOPIC;

#[derive(Default)]
pub(super) struct LeadersAssignment {
    /// How many partitions a process has heard of, of the topic with this id.
    heard: BTreeMap<Process, (TopicId, i32)>,
    /// The members of the round that a process leads, and how many partitions it had heard of when that began.
    led: BTreeMap<Process, (BTreeSet<MemberId>, i32)>,
}

impl Invariant for LeadersAssignment {
    fn id(&self) -> &'static str {
        "S18"
    }

    fn see(&mut self, _: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        match (process, what) {
            (
                Some(process),
                What::Answered {
                    reply: Ok(Response::Metadata(response)),
                    ..
                },
            ) => {
                let topic = response
                    .topics
                    .iter()
                    .find(|topic| topic.name.as_ref().is_some_and(|name| name.as_str() == TOPIC));
                let count = topic.map_or(0, |topic| {
                    i32::try_from(topic.partitions.len()).unwrap_or(i32::MAX)
                });
                let id = topic.map_or(TopicId::ZERO, |topic| topic.topic_id);
                let heard = self.heard.entry(process).or_default();
                // An answer of earlier days makes nothing smaller, unless it speaks of another topic or of none.
                *heard = (id, if heard.0 == id { count.max(heard.1) } else { count });
            }
            (
                Some(process),
                What::Answered {
                    reply: Ok(Response::JoinGroup(response)),
                    ..
                },
            ) if !response.members.is_empty() => {
                let members = response.members.iter().map(|member| member.member_id.clone());
                let heard = self.heard(process);
                self.led.insert(process, (members.collect(), heard));
            }
            (
                Some(process),
                What::Sent {
                    request: Request::SyncGroup(request),
                    ..
                },
            ) if !request.assignments.is_empty() => {
                let mut given: BTreeMap<TopicPartition, MemberId> = BTreeMap::new();
                for assignment in &request.assignments {
                    let member = &assignment.member_id;
                    if !self
                        .led
                        .get(&process)
                        .is_some_and(|(led, _)| led.contains(member))
                    {
                        return Err(format!(
                            "process {} assigns to {member}, who is not in its round",
                            process.0
                        ));
                    }
                    let decoded =
                        Assignment::decode(&assignment.assignment).map_err(|error| error.to_string())?;
                    for partition in decoded.partitions {
                        if let Some(other) = given.insert(partition.clone(), member.clone()) {
                            return Err(format!(
                                "process {} gives {partition} to {other} and to {member}",
                                process.0
                            ));
                        }
                    }
                }
                let known = self.led.get(&process).map_or(0, |(_, heard)| *heard);
                let missing = (0..known.min(self.heard(process)))
                    .find(|&index| !given.contains_key(&TopicPartition::new(TOPIC, index)));
                if let Some(partition) = missing {
                    return Err(format!(
                        "process {} gives {TOPIC}-{partition} to nobody",
                        process.0
                    ));
                }
            }
            _ => {}
        }
        Ok(())
    }
}

impl LeadersAssignment {
    fn heard(&self, process: Process) -> i32 {
        self.heard.get(&process).map_or(0, |(_, count)| *count)
    }
}

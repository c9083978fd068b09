//! What the history of a process changes in what is known of it.

use kohort_group::member::{Event, MemberError, SeekTo};
use kohort_protocol::api::join_group::JoinGroupMember;
use kohort_protocol::api::metadata::MetadataResponse;
use kohort_protocol::api::sync_group::SyncGroupResponse;
use kohort_protocol::api::{Request, Response};
use kohort_protocol::consumer_protocol::{Assignment, Subscription};
use kohort_protocol::{Timestamp, TopicPartition};

use super::{Life, ProcessGhost};
use crate::history::What;
use crate::oracle::coordinator::{is_for_coordinator, loses_coordinator};
use crate::oracle::names::named;

impl ProcessGhost {
    fn own_nothing(&mut self) {
        self.owned.clear();
        self.revoking = None;
    }

    /// The coordinator was heard of, or is to be looked for.
    fn hear_of_coordinator(&mut self, what: &What<'_>) {
        match what {
            What::Sent {
                request: Request::FindCoordinator(_),
                ..
            } => self.knows_coordinator = false,
            What::Answered {
                request,
                reply: Err(_),
                ..
            } if is_for_coordinator(request) => self.knows_coordinator = false,
            What::Answered {
                reply: Ok(response), ..
            } if loses_coordinator(response) => {
                self.knows_coordinator = false;
            }
            What::Answered {
                reply: Ok(Response::FindCoordinator(found)),
                ..
            } => {
                self.knows_coordinator = found.coordinators.iter().any(|one| one.error_code.is_ok());
            }
            _ => {}
        }
    }

    pub(crate) fn see(&mut self, now: Timestamp, what: &What<'_>) {
        self.hear_of_coordinator(what);
        match what {
            What::Frozen(frozen) => {
                self.life = if *frozen { Life::Frozen } else { Life::Running };
                self.awake_since = now;
            }
            What::Late(late) => self.late = *late,
            What::Sought { partition, to, .. } => self.sought(partition, *to),
            What::Crashed => {
                self.life = Life::Crashed;
                self.own_nothing();
            }
            What::Closed { .. } => {
                self.life = Life::Closed;
                self.own_nothing();
            }
            What::Closing { deadline, .. } => {
                self.closing = Some(self.closing.map_or(*deadline, |other| other.min(*deadline)));
            }
            What::Sent { request, .. } => self.sent(request),
            What::Answered {
                reply: Ok(Response::JoinGroup(join)),
                ..
            } if join.error_code.is_ok() => {
                self.member_id = join.member_id.clone();
                self.generation = join.generation_id;
                self.in_session = true;
                self.leads(&join.members);
            }
            // The round has failed, and begins anew; also if it gives what is not wanted any more.
            What::Answered {
                request: Request::SyncGroup(_),
                reply,
                ..
            } if !matches!(reply, Ok(Response::SyncGroup(sync)) if self.may_accept(sync)) => {
                self.in_session = false;
                self.round_failed = Some(now);
            }
            What::Abandoned {
                request: Request::SyncGroup(_),
            } => self.in_session = false,
            What::Polled => {
                self.polled = now;
                self.processed.clone_from(&self.delivered);
            }
            What::Waiting(waits) => {
                self.polled = now;
                self.waits = *waits;
            }
            What::Delivered {
                partition, offsets, ..
            } => {
                if let (Some(first), Some(began)) = (offsets.first(), self.started.get_mut(*partition))
                    && *began == i64::MAX
                {
                    *began = self.sought.get(*partition).map_or(*first, |far| *first.max(far));
                }
                if let Some(last) = offsets.last() {
                    self.delivered.insert((*partition).clone(), last + 1);
                }
            }
            What::Answered {
                reply: Ok(Response::OffsetFetch(response)),
                ..
            } => {
                let topics = response.groups.iter().flat_map(|group| &group.topics);
                for (topic, partition) in
                    topics.flat_map(|topic| topic.partitions.iter().map(move |p| (topic, p)))
                {
                    let name = named(&topic.name, topic.topic_id, partition.partition_index);
                    if !self.sought.contains_key(&name) {
                        self.started.insert(name, partition.committed_offset);
                    }
                }
            }
            What::Answered {
                reply: Ok(Response::Metadata(response)),
                ..
            } => self.learned(response),
            What::Answered {
                reply: Ok(Response::ListOffsets(response)),
                ..
            } => {
                for topic in &response.topics {
                    for partition in &topic.partitions {
                        let name = TopicPartition::new(topic.name.clone(), partition.partition_index);
                        let far = self.listed.entry(name).or_insert(partition.offset);
                        *far = partition.offset.max(*far);
                    }
                }
            }
            What::Said(Event::Reset { partition, to, .. }) => {
                let began = self.started.get(partition).copied();
                let began = began.filter(|&began| began != i64::MAX);
                if let Some(began) = began {
                    self.keep(partition, began);
                }
                let far = began.or_else(|| self.sought.get(partition).copied());
                let far = far.filter(|_| self.sought.contains_key(partition)).unwrap_or(-1);
                self.started.insert(partition.clone(), far.max(*to));
                self.set_back.insert(partition.clone(), *to);
            }
            What::Said(Event::Assigned {
                guard,
                partitions,
                period,
            }) => {
                self.started.clear();
                self.sought.clear();
                self.listed.clear();
                self.awaited = Some(*guard);
                let given = partitions.iter().map(|partition| (partition.clone(), *period));
                self.assigned = Some((*guard, given.collect()));
                // A machine that was not called accepts by what it had heard.
                self.in_session |= self.awake_since == now;
                self.remade.clear();
            }
            What::Said(Event::Error(MemberError::Refused { .. })) => self.refused = Some(now),
            What::Said(Event::Revoking { guard, .. }) => self.awaited = Some(*guard),
            What::Said(Event::Lost { partitions }) => self.lost(partitions),
            // Who owns nothing loses nothing, and is out of the group all the same.
            What::Said(Event::Error(MemberError::PollIntervalExceeded { .. })) => self.in_session = false,
            What::Subscribed { topics } => {
                self.subscribed = topics.iter().cloned().collect();
                self.watched.clear();
            }
            What::Heard(event) => self.heard(event),
            // Whose application failed is out of the group, though a static one says no word.
            What::Released {
                guard,
                unwinding: true,
            } if self.awaited == Some(*guard) => {
                self.in_session = false;
                self.own_nothing();
            }
            What::Released { guard, .. } if self.revoking == Some(*guard) => self.own_nothing(),
            _ => {}
        }
    }

    /// It goes on elsewhere; what it had got to before may still be on its way to be committed. Where the log begins or ends it sees
    /// only with the first record.
    fn sought(&mut self, partition: &TopicPartition, to: SeekTo) {
        let delivered = self.delivered.remove(partition).unwrap_or(-1);
        let processed = self.processed.remove(partition).unwrap_or(-1);
        let began = self.started.get(partition).copied().unwrap_or(-1);
        let before = self.sought.get(partition).copied().unwrap_or(-1);
        let listed = self.listed.get(partition).copied().unwrap_or(-1);
        let began = if began == i64::MAX { listed } else { began };
        let far = delivered.max(processed).max(began).max(before);
        self.sought.insert(partition.clone(), far);
        let began = match to {
            SeekTo::Offset(offset) => far.max(offset),
            _ => i64::MAX,
        };
        self.started.insert(partition.clone(), began);
    }

    /// It was there before a reset.
    fn keep(&mut self, partition: &TopicPartition, at: i64) {
        let before = self.before.entry(partition.clone()).or_insert(at);
        *before = at.max(*before);
    }

    fn may_accept(&self, sync: &SyncGroupResponse) -> bool {
        let given = Assignment::decode(&sync.assignment).unwrap_or_default();
        let is_wanted = |partition: &TopicPartition| self.subscribed.contains(&partition.topic);
        sync.error_code.is_ok() && given.partitions.iter().all(is_wanted)
    }

    /// Only leaders are told who takes part.
    fn leads(&mut self, members: &[JoinGroupMember]) {
        self.watched.clear();
        if members.is_empty() {
            return;
        }
        let members = members.iter().map(|member| {
            let said = Subscription::decode(&member.metadata).unwrap_or_default();
            (member.member_id.clone(), said.topics.into_iter().collect())
        });
        self.led = members.collect();
        self.watched = self.led.values().flatten().cloned().collect();
    }

    /// All, or what belongs to topics that were made anew.
    fn lost(&mut self, partitions: &[TopicPartition]) {
        self.in_session &=
            !self.remade.is_empty() && partitions.iter().all(|lost| self.remade.contains(&lost.topic));
        self.awaited = self.awaited.filter(|_| self.in_session);
        self.owned.retain(|owned, _| !partitions.contains(owned));
        if self.owned.is_empty() {
            self.revoking = None;
        }
        self.assigned = self.assigned.take().and_then(|(guard, mut given)| {
            given.retain(|given, _| !partitions.contains(given));
            (!given.is_empty()).then_some((guard, given))
        });
    }

    fn learned(&mut self, response: &MetadataResponse) {
        for topic in response.topics.iter().filter(|topic| topic.error_code.is_ok()) {
            let Some(name) = &topic.name else { continue };
            let before = self.topics.insert(name.clone(), topic.topic_id);
            if before.is_some_and(|before| before != topic.topic_id) {
                self.remade.insert(name.clone());
            }
        }
    }

    fn sent(&mut self, request: &Request) {
        self.in_session &= match request {
            Request::JoinGroup(_) => false,
            // Perhaps the goodbye of an id that it had before.
            Request::LeaveGroup(leave) => leave.members.iter().all(|one| one.member_id != self.member_id),
            _ => true,
        };
        if matches!(request, Request::JoinGroup(_)) {
            self.rejoins = true;
            self.awaited = None; // nothing need be let go of for the next round
        }
    }

    fn heard(&mut self, event: &Event) {
        match event {
            Event::Assigned { guard, .. } => {
                let Some((_, given)) = self.assigned.take_if(|(of, _)| of == guard) else {
                    return;
                };
                self.own_nothing();
                self.delivered.clear();
                self.before.clear();
                self.processed.clear();
                self.set_back.clear();
                self.owned = given;
                self.owner_id = self.member_id.clone();
                self.owner_generation = self.generation;
                self.rejoins = false;
            }
            Event::Revoking { guard, .. } => self.revoking = Some(*guard),
            Event::Reset { partition, .. } => {
                self.set_back.remove(partition);
                self.processed.remove(partition);
                if let Some(at) = self.delivered.remove(partition) {
                    self.keep(partition, at);
                }
            }
            _ => {}
        }
    }
}

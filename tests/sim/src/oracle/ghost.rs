//! Ghost state: what every invariant needs to know of the processes, kept from the history alone.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kohort_group::member::{Event, GuardId, MemberConfig, MemberError, Period, SeekTo};
use kohort_protocol::api::join_group::JoinGroupMember;
use kohort_protocol::api::metadata::MetadataResponse;
use kohort_protocol::api::sync_group::SyncGroupResponse;
use kohort_protocol::api::{Request, Response};
use kohort_protocol::consumer_protocol::{Assignment, Subscription};
use kohort_protocol::{ErrorCode, Generation, MemberId, Timestamp, TopicId, TopicName, TopicPartition};

use super::logs::Logs;
use super::names::named;
use super::s05_commit_fencing::codes;
use super::s14_silent_application::expires;
use super::watch::Watch;
use crate::history::{Process, What};
use crate::plan::Commits;

/// Whether a process lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// It runs.
    Running,
    /// It stands still.
    Frozen,
    /// It was killed.
    Crashed,
    /// Its member said its last word.
    Closed,
}

/// What is known of one process.
#[derive(Debug)]
pub struct ProcessGhost {
    /// Which member of the plan it is.
    pub member: usize,
    /// Its settings.
    pub config: MemberConfig,
    /// How it commits.
    pub commits: Commits,
    /// Whether it lives.
    pub life: Life,
    /// When it last began to live: at its start, or when it was thawed.
    pub awake_since: Timestamp,
    /// Until when it has to be done with closing.
    pub closing: Option<Timestamp>,
    /// When it was refused for good, so that it stops.
    pub refused: Option<Timestamp>,
    /// The id and generation of the last JoinGroup that was answered with success.
    pub member_id: MemberId,
    /// See `member_id`.
    pub generation: Generation,
    /// It has joined, and neither asked to join again nor left nor lost since.
    pub in_session: bool,
    /// When a SyncGroup last ended that without success.
    pub round_failed: Option<Timestamp>,
    /// What its application may take for its own: from hearing `Assigned` until it lets go, or until the machine says `Lost`.
    pub owned: BTreeMap<TopicPartition, Period>,
    /// The id under which it got that.
    pub owner_id: MemberId,
    /// The generation in which it got that.
    pub owner_generation: Generation,
    /// It asked to join again since then.
    pub rejoins: bool,
    /// The notice of the assignment that is in force, and what it gives: not what was lost before it is heard.
    assigned: Option<(GuardId, BTreeMap<TopicPartition, Period>)>,
    /// The notice that its machine waits for.
    awaited: Option<GuardId>,
    /// The notice of a revocation that it holds.
    pub revoking: Option<GuardId>,
    /// Where it may begin, by partition, in this period: the committed offset that it was told, or where a reset set it.
    pub started: BTreeMap<TopicPartition, i64>,
    /// Where it wanted to go on in this period, and how far it had got before.
    pub sought: BTreeMap<TopicPartition, i64>,
    /// The furthest that a leader named to it when it asked where its log begins or ends, in this period.
    listed: BTreeMap<TopicPartition, i64>,
    /// Its timers may fire so late.
    pub late: Duration,
    /// Where the next record is, by partition, in this period.
    pub delivered: BTreeMap<TopicPartition, i64>,
    /// How far it had got when its position was reset, by partition, in this period.
    pub before: BTreeMap<TopicPartition, i64>,
    /// Where the next record is, as of its last coming back.
    pub processed: BTreeMap<TopicPartition, i64>,
    /// Where it was set back to by the log, before its application has heard of that.
    pub set_back: BTreeMap<TopicPartition, i64>,
    /// When it came back last.
    pub polled: Timestamp,
    /// Whether it waits inside the client.
    pub waits: bool,
    /// Its coordinator was found, and has not been lost since.
    pub knows_coordinator: bool,
    /// What its application wants to read.
    pub subscribed: BTreeSet<TopicName>,
    /// The round that it led last: who takes part, and what each reads.
    pub led: BTreeMap<MemberId, BTreeSet<TopicName>>,
    /// What somebody in that round reads, unless its own wishes changed since: it may have forgotten the others then.
    watched: BTreeSet<TopicName>,
    /// The id of each topic, as it was told last.
    pub topics: BTreeMap<TopicName, TopicId>,
    /// Of which it was told another since it was given partitions: those are lost, but not its place in the group.
    remade: BTreeSet<TopicName>,
}

impl ProcessGhost {
    fn new(now: Timestamp, member: usize, config: &MemberConfig, commits: Commits) -> Self {
        Self {
            member,
            config: config.clone(),
            commits,
            life: Life::Running,
            awake_since: now,
            closing: None,
            refused: None,
            member_id: MemberId::default(),
            generation: Generation::NONE,
            in_session: false,
            round_failed: None,
            owned: BTreeMap::new(),
            owner_id: MemberId::default(),
            owner_generation: Generation::NONE,
            rejoins: false,
            assigned: None,
            awaited: None,
            revoking: None,
            started: BTreeMap::new(),
            sought: BTreeMap::new(),
            listed: BTreeMap::new(),
            late: Duration::ZERO,
            delivered: BTreeMap::new(),
            before: BTreeMap::new(),
            processed: BTreeMap::new(),
            set_back: BTreeMap::new(),
            polled: now,
            waits: false,
            knows_coordinator: false,
            subscribed: config.topics.iter().cloned().collect(),
            led: BTreeMap::new(),
            watched: BTreeSet::new(),
            topics: BTreeMap::new(),
            remade: BTreeSet::new(),
        }
    }

    /// Whether it runs and its application has not closed it.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.life == Life::Running && self.closing.is_none()
    }

    /// When its application has been away for too long, if nothing happens.
    fn patience_ends(&self) -> Option<Timestamp> {
        (self.is_up() && !self.waits).then(|| expires(self))
    }

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

    fn see(&mut self, now: Timestamp, what: &What<'_>) {
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
                let far = self.started.get(partition).filter(|&&began| began != i64::MAX);
                let far = far.or_else(|| self.sought.get(partition)).copied();
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

    /// How far "all that is processed" goes: not beyond where the log was cut.
    pub(super) fn promised(&self, partition: &TopicPartition) -> Option<i64> {
        let processed = *self.processed.get(partition)?;
        let set_back = self.set_back.get(partition).copied().unwrap_or(i64::MAX);
        Some(processed.min(set_back))
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

    fn may_accept(&self, sync: &SyncGroupResponse) -> bool {
        let given = Assignment::decode(&sync.assignment).unwrap_or_default();
        let is_wanted = |partition: &TopicPartition| self.subscribed.contains(&partition.topic);
        sync.error_code.is_ok() && given.partitions.iter().all(is_wanted)
    }

    /// Of these topics it must know something.
    pub(super) fn cares_for(&self, topic: &TopicName) -> bool {
        let owns = || self.owned.keys().any(|owned| owned.topic == *topic);
        self.subscribed.contains(topic) || self.watched.contains(topic) || owns()
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
                    let before = self.before.entry(partition.clone()).or_insert(at);
                    *before = at.max(*before);
                }
            }
            _ => {}
        }
    }
}

/// See the head of this file.
#[derive(Debug, Default)]
pub struct Ghost {
    /// By process.
    pub processes: Vec<ProcessGhost>,
    /// Since when nothing has gone wrong on purpose.
    pub calm: Option<Timestamp>,
    /// When the group was stable first after that.
    pub stable: Option<Timestamp>,
    /// What happened to the logs.
    pub logs: Logs,
    /// How many generations the group went through.
    pub rebalances: u64,
    /// Until when the application of each may stay away.
    patience: Watch<Process>,
    generation: Option<Generation>,
}

impl Ghost {
    /// What is known of a process.
    #[must_use]
    pub fn of(&self, process: Process) -> &ProcessGhost {
        &self.processes[process.0]
    }

    /// All of them, with their names.
    pub fn all(&self) -> impl Iterator<Item = (Process, &ProcessGhost)> {
        self.processes
            .iter()
            .enumerate()
            .map(|(index, ghost)| (Process(index), ghost))
    }

    /// Those who are up, and whose applications have been away for too long, so that their machines have had the time to notice.
    pub fn overdue(&self, now: Timestamp) -> impl Iterator<Item = (Process, &ProcessGhost)> {
        let late = self.patience.late(now);
        late.map(|(process, _)| (process, self.of(process)))
    }

    /// For messages.
    #[must_use]
    pub fn who_owns_what(&self) -> String {
        let lives = |ghost: &ProcessGhost| matches!(ghost.life, Life::Running | Life::Frozen);
        let living = self.all().filter(|(_, ghost)| lives(ghost));
        let texts = living.map(|(process, ghost)| {
            let owned: Vec<String> = ghost.owned.keys().map(ToString::to_string).collect();
            let session = if ghost.in_session {
                ""
            } else {
                ", not in the group"
            };
            format!(
                "process {} ({:?}, generation {}{session}): {}",
                process.0,
                ghost.member_id,
                ghost.generation,
                owned.join(" ")
            )
        });
        texts.collect::<Vec<_>>().join("; ")
    }

    pub(crate) fn see(&mut self, now: Timestamp, process: Option<Process>, what: &What<'_>) {
        match (process, what) {
            (
                _,
                What::Started {
                    member,
                    config,
                    commits,
                },
            ) => self
                .processes
                .push(ProcessGhost::new(now, *member, config, *commits)),
            (Some(process), what) => {
                let ghost = &mut self.processes[process.0];
                ghost.see(now, what);
                self.patience.set_or_remove(process, ghost.patience_ends());
            }
            (None, What::Calm) => self.calm = Some(now),
            (None, What::LogChanged { .. } | What::Created { .. } | What::Arrived { .. }) => {
                self.logs.see(now, what);
            }
            (None, What::Stable) => self.stable = Some(now),
            (None, What::Group(Some((_, generation)))) if self.generation != Some(*generation) => {
                self.generation = Some(*generation);
                self.rebalances += 1;
            }
            (None, _) => {}
        }
    }
}

/// Whether a request without an answer says something of the coordinator.
pub(super) const fn is_for_coordinator(request: &Request) -> bool {
    matches!(
        request,
        Request::FindCoordinator(_)
            | Request::JoinGroup(_)
            | Request::SyncGroup(_)
            | Request::Heartbeat(_)
            | Request::LeaveGroup(_)
            | Request::OffsetCommit(_)
            | Request::OffsetFetch(_)
            | Request::DescribeGroups(_)
    )
}

/// The answers by which a coordinator says that it is none, or that it cannot do its work.
pub(super) fn loses_coordinator(response: &Response) -> bool {
    let is_none = |code| {
        matches!(
            code,
            ErrorCode::NOT_COORDINATOR | ErrorCode::COORDINATOR_NOT_AVAILABLE
        )
    };
    let is_lost = |code| is_none(code) || code == ErrorCode::REQUEST_TIMED_OUT;
    match response {
        Response::JoinGroup(response) => is_none(response.error_code),
        Response::SyncGroup(response) => is_none(response.error_code),
        Response::Heartbeat(response) => is_none(response.error_code),
        Response::LeaveGroup(response) => is_none(response.error_code),
        Response::OffsetCommit(response) => codes(response).into_values().any(is_lost),
        Response::OffsetFetch(response) => response.groups.iter().any(|group| is_none(group.error_code)),
        Response::DescribeGroups(response) => response.groups.iter().any(|group| is_none(group.error_code)),
        _ => false,
    }
}

//! Situations that many seeds together must have reached: a simulator that never gets there proves nothing about them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kohort_broker::GroupState;
use kohort_group::member::{CallError, CommitError, Event};
use kohort_protocol::api::fetch::FetchResponse;
use kohort_protocol::api::join_group::JoinGroupResponse;
use kohort_protocol::api::metadata::MetadataTopic;
use kohort_protocol::api::offset_commit::OffsetCommitResponse;
use kohort_protocol::api::{Request, Response};
use kohort_protocol::{
    ApiKey, ErrorCode, Generation, MemberId, Timestamp, TopicId, TopicName, TopicPartition,
};

use crate::history::{LogChange, Process, What};
use crate::oracle::{Ghost, Life, ProcessGhost};
use crate::plan::TOPIC;

mod long;
mod situation;

pub(crate) use long::HUNG;
pub use situation::Situation;

/// How often each was reached.
#[derive(Clone, Debug, Default)]
pub struct Sometimes {
    counts: BTreeMap<Situation, u64>,
    standing: Option<(GroupState, Generation)>,
    /// Ids of topics that are gone.
    old: BTreeSet<TopicId>,
    leader: Option<MemberId>,
    /// Who leads a round that is not synced.
    leads: BTreeSet<Process>,
    /// The generation of the commit that is on its way.
    commits: BTreeMap<Process, Generation>,
    /// When requests that may be parked arrived.
    joins: BTreeSet<MemberId>,
    /// Those of them that nobody waits for any more.
    abandoned_joins: BTreeSet<MemberId>,
    syncs: BTreeMap<MemberId, Timestamp>,
    since: long::Since,
    /// In which version each process sent a request last.
    versions: BTreeMap<(Process, ApiKey), i16>,
}

/// An answer that takes longer was parked.
const PARKED: Duration = Duration::from_millis(20);

impl Sometimes {
    /// How often.
    #[must_use]
    pub fn count(&self, situation: Situation) -> u64 {
        self.counts.get(&situation).copied().unwrap_or(0)
    }

    /// Adds what another run reached.
    pub fn add(&mut self, other: &Self) {
        for (situation, count) in &other.counts {
            *self.counts.entry(*situation).or_default() += count;
        }
    }

    pub(crate) fn reached(&mut self, situation: Situation) {
        *self.counts.entry(situation).or_default() += 1;
    }

    pub(crate) fn reached_if(&mut self, is_so: bool, situation: Situation) {
        if is_so {
            self.reached(situation);
        }
    }

    /// The ghost does not know of it yet.
    pub(crate) fn see(&mut self, now: Timestamp, process: Option<Process>, what: &What<'_>, ghost: &Ghost) {
        self.see_long(now, process, what, ghost);
        match process {
            None => self.of_cluster(now, what, ghost),
            Some(process) => self.of_process(now, process, what, ghost),
        }
    }

    fn of_cluster(&mut self, now: Timestamp, what: &What<'_>, ghost: &Ghost) {
        match what {
            What::Group(standing) => self.group(*standing, ghost),
            What::Stranger { code } => {
                let is_refused = *code == ErrorCode::INCONSISTENT_GROUP_PROTOCOL;
                self.reached_if(is_refused, Situation::StrangerRefused);
            }
            What::LogChanged {
                partition,
                topic,
                change,
            } => {
                if *change == LogChange::Gone {
                    self.old.insert(*topic);
                }
                self.log_changed(partition, *change, ghost);
            }
            What::Created { name, topic } => {
                let subscribers = || ghost.all().filter(|(_, one)| one.subscribed.contains(*name));
                let knows_other = |one: &ProcessGhost| one.topics.get(*name).is_some_and(|id| id != topic);
                let owns = |one: &ProcessGhost| one.owned.keys().any(|owned| owned.topic == **name);
                let is_awaited = subscribers().any(|(_, one)| !knows_other(one));
                self.reached_if(is_awaited && name.as_str() != TOPIC, Situation::AwaitedTopicMade);
                let is_old = ghost.all().any(|(_, one)| knows_other(one) && owns(one));
                self.reached_if(is_old, Situation::RecreatedUnnoticed);
                let is_back = !is_old && subscribers().any(|(_, one)| knows_other(one));
                self.reached_if(is_back, Situation::ForgottenTopicMadeAnew);
            }
            What::Committed { from, to, .. } if to < from => self.reached(Situation::CommittedWentBack),
            What::Arrived { request } => match &request.request {
                Request::JoinGroup(join) => {
                    self.abandoned_joins.remove(&join.member_id);
                    self.joins.insert(join.member_id.clone());
                }
                Request::SyncGroup(sync) => {
                    self.syncs.insert(sync.member_id.clone(), now);
                }
                _ => {}
            },
            What::Replied {
                request, response, ..
            } => match request {
                Request::OffsetCommit(_) => self.stored(response, ghost),
                Request::JoinGroup(join) => {
                    self.joins.remove(&join.member_id);
                }
                Request::SyncGroup(sync) => {
                    let arrived = self.syncs.remove(&sync.member_id);
                    let waited = arrived.is_some_and(|at| now.since(at) > PARKED);
                    self.reached_if(waited && sync.assignments.is_empty(), Situation::SyncParked);
                }
                _ => {}
            },
            _ => {}
        }
    }

    fn stored(&mut self, response: &Response, ghost: &Ghost) {
        let Response::OffsetCommit(response) = response else {
            return;
        };
        let is_gone = |name: &TopicPartition| ghost.logs.gone(name) > Some(ghost.logs.made(&name.topic));
        let mut refused = crate::oracle::codes(response).into_iter();
        let is_refused = refused.any(|(name, code)| !code.is_ok() && is_gone(&name));
        self.reached_if(is_refused, Situation::CommitForGoneTopic);
    }

    fn log_changed(&mut self, partition: &TopicPartition, change: LogChange, ghost: &Ghost) {
        match change {
            LogChange::Truncated(to, _) => {
                let is_beyond = |one: &ProcessGhost| one.delivered.get(partition).is_some_and(|at| *at > to);
                let is_below = ghost.all().any(|(_, one)| is_beyond(one));
                self.reached_if(is_below, Situation::TruncatedBelowPosition);
            }
            LogChange::DeletedBefore(_) => {}
            LogChange::Gone => {
                self.reached_if(!self.commits.is_empty(), Situation::DeletedUnderCommit);
                let is_owned = ghost.all().any(|(_, one)| one.owned.contains_key(partition));
                let is_other = partition.topic.as_str() != TOPIC;
                self.reached_if(is_owned && is_other, Situation::OtherTopicDeleted);
            }
        }
    }

    fn group(&mut self, standing: Option<(GroupState, Generation)>, ghost: &Ghost) {
        self.reached_if(standing.is_none(), Situation::NobodyServes);
        let Some((state, generation)) = standing else {
            return;
        };
        if state == GroupState::CompletingRebalance {
            let counted = std::mem::take(&mut self.abandoned_joins);
            self.reached_if(!counted.is_empty(), Situation::AbandonedJoinCounted);
        }
        let before = self.standing.map(|(_, generation)| generation);
        self.reached_if(
            before.is_some_and(|before| generation < before),
            Situation::GenerationWentBack,
        );
        if before != Some(generation) {
            let is_under_way = self.commits.values().any(|&sent| sent != generation);
            self.reached_if(is_under_way, Situation::GenerationChangedUnderCommit);
            let is_frozen = ghost.all().any(|(_, one)| one.life == Life::Frozen);
            self.reached_if(is_frozen, Situation::GenerationChangedWhileFrozen);
        }
        self.standing = standing;
    }

    fn of_process(&mut self, now: Timestamp, process: Process, what: &What<'_>, ghost: &Ghost) {
        let Some(of) = ghost.processes.get(process.0) else {
            return; // it begins just now
        };
        match what {
            What::Sent { request, version, .. } => {
                self.travels(process, request.api(), version.unwrap_or(0));
                self.sent(process, request, of);
            }
            What::Torn { request, answer } => match (request, answer) {
                (Request::OffsetCommit(_), false) => self.reached(Situation::HalfACommit),
                (Request::OffsetCommit(_), true) => self.reached(Situation::HalfACommitsAnswer),
                (Request::SyncGroup(_), true) => self.reached(Situation::HalfAnAssignment),
                _ => {}
            },
            What::Answered {
                request,
                reply: Err(_),
                ..
            } => self.failed(process, request),
            What::Answered {
                reply: Ok(response),
                sent,
                ..
            } => {
                let is_old = of.awake_since == now && now.since(*sent) > of.config.session_timeout;
                let is_heartbeat = matches!(response, Response::Heartbeat(_));
                self.reached_if(is_old && is_heartbeat, Situation::AnswerOfAnOldSession);
                self.answered(now, process, response, of);
            }
            What::Said(event) => self.said(now, event, of),
            What::Released { unwinding, .. } => self.reached_if(*unwinding, Situation::FailedInNotice),
            What::Subscribed { .. } => {
                let is_under_way = matches!(
                    self.standing,
                    Some((
                        GroupState::PreparingRebalance | GroupState::CompletingRebalance,
                        _
                    ))
                );
                self.reached_if(is_under_way, Situation::SubscribedDuringRebalance);
            }
            What::Done {
                result: Err(CallError::Commit(error)),
                ..
            } => match error {
                CommitError::Superseded => self.reached(Situation::Superseded),
                CommitError::Fenced { .. } => self.reached(Situation::PeriodOver),
                _ => {}
            },
            What::Frozen(true) => {
                self.reached_if(of.revoking.is_some(), Situation::FrozenDuringRevocation);
                self.reached_if(
                    self.leads.contains(&process),
                    Situation::LeaderLostDuringRebalance,
                );
            }
            What::Crashed => {
                self.reached_if(!of.owned.is_empty(), Situation::CrashedWithPartitions);
                let led = self.leads.remove(&process);
                self.reached_if(led, Situation::LeaderLostDuringRebalance);
                self.commits.remove(&process);
            }
            What::Sought { .. } => {
                self.reached(Situation::Sought);
                self.reached_if(self.commits.contains_key(&process), Situation::SoughtDuringCommit);
            }
            What::Paused { paused: true, .. } => self.reached(Situation::Paused),
            What::Lowered { .. } => self.reached(Situation::Lowered),
            What::Delivered { .. } => {
                self.reached_if(of.life == Life::Frozen, Situation::ReadWhileStarved);
            }
            What::Closing { .. } => {
                self.reached_if(of.revoking.is_some(), Situation::ClosedInNotice);
                self.reached_if(self.commits.contains_key(&process), Situation::ClosedDuringCommit);
            }
            What::Closed { result } => {
                self.reached_if(result.is_err(), Situation::CloseUnfinished);
                self.leads.remove(&process);
                self.commits.remove(&process);
            }
            _ => {}
        }
    }

    fn said(&mut self, now: Timestamp, event: &Event, of: &ProcessGhost) {
        match event {
            Event::Assigned { partitions, .. } => {
                self.reached_if(partitions.is_empty(), Situation::AssignedNothing);
            }
            Event::Lost { .. } => {
                self.reached(Situation::Lost);
                let is_away = !of.waits && now.since(of.polled) >= of.config.max_poll_interval;
                self.reached_if(is_away, Situation::PollExpired);
            }
            Event::Reset { .. } => self.reached(Situation::Reset),
            _ => {}
        }
    }

    fn sent(&mut self, process: Process, request: &Request, of: &ProcessGhost) {
        match request {
            Request::OffsetCommit(commit) => {
                self.commits.insert(process, commit.generation_id_or_member_epoch);
            }
            Request::Heartbeat(_) => {
                self.reached_if(of.revoking.is_some(), Situation::HeartbeatDuringRevocation);
            }
            _ => {}
        }
    }

    fn failed(&mut self, process: Process, request: &Request) {
        self.reached(Situation::GivenUp);
        match request {
            Request::JoinGroup(join) => {
                let was_parked = !join.member_id.is_empty() && self.joins.remove(&join.member_id);
                self.reached_if(was_parked, Situation::ParkedJoinGivenUp);
                if was_parked {
                    self.abandoned_joins.insert(join.member_id.clone());
                }
            }
            Request::SyncGroup(_) => self.reached(Situation::CoordinatorLostDuringSync),
            Request::LeaveGroup(_) => self.reached(Situation::LeaveUnanswered),
            Request::OffsetCommit(_) => {
                self.commits.remove(&process);
            }
            _ => {}
        }
    }

    fn answered(&mut self, now: Timestamp, process: Process, response: &Response, of: &ProcessGhost) {
        let code = match response {
            Response::OffsetCommit(commit) => return self.committed(process, commit),
            Response::OffsetFetch(fetch) => {
                let is_refused = fetch.groups.iter().any(|group| !group.error_code.is_ok());
                return self.reached_if(is_refused, Situation::OffsetFetchRefused);
            }
            Response::Fetch(fetch) => return self.fetched(fetch, of),
            Response::Metadata(said) => {
                let is_known = |name: &TopicName| of.topics.contains_key(name);
                let is_old = |topic: &MetadataTopic| {
                    topic.name.as_ref().is_some_and(is_known) && self.old.contains(&topic.topic_id)
                };
                let is_old = said.topics.iter().any(is_old);
                return self.reached_if(is_old, Situation::MetadataOfEarlierDays);
            }
            Response::JoinGroup(join) => self.joined(process, join, of),
            Response::SyncGroup(sync) => {
                self.leads.remove(&process);
                let is_moved = sync.error_code == ErrorCode::NOT_COORDINATOR;
                self.reached_if(is_moved, Situation::MovedBetweenJoinAndSync);
                let is_overtaken = sync.error_code == ErrorCode::REBALANCE_IN_PROGRESS;
                self.reached_if(is_overtaken, Situation::RebalanceDuringRebalance);
                sync.error_code
            }
            Response::Heartbeat(heartbeat) => {
                let is_told = heartbeat.error_code == ErrorCode::REBALANCE_IN_PROGRESS;
                self.reached_if(is_told, Situation::ToldToRejoin);
                heartbeat.error_code
            }
            _ => return,
        };
        match code {
            ErrorCode::UNKNOWN_MEMBER_ID => {
                self.reached(Situation::UnknownMember);
                let just_woke = now.since(of.awake_since) < of.config.heartbeat_interval;
                self.reached_if(just_woke, Situation::DroppedWhileFrozen);
            }
            ErrorCode::INCONSISTENT_GROUP_PROTOCOL => self.reached(Situation::StrangersGroup),
            ErrorCode::GROUP_MAX_SIZE_REACHED => self.reached(Situation::GroupFull),
            ErrorCode::COORDINATOR_LOAD_IN_PROGRESS => self.reached(Situation::CoordinatorLoading),
            ErrorCode::FENCED_INSTANCE_ID => self.reached(Situation::FencedInstance),
            _ => {}
        }
    }

    fn joined(&mut self, process: Process, join: &JoinGroupResponse, of: &ProcessGhost) -> ErrorCode {
        let needs_id = join.error_code == ErrorCode::MEMBER_ID_REQUIRED;
        self.reached_if(needs_id, Situation::MemberIdRequired);
        if join.error_code.is_ok() {
            if join.leader == join.member_id {
                self.leads.insert(process);
            }
            let mut pairs = join.members.windows(2);
            let is_mixed = pairs.any(|pair| pair[0].metadata != pair[1].metadata);
            self.reached_if(is_mixed, Situation::MixedWishes);
            let leader = Some(join.leader.clone());
            let is_another = self.leader.is_some() && self.leader != leader;
            self.reached_if(is_another, Situation::LeaderChanged);
            self.leader = leader;
            let is_stable = self.standing == Some((GroupState::Stable, join.generation_id));
            let is_static = of.config.group_instance_id.is_some();
            self.reached_if(is_static && is_stable, Situation::StaticReturned);
        }
        join.error_code
    }

    fn committed(&mut self, process: Process, commit: &OffsetCommitResponse) {
        self.commits.remove(&process);
        let codes = crate::oracle::codes(commit);
        match codes.values().find(|code| **code != ErrorCode::NONE) {
            Some(&ErrorCode::UNKNOWN_MEMBER_ID) => self.reached(Situation::ZombieCommitRefused),
            Some(&ErrorCode::NOT_COORDINATOR) => self.reached(Situation::CommitAfterMove),
            Some(&ErrorCode::FENCED_INSTANCE_ID) => self.reached(Situation::FencedInstance),
            _ => {}
        }
    }

    fn travels(&mut self, process: Process, api: ApiKey, version: i16) {
        let before = self.versions.insert((process, api), version);
        let Some(before) = before.filter(|before| *before != version) else {
            return;
        };
        match api {
            ApiKey::OffsetCommit => {
                self.reached_if(version < 10 && before == 10, Situation::CommittedByNameAgain);
            }
            ApiKey::JoinGroup => self.reached(Situation::JoinedInAnotherVersion),
            ApiKey::Fetch => self.reached(Situation::FetchedFromTwoReleases),
            _ => {}
        }
    }

    fn fetched(&mut self, fetch: &FetchResponse, of: &ProcessGhost) {
        for one in fetch.responses.iter().flat_map(|topic| &topic.partitions) {
            self.reached_if(one.diverging_epoch.is_some(), Situation::Diverged);
            let is_unhinted =
                one.error_code == ErrorCode::NOT_LEADER_OR_FOLLOWER && one.current_leader.is_none();
            self.reached_if(is_unhinted, Situation::LeaderMovedUnhinted);
            let is_outside = one.error_code == ErrorCode::OFFSET_OUT_OF_RANGE;
            self.reached_if(is_outside, Situation::OutOfRange);
            let is_strange = one.error_code == ErrorCode::UNKNOWN_TOPIC_ID;
            self.reached_if(is_strange, Situation::UnknownTopicId);
        }
        self.reached_if(fetch.throttle_time_ms > 0, Situation::Throttled);
        let mut partitions = fetch.responses.iter().flat_map(|topic| &topic.partitions);
        self.reached_if(of.owned.is_empty(), Situation::FetchedAfterRevoke);
        let lost = [
            ErrorCode::FETCH_SESSION_ID_NOT_FOUND,
            ErrorCode::INVALID_FETCH_SESSION_EPOCH,
        ];
        self.reached_if(lost.contains(&fetch.error_code), Situation::FetchSessionLost);
        let old = [
            ErrorCode::NOT_LEADER_OR_FOLLOWER,
            ErrorCode::FENCED_LEADER_EPOCH,
            ErrorCode::UNKNOWN_LEADER_EPOCH,
        ];
        let is_old = partitions.any(|partition| old.contains(&partition.error_code));
        self.reached_if(is_old, Situation::FetchedFromOldLeader);
    }
}

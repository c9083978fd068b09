//! A classic group as Kafka's coordinator keeps it: states, members, generation. One file per thing that happens to it.
//!
//! It knows its members and the rules of a round (KIP-62, 345, 394, 559, 814). It knows neither nodes nor connections:
//! a parked request is a `CallId`, time and records come with the `Turn`.

mod commit;
mod describe;
mod join;
mod leave;
mod member;
mod presence;
mod round;
mod static_member;
mod subscription;
mod sync;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use kohort_protocol::{ErrorCode, Generation, GroupId, GroupInstanceId, MemberId, Timestamp, TopicName};

pub(crate) use join::{JoiningMember, refused as join_refused};
pub(crate) use member::Member;
pub use member::MemberState;
pub(crate) use sync::{Assignments, refused as sync_refused};

use crate::coordinator::record::GroupRecord;

/// The state of a classic group, by Kafka's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GroupState {
    /// No members (but perhaps offsets).
    Empty,
    /// JoinGroup requests are parked until all members have joined.
    PreparingRebalance,
    /// The generation is made, the leader's SyncGroup is awaited.
    CompletingRebalance,
    /// Everybody may have an assignment.
    Stable,
}

impl GroupState {
    /// As DescribeGroups and ListGroups write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Empty => "Empty",
            Self::PreparingRebalance => "PreparingRebalance",
            Self::CompletingRebalance => "CompletingRebalance",
            Self::Stable => "Stable",
        }
    }
}

/// The wait of an empty group for more members (`group.initial.rebalance.delay.ms`): it is prolonged while others come.
#[derive(Debug)]
struct InitialDelay {
    delay: Duration,
    remaining: Duration,
    someone_came: bool,
}

#[derive(Debug)]
pub(crate) struct Group {
    id: GroupId,
    state: GroupState,
    /// When it entered that state: offsets of an emptied group expire from here (KIP-211).
    since: Timestamp,
    generation: Generation,
    protocol_type: Option<String>,
    protocol_name: Option<String>,
    leader: Option<MemberId>,
    members: BTreeMap<MemberId, Member>,
    instances: BTreeMap<GroupInstanceId, MemberId>,
    /// Ids that were given out (KIP-394) and not used yet.
    pending: BTreeSet<MemberId>,
    /// Members of the generation that did not sync yet.
    unsynced: BTreeSet<MemberId>,
    initial_delay: Option<InitialDelay>,
    /// Topics the generation's members subscribe to; `None` if their metadata cannot be read.
    subscribed: Option<BTreeSet<TopicName>>,
}

impl Group {
    pub(crate) fn new(id: GroupId, now: Timestamp) -> Self {
        Self {
            id,
            state: GroupState::Empty,
            since: now,
            generation: Generation(0),
            protocol_type: None,
            protocol_name: None,
            leader: None,
            members: BTreeMap::new(),
            instances: BTreeMap::new(),
            pending: BTreeSet::new(),
            unsynced: BTreeSet::new(),
            initial_delay: None,
            subscribed: None,
        }
    }

    /// The group as it was last written: Stable with its members, or Empty. Rounds in progress and pending ids are forgotten.
    pub(crate) fn from_record(id: GroupId, record: GroupRecord) -> Self {
        let mut group = Self::new(id, record.since);
        group.generation = record.generation;
        group.protocol_type = record.protocol_type;
        group.protocol_name = record.protocol_name;
        group.leader = record.leader;
        for member in record.members {
            if let Some(instance) = &member.instance {
                group.instances.insert(instance.clone(), member.id.clone());
            }
            group.members.insert(member.id.clone(), member);
        }
        if !group.members.is_empty() {
            group.state = GroupState::Stable;
            group.subscribed = group.read_subscriptions();
        }
        group
    }

    fn record(&self) -> GroupRecord {
        GroupRecord {
            protocol_type: self.protocol_type.clone(),
            protocol_name: self.protocol_name.clone(),
            generation: self.generation,
            leader: self.leader.clone(),
            members: self.members.values().map(Member::settled).collect(),
            since: self.since,
        }
    }

    pub(crate) fn state(&self) -> GroupState {
        self.state
    }

    pub(crate) fn since(&self) -> Timestamp {
        self.since
    }

    pub(crate) fn generation(&self) -> Generation {
        self.generation
    }

    pub(crate) fn protocol_type(&self) -> Option<&str> {
        self.protocol_type.as_deref()
    }

    pub(crate) fn protocol_name(&self) -> Option<&str> {
        self.protocol_name.as_deref()
    }

    pub(crate) fn leader(&self) -> Option<&MemberId> {
        self.leader.as_ref()
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.values()
    }

    pub(crate) fn pending(&self) -> &BTreeSet<MemberId> {
        &self.pending
    }

    fn enter(&mut self, state: GroupState, now: Timestamp) {
        self.state = state;
        self.since = now;
    }

    fn is_leader(&self, member: &MemberId) -> bool {
        self.leader.as_ref() == Some(member)
    }

    /// The group waits as long as its most patient member asks (not as the one that rejoins last).
    fn rebalance_timeout(&self) -> Duration {
        self.members
            .values()
            .map(|member| member.rebalance_timeout)
            .max()
            .unwrap_or_default()
    }

    fn all_joined(&self) -> bool {
        self.pending.is_empty() && self.members.values().all(Member::is_joining)
    }

    /// Who speaks: the instance is checked before the member (so a fenced process hears 82, not 25).
    fn validate(&self, member: &MemberId, instance: Option<&GroupInstanceId>) -> Result<(), ErrorCode> {
        if let Some(instance) = instance {
            match self.instances.get(instance) {
                None => return Err(ErrorCode::UNKNOWN_MEMBER_ID),
                Some(owner) if owner != member => return Err(ErrorCode::FENCED_INSTANCE_ID),
                Some(_) => {}
            }
        }
        if self.members.contains_key(member) {
            Ok(())
        } else {
            Err(ErrorCode::UNKNOWN_MEMBER_ID)
        }
    }

    /// Takes a member out of all books. Its parked requests are the caller's affair.
    fn forget(&mut self, id: &MemberId) -> Option<Member> {
        let member = self.members.remove(id);
        if let Some(instance) = member.as_ref().and_then(|member| member.instance.as_ref()) {
            self.instances.remove(instance);
        }
        if self.is_leader(id) {
            self.leader = self.members.keys().next().cloned();
        }
        self.unsynced.remove(id);
        member
    }

    /// Protocols that every member knows.
    fn common_protocols(&self) -> Vec<&str> {
        let Some(first) = self.members.values().next() else {
            return Vec::new();
        };
        first
            .protocols
            .iter()
            .map(|protocol| protocol.name.as_str())
            .filter(|name| self.members.values().all(|member| member.knows(name)))
            .collect()
    }

    /// The common protocol with most votes; each member votes for its first. A tie is nobody's to rely on: here the first by name.
    fn elect_protocol(&self) -> Option<String> {
        let candidates = self.common_protocols();
        let mut votes: BTreeMap<&str, usize> = BTreeMap::new();
        for member in self.members.values() {
            if let Some(vote) = member.vote(&candidates) {
                *votes.entry(vote).or_default() += 1;
            }
        }
        votes
            .into_iter()
            .rev()
            .max_by_key(|(_, count)| *count)
            .map(|(name, _)| name.into())
    }
}

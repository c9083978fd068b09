//! What every invariant needs to know of one process, kept from the history alone: what it is, has and was told. What changes that is in
//! `seen`.

mod seen;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kohort_group::member::{GuardId, MemberConfig, Period};
use kohort_protocol::{Generation, MemberId, Timestamp, TopicId, TopicName, TopicPartition};

use super::s14_silent_application::expires;
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
    pub(super) fn new(now: Timestamp, member: usize, config: &MemberConfig, commits: Commits) -> Self {
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
    pub(super) fn patience_ends(&self) -> Option<Timestamp> {
        (self.is_up() && !self.waits).then(|| expires(self))
    }

    /// How far "all that is processed" goes: not beyond where the log was cut.
    pub(super) fn promised(&self, partition: &TopicPartition) -> Option<i64> {
        let processed = *self.processed.get(partition)?;
        let set_back = self.set_back.get(partition).copied().unwrap_or(i64::MAX);
        Some(processed.min(set_back))
    }

    /// Of these topics it must know something.
    pub(super) fn cares_for(&self, topic: &TopicName) -> bool {
        let owns = || self.owned.keys().any(|owned| owned.topic == *topic);
        self.subscribed.contains(topic) || self.watched.contains(topic) || owns()
    }
}

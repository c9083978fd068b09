//! A plan: all of a run that is decided before it begins. Who takes part, with which settings and habits, and what goes wrong when.
//!
//! As text it is a regression test: `tests/sim/regressions/*.txt`. Times are whole milliseconds, so that text loses nothing.

mod draw;
mod fault;
mod kinds;
mod long;
mod text;
mod topics;
mod words;

use std::time::Duration;

use kohort_broker::{FaultAction, Latencies, Release};
use kohort_group::member::{AutoOffsetReset, MemberConfig};
use kohort_protocol::{ApiKey, GroupId, GroupInstanceId, Timestamp, TopicName};

pub use fault::{Act, Fault, Mishap, Oddity, Wish};
pub use text::PlanError;
pub use topics::{NAMES, Topics};
pub(crate) use words::read_seed;

/// The group of every run.
pub const GROUP: &str = "g";
/// The topic that every run has.
pub const TOPIC: &str = "t";
/// `connections.max.idle.ms` of brokers that are left as they are.
const IDLE: Duration = Duration::from_secs(600);
/// Later than any run ends.
pub const NEVER: Duration = Duration::from_secs(1_000_000);

/// A kind of group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Dynamic members, eager rebalances.
    Eager,
    /// All members are static (KIP-345).
    Static,
}

impl Profile {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Eager, Self::Static];

    /// As in `--profile`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Eager => "eager",
            Self::Static => "static",
        }
    }

    /// The profile with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.name() == name)
    }
}

/// How an application commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commits {
    /// `enable.auto.commit`.
    Auto,
    /// After each delivery, and waits for the answer.
    Sync,
    /// After each delivery, and goes on: commits overlap.
    Async,
    /// "All that is processed", after each delivery, and goes on.
    Processed,
    /// Each delivery when a worker beside it is done with it, seconds later: what that read may be another's by then.
    Worker,
}

/// One member: its settings and what its application is like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberPlan {
    /// When it starts.
    pub start: Duration,
    /// `session.timeout.ms`.
    pub session: Duration,
    /// `heartbeat.interval.ms`.
    pub heartbeat: Duration,
    /// `max.poll.interval.ms`.
    pub max_poll: Duration,
    /// `request.timeout.ms`.
    pub request: Duration,
    /// `metadata.max.age.ms`.
    pub metadata_age: Duration,
    /// The buffer, in bytes.
    pub buffer: usize,
    /// How it commits.
    pub commits: Commits,
    /// How long it works on each delivery.
    pub work: Duration,
    /// How long it holds each notice.
    pub hold: Duration,
    /// Whether it is static.
    pub is_static: bool,
    /// What it reads.
    pub topics: Topics,
}

/// See the head of this file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Of all that is drawn during the run.
    pub seed: u64,
    /// What kind of group.
    pub profile: Profile,
    /// How long faults occur.
    pub chaos: Duration,
    /// How long it is watched afterwards.
    pub calm: Duration,
    /// Whether messages travel as bytes.
    pub bytes: bool,
    /// What its brokers are in the beginning.
    pub release: Release,
    /// How many partitions the first topic has.
    pub partitions: i32,
    /// Which topics there are from the beginning.
    pub topics: Topics,
    /// A record is produced about so often.
    pub produce: Duration,
    /// How many members the group may have (`group.max.size`); 0 for any number.
    pub room: usize,
    /// After this time brokers close a connection by which nothing passes (`connections.max.idle.ms`).
    pub idle: Duration,
    /// Who takes part.
    pub members: Vec<MemberPlan>,
    /// What goes wrong, by time.
    pub faults: Vec<Fault>,
}

impl Plan {
    /// What the brokers of a plan are that does not say it.
    #[must_use]
    pub fn release_of(seed: u64) -> Release {
        if crate::random::stream(seed, "age").bool() {
            Release::V4_4
        } else {
            Release::V4_0
        }
    }

    /// Whether it has other topics than the first.
    fn has_others(&self) -> bool {
        self.topics != Topics::FIRST
    }

    /// When the faults end.
    #[must_use]
    pub fn calm_at(&self) -> Timestamp {
        Timestamp::ZERO + self.chaos
    }

    /// How many partitions each topic has, by its number: the others are smaller than the first.
    #[must_use]
    pub fn partitions_of(&self, topic: usize) -> i32 {
        let share = i32::try_from(topic + 1).unwrap_or(1);
        (self.partitions / share).max(1)
    }

    /// When it is over.
    #[must_use]
    pub fn end(&self) -> Timestamp {
        self.calm_at() + self.calm
    }
}

impl Plan {
    /// How long after the faults the group may take until it is stable: a session may have to end, and an answer may never come. Nobody
    /// is stuck in the last round for longer than that: no application is away any more, so the rebalance timeout adds nothing.
    #[must_use]
    pub fn settled_after(&self) -> Duration {
        let most = |of: fn(&MemberPlan) -> Duration| self.members.iter().map(of).max().unwrap_or_default();
        let request = most(|member| member.request);
        let join = most(|member| member.max_poll) + Duration::from_secs(5);
        let answer = if self.loses_joins() {
            request.max(join)
        } else {
            request
        } + Duration::from_secs(1);
        let round = most(|member| member.heartbeat) * 3 + answer;
        let brokers = Latencies::KAFKA.failover + Latencies::KAFKA.zombie;
        // A static member that is dead keeps its place, and in a full group nobody may come in its stead: a round waits for it.
        let is_stuck = self.room > 0 && self.members.iter().any(|member| member.is_static);
        let dead = if is_stuck {
            most(|member| member.max_poll)
        } else {
            Duration::ZERO
        };
        (most(|member| member.session) + dead + round + brokers).max(self.noticed_after() + round)
    }

    /// Whether the answer to a JoinGroup may never come though its connection stays: that is waited for until the last member must have
    /// joined (rule 4).
    fn loses_joins(&self) -> bool {
        let is_lost = |act: &Act| match act {
            Act::Inject { api, mishap, .. } => {
                *api == ApiKey::JoinGroup && matches!(mishap.0, FaultAction::Drop | FaultAction::LoseAnswer)
            }
            _ => false,
        };
        self.faults.iter().any(|fault| is_lost(&fault.act))
    }

    /// How long after the faults somebody may not have heard what the topic is like now: what it was told before, or by a broker that was
    /// behind, it believes until that is too old.
    fn noticed_after(&self) -> Duration {
        let age = self.members.iter().map(|member| member.metadata_age).max();
        let changed = self.faults.iter().filter_map(|fault| match fault.act {
            Act::AddPartition {} | Act::CreateTopic { .. } | Act::DeleteTopic { .. } => Some(fault.at),
            Act::Recreate { span, .. } | Act::StaleMetadata { span, .. } => {
                Some((fault.at + span).min(self.calm_at()))
            }
            _ => None,
        });
        let last = changed.max().map(|at| at + age.unwrap_or_default());
        last.map_or(Duration::ZERO, |at| at.since(self.calm_at()))
    }
}

impl Plan {
    /// A run in which nothing goes wrong by itself, as long as you like, and nothing is written: for stories that do it step by step.
    #[must_use]
    pub fn uneventful(seed: u64, partitions: i32, members: Vec<MemberPlan>) -> Self {
        Self {
            seed,
            profile: Profile::Eager,
            chaos: NEVER,
            calm: Duration::ZERO,
            bytes: false,
            release: Self::release_of(seed),
            partitions,
            topics: Topics::FIRST,
            produce: NEVER * 2,
            room: 0,
            idle: IDLE,
            members,
            faults: Vec::new(),
        }
    }
}

impl Default for MemberPlan {
    /// Settings of every day, with a short session, and an application that is quick.
    fn default() -> Self {
        Self {
            start: Duration::ZERO,
            session: Duration::from_secs(6),
            heartbeat: Duration::from_millis(500),
            max_poll: Duration::from_secs(10),
            request: Duration::from_secs(3),
            metadata_age: Duration::from_secs(300),
            buffer: 1 << 20,
            commits: Commits::Auto,
            work: Duration::from_millis(2),
            hold: Duration::ZERO,
            is_static: false,
            topics: Topics::FIRST,
        }
    }
}

impl MemberPlan {
    /// The settings of its machine.
    #[must_use]
    pub fn config(&self, member: usize) -> MemberConfig {
        MemberConfig {
            group_instance_id: self
                .is_static
                .then(|| GroupInstanceId::from(format!("i{member}"))),
            session_timeout: self.session,
            heartbeat_interval: self.heartbeat,
            max_poll_interval: self.max_poll,
            auto_commit_interval: (self.commits == Commits::Auto).then(|| Duration::from_millis(300)),
            auto_offset_reset: AutoOffsetReset::Earliest,
            max_partition_fetch_bytes: 2000,
            buffer_bytes: self.buffer,
            request_timeout: self.request,
            default_api_timeout: self.request * 3,
            metadata_max_age: self.metadata_age,
            ..MemberConfig::new(
                GroupId::from(GROUP),
                self.topics.names().map(TopicName::from).collect(),
            )
        }
    }
}

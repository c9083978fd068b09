//! What a member tells its application when something is wrong: what, where, and what to do about it.

use alloc::string::String;
use alloc::vec::Vec;

use kohort_protocol::{ErrorCode, GroupId, TopicPartition};

/// What is wrong with a member.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MemberError {
    /// The coordinator refuses the member for good.
    #[error("group {group}: {api} was refused: {code}. {hint}")]
    Refused {
        /// The group.
        group: GroupId,
        /// Which request.
        api: &'static str,
        /// The coordinator's answer.
        code: ErrorCode,
        /// What to do.
        hint: &'static str,
    },
    /// It has failed several times now; the member keeps trying.
    #[error("group {group}: {what} failed {times} times in a row, last: {last}; still trying")]
    StillTrying {
        /// The group.
        group: GroupId,
        /// What was tried.
        what: &'static str,
        /// How often.
        times: u32,
        /// The last failure.
        last: String,
    },
    /// The application did not ask for records in time, so the member left the group.
    #[error(
        "group {group}: no poll for {waited_ms} ms, longer than max.poll.interval.ms ({limit_ms}): the member left the group and \
         rejoins with the next poll. Process fewer records between polls, or raise max.poll.interval.ms"
    )]
    PollIntervalExceeded {
        /// The group.
        group: GroupId,
        /// How long.
        waited_ms: u64,
        /// The limit.
        limit_ms: u64,
    },
    /// There is no committed offset and `auto.offset.reset` is `none`.
    #[error(
        "group {group}: no committed offset for {}, and auto.offset.reset is none: seek, commit a start offset, or choose earliest or latest",
        list(partitions)
    )]
    NoOffset {
        /// The group.
        group: GroupId,
        /// Which partitions.
        partitions: Vec<TopicPartition>,
    },
    /// The position is outside the log and `auto.offset.reset` is `none`.
    #[error(
        "{partition}: offset {offset} is out of range (log starts at {log_start}), and auto.offset.reset is none: seek to go on"
    )]
    OutOfRange {
        /// Which partition.
        partition: TopicPartition,
        /// The position.
        offset: i64,
        /// The start of the log, if known.
        log_start: i64,
    },
    /// The records at this offset cannot be read. The partition is stopped; seek past them to go on.
    #[error(
        "{partition}: the records at offset {offset} cannot be read: {problem}. The partition is stopped; seek past them to go on"
    )]
    Corrupt {
        /// Which partition.
        partition: TopicPartition,
        /// Where.
        offset: i64,
        /// What is wrong.
        problem: String,
    },
    /// A topic of the subscription does not exist (yet).
    #[error("topic {topic} of the subscription: {code}; still looking for it")]
    Topic {
        /// Which.
        topic: String,
        /// The broker's answer.
        code: ErrorCode,
    },
    /// The history that was read is not the leader's any more, and `auto.offset.reset` is `none` (KIP-320).
    #[error(
        "{partition}: the log was truncated: it holds our history up to offset {diverged} only, but {offset} was to be read next, and \
         auto.offset.reset is none: seek to go on"
    )]
    Truncated {
        /// Which partition.
        partition: TopicPartition,
        /// The position.
        offset: i64,
        /// Where the histories part; -1 if unknown.
        diverged: i64,
    },
    /// Closing took longer than it was given.
    #[error(
        "group {group}: the time to close was over before {what} was done; the group goes on when the session ends"
    )]
    Unfinished {
        /// The group.
        group: GroupId,
        /// What was not done.
        what: &'static str,
    },
    /// Another member's bytes could not be read, or an answer makes no sense.
    #[error("group {group}: {problem}")]
    Protocol {
        /// The group.
        group: GroupId,
        /// What is wrong.
        problem: String,
    },
}

impl MemberError {
    /// The partitions that stand still because of it, until the application seeks.
    #[must_use]
    pub fn stopped(&self) -> &[TopicPartition] {
        match self {
            Self::NoOffset { partitions, .. } => partitions,
            Self::OutOfRange { partition, .. }
            | Self::Corrupt { partition, .. }
            | Self::Truncated { partition, .. } => core::slice::from_ref(partition),
            _ => &[],
        }
    }
}

/// Why offsets were not committed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CommitError {
    /// Newer offsets of the same partitions went out instead.
    #[error("superseded: a newer commit of the same partitions was sent instead")]
    Superseded,
    /// The partitions were revoked or lost since these records were read; whoever owns them reads them again.
    #[error(
        "fenced: {} not ours any more, or gained anew since; its owner continues from the last commit",
        list(partitions)
    )]
    Fenced {
        /// Which.
        partitions: Vec<TopicPartition>,
    },
    /// The group rebalances; commit again after it.
    #[error("the group is rebalancing: commit again after the next assignment")]
    RebalanceInProgress,
    /// The coordinator refused.
    #[error("commit refused for {}: {code}", list(partitions))]
    Refused {
        /// Which.
        partitions: Vec<TopicPartition>,
        /// Why.
        code: ErrorCode,
    },
    /// It is not known whether the offsets were stored; the member sends the newest again by itself.
    #[error("no answer to the commit: {reason}; it may or may not have been stored")]
    Unknown {
        /// What happened.
        reason: String,
    },
    /// The consumer is in no group at the moment: it left because the application did not poll in time.
    #[error("not a member of the group at the moment: poll again to rejoin, then commit")]
    NotMember,
    /// An offset is never negative.
    #[error("cannot commit offset {offset} of {partition}: an offset is never negative")]
    Negative {
        /// Which partition.
        partition: TopicPartition,
        /// The offset.
        offset: i64,
    },
    /// The consumer was closed first.
    #[error("the consumer was closed before the commit was done")]
    Closed,
}

impl CommitError {
    /// The one error of two partitions of a call: the more serious, with the partitions of both if they are alike.
    pub(super) fn merge(self, other: Self) -> Self {
        match (self, other) {
            (Self::Fenced { partitions: a }, Self::Fenced { partitions: b }) => Self::Fenced {
                partitions: joined(a, b),
            },
            (
                Self::Refused { partitions: a, code },
                Self::Refused {
                    partitions: b,
                    code: same,
                },
            ) if code == same => Self::Refused {
                partitions: joined(a, b),
                code,
            },
            (a, b) => {
                if b.rank() > a.rank() {
                    b
                } else {
                    a
                }
            }
        }
    }

    const fn rank(&self) -> u8 {
        match self {
            Self::Superseded => 0,
            Self::Closed => 1,
            Self::Unknown { .. } => 2,
            Self::RebalanceInProgress | Self::NotMember => 3,
            Self::Fenced { .. } => 4,
            Self::Negative { .. } => 5,
            Self::Refused { .. } => 6,
        }
    }
}

fn joined(mut a: Vec<TopicPartition>, b: Vec<TopicPartition>) -> Vec<TopicPartition> {
    a.extend(b);
    a
}

/// Why a seek was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SeekError {
    /// Only an owned partition has a position.
    #[error("cannot seek {0}: it is not assigned to this consumer")]
    NotAssigned(TopicPartition),
    /// An offset is never negative.
    #[error("cannot seek {partition} to {offset}: an offset is never negative")]
    Negative {
        /// Which partition.
        partition: TopicPartition,
        /// The offset.
        offset: i64,
    },
}

/// `a-0, a-1, b-3 and 5 more`.
fn list(partitions: &[TopicPartition]) -> String {
    use core::fmt::Write as _;
    const SHOWN: usize = 8;
    let mut text = String::new();
    for (i, partition) in partitions.iter().take(SHOWN).enumerate() {
        let _ = write!(text, "{}{partition}", if i == 0 { "" } else { ", " });
    }
    if partitions.len() > SHOWN {
        let _ = write!(text, " and {} more", partitions.len() - SHOWN);
    }
    text
}

/// Settings that cannot work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// No group.
    #[error("group.id is empty: name the group to join")]
    NoGroup,
    /// Nothing to read.
    #[error("no topics: subscribe to at least one")]
    NoTopics,
    /// Kafka allows no such topic.
    #[error(
        "topic {0:?} cannot exist: a name has 1 to 249 letters, digits, '.', '_' or '-', and is not \".\" or \"..\""
    )]
    Topic(String),
    /// The broker would take any; other tools would not.
    #[error(
        "group.instance.id {0:?} is not usable: it has 1 to 249 letters, digits, '.', '_' or '-', and is not \".\" or \"..\""
    )]
    InstanceId(String),
    /// It would never happen, or all the time.
    #[error("{0} is zero: give it a time")]
    Zero(&'static str),
    /// Kafka's field is too small for it.
    #[error("{0} is longer than Kafka can say (24 days)")]
    TooLong(&'static str),
    /// The session would end between two heartbeats.
    #[error(
        "heartbeat.interval.ms ({heartbeat_ms}) is not below session.timeout.ms ({session_ms}): the coordinator would drop the member \
         between two heartbeats. A third of it is usual"
    )]
    Heartbeat {
        /// One.
        heartbeat_ms: u128,
        /// The other.
        session_ms: u128,
    },
    /// Nothing could be fetched.
    #[error("{name} is {value}: it must be at least {least}")]
    TooSmall {
        /// Which.
        name: &'static str,
        /// What it is.
        value: i64,
        /// What it should be.
        least: i64,
    },
    /// The retries would begin above their limit.
    #[error(
        "retry.backoff.ms is above retry.backoff.max.ms: the first wait cannot be longer than the longest"
    )]
    Backoff,
}

//! Who reads what: pure functions from members and topics to assignments.
//!
//! An assignor decides nothing but that. Whether members can be trusted, when to assign again and how partitions are handed over is
//! the member's business. Equal input gives equal output, in any process.

mod range;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;

use bytes::Bytes;
use kohort_protocol::{Generation, GroupInstanceId, MemberId, TopicName, TopicPartition};

pub use range::Range;

/// How partitions move when an assignor's decision is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RebalanceProtocol {
    /// All members give back all they own before each round.
    Eager,
    /// Members give back only what moves, in a second round (KIP-429).
    Cooperative,
}

/// A member as an assignor sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subscriber {
    /// Its id.
    pub member_id: MemberId,
    /// Its instance id, if it is static (KIP-345).
    pub instance_id: Option<GroupInstanceId>,
    /// The topics it reads, each once.
    pub topics: BTreeSet<TopicName>,
    /// What it says it owns (KIP-429); empty under the eager protocol.
    pub owned: Vec<TopicPartition>,
    /// The generation in which it owned that (KIP-792).
    pub generation: Generation,
    /// Where it runs (KIP-881).
    pub rack: Option<String>,
    /// What its assignor wrote for this one.
    pub user_data: Option<Bytes>,
}

impl Subscriber {
    /// The order in which Kafka counts members (`AbstractPartitionAssignor.MemberInfo`): static ones first, by instance id, then the
    /// others by member id; texts by UTF-16 unit, as Java compares them. All members of a group must agree on it.
    #[must_use]
    pub fn order(&self, other: &Self) -> Ordering {
        match (&self.instance_id, &other.instance_id) {
            (Some(ours), Some(theirs)) => utf16(ours.as_str(), theirs.as_str()),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => utf16(self.member_id.as_str(), other.member_id.as_str()),
        }
    }
}

fn utf16(a: &str, b: &str) -> Ordering {
    a.encode_utf16().cmp(b.encode_utf16())
}

/// One partition as an assignor sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartitionRacks {
    /// Its index.
    pub partition: i32,
    /// Where its replicas are (KIP-881); empty if unknown.
    pub racks: BTreeSet<String>,
}

/// The topics that exist, with their partitions ascending.
pub type TopicPartitions = BTreeMap<TopicName, Vec<PartitionRacks>>;

/// What each member gets.
pub type Assignments = BTreeMap<MemberId, Vec<TopicPartition>>;

/// Decides who reads what.
pub trait Assignor: fmt::Debug {
    /// The name all members know it by (`range`, `roundrobin`, ...).
    fn name(&self) -> &'static str;

    /// How its decisions are carried out.
    fn protocol(&self) -> RebalanceProtocol;

    /// What this assignor wants to tell its leader about the member it runs in, given what that was assigned last.
    fn user_data(&self, _assigned: &[TopicPartition], _generation: Generation) -> Option<Bytes> {
        None
    }

    /// Gives every partition of `topics` to one of the members that read its topic. Every member has an entry.
    fn assign(&self, topics: &TopicPartitions, members: &[Subscriber]) -> Assignments;
}

//! The records of `__consumer_offsets`: what survives a coordinator.

use alloc::string::String;
use alloc::vec::Vec;

use kohort_protocol::{Generation, GroupId, LeaderEpoch, MemberId, Timestamp, TopicId, TopicName};

use crate::group::Member;

/// One record: a key with its newest value, or a tombstone.
#[derive(Clone, Debug)]
pub(crate) enum Record {
    Group(GroupId, GroupRecord),
    GroupGone(GroupId),
    Offset(GroupId, TopicName, i32, CommittedOffset),
    OffsetGone(GroupId, TopicName, i32),
}

/// A group as it was when a generation was assigned, emptied, or a static member replaced.
/// Rounds in progress are never written: a coordinator that loads the group knows nothing of them.
#[derive(Clone, Debug)]
pub(crate) struct GroupRecord {
    pub(crate) protocol_type: Option<String>,
    pub(crate) protocol_name: Option<String>,
    pub(crate) generation: Generation,
    pub(crate) leader: Option<MemberId>,
    pub(crate) members: Vec<Member>,
    pub(crate) since: Timestamp,
}

/// A committed offset.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CommittedOffset {
    /// The topic it was committed for: the one that had the name, if the commit said no id (seen on Kafka 4.4.0).
    pub topic_id: TopicId,
    /// The offset of the next record to read. Kafka does not check it: it may be anything.
    pub offset: i64,
    /// The leader epoch that was committed with it.
    pub leader_epoch: LeaderEpoch,
    /// The text that was committed with it.
    pub metadata: String,
    /// When it was committed.
    pub committed_at: Timestamp,
    /// When it goes, if the commit said so (OffsetCommit v2-v4); else the broker's retention counts.
    pub expires_at: Option<Timestamp>,
}

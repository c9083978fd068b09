//! Being a member of a group, whatever the group is for: metadata and assignments are opaque bytes here.
//!
//! This is the lower of the two layers. It decides who we are (member id, generation, coordinator) and says [`Signal`]s; what is
//! owned, revoked and committed because of them is the business of the consumer layer above. A leader election or a Connect-like
//! worker needs this layer alone. KIP-848 is to be a second variant beside [`Classic`], with the same signals.

pub(super) mod classic;
pub(super) mod departure;

use alloc::string::String;
use alloc::vec::Vec;

use bytes::Bytes;
use kohort_protocol::api::Response;
use kohort_protocol::api::join_group::{JoinGroupMember, JoinGroupProtocol};
use kohort_protocol::api::sync_group::SyncGroupAssignment;
use kohort_protocol::{ApiKey, ErrorCode, Generation, GroupInstanceId, MemberId, Timestamp};

pub(super) use classic::Classic;

use super::coordinator::Coordinator;
use super::error::MemberError;
use super::io::Failure;
use super::wire::{Open, Wire};

/// One stay in the group under one fence, as we count it. Not the generation: a coordinator that restarts before a round is synced
/// forgets its number and gives it out again (seen on Kafka 4.4.0), so an answer to the first 6 must not be taken for one to the second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Round(pub(super) u64);

/// What a member is called at this moment; stamped on a request when it is *sent*.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    /// The generation of a classic member; the epoch of a KIP-848 one.
    pub(super) fence: Generation,
    pub(super) member_id: MemberId,
    pub(super) instance: Option<GroupInstanceId>,
    pub(super) round: Round,
}

/// What the layer above must know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// We lead this round: say who gets what.
    Lead(LedRound),
    /// The round is done, and this is ours.
    Joined { assignment: Bytes },
    /// The group rebalances: give back what must be given back, then say so.
    RevokeWanted { learned: Timestamp },
    /// We are no member any more: what we owned may be somebody else's already.
    Lost,
    /// An id that was given to us after we had left: give it back.
    Orphan(MemberId),
    /// It is over.
    Fatal(MemberError),
}

/// A round that we lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LedRound {
    /// When we asked to take part: what was known before that may be out of date.
    pub(super) asked: Timestamp,
    pub(super) protocol: String,
    pub(super) members: Vec<JoinGroupMember>,
    /// The coordinator has the assignment already (KIP-814).
    pub(super) skip: bool,
}

/// Where a classic member stands, in the words of Kafka's Java client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberState {
    /// Not in the group.
    Unjoined,
    /// A JoinGroup waits for its answer.
    PreparingRebalance,
    /// Joined; the assignment is not there yet.
    CompletingRebalance,
    /// A member with an assignment.
    Stable,
}

/// How the membership is kept.
pub(super) enum Membership {
    /// JoinGroup, SyncGroup, Heartbeat.
    Classic(Classic),
}

/// What both kinds can do. See [`Classic`] for what each means.
macro_rules! both {
    ($($name:ident($($arg:ident: $type:ty),*) $(-> $result:ty)?;)*) => {
        impl Membership {
            $(pub(super) fn $name(&self, $($arg: $type),*) $(-> $result)? {
                match self { Self::Classic(classic) => classic.$name($($arg),*) }
            })*
        }
    };
    (mut $($name:ident($($arg:ident: $type:ty),*) $(-> $result:ty)?;)*) => {
        impl Membership {
            $(pub(super) fn $name(&mut self, $($arg: $type),*) $(-> $result)? {
                match self { Self::Classic(classic) => classic.$name($($arg),*) }
            })*
        }
    };
}

both! { mut
    offer(protocols: Vec<JoinGroupProtocol>);
    join(reason: &str);
    rejoin(wire: &Wire, reason: &str);
    yielded();
    lead(assignments: Vec<SyncGroupAssignment>);
    accepted();
    declined(wire: &mut Wire, reason: &str);
    heard(wire: &mut Wire, round: Round, api: ApiKey, code: ErrorCode);
    depart(wire: &mut Wire) -> Option<MemberId>;
    expire(wire: &mut Wire, coordinator: &mut Coordinator);
    drive(wire: &mut Wire, coordinator: &Coordinator);
    answered(wire: &mut Wire, coordinator: &mut Coordinator, open: Open, reply: Result<Response, Failure>);
    next_signal() -> Option<Signal>;
}

both! {
    deadline(wire: &Wire, coordinator: &Coordinator) -> Option<Timestamp>;
    identity(wire: &Wire) -> Option<Identity>;
    is_joining() -> bool;
    has_orphan() -> bool;
    has_signal() -> bool;
    joining_since() -> Option<Timestamp>;
    state() -> MemberState;
    member_id() -> &MemberId;
    generation() -> Generation;
    is_leader() -> bool;
}

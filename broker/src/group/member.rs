//! One member of a classic group: who it is, what it can, what it has, and which of its requests are parked.

use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;

use bytes::Bytes;
use kohort_protocol::api::join_group::{JoinGroupMember, JoinGroupProtocol};
use kohort_protocol::{GroupInstanceId, MemberId};

use crate::connections::CallId;

#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) id: MemberId,
    pub(crate) instance: Option<GroupInstanceId>,
    pub(crate) client_id: Arc<str>,
    pub(crate) client_host: Arc<str>,
    pub(crate) session_timeout: Duration,
    pub(crate) rebalance_timeout: Duration,
    pub(crate) protocols: Vec<JoinGroupProtocol>,
    pub(crate) assignment: Bytes,
    pub(crate) parked_join: Option<CallId>,
    pub(crate) parked_sync: Option<CallId>,
    /// It has never been answered, so it cannot heartbeat yet.
    pub(crate) is_new: bool,
}

impl Member {
    pub(crate) fn is_joining(&self) -> bool {
        self.parked_join.is_some()
    }

    pub(crate) fn knows(&self, protocol: &str) -> bool {
        self.protocols.iter().any(|known| known.name == protocol)
    }

    pub(crate) fn vote<'a>(&self, candidates: &[&'a str]) -> Option<&'a str> {
        self.protocols
            .iter()
            .find_map(|known| candidates.iter().copied().find(|name| *name == known.name))
    }

    pub(crate) fn metadata(&self, protocol: &str) -> Bytes {
        self.protocols
            .iter()
            .find(|known| known.name == protocol)
            .map(|known| known.metadata.clone())
            .unwrap_or_default()
    }

    /// The member without requests in flight, as it is written.
    pub(crate) fn settled(&self) -> Self {
        Self {
            parked_join: None,
            parked_sync: None,
            is_new: false,
            ..self.clone()
        }
    }

    pub(crate) fn as_the_leader_sees_it(&self, protocol: &str) -> JoinGroupMember {
        JoinGroupMember {
            member_id: self.id.clone(),
            group_instance_id: self.instance.clone(),
            metadata: self.metadata(protocol),
        }
    }

    pub(crate) fn state(&self) -> MemberState {
        MemberState {
            id: self.id.clone(),
            instance: self.instance.clone(),
            client_id: self.client_id.to_string(),
            assignment: self.assignment.clone(),
            joining: self.parked_join.is_some(),
            syncing: self.parked_sync.is_some(),
        }
    }
}

/// A member as an assertion in a test, or the oracle of a simulation, sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MemberState {
    /// Its id.
    pub id: MemberId,
    /// Its instance, if it is static.
    pub instance: Option<GroupInstanceId>,
    /// Its client's name.
    pub client_id: String,
    /// The bytes the leader gave it.
    pub assignment: Bytes,
    /// A JoinGroup of it is parked.
    pub joining: bool,
    /// A SyncGroup of it is parked.
    pub syncing: bool,
}

//! Which of a broker's connections a request travels on.
//!
//! A broker answers one connection's requests in order and does not read the next one meanwhile. A parked JoinGroup, a follower's
//! parked SyncGroup or a Fetch long poll therefore blocks everything behind it, the member's own heartbeats included (seen on
//! Kafka 4.4.0). Hence lanes.

use crate::api::Request;

/// A kind of connection to one broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Lane {
    /// JoinGroup, SyncGroup: a connection of its own, borrowed until the answer is there.
    Join,
    /// Heartbeat, LeaveGroup, FindCoordinator: short requests that must never wait behind a parked one.
    Control,
    /// OffsetCommit: in order, so that an older commit never lands after a newer one.
    Commit,
    /// Fetch within a session: a connection for each consumer, for the broker holds it while nothing new arrives.
    Fetch,
    /// Fetch without a session, beside a pending long poll, for partitions that were just gained.
    FetchOnce,
    /// All the rest.
    Other,
}

impl Lane {
    /// The lane of a request.
    #[must_use]
    pub const fn of(request: &Request) -> Self {
        match request {
            Request::JoinGroup(_) | Request::SyncGroup(_) => Self::Join,
            Request::Heartbeat(_) | Request::LeaveGroup(_) | Request::FindCoordinator(_) => Self::Control,
            Request::OffsetCommit(_) => Self::Commit,
            Request::Fetch(fetch) if fetch.session_id == 0 && fetch.session_epoch == -1 => Self::FetchOnce,
            Request::Fetch(_) => Self::Fetch,
            _ => Self::Other,
        }
    }
}

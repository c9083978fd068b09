//! `classic/1-6`: the life of a classic group, from the first JoinGroup to the last LeaveGroup.

pub(crate) mod commit;
pub(crate) mod expiry;
pub(crate) mod facts;
pub(crate) mod heartbeat;
pub(crate) mod join;
pub(crate) mod leave;
pub(crate) mod limits;
pub(crate) mod parked;
pub(crate) mod static_member;
pub(crate) mod sync;

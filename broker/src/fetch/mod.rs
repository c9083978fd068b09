//! Fetch beyond the wire: sessions, and requests that wait for more bytes.

mod parked;
mod session;

pub(crate) use parked::ParkedFetch;
pub(crate) use session::{FetchSessions, Plan, Target, Told, TopicRef};

//! Consumers on the embedded broker, over real sockets and in paused time: all peers live in one current-thread runtime, else time
//! would jump while bytes are on their way. No real time passes, but in `threads`.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // helpers outside #[test] functions

mod awaits;
mod cancel;
mod clocks;
mod closing;
mod commits;
mod control;
mod corrupt;
mod ended;
mod faults;
mod groups;
mod handover;
mod memory;
mod polls;
mod rig;
mod silence;
mod starved;
mod tap;
mod threads;
mod wire;

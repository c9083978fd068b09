//! What a group goes through, one story each: step by step on the simulator's world, with its whole oracle on, and with claims of its own
//! about what it cost. A story ends like every run: faults over, a minute of watching, the last questions.
//!
//! What a schedule can tell belongs in `museum/`; here is what must wait for a situation or count something.
//! `KOHORT_TRACE=1 cargo test -p kohort-sim --test stories NAME` prints what happened in one that fails.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // helpers outside #[test] functions

mod commits;
mod coordinators;
mod members;
mod stage;
mod topics;

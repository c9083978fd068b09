//! Whole groups in one thread under virtual time: members on an embedded cluster, with latencies, and an application each.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // helpers outside #[test] functions

mod chaos;
mod stories;
mod world;

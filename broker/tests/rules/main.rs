//! The answers of real brokers, row by row: what Kafka 4.4.0 was seen to do, the embedded cluster does.
//!
//! A test is named by its rule (`classic/1.1` is `classic_1_1_...`). Time is given, never waited for.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // helpers outside #[test] functions

mod lab;

mod classic_1_join;
mod classic_2_sync;
mod classic_3_presence;
mod classic_4_leave;
mod classic_5_static;
mod classic_6_commit;
mod classic_extra;
mod conn;
mod coordinator;
mod faults;
mod log;
mod nodes;
mod off;

//! The answers of real brokers, row by row: what Kafka 4.4.0 was seen to do, the embedded cluster does.
//!
//! A test is named by its rule (`classic/1.1` is `classic_1_1_...`). Time is given, never waited for.
#![allow(clippy::indexing_slicing, clippy::panic)] // helpers outside #[test] functions

#[allow(dead_code)] // the next rules use the rest
mod lab;

mod classic_1_join;

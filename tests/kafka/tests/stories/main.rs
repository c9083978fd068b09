//! kohort's own consumers on a real Apache Kafka, beside Kafka's own clients and tools.
//!
//! What is read is written down record by record and compared with what Kafka's tools wrote; who is in a group is asked from
//! Kafka's tools too. All stories play on one cluster of three brokers, one after another: times measured beside one another
//! on a small machine say nothing. `--nocapture` shows the hand-over times.

#![allow(clippy::indexing_slicing)] // helpers outside #[test] functions

mod book;
mod failover;
mod groups;
mod late_commit;
mod member;
mod mixed;
mod program;
mod proxy;
mod reading;
mod refusals;
mod restarting;
mod returning;
mod stage;
mod writing;

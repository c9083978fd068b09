//! The embedded broker under clients that are not ours: Kafka's own Java tools, and kcat on librdkafka.
//!
//! What they wrote and what they read is compared record by record; who owns what is taken from the broker's own memory, and
//! from `kafka-consumer-groups` where the point is that it can see it. No Kafka broker runs here.

#![expect(clippy::indexing_slicing, reason = "a test may panic")]

mod acts;
mod exactly_once;
mod faults;
mod groups;
mod mixed;
mod reader;
mod stage;
mod topics;
mod verifiable;

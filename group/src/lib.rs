//! Kafka group coordination: pure member machines, and the driver that runs them.
//!
//! [`member`] holds the machines: inputs and time in, outputs out. [`Inbox`] keeps record payloads while a machine decides about
//! them. With the feature `driver` (default) there is also [`Consumer`], a machine run by a tokio task. Without it the crate is
//! `no_std` and knows `kohort-protocol` alone: for other runtimes, simulators and embedded systems.
#![cfg_attr(not(feature = "driver"), no_std)]

extern crate alloc;

pub mod assignor;
#[cfg(feature = "driver")]
mod consumer;
#[cfg(feature = "driver")]
mod driver;
mod inbox;
pub mod member;

#[cfg(feature = "driver")]
pub use consumer::{
    Assigned, BuildError, Commit, Committer, Consumer, ConsumerBuilder, ConsumerError, Delivery, Properties,
    PropertyError, RecordError, Records, Revoking, SETTINGS, Setting, Status,
};
#[cfg(feature = "driver")]
pub use driver::Notice;
pub use inbox::{Inbox, Payload};

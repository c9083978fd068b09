//! Kafka group coordination: pure member machines, and the driver that runs them.
#![cfg_attr(not(feature = "driver"), no_std)]

extern crate alloc;

pub mod assignor;
mod inbox;
pub mod member;

pub use inbox::{Inbox, Payload};

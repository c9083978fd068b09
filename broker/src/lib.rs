//! An embedded multi-node Kafka broker: a pure cluster and a thin server in front of it.
#![cfg_attr(not(feature = "server"), no_std)]

extern crate alloc;

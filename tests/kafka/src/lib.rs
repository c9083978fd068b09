//! A real Apache Kafka for tests: one or three brokers on free loopback ports, from jars off Maven Central.
//!
//! ```no_run
//! # fn main() -> anyhow::Result<()> {
//! use kohort_testkafka::Cluster;
//!
//! let kafka = Cluster::builder().brokers(3).start()?; // serves when this returns, 5 s later
//! kafka.create_topic("orders", 6, 3, &[])?;
//! let coordinator = kafka.coordinator("billing")?;
//! kafka.kill(coordinator)?; // as kill -9 does
//! // ... the client under test, on kafka.bootstrap(), goes on ...
//! kafka.restart(coordinator)?;
//! # Ok(())
//! # } // dropped: the processes are killed, their files removed
//! ```
//!
//! Needs a JDK of version 17 or newer and Maven; without them it fails and says so, it never skips a test.
//! `docs/testing-on-kafka.md` has the settings. Everything here blocks, and nothing here knows kohort: what a broker
//! is asked, and what its answer means, must not rest on the code that is being tested. Hence plain node numbers and
//! topic names too.

mod cluster;
mod faults;
mod folder;
mod jars;
mod jvm;
mod node;
mod ports;
mod properties;
mod requests;
mod shared;
mod supervised;
mod tool;
mod tools;
mod topics;
mod wire;
mod zookeeper;

pub use cluster::{Builder, Cluster};
pub use jars::{TOOLS_VERSION, Version, broker_jars, kafka_clients_jar, tool_jars};
pub use node::State;
pub use requests::{KafkaError, Metadata, Partition};
pub use shared::shared;
pub use tool::{Tool, ToolOutput};
pub use tools::{ConsoleRecord, Tools};
pub use wire::{Answer, Body, Wire};

/// Not repeatable and not secret; the standard library's own source of entropy.
fn random() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(0)
}

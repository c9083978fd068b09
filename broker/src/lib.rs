//! An embedded multi-node Kafka broker: a pure [`Cluster`] and, with feature `server`, a thin tokio server in front of it.
//!
//! The cluster is for demos, tests and simulation. It answers as real brokers were seen to answer (Kafka 4.4.0), the odd answers
//! included: coordinators that move, load, and linger as zombies; members whose requests are parked or replaced; connections
//! that serve one request at a time. It keeps everything in memory and knows classic groups, offsets and plain records:
//! no transactions, no newer group types, no authorization.
//!
//! ```
//! use kohort_broker::{ArrivedRequest, Cluster, Config, ConnectionId, Input, Output};
//! use kohort_protocol::api::Response;
//! use kohort_protocol::api::metadata::MetadataRequest;
//! use kohort_protocol::{NodeId, Timestamp};
//!
//! let mut cluster = Cluster::new(Config { nodes: 3, ..Config::default() });
//! let (node, connection) = (NodeId(1), ConnectionId(1));
//! cluster.handle(Timestamp::ZERO, Input::Opened { node, connection, client_host: "/127.0.0.1".into() });
//! cluster.handle(Timestamp::ZERO, Input::Request(ArrivedRequest {
//!     node, connection, correlation_id: 7, version: 12, client_id: None,
//!     request: MetadataRequest::default().into(),
//! }));
//! let Some(Output::Reply { response: Response::Metadata(metadata), .. }) = cluster.poll() else { unreachable!() };
//! assert_eq!(metadata.brokers.len(), 3);
//! ```
#![cfg_attr(not(feature = "server"), no_std)]

extern crate alloc;

mod api;
mod cluster;
mod config;
mod connections;
mod coordinator;
mod fault;
mod fetch;
mod group;
mod input;
mod log;
mod node;
mod producer;
mod release;
#[cfg(feature = "server")]
mod server;
mod timers;
mod topics;
mod uuid;

pub use api::{SERVED, served_versions};
pub use cluster::{Cluster, CommandError, GroupView};
pub use config::{Config, Latencies};
pub use coordinator::record::CommittedOffset;
pub use fault::{Fault, FaultAction};
pub use group::{GroupState, MemberState};
pub use input::{ArrivedRequest, Closing, Command, ConnectionId, Input, Output};
pub use node::Power;
pub use release::{Release, UnknownRelease};
#[cfg(feature = "server")]
pub use server::{Broker, BrokerError};

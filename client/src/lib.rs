//! kohort's wire client on tokio: connections in lanes, metadata, typed calls.
//!
//! A [`Client`] dials brokers, keeps their connections apart by [lane](kohort_protocol::Lane), and carries requests to them:
//! single ones ([`Client::call`]), whole flows with retries ([`Client::metadata`], [`Client::create_topics`], ...), or those of a
//! pure machine through a [`Port`]. What a group is, and what an answer means to its members, it refuses to know.
//!
//! ```no_run
//! use kohort_client::{Client, ClientConfig};
//!
//! # async fn example() -> Result<(), kohort_client::ClientError> {
//! let client = Client::new(ClientConfig::new("localhost:9092"))?;
//! let metadata = client.metadata(&["orders".into()]).await?;
//! println!("{} brokers", metadata.brokers.len());
//! # Ok(())
//! # }
//! ```

mod address;
mod admin;
mod backoff;
mod client;
mod config;
mod coordinator;
mod dial;
mod error;
mod hub;
mod link;
mod metadata;
mod offsets;
mod port;
mod produce;
mod reply;
mod retry;
#[cfg(test)]
mod tests;

pub use address::Address;
pub use client::{Client, join_group_timeout};
pub use config::ClientConfig;
pub use dial::{Dial, Dialing, Stream, TcpDial};
pub use error::{ClientError, Target};
pub use kohort_protocol::{CallFailure, Lane};
pub use port::Port;
pub use produce::Acks;

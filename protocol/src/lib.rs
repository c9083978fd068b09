//! Kafka's wire protocol for kohort: bytes to messages and back. No IO, no clock, no runtime.

pub mod api;
mod connection;
pub mod consumer_protocol;
pub mod dissect;
pub mod endpoints;
mod error_code;
pub mod frame;
mod gather;
mod ids;
mod lane;
pub mod layout;
pub mod message;
pub mod messages;
pub mod records;
mod recovery;
mod timestamp;

pub use api::{ApiKey, IsolationLevel};
pub use connection::{CallFailure, Completed, Connection, ConnectionConfig, ConnectionError};
pub use error_code::ErrorCode;
pub use frame::{FrameCutter, FrameError};
pub use gather::gather;
pub use ids::{
    Generation, GroupId, GroupInstanceId, LeaderEpoch, MemberEpoch, MemberId, NodeId, ProducerId, TopicId,
    TopicName, TopicPartition, TransactionalId,
};
pub use lane::Lane;
pub use recovery::Recovery;
pub use timestamp::Timestamp;

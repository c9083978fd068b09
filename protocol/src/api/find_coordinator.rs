//! FindCoordinator (10): which broker coordinates a group or transaction. KIP-699 (several keys, v4+), KIP-932 (share, v6+).
//!
//! Versions below 4 carry exactly one key; encoding more is an error, decoding yields one entry.

use crate::{ErrorCode, NodeId};

/// What kind of thing is coordinated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CoordinatorType(pub i8);

impl CoordinatorType {
    /// A group of any type; the key is the group id.
    pub const GROUP: Self = Self(0);
    /// A transactional producer; the key is its `transactional.id` (v1+).
    pub const TRANSACTION: Self = Self(1);
    /// Share-group state; the key is `group:topicId:partition` (v6+).
    pub const SHARE: Self = Self(2);
}

/// Asks for the coordinators of some keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FindCoordinatorRequest {
    /// The kind of the keys, v1+.
    pub key_type: CoordinatorType,
    /// The keys.
    pub keys: Vec<String>,
}

/// One answer per key, in the order asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FindCoordinatorResponse {
    /// How long the broker asks the client to be silent, v1+.
    pub throttle_time_ms: i32,
    /// The answers.
    pub coordinators: Vec<Coordinator>,
}

/// Where one coordinator lives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coordinator {
    /// The key it answers, v4+; empty below.
    pub key: String,
    /// The coordinator; −1 with an error.
    pub node_id: NodeId,
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: i32,
    /// COORDINATOR_NOT_AVAILABLE while the offsets topic is being made, ...
    pub error_code: ErrorCode,
    /// Words about the error, v1+.
    pub error_message: Option<String>,
}

//! FindCoordinator (10): which broker coordinates a group or transaction. KIP-699 (several keys, v4+), KIP-932 (share, v6+).
//!
//! Versions below 4 carry exactly one key; encoding more is an error, decoding yields one entry.
//!
//! A hostile broker can name any address as the coordinator, and so decide whom a member believes.

use super::wire::{Mirror, Misfit, mirror, only, raw};
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

mirror! {
    Coordinator = raw::find_coordinator_response::Coordinator {
        key, node_id, host, port, error_code, error_message,
    }
}

/// Below v4 one key stands in the place of the list.
impl Mirror<raw::FindCoordinatorRequest> for FindCoordinatorRequest {
    fn to_raw(&self, version: i16) -> Result<raw::FindCoordinatorRequest, Misfit> {
        if version < 1 && self.key_type != CoordinatorType::GROUP {
            return Err(Misfit::Absent("key_type"));
        }
        let mut raw = raw::FindCoordinatorRequest::default();
        raw.key_type = self.key_type.to_raw(version)?;
        if version >= 4 {
            raw.coordinator_keys = self.keys.to_raw(version)?;
        } else {
            raw.key = only(&self.keys, "keys")?.to_raw(version)?;
        }
        Ok(raw)
    }

    fn from_raw(raw: raw::FindCoordinatorRequest, version: i16) -> Result<Self, &'static str> {
        Ok(Self {
            key_type: Mirror::from_raw(raw.key_type, version)?,
            keys: if version >= 4 {
                Mirror::from_raw(raw.coordinator_keys, version)?
            } else {
                vec![Mirror::from_raw(raw.key, version)?]
            },
        })
    }
}

/// Below v4 the answer's own fields are the only coordinator.
impl Mirror<raw::FindCoordinatorResponse> for FindCoordinatorResponse {
    fn to_raw(&self, version: i16) -> Result<raw::FindCoordinatorResponse, Misfit> {
        let mut raw = raw::FindCoordinatorResponse::default();
        raw.throttle_time_ms = self.throttle_time_ms;
        if version >= 4 {
            raw.coordinators = self.coordinators.to_raw(version)?;
        } else {
            let one = only(&self.coordinators, "coordinators")?;
            raw.node_id = one.node_id.to_raw(version)?;
            raw.host = one.host.to_raw(version)?;
            raw.port = one.port;
            raw.error_code = one.error_code.to_raw(version)?;
            raw.error_message = one.error_message.to_raw(version)?;
        }
        Ok(raw)
    }

    fn from_raw(raw: raw::FindCoordinatorResponse, version: i16) -> Result<Self, &'static str> {
        Ok(Self {
            throttle_time_ms: raw.throttle_time_ms,
            coordinators: if version >= 4 {
                Mirror::from_raw(raw.coordinators, version)?
            } else {
                vec![Coordinator {
                    key: String::new(),
                    node_id: Mirror::from_raw(raw.node_id, version)?,
                    host: Mirror::from_raw(raw.host, version)?,
                    port: raw.port,
                    error_code: Mirror::from_raw(raw.error_code, version)?,
                    error_message: Mirror::from_raw(raw.error_message.filter(|_| version >= 1), version)?,
                }]
            },
        })
    }
}

//! Metadata (3): brokers, topics, partition leaders. KIP-516 (topic ids), KIP-320 (leader epochs).
//!
//! A hostile broker can send the client to any address and name any leader, epoch and topic id: whoever answers this decides whom
//! the client talks to.

use super::body::read;
pub use super::replicas::Replicas;
use super::wire::{Mirror, Misfit, mirror, raw};
use crate::{ErrorCode, LeaderEpoch, NodeId, TopicId, TopicName};

/// Asks for brokers and topics.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetadataRequest {
    /// The topics; `None` asks for all (v1+; v0 says so with an empty list), an empty list for none.
    pub topics: Option<Vec<MetadataRequestTopic>>,
    /// Whether the broker may create a topic that is missing, v4+.
    pub allow_auto_topic_creation: bool,
    /// v8-v10 only.
    pub include_cluster_authorized_operations: bool,
    /// v8+.
    pub include_topic_authorized_operations: bool,
}

/// A topic asked for, by name or by id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetadataRequestTopic {
    /// By id, v10+ (v12+ on brokers that answer it); zero when asked by name.
    pub topic_id: TopicId,
    /// By name; `None` (v10+) when asked by id.
    pub name: Option<TopicName>,
}

/// What the cluster looks like to the broker that answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetadataResponse {
    /// How long the broker asks the client to be silent, v3+.
    pub throttle_time_ms: i32,
    /// The brokers that are alive.
    pub brokers: Vec<MetadataBroker>,
    /// The cluster's id, v2+.
    pub cluster_id: Option<String>,
    /// The controller, v1+.
    pub controller_id: NodeId,
    /// The topics asked for.
    pub topics: Vec<MetadataTopic>,
    /// v8-v10 only; `i32::MIN` when not asked for.
    pub cluster_authorized_operations: i32,
    /// v13+ (REBOOTSTRAP_REQUIRED, KIP-1102).
    pub error_code: ErrorCode,
}

impl Default for MetadataResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            brokers: Vec::new(),
            cluster_id: None,
            controller_id: NodeId::NONE,
            topics: Vec::new(),
            cluster_authorized_operations: i32::MIN,
            error_code: ErrorCode::NONE,
        }
    }
}

/// A broker's address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetadataBroker {
    /// Its id.
    pub node_id: NodeId,
    /// Its advertised host.
    pub host: String,
    /// Its advertised port.
    pub port: i32,
    /// Its rack, v1+.
    pub rack: Option<String>,
}

/// A topic's partitions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetadataTopic {
    /// UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID, LEADER_NOT_AVAILABLE, ...
    pub error_code: ErrorCode,
    /// Its name; `None` (v12+) for an unknown id.
    pub name: Option<TopicName>,
    /// Its id, v10+.
    pub topic_id: TopicId,
    /// Whether it is one of Kafka's own, v1+.
    pub is_internal: bool,
    /// Its partitions, in no promised order.
    pub partitions: Vec<MetadataPartition>,
    /// v8+; `i32::MIN` when not asked for.
    pub topic_authorized_operations: i32,
}

impl Default for MetadataTopic {
    fn default() -> Self {
        Self {
            error_code: ErrorCode::NONE,
            name: None,
            topic_id: TopicId::ZERO,
            is_internal: false,
            partitions: Vec::new(),
            topic_authorized_operations: i32::MIN,
        }
    }
}

/// Where one partition lives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetadataPartition {
    /// LEADER_NOT_AVAILABLE, ...
    pub error_code: ErrorCode,
    /// Its index.
    pub partition_index: i32,
    /// Its leader; −1 for none.
    pub leader_id: NodeId,
    /// The leader's epoch, v7+.
    pub leader_epoch: LeaderEpoch,
    /// All replicas.
    pub replica_nodes: Replicas,
    /// The replicas in sync.
    pub isr_nodes: Replicas,
    /// The replicas that are offline, v5+.
    pub offline_replicas: Replicas,
}

mirror! {
    MetadataRequestTopic = raw::metadata_request::MetadataRequestTopic { topic_id, name(null in 10..) }
    MetadataResponse = raw::MetadataResponse (straight) {
        throttle_time_ms,
        brokers,
        cluster_id,
        controller_id,
        topics,
        cluster_authorized_operations(in 8..=10),
        error_code,
    }
    MetadataBroker = raw::metadata_response::MetadataResponseBroker { node_id, host, port, rack }
    MetadataTopic = raw::metadata_response::MetadataResponseTopic {
        error_code,
        name(null in 12..),
        topic_id,
        is_internal,
        partitions,
        topic_authorized_operations(in 8..),
    }
    MetadataPartition = raw::metadata_response::MetadataResponsePartition {
        error_code,
        partition_index,
        leader_id,
        leader_epoch,
        replica_nodes,
        isr_nodes,
        offline_replicas,
    }
}

read! {
    MetadataResponse {
        throttle_time_ms(in 3..),
        brokers,
        cluster_id(in 2..),
        controller_id(in 1..),
        topics,
        cluster_authorized_operations(in 8..=10, else i32::MIN),
        error_code(in 13..),
    }
    MetadataBroker { node_id, host, port, rack(in 1..) }
    MetadataTopic {
        error_code,
        name(null in 12..),
        topic_id(in 10..),
        is_internal(in 1..),
        partitions,
        topic_authorized_operations(in 8.., else i32::MIN),
    }
    MetadataPartition {
        error_code,
        partition_index,
        leader_id,
        leader_epoch(in 7..),
        replica_nodes,
        isr_nodes,
        offline_replicas(in 5..),
    }
}

/// v0 has no null list: there an empty one asks for all topics, and nothing can ask for none.
impl Mirror<raw::MetadataRequest> for MetadataRequest {
    fn to_raw(&self, version: i16) -> Result<raw::MetadataRequest, Misfit> {
        let asks_for_none = self.topics.as_ref().is_some_and(Vec::is_empty);
        let misfits = [
            (version < 1 && asks_for_none, "topics"),
            (
                version < 4 && !self.allow_auto_topic_creation,
                "allow_auto_topic_creation",
            ),
            (
                !(8..=10).contains(&version) && self.include_cluster_authorized_operations,
                "include_cluster_authorized_operations",
            ),
            (
                version < 8 && self.include_topic_authorized_operations,
                "include_topic_authorized_operations",
            ),
        ];
        if let Some((_, field)) = misfits.iter().find(|(misfit, _)| *misfit) {
            return Err(Misfit::Absent(field));
        }
        let mut raw = raw::MetadataRequest::default();
        raw.topics = self.topics.to_raw(version)?;
        if version < 1 && raw.topics.is_none() {
            raw.topics = Some(Vec::new());
        }
        raw.allow_auto_topic_creation = self.allow_auto_topic_creation;
        raw.include_cluster_authorized_operations = self.include_cluster_authorized_operations;
        raw.include_topic_authorized_operations = self.include_topic_authorized_operations;
        Ok(raw)
    }

    fn from_raw(raw: raw::MetadataRequest, version: i16) -> Result<Self, &'static str> {
        let topics: Option<Vec<_>> = Mirror::from_raw(raw.topics, version)?;
        Ok(Self {
            topics: topics.filter(|topics| version >= 1 || !topics.is_empty()),
            allow_auto_topic_creation: raw.allow_auto_topic_creation,
            include_cluster_authorized_operations: raw.include_cluster_authorized_operations,
            include_topic_authorized_operations: raw.include_topic_authorized_operations,
        })
    }
}

//! Fetch (1): read records. KIP-227 (sessions, v7), KIP-320 (epochs, v9/v12), KIP-392 (read from a follower, v11), KIP-516 (topic ids, v13).
//!
//! A hostile leader can hand out any records with any offsets, stop a partition by unreadable ones, and name other brokers to read
//! from. Records are bytes of the frame until they are read; what they may cost then is said in [`records`](crate::records).

use bytes::Bytes;

use super::body::{Body, Wire, read};
use super::wire::{Mirror, Misfit, mirror, raw};
use crate::{ErrorCode, IsolationLevel, LeaderEpoch, NodeId, ProducerId, TopicId, TopicName};

/// Asks for records from some positions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchRequest {
    /// −1 for a consumer. v15+ carries it as a tagged field that consumers leave out.
    pub replica_id: NodeId,
    /// How long the broker may wait for `min_bytes`.
    pub max_wait_ms: i32,
    /// The broker answers at once when it has so many bytes.
    pub min_bytes: i32,
    /// Upper bound of the answer (the first batch comes whole even if it is larger).
    pub max_bytes: i32,
    /// Whether open and aborted transactions are hidden.
    pub isolation_level: IsolationLevel,
    /// The session, v7+; 0 opens one.
    pub session_id: i32,
    /// The session's epoch, v7+; 0 opens, −1 is sessionless or closes.
    pub session_epoch: i32,
    /// The partitions that are new or changed in the session (all, without one).
    pub topics: Vec<FetchTopic>,
    /// The partitions that leave the session, v7+.
    pub forgotten_topics_data: Vec<ForgottenTopic>,
    /// The consumer's rack, v11+.
    pub rack_id: String,
}

impl Default for FetchRequest {
    /// Without a session, and without bounds.
    fn default() -> Self {
        Self {
            replica_id: NodeId::NONE,
            max_wait_ms: 0,
            min_bytes: 0,
            max_bytes: i32::MAX,
            isolation_level: IsolationLevel::ReadUncommitted,
            session_id: 0,
            session_epoch: -1,
            topics: Vec::new(),
            forgotten_topics_data: Vec::new(),
            rack_id: String::new(),
        }
    }
}

/// The partitions of one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FetchTopic {
    /// The topic, up to v12.
    pub topic: TopicName,
    /// The topic, from v13.
    pub topic_id: TopicId,
    /// Its partitions.
    pub partitions: Vec<FetchPartition>,
}

/// Where to read one partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchPartition {
    /// The partition.
    pub partition: i32,
    /// The leader epoch the client knows, v9+; −1 for none.
    pub current_leader_epoch: LeaderEpoch,
    /// The offset to read from.
    pub fetch_offset: i64,
    /// The epoch of the last record read, v12+; −1 for none. A broker whose log diverged says so. An older version leaves it out, and a
    /// consumer reads on without that check: who sends it need not know how old the broker is.
    pub last_fetched_epoch: LeaderEpoch,
    /// Followers only; −1.
    pub log_start_offset: i64,
    /// Upper bound for this partition.
    pub partition_max_bytes: i32,
}

impl Default for FetchPartition {
    fn default() -> Self {
        Self {
            partition: 0,
            current_leader_epoch: LeaderEpoch::NONE,
            fetch_offset: 0,
            last_fetched_epoch: LeaderEpoch::NONE,
            log_start_offset: -1,
            partition_max_bytes: 1 << 20,
        }
    }
}

/// Partitions that leave the session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForgottenTopic {
    /// The topic, up to v12.
    pub topic: TopicName,
    /// The topic, from v13.
    pub topic_id: TopicId,
    /// Its partitions.
    pub partitions: Vec<i32>,
}

/// Records, by partition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FetchResponse {
    /// How long the broker asks the client to be silent.
    pub throttle_time_ms: i32,
    /// FETCH_SESSION_ID_NOT_FOUND, INVALID_FETCH_SESSION_EPOCH, ..., v7+.
    pub error_code: ErrorCode,
    /// The session, v7+; 0 if none was made.
    pub session_id: i32,
    /// The topics; within a session only partitions with news.
    pub responses: Vec<FetchResponseTopic>,
    /// Addresses of the leaders named in `current_leader`, v16+ (KIP-951).
    pub node_endpoints: Vec<NodeEndpoint>,
}

/// The records of one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FetchResponseTopic {
    /// The topic, up to v12.
    pub topic: TopicName,
    /// The topic, from v13.
    pub topic_id: TopicId,
    /// Its partitions.
    pub partitions: Vec<FetchResponsePartition>,
}

/// The records of one partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchResponsePartition {
    /// The partition.
    pub partition_index: i32,
    /// OFFSET_OUT_OF_RANGE, NOT_LEADER_OR_FOLLOWER, FENCED_LEADER_EPOCH, ...
    pub error_code: ErrorCode,
    /// End of the replicated log.
    pub high_watermark: i64,
    /// End of what `read_committed` may read.
    pub last_stable_offset: i64,
    /// Start of the log, v5+.
    pub log_start_offset: i64,
    /// The log diverges from what was read: truncate to here, v12+.
    pub diverging_epoch: Option<EpochEndOffset>,
    /// A better leader, v12+ (KIP-951).
    pub current_leader: Option<CurrentLeader>,
    /// KRaft followers only, v12+: end offset and epoch of a snapshot.
    pub snapshot_id: Option<EpochEndOffset>,
    /// Transactions that were aborted in this range, ascending by `first_offset`; `None` under `read_uncommitted`.
    pub aborted_transactions: Option<Vec<AbortedTransaction>>,
    /// A follower that should be read instead, v11+ (KIP-392); −1 for none.
    pub preferred_read_replica: NodeId,
    /// The batches as they lie in the log: the last may be cut off. **A slice of the received frame.**
    pub records: Option<Bytes>,
}

impl Default for FetchResponsePartition {
    fn default() -> Self {
        Self {
            partition_index: 0,
            error_code: ErrorCode::NONE,
            high_watermark: -1,
            last_stable_offset: -1,
            log_start_offset: -1,
            diverging_epoch: None,
            current_leader: None,
            snapshot_id: None,
            aborted_transactions: None,
            preferred_read_replica: NodeId::NONE,
            records: None,
        }
    }
}

/// The end of an epoch in the leader's log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EpochEndOffset {
    /// The epoch.
    pub epoch: LeaderEpoch,
    /// The offset after its last record.
    pub end_offset: i64,
}

/// Who leads a partition now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CurrentLeader {
    /// The leader.
    pub leader_id: NodeId,
    /// Its epoch.
    pub leader_epoch: LeaderEpoch,
}

/// The address of a leader just named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeEndpoint {
    /// The broker.
    pub node_id: NodeId,
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: i32,
    /// Its rack.
    pub rack: Option<String>,
}

/// An aborted transaction in the range read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AbortedTransaction {
    /// Its producer.
    pub producer_id: ProducerId,
    /// Its first offset in this partition.
    pub first_offset: i64,
}

mirror! {
    FetchTopic = raw::fetch_request::FetchTopic { topic, topic_id, partitions }
    FetchPartition = raw::fetch_request::FetchPartition {
        partition,
        current_leader_epoch,
        fetch_offset,
        last_fetched_epoch(left out below 12),
        log_start_offset,
        partition_max_bytes,
    }
    ForgottenTopic = raw::fetch_request::ForgottenTopic { topic, topic_id, partitions }
    FetchResponse = raw::FetchResponse (straight) {
        throttle_time_ms,
        error_code,
        session_id(in 7..),
        responses,
        node_endpoints(in 16..),
    }
    FetchResponseTopic = raw::fetch_response::FetchableTopicResponse { topic, topic_id, partitions }
    FetchResponsePartition = raw::fetch_response::PartitionData {
        partition_index,
        error_code,
        high_watermark,
        last_stable_offset,
        log_start_offset,
        diverging_epoch(tagged in 12..),
        current_leader(tagged in 12..),
        snapshot_id(tagged in 12..),
        aborted_transactions,
        preferred_read_replica(in 11..),
        records(slice),
    }
    EpochEndOffset = raw::fetch_response::EpochEndOffset { epoch, end_offset }
    EpochEndOffset = raw::fetch_response::SnapshotId { epoch, end_offset }
    CurrentLeader = raw::fetch_response::LeaderIdAndEpoch { leader_id, leader_epoch }
    NodeEndpoint = raw::fetch_response::NodeEndpoint { node_id, host, port, rack }
    AbortedTransaction = raw::fetch_response::AbortedTransaction { producer_id, first_offset }
}

read! {
    FetchResponse {
        throttle_time_ms,
        error_code(in 7..),
        session_id(in 7..),
        responses;
        0 => node_endpoints in 16.., by Wire::read;
    }
    FetchResponseTopic { topic(in ..13), topic_id(in 13..), partitions }
    FetchResponsePartition {
        partition_index,
        error_code,
        high_watermark,
        last_stable_offset,
        log_start_offset(in 5.., else -1),
        aborted_transactions,
        preferred_read_replica(in 11..),
        records;
        0 => diverging_epoch in 12.., by diverging_epoch;
        1 => current_leader in 12.., by current_leader;
        2 => snapshot_id in 12.., by snapshot_id;
    }
    EpochEndOffset { epoch, end_offset }
    CurrentLeader { leader_id, leader_epoch }
    NodeEndpoint { node_id, host, port, rack }
    AbortedTransaction { producer_id, first_offset }
}

fn diverging_epoch(from: &mut Body<'_>) -> Option<EpochEndOffset> {
    Some(EpochEndOffset::read(from)).filter(EpochEndOffset::is_set)
}

/// Has its fields the other way round.
fn snapshot_id(from: &mut Body<'_>) -> Option<EpochEndOffset> {
    let end_offset = Wire::read(from);
    let epoch = Wire::read(from);
    from.tags(|_, _| false);
    Some(EpochEndOffset { epoch, end_offset }).filter(EpochEndOffset::is_set)
}

fn current_leader(from: &mut Body<'_>) -> Option<CurrentLeader> {
    Some(CurrentLeader::read(from)).filter(|leader| *leader != CurrentLeader::default())
}

impl EpochEndOffset {
    /// Whether it says something else than what Kafka takes for none.
    fn is_set(&self) -> bool {
        (self.epoch, self.end_offset) != (LeaderEpoch::NONE, -1)
    }
}

/// The replica's id moved into a tagged struct with v15 (KIP-903).
impl Mirror<raw::FetchRequest> for FetchRequest {
    fn to_raw(&self, version: i16) -> Result<raw::FetchRequest, Misfit> {
        if version < 7 && !self.forgotten_topics_data.is_empty() {
            return Err(Misfit::Absent("forgotten_topics_data"));
        }
        let mut raw = raw::FetchRequest::default();
        if version < 15 {
            raw.replica_id = self.replica_id.to_raw(version)?;
        } else {
            raw.replica_state.replica_id = self.replica_id.to_raw(version)?;
        }
        raw.max_wait_ms = self.max_wait_ms;
        raw.min_bytes = self.min_bytes;
        raw.max_bytes = self.max_bytes;
        raw.isolation_level = self.isolation_level.to_raw(version)?;
        raw.session_id = self.session_id;
        raw.session_epoch = self.session_epoch;
        raw.topics = self.topics.to_raw(version)?;
        raw.forgotten_topics_data = self.forgotten_topics_data.to_raw(version)?;
        raw.rack_id = self.rack_id.to_raw(version)?;
        Ok(raw)
    }

    fn from_raw(raw: raw::FetchRequest, version: i16) -> Result<Self, &'static str> {
        let replica_id = if version < 15 {
            raw.replica_id
        } else {
            raw.replica_state.replica_id
        };
        Ok(Self {
            replica_id: Mirror::from_raw(replica_id, version)?,
            max_wait_ms: raw.max_wait_ms,
            min_bytes: raw.min_bytes,
            max_bytes: raw.max_bytes,
            isolation_level: Mirror::from_raw(raw.isolation_level, version)?,
            session_id: raw.session_id,
            session_epoch: raw.session_epoch,
            topics: Mirror::from_raw(raw.topics, version)?,
            forgotten_topics_data: Mirror::from_raw(raw.forgotten_topics_data, version)?,
            rack_id: Mirror::from_raw(raw.rack_id, version)?,
        })
    }
}

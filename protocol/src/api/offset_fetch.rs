//! OffsetFetch (9): read committed offsets. KIP-320 (v5), KIP-447 (require stable, v7), KIP-709 (several groups, v8), KIP-848 (v9; topic ids,
//! v10: what is meant for a topic does not reach another one that was made later under its name).
//!
//! Versions below 8 carry exactly one group; encoding more is an error.
//!
//! A hostile coordinator can make reading begin at any offset, or at `auto.offset.reset`.

use super::body::{Body, Wire, field, read};
use super::wire::{Mirror, Misfit, mirror, only, raw, straight};
use crate::{ErrorCode, GroupId, LeaderEpoch, MemberEpoch, MemberId, TopicId, TopicName};

/// Asks for committed offsets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetFetchRequest {
    /// The groups.
    pub groups: Vec<OffsetFetchGroup>,
    /// Answer UNSTABLE_OFFSET_COMMIT instead of an offset that an open transaction may move, v7+.
    pub require_stable: bool,
}

/// What is asked of one group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetFetchGroup {
    /// The group.
    pub group_id: GroupId,
    /// A KIP-848 member, v9+; classic groups ignore it.
    pub member_id: Option<MemberId>,
    /// Its epoch, v9+; −1 without a member.
    pub member_epoch: MemberEpoch,
    /// The topics; `None` (v2+) for all.
    pub topics: Option<Vec<OffsetFetchTopic>>,
}

/// The partitions asked of one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetFetchTopic {
    /// The topic, up to v9.
    pub name: TopicName,
    /// The topic, from v10.
    pub topic_id: TopicId,
    /// The partitions.
    pub partition_indexes: Vec<i32>,
}

/// The committed offsets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetFetchResponse {
    /// How long the broker asks the client to be silent, v3+.
    pub throttle_time_ms: i32,
    /// Per group. Below v8 one entry, without the group's id; its error is the top-level one of v2+.
    pub groups: Vec<OffsetFetchResponseGroup>,
}

/// The offsets of one group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetFetchResponseGroup {
    /// The group, v8+.
    pub group_id: GroupId,
    /// The topics.
    pub topics: Vec<OffsetFetchResponseTopic>,
    /// NOT_COORDINATOR, COORDINATOR_LOAD_IN_PROGRESS, ..., v2+ (v1 says it per partition).
    pub error_code: ErrorCode,
}

/// The offsets of one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetFetchResponseTopic {
    /// The topic, up to v9.
    pub name: TopicName,
    /// The topic, from v10.
    pub topic_id: TopicId,
    /// Its partitions.
    pub partitions: Vec<OffsetFetchResponsePartition>,
}

/// One committed offset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetFetchResponsePartition {
    /// The partition.
    pub partition_index: i32,
    /// The offset; −1 for none.
    pub committed_offset: i64,
    /// The leader epoch stored with it, v5+.
    pub committed_leader_epoch: LeaderEpoch,
    /// The text stored with it.
    pub metadata: Option<String>,
    /// UNSTABLE_OFFSET_COMMIT, ...
    pub error_code: ErrorCode,
}

use raw::offset_fetch_request as raw_request;
use raw::offset_fetch_response as raw_response;

mirror! {
    OffsetFetchGroup = raw_request::OffsetFetchRequestGroup { group_id, member_id, member_epoch, topics }
    OffsetFetchTopic = raw_request::OffsetFetchRequestTopics { name, topic_id, partition_indexes }
    OffsetFetchResponseGroup = raw_response::OffsetFetchResponseGroup { group_id, topics, error_code }
    OffsetFetchResponseTopic = raw_response::OffsetFetchResponseTopics { name, topic_id, partitions }
    OffsetFetchResponsePartition = raw_response::OffsetFetchResponsePartitions {
        partition_index, committed_offset, committed_leader_epoch, metadata, error_code,
    }
    OffsetFetchResponsePartition = raw_response::OffsetFetchResponsePartition {
        partition_index, committed_offset, committed_leader_epoch, metadata, error_code,
    }
}

/// Below v8 the group stands in the request's own fields.
impl Mirror<raw::OffsetFetchRequest> for OffsetFetchRequest {
    fn to_raw(&self, version: i16) -> Result<raw::OffsetFetchRequest, Misfit> {
        if version < 7 && self.require_stable {
            return Err(Misfit::Absent("require_stable"));
        }
        let mut raw = raw::OffsetFetchRequest::default().with_require_stable(self.require_stable);
        if version >= 8 {
            raw.groups = self.groups.to_raw(version)?;
        } else {
            let one = only(&self.groups, "groups")?;
            if version < 2 && one.topics.is_none() {
                return Err(Misfit::Null("topics"));
            }
            raw.group_id = one.group_id.to_raw(version)?;
            raw.topics = one.topics.to_raw(version)?;
        }
        Ok(raw)
    }

    fn from_raw(raw: raw::OffsetFetchRequest, version: i16) -> Result<Self, &'static str> {
        Ok(Self {
            groups: if version >= 8 {
                Mirror::from_raw(raw.groups, version)?
            } else {
                vec![OffsetFetchGroup {
                    group_id: Mirror::from_raw(raw.group_id, version)?,
                    topics: Mirror::from_raw(raw.topics, version)?,
                    ..OffsetFetchGroup::default()
                }]
            },
            require_stable: raw.require_stable,
        })
    }
}

impl Mirror<raw_request::OffsetFetchRequestTopic> for OffsetFetchTopic {
    fn to_raw(&self, version: i16) -> Result<raw_request::OffsetFetchRequestTopic, Misfit> {
        let raw = raw_request::OffsetFetchRequestTopic::default().with_name(self.name.to_raw(version)?);
        Ok(raw.with_partition_indexes(self.partition_indexes.to_raw(version)?))
    }

    fn from_raw(raw: raw_request::OffsetFetchRequestTopic, version: i16) -> Result<Self, &'static str> {
        Ok(Self {
            name: Mirror::from_raw(raw.name, version)?,
            topic_id: TopicId::ZERO,
            partition_indexes: raw.partition_indexes,
        })
    }
}

/// Below v8 the only group's topics and error stand in the response's own fields.
impl Mirror<raw::OffsetFetchResponse> for OffsetFetchResponse {
    fn to_raw(&self, version: i16) -> Result<raw::OffsetFetchResponse, Misfit> {
        let mut raw = raw::OffsetFetchResponse::default();
        raw.throttle_time_ms = self.throttle_time_ms;
        if version >= 8 {
            raw.groups = self.groups.to_raw(version)?;
        } else {
            let one = only(&self.groups, "groups")?;
            if version < 2 && !one.error_code.is_ok() {
                // Kafka's schema would drop it; a lost error reads as "no offsets", which resets the consumer.
                return Err(Misfit::Absent("error_code"));
            }
            raw.error_code = one.error_code.to_raw(version)?;
            raw.topics = one.topics.to_raw(version)?;
        }
        Ok(raw)
    }

    fn from_raw(raw: raw::OffsetFetchResponse, version: i16) -> Result<Self, &'static str> {
        Ok(Self {
            throttle_time_ms: raw.throttle_time_ms,
            groups: if version >= 8 {
                Mirror::from_raw(raw.groups, version)?
            } else {
                vec![OffsetFetchResponseGroup {
                    group_id: GroupId::default(),
                    topics: Mirror::from_raw(raw.topics, version)?,
                    error_code: Mirror::from_raw(raw.error_code, version)?,
                }]
            },
        })
    }

    straight!(straight);
}

read! {
    OffsetFetchResponseGroup { group_id, topics, error_code }
    OffsetFetchResponseTopic { name(in ..10), topic_id(in 10..), partitions }
    OffsetFetchResponsePartition {
        partition_index,
        committed_offset,
        committed_leader_epoch(in 5..),
        metadata,
        error_code,
    }
}

impl Wire for OffsetFetchResponse {
    fn read(from: &mut Body<'_>) -> Self {
        let throttle_time_ms = field!(from in 3..);
        let groups = if from.version >= 8 {
            field!(from)
        } else {
            vec![OffsetFetchResponseGroup {
                group_id: GroupId::default(),
                topics: field!(from),
                error_code: field!(from in 2..),
            }]
        };
        from.tags(|_, _| false);
        Self {
            throttle_time_ms,
            groups,
        }
    }
}

impl Mirror<raw_response::OffsetFetchResponseTopic> for OffsetFetchResponseTopic {
    fn to_raw(&self, version: i16) -> Result<raw_response::OffsetFetchResponseTopic, Misfit> {
        let mut raw = raw_response::OffsetFetchResponseTopic::default();
        raw.name = self.name.to_raw(version)?;
        raw.partitions = self.partitions.to_raw(version)?;
        Ok(raw)
    }

    fn from_raw(raw: raw_response::OffsetFetchResponseTopic, version: i16) -> Result<Self, &'static str> {
        Ok(Self {
            name: Mirror::from_raw(raw.name, version)?,
            topic_id: TopicId::ZERO,
            partitions: Mirror::from_raw(raw.partitions, version)?,
        })
    }
}

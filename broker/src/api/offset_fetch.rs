//! OffsetFetch. A group that does not exist has no offsets, which is no error; errors are the group's (v1: each partition's).

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use kohort_protocol::api::offset_fetch::{
    OffsetFetchGroup, OffsetFetchRequest, OffsetFetchResponse, OffsetFetchResponseGroup,
    OffsetFetchResponsePartition, OffsetFetchResponseTopic, OffsetFetchTopic,
};
use kohort_protocol::{ErrorCode, GroupId, LeaderEpoch, TopicId, TopicName};

use super::Caller;
use crate::cluster::Cluster;
use crate::coordinator::log::GroupOffsets;
use crate::coordinator::record::CommittedOffset;

impl Cluster {
    pub(super) fn offset_fetch(
        &mut self,
        caller: &Caller,
        request: &OffsetFetchRequest,
    ) -> OffsetFetchResponse {
        let groups = request.groups.iter();
        OffsetFetchResponse {
            throttle_time_ms: 0,
            groups: groups.map(|group| self.offsets_of(caller, group)).collect(),
        }
    }

    /// Member id and epoch mean nothing to a classic group (seen on Kafka 4.4.0: wrong ones are ignored).
    fn offsets_of(&mut self, caller: &Caller, asked: &OffsetFetchGroup) -> OffsetFetchResponseGroup {
        let id = &asked.group_id;
        let offsets = self.coordinate(caller.call.node, id, |books| {
            books.offsets.get(id).cloned().unwrap_or_default()
        });
        match offsets {
            Ok(offsets) => OffsetFetchResponseGroup {
                group_id: id.clone(),
                topics: match &asked.topics {
                    Some(topics) => topics
                        .iter()
                        .map(|topic| self.topic_of(caller, topic, &offsets))
                        .collect(),
                    None => self.all_topics(caller, &offsets),
                },
                error_code: ErrorCode::NONE,
            },
            Err(code) => failed(asked, caller.version, code),
        }
    }

    fn topic_of(
        &self,
        caller: &Caller,
        topic: &OffsetFetchTopic,
        offsets: &GroupOffsets,
    ) -> OffsetFetchResponseTopic {
        let by_id = caller.version >= 10;
        let name = if by_id {
            self.topics.name_of(topic.topic_id)
        } else {
            Some(&topic.name)
        };
        // By name nobody compares: a topic made anew is answered what was committed for the one before it (seen on Kafka 4.4.0).
        let is_of = |offset: &&CommittedOffset| !by_id || offset.topic_id == topic.topic_id;
        let partitions = topic.partition_indexes.iter().map(|index| match name {
            Some(name) => found(*index, offsets.get(&(name.clone(), *index)).filter(is_of)),
            None => nothing(*index, ErrorCode::UNKNOWN_TOPIC_ID),
        });
        OffsetFetchResponseTopic {
            name: topic.name.clone(),
            topic_id: topic.topic_id,
            partitions: partitions.collect(),
        }
    }

    /// The offsets of a topic that is gone count here as those of the one that has its name now, in every version (seen on Kafka 4.4.0).
    fn all_topics(&self, caller: &Caller, offsets: &GroupOffsets) -> Vec<OffsetFetchResponseTopic> {
        let mut topics: Vec<OffsetFetchResponseTopic> = Vec::new();
        for ((name, index), offset) in offsets {
            if topics.last().is_none_or(|topic| topic.name != *name) {
                topics.push(OffsetFetchResponseTopic {
                    name: TopicName::clone(name),
                    topic_id: self
                        .topics
                        .topic(name.as_str())
                        .map_or(TopicId::ZERO, |topic| topic.id),
                    partitions: Vec::new(),
                });
            }
            if let Some(topic) = topics.last_mut() {
                topic.partitions.push(found(*index, Some(offset)));
            }
        }
        // By id there is no way to name a topic that is gone.
        topics.retain(|topic| caller.version < 10 || topic.topic_id != TopicId::ZERO);
        topics
    }
}

fn found(index: i32, offset: Option<&CommittedOffset>) -> OffsetFetchResponsePartition {
    offset.map_or_else(
        || nothing(index, ErrorCode::NONE),
        |offset| OffsetFetchResponsePartition {
            partition_index: index,
            committed_offset: offset.offset,
            committed_leader_epoch: offset.leader_epoch,
            metadata: Some(offset.metadata.clone()),
            error_code: ErrorCode::NONE,
        },
    )
}

fn nothing(partition_index: i32, error_code: ErrorCode) -> OffsetFetchResponsePartition {
    OffsetFetchResponsePartition {
        partition_index,
        committed_offset: -1,
        committed_leader_epoch: LeaderEpoch::NONE,
        metadata: Some(String::new()),
        error_code,
    }
}

/// v1 has no place for an error but the partitions, and no offset but of a partition is unstable.
fn failed(asked: &OffsetFetchGroup, version: i16, code: ErrorCode) -> OffsetFetchResponseGroup {
    let mut response = OffsetFetchResponseGroup {
        group_id: asked.group_id.clone(),
        ..OffsetFetchResponseGroup::default()
    };
    if version < 2 || code == ErrorCode::UNSTABLE_OFFSET_COMMIT {
        let topics = asked.topics.iter().flatten();
        response.topics = topics.map(|topic| failed_topic(topic, code)).collect();
    } else {
        response.error_code = code;
    }
    response
}

fn failed_topic(topic: &OffsetFetchTopic, code: ErrorCode) -> OffsetFetchResponseTopic {
    let indexes = topic.partition_indexes.iter();
    OffsetFetchResponseTopic {
        name: topic.name.clone(),
        topic_id: topic.topic_id,
        partitions: indexes.map(|index| nothing(*index, code)).collect(),
    }
}

pub(super) fn refused(request: &OffsetFetchRequest, version: i16, code: ErrorCode) -> OffsetFetchResponse {
    let mut groups: Vec<_> = request
        .groups
        .iter()
        .map(|group| failed(group, version, code))
        .collect();
    if version < 8 && groups.is_empty() {
        let nobody = OffsetFetchGroup {
            group_id: GroupId::default(),
            ..OffsetFetchGroup::default()
        };
        groups = vec![failed(&nobody, version, code)];
    }
    OffsetFetchResponse {
        throttle_time_ms: 0,
        groups,
    }
}

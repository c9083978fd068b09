//! A commit as it is sent, and what the answer says of each partition.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use kohort_protocol::api::offset_commit::{
    OffsetCommitPartition, OffsetCommitRequest, OffsetCommitResponse, OffsetCommitTopic,
};
use kohort_protocol::{ErrorCode, TopicId, TopicName, TopicPartition};

use super::{Entries, Entry};
use crate::member::membership::Identity;
use crate::member::topics::Topics;
use crate::member::wire::Wire;
use crate::member::words::unanimous;

/// The names behind the ids: from v10 on the answer has ids only.
pub(super) type Names = BTreeMap<TopicId, TopicName>;

/// The commit of all `entries`, and the names to read its answer by.
pub(super) fn request(
    wire: &Wire,
    identity: &Identity,
    entries: &Entries,
    topics: &Topics,
) -> (OffsetCommitRequest, Names) {
    let mut by_topic: BTreeMap<&TopicName, Vec<OffsetCommitPartition>> = BTreeMap::new();
    for (name, Entry { offset, .. }) in entries {
        by_topic
            .entry(&name.topic)
            .or_default()
            .push(OffsetCommitPartition {
                partition_index: name.partition,
                committed_offset: offset.offset,
                committed_leader_epoch: offset.leader_epoch,
                committed_metadata: Some(offset.metadata.clone().unwrap_or_default()),
            });
    }
    let topic = |(name, partitions): (&TopicName, Vec<OffsetCommitPartition>)| OffsetCommitTopic {
        name: name.clone(),
        topic_id: topics.id(name),
        partitions,
    };
    let topics: Vec<OffsetCommitTopic> = by_topic.into_iter().map(topic).collect();
    let name = |topic: &OffsetCommitTopic| (topic.topic_id, topic.name.clone());
    let names = topics.iter().map(name).collect();
    let request = OffsetCommitRequest {
        group_id: wire.config.group_id.clone(),
        generation_id_or_member_epoch: identity.fence,
        member_id: identity.member_id.clone(),
        group_instance_id: identity.instance.clone(),
        retention_time_ms: -1,
        topics,
    };
    (request, names)
}

/// What is said of each partition.
pub(super) fn codes(response: &OffsetCommitResponse, names: &Names) -> BTreeMap<TopicPartition, ErrorCode> {
    let topics = response.topics.iter().filter_map(|topic| {
        let by_id = topic.name.is_empty().then(|| names.get(&topic.topic_id));
        Some((by_id.unwrap_or(Some(&topic.name))?, &topic.partitions))
    });
    unanimous(topics.flat_map(|(name, partitions)| {
        partitions.iter().map(move |partition| {
            let at = TopicPartition::new(name.clone(), partition.partition_index);
            (at, partition.error_code)
        })
    }))
}

//! OffsetDelete (KIP-496): offsets of topics that nobody in the group reads. What is in use is refused, the rest is deleted.

use alloc::boxed::Box;
use alloc::vec::Vec;

use kohort_protocol::api::offset_delete::{
    OffsetDeleteRequest, OffsetDeleteResponse, OffsetDeleteResponsePartition, OffsetDeleteResponseTopic,
    OffsetDeleteTopic,
};
use kohort_protocol::{ErrorCode, TopicName};

use super::{Caller, Outcome};
use crate::cluster::Cluster;
use crate::coordinator::record::Record;
use crate::coordinator::shard::Books;
use crate::coordinator::turn::Completion;

impl Cluster {
    pub(super) fn offset_delete(&mut self, caller: &Caller, request: &OffsetDeleteRequest) -> Outcome {
        if request.group_id.is_empty() {
            return refused(ErrorCode::INVALID_GROUP_ID).into();
        }
        let exists = |topic: &TopicName, index: i32| self.topics.partition(topic.as_str(), index).is_some();
        let known: Vec<Vec<bool>> = request
            .topics
            .iter()
            .map(|topic| {
                let partitions = topic.partitions.iter();
                partitions
                    .map(|partition| exists(&topic.name, partition.partition_index))
                    .collect()
            })
            .collect();
        let deleted = self.coordinate(caller.call.node, &request.group_id, |books| {
            delete(books, caller, request, &known)
        });
        match deleted.flatten() {
            Ok(()) => Outcome::Parked,
            Err(code) => refused(code).into(),
        }
    }
}

fn delete(
    books: &mut Books<'_>,
    caller: &Caller,
    request: &OffsetDeleteRequest,
    known: &[Vec<bool>],
) -> Result<(), ErrorCode> {
    let id = &request.group_id;
    let group = books.groups.get(id).ok_or(ErrorCode::GROUP_ID_NOT_FOUND)?;
    group.may_delete_offsets()?;
    let mut response = OffsetDeleteResponse::default();
    let mut records = Vec::new();
    let stored = books.turn.log.offset_keys(id);
    for (topic, known) in request.topics.iter().zip(known) {
        let in_use = group.is_subscribed_to(&topic.name);
        let answered = answer_topic(topic, known, in_use);
        for partition in answered
            .partitions
            .iter()
            .filter(|partition| partition.error_code.is_ok())
        {
            if stored.contains_key(&(topic.name.clone(), partition.partition_index)) {
                let index = partition.partition_index;
                records.push(Record::OffsetGone(id.clone(), topic.name.clone(), index));
            }
        }
        response.topics.push(answered);
    }
    books.turn.append(
        records,
        Completion::Answer {
            call: caller.call,
            flushed: Box::new(response.into()),
            lost: Box::new(refused(ErrorCode::NOT_COORDINATOR).into()),
        },
    )
}

fn answer_topic(topic: &OffsetDeleteTopic, known: &[bool], in_use: bool) -> OffsetDeleteResponseTopic {
    let partitions = topic.partitions.iter().zip(known);
    let answers = partitions.map(|(partition, known)| OffsetDeleteResponsePartition {
        partition_index: partition.partition_index,
        error_code: match (known, in_use) {
            (false, _) => ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
            (true, true) => ErrorCode::GROUP_SUBSCRIBED_TO_TOPIC,
            (true, false) => ErrorCode::NONE,
        },
    });
    OffsetDeleteResponseTopic {
        name: topic.name.clone(),
        partitions: answers.collect(),
    }
}

pub(super) fn refused(error_code: ErrorCode) -> OffsetDeleteResponse {
    OffsetDeleteResponse {
        error_code,
        throttle_time_ms: 0,
        topics: Vec::new(),
    }
}

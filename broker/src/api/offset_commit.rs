//! OffsetCommit. The topic is looked at first, by any node: an unknown one is 3 even on the wrong node or with a bad generation.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use kohort_protocol::api::offset_commit::{
    OffsetCommitPartition, OffsetCommitRequest, OffsetCommitResponse, OffsetCommitResponsePartition,
    OffsetCommitResponseTopic, OffsetCommitTopic,
};
use kohort_protocol::{ErrorCode, TopicId, TopicName};

use super::{Caller, Outcome};
use crate::cluster::Cluster;
use crate::coordinator::record::{CommittedOffset, Record};
use crate::coordinator::shard::Books;
use crate::coordinator::turn::Completion;

/// What the coordinator is to store.
struct Wanted {
    topic: TopicName,
    topic_id: TopicId,
    partition: OffsetCommitPartition,
}

impl Cluster {
    pub(super) fn offset_commit(&mut self, caller: &Caller, request: &OffsetCommitRequest) -> Outcome {
        let mut response = OffsetCommitResponse::default();
        let mut wanted = Vec::new();
        for topic in &request.topics {
            response
                .topics
                .push(self.look_at_topic(caller, topic, &mut wanted));
        }
        if wanted.is_empty() {
            return response.into();
        }
        let lost = with_error(&response, ErrorCode::NOT_COORDINATOR);
        let then = Completion::Answer {
            call: caller.call,
            flushed: Box::new(response.clone().into()),
            lost: Box::new(lost.into()),
        };
        let committed = self.coordinate(caller.call.node, &request.group_id, |books| {
            commit(books, caller, request, wanted, then)
        });
        match committed.flatten() {
            Ok(()) => Outcome::Parked,
            Err(code) => with_error(&response, code).into(),
        }
    }

    /// What the broker refuses by itself, and the rest, which is for the coordinator.
    fn look_at_topic(
        &self,
        caller: &Caller,
        topic: &OffsetCommitTopic,
        wanted: &mut Vec<Wanted>,
    ) -> OffsetCommitResponseTopic {
        let name = if caller.version >= 10 {
            self.topics.name_of(topic.topic_id)
        } else {
            Some(&topic.name)
        };
        let known = name.and_then(|name| Some((name, self.topics.topic(name.as_str())?.id)));
        let partitions = topic.partitions.iter().map(|partition| {
            let code = self.look_at_partition(caller, known.map(|(name, _)| name), partition);
            if let Some((name, topic_id)) = known
                && code.is_ok()
            {
                wanted.push(Wanted {
                    topic: name.clone(),
                    topic_id,
                    partition: partition.clone(),
                });
            }
            outcome(partition.partition_index, code)
        });
        OffsetCommitResponseTopic {
            partitions: partitions.collect(),
            name: topic.name.clone(),
            topic_id: topic.topic_id,
        }
    }

    fn look_at_partition(
        &self,
        caller: &Caller,
        name: Option<&TopicName>,
        partition: &OffsetCommitPartition,
    ) -> ErrorCode {
        let units = |text: &String| text.encode_utf16().count();
        match name {
            None if caller.version >= 10 => ErrorCode::UNKNOWN_TOPIC_ID,
            Some(name)
                if self
                    .topics
                    .partition(name.as_str(), partition.partition_index)
                    .is_some() =>
            {
                let size = partition.committed_metadata.as_ref().map_or(0, units);
                if size > self.config.offset_metadata_max {
                    ErrorCode::OFFSET_METADATA_TOO_LARGE
                } else {
                    ErrorCode::NONE
                }
            }
            _ => ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
        }
    }
}

/// A commit from outside makes the group. Kafka checks nothing on the value: any offset is stored, and of a partition that is
/// named twice the last one.
fn commit(
    books: &mut Books<'_>,
    caller: &Caller,
    request: &OffsetCommitRequest,
    wanted: Vec<Wanted>,
    then: Completion,
) -> Result<(), ErrorCode> {
    let id = &request.group_id;
    match books.groups.get(id) {
        Some(group) => group.may_commit(request)?,
        None if request.generation_id_or_member_epoch.0 < 0 => {}
        None if caller.version >= 9 => return Err(ErrorCode::GROUP_ID_NOT_FOUND),
        None => return Err(ErrorCode::ILLEGAL_GENERATION),
    }
    let committed_at = books.turn.now;
    let own_retention = u64::try_from(request.retention_time_ms)
        .ok()
        .map(Duration::from_millis);
    let records = wanted.into_iter().map(|wanted| {
        let partition = wanted.partition;
        let offset = CommittedOffset {
            topic_id: wanted.topic_id,
            offset: partition.committed_offset,
            leader_epoch: partition.committed_leader_epoch,
            metadata: partition.committed_metadata.unwrap_or_default(),
            committed_at,
            expires_at: own_retention.map(|span| committed_at + span),
        };
        Record::Offset(id.clone(), wanted.topic, partition.partition_index, offset)
    });
    books.turn.append(records.collect(), then)?;
    books.make_group(id);
    books.with(id, |group, turn| group.touch(turn, &request.member_id));
    Ok(())
}

fn outcome(partition_index: i32, error_code: ErrorCode) -> OffsetCommitResponsePartition {
    OffsetCommitResponsePartition {
        partition_index,
        error_code,
    }
}

/// The answer, with `code` for all partitions that had no error of their own.
fn with_error(response: &OffsetCommitResponse, code: ErrorCode) -> OffsetCommitResponse {
    let mut response = response.clone();
    let topics = response.topics.iter_mut();
    for partition in topics.flat_map(|topic| &mut topic.partitions) {
        if partition.error_code.is_ok() {
            partition.error_code = code;
        }
    }
    response
}

pub(super) fn refused(request: &OffsetCommitRequest, code: ErrorCode) -> OffsetCommitResponse {
    let topics = request.topics.iter().map(|topic| {
        let partitions = topic.partitions.iter();
        OffsetCommitResponseTopic {
            name: topic.name.clone(),
            topic_id: topic.topic_id,
            partitions: partitions
                .map(|partition| outcome(partition.partition_index, code))
                .collect(),
        }
    });
    OffsetCommitResponse {
        throttle_time_ms: 0,
        topics: topics.collect(),
    }
}

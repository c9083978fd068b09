//! ListOffsets: the ends of a log, and the offset at a time.

use alloc::vec::Vec;

use kohort_protocol::api::list_offsets::{
    EARLIEST_TIMESTAMP, LATEST_TIMESTAMP, ListOffsetsPartition, ListOffsetsRequest, ListOffsetsResponse,
    ListOffsetsResponsePartition, ListOffsetsResponseTopic,
};
use kohort_protocol::{ErrorCode, LeaderEpoch, NodeId, TopicName};

use super::Caller;
use crate::cluster::Cluster;
use crate::log::{Found, PartitionLog};

/// The record with the largest timestamp, v7+ (KIP-734).
const MAX_TIMESTAMP: i64 = -3;
/// The first offset on local disks, v8+ (KIP-405): here all of the log is.
const EARLIEST_LOCAL_TIMESTAMP: i64 = -4;

impl Cluster {
    pub(super) fn list_offsets(&self, caller: &Caller, request: &ListOffsetsRequest) -> ListOffsetsResponse {
        let node = caller.call.node;
        let topics = request.topics.iter().map(|topic| {
            let partitions = topic.partitions.iter();
            ListOffsetsResponseTopic {
                name: topic.name.clone(),
                partitions: partitions
                    .map(|asked| self.list_partition(node, &topic.name, asked))
                    .collect(),
            }
        });
        ListOffsetsResponse {
            throttle_time_ms: 0,
            topics: topics.collect(),
        }
    }

    fn list_partition(
        &self,
        node: NodeId,
        topic: &TopicName,
        asked: &ListOffsetsPartition,
    ) -> ListOffsetsResponsePartition {
        match self.find_offset(node, topic, asked) {
            Ok(found) => ListOffsetsResponsePartition {
                partition_index: asked.partition_index,
                error_code: ErrorCode::NONE,
                timestamp: found.timestamp,
                offset: found.offset,
                leader_epoch: found.epoch,
            },
            Err(code) => failed(asked, code),
        }
    }

    fn find_offset(
        &self,
        node: NodeId,
        topic: &TopicName,
        asked: &ListOffsetsPartition,
    ) -> Result<Found, ErrorCode> {
        let partition = self.topics.partition(topic.as_str(), asked.partition_index);
        let partition = partition.ok_or(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)?;
        partition.check_leader(node, asked.current_leader_epoch)?;
        look_up(&partition.log, asked.timestamp, partition.epoch)
    }
}

/// An end of the log has no timestamp; the latest offset belongs to the leader's own epoch, even if nothing was written in it.
fn look_up(log: &PartitionLog, timestamp: i64, leader_epoch: LeaderEpoch) -> Result<Found, ErrorCode> {
    let end = |offset, epoch| Found {
        offset,
        timestamp: -1,
        epoch,
    };
    match timestamp {
        LATEST_TIMESTAMP => Ok(end(log.end_offset(), leader_epoch)),
        EARLIEST_TIMESTAMP | EARLIEST_LOCAL_TIMESTAMP => {
            let start = log.start_offset();
            Ok(end(start, log.epoch_at(start)))
        }
        MAX_TIMESTAMP => Ok(log.at_max_time().unwrap_or(end(-1, LeaderEpoch::NONE))),
        // Nothing was ever moved to remote storage, nor waits for it.
        i64::MIN..0 => Ok(end(-1, LeaderEpoch::NONE)),
        time => Ok(log.at_time(time).unwrap_or(end(-1, LeaderEpoch::NONE))),
    }
}

fn failed(asked: &ListOffsetsPartition, error_code: ErrorCode) -> ListOffsetsResponsePartition {
    ListOffsetsResponsePartition {
        partition_index: asked.partition_index,
        error_code,
        timestamp: -1,
        offset: -1,
        leader_epoch: LeaderEpoch::NONE,
    }
}

pub(super) fn refused(request: &ListOffsetsRequest, code: ErrorCode) -> ListOffsetsResponse {
    let topics = request.topics.iter().map(|topic| ListOffsetsResponseTopic {
        name: topic.name.clone(),
        partitions: topic
            .partitions
            .iter()
            .map(|asked| failed(asked, code))
            .collect::<Vec<_>>(),
    });
    ListOffsetsResponse {
        throttle_time_ms: 0,
        topics: topics.collect(),
    }
}

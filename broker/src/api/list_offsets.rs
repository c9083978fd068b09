//! ListOffsets: the ends of a log, and the offset at a time.

use alloc::vec::Vec;

use kohort_protocol::api::list_offsets::{
    EARLIEST_TIMESTAMP, LATEST_TIMESTAMP, ListOffsetsPartition, ListOffsetsRequest, ListOffsetsResponse,
    ListOffsetsResponsePartition, ListOffsetsResponseTopic,
};
use kohort_protocol::{ErrorCode, LeaderEpoch, TopicName};

use super::Caller;
use crate::cluster::Cluster;
use crate::log::{Found, PartitionLog};

/// The record with the largest timestamp, v7+ (KIP-734).
const MAX_TIMESTAMP: i64 = -3;
/// The first offset on local disks, v8+ (KIP-405): here all of the log is.
const EARLIEST_LOCAL_TIMESTAMP: i64 = -4;
/// The last offset in remote storage, v9+ (KIP-1005): here nothing is.
const LATEST_TIERED_TIMESTAMP: i64 = -5;

impl Cluster {
    pub(super) fn list_offsets(&self, caller: &Caller, request: &ListOffsetsRequest) -> ListOffsetsResponse {
        let topics = request.topics.iter().map(|topic| {
            let partitions = topic.partitions.iter();
            ListOffsetsResponseTopic {
                name: topic.name.clone(),
                partitions: partitions
                    .map(|asked| self.list_partition(caller, &topic.name, asked))
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
        caller: &Caller,
        topic: &TopicName,
        asked: &ListOffsetsPartition,
    ) -> ListOffsetsResponsePartition {
        match self.find_offset(caller, topic, asked) {
            Ok(found) => ListOffsetsResponsePartition {
                partition_index: asked.partition_index,
                error_code: ErrorCode::NONE,
                timestamp: found.timestamp,
                offset: found.offset,
                // Below v4 nobody can be told (librdkafka 2.0 asks in v2).
                leader_epoch: if caller.version >= 4 {
                    found.epoch
                } else {
                    LeaderEpoch::NONE
                },
            },
            Err(code) => failed(asked, code),
        }
    }

    fn find_offset(
        &self,
        caller: &Caller,
        topic: &TopicName,
        asked: &ListOffsetsPartition,
    ) -> Result<Found, ErrorCode> {
        let partition = self.topics.partition(topic.as_str(), asked.partition_index);
        let partition = partition.ok_or(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)?;
        partition.check_leader(caller.call.node, asked.current_leader_epoch)?;
        look_up(&partition.log, asked.timestamp, caller.version)
    }
}

/// An end of the log has no timestamp, and the leader epoch that holds or would hold its offset.
fn look_up(log: &PartitionLog, timestamp: i64, version: i16) -> Result<Found, ErrorCode> {
    let end = |offset| Found {
        offset,
        timestamp: -1,
        epoch: log.epoch_at(offset),
    };
    match timestamp {
        LATEST_TIMESTAMP => Ok(end(log.end_offset())),
        EARLIEST_TIMESTAMP => Ok(end(log.start_offset())),
        MAX_TIMESTAMP if version >= 7 => Ok(log.at_max_time().unwrap_or(end(-1))),
        EARLIEST_LOCAL_TIMESTAMP if version >= 8 => Ok(end(log.start_offset())),
        LATEST_TIERED_TIMESTAMP if version >= 9 => Ok(end(-1)),
        i64::MIN..0 => Err(ErrorCode::UNSUPPORTED_VERSION),
        time => Ok(log.at_time(time).unwrap_or(end(-1))),
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

//! Fetch: records from leaders, at once or when there are enough. Followers do not serve (KIP-392 is not played).

use alloc::vec::Vec;

use bytes::Bytes;
use kohort_protocol::api::fetch::{
    EpochEndOffset, FetchPartition, FetchRequest, FetchResponse, FetchResponsePartition, FetchResponseTopic,
};
use kohort_protocol::{ErrorCode, IsolationLevel, LeaderEpoch, NodeId, TopicName};

use super::{Caller, Outcome};
use crate::cluster::Cluster;
use crate::fetch::{ParkedFetch, Plan, Target, Told, TopicRef};
use crate::topics::Partition;

impl Cluster {
    pub(super) fn fetch(&mut self, caller: &Caller, request: FetchRequest) -> Outcome {
        let Some(node) = self.nodes.get_mut(&caller.call.node) else {
            return Outcome::Close;
        };
        let plan = match node.fetch_sessions.plan(&request, caller.version >= 13) {
            Ok(plan) => plan,
            Err(code) => return refused_whole(code).into(),
        };
        if request.max_wait_ms <= 0 || self.is_enough(caller, &request, &plan) {
            return self.answer_fetch(caller, &request, &plan).into();
        }
        let watched = plan.targets.iter();
        let watched = watched
            .filter_map(|target| Some((self.fetched_topic(&target.topic, caller)?, target.read.partition)))
            .collect();
        self.park_fetch(ParkedFetch {
            caller: caller.clone(),
            request,
            plan,
            watched,
        });
        Outcome::Parked
    }

    fn fetched_topic(&self, topic: &TopicRef, caller: &Caller) -> Option<TopicName> {
        if caller.version >= 13 {
            self.topics.name_of(topic.id).cloned()
        } else {
            Some(topic.name.clone())
        }
    }

    /// An error, a diverging log or enough bytes: no reason to wait. A fetch of nothing does not wait either.
    pub(crate) fn is_enough(&self, caller: &Caller, request: &FetchRequest, plan: &Plan) -> bool {
        let wanted = usize::try_from(request.min_bytes).unwrap_or_default();
        let mut bytes = 0;
        for target in &plan.targets {
            let Ok((partition, None)) = self.readable(caller, target) else {
                return true;
            };
            bytes += partition.log.has_bytes(target.read.fetch_offset, wanted);
        }
        plan.targets.is_empty() || bytes >= wanted
    }

    fn readable(
        &self,
        caller: &Caller,
        target: &Target,
    ) -> Result<(&Partition, Option<EpochEndOffset>), ErrorCode> {
        let unknown = if caller.version >= 13 {
            ErrorCode::UNKNOWN_TOPIC_ID
        } else {
            ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
        };
        let name = self.fetched_topic(&target.topic, caller).ok_or(unknown)?;
        let partition = self.topics.partition(name.as_str(), target.read.partition);
        let partition = partition.ok_or(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)?;
        partition.check_leader(caller.call.node, target.read.current_leader_epoch)?;
        let bounds = partition.log.start_offset()..=partition.log.end_offset();
        let diverging = diverging(partition, &target.read)?;
        if diverging.is_none() && !bounds.contains(&target.read.fetch_offset) {
            return Err(ErrorCode::OFFSET_OUT_OF_RANGE);
        }
        Ok((partition, diverging))
    }

    pub(crate) fn answer_fetch(
        &mut self,
        caller: &Caller,
        request: &FetchRequest,
        plan: &Plan,
    ) -> FetchResponse {
        let mut room = usize::try_from(request.max_bytes)
            .unwrap_or_default()
            .min(self.config.fetch_max_bytes);
        let mut response = FetchResponse {
            session_id: plan.session_id,
            ..FetchResponse::default()
        };
        let mut first = true;
        for target in &plan.targets {
            let read = self.read_target(caller, request, target, room, first);
            let size = read.records.as_ref().map_or(0, Bytes::len);
            room = room.saturating_sub(size);
            first &= size == 0;
            if self.is_news(caller.call.node, plan, target, &read) {
                add(&mut response, &target.topic, read);
            }
        }
        if caller.version < 16 {
            return response;
        }
        let partitions = response.responses.iter().flat_map(|topic| &topic.partitions);
        let hints = partitions.filter_map(|partition| partition.current_leader);
        response.node_endpoints = self.endpoints_of(hints.map(|leader| leader.leader_id).collect());
        response
    }

    fn is_news(&mut self, node: NodeId, plan: &Plan, target: &Target, read: &FetchResponsePartition) -> bool {
        let has_records = read.records.as_ref().is_some_and(|records| !records.is_empty());
        let told = Told {
            high_watermark: read.high_watermark,
            log_start_offset: read.log_start_offset,
        };
        let Some(node) = self.nodes.get_mut(&node) else {
            return true;
        };
        let moved = node
            .fetch_sessions
            .tell(plan.session_id, target, told, has_records);
        !plan.incremental
            || moved
            || has_records
            || !read.error_code.is_ok()
            || read.diverging_epoch.is_some()
    }

    fn read_target(
        &self,
        caller: &Caller,
        request: &FetchRequest,
        target: &Target,
        room: usize,
        first: bool,
    ) -> FetchResponsePartition {
        let wanted = &target.read;
        let (partition, diverging) = match self.readable(caller, target) {
            Ok(readable) => readable,
            Err(code) => return self.unreadable(caller, target, code),
        };
        let log = &partition.log;
        let limit = usize::try_from(wanted.partition_max_bytes)
            .unwrap_or_default()
            .min(room);
        FetchResponsePartition {
            partition_index: wanted.partition,
            high_watermark: log.end_offset(),
            last_stable_offset: log.end_offset(),
            log_start_offset: log.start_offset(),
            diverging_epoch: diverging,
            aborted_transactions: match request.isolation_level {
                IsolationLevel::ReadCommitted => Some(Vec::new()),
                IsolationLevel::ReadUncommitted => None,
            },
            records: Some(match diverging {
                Some(_) => Bytes::new(),
                None => log.read(wanted.fetch_offset, limit, first),
            }),
            ..FetchResponsePartition::default()
        }
    }

    /// Errors about the leader carry a hint who it is (KIP-951).
    fn unreadable(&self, caller: &Caller, target: &Target, code: ErrorCode) -> FetchResponsePartition {
        let mut answer = failed(&target.read, code);
        if caller.version >= 12
            && matches!(
                code,
                ErrorCode::NOT_LEADER_OR_FOLLOWER | ErrorCode::FENCED_LEADER_EPOCH
            )
            && let Some(name) = self.fetched_topic(&target.topic, caller)
        {
            answer.current_leader = self.current_leader(&name, target.read.partition);
        }
        answer
    }
}

/// The client read records that this log does not have: its epoch ended earlier here (KIP-595, as v12 asks).
///
/// # Errors
/// OFFSET_OUT_OF_RANGE if the client knows a newer epoch than the log.
fn diverging(partition: &Partition, read: &FetchPartition) -> Result<Option<EpochEndOffset>, ErrorCode> {
    if read.last_fetched_epoch == LeaderEpoch::NONE {
        return Ok(None);
    }
    let end = partition.log.end_of_epoch(read.last_fetched_epoch);
    let (epoch, end_offset) = end.ok_or(ErrorCode::OFFSET_OUT_OF_RANGE)?;
    let diverges = epoch < read.last_fetched_epoch || end_offset < read.fetch_offset;
    Ok(diverges.then_some(EpochEndOffset { epoch, end_offset }))
}

fn add(response: &mut FetchResponse, topic: &TopicRef, partition: FetchResponsePartition) {
    let topics = &mut response.responses;
    if topics
        .last()
        .is_none_or(|last| last.topic != topic.name || last.topic_id != topic.id)
    {
        topics.push(FetchResponseTopic {
            topic: topic.name.clone(),
            topic_id: topic.id,
            partitions: Vec::new(),
        });
    }
    if let Some(last) = topics.last_mut() {
        last.partitions.push(partition);
    }
}

fn failed(read: &FetchPartition, error_code: ErrorCode) -> FetchResponsePartition {
    FetchResponsePartition {
        partition_index: read.partition,
        error_code,
        records: Some(Bytes::new()),
        ..FetchResponsePartition::default()
    }
}

fn refused_whole(error_code: ErrorCode) -> FetchResponse {
    FetchResponse {
        error_code,
        ..FetchResponse::default()
    }
}

/// An injected error is each partition's, as errors of a leader are; only session errors are the whole answer's.
pub(super) fn refused(request: &FetchRequest, code: ErrorCode) -> FetchResponse {
    let of_session = matches!(
        code,
        ErrorCode::FETCH_SESSION_ID_NOT_FOUND
            | ErrorCode::INVALID_FETCH_SESSION_EPOCH
            | ErrorCode::FETCH_SESSION_TOPIC_ID_ERROR
    );
    if of_session || request.topics.is_empty() {
        return refused_whole(code);
    }
    let topics = request.topics.iter().map(|topic| FetchResponseTopic {
        topic: topic.topic.clone(),
        topic_id: topic.topic_id,
        partitions: topic.partitions.iter().map(|read| failed(read, code)).collect(),
    });
    FetchResponse {
        responses: topics.collect(),
        ..FetchResponse::default()
    }
}

//! Offsets of partitions (ListOffsets, by their leaders) and of groups (OffsetFetch, by their coordinators).

use std::collections::{BTreeMap, BTreeSet};

use kohort_protocol::api::list_offsets::{
    ListOffsetsPartition, ListOffsetsRequest, ListOffsetsResponsePartition, ListOffsetsTopic,
};
use kohort_protocol::api::offset_fetch::{
    OffsetFetchGroup, OffsetFetchRequest, OffsetFetchResponseGroup, OffsetFetchTopic,
};
use kohort_protocol::api::{Message as _, Response};
use kohort_protocol::{
    CallFailure, ErrorCode, GroupId, IsolationLevel, Lane, MemberEpoch, NodeId, TopicName, TopicPartition,
};

use crate::client::Client;
use crate::error::{ClientError, Target};

impl Client {
    /// The offset of each partition at a timestamp (ms since 1970, or one of the constants of `api::list_offsets`). Asks all leaders
    /// at once and follows them when they move. Dropping the future gives all requests up.
    ///
    /// # Errors
    /// The first partition's error that is not retriable, or the last one when `default.api.timeout.ms` is over.
    pub async fn list_offsets(
        &self,
        wanted: &[(TopicPartition, i64)],
        isolation_level: IsolationLevel,
    ) -> Result<BTreeMap<TopicPartition, ListOffsetsResponsePartition>, ClientError> {
        let mut retry = self.retry(ListOffsetsRequest::API);
        let mut found = BTreeMap::new();
        loop {
            let left: Vec<_> = wanted
                .iter()
                .filter(|(partition, _)| !found.contains_key(partition))
                .collect();
            let attempt = self.ask_leaders(&left, isolation_level, &mut found);
            match retry.within(attempt).await {
                Ok(()) => return Ok(found),
                Err(error) if retry.again(&error).await => self.hub.metadata.doubt(),
                Err(error) => return Err(error),
            }
        }
    }

    async fn ask_leaders(
        &self,
        wanted: &[&(TopicPartition, i64)],
        isolation_level: IsolationLevel,
        found: &mut BTreeMap<TopicPartition, ListOffsetsResponsePartition>,
    ) -> Result<(), ClientError> {
        let mut port = self.port();
        let by_leader = self.by_leader(wanted).await?;
        let count = by_leader.len();
        for (token, (leader, topics)) in (0..).zip(by_leader) {
            let request = ListOffsetsRequest {
                replica_id: NodeId::NONE,
                isolation_level,
                topics,
                timeout_ms: self.broker_timeout(),
            };
            let timeout = self.hub.config.request_timeout;
            port.send(token, Target::Node(leader), Lane::Other, request.into(), timeout);
        }
        // All answers are awaited, failed or not: giving one up would reset a connection that others share.
        let mut result = Ok(());
        for _ in 0..count {
            let (_, outcome) = port.recv().await;
            result = result.and(collect(outcome, found));
        }
        result?;
        match wanted
            .iter()
            .find(|(partition, _)| !found.contains_key(partition))
        {
            None => Ok(()),
            Some((partition, _)) => Err(ClientError::Missing {
                api: ListOffsetsRequest::API,
                subject: partition.to_string(),
            }),
        }
    }

    async fn by_leader(
        &self,
        wanted: &[&(TopicPartition, i64)],
    ) -> Result<BTreeMap<NodeId, Vec<ListOffsetsTopic>>, ClientError> {
        let topics: BTreeSet<_> = wanted
            .iter()
            .map(|(partition, _)| partition.topic.clone())
            .collect();
        self.metadata(&Vec::from_iter(topics)).await?;
        let mut by_leader: BTreeMap<_, BTreeMap<TopicName, Vec<_>>> = BTreeMap::new();
        for (partition, timestamp) in wanted {
            let leader = self.leader(partition).await?;
            let topics = by_leader.entry(leader.node).or_default();
            topics
                .entry(partition.topic.clone())
                .or_default()
                .push(ListOffsetsPartition {
                    partition_index: partition.partition,
                    current_leader_epoch: leader.epoch,
                    timestamp: *timestamp,
                });
        }
        let topic = |(name, partitions)| ListOffsetsTopic { name, partitions };
        let topics =
            |(leader, topics): (_, BTreeMap<_, _>)| (leader, topics.into_iter().map(topic).collect());
        Ok(by_leader.into_iter().map(topics).collect())
    }

    /// The committed offsets of a group: of some partitions, or all it has. Looks the coordinator up, follows it when it moves, and
    /// waits for open transactions (`UNSTABLE_OFFSET_COMMIT` is never taken for "no offset": rule 24). Dropping the future gives the requests up.
    ///
    /// # Errors
    /// The group's or a partition's error if it is not retriable, or the last one when `default.api.timeout.ms` is over.
    pub async fn offset_fetch(
        &self,
        group: &GroupId,
        partitions: Option<&[TopicPartition]>,
    ) -> Result<OffsetFetchResponseGroup, ClientError> {
        let mut retry = self.retry(OffsetFetchRequest::API);
        loop {
            match retry.within(self.ask_for_offsets(group, partitions)).await {
                Err(error) if retry.again(&error).await => {}
                result => return result,
            }
        }
    }

    async fn ask_for_offsets(
        &self,
        group: &GroupId,
        partitions: Option<&[TopicPartition]>,
    ) -> Result<OffsetFetchResponseGroup, ClientError> {
        let coordinator = self.coordinator(group).await?;
        let request = OffsetFetchRequest {
            groups: vec![OffsetFetchGroup {
                group_id: group.clone(),
                member_id: None,
                member_epoch: MemberEpoch::NONE,
                topics: partitions.map(by_topic),
            }],
            require_stable: true,
        };
        let answer = self.call(Target::Node(coordinator), request).await?;
        let answer = answer
            .groups
            .into_iter()
            .next()
            .ok_or_else(|| ClientError::Missing {
                api: OffsetFetchRequest::API,
                subject: group.to_string(),
            })?;
        let failed = |subject: &str, code| ClientError::broker(OffsetFetchRequest::API, subject, code, None);
        answer
            .error_code
            .ok()
            .map_err(|code| failed(group.as_str(), code))?;
        for topic in &answer.topics {
            let mut errors = topic
                .partitions
                .iter()
                .filter(|one| one.error_code != ErrorCode::NONE);
            if let Some(one) = errors.next() {
                let subject = format!("{}-{} in {group}", topic.name, one.partition_index);
                return Err(failed(&subject, one.error_code));
            }
        }
        Ok(answer)
    }
}

/// Takes what a leader answered; the error is the first partition's.
fn collect(
    outcome: Result<Response, CallFailure>,
    found: &mut BTreeMap<TopicPartition, ListOffsetsResponsePartition>,
) -> Result<(), ClientError> {
    let answer = outcome.map_err(|failure| ClientError::Call {
        api: ListOffsetsRequest::API,
        target: Target::Any,
        failure,
    })?;
    let Response::ListOffsets(answer) = answer else {
        return Ok(());
    };
    let mut result = Ok(());
    for topic in answer.topics {
        for answer in topic.partitions {
            let partition = TopicPartition::new(topic.name.clone(), answer.partition_index);
            match answer.error_code.ok() {
                Ok(()) => drop(found.insert(partition, answer)),
                Err(code) => {
                    result = result.and(Err(ClientError::broker(
                        ListOffsetsRequest::API,
                        partition,
                        code,
                        None,
                    )));
                }
            }
        }
    }
    result
}

fn by_topic(partitions: &[TopicPartition]) -> Vec<OffsetFetchTopic> {
    let mut topics: BTreeMap<&TopicName, Vec<i32>> = BTreeMap::new();
    for partition in partitions {
        topics
            .entry(&partition.topic)
            .or_default()
            .push(partition.partition);
    }
    let topic = |(name, partition_indexes): (&TopicName, _)| OffsetFetchTopic {
        name: name.clone(),
        partition_indexes,
        ..OffsetFetchTopic::default()
    };
    topics.into_iter().map(topic).collect()
}

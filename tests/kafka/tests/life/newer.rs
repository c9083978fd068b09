//! The same life in the newer kinds of groups (KIP-848, KIP-932, KIP-1071) and in a transaction. What a broker does not offer is
//! left out.

use super::Life;
use anyhow::{Result, bail};
use kohort_protocol::api::Call;
use kohort_protocol::api::add_offsets_to_txn::AddOffsetsToTxnRequest;
use kohort_protocol::api::add_partitions_to_txn::{
    AddPartitionsToTxnRequest, AddPartitionsToTxnTopic, AddPartitionsToTxnTransaction,
};
use kohort_protocol::api::alter_share_group_offsets::{
    AlterShareGroupOffsetsRequest, AlterShareGroupOffsetsRequestPartition, AlterShareGroupOffsetsRequestTopic,
};
use kohort_protocol::api::consumer_group_describe::ConsumerGroupDescribeRequest;
use kohort_protocol::api::consumer_group_heartbeat::{ConsumerGroupHeartbeatRequest, TopicPartitions};
use kohort_protocol::api::delete_share_group_offsets::{
    DeleteShareGroupOffsetsRequest, DeleteShareGroupOffsetsRequestTopic,
};
use kohort_protocol::api::describe_share_group_offsets::{
    DescribeShareGroupOffsetsRequest, DescribeShareGroupOffsetsRequestGroup,
};
use kohort_protocol::api::end_txn::EndTxnRequest;
use kohort_protocol::api::find_coordinator::{CoordinatorType, FindCoordinatorRequest};
use kohort_protocol::api::init_producer_id::{InitProducerIdRequest, InitProducerIdResponse};
use kohort_protocol::api::share_acknowledge::{
    AcknowledgePartition, AcknowledgeTopic, AcknowledgementBatch, ShareAcknowledgeRequest,
};
use kohort_protocol::api::share_fetch::{FetchPartition, FetchTopic, ShareFetchRequest};
use kohort_protocol::api::share_group_describe::ShareGroupDescribeRequest;
use kohort_protocol::api::share_group_heartbeat::ShareGroupHeartbeatRequest;
use kohort_protocol::api::streams_group_describe::StreamsGroupDescribeRequest;
use kohort_protocol::api::streams_group_heartbeat::{StreamsGroupHeartbeatRequest, Subtopology, Topology};
use kohort_protocol::api::streams_group_topology_description_update::{
    StreamsGroupTopologyDescriptionUpdateRequest, TopologyDescription, TopologyDescriptionNode,
    TopologyDescriptionSubtopology,
};
use kohort_protocol::api::txn_offset_commit::{
    TxnOffsetCommitRequest, TxnOffsetCommitRequestPartition, TxnOffsetCommitRequestTopic,
};
use kohort_protocol::{GroupId, LeaderEpoch, MemberEpoch, MemberId, TransactionalId};
use std::time::Duration;

/// As a client makes it: a UUID in Kafka's own letters.
const MEMBER: &str = "AAAAAAAAAAAAAAAAAAAAAQ";

impl Life {
    /// Asks if both sides speak of it.
    async fn ask<C: Call>(&mut self, call: &C) -> Result<Option<C::Response>> {
        match self.offered.negotiate(C::API) {
            Ok(_) => Ok(Some(self.call(call).await?)),
            Err(_) => Ok(None),
        }
    }

    fn group_of(&self, kind: &str) -> GroupId {
        format!("{}-{kind}", self.group).into()
    }

    pub(super) async fn see_newer_groups(&mut self) -> Result<()> {
        self.live_in_a_consumer_group().await?;
        self.live_in_a_share_group().await?;
        self.live_in_a_streams_group().await
    }

    async fn live_in_a_consumer_group(&mut self) -> Result<()> {
        let mut request = ConsumerGroupHeartbeatRequest {
            group_id: self.group_of("consumer"),
            member_id: MEMBER.into(),
            instance_id: Some("instance".into()),
            rack_id: Some("rack".to_owned()),
            rebalance_timeout_ms: 10_000,
            subscribed_topic_names: Some(vec![self.topic.clone()]),
            server_assignor: Some("uniform".to_owned()),
            topic_partitions: Some(Vec::new()),
            ..ConsumerGroupHeartbeatRequest::default()
        };
        let Some(joined) = self.ask(&request).await? else {
            return Ok(());
        };
        request.member_id = joined.member_id.unwrap_or_default();
        request.member_epoch = joined.member_epoch;
        request.topic_partitions = Some(vec![TopicPartitions {
            topic_id: self.topic_id,
            partitions: vec![0],
        }]);
        self.ask(&request).await?;
        let group_ids = vec![request.group_id.clone(), "nobody".into()];
        self.ask(&ConsumerGroupDescribeRequest {
            group_ids,
            include_authorized_operations: true,
        })
        .await?;
        request.member_epoch = MemberEpoch(-1);
        self.ask(&request).await?;
        Ok(())
    }

    async fn live_in_a_share_group(&mut self) -> Result<()> {
        let group_id = self.group_of("share");
        let mut request = ShareGroupHeartbeatRequest {
            group_id: group_id.clone(),
            member_id: MEMBER.into(),
            rack_id: Some("rack".to_owned()),
            subscribed_topic_names: Some(vec![self.topic.clone()]),
            ..ShareGroupHeartbeatRequest::default()
        };
        let Some(joined) = self.ask(&request).await? else {
            return Ok(());
        };
        request.member_epoch = joined.member_epoch;
        self.ask(&request).await?;
        self.ask(&ShareGroupDescribeRequest {
            group_ids: vec![group_id.clone(), "nobody".into()],
            include_authorized_operations: true,
        })
        .await?;
        self.share_records(&group_id).await?;
        request.member_epoch = MemberEpoch(-1);
        self.ask(&request).await?;
        self.move_the_share_group(&group_id).await
    }

    async fn share_records(&mut self, group_id: &GroupId) -> Result<()> {
        let mut request = ShareFetchRequest {
            group_id: Some(group_id.clone()),
            member_id: Some(MEMBER.into()),
            max_wait_ms: 500,
            min_bytes: 1,
            max_records: 10,
            batch_size: 10,
            topics: vec![FetchTopic {
                topic_id: self.topic_id,
                partitions: vec![FetchPartition::default()],
            }],
            ..ShareFetchRequest::default()
        };
        self.ask(&request).await?;
        request.share_session_epoch = 1;
        self.ask(&request).await?;
        let batch = AcknowledgementBatch {
            first_offset: 0,
            last_offset: 2,
            acknowledge_types: vec![1],
        };
        self.ask(&ShareAcknowledgeRequest {
            group_id: Some(group_id.clone()),
            member_id: Some(MEMBER.into()),
            share_session_epoch: 2,
            topics: vec![AcknowledgeTopic {
                topic_id: self.topic_id,
                partitions: vec![AcknowledgePartition {
                    partition_index: 0,
                    acknowledgement_batches: vec![batch],
                }],
            }],
            ..ShareAcknowledgeRequest::default()
        })
        .await?;
        Ok(())
    }

    async fn move_the_share_group(&mut self, group_id: &GroupId) -> Result<()> {
        let asked = |group_id| DescribeShareGroupOffsetsRequestGroup {
            group_id,
            topics: None,
        };
        let groups = vec![asked(group_id.clone()), asked("nobody".into())];
        self.ask(&DescribeShareGroupOffsetsRequest { groups }).await?;
        let partition = AlterShareGroupOffsetsRequestPartition {
            partition_index: 0,
            start_offset: 1,
        };
        self.ask(&AlterShareGroupOffsetsRequest {
            group_id: group_id.clone(),
            topics: vec![AlterShareGroupOffsetsRequestTopic {
                topic_name: self.topic.clone(),
                partitions: vec![partition],
            }],
        })
        .await?;
        let topic_name = self.topic.clone();
        self.ask(&DeleteShareGroupOffsetsRequest {
            group_id: group_id.clone(),
            topics: vec![DeleteShareGroupOffsetsRequestTopic { topic_name }],
        })
        .await?;
        Ok(())
    }

    async fn live_in_a_streams_group(&mut self) -> Result<()> {
        let group_id = self.group_of("streams");
        let subtopology = Subtopology {
            subtopology_id: "0".to_owned(),
            source_topics: vec![self.topic.clone()],
            ..Subtopology::default()
        };
        let mut request = StreamsGroupHeartbeatRequest {
            group_id: group_id.clone(),
            member_id: MEMBER.into(),
            rebalance_timeout_ms: 10_000,
            topology: Some(Topology {
                epoch: 0,
                subtopologies: vec![subtopology],
            }),
            active_tasks: Some(Vec::new()),
            standby_tasks: Some(Vec::new()),
            warmup_tasks: Some(Vec::new()),
            process_id: Some("process".to_owned()),
            client_tags: Some(Vec::new()),
            ..StreamsGroupHeartbeatRequest::default()
        };
        let Some(joined) = self.ask(&request).await? else {
            return Ok(());
        };
        request.member_epoch = joined.member_epoch;
        request.topology = None;
        self.ask(&request).await?;
        self.describe_the_topology(&group_id).await?;
        let version = self.version::<StreamsGroupDescribeRequest>()?;
        self.ask(&StreamsGroupDescribeRequest {
            group_ids: vec![group_id, "nobody".into()],
            include_authorized_operations: true,
            include_topology_description: version >= 1,
        })
        .await?;
        request.member_epoch = MemberEpoch(-1);
        self.ask(&request).await?;
        Ok(())
    }

    async fn describe_the_topology(&mut self, group_id: &GroupId) -> Result<()> {
        let node = TopologyDescriptionNode {
            name: "source".to_owned(),
            node_type: 1,
            source_topics: vec![self.topic.clone()],
            ..TopologyDescriptionNode::default()
        };
        let subtopology = TopologyDescriptionSubtopology {
            subtopology_id: "0".to_owned(),
            nodes: vec![node],
        };
        self.ask(&StreamsGroupTopologyDescriptionUpdateRequest {
            group_id: group_id.clone(),
            member_id: MEMBER.into(),
            topology_epoch: 0,
            topology_description: TopologyDescription {
                subtopologies: vec![subtopology],
                global_stores: Vec::new(),
            },
        })
        .await?;
        Ok(())
    }

    /// The first to look for its coordinator has the topic of transactions made, which takes a while.
    async fn become_a_producer(&mut self, id: &TransactionalId) -> Result<InitProducerIdResponse> {
        let find = FindCoordinatorRequest {
            key_type: CoordinatorType::TRANSACTION,
            keys: vec![id.to_string()],
        };
        let request = InitProducerIdRequest {
            transactional_id: Some(id.clone()),
            transaction_timeout_ms: 60_000,
            ..InitProducerIdRequest::default()
        };
        for _ in 0..100 {
            self.connection.call(4, &find).await?;
            let producer = self.call(&request).await?;
            if producer.error_code.is_ok() {
                return Ok(producer);
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        bail!("no transactional producer within 20 s")
    }

    /// A transaction of nothing but offsets, committed.
    pub(super) async fn make_a_transaction(&mut self) -> Result<()> {
        let transactional_id = TransactionalId::from(format!("life-{}", self.newest));
        let producer = self.become_a_producer(&transactional_id).await?;
        let (producer_id, producer_epoch) = (producer.producer_id, producer.producer_epoch);
        let topics = vec![AddPartitionsToTxnTopic {
            name: self.topic.clone(),
            partitions: vec![0],
        }];
        let add = match self.version::<AddPartitionsToTxnRequest>()? {
            ..4 => AddPartitionsToTxnRequest {
                v3_and_below_transactional_id: transactional_id.clone(),
                v3_and_below_producer_id: producer_id,
                v3_and_below_producer_epoch: producer_epoch,
                v3_and_below_topics: topics,
                ..AddPartitionsToTxnRequest::default()
            },
            _ => AddPartitionsToTxnRequest {
                transactions: vec![AddPartitionsToTxnTransaction {
                    transactional_id: transactional_id.clone(),
                    producer_id,
                    producer_epoch,
                    verify_only: false,
                    topics,
                }],
                ..AddPartitionsToTxnRequest::default()
            },
        };
        self.call(&add).await?;
        self.call(&AddOffsetsToTxnRequest {
            transactional_id: transactional_id.clone(),
            producer_id,
            producer_epoch,
            group_id: self.group.clone(),
        })
        .await?;
        let version = self.version::<TxnOffsetCommitRequest>()?;
        let (name, topic_id) = self.named(version >= 6);
        let partition = TxnOffsetCommitRequestPartition {
            partition_index: 0,
            committed_offset: 2,
            committed_leader_epoch: LeaderEpoch(if version >= 2 { 0 } else { -1 }),
            committed_metadata: Some("text".to_owned()),
        };
        self.call(&TxnOffsetCommitRequest {
            transactional_id: transactional_id.clone(),
            group_id: self.group.clone(),
            producer_id,
            producer_epoch,
            member_id: MemberId::default(),
            topics: vec![TxnOffsetCommitRequestTopic {
                name,
                topic_id,
                partitions: vec![partition],
            }],
            ..TxnOffsetCommitRequest::default()
        })
        .await?;
        self.call(&EndTxnRequest {
            transactional_id,
            producer_id,
            producer_epoch,
            committed: true,
        })
        .await?;
        Ok(())
    }
}

//! One client's life on a broker, with no API newer than a given version: topics, records, a group with two members, offsets, and
//! the end of all of it. What it says is to fill the fields of the messages, good and bad; what must be answered is checked elsewhere.

use crate::target::Real;
use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use kohort_checks::{Bench, Member, RawConnection, Tape};
use kohort_protocol::api::api_versions::ApiVersionsRequest;
use kohort_protocol::api::create_partitions::{CreatePartitionsRequest, CreatePartitionsTopic};
use kohort_protocol::api::create_topics::{
    CreatableTopic, CreatableTopicConfig, CreateTopicsRequest, ReplicaAssignment,
};
use kohort_protocol::api::delete_groups::DeleteGroupsRequest;
use kohort_protocol::api::delete_topics::{DeletableTopic, DeleteTopicsRequest};
use kohort_protocol::api::describe_groups::DescribeGroupsRequest;
use kohort_protocol::api::fetch::{FetchPartition, FetchRequest, FetchTopic, ForgottenTopic};
use kohort_protocol::api::find_coordinator::{CoordinatorType, FindCoordinatorRequest};
use kohort_protocol::api::heartbeat::HeartbeatRequest;
use kohort_protocol::api::init_producer_id::InitProducerIdRequest;
use kohort_protocol::api::leave_group::{LeaveGroupRequest, LeavingMember};
use kohort_protocol::api::list_groups::ListGroupsRequest;
use kohort_protocol::api::list_offsets::{
    EARLIEST_TIMESTAMP, LATEST_TIMESTAMP, ListOffsetsPartition, ListOffsetsRequest, ListOffsetsTopic,
};
use kohort_protocol::api::metadata::{MetadataRequest, MetadataRequestTopic};
use kohort_protocol::api::offset_commit::{OffsetCommitPartition, OffsetCommitRequest, OffsetCommitTopic};
use kohort_protocol::api::offset_delete::{OffsetDeletePartition, OffsetDeleteRequest, OffsetDeleteTopic};
use kohort_protocol::api::offset_fetch::{OffsetFetchGroup, OffsetFetchRequest, OffsetFetchTopic};
use kohort_protocol::api::produce::{ProducePartition, ProduceRequest, ProduceTopic};
use kohort_protocol::api::{Call, Versions};
use kohort_protocol::records::{BatchBuilder, NewRecord};
use kohort_protocol::{
    Generation, GroupId, IsolationLevel, LeaderEpoch, MemberId, NodeId, TopicId, TopicName, TransactionalId,
};
use kohort_testkafka::Cluster;
use std::rc::Rc;
use std::sync::Arc;

mod newer;

const NOWHERE: &str = "no-such-topic";

struct Life {
    connection: RawConnection,
    offered: Versions,
    newest: i16,
    topic: TopicName,
    topic_id: TopicId,
    group: GroupId,
}

/// Leads it; the frames are on `tape` afterwards.
pub(crate) async fn lead(cluster: Arc<Cluster>, tape: &Tape, newest: i16) -> Result<()> {
    let mut bench = Bench::new(Rc::new(Real(cluster)), format!("life-{newest}"));
    let group = bench.group();
    bench.coordinator(&group).await?;
    let topic = bench.topic(2).await?;
    let mut connection = bench.connect().await?.taped(tape);
    let hello = connection.call(0, &ApiVersionsRequest::default()).await?;
    let mut life = Life {
        connection,
        offered: Versions::new(&hello.api_keys),
        newest,
        topic,
        topic_id: TopicId::ZERO,
        group,
    };
    life.say_hello().await?;
    life.make_topics().await?;
    life.write_and_read().await?;
    life.live_in_a_group(&bench, tape).await?;
    life.keep_offsets().await?;
    life.see_newer_groups().await?;
    life.make_a_transaction().await?;
    life.delete_all().await
}

impl Life {
    /// The newest version of an API that this life may use.
    fn version<C: Call>(&self) -> Result<i16> {
        let newest = self.offered.negotiate(C::API)?;
        let ours = kohort_protocol::api::versions(C::API);
        let theirs = self.offered.of_broker(C::API).context("it is offered")?;
        Ok(self.newest.clamp(ours.min.max(theirs.min), newest))
    }

    async fn call<C: Call>(&mut self, call: &C) -> Result<C::Response> {
        let version = self.version::<C>()?;
        Ok(self.connection.call(version, call).await?)
    }

    async fn say_hello(&mut self) -> Result<()> {
        let mut hello = ApiVersionsRequest::default();
        if self.version::<ApiVersionsRequest>()? >= 3 {
            hello.client_software_name = "kohort".to_owned();
            hello.client_software_version = "0.1.0".to_owned();
        }
        self.call(&hello).await?;
        if self.version::<ApiVersionsRequest>()? >= 5 {
            // Whom we mean (KIP-1242): a broker of another cluster.
            hello.node_id = NodeId(1);
            hello.cluster_id = Some("another-cluster".to_owned());
            self.call(&hello).await?;
        }
        let version = self.version::<FindCoordinatorRequest>()?;
        let several = if version >= 4 { 2 } else { 1 };
        let request = FindCoordinatorRequest {
            key_type: CoordinatorType::GROUP,
            keys: vec![self.group.to_string(); several],
        };
        self.call(&request).await?;
        if version >= 1 {
            let refused = FindCoordinatorRequest {
                key_type: CoordinatorType(9),
                keys: vec!["?".to_owned()],
            };
            self.call(&refused).await?;
        }
        Ok(())
    }

    async fn make_topics(&mut self) -> Result<()> {
        let name = TopicName::from(format!("made-{}", self.newest));
        let made = CreatableTopic {
            name: name.clone(),
            num_partitions: 2,
            replication_factor: 1,
            configs: vec![CreatableTopicConfig {
                name: "retention.ms".to_owned(),
                value: Some("3600000".to_owned()),
            }],
            ..CreatableTopic::default()
        };
        let placed = CreatableTopic {
            name: TopicName::from(format!("placed-{}", self.newest)),
            num_partitions: -1,
            replication_factor: -1,
            assignments: vec![ReplicaAssignment {
                partition_index: 0,
                broker_ids: vec![NodeId(1)],
            }],
            ..CreatableTopic::default()
        };
        let twice = CreatableTopic {
            name: self.topic.clone(),
            num_partitions: 1,
            replication_factor: 1,
            ..CreatableTopic::default()
        };
        for (topics, validate_only) in [
            (vec![made.clone(), placed, twice.clone()], false),
            (vec![twice], true),
        ] {
            self.call(&CreateTopicsRequest {
                topics,
                timeout_ms: 5000,
                validate_only,
            })
            .await?;
        }
        let grown = |count, assignments| CreatePartitionsTopic {
            name: name.clone(),
            count,
            assignments,
        };
        for topic in [grown(3, Some(vec![vec![NodeId(1)]])), grown(1, None)] {
            let request = CreatePartitionsRequest {
                topics: vec![topic],
                timeout_ms: 5000,
                validate_only: false,
            };
            self.call(&request).await?;
        }
        self.look_at_topics().await
    }

    async fn look_at_topics(&mut self) -> Result<()> {
        let version = self.version::<MetadataRequest>()?;
        let named = |name: &str| MetadataRequestTopic {
            name: Some(name.into()),
            ..MetadataRequestTopic::default()
        };
        let mut request = MetadataRequest {
            topics: Some(vec![named(self.topic.as_str()), named(NOWHERE)]),
            allow_auto_topic_creation: true,
            include_cluster_authorized_operations: (8..=10).contains(&version),
            include_topic_authorized_operations: version >= 8,
        };
        let answer = self.call(&request).await?;
        let known = answer
            .topics
            .iter()
            .find(|topic| topic.name.as_ref() == Some(&self.topic));
        self.topic_id = known.context("Metadata names the topic")?.topic_id;
        if version >= 12 {
            let by_id = |topic_id| MetadataRequestTopic { topic_id, name: None };
            request.topics = Some(vec![by_id(self.topic_id), by_id(TopicId([7; 16]))]);
            self.call(&request).await?;
        }
        Ok(())
    }

    /// The topic's name or id, as the version wants it.
    fn named(&self, by_id: bool) -> (TopicName, TopicId) {
        match by_id {
            true => (TopicName::default(), self.topic_id),
            false => (self.topic.clone(), TopicId::ZERO),
        }
    }

    async fn write_and_read(&mut self) -> Result<()> {
        self.produce().await?;
        self.list_offsets().await?;
        self.fetch().await?;
        let mut request = InitProducerIdRequest {
            transaction_timeout_ms: 60_000,
            ..InitProducerIdRequest::default()
        };
        self.call(&request).await?;
        request.transactional_id = Some(TransactionalId::from("life"));
        // The first to ask makes the topic of transactions: no matter what the answer is.
        self.call(&request).await?;
        Ok(())
    }

    async fn produce(&mut self) -> Result<()> {
        let (name, topic_id) = self.named(self.version::<ProduceRequest>()? >= 13);
        let mut batch = BatchBuilder::new();
        for value in ["one", "two", "three"] {
            batch.push(&NewRecord {
                key: Some(b"key"),
                value: Some(value.as_bytes()),
                timestamp: 1_700_000_000_000,
                headers: &[
                    (b"header".as_slice(), Some(b"text".as_slice())),
                    (b"null".as_slice(), None),
                ],
            })?;
        }
        let records = Some(batch.finish()?);
        let garbage = Some(Bytes::from_static(b"no batch"));
        let partition = |index, records| ProducePartition { index, records };
        for partitions in [
            vec![partition(0, records.clone()), partition(9, records)],
            vec![partition(1, garbage)],
        ] {
            let topic = ProduceTopic {
                name: name.clone(),
                topic_id,
                partition_data: partitions,
            };
            let request = ProduceRequest {
                transactional_id: None,
                acks: -1,
                timeout_ms: 5000,
                topic_data: vec![topic],
            };
            self.call(&request).await?;
        }
        Ok(())
    }

    async fn list_offsets(&mut self) -> Result<()> {
        let version = self.version::<ListOffsetsRequest>()?;
        let epoch = if version >= 4 {
            LeaderEpoch(0)
        } else {
            LeaderEpoch::NONE
        };
        let asked = |(partition_index, timestamp)| ListOffsetsPartition {
            partition_index,
            current_leader_epoch: epoch,
            timestamp,
        };
        let request = ListOffsetsRequest {
            isolation_level: if version >= 2 {
                IsolationLevel::ReadCommitted
            } else {
                IsolationLevel::default()
            },
            topics: vec![ListOffsetsTopic {
                name: self.topic.clone(),
                partitions: [(0, LATEST_TIMESTAMP), (1, EARLIEST_TIMESTAMP), (9, 0)]
                    .map(asked)
                    .to_vec(),
            }],
            timeout_ms: if version >= 10 { 1000 } else { 0 },
            ..ListOffsetsRequest::default()
        };
        self.call(&request).await?;
        Ok(())
    }

    async fn fetch(&mut self) -> Result<()> {
        let version = self.version::<FetchRequest>()?;
        let (topic, topic_id) = self.named(version >= 13);
        let partition = |partition| FetchPartition {
            partition,
            partition_max_bytes: 10_000,
            ..FetchPartition::default()
        };
        let mut request = FetchRequest {
            max_wait_ms: 50,
            min_bytes: 1,
            max_bytes: 100_000,
            isolation_level: IsolationLevel::ReadCommitted,
            session_epoch: if version >= 7 { 0 } else { -1 },
            topics: vec![FetchTopic {
                topic: topic.clone(),
                topic_id,
                partitions: vec![partition(0), partition(1), partition(9)],
            }],
            rack_id: if version >= 11 {
                "rack-1".to_owned()
            } else {
                String::new()
            },
            ..FetchRequest::default()
        };
        let answer = self.call(&request).await?;
        let records: usize = answer
            .responses
            .iter()
            .flat_map(|topic| &topic.partitions)
            .filter_map(|p| p.records.as_ref())
            .map(Bytes::len)
            .sum();
        ensure!(records > 0, "a Fetch without records: {answer:?}");
        if version >= 7 {
            request.session_id = answer.session_id;
            request.session_epoch = 1;
            request.topics.clear();
            request.forgotten_topics_data = vec![ForgottenTopic {
                topic,
                topic_id,
                partitions: vec![9],
            }];
            self.call(&request).await?;
        }
        Ok(())
    }

    async fn live_in_a_group(&mut self, bench: &Bench, tape: &Tape) -> Result<()> {
        let members: [Member; 2] = bench.taped(tape).members(&self.group).await?;
        let newest = self.newest;
        let mut members = members.map(|mut member| {
            member.newest = newest;
            member.generation = Generation(-1);
            member
        });
        if newest >= 7 {
            for (member, name) in members.iter_mut().zip(["first", "second"]) {
                member.instance = Some(name.into());
            }
        }
        Member::gather(&mut members).await?;
        Member::share_out(&mut members).await?;
        let [leader, follower] = &mut members;
        leader.heartbeat().await?;
        let describe = DescribeGroupsRequest {
            groups: vec![self.group.clone(), GroupId::from("nobody")],
            include_authorized_operations: self.version::<DescribeGroupsRequest>()? >= 3,
        };
        self.call(&describe).await?;
        let version = self.version::<ListGroupsRequest>()?;
        let only = |since, word: &str| {
            if version >= since {
                vec![word.to_owned()]
            } else {
                Vec::new()
            }
        };
        let list = ListGroupsRequest {
            states_filter: only(4, "Stable"),
            types_filter: only(5, "classic"),
        };
        self.call(&list).await?;
        follower.commit(&self.topic, 7).await?;
        self.fail_in_a_group(&leader.id).await?;
        self.leave(follower).await?;
        self.leave(leader).await
    }

    /// The same requests where they are refused.
    async fn fail_in_a_group(&mut self, id: &MemberId) -> Result<()> {
        let request = HeartbeatRequest {
            group_id: self.group.clone(),
            generation_id: Generation(99),
            member_id: id.clone(),
            group_instance_id: None,
        };
        self.call(&request).await?;
        let request = LeaveGroupRequest {
            group_id: self.group.clone(),
            members: vec![LeavingMember {
                member_id: "nobody".into(),
                ..LeavingMember::default()
            }],
        };
        self.call(&request).await?;
        Ok(())
    }

    async fn leave(&mut self, member: &Member) -> Result<()> {
        let version = self.version::<LeaveGroupRequest>()?;
        let leaving = LeavingMember {
            member_id: member.id.clone(),
            group_instance_id: member.instance.clone().filter(|_| version >= 3),
            reason: (version >= 5).then(|| "the end".to_owned()),
        };
        self.call(&LeaveGroupRequest {
            group_id: self.group.clone(),
            members: vec![leaving],
        })
        .await?;
        Ok(())
    }

    async fn keep_offsets(&mut self) -> Result<()> {
        let version = self.version::<OffsetCommitRequest>()?;
        let partition = |partition_index, text: Option<&str>| OffsetCommitPartition {
            partition_index,
            committed_offset: 3,
            committed_leader_epoch: if version >= 6 {
                LeaderEpoch(0)
            } else {
                LeaderEpoch::NONE
            },
            committed_metadata: text.map(str::to_owned),
        };
        let topic = |(name, topic_id), partitions| OffsetCommitTopic {
            name,
            topic_id,
            partitions,
        };
        let by_id = version >= 10;
        let nowhere = if by_id {
            (TopicName::default(), TopicId([7; 16]))
        } else {
            (NOWHERE.into(), TopicId::ZERO)
        };
        let request = OffsetCommitRequest {
            group_id: self.group.clone(),
            retention_time_ms: if version <= 4 { 3_600_000 } else { -1 },
            topics: vec![
                topic(
                    self.named(by_id),
                    vec![partition(0, Some("text")), partition(1, None)],
                ),
                topic(nowhere, vec![partition(0, None)]),
            ],
            ..OffsetCommitRequest::default()
        };
        self.call(&request).await?;
        self.fetch_offsets().await?;
        let request = OffsetDeleteRequest {
            group_id: self.group.clone(),
            topics: vec![OffsetDeleteTopic {
                name: self.topic.clone(),
                partitions: [0, 9]
                    .map(|partition_index| OffsetDeletePartition { partition_index })
                    .to_vec(),
            }],
        };
        self.call(&request).await?;
        Ok(())
    }

    async fn fetch_offsets(&mut self) -> Result<()> {
        let version = self.version::<OffsetFetchRequest>()?;
        let (name, topic_id) = self.named(version >= 10);
        let named = OffsetFetchGroup {
            group_id: self.group.clone(),
            member_id: (version >= 9).then(|| "member".into()),
            topics: Some(vec![OffsetFetchTopic {
                name,
                topic_id,
                partition_indexes: vec![0, 1, 9],
            }]),
            ..OffsetFetchGroup::default()
        };
        let all = OffsetFetchGroup {
            topics: None,
            ..named.clone()
        };
        let batches = match version {
            ..2 => vec![vec![named]],
            2..8 => vec![vec![named], vec![all]],
            _ => vec![vec![named.clone(), all], vec![named]],
        };
        for groups in batches {
            self.call(&OffsetFetchRequest {
                groups,
                require_stable: version >= 7,
            })
            .await?;
        }
        Ok(())
    }

    async fn delete_all(&mut self) -> Result<()> {
        let groups_names = vec![self.group.clone(), "nobody".into()];
        self.call(&DeleteGroupsRequest { groups_names }).await?;
        let by_id = self.version::<DeleteTopicsRequest>()? >= 6;
        let named = |name: String| DeletableTopic {
            name: Some(name.into()),
            topic_id: TopicId::ZERO,
        };
        let own = match by_id {
            true => DeletableTopic {
                name: None,
                topic_id: self.topic_id,
            },
            false => named(self.topic.to_string()),
        };
        let others = ["made", "placed"].map(|start| named(format!("{start}-{}", self.newest)));
        for topics in [vec![own], others.to_vec(), vec![named(NOWHERE.to_owned())]] {
            self.call(&DeleteTopicsRequest {
                topics,
                timeout_ms: 5000,
            })
            .await?;
        }
        Ok(())
    }
}

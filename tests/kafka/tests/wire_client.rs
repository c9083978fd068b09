//! kohort's wire client on a real Apache Kafka: what its scripted brokers cannot vouch for.

#![expect(clippy::indexing_slicing, reason = "a test may panic")]

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use kohort_client::{Acks, Client, ClientConfig, Target, join_group_timeout};
use kohort_protocol::api::create_partitions::CreatePartitionsTopic;
use kohort_protocol::api::create_topics::CreatableTopic;
use kohort_protocol::api::find_coordinator::CoordinatorType;
use kohort_protocol::api::heartbeat::HeartbeatRequest;
use kohort_protocol::api::join_group::{JoinGroupProtocol, JoinGroupRequest, JoinGroupResponse};
use kohort_protocol::api::leave_group::{LeaveGroupRequest, LeavingMember};
use kohort_protocol::api::list_offsets::{EARLIEST_TIMESTAMP, LATEST_TIMESTAMP};
use kohort_protocol::api::sync_group::{SyncGroupAssignment, SyncGroupRequest, SyncGroupResponse};
use kohort_protocol::records::{BatchBuilder, NewRecord};
use kohort_protocol::{
    ErrorCode, GroupId, IsolationLevel, LeaderEpoch, MemberId, NodeId, TopicId, TopicName, TopicPartition,
};
use kohort_testkafka::Cluster;
use std::time::Duration;

const REBALANCE: Duration = Duration::from_secs(20);

fn batch(values: &[&str]) -> Result<Bytes> {
    let mut builder = BatchBuilder::new();
    for value in values {
        builder.push(&NewRecord {
            value: Some(value.as_bytes()),
            ..NewRecord::default()
        })?;
    }
    Ok(builder.finish()?)
}

fn wanted(name: &TopicName) -> CreatableTopic {
    CreatableTopic {
        name: name.clone(),
        num_partitions: 3,
        replication_factor: 3,
        ..CreatableTopic::default()
    }
}

async fn ends(client: &Client, partition: &TopicPartition) -> Result<(i64, i64)> {
    let mut ends = Vec::new();
    for timestamp in [EARLIEST_TIMESTAMP, LATEST_TIMESTAMP] {
        let asked = [(partition.clone(), timestamp)];
        let found = client
            .list_offsets(&asked, IsolationLevel::ReadUncommitted)
            .await?;
        ends.push(found.get(partition).context("no offset")?.offset);
    }
    Ok((ends[0], ends[1]))
}

/// Several keys in one request; and if the cluster is only just making its offsets topic, 15, 16 and 14 are waited for.
async fn coordinators_are_found(client: &Client) -> Result<()> {
    let keys = ["one".to_owned(), "two".to_owned()];
    let found = client.find_coordinator(CoordinatorType::GROUP, &keys).await?;
    ensure!(found.iter().map(|one| &one.key).eq(&keys), "{found:?}");
    let partitions = [TopicPartition::new("none", 0)];
    let offsets = client
        .offset_fetch(&GroupId::from("one"), Some(&partitions))
        .await?;
    ensure!(
        offsets.topics[0].partitions[0].committed_offset == -1,
        "{offsets:?}"
    );
    Ok(())
}

async fn topics_and_offsets(client: &Client) -> Result<()> {
    let name = TopicName::from("wire");
    let created = client.create_topics(vec![wanted(&name)]).await?;
    // A broker asks its controller twice when the first answer is slow.
    let made = [ErrorCode::NONE, ErrorCode::TOPIC_ALREADY_EXISTS];
    ensure!(made.contains(&created[0].error_code), "{created:?}");
    let again = client.create_topics(vec![wanted(&name)]).await?;
    ensure!(
        again[0].error_code == ErrorCode::TOPIC_ALREADY_EXISTS,
        "{again:?}"
    );

    let partition = TopicPartition::new(name.clone(), 1);
    let appended = client.produce(&partition, Acks::All, batch(&["a", "b"])?).await?;
    ensure!(appended.base_offset == 0, "{appended:?}");
    let appended = client.produce(&partition, Acks::Leader, batch(&["c"])?).await?;
    ensure!(appended.base_offset == 2, "{appended:?}");
    client.produce(&partition, Acks::None, batch(&["d"])?).await?;
    // The leader answers in order: this one proves that the unanswered one was taken, and left the stream whole.
    let appended = client.produce(&partition, Acks::All, batch(&["e"])?).await?;
    ensure!(appended.base_offset == 4, "{appended:?}");
    ensure!(ends(client, &partition).await? == (0, 5));
    ensure!(client.init_producer_id().await?.producer_id.0 >= 0);

    let metadata = client.metadata(core::slice::from_ref(&name)).await?;
    let topic = &metadata.topics[0];
    ensure!(
        topic.topic_id != TopicId::ZERO && topic.partitions.len() == 3,
        "{topic:?}"
    );
    ensure!(
        topic
            .partitions
            .iter()
            .all(|one| one.leader_epoch > LeaderEpoch::NONE),
        "{topic:?}"
    );
    let grown = client.create_partitions(vec![CreatePartitionsTopic {
        name: name.clone(),
        count: 4,
        assignments: None,
    }]);
    ensure!(grown.await?[0].error_code.is_ok());
    let deleted = client.delete_topics(core::slice::from_ref(&name)).await?;
    ensure!(deleted[0].error_code.is_ok(), "{deleted:?}");
    Ok(())
}

struct Member<'a> {
    client: &'a Client,
    node: NodeId,
    id: MemberId,
}

impl Member<'_> {
    fn request(&self) -> JoinGroupRequest {
        JoinGroupRequest {
            group_id: "shared".into(),
            session_timeout_ms: 10_000,
            rebalance_timeout_ms: 20_000,
            member_id: self.id.clone(),
            protocol_type: "test".into(),
            protocols: vec![JoinGroupProtocol {
                name: "p".into(),
                metadata: Bytes::from_static(b"m"),
            }],
            ..JoinGroupRequest::default()
        }
    }

    async fn join(&self) -> Result<JoinGroupResponse> {
        let timeout = join_group_timeout(REBALANCE, self.client.config().request_timeout);
        Ok(self
            .client
            .call_within(Target::Node(self.node), self.request(), timeout)
            .await?)
    }

    async fn sync(&self, joined: &JoinGroupResponse) -> Result<SyncGroupResponse> {
        let assignments = joined.members.iter().map(|member| SyncGroupAssignment {
            member_id: member.member_id.clone(),
            assignment: Bytes::copy_from_slice(member.member_id.as_str().as_bytes()),
        });
        let request = SyncGroupRequest {
            group_id: "shared".into(),
            generation_id: joined.generation_id,
            member_id: self.id.clone(),
            protocol_type: Some("test".into()),
            protocol_name: Some("p".into()),
            assignments: assignments.collect(),
            ..SyncGroupRequest::default()
        };
        Ok(self.client.call(Target::Node(self.node), request).await?)
    }

    async fn heartbeat(&self, joined: &JoinGroupResponse) -> Result<ErrorCode> {
        let request = HeartbeatRequest {
            group_id: "shared".into(),
            generation_id: joined.generation_id,
            member_id: self.id.clone(),
            group_instance_id: None,
        };
        let answer = self
            .client
            .call_within(Target::Node(self.node), request, Duration::from_secs(2));
        Ok(answer.await?.error_code)
    }

    async fn leave(&self) -> Result<()> {
        let member = LeavingMember {
            member_id: self.id.clone(),
            ..LeavingMember::default()
        };
        let request = LeaveGroupRequest {
            group_id: "shared".into(),
            members: vec![member],
        };
        self.client.call(Target::Node(self.node), request).await?;
        Ok(())
    }
}

/// Two members of one group share a client: on one connection their parked requests would block each other until the session
/// time-out. They join, sync, stay and hand over.
async fn two_members_share_a_client(client: &Client) -> Result<()> {
    let node = client.coordinator(&GroupId::from("shared")).await?;
    let mut members = [(); 2].map(|()| Member {
        client,
        node,
        id: MemberId::default(),
    });
    for member in &mut members {
        let first = member.join().await?;
        ensure!(first.error_code == ErrorCode::MEMBER_ID_REQUIRED, "{first:?}");
        member.id = first.member_id;
    }
    let [one, two] = members;
    let (joined_one, joined_two) = tokio::try_join!(one.join(), two.join())?;
    ensure!(
        joined_one.generation_id == joined_two.generation_id,
        "{joined_one:?} {joined_two:?}"
    );
    // The follower's sync goes first and is parked; heartbeats and the leader's sync pass it.
    let (leader, follower) = match joined_one.leader == one.id {
        true => ((&one, &joined_one), (&two, &joined_two)),
        false => ((&two, &joined_two), (&one, &joined_one)),
    };
    let parked = follower.0.sync(follower.1);
    let rest = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        ensure!(follower.0.heartbeat(follower.1).await?.is_ok());
        leader.0.sync(leader.1).await
    };
    let (synced_follower, synced_leader) = tokio::try_join!(parked, rest)?;
    for (member, synced) in [(follower.0, &synced_follower), (leader.0, &synced_leader)] {
        ensure!(synced.assignment == member.id.as_str().as_bytes(), "{synced:?}");
    }

    // Hand over: the leader's new join is parked until the other one has left, on the control lane.
    let handed_over = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let code = follower.0.heartbeat(follower.1).await?;
        ensure!(code == ErrorCode::REBALANCE_IN_PROGRESS, "{code}");
        follower.0.leave().await
    };
    let (alone, ()) = tokio::try_join!(leader.0.join(), handed_over)?;
    ensure!(alone.error_code.is_ok() && alone.members.len() == 1, "{alone:?}");
    ensure!(leader.0.sync(&alone).await?.error_code.is_ok());
    ensure!(leader.0.heartbeat(&alone).await?.is_ok());
    leader.0.leave().await
}

/// A leader killed with -9 is replaced, and followed, from cached metadata that still names it.
async fn a_killed_leader_is_followed(client: &Client, kafka: &Cluster) -> Result<()> {
    let name = TopicName::from("moving");
    client.create_topics(vec![wanted(&name)]).await?;
    let partition = TopicPartition::new(name.clone(), 0);
    client.produce(&partition, Acks::All, batch(&["before"])?).await?;
    let leader = kafka.leader("moving", 0)?;
    kafka.kill(leader)?;
    ensure!(ends(client, &partition).await? == (0, 1));
    let appended = client.produce(&partition, Acks::All, batch(&["after"])?).await?;
    ensure!(appended.base_offset == 1, "{appended:?}");
    Ok(())
}

#[test]
fn the_wire_client_works_on_a_real_cluster() -> Result<()> {
    // Both joins of the two members must fall into the first round, on a loaded machine too.
    let kafka = Cluster::builder()
        .brokers(3)
        .property("group.initial.rebalance.delay.ms", "3000")
        .start()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let client = Client::new(ClientConfig::new(&kafka.bootstrap()))?;
        coordinators_are_found(&client).await.context("coordinators")?;
        topics_and_offsets(&client).await.context("topics and offsets")?;
        two_members_share_a_client(&client).await.context("two members")?;
        a_killed_leader_is_followed(&client, &kafka)
            .await
            .context("a killed leader")
    })
}

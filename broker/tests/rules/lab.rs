//! A cluster on the bench: connections, calls, members, and time by the millisecond.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use kohort_broker::{
    ArrivedRequest, Closing, Cluster, Command, Config, ConnectionId, GroupView, Input, Latencies, Output,
};
use kohort_protocol::api::heartbeat::HeartbeatRequest;
use kohort_protocol::api::join_group::{JoinGroupProtocol, JoinGroupRequest, JoinGroupResponse};
use kohort_protocol::api::leave_group::{LeaveGroupRequest, LeavingMember};
use kohort_protocol::api::offset_commit::{OffsetCommitPartition, OffsetCommitRequest, OffsetCommitTopic};
use kohort_protocol::api::offset_fetch::{OffsetFetchGroup, OffsetFetchRequest};
use kohort_protocol::api::sync_group::{SyncGroupAssignment, SyncGroupRequest, SyncGroupResponse};
use kohort_protocol::api::{Call, Request, Response};
use kohort_protocol::message::write_response;
use kohort_protocol::{
    ErrorCode, Generation, GroupId, GroupInstanceId, LeaderEpoch, MemberId, NodeId, Timestamp, TopicPartition,
};

pub(crate) const GROUP: &str = "g1";
pub(crate) const NONE: ErrorCode = ErrorCode::NONE;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Wire {
    pub(crate) node: NodeId,
    pub(crate) connection: ConnectionId,
}

pub(crate) struct Lab {
    pub(crate) cluster: Cluster,
    pub(crate) now: Timestamp,
    connections: u64,
    correlation_id: i32,
    answers: BTreeMap<ConnectionId, VecDeque<(i32, i16, Response)>>,
    closed: BTreeSet<ConnectionId>,
}

/// One node, nothing takes time, sessions from half a second on.
pub(crate) fn quick() -> Config {
    Config {
        offsets_topic_partitions: 6,
        group_min_session_timeout: Duration::from_millis(500),
        latencies: Latencies::NONE,
        ..Config::default()
    }
}

impl Lab {
    /// With the offsets topic and a topic `t` of six partitions.
    pub(crate) fn new(config: Config) -> Self {
        let mut lab = Self::fresh(config);
        let wire = lab.wire(NodeId(1));
        let find = kohort_protocol::api::find_coordinator::FindCoordinatorRequest {
            keys: vec![GROUP.to_owned()],
            ..Default::default()
        };
        lab.call(wire, 4, find);
        lab.pass(10_000);
        lab.command(Command::CreateTopic {
            topic: "t".into(),
            partitions: 6,
        });
        lab
    }

    /// Without any topic.
    pub(crate) fn fresh(config: Config) -> Self {
        Self {
            cluster: Cluster::new(config),
            now: Timestamp::ZERO,
            connections: 0,
            correlation_id: 0,
            answers: BTreeMap::new(),
            closed: BTreeSet::new(),
        }
    }

    pub(crate) fn input(&mut self, input: Input) {
        self.cluster.handle(self.now, input);
        self.collect();
    }

    fn collect(&mut self) {
        while let Some(output) = self.cluster.poll() {
            match output {
                Output::Reply {
                    connection,
                    correlation_id,
                    version,
                    response,
                    ..
                } => {
                    let written = write_response(&mut BytesMut::new(), version, correlation_id, &response);
                    assert_eq!(written, Ok(()), "every answer can be written in its version");
                    assert!(
                        !self.closed.contains(&connection),
                        "answer on a closed connection"
                    );
                    let answers = self.answers.entry(connection).or_default();
                    answers.push_back((correlation_id, version, response));
                }
                Output::Close { connection, .. } => {
                    self.closed.insert(connection);
                }
                Output::Unanswered { .. } => {}
                other => panic!("unknown output {other:?}"),
            }
        }
    }

    pub(crate) fn command(&mut self, command: Command) {
        self.cluster.command(self.now, command).unwrap();
        self.collect();
    }

    /// Lets time go by, stopping at every deadline.
    pub(crate) fn pass(&mut self, millis: u64) {
        let end = self.now + Duration::from_millis(millis);
        while let Some(at) = self.cluster.deadline().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.input(Input::Tick);
        }
        self.now = end;
        self.input(Input::Tick);
    }

    pub(crate) fn wire(&mut self, node: NodeId) -> Wire {
        self.connections += 1;
        let connection = ConnectionId(self.connections);
        self.input(Input::Opened {
            node,
            connection,
            client_host: "/127.0.0.1".to_owned(),
        });
        Wire { node, connection }
    }

    pub(crate) fn hang_up(&mut self, wire: Wire, how: Closing) {
        self.input(Input::Closed {
            node: wire.node,
            connection: wire.connection,
            how,
        });
        self.closed.insert(wire.connection);
    }

    pub(crate) fn send(&mut self, wire: Wire, version: i16, request: impl Into<Request>) -> i32 {
        self.correlation_id += 1;
        self.input(Input::Request(ArrivedRequest {
            node: wire.node,
            connection: wire.connection,
            correlation_id: self.correlation_id,
            version,
            client_id: Some("lab".to_owned()),
            request: request.into(),
        }));
        self.correlation_id
    }

    /// The next answer on a connection, with its correlation id and version.
    pub(crate) fn next(&mut self, wire: Wire) -> Option<(i32, i16, Response)> {
        self.answers.get_mut(&wire.connection)?.pop_front()
    }

    pub(crate) fn answer<C: Call>(&mut self, wire: Wire) -> Option<C::Response> {
        let (_, _, response) = self.next(wire)?;
        Some(C::Response::try_from(response).expect("an answer to another request"))
    }

    pub(crate) fn is_closed(&self, wire: Wire) -> bool {
        self.closed.contains(&wire.connection)
    }

    /// Asks, and is answered without any time going by.
    pub(crate) fn call<C: Call>(&mut self, wire: Wire, version: i16, call: C) -> C::Response {
        self.send(wire, version, call);
        self.answer::<C>(wire).expect("no answer at once")
    }

    pub(crate) fn coordinator(&self) -> NodeId {
        self.cluster.coordinator(&GROUP.into()).expect("a coordinator")
    }

    pub(crate) fn coordinator_wire(&mut self) -> Wire {
        let node = self.coordinator();
        self.wire(node)
    }

    pub(crate) fn group(&self) -> GroupView {
        self.cluster.group(&GROUP.into()).expect("a group")
    }

    /// Everybody's JoinGroup parked, in order.
    pub(crate) fn joining(&mut self, member: &Member) {
        self.send(member.wire, 9, member.join());
    }

    pub(crate) fn joined(&mut self, member: &Member) -> Option<JoinGroupResponse> {
        self.answer::<JoinGroupRequest>(member.wire)
    }

    pub(crate) fn synced(&mut self, member: &Member) -> Option<SyncGroupResponse> {
        self.answer::<SyncGroupRequest>(member.wire)
    }

    /// A dynamic member with an id of its own that has not joined yet.
    pub(crate) fn newcomer(&mut self) -> Member {
        let mut member = Member::new(self.coordinator_wire(), self.coordinator_wire());
        let promised = self.call(member.wire, 9, member.join());
        assert_eq!(promised.error_code, ErrorCode::MEMBER_ID_REQUIRED);
        member.id = promised.member_id;
        member
    }

    /// A static member.
    pub(crate) fn static_newcomer(&mut self, instance: &str) -> Member {
        let mut member = Member::new(self.coordinator_wire(), self.coordinator_wire());
        member.instance = Some(GroupInstanceId::from(instance));
        member
    }

    /// A Stable group of `count` dynamic members; the first is the leader. Everybody's assignment is its place in the list.
    pub(crate) fn stable_group(&mut self, count: usize) -> Vec<Member> {
        let mut members: Vec<Member> = (0..count).map(|_| self.newcomer()).collect();
        self.round(&mut members);
        members
    }

    /// All join; the answers of the round that has all of them. (The first of an empty group is answered alone.)
    pub(crate) fn gather(&mut self, members: &[Member]) -> Vec<JoinGroupResponse> {
        for member in members {
            self.joining(member);
        }
        if members.len() > 1 && self.joined(&members[0]).is_some() {
            self.joining(&members[0]);
        }
        let joined = |member| self.joined(member).expect("the round is not complete");
        members.iter().map(joined).collect()
    }

    /// All join, all sync.
    pub(crate) fn round(&mut self, members: &mut [Member]) {
        let answers = self.gather(members);
        for (member, joined) in members.iter_mut().zip(answers) {
            member.note(&joined);
        }
        self.assign(members);
    }

    /// The leader goes to the front and everybody syncs.
    pub(crate) fn assign(&mut self, members: &mut [Member]) {
        members.sort_by_key(|member| member.id != member.leader);
        let plan: Vec<SyncGroupAssignment> = (0_u8..)
            .zip(&*members)
            .map(|(place, member)| SyncGroupAssignment {
                member_id: member.id.clone(),
                assignment: Bytes::from(vec![place]),
            })
            .collect();
        for member in members.iter().rev() {
            let plan = if member.id == member.leader {
                plan.clone()
            } else {
                Vec::new()
            };
            self.send(member.wire, 5, member.sync(plan));
        }
        for (place, member) in (0_u8..).zip(&*members) {
            let synced = self.synced(member).expect("the leader has synced");
            assert_eq!((synced.error_code, &synced.assignment[..]), (NONE, &[place][..]));
        }
    }

    pub(crate) fn heartbeat(&mut self, member: &Member) -> ErrorCode {
        self.call(member.other, 4, member.heartbeat()).error_code
    }

    pub(crate) fn leave(&mut self, members: &[LeavingMember]) -> Vec<ErrorCode> {
        let wire = self.coordinator_wire();
        let left = self.call(wire, 5, leave(members));
        assert_eq!(left.error_code, NONE);
        left.members.iter().map(|member| member.error_code).collect()
    }

    pub(crate) fn commit(&mut self, request: OffsetCommitRequest) -> ErrorCode {
        let wire = self.coordinator_wire();
        let answer = self.call(wire, 9, request);
        answer.topics[0].partitions[0].error_code
    }

    /// The committed offset of `t-0` as a client reads it.
    pub(crate) fn committed(&mut self) -> i64 {
        let wire = self.coordinator_wire();
        self.fetched(wire).expect("offsets")
    }

    pub(crate) fn fetched(&mut self, wire: Wire) -> Result<i64, ErrorCode> {
        let answer = self.call(wire, 8, fetch_offset());
        let group = &answer.groups[0];
        group.error_code.ok()?;
        let partition = &group.topics[0].partitions[0];
        partition.error_code.ok()?;
        Ok(partition.committed_offset)
    }

    pub(crate) fn stored(&self) -> Option<i64> {
        let offset = self
            .cluster
            .committed(&GROUP.into(), &TopicPartition::new("t", 0));
        offset.map(|offset| offset.offset)
    }

    pub(crate) fn move_coordinator(&mut self, to: NodeId) {
        let partition = self.cluster.offsets_partition(&GroupId::from(GROUP));
        self.command(Command::MoveLeader {
            topic: partition.topic,
            partition: partition.partition,
            to,
        });
    }
}

/// A member of `g1`: JoinGroup and SyncGroup travel on `wire`, the rest on `other`.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) wire: Wire,
    pub(crate) other: Wire,
    pub(crate) id: MemberId,
    pub(crate) instance: Option<GroupInstanceId>,
    pub(crate) generation: Generation,
    pub(crate) leader: MemberId,
    pub(crate) protocol: Option<String>,
    pub(crate) protocols: Vec<(String, Bytes)>,
    pub(crate) session: i32,
    pub(crate) patience: i32,
}

impl Member {
    pub(crate) fn new(wire: Wire, other: Wire) -> Self {
        Self {
            wire,
            other,
            id: MemberId::default(),
            instance: None,
            generation: Generation::NONE,
            leader: MemberId::default(),
            protocol: None,
            protocols: vec![("range".to_owned(), subscription(&["t"]))],
            session: 6000,
            patience: 60_000,
        }
    }

    pub(crate) fn note(&mut self, joined: &JoinGroupResponse) {
        assert_eq!(joined.error_code, NONE);
        self.id = joined.member_id.clone();
        self.generation = joined.generation_id;
        self.leader = joined.leader.clone();
        self.protocol = joined.protocol_name.clone();
    }

    pub(crate) fn join(&self) -> JoinGroupRequest {
        JoinGroupRequest {
            group_id: GROUP.into(),
            session_timeout_ms: self.session,
            rebalance_timeout_ms: self.patience,
            member_id: self.id.clone(),
            group_instance_id: self.instance.clone(),
            protocol_type: "consumer".to_owned(),
            protocols: self
                .protocols
                .iter()
                .map(|(name, metadata)| JoinGroupProtocol {
                    name: name.clone(),
                    metadata: metadata.clone(),
                })
                .collect(),
            reason: None,
        }
    }

    pub(crate) fn sync(&self, assignments: Vec<SyncGroupAssignment>) -> SyncGroupRequest {
        SyncGroupRequest {
            group_id: GROUP.into(),
            generation_id: self.generation,
            member_id: self.id.clone(),
            group_instance_id: self.instance.clone(),
            protocol_type: Some("consumer".to_owned()),
            protocol_name: self.protocol.clone(),
            assignments,
        }
    }

    pub(crate) fn heartbeat(&self) -> HeartbeatRequest {
        HeartbeatRequest {
            group_id: GROUP.into(),
            generation_id: self.generation,
            member_id: self.id.clone(),
            group_instance_id: self.instance.clone(),
        }
    }

    pub(crate) fn leaving(&self) -> LeavingMember {
        LeavingMember {
            member_id: self.id.clone(),
            group_instance_id: self.instance.clone(),
            reason: None,
        }
    }

    pub(crate) fn commit(&self, offset: i64) -> OffsetCommitRequest {
        OffsetCommitRequest {
            generation_id_or_member_epoch: self.generation,
            member_id: self.id.clone(),
            group_instance_id: self.instance.clone(),
            ..commit(offset)
        }
    }
}

/// A Subscription v0 to these topics.
pub(crate) fn subscription(topics: &[&str]) -> Bytes {
    let mut bytes = vec![0, 0];
    bytes.extend(u32::try_from(topics.len()).unwrap().to_be_bytes());
    for topic in topics {
        bytes.extend(u16::try_from(topic.len()).unwrap().to_be_bytes());
        bytes.extend(topic.as_bytes());
    }
    bytes.extend([0xff; 4]);
    bytes.into()
}

pub(crate) fn leave(members: &[LeavingMember]) -> LeaveGroupRequest {
    LeaveGroupRequest {
        group_id: GROUP.into(),
        members: members.to_vec(),
    }
}

/// A commit of `t-0` from outside the group.
pub(crate) fn commit(offset: i64) -> OffsetCommitRequest {
    OffsetCommitRequest {
        group_id: GROUP.into(),
        generation_id_or_member_epoch: Generation::NONE,
        retention_time_ms: -1,
        topics: vec![commit_topic("t", &[(0, offset)])],
        ..Default::default()
    }
}

pub(crate) fn commit_topic(name: &str, offsets: &[(i32, i64)]) -> OffsetCommitTopic {
    OffsetCommitTopic {
        name: name.into(),
        partitions: offsets
            .iter()
            .map(|(partition_index, committed_offset)| OffsetCommitPartition {
                partition_index: *partition_index,
                committed_offset: *committed_offset,
                committed_leader_epoch: LeaderEpoch::NONE,
                committed_metadata: None,
            })
            .collect(),
        ..Default::default()
    }
}

pub(crate) fn fetch_offset() -> OffsetFetchRequest {
    OffsetFetchRequest {
        groups: vec![fetch_offset_of(GROUP)],
        require_stable: false,
    }
}

pub(crate) fn fetch_offset_of(group: &str) -> OffsetFetchGroup {
    OffsetFetchGroup {
        group_id: group.into(),
        topics: Some(vec![kohort_protocol::api::offset_fetch::OffsetFetchTopic {
            name: "t".into(),
            partition_indexes: vec![0],
            ..Default::default()
        }]),
        ..Default::default()
    }
}

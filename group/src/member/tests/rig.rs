//! A member on a bench: what comes out is shown as one short line per output, so that a test reads like a trace.

use std::fmt::Display;
use std::time::Duration;

use kohort_protocol::api::fetch::FetchRequest;
use kohort_protocol::api::find_coordinator::{Coordinator, FindCoordinatorResponse};
use kohort_protocol::api::heartbeat::HeartbeatResponse;
use kohort_protocol::api::join_group::{JoinGroupMember, JoinGroupResponse};
use kohort_protocol::api::leave_group::LeaveGroupResponse;
use kohort_protocol::api::list_offsets::{
    ListOffsetsResponse, ListOffsetsResponsePartition, ListOffsetsResponseTopic,
};
use kohort_protocol::api::metadata::{MetadataPartition, MetadataResponse, MetadataTopic};
use kohort_protocol::api::offset_commit::{
    OffsetCommitPartition, OffsetCommitRequest, OffsetCommitResponse, OffsetCommitResponsePartition,
    OffsetCommitResponseTopic,
};
use kohort_protocol::api::offset_fetch::{
    OffsetFetchResponse, OffsetFetchResponseGroup, OffsetFetchResponsePartition, OffsetFetchResponseTopic,
};
use kohort_protocol::api::sync_group::SyncGroupResponse;
use kohort_protocol::api::{Request, Response};
use kohort_protocol::consumer_protocol::{Assignment, Subscription};
use kohort_protocol::{
    ErrorCode, Generation, GroupId, LeaderEpoch, MemberId, NodeId, Timestamp, TopicId, TopicName,
    TopicPartition,
};

use crate::member::{
    CallId, CommitOffset, Event, Failure, Fetched, FetchedPartition, FetchedRecords, GuardId, Input, Member,
    MemberConfig, MemberState, Output, Period, SeekTo, Target, Ticket, Token,
};

pub(super) fn tp(text: &str) -> TopicPartition {
    let (topic, partition) = text.rsplit_once('-').unwrap();
    TopicPartition::new(topic, partition.parse().unwrap())
}

/// `t-0 t-1`
pub(super) fn tps(text: &str) -> Vec<TopicPartition> {
    text.split_whitespace().map(tp).collect()
}

pub(super) fn config() -> MemberConfig {
    MemberConfig {
        session_timeout: Duration::from_secs(10),
        heartbeat_interval: Duration::from_secs(3),
        max_poll_interval: Duration::from_secs(300),
        auto_commit_interval: None,
        ..MemberConfig::new(GroupId::from("g"), vec![TopicName::from("t")])
    }
}

pub(super) struct Rig {
    pub(super) member: Member,
    pub(super) now: Timestamp,
    /// What was sent and not answered, newest last.
    open: Vec<(Token, Request)>,
    pub(super) guard: Option<GuardId>,
    pub(super) metadata_asked: bool,
    /// Answers every metadata request at once, unseen.
    pub(super) cluster: Option<MetadataResponse>,
}

impl Rig {
    pub(super) fn new(config: MemberConfig) -> Self {
        let member = Member::new(config, 1).unwrap();
        Self {
            member,
            now: Timestamp::ZERO,
            open: Vec::new(),
            guard: None,
            metadata_asked: false,
            cluster: None,
        }
    }

    /// Something happens now.
    pub(super) fn give(&mut self, input: Input) -> Vec<String> {
        self.member.handle(self.now, input);
        let mut shown = Vec::new();
        while let Some(output) = self.member.poll() {
            if let (Output::Metadata { .. }, Some(cluster)) = (&output, &self.cluster) {
                self.member.handle(self.now, Input::Metadata(Ok(cluster.clone())));
                continue;
            }
            self.note(&output);
            shown.push(show(&output));
        }
        // Whoever sleeps until the deadline must not wake up to nothing (no busy loop).
        let deadline = self.member.deadline();
        assert!(
            deadline.is_none_or(|at| at > self.now),
            "deadline {deadline:?} at {} after {shown:?}",
            self.now
        );
        shown
    }

    fn note(&mut self, output: &Output) {
        match output {
            Output::Send { token, request, .. } => {
                self.open.push((*token, request.clone().into_request()));
            }
            Output::Abandon(token) => self.open.retain(|(open, _)| open != token),
            Output::Metadata { .. } => {
                assert!(!self.metadata_asked, "two metadata requests at once");
                self.metadata_asked = true;
            }
            Output::Event(Event::Assigned { guard, .. } | Event::Revoking { guard, .. }) => {
                self.guard = Some(*guard);
            }
            _ => {}
        }
    }

    /// Time passes; every deadline on the way fires at its time.
    pub(super) fn pass(&mut self, time: Duration) -> Vec<String> {
        let until = self.now + time;
        let mut shown = Vec::new();
        while let Some(at) = self.member.deadline().filter(|&at| at <= until) {
            self.now = at;
            shown.extend(self.give(Input::Tick));
        }
        self.now = until;
        shown
    }

    pub(super) fn pass_ms(&mut self, millis: u64) -> Vec<String> {
        self.pass(Duration::from_millis(millis))
    }

    /// Time passes, and every heartbeat is answered at once.
    pub(super) fn live(&mut self, time: Duration) -> Vec<String> {
        let until = self.now + time;
        let mut shown = Vec::new();
        while let Some(at) = self.member.deadline().filter(|&at| at <= until) {
            self.now = at;
            shown.extend(self.give(Input::Tick));
            if self.is_open("Heartbeat") {
                shown.retain(|line| !line.starts_with("Heartbeat"));
                shown.extend(self.reply(heartbeat(ErrorCode::NONE)));
            }
        }
        self.now = until;
        shown
    }

    /// The process sleeps: time passes, and nothing fires.
    pub(super) fn sleep(&mut self, time: Duration) {
        self.now = self.now + time;
    }

    /// The newest open request of an API.
    pub(super) fn request(&self, api: &str) -> (Token, Request) {
        let found = self
            .open
            .iter()
            .rev()
            .find(|(_, request)| request.api().to_string() == api);
        found
            .unwrap_or_else(|| panic!("no open {api} among {:?}", self.open))
            .clone()
    }

    pub(super) fn token(&self, api: &str) -> Token {
        self.request(api).0
    }

    pub(super) fn is_open(&self, api: &str) -> bool {
        self.open
            .iter()
            .any(|(_, request)| request.api().to_string() == api)
    }

    pub(super) fn answer(&mut self, token: Token, reply: Result<Response, Failure>) -> Vec<String> {
        self.open.retain(|(open, _)| *open != token);
        self.give(Input::Reply { token, reply })
    }

    /// The newest request of this response's API is answered with it.
    pub(super) fn reply(&mut self, response: impl Into<Response>) -> Vec<String> {
        let response = response.into();
        let token = self.token(&response.api().to_string());
        self.answer(token, Ok(response))
    }

    pub(super) fn fail(&mut self, api: &str, failure: Failure) -> Vec<String> {
        let token = self.token(api);
        self.answer(token, Err(failure))
    }

    pub(super) fn disconnect(&mut self, api: &str) -> Vec<String> {
        self.fail(api, Failure::Disconnected("reset".into()))
    }

    pub(super) fn metadata(&mut self, response: MetadataResponse) -> Vec<String> {
        self.metadata_asked = false;
        self.give(Input::Metadata(Ok(response)))
    }

    pub(super) fn release(&mut self) -> Vec<String> {
        let guard = self.guard.take().unwrap();
        self.give(Input::Released {
            guard,
            unwinding: false,
        })
    }

    /// Started, and the coordinator is node 1.
    pub(super) fn started(config: MemberConfig) -> Self {
        let mut rig = Self::new(config);
        rig.give(Input::Start);
        rig.metadata(topics(&[("t", 3)]));
        rig.cluster = Some(topics(&[("t", 3)]));
        rig.reply(found(1));
        rig
    }

    /// The only member and leader, in generation `generation`, about to sync.
    pub(super) fn joined(config: MemberConfig, generation: i32) -> Self {
        let mut rig = Self::started(config);
        rig.reply(take_id("m-1"));
        rig.reply(lead(generation, "m-1", &[("m-1", "t")]));
        rig
    }

    /// Fetches are answered by themselves.
    pub(super) fn fetched(
        &mut self,
        token: Token,
        session_id: i32,
        partitions: Vec<FetchedPartition>,
    ) -> Vec<String> {
        self.open.retain(|(open, _)| *open != token);
        let reply = Ok(Fetched {
            session_id,
            partitions,
            ..Fetched::default()
        });
        self.give(Input::Fetched { token, reply })
    }

    /// The newest open fetch is answered within session 7.
    pub(super) fn fetch_brings(&mut self, partitions: Vec<FetchedPartition>) -> Vec<String> {
        self.fetched(self.token("Fetch"), 7, partitions)
    }

    pub(super) fn fetch_fails(&mut self, reply: Result<Fetched, Failure>) -> Vec<String> {
        let token = self.token("Fetch");
        self.open.retain(|(open, _)| *open != token);
        self.give(Input::Fetched { token, reply })
    }

    pub(super) fn take(&mut self, ticket: u64) -> Vec<String> {
        self.give(Input::Taken(Ticket(ticket)))
    }

    /// The open commit is stored.
    pub(super) fn commit_stored(&mut self) -> Vec<String> {
        self.commit_refused(ErrorCode::NONE)
    }

    /// Every partition of the open commit gets `code`.
    pub(super) fn commit_refused(&mut self, code: ErrorCode) -> Vec<String> {
        let Request::OffsetCommit(request) = self.request("OffsetCommit").1 else {
            unreachable!()
        };
        self.reply(committed(&request, code))
    }

    /// Commits `t-0=5` and the like, read in the running period.
    pub(super) fn commit(&mut self, call: u64, offsets: &str) -> Vec<String> {
        let period = self.member.assignment().next().map(|(_, period)| period);
        self.commit_of(call, offsets, period)
    }

    pub(super) fn commit_of(&mut self, call: u64, offsets: &str, period: Option<Period>) -> Vec<String> {
        let offset = |text: &str| {
            let (name, offset) = text.split_once('=').unwrap();
            CommitOffset {
                partition: tp(name),
                offset: offset.parse().unwrap(),
                leader_epoch: LeaderEpoch(1),
                metadata: None,
                period,
            }
        };
        let offsets = offsets.split_whitespace().map(offset).collect();
        self.give(Input::Commit {
            call: CallId(call),
            offsets,
        })
    }

    pub(super) fn seek(&mut self, call: u64, partition: &str, to: SeekTo) -> Vec<String> {
        self.give(Input::Seek {
            call: CallId(call),
            partition: tp(partition),
            to,
        })
    }

    /// Stable, and the only partition `t-0` is being read from offset 5; the Fetch is open.
    pub(super) fn reading(config: MemberConfig) -> Self {
        let mut rig = Self::joined(config, 1);
        rig.reply(synced("t-0"));
        rig.release();
        rig.reply(offsets(&[("t-0", 5)]));
        assert!(rig.is_open("Fetch"));
        rig
    }

    /// Stable, with `t-0 t-1 t-2` and the guard released.
    pub(super) fn stable(config: MemberConfig) -> Self {
        let mut rig = Self::joined(config, 1);
        rig.reply(synced("t-0 t-1 t-2"));
        rig.release();
        assert_eq!(rig.member.state(), MemberState::Stable);
        rig
    }
}

pub(super) fn found(node: i32) -> FindCoordinatorResponse {
    let coordinator = Coordinator {
        node_id: NodeId(node),
        host: "h".into(),
        port: 9000 + node,
        ..Coordinator::default()
    };
    FindCoordinatorResponse {
        coordinators: vec![coordinator],
        ..FindCoordinatorResponse::default()
    }
}

pub(super) fn not_found(code: ErrorCode) -> FindCoordinatorResponse {
    let coordinator = Coordinator {
        error_code: code,
        ..Coordinator::default()
    };
    FindCoordinatorResponse {
        coordinators: vec![coordinator],
        ..FindCoordinatorResponse::default()
    }
}

pub(super) fn take_id(id: &str) -> JoinGroupResponse {
    let error_code = ErrorCode::MEMBER_ID_REQUIRED;
    JoinGroupResponse {
        error_code,
        member_id: MemberId::from(id),
        ..JoinGroupResponse::default()
    }
}

pub(super) fn join_error(error_code: ErrorCode) -> JoinGroupResponse {
    JoinGroupResponse {
        error_code,
        ..JoinGroupResponse::default()
    }
}

/// A follower's answer.
pub(super) fn follow(generation: i32, id: &str) -> JoinGroupResponse {
    JoinGroupResponse {
        generation_id: Generation(generation),
        protocol_type: Some("consumer".into()),
        protocol_name: Some("range".into()),
        leader: MemberId::from("somebody"),
        member_id: MemberId::from(id),
        ..JoinGroupResponse::default()
    }
}

/// The leader's answer: members with their topics.
pub(super) fn lead(generation: i32, id: &str, members: &[(&str, &str)]) -> JoinGroupResponse {
    let member = |&(id, topics): &(&str, &str)| JoinGroupMember {
        member_id: MemberId::from(id),
        metadata: Subscription {
            topics: topics.split_whitespace().map(TopicName::from).collect(),
            ..Subscription::default()
        }
        .encode(1)
        .unwrap(),
        ..JoinGroupMember::default()
    };
    let members = members.iter().map(member).collect();
    JoinGroupResponse {
        leader: MemberId::from(id),
        members,
        ..follow(generation, id)
    }
}

pub(super) fn synced(partitions: &str) -> SyncGroupResponse {
    let assignment = Assignment {
        partitions: tps(partitions),
        ..Assignment::default()
    };
    SyncGroupResponse {
        protocol_type: Some("consumer".into()),
        protocol_name: Some("range".into()),
        assignment: assignment.encode(0).unwrap(),
        ..SyncGroupResponse::default()
    }
}

pub(super) fn sync_error(error_code: ErrorCode) -> SyncGroupResponse {
    SyncGroupResponse {
        error_code,
        ..SyncGroupResponse::default()
    }
}

pub(super) fn heartbeat(error_code: ErrorCode) -> HeartbeatResponse {
    HeartbeatResponse {
        error_code,
        ..HeartbeatResponse::default()
    }
}

pub(super) fn left(error_code: ErrorCode) -> LeaveGroupResponse {
    LeaveGroupResponse {
        error_code,
        ..LeaveGroupResponse::default()
    }
}

/// Topics with so many partitions, all led by node 1 in epoch 1.
pub(super) fn topics(sizes: &[(&str, i32)]) -> MetadataResponse {
    let partition = |partition_index| MetadataPartition {
        partition_index,
        leader_id: NodeId(1),
        leader_epoch: LeaderEpoch(1),
        ..MetadataPartition::default()
    };
    let topic = |&(name, n): &(&str, i32)| MetadataTopic {
        name: Some(TopicName::from(name)),
        topic_id: topic_id(name),
        partitions: (0..n).map(partition).collect(),
        ..MetadataTopic::default()
    };
    MetadataResponse {
        topics: sizes.iter().map(topic).collect(),
        ..MetadataResponse::default()
    }
}

pub(super) fn no_topic(name: &str, error_code: ErrorCode) -> MetadataResponse {
    let topic = MetadataTopic {
        name: Some(TopicName::from(name)),
        error_code,
        ..MetadataTopic::default()
    };
    MetadataResponse {
        topics: vec![topic],
        ..MetadataResponse::default()
    }
}

/// An id made of the name.
pub(super) fn topic_id(name: &str) -> TopicId {
    let mut id = [0; 16];
    for (byte, from) in id.iter_mut().zip(name.bytes()) {
        *byte = from;
    }
    TopicId(id)
}

/// Every partition of the open commit gets `code`.
pub(super) fn committed(request: &OffsetCommitRequest, code: ErrorCode) -> OffsetCommitResponse {
    let partition = |partition: &OffsetCommitPartition| OffsetCommitResponsePartition {
        partition_index: partition.partition_index,
        error_code: code,
    };
    let topics = request.topics.iter().map(|topic| OffsetCommitResponseTopic {
        name: topic.name.clone(),
        topic_id: topic.topic_id,
        partitions: topic.partitions.iter().map(partition).collect(),
    });
    OffsetCommitResponse {
        topics: topics.collect(),
        ..OffsetCommitResponse::default()
    }
}

pub(super) fn offsets(committed: &[(&str, i64)]) -> OffsetFetchResponse {
    offsets_with(
        &committed
            .iter()
            .map(|&(name, offset)| (name, offset, ErrorCode::NONE))
            .collect::<Vec<_>>(),
    )
}

pub(super) fn offsets_with(committed: &[(&str, i64, ErrorCode)]) -> OffsetFetchResponse {
    let topic = |&(name, committed_offset, error_code): &(&str, i64, ErrorCode)| OffsetFetchResponseTopic {
        name: tp(name).topic,
        partitions: vec![OffsetFetchResponsePartition {
            partition_index: tp(name).partition,
            committed_offset,
            committed_leader_epoch: LeaderEpoch(if committed_offset < 0 { -1 } else { 1 }),
            error_code,
            ..OffsetFetchResponsePartition::default()
        }],
        ..OffsetFetchResponseTopic::default()
    };
    let topics = committed.iter().map(topic).collect();
    let group = OffsetFetchResponseGroup {
        topics,
        ..OffsetFetchResponseGroup::default()
    };
    OffsetFetchResponse {
        groups: vec![group],
        ..OffsetFetchResponse::default()
    }
}

pub(super) fn offsets_error(error_code: ErrorCode) -> OffsetFetchResponse {
    let group = OffsetFetchResponseGroup {
        error_code,
        ..OffsetFetchResponseGroup::default()
    };
    OffsetFetchResponse {
        groups: vec![group],
        ..OffsetFetchResponse::default()
    }
}

pub(super) fn listed(found: &[(&str, i64, ErrorCode)]) -> ListOffsetsResponse {
    let topic = |&(name, offset, error_code): &(&str, i64, ErrorCode)| ListOffsetsResponseTopic {
        name: tp(name).topic,
        partitions: vec![ListOffsetsResponsePartition {
            partition_index: tp(name).partition,
            offset,
            error_code,
            ..ListOffsetsResponsePartition::default()
        }],
    };
    ListOffsetsResponse {
        topics: found.iter().map(topic).collect(),
        ..ListOffsetsResponse::default()
    }
}

/// A partition without news.
pub(super) fn empty(name: &str) -> FetchedPartition {
    FetchedPartition {
        topic: TopicName::default(),
        topic_id: topic_id(tp(name).topic.as_str()),
        partition: tp(name).partition,
        error_code: ErrorCode::NONE,
        high_watermark: 1000,
        last_stable_offset: 1000,
        log_start_offset: 0,
        diverging_epoch: None,
        current_leader: None,
        preferred_read_replica: NodeId::NONE,
        records: None,
        corrupt: None,
    }
}

/// Records up to `next_offset`, 100 bytes.
pub(super) fn records(name: &str, ticket: u64, next_offset: i64) -> FetchedPartition {
    let records = FetchedRecords {
        ticket: Ticket(ticket),
        bytes: 100,
        next_offset,
        last_epoch: LeaderEpoch(1),
        visible: true,
    };
    FetchedPartition {
        records: Some(records),
        ..empty(name)
    }
}

/// Control records only.
pub(super) fn control(name: &str, ticket: u64, next_offset: i64) -> FetchedPartition {
    let mut partition = records(name, ticket, next_offset);
    partition.records.as_mut().unwrap().visible = false;
    partition
}

pub(super) fn fetch_error(name: &str, error_code: ErrorCode) -> FetchedPartition {
    FetchedPartition {
        error_code,
        high_watermark: -1,
        last_stable_offset: -1,
        log_start_offset: -1,
        ..empty(name)
    }
}

fn list<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    items
        .into_iter()
        .map(|item| item.to_string())
        .collect::<Vec<_>>()
        .join(" ")
}

fn show(output: &Output) -> String {
    match output {
        Output::Send {
            to, request, timeout, ..
        } => {
            let to = match to {
                Target::Any => "any".into(),
                Target::Node(node) => node.to_string(),
            };
            format!("{}@{to} {} ({timeout:?})", request.api(), show_request(request))
        }
        Output::Abandon(_) => "abandon".into(),
        Output::Learned { node, host, port } => format!("learned {node} {host}:{port}"),
        Output::Metadata { topics } => format!("metadata {}", list(topics)),
        Output::Deliver {
            ticket,
            partition,
            period,
            from,
        } => {
            format!("deliver {} {partition} from {from} in {}", ticket.0, period.0)
        }
        Output::Discard(ticket) => format!("discard {}", ticket.0),
        Output::Event(event) => show_event(event),
        Output::Done {
            call: CallId(call),
            result: Ok(()),
        } => format!("done {call}"),
        Output::Done {
            call: CallId(call),
            result: Err(error),
        } => format!("done {call}: {error}"),
        Output::Closed(Ok(())) => "closed".into(),
        Output::Closed(Err(error)) => format!("closed: {error}"),
    }
}

fn show_event(event: &Event) -> String {
    match event {
        Event::Assigned {
            partitions, period, ..
        } => format!("assigned {} in {}", list(partitions), period.0),
        Event::Revoking {
            partitions, deadline, ..
        } => format!("revoking {} by {deadline}", list(partitions)),
        Event::Lost { partitions } => format!("lost {}", list(partitions)),
        Event::Reset {
            partition,
            from,
            to,
            reason,
        } => format!("reset {partition} {from:?} to {to}: {reason}"),
        Event::Error(error) => format!("error: {error}"),
    }
}

fn show_request(request: &Request) -> String {
    match request {
        Request::FindCoordinator(find) => list(&find.keys),
        Request::JoinGroup(join) => format!("id={}", join.member_id),
        Request::SyncGroup(sync) => {
            let entry = |a: &kohort_protocol::api::sync_group::SyncGroupAssignment| {
                format!(
                    "{}=[{}]",
                    a.member_id,
                    list(Assignment::decode(&a.assignment).unwrap().partitions)
                )
            };
            format!(
                "{} g{} {}",
                sync.member_id,
                sync.generation_id,
                list(sync.assignments.iter().map(entry))
            )
        }
        Request::Heartbeat(beat) => format!("{} g{}", beat.member_id, beat.generation_id),
        Request::LeaveGroup(leave) => list(
            leave
                .members
                .iter()
                .map(|m| format!("{} {:?}", m.member_id, m.reason.as_deref().unwrap_or(""))),
        ),
        Request::OffsetCommit(commit) => {
            let mut offsets = Vec::new();
            for topic in &commit.topics {
                for p in &topic.partitions {
                    offsets.push(format!(
                        "{}-{}={}",
                        topic.name, p.partition_index, p.committed_offset
                    ));
                }
            }
            format!(
                "{} g{} {}",
                commit.member_id,
                commit.generation_id_or_member_epoch,
                list(offsets)
            )
        }
        Request::OffsetFetch(fetch) => {
            let mut names = Vec::new();
            for topic in fetch
                .groups
                .iter()
                .flat_map(|group| group.topics.iter().flatten())
            {
                names.extend(
                    topic
                        .partition_indexes
                        .iter()
                        .map(|p| format!("{}-{p}", topic.name)),
                );
            }
            list(names)
        }
        Request::ListOffsets(offsets) => {
            let mut names = Vec::new();
            for topic in &offsets.topics {
                for p in &topic.partitions {
                    names.push(format!("{}-{}@{}", topic.name, p.partition_index, p.timestamp));
                }
            }
            list(names)
        }
        Request::Fetch(fetch) => show_fetch(fetch),
        other => format!("{other:?}"),
    }
}

/// `s5/2 t-0@10 -t-1`: session 5, epoch 2, one partition added or moved, one forgotten.
fn show_fetch(fetch: &FetchRequest) -> String {
    let mut parts = vec![format!("s{}/{}", fetch.session_id, fetch.session_epoch)];
    for topic in &fetch.topics {
        parts.extend(
            topic
                .partitions
                .iter()
                .map(|p| format!("{}-{}@{}", topic.topic, p.partition, p.fetch_offset)),
        );
    }
    for topic in &fetch.forgotten_topics_data {
        parts.extend(topic.partitions.iter().map(|p| format!("-{}-{p}", topic.topic)));
    }
    list(parts)
}

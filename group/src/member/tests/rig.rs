//! A member on a bench: what comes out is shown as one short line per output, so that a test reads like a trace.

use std::fmt::Display;
use std::time::Duration;

use kohort_protocol::api::fetch::FetchRequest;
use kohort_protocol::api::metadata::MetadataResponse;
use kohort_protocol::api::{Request, Response};
use kohort_protocol::consumer_protocol::Assignment;
use kohort_protocol::{ErrorCode, LeaderEpoch, Timestamp};

use crate::member::{
    CallId, CommitOffset, Event, Failure, Fetched, FetchedPartition, GuardId, Input, Member, MemberConfig,
    MemberState, Output, Period, SeekTo, Target, Ticket, Token,
};

pub(super) use super::answers::*;

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

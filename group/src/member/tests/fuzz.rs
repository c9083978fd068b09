//! Anything may come in, in any order, from brokers that lie: the member does not panic, does not spin, forgets nobody who waits,
//! says nothing after its last word, and keeps the rules that `watch.rs` asks about. Equal inputs give equal outputs.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Bound, RangeBounds};
use std::time::Duration;

use bytes::Bytes;
use kohort_protocol::api::fetch::{CurrentLeader, EpochEndOffset};
use kohort_protocol::api::{Request, Response};
use kohort_protocol::{
    ErrorCode, Generation, GroupInstanceId, LeaderEpoch, MemberId, NodeId, Timestamp, TopicName,
    TopicPartition,
};

use super::answers::*;
use super::watch::Watch;
use crate::member::{
    AutoOffsetReset, CallId, CommitOffset, Event, Failure, Fetched, FetchedPartition, GuardId, Input, Member,
    MemberConfig, Output, Period, SeekTo, Ticket, Token,
};

/// Decides what comes in: the bytes of a fuzzer, then a generator.
struct Choices {
    bytes: Vec<u8>,
    rng: fastrand::Rng,
}

impl Choices {
    fn of(mut bytes: Vec<u8>, seed: u64) -> Self {
        bytes.reverse();
        let rng = fastrand::Rng::with_seed(seed);
        Self { bytes, rng }
    }

    /// One byte chooses among few, eight among many.
    fn below(&mut self, count: u64) -> u64 {
        let takes = if count <= 256 { 1 } else { 8 };
        let Some(left) = self.bytes.len().checked_sub(takes) else {
            return self.rng.u64(..count);
        };
        let taken = self.bytes.drain(left..);
        taken.fold(0, |number, byte| number << 8 | u64::from(byte)) % count
    }

    fn bool(&mut self) -> bool {
        self.below(2) == 1
    }
}

macro_rules! numbers {
    ($($number:ident)*) => {
        #[allow(
            clippy::cast_lossless,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "128 bits hold all of them"
        )]
        impl Choices {$(
            fn $number(&mut self, range: impl RangeBounds<$number>) -> $number {
                let first = match range.start_bound() {
                    Bound::Included(first) => *first,
                    _ => $number::MIN,
                };
                let last = match range.end_bound() {
                    Bound::Excluded(end) => *end - 1,
                    _ => $number::MAX,
                };
                let more = (last as i128 - first as i128) as u64;
                let chosen = self.below(more.checked_add(1).unwrap_or(u64::MAX));
                (first as i128 + chosen as i128) as $number
            }
        )*}
    };
}

numbers! { u8 i16 i32 i64 u64 usize }

struct Fuzz {
    rng: Choices,
    member: Member,
    now: Timestamp,
    open: Vec<(Token, Request)>,
    guards: Vec<GuardId>,
    delivered: Vec<Ticket>,
    tickets: u64,
    metadata: bool,
    calls: u64,
    waiting: BTreeSet<u64>,
    closed: bool,
    /// One answer in so many is a lie, or an error.
    honesty: u64,
    /// They answer at once, so that whatever is tried again without a pause is tried again and again.
    hasty: bool,
    generation: i32,
    /// Where each partition was fetched last.
    reading: BTreeMap<TopicPartition, i64>,
    watch: Watch,
    trace: Option<String>,
}

/// What led to a failure.
impl Drop for Fuzz {
    fn drop(&mut self) {
        if let (true, Some(trace)) = (std::thread::panicking(), &self.trace) {
            eprintln!("{trace}");
        }
    }
}

const NAMES: [&str; 5] = ["t-0", "t-1", "t-2", "u-0", "t--1"];

impl Fuzz {
    fn new(mut rng: Choices, trace: bool) -> Self {
        let policies = [
            AutoOffsetReset::Earliest,
            AutoOffsetReset::Latest,
            AutoOffsetReset::None,
        ];
        let config = MemberConfig {
            auto_commit_interval: rng.bool().then(|| Duration::from_millis(700)),
            max_poll_interval: Duration::from_secs(rng.u64(3..40)),
            group_instance_id: (rng.u8(..4) == 0).then(|| GroupInstanceId::from("i")),
            auto_offset_reset: policies[rng.usize(..3)],
            buffer_bytes: rng.usize(1..5000),
            max_partition_fetch_bytes: rng.i32(1..3000),
            fetch_max_bytes: rng.i32(1..3000),
            ..config()
        };
        let watch = Watch::new(&config);
        let honesty = [2, 6, 20, 80][rng.usize(..4)];
        let hasty = rng.u8(..4) == 0;
        let member = Member::new(config, rng.u64(..)).unwrap();
        Self {
            rng,
            member,
            watch,
            now: Timestamp::ZERO,
            open: Vec::new(),
            guards: Vec::new(),
            delivered: Vec::new(),
            tickets: 0,
            metadata: false,
            calls: 0,
            waiting: BTreeSet::new(),
            closed: false,
            honesty,
            hasty,
            generation: 0,
            reading: BTreeMap::new(),
            trace: trace.then(String::new),
        }
    }

    fn give(&mut self, input: Input) {
        if let Some(trace) = &mut self.trace {
            *trace += &format!("{} < {input:?}\n", self.now);
        }
        self.watch.sees_input(self.now, &input);
        self.member.handle(self.now, input);
        let mut sent = 0;
        while let Some(output) = self.member.poll() {
            if let Some(trace) = &mut self.trace {
                *trace += &format!("{} > {output:?}\n", self.now);
            }
            self.watch.sees_output(&output);
            assert!(
                !self.closed || matches!(output, Output::Done { .. }),
                "after its last word: {output:?}"
            );
            match output {
                Output::Send { token, request, .. } => {
                    sent += 1;
                    self.sent(token, request.into_request());
                }
                Output::Abandon(token) => self.open.retain(|(open, _)| *open != token),
                Output::Metadata { .. } => {
                    assert!(!self.metadata);
                    self.metadata = true;
                }
                Output::Event(Event::Assigned { guard, .. } | Event::Revoking { guard, .. }) => {
                    self.guards.push(guard);
                }
                Output::Deliver { ticket, .. } => self.delivered.push(ticket),
                Output::Done { call, .. } => assert!(self.waiting.remove(&call.0), "{call:?} answered twice"),
                Output::Closed(_) => self.closed = true,
                _ => {}
            }
        }
        assert!(sent < 20, "{sent} requests at once");
        assert!(self.open.len() < 30, "{:?}", self.open);
        self.watch.rests(self.closed);
        assert!(
            !self.closed || self.waiting.is_empty(),
            "forgotten: {:?}",
            self.waiting
        );
        let deadline = self.member.deadline();
        assert!(
            deadline.is_none_or(|at| at > self.now),
            "{deadline:?} at {}",
            self.now
        );
    }

    fn sent(&mut self, token: Token, request: Request) {
        if let Request::Fetch(fetch) = &request {
            for topic in &fetch.topics {
                for partition in &topic.partitions {
                    let name = TopicPartition::new(topic.topic.clone(), partition.partition);
                    self.reading.insert(name, partition.fetch_offset);
                }
            }
        }
        self.open.push((token, request));
    }

    fn lies(&mut self) -> bool {
        self.rng.below(self.honesty) == 0
    }

    fn code(&mut self) -> ErrorCode {
        if !self.lies() {
            return ErrorCode::NONE;
        }
        match self.rng.u8(..8) {
            0 => ErrorCode(self.rng.i16(..)),
            _ => ErrorCode::ALL[self.rng.usize(..ErrorCode::ALL.len())],
        }
    }

    fn name(&mut self) -> &'static str {
        NAMES[self.rng.usize(..NAMES.len())]
    }

    fn offset(&mut self) -> i64 {
        match self.rng.u8(..8) {
            0 if self.lies() => self.rng.i64(..),
            0 | 1 => -1,
            _ => self.rng.i64(0..60),
        }
    }

    /// Of what was asked for, mostly, or of something else.
    fn names<'a>(&mut self, asked: impl Iterator<Item = (&'a TopicName, i32)>) -> Vec<&'static str> {
        let is_asked = |name: &&&str, asked: &[(&TopicName, i32)]| {
            let name = tp(name);
            asked
                .iter()
                .any(|&(topic, partition)| *topic == name.topic && partition == name.partition)
        };
        let asked: Vec<_> = asked.collect();
        let asked = NAMES.iter().filter(|name| is_asked(name, &asked)).copied();
        let mut names: Vec<&str> = asked.collect();
        if self.lies() {
            names.pop();
            names.push(self.name());
        }
        names
    }

    fn id(&mut self) -> MemberId {
        MemberId::from(["", "m-1", "m-2"][self.rng.usize(..3)])
    }

    /// Mostly what the request asks for; sometimes an answer to something else.
    fn response(&mut self, request: &Request) -> Response {
        let code = self.code();
        self.generation += 1;
        let generation = if self.lies() {
            self.rng.i32(-1..5)
        } else {
            self.generation
        };
        match request {
            Request::FindCoordinator(_) if code.is_ok() => {
                let least = if self.lies() { -1 } else { 0 };
                found(self.rng.i32(least..4)).into()
            }
            Request::FindCoordinator(_) => not_found(code).into(),
            Request::JoinGroup(join) if code.is_ok() => {
                let id = if join.member_id.is_empty() {
                    self.id()
                } else {
                    join.member_id.clone()
                };
                let mut answer = match self.rng.u8(..6) {
                    0..=2 => follow(generation, id.as_str()),
                    3 | 4 => lead(generation, id.as_str(), &[(id.as_str(), "t"), ("m-2", "t u")]),
                    _ => take_id(id.as_str()),
                };
                if self.lies()
                    && let Some(member) = answer.members.first_mut()
                {
                    member.metadata = Bytes::from_static(b"\xff\xff\xff");
                }
                answer.skip_assignment = self.rng.u8(..4) == 0;
                answer.into()
            }
            Request::JoinGroup(_) => join_error(code).into(),
            Request::SyncGroup(_) if code.is_ok() => {
                let assignments = ["t-0 t-1", "t-0", "t-0 t-1 t-2", "", "u-0"];
                let all = if self.lies() { 5 } else { 4 };
                let mut answer = synced(assignments[self.rng.usize(..all)]);
                if self.lies() {
                    answer.assignment = Bytes::from_static(b"\0\0\x7f");
                }
                answer.into()
            }
            Request::SyncGroup(_) => sync_error(code).into(),
            Request::DescribeGroups(_) => {
                let (states, given) = (["Stable", "PreparingRebalance"], ["t-0", "t-0 t-1 t-2 u-0", ""]);
                described(states[self.rng.usize(..2)], &[given[self.rng.usize(..3)]], code).into()
            }
            Request::Heartbeat(_) => heartbeat(code).into(),
            Request::LeaveGroup(_) => left(code).into(),
            Request::OffsetCommit(commit) => {
                let mut answer = committed(commit, code);
                if self.lies() {
                    answer.topics.pop();
                }
                answer.into()
            }
            Request::OffsetFetch(_) if !code.is_ok() => offsets_error(code).into(),
            Request::OffsetFetch(request) => {
                let topics = request
                    .groups
                    .iter()
                    .flat_map(|group| group.topics.iter().flatten());
                let asked =
                    topics.flat_map(|topic| topic.partition_indexes.iter().map(|&p| (&topic.name, p)));
                let said = self.names(asked).into_iter();
                let said: Vec<_> = said.map(|name| (name, self.offset(), self.code())).collect();
                offsets_with(&said).into()
            }
            Request::ListOffsets(request) => {
                let topics = request.topics.iter();
                let asked = topics
                    .flat_map(|topic| topic.partitions.iter().map(|p| (&topic.name, p.partition_index)));
                let said = self.names(asked).into_iter();
                let said: Vec<_> = said.map(|name| (name, self.offset(), self.code())).collect();
                listed(&said).into()
            }
            _ => heartbeat(code).into(),
        }
    }

    fn fetched_partition(&mut self, name: &str) -> FetchedPartition {
        self.tickets += 1;
        let from = self.reading.get(&tp(name)).copied().unwrap_or(0);
        let next = if self.lies() {
            self.offset()
        } else {
            from.saturating_add(self.rng.i64(1..6))
        };
        let mut partition = match self.rng.u8(..12) {
            0 => fetch_error(name, self.code()),
            1 | 2 => control(name, self.tickets, next),
            3 => empty(name),
            _ => records(name, self.tickets, next),
        };
        if self.lies() {
            partition.corrupt = Some((self.offset(), "odd".into()));
        }
        if self.lies() {
            let epoch = LeaderEpoch(self.rng.i32(-2..4));
            partition.diverging_epoch = Some(EpochEndOffset {
                epoch,
                end_offset: self.offset(),
            });
        }
        if self.lies() {
            let leader_id = NodeId(self.rng.i32(-1..4));
            partition.current_leader = Some(CurrentLeader {
                leader_id,
                leader_epoch: LeaderEpoch(self.rng.i32(-1..4)),
            });
        }
        if self.lies() {
            partition.preferred_read_replica = NodeId(self.rng.i32(-2..4));
        }
        if let Some(records) = &mut partition.records {
            records.bytes = self.rng.usize(1..4000);
        }
        partition
    }

    fn answer(&mut self) {
        let at = self.rng.usize(..self.open.len());
        let (token, request) = if self.lies() {
            self.open[at].clone()
        } else {
            self.open.remove(at)
        };
        let failure = [
            Failure::Disconnected("x".into()),
            Failure::TimedOut,
            Failure::Malformed("y".into()),
        ];
        let failed = self.lies().then(|| failure[self.rng.usize(..3)].clone());
        if let Request::Fetch(fetch) = &request {
            let asked = fetch.topics.iter();
            let asked = asked.flat_map(|topic| topic.partitions.iter().map(|p| (&topic.topic, p.partition)));
            let mut names = self.names(asked);
            if names.is_empty() {
                names.extend((0..self.rng.usize(..3)).map(|_| NAMES[self.rng.usize(..3)]));
            }
            let partitions = names
                .into_iter()
                .map(|name| self.fetched_partition(name))
                .collect();
            let fetched = Fetched {
                error_code: self.code(),
                session_id: self.rng.i32(-1..3),
                partitions,
            };
            self.give(Input::Fetched {
                token,
                reply: failed.map_or(Ok(fetched), Err),
            });
        } else {
            let response = self.response(&request);
            self.give(Input::Reply {
                token,
                reply: failed.map_or(Ok(response), Err),
            });
        }
    }

    fn call(&mut self) -> CallId {
        self.calls += 1;
        self.waiting.insert(self.calls);
        CallId(self.calls)
    }

    fn act(&mut self) {
        let name = tp(self.name());
        let input = match self.rng.u8(..18) {
            0 => Input::Waiting(self.rng.bool()),
            1 => Input::Pause(vec![name]),
            2 => Input::Resume(vec![name]),
            3 => Input::Taken(Ticket(self.rng.u64(..self.tickets + 2))),
            4 => Input::Broken {
                ticket: Ticket(self.rng.u64(..self.tickets + 2)),
                offset: self.offset(),
                problem: "odd".into(),
            },
            5 => Input::Released {
                guard: GuardId(self.rng.u64(..6)),
                unwinding: self.rng.u8(..6) == 0,
            },
            6 => {
                let to = match self.rng.u8(..4) {
                    0 => SeekTo::Beginning,
                    1 => SeekTo::End,
                    2 => SeekTo::Timestamp(self.offset()),
                    _ => SeekTo::Offset(self.offset()),
                };
                Input::Seek {
                    call: self.call(),
                    partition: name,
                    to,
                }
            }
            7 | 8 => {
                let offsets = (0..self.rng.usize(..4)).map(|_| CommitOffset {
                    partition: tp(self.name()),
                    offset: self.offset(),
                    leader_epoch: LeaderEpoch(1),
                    metadata: None,
                    period: self.rng.bool().then(|| Period(self.rng.u64(..4))),
                });
                let offsets = offsets.collect();
                Input::Commit {
                    call: self.call(),
                    offsets,
                }
            }
            9 => Input::CommitProcessed { call: self.call() },
            10 if self.rng.u8(..4) == 0 => {
                let topics = [vec![], vec!["t"], vec!["t", "u"], vec!["bad name"]];
                Input::Subscribe(
                    topics[self.rng.usize(..4)]
                        .iter()
                        .map(|&topic| TopicName::from(topic))
                        .collect(),
                )
            }
            11 if self.rng.u8(..20) == 0 => {
                let deadline = self.now + Duration::from_millis(self.rng.u64(..3000));
                Input::Close {
                    commit: self.rng.bool(),
                    deadline,
                }
            }
            10..=14 if !self.guards.is_empty() => Input::Released {
                guard: self.guards.remove(0),
                unwinding: false,
            },
            12..=15 if !self.delivered.is_empty() => Input::Taken(self.delivered.remove(0)),
            16 => Input::Tick,
            _ => Input::Polled,
        };
        if self.watch.is_true(&input) {
            self.give(input);
        }
    }

    fn step(&mut self) {
        if self.hasty && !self.open.is_empty() && self.rng.u8(..8) > 0 {
            return self.answer();
        }
        match self.rng.u8(..12) {
            0..=4 if !self.open.is_empty() => self.answer(),
            5 if self.metadata => {
                self.metadata = false;
                let count = if self.lies() { self.rng.i32(0..4) } else { 3 };
                let mut answer = topics(&[("t", count), ("u", 1)]);
                (answer.error_code, answer.topics[0].error_code) = (self.code(), self.code());
                if self.lies() {
                    answer.topics[0].topic_id = topic_id("new");
                }
                let fails = self.lies();
                self.give(Input::Metadata(if fails {
                    Err(Failure::TimedOut)
                } else {
                    Ok(answer)
                }));
            }
            6 => {
                // Time passes, to the deadline or beyond it. A process that was suspended may find something else first than its clock.
                let to = self.member.deadline().unwrap_or(self.now);
                let (beyond, suspended) = match self.rng.u8(..6) {
                    0 => (self.rng.u64(..20_000), self.rng.bool()),
                    _ => (0, false),
                };
                self.now = self.now.max(to) + Duration::from_millis(beyond);
                if !suspended {
                    self.give(Input::Tick);
                }
            }
            _ => self.act(),
        }
    }

    /// Closes, and looks whether all was answered.
    fn end(mut self) -> Option<String> {
        if !self.closed {
            let deadline = self.now + Duration::from_secs(2);
            self.give(Input::Close {
                commit: true,
                deadline,
            });
            self.now = deadline;
            self.give(Input::Tick);
        }
        assert!(self.closed && self.waiting.is_empty(), "{:?}", self.waiting);
        assert_eq!(self.member.deadline(), None);
        assert_eq!(self.member.generation(), Generation::NONE);
        self.trace.take()
    }
}

fn run(seed: u64) -> Option<String> {
    let mut fuzz = Fuzz::new(Choices::of(Vec::new(), seed), true);
    fuzz.give(Input::Start);
    for _ in 0..400 {
        fuzz.step();
    }
    fuzz.end()
}

/// The same with a fuzzer's bytes, as long as there are any. (`fuzz/targets` includes this file.)
pub(super) fn follow_bytes(bytes: &[u8], trace: bool) -> Option<String> {
    let mut fuzz = Fuzz::new(Choices::of(bytes.to_vec(), 1), trace);
    fuzz.give(Input::Start);
    while !fuzz.rng.bytes.is_empty() {
        fuzz.step();
    }
    fuzz.end()
}

#[test]
fn whatever_comes_in_the_member_stays_sane() {
    let seeds = std::env::var("KOHORT_SEEDS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(300);
    for seed in 0..seeds {
        run(seed);
    }
}

#[test]
fn equal_inputs_give_equal_outputs() {
    for seed in 0..30 {
        assert!(run(seed) == run(seed), "seed {seed}");
    }
}

#[test]
fn bytes_decide_what_comes_in() {
    let bytes: Vec<u8> = (0..200).map(|n: u8| n.wrapping_mul(73)).collect();
    assert!(follow_bytes(&bytes, true) == follow_bytes(&bytes, true));
    assert!(follow_bytes(&bytes, true) != follow_bytes(&bytes[1..], true));
}

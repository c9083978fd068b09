//! The world between members and cluster: it moves messages, with latencies, and plays the application and the driver of each member.
//!
//! Connections are as the wire client's: one for each lane of each member and node, JoinGroup and SyncGroup on one of their own, given
//! up by reset. One seeded stream of randomness each for the world and for every member: a run is a function of its seed.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;
use std::time::Duration;

use kohort_broker::{
    ArrivedRequest, Closing, Cluster, Command, Config, ConnectionId, Input as ToCluster, Latencies,
    Output as FromCluster,
};
use kohort_group::Inbox;
use kohort_group::member::{
    Event, Failure, GuardId, Input, Member, MemberConfig, Output, Target, Ticket, Token,
};
use kohort_protocol::api::metadata::{MetadataRequest, MetadataRequestTopic};
use kohort_protocol::api::produce::{ProducePartition, ProduceRequest, ProduceTopic};
use kohort_protocol::api::{Request, Response};
use kohort_protocol::records::{BatchBuilder, Cursor, NewRecord};
use kohort_protocol::{ApiKey, GroupId, Lane, NodeId, Timestamp, TopicName, TopicPartition};

/// Something that will happen.
enum Later {
    /// A request reaches the cluster.
    Request(ArrivedRequest),
    /// A request that the broker had read long ago takes effect, whatever became of its connection.
    Late(ArrivedRequest),
    /// A response reaches the client.
    Response(ConnectionId, i32, Response),
    /// The client notices that its connection is gone.
    Broken(ConnectionId),
    /// A request is given up.
    TimedOut(ConnectionId, i32),
    /// The application of a member acts.
    Act(usize),
}

/// What waits for an answer: without a token, it is the driver's metadata request.
#[derive(Clone, Copy, PartialEq)]
struct Asked {
    token: Option<Token>,
    api: ApiKey,
}

struct Line {
    id: ConnectionId,
    member: usize,
    node: NodeId,
    lane: Lane,
    open: BTreeMap<i32, Asked>,
    /// Nothing overtakes anything on one connection.
    busy_until: Timestamp,
}

/// What a member's application is to be handed.
#[derive(Debug)]
enum Item {
    Records(Ticket, TopicPartition, i64),
    Event(Event),
}

pub(crate) struct Agent {
    pub(crate) member: Member,
    inbox: Inbox,
    items: VecDeque<Item>,
    /// The next wake-up of its application, if one is planned.
    acting: bool,
    pub(crate) frozen: bool,
    pub(crate) dead: bool,
    pub(crate) closed: bool,
    /// What it owns in the eyes of its application.
    pub(crate) owned: BTreeSet<TopicPartition>,
    /// What it was handed and has not come back from: lost with the process.
    hand: Vec<(TopicPartition, i64)>,
    /// Where the application must read on, by partition, in this period.
    next: BTreeMap<TopicPartition, i64>,
    pub(crate) errors: Vec<String>,
    pub(crate) resets: Vec<String>,
    pub(crate) lost: usize,
    pub(crate) assigned: usize,
    pub(crate) revoked: usize,
    pub(crate) done: BTreeMap<u64, bool>,
    /// How long it works on what it was handed.
    pub(crate) work: Duration,
}

pub(crate) struct World {
    pub(crate) now: Timestamp,
    pub(crate) cluster: Cluster,
    pub(crate) agents: Vec<Agent>,
    later: BTreeMap<(Timestamp, u64), Later>,
    lines: BTreeMap<ConnectionId, Line>,
    sequence: u64,
    connections: u64,
    correlations: i32,
    rng: fastrand::Rng,
    /// How often each record was handed out and worked on.
    pub(crate) seen: BTreeMap<(TopicPartition, i64), u32>,
    pub(crate) produced: BTreeMap<TopicPartition, i64>,
    /// Every output of every member, for comparing runs.
    pub(crate) trace: String,
    pub(crate) traced: bool,
    /// Requests sent, by API.
    pub(crate) sent: BTreeMap<ApiKey, u32>,
    /// The next commit hangs in its broker for so long.
    pub(crate) hold_commit: Option<Duration>,
    /// Overlapping ownership is an error unless a member was frozen or cut off.
    pub(crate) strict: bool,
}

pub(crate) const GROUP: &str = "g";

pub(crate) fn config(topics: &[&str]) -> MemberConfig {
    MemberConfig {
        session_timeout: Duration::from_secs(6),
        heartbeat_interval: Duration::from_millis(500),
        auto_commit_interval: Some(Duration::from_millis(300)),
        auto_offset_reset: kohort_group::member::AutoOffsetReset::Earliest,
        max_partition_fetch_bytes: 2000,
        ..MemberConfig::new(
            GroupId::from(GROUP),
            topics.iter().map(|&topic| TopicName::from(topic)).collect(),
        )
    }
}

impl World {
    pub(crate) fn new(seed: u64, latencies: Latencies) -> Self {
        let config = Config {
            nodes: 3,
            seed,
            latencies,
            auto_create_topics: false,
            ..Config::default()
        };
        Self {
            now: Timestamp::ZERO,
            cluster: Cluster::new(config),
            agents: Vec::new(),
            later: BTreeMap::new(),
            lines: BTreeMap::new(),
            sequence: 0,
            connections: 0,
            correlations: 0,
            rng: fastrand::Rng::with_seed(seed),
            seen: BTreeMap::new(),
            produced: BTreeMap::new(),
            trace: String::new(),
            traced: false,
            sent: BTreeMap::new(),
            hold_commit: None,
            strict: true,
        }
    }

    pub(crate) fn command(&mut self, command: Command) {
        self.cluster.handle(self.now, ToCluster::Command(command));
        self.drain_cluster();
    }

    pub(crate) fn topic(&mut self, topic: &str, partitions: i32) {
        self.command(Command::CreateTopic {
            topic: TopicName::from(topic),
            partitions,
        });
    }

    /// `count` records for each partition, straight to its leader.
    pub(crate) fn produce(&mut self, topic: &str, partitions: i32, count: i32) {
        for partition in 0..partitions {
            let mut batch = BatchBuilder::new();
            for i in 0..count {
                let value = i.to_be_bytes();
                batch
                    .push(&NewRecord {
                        value: Some(&value),
                        ..NewRecord::default()
                    })
                    .unwrap();
            }
            let records = Some(batch.finish().unwrap());
            let node = self.cluster.leader(topic, partition).expect("a leader");
            let partition_data = vec![ProducePartition {
                index: partition,
                records,
            }];
            let topic_data = vec![ProduceTopic {
                name: TopicName::from(topic),
                partition_data,
                ..ProduceTopic::default()
            }];
            let request = ProduceRequest {
                acks: 1,
                timeout_ms: 1000,
                topic_data,
                ..ProduceRequest::default()
            };
            let connection = self.open_raw(node);
            let request = ArrivedRequest {
                node,
                connection,
                correlation_id: 0,
                version: 9,
                client_id: None,
                request: request.into(),
            };
            self.cluster.handle(self.now, ToCluster::Request(request));
            self.drain_cluster();
            self.cluster.handle(
                self.now,
                ToCluster::Closed {
                    node,
                    connection,
                    how: Closing::Reset,
                },
            );
            *self
                .produced
                .entry(TopicPartition::new(topic, partition))
                .or_default() += i64::from(count);
        }
    }

    fn open_raw(&mut self, node: NodeId) -> ConnectionId {
        self.connections += 1;
        let connection = ConnectionId(self.connections);
        self.cluster.handle(
            self.now,
            ToCluster::Opened {
                node,
                connection,
                client_host: "/127.0.0.1".into(),
            },
        );
        connection
    }

    /// A new member, started.
    pub(crate) fn member(&mut self, config: MemberConfig) -> usize {
        let index = self.agents.len();
        let agent = Agent {
            member: Member::new(config, 1000 + index as u64).unwrap(),
            inbox: Inbox::default(),
            items: VecDeque::new(),
            acting: false,
            frozen: false,
            dead: false,
            closed: false,
            owned: BTreeSet::new(),
            hand: Vec::new(),
            next: BTreeMap::new(),
            errors: Vec::new(),
            resets: Vec::new(),
            lost: 0,
            assigned: 0,
            revoked: 0,
            done: BTreeMap::new(),
            work: Duration::from_millis(2),
        };
        self.agents.push(agent);
        self.give(index, Input::Start);
        self.give(index, Input::Polled);
        self.give(index, Input::Waiting(true));
        index
    }

    pub(crate) fn give(&mut self, index: usize, input: Input) {
        if self.agents[index].dead || self.agents[index].frozen {
            return;
        }
        self.agents[index].member.handle(self.now, input);
        self.drain_member(index);
    }

    fn drain_member(&mut self, index: usize) {
        while let Some(output) = self.agents[index].member.poll() {
            if self.traced {
                writeln!(self.trace, "{} {index} {output:?}", self.now).unwrap();
            }
            self.perform(index, output);
        }
        let deadline = self.agents[index].member.deadline();
        assert!(
            deadline.is_none_or(|at| at > self.now),
            "member {index} would spin: {deadline:?} at {}",
            self.now
        );
    }

    fn perform(&mut self, index: usize, output: Output) {
        match output {
            Output::Send {
                token,
                to,
                lane,
                request,
                timeout,
            } => {
                self.send(index, Some(token), to, lane, request.into_request(), timeout);
            }
            Output::Abandon(token) => self.abandon(index, token),
            Output::Metadata { topics } => {
                let topic = |name| MetadataRequestTopic {
                    name: Some(name),
                    ..MetadataRequestTopic::default()
                };
                let topics = Some(topics.into_iter().map(topic).collect());
                let request = MetadataRequest {
                    topics,
                    ..MetadataRequest::default()
                };
                self.send(
                    index,
                    None,
                    Target::Any,
                    Lane::Other,
                    request.into(),
                    Duration::from_secs(30),
                );
            }
            Output::Learned { .. } => {}
            Output::Deliver {
                ticket,
                partition,
                from,
                ..
            } => {
                self.agents[index]
                    .items
                    .push_back(Item::Records(ticket, partition, from));
                self.wake(index, Duration::ZERO);
            }
            Output::Discard(ticket) => {
                let agent = &mut self.agents[index];
                agent
                    .items
                    .retain(|item| !matches!(item, Item::Records(t, ..) if *t == ticket));
                agent.inbox.take(ticket);
            }
            Output::Event(event) => {
                self.agents[index].items.push_back(Item::Event(event));
                self.wake(index, Duration::ZERO);
            }
            Output::Done { call, result } => {
                let before = self.agents[index].done.insert(call.0, result.is_ok());
                assert!(before.is_none(), "call {call:?} was answered twice");
            }
            Output::Closed(result) => {
                let agent = &mut self.agents[index];
                agent.closed = true;
                agent.owned.clear();
                if let Err(error) = result {
                    agent.errors.push(error.to_string());
                }
            }
            other => panic!("unknown output {other:?}"),
        }
    }

    // ---- the wire

    fn plan(&mut self, at: Timestamp, later: Later) {
        self.sequence += 1;
        self.later.insert((at, self.sequence), later);
    }

    fn latency(&mut self) -> Duration {
        Duration::from_micros(self.rng.u64(200..3000))
    }

    fn send(
        &mut self,
        member: usize,
        token: Option<Token>,
        to: Target,
        lane: Lane,
        request: Request,
        timeout: Duration,
    ) {
        *self.sent.entry(request.api()).or_default() += 1;
        let node = match to {
            Target::Node(node) => node,
            Target::Any => {
                let nodes: Vec<NodeId> = self.cluster.node_ids().collect();
                nodes[self.rng.usize(..nodes.len())]
            }
        };
        let shared = self
            .lines
            .values()
            .find(|line| line.member == member && line.node == node && line.lane == lane);
        let id = match shared.filter(|_| lane != Lane::Join) {
            Some(line) => line.id,
            None => {
                let id = self.open_raw(node);
                let open = BTreeMap::new();
                self.lines.insert(
                    id,
                    Line {
                        id,
                        member,
                        node,
                        lane,
                        open,
                        busy_until: self.now,
                    },
                );
                id
            }
        };
        self.correlations += 1;
        let correlation_id = self.correlations;
        let at = self.now + self.latency();
        let line = self.lines.get_mut(&id).unwrap();
        line.busy_until = line.busy_until.max(at);
        line.open.insert(
            correlation_id,
            Asked {
                token,
                api: request.api(),
            },
        );
        let at = line.busy_until;
        let client_id = Some(format!("member-{member}"));
        let version = version(request.api());
        let request = ArrivedRequest {
            node,
            connection: id,
            correlation_id,
            version,
            client_id,
            request,
        };
        match self
            .hold_commit
            .take_if(|_| matches!(request.request, Request::OffsetCommit(_)))
        {
            Some(hold) => self.plan(self.now + hold, Later::Late(request)),
            None => self.plan(at, Later::Request(request)),
        }
        self.plan(self.now + timeout, Later::TimedOut(id, correlation_id));
    }

    fn abandon(&mut self, member: usize, token: Token) {
        let is_it = |asked: &Asked| asked.token == Some(token);
        let found = self
            .lines
            .values()
            .find(|line| line.member == member && line.open.values().any(is_it));
        if let Some(id) = found.map(|line| line.id) {
            self.lines
                .get_mut(&id)
                .unwrap()
                .open
                .retain(|_, asked| !is_it(asked));
            self.break_line(id, &Failure::Disconnected("the connection was reset".into()));
        }
    }

    /// The client gives up a connection: whoever waits on it is told.
    fn break_line(&mut self, id: ConnectionId, why: &Failure) {
        let Some(line) = self.lines.remove(&id) else {
            return;
        };
        self.cluster.handle(
            self.now,
            ToCluster::Closed {
                node: line.node,
                connection: id,
                how: Closing::Reset,
            },
        );
        self.drain_cluster();
        for asked in line.open.into_values() {
            self.answer(line.member, asked, Err(why.clone()));
        }
    }

    fn answer(&mut self, member: usize, asked: Asked, reply: Result<Response, Failure>) {
        let Some(token) = asked.token else {
            let metadata = reply.map(|response| match response {
                Response::Metadata(metadata) => metadata,
                other => panic!("metadata was answered by {other:?}"),
            });
            return self.give(member, Input::Metadata(metadata));
        };
        match reply {
            Ok(Response::Fetch(fetch)) => {
                let fetched = self.agents[member].inbox.put(fetch, true);
                self.give(
                    member,
                    Input::Fetched {
                        token,
                        reply: Ok(fetched),
                    },
                );
            }
            Err(failure) if asked.api == ApiKey::Fetch => {
                self.give(
                    member,
                    Input::Fetched {
                        token,
                        reply: Err(failure),
                    },
                );
            }
            reply => self.give(member, Input::Reply { token, reply }),
        }
    }

    fn drain_cluster(&mut self) {
        while let Some(output) = self.cluster.poll() {
            match output {
                FromCluster::Reply {
                    connection,
                    correlation_id,
                    response,
                    ..
                } => {
                    let at = self.now + self.latency();
                    if let Some(line) = self.lines.get_mut(&connection) {
                        line.busy_until = line.busy_until.max(at);
                        let at = line.busy_until;
                        self.plan(at, Later::Response(connection, correlation_id, response));
                    }
                }
                FromCluster::Close { connection, .. } => {
                    let at = self.now + self.latency();
                    self.plan(at, Later::Broken(connection));
                }
                _ => {}
            }
        }
    }

    fn happen(&mut self, later: Later) {
        match later {
            Later::Request(request) => {
                if self.lines.contains_key(&request.connection) {
                    self.cluster.handle(self.now, ToCluster::Request(request));
                }
            }
            Later::Late(request) => {
                let connection = self.open_raw(request.node);
                self.cluster.handle(
                    self.now,
                    ToCluster::Request(ArrivedRequest {
                        connection,
                        ..request
                    }),
                );
            }
            Later::Response(id, correlation_id, response) => {
                let Some(line) = self.lines.get_mut(&id) else {
                    return;
                };
                let Some(asked) = line.open.remove(&correlation_id) else {
                    return;
                };
                let member = line.member;
                if self.agents[member].frozen {
                    // It lies in the socket until the process wakes.
                    line.open.insert(correlation_id, asked);
                    let at = self.now + Duration::from_millis(50);
                    return self.plan(at, Later::Response(id, correlation_id, response));
                }
                self.answer(member, asked, Ok(response));
            }
            Later::Broken(id) => {
                if let Some(line) = self.lines.get(&id)
                    && self.agents[line.member].frozen
                {
                    let at = self.now + Duration::from_millis(50);
                    return self.plan(at, Later::Broken(id));
                }
                self.break_line(
                    id,
                    &Failure::Disconnected("the broker closed the connection".into()),
                );
            }
            Later::TimedOut(id, correlation_id) => {
                if self
                    .lines
                    .get(&id)
                    .is_some_and(|line| line.open.contains_key(&correlation_id))
                {
                    let member = self.lines[&id].member;
                    if self.agents[member].frozen {
                        let at = self.now + Duration::from_millis(50);
                        return self.plan(at, Later::TimedOut(id, correlation_id));
                    }
                    let asked = self
                        .lines
                        .get_mut(&id)
                        .unwrap()
                        .open
                        .remove(&correlation_id)
                        .unwrap();
                    self.break_line(id, &Failure::Disconnected("given up with another request".into()));
                    self.answer(member, asked, Err(Failure::TimedOut));
                }
            }
            Later::Act(index) => self.act(index),
        }
    }

    // ---- the application

    fn wake(&mut self, index: usize, after: Duration) {
        if !self.agents[index].acting {
            self.agents[index].acting = true;
            self.plan(self.now + after, Later::Act(index));
        }
    }

    /// The application comes back for the next thing and works on it.
    fn act(&mut self, index: usize) {
        self.agents[index].acting = false;
        if self.agents[index].dead || self.agents[index].closed {
            return;
        }
        if self.agents[index].frozen {
            return self.wake(index, Duration::from_millis(50));
        }
        self.give(index, Input::Waiting(false));
        self.give(index, Input::Polled);
        for record in std::mem::take(&mut self.agents[index].hand) {
            *self.seen.entry(record).or_default() += 1;
        }
        match self.agents[index].items.pop_front() {
            None => self.give(index, Input::Waiting(true)),
            Some(Item::Records(ticket, partition, from)) => {
                self.give(index, Input::Taken(ticket));
                self.read(index, ticket, &partition, from);
                let work = self.agents[index].work;
                self.wake(index, work);
            }
            Some(Item::Event(event)) => {
                self.observe(index, event);
                self.wake(index, Duration::ZERO);
            }
        }
    }

    fn read(&mut self, index: usize, ticket: Ticket, partition: &TopicPartition, from: i64) {
        let agent = &mut self.agents[index];
        let payload = agent
            .inbox
            .take(ticket)
            .expect("the records of a ticket that was delivered");
        assert!(
            agent.owned.contains(partition),
            "member {index} was handed records of {partition}, which it does not own"
        );
        let mut cursor = Cursor::new(payload.records, from);
        while let Some(record) = cursor.next() {
            let offset = record.unwrap().offset();
            let next = agent.next.entry(partition.clone()).or_insert(offset);
            assert_eq!(
                *next, offset,
                "S08, S09: member {index} read {partition} out of order"
            );
            *next = offset + 1;
            agent.hand.push((partition.clone(), offset));
        }
    }

    fn observe(&mut self, index: usize, event: Event) {
        match event {
            Event::Assigned {
                guard, partitions, ..
            } => {
                self.agents[index].assigned += 1;
                self.agents[index].next.clear();
                for partition in &partitions {
                    let others = self
                        .agents
                        .iter()
                        .enumerate()
                        .filter(|(i, agent)| *i != index && agent.owned.contains(partition));
                    let owners: Vec<usize> = others.map(|(i, _)| i).collect();
                    assert!(
                        !self.strict || owners.is_empty(),
                        "S01: {partition} given to {index} while {owners:?} own it"
                    );
                }
                self.agents[index].owned = partitions.into_iter().collect();
                self.release(index, guard);
            }
            Event::Revoking { guard, .. } => {
                self.agents[index].revoked += 1;
                self.agents[index].owned.clear();
                self.release(index, guard);
            }
            Event::Lost { .. } => {
                self.agents[index].lost += 1;
                self.agents[index].owned.clear();
            }
            Event::Reset {
                partition, reason, ..
            } => self.agents[index].resets.push(format!("{partition}: {reason}")),
            Event::Error(error) => self.agents[index].errors.push(error.to_string()),
            other => panic!("unknown event {other:?}"),
        }
    }

    fn release(&mut self, index: usize, guard: GuardId) {
        self.give(
            index,
            Input::Released {
                guard,
                unwinding: false,
            },
        );
    }

    // ---- time

    fn next_event(&self) -> Option<Timestamp> {
        let members = self
            .agents
            .iter()
            .filter(|agent| !agent.dead && !agent.frozen)
            .filter_map(|agent| agent.member.deadline());
        let later = self.later.keys().next().map(|&(at, _)| at);
        members.chain(later).chain(self.cluster.deadline()).min()
    }

    pub(crate) fn run_until(&mut self, until: Timestamp) {
        while let Some(at) = self.next_event().filter(|&at| at <= until) {
            self.now = self.now.max(at);
            if let Some(later) = self.later.first_entry().filter(|entry| entry.key().0 <= self.now) {
                let later = later.remove();
                self.happen(later);
            }
            self.cluster.handle(self.now, ToCluster::Tick);
            self.drain_cluster();
            for index in 0..self.agents.len() {
                if self.agents[index]
                    .member
                    .deadline()
                    .is_some_and(|at| at <= self.now)
                {
                    self.give(index, Input::Tick);
                }
            }
        }
        self.now = until;
    }

    pub(crate) fn run(&mut self, time: Duration) {
        self.run_until(self.now + time);
    }

    pub(crate) fn run_ms(&mut self, millis: u64) {
        self.run(Duration::from_millis(millis));
    }

    /// Runs until `done`, at most for a minute.
    pub(crate) fn run_while(&mut self, what: &str, busy: impl Fn(&Self) -> bool) {
        let limit = self.now + Duration::from_secs(60);
        while busy(self) {
            assert!(self.now < limit, "{what}: not within a minute; {}", self.state());
            self.run_ms(10);
        }
    }

    // ---- what can be asked

    pub(crate) fn state(&self) -> String {
        let mut text = format!("at {}:", self.now);
        for (i, agent) in self.agents.iter().enumerate() {
            let m = &agent.member;
            write!(
                text,
                " [{i} {:?} {} g{} owns {:?} errors {:?} positions {:?}]",
                m.state(),
                m.member_id(),
                m.generation(),
                agent.owned,
                agent.errors,
                m.positions()
                    .map(|p| (p.partition.to_string(), p.delivered, p.committed))
                    .collect::<Vec<_>>()
            )
            .unwrap();
        }
        text
    }

    pub(crate) fn unread(&self) -> usize {
        let all = self
            .produced
            .iter()
            .flat_map(|(name, &end)| (0..end).map(move |offset| (name.clone(), offset)));
        all.filter(|record| !self.seen.contains_key(record)).count()
    }

    pub(crate) fn duplicates(&self) -> u32 {
        self.seen.values().map(|&times| times - 1).sum()
    }

    pub(crate) fn committed(&self, partition: &TopicPartition) -> Option<i64> {
        self.cluster
            .committed(&GroupId::from(GROUP), partition)
            .map(|committed| committed.offset)
    }

    /// Runs until everything is read and committed.
    pub(crate) fn run_until_all_is_read(&mut self) {
        self.run_while("all is read", |world| world.unread() > 0);
        let ends: Vec<(TopicPartition, i64)> = self
            .produced
            .iter()
            .map(|(name, &end)| (name.clone(), end))
            .collect();
        self.run_while("all is committed", |world| {
            ends.iter().any(|(name, end)| world.committed(name) != Some(*end))
        });
    }

    pub(crate) fn is_stable(&self, members: &[usize], partitions: usize) -> bool {
        let owned: usize = members.iter().map(|&i| self.agents[i].owned.len()).sum();
        owned == partitions
            && members
                .iter()
                .all(|&i| format!("{:?}", self.agents[i].member.state()) == "Stable")
    }

    pub(crate) fn run_until_stable(&mut self, members: &[usize], partitions: usize) {
        self.run_while("the group is stable", |world| {
            !world.is_stable(members, partitions)
        });
    }

    pub(crate) fn generation(&self) -> i32 {
        self.cluster
            .group(&GroupId::from(GROUP))
            .map_or(-1, |group| group.generation.0)
    }

    /// The application went elsewhere: what it reads next need not follow what it read last.
    pub(crate) fn forget_order(&mut self, index: usize) {
        self.agents[index].next.clear();
    }
}

fn version(api: ApiKey) -> i16 {
    match api {
        ApiKey::JoinGroup | ApiKey::OffsetCommit | ApiKey::OffsetFetch => 9,
        ApiKey::SyncGroup | ApiKey::LeaveGroup => 5,
        ApiKey::Heartbeat | ApiKey::FindCoordinator => 4,
        ApiKey::ListOffsets => 8,
        ApiKey::Fetch => 13,
        ApiKey::Metadata => 12,
        other => panic!("no version for {other}"),
    }
}

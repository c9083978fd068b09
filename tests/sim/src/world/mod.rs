//! The world: one heap of (time, number, event), the processes, the links between them and the cluster, and the cluster.
//!
//! It decides in which order things happen and nothing else: what a member or a broker does is theirs, what is right is the oracle's.

mod agent;
mod answers;
mod application;
mod bytes;
mod distort;
mod disturb;
mod ends;
mod idleness;
mod links;
mod logs;
mod present;
mod producer;
mod requests;
mod restart;
mod starving;
mod stranger;
mod tear;
mod wishes;

use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::time::Duration;

use kohort_broker::{
    ArrivedRequest, Closing, Cluster, Command, Config, ConnectionId, GroupState, Input as ToCluster,
    Latencies,
};
use kohort_group::member::{CommitOffset, Failure, Input};
use kohort_protocol::api::Response;
use kohort_protocol::{Generation, GroupId, NodeId, Timestamp, TopicName, TopicPartition};

use crate::history::{Process, What};
use crate::oracle::{Oracle, Violation, forget_topics};
use crate::plan::{GROUP, NAMES, Plan};
use crate::planted::Doors;
use crate::random::stream;
use crate::sometimes::Sometimes;
use crate::trace::Trace;

pub use agent::{Agent, Life};
pub use application::{Application, Habits};
use bytes::Wire;
use links::{Asked, Links};

/// More events than this in one run are a hot loop somewhere.
const TOO_MANY: u64 = 20_000_000;

/// Something that will happen.
enum Later {
    /// A request reaches its node; whether it had to wait for a silent link.
    Arrive(ArrivedRequest, bool),
    /// A commit that hung on its way takes effect.
    Land(u64),
    /// A response reaches the process.
    Respond(ConnectionId, i32, Response),
    /// The process notices that its connection is gone, and why.
    Broken(ConnectionId, String),
    /// The node notices that a connection is gone.
    Ended(NodeId, ConnectionId, Closing),
    /// Perhaps nothing has passed by this connection for too long.
    Idle(NodeId, ConnectionId),
    /// The process waits no longer for a request.
    TimedOut(ConnectionId, i32),
    /// The end of a request that was decided on the process's side.
    Tell(usize, Asked, Failure),
    /// An application goes on; the number says whether this wake-up still counts.
    Act(usize, u64),
    /// The worker of an application is done with what that was handed a while ago.
    WorkDone(usize, CommitOffset),
    /// The fault with this number happens.
    Fault(usize),
    /// A fault ends.
    End(ends::End),
    /// Records are written.
    Produce,
}

struct Planned {
    at: Timestamp,
    number: u64,
    /// Large, and moved about in the heap.
    later: Box<Later>,
}

impl PartialEq for Planned {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Planned {}

impl PartialOrd for Planned {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Planned {
    /// The earliest is the greatest, as a heap wants it.
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (other.at, other.number).cmp(&(self.at, self.number))
    }
}

/// See the head of this file.
pub struct World {
    /// The time.
    pub now: Timestamp,
    /// The brokers.
    pub cluster: Cluster,
    /// All processes there ever were.
    pub agents: Vec<Agent>,
    /// The judge.
    pub oracle: Oracle,
    /// Which situations were reached.
    pub sometimes: Sometimes,
    /// What happened, line by line if wanted, and its hash.
    pub trace: Trace,
    /// How many things happened.
    pub events: u64,
    /// How many faults did.
    pub faults: u64,
    plan: Plan,
    heap: BinaryHeap<Planned>,
    number: u64,
    links: Links,
    doors: Doors,
    wire: Wire,
    disturbances: present::Disturbances,
    distortions: distort::Distortions,
    producer: producer::Producer,
    stranger: Option<stranger::Stranger>,
    cluster_deadline: Option<Timestamp>,
    /// When machines want to be called. Those that cannot be called at present are passed over.
    deadlines: BTreeSet<(Timestamp, usize)>,
    group: GroupId,
    /// What the oracle was told last.
    committed: Vec<(TopicPartition, Option<i64>)>,
    commit_changes: u64,
    standing: Option<(GroupState, Generation)>,
}

impl World {
    /// A world that follows `plan`, with `doors` in front of its machines. Nothing has happened yet.
    #[must_use]
    pub fn new(plan: Plan, doors: Doors) -> Self {
        let config = Config {
            nodes: 3,
            seed: stream(plan.seed, "cluster").u64(..),
            release: plan.release,
            latencies: Latencies::KAFKA,
            auto_create_topics: false,
            group_max_size: match plan.room {
                0 => Config::default().group_max_size,
                room => room,
            },
            ..Config::default()
        };
        let mut world = Self {
            now: Timestamp::ZERO,
            cluster: Cluster::new(config),
            agents: Vec::new(),
            oracle: Oracle::new(&plan),
            sometimes: Sometimes::default(),
            trace: Trace::default(),
            events: 0,
            faults: 0,
            heap: BinaryHeap::new(),
            number: 0,
            links: Links::default(),
            doors,
            wire: Wire::new(plan.seed),
            disturbances: present::Disturbances::new(plan.members.len()),
            distortions: distort::Distortions::default(),
            producer: producer::Producer::new(plan.seed),
            stranger: None,
            cluster_deadline: None,
            deadlines: BTreeSet::new(),
            group: GroupId::from(GROUP),
            committed: Vec::new(),
            commit_changes: 0,
            standing: None,
            plan,
        };
        forget_topics();
        for (number, topic) in NAMES.iter().enumerate() {
            if world.plan.topics.names().any(|name| name == *topic) {
                world.create_topic(topic, world.plan.partitions_of(number));
            }
        }
        world.begin();
        world
    }

    /// The first things that will happen.
    fn begin(&mut self) {
        for member in 0..self.plan.members.len() {
            let at = Timestamp::ZERO + self.plan.members[member].start;
            self.plan_at(at, Later::End(ends::End::Return(member)));
        }
        for fault in 0..self.plan.faults.len() {
            self.plan_at(self.plan.faults[fault].at, Later::Fault(fault));
        }
        self.plan_at(Timestamp::ZERO, Later::Produce);
    }

    fn watch_partitions(&mut self, topic: &str, count: i32) {
        let known = |all: &[(TopicPartition, _)], new: &TopicPartition| all.iter().any(|(one, _)| one == new);
        for partition in (0..count).map(|partition| TopicPartition::new(topic, partition)) {
            if !known(&self.committed, &partition) {
                self.committed.push((partition, None));
            }
        }
    }

    fn partitions_of(&self, topic: &str) -> i32 {
        let of_it = self
            .partitions()
            .filter(|partition| partition.topic.as_str() == topic);
        i32::try_from(of_it.count()).unwrap_or(i32::MAX)
    }

    /// All partitions of all topics that there are.
    pub fn partitions(&self) -> impl Iterator<Item = &TopicPartition> {
        let all = self.committed.iter().map(|(partition, _)| partition);
        all.filter(|partition| self.bounds(partition).is_some())
    }

    /// First offset of a partition's log and the one after its last.
    #[must_use]
    pub fn bounds(&self, partition: &TopicPartition) -> Option<(i64, i64)> {
        self.cluster
            .log_bounds(partition.topic.as_str(), partition.partition)
    }

    /// The plan it follows.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Operates the cluster.
    pub fn command(&mut self, command: Command) {
        if let Command::Start(node) = command {
            *self.links.starts.entry(node).or_default() += 1;
        }
        self.tell_cluster(ToCluster::Command(command));
    }

    fn plan_at(&mut self, at: Timestamp, later: Later) {
        self.number += 1;
        self.heap.push(Planned {
            at,
            number: self.number,
            later: Box::new(later),
        });
    }

    fn plan_in(&mut self, span: Duration, later: Later) {
        self.plan_at(self.now + span, later);
    }

    /// Writes it into the history and lets the oracle judge.
    fn see(&mut self, process: Option<Process>, what: &What<'_>) {
        self.trace.note(self.now, process, what, &self.agents);
        self.sometimes.see(self.now, process, what, self.oracle.ghost());
        self.oracle.see(self.now, &self.cluster, process, what);
    }

    // ---- time

    fn next(&self) -> Option<Timestamp> {
        let is_called = |(at, index): &&(Timestamp, usize)| self.agents[*index].deadline() == Some(*at);
        let members = self.deadlines.iter().find(is_called).map(|(at, _)| *at);
        let planned = self.heap.peek().map(|planned| planned.at);
        let all = [members, planned, self.cluster_deadline];
        all.into_iter().flatten().min()
    }

    /// Lets time pass until `until`, or until the oracle objects.
    pub fn run_until(&mut self, until: Timestamp) {
        while self.oracle.violations().is_empty() {
            let Some(at) = self.next().filter(|&at| at <= until) else {
                break;
            };
            self.now = self.now.max(at);
            self.step();
        }
        self.now = self.now.max(until);
    }

    fn step(&mut self) {
        self.events += 1;
        if self.events > TOO_MANY {
            self.oracle
                .object("L04", self.now, format!("{TOO_MANY} events: something spins"));
        }
        if self.heap.peek().is_some_and(|planned| planned.at <= self.now)
            && let Some(planned) = self.heap.pop()
        {
            self.happen(*planned.later);
        }
        if self.cluster_deadline.is_some_and(|at| at <= self.now) {
            self.tell_cluster(ToCluster::Tick);
        }
        let due = self.deadlines.range(..=(self.now, usize::MAX));
        let mut due: Vec<usize> = due.map(|(_, index)| *index).collect();
        due.sort_unstable();
        for index in due {
            if self.agents[index].deadline().is_some_and(|at| at <= self.now) {
                self.give(index, Input::Tick);
            }
        }
        let ghost = self.oracle.ghost();
        if ghost.calm.is_some() && ghost.stable.is_none() && self.is_stable() {
            self.see(None, &What::Stable);
        }
        self.oracle.rest(self.now, &self.cluster);
    }

    /// The last questions, when all is over.
    pub fn end(&mut self) {
        if self.oracle.ghost().calm.is_some() && self.oracle.violations().is_empty() {
            self.oracle.end(self.now, self.is_stable(), self.is_caught_up());
        }
    }

    fn happen(&mut self, later: Later) {
        match later {
            Later::Arrive(request, waited) => self.arrive(request, waited),
            Later::Land(commit) => self.land(commit),
            Later::Respond(connection, correlation, response) => {
                self.respond(connection, correlation, response);
            }
            Later::Broken(connection, why) => self.broken(connection, why),
            Later::Ended(node, connection, how) => self.ended(node, connection, how),
            Later::Idle(node, connection) => self.perhaps_idle(node, connection),
            Later::TimedOut(connection, correlation) => self.timed_out(connection, correlation),
            Later::Tell(index, asked, failure) => self.answer(index, &asked, Err(failure)),
            Later::Act(index, number) => self.act(index, number),
            Later::WorkDone(index, offset) => self.work_done(index, offset),
            Later::Fault(number) => self.fault_is_due(number),
            Later::End(end) => self.end_disturbance(end),
            Later::Produce => self.produce_now_and_then(),
        }
    }

    // ---- the cluster

    fn tell_cluster(&mut self, input: ToCluster) {
        for input in self.doors.cluster_input(self.now, input) {
            self.cluster.handle(self.now, input);
        }
        self.cluster_deadline = self.cluster.deadline();
        // What changed first: an answer is judged by it.
        self.look_at_cluster();
        while let Some(output) = self.cluster.poll() {
            for output in self.doors.cluster_output(self.now, output) {
                self.carry(output);
            }
        }
    }

    /// Tells what changed in the cluster's memory.
    fn look_at_cluster(&mut self) {
        let standing = self.cluster.standing(&self.group);
        if standing != self.standing {
            self.standing = standing;
            self.see(None, &What::Group(standing));
        }
        let changes = self.cluster.commit_changes(&self.group);
        if std::mem::replace(&mut self.commit_changes, changes) == changes {
            return;
        }
        for index in 0..self.committed.len() {
            let (partition, from) = &self.committed[index];
            let to = self.cluster.committed(&self.group, partition).map(|at| at.offset);
            if to != *from {
                let (partition, from) = (partition.clone(), *from);
                self.committed[index].1 = to;
                let partition = &partition;
                self.see(None, &What::Committed { partition, from, to });
            }
        }
    }

    // ---- what can be asked

    /// What the oracle found.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        self.oracle.violations()
    }

    /// The processes that run.
    pub fn living(&self) -> impl Iterator<Item = (usize, &Agent)> {
        let lives = |agent: &Agent| matches!(agent.life, Life::Running | Life::Frozen);
        self.agents
            .iter()
            .enumerate()
            .filter(move |(_, agent)| lives(agent))
    }

    /// What those who run and have joined want to read.
    fn subscribed(&self) -> BTreeSet<&TopicName> {
        let ghosts = self
            .living()
            .map(|(index, _)| self.oracle.ghost().of(Process(index)));
        let members = ghosts.filter(|ghost| ghost.in_session);
        members.flat_map(|ghost| &ghost.subscribed).collect()
    }

    /// Whether all who run have joined, every partition that anybody wants is owned by one of them, none that is gone is, and the group is
    /// Stable.
    #[must_use]
    pub fn is_stable(&self) -> bool {
        let mut owners: BTreeMap<&TopicPartition, usize> = BTreeMap::new();
        for (index, _) in self.living() {
            let ghost = self.oracle.ghost().of(Process(index));
            // In a group that may be full, whoever is outside may have found no room.
            if !ghost.in_session && self.plan.room == 0 {
                return false; // it will join, and then all changes
            }
            for partition in ghost.owned.keys() {
                *owners.entry(partition).or_default() += 1;
            }
        }
        let subscribed = self.subscribed();
        let is_right = |partition: &TopicPartition| {
            let owners = owners.get(partition).copied().unwrap_or(0);
            owners == usize::from(subscribed.contains(&partition.topic))
        };
        matches!(self.standing, Some((GroupState::Stable, _)))
            && self.partitions().next().is_some()
            && self.partitions().all(is_right)
            && owners.keys().all(|partition| self.bounds(partition).is_some())
    }

    /// Whether everything written that anybody wants is committed. Where a log was emptied there may be nothing to commit: then its owner stands at the end.
    #[must_use]
    pub fn is_caught_up(&self) -> bool {
        let is_done = |partition: &TopicPartition| {
            let committed = self.cluster.committed(&self.group, partition);
            self.bounds(partition).is_some_and(|(start, end)| {
                let at = committed.map_or(start, |committed| committed.offset);
                at == end || at > end && self.stands_at(partition, end)
            })
        };
        let subscribed = self.subscribed();
        let mut wanted = self
            .partitions()
            .filter(|partition| subscribed.contains(&partition.topic));
        self.partitions().next().is_some() && wanted.all(is_done)
    }

    fn stands_at(&self, partition: &TopicPartition, end: i64) -> bool {
        self.living().any(|(index, _)| {
            let ghost = self.oracle.ghost().of(Process(index));
            let at = ghost.delivered.get(partition).or(ghost.started.get(partition));
            ghost.owned.contains_key(partition) && at == Some(&end)
        })
    }

    /// The group as its coordinator has it.
    #[must_use]
    pub const fn standing(&self) -> Option<(GroupState, Generation)> {
        self.standing
    }
}

//! The stage: a world in which nothing goes wrong by itself, and the questions that stories ask.

use std::time::Duration;

use kohort_broker::Command;
use kohort_group::member::{Event, MemberError, MemberState};
use kohort_protocol::{GroupId, NodeId, TopicPartition};
use kohort_sim::history::Process;
use kohort_sim::plan::{Act, GROUP, MemberPlan, NEVER, Plan};
use kohort_sim::planted::Doors;
use kohort_sim::world::{Agent, World};

/// A member that takes part when it is called.
pub(crate) fn absent() -> MemberPlan {
    MemberPlan {
        start: NEVER,
        ..MemberPlan::default()
    }
}

pub(crate) struct Stage {
    pub(crate) world: World,
}

impl Stage {
    pub(crate) fn new(seed: u64, partitions: i32, members: Vec<MemberPlan>) -> Self {
        let mut world = World::new(Plan::uneventful(seed, partitions, members), Doors::default());
        if std::env::var_os("KOHORT_TRACE").is_some() {
            world.trace.keep_lines();
        }
        Self { world }
    }

    /// A stable group of such members on six partitions, which has read all there is.
    pub(crate) fn group(seed: u64, members: usize) -> Self {
        let mut stage = Self::new(seed, 6, vec![MemberPlan::default(); members]);
        stage.settle();
        stage.write(60);
        stage.read_all();
        stage
    }

    // ---- time

    pub(crate) fn run(&mut self, span: Duration) {
        self.world.run_until(self.world.now + span);
        self.obey();
    }

    pub(crate) fn run_ms(&mut self, millis: u64) {
        self.run(Duration::from_millis(millis));
    }

    /// Until it is so, a minute at most.
    pub(crate) fn until(&mut self, what: &str, is_so: impl Fn(&World) -> bool) {
        let limit = self.world.now + Duration::from_secs(60);
        while !is_so(&self.world) {
            assert!(
                self.world.now < limit,
                "{what}: not within a minute; {}",
                self.state()
            );
            self.run_ms(1);
        }
    }

    /// Until each partition has its owner, and nobody who runs is on the way to something else.
    pub(crate) fn settle(&mut self) {
        let is_settled = |agent: &Agent| agent.machine.state() == MemberState::Stable;
        self.until("a stable group", |world| {
            world.is_stable() && world.living().all(|(_, agent)| is_settled(agent))
        });
    }

    /// So many batches of three records for each partition.
    pub(crate) fn write(&mut self, batches: usize) {
        let partitions: Vec<TopicPartition> = self.world.partitions().cloned().collect();
        for partition in partitions {
            (0..batches).for_each(|_| self.world.produce(&partition));
        }
    }

    pub(crate) fn read_all(&mut self) {
        self.until("all is read and committed", World::is_caught_up);
    }

    /// The faults are over: whatever happened, the group must be well within its time and stay so.
    pub(crate) fn finish(mut self) {
        self.world.calm();
        self.run(self.world.plan().settled_after() + Duration::from_secs(20));
        self.world.end();
        self.obey();
    }

    fn obey(&self) {
        assert!(
            self.world.violations().is_empty(),
            "{:?}; {}",
            self.world.violations(),
            self.state()
        );
    }

    // ---- the cluster

    pub(crate) fn coordinator(&self) -> NodeId {
        self.world.cluster.coordinator(&GroupId::from(GROUP)).unwrap()
    }

    /// A node that does not coordinate the group.
    pub(crate) fn other_node(&self) -> NodeId {
        NodeId(self.coordinator().0 % 3 + 1)
    }

    pub(crate) fn command(&mut self, command: Command) {
        self.world.command(command);
    }

    pub(crate) fn disturb(&mut self, act: &Act) {
        assert!(self.world.disturb(act), "{act} makes no sense now");
    }

    pub(crate) fn generation(&self) -> i32 {
        self.world.standing().map_or(-1, |(_, generation)| generation.0)
    }

    pub(crate) fn committed(&self, partition: &TopicPartition) -> Option<i64> {
        let committed = self.world.cluster.committed(&GroupId::from(GROUP), partition);
        committed.map(|committed| committed.offset)
    }

    // ---- the members

    pub(crate) fn agent(&self, member: usize) -> &Agent {
        &self.world.agents[self.world.process(member).expect("it runs")]
    }

    /// How many partitions its application may take for its own.
    pub(crate) fn owns(&self, member: usize) -> usize {
        let process = Process(self.world.process(member).expect("it runs"));
        self.world.oracle.ghost().of(process).owned.len()
    }

    /// What all applications were told of this kind.
    pub(crate) fn heard<'a, T: 'a>(&'a self, kind: impl Fn(&'a Event) -> Option<T> + 'a) -> Vec<T> {
        let all = self.world.agents.iter().flat_map(|agent| &agent.app.heard);
        all.filter_map(kind).collect()
    }

    pub(crate) fn errors(&self) -> Vec<&MemberError> {
        self.heard(|event| match event {
            Event::Error(error) => Some(error),
            _ => None,
        })
    }

    pub(crate) fn losses(&self) -> usize {
        self.heard(|event| matches!(event, Event::Lost { .. }).then_some(()))
            .len()
    }

    pub(crate) fn resets(&self) -> Vec<(&TopicPartition, String)> {
        self.heard(|event| match event {
            Event::Reset {
                partition, reason, ..
            } => Some((partition, reason.to_string())),
            _ => None,
        })
    }

    /// How many records were handed out more often than once, when all are read.
    pub(crate) fn read_again(&self) -> u64 {
        let handed: u64 = self.world.agents.iter().map(|agent| agent.app.records).sum();
        let ends = self.world.partitions().map(|partition| {
            let bounds = self
                .world
                .cluster
                .log_bounds(partition.topic.as_str(), partition.partition);
            bounds.unwrap().1.cast_unsigned()
        });
        handed - ends.sum::<u64>()
    }

    /// Nobody noticed anything: no rebalance, nothing lost, no error, no record twice.
    pub(crate) fn was_undisturbed_since(&self, generation: i32) {
        assert_eq!(self.generation(), generation, "{}", self.state());
        assert_eq!(self.errors(), Vec::<&MemberError>::new());
        assert_eq!((self.losses(), self.read_again()), (0, 0), "{}", self.state());
        for (_, agent) in self.world.living() {
            assert_eq!(agent.machine.state(), MemberState::Stable);
        }
    }

    pub(crate) fn state(&self) -> String {
        let owners = self.world.oracle.ghost().who_owns_what();
        format!(
            "at {}, {:?}: {owners}; errors {:?}",
            self.world.now,
            self.world.standing(),
            self.errors()
        )
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("{}", self.world.trace.lines().unwrap_or_default());
        }
    }
}

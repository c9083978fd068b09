//! Carries out the schedule: what each fault does to the world, and how it ends.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kohort_broker::{Closing, Command, ConnectionId, Fault as ClusterFault, FaultAction, Power, Release};
use kohort_group::member::{Input, MemberError};
use kohort_protocol::{ApiKey, ErrorCode, NodeId, Timestamp, TopicName};

use super::agent::Life;
use super::tear::Tear;
use super::wishes::Wished;
use super::{Later, World};
use crate::history::{Process, What};
use crate::plan::{Act, Commits, NAMES, TOPIC, Topics};
use crate::random::stream;
use crate::sometimes::{HUNG, Situation};

/// From the last two disturbances to the end.
const TO_RECOVER: Duration = Duration::from_secs(20);

/// Shorter than any session.
const OUTAGE: Duration = Duration::from_secs(3);

/// What a coordinator cannot answer as long as it loads.
const OF_GROUPS: [ApiKey; 5] = [
    ApiKey::JoinGroup,
    ApiKey::SyncGroup,
    ApiKey::LeaveGroup,
    ApiKey::OffsetCommit,
    ApiKey::OffsetFetch,
];

/// An answer from before the calm arrives so much later at most.
const ON_ITS_WAY: Duration = Duration::from_millis(500);

/// Who found no room is started again so much later.
const RESTART: Duration = Duration::from_secs(1);

/// What happens by itself after a while: the end of a fault, mostly.
#[derive(Clone, Copy)]
pub(super) enum End {
    /// A link falls silent.
    Clog(usize, NodeId, Duration),
    /// A node that was down is started.
    Start(NodeId),
    /// A node that stood still goes on.
    Continue(NodeId),
    /// In an upgrade it is this one's turn.
    Replace(NodeId, Release, Duration),
    /// A node that went down in order is started, as this release.
    Install(NodeId, Release),
    /// A process that stood still goes on.
    Thaw(usize),
    /// A member that is away gets a process again.
    Return(usize),
    /// A machine that was starved is called again.
    Feed(usize),
    /// Timers fire on time again.
    OnTime(usize),
    /// An application changes its mind again about what it wants to read, until then.
    ChangeMind(usize, Topics, Duration, Timestamp),
    /// An application reads on what it paused.
    Resume(usize),
    /// In a rolling bounce it is this one's turn.
    Bye(usize, Duration, Duration),
    /// A stranger goes.
    Stranger(ConnectionId),
    /// Perhaps a dead link passes messages again.
    Speak(usize, NodeId),
    /// Nothing is injected any more.
    Heal,
    /// A topic is made anew.
    Create(usize, i32),
    /// In the calm: the coordinator moves to the next node, which must disturb nobody.
    Move,
    /// In the calm: the coordinator is restarted, which must disturb nobody.
    Bounce,
}

/// What is wrong at present, and who plays which member.
pub(super) struct Disturbances {
    /// By member and node: since when, and until when.
    silent: BTreeMap<(usize, NodeId), (Timestamp, Timestamp)>,
    lags: BTreeMap<usize, (Duration, Timestamp)>,
    late: BTreeMap<usize, Duration>,
    /// Until when, and what.
    refused: Vec<(Timestamp, ClusterFault)>,
    /// By member, API and whether it is the answer: how long it hangs.
    hangs: BTreeMap<(usize, ApiKey, bool), Duration>,
    pub(super) tears: Vec<Tear>,
    /// Topics that will be made anew.
    coming: BTreeSet<usize>,
    /// The process of each member, and how many it had.
    current: Vec<(Option<usize>, u32)>,
}

impl Disturbances {
    pub(super) fn new(members: usize) -> Self {
        Self {
            silent: BTreeMap::new(),
            lags: BTreeMap::new(),
            late: BTreeMap::new(),
            refused: Vec::new(),
            hangs: BTreeMap::new(),
            tears: Vec::new(),
            coming: BTreeSet::new(),
            current: vec![(None, 0); members],
        }
    }

    pub(super) fn next_incarnation(&mut self, member: usize) -> u32 {
        self.current[member].1 += 1;
        self.current[member].1
    }

    pub(super) fn silent_until(&self, member: usize, node: NodeId, now: Timestamp) -> Option<Timestamp> {
        self.silent
            .get(&(member, node))
            .map(|(_, until)| *until)
            .filter(|&until| now < until)
    }

    pub(super) fn lag(&self, member: usize, now: Timestamp) -> Option<Duration> {
        let (by, until) = self.lags.get(&member)?;
        (now < *until).then_some(*by)
    }

    pub(super) fn take_late_commit(&mut self, member: usize) -> Option<Duration> {
        self.late.remove(&member)
    }
}

impl World {
    /// The process that plays `member`, if it lives.
    #[must_use]
    pub fn process(&self, member: usize) -> Option<usize> {
        let index = self.disturbances.current.get(member)?.0?;
        matches!(self.agents[index].life, Life::Running | Life::Frozen).then_some(index)
    }

    fn running(&self, member: usize) -> Option<usize> {
        self.process(member)
            .filter(|&index| self.agents[index].life == Life::Running && !self.agents[index].is_starved())
    }

    pub(super) fn fault_is_due(&mut self, number: usize) {
        let act = self.plan.faults[number].act.clone();
        if self.now < self.plan.calm_at() {
            self.disturb(&act);
        }
    }

    /// Does this now, as a schedule would. It says whether that made sense at the moment; otherwise nothing has happened.
    pub fn disturb(&mut self, act: &Act) -> bool {
        let is_done = self.carry_out(act).is_some();
        if is_done {
            self.faults += 1;
            self.trace.fault(self.now, act);
        }
        is_done
    }

    /// `None`: it makes no sense at the moment.
    fn carry_out(&mut self, act: &Act) -> Option<()> {
        match *act {
            Act::Cut { member, node } => {
                let index = self.process(member)?;
                self.cut(index, node);
            }
            Act::Tear {
                member,
                api,
                answer,
                reset,
            } => {
                let how = if reset { Closing::Reset } else { Closing::Fin };
                self.disturbances.tears.push(Tear {
                    member,
                    api,
                    answer,
                    how,
                });
            }
            Act::Silence { member, node, span } => {
                let nodes = if node.0 == 0 { 1..=3 } else { node.0..=node.0 };
                for node in nodes {
                    self.silence(member, NodeId(node), span);
                }
            }
            Act::SwizzleClog { seed, span } => self.swizzle(seed, span),
            Act::Lag { member, by, span } => {
                self.disturbances.lags.insert(member, (by, self.now + span));
            }
            Act::Hang {
                member,
                api,
                answer,
                hold,
            } => {
                self.disturbances.hangs.insert((member, api, answer), hold);
            }
            Act::LateCommit { member, hold } => {
                self.disturbances.late.insert(member, hold);
            }
            Act::Inject { api, mishap, times } => {
                self.command(Command::Inject(ClusterFault::on(api, mishap.0).times(times)));
            }
            Act::Refuse { api, code, span } => {
                self.refuse(&[api], code, span);
            }
            Act::Loading { span } => self.refuse(&OF_GROUPS, ErrorCode::COORDINATOR_LOAD_IN_PROGRESS, span),
            Act::Stop { node, span } => {
                self.must_run(node)?;
                self.command(Command::Stop(node));
                self.plan_in(span, Later::End(End::Start(node)));
            }
            Act::Restart { node, span } => {
                let release = self.cluster.release(node)?;
                self.restart(node, release, span)?;
            }
            Act::Upgrade { to, span, gap } => self.upgrade(to, span, gap),
            Act::Pause { node, span } => {
                self.must_run(node)?;
                self.command(Command::Pause(node));
                self.plan_in(span, Later::End(End::Continue(node)));
            }
            Act::MoveCoordinator { to } => {
                self.must_run(to)?;
                self.move_coordinator(to);
            }
            Act::MoveLeader { partition, to } => {
                self.must_run(to)?;
                self.cluster.leader(TOPIC, partition)?;
                self.command(Command::MoveLeader {
                    topic: TopicName::from(TOPIC),
                    partition,
                    to,
                });
            }
            Act::AddPartition {} => {
                self.cluster.topic_id(TOPIC)?;
                let count = self.partitions_of(TOPIC) + 1;
                self.command(Command::AddPartitions {
                    topic: TopicName::from(TOPIC),
                    count,
                });
                self.watch_partitions(TOPIC, count);
            }
            Act::CreateTopic { topic } => {
                let name = NAMES
                    .get(topic)
                    .filter(|name| self.cluster.topic_id(name).is_none())?;
                self.create_topic(name, self.plan.partitions_of(topic));
            }
            Act::Truncate { partition, records } => self.truncate(partition, records.into())?,
            Act::DeleteRecords { partition, keep } => self.delete_records(partition, keep.into())?,
            Act::Recreate {
                topic,
                partitions,
                span,
            } => {
                self.delete_topic(NAMES.get(topic)?)?;
                self.disturbances.coming.insert(topic);
                self.plan_in(span, Later::End(End::Create(topic, partitions)));
            }
            Act::DeleteTopic { topic } => self.delete_topic(NAMES.get(topic)?)?,
            Act::Odd { api, how, times } => self.make_odd(api, how, times),
            Act::Unhinted { span } => self.hide_leaders(span),
            Act::StaleMetadata { node, span } => self.repeat_metadata(node, span)?,
            Act::Freeze { member, span } => {
                let index = self.running(member)?;
                self.agents[index].life = Life::Frozen;
                self.see(Some(Process(index)), &What::Frozen(true));
                self.plan_in(span, Later::End(End::Thaw(index)));
            }
            Act::Stall { member, span } => {
                let index = self.process(member)?;
                self.agents[index].app.stall = Some(span);
            }
            Act::Slow { member, work, span } => {
                let index = self.process(member)?;
                self.agents[index].app.slow = Some((work, self.now + span));
            }
            Act::Close { member, within, span } => {
                let index = self.running(member)?;
                self.close(index, within);
                self.plan_in(within + span, Later::End(End::Return(member)));
            }
            Act::Crash { member, span } => {
                let index = self.process(member)?;
                self.kill(index);
                self.plan_in(span, Later::End(End::Return(member)));
            }
            Act::Wishes {
                member,
                wish,
                held,
                which,
                by,
                span,
            } => {
                let index = self.process(member)?;
                let wished = Wished {
                    wish,
                    which,
                    by,
                    span,
                };
                let app = &mut self.agents[index].app;
                // Whose worker is behind does not know what it would seek for, and would commit below it.
                if app.habits.commits == Commits::Worker {
                    return None;
                }
                if held {
                    app.in_notice = Some(wished);
                } else {
                    app.wishes.push(wished);
                }
            }
            Act::Subscribe {
                member,
                topics,
                every,
                span,
            } => {
                let index = self.running(member)?;
                let until = self.plan.calm_at().min(self.now + span);
                self.change_mind(index, topics, every, until);
            }
            Act::Starve { member, span } => {
                let index = self.running(member)?;
                self.starve(index);
                self.plan_in(span, Later::End(End::Feed(index)));
            }
            Act::LateTimers { member, by, span } => {
                let index = self.running(member)?;
                self.delay_timers(index, by);
                self.plan_in(span, Later::End(End::OnTime(index)));
            }
            Act::MassLeave { within, span } => {
                for member in 1..self.plan.members.len() {
                    let _ = self.carry_out(&Act::Close { member, within, span });
                }
            }
            Act::RollingBounce { within, span, gap } => {
                for (turn, member) in (0..).zip(0..self.plan.members.len()) {
                    self.plan_in(gap * turn, Later::End(End::Bye(member, within, span)));
                }
            }
            Act::Stranger { connect, span } => self.invite_stranger(connect, span)?,
            Act::Twin { member } => {
                self.process(member)?;
                let twin = self.start(member);
                self.disturbances.current[member].0 = Some(twin);
            }
        }
        Some(())
    }

    fn refuse(&mut self, apis: &[ApiKey], code: ErrorCode, span: Duration) {
        for &api in apis {
            let fault = ClusterFault::on(api, FaultAction::Answer(code)).times(u32::MAX);
            self.disturbances.refused.push((self.now + span, fault.clone()));
            self.command(Command::Inject(fault));
        }
        self.plan_in(span, Later::End(End::Heal));
    }

    /// What is injected ends together; what is to be refused for longer is injected again.
    fn heal(&mut self) {
        self.command(Command::Heal);
        let now = self.now;
        self.disturbances.refused.retain(|(until, _)| now < *until);
        for (_, fault) in self.disturbances.refused.clone() {
            self.command(Command::Inject(fault));
        }
    }

    /// How long the next message of this kind hangs; not beyond the chaos.
    pub(super) fn take_hang(&mut self, index: usize, api: ApiKey, answer: bool) -> Duration {
        let key = (self.agents[index].member, api, answer);
        let hold = self.disturbances.hangs.remove(&key).unwrap_or_default();
        let hold = hold.min(self.plan.calm_at().since(self.now));
        self.sometimes.reached_if(hold >= HUNG, Situation::HungForLong);
        hold
    }

    /// It ends with the last fault that wants it. What is held back until then comes at the latest when the calm begins.
    fn silence(&mut self, member: usize, node: NodeId, span: Duration) {
        let until = (self.now + span).min(self.plan.calm_at());
        let silent = &mut self.disturbances.silent;
        let (_, ends) = silent.entry((member, node)).or_insert((self.now, until));
        *ends = until.max(*ends);
        self.plan_at(until, Later::End(End::Speak(member, node)));
    }

    /// Unless another silence has begun meanwhile, which ends later.
    fn speak(&mut self, member: usize, node: NodeId) {
        let silent = &mut self.disturbances.silent;
        let key = (member, node);
        let Some((since, _)) = silent.get(&key).copied().filter(|(_, ends)| *ends <= self.now) else {
            return;
        };
        silent.remove(&key);
        let is_long = self.now.since(since) > self.plan.members[member].max_poll;
        self.sometimes.reached_if(is_long, Situation::DeadForLong);
    }

    /// About half of the links between members and nodes, as FoundationDB does it.
    fn swizzle(&mut self, seed: u64, span: Duration) {
        let rng = &mut stream(seed, "swizzle-clog");
        let mut within = || span.mul_f64(rng.f64());
        for member in 0..self.plan.members.len() {
            for node in (1..=3).map(NodeId) {
                let (from, until) = (within(), span + within());
                if within() < span / 2 {
                    self.plan_in(from, Later::End(End::Clog(member, node, until - from)));
                }
            }
        }
    }

    pub(super) fn move_coordinator(&mut self, to: NodeId) {
        let partition = self.cluster.offsets_partition(&self.group);
        self.command(Command::MoveLeader {
            topic: partition.topic,
            partition: partition.partition,
            to,
        });
    }

    pub(super) fn close(&mut self, index: usize, within: Duration) {
        let (commit, deadline) = (true, self.now + within);
        self.see(Some(Process(index)), &What::Closing { commit, deadline });
        self.agents[index].app.stop();
        self.give(index, Input::Close { commit, deadline });
    }

    fn kill(&mut self, index: usize) {
        self.agents[index].life = Life::Dead;
        self.agents[index].mail.clear();
        self.see(Some(Process(index)), &What::Crashed);
        self.hang_up(index);
    }

    pub(super) fn end_disturbance(&mut self, end: End) {
        match end {
            End::Clog(member, node, span) => self.silence(member, node, span),
            End::Start(node) => {
                if self.cluster.power(node) == Some(Power::Stopped) {
                    self.command(Command::Start(node));
                }
            }
            End::Continue(node) => {
                if self.cluster.power(node) == Some(Power::Paused) {
                    self.command(Command::Continue(node));
                }
            }
            End::Replace(node, release, span) => self.replace_node(node, release, span),
            End::Install(node, release) => self.install(node, release),
            End::Thaw(index) => self.thaw(index),
            End::Return(member) => self.bring_back(member),
            End::Feed(index) => self.feed(index),
            End::OnTime(index) => self.delay_timers(index, Duration::ZERO),
            End::ChangeMind(index, other, every, until) => self.change_mind(index, other, every, until),
            End::Resume(index) => self.resume_reading(index),
            End::Bye(member, within, span) => {
                if self.now < self.plan.calm_at() {
                    let _ = self.carry_out(&Act::Close { member, within, span });
                }
            }
            End::Stranger(connection) => self.stranger_goes(connection),
            End::Speak(member, node) => self.speak(member, node),
            End::Heal => self.heal(),
            End::Create(topic, partitions) => self.make_anew(topic, partitions),
            End::Move => {
                if let Some(node) = self.cluster.coordinator(&self.group) {
                    self.move_coordinator(NodeId(node.0 % 3 + 1));
                }
            }
            End::Bounce => {
                if let Some(node) = self.cluster.coordinator(&self.group) {
                    self.command(Command::Stop(node));
                    self.plan_in(OUTAGE, Later::End(End::Start(node)));
                }
            }
        }
    }

    fn make_anew(&mut self, topic: usize, partitions: i32) {
        if self.disturbances.coming.remove(&topic) {
            self.create_topic(NAMES[topic], partitions);
        }
    }

    /// It goes on.
    fn thaw(&mut self, index: usize) {
        if self.agents[index].life != Life::Frozen {
            return;
        }
        self.agents[index].life = Life::Running;
        self.see(Some(Process(index)), &What::Frozen(false));
        self.open_mail(index);
    }

    /// Whether its timers or its sockets are looked at first, the machine must bear both.
    pub(super) fn open_mail(&mut self, index: usize) {
        if self.agents[index].rng.bool() {
            self.give(index, Input::Tick);
        }
        for later in std::mem::take(&mut self.agents[index].mail) {
            self.happen(later);
        }
    }

    /// Starts a process for `member`, if it has none. In the calm only if there is room: who knocks at a full group may turn away one who
    /// is in it, the last to rejoin.
    pub fn bring_back(&mut self, member: usize) {
        let is_full = self.plan.room > 0 && self.living().count() >= self.plan.room;
        if self.process(member).is_some() {
            return;
        }
        if is_full && self.now >= self.plan.calm_at() {
            self.plan_in(RESTART, Later::End(End::Return(member)));
        } else {
            let index = self.start(member);
            self.disturbances.current[member].0 = Some(index);
        }
    }

    /// A member that found no room, or a stranger in its place, is started again, for there may be some now.
    pub(super) fn replace(&mut self, index: usize, result: &Result<(), MemberError>) {
        let shut = ErrorCode::INCONSISTENT_GROUP_PROTOCOL;
        let met_stranger = matches!(result, Err(MemberError::Refused { code, .. }) if *code == shut);
        if self.plan.room > 0 || met_stranger {
            let member = self.agents[index].member;
            self.plan_in(RESTART, Later::End(End::Return(member)));
        }
    }

    /// In the calm nobody stays away: who was still closing when it began, or saying goodbye because it was refused, is started again
    /// when it is done. So is who is refused by an answer that was on its way.
    pub(super) fn return_in_calm(&mut self, index: usize) {
        let ghost = self.oracle.ghost().of(Process(index));
        let calm = self.plan.calm_at();
        let ends = ghost.closing.is_some() || ghost.refused.is_some_and(|at| at < calm + ON_ITS_WAY);
        if ends && self.now >= calm {
            let member = self.agents[index].member;
            self.plan_in(Duration::ZERO, Later::End(End::Return(member)));
        }
    }

    /// The faults are over: everything is up, and nobody is slow.
    pub fn calm(&mut self) {
        for node in 1..=3 {
            self.end_disturbance(End::Start(NodeId(node)));
            self.end_disturbance(End::Continue(NodeId(node)));
            self.hasten_restart(NodeId(node));
        }
        self.disturbances.refused.clear();
        self.heal();
        self.dismiss_stranger();
        for topic in self.disturbances.coming.clone() {
            self.make_anew(topic, self.plan.partitions_of(topic));
        }
        self.make_straight();
        self.disturbances.silent.clear();
        self.disturbances.lags.clear();
        self.disturbances.late.clear();
        self.disturbances.hangs.clear();
        self.disturbances.tears.clear();
        for index in 0..self.agents.len() {
            self.agents[index].app.slow = None;
            self.agents[index].app.stall = None;
            self.agents[index].app.wishes.clear();
            self.agents[index].app.in_notice = None;
            self.thaw(index);
            self.feed(index);
            self.delay_timers(index, Duration::ZERO);
            self.resume_reading(index);
            self.hurry(index);
        }
        for member in 0..self.plan.members.len() {
            self.bring_back(member);
        }
        // What comes now disturbs nobody; it leaves time to read on.
        let settled = self
            .plan
            .settled_after()
            .min(self.plan.calm.saturating_sub(TO_RECOVER));
        self.plan_in(settled + Duration::from_secs(1), Later::End(End::Move));
        self.plan_in(settled + Duration::from_secs(7), Later::End(End::Bounce));
        self.see(None, &What::Calm);
    }
}

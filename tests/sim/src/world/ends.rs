//! How faults end, and the calm after the last of them: everything is up again, and nobody is away.

use std::time::Duration;

use kohort_broker::{Command, ConnectionId, Power, Release};
use kohort_group::member::{Input, MemberError};
use kohort_protocol::{ErrorCode, NodeId, Timestamp};

use super::agent::Life;
use super::{Later, World};
use crate::history::{Process, What};
use crate::plan::{Act, NAMES, Topics};

/// From the last two disturbances to the end.
const TO_RECOVER: Duration = Duration::from_secs(20);

/// Shorter than any session.
const OUTAGE: Duration = Duration::from_secs(3);

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

impl World {
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
        self.disturbances.end();
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

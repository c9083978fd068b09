//! What is wrong at present, and until when: links that are silent, messages that are late or hang, answers that brokers refuse. And who
//! plays which member.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kohort_broker::{Command, Fault as ClusterFault, FaultAction};
use kohort_protocol::{ApiKey, ErrorCode, NodeId, Timestamp};

use super::agent::Life;
use super::ends::End;
use super::tear::Tear;
use super::{Later, World};
use crate::random::stream;
use crate::sometimes::{HUNG, Situation};

/// What is wrong at present, and who plays which member.
pub(super) struct Disturbances {
    /// By member and node: since when, and until when.
    silent: BTreeMap<(usize, NodeId), (Timestamp, Timestamp)>,
    pub(super) lags: BTreeMap<usize, (Duration, Timestamp)>,
    pub(super) late: BTreeMap<usize, Duration>,
    /// Until when, and what.
    pub(super) refused: Vec<(Timestamp, ClusterFault)>,
    /// By member, API and whether it is the answer: how long it hangs.
    pub(super) hangs: BTreeMap<(usize, ApiKey, bool), Duration>,
    pub(super) tears: Vec<Tear>,
    /// Topics that will be made anew.
    pub(super) coming: BTreeSet<usize>,
    /// The process of each member, and how many it had.
    pub(super) current: Vec<(Option<usize>, u32)>,
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

    /// What affects messages is over.
    pub(super) fn end(&mut self) {
        self.silent.clear();
        self.lags.clear();
        self.late.clear();
        self.hangs.clear();
        self.tears.clear();
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

    pub(super) fn running(&self, member: usize) -> Option<usize> {
        self.process(member)
            .filter(|&index| self.agents[index].life == Life::Running && !self.agents[index].is_starved())
    }

    pub(super) fn refuse(&mut self, apis: &[ApiKey], code: ErrorCode, span: Duration) {
        for &api in apis {
            let fault = ClusterFault::on(api, FaultAction::Answer(code)).times(u32::MAX);
            self.disturbances.refused.push((self.now + span, fault.clone()));
            self.command(Command::Inject(fault));
        }
        self.plan_in(span, Later::End(End::Heal));
    }

    /// What is injected ends together; what is to be refused for longer is injected again.
    pub(super) fn heal(&mut self) {
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
    pub(super) fn silence(&mut self, member: usize, node: NodeId, span: Duration) {
        let until = (self.now + span).min(self.plan.calm_at());
        let silent = &mut self.disturbances.silent;
        let (_, ends) = silent.entry((member, node)).or_insert((self.now, until));
        *ends = until.max(*ends);
        self.plan_at(until, Later::End(End::Speak(member, node)));
    }

    /// Unless another silence has begun meanwhile, which ends later.
    pub(super) fn speak(&mut self, member: usize, node: NodeId) {
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
    pub(super) fn swizzle(&mut self, seed: u64, span: Duration) {
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
}

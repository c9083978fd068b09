//! A process: a production machine behind its door, its payloads, its sockets, and the application that uses it.

use std::collections::BTreeMap;
use std::time::Duration;

use kohort_broker::ConnectionId;
use kohort_group::Inbox;
use kohort_group::member::{Event, Input, Member, MemberError, Output, Target, Token};
use kohort_protocol::api::metadata::{MetadataRequest, MetadataRequestTopic};
use kohort_protocol::{Lane, NodeId, Timestamp};

use super::application::{Application, Habits, Item};
use super::starving::Hunger;
use super::{Later, World};
use crate::history::{Process, What};
use crate::random::stream;

/// Whether a process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// It does.
    Running,
    /// It stands still: time and messages pass it by.
    Frozen,
    /// It was killed.
    Dead,
    /// Its member has left, and it ended.
    Closed,
}

/// See the head of this file.
pub struct Agent {
    /// Which member of the plan it is.
    pub member: usize,
    /// Whether it runs.
    pub life: Life,
    /// The code under test.
    pub machine: Member,
    /// Who uses it.
    pub app: Application,
    /// How its member ended.
    pub ended: Option<Result<(), MemberError>>,
    pub(super) inbox: Inbox,
    /// What waits in its sockets while it is frozen.
    pub(super) mail: Vec<Later>,
    pub(super) lines: BTreeMap<(NodeId, Lane), ConnectionId>,
    pub(super) tokens: BTreeMap<Token, ConnectionId>,
    /// Of its links.
    pub(super) rng: fastrand::Rng,
    pub(super) hunger: Hunger,
    deadline: Option<Timestamp>,
}

impl Agent {
    /// When its machine must be called.
    #[must_use]
    pub fn deadline(&self) -> Option<Timestamp> {
        self.deadline
            .filter(|_| self.life == Life::Running && !self.is_starved())
    }
}

impl World {
    /// Starts a process for `member` of the plan.
    pub(super) fn start(&mut self, member: usize) -> usize {
        let index = self.agents.len();
        let plan = &self.plan.members[member];
        let config = plan.config(member);
        let name = format!("process/{member}/{}", self.disturbances.next_incarnation(member));
        let mut rng = stream(self.plan.seed, &name);
        let machine = Member::new(config.clone(), rng.u64(..)).expect("plans hold settings that work");
        let habits = Habits {
            commits: plan.commits,
            work: plan.work,
            hold: plan.hold,
        };
        self.agents.push(Agent {
            member,
            life: Life::Running,
            machine,
            app: Application::new(habits),
            ended: None,
            inbox: Inbox::default(),
            mail: Vec::new(),
            lines: BTreeMap::new(),
            tokens: BTreeMap::new(),
            rng,
            hunger: Hunger::default(),
            deadline: None,
        });
        let (config, commits) = (&config, habits.commits);
        self.see(
            Some(Process(index)),
            &What::Started {
                member,
                config,
                commits,
            },
        );
        self.give(index, Input::Start);
        self.wake(index, Duration::ZERO);
        index
    }

    /// Gives an input to the machine of a process and does what it wants.
    pub(super) fn give(&mut self, index: usize, input: Input) {
        if self.agents[index].life != Life::Running {
            return;
        }
        let now = self.now;
        let Some(input) = self.agents[index].passes(now, input) else {
            return;
        };
        self.hand_in(index, now, input);
        while let Some(output) = self.agents[index].machine.poll() {
            for output in self.doors.member_output(self.now, Process(index), output) {
                self.perform(index, output);
            }
        }
        let deadline = self.agents[index].machine.deadline();
        self.rest_until(index, deadline);
        if deadline.is_some_and(|at| at <= self.now) {
            let text = format!("process {index} wants to be called again at once, at {deadline:?}");
            self.oracle.object("L04", self.now, text);
        }
    }

    /// An input of that time, through the door.
    pub(super) fn hand_in(&mut self, index: usize, at: Timestamp, input: Input) {
        for input in self.doors.member_input(self.now, Process(index), input) {
            self.agents[index].machine.handle(at, input);
        }
    }

    /// Its machine wants to be called then.
    pub(super) fn rest_until(&mut self, index: usize, deadline: Option<Timestamp>) {
        let fires = self.agents[index].fires(deadline);
        let before = std::mem::replace(&mut self.agents[index].deadline, fires);
        if before != fires {
            self.deadlines.extend(fires.map(|at| (at, index)));
            before.map(|at| self.deadlines.remove(&(at, index)));
        }
    }

    fn perform(&mut self, index: usize, output: Output) {
        let process = Some(Process(index));
        match output {
            Output::Send {
                token,
                to,
                lane,
                request,
                timeout,
            } => self.send(index, Some(token), to, lane, request, timeout),
            Output::Abandon(token) => self.abandon(index, token),
            Output::Learned { .. } => {}
            Output::Metadata { topics } => {
                let topic = |name| MetadataRequestTopic {
                    name: Some(name),
                    ..MetadataRequestTopic::default()
                };
                let request = MetadataRequest {
                    topics: Some(topics.into_iter().map(topic).collect()),
                    ..MetadataRequest::default()
                };
                let timeout = self.plan.members[self.agents[index].member].request;
                self.send(index, None, Target::Any, Lane::Other, request.into(), timeout);
            }
            Output::Deliver {
                ticket,
                partition,
                period,
                from,
            } => self.hand(index, Item::Records(ticket, partition, period, from)),
            Output::Discard(ticket) => {
                let agent = &mut self.agents[index];
                agent.inbox.take(ticket);
                agent.app.withdraw(ticket);
            }
            Output::Event(event) => {
                self.see(process, &What::Said(&event));
                if matches!(event, Event::Lost { .. }) {
                    self.agents[index].app.withdraw_revocations();
                }
                self.hand(index, Item::Event(event));
            }
            Output::Done { call, result } => {
                let result = &result;
                self.see(process, &What::Done { call, result });
                self.done(index, call);
            }
            Output::Closed(result) => {
                self.see(process, &What::Closed { result: &result });
                self.agents[index].life = Life::Closed;
                self.hang_up(index);
                self.replace(index, &result);
                self.agents[index].ended = Some(result);
                self.return_in_calm(index);
            }
            _ => self.oracle.object(
                "SIM",
                self.now,
                "an output that the simulator does not know".into(),
            ),
        }
    }

    fn hand(&mut self, index: usize, item: Item) {
        if self.agents[index].app.put(item) {
            self.wake(index, Duration::ZERO);
        }
    }
}

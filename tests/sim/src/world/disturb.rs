//! Carries out the schedule: what each fault does to the world. How long that lasts is in `present`, how it ends in `ends`.

use std::time::Duration;

use kohort_broker::{Closing, Command, Fault as ClusterFault};
use kohort_group::member::Input;
use kohort_protocol::{ApiKey, ErrorCode, NodeId, TopicName};

use super::agent::Life;
use super::ends::End;
use super::tear::Tear;
use super::wishes::Wished;
use super::{Later, World};
use crate::history::{Process, What};
use crate::plan::{Act, Commits, NAMES, TOPIC};

/// What a coordinator cannot answer as long as it loads.
const OF_GROUPS: [ApiKey; 5] = [
    ApiKey::JoinGroup,
    ApiKey::SyncGroup,
    ApiKey::LeaveGroup,
    ApiKey::OffsetCommit,
    ApiKey::OffsetFetch,
];

impl World {
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
    pub(super) fn carry_out(&mut self, act: &Act) -> Option<()> {
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
}

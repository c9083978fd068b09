//! L02. What an application subscribes to is what the group is told: each JoinGroup says what is wished when it is sent, and a member
//! whose wishes have changed joins anew with them, as soon as nothing holds it up.
//!
//! Source: specification L02; rules 8, 20. A round that is under way, a coordinator that must be found and a notice in the hands of the
//! application come first; the application may take `max.poll.interval.ms`, and then the member leaves. Nothing is asked of one that
//! closes or stands still.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kohort_protocol::api::Request;
use kohort_protocol::api::join_group::JoinGroupRequest;
use kohort_protocol::consumer_protocol::Subscription;
use kohort_protocol::{Timestamp, TopicName};

use super::watch::Watch;
use super::{Invariant, Life, ProcessGhost, Scene, Verdict};
use crate::history::{Process, What};

const SLACK: Duration = Duration::from_secs(2);

#[derive(Default)]
pub(super) struct SubscriptionTold {
    /// What the last JoinGroup of each said.
    told: BTreeMap<Process, BTreeSet<TopicName>>,
    /// What each wished since its machine is not called any more: that hears of it, one wish after the other, when it is called again.
    unheard: BTreeMap<Process, Vec<BTreeSet<TopicName>>>,
    /// By when each must have said what it wishes now.
    due: Watch<Process>,
}

impl Invariant for SubscriptionTold {
    fn id(&self) -> &'static str {
        "L02"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let Some(process) = process else { return Ok(()) };
        let ghost = scene.ghost.of(process);
        match what {
            What::Sent {
                request: Request::JoinGroup(join),
                ..
            } => {
                let said = said(join)?;
                if said != ghost.subscribed && !self.is_unheard(process, ghost, scene.now, &said) {
                    return Err(format!(
                        "process {} tells the group that it reads {said:?}; its application wants {:?}",
                        process.0, ghost.subscribed
                    ));
                }
                self.told.insert(process, said);
                self.due.remove(process);
            }
            What::Frozen(true) => {
                self.unheard.insert(process, vec![ghost.subscribed.clone()]);
                self.due.remove(process);
            }
            What::Subscribed { .. } if ghost.life == Life::Frozen => {
                let unheard = self.unheard.entry(process).or_default();
                unheard.push(ghost.subscribed.clone());
            }
            // What hinders it is over, and it may take its time from now on.
            What::Subscribed { .. }
            | What::Frozen(false)
            | What::Released { .. }
            | What::Answered {
                request: Request::JoinGroup(_) | Request::SyncGroup(_) | Request::FindCoordinator(_),
                ..
            } => {
                self.due
                    .set_or_remove(process, self.due(process, ghost, scene.now));
            }
            What::Closing { .. } | What::Closed { .. } | What::Crashed => {
                self.due.remove(process);
            }
            _ => {}
        }
        Ok(())
    }

    fn rest(&mut self, scene: &Scene<'_>) -> Verdict {
        let is_free = |ghost: &ProcessGhost| {
            ghost.life == Life::Running
                && ghost.in_session
                && ghost.knows_coordinator
                && ghost.revoking.is_none()
        };
        let mut late = self.due.late(scene.now);
        match late.find(|(process, _)| is_free(scene.ghost.of(*process))) {
            None => Ok(()),
            Some((process, due)) => Err(format!(
                "process {} should have told the group by {due} that it reads {:?} now",
                process.0,
                scene.ghost.of(process).subscribed
            )),
        }
    }
}

impl SubscriptionTold {
    fn is_unheard(
        &self,
        process: Process,
        ghost: &ProcessGhost,
        now: Timestamp,
        said: &BTreeSet<TopicName>,
    ) -> bool {
        let unheard = self.unheard.get(&process);
        ghost.awake_since == now && unheard.is_some_and(|wishes| wishes.contains(said))
    }

    fn due(&self, process: Process, ghost: &ProcessGhost, now: Timestamp) -> Option<Timestamp> {
        let told = self.told.get(&process)?;
        let patience = ghost.config.max_poll_interval + ghost.late + SLACK;
        (*told != ghost.subscribed && ghost.is_up()).then(|| now + patience)
    }
}

/// What it says for every assignor.
pub(super) fn said(join: &JoinGroupRequest) -> Result<BTreeSet<TopicName>, String> {
    let mut all = BTreeSet::new();
    for protocol in &join.protocols {
        let said = Subscription::decode(&protocol.metadata).map_err(|error| error.to_string())?;
        all.extend(said.topics);
    }
    Ok(all)
}

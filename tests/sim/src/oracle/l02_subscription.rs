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

/// The last is what it wishes now.
#[derive(Default)]
struct Wishes {
    at: Timestamp,
    all: Vec<BTreeSet<TopicName>>,
}

#[derive(Default)]
pub(super) struct SubscriptionTold {
    /// What the last JoinGroup of each said.
    told: BTreeMap<Process, BTreeSet<TopicName>>,
    /// What each wishes, and before that what its machine may not have heard yet: it fires what is due before it looks at what is new, and
    /// one that is not called hears of all of it, one after the other, when it is called again.
    wishes: BTreeMap<Process, Wishes>,
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
                if said != ghost.subscribed && !self.is_outdated(process, ghost, scene.now, &said) {
                    return Err(format!(
                        "process {} tells the group that it reads {said:?}; its application wants {:?}",
                        process.0, ghost.subscribed
                    ));
                }
                self.told.insert(process, said);
                self.due.remove(process);
            }
            What::Frozen(true) => {
                self.wish(process, ghost, scene.now);
                self.due.remove(process);
            }
            What::Subscribed { .. } if ghost.life == Life::Frozen => {
                self.wish(process, ghost, scene.now);
            }
            What::Subscribed { .. } | What::Started { .. } => {
                self.wish(process, ghost, scene.now);
                self.expect(process, ghost, scene.now);
            }
            // What hinders it is over, and it may take its time from now on.
            What::Frozen(false)
            | What::Released { .. }
            | What::Answered {
                request: Request::JoinGroup(_) | Request::SyncGroup(_) | Request::FindCoordinator(_),
                ..
            } => self.expect(process, ghost, scene.now),
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
    fn wish(&mut self, process: Process, ghost: &ProcessGhost, now: Timestamp) {
        let wishes = self.wishes.entry(process).or_default();
        // What was wished before that is long heard.
        if ghost.life == Life::Running || ghost.awake_since == now {
            wishes.all.drain(..wishes.all.len().saturating_sub(1));
        }
        wishes.all.push(ghost.subscribed.clone());
        wishes.at = now;
    }

    fn is_outdated(
        &self,
        process: Process,
        ghost: &ProcessGhost,
        now: Timestamp,
        said: &BTreeSet<TopicName>,
    ) -> bool {
        let wishes = self.wishes.get(&process);
        let wishes = wishes.filter(|wishes| ghost.awake_since == now || wishes.at == now);
        wishes.is_some_and(|wishes| wishes.all.contains(said))
    }

    fn expect(&mut self, process: Process, ghost: &ProcessGhost, now: Timestamp) {
        let told = self.told.get(&process);
        let patience = ghost.config.max_poll_interval + ghost.late + SLACK;
        let is_behind = told.is_some_and(|told| *told != ghost.subscribed && ghost.is_up());
        self.due.set_or_remove(process, is_behind.then(|| now + patience));
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

//! S01. For each partition at most one **live** member has it in its application-visible set, at every moment. A fenced zombie may still
//! believe that it owns it, but see S05.
//!
//! Source: KAFKA-16147, KAFKA-19449; rules 11, 13. Live: the coordinator still has the id under which the partition was got. A static
//! member that missed a round stays in the group all the same (KIP-345), fenced by its generation: it is not live.
//!
//! Who is live may change with any event, what an application owns only with a few. So two processes that own the same are looked at
//! after every event, and all others never.

use std::collections::{BTreeMap, BTreeSet};

use kohort_group::member::Event;
use kohort_protocol::TopicPartition;

use super::{Invariant, ProcessGhost, Scene, Verdict};
use crate::history::{Process, What};

#[derive(Default)]
pub(super) struct OneOwner {
    /// Who owns a partition, as far as anybody does.
    owners: BTreeMap<TopicPartition, BTreeSet<Process>>,
    owned: BTreeMap<Process, Vec<TopicPartition>>,
    /// Two that own the same, and what.
    rivals: BTreeMap<(Process, Process), TopicPartition>,
}

impl Invariant for OneOwner {
    fn id(&self) -> &'static str {
        "S01"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let changes = matches!(
            what,
            What::Heard(Event::Assigned { .. })
                | What::Released { .. }
                | What::Said(Event::Lost { .. })
                | What::Crashed
                | What::Closed { .. }
        );
        if let Some(process) = process.filter(|_| changes) {
            self.note(process, scene.ghost.of(process));
        }
        let both_live = |(a, b): (Process, Process)| {
            is_live(scene, scene.ghost.of(a)) && is_live(scene, scene.ghost.of(b))
        };
        match self.rivals.iter().find(|(rivals, _)| both_live(**rivals)) {
            None => Ok(()),
            Some(((a, b), partition)) => Err(format!(
                "{partition} is owned by process {} since generation {} and by process {} since generation {}, and both are live",
                a.0,
                scene.ghost.of(*a).owner_generation,
                b.0,
                scene.ghost.of(*b).owner_generation
            )),
        }
    }
}

impl OneOwner {
    /// What this process owns may have changed.
    fn note(&mut self, process: Process, ghost: &ProcessGhost) {
        for partition in self.owned.remove(&process).unwrap_or_default() {
            if let Some(owners) = self.owners.get_mut(&partition) {
                owners.remove(&process);
            }
        }
        self.rivals.retain(|(a, b), _| *a != process && *b != process);
        for partition in ghost.owned.keys() {
            let owners = self.owners.entry(partition.clone()).or_default();
            for other in &*owners {
                self.rivals.insert((*other, process), partition.clone());
            }
            owners.insert(process);
        }
        self.owned.insert(process, ghost.owned.keys().cloned().collect());
    }
}

fn is_live(scene: &Scene<'_>, ghost: &ProcessGhost) -> bool {
    let generation = scene
        .cluster
        .standing(scene.group)
        .map(|(_, generation)| generation);
    let missed_it = ghost.config.group_instance_id.is_some()
        && Some(ghost.owner_generation) != generation
        && !ghost.rejoins;
    !missed_it && scene.cluster.has_member(scene.group, &ghost.owner_id) == Some(true)
}

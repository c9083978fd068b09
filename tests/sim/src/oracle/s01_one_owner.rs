//! S01. For each partition at most one **live** member has it in its application-visible set. A fenced zombie may still believe that it
//! owns it, but see S05.
//!
//! Source: KAFKA-16147, KAFKA-19449; rules 11, 13. Live: the coordinator still has the id under which the partition was got. A static
//! member that missed a round stays in the group all the same (KIP-345), fenced by its generation: it is not live.

use kohort_group::member::Event;

use super::{Invariant, ProcessGhost, Scene, Verdict};
use crate::history::{Process, What};

pub(super) struct OneOwner;

impl Invariant for OneOwner {
    fn id(&self) -> &'static str {
        "S01"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let (Some(process), What::Heard(Event::Assigned { partitions, .. })) = (process, what) else {
            return Ok(());
        };
        let mine = scene.ghost.of(process);
        if mine.owned.is_empty() || !is_live(scene, mine) {
            return Ok(());
        }
        for (other, theirs) in scene.ghost.all().filter(|&(other, _)| other != process) {
            let shared = partitions
                .iter()
                .find(|partition| theirs.owned.contains_key(partition));
            if let Some(partition) = shared
                && is_live(scene, theirs)
            {
                return Err(format!(
                    "{partition} is given to process {} in generation {} while process {} owns it since generation {}, and both are live",
                    process.0, mine.owner_generation, other.0, theirs.owner_generation
                ));
            }
        }
        Ok(())
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

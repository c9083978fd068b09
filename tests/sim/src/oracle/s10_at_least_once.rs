//! S10. What is committed was processed: automatically and as "all that is processed", only what the application came back from; by hand,
//! only what it was handed.
//!
//! Source: KAFKA franz-go 57; rule 63. A crash after such a commit loses nothing.

use kohort_protocol::TopicPartition;
use kohort_protocol::api::Request;

use super::s05_commit_fencing::offsets;
use super::{Invariant, ProcessGhost, Scene, Verdict};
use crate::history::{Process, What};
use crate::plan::Commits;

pub(super) struct AtLeastOnce;

impl Invariant for AtLeastOnce {
    fn id(&self) -> &'static str {
        "S10"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let (
            Some(process),
            What::Sent {
                request: Request::OffsetCommit(request),
                ..
            },
        ) = (process, what)
        else {
            return Ok(());
        };
        let ghost = scene.ghost.of(process);
        let beyond = offsets(request).find(|(partition, offset)| *offset > reached(ghost, partition));
        match beyond {
            None => Ok(()),
            Some((partition, offset)) => Err(format!(
                "process {} commits {offset} of {partition}; its application has only got to {}",
                process.0,
                reached(ghost, &partition)
            )),
        }
    }
}

fn reached(ghost: &ProcessGhost, partition: &TopicPartition) -> i64 {
    let of = match ghost.commits {
        Commits::Auto | Commits::Processed => &ghost.processed,
        Commits::Sync | Commits::Async | Commits::Worker => &ghost.delivered,
    };
    // Where it began is fair: nothing before that was ours to process. So is where it got to before it went elsewhere.
    let began = ghost.started.get(partition).copied().unwrap_or(-1);
    // What was asked for before a reset may be sent once more after it.
    let before = ghost.before.get(partition).copied().unwrap_or(-1);
    of.get(partition).copied().unwrap_or(-1).max(began).max(before)
}

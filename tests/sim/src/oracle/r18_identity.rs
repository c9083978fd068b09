//! R18. Commits, heartbeats and SyncGroup requests carry the id and the generation of the last successful join, and only as long as that
//! lasts: who we are is stamped on a request when it is sent.
//!
//! Source: rule 18; librdkafka 4059, 3306.

use kohort_protocol::api::Request;

use super::{Invariant, Scene, Verdict};
use crate::history::{Process, What};

pub(super) struct Identity;

impl Invariant for Identity {
    fn id(&self) -> &'static str {
        "R18"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let (Some(process), What::Sent { request, .. }) = (process, what) else {
            return Ok(());
        };
        let (id, generation) = match request {
            Request::OffsetCommit(commit) => (&commit.member_id, commit.generation_id_or_member_epoch),
            Request::Heartbeat(heartbeat) => (&heartbeat.member_id, heartbeat.generation_id),
            Request::SyncGroup(sync) => (&sync.member_id, sync.generation_id),
            _ => return Ok(()),
        };
        let ghost = scene.ghost.of(process);
        // What is due by now goes out before the answer that came now is looked at: a process that wakes up with both.
        let lasts = ghost.in_session || ghost.round_failed == Some(scene.now);
        if lasts && *id == ghost.member_id && generation == ghost.generation {
            return Ok(());
        }
        let session = if ghost.in_session { "" } else { ", which is over" };
        Err(format!(
            "process {} sends {} as {id} of generation {generation}; it joined as {} in {}{session}",
            process.0,
            request.api(),
            ghost.member_id,
            ghost.generation
        ))
    }
}

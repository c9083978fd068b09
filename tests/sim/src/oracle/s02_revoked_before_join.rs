//! S02. Eager: the application has let go of everything (or was told that it is lost) before the next JoinGroup is sent.
//!
//! Source: rule 11; KIP-429. That nothing is delivered in between, S08 sees: what is not owned is not handed out.

use kohort_protocol::api::Request;

use super::{Invariant, Scene, Verdict};
use crate::history::{Process, What};

pub(super) struct RevokedBeforeJoin;

impl Invariant for RevokedBeforeJoin {
    fn id(&self) -> &'static str {
        "S02"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let (
            Some(process),
            What::Sent {
                request: Request::JoinGroup(_),
                ..
            },
        ) = (process, what)
        else {
            return Ok(());
        };
        match scene.ghost.of(process).owned.keys().next() {
            None => Ok(()),
            Some(partition) => Err(format!(
                "process {} asks to join again while its application owns {partition}",
                process.0
            )),
        }
    }
}

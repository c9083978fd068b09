//! S12. From the moment that partitions are lost until the application has heard of the next assignment nothing is committed: whatever it
//! still works on was read in a period that is over.
//!
//! Source: rule 13; librdkafka 2782, 5604; arroyo 168.

use std::collections::BTreeSet;

use kohort_group::member::Event;
use kohort_protocol::api::Request;

use super::{Invariant, Scene, Verdict};
use crate::history::{Process, What};

#[derive(Default)]
pub(super) struct NothingOfTheLost {
    lost: BTreeSet<Process>,
}

impl Invariant for NothingOfTheLost {
    fn id(&self) -> &'static str {
        "S12"
    }

    fn see(&mut self, _: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let Some(process) = process else { return Ok(()) };
        match what {
            What::Said(Event::Lost { .. }) => {
                self.lost.insert(process);
            }
            What::Heard(Event::Assigned { .. }) => {
                self.lost.remove(&process);
            }
            What::Sent {
                request: Request::OffsetCommit(_),
                ..
            } if self.lost.contains(&process) => {
                return Err(format!(
                    "process {} commits after its partitions were lost, and before its application got others",
                    process.0
                ));
            }
            _ => {}
        }
        Ok(())
    }
}

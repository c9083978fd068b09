//! L07. A member that fails again and again tells its application, while it goes on trying.
//!
//! Source: specification: after about ten failures in a row. Watched where it matters most: no coordinator can be found.

use std::collections::BTreeMap;

use kohort_group::member::Event;
use kohort_protocol::api::{Request, Response};

use super::{Invariant, Scene, Verdict};
use crate::history::{Process, What};

const PATIENCE: u32 = 14;

#[derive(Default)]
pub(super) struct Told {
    failures: BTreeMap<Process, u32>,
}

impl Invariant for Told {
    fn id(&self) -> &'static str {
        "L07"
    }

    fn see(&mut self, _: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let Some(process) = process else { return Ok(()) };
        match what {
            What::Said(Event::Error(_)) => {
                // Once told, it need not be told again until it has gone well in between.
                self.failures.insert(process, 0);
            }
            What::Answered {
                request: Request::FindCoordinator(_),
                reply,
                ..
            } => {
                let is_found = matches!(reply, Ok(Response::FindCoordinator(found))
                    if found.coordinators.iter().any(|one| one.error_code.is_ok()));
                let failures = self.failures.entry(process).or_default();
                *failures = if is_found { 0 } else { *failures + 1 };
                if *failures > PATIENCE {
                    return Err(format!(
                        "process {} has looked for the coordinator {failures} times in vain and told nobody",
                        process.0
                    ));
                }
            }
            _ => {}
        }
        Ok(())
    }
}

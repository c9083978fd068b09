//! L07. A member that fails again and again tells its application, whatever it is that fails, while it goes on trying.
//!
//! Source: specification: after ten failures in a row. What a row is, `rows` says. It is told by its own name, so that the word on one does
//! not silence another; once told, it need not be told again until it has gone well in between.

use std::collections::BTreeSet;

use kohort_group::member::{Event, MemberError};
use kohort_protocol::ApiKey;
use kohort_protocol::api::Response;

use super::coordinator::loses_coordinator;
use super::rows::{Key, Kind, Rows};
use super::{Invariant, Scene, Verdict};
use crate::history::{Process, What};

/// Two that wait by themselves in a member may be one row here.
const PATIENCE: u32 = 14;

#[derive(Default)]
pub(super) struct Told {
    rows: Rows,
    /// Whose application knows that no coordinator can be found.
    lost: BTreeSet<Process>,
}

impl Invariant for Told {
    fn id(&self) -> &'static str {
        "L07"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let Some(process) = process else { return Ok(()) };
        if let What::Said(Event::Error(MemberError::StillTrying { what, .. })) = what {
            self.told(process, what);
            return Ok(());
        }
        if let What::Answered {
            reply: Ok(response), ..
        } = what
            && is_of_a_member(response)
            && !loses_coordinator(response)
        {
            self.lost.remove(&process);
        }
        // Who stood still takes the coordinator it had for one that has stayed.
        if let What::Said(Event::Assigned { .. }) | What::Frozen(false) = what {
            for (_, _, row) in self.rows.of_mut(process) {
                row.before = row.failures;
            }
        }
        // Who is away for too long gives up joining, and hears of that instead.
        if let What::Said(Event::Error(MemberError::PollIntervalExceeded { .. })) = what {
            let joining = |api| matches!(api, ApiKey::JoinGroup | ApiKey::SyncGroup);
            for (_, _, row) in self.rows.of_mut(process).filter(|(api, ..)| joining(*api)) {
                row.before = row.failures;
            }
        }
        match self.rows.see(process, what, scene.now) {
            None => Ok(()),
            Some((key, kind)) => self.is_told(&key, kind),
        }
    }
}

impl Told {
    fn told(&mut self, process: Process, what: &str) {
        if what == "finding the group's coordinator" {
            self.lost.insert(process);
        }
        for (api, kind, row) in self.rows.of_mut(process) {
            row.told |= names(what, api, kind);
        }
    }

    fn is_told(&self, key: &Key, kind: Kind) -> Verdict {
        let (process, api) = (key.0, key.1);
        let knows = kind == Kind::Coordinator && self.lost.contains(&process);
        let untold = self
            .rows
            .of(key)
            .find(|(of, row)| *of == kind && !row.told && row.failures - row.before > PATIENCE);
        match untold.filter(|_| !knows) {
            None => Ok(()),
            Some((_, row)) => Err(format!(
                "{api} of process {} has failed {} times ({kind:?}) since {}, and nobody was told",
                process.0, row.failures, row.since
            )),
        }
    }
}

const fn is_of_a_member(response: &Response) -> bool {
    matches!(
        response,
        Response::JoinGroup(_) | Response::SyncGroup(_) | Response::Heartbeat(_)
    )
}

/// Whether the words of `StillTrying` are about this.
fn names(what: &str, api: ApiKey, kind: Kind) -> bool {
    match what {
        "finding the group's coordinator" => kind == Kind::Coordinator,
        "joining the group" => matches!(api, ApiKey::JoinGroup | ApiKey::SyncGroup),
        "sending heartbeats" => api == ApiKey::Heartbeat,
        "leaving the group" => api == ApiKey::LeaveGroup,
        "committing offsets" => api == ApiKey::OffsetCommit,
        "reading committed offsets" => api == ApiKey::OffsetFetch,
        "reading a partition" => kind == Kind::Partitions,
        "fetching from a broker" => api == ApiKey::Fetch,
        "asking for metadata" => api == ApiKey::Metadata,
        "asking what the members of the group were given" => api == ApiKey::DescribeGroups,
        _ => false,
    }
}

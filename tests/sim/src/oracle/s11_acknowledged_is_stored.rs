//! S11. What a coordinator acknowledges is stored: at that moment the flushed log has it, or one that came behind it.
//!
//! Source: specification; Jepsen on Bufstream. That it is read back, S06 sees; that a late commit may rewind it, S06 allows. Written in one
//! batch with the commit before, it does so before either is acknowledged.

use std::collections::BTreeMap;

use kohort_protocol::api::{Request, Response};
use kohort_protocol::{ErrorCode, TopicPartition};

use super::s05_commit_fencing::{codes, offsets};
use super::{Invariant, Scene, Verdict};
use crate::history::{Process, What};

#[derive(Default)]
pub(super) struct AcknowledgedIsStored {
    /// What arrived, in that order, from the oldest on that may not be acknowledged yet.
    arrived: BTreeMap<TopicPartition, Vec<i64>>,
}

impl Invariant for AcknowledgedIsStored {
    fn id(&self) -> &'static str {
        "S11"
    }

    fn see(&mut self, scene: &Scene<'_>, _: Option<Process>, what: &What<'_>) -> Verdict {
        match what {
            What::Arrived { request } => {
                if let Request::OffsetCommit(commit) = &request.request {
                    for (partition, offset) in offsets(commit) {
                        self.arrived.entry(partition).or_default().push(offset);
                    }
                }
                Ok(())
            }
            What::Replied {
                request: Request::OffsetCommit(request),
                response: Response::OffsetCommit(response),
                ..
            } => {
                let codes = codes(response);
                let acknowledged =
                    offsets(request).filter(|(name, _)| codes.get(name) == Some(&ErrorCode::NONE));
                for (partition, offset) in acknowledged {
                    self.acknowledged(scene, &partition, offset)?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

impl AcknowledgedIsStored {
    fn acknowledged(&mut self, scene: &Scene<'_>, partition: &TopicPartition, offset: i64) -> Verdict {
        let stored = scene.cluster.committed(scene.group, partition);
        let stored = stored.map(|at| at.offset);
        let arrived = self.arrived.entry(partition.clone()).or_default();
        if let Some(place) = arrived.iter().position(|one| *one == offset) {
            arrived.drain(..place);
        }
        if stored.is_some_and(|stored| stored == offset || arrived.contains(&stored)) {
            return Ok(());
        }
        Err(format!(
            "{offset} of {partition} was acknowledged; {stored:?} is stored"
        ))
    }
}

//! S11. What a coordinator acknowledges is stored: at that moment the flushed log has it.
//!
//! Source: specification; Jepsen on Bufstream. That it is read back, S06 sees; that a late commit may rewind it, S06 allows.

use kohort_protocol::ErrorCode;
use kohort_protocol::api::{Request, Response};

use super::s05_commit_fencing::{codes, offsets};
use super::{Invariant, Scene, Verdict};
use crate::history::{Process, What};

pub(super) struct AcknowledgedIsStored;

impl Invariant for AcknowledgedIsStored {
    fn id(&self) -> &'static str {
        "S11"
    }

    fn see(&mut self, scene: &Scene<'_>, _: Option<Process>, what: &What<'_>) -> Verdict {
        let What::Replied {
            request: Request::OffsetCommit(request),
            response: Response::OffsetCommit(response),
            ..
        } = what
        else {
            return Ok(());
        };
        let codes = codes(response);
        for (partition, offset) in offsets(request) {
            let stored = scene
                .cluster
                .committed(scene.group, &partition)
                .map(|at| at.offset);
            if codes.get(&partition) == Some(&ErrorCode::NONE) && stored != Some(offset) {
                return Err(format!(
                    "{offset} of {partition} was acknowledged; {stored:?} is stored"
                ));
            }
        }
        Ok(())
    }
}

//! S20. Records that lie ready take no more memory than is allowed, whatever the brokers send.
//!
//! Source: specification; librdkafka 5140. A single batch larger than that must still be readable; these logs have none.

use super::{Invariant, Scene, Verdict};
use crate::history::{Process, What};

pub(super) struct Memory;

impl Invariant for Memory {
    fn id(&self) -> &'static str {
        "S20"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        let (Some(process), What::Buffered { bytes }) = (process, what) else {
            return Ok(());
        };
        let allowed = scene.ghost.of(process).config.buffer_bytes;
        if *bytes <= allowed {
            return Ok(());
        }
        Err(format!(
            "process {} keeps {bytes} bytes of records; {allowed} are allowed",
            process.0
        ))
    }
}

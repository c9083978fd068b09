//! `kohort demo`: the main job of the library as a story that proves itself.
//!
//! Records numbered 0, 1, 2, ... are produced while members of one group come, leave and die and the coordinator moves. Every
//! delivery is counted; the last line is computed from the counts alone.

mod ledger;
mod member;
mod producer;
mod stage;
mod story;
mod table;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;

use crate::args;

/// The shortest that a stock broker accepts, so that a killed member is missed soon.
const SESSION_TIMEOUT: Duration = Duration::from_secs(6);
const HEARTBEAT_INTERVAL: Duration = Duration::from_millis(500);
const COMMIT_INTERVAL: Duration = Duration::from_millis(500);

pub(crate) fn run(arguments: &args::Demo) -> Result<ExitCode> {
    let outcome = story::tell(arguments)?;
    println!("{outcome}");
    Ok(if outcome.is_proven() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

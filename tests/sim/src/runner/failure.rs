//! A failure, made small: what is broken, the command that shows it again, and the smallest plan that breaks it, as a file.

use std::path::Path;

use super::Options;
use crate::oracle::Violation;
use crate::plan::Plan;
use crate::planted::Planted;
use crate::{run, shrink};

/// What repeats a run with a bug planted, if one is.
fn with(planted: Option<&Planted>) -> String {
    planted.map_or_else(String::new, |planted| format!(" --with {}", planted.name))
}

/// Says what is broken and how to see it again.
pub(super) fn tell(options: &Options, plan: &Plan, violation: &Violation, say: &impl Fn(&str)) {
    let (seed, profile, with) = (plan.seed, plan.profile.name(), with(options.with));
    let long = if options.long { " --long" } else { "" };
    say(&format!(
        "SIM FAIL {violation}\n  seed={seed:#x} profile={profile}: kohort sim --seed {seed:#x} --profile {profile}{long}{with} --trace"
    ));
}

/// The same, and writes the smallest plan that breaks it.
pub(super) fn explain(options: &Options, plan: &Plan, violation: &Violation, say: &impl Fn(&str)) {
    tell(options, plan, violation, say);
    let breaks = |candidate: &Plan| {
        let found = run(candidate, options.with, false).violation;
        found.filter(|found| found.id == violation.id)
    };
    let small = shrink(plan, |candidate| breaks(candidate).is_some());
    let path = options
        .save
        .join(format!("{}-{:#x}.txt", violation.id.to_lowercase(), plan.seed));
    match write(&path, &small, breaks) {
        Ok(()) => say(&format!(
            "  {} of {} faults are enough: kohort sim --replay {}{}",
            small.faults.len(),
            plan.faults.len(),
            path.display(),
            with(options.with)
        )),
        Err(problem) => say(&format!("  {}: {problem}", path.display())),
    }
    if options.trace {
        say(&run(&small, options.with, true).trace.unwrap_or_default());
    }
}

/// What is written is what was read back and broke the same.
fn write(path: &Path, plan: &Plan, breaks: impl Fn(&Plan) -> Option<Violation>) -> Result<(), String> {
    let text = plan.to_string();
    let read: Plan = text
        .parse()
        .map_err(|error| format!("its text is no plan: {error}"))?;
    let found = breaks(&read)
        .ok_or("its text does not break what it breaks itself: a plan must be all there is of a run")?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    }
    std::fs::write(path, format!("# {found}\n{text}")).map_err(|error| error.to_string())
}

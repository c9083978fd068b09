//! Many seeds, several at a time; what came of them, in numbers; what failed, made small.

mod failure;
mod proof;
mod report;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::oracle::Violation;
use crate::plan::{Plan, Profile};
use crate::planted::{self, Planted};
use crate::run;

pub use proof::{PlantedChoice, bug};
pub use report::Report;

/// Of so many failures the plan is made small and written down.
const EXPLAINED: usize = 5;

/// Reads a seed: `0x` and hexadecimal digits, or a decimal number.
///
/// # Errors
/// It is neither.
pub fn seed(text: &str) -> Result<u64, String> {
    crate::plan::read_seed(text).ok_or_else(|| format!("{text:?} is no seed: write 0x5ee1 or 24289"))
}

/// Whether there are so many seeds from this one on.
///
/// # Errors
/// The greatest seed comes first.
pub fn are_seeds(from: u64, seeds: u64) -> Result<(), String> {
    match from.checked_add(seeds.saturating_sub(1)) {
        Some(_) => Ok(()),
        None => Err(format!(
            "there are no {seeds} seeds from {from:#x} on: the last of all is {:#x}",
            u64::MAX
        )),
    }
}

/// What to run.
#[derive(Clone, Debug)]
pub struct Options {
    /// The first seed.
    pub from: u64,
    /// How many.
    pub seeds: u64,
    /// Of this profile only.
    pub profile: Option<Profile>,
    /// Long runs only.
    pub long: bool,
    /// How many at a time.
    pub jobs: usize,
    /// A planted bug that is taken for the code's own: it fails as ours would.
    pub with: Option<&'static Planted>,
    /// Which planted bugs are hunted.
    pub planted: PlantedChoice,
    /// Besides the seed that is known to catch a planted bug, so many others are tried.
    pub fresh: u64,
    /// Whether the trace of a failure is printed (of a single seed, in any case).
    pub trace: bool,
    /// Where the plan of a failure is written.
    pub save: PathBuf,
    /// Whether a situation that was never reached is a failure.
    pub must_reach_all: bool,
}

impl Options {
    fn draw(&self, seed: u64) -> Plan {
        if self.long {
            Plan::draw_long(seed, self.profile)
        } else {
            Plan::draw(seed, self.profile)
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            from: 0,
            seeds: 100,
            profile: None,
            long: false,
            jobs: 1,
            with: None,
            planted: PlantedChoice::None,
            fresh: planted::FRESH,
            trace: false,
            save: PathBuf::from("."),
            must_reach_all: false,
        }
    }
}

/// Runs what the options say and says what came of it, line by line.
pub fn run_all(options: &Options, say: &(impl Fn(&str) + Sync)) -> Report {
    let mut report = run_seeds(options, options.with, (options.from, options.seeds), |_| false);
    for (plan, violation) in report.failures.iter().take(EXPLAINED) {
        failure::explain(options, plan, violation, say);
    }
    for (plan, violation) in report.failures.iter().skip(EXPLAINED) {
        failure::tell(options, plan, violation, say);
    }
    if options.trace && options.seeds == 1 && report.failures.is_empty() {
        let plan = options.draw(options.from);
        say(&run(&plan, options.with, true).trace.unwrap_or_default());
    }
    proof::check_planted(options, &mut report, say);
    report.stable_line().iter().for_each(|line| say(line));
    say(&report.hash_line());
    if options.must_reach_all {
        let missed: Vec<String> = report
            .never_reached()
            .map(|one| format!("never reached: {}", one.text()))
            .collect();
        missed.iter().for_each(|line| say(line));
        report.is_red |= !missed.is_empty();
    }
    say(&report.line());
    report
}

/// Runs one plan from a file, with a bug planted or not. Whether all was well.
///
/// # Errors
/// What is wrong with the file.
pub fn replay(path: &Path, with: Option<&Planted>, trace: bool, say: &impl Fn(&str)) -> Result<bool, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let plan: Plan = text
        .parse()
        .map_err(|error| format!("{}: {error}", path.display()))?;
    let outcome = run(&plan, with, trace);
    if let Some(lines) = &outcome.trace {
        say(lines);
    }
    match &outcome.violation {
        Some(violation) => say(&format!("SIM FAIL {violation}")),
        None => say(&format!("{}: nothing is broken", path.display())),
    }
    let mut report = Report::default();
    report.add(plan, outcome);
    report.stable_line().iter().for_each(|line| say(line));
    say(&report.line());
    Ok(report.is_green())
}

/// The first seed, and how many there are: the greatest of all has no end to name.
type Seeds = (u64, u64);

fn run_seeds(
    options: &Options,
    planted: Option<&Planted>,
    (first, count): Seeds,
    is_enough: impl Fn(&Violation) -> bool + Sync,
) -> Report {
    let next = AtomicU64::new(0);
    let stop = AtomicBool::new(false);
    let report = Mutex::new(Report::default());
    std::thread::scope(|scope| {
        for _ in 0..options.jobs.max(1) {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        return;
                    }
                    let plan = options.draw(first.wrapping_add(number));
                    let outcome = run(&plan, planted, false);
                    stop.fetch_or(
                        outcome.violation.as_ref().is_some_and(&is_enough),
                        Ordering::Relaxed,
                    );
                    report.lock().expect("nobody panics with it").add(plan, outcome);
                }
            });
        }
    });
    let mut report = report.into_inner().expect("nobody panicked with it");
    report.failures.sort_by_key(|(plan, _)| plan.seed);
    report
}

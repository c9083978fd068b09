//! Many seeds, several at a time; what came of them, in numbers; what failed, made small.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use kohort_protocol::Timestamp;

use crate::oracle::Violation;
use crate::plan::{Plan, Profile};
use crate::planted::{self, Planted};
use crate::sometimes::{Situation, Sometimes};
use crate::{Outcome, run, shrink};

/// Of so many failures the plan is made small and written down.
const EXPLAINED: usize = 5;

/// Which planted bugs are checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PlantedChoice {
    /// None.
    #[default]
    None,
    /// Each, with the seed that is known to catch it, then with a few others.
    All,
    /// Each, with all seeds from 0 on until one catches it: how many it takes.
    Search,
    /// This one.
    One(String),
}

impl PlantedChoice {
    /// `all`, `none`, `search`, or the name of a planted bug.
    ///
    /// # Errors
    /// No bug has this name.
    pub fn named(name: &str) -> Result<Self, String> {
        match name {
            "all" => Ok(Self::All),
            "search" => Ok(Self::Search),
            "none" => Ok(Self::None),
            name if planted::named(name).is_some() => Ok(Self::One(name.to_owned())),
            name => {
                let names: Vec<&str> = planted::ALL.iter().map(|planted| planted.name).collect();
                Err(format!(
                    "no planted bug is called {name}; there are {}",
                    names.join(", ")
                ))
            }
        }
    }
}

/// Reads a seed: `0x` and hexadecimal digits, or a decimal number.
///
/// # Errors
/// It is neither.
pub fn seed(text: &str) -> Result<u64, String> {
    crate::plan::read_seed(text).ok_or_else(|| format!("{text:?} is no seed: write 0x5ee1 or 24289"))
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
    /// How many at a time.
    pub jobs: usize,
    /// Which planted bugs.
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

impl Default for Options {
    fn default() -> Self {
        Self {
            from: 0,
            seeds: 100,
            profile: None,
            jobs: 1,
            planted: PlantedChoice::None,
            fresh: planted::FRESH,
            trace: false,
            save: PathBuf::from("."),
            must_reach_all: false,
        }
    }
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Report {
    seeds: u64,
    simulated: Duration,
    events: u64,
    faults: u64,
    rebalances: u64,
    stable: Vec<Duration>,
    failures: Vec<(Plan, Violation)>,
    sometimes: Sometimes,
    planted: Option<(usize, usize)>,
    is_red: bool,
}

impl Report {
    /// Whether all was well.
    #[must_use]
    pub fn is_green(&self) -> bool {
        !self.is_red && self.failures.is_empty()
    }

    fn add(&mut self, plan: &Plan, outcome: Outcome) {
        self.seeds += 1;
        self.simulated += outcome.simulated;
        self.events += outcome.events;
        self.faults += outcome.faults;
        self.rebalances += outcome.rebalances;
        self.stable.extend(outcome.stable);
        self.sometimes.add(&outcome.sometimes);
        if let Some(violation) = outcome.violation {
            self.failures.push((plan.clone(), violation));
        }
    }

    /// The last line.
    #[must_use]
    pub fn line(&self) -> String {
        let reached = Situation::ALL
            .iter()
            .filter(|situation| self.sometimes.count(**situation) > 0);
        let (caught, planted) = self.planted.unwrap_or_default();
        format!(
            "sim: seeds={} simulated_hours={:.1} events={} faults={} rebalances={} violations={} planted={caught}/{planted} sometimes={}/{}",
            self.seeds,
            self.simulated.as_secs_f64() / 3600.0,
            self.events,
            self.faults,
            self.rebalances,
            self.failures.len(),
            reached.count(),
            Situation::ALL.len(),
        )
    }

    /// How long groups took to become stable: the half of them, all but one in a hundred, all.
    fn stable_line(&mut self) -> Option<String> {
        self.stable.sort_unstable();
        let at = |share: usize| {
            self.stable
                .get((self.stable.len() * share / 100).min(self.stable.len().saturating_sub(1)))
        };
        let (half, most, all) = (at(50)?, at(99)?, self.stable.last()?);
        Some(format!(
            "stable after the faults p50/p99/max = {:.1}/{:.1}/{:.1} s",
            half.as_secs_f64(),
            most.as_secs_f64(),
            all.as_secs_f64()
        ))
    }
}

/// Runs what the options say and says what came of it, line by line.
pub fn run_all(options: &Options, say: &(impl Fn(&str) + Sync)) -> Report {
    let mut report = run_seeds(
        options,
        None,
        options.from..options.from.saturating_add(options.seeds),
        |_| false,
    );
    for (plan, violation) in report.failures.iter().take(EXPLAINED) {
        explain(options, plan, violation, say);
    }
    for (plan, violation) in report.failures.iter().skip(EXPLAINED) {
        say(&format!("SIM FAIL {violation} seed={:#x}", plan.seed));
    }
    if options.trace && options.seeds == 1 && report.failures.is_empty() {
        let plan = Plan::draw(options.from, options.profile);
        say(&run_caught(&plan, None, true).trace.unwrap_or_default());
    }
    check_planted(options, &mut report, say);
    if let Some(line) = report.stable_line() {
        say(&line);
    }
    let sometimes = report.sometimes.clone();
    let missed: Vec<Situation> = Situation::ALL
        .iter()
        .copied()
        .filter(|&one| sometimes.count(one) == 0)
        .collect();
    for situation in missed.iter().filter(|_| options.must_reach_all) {
        say(&format!("never reached: {}", situation.text()));
        report.is_red = true;
    }
    say(&report.line());
    report
}

/// Runs one plan from a file.
///
/// # Errors
/// What is wrong with the file.
pub fn replay(path: &Path, trace: bool, say: &impl Fn(&str)) -> Result<bool, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let plan: Plan = text
        .parse()
        .map_err(|error| format!("{}: {error}", path.display()))?;
    let outcome = run_caught(&plan, None, trace);
    if let Some(lines) = &outcome.trace {
        say(lines);
    }
    match &outcome.violation {
        Some(violation) => say(&format!("SIM FAIL {violation}")),
        None => say(&format!("{}: nothing is broken", path.display())),
    }
    Ok(outcome.violation.is_none())
}

fn run_seeds(
    options: &Options,
    planted: Option<&Planted>,
    seeds: Range<u64>,
    is_enough: impl Fn(&Violation) -> bool + Sync,
) -> Report {
    let next = AtomicU64::new(seeds.start);
    let stop = AtomicBool::new(false);
    let report = Mutex::new(Report::default());
    std::thread::scope(|scope| {
        for _ in 0..options.jobs.max(1) {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        return;
                    }
                    let plan = Plan::draw(seed, options.profile);
                    let outcome = run_caught(&plan, planted, false);
                    stop.fetch_or(
                        outcome.violation.as_ref().is_some_and(&is_enough),
                        Ordering::Relaxed,
                    );
                    report.lock().expect("nobody panics with it").add(&plan, outcome);
                }
            });
        }
    });
    let mut report = report.into_inner().expect("nobody panicked with it");
    report.failures.sort_by_key(|(plan, _)| plan.seed);
    report
}

/// As [`run`], but a panic is a violation like any other.
fn run_caught(plan: &Plan, planted: Option<&Planted>, trace: bool) -> Outcome {
    catch_unwind(AssertUnwindSafe(|| run(plan, planted, trace))).unwrap_or_else(|panic| {
        let text = panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|&text| text.to_owned()));
        Outcome {
            violation: Some(Violation {
                id: "PANIC",
                at: Timestamp::ZERO,
                text: text.unwrap_or_default(),
            }),
            simulated: Duration::ZERO,
            events: 0,
            faults: 0,
            rebalances: 0,
            stable: None,
            sometimes: Sometimes::default(),
            hash: 0,
            trace: None,
        }
    })
}

/// Says what is broken and how to see it again, and writes the smallest plan that breaks it.
fn explain(options: &Options, plan: &Plan, violation: &Violation, say: &impl Fn(&str)) {
    let profile = plan.profile.name();
    let seed = plan.seed;
    say(&format!(
        "SIM FAIL {violation}\n  seed={seed:#x} profile={profile}: kohort sim --seed {seed:#x} --profile {profile} --trace"
    ));
    let small = shrink(plan, |candidate| {
        run_caught(candidate, None, false)
            .violation
            .is_some_and(|found| found.id == violation.id)
    });
    let path = options
        .save
        .join(format!("{}-{seed:#x}.txt", violation.id.to_lowercase()));
    let mut text = String::new();
    // A String takes everything.
    let _ = write!(text, "# {violation}\n{small}");
    match std::fs::write(&path, text) {
        Ok(()) => say(&format!(
            "  {} of {} faults are enough: kohort sim --replay {}",
            small.faults.len(),
            plan.faults.len(),
            path.display()
        )),
        Err(error) => say(&format!("  {}: {error}", path.display())),
    }
    if options.trace {
        say(&run_caught(&small, None, true).trace.unwrap_or_default());
    }
}

/// How a hunt for a planted bug went.
#[derive(Default)]
struct Hunt {
    /// The seed that caught it, and the invariant.
    caught: Option<(u64, &'static str)>,
    seeds: u64,
    /// Alarms that were not for it.
    others: BTreeMap<&'static str, u64>,
}

/// Looks for a planted bug with these seeds until one catches it for the right reason.
fn hunt(options: &Options, planted: &Planted, seeds: Range<u64>) -> Hunt {
    let is_right = |id: &&str| planted.caught_by.contains(id);
    let report = run_seeds(options, Some(planted), seeds, |violation| is_right(&violation.id));
    let mut hunt = Hunt {
        seeds: report.seeds,
        ..Hunt::default()
    };
    for (plan, violation) in &report.failures {
        if is_right(&violation.id) {
            hunt.caught.get_or_insert((plan.seed, violation.id));
        } else {
            *hunt.others.entry(violation.id).or_default() += 1;
        }
    }
    hunt
}

/// The proof of the oracle: each planted bug is caught by an invariant that is meant for it.
fn check_planted(options: &Options, report: &mut Report, say: &impl Fn(&str)) {
    let chosen: Vec<&Planted> = match &options.planted {
        PlantedChoice::None => return,
        PlantedChoice::All | PlantedChoice::Search => planted::ALL.iter().collect(),
        PlantedChoice::One(name) => planted::named(name).into_iter().collect(),
    };
    let caught = chosen.iter().filter(|planted| is_caught(options, planted, say));
    let caught = caught.count();
    report.is_red |= caught < chosen.len();
    report.planted = Some((caught, chosen.len()));
}

/// By the seed that is known to, and, for the record, by how many of some others; if by none of them, by any.
fn is_caught(options: &Options, planted: &Planted, say: &impl Fn(&str)) -> bool {
    let name = planted.name;
    if options.planted == PlantedChoice::All {
        let known = hunt(options, planted, planted.seed..planted.seed + 1);
        if let Some((seed, id)) = known.caught {
            let from = options.from.saturating_add(options.seeds);
            let fresh = (from..from + options.fresh)
                .filter(|&seed| hunt(options, planted, seed..seed + 1).caught.is_some());
            let (fresh, of) = (fresh.count(), options.fresh);
            say(&format!(
                "planted {name}: {id} with seed {seed}, and with {fresh} of {of} others"
            ));
            return true;
        }
    }
    let hunt = hunt(options, planted, 0..planted::SEEDS);
    let others: Vec<String> = hunt
        .others
        .iter()
        .map(|(id, times)| format!("{id} x{times}"))
        .collect();
    let (seeds, others) = (hunt.seeds, others.join(" "));
    match hunt.caught {
        Some((seed, id)) => say(&format!(
            "planted {name}: {id} with seed {seed} after {seeds} seeds; other alarms: [{others}]"
        )),
        None => say(&format!(
            "planted {name}: NOT caught by {seeds} seeds: {}; it should be by {:?}; other alarms: [{others}]",
            planted.story, planted.caught_by
        )),
    }
    hunt.caught.is_some()
}

//! Runs checks and says how each ended: side by side where they may, one at a time where they break things.

use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::LocalSet;
use tokio::time::{Instant, timeout};

use crate::{Bench, Check, Failed, Profile, Target, When};

/// No check takes longer, but for the slow ones.
const LIMIT: Duration = Duration::from_secs(60);
const SLOW_LIMIT: Duration = Duration::from_secs(240);

/// How one check ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Its id.
    pub id: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What came out.
    pub verdict: Verdict,
    /// How long it took, on the clock it ran under.
    pub took: Duration,
}

/// What came out of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The broker answered as it should.
    Pass,
    /// It did not.
    Fail(Failed),
    /// Not run, and why.
    Skipped(&'static str),
}

impl fmt::Display for Outcome {
    /// `classic/1.1 pass 12ms`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            id,
            title,
            verdict,
            took,
        } = self;
        match verdict {
            Verdict::Pass => write!(f, "{id} pass {}ms", took.as_millis()),
            Verdict::Fail(failed) => write!(f, "{id} FAIL {}ms: {title}: {failed}", took.as_millis()),
            Verdict::Skipped(why) => write!(f, "{id} skipped: {why}"),
        }
    }
}

/// How some checks ended, in the order of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report(pub Vec<Outcome>);

impl Report {
    /// Those that failed.
    #[must_use]
    pub fn failures(&self) -> Vec<&Outcome> {
        let failed = |outcome: &&Outcome| matches!(outcome.verdict, Verdict::Fail(_));
        self.0.iter().filter(failed).collect()
    }
}

impl fmt::Display for Report {
    /// One line for each check.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|outcome| writeln!(f, "{outcome}"))
    }
}

/// Which checks, and how.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The kind of cluster that the target is: only checks for it are run.
    pub profile: Profile,
    /// How many run at the same time.
    pub side_by_side: usize,
    /// Only checks whose id begins so.
    pub only: Option<String>,
}

impl Plan {
    fn has(&self, check: &Check) -> bool {
        let named = self.only.as_ref().is_none_or(|start| check.id.starts_with(start));
        named && check.profile == self.profile
    }
}

/// Says of the checks that `plan` names that they were not run.
pub fn skip(checks: &'static [Check], plan: &Plan, why: &'static str) -> Report {
    let ours = checks.iter().filter(|check| plan.has(check));
    let skipped = |check: &Check| Outcome {
        id: check.id,
        title: check.title,
        verdict: Verdict::Skipped(why),
        took: Duration::ZERO,
    };
    Report(ours.map(skipped).collect())
}

/// Runs `checks` on a cluster, those that must be alone last.
pub async fn run(checks: &'static [Check], target: Rc<dyn Target>, plan: Plan) -> Report {
    let ours = checks.iter().filter(|check| plan.has(check));
    let (alone, together): (Vec<&Check>, Vec<&Check>) = ours.partition(|check| check.when == When::Alone);
    let slots = Rc::new(Semaphore::new(plan.side_by_side));
    let local = LocalSet::new();
    let running: Vec<_> = together
        .into_iter()
        .map(|check| {
            let (target, slots) = (Rc::clone(&target), Rc::clone(&slots));
            (
                check,
                local.spawn_local(async move {
                    // Slow checks wait most of their time: they take no slot.
                    let _slot = if check.when == When::Slow {
                        None
                    } else {
                        slots.acquire().await.ok()
                    };
                    run_one(check, target).await
                }),
            )
        })
        .collect();
    let mut outcomes = Vec::new();
    local
        .run_until(async {
            for (check, running) in running {
                outcomes.push(running.await.unwrap_or_else(|error| panicked(check, &error)));
            }
        })
        .await;
    for check in alone {
        outcomes.push(run_one(check, Rc::clone(&target)).await);
    }
    Report(outcomes)
}

async fn run_one(check: &'static Check, target: Rc<dyn Target>) -> Outcome {
    let began = Instant::now();
    let mut bench = Bench::new(target, check.id.replace('/', "-"));
    let slow = check.when == When::Slow;
    let limit = if slow { SLOW_LIMIT } else { LIMIT };
    let verdict = match timeout(limit, (check.script)(&mut bench)).await {
        Ok(Ok(())) => Verdict::Pass,
        Ok(Err(failed)) => Verdict::Fail(failed),
        Err(_) => Verdict::Fail(Failed::new(
            "the check",
            "an end",
            format!("none after {limit:?}"),
        )),
    };
    Outcome {
        id: check.id,
        title: check.title,
        verdict,
        took: began.elapsed(),
    }
}

fn panicked(check: &'static Check, error: &tokio::task::JoinError) -> Outcome {
    Outcome {
        id: check.id,
        title: check.title,
        verdict: Verdict::Fail(Failed::new("the check", "an end", error.to_string())),
        took: Duration::ZERO,
    }
}

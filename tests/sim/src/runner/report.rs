//! What came of many runs, in numbers. Reports of ranges of seeds add up to the report of the whole.

use std::time::Duration;

use crate::Outcome;
use crate::oracle::Violation;
use crate::plan::Plan;
use crate::sometimes::{Situation, Sometimes};

/// See the head of this file.
#[derive(Debug, Default)]
pub struct Report {
    pub(super) seeds: u64,
    simulated: Duration,
    events: u64,
    faults: u64,
    rebalances: u64,
    /// How long each group took after the faults.
    stable: Vec<Duration>,
    pub(super) failures: Vec<(Plan, Violation)>,
    sometimes: Sometimes,
    /// The traces of all, whatever their order.
    hash: u64,
    /// How many planted bugs were caught, of how many.
    pub(super) planted: Option<(usize, usize)>,
    pub(super) is_red: bool,
}

impl Report {
    /// Whether all was well.
    #[must_use]
    pub fn is_green(&self) -> bool {
        !self.is_red && self.failures.is_empty()
    }

    pub(super) fn add(&mut self, plan: Plan, outcome: Outcome) {
        self.seeds += 1;
        self.simulated += outcome.simulated;
        self.events += outcome.events;
        self.faults += outcome.faults;
        self.rebalances += outcome.rebalances;
        self.stable.extend(outcome.stable);
        self.sometimes.add(&outcome.sometimes);
        self.hash = self.hash.wrapping_add(outcome.hash);
        if let Some(violation) = outcome.violation {
            self.failures.push((plan, violation));
        }
    }

    /// The situations that no run reached.
    pub(super) fn never_reached(&self) -> impl Iterator<Item = Situation> {
        let all = Situation::ALL.iter().copied();
        all.filter(|&situation| self.sometimes.count(situation) == 0)
    }

    /// The last line.
    #[must_use]
    pub fn line(&self) -> String {
        let (caught, planted) = self.planted.unwrap_or_default();
        let situations = Situation::ALL.len();
        format!(
            "sim: seeds={} simulated_hours={:.1} events={} faults={} rebalances={} violations={} planted={caught}/{planted} sometimes={}/{situations}",
            self.seeds,
            self.simulated.as_secs_f64() / 3600.0,
            self.events,
            self.faults,
            self.rebalances,
            self.failures.len(),
            situations - self.never_reached().count(),
        )
    }

    /// One number for all that happened: the same seeds have the same, in whatever order and by however many at a time they were run.
    #[must_use]
    pub fn hash_line(&self) -> String {
        format!("trace hash of all seeds = {:#018x}", self.hash)
    }

    /// How long groups took to become stable again: the half of them, all but one in a hundred, all. A run that broke before does not
    /// count.
    #[must_use]
    pub fn stable_line(&self) -> Option<String> {
        let mut stable = self.stable.clone();
        stable.sort_unstable();
        let [half, most, all] = [50, 99, 100].map(|share| at_most(&stable, share));
        Some(format!(
            "stable after the faults p50/p99/max = {:.1}/{:.1}/{:.1} s",
            half?.as_secs_f64(),
            most?.as_secs_f64(),
            all?.as_secs_f64()
        ))
    }
}

/// The least of `sorted` that `share` of a hundred do not exceed.
fn at_most(sorted: &[Duration], share: usize) -> Option<Duration> {
    let rank = (sorted.len() * share).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Profile;

    #[test]
    fn shares_are_of_the_nearest_rank() {
        let seconds = |count: u64| (1..=count).map(Duration::from_secs).collect::<Vec<_>>();
        let at = |count, share| at_most(&seconds(count), share).map_or(0, |at| at.as_secs());
        assert_eq!([50, 99, 100].map(|share| at(200, share)), [100, 198, 200]);
        assert_eq!([50, 99, 100].map(|share| at(3, share)), [2, 3, 3]);
        assert_eq!([50, 99, 100].map(|share| at(1, share)), [1, 1, 1]);
        assert_eq!(at(0, 50), 0);
    }

    #[test]
    fn nothing_run_is_nothing_said() {
        let report = Report::default();
        assert_eq!(report.stable_line(), None);
        let situations = Situation::ALL.len();
        assert_eq!(
            report.line(),
            format!(
                "sim: seeds=0 simulated_hours=0.0 events=0 faults=0 rebalances=0 violations=0 planted=0/0 sometimes=0/{situations}"
            )
        );
    }

    #[test]
    fn the_last_line_adds_up_its_runs() {
        let mut report = Report {
            planted: Some((19, 20)),
            ..Report::default()
        };
        let plan = Plan::draw(1, Some(Profile::Eager));
        for seconds in [3, 1] {
            let outcome = Outcome {
                violation: (seconds == 1).then(|| Violation {
                    id: "S01",
                    at: kohort_protocol::Timestamp::ZERO,
                    text: String::new(),
                }),
                simulated: Duration::from_secs(1800),
                events: 1000,
                faults: 10,
                rebalances: 5,
                stable: Some(Duration::from_secs(seconds)),
                sometimes: Sometimes::default(),
                hash: u64::MAX,
                trace: None,
            };
            report.add(plan.clone(), outcome);
        }
        assert!(report.line().starts_with(
            "sim: seeds=2 simulated_hours=1.0 events=2000 faults=20 rebalances=10 violations=1 planted=19/20 sometimes=0/"
        ));
        assert_eq!(
            report.stable_line().unwrap(),
            "stable after the faults p50/p99/max = 1.0/3.0/3.0 s"
        );
        assert!(!report.is_green());
    }
}

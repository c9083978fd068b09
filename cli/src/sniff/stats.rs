//! What went by, counted by API: the table at the end. Pure.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use kohort::protocol::dissect;
use serde_json::{Value, json};

/// Counts of one API.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) requests: u64,
    pub(super) responses: u64,
    /// Responses with an error code in them.
    pub(super) errors: u64,
    pub(super) unanswered: u64,
    pub(super) request_bytes: u64,
    pub(super) response_bytes: u64,
    pub(super) latencies: Latencies,
}

#[derive(Debug, Default)]
pub(super) struct Stats {
    /// Unknown APIs share the last entry, so that nobody can make the table long.
    apis: BTreeMap<i16, Counts>,
}

impl Stats {
    pub(super) fn of(&mut self, api_key: i16) -> &mut Counts {
        let known = dissect::api_name(api_key).map_or(i16::MAX, |_| api_key);
        self.apis.entry(known).or_default()
    }

    pub(super) fn table(&self) -> String {
        let mut out = format!(
            "{:<28}{:>9}{:>9}{:>9}{:>11}{:>10}{:>10}{:>12}{:>12}\n",
            "api",
            "requests",
            "answers",
            "errors",
            "unanswered",
            "p50 ms",
            "p99 ms",
            "bytes up",
            "bytes down"
        );
        for (api_key, counts) in &self.apis {
            // Writing to a String cannot fail.
            let _ = writeln!(
                out,
                "{:<28}{:>9}{:>9}{:>9}{:>11}{:>10}{:>10}{:>12}{:>12}",
                name(*api_key),
                counts.requests,
                counts.responses,
                counts.errors,
                counts.unanswered,
                milliseconds(counts.latencies.quantile(0.5)),
                milliseconds(counts.latencies.quantile(0.99)),
                counts.request_bytes,
                counts.response_bytes,
            );
        }
        out
    }

    pub(super) fn json(&self) -> Value {
        let row = |(api_key, counts): (&i16, &Counts)| {
            let ms = |q| {
                counts
                    .latencies
                    .quantile(q)
                    .map(|latency| latency.as_secs_f64() * 1e3)
            };
            json!({
                "api": name(*api_key), "requests": counts.requests, "responses": counts.responses,
                "errors": counts.errors, "unanswered": counts.unanswered, "p50Ms": ms(0.5), "p99Ms": ms(0.99),
                "requestBytes": counts.request_bytes, "responseBytes": counts.response_bytes,
            })
        };
        self.apis.iter().map(row).collect()
    }
}

fn name(api_key: i16) -> &'static str {
    dissect::api_name(api_key).unwrap_or("(unknown)")
}

fn milliseconds(latency: Option<Duration>) -> String {
    latency.map_or("-".to_owned(), |latency| {
        format!("{:.1}", latency.as_secs_f64() * 1e3)
    })
}

/// Latencies in steps of a sixteenth of their power of two: a quantile is at most 6 % too large, and memory does not grow.
#[derive(Debug, Default)]
pub(super) struct Latencies {
    steps: BTreeMap<u32, u64>,
    count: u64,
}

impl Latencies {
    pub(super) fn add(&mut self, latency: Duration) {
        let us = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        let power = us.max(16).ilog2();
        // Of the four bits behind the first one; below 16 each number is a step.
        let step = u32::try_from(us >> (power - 4)).unwrap_or(0) + 16 * (power - 4);
        *self.steps.entry(step).or_default() += 1;
        self.count += 1;
    }

    /// The smallest latency that so many are not above.
    pub(super) fn quantile(&self, part: f64) -> Option<Duration> {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a part of a count"
        )]
        let rank = (part * self.count as f64).ceil() as u64;
        let mut seen = 0;
        let step = self.steps.iter().find_map(|(step, count)| {
            seen += count;
            (seen >= rank.max(1)).then_some(*step)
        })?;
        let power = (step / 16).saturating_sub(1);
        let last = u64::from(step - 16 * power + 1) << power;
        Some(Duration::from_micros(last - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_near_the_truth_and_never_below_it() {
        for us in [
            0_u64,
            1,
            15,
            16,
            17,
            31,
            32,
            100,
            1_000,
            12_345,
            1_000_000,
            123_456_789,
        ] {
            let mut latencies = Latencies::default();
            latencies.add(Duration::from_micros(us));
            let told = latencies
                .quantile(0.5)
                .map(|latency| latency.as_micros())
                .unwrap();
            let truth = u128::from(us);
            assert!(told >= truth && told <= truth + truth / 16, "{told} for {truth}");
        }
        let mut latencies = Latencies::default();
        (1..=100).for_each(|ms| latencies.add(Duration::from_millis(ms)));
        let ms = |part| latencies.quantile(part).unwrap().as_millis();
        assert!(
            (50..=53).contains(&ms(0.5)) && (99..=105).contains(&ms(0.99)),
            "{} {}",
            ms(0.5),
            ms(0.99)
        );
        assert_eq!(Latencies::default().quantile(0.5), None);
    }

    #[test]
    fn unknown_apis_share_a_line() {
        let mut stats = Stats::default();
        (1000..2000).for_each(|key| stats.of(key).requests += 1);
        stats.of(12).requests += 1;
        assert_eq!(stats.table().lines().count(), 3, "{}", stats.table());
        assert!(stats.table().contains("Heartbeat"));
    }
}

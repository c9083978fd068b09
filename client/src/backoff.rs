//! How long to wait after failures in a row: doubling, with 20 % of jitter, so that clients that failed together do not come back
//! together (KIP-144, KIP-580, KIP-601).

use core::time::Duration;

/// A span that doubles with each failure in a row up to a maximum.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backoff {
    pub(crate) first: Duration,
    pub(crate) max: Duration,
}

impl Backoff {
    /// The span after `failures` failures in a row (one or more), jittered by up to 20 % either way.
    pub(crate) fn after(self, failures: u32, rng: &mut fastrand::Rng) -> Duration {
        let doublings = failures.saturating_sub(1).min(20);
        let span = self.first.saturating_mul(1 << doublings).min(self.max);
        span.mul_f64(0.8 + 0.4 * rng.f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_doubles_up_to_the_maximum_with_a_fifth_of_jitter() {
        let backoff = Backoff {
            first: Duration::from_millis(50),
            max: Duration::from_secs(1),
        };
        let mut rng = fastrand::Rng::with_seed(1);
        for (failures, millis) in [(1, 50.0), (2, 100.0), (5, 800.0), (6, 1000.0), (u32::MAX, 1000.0)] {
            let spans: Vec<_> = (0..100)
                .map(|_| backoff.after(failures, &mut rng).as_secs_f64() * 1000.0)
                .collect();
            assert!(
                spans
                    .iter()
                    .all(|span| (millis * 0.8..=millis * 1.2).contains(span)),
                "{spans:?}"
            );
            assert!(
                spans.iter().any(|span| *span < millis * 0.9)
                    && spans.iter().any(|span| *span > millis * 1.1)
            );
        }
    }
}

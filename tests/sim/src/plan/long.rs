//! Long runs: one seed in so many goes on for half an hour, with as many faults as another has in two minutes. Some of them last as long
//! as such things do where people run Kafka, far beyond every session and every timeout: half a minute for a message, a minute for a
//! coordinator that loads, ten for a process that stands still, fifteen for a link that is dead and does not say so.
//!
//! All of it is drawn from streams of its own: the plans of the other seeds do not know of it.

use std::ops::Range;
use std::time::Duration;

use super::draw::ms;
use super::{Act, Plan};
use crate::random::stream;

/// One seed in so many.
const SELDOM: u64 = 50;

/// How long the chaos lasts, in milliseconds.
const CHAOS: Range<u64> = 20 * MINUTE..40 * MINUTE;

/// Kinds of faults come so much more seldom.
const PACE: u64 = 8;

/// Records are written so much more seldom: what is not read anew every moment makes no events.
const PRODUCE: u32 = 8;

/// Beside the time that the group may take to settle: for what is done to it then, and to read on.
const AFTERWARDS: Duration = Duration::from_secs(60);

const SECOND: u64 = 1000;
const MINUTE: u64 = 60 * SECOND;

impl Plan {
    /// Whether a seed draws one.
    pub(super) fn draws_long(seed: u64) -> bool {
        stream(seed, "long").u64(..SELDOM) == 0
    }

    /// Whether it is one.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.chaos >= Duration::from_millis(CHAOS.start)
    }

    /// How much more seldom each kind of fault comes than in other runs.
    pub(super) fn rarity(&self) -> u64 {
        if self.is_long() { PACE } else { 1 }
    }

    /// It goes on for long. In half of such plans the settings are about what Kafka has when nobody sets anything.
    pub(super) fn prolong(&mut self, rng: &mut fastrand::Rng) {
        self.chaos = ms(rng, CHAOS);
        self.produce *= PRODUCE;
        if rng.bool() {
            self.idle = ms(rng, MINUTE..10 * MINUTE);
        }
        if rng.bool() {
            for member in &mut self.members {
                member.session = ms(rng, 30 * SECOND..MINUTE);
                member.heartbeat = ms(rng, 2 * SECOND..10 * SECOND);
                member.max_poll = ms(rng, MINUTE..5 * MINUTE);
                member.request = ms(rng, 10 * SECOND..30 * SECOND);
                member.metadata_age = ms(rng, MINUTE..5 * MINUTE);
            }
        }
    }

    /// Half of what can last for long does. The calm is long enough for whoever has the most patience.
    pub(super) fn prolong_faults(&mut self, rng: &mut fastrand::Rng) {
        for fault in &mut self.faults {
            if rng.bool() {
                stretch(&mut fault.act, rng);
            }
        }
        self.calm = self.calm.max(self.settled_after() + AFTERWARDS);
    }
}

/// It lasts as long as it may.
fn stretch(act: &mut Act, rng: &mut fastrand::Rng) {
    match act {
        Act::Silence { span, .. } => *span = long(rng, 15 * MINUTE),
        Act::LateCommit { hold, .. } => *hold = long(rng, 30 * SECOND),
        Act::Freeze { span, .. } | Act::Stall { span, .. } => *span = long(rng, 10 * MINUTE),
        Act::Stop { span, .. } | Act::Pause { span, .. } => *span = long(rng, 5 * MINUTE),
        Act::StaleMetadata { span, .. } | Act::Unhinted { span } => *span = long(rng, 5 * MINUTE),
        Act::Close { span, .. } | Act::Crash { span, .. } | Act::MassLeave { span, .. } => {
            *span = long(rng, 15 * MINUTE);
        }
        _ => {}
    }
}

/// At most so many milliseconds: each halving is as likely as the next, down to a sixteenth.
pub(super) fn long(rng: &mut fastrand::Rng, most: u64) -> Duration {
    let most = most >> rng.u32(..4);
    ms(rng, most / 2..most + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Profile;

    /// The durations that the specification of faults names.
    #[test]
    fn what_lasts_for_long_is_drawn_up_to_its_most() {
        let mut longest = [0; 5];
        for seed in 0..400 {
            let plan = Plan::draw_long(seed, None);
            for fault in plan.faults {
                let (kind, span) = match fault.act {
                    Act::Silence { span, .. } => (0, span),
                    Act::Freeze { span, .. } => (1, span),
                    Act::Hang { hold, .. } => (2, hold),
                    Act::LateCommit { hold, .. } => (3, hold),
                    Act::Loading { span } => (4, span),
                    _ => continue,
                };
                longest[kind] = span.as_secs().max(longest[kind]);
            }
        }
        let least = [14 * 60, 9 * 60, 28, 28, 57];
        assert!(
            longest
                .iter()
                .zip(least)
                .all(|(longest, least)| *longest >= least),
            "{longest:?}"
        );
    }

    #[test]
    fn a_seed_that_is_not_long_draws_what_it_drew() {
        let is_long: Vec<u64> = (0..2000).filter(|&seed| Plan::draws_long(seed)).collect();
        assert!((15..50).contains(&is_long.len()), "{}", is_long.len());
        let plan = Plan::draw(1, Some(Profile::Eager));
        assert!(!plan.is_long() && Plan::draw_long(1, Some(Profile::Eager)).is_long());
        let (plan, long) = (plan, Plan::draw_long(1, Some(Profile::Eager)));
        assert_eq!(
            (plan.partitions, plan.members.len()),
            (long.partitions, long.members.len())
        );
    }
}

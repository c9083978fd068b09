//! A whole group under faults: the bytes choose who takes part, with which settings, and what goes wrong when; the oracle of the
//! simulator judges. What a violation prints is its plan as text: it belongs into `tests/sim/regressions`.
//!
//! Records of fixed length, so that a mutated byte changes one thing and a moved record is the same fault at another place: one for the
//! run, one for each of four members, and five bytes for each fault: which kind, when, and the seed that draws the rest of it, within the
//! bounds of what the simulator knows how to judge.

use std::fmt::Write as _;
use std::time::Duration;

use kohort_protocol::Timestamp;
use kohort_sim::{Plan, run};

const MEMBERS: usize = 4;
const FAULTS: usize = 24;

/// Bytes as numbers; zeros once they are used up.
struct Numbers<'a>(std::slice::Iter<'a, u8>);

impl Numbers<'_> {
    fn byte(&mut self) -> u8 {
        self.0.next().copied().unwrap_or_default()
    }

    fn pair(&mut self) -> u64 {
        u64::from(self.byte()) << 8 | u64::from(self.byte())
    }

    /// One of few.
    fn of<'b>(&mut self, words: &[&'b str]) -> &'b str {
        words
            .get(usize::from(self.byte()) % words.len())
            .copied()
            .unwrap_or_default()
    }

    /// Between two numbers, both included; near ones from near bytes.
    fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.pair() * (most - least) / u64::from(u16::MAX)
    }
}

fn seconds(millis: u64) -> String {
    format!("{}.{:03}", millis / 1000, millis % 1000)
}

/// Any bytes are a plan.
fn plan(bytes: &[u8]) -> Plan {
    let mut numbers = Numbers(bytes.iter());
    let mut text = String::new();
    let is_static = numbers.byte() % 4 == 3;
    let count = 1 + usize::from(numbers.byte()) % MEMBERS;
    let _ = writeln!(
        text,
        "run seed {} profile {} chaos {} calm 0.000 bytes {} partitions {} produce {}",
        numbers.byte(),
        if is_static { "static" } else { "eager" },
        seconds(numbers.between(5000, 30_000)),
        numbers.of(&["no", "no", "no", "yes"]),
        1 + numbers.byte() % 8,
        seconds(numbers.between(50, 1000)),
    );
    for member in 0..MEMBERS {
        let line = member_line(&mut numbers, is_static);
        if member < count {
            text += &line;
        }
    }
    let mut plan: Plan = text.parse().expect("a plan as text");
    for _ in 0..FAULTS {
        if numbers.0.len() == 0 {
            break;
        }
        let (kind, at, seed) = (numbers.byte(), numbers.pair(), numbers.pair());
        let at = plan.chaos * u32::try_from(at).unwrap_or_default() / u32::from(u16::MAX);
        let at = Duration::from_millis(u64::try_from(at.as_millis()).unwrap_or_default());
        plan.add_fault(kind.into(), Timestamp::ZERO + at, seed);
    }
    // Long enough to settle, and for what is done to a settled group.
    plan.calm = plan.settled_after() + Duration::from_secs(20);
    plan
}

/// Settings that can work: heartbeats that keep a session alive, and an application that is faster than its producer and comes back in
/// time, also when a commit that it waits for takes as long as the outage of a broker.
fn member_line(numbers: &mut Numbers<'_>, is_static: bool) -> String {
    let start = numbers.between(0, 8000);
    let session = numbers.between(6000, 15_000);
    let poll = numbers.between(8000, 15_000);
    let heartbeat = numbers.between(100, session / 3);
    format!(
        "member start {} session {} heartbeat {} poll {} request {} age {} buffer {} commits {} work {} hold {} static {}\n",
        seconds(start),
        seconds(session),
        seconds(heartbeat),
        seconds(poll),
        seconds(numbers.between(500, 10_000)),
        seconds(numbers.between(500, 30_000)),
        numbers.of(&["3000", "4000", "65536", "1048576"]),
        numbers.of(&["auto", "sync", "async", "processed"]),
        seconds(numbers.between(0, 50)),
        seconds(numbers.between(0, 3000)),
        if is_static { "yes" } else { "no" },
    )
}

pub(crate) fn fuzz(bytes: &[u8]) {
    let plan = plan(bytes);
    let violation = run(&plan, None, false).violation;
    let said = violation.map_or_else(String::new, |violation| violation.to_string());
    assert!(said.is_empty(), "{said}\n{plan}");
}

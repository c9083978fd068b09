//! Draws a plan from a seed, in the manner of a swarm: each kind of fault is off in half the seeds, so that the others get to show what
//! they do alone.

use std::time::Duration;

use kohort_broker::Release;
use kohort_protocol::Timestamp;

use super::kinds::{KINDS, Kind};
use super::{Act, Commits, Fault, IDLE, MemberPlan, Plan, Profile, Topics};
use crate::random::stream;

/// Three minutes in all. The calm is long enough for the slowest group to settle and for what is done to it then.
const CHAOS: Duration = Duration::from_secs(115);
const CHAOS_OF_MANY: Duration = Duration::from_secs(30);
const CALM: Duration = Duration::from_secs(65);

/// How long applications that read many partitions work on each delivery.
const QUICK: Duration = Duration::from_millis(5);

pub(super) fn ms(rng: &mut fastrand::Rng, range: std::ops::Range<u64>) -> Duration {
    Duration::from_millis(rng.u64(range))
}

pub(super) fn one<T: Copy>(rng: &mut fastrand::Rng, all: &[T]) -> T {
    all[rng.usize(..all.len())]
}

/// At least one topic, whether it exists or not.
fn some_topics(rng: &mut fastrand::Rng) -> Topics {
    Topics::of_bits(rng.u8(1..16))
}

impl Plan {
    /// The plan of a seed, of this profile or of one that the seed chooses.
    #[must_use]
    pub fn draw(seed: u64, profile: Option<Profile>) -> Self {
        Self::draw_one(seed, profile, Self::draws_long(seed))
    }

    /// The same, as a long one; a group of many is never long.
    #[must_use]
    pub fn draw_long(seed: u64, profile: Option<Profile>) -> Self {
        Self::draw_one(seed, profile, true)
    }

    fn draw_one(seed: u64, profile: Option<Profile>, is_long: bool) -> Self {
        let chosen = if stream(seed, "profile").u8(..4) == 0 {
            Profile::Static
        } else {
            Profile::Eager
        };
        let mut plan = Self {
            seed,
            profile: profile.unwrap_or(chosen),
            chaos: CHAOS,
            calm: CALM,
            bytes: stream(seed, "bytes").u8(..10) == 0,
            release: Self::draw_release(seed, profile.unwrap_or(chosen)),
            partitions: 1,
            topics: Topics::FIRST,
            produce: Duration::ZERO,
            room: 0,
            idle: IDLE,
            members: Vec::new(),
            faults: Vec::new(),
        };
        plan.draw_members(&mut stream(seed, "members"));
        plan.draw_size(&mut stream(seed, "size"));
        plan.draw_room(&mut stream(seed, "room"));
        plan.draw_topics(&mut stream(seed, "topics"));
        if is_long && plan.chaos == CHAOS {
            plan.prolong(&mut stream(seed, "long/settings"));
        }
        plan.draw_faults();
        if plan.is_long() {
            plan.prolong_faults(&mut stream(seed, "long/faults"));
        }
        plan
    }

    /// One eager group in five begins on old brokers. Static members of theirs are not told when they lead (KIP-814), so that topics may
    /// grow unnoticed.
    fn draw_release(seed: u64, profile: Profile) -> Release {
        if profile == Profile::Eager && stream(seed, "release").u8(..5) == 0 {
            Release::V2_7
        } else {
            Self::release_of(seed)
        }
    }

    /// Before 2.8 topics have no ids: nobody can tell one from another that was made anew under its name.
    pub(super) fn has_ids(&self) -> bool {
        self.release > Release::V2_7
    }

    /// See there and above.
    pub(super) fn may_be_old(&self) -> bool {
        let goes = |fault: &Fault| matches!(fault.act, Act::Recreate { .. } | Act::DeleteTopic { .. });
        self.profile == Profile::Eager && !self.faults.iter().any(goes)
    }

    /// Adds a fault of the kind with this number, counted round, as `seed` draws it; nothing if it has no place in this plan. For
    /// whoever chooses faults one by one.
    pub fn add_fault(&mut self, kind: usize, at: Timestamp, seed: u64) {
        let rng = &mut fastrand::Rng::with_seed(seed);
        if let Some(act) = (KINDS[kind % KINDS.len()].draw)(rng, self) {
            self.faults.push(Fault { at, act });
        }
    }

    fn draw_members(&mut self, rng: &mut fastrand::Rng) {
        self.partitions = rng.i32(1..=8);
        self.produce = ms(rng, 50..600);
        let count = if rng.u8(..10) == 0 {
            rng.usize(5..9)
        } else {
            rng.usize(1..5)
        };
        let ways = [Commits::Auto, Commits::Sync, Commits::Async, Commits::Processed];
        let way = rng.bool().then(|| one(rng, &ways));
        // Of a stream of its own: what is drawn otherwise stays what it was.
        let has_workers = stream(self.seed, "workers").u8(..4) == 0;
        for member in 0..count {
            let late = if member > 0 && rng.bool() {
                rng.u64(0..60_000)
            } else {
                0
            };
            self.members.push(MemberPlan {
                start: Duration::from_millis(late),
                session: ms(rng, 6000..10_000),
                heartbeat: ms(rng, 500..2000),
                max_poll: ms(rng, 8000..15_000),
                request: ms(rng, 1500..8000),
                metadata_age: ms(rng, 5000..30_000),
                buffer: if rng.bool() { 3000 } else { 1 << 20 },
                commits: match way.unwrap_or_else(|| one(rng, &ways)) {
                    Commits::Async if has_workers => Commits::Worker,
                    commits => commits,
                },
                work: ms(rng, 0..50),
                hold: if rng.bool() {
                    Duration::ZERO
                } else {
                    ms(rng, 1..3000)
                },
                is_static: self.profile == Profile::Static,
                topics: Topics::FIRST,
            });
        }
    }

    /// Three groups in a hundred are large, and have less time for trouble, or they would take most of the time of all; three others
    /// read many partitions.
    fn draw_size(&mut self, rng: &mut fastrand::Rng) {
        match rng.u8(..100) {
            0..3 => self.enlarge(rng.usize(50..=200), rng),
            3..6 => self.widen(rng.i32(9..=64)),
            _ => {}
        }
    }

    /// The members are as those that are there, one after the other.
    fn enlarge(&mut self, members: usize, rng: &mut fastrand::Rng) {
        self.chaos = CHAOS_OF_MANY;
        self.widen(rng.i32(1..=64));
        let few = self.members.clone();
        let late = |one: &MemberPlan, rng: &mut fastrand::Rng| MemberPlan {
            start: ms(rng, 0..10_000),
            ..one.clone()
        };
        let rest = few.iter().cycle().take(members).skip(few.len());
        self.members.extend(rest.map(|one| late(one, rng)));
    }

    /// As much as before is written to each, as far as a single member can keep up with it.
    fn widen(&mut self, partitions: i32) {
        let before = u32::try_from(self.partitions).unwrap_or(1);
        self.partitions = partitions;
        let more = u32::try_from(partitions).unwrap_or(1).div_ceil(before);
        let produce = (self.produce / more).as_millis();
        self.produce = Duration::from_millis(u64::try_from(produce).unwrap_or(0).max(30));
        for member in &mut self.members {
            member.work = member.work.min(QUICK);
        }
    }

    /// One group in eight may not grow as large as it would.
    fn draw_room(&mut self, rng: &mut fastrand::Rng) {
        if rng.u8(..8) == 0 {
            self.room = rng.usize(1..=self.members.len());
        }
    }

    /// One group in three reads several topics, and in half of those not everybody reads all.
    fn draw_topics(&mut self, rng: &mut fastrand::Rng) {
        if rng.u8(..3) > 0 {
            return;
        }
        self.topics = Topics::of_bits((1 << rng.u8(2..=4)) - 1);
        let all = self.topics.or(some_topics(rng));
        let is_mixed = rng.bool();
        for member in &mut self.members {
            member.topics = if is_mixed { some_topics(rng) } else { all };
        }
    }

    /// Each kind draws from a stream of its own: one more kind does not change what is drawn of the others.
    fn draw_faults(&mut self) {
        let pace = stream(self.seed, "pace").u64(10_000..100_000) * self.rarity();
        for kind in KINDS {
            let rng = &mut stream(self.seed, kind.name);
            if rng.bool() {
                self.draw_kind(kind, pace, rng);
            }
        }
        self.faults.sort_by_key(|fault| fault.at);
    }

    /// One about every `pace` milliseconds.
    fn draw_kind(&mut self, kind: &Kind, pace: u64, rng: &mut fastrand::Rng) {
        let mut at = rng.u64(..pace);
        while Duration::from_millis(at) < self.chaos {
            if let Some(act) = (kind.draw)(rng, self) {
                let at = Timestamp::from_millis(at);
                self.faults.push(Fault { at, act });
            }
            at += rng.u64(10..2 * pace);
        }
    }
}

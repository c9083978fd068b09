//! What a Kafka broker must answer, as scripts: the seed of a conformance suite (the idea of h2spec).
//!
//! Each [`Check`] is one row of what real brokers answered: it talks to the broker under test through [`RawConnection`],
//! with messages in the version it chooses, and never through kohort's own client. Checks run on anything that is a
//! [`Target`]: an embedded broker under paused time or a real Kafka. Their ids are those of the rule book and never change
//! meaning; `fact/..` are observations beside the rules. Where the embedded broker and a real one differ, the real one is right.
//!
//! A check knows no implementation: where releases of Kafka differ it asks [`Bench::release`], nothing else.

mod bench;
mod classic;
mod conn;
mod coordinator;
mod expect;
pub mod frames;
mod list;
mod member;
mod offsets;
mod offsets_gone;
mod raw;
mod restart;
mod rounds;
mod run;
mod target;

pub use bench::Bench;
pub use expect::{Failed, expect, expect_that};
pub use list::CHECKS;
pub use member::Member;
pub use raw::{RawConnection, Tape, Taped};
pub use run::{Outcome, Plan, Report, Verdict, run, skip};
pub use target::{Later, Profile, Release, Target};

/// One row: a script and what it proves.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// Such as `classic/1.1`.
    pub id: &'static str,
    /// What the broker does, in a few words.
    pub title: &'static str,
    /// The kind of cluster it needs.
    pub profile: Profile,
    /// When it may run.
    pub when: When,
    script: Script,
}

/// When a check may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Beside others: it touches nothing but groups and topics of its own.
    Together,
    /// Beside others, but it takes longer than a minute of the broker's time.
    Slow,
    /// After all others and alone, for it breaks or moves things.
    Alone,
}

type Script = for<'a> fn(&'a mut Bench) -> Later<'a, Result<(), Failed>>;

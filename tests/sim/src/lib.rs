//! The simulator: whole groups of production [`Member`](kohort_group::member::Member) machines on the pure
//! [`Cluster`](kohort_broker::Cluster) under virtual time, disturbed by faults and judged by an oracle.
//!
//! ```text
//!   seed ──► Plan ──► World ─────────────────────────────► history ──► Oracle ──► violations
//!            setup,   one heap of (time, number, event)    (What)      ghost state,
//!            faults     processes ── links ── Cluster                  one file for each invariant
//!              ▲             └─ doors ─┘
//!              └── shrink: fewer faults, same violation ──► tests/sim/regressions/*.txt
//! ```
//!
//! * **A run is a function of its [`Plan`].** The plan is drawn from the seed before anything happens: who takes part, and a *schedule*,
//!   a list of timed faults, each of which ends by itself. So shrinking is removing lines from a list, and a regression is a plan as
//!   text. What is drawn while the run goes on (latencies, the cluster's choices) comes from one stream for each actor, derived from
//!   (seed, actor's name): another draw of one actor does not shift those of the others.
//! * **[`World`](world::World)** moves time and messages. A process is a production machine with the application and the driver played
//!   around it. Links delay, go silent without closing, break, and carry what was sent before they were reset. One thread for each seed.
//! * **[`Oracle`](oracle::Oracle)** stands outside: it sees what crosses the doors of members and cluster ([`What`](history::What)) and
//!   the ghost state that it and the cluster keep, never the machine's own opinion. Each invariant is a file headed with its id, its
//!   statement and its source, and is asked after every event.
//! * **Two phases.** Chaos, in which safety (S) must hold; then the faults end, everything is up, and liveness (L) must follow.
//! * **[`planted`]** bugs sit in the doors of `handle` and `poll` and distort what passes. Each must be caught: that is the proof of the
//!   oracle. No shipped code carries them.
//! * **[`sometimes`]** lists situations that a run of many seeds must have reached, or it has proved little.
//! * One seed in ten runs in *byte mode*: every message goes through the encoder, the frame cutter and the decoder.
//!
//! It has no clock, socket or entropy of its own. Threads occur in [`runner`] only, one seed never in two.
#![allow(
    clippy::indexing_slicing,
    reason = "an instrument of tests: a slip of its own must fall over loudly"
)]

mod caught;
pub mod history;
pub mod oracle;
pub mod plan;
pub mod planted;
mod random;
mod run;
pub mod runner;
mod shrink;
pub mod sometimes;
mod trace;
pub mod world;

pub use oracle::Violation;
pub use plan::{Plan, PlanError, Profile};
pub use run::{Outcome, run};
pub use shrink::shrink;

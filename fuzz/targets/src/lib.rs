//! Hostile input: what a peer could send, and what it may cost us at most.
//!
//! [`TARGETS`] are plain functions over bytes. `cargo fuzz run NAME` drives them by coverage, `cargo test` replays their
//! corpus. [`Campaign`] drives them with frames that were valid and then broken in every way that a list of attacks names.
//!
//! A target panics if a promise is broken, the limits on memory included (`limits`); it knows what must hold for all
//! input, never what one input should give.

mod assignor;
mod blobs;
mod bombs;
mod campaign;
mod dissect;
mod frames;
mod limits;
#[path = "machine.rs"]
pub mod member;
mod messages;
mod mutate;
#[allow(dead_code, reason = "the layout tests use all of it")]
#[path = "../../../protocol/tests/layout/peers.rs"]
mod peers;
mod records;
mod seeds;
mod simulation;

pub use bombs::{Bomb, bombs};
pub use campaign::{Breach, Campaign, Tally};
pub use limits::Judged;
pub use seeds::seeds;

/// A name and a function that takes any bytes.
pub type Target = (&'static str, fn(&[u8]));

/// All targets, by name.
pub const TARGETS: &[Target] = &[
    ("assignor", assignor::fuzz),
    ("assignment", blobs::fuzz_assignment),
    ("dissect", dissect::fuzz),
    ("frames", frames::fuzz),
    ("gzip", records::fuzz_gzip),
    ("lz4", records::fuzz_lz4),
    ("member", member::fuzz),
    ("record_batch", records::fuzz),
    ("request", messages::fuzz_request),
    ("response", messages::fuzz_response),
    ("simulation", simulation::fuzz),
    ("snappy", records::fuzz_snappy),
    ("subscription", blobs::fuzz_subscription),
    ("zstd", records::fuzz_zstd),
];

/// Runs the target of this name; `false` if there is none.
pub fn run(name: &str, bytes: &[u8]) -> bool {
    let target = TARGETS.iter().find(|(known, _)| *known == name);
    target.map(|(_, target)| target(bytes)).is_some()
}

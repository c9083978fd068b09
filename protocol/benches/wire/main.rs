//! What the wire costs, in ratios of one run: `cargo bench --bench wire`.
//!
//! Contenders take turns in one process and the fastest round of each counts, so that what else the machine does weighs little;
//! still only the ratios mean anything, the times belong to one machine. Allocations are counted in a run of their own. A word behind
//! `--` limits it to the tables with that word in their title, as in `cargo bench --bench wire -- Fetch`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)] // a bench

mod heartbeat;
mod messages;
mod race;
mod records;

fn main() {
    race::print_environment();
    records::run();
    messages::run();
    heartbeat::run();
}

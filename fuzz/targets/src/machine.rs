//! The member machine under anything that can come in; the run and its oracle are those of the machine's own tests.

pub use kohort_group::member::*;

#[allow(
    dead_code,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "written for other tests"
)]
#[path = "../../../group/src/member/tests/answers.rs"]
mod answers;
#[allow(
    dead_code,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "written as a test"
)]
#[path = "../../../group/src/member/tests/fuzz.rs"]
mod inputs;
#[allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "written for other tests"
)]
#[path = "../../../group/src/member/tests/watch.rs"]
mod watch;

/// With `KOHORT_TRACE` a failure comes with everything that went in and came out.
pub(crate) fn fuzz(bytes: &[u8]) {
    inputs::follow_bytes(bytes, std::env::var_os("KOHORT_TRACE").is_some());
}

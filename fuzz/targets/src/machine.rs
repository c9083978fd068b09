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

pub(crate) fn fuzz(bytes: &[u8]) {
    inputs::follow_bytes(bytes);
}

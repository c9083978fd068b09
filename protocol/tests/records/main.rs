//! Record batches through their public door: written, read, cut, mutated.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy exempts test functions, not the helpers beside them"
)]

mod codecs;
mod cursor;
mod hostile;
mod reading;
mod support;
mod visibility;
mod writing;

//! The layout check against what is known to be right and what is known to kill a decoder.

#[path = "layout/refusals.rs"]
mod refusals;

//! The layout check against what is known to be right and what is known to kill a decoder.

#[path = "layout/agreement.rs"]
mod agreement;
#[path = "layout/budget.rs"]
mod budget;
#[path = "layout/completed.rs"]
mod completed;
#[path = "layout/hostile.rs"]
mod hostile;
#[path = "layout/peers.rs"]
mod peers;
#[path = "layout/refusals.rs"]
mod refusals;
#[path = "layout/visit.rs"]
mod visit;

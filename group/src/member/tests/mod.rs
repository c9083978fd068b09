//! Tests of the member as a whole: exact lists of what comes out for what goes in.

mod answers;
mod contract;
mod fetching;
mod fuzz;
mod leading;
mod positions;
mod review;
mod rig;
mod rules;
mod seen;
mod settings;
mod watch;

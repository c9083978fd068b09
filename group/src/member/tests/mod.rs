//! Tests of the member as a whole: exact lists of what comes out for what goes in.

mod rig;
mod rules;

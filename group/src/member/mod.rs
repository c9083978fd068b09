//! The member machines. Pure: inputs and time in, outputs out; no clock, socket, task, randomness or hash order.

mod config;
mod error;
mod io;

pub use config::{AutoOffsetReset, MemberConfig};
pub use error::{CommitError, MemberError, SeekError};
pub use io::{
    CallError, CallId, CommitOffset, Event, Failure, Fetched, FetchedPartition, FetchedRecords, GuardId,
    Input, Output, Period, SeekTo, Target, Ticket, Token,
};

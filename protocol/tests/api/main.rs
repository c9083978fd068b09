//! Messages, frames, error codes and members' blobs: one test binary.

mod consumer_protocol;
mod frames;
mod messages;
mod recovery;
mod samples;

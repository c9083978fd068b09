//! What the command line says.

use clap::{ArgAction, Args, Parser, Subcommand};

/// Kafka groups in pure Rust: a demo, a consumer, and a broker to try them on.
#[derive(Debug, Parser)]
#[command(name = "kohort", version, about, propagate_version = true)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Say more on stderr: -v informs, -vv debugs, -vvv traces.
    #[arg(short, long, action = ArgAction::Count, global = true)]
    pub(crate) verbose: u8,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Tell and prove the story of a group: members come, leave and die, the coordinator moves, no record is lost.
    Demo(Demo),
    /// Read topics as a member of a group; records go to stdout, everything else to stderr. Ctrl-C and SIGTERM commit and leave.
    Consume(Consume),
    /// Run an embedded broker until Ctrl-C; its bootstrap line goes to stdout.
    Broker(Broker),
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Demo {
    /// How many records.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    pub(crate) records: u64,
    /// How many members join, one after another: one of them leaves, one is killed, the rest finish.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(3..=64))]
    pub(crate) members: u16,
    /// How many partitions the topic has.
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(i32).range(1..=1000))]
    pub(crate) partitions: i32,
    /// Tell the story on this real cluster instead of the embedded broker, in a topic of its own that is deleted at the end.
    #[arg(long, value_name = "HOST:PORT,...")]
    pub(crate) bootstrap: Option<String>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Consume {
    /// Brokers to begin with.
    #[arg(long, value_name = "HOST:PORT,...")]
    pub(crate) bootstrap: String,
    /// The group to join.
    #[arg(long)]
    pub(crate) group: String,
    /// A topic to read; may be given several times.
    #[arg(long = "topic", required = true)]
    pub(crate) topics: Vec<String>,
    /// Begin at the first record where the group has committed nothing (default: at the end).
    #[arg(long)]
    pub(crate) from_beginning: bool,
    /// Stop after so many records.
    #[arg(long, value_name = "N")]
    pub(crate) max: Option<u64>,
    /// One JSON object a line, with topic, partition, offset, timestamp, key, value and headers.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Broker {
    /// How many nodes, each on a port of its own.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=16))]
    pub(crate) nodes: u8,
}

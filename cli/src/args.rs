//! What the command line says.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use kohort::protocol::endpoints::Endpoint;

/// Kafka groups in pure Rust: a demo, a consumer, a broker to try them on, and eyes for what goes over the wire.
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
    /// Show frames of Kafka's protocol as named fields.
    ///
    /// Reads raw bytes (or --hex) from FILE or stdin. A request with its header says itself what it is; of a response, --api and --version
    /// of the request must be told. Bytes may be one frame, or many behind their four-byte sizes as on the wire: it finds out, and says so
    /// on stderr. What is malformed is shown as far as it can be read, then the fault with its path and offset, and the exit code is 1.
    #[command(after_help = EXAMPLES, disable_version_flag = true)]
    Decode(Decode),
    /// Stand between clients and brokers, and tell what passes.
    ///
    /// Clients bootstrap from --listen; addresses of brokers in responses are rewritten, so that they come through here to every broker of
    /// the cluster. Each request and response has a line: seconds, connection, > to the broker or < from it, API and version, correlation
    /// id, size, latency, client id, groups, error codes. Ctrl-C ends with a table. Nothing else that passes is changed; TLS and other
    /// bytes that are no frames are passed on unread.
    #[command(after_help = SNIFF_EXAMPLES)]
    Sniff(Sniff),
    /// Simulate whole groups under faults and judge them: thousands of runs, each of which can be repeated by its seed.
    Sim(Sim),
}

const SNIFF_EXAMPLES: &str = "\
Examples:
  kohort sniff --upstream localhost:9092
  kohort consume --bootstrap 127.0.0.1:19092 --group g --topic t      (in another shell)
  kohort sniff --upstream localhost:9092 --only JoinGroup,SyncGroup --bodies full
  kohort sniff --upstream localhost:9092 --record group.capture
  kohort decode --capture group.capture --bodies short";

#[derive(Clone, Debug, Args)]
pub(crate) struct Sniff {
    /// Where clients come in. Further brokers get the ports behind this one.
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:19092")]
    pub(crate) listen: SocketAddr,
    /// A broker of the cluster.
    #[arg(long, value_name = "HOST:PORT", value_parser = crate::sniff::addresses::parse)]
    pub(crate) upstream: Endpoint,
    /// Write a capture to this file, for `kohort decode --capture`. It holds records and settings in clear.
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
    /// Leave the addresses in responses: clients then go to the brokers past us.
    #[arg(long)]
    pub(crate) no_rewrite: bool,
    /// How many bytes of each frame are kept to be shown and recorded; the rest passes unread.
    #[arg(long, value_name = "N", default_value_t = 1 << 20)]
    pub(crate) keep: usize,
    #[command(flatten)]
    pub(crate) show: Show,
}

// What is told of frames on connections. (No doc comment: clap would take it for the command that flattens it.)
#[derive(Clone, Debug, Args)]
pub(crate) struct Show {
    /// Tell of these APIs alone, by key or name.
    #[arg(long, value_name = "API,...", value_delimiter = ',', value_parser = crate::decode::apis::parse)]
    pub(crate) only: Vec<i16>,
    /// How much of each frame is shown behind its line: short leaves out records and shortens values. (Default: none.)
    #[arg(long, value_enum)]
    pub(crate) bodies: Option<Bodies>,
    /// One JSON object a line instead of text.
    #[arg(long)]
    pub(crate) json: bool,
    /// Show, and record, credentials too: SASL tokens, HMACs, salted passwords.
    #[arg(long)]
    pub(crate) secrets: bool,
}

/// How much of a frame is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Bodies {
    #[default]
    None,
    Short,
    Full,
}

const EXAMPLES: &str = "\
Examples:
  kohort decode request.bin
  kohort decode --response --api JoinGroup --version 9 < response.bin
  echo '00 0c 00 00 00 00 00 07 ...' | kohort decode --hex --json
  kohort decode --body --request --api 11 --version 9 body.bin
  kohort decode --capture group.capture --only JoinGroup --bodies full";

#[derive(Clone, Debug, Args)]
pub(crate) struct Decode {
    /// Where the bytes are; stdin if left out.
    pub(crate) file: Option<PathBuf>,
    /// The API, by its key or Kafka's name: 11, JoinGroup, join_group.
    #[arg(long, value_parser = crate::decode::apis::parse)]
    pub(crate) api: Option<i16>,
    /// The version of the request.
    #[arg(long, value_name = "N")]
    pub(crate) version: Option<i16>,
    /// These are requests (the default if neither --api nor --version is given).
    #[arg(long, conflicts_with = "response")]
    pub(crate) request: bool,
    /// These are responses.
    #[arg(long)]
    pub(crate) response: bool,
    /// There is no header in front of the body.
    #[arg(long)]
    pub(crate) body: bool,
    /// The input is hexadecimal digits: plain, in groups, or as xxd and hexdump -C print them.
    #[arg(long)]
    pub(crate) hex: bool,
    /// Each frame stands behind its four-byte size.
    #[arg(long, conflicts_with = "bare")]
    pub(crate) sized: bool,
    /// It is one frame without its size.
    #[arg(long)]
    pub(crate) bare: bool,
    /// How many records of each partition are shown; with 0 nothing is decompressed.
    #[arg(long, default_value_t = 10, value_name = "N")]
    pub(crate) records: usize,
    /// How many bytes of a byte field are shown.
    #[arg(long, default_value_t = 64, value_name = "N")]
    pub(crate) bytes: usize,
    /// FILE is a capture of `kohort sniff --record`: tell what it did.
    #[arg(long, conflicts_with_all = ["api", "version", "request", "response", "body", "hex", "sized", "bare"])]
    pub(crate) capture: bool,
    #[command(flatten)]
    pub(crate) show: Show,
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
pub(crate) struct Sim {
    /// How many seeds, one run each.
    #[arg(long, default_value_t = 100)]
    pub(crate) seeds: u64,
    /// The first of them.
    #[arg(long, value_name = "SEED", default_value_t = 0)]
    pub(crate) from: u64,
    /// This seed alone; 0x and hexadecimal digits, or a decimal number.
    #[arg(long, value_parser = kohort_sim::runner::seed)]
    pub(crate) seed: Option<u64>,
    /// Only groups of this kind: eager or static.
    #[arg(long)]
    pub(crate) profile: Option<String>,
    /// Only long runs, of half an hour and more, as one seed in fifty is.
    #[arg(long)]
    pub(crate) long: bool,
    /// How many runs at a time.
    #[arg(long, default_value_t = 2)]
    pub(crate) jobs: usize,
    /// Check that the oracle catches planted bugs: all, none, search (how many seeds each takes), or the name of one.
    #[arg(long, default_value = "none")]
    pub(crate) planted: String,
    /// Run with this planted bug as if it were our own, to see how it shows.
    #[arg(long, value_name = "BUG")]
    pub(crate) with: Option<String>,
    /// Print what happened, one line per event, of a single seed, a replay or a failure.
    #[arg(long)]
    pub(crate) trace: bool,
    /// Carry out the plan in this file instead: a regression, or what was written when a run failed.
    #[arg(long, value_name = "FILE")]
    pub(crate) replay: Option<PathBuf>,
    /// Where the plan of a failed run is written, with as few faults as it needs.
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    pub(crate) save: PathBuf,
    /// Fail if a situation of the list was never reached.
    #[arg(long)]
    pub(crate) reach_all: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Broker {
    /// How many nodes, each on a port of its own.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=16))]
    pub(crate) nodes: u8,
}

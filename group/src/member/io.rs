//! What goes into a member and what comes out of it: small comparable values, so that a whole run is a list of inputs.
//!
//! Record payloads never enter the machine. Whoever drives it keeps them under a [`Ticket`] and hands them to the application
//! or drops them as the machine says.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use kohort_protocol::api::fetch::{CurrentLeader, EpochEndOffset};
use kohort_protocol::api::metadata::MetadataResponse;
use kohort_protocol::api::{Outgoing, Response};
use kohort_protocol::{ErrorCode, Lane, LeaderEpoch, NodeId, Timestamp, TopicId, TopicName, TopicPartition};

use super::error::{CommitError, MemberError, SeekError};

/// Names a request that was sent: it gets exactly one [`Input::Reply`] (or [`Input::Fetched`]), or is abandoned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(pub u64);

/// Names the records of one partition in one Fetch response, kept by the driver. The driver chooses the numbers, ascending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// Names a call of the application that waits for its [`Output::Done`]. The driver chooses the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u64);

/// Names an `Assigned` or `Revoking` notice that the application holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GuardId(pub u64);

/// One span of ownership: from an assignment of a partition until it is revoked or lost. Another period, another number, even for
/// the same partition. A commit of an offset that was read in another period is refused as `Fenced`, else it would rewind a
/// partition that was lost and came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period(pub u64);

/// To whom a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// Any broker that answers.
    Any,
    /// This one.
    Node(NodeId),
}

/// Why a request got no usable response.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The connection could not be made, or broke. The request may or may not have taken effect.
    #[error("{0}")]
    Disconnected(String),
    /// No answer within the time given; the connection was given up by reset.
    #[error("no answer in time")]
    TimedOut,
    /// The broker does not speak a version of the API that we do. Nothing was sent.
    #[error("{0}")]
    Unsupported(String),
    /// The broker's answer could not be read.
    #[error("the broker's answer cannot be read: {0}")]
    Malformed(String),
}

/// One offset to commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitOffset {
    /// Of which partition.
    pub partition: TopicPartition,
    /// The offset of the next record to read.
    pub offset: i64,
    /// The leader epoch of the record before it; `NONE` if unknown (KIP-320).
    pub leader_epoch: LeaderEpoch,
    /// Free text kept beside it.
    pub metadata: Option<String>,
    /// The period it was read in; `None` for a bare offset that the application vouches for.
    pub period: Option<Period>,
}

/// Where to continue reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeekTo {
    /// This offset.
    Offset(i64),
    /// The start of the log.
    Beginning,
    /// Its end (the last stable offset under `read_committed`).
    End,
    /// The first record with this timestamp (ms since 1970) or a later one; the end if there is none.
    Timestamp(i64),
}

/// All that can happen to a member. Time goes in beside it, with every call.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Input {
    /// Begin: look up the coordinator and join.
    Start,
    /// Nothing happened but time.
    Tick,
    /// A request was answered (all but Fetch), or will not be.
    Reply {
        /// Which.
        token: Token,
        /// The answer.
        reply: Result<Response, Failure>,
    },
    /// A Fetch was answered, or will not be. The driver has put the records aside.
    Fetched {
        /// Which.
        token: Token,
        /// The answer without its payload.
        reply: Result<Fetched, Failure>,
    },
    /// The answer to [`Output::Metadata`].
    Metadata(Result<MetadataResponse, Failure>),
    /// The application asked for more: all it was handed before is processed. Resets `max.poll.interval`.
    Polled,
    /// The application waits inside `next()`: as long as it does, it counts as polling (KAFKA-16243).
    Waiting(bool),
    /// The application took the records of a ticket: its position is now behind them.
    Taken(Ticket),
    /// A record of a ticket taken could not be read: the position goes back to `offset`, and the partition stops.
    Broken {
        /// The ticket.
        ticket: Ticket,
        /// The first offset that was not handed out.
        offset: i64,
        /// What is wrong, for the application.
        problem: String,
    },
    /// The application let go of an `Assigned` or `Revoking` notice.
    Released {
        /// Which.
        guard: GuardId,
        /// Dropped while unwinding: a revocation is then not acknowledged; the member leaves and `Lost` follows.
        unwinding: bool,
    },
    /// Commit these offsets. Answered by [`Output::Done`], even after a rebalance.
    Commit {
        /// Whom to answer.
        call: CallId,
        /// What to commit.
        offsets: Vec<CommitOffset>,
    },
    /// Commit all that is processed (see [`Input::Polled`]) of the partitions owned.
    CommitProcessed {
        /// Whom to answer.
        call: CallId,
    },
    /// Continue somewhere else. Answered as soon as it is accepted; an end of the log or a time is looked up after that.
    Seek {
        /// Whom to answer.
        call: CallId,
        /// Which partition; it must be owned.
        partition: TopicPartition,
        /// Where.
        to: SeekTo,
    },
    /// Hand out nothing of these partitions, and fetch nothing, until resumed. Unowned ones are passed over.
    Pause(Vec<TopicPartition>),
    /// The opposite.
    Resume(Vec<TopicPartition>),
    /// Another set of topics: the group rebalances. With none the member stays and owns nothing. Names that no topic can have are told
    /// ([`MemberError::Topic`]) and passed over.
    Subscribe(Vec<TopicName>),
    /// End: final commit (with `commit`), revocation, LeaveGroup, all by `deadline`; then [`Output::Closed`].
    Close {
        /// Whether processed offsets are committed (only if auto-commit is on).
        commit: bool,
        /// Give up what is not done by then.
        deadline: Timestamp,
    },
}

/// A Fetch response without its payload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fetched {
    /// Of the whole response.
    pub error_code: ErrorCode,
    /// The fetch session.
    pub session_id: i32,
    /// Partitions with news.
    pub partitions: Vec<FetchedPartition>,
}

/// What a Fetch response says of one partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchedPartition {
    /// The topic's name; empty when the version carries ids.
    pub topic: TopicName,
    /// The topic's id; zero when the version carries names.
    pub topic_id: TopicId,
    /// The partition.
    pub partition: i32,
    /// Its error.
    pub error_code: ErrorCode,
    /// End of the replicated log.
    pub high_watermark: i64,
    /// End of what `read_committed` may read.
    pub last_stable_offset: i64,
    /// Start of the log.
    pub log_start_offset: i64,
    /// Our history is not the leader's: its epoch ends here (KIP-320).
    pub diverging_epoch: Option<EpochEndOffset>,
    /// A better leader (KIP-951).
    pub current_leader: Option<CurrentLeader>,
    /// A follower to read from (KIP-392); −1 for none.
    pub preferred_read_replica: NodeId,
    /// Records, if any came: framing and CRC have been checked.
    pub records: Option<FetchedRecords>,
    /// The first thing wrong with the bytes, behind the good records: it begins at this offset.
    pub corrupt: Option<(i64, String)>,
}

/// Records put aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FetchedRecords {
    /// Under which name.
    pub ticket: Ticket,
    /// How much memory they hold.
    pub bytes: usize,
    /// The offset behind the last complete batch.
    pub next_offset: i64,
    /// The leader epoch of the last batch.
    pub last_epoch: LeaderEpoch,
    /// Whether an application could see anything in them: false if there are control records only.
    pub visible: bool,
}

/// All that a member wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant, reason = "few wait at a time")]
pub enum Output {
    /// Send a request; answer with `token`.
    Send {
        /// Its name.
        token: Token,
        /// To whom.
        to: Target,
        /// On which connection.
        lane: Lane,
        /// What.
        request: Outgoing,
        /// Give up after so long.
        timeout: Duration,
    },
    /// The answer is no longer wanted: give the request up by resetting its connection.
    Abandon(Token),
    /// The address of a broker, from a FindCoordinator answer.
    Learned {
        /// The broker.
        node: NodeId,
        /// Its host.
        host: String,
        /// Its port.
        port: u16,
    },
    /// Fetch metadata of these topics; answer with [`Input::Metadata`]. At most one is under way.
    Metadata {
        /// The topics.
        topics: Vec<TopicName>,
    },
    /// The application may have the records of this ticket, after those of all tickets before it.
    Deliver {
        /// The ticket.
        ticket: Ticket,
        /// Whose records they are.
        partition: TopicPartition,
        /// The period they are read in.
        period: Period,
        /// The first offset wanted: batches may begin earlier.
        from: i64,
    },
    /// Drop the records of this ticket, delivered or not, unless they were taken already.
    Discard(Ticket),
    /// Tell the application.
    Event(Event),
    /// A call is answered.
    Done {
        /// Whose.
        call: CallId,
        /// The result.
        result: Result<(), CallError>,
    },
    /// The member has left, or given up what was not done by the deadline; nothing comes after this but answers to calls made later.
    /// It comes without [`Input::Close`] when the member cannot go on ([`Event::Error`] said why, a few seconds before).
    Closed(Result<(), MemberError>),
}

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// A commit.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// A seek.
    #[error(transparent)]
    Seek(#[from] SeekError),
}

/// What the application is told, in order with the records.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A round is over, and these partitions are ours, perhaps none. They are not fetched until the guard is released.
    Assigned {
        /// To release.
        guard: GuardId,
        /// What was gained.
        partitions: Vec<TopicPartition>,
        /// The period that begins.
        period: Period,
    },
    /// These partitions go: finish with them, commit, release the guard, at the latest by `deadline`.
    Revoking {
        /// To release.
        guard: GuardId,
        /// What goes.
        partitions: Vec<TopicPartition>,
        /// After that the group goes on without us.
        deadline: Timestamp,
    },
    /// These partitions are gone already, perhaps to somebody else: commit nothing of them. Guards that are held still are void; what is
    /// to be given back besides is asked for anew.
    Lost {
        /// What was lost.
        partitions: Vec<TopicPartition>,
    },
    /// A reset of a position, and why: never silent.
    Reset {
        /// Where.
        partition: TopicPartition,
        /// The position before, if there was one.
        from: Option<i64>,
        /// The position now.
        to: i64,
        /// "no committed offset", "offset 17 is before the start of the log (40)", ...
        reason: String,
    },
    /// Something the application should know of while the member goes on by itself (after repeated failures), or the last word
    /// before it stops.
    Error(MemberError),
}

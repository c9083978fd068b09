//! What happens in a run, as the oracle sees it: everything that crosses the doors of members and cluster, and what changes in the
//! cluster's memory. Nothing here is the opinion of the code under test.

use std::time::Duration;

use kohort_broker::{ArrivedRequest, GroupState};
use kohort_group::member::{
    CallError, CallId, CommitOffset, Event, Failure, GuardId, MemberConfig, MemberError, Period, SeekTo,
    Token,
};
use kohort_protocol::api::{Request, Response};
use kohort_protocol::{
    ErrorCode, Generation, LeaderEpoch, NodeId, Timestamp, TopicId, TopicName, TopicPartition,
};

use crate::plan::Commits;

/// One process: each start of a member is another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Process(pub usize);

/// What happened to a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogChange {
    /// Its end was cut off at this offset, by the leader of this epoch.
    Truncated(i64, LeaderEpoch),
    /// Records before this offset were deleted.
    DeletedBefore(i64),
    /// It was deleted as a whole.
    Gone,
}

/// Something that happened.
#[derive(Debug)]
#[allow(missing_docs, reason = "the fields say what they are")]
pub enum What<'a> {
    // ---- a process
    /// It begins, with a machine that knows nothing.
    Started {
        member: usize,
        config: &'a MemberConfig,
        commits: Commits,
    },
    /// It stands still (SIGSTOP), or goes on. Or its machine alone does, for want of a thread.
    Frozen(bool),
    /// Its timers fire late by up to so much.
    Late(Duration),
    /// It is gone without a word.
    Crashed,

    // ---- its machine and the network
    /// The machine sends a request.
    Sent {
        token: Option<Token>,
        node: NodeId,
        /// `None`: no version that this node offers carries it, so that it never leaves.
        version: Option<i16>,
        request: &'a Request,
        timeout: Duration,
    },
    /// The machine hears the end of a request that it sent to this node at `sent`.
    Answered {
        node: NodeId,
        version: Option<i16>,
        request: &'a Request,
        reply: Result<&'a Response, &'a Failure>,
        sent: Timestamp,
    },
    /// The machine does not wait for this one any more.
    Abandoned { request: &'a Request },
    /// This node closes a connection of the process, for nothing has passed by it for so long.
    Idle { node: NodeId },

    /// A connection of it will end in the middle of this request, or of its answer.
    Torn { request: &'a Request, answer: bool },

    // ---- its application
    /// It comes back for more: all it had is processed.
    Polled,
    /// It waits inside the client, or no longer.
    Waiting(bool),
    /// It takes these records, by offset.
    Delivered {
        partition: &'a TopicPartition,
        offsets: &'a [i64],
        /// The leader epochs of the first record and the last.
        epochs: (LeaderEpoch, LeaderEpoch),
        /// In which log they were written: their values say it.
        topic: TopicId,
        period: Period,
    },
    /// The machine says it; the application has not heard it yet.
    Said(&'a Event),
    /// The application hears it.
    Heard(&'a Event),
    /// The application lets go of a notice, perhaps because it failed with it in its hands.
    Released { guard: GuardId, unwinding: bool },
    /// It asks for a commit.
    CommitAsked {
        call: CallId,
        offsets: &'a [CommitOffset],
    },
    /// It asks that everything processed be committed.
    ProcessedAsked { call: CallId },
    /// It wants to continue elsewhere.
    Sought {
        call: CallId,
        partition: &'a TopicPartition,
        to: SeekTo,
    },
    /// It will ask for a commit that is lower than what it has read.
    Lowered { partition: &'a TopicPartition, to: i64 },
    /// It wants nothing of this partition for a while, or wants it again.
    Paused {
        partition: &'a TopicPartition,
        paused: bool,
    },
    /// A call of it is answered.
    Done {
        call: CallId,
        result: &'a Result<(), CallError>,
    },
    /// It wants these topics from now on.
    Subscribed { topics: &'a [TopicName] },
    /// It closes.
    Closing { commit: bool, deadline: Timestamp },
    /// The machine has said its last word.
    Closed { result: &'a Result<(), MemberError> },
    /// What its payloads take in memory.
    Buffered { bytes: usize },

    // ---- the cluster
    /// A request reaches its broker.
    Arrived { request: &'a ArrivedRequest },
    /// A process of another kind asked to join, and was answered this.
    Stranger { code: ErrorCode },
    /// A broker answers a request that somebody still waits for.
    Replied {
        node: NodeId,
        version: i16,
        request: &'a Request,
        response: &'a Response,
    },
    /// A committed offset changed for good.
    Committed {
        partition: &'a TopicPartition,
        from: Option<i64>,
        to: Option<i64>,
    },
    /// The group at its coordinator is another; `None` while none serves.
    Group(Option<(GroupState, Generation)>),
    /// Records of this partition were lost, or all of it.
    LogChanged {
        partition: &'a TopicPartition,
        topic: TopicId,
        change: LogChange,
    },
    /// A topic was made, with this id.
    Created { name: &'a TopicName, topic: TopicId },

    // ---- the run
    /// The faults are over.
    Calm,
    /// After that, the group is stable for the first time: each partition has one owner.
    Stable,
}

//! What can go wrong. Each fault ends by itself, so that any of them can be left out of a schedule and the rest still makes sense.
//!
//! To add one: name it here, with the word that stands for it in the text of a plan; draw it in `kinds.rs`; carry it out in
//! `world/disturb.rs`.

use std::time::Duration;

use kohort_broker::{FaultAction, Release};
use kohort_protocol::{ApiKey, ErrorCode, NodeId, Timestamp};

use super::Topics;
use super::words::acts;

/// A fault at its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// When it happens.
    pub at: Timestamp,
    /// What.
    pub act: Act,
}

acts! {
    // ---- wire
    /// The connections between a member and a node break; both sides are told.
    "cut" Cut {
        /// Whose.
        member: usize,
        /// To which node.
        node: NodeId,
    }
    /// A connection ends in the middle of the next message of an API; both sides are told.
    "tear" Tear {
        /// Whose.
        member: usize,
        /// Which API.
        api: ApiKey,
        /// Of the answer, else of the request.
        answer: bool,
        /// By reset, else by FIN.
        reset: bool,
    }
    /// Half-open: no byte passes, in either direction, and nobody is told. 0 for all nodes.
    "silence" Silence {
        /// Whose.
        member: usize,
        /// To which node.
        node: NodeId,
        /// How long.
        span: Duration,
    }
    /// Many links fall silent one after the other, and come back one after the other in another order.
    "swizzle-clog" SwizzleClog {
        /// Of the stream that chooses the links and the orders.
        seed: u64,
        /// How long it takes until the last is silent, and once more until the last is back.
        span: Duration,
    }
    /// Each message takes longer.
    "lag" Lag {
        /// Whose.
        member: usize,
        /// At most by so much.
        by: Duration,
        /// How long.
        span: Duration,
    }
    /// The next request of an API hangs on its way for so long, or the answer to it; what follows on the same connection waits behind it.
    "hang" Hang {
        /// Whose.
        member: usize,
        /// Which API.
        api: ApiKey,
        /// Not the request, but its answer.
        answer: bool,
        /// How long.
        hold: Duration,
    }
    /// The next commit hangs on its way for so long, and takes effect even if it was given up meanwhile.
    "late-commit" LateCommit {
        /// Whose.
        member: usize,
        /// How long.
        hold: Duration,
    }

    // ---- brokers
    /// The next requests of an API meet a mishap.
    "inject" Inject {
        /// Which API.
        api: ApiKey,
        /// What happens to them.
        mishap: Mishap,
        /// To how many.
        times: u32,
    }
    /// All requests of an API are answered with an error.
    "refuse" Refuse {
        /// Which API.
        api: ApiKey,
        /// With this.
        code: ErrorCode,
        /// How long.
        span: Duration,
    }
    /// Whoever coordinates is still loading: it answers nothing but heartbeats, and those blindly, as Kafka does.
    "loading" Loading {
        /// How long.
        span: Duration,
    }
    /// A node is killed, and started again.
    "stop" Stop {
        /// Which.
        node: NodeId,
        /// How long it is down.
        span: Duration,
    }
    /// A node is shut down in order, and started again.
    "restart" Restart {
        /// Which.
        node: NodeId,
        /// How long it is down.
        span: Duration,
    }
    /// One node after the other is shut down in order, and comes back as another release.
    "upgrade" Upgrade {
        /// Which: it may be an older one.
        to: Release,
        /// How long each is down.
        span: Duration,
        /// From one to the next.
        gap: Duration,
    }
    /// A node stands still (SIGSTOP), and goes on.
    "pause" Pause {
        /// Which.
        node: NodeId,
        /// How long.
        span: Duration,
    }
    /// The group gets another coordinator.
    "move-coordinator" MoveCoordinator {
        /// Which node.
        to: NodeId,
    }
    /// A partition gets another leader.
    "move-leader" MoveLeader {
        /// Which partition.
        partition: i32,
        /// Which node.
        to: NodeId,
    }
    /// The topic grows by a partition.
    "add-partition" AddPartition {}
    /// An unclean leader is elected, which lacks the last records of a partition.
    "truncate" Truncate {
        /// Which.
        partition: i32,
        /// How many records.
        records: i32,
    }
    /// All but the last records of a partition are deleted.
    "delete-records" DeleteRecords {
        /// Which.
        partition: i32,
        /// How many stay.
        keep: i32,
    }
    /// A topic is deleted, and made anew a while later: the same name, another id.
    "recreate" Recreate {
        /// Its number.
        topic: usize = 0,
        /// How many partitions it has then.
        partitions: i32,
        /// How long there is none.
        span: Duration,
    }
    /// A topic is deleted, for good if nobody makes it again.
    "delete-topic" DeleteTopic {
        /// Its number.
        topic: usize,
    }
    /// A topic is made that was not there; whoever subscribed to it has waited for that.
    "create-topic" CreateTopic {
        /// Its number.
        topic: usize,
    }

    // ---- what brokers say
    /// The next answers of an API are odd.
    "odd" Odd {
        /// Which API.
        api: ApiKey,
        /// In which way.
        how: Oddity,
        /// How many.
        times: u32,
    }
    /// No Fetch is told who leads instead (KIP-951).
    "unhinted" Unhinted {
        /// How long.
        span: Duration,
    }
    /// A node goes on answering Metadata as was last answered before.
    "stale-metadata" StaleMetadata {
        /// Which.
        node: NodeId,
        /// How long.
        span: Duration,
    }

    // ---- processes
    /// A process stands still (SIGSTOP), and goes on.
    "freeze" Freeze {
        /// Whose.
        member: usize,
        /// How long.
        span: Duration,
    }
    /// The application works on the next thing for so long.
    "stall" Stall {
        /// Whose.
        member: usize,
        /// How long.
        span: Duration,
    }
    /// The application works slowly.
    "slow" Slow {
        /// Whose.
        member: usize,
        /// On each delivery, so long.
        work: Duration,
        /// For this time.
        span: Duration,
    }

    /// The application wishes something when it comes back for more, or in its next notice.
    "wish" Wishes {
        /// Whose.
        member: usize,
        /// What.
        wish: Wish,
        /// Whether it waits for a notice, and does it with that in its hands.
        held: bool,
        /// With which of the partitions that it owns then.
        which: u32,
        /// By how many records.
        by: u32,
        /// How long a pause lasts, or closing may take.
        span: Duration,
    }
    /// The application subscribes to other topics, changes its mind again and again, and in the end wants what it wanted before.
    "subscribe" Subscribe {
        /// Whose.
        member: usize,
        /// To which topics.
        topics: Topics,
        /// It changes its mind so often.
        every: Duration,
        /// After this time it wants what it wanted before.
        span: Duration,
    }
    /// The runtime is starved: the machine of a process is not called, while its application goes on.
    "starve" Starve {
        /// Whose.
        member: usize,
        /// How long.
        span: Duration,
    }
    /// The timers of a process fire late.
    "late-timers" LateTimers {
        /// Whose.
        member: usize,
        /// By up to so much.
        by: Duration,
        /// How long.
        span: Duration,
    }

    // ---- membership
    /// A member closes, and another process takes its place a while later.
    "close" Close {
        /// Which.
        member: usize,
        /// How long closing may take.
        within: Duration,
        /// How long it is away.
        span: Duration,
    }
    /// A process is killed, and another takes its place a while later.
    "crash" Crash {
        /// Which.
        member: usize,
        /// How long it is away.
        span: Duration,
    }
    /// All members but one close at the same moment, and come back at the same moment.
    "mass-leave" MassLeave {
        /// How long closing may take.
        within: Duration,
        /// How long they are away.
        span: Duration,
    }
    /// One member after the other closes and comes back.
    "rolling-bounce" RollingBounce {
        /// How long closing may take.
        within: Duration,
        /// How long each is away.
        span: Duration,
        /// From one to the next.
        gap: Duration,
    }
    /// A process of another kind asks to join; an empty group is its own for a while.
    "stranger" Stranger {
        /// Of Kafka Connect; else a consumer that has no assignor in common with ours.
        connect: bool,
        /// How long it stays.
        span: Duration,
    }
    /// A second process is started with the identity of the first; what is left of both after this time is closed but one.
    "twin" Twin {
        /// Whose.
        member: usize,
    }
}

/// What an application may wish besides reading on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// To read a partition again from an older offset, and to commit that.
    Rewind,
    /// To read from an older offset.
    Older,
    /// To skip some records.
    Newer,
    /// An offset that the log does not have.
    Beyond,
    /// The start of the log.
    Beginning,
    /// The end of the log.
    End,
    /// To pause a partition for a while.
    Pause,
    /// To commit all partitions, each by itself, twice.
    Commits,
    /// To close. In a notice only.
    Close,
    /// To let go at once, in the middle of the call. In a notice only.
    Drop,
    /// To fail with the notice in its hands, and to go on. In a notice only.
    Panic,
}

impl Wish {
    /// All of them, by name.
    pub const ALL: [(&str, Self); 11] = [
        ("rewind", Self::Rewind),
        ("older", Self::Older),
        ("newer", Self::Newer),
        ("beyond", Self::Beyond),
        ("beginning", Self::Beginning),
        ("end", Self::End),
        ("pause", Self::Pause),
        ("commits", Self::Commits),
        ("close", Self::Close),
        ("drop", Self::Drop),
        ("panic", Self::Panic),
    ];
}

/// What is odd about an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// It asks for silence (KIP-219).
    Throttle(Duration),
    /// It passes over a partition that it was asked for.
    Omit,
    /// It names a partition twice.
    Duplicate,
    /// It names a partition twice, and says different things of it.
    DuplicateOther,
    /// It names a partition that cannot be.
    Negative,
    /// It names a partition that nobody asked for.
    Uninvited,
}

/// Those without a number, by name.
const ODD: [(&str, Oddity); 5] = [
    ("omit", Oddity::Omit),
    ("duplicate", Oddity::Duplicate),
    ("duplicate-other", Oddity::DuplicateOther),
    ("negative", Oddity::Negative),
    ("uninvited", Oddity::Uninvited),
];

impl std::fmt::Display for Oddity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Self::Throttle(span) = self {
            return write!(f, "throttle:{}", span.as_millis());
        }
        let name = ODD.iter().find(|(_, odd)| odd == self);
        f.write_str(name.map_or("?", |(name, _)| name))
    }
}

impl std::str::FromStr for Oddity {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if let Some((_, odd)) = ODD.iter().find(|(name, _)| *name == text) {
            return Ok(*odd);
        }
        let millis = text.strip_prefix("throttle:").ok_or(())?;
        Ok(Self::Throttle(Duration::from_millis(
            millis.parse().map_err(|_| ())?,
        )))
    }
}

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mishap(pub FaultAction);

/// The actions without a number, by name.
const PLAIN: [(&str, FaultAction); 5] = [
    ("drop", FaultAction::Drop),
    ("close", FaultAction::Close),
    ("lose-answer", FaultAction::LoseAnswer),
    ("close-instead", FaultAction::CloseInsteadOfAnswer),
    ("answer-then-close", FaultAction::AnswerThenClose),
];

impl std::fmt::Display for Mishap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            FaultAction::Delay(span) => write!(f, "delay:{}", span.as_millis()),
            FaultAction::Answer(code) => write!(f, "answer:{}", code.0),
            other => {
                let name = PLAIN.iter().find(|(_, action)| *action == other);
                f.write_str(name.map_or("?", |(name, _)| name))
            }
        }
    }
}

impl std::str::FromStr for Mishap {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if let Some((_, action)) = PLAIN.iter().find(|(name, _)| *name == text) {
            return Ok(Self(*action));
        }
        match text.split_once(':').ok_or(())? {
            ("delay", ms) => Ok(Self(FaultAction::Delay(Duration::from_millis(
                ms.parse().map_err(|_| ())?,
            )))),
            ("answer", code) => Ok(Self(FaultAction::Answer(ErrorCode(
                code.parse().map_err(|_| ())?,
            )))),
            _ => Err(()),
        }
    }
}

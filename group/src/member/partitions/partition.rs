//! One partition that is owned: how its position is known, and its four places.

use alloc::collections::VecDeque;
use alloc::string::String;

use kohort_protocol::{LeaderEpoch, NodeId, Timestamp, TopicId};

use super::ready::Batch;
use crate::member::backoff::Retry;
use crate::member::io::SeekTo;

/// The next record to read, and the epoch of the one before it (KIP-320).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::member) struct Position {
    pub(in crate::member) offset: i64,
    pub(in crate::member) epoch: LeaderEpoch,
}

impl Position {
    /// A place that was chosen rather than read up to: nothing is known of the record before it.
    pub(in crate::member) const fn chosen(offset: i64) -> Self {
        Self {
            offset,
            epoch: LeaderEpoch::NONE,
        }
    }
}

/// One line of reading in one partition. Whatever breaks the line (another period, a seek, a reset) makes a new stamp, and answers to
/// questions asked under the old one no longer matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::member) struct Stamp(pub(super) u64);

/// How the position is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::member) enum Place {
    /// The group's committed offset says.
    Lookup,
    /// The coordinator has none: `auto.offset.reset` says, once the application has let go of its notice.
    Unset,
    /// A look into the log says.
    Reset(Reset),
    /// It is.
    At,
    /// It is not, until the application seeks.
    Stopped,
}

/// A position that is to be found in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::member) struct Reset {
    pub(in crate::member) to: SeekTo,
    /// Why, if the application did not ask for it.
    pub(in crate::member) reason: Option<String>,
    pub(in crate::member) from: Option<i64>,
}

/// What the last Fetch said of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::member) struct Marks {
    pub(in crate::member) high_watermark: i64,
    pub(in crate::member) last_stable_offset: i64,
    pub(in crate::member) log_start_offset: i64,
}

/// One partition that is owned.
#[derive(Debug)]
pub(in crate::member) struct Partition {
    pub(in crate::member) stamp: Stamp,
    pub(in crate::member) place: Place,
    pub(in crate::member) fetch: Position,
    pub(in crate::member) delivered: Option<Position>,
    pub(in crate::member) processed: Option<Position>,
    /// The same offset of another epoch is of another history, and stored for it again: who begins there would be sent back (KIP-320).
    pub(in crate::member) committed: Option<Position>,
    /// The newest offset that a commit was asked for; auto-commit never goes below it (S06) ...
    pub(in crate::member) floor: Option<i64>,
    /// ... unless the application went back by its own wish.
    pub(super) rewound: bool,
    pub(in crate::member) paused: bool,
    pub(in crate::member) marks: Option<Marks>,
    /// A follower to read from, and until when (KIP-392).
    pub(in crate::member) replica: Option<(NodeId, Timestamp)>,
    /// Of whatever is tried next for this partition.
    pub(in crate::member) retry: Retry,
    /// The batch at this offset could not be read once.
    pub(in crate::member) suspect: Option<i64>,
    /// So much room was needed by records that had to be dropped.
    pub(in crate::member) needs: usize,
    /// The id of its topic, once it is known.
    pub(super) topic_id: TopicId,
    pub(super) ready: VecDeque<Batch>,
    pub(super) ready_bytes: usize,
    /// Taken back from the application, unless it was faster.
    pub(super) withdrawn: VecDeque<Batch>,
}

impl Partition {
    pub(super) fn new(stamp: Stamp) -> Self {
        Self {
            stamp,
            place: Place::Lookup,
            fetch: Position::chosen(0),
            delivered: None,
            processed: None,
            committed: None,
            floor: None,
            rewound: false,
            paused: false,
            marks: None,
            replica: None,
            retry: Retry::new("reading a partition"),
            suspect: None,
            needs: 0,
            topic_id: TopicId::ZERO,
            ready: VecDeque::new(),
            ready_bytes: 0,
            withdrawn: VecDeque::new(),
        }
    }

    /// Bytes that lie ready.
    pub(in crate::member) const fn ready_bytes(&self) -> usize {
        self.ready_bytes
    }
}

//! The ledger of commits: what is to be stored, what is on its way, and who waits for it (rules 18, 19, S06, S10).
//!
//! One commit of a group is on its way at a time, so that none overtakes another; what comes meanwhile is merged, and an offset that
//! a newer one replaces before it was sent is answered `Superseded`. Who we are is stamped on it when it is *sent*, not when it was
//! asked for. An offset read in another period of ownership never gets here: its sender is told `Fenced`.

mod calls;
mod doubt;
mod message;

use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;

use kohort_protocol::api::offset_commit::OffsetCommitResponse;
use kohort_protocol::{ApiKey, ErrorCode, Recovery, Timestamp, TopicPartition};

use super::backoff::Retry;
use super::coordinator::Coordinator;
use super::error::{CommitError, MemberError};
use super::io::{CallId, CommitOffset, Failure, Target, Token};
use super::membership::{Identity, Round};
use super::topics::{Topics, is_absence};
use super::wire::{Open, Purpose, Wire};
use calls::Calls;
use doubt::Doubt;
use message::{Names, codes, request};

/// A topic that no broker knows may be young, or gone; after so many tries it is gone, or a revocation would wait for it until the
/// rebalance timeout.
const MISSED: u32 = 10;

/// One partition's offset, and who waits for it.
#[derive(Debug)]
struct Entry {
    offset: CommitOffset,
    callers: Vec<CallId>,
    /// How often it was said that there is no such topic.
    missed: u32,
}

type Entries = BTreeMap<TopicPartition, Entry>;

/// A commit on its way.
#[derive(Debug)]
struct Sent {
    token: Token,
    round: Round,
    entries: Entries,
    names: Names,
    /// It settles what was in doubt.
    healing: bool,
    /// Its period ended while it was on its way: it is not sent again.
    fenced: bool,
}

/// What an answer means to others.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// Stored.
    pub(super) stored: Vec<CommitOffset>,
    /// Neither stored nor to be tried again.
    pub(super) refused: Vec<CommitOffset>,
    /// A word on our membership, and under which round it was asked.
    pub(super) heard: Option<(Round, ErrorCode)>,
    /// A topic is not what we take it for: deleted, or made anew under its name, if the broker knows more than we do.
    pub(super) strange_topic: bool,
}

impl Entry {
    fn recovery(&mut self, code: ErrorCode) -> Recovery {
        if is_absence(code) {
            self.missed += 1;
        }
        if self.missed >= MISSED {
            Recovery::Fatal
        } else {
            Recovery::of(ApiKey::OffsetCommit, code)
        }
    }
}

/// See the head of this file.
#[derive(Debug)]
pub(super) struct Ledger {
    pending: Entries,
    sent: Option<Sent>,
    calls: Calls,
    retry: Retry,
    /// When processed offsets are committed next.
    auto_at: Option<Timestamp>,
    /// The newest offsets of this period that are stored, or may be.
    newest: BTreeMap<TopicPartition, CommitOffset>,
    doubt: Doubt,
    /// What the application was told of commits that nobody waits for.
    told: Option<ErrorCode>,
}

impl Ledger {
    pub(super) fn new() -> Self {
        Self {
            pending: Entries::new(),
            sent: None,
            calls: Calls::default(),
            retry: Retry::new("committing offsets"),
            auto_at: None,
            newest: BTreeMap::new(),
            doubt: Doubt::default(),
            told: None,
        }
    }

    /// A period of ownership began.
    pub(super) fn began(&mut self, wire: &Wire) {
        self.auto_at = wire
            .config
            .auto_commit_interval
            .map(|interval| wire.now + interval);
    }

    /// `call` waits for `open` offsets, which follow.
    pub(super) fn begin(&mut self, wire: &mut Wire, call: CallId, open: usize) {
        self.calls.begin(wire, call, open);
    }

    /// One of them cannot even be tried.
    pub(super) fn refuse(&mut self, wire: &mut Wire, call: CallId, error: CommitError) {
        self.calls.decide(wire, call, Err(error));
    }

    /// One of them, or one that nobody waits for.
    pub(super) fn ask(&mut self, wire: &mut Wire, offset: CommitOffset, caller: Option<CallId>) {
        let name = offset.partition.clone();
        match self.pending.get_mut(&name) {
            Some(entry) if entry.offset == offset => entry.callers.extend(caller),
            _ => {
                let entry = Entry {
                    offset,
                    callers: caller.into_iter().collect(),
                    missed: 0,
                };
                if let Some(old) = self.pending.insert(name, entry) {
                    self.decide(wire, &old, &Err(CommitError::Superseded));
                }
            }
        }
    }

    /// Lets `caller` wait for `offset` of `partition` if that is queued or on its way already.
    pub(super) fn join(&mut self, partition: &TopicPartition, offset: i64, caller: CallId) -> bool {
        let queued = self.pending.get_mut(partition);
        let entry = queued.or_else(|| self.sent.as_mut()?.entries.get_mut(partition));
        let found = entry.filter(|entry| entry.offset.offset == offset);
        found.map(|entry| entry.callers.push(caller)).is_some()
    }

    /// Whether `offset` of `partition` is queued or on its way already.
    pub(super) fn holds(&self, partition: &TopicPartition, offset: i64) -> bool {
        let queued = self.pending.get(partition);
        let entry = queued.or_else(|| self.sent.as_ref()?.entries.get(partition));
        entry.is_some_and(|entry| entry.offset.offset == offset)
    }

    /// Nothing is queued, on its way, or to be sent once more. A doubt may remain when all that followed was refused for good, or is of a
    /// topic that was made anew: no acknowledgement will settle it, and a revocation must not wait for one until the rebalance timeout.
    pub(super) fn is_idle(&self) -> bool {
        self.pending.is_empty() && self.sent.is_none() && !self.doubt.is_waiting()
    }

    /// Whether processed offsets are to be committed now.
    pub(super) fn is_auto_due(&mut self, wire: &Wire) -> bool {
        let due = self.auto_at.is_some_and(|at| wire.now >= at);
        if due {
            self.began(wire);
        }
        due
    }

    /// The period is over: what was read in it is not ours to commit. What is on its way answers its callers when it is answered.
    pub(super) fn fence(&mut self, wire: &mut Wire) {
        self.auto_at = None;
        self.newest.clear();
        self.doubt.dispel();
        if let Some(sent) = &mut self.sent {
            sent.fenced = true;
        }
        for (_, entry) in core::mem::take(&mut self.pending) {
            let error = stale(&entry.offset);
            self.decide(wire, &entry, &Err(error));
        }
    }

    /// As [`fence`](Self::fence), for some partitions.
    pub(super) fn fence_partitions(&mut self, wire: &mut Wire, gone: &[TopicPartition]) {
        for name in gone {
            self.newest.remove(name);
            let queued = self.pending.remove(name);
            let sent = self.sent.as_mut().and_then(|sent| sent.entries.remove(name));
            for entry in queued.into_iter().chain(sent) {
                let error = stale(&entry.offset);
                self.decide(wire, &entry, &Err(error));
            }
        }
    }

    pub(super) fn expire(&mut self, wire: &mut Wire) {
        self.calls.expire(wire);
    }

    /// Sends what can be sent.
    pub(super) fn drive(
        &mut self,
        wire: &mut Wire,
        coordinator: &Coordinator,
        identity: Option<Identity>,
        topics: &Topics,
    ) {
        self.heal(wire);
        let (Some(identity), Some(node)) = (identity, coordinator.node()) else {
            return;
        };
        if self.sent.is_some() || self.pending.is_empty() || !self.retry.is_due(wire.now) {
            return;
        }
        let entries = core::mem::take(&mut self.pending);
        let (request, names) = request(wire, &identity, &entries, topics);
        let timeout = wire.config.request_timeout;
        let token = wire.send(Purpose::Commit, Target::Node(node), request, timeout);
        let healing = self.doubt.is_healing();
        self.sent = Some(Sent {
            token,
            round: identity.round,
            entries,
            names,
            healing,
            fenced: false,
        });
    }

    /// Queues the newest offsets once more, if they may have been rewound and the time has come. Not while a commit is in flight: what
    /// is newest then is about to be old, and would rewind it.
    fn heal(&mut self, wire: &Wire) {
        if self.sent.is_some() {
            return;
        }
        let Some(partitions) = self.doubt.due(wire.now) else {
            return;
        };
        for name in partitions {
            if let Some(newest) = self.newest.get(name) {
                let again = || Entry {
                    offset: newest.clone(),
                    callers: Vec::new(),
                    missed: 0,
                };
                self.pending.entry(name.clone()).or_insert_with(again);
            }
        }
        if self.pending.is_empty() {
            self.doubt.dispel();
        }
    }

    pub(super) fn deadline(&self, coordinator: &Coordinator) -> Option<Timestamp> {
        let can_send = self.sent.is_none() && !self.pending.is_empty() && coordinator.node().is_some();
        let retry = can_send.then(|| self.retry.at());
        let doubt = self.doubt.deadline().filter(|_| self.sent.is_none());
        [retry, self.auto_at, doubt, self.calls.deadline()]
            .into_iter()
            .flatten()
            .min()
    }

    pub(super) fn answered(
        &mut self,
        wire: &mut Wire,
        coordinator: &mut Coordinator,
        open: Open,
        reply: Result<OffsetCommitResponse, Failure>,
    ) -> Outcome {
        let Some(sent) = self.sent.take_if(|sent| sent.token == open.token) else {
            return Outcome::default();
        };
        match reply {
            Ok(response) => self.decided(wire, coordinator, open, sent, &response),
            Err(failure) => self.undecided(wire, coordinator, open, sent, &failure),
        }
    }

    /// It may have been stored, or may be yet.
    fn undecided(
        &mut self,
        wire: &mut Wire,
        coordinator: &mut Coordinator,
        open: Open,
        sent: Sent,
        failure: &Failure,
    ) -> Outcome {
        let mut outcome = Outcome::default();
        match failure {
            Failure::Unsupported(_) => {
                for entry in sent.entries.into_values() {
                    self.refused(wire, &entry, ErrorCode::UNSUPPORTED_VERSION);
                    outcome.refused.push(entry.offset);
                }
                return outcome;
            }
            Failure::Disconnected(_) | Failure::TimedOut => coordinator.lost_by(wire, open, failure),
            Failure::Malformed(_) => {}
        }
        if !sent.fenced {
            self.doubt.cast(sent.entries.keys().cloned());
            // If what follows is refused, this is the newest that may be stored: to send an older one again would rewind it.
            let newest = sent
                .entries
                .iter()
                .map(|(name, entry)| (name.clone(), entry.offset.clone()));
            self.newest.extend(newest);
            self.retry.failed(wire, failure);
        }
        for (_, entry) in sent.entries {
            self.again(wire, entry, sent.fenced);
        }
        outcome
    }

    fn decided(
        &mut self,
        wire: &mut Wire,
        coordinator: &mut Coordinator,
        open: Open,
        sent: Sent,
        response: &OffsetCommitResponse,
    ) -> Outcome {
        let codes = codes(response, &sent.names);
        // Also if none of it is ours any more: a word on our membership counts, whatever it is said of (rule 3).
        let heard = codes.values().copied().find(is_of_membership);
        let mut outcome = Outcome {
            heard: heard.map(|code| (sent.round, code)),
            ..Outcome::default()
        };
        let mut failed: Option<ErrorCode> = None;
        // Whose partitions were all lost meanwhile says nothing of what is tried next.
        let is_of_use = !sent.entries.is_empty();
        for (name, mut entry) in sent.entries {
            // An answer that passes a partition over decides nothing about it.
            let said = codes.get(&name).copied();
            let code = said.unwrap_or(ErrorCode::UNKNOWN_SERVER_ERROR);
            let recovery = said.map_or(Recovery::Retry, |code| entry.recovery(code));
            outcome.strange_topic |= is_absence(code);
            match recovery {
                Recovery::Done => {
                    self.decide(wire, &entry, &Ok(()));
                    outcome.stored.push(entry.offset);
                }
                Recovery::Retry | Recovery::FindCoordinator => {
                    if recovery == Recovery::FindCoordinator {
                        coordinator.lost_by(wire, open, &code);
                    }
                    failed = Some(code);
                    self.again(wire, entry, sent.fenced);
                }
                Recovery::Rejoin => {
                    self.decide(wire, &entry, &Err(CommitError::RebalanceInProgress));
                    outcome.refused.push(entry.offset);
                }
                Recovery::ResetGeneration | Recovery::ResetMember => {
                    let error = stale(&entry.offset);
                    self.decide(wire, &entry, &Err(error));
                }
                _ => {
                    self.refused(wire, &entry, code);
                    outcome.refused.push(entry.offset);
                }
            }
        }
        match failed {
            Some(code) => self.retry.failed(wire, &code),
            None if is_of_use => self.retry.succeeded(),
            None => {}
        }
        if !outcome.stored.is_empty() {
            self.doubt
                .acknowledged(wire.now, sent.healing && failed.is_none());
        }
        outcome
    }

    /// Stored, in the period that still runs.
    pub(super) fn stored(&mut self, offset: CommitOffset) {
        self.newest.insert(offset.partition.clone(), offset);
    }

    /// To be sent again, unless something newer is queued.
    fn again(&mut self, wire: &mut Wire, entry: Entry, fenced: bool) {
        if fenced {
            let error = stale(&entry.offset);
            self.decide(wire, &entry, &Err(error));
        } else if self.pending.contains_key(&entry.offset.partition) {
            self.decide(wire, &entry, &Err(CommitError::Superseded));
        } else {
            self.pending.insert(entry.offset.partition.clone(), entry);
        }
    }

    /// Refused for good. What nobody waits for is told to everybody, once.
    fn refused(&mut self, wire: &mut Wire, entry: &Entry, code: ErrorCode) {
        if entry.callers.is_empty() && self.told != Some(code) {
            self.told = Some(code);
            wire.tell(MemberError::refused(wire, ApiKey::OffsetCommit, code));
        }
        let partitions = vec![entry.offset.partition.clone()];
        self.decide(wire, entry, &Err(CommitError::Refused { partitions, code }));
    }

    fn decide(&mut self, wire: &mut Wire, entry: &Entry, result: &Result<(), CommitError>) {
        for &call in &entry.callers {
            self.calls.decide(wire, call, result.clone());
        }
    }

    pub(super) fn close(&mut self, wire: &mut Wire) {
        self.calls.close(wire);
    }
}

fn is_of_membership(code: &ErrorCode) -> bool {
    matches!(
        Recovery::of(ApiKey::OffsetCommit, *code),
        Recovery::Rejoin | Recovery::ResetGeneration | Recovery::ResetMember | Recovery::Fenced
    )
}

/// Why an offset cannot be committed any more: it was read in a period that is over, or we have no place in the group (rule 18).
fn stale(offset: &CommitOffset) -> CommitError {
    match offset.period {
        Some(_) => CommitError::Fenced {
            partitions: vec![offset.partition.clone()],
        },
        None => CommitError::RebalanceInProgress,
    }
}

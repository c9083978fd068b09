//! What no broker can make a member do, whatever it answers: an oracle beside the machine, which sees what crosses its doors and
//! believes nothing that the machine says of itself.
//!
//! * Nothing is handed out twice, out of order, with a gap, or without being owned (S02, S08, S09), and reading begins where the
//!   coordinator or a look into the log said; a reset has a cause (S07).
//! * Nothing is committed but what was processed or asked for (S10, S12), or below what is acknowledged (S06).
//! * Nothing is sent under another identity than the last one (rule 18), twice at once, or as fast as the network lets it (L04).
//! * What is put aside is handed out or dropped, and fits the buffer (S20). Closing begins nothing new and ends in time (S15).
//!
//! It follows each partition from one jump of its position to the next, its *line*. An application may do what it likes with offsets;
//! what it says of tickets must be true ([`Watch::is_true`]).

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use kohort_protocol::api::fetch::EpochEndOffset;
use kohort_protocol::api::join_group::JoinGroupResponse;
use kohort_protocol::api::offset_commit::{OffsetCommitRequest, OffsetCommitResponse};
use kohort_protocol::api::offset_fetch::OffsetFetchResponse;
use kohort_protocol::api::{Request, Response};
use kohort_protocol::{
    ApiKey, ErrorCode, Generation, MemberId, Timestamp, TopicId, TopicName, TopicPartition,
};

use super::answers::topic_id;
use crate::member::{
    Event, FetchedPartition, FetchedRecords, GuardId, Input, MemberConfig, Output, Period, SeekTo, Ticket,
    Token,
};

/// So many requests of one kind within a second are all right, and one more for each act of the application (as in `tests/sim`).
const MANY: usize = 25;
const MANY_FETCHES: usize = 400;
const SECOND: Duration = Duration::from_secs(1);

/// Records that were handed out.
#[derive(Clone)]
struct Batch {
    partition: TopicPartition,
    line: u64,
    from: i64,
    records: FetchedRecords,
    /// The application may take them.
    ready: bool,
    taken: bool,
}

/// One partition, from one jump of its position to the next.
#[derive(Default)]
struct Line {
    number: u64,
    /// Where it may begin.
    starts: BTreeSet<i64>,
    /// Behind all that was handed out and not taken back.
    next: Option<i64>,
    /// Behind what the application took.
    taken: Option<i64>,
    /// The same, when it came back last.
    processed: Option<i64>,
    /// Behind control records: nobody tells whether they were passed over.
    control: BTreeSet<i64>,
    /// Something happened that resets the position.
    resets: bool,
    paused: bool,
    /// The application could not read on.
    stopped: bool,
    /// What may be committed beside what was processed along this line: where earlier ones got to ...
    earlier: BTreeSet<i64>,
    /// ... or where an earlier one got to, once the application comes back.
    unprocessed: Option<i64>,
    /// What the coordinator has acknowledged.
    acknowledged: Option<i64>,
    /// The application or a reset chose an offset in this period: what is committed may go back.
    goes_back: bool,
}

impl Line {
    fn jump(&mut self, number: u64, start: Option<i64>) {
        self.earlier.extend(self.starts.union(&self.control));
        self.earlier.extend(self.processed);
        self.earlier.extend(start);
        *self = Self {
            number,
            starts: start.into_iter().collect(),
            paused: self.paused,
            acknowledged: self.acknowledged,
            goes_back: true,
            unprocessed: self.taken.or(self.unprocessed),
            earlier: core::mem::take(&mut self.earlier),
            ..Self::default()
        };
    }

    /// Somebody who may know says where to begin.
    fn may_start(&mut self, at: i64) {
        if self.next.is_none() && at >= 0 {
            self.starts.insert(at);
        }
    }

    fn goes_on_at(&self, from: i64) -> bool {
        match self.next {
            Some(next) => from == next || (from > next && self.control.contains(&from)),
            None => self.starts.contains(&from) || self.control.contains(&from),
        }
    }
}

/// What must not be sent as fast as it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sent {
    Request(ApiKey),
    Metadata,
    /// A Fetch after one that brought nothing.
    IdleFetch,
}

/// See the head of this file.
pub(super) struct Watch {
    config: MemberConfig,
    now: Timestamp,
    /// What waits for an answer, and until when whoever drives it waits.
    open: BTreeMap<Token, (Request, Timestamp)>,
    /// What this input answers; it may have been given up before that was looked at.
    answers: Option<Token>,
    /// What the application takes with this input; it may have been taken back before.
    takes: Option<Ticket>,
    /// It brings nothing that could be of use.
    is_idle: bool,
    sent: BTreeMap<Sent, VecDeque<Timestamp>>,
    acts: VecDeque<Timestamp>,
    /// The id and generation of the round that was joined last.
    identity: Option<(MemberId, Generation)>,
    ids: BTreeSet<MemberId>,
    period: Option<Period>,
    owned: BTreeMap<TopicPartition, Line>,
    lines: u64,
    /// The notice that the application must let go of before anything is handed out.
    assigned: Option<GuardId>,
    /// The notice of the revocation that goes on.
    revoking: Option<GuardId>,
    /// The application has let go of what it owned.
    gave_back: bool,
    asked: BTreeSet<(TopicPartition, i64)>,
    batches: BTreeMap<Ticket, Batch>,
    /// Put aside just now, and neither handed out nor dropped.
    limbo: BTreeMap<Ticket, FetchedRecords>,
    /// Taken back just now: the application may have been faster.
    withdrawn: BTreeSet<Ticket>,
    polled: Timestamp,
    waits: bool,
    closing: Option<Timestamp>,
    /// It has known that for longer than this input: what was due before it is done before it.
    begins_nothing: bool,
}

impl Watch {
    pub(super) fn new(config: &MemberConfig) -> Self {
        Self {
            config: config.clone(),
            now: Timestamp::ZERO,
            open: BTreeMap::new(),
            answers: None,
            takes: None,
            is_idle: false,
            sent: BTreeMap::new(),
            acts: VecDeque::new(),
            identity: None,
            ids: BTreeSet::new(),
            period: None,
            owned: BTreeMap::new(),
            lines: 0,
            assigned: None,
            revoking: None,
            gave_back: true,
            asked: BTreeSet::new(),
            batches: BTreeMap::new(),
            limbo: BTreeMap::new(),
            withdrawn: BTreeSet::new(),
            polled: Timestamp::ZERO,
            waits: false,
            closing: None,
            begins_nothing: false,
        }
    }

    fn next_line(&mut self) -> u64 {
        self.lines += 1;
        self.lines
    }

    /// Whether a driver can say this of tickets: it takes the oldest that lies ready of a partition, or one that was taken back while
    /// it did, and can only fail to read what it took.
    pub(super) fn is_true(&self, input: &Input) -> bool {
        let first = |partition: &TopicPartition| {
            let same = |(_, batch): &(&Ticket, &Batch)| batch.partition == *partition;
            let lies = |(ticket, batch): &(&Ticket, &Batch)| batch.ready || self.withdrawn.contains(ticket);
            self.batches
                .iter()
                .filter(same)
                .find(lies)
                .map(|(ticket, _)| *ticket)
        };
        match input {
            Input::Taken(ticket) => {
                let batch = self.batches.get(ticket);
                batch.is_none_or(|batch| first(&batch.partition) == Some(*ticket))
            }
            Input::Broken { ticket, offset, .. } => self.batches.get(ticket).is_none_or(|batch| {
                let line = self.owned.get(&batch.partition);
                let end = batch.records.next_offset;
                (batch.from..end).contains(offset) && line.is_none_or(|line| line.taken == Some(end))
            }),
            _ => true,
        }
    }

    // ---- what goes in

    pub(super) fn sees_input(&mut self, now: Timestamp, input: &Input) {
        self.now = now;
        self.answers = match input {
            Input::Reply { token, .. } | Input::Fetched { token, .. } => Some(*token),
            _ => None,
        };
        self.takes = match input {
            Input::Taken(ticket) => Some(*ticket),
            _ => None,
        };
        self.is_idle = matches!(input, Input::Fetched { .. });
        self.begins_nothing = self.closing.is_some();
        match input {
            Input::Reply { token, reply } => {
                if let (Some((request, _)), Ok(response)) = (self.open.remove(token), reply) {
                    self.answered(&request, response);
                }
            }
            Input::Fetched { token, reply } => {
                let is_awaited = self.open.remove(token).is_some();
                for partition in reply.iter().flat_map(|fetched| &fetched.partitions) {
                    self.put_aside(partition, is_awaited);
                }
            }
            Input::Close { deadline, .. } => {
                self.closing = Some(self.closing.map_or(*deadline, |other| other.min(*deadline)));
            }
            _ if self.closing.is_some() => {}
            input => self.acts(input),
        }
        if !matches!(input, Input::Taken(_)) {
            self.withdrawn.clear();
        }
    }

    fn acts(&mut self, input: &Input) {
        match input {
            Input::Polled => {
                self.polled = self.now;
                for line in self.owned.values_mut() {
                    // What was asked for before may wait to be sent.
                    line.earlier
                        .extend(core::mem::replace(&mut line.processed, line.taken));
                    line.earlier.extend(line.unprocessed.take());
                }
            }
            Input::Waiting(waits) => (self.polled, self.waits) = (self.now, *waits),
            Input::Taken(ticket) => self.taken(*ticket),
            Input::Broken { ticket, offset, .. } => self.broken(*ticket, *offset),
            Input::Released { guard, unwinding } if !unwinding => {
                self.assigned.take_if(|held| held == guard);
                self.gave_back |= self.revoking == Some(*guard);
            }
            Input::Commit { offsets, .. } => {
                for offset in offsets {
                    if offset.offset >= 0 && offset.period.is_none_or(|period| Some(period) == self.period) {
                        self.asks(&offset.partition, offset.offset);
                    }
                }
            }
            Input::Seek { partition, to, .. } => self.sought(partition, *to),
            Input::Pause(partitions) => self.pause(partitions, true),
            Input::Resume(partitions) => self.pause(partitions, false),
            _ => {}
        }
        if !matches!(input, Input::Tick | Input::Metadata(_)) {
            self.acts.push_back(self.now);
        }
    }

    fn asks(&mut self, name: &TopicPartition, offset: i64) {
        self.asked.insert((name.clone(), offset));
        if let Some(line) = self.owned.get_mut(name) {
            line.goes_back = true;
        }
    }

    fn pause(&mut self, partitions: &[TopicPartition], paused: bool) {
        for name in partitions {
            if let Some(line) = self.owned.get_mut(name) {
                line.paused = paused;
            }
        }
    }

    fn sought(&mut self, name: &TopicPartition, to: SeekTo) {
        let number = self.next_line();
        let start = match to {
            SeekTo::Offset(offset) if offset < 0 => return,
            SeekTo::Offset(offset) => Some(offset),
            _ => None,
        };
        if let Some(line) = self.owned.get_mut(name) {
            line.jump(number, start);
        }
    }

    fn taken(&mut self, ticket: Ticket) {
        let Some(batch) = self.batches.get_mut(&ticket) else {
            return;
        };
        self.withdrawn.remove(&ticket);
        let was_ready = core::mem::replace(&mut batch.ready, false);
        batch.taken = true;
        let line = self.owned.get_mut(&batch.partition);
        let Some(line) = line.filter(|line| line.number == batch.line) else {
            return;
        };
        let next = batch.records.next_offset;
        assert!(
            line.taken.is_none_or(|taken| batch.from >= taken),
            "S09: {ticket:?} was taken before"
        );
        if !was_ready {
            // It counts, unless it was taken back because of a reset that is not told yet.
            line.unprocessed = line.taken.or(line.unprocessed);
            line.next = Some(next);
        }
        line.taken = Some(next);
    }

    fn broken(&mut self, ticket: Ticket, offset: i64) {
        let Some(batch) = self.batches.get(&ticket) else {
            return;
        };
        let number = self.lines + 1;
        let line = self.owned.get_mut(&batch.partition);
        if let Some(line) = line.filter(|line| line.number == batch.line) {
            // Of a line that broke already it is passed over; the reset goes on.
            let resets = line.resets;
            line.jump(number, Some(offset));
            (line.stopped, line.resets) = (true, resets);
            self.lines = number;
        }
    }

    fn put_aside(&mut self, fetched: &FetchedPartition, is_awaited: bool) {
        if let Some(records) = fetched.records {
            self.limbo.insert(records.ticket, records);
        }
        let named = |(name, _): &(&TopicPartition, &mut Line)| {
            let is_topic = if fetched.topic.is_empty() {
                topic_id(name.topic.as_str()) == fetched.topic_id || topic_id("new") == fetched.topic_id
            } else {
                name.topic == fetched.topic
            };
            is_topic && name.partition == fetched.partition
        };
        let Some((_, line)) = self.owned.iter_mut().find(named).filter(|_| is_awaited) else {
            return;
        };
        line.resets |= fetched.error_code == ErrorCode::OFFSET_OUT_OF_RANGE;
        if let Some(records) = fetched.records.filter(|records| !records.visible) {
            self.is_idle = false;
            line.control.insert(records.next_offset);
        }
        if let Some(EpochEndOffset { end_offset, .. }) = fetched.diverging_epoch {
            line.resets = true;
            line.earlier.insert(end_offset);
        }
    }

    fn answered(&mut self, request: &Request, response: &Response) {
        match (request, response) {
            (Request::JoinGroup(_), Response::JoinGroup(join)) => self.joined(join),
            (Request::OffsetCommit(request), Response::OffsetCommit(response)) => {
                self.acknowledged(request, response);
            }
            (Request::OffsetFetch(_), Response::OffsetFetch(response)) => self.committed(response),
            (Request::ListOffsets(_), Response::ListOffsets(response)) => {
                for topic in &response.topics {
                    for said in topic.partitions.iter().filter(|said| said.error_code.is_ok()) {
                        let name = TopicPartition::new(topic.name.clone(), said.partition_index);
                        self.may_start(&name, said.offset);
                    }
                }
            }
            _ => {}
        }
    }

    fn may_start(&mut self, name: &TopicPartition, at: i64) {
        if let Some(line) = self.owned.get_mut(name) {
            line.may_start(at);
            // Where a reset may lead.
            line.earlier.insert(at);
        }
    }

    fn joined(&mut self, join: &JoinGroupResponse) {
        self.ids.insert(join.member_id.clone());
        if join.error_code.is_ok() {
            self.identity = Some((join.member_id.clone(), join.generation_id));
        }
    }

    fn committed(&mut self, response: &OffsetFetchResponse) {
        let groups = response.groups.iter().filter(|group| group.error_code.is_ok());
        for topic in groups.flat_map(|group| &group.topics) {
            for said in topic.partitions.iter().filter(|said| said.error_code.is_ok()) {
                let names: Vec<TopicPartition> =
                    self.named(&topic.name, topic.topic_id, said.partition_index);
                for name in names {
                    self.may_start(&name, said.committed_offset);
                    if let Some(line) = self.owned.get_mut(&name) {
                        line.resets |= said.committed_offset < 0;
                    }
                }
            }
        }
    }

    fn acknowledged(&mut self, request: &OffsetCommitRequest, response: &OffsetCommitResponse) {
        let mut codes = BTreeMap::new();
        for topic in &response.topics {
            for said in &topic.partitions {
                for name in self.named(&topic.name, topic.topic_id, said.partition_index) {
                    codes.insert(name, said.error_code);
                }
            }
        }
        for (name, offset) in offsets(request) {
            if codes.get(&name).is_some_and(|code| code.is_ok())
                && let Some(line) = self.owned.get_mut(&name)
            {
                line.acknowledged = Some(offset);
            }
        }
    }

    /// What is owned and may be meant.
    fn named(&self, topic: &TopicName, id: TopicId, partition: i32) -> Vec<TopicPartition> {
        let is_meant = |name: &&TopicPartition| {
            let has_id = topic_id(name.topic.as_str()) == id || topic_id("new") == id;
            name.partition == partition && (name.topic == *topic || (topic.is_empty() && has_id))
        };
        self.owned.keys().filter(is_meant).cloned().collect()
    }

    // ---- what comes out

    pub(super) fn sees_output(&mut self, output: &Output) {
        match output {
            Output::Send {
                token,
                request,
                timeout,
                ..
            } => self.sends(*token, request, self.now + *timeout),
            Output::Abandon(token) => {
                let is_open = self.open.remove(token).is_some();
                assert!(
                    is_open || self.answers == Some(*token),
                    "{token:?} was answered already"
                );
            }
            Output::Metadata { .. } => self.paces(Sent::Metadata),
            Output::Deliver {
                ticket,
                partition,
                period,
                from,
            } => self.delivers(*ticket, partition, *period, *from),
            Output::Discard(ticket) => self.discards(*ticket),
            Output::Event(event) => self.tells(event),
            Output::Closed(_) => {
                let mut ready = self.batches.values().filter(|batch| batch.ready);
                assert!(
                    ready.next().is_none(),
                    "S20: records are kept after the last word"
                );
                assert!(
                    self.open.is_empty(),
                    "after its last word it waits for {:?}",
                    self.open
                );
            }
            _ => {}
        }
    }

    fn paces(&mut self, what: Sent) {
        let now = self.now;
        let sent = self.sent.entry(what).or_default();
        sent.push_back(now);
        for times in [sent, &mut self.acts] {
            while times.front().is_some_and(|at| now.since(*at) > SECOND) {
                times.pop_front();
            }
        }
        let is_fetch = what == Sent::Request(ApiKey::Fetch);
        let most = self.acts.len() + if is_fetch { MANY_FETCHES } else { MANY };
        let count = self.sent.get(&what).map_or(0, VecDeque::len);
        assert!(
            count <= most,
            "L04: {count} of {what:?} within a second, {most} are allowed"
        );
    }

    fn sends(&mut self, token: Token, request: &Request, until: Timestamp) {
        let api = request.api();
        self.paces(Sent::Request(api));
        if api == ApiKey::Fetch && self.is_idle {
            self.paces(Sent::IdleFetch);
        }
        let waits = |(open, until): &&(Request, Timestamp)| open.api() == api && self.now < *until;
        let others = self.open.values().filter(waits).count();
        let most = match api {
            // To each leader one, or a session and one besides; one of each round; one for each id that leaves.
            ApiKey::ListOffsets
            | ApiKey::Fetch
            | ApiKey::Heartbeat
            | ApiKey::OffsetFetch
            | ApiKey::LeaveGroup => 10,
            _ => 0,
        };
        assert!(others <= most, "{api} while {others} are on their way");
        let identity = match request {
            Request::JoinGroup(join) => {
                assert!(
                    join.member_id.is_empty() || self.ids.contains(&join.member_id),
                    "rule 2: {join:?}"
                );
                assert!(
                    self.gave_back || self.owned.is_empty(),
                    "S02: it joins and owns still"
                );
                assert!(!self.begins_nothing, "S15: it joins while it closes");
                self.identity = None;
                self.owned.clear();
                self.asked.clear();
                (self.assigned, self.revoking) = (None, None);
                None
            }
            Request::SyncGroup(sync) => Some((&sync.member_id, sync.generation_id)),
            Request::Heartbeat(beat) => Some((&beat.member_id, beat.generation_id)),
            Request::OffsetCommit(commit) => {
                self.commits(commit);
                Some((&commit.member_id, commit.generation_id_or_member_epoch))
            }
            Request::LeaveGroup(leave) => {
                let is_ours = leave.members.iter().all(|one| self.ids.contains(&one.member_id));
                assert!(is_ours, "rule 18: {leave:?}");
                None
            }
            Request::Fetch(_) => {
                assert!(!self.begins_nothing, "S15: it fetches while it closes");
                None
            }
            _ => None,
        };
        if let Some((id, generation)) = identity {
            let known = self.identity.as_ref();
            let is_ours = known.is_some_and(|(ours, joined)| ours == id && *joined == generation);
            assert!(
                is_ours,
                "rule 18: {api} as {id:?} in {generation}, but it is {known:?}"
            );
        }
        self.open.insert(token, (request.clone(), until));
    }

    fn commits(&self, request: &OffsetCommitRequest) {
        for (name, offset) in offsets(request) {
            if self.asked.contains(&(name.clone(), offset)) {
                continue;
            }
            let line = self.owned.get(&name);
            let line = line.unwrap_or_else(|| panic!("S12: {name} at {offset}, which is not owned"));
            assert!(self.is_processed(&name, line, offset), "S10: {name} at {offset}");
            assert!(
                line.goes_back || line.acknowledged.is_none_or(|at| offset >= at),
                "S06: {name} at {offset} after {:?}",
                line.acknowledged
            );
        }
    }

    fn is_processed(&self, name: &TopicPartition, line: &Line, offset: i64) -> bool {
        let is_ahead = |batch: &&Batch| {
            let is_unprocessed = line.processed.is_none_or(|at| batch.records.next_offset > at);
            batch.line == line.number && (batch.ready || batch.taken) && is_unprocessed
        };
        let mut ahead = self
            .batches
            .values()
            .filter(|batch| batch.partition == *name)
            .filter(is_ahead);
        let was_passed = line.control.contains(&offset) && ahead.all(|batch| batch.from >= offset);
        line.processed == Some(offset)
            || line.starts.contains(&offset)
            || line.earlier.contains(&offset)
            || was_passed
    }

    fn delivers(&mut self, ticket: Ticket, name: &TopicPartition, period: Period, from: i64) {
        let records = self.limbo.remove(&ticket);
        let records =
            records.unwrap_or_else(|| panic!("S09: {ticket:?} is handed out, but nobody put it aside"));
        assert!(!self.begins_nothing, "S15: records while it closes");
        assert!(
            self.assigned.is_none() && self.revoking.is_none(),
            "S02: {name} while a notice is held"
        );
        assert_eq!(self.period, Some(period), "S02: {name} in another period");
        let line = self.owned.get_mut(name);
        let line = line.unwrap_or_else(|| panic!("S02: {name} is not owned"));
        assert!(
            !line.paused && !line.stopped,
            "{name} is paused, or cannot be read"
        );
        assert!(
            records.visible && records.next_offset > from,
            "S09: nothing in {records:?} from {from}"
        );
        assert!(
            line.goes_on_at(from),
            "S08: {name} from {from}; it is at {:?}, control records at {:?}, starts {:?}",
            line.next,
            line.control,
            line.starts
        );
        self.is_idle = false;
        line.next = Some(records.next_offset);
        let (partition, line) = (name.clone(), line.number);
        self.batches.insert(
            ticket,
            Batch {
                partition,
                line,
                from,
                records,
                ready: true,
                taken: false,
            },
        );
    }

    fn discards(&mut self, ticket: Ticket) {
        if self.limbo.remove(&ticket).is_some() {
            return;
        }
        if self.takes == Some(ticket) {
            return;
        }
        let batch = self.batches.get_mut(&ticket).filter(|batch| batch.ready);
        let batch = batch.unwrap_or_else(|| panic!("{ticket:?} is dropped twice, or was taken"));
        batch.ready = false;
        self.withdrawn.insert(ticket);
        let line = self.owned.get_mut(&batch.partition);
        if let Some(line) = line.filter(|line| line.number == batch.line) {
            line.next = line.taken;
        }
    }

    fn tells(&mut self, event: &Event) {
        match event {
            Event::Assigned {
                guard,
                partitions,
                period,
            } => {
                assert!(
                    self.gave_back || self.owned.is_empty(),
                    "S02: assigned anew, and owned still"
                );
                assert!(self.period < Some(*period), "{period:?} is not new");
                self.period = Some(*period);
                self.owned.clear();
                self.batches.clear();
                self.asked.clear();
                for name in partitions {
                    let line = Line {
                        number: self.next_line(),
                        ..Line::default()
                    };
                    self.owned.insert(name.clone(), line);
                }
                (self.assigned, self.revoking, self.gave_back) = (Some(*guard), None, false);
            }
            Event::Revoking { guard, .. } => (self.assigned, self.revoking) = (None, Some(*guard)),
            Event::Lost { partitions } => {
                for name in partitions {
                    self.owned.remove(name).expect("S12: lost what is not owned");
                    self.asked.retain(|(other, _)| other != name);
                }
                if self.owned.is_empty() {
                    (self.assigned, self.revoking) = (None, None);
                }
            }
            Event::Reset { partition, to, .. } => {
                let number = self.next_line();
                let line = self
                    .owned
                    .get_mut(partition)
                    .expect("S07: a reset of what is not owned");
                assert!(line.resets, "S07: {partition} is reset for no reason");
                assert!(
                    line.earlier.contains(to),
                    "S07: {partition} is reset to {to}, which nobody said"
                );
                line.jump(number, Some(*to));
            }
            _ => {}
        }
    }

    /// All that it has to say is said.
    pub(super) fn rests(&self, is_closed: bool) {
        // Whoever drives it drops what comes after its last word.
        let is_kept = self.limbo.is_empty() || is_closed;
        assert!(is_kept, "S20: put aside and forgotten: {:?}", self.limbo);
        let ready = self.batches.values().filter(|batch| batch.ready);
        let (count, bytes) = ready.fold((0, 0), |(count, bytes), batch| {
            (count + 1, bytes + batch.records.bytes)
        });
        assert!(
            count == 0 || self.revoking.is_none(),
            "S02: what is revoked lies ready still"
        );
        let most = self.config.buffer_bytes;
        assert!(
            count <= 1 || bytes <= most,
            "S20: {bytes} bytes lie ready, {most} are allowed"
        );
        if let Some(deadline) = self.closing {
            assert!(is_closed || self.now < deadline, "S15: not closed at {deadline}");
        } else if !is_closed {
            let is_silent = !self.waits && self.now >= self.polled + self.config.max_poll_interval;
            assert!(
                !is_silent || self.gave_back || self.owned.is_empty(),
                "S14: owned by an application that is silent"
            );
        }
    }
}

fn offsets(request: &OffsetCommitRequest) -> Vec<(TopicPartition, i64)> {
    let mut offsets = Vec::new();
    for topic in &request.topics {
        for partition in &topic.partitions {
            let name = TopicPartition::new(topic.name.clone(), partition.partition_index);
            offsets.push((name, partition.committed_offset));
        }
    }
    offsets
}

//! What happened, as one line per event in fixed columns, and as one number: two runs with equal numbers did the same.

use std::fmt::{self, Write as _};

use kohort_group::member::Event;
use kohort_protocol::api::fetch::{FetchRequest, FetchResponse};
use kohort_protocol::api::metadata::MetadataTopic;
use kohort_protocol::api::{Request, Response};
use kohort_protocol::{ErrorCode, Timestamp, TopicName};

use crate::history::{Process, What};
use crate::plan::Act;
use crate::world::Agent;

/// See the head of this file.
#[derive(Debug, Default)]
pub struct Trace {
    digest: Digest,
    lines: Option<String>,
}

/// Takes in text and numbers; it keeps a number.
#[derive(Debug, Default)]
struct Digest(u64);

impl Digest {
    const fn fold(&mut self, number: u64) {
        self.0 = (self.0 ^ number)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(23);
    }
}

impl fmt::Write for Digest {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let (eights, rest) = text.as_bytes().as_chunks();
        for eight in eights {
            self.fold(u64::from_be_bytes(*eight));
        }
        if !rest.is_empty() {
            let number = rest.iter().fold(0, |number, &byte| number << 8 | u64::from(byte));
            self.fold(number);
        }
        Ok(())
    }
}

/// The heads of the columns.
const HEAD: &str = "     time proc what       about               member state                 gen  detail";

impl Trace {
    /// Keeps lines from now on.
    pub fn keep_lines(&mut self) {
        self.lines = Some(format!("{HEAD}\n"));
    }

    /// The lines, if they were kept.
    #[must_use]
    pub fn lines(&self) -> Option<&str> {
        self.lines.as_deref()
    }

    /// The number: of every event its time, whose it was, and all that it says.
    #[must_use]
    pub const fn hash(&self) -> u64 {
        self.digest.0
    }

    pub(crate) fn note(
        &mut self,
        now: Timestamp,
        process: Option<Process>,
        what: &What<'_>,
        agents: &[Agent],
    ) {
        self.digest.fold(now.as_nanos());
        self.digest
            .fold(process.map_or(u64::MAX, |process| u64::try_from(process.0).unwrap_or(u64::MAX)));
        // A digest takes everything.
        let _ = write!(self.digest, "{}", Content(what));
        let Some(lines) = &mut self.lines else { return };
        if matches!(what, What::Waiting(_) | What::Buffered { .. }) {
            return;
        }
        let of = process.and_then(|process| Some((process.0, agents.get(process.0)?)));
        let (who, state, generation) = match of {
            None => ("-".to_owned(), "-".to_owned(), "-".to_owned()),
            Some((index, agent)) => (
                index.to_string(),
                format!("{} {:?}", agent.member, agent.machine.state()),
                agent.machine.generation().to_string(),
            ),
        };
        // A String takes everything.
        let _ = writeln!(
            lines,
            "{now:>9} {who:>4} {:<10} {:<19} {state:<28} {generation:>3}  {}",
            kind(what),
            about(what),
            detail(what)
        );
    }

    pub(crate) fn fault(&mut self, now: Timestamp, act: &Act) {
        self.digest.fold(now.as_nanos());
        let _ = write!(self.digest, "{act}");
        if let Some(lines) = &mut self.lines {
            let now = now.to_string();
            let _ = writeln!(lines, "{now:>9}    - FAULT      {act}");
        }
    }
}

/// An event with all that it says, a message where its process has it in hand: on the way it is the same. Of records it says how many
/// bytes they are; what they hold is the same in every run.
struct Content<'a>(&'a What<'a>);

impl fmt::Display for Content<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            What::Arrived { request } => write!(f, "Arrived {} {}", request.node, request.correlation_id),
            What::Replied { response, .. } => write!(f, "Replied {}", response.api()),
            What::Answered {
                reply: Ok(Response::Fetch(response)),
                ..
            } => write!(f, "Fetched {}", Fetched(response)),
            What::Answered {
                request, reply, sent, ..
            } => {
                write!(f, "Answered {} {sent} {reply:?}", request.api())
            }
            what => write!(f, "{what:?}"),
        }
    }
}

const fn kind(what: &What<'_>) -> &'static str {
    match what {
        What::Started { .. } => "start",
        What::Frozen(_) => "freeze",
        What::Crashed => "crash",
        What::Sent { .. } => "send",
        What::Answered { .. } => "answer",
        What::Abandoned { .. } => "abandon",
        What::Idle { .. } => "idle",
        What::Torn { .. } => "tear",
        What::Polled => "poll",
        What::Waiting(_) => "wait",
        What::Delivered { .. } => "deliver",
        What::Said(_) => "say",
        What::Heard(_) => "hear",
        What::Released { .. } => "release",
        What::CommitAsked { .. } => "commit",
        What::ProcessedAsked { .. } => "commit-all",
        What::Done { .. } => "done",
        What::Subscribed { .. } => "subscribe",
        What::Sought { .. } => "seek",
        What::Lowered { .. } => "lower",
        What::Paused { .. } => "pause",
        What::Late(_) => "late",
        What::Closing { .. } => "close",
        What::Closed { .. } => "closed",
        What::Buffered { .. } => "buffer",
        What::Arrived { .. } => "arrive",
        What::Stranger { .. } => "stranger",
        What::Replied { .. } => "reply",
        What::Committed { .. } => "committed",
        What::Group(_) => "group",
        What::LogChanged { .. } => "log",
        What::Created { .. } => "created",
        What::Calm => "CALM",
        What::Stable => "STABLE",
    }
}

fn about(what: &What<'_>) -> String {
    match what {
        What::Sent {
            request,
            version: Some(version),
            ..
        }
        | What::Answered {
            request,
            version: Some(version),
            ..
        } => travelling(request, *version),
        What::Replied { request, version, .. } => travelling(request, *version),
        What::Arrived { request } => travelling(&request.request, request.version),
        What::Sent { request, .. }
        | What::Answered { request, .. }
        | What::Abandoned { request }
        | What::Torn { request, .. } => request.api().to_string(),
        What::Delivered { partition, .. }
        | What::Sought { partition, .. }
        | What::Lowered { partition, .. }
        | What::Paused { partition, .. }
        | What::Committed { partition, .. }
        | What::LogChanged { partition, .. } => partition.to_string(),
        What::Created { name, .. } => name.to_string(),
        What::Said(event) | What::Heard(event) => event_name(event).to_owned(),
        What::Done { result, .. } => if result.is_ok() { "ok" } else { "failed" }.to_owned(),
        _ => String::new(),
    }
}

fn travelling(request: &Request, version: i16) -> String {
    format!("{} v{version}", request.api())
}

const fn event_name(event: &Event) -> &'static str {
    match event {
        Event::Assigned { .. } => "Assigned",
        Event::Revoking { .. } => "Revoking",
        Event::Lost { .. } => "Lost",
        Event::Reset { .. } => "Reset",
        Event::Error(_) => "Error",
        _ => "?",
    }
}

fn detail(what: &What<'_>) -> String {
    match what {
        What::Sent { request, node, .. } => format!("to {node}: {}", asked(request)),
        What::Answered { request, reply, .. } => match reply {
            Ok(response) => answered(response),
            Err(failure) => format!("{failure} <- {}", asked(request)),
        },
        What::Abandoned { request } => asked(request),
        What::Idle { node } => format!("by {node}"),
        What::Torn { request, answer } => {
            let which = if *answer { "answer" } else { "request" };
            format!("{which}: {}", asked(request))
        }
        What::Delivered { offsets, period, .. } => format!("{offsets:?} {period:?}"),
        What::Said(event) | What::Heard(event) => format!("{event:?}"),
        What::CommitAsked { call, offsets } => {
            let offsets: Vec<String> = offsets
                .iter()
                .map(|at| format!("{}={}", at.partition, at.offset))
                .collect();
            format!("{} {}", call.0, offsets.join(" "))
        }
        What::ProcessedAsked { call } => call.0.to_string(),
        What::Sought { call, to, .. } => format!("{} {to:?}", call.0),
        What::Lowered { to, .. } => to.to_string(),
        What::Paused { paused, .. } => paused.to_string(),
        What::Late(late) => format!("{late:?}"),
        What::Done { call, result } => format!("{} {result:?}", call.0),
        What::Subscribed { topics } => format!("{topics:?}"),
        What::Closing { deadline, .. } => format!("until {deadline}"),
        What::Closed { result } => format!("{result:?}"),
        What::Arrived { request } => format!("at {}: {}", request.node, asked(&request.request)),
        What::Replied { response, .. } => answered(response),
        What::Committed { from, to, .. } => format!("{from:?} -> {to:?}"),
        What::Stranger { code } => code.to_string(),
        What::Group(standing) => format!("{standing:?}"),
        What::Released { guard, unwinding } => {
            format!("{}{}", guard.0, if *unwinding { " unwinding" } else { "" })
        }
        What::Frozen(frozen) => frozen.to_string(),
        What::LogChanged { topic, change, .. } => format!("{topic} {change:?}"),
        What::Created { topic, .. } => topic.to_string(),
        _ => String::new(),
    }
}

/// The part of a request that matters for groups.
fn asked(request: &Request) -> String {
    match request {
        Request::JoinGroup(join) => format!("{:?}", join.member_id),
        Request::SyncGroup(sync) => format!(
            "generation {}, {} assignments",
            sync.generation_id,
            sync.assignments.len()
        ),
        Request::Heartbeat(heartbeat) => format!("generation {}", heartbeat.generation_id),
        Request::OffsetCommit(commit) => {
            let offsets =
                crate::oracle::offsets(commit).map(|(partition, offset)| format!("{partition}={offset}"));
            let offsets: Vec<String> = offsets.collect();
            format!(
                "generation {} {}",
                commit.generation_id_or_member_epoch,
                offsets.join(" ")
            )
        }
        Request::Fetch(fetch) => Fetches(fetch).to_string(),
        Request::LeaveGroup(leave) => format!("{:?}", leave.members),
        Request::Metadata(asked) => {
            let names = asked.topics.iter().flatten().flat_map(|topic| &topic.name);
            names.map(TopicName::as_str).collect::<Vec<_>>().join(" ")
        }
        _ => String::new(),
    }
}

fn answered(response: &Response) -> String {
    match response {
        Response::JoinGroup(join) => format!(
            "{} generation {} {:?} leader {:?}",
            join.error_code, join.generation_id, join.member_id, join.leader
        ),
        Response::SyncGroup(sync) => sync.error_code.to_string(),
        Response::Heartbeat(heartbeat) => heartbeat.error_code.to_string(),
        Response::OffsetCommit(commit) => format!("{:?}", crate::oracle::codes(commit)),
        Response::OffsetFetch(fetch) => format!("{:?}", fetch.groups),
        Response::FindCoordinator(found) => format!("{:?}", found.coordinators),
        Response::LeaveGroup(left) => left.error_code.to_string(),
        Response::Fetch(fetch) => Fetched(fetch).to_string(),
        Response::Metadata(metadata) => {
            let topics: Vec<String> = metadata.topics.iter().map(shape).collect();
            topics.join(" ")
        }
        _ => String::new(),
    }
}

/// How many partitions a topic has, or why none.
fn shape(topic: &MetadataTopic) -> String {
    let name = topic.name.as_ref().map_or("?", TopicName::as_str);
    match topic.error_code {
        ErrorCode::NONE => format!("{name}:{} of {}", topic.partitions.len(), topic.topic_id),
        code => format!("{name}:{code}"),
    }
}

/// Which partitions are asked for, from where.
struct Fetches<'a>(&'a FetchRequest);

impl fmt::Display for Fetches<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "session {} epoch {}", self.0.session_id, self.0.session_epoch)?;
        for one in self.0.topics.iter().flat_map(|topic| &topic.partitions) {
            write!(f, " {}@{}", one.partition, one.fetch_offset)?;
        }
        Ok(())
    }
}

/// Of which partitions there is something to say: so many bytes of a log that reaches from here to there.
struct Fetched<'a>(&'a FetchResponse);

impl fmt::Display for Fetched<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} session {}", self.0.error_code, self.0.session_id)?;
        for one in self.0.responses.iter().flat_map(|topic| &topic.partitions) {
            let bytes = one.records.as_ref().map_or(0, bytes::Bytes::len);
            let (index, code) = (one.partition_index, one.error_code);
            let (start, end) = (one.log_start_offset, one.high_watermark);
            write!(f, " {index}:{code} {bytes} B of {start}..{end}")?;
            if let Some(diverging) = &one.diverging_epoch {
                write!(f, " parted at {}", diverging.end_offset)?;
            }
        }
        Ok(())
    }
}

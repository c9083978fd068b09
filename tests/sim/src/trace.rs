//! What happened, as one line per event in fixed columns, and as one number: two runs with equal numbers did the same.

use std::fmt::Write as _;

use kohort_group::member::Event;
use kohort_protocol::Timestamp;
use kohort_protocol::api::{Request, Response};

use crate::history::{Process, What};
use crate::plan::Act;
use crate::world::Agent;

/// See the head of this file.
#[derive(Debug, Default)]
pub struct Trace {
    hash: u64,
    lines: Option<String>,
}

/// The heads of the columns.
const HEAD: &str = "     time proc what       about            member state                 gen  detail";

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

    /// The number.
    #[must_use]
    pub const fn hash(&self) -> u64 {
        self.hash
    }

    fn fold(&mut self, number: u64) {
        self.hash = (self.hash ^ number)
            .wrapping_mul(0x0100_0000_01b3)
            .rotate_left(23);
    }

    pub(crate) fn note(
        &mut self,
        now: Timestamp,
        process: Option<Process>,
        what: &What<'_>,
        agents: &[Agent],
    ) {
        let (kind, about, number) = summary(what);
        self.fold(now.as_nanos());
        self.fold(process.map_or(u64::MAX, |process| u64::try_from(process.0).unwrap_or(u64::MAX)));
        for byte in kind.bytes().chain(about.bytes()) {
            self.fold(byte.into());
        }
        self.fold(number.cast_unsigned());
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
            "{now:>9} {who:>4} {kind:<10} {about:<16} {state:<28} {generation:>3}  {}",
            detail(what)
        );
    }

    pub(crate) fn fault(&mut self, now: Timestamp, act: &Act) {
        self.fold(now.as_nanos());
        if let Some(lines) = &mut self.lines {
            let now = now.to_string();
            let _ = writeln!(lines, "{now:>9}    - FAULT      {act}");
        }
    }
}

/// What kind of event, what it is about, and a number that tells it from others.
fn summary(what: &What<'_>) -> (&'static str, String, i64) {
    let plain = |kind| (kind, String::new(), 0);
    let number = |kind, number| (kind, String::new(), number);
    match what {
        What::Started { member, .. } => number("start", i64::try_from(*member).unwrap_or(0)),
        What::Frozen(frozen) => number("freeze", i64::from(*frozen)),
        What::Crashed => plain("crash"),
        What::Sent { request, node, .. } => ("send", request.api().to_string(), node.0.into()),
        What::Answered { request, reply, .. } => {
            ("answer", request.api().to_string(), i64::from(reply.is_ok()))
        }
        What::Abandoned { request } => ("abandon", request.api().to_string(), 0),
        What::Polled => plain("poll"),
        What::Waiting(waits) => number("wait", i64::from(*waits)),
        What::Delivered {
            partition, offsets, ..
        } => (
            "deliver",
            partition.to_string(),
            offsets.first().copied().unwrap_or(-1),
        ),
        What::Said(event) => ("say", event_name(event).to_owned(), 0),
        What::Heard(event) => ("hear", event_name(event).to_owned(), 0),
        What::Released { guard } => number("release", guard.0.cast_signed()),
        What::CommitAsked { call, .. } => number("commit", call.0.cast_signed()),
        What::ProcessedAsked { call } => number("commit-all", call.0.cast_signed()),
        What::Done { call, result } => (
            "done",
            if result.is_ok() { "ok" } else { "failed" }.into(),
            call.0.cast_signed(),
        ),
        What::Closing { .. } => plain("close"),
        What::Closed { result } => number("closed", i64::from(result.is_ok())),
        What::Buffered { bytes, .. } => number("buffer", i64::try_from(*bytes).unwrap_or(0)),
        What::Arrived { request } => (
            "arrive",
            request.request.api().to_string(),
            request.correlation_id.into(),
        ),
        What::Replied { request, .. } => ("reply", request.api().to_string(), 0),
        What::Committed { partition, to, .. } => ("committed", partition.to_string(), to.unwrap_or(-1)),
        What::Group(standing) => number(
            "group",
            standing.map_or(-1, |(_, generation)| generation.0.into()),
        ),
        What::LogChanged(partition) => ("log", partition.to_string(), 0),
        What::Calm => plain("CALM"),
        What::Stable => plain("STABLE"),
    }
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
        What::Done { call, result } => format!("{} {result:?}", call.0),
        What::Closing { deadline, .. } => format!("until {deadline}"),
        What::Closed { result } => format!("{result:?}"),
        What::Arrived { request } => format!("at {}: {}", request.node, asked(&request.request)),
        What::Replied { response, .. } => answered(response),
        What::Committed { from, to, .. } => format!("{from:?} -> {to:?}"),
        What::Group(standing) => format!("{standing:?}"),
        What::Released { guard } => guard.0.to_string(),
        What::Frozen(frozen) => frozen.to_string(),
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
        Request::Fetch(fetch) => format!("session {} epoch {}", fetch.session_id, fetch.session_epoch),
        Request::LeaveGroup(leave) => format!("{:?}", leave.members),
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
        _ => String::new(),
    }
}

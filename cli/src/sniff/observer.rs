//! What is told of the frames that go by: one line each, with a body when asked for; and what is recorded. Pure: time is a number
//! passed in, lines are left to be taken. Captures are told by the same code as live connections.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Duration;

use kohort::NodeId;
use kohort::protocol::api::Direction;
use kohort::protocol::dissect::{Dissect, Form, Gist};
use kohort::protocol::endpoints::{self, Endpoint};
use kohort::protocol::layout;
use serde_json::{Value, json};

use super::capture::{Entry, Event};
use super::exchange::{Answer, Asked, Exchange, Sent, response_start};
use super::line::{Line, name, seconds};
use super::secret::Secret;
use super::stats::Stats;
use super::tap::{Frame, Way};
use crate::args::Bodies;

/// A response up to this size is held until it is whole, so that the addresses in it can be rewritten.
pub(super) const HOLD: usize = 16 << 20;

/// What is told.
#[derive(Clone, Debug)]
pub(crate) struct Show {
    pub(crate) json: bool,
    /// These APIs alone; all if empty.
    pub(crate) only: BTreeSet<i16>,
    pub(crate) bodies: Bodies,
    /// Credentials too, in the capture as well.
    pub(crate) secrets: bool,
}

/// Sees all connections.
pub(crate) struct Observer {
    show: Show,
    connections: BTreeMap<u64, Connection>,
    stats: Stats,
    lines: String,
    /// The capture's lines, if there is one.
    record: Option<String>,
}

#[derive(Default)]
struct Connection {
    exchange: Exchange,
    unreadable: bool,
}

impl Observer {
    pub(crate) fn new(show: Show, record: bool) -> Self {
        Self {
            show,
            connections: BTreeMap::new(),
            stats: Stats::default(),
            lines: String::new(),
            record: record.then(String::new),
        }
    }

    /// What is to be printed since the last time.
    pub(crate) fn take_lines(&mut self) -> String {
        std::mem::take(&mut self.lines)
    }

    /// What is to be recorded since the last time.
    pub(super) fn take_record(&mut self) -> String {
        self.record.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Tells what a capture says.
    pub(crate) fn replay(&mut self, entry: Entry) {
        let (at, id) = (entry.at, entry.connection);
        match entry.event {
            Event::Open(client, upstream) => self.opened(at, id, &client, &upstream),
            Event::Sent(frame) => self.sent(at, id, &frame),
            Event::Answered(frame, rewritten) => self.answered(at, id, &frame, rewritten),
            Event::Unreadable(why) => self.unreadable(at, id, &why),
            Event::Closed(how) => self.closed(at, id, &how),
        }
    }

    /// A line of ours that is about no frame.
    pub(super) fn say(&mut self, at: Duration, event: &str, words: &str) {
        if let Some(record) = &mut self.record {
            let _ = writeln!(record, "# {words}");
        }
        if self.show.json {
            let line = json!({"time": seconds(at), "event": event, "what": words});
            let _ = writeln!(self.lines, "{line}");
        } else {
            let _ = writeln!(self.lines, "{:>10.3}    {words}", seconds(at));
        }
    }

    pub(super) fn opened(&mut self, at: Duration, id: u64, client: &str, upstream: &str) {
        self.connections.insert(id, Connection::default());
        self.connection_line(at, id, "opened", &format!("{client} to {upstream}"));
        self.note(at, id, || Event::Open(client.to_owned(), upstream.to_owned()));
    }

    /// Nothing that follows on the connection can be read.
    pub(super) fn unreadable(&mut self, at: Duration, id: u64, why: &str) {
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.unreadable = true;
        }
        self.connection_line(
            at,
            id,
            "unreadable",
            &format!("{why}: passed on unread from here on"),
        );
        self.note(at, id, || Event::Unreadable(why.to_owned()));
    }

    pub(super) fn is_unreadable(&self, id: u64) -> bool {
        self.connections
            .get(&id)
            .is_some_and(|connection| connection.unreadable)
    }

    /// `how` says more than that it was closed, or nothing.
    pub(super) fn closed(&mut self, at: Duration, id: u64, how: &str) {
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.exchange.end();
        }
        self.tell_unanswered(at, id);
        self.connections.remove(&id);
        self.connection_line(at, id, "closed", how);
        self.note(at, id, || Event::Closed(how.to_owned()));
    }

    pub(super) fn sent(&mut self, at: Duration, id: u64, frame: &Frame) {
        let exchange = &mut self.connections.entry(id).or_default().exchange;
        let sent = exchange.sent(at, frame);
        let unknown = Secret::of_unknown(exchange);
        let secret = match &sent {
            _ if self.show.secrets => Secret::Nothing,
            Sent::Request(asked) => Secret::Fields(layout::request(asked.api_key), asked.version),
            Sent::Token => Secret::All,
            Sent::Unreadable => unknown,
        };
        self.note(at, id, || {
            Event::Sent(frame.clone()).without(&secret, Direction::Request)
        });
        match sent {
            Sent::Request(asked) => self.request(at, id, &asked, frame),
            Sent::Token => {
                self.connection_line(at, id, "token", &format!("> SASL token, {} bytes", frame.size));
            }
            Sent::Unreadable => {
                self.connection_line(
                    at,
                    id,
                    "odd",
                    &format!("> {} bytes that are no request", frame.size),
                );
            }
        }
        self.tell_unanswered(at, id);
    }

    /// Whether a response must be whole before it goes on. (Responses to what could not be read are never held.)
    pub(super) fn way(&self, id: u64, size: usize, start: &[u8]) -> Way {
        let asked = self
            .connections
            .get(&id)
            .and_then(|connection| connection.exchange.waits_for(start));
        match asked {
            Some(asked) if tells_addresses(asked) && size <= HOLD => Way::Hold,
            _ => Way::Pass,
        }
    }

    /// Puts other addresses in a response that is whole.
    pub(super) fn rewrite(
        &self,
        id: u64,
        frame: &Frame,
        place: &mut dyn FnMut(NodeId, &Endpoint) -> Option<Endpoint>,
    ) -> Option<(Vec<u8>, usize)> {
        let connection = self.connections.get(&id)?;
        let asked = connection
            .exchange
            .waits_for(&frame.kept)
            .filter(|asked| tells_addresses(asked) && frame.size <= HOLD)?;
        let schema = layout::response(asked.api_key)?;
        let start = response_start(schema, asked.version, &frame.kept)?;
        let (head, body) = frame.kept.split_at_checked(start)?;
        let mut count = 0;
        let mut counted = |node, endpoint: &Endpoint| place(node, endpoint).inspect(|_| count += 1);
        let body = endpoints::rewrite(schema, asked.version, body, &mut counted).ok()??;
        Some(([head, &body].concat(), count))
    }

    pub(super) fn answered(&mut self, at: Duration, id: u64, frame: &Frame, rewritten: usize) {
        let exchange = &mut self.connections.entry(id).or_default().exchange;
        let answer = exchange.answered(frame);
        let unknown = Secret::of_unknown(exchange);
        let secret = match &answer {
            _ if self.show.secrets => Secret::Nothing,
            Answer::Response(asked) => Secret::Fields(layout::response(asked.api_key), asked.version),
            Answer::Token => Secret::All,
            Answer::Unmatched(_) => unknown,
        };
        self.note(at, id, || {
            Event::Answered(frame.clone(), rewritten).without(&secret, Direction::Response)
        });
        self.tell_unanswered(at, id);
        match answer {
            Answer::Response(asked) => self.response(at, id, &asked, frame, rewritten),
            Answer::Token => {
                self.connection_line(at, id, "token", &format!("< SASL token, {} bytes", frame.size));
            }
            Answer::Unmatched(correlation_id) => {
                let which = correlation_id.map_or_else(String::new, |id| format!(", corr={id}"));
                let words = format!("< {} bytes that answer no request{which}", frame.size);
                self.connection_line(at, id, "odd", &words);
            }
        }
    }

    /// The table at the end.
    pub(crate) fn summary(&mut self) {
        if self.show.json {
            let _ = writeln!(
                self.lines,
                "{}",
                json!({"event": "summary", "apis": self.stats.json()})
            );
        } else {
            let _ = write!(self.lines, "\n{}", self.stats.table());
        }
    }

    fn request(&mut self, at: Duration, id: u64, asked: &Asked, frame: &Frame) {
        let counts = self.stats.of(asked.api_key);
        counts.requests += 1;
        counts.request_bytes += length(frame.size);
        let line = Line {
            at,
            id,
            asked,
            frame,
            latency: None,
            gist: &asked.gist,
            rewritten: 0,
        };
        self.frame_line(&line);
    }

    fn response(&mut self, at: Duration, id: u64, asked: &Asked, frame: &Frame, rewritten: usize) {
        let body = layout::response(asked.api_key).and_then(|schema| {
            let start = response_start(schema, asked.version, &frame.kept)?;
            Some(Gist::of(schema, asked.version, frame.kept.get(start..)?).0)
        });
        let gist = body.unwrap_or_default();
        let latency = at.saturating_sub(asked.at);
        let counts = self.stats.of(asked.api_key);
        counts.responses += 1;
        counts.response_bytes += length(frame.size);
        counts.errors += u64::from(!gist.errors.is_empty());
        counts.latencies.add(latency);
        let line = Line {
            at,
            id,
            asked,
            frame,
            latency: Some(latency),
            gist: &gist,
            rewritten,
        };
        self.frame_line(&line);
    }

    fn tell_unanswered(&mut self, at: Duration, id: u64) {
        let connection = self.connections.get_mut(&id);
        let all = connection
            .map(|connection| connection.exchange.unanswered())
            .unwrap_or_default();
        for asked in all {
            self.stats.of(asked.api_key).unanswered += 1;
            if self.is_shown(asked.api_key) {
                let words = format!("{} corr={} has no answer", name(&asked), asked.correlation_id);
                self.connection_line(at, id, "unanswered", &words);
            }
        }
    }

    fn is_shown(&self, api_key: i16) -> bool {
        self.show.only.is_empty() || self.show.only.contains(&api_key)
    }

    fn frame_line(&mut self, line: &Line<'_>) {
        if !self.is_shown(line.asked.api_key) {
            return;
        }
        let body = self.body(line);
        if self.show.json {
            let mut text = Value::Object(line.json()).to_string();
            if let Some(body) = body {
                text.pop();
                let _ = write!(text, ",\"frame\":{body}}}");
            }
            let _ = writeln!(self.lines, "{text}");
        } else {
            let _ = writeln!(self.lines, "{}", line.text());
            self.lines.push_str(&body.unwrap_or_default());
        }
    }

    /// The dissected frame.
    fn body(&self, line: &Line<'_>) -> Option<String> {
        let all = Dissect {
            form: if self.show.json { Form::Json } else { Form::Text },
            secrets: self.show.secrets,
            indent: 14,
            output: 4 << 20,
            ..Dissect::default()
        };
        let how = match self.show.bodies {
            Bodies::None => return None,
            Bodies::Full => all,
            Bodies::Short => Dissect {
                bytes: 16,
                text: 64,
                records: 0,
                output: 4096,
                ..all
            },
        };
        let mut out = String::new();
        // What cannot be read is told in the output.
        let _ = match line.latency {
            None => how.request(&line.frame.kept, &mut out),
            Some(_) => how.response(line.asked.api_key, line.asked.version, &line.frame.kept, &mut out),
        };
        Some(out)
    }

    fn connection_line(&mut self, at: Duration, id: u64, event: &str, words: &str) {
        if self.show.json {
            let line = json!({"time": seconds(at), "connection": id, "event": event, "what": words});
            let _ = writeln!(self.lines, "{line}");
        } else {
            let word = if matches!(event, "token" | "odd") {
                ""
            } else {
                event
            };
            let gap = if word.is_empty() || words.is_empty() {
                ""
            } else {
                ": "
            };
            let _ = writeln!(self.lines, "{:>10.3} #{id} {word}{gap}{words}", seconds(at));
        }
    }

    fn note(&mut self, at: Duration, connection: u64, event: impl FnOnce() -> Event) {
        if let Some(record) = &mut self.record {
            let event = event();
            let entry = Entry {
                at,
                connection,
                event,
            };
            let _ = write!(record, "{entry}");
        }
    }
}

pub(super) fn tells_addresses(asked: &Asked) -> bool {
    endpoints::tells_addresses(asked.api_key, asked.version)
}

fn length(size: usize) -> u64 {
    u64::try_from(size).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    /// Metadata v0 of one broker, 7 at h:9092, without topics; behind a correlation id of 1.
    const ANSWER: &[u8] = b"\0\0\0\x01\0\0\0\x01\0\0\0\x07\0\x01h\0\0\x23\x84\0\0\0\0";

    fn frame(bytes: &[u8]) -> Frame {
        Frame {
            size: bytes.len(),
            kept: Bytes::copy_from_slice(bytes),
        }
    }

    /// One who has seen a Metadata request of version 0 on connection 1.
    fn asked(json: bool, only: &[i16]) -> Observer {
        let show = Show {
            json,
            only: only.iter().copied().collect(),
            bodies: Bodies::None,
            secrets: false,
        };
        let mut observer = Observer::new(show, true);
        observer.opened(Duration::ZERO, 1, "c:1", "b:9092");
        let request = frame(b"\0\x03\0\0\0\0\0\x01\0\x02me\0\0\0\0");
        observer.sent(Duration::from_millis(1), 1, &request);
        observer
    }

    #[test]
    fn a_response_with_addresses_is_held_and_they_are_replaced() {
        let mut observer = asked(false, &[]);
        assert_eq!(observer.way(1, ANSWER.len(), &ANSWER[..4]), Way::Hold);
        assert_eq!(
            observer.way(1, ANSWER.len(), &[0, 0, 0, 9]),
            Way::Pass,
            "nobody asked"
        );
        let mut place = |node: NodeId, endpoint: &Endpoint| {
            assert_eq!(
                (node, endpoint.host.as_str(), endpoint.port),
                (NodeId(7), "h", 9092)
            );
            Some(Endpoint {
                host: "proxy".to_owned(),
                port: 19092,
            })
        };
        let (other, count) = observer.rewrite(1, &frame(ANSWER), &mut place).unwrap();
        assert_eq!(
            (count, other),
            (
                1,
                b"\0\0\0\x01\0\0\0\x01\0\0\0\x07\0\x05proxy\0\0\x4a\x94\0\0\0\0".to_vec()
            )
        );
        observer.answered(Duration::from_millis(3), 1, &frame(ANSWER), count);
        let lines = observer.take_lines();
        let last = lines.lines().last().unwrap();
        assert_eq!(
            last,
            "     0.003 #1 < Metadata v0 corr=1 23 bytes 2.0 ms (1 address rewritten)"
        );
        assert!(observer.take_record().ends_with(" rewritten 1\n"));
    }

    #[test]
    fn one_that_is_too_large_passes_and_says_so() {
        let mut observer = asked(false, &[]);
        assert_eq!(observer.way(1, HOLD + 1, &ANSWER[..4]), Way::Pass);
        let large = Frame {
            size: HOLD + 1,
            ..frame(ANSWER)
        };
        assert_eq!(
            observer.rewrite(1, &large, &mut |_, endpoint| Some(endpoint.clone())),
            None
        );
        observer.answered(Duration::from_millis(3), 1, &large, 0);
        let lines = observer.take_lines();
        let remarks = "(too large for its addresses to be rewritten) (read only the first 23 bytes)\n";
        assert!(lines.ends_with(remarks), "{lines}");
    }

    #[test]
    fn lines_of_other_apis_are_left_out_but_counted_and_recorded() {
        let mut observer = asked(true, &[12]);
        observer.answered(Duration::from_millis(3), 1, &frame(ANSWER), 0);
        observer.closed(Duration::from_millis(4), 1, "");
        observer.summary();
        let lines = observer.take_lines();
        let values: Vec<Value> = lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let events: Vec<&str> = values
            .iter()
            .filter_map(|value| value["event"].as_str())
            .collect();
        assert_eq!(events, ["opened", "closed", "summary"]);
        assert_eq!(values[2]["apis"][0]["responses"], 1);
        assert_eq!(observer.take_record().lines().count(), 4);
    }
}

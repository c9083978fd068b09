//! The line of one frame, as text and as JSON. What peers named themselves is escaped: no client id moves a terminal's cursor.

use std::fmt::Write as _;
use std::time::Duration;

use kohort::ErrorCode;
use kohort::protocol::dissect::{self, Gist};
use kohort::protocol::layout;
use serde_json::{Map, Value, json};

use super::exchange::Asked;
use super::observer::{HOLD, tells_addresses};
use super::tap::Frame;

/// A frame and what it is.
pub(super) struct Line<'a> {
    pub(super) at: Duration,
    pub(super) id: u64,
    pub(super) asked: &'a Asked,
    pub(super) frame: &'a Frame,
    /// Of a response.
    pub(super) latency: Option<Duration>,
    pub(super) gist: &'a Gist,
    /// How many addresses in it are others now.
    pub(super) rewritten: usize,
}

impl Line<'_> {
    pub(super) fn text(&self) -> String {
        let Asked { correlation_id, .. } = self.asked;
        let arrow = if self.latency.is_some() { '<' } else { '>' };
        let (at, id, name, size) = (seconds(self.at), self.id, name(self.asked), self.frame.size);
        let mut out = format!("{at:>10.3} #{id} {arrow} {name} corr={correlation_id} {size} bytes");
        match (self.latency, &self.asked.client_id) {
            (Some(latency), _) => {
                let _ = write!(out, " {:.1} ms", latency.as_secs_f64() * 1e3);
            }
            (None, Some(client_id)) => {
                let _ = write!(out, " client={}", quoted(client_id));
            }
            (None, None) => {}
        }
        for group in &self.asked.gist.groups {
            let _ = write!(out, " group={}", quoted(group));
        }
        for (code, count) in &self.gist.errors {
            let times = if *count > 1 {
                format!(" x{count}")
            } else {
                String::new()
            };
            let _ = write!(out, " error={}{times}", error_name(*code));
        }
        for remark in self.remarks() {
            let _ = write!(out, " ({remark})");
        }
        out
    }

    pub(super) fn json(&self) -> Map<String, Value> {
        let mut map = Map::new();
        let mut put = |name: &str, value: Value| map.insert(name.to_owned(), value);
        put("time", json!(seconds(self.at)));
        put("connection", json!(self.id));
        put(
            "event",
            json!(if self.latency.is_some() {
                "response"
            } else {
                "request"
            }),
        );
        put("api", json!(dissect::api_name(self.asked.api_key)));
        put("apiKey", json!(self.asked.api_key));
        put("apiVersion", json!(self.asked.version));
        put("correlationId", json!(self.asked.correlation_id));
        put("size", json!(self.frame.size));
        put("clientId", json!(self.asked.client_id));
        put("groups", json!(self.asked.gist.groups));
        if let Some(latency) = self.latency {
            put("latencyMs", json!(latency.as_secs_f64() * 1e3));
            let errors = self.gist.errors.iter();
            put(
                "errors",
                errors
                    .map(|(code, count)| json!({"code": code.0, "name": code.name(), "count": count}))
                    .collect(),
            );
        }
        put("remarks", json!(self.remarks()));
        map
    }

    /// What is out of the ordinary.
    fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        match self.rewritten {
            0 if self.latency.is_some() && tells_addresses(self.asked) && self.frame.size > HOLD => {
                remarks.push("too large for its addresses to be rewritten".to_owned());
            }
            0 => {}
            1 => remarks.push("1 address rewritten".to_owned()),
            count => remarks.push(format!("{count} addresses rewritten")),
        }
        let schema = layout::request(self.asked.api_key);
        match schema {
            None => remarks.push("unknown API".to_owned()),
            Some(schema) if !schema.versions().contains(&self.asked.version) => {
                remarks.push("unknown version".to_owned());
            }
            Some(_)
                if self.latency.is_none() && self.asked.api_key == 0 && self.asked.gist.acks == Some(0) =>
            {
                remarks.push("acks=0, no answer".to_owned());
            }
            Some(_) => {}
        }
        if !self.frame.is_whole() {
            remarks.push(format!("read only the first {} bytes", self.frame.kept.len()));
        }
        remarks
    }
}

pub(super) fn name(asked: &Asked) -> String {
    match dissect::api_name(asked.api_key) {
        Some(name) => format!("{name} v{}", asked.version),
        None => format!("api {} v{}", asked.api_key, asked.version),
    }
}

fn error_name(code: ErrorCode) -> String {
    code.name().map_or_else(|| code.0.to_string(), str::to_owned)
}

/// As it is if it is a plain word; else quoted, with every odd character escaped.
fn quoted(text: &str) -> String {
    let plain = |char: char| char.is_ascii_graphic() && char != '"';
    let text: String = text.chars().take(256).collect();
    if !text.is_empty() && text.chars().all(plain) {
        text
    } else {
        format!("{text:?}")
    }
}

pub(super) fn seconds(at: Duration) -> f64 {
    at.as_secs_f64()
}

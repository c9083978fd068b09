//! Captures: what went over the wire, in a file that people and programs can read. `docs/sniff.md` describes the format.
//!
//! The first line is `kohort-capture 1`; each other one an event: microseconds since the beginning, the number of the connection,
//! what happened. Lines that begin with `#` are remarks, and an unknown word is an error: it would need another version.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;

use super::tap::Frame;

const FIRST_LINE: &str = "kohort-capture 1";

/// What happened on a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// It was made: the client's address, and the broker's.
    Open(String, String),
    /// The client sent a frame.
    Sent(Frame),
    /// The broker sent this frame; the client got it with so many other addresses in it.
    Answered(Frame, usize),
    /// What follows on it are no frames, and why.
    Unreadable(String),
    /// It is closed; how, if not as usual.
    Closed(String),
}

/// A line of a capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Since the beginning.
    pub(crate) at: Duration,
    pub(crate) connection: u64,
    pub(crate) event: Event,
}

/// The lines before the first event.
pub(super) fn beginning(upstream: &str) -> String {
    format!(
        "{FIRST_LINE}\n# microseconds connection event; > is from the client, < from the broker; upstream {upstream}\n"
    )
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ", self.at.as_micros(), self.connection)?;
        match &self.event {
            Event::Open(client, upstream) => writeln!(f, "open {client} {upstream}"),
            Event::Sent(frame) => writeln!(f, "> {}", Stored(frame)),
            Event::Answered(frame, 0) => writeln!(f, "< {}", Stored(frame)),
            Event::Answered(frame, rewritten) => writeln!(f, "< {} rewritten {rewritten}", Stored(frame)),
            Event::Unreadable(why) => writeln!(f, "unreadable {why}"),
            Event::Closed(how) => writeln!(f, "close {how}"),
        }
    }
}

struct Stored<'a>(&'a Frame);

impl fmt::Display for Stored<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.0.size)?;
        if self.0.kept.is_empty() {
            return f.write_str("-");
        }
        self.0.kept.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Reads a whole capture.
///
/// # Errors
/// Each line that is none; the first of all if it is no capture.
pub(crate) fn read(text: &str) -> Result<impl Iterator<Item = Result<Entry, String>>, String> {
    let mut lines = text.lines().zip(1_usize..);
    match lines.next() {
        Some((FIRST_LINE, _)) => {}
        Some((line, _)) if line.starts_with("kohort-capture ") => {
            return Err(format!(
                "{line:.40}: this program reads only version 1 of captures"
            ));
        }
        _ => {
            return Err(format!(
                "this is no capture: its first line is not {FIRST_LINE:?}"
            ));
        }
    }
    let events = lines.filter(|(line, _)| !line.is_empty() && !line.starts_with('#'));
    Ok(events
        .map(|(line, number)| entry(line).ok_or_else(|| format!("line {number} is no event: {line:.60}"))))
}

fn entry(line: &str) -> Option<Entry> {
    let (at, rest) = line.split_once(' ')?;
    let (connection, rest) = rest.split_once(' ')?;
    let (word, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let event = match word {
        "open" => {
            let (client, upstream) = rest.split_once(' ')?;
            Event::Open(client.to_owned(), upstream.to_owned())
        }
        ">" => Event::Sent(frame(rest)?),
        "<" => {
            let (stored, rewritten) = rest.split_once(" rewritten ").unwrap_or((rest, "0"));
            Event::Answered(frame(stored)?, rewritten.parse().ok()?)
        }
        "unreadable" => Event::Unreadable(rest.to_owned()),
        "close" => Event::Closed(rest.to_owned()),
        _ => return None,
    };
    Some(Entry {
        at: Duration::from_micros(at.parse().ok()?),
        connection: connection.parse().ok()?,
        event,
    })
}

fn frame(text: &str) -> Option<Frame> {
    let (size, digits) = text.split_once(' ')?;
    let size = size.parse().ok()?;
    let (pairs, rest) = match digits {
        "-" => (&[][..], &[][..]),
        _ => digits.as_bytes().as_chunks::<2>(),
    };
    let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let kept: Option<Bytes> = pairs.iter().map(byte).collect();
    let kept = kept.filter(|kept| rest.is_empty() && kept.len() <= size)?;
    Some(Frame { size, kept })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let frame = |size, kept| Frame {
            size,
            kept: Bytes::from_static(kept),
        };
        let events = [
            Event::Open("127.0.0.1:5".to_owned(), "localhost:9092".to_owned()),
            Event::Sent(frame(3, b"\0\xffa")),
            Event::Answered(frame(1_000_000, b"first"), 3),
            Event::Answered(frame(7, b""), 0),
            Event::Unreadable("TLS, or so".to_owned()),
            Event::Closed("by a reset".to_owned()),
            Event::Closed(String::new()),
        ];
        let entries: Vec<Entry> = events
            .into_iter()
            .zip(1..)
            .map(|(event, n)| Entry {
                at: Duration::from_micros(n * 1_000_001),
                connection: n,
                event,
            })
            .collect();
        let text = entries
            .iter()
            .fold(beginning("b:1"), |text, entry| text + &entry.to_string());
        assert!(text.contains("\n2000002 2 > 3 00ff61\n"), "{text}");
        let read: Result<Vec<Entry>, String> = read(&text).unwrap().collect();
        assert_eq!(read, Ok(entries));
    }

    #[test]
    fn other_files_and_lines_are_refused() {
        let refusal = |text: &str| read(text).map(drop).unwrap_err();
        assert!(refusal("hello").contains("no capture"));
        assert!(refusal("kohort-capture 2\n").contains("only version 1"));
        for line in [
            "1 1 > 1 zz",
            "1 1 > 1 0001",
            "1 1 ?",
            "x 1 close",
            "1 1 > 2 000",
            "1 1 open a",
            "1 1 > 1 é0",
        ] {
            let text = format!("{FIRST_LINE}\n\n# remark\n{line}\n");
            let all: Vec<_> = read(&text).unwrap().collect();
            assert_eq!(all, [Err(format!("line 4 is no event: {line}"))]);
        }
    }
}

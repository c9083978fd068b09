//! Frames as fixtures: how requests and responses that went to and from real brokers are kept as text, which of many are kept, and
//! what must hold of each. It knows neither sockets nor brokers.
//!
//! One file for each API; a line is `v9 response 4.4.0 <hex of the frame without its size>`, several releases joined by `+`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use bytes::{Bytes, BytesMut};
use kohort_protocol::ApiKey;
use kohort_protocol::api::api_versions::{ApiVersionsRequest, ApiVersionsResponse};
use kohort_protocol::api::{Direction, VersionRange, versions};
use kohort_protocol::message;

use crate::raw::Taped;

/// A frame of a known API with the releases that it was seen on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFrame {
    /// Its version.
    pub version: i16,
    /// Which way it went.
    pub direction: Direction,
    /// Such as `4.0.2`, `4.4.0`.
    pub releases: BTreeSet<String>,
    /// Its bytes, without their size.
    pub frame: Bytes,
}

/// The name of an API's file.
#[must_use]
pub fn file_name(api: ApiKey) -> String {
    format!("{api}.txt")
}

/// Reads a file.
///
/// # Errors
/// Says which line is none.
pub fn parse(text: &str) -> Result<Vec<StoredFrame>, String> {
    let lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| parse_line(line).ok_or_else(|| format!("not a frame: {line}")))
        .collect()
}

fn parse_line(line: &str) -> Option<StoredFrame> {
    let mut fields = line.split(' ');
    let frame = StoredFrame {
        version: fields.next()?.strip_prefix('v')?.parse().ok()?,
        direction: match fields.next()? {
            "request" => Direction::Request,
            "response" => Direction::Response,
            _ => return None,
        },
        releases: fields.next()?.split('+').map(str::to_owned).collect(),
        frame: from_hex(fields.next()?)?,
    };
    fields.next().is_none().then_some(frame)
}

/// Writes a file.
#[must_use]
pub fn render(api: ApiKey, frames: &[StoredFrame]) -> String {
    let mut text = format!(
        "# {api}, as seen on real brokers. Written by the tests on a real Kafka: see frames.rs there.\n"
    );
    for stored in frames {
        let releases: Vec<&str> = stored.releases.iter().map(String::as_str).collect();
        let (version, direction) = (stored.version, stored.direction);
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "v{version} {direction} {} {}",
            releases.join("+"),
            to_hex(&stored.frame)
        );
    }
    text
}

/// Bytes from hexadecimal digits.
#[must_use]
pub fn from_hex(text: &str) -> Option<Bytes> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let bytes: Option<Vec<u8>> = pairs.iter().map(byte).collect();
    bytes.filter(|_| rest.is_empty()).map(Bytes::from)
}

/// Hexadecimal digits of bytes.
#[must_use]
pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A frame must be understood, and written again byte for byte. (Reading it passes the layout check first.)
///
/// # Errors
/// Says what it is not.
pub fn check(api: ApiKey, stored: &StoredFrame) -> Result<(), String> {
    let again = match stored.direction {
        Direction::Request => request_again(stored.frame.clone()),
        Direction::Response => response_again(api, stored.version, stored.frame.clone()),
    };
    let again = again.map_err(|error| format!("{api} v{} {}: {error}", stored.version, stored.direction))?;
    if again.get(4..) == Some(&stored.frame) {
        return Ok(());
    }
    Err(format!(
        "{api} v{} {} is written otherwise:\n{}\n{}",
        stored.version,
        stored.direction,
        to_hex(&stored.frame),
        to_hex(again.get(4..).unwrap_or_default())
    ))
}

fn request_again(frame: Bytes) -> Result<BytesMut, String> {
    let read = message::read_request(frame).map_err(|error| error.to_string())?;
    let mut again = BytesMut::new();
    let client_id = read.client_id.as_deref();
    message::write_request(
        &mut again,
        read.version,
        read.correlation_id,
        client_id,
        &read.request,
    )
    .map_err(|error| error.to_string())?;
    Ok(again)
}

fn response_again(api: ApiKey, version: i16, frame: Bytes) -> Result<BytesMut, String> {
    let read = message::read_response(api, version, frame);
    let (correlation_id, response) = read.map_err(|error| error.to_string())?;
    let mut again = BytesMut::new();
    message::write_response(&mut again, version, correlation_id, &response)
        .map_err(|error| error.to_string())?;
    Ok(again)
}

/// Chooses what is kept of a tape: for each API, version and direction the longest frame, and the shortest if `both`.
#[must_use]
pub fn choose(taped: &[Taped], release: &str, both: bool) -> BTreeMap<ApiKey, Vec<StoredFrame>> {
    let mut seen: BTreeMap<(ApiKey, i16, bool), Vec<&Bytes>> = BTreeMap::new();
    for one in taped {
        let key = (one.api, one.version, one.direction == Direction::Response);
        seen.entry(key).or_default().push(&one.frame);
    }
    let mut chosen: BTreeMap<ApiKey, Vec<StoredFrame>> = BTreeMap::new();
    for ((api, version, is_response), mut frames) in seen {
        frames.sort_by_key(|frame| frame.len());
        let shortest = frames
            .first()
            .filter(|shortest| both && frames.last().is_some_and(|last| last.len() > shortest.len()));
        for frame in shortest.into_iter().chain(frames.last()) {
            chosen.entry(api).or_default().push(StoredFrame {
                version,
                direction: if is_response {
                    Direction::Response
                } else {
                    Direction::Request
                },
                releases: BTreeSet::from([release.to_owned()]),
                frame: Bytes::clone(frame),
            });
        }
    }
    chosen
}

/// Puts the frames of another release to those of one; equal ones become one.
pub fn merge(into: &mut Vec<StoredFrame>, others: Vec<StoredFrame>) {
    for other in others {
        let same = |known: &&mut StoredFrame| {
            known.version == other.version && known.direction == other.direction && known.frame == other.frame
        };
        match into.iter_mut().find(same) {
            Some(known) => known.releases.extend(other.releases),
            None => into.push(other),
        }
    }
    into.sort_by_key(|stored| (stored.version, stored.direction == Direction::Response));
}

/// The versions that each release offers, as its own ApiVersions v0 responses among the frames say.
///
/// # Errors
/// Such a response cannot be read.
pub fn offered(api_versions: &[StoredFrame]) -> Result<BTreeMap<String, ApiVersionsResponse>, String> {
    let mut offered = BTreeMap::new();
    let answers = api_versions
        .iter()
        .filter(|stored| stored.version == 0 && stored.direction == Direction::Response);
    for stored in answers {
        let read = message::read_reply::<ApiVersionsRequest>(0, stored.frame.clone());
        let (_, response) = read.map_err(|error| error.to_string())?;
        for release in &stored.releases {
            offered.insert(release.clone(), response.clone());
        }
    }
    Ok(offered)
}

/// The versions of an API that a release offers.
#[must_use]
pub fn range_of(api: ApiKey, offered: &ApiVersionsResponse) -> Option<VersionRange> {
    let mut entries = offered
        .api_keys
        .iter()
        .filter(|entry| entry.api_key == api.number());
    entries
        .next()
        .map(|entry| VersionRange::new(entry.min_version, entry.max_version))
}

/// The table of versions that releases offer and this project cannot write yet.
#[must_use]
pub fn missing(offered: &BTreeMap<String, ApiVersionsResponse>) -> String {
    let mut text = String::from(
        "# Versions that brokers offer and kohort does not speak\n\nWritten by the tests on a real Kafka, from the brokers' own \
         ApiVersions. Of versions that are not listed there are frames beside this file.\n\n| API | kohort |",
    );
    let columns = offered.keys().map(|release| format!(" Kafka {release} |"));
    text.extend(columns);
    text.push_str(" missing |\n| --- | --- | --- |");
    text.extend(offered.iter().map(|_| " --- |"));
    text.push('\n');
    for &api in ApiKey::ALL {
        let ranges: Vec<Option<VersionRange>> =
            offered.values().map(|offered| range_of(api, offered)).collect();
        let ours = versions(api);
        let newest = ranges
            .iter()
            .flatten()
            .map(|range| range.max)
            .max()
            .unwrap_or_default();
        // Below our oldest brokers offer nothing but Produce v0-v2, which they refuse (KIP-896 keeps them for old librdkafka).
        let missing: Vec<String> = (ours.max + 1..=newest)
            .map(|version| format!("v{version}"))
            .collect();
        if missing.is_empty() {
            continue;
        }
        let cells: String = ranges
            .iter()
            .map(|range| range.map_or(" - |".to_owned(), |range| format!(" {range} |")))
            .collect();
        let _ = writeln!(text, "| {api} | {ours} |{cells} {} |", missing.join(", "));
    }
    text
}

//! Addresses of brokers in responses, and other ones in their place: what a proxy needs so that clients keep coming through it.
//!
//! Brokers tell addresses in Metadata, FindCoordinator and DescribeCluster, and, since KIP-951, in the `nodeEndpoints` of Produce, Fetch,
//! ShareFetch and ShareAcknowledge. They are put in by splicing: every other byte stays what it was, unknown tagged fields
//! and odd encodings included, which decoding and encoding would not promise. Where a tagged field grows, its size is mended.

use core::ops::Range;

use crate::NodeId;
use crate::layout::{Field, LayoutError, Schema, Type, Value, Visit, walk};

/// Where a broker listens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Endpoint {
    /// Host name or IP address.
    pub host: String,
    /// Port.
    pub port: u16,
}

/// Puts other addresses into the body of a response, where `place` has one for a broker.
///
/// Returns the new body, or `None` if nothing changes. Whoever has no address (port -1, as FindCoordinator says it without a
/// coordinator) is not asked for.
///
/// # Errors
/// The body is not what the schema says. It should be passed on as it is then.
pub fn rewrite(
    schema: &'static Schema,
    version: i16,
    body: &[u8],
    place: &mut dyn FnMut(NodeId, &Endpoint) -> Option<Endpoint>,
) -> Result<Option<Vec<u8>>, LayoutError> {
    let mut splice = Splice {
        body,
        flexible: schema.is_flexible(version),
        place,
        out: Vec::new(),
        copied: 0,
        seen: Seen::Nothing,
        arrays: Vec::new(),
        tagged: None,
    };
    walk(schema, version, body, &mut splice)?;
    if splice.copied == 0 {
        return Ok(None);
    }
    splice.copy_to(body.len());
    Ok(Some(splice.out))
}

/// Whether responses of an API may tell addresses, in this version.
#[must_use]
pub fn tells_addresses(api_key: i16, version: i16) -> bool {
    match api_key {
        0 => version >= 10,
        1 => version >= 16,
        3 | 10 | 60 | 78 | 79 => true,
        _ => false,
    }
}

struct Splice<'a> {
    body: &'a [u8],
    flexible: bool,
    place: &'a mut dyn FnMut(NodeId, &Endpoint) -> Option<Endpoint>,
    out: Vec<u8>,
    /// Up to where the body is in `out`, changed or not.
    copied: usize,
    seen: Seen,
    /// For each open array or struct, whether it is an array.
    arrays: Vec<bool>,
    tagged: Option<Tagged>,
}

/// An address is a node's id, a host and a port, one right behind the other. (The endpoints of Raft voters and of Kafka Streams are
/// not: they are none of a client's connections.)
enum Seen {
    Nothing,
    Node(NodeId),
    Host(NodeId, usize, String),
}

/// The outermost tagged field that is open.
struct Tagged {
    depth: usize,
    /// Where its bytes begin in `out`, and behind how many bytes of size.
    start: usize,
    size: usize,
    changed: bool,
}

impl Splice<'_> {
    fn copy_to(&mut self, end: usize) {
        self.out
            .extend(self.body.get(self.copied..end).unwrap_or_default());
        self.copied = end;
    }

    fn change(&mut self, node: NodeId, span: Range<usize>, host: String, port: i64) {
        let Some(port) = u16::try_from(port).ok().filter(|port| *port > 0) else {
            return;
        };
        let Some(other) = (self.place)(node, &Endpoint { host, port }) else {
            return;
        };
        let Ok(length) = i16::try_from(other.host.len()) else {
            return;
        };
        self.copy_to(span.start);
        if self.flexible {
            self.out.extend(varint(other.host.len() + 1));
        } else {
            self.out.extend(length.to_be_bytes());
        }
        self.out.extend(other.host.bytes());
        self.out.extend(i32::from(other.port).to_be_bytes());
        self.copied = span.end;
        self.tagged.iter_mut().for_each(|tagged| tagged.changed = true);
    }
}

impl Visit for Splice<'_> {
    fn value(&mut self, at: usize, field: &'static Field, value: Value<'_>) {
        let seen = core::mem::replace(&mut self.seen, Seen::Nothing);
        self.seen = match (seen, field.name, value) {
            (_, "nodeId" | "brokerId", Value::Int(id)) => {
                Seen::Node(i32::try_from(id).map_or(NodeId::NONE, NodeId))
            }
            (Seen::Node(node), "host", Value::String(host)) => match core::str::from_utf8(host) {
                Ok(host) => Seen::Host(node, at, host.to_owned()),
                Err(_) => Seen::Nothing,
            },
            (Seen::Host(node, start, host), "port", Value::Int(port)) if matches!(field.of, Type::Int32) => {
                self.change(node, start..at + 4, host, port);
                Seen::Nothing
            }
            _ => Seen::Nothing,
        };
    }

    fn begin(&mut self, at: usize, field: &'static Field, count: Option<usize>) {
        self.seen = Seen::Nothing;
        let element = field.array && self.arrays.last() == Some(&true);
        if field.tag.is_some() && !element && self.tagged.is_none() {
            self.tagged = Some(Tagged {
                depth: self.arrays.len(),
                start: self.out.len() + (at - self.copied),
                size: varint_before(self.body, at),
                changed: false,
            });
        }
        self.arrays.push(count.is_some());
    }

    fn end(&mut self, at: usize, _field: &'static Field) {
        self.arrays.pop();
        let ended = self.tagged.take_if(|tagged| tagged.depth == self.arrays.len());
        if let Some(tagged) = ended.filter(|tagged| tagged.changed) {
            self.copy_to(at);
            let size = self.out.len() - tagged.start;
            self.out
                .splice(tagged.start - tagged.size..tagged.start, varint(size));
        }
    }
}

/// How many bytes the varint takes that ends here. Of its bytes all but the last have the high bit, and so has none of the last byte
/// of the tag in front of it: that is a varint too.
fn varint_before(body: &[u8], end: usize) -> usize {
    let before = body.get(..end.saturating_sub(1)).unwrap_or_default();
    1 + before.iter().rev().take_while(|byte| **byte >= 0x80).count()
}

fn varint(mut number: usize) -> impl Iterator<Item = u8> {
    let mut more = true;
    core::iter::from_fn(move || {
        let low = number.to_le_bytes().first().copied().unwrap_or_default() & 0x7f;
        number >>= 7;
        let this = more.then_some(if number > 0 { low | 0x80 } else { low });
        more &= number > 0;
        this
    })
}

//! One direction of a connection: passes bytes on as they come and shows the frames in them. Pure; knows sizes, not what frames hold.
//!
//! Of a frame that is only passed, at most so many bytes are kept to be looked at. A frame that is held goes on when it is whole,
//! as it came or another one in its place. Bytes that can be no frames are passed on unread from there on.

use bytes::Bytes;

/// A size above this is none: "HTTP" would be 1.2 GB.
const MAX_SIZE: usize = 1 << 30;
/// A frame's size and the correlation id of a response.
const HEAD: usize = 8;

/// What becomes of a frame while it comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// On to the other side, byte by byte.
    Pass,
    /// On to the other side when it is whole.
    Hold,
}

/// A frame that has gone by, or is about to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// Its size, without that of its size.
    pub(crate) size: usize,
    /// Its bytes, or the first of them.
    pub(crate) kept: Bytes,
}

impl Frame {
    pub(super) fn is_whole(&self) -> bool {
        self.kept.len() == self.size
    }
}

/// Who looks on.
pub(super) trait Look {
    /// A frame begins; `start` is its first four bytes, or all there are.
    fn way(&mut self, size: usize, start: &[u8]) -> Way;
    /// A frame is whole. One that was held may be replaced.
    fn frame(&mut self, frame: Frame) -> Option<Vec<u8>>;
    /// What follows are no frames.
    fn unreadable(&mut self, why: &str);
    /// Whether the other direction turned out to be no frames.
    fn is_unreadable(&self) -> bool;
}

/// Where in the stream it is.
pub(super) struct Tap {
    keep: usize,
    first: bool,
    state: State,
}

enum State {
    /// The size and the first bytes come in.
    Head(Vec<u8>),
    Body {
        size: usize,
        left: usize,
        way: Way,
        kept: Vec<u8>,
    },
    Unreadable,
}

impl Tap {
    /// Keeps so many bytes of a frame that is only passed.
    pub(super) fn new(keep: usize) -> Self {
        Self {
            keep,
            first: true,
            state: State::Head(Vec::new()),
        }
    }

    /// Takes what was read and appends to `out` what may go on to the other side.
    pub(super) fn feed(&mut self, mut chunk: &[u8], look: &mut impl Look, out: &mut Vec<u8>) {
        if look.is_unreadable() {
            self.finish(out);
            self.state = State::Unreadable;
        }
        loop {
            match &mut self.state {
                State::Unreadable => return out.extend_from_slice(chunk),
                State::Head(head) => {
                    let (taken, rest) = chunk.split_at(chunk.len().min(missing(head)));
                    head.extend_from_slice(taken);
                    chunk = rest;
                    if !self.begin(look, out) && chunk.is_empty() {
                        return;
                    }
                }
                State::Body { left, way, kept, .. } => {
                    let (taken, rest) = chunk.split_at(chunk.len().min(*left));
                    let wanted = match way {
                        Way::Hold => taken.len(),
                        Way::Pass => taken.len().min(self.keep.saturating_sub(kept.len())),
                    };
                    kept.extend_from_slice(taken.get(..wanted).unwrap_or_default());
                    if *way == Way::Pass {
                        out.extend_from_slice(taken);
                    }
                    *left -= taken.len();
                    chunk = rest;
                    if *left > 0 {
                        return;
                    }
                    self.end(look, out);
                }
            }
        }
    }

    /// Nothing comes any more: what was held goes on as far as it came.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        match std::mem::replace(&mut self.state, State::Head(Vec::new())) {
            State::Head(head) => out.extend(head),
            State::Body {
                size,
                way: Way::Hold,
                kept,
                ..
            } => {
                out.extend(prefix(size));
                out.extend(kept);
            }
            _ => {}
        }
    }

    /// Begins a frame if its head is there.
    fn begin(&mut self, look: &mut impl Look, out: &mut Vec<u8>) -> bool {
        let State::Head(head) = &mut self.state else {
            return true;
        };
        let Some(prefix) = head.first_chunk() else {
            return false;
        };
        let size = match size(*prefix, self.first) {
            Ok(size) => size,
            Err(why) => {
                look.unreadable(&why);
                out.append(head);
                self.state = State::Unreadable;
                return true;
            }
        };
        if missing(head) > 0 {
            return false;
        }
        self.first = false;
        let mut kept = head.split_off(4);
        let way = look.way(size, &kept);
        if way == Way::Pass {
            out.append(head);
            out.extend_from_slice(&kept);
            kept.truncate(self.keep);
        }
        let left = size.saturating_sub(HEAD - 4);
        self.state = State::Body {
            size,
            left,
            way,
            kept,
        };
        true
    }

    fn end(&mut self, look: &mut impl Look, out: &mut Vec<u8>) {
        let ended = std::mem::replace(&mut self.state, State::Head(Vec::new()));
        let State::Body { size, way, kept, .. } = ended else {
            return;
        };
        let kept = Bytes::from(kept);
        let other = look.frame(Frame {
            size,
            kept: kept.clone(),
        });
        if way == Way::Hold {
            let frame = other.map_or(kept, Bytes::from);
            out.extend(prefix(frame.len()));
            out.extend_from_slice(&frame);
        }
    }
}

/// How many bytes are still to come of the size, and then of what says what to do with the frame.
fn missing(head: &[u8]) -> usize {
    let Some(size) = head.first_chunk() else {
        return 4 - head.len();
    };
    let size = usize::try_from(u32::from_be_bytes(*size)).unwrap_or(usize::MAX);
    HEAD.min(size.saturating_add(4)).saturating_sub(head.len())
}

fn size(bytes: [u8; 4], first: bool) -> Result<usize, String> {
    let number = i32::from_be_bytes(bytes);
    match (usize::try_from(number), bytes) {
        (_, [0x14..=0x17, 0x03, 0x00..=0x04, _]) if first => Err("TLS".to_owned()),
        (Ok(size), _) if size <= MAX_SIZE => Ok(size),
        _ => Err(format!("no frames of Kafka: a size would be {number}")),
    }
}

fn prefix(size: usize) -> [u8; 4] {
    u32::try_from(size).unwrap_or(u32::MAX).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Holds frames that begin with `h` and answers `held` with another one.
    #[derive(Default)]
    struct Seen {
        frames: Vec<(usize, Vec<u8>)>,
        unreadable: Option<String>,
    }

    impl Look for Seen {
        fn way(&mut self, _size: usize, start: &[u8]) -> Way {
            assert!(start.len() <= 4);
            if start.first() == Some(&b'h') {
                Way::Hold
            } else {
                Way::Pass
            }
        }

        fn frame(&mut self, frame: Frame) -> Option<Vec<u8>> {
            self.frames.push((frame.size, frame.kept.to_vec()));
            (frame.kept == "held!").then(|| b"another".to_vec())
        }

        fn unreadable(&mut self, why: &str) {
            self.unreadable = Some(why.to_owned());
        }

        fn is_unreadable(&self) -> bool {
            false
        }
    }

    fn sized(frame: &[u8]) -> Vec<u8> {
        [&prefix(frame.len())[..], frame].concat()
    }

    fn through(stream: &[u8], cut: usize) -> (Vec<u8>, Seen) {
        let mut tap = Tap::new(6);
        let (mut seen, mut out) = (Seen::default(), Vec::new());
        for part in stream.chunks(cut) {
            tap.feed(part, &mut seen, &mut out);
        }
        tap.finish(&mut out);
        (out, seen)
    }

    #[test]
    fn the_same_comes_out_however_the_stream_is_cut() {
        let frames: [&[u8]; 7] = [b"pass", b"", b"x", b"passed on", b"held!", b"held too", b"abc"];
        let stream = frames.map(sized).concat();
        let expected = [
            b"pass",
            &b""[..],
            b"x",
            b"passed on",
            b"another",
            b"held too",
            b"abc",
        ]
        .map(sized)
        .concat();
        for cut in 1..=stream.len() {
            let (out, seen) = through(&stream, cut);
            assert_eq!(out, expected, "cut into {cut}");
            let kept: Vec<(usize, &[u8])> = seen
                .frames
                .iter()
                .map(|(size, kept)| (*size, kept.as_slice()))
                .collect();
            let passed = (9, &b"passed"[..]);
            assert_eq!(
                kept,
                [
                    (4, &b"pass"[..]),
                    (0, b""),
                    (1, b"x"),
                    passed,
                    (5, b"held!"),
                    (8, b"held too"),
                    (3, b"abc")
                ]
            );
        }
    }

    /// Nobody waits for the end of a large frame.
    #[test]
    fn bytes_go_on_as_they_come() {
        let mut tap = Tap::new(2);
        let (mut seen, mut out) = (Seen::default(), Vec::new());
        tap.feed(&prefix(1_000_000), &mut seen, &mut out);
        tap.feed(b"0123", &mut seen, &mut out);
        assert_eq!(out.len(), 8);
        tap.feed(&[7; 1000], &mut seen, &mut out);
        assert_eq!(out.len(), 1008);
    }

    #[test]
    fn what_was_held_goes_on_when_the_stream_ends() {
        let stream = &sized(b"held!")[..7];
        for cut in 1..=stream.len() {
            assert_eq!(through(stream, cut).0, stream);
        }
    }

    #[test]
    fn what_is_no_frame_is_passed_on_and_told() {
        let streams: [&[u8]; 4] = [
            b"\x16\x03\x01\x02\x00\x01\x00and so on",
            b"HTTP/1.1 400 Bad Request\r\n",
            b"\xff\xff\xff\xff\0\0\0\x01z",
            b"\0\0\0\x01z\xff\xff\xff\xffmore",
        ];
        for stream in streams {
            for cut in 1..=stream.len() {
                let (out, seen) = through(stream, cut);
                assert_eq!(out, stream, "cut into {cut}");
                assert!(seen.unreadable.is_some());
            }
        }
        assert_eq!(through(streams[0], 3).1.unreadable.as_deref(), Some("TLS"));
        // Later on it is a size as good as any.
        let mut late = sized(b"first");
        late.extend(b"\x16\x03\x01\x02");
        assert_eq!(through(&late, 5).1.unreadable, None);
    }
}

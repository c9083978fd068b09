//! Frames: a 4-byte big-endian length, then so many bytes.
//!
//! Decides where one message ends and the next begins, however the stream was cut into reads, and refuses lengths that no
//! Kafka peer sends. A length is a claim: memory follows the bytes that arrived, never the number announced. What a
//! frame holds is none of its business.

use bytes::{Bytes, BytesMut};
use thiserror::Error;

/// The largest frame that is accepted unless configured otherwise: 64 MiB.
pub const DEFAULT_MAX_FRAME_SIZE: usize = 64 * 1024 * 1024;

/// Even the shortest message holds a correlation id.
const MIN_FRAME_SIZE: usize = 4;
const LENGTH: usize = 4;
/// What a quiet connection reads at a time.
const READ_SIZE: usize = 8 * 1024;
/// How far a buffer may run ahead of the bytes that arrived: a peer has to send as much again before it costs us more.
const HEAD_START: usize = 64 * 1024;

/// Why the bytes of a peer cannot be Kafka frames.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FrameError {
    /// The peer answered in HTTP.
    #[error(
        "this looks like an HTTP server, not a Kafka broker (its answer begins with \"HTTP\"): check host and port"
    )]
    Http,
    /// The peer answered with a TLS record.
    #[error(
        "this looks like a TLS listener and the client speaks plaintext (the answer is a TLS record): use the plaintext port, or TLS"
    )]
    Tls,
    /// The peer answered as an SSH server does.
    #[error(
        "this looks like an SSH server, not a Kafka broker (its answer begins with \"SSH-\"): check host and port"
    )]
    Ssh,
    /// A length below zero.
    #[error(
        "a frame announces the negative length {0}: the peer is not a Kafka broker, or the stream is corrupt"
    )]
    Negative(i32),
    /// A length too small to hold a correlation id.
    #[error(
        "a frame announces {0} bytes, too few for any message: the peer is not a Kafka broker, or the stream is corrupt"
    )]
    TooSmall(usize),
    /// A length above the limit.
    #[error(
        "a frame announces {size} bytes, more than the allowed {max}: the peer is not a Kafka broker, or the limit is too small for its messages"
    )]
    TooLarge {
        /// The length announced.
        size: usize,
        /// The limit in force.
        max: usize,
    },
}

/// Cuts a stream of bytes into frames.
#[derive(Debug)]
pub struct FrameCutter {
    buffer: BytesMut,
    max_size: usize,
}

impl FrameCutter {
    /// A cutter that refuses frames above `max_size` bytes.
    #[must_use]
    pub fn new(max_size: usize) -> Self {
        Self {
            buffer: BytesMut::new(),
            max_size,
        }
    }

    /// Where to append what is read next: its spare capacity bounds one read. Nothing but appending is allowed.
    pub fn room(&mut self) -> &mut BytesMut {
        let arrived = self.buffer.len();
        if self.buffer.capacity() - arrived < READ_SIZE / 2 {
            let missing = self
                .announced()
                .map_or(0, |size| (LENGTH + size).saturating_sub(arrived));
            self.buffer
                .reserve(missing.min(arrived.max(HEAD_START)).max(READ_SIZE));
        }
        &mut self.buffer
    }

    /// Appends a copy of `bytes`: for callers that have no use for [`room`](Self::room).
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole frame without its length, or `None` until more bytes arrive. Shares memory with the read buffer.
    ///
    /// # Errors
    /// [`FrameError`] as soon as the four bytes of an impossible length are there; the stream is useless from then on.
    pub fn next_frame(&mut self) -> Result<Option<Bytes>, FrameError> {
        let Some(length) = self.length() else {
            return Ok(None);
        };
        let size = check(length, self.max_size)?;
        if self.buffer.len() < LENGTH + size {
            return Ok(None);
        }
        let mut frame = self.buffer.split_to(LENGTH + size).freeze();
        if self.buffer.is_empty() && size > HEAD_START {
            // A quiet connection must not keep the memory of the largest answer it ever got.
            self.buffer = BytesMut::new();
        }
        Ok(Some(frame.split_off(LENGTH)))
    }

    /// How many bytes of an unfinished frame are there, and how many it announces (if that is known yet).
    #[must_use]
    pub fn unfinished(&self) -> Option<(usize, Option<usize>)> {
        let arrived = self.buffer.len();
        (arrived > 0).then(|| (arrived, self.announced().map(|size| LENGTH + size)))
    }

    fn length(&self) -> Option<[u8; LENGTH]> {
        self.buffer.first_chunk().copied()
    }

    /// The announced size, if it is one that is accepted.
    fn announced(&self) -> Option<usize> {
        check(self.length()?, self.max_size).ok()
    }
}

fn check(length: [u8; LENGTH], max: usize) -> Result<usize, FrameError> {
    let number = i32::from_be_bytes(length);
    let Ok(size) = usize::try_from(number) else {
        return Err(FrameError::Negative(number));
    };
    match (size, length) {
        (0..MIN_FRAME_SIZE, _) => Err(FrameError::TooSmall(size)),
        (size, _) if size <= max => Ok(size),
        (_, [b'H', b'T', b'T', b'P']) => Err(FrameError::Http),
        (_, [b'S', b'S', b'H', b'-']) => Err(FrameError::Ssh),
        // Alert (0x15) or handshake (0x16), then the version 3.x.
        (_, [0x15 | 0x16, 0x03, ..]) => Err(FrameError::Tls),
        (size, _) => Err(FrameError::TooLarge { size, max }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(body: &[u8]) -> Vec<u8> {
        let mut bytes = u32::try_from(body.len()).unwrap().to_be_bytes().to_vec();
        bytes.extend_from_slice(body);
        bytes
    }

    fn refusal(bytes: &[u8]) -> FrameError {
        let mut cutter = FrameCutter::new(DEFAULT_MAX_FRAME_SIZE);
        cutter.push(bytes);
        cutter.next_frame().unwrap_err()
    }

    #[test]
    fn frames_are_the_same_however_the_stream_is_split() {
        let bodies: [&[u8]; 3] = [b"first", b"four", b"the third one"];
        let stream: Vec<u8> = bodies.iter().flat_map(|body| framed(body)).collect();
        for cut in 0..=stream.len() {
            let mut cutter = FrameCutter::new(100);
            let mut frames = Vec::new();
            for part in [&stream[..cut], &stream[cut..]] {
                cutter.push(part);
                while let Some(frame) = cutter.next_frame().unwrap() {
                    frames.push(frame);
                }
            }
            assert_eq!(frames, bodies, "split at {cut}");
            assert_eq!(cutter.unfinished(), None);
        }
    }

    #[test]
    fn byte_by_byte() {
        let mut cutter = FrameCutter::new(100);
        let stream = framed(b"abcdef");
        for byte in &stream[..stream.len() - 1] {
            cutter.push(&[*byte]);
            assert_eq!(cutter.next_frame().unwrap(), None);
        }
        assert_eq!(cutter.unfinished(), Some((9, Some(10))));
        cutter.push(&stream[stream.len() - 1..]);
        assert_eq!(cutter.next_frame().unwrap().unwrap(), &b"abcdef"[..]);
    }

    #[test]
    fn lengths_that_no_broker_sends_are_refused_with_a_hint() {
        assert_eq!(refusal(b"HTTP/1.1 400 Bad Request\r\n"), FrameError::Http);
        assert_eq!(
            refusal(&[0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x50]),
            FrameError::Tls
        );
        assert_eq!(refusal(b"SSH-2.0-OpenSSH_9.2"), FrameError::Ssh);
        assert_eq!(refusal(&[0xff; 4]), FrameError::Negative(-1));
        assert_eq!(refusal(&0_i32.to_be_bytes()), FrameError::TooSmall(0));
        assert_eq!(refusal(&3_i32.to_be_bytes()), FrameError::TooSmall(3));
        let two_gib = FrameError::TooLarge {
            size: 0x7fff_ffff,
            max: DEFAULT_MAX_FRAME_SIZE,
        };
        assert_eq!(refusal(&i32::MAX.to_be_bytes()), two_gib);
        assert!(refusal(b"HTTP").to_string().contains("HTTP server"));
    }

    #[test]
    fn memory_follows_what_arrived_and_not_what_was_announced() {
        let mut cutter = FrameCutter::new(DEFAULT_MAX_FRAME_SIZE);
        cutter.push(&u32::try_from(DEFAULT_MAX_FRAME_SIZE).unwrap().to_be_bytes());
        assert!(cutter.room().capacity() <= 2 * HEAD_START);
        for _ in 0..100 {
            cutter.push(&[0; 10_000]);
            let arrived = cutter.buffer.len();
            let capacity = cutter.room().capacity();
            assert!(capacity <= 4 * (arrived + HEAD_START), "{capacity} for {arrived}");
        }
    }

    #[test]
    fn a_quiet_connection_does_not_keep_the_memory_of_its_largest_frame() {
        let mut cutter = FrameCutter::new(DEFAULT_MAX_FRAME_SIZE);
        cutter.push(&framed(&vec![7; 5_000_000]));
        drop(cutter.next_frame().unwrap().unwrap());
        assert!(cutter.room().capacity() <= 2 * READ_SIZE);
    }

    #[test]
    fn frames_share_the_memory_they_were_read_into() {
        let mut cutter = FrameCutter::new(100);
        cutter.push(&framed(b"body"));
        let address = cutter.buffer.as_ptr().wrapping_add(LENGTH);
        assert_eq!(cutter.next_frame().unwrap().unwrap().as_ptr(), address);
    }
}

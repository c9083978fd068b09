//! Cutting a stream into frames: however it was split into reads, the frames and the error are the same, and memory follows
//! what arrived.

use bytes::Bytes;
use kohort_protocol::{FrameCutter, FrameError};

use crate::limits::{Judged, Limit};

/// Small, so that frames above the limit are met.
const MAX: usize = 10_000;

/// Frames share the memory they arrived in, and what comes next has room.
const ROOM: Limit = Limit::of(512 * 1024, 16);

/// The frames, and what ended them: an error, or so many bytes of an unfinished one.
type Cut = (Vec<Bytes>, Result<usize, FrameError>);

fn cut<'a>(reads: impl IntoIterator<Item = &'a [u8]>) -> Cut {
    let mut cutter = FrameCutter::new(MAX);
    let (mut frames, mut arrived) = (Vec::new(), 0);
    for read in reads {
        let room = cutter.room();
        assert!(
            room.capacity() <= 4 * (room.len() + 64 * 1024),
            "room for {}",
            room.capacity()
        );
        cutter.push(read);
        arrived += read.len();
        loop {
            match cutter.next_frame() {
                Ok(Some(frame)) => {
                    arrived -= 4 + frame.len();
                    frames.push(frame);
                }
                Ok(None) => break,
                Err(error) => return (frames, Err(error)),
            }
        }
        assert_eq!(cutter.unfinished().map_or(0, |(bytes, _)| bytes), arrived);
    }
    (frames, Ok(arrived))
}

/// The first byte says into how large reads the rest is split: all of one size, or cut where the bytes say.
pub(crate) fn judge(bytes: &[u8]) -> Judged {
    let (&size, stream) = bytes.split_first().unwrap_or((&0, &[]));
    let (whole, judged) = ROOM.judge(stream.len(), || Some(cut([stream])));
    let whole = whole.unwrap_or((Vec::new(), Ok(0)));
    let same = cut(stream.chunks(usize::from(size).max(1)));
    assert_eq!(whole, same, "split into reads of {size}");
    let uneven = cut(stream.chunk_by(|before, _| before % 8 != size % 8));
    assert_eq!(whole, uneven, "split unevenly");
    let mut rest = stream;
    for frame in &whole.0 {
        let (taken, after) = rest
            .split_at_checked(4 + frame.len())
            .expect("no more than there was");
        assert_eq!(taken.get(4..), Some(&**frame), "the bytes of the stream");
        rest = after;
    }
    Judged {
        refused: whole.1.is_err(),
        ..judged
    }
}

pub(crate) fn fuzz(bytes: &[u8]) {
    judge(bytes);
}

//! Where frames begin and end in what was given to decode: bare, or each behind its size as on the wire.

use bytes::Bytes;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// One frame without its size.
    Bare,
    /// Frames with their sizes, one after another.
    Sized,
}

impl Framing {
    pub(super) fn describe(self, frames: usize) -> String {
        match self {
            Self::Bare => "one frame without its size (--sized if it has one)".to_owned(),
            Self::Sized => {
                format!("{frames} frame(s) behind their sizes (--bare if the first four bytes are none)")
            }
        }
    }
}

/// What stands in a stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Frame(Bytes),
    /// What is left where no whole frame is, and why.
    Rest(Bytes, String),
}

/// Tells the framing from what can be read: four bytes may be a size, or an API and its version, or a correlation id.
pub(super) fn guess(input: &Bytes, reads: impl Fn(&Bytes) -> bool) -> Framing {
    let whole = pieces(input, Framing::Sized).all(|piece| match piece {
        Piece::Frame(frame) => reads(&frame),
        Piece::Rest(..) => false,
    });
    let first = pieces(input, Framing::Sized).next();
    if whole {
        Framing::Sized
    } else if reads(input) || !matches!(first, Some(Piece::Frame(_))) {
        Framing::Bare
    } else {
        Framing::Sized
    }
}

pub(super) fn pieces(input: &Bytes, framing: Framing) -> impl Iterator<Item = Piece> {
    let mut rest = input.clone();
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if framing == Framing::Bare {
            return Some(Piece::Frame(std::mem::take(&mut rest)));
        }
        Some(cut(&mut rest))
    })
}

fn cut(rest: &mut Bytes) -> Piece {
    let size = rest.first_chunk().copied().map(i32::from_be_bytes);
    let left = rest.len().saturating_sub(4);
    match size.map(usize::try_from) {
        Some(Ok(size)) if size <= left => {
            let frame = rest.slice(4..4 + size);
            *rest = rest.slice(4 + size..);
            Piece::Frame(frame)
        }
        Some(size) => {
            let behind = std::mem::take(rest).slice(4..);
            let why = match size {
                Ok(size) => format!("it is cut off: its size says {size} bytes where {left} are left"),
                Err(_) => "its size is negative: no frame begins here".to_owned(),
            };
            Piece::Rest(behind, why)
        }
        None => Piece::Rest(
            std::mem::take(rest),
            format!("{left} bytes are too few for a size"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(bytes: &'static [u8]) -> Bytes {
        Bytes::from_static(bytes)
    }

    /// Reads frames of five bytes.
    fn five(frame: &Bytes) -> bool {
        frame.len() == 5
    }

    #[test]
    fn sizes_are_recognised_where_they_lead_to_the_end() {
        assert_eq!(
            guess(&bytes(b"\0\0\0\x05hello\0\0\0\x05world"), five),
            Framing::Sized
        );
        assert_eq!(guess(&bytes(b"hello"), five), Framing::Bare);
        // A correlation id of 1 that looks like a size.
        assert_eq!(guess(&bytes(b"\0\0\0\x01o"), five), Framing::Bare);
        // Cut off behind a frame that can be read.
        assert_eq!(
            guess(&bytes(b"\0\0\0\x05hello\0\0\0\x05wor"), five),
            Framing::Sized
        );
    }

    #[test]
    fn what_is_left_is_told() {
        let input = bytes(b"\0\0\0\x02hi\0\0\0\x05wor");
        let pieces: Vec<Piece> = pieces(&input, Framing::Sized).collect();
        let why = "it is cut off: its size says 5 bytes where 3 are left".to_owned();
        assert_eq!(
            pieces,
            [Piece::Frame(bytes(b"hi")), Piece::Rest(bytes(b"wor"), why)]
        );
        let negative = bytes(b"\xff\xff\xff\xffx");
        assert!(matches!(
            super::pieces(&negative, Framing::Sized).next(),
            Some(Piece::Rest(..))
        ));
        let short = bytes(b"\0\0");
        assert!(matches!(
            super::pieces(&short, Framing::Sized).next(),
            Some(Piece::Rest(..))
        ));
    }
}

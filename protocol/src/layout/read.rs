//! Lengths, counts and varints at the front of a slice. Knows bytes; knows no fields.

use super::error::Fault;

/// What has not been read yet.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    /// Bytes of the frame behind `rest` that are none of this reader's business (it reads one tagged field).
    behind: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            behind: 0,
        }
    }

    /// Bytes this reader may still read.
    #[inline]
    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }

    /// Bytes from here to the end of the whole frame.
    #[inline]
    pub(super) fn to_end(&self) -> usize {
        self.rest.len() + self.behind
    }

    #[inline]
    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], Fault> {
        let Some((taken, rest)) = self.rest.split_at_checked(count) else {
            return Err(Fault::CutOff {
                needs: count,
                left: self.left(),
            });
        };
        self.rest = rest;
        Ok(taken)
    }

    /// Steps over this many bytes, if they are there.
    #[inline]
    pub(super) fn skip(&mut self, count: usize) -> bool {
        let rest = self.rest.get(count..);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Steps over a compact count and as many times `size` bytes, if that is all there; over a null if there `may_be` one.
    #[inline]
    pub(super) fn skip_compact(&mut self, size: usize, may_be_null: impl FnOnce() -> bool) -> bool {
        let (count, after) = match self.rest {
            [count @ 1..0x80, after @ ..] => (usize::from(*count), after),
            [low @ 0x80..=0xff, high @ 1..0x80, after @ ..] => {
                (usize::from(low & 0x7f) | (usize::from(*high) << 7), after)
            }
            [0, after @ ..] if may_be_null() => (1, after),
            _ => return false,
        };
        self.skip_in(after, size * (count - 1))
    }

    /// Steps over a zero, if one comes next.
    #[inline]
    pub(super) fn skip_zero(&mut self) -> bool {
        match self.rest {
            [0, rest @ ..] => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    #[inline]
    fn skip_in(&mut self, after: &'a [u8], count: usize) -> bool {
        let rest = after.get(count..);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    #[inline]
    pub(super) fn array<const COUNT: usize>(&mut self) -> Result<[u8; COUNT], Fault> {
        let Some((taken, rest)) = self.rest.split_first_chunk() else {
            return Err(Fault::CutOff {
                needs: COUNT,
                left: self.left(),
            });
        };
        self.rest = rest;
        Ok(*taken)
    }

    /// A reader for the next `count` bytes alone; this one goes on behind them.
    pub(super) fn split(&mut self, count: usize) -> Result<Self, Fault> {
        let rest = self.take(count)?;
        Ok(Self {
            rest,
            behind: self.to_end(),
        })
    }

    #[inline]
    pub(super) fn varint(&mut self) -> Result<u32, Fault> {
        match self.rest {
            [byte @ 0..0x80, rest @ ..] => {
                self.rest = rest;
                Ok(u32::from(*byte))
            }
            [low, high @ 0..0x80, rest @ ..] => {
                self.rest = rest;
                Ok((u32::from(*low) & 0x7f) | (u32::from(*high) << 7))
            }
            _ => self.long_varint(),
        }
    }

    /// Kafka writes each number in the fewest bytes, but its readers take leading zeros too; only what goes beyond 32
    /// bits is refused.
    #[cold]
    fn long_varint(&mut self) -> Result<u32, Fault> {
        let mut value = 0;
        for shift in [0, 7, 14, 21, 28] {
            let [byte] = self.array()?;
            if shift == 28 && byte > 0x0f {
                return Err(Fault::Varint);
            }
            value |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                break;
            }
        }
        Ok(value)
    }

    #[inline]
    pub(super) fn size(&mut self) -> Result<usize, Fault> {
        // A size that no usize holds fits no frame either.
        Ok(usize::try_from(self.varint()?).unwrap_or(usize::MAX))
    }

    /// A length or count in the form of flexible versions: one more than it is, 0 for null.
    #[inline]
    pub(super) fn compact(&mut self) -> Result<Option<usize>, Fault> {
        Ok(self.size()?.checked_sub(1))
    }

    /// A length of two bytes, -1 for null.
    #[inline]
    pub(super) fn short(&mut self) -> Result<Option<usize>, Fault> {
        let length = i16::from_be_bytes(self.array()?);
        signed(i32::from(length))
    }

    /// A length or count of four bytes, -1 for null.
    #[inline]
    pub(super) fn long(&mut self) -> Result<Option<usize>, Fault> {
        signed(i32::from_be_bytes(self.array()?))
    }
}

#[inline]
fn signed(length: i32) -> Result<Option<usize>, Fault> {
    match usize::try_from(length) {
        Ok(length) => Ok(Some(length)),
        Err(_) if length == -1 => Ok(None),
        Err(_) => Err(Fault::Negative(length)),
    }
}

//! Zigzag varints, and a cursor over bytes that only ever moves forward.
//!
//! Protobuf's encoding: 7 bits a byte, lowest first. A number may be written longer than needed, as Java
//! accepts it, but never longer than its type (5 bytes for 32 bits, 10 for 64), nor with bits beyond it.

use super::error::RecordProblem;

/// What is left to read of a record; every method takes from its front or fails.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) const EMPTY: Self = Self { rest: &[] };

    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn rest(self) -> &'a [u8] {
        self.rest
    }

    pub(super) fn byte(&mut self) -> Result<u8, RecordProblem> {
        let (&first, rest) = self.rest.split_first().ok_or(RecordProblem::CutOff)?;
        self.rest = rest;
        Ok(first)
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], RecordProblem> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(RecordProblem::CutOff)?;
        self.rest = rest;
        Ok(taken)
    }

    #[inline]
    pub(super) fn varint(&mut self) -> Result<i32, RecordProblem> {
        let raw = u32::try_from(self.unsigned(5)?).map_err(|_| RecordProblem::Varint)?;
        Ok((raw >> 1).cast_signed() ^ -(raw & 1).cast_signed())
    }

    #[inline]
    pub(super) fn varlong(&mut self) -> Result<i64, RecordProblem> {
        let raw = self.unsigned(10)?;
        Ok((raw >> 1).cast_signed() ^ -(raw & 1).cast_signed())
    }

    #[inline]
    fn unsigned(&mut self, longest: u32) -> Result<u64, RecordProblem> {
        let first = self.byte()?;
        if first < 0x80 {
            return Ok(u64::from(first));
        }
        self.continued(first, longest)
    }

    fn continued(&mut self, first: u8, longest: u32) -> Result<u64, RecordProblem> {
        let mut value = u64::from(first & 0x7f);
        for position in 1..longest {
            let byte = self.byte()?;
            // The tenth byte has room for one bit of the 64.
            if position == 9 && byte > 1 {
                break;
            }
            value |= u64::from(byte & 0x7f) << (7 * position);
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(RecordProblem::Varint)
    }

    /// As [`Self::varlong`], for a number of one or two bytes, which nearly all are; others are not looked at.
    #[inline(always)]
    pub(super) fn short(&mut self) -> Option<i32> {
        let (raw, rest) = match self.rest {
            [low @ 0..0x80, rest @ ..] => (i32::from(*low), rest),
            [low, high @ 0..0x80, rest @ ..] => ((i32::from(*low) & 0x7f) | (i32::from(*high) << 7), rest),
            _ => return None,
        };
        self.rest = rest;
        Some((raw >> 1) ^ -(raw & 1))
    }

    #[inline(always)]
    pub(super) fn short_byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    /// As [`Self::sized`], for a length that is [short](Self::short).
    #[inline(always)]
    pub(super) fn short_sized(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.short()?).ok()?;
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    /// As [`Self::nullable`], for a length that is [short](Self::short).
    #[inline(always)]
    pub(super) fn short_nullable(&mut self) -> Option<Option<&'a [u8]>> {
        if let [1, rest @ ..] = self.rest {
            self.rest = rest;
            return Some(None);
        }
        self.short_sized().map(Some)
    }

    /// A length that must not be negative, and as many bytes.
    #[inline]
    pub(super) fn sized(&mut self) -> Result<&'a [u8], RecordProblem> {
        let length = self.varint()?;
        self.take(usize::try_from(length).map_err(|_| RecordProblem::Length(length))?)
    }

    /// As [`Self::sized`], with -1 for null.
    #[inline]
    pub(super) fn nullable(&mut self) -> Result<Option<&'a [u8]>, RecordProblem> {
        match self.varint()? {
            -1 => Ok(None),
            length => {
                let size = usize::try_from(length).map_err(|_| RecordProblem::Length(length))?;
                self.take(size).map(Some)
            }
        }
    }
}

fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

/// Appends `value`. A 32-bit number is written alike, sign and all: zigzag of both widths agrees.
pub(super) fn write(out: &mut Vec<u8>, value: i64) {
    let mut rest = zigzag(value);
    loop {
        let low = rest.to_le_bytes()[0];
        rest >>= 7;
        if rest == 0 {
            return out.push(low & 0x7f);
        }
        out.push(low | 0x80);
    }
}

/// Bytes that [`write`] appends for `value`.
pub(super) fn size(value: i64) -> usize {
    let bits = 64 - (zigzag(value) | 1).leading_zeros();
    // At most 10, so that nothing is cut.
    usize::from(u8::try_from(bits.div_ceil(7)).unwrap_or(10))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn long(bytes: &[u8]) -> Result<i64, RecordProblem> {
        Reader::new(bytes).varlong()
    }

    fn int(bytes: &[u8]) -> Result<i32, RecordProblem> {
        Reader::new(bytes).varint()
    }

    #[test]
    fn the_edges_of_both_widths_are_read() {
        assert_eq!(int(&[0xff, 0xff, 0xff, 0xff, 0x0f]), Ok(i32::MIN));
        assert_eq!(int(&[0xfe, 0xff, 0xff, 0xff, 0x0f]), Ok(i32::MAX));
        let mut bytes = [0xff; 10];
        bytes[9] = 1;
        assert_eq!(long(&bytes), Ok(i64::MIN));
    }

    #[test]
    fn a_number_may_be_written_longer_than_needed_but_not_longer_than_its_type() {
        assert_eq!(int(&[0x82, 0x80, 0x80, 0x80, 0x00]), Ok(1));
        assert_eq!(
            int(&[0x82, 0x80, 0x80, 0x80, 0x80, 0x00]),
            Err(RecordProblem::Varint)
        );
        assert_eq!(int(&[0xff, 0xff, 0xff, 0xff, 0x1f]), Err(RecordProblem::Varint));
        let mut bytes = [0xff; 10];
        bytes[9] = 2;
        assert_eq!(long(&bytes), Err(RecordProblem::Varint));
        assert_eq!(long(&[0xff; 12]), Err(RecordProblem::Varint));
    }

    #[test]
    fn a_number_without_its_end_is_cut_off() {
        for length in 0..5 {
            assert_eq!(
                int(&[0x80; 5][..length]),
                Err(RecordProblem::CutOff),
                "{length} bytes"
            );
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_and_has_the_size_foretold(value: i64, shift in 0_u32..64) {
            let value = value >> shift;
            let mut out = Vec::new();
            write(&mut out, value);
            prop_assert_eq!(out.len(), size(value));
            prop_assert_eq!(long(&out), Ok(value));
            if let Ok(narrow) = i32::try_from(value) {
                prop_assert_eq!(int(&out), Ok(narrow));
            }
        }
    }
}

//! Single values as text and as JSON: quoting, shortening, hexadecimal digits, Kafka's form of ids.
//!
//! Whatever the bytes are, the JSON is valid and neither form can move a terminal's cursor or turn its text round.

use core::fmt::{self, Write};

/// A value that holds no others.
#[derive(Clone, Copy)]
pub(super) enum Scalar<'a> {
    Null,
    Bool(bool),
    Int(i64),
    /// A number and what it stands for, such as an error code.
    Named(i64, &'a str),
    Float(f64),
    Uuid([u8; 16]),
    /// Text, if it is UTF-8; else bytes.
    Text(&'a [u8]),
    Bytes(&'a [u8]),
    /// Words of ours.
    Words(&'a dyn fmt::Display),
    /// So many bytes that are not to be seen.
    Hidden(usize),
}

/// How much of a long value is shown.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    pub(super) bytes: usize,
    pub(super) text: usize,
}

impl Scalar<'_> {
    pub(super) fn text(self, shown: Shown, out: &mut impl Write) -> fmt::Result {
        match self {
            Self::Null => out.write_str("null"),
            Self::Bool(value) => write!(out, "{value}"),
            Self::Int(value) => write!(out, "{value}"),
            Self::Named(value, name) => write!(out, "{value} {name}"),
            Self::Float(value) => write!(out, "{value:?}"),
            Self::Uuid(id) => write!(out, "{}", Base64(id)),
            Self::Text(bytes) => match shown.text_of(bytes) {
                None => Self::Bytes(bytes).text(shown, out),
                Some(text) if text.len() < bytes.len() => {
                    write!(out, "\"{}\".. of {} bytes", Escaped(text), bytes.len())
                }
                Some(text) => write!(out, "\"{}\"", Escaped(text)),
            },
            Self::Bytes(bytes) => {
                let digits = shown.bytes_of(bytes);
                let space = if digits.is_empty() { "" } else { " " };
                let more = if digits.len() < bytes.len() { ".." } else { "" };
                write!(out, "{} bytes{space}{}{more}", bytes.len(), Hex(digits))
            }
            Self::Words(words) => write!(out, "{}", Escaped(words)),
            Self::Hidden(size) => write!(out, "{size} bytes, hidden"),
        }
    }

    pub(super) fn json(self, shown: Shown, out: &mut impl Write) -> fmt::Result {
        match self {
            Self::Named(value, _) => write!(out, "{value}"),
            Self::Float(value) if !value.is_finite() => write!(out, "\"{value:?}\""),
            Self::Uuid(id) => write!(out, "\"{}\"", Base64(id)),
            Self::Text(bytes) => match shown.text_of(bytes) {
                None => Self::Bytes(bytes).json(shown, out),
                Some(text) if text.len() < bytes.len() => {
                    write!(out, "{{\"size\":{},\"text\":\"{}\"}}", bytes.len(), Escaped(text))
                }
                Some(text) => write!(out, "\"{}\"", Escaped(text)),
            },
            Self::Bytes(bytes) => {
                let digits = Hex(shown.bytes_of(bytes));
                write!(out, "{{\"size\":{},\"hex\":\"{digits}\"}}", bytes.len())
            }
            Self::Words(words) => write!(out, "\"{}\"", Escaped(words)),
            Self::Hidden(size) => write!(out, "{{\"size\":{size},\"hidden\":true}}"),
            Self::Null | Self::Bool(_) | Self::Int(_) | Self::Float(_) => self.text(shown, out),
        }
    }
}

impl Shown {
    fn bytes_of(self, bytes: &[u8]) -> &[u8] {
        bytes.get(..self.bytes).unwrap_or(bytes)
    }

    /// As much of a text as is shown, or `None` if it is none.
    fn text_of(self, bytes: &[u8]) -> Option<&str> {
        let text = core::str::from_utf8(bytes).ok()?;
        text.get(..text.floor_char_boundary(self.text))
    }
}

struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A uuid as Kafka's tools print it: base64 for URLs, without padding.
struct Base64([u8; 16]);

impl fmt::Display for Base64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let number = u128::from_be_bytes(self.0);
        for digit in 0..22 {
            // 128 bits are 21 digits of six and a last one whose upper two count.
            let six = if digit < 21 {
                number >> (122 - 6 * digit)
            } else {
                number << 4
            } & 0x3f;
            let digit = usize::try_from(six).ok().and_then(|six| DIGITS.get(six));
            f.write_char(char::from(*digit.expect("six bits")))?;
        }
        Ok(())
    }
}

/// Text as it may stand between quotes of JSON, and on a terminal.
pub(super) struct Escaped<T>(pub(super) T);

impl<T: fmt::Display> fmt::Display for Escaped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Escape(f), "{}", self.0)
    }
}

struct Escape<'a, 'f>(&'a mut fmt::Formatter<'f>);

impl Write for Escape<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|char| match char {
            '"' => self.0.write_str("\\\""),
            '\\' => self.0.write_str("\\\\"),
            '\n' => self.0.write_str("\\n"),
            '\r' => self.0.write_str("\\r"),
            '\t' => self.0.write_str("\\t"),
            char if moves(char) => write!(self.0, "\\u{:04x}", u32::from(char)),
            char => self.0.write_char(char),
        })
    }
}

/// Controls of terminals, line separators, and what turns the direction of text.
fn moves(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Shown = Shown {
        bytes: usize::MAX,
        text: usize::MAX,
    };

    fn text(value: Scalar<'_>, shown: Shown) -> String {
        let mut out = String::new();
        value.text(shown, &mut out).unwrap();
        out
    }

    fn json(value: Scalar<'_>, shown: Shown) -> String {
        let mut out = String::new();
        value.json(shown, &mut out).unwrap();
        out
    }

    /// As Java's `Uuid.toString` prints them.
    #[test]
    fn ids_have_the_form_of_kafkas_tools() {
        assert_eq!(text(Scalar::Uuid([0; 16]), ALL), "AAAAAAAAAAAAAAAAAAAAAA");
        assert_eq!(text(Scalar::Uuid([0xff; 16]), ALL), "_____________________w");
        let one = 0x1234_5678_9abc_def0_0fed_cba9_8765_4321_u128.to_be_bytes();
        assert_eq!(text(Scalar::Uuid(one), ALL), "EjRWeJq83vAP7cuph2VDIQ");
    }

    #[test]
    fn long_values_are_shortened_and_say_so() {
        let shown = Shown { bytes: 2, text: 4 };
        assert_eq!(text(Scalar::Bytes(b"abc"), shown), "3 bytes 6162..");
        assert_eq!(json(Scalar::Bytes(b"abc"), shown), r#"{"size":3,"hex":"6162"}"#);
        assert_eq!(
            text(Scalar::Text("abcé".as_bytes()), shown),
            "\"abc\".. of 5 bytes"
        );
        assert_eq!(
            json(Scalar::Text("abcé".as_bytes()), shown),
            r#"{"size":5,"text":"abc"}"#
        );
        assert_eq!(text(Scalar::Bytes(b""), shown), "0 bytes");
    }

    #[test]
    fn text_that_is_none_is_bytes_and_controls_are_escaped() {
        assert_eq!(text(Scalar::Text(b"\xff"), ALL), "1 bytes ff");
        let hostile = "a\"\\\n\u{1b}[2J\u{85}\u{202e}\u{7f}".as_bytes();
        let escaped = r#""a\"\\\n\u001b[2J\u0085\u202e\u007f""#;
        assert_eq!(text(Scalar::Text(hostile), ALL), escaped);
        assert_eq!(json(Scalar::Text(hostile), ALL), escaped);
    }

    #[test]
    fn what_json_has_no_number_for_is_a_word() {
        assert_eq!(json(Scalar::Float(f64::NAN), ALL), "\"NaN\"");
        assert_eq!(json(Scalar::Float(1e300), ALL), "1e300");
        assert_eq!(json(Scalar::Int(i64::MIN), ALL), "-9223372036854775808");
    }
}

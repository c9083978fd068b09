//! Sets of the few topics that a run may have.

use std::fmt;
use std::str::FromStr;

/// All of them, by number.
pub const NAMES: [&str; 4] = [super::TOPIC, "u", "v", "w"];

/// What an application subscribes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Topics(u8);

impl Topics {
    /// The one that every run has.
    pub const FIRST: Self = Self(1);

    /// The set with the bits of this number: the lowest is the first.
    #[must_use]
    pub const fn of_bits(bits: u8) -> Self {
        Self(bits & 15)
    }

    /// What is in one of both.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Their names.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        (0..)
            .zip(NAMES)
            .filter_map(move |(bit, name)| (self.0 >> bit & 1 == 1).then_some(name))
    }
}

impl fmt::Display for Topics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.names().collect();
        f.write_str(if names.is_empty() { "-" } else { "" })?;
        f.write_str(&names.join(","))
    }
}

impl FromStr for Topics {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let words = text.split(',').filter(|_| text != "-");
        let bits = words.map(|word| {
            let bit = NAMES.iter().position(|name| *name == word);
            bit.map(|bit| 1 << bit).ok_or(())
        });
        bits.into_iter().try_fold(0, |all, bit| Ok(all | bit?)).map(Self)
    }
}

//! The words of a plan's text: what stands for a value, and lines of names and values.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use kohort_broker::Release;
use kohort_protocol::{ApiKey, ErrorCode, NodeId};

use super::{Commits, Mishap, Oddity, Profile, Topics, Wish};

/// A value that is one word.
pub(super) trait Word: Sized {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
    fn read(word: &str) -> Option<Self>;
}

/// A value as its word.
pub(super) struct Written<'a, T>(pub(super) &'a T);

impl<T: Word> fmt::Display for Written<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write(f)
    }
}

/// What its own `Display` and `FromStr` say.
macro_rules! plain {
    ($($Type:ty),*) => {
        $(impl Word for $Type {
            fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }

            fn read(word: &str) -> Option<Self> {
                word.parse().ok()
            }
        })*
    };
}

plain!(usize, u32, i32, Mishap, Oddity, Release, Topics);

/// Seconds with three digits.
impl Word for Duration {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}", self.as_secs(), self.subsec_millis())
    }

    fn read(word: &str) -> Option<Self> {
        let (whole, digits) = word.split_once('.')?;
        let millis = digits.parse::<u64>().ok().filter(|_| digits.len() == 3)?;
        Some(Self::from_secs(whole.parse().ok()?) + Self::from_millis(millis))
    }
}

impl Word for bool {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self { "yes" } else { "no" })
    }

    fn read(word: &str) -> Option<Self> {
        match word {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        }
    }
}

/// A seed: hexadecimal digits after `0x`, or a decimal number.
impl Word for u64 {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:#x}")
    }

    fn read(word: &str) -> Option<Self> {
        match word.strip_prefix("0x") {
            Some(digits) => Self::from_str_radix(digits, 16).ok(),
            None => word.parse().ok(),
        }
    }
}

impl Word for Profile {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }

    fn read(word: &str) -> Option<Self> {
        Self::named(word)
    }
}

const COMMITS: [(&str, Commits); 5] = [
    ("auto", Commits::Auto),
    ("sync", Commits::Sync),
    ("async", Commits::Async),
    ("processed", Commits::Processed),
    ("worker", Commits::Worker),
];

impl Word for Commits {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = COMMITS.iter().find(|(_, commits)| commits == self);
        f.write_str(found.map_or("?", |(name, _)| name))
    }

    fn read(word: &str) -> Option<Self> {
        let found = COMMITS.iter().find(|(name, _)| *name == word);
        found.map(|(_, commits)| *commits)
    }
}

impl Word for Wish {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = Self::ALL.iter().find(|(_, wish)| wish == self);
        f.write_str(found.map_or("?", |(name, _)| name))
    }

    fn read(word: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(name, _)| *name == word);
        found.map(|(_, wish)| *wish)
    }
}

impl Word for NodeId {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write(f)
    }

    fn read(word: &str) -> Option<Self> {
        i32::read(word).map(Self)
    }
}

impl Word for ApiKey {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number())
    }

    fn read(word: &str) -> Option<Self> {
        Self::from_number(word.parse().ok()?)
    }
}

impl Word for ErrorCode {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }

    fn read(word: &str) -> Option<Self> {
        word.parse().ok().map(Self)
    }
}

/// The words of a line behind the first, in pairs.
pub(super) struct Words<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Words<'a> {
    pub(super) fn new(mut words: impl Iterator<Item = &'a str>) -> Result<Self, String> {
        let mut pairs = BTreeMap::new();
        while let Some(name) = words.next() {
            let value = words.next().ok_or_else(|| format!("{name} has no value"))?;
            pairs.insert(name, value);
        }
        Ok(Self(pairs))
    }

    pub(super) fn text(&self, name: &str) -> Result<&'a str, String> {
        self.0
            .get(name)
            .copied()
            .ok_or_else(|| format!("{name} is missing"))
    }

    pub(super) fn value<T: Word>(&self, name: &str) -> Result<T, String> {
        let word = self.text(name)?;
        T::read(word).ok_or_else(|| format!("{name} cannot be {word:?}"))
    }

    /// A value that plans of earlier days do not name.
    pub(super) fn value_or<T: Word>(&self, name: &str, default: T) -> Result<T, String> {
        if self.0.contains_key(name) {
            self.value(name)
        } else {
            Ok(default)
        }
    }
}

/// The enum of everything that can happen, written and read as its name and the names and values of its fields.
macro_rules! acts {
    ($($(#[$doc:meta])* $name:literal $Act:ident { $($(#[$of:meta])* $field:ident: $Type:ty $(= $default:expr)?,)* })*) => {
        /// What happens. Members are named by their number in the plan.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Act {
            $($(#[$doc])* $Act { $($(#[$of])* $field: $Type,)* },)*
        }

        impl std::fmt::Display for Act {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $(Self::$Act { $($field),* } => {
                        f.write_str($name)?;
                        $(write!(f, concat!(" ", stringify!($field), " {}"), super::words::Written($field))?;)*
                    })*
                }
                Ok(())
            }
        }

        impl Act {
            pub(super) fn read(name: &str, words: &super::words::Words<'_>) -> Result<Self, String> {
                Ok(match name {
                    $($name => Self::$Act { $($field: acts!(@read words $field $($default)?),)* },)*
                    other => return Err(format!("nothing is called {other:?}")),
                })
            }
        }
    };
    (@read $words:ident $field:ident) => { $words.value(stringify!($field))? };
    (@read $words:ident $field:ident $default:expr) => { $words.value_or(stringify!($field), $default)? };
}

pub(super) use acts;

/// A seed, as on the command line.
pub(crate) fn read_seed(text: &str) -> Option<u64> {
    u64::read(text)
}

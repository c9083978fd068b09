//! What can be wrong with a frame, and how the place of it is told.

use super::schema::{Schema, V};
use core::fmt;

/// A frame that does not hold what its schema says. It must not be decoded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}.v{version}{path}: {fault} (at byte {offset})")]
#[non_exhaustive]
pub struct LayoutError {
    /// The message, such as `OffsetFetchResponse`.
    pub message: &'static str,
    /// The version by which it was read.
    pub version: i16,
    /// Where in the message, such as `.groups[0].topics`; empty for the message itself.
    pub path: String,
    /// Where in the bytes the faulty field starts.
    pub offset: usize,
    /// What is wrong there.
    pub fault: Fault,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The message has no such version.
    #[error("no such version, only {first} to {last} are known")]
    Version {
        /// The oldest version.
        first: u8,
        /// The newest version.
        last: u8,
    },
    /// The bytes end inside a field.
    #[error("needs {needs} bytes where {left} are left")]
    CutOff {
        /// The bytes it takes.
        needs: usize,
        /// The bytes there are.
        left: usize,
    },
    /// A string or a byte field longer than what is left.
    #[error("{of} of {length} bytes does not fit in {left} bytes")]
    Length {
        /// Its type's name.
        of: &'static str,
        /// The length it claims.
        length: usize,
        /// The bytes there are.
        left: usize,
    },
    /// More elements than what is left can hold.
    #[error("array of {count} does not fit in {left} bytes")]
    Array {
        /// The count it claims.
        count: usize,
        /// The bytes there are.
        left: usize,
    },
    /// More elements than memory should be spent on: no broker and no client writes so many and so little in each.
    #[error(
        "array of {count} makes a message that takes {memory} bytes decoded, more than the {limit} allowed for its frame"
    )]
    Memory {
        /// The count, which the bytes do hold.
        count: usize,
        /// What the message would take, as far as it was read.
        memory: usize,
        /// What its frame may cost.
        limit: usize,
    },
    /// More tagged fields than what is left can hold.
    #[error("{count} tagged fields do not fit in {left} bytes")]
    Tags {
        /// The count it claims.
        count: usize,
        /// The bytes there are.
        left: usize,
    },
    /// A length below -1.
    #[error("length {0} is negative")]
    Negative(i32),
    /// Null where the version has no null.
    #[error("null, which this version does not allow")]
    Null,
    /// A varint of more than five bytes or 32 bits.
    #[error("varint of more than 32 bits")]
    Varint,
    /// The byte before a nullable struct is neither 1 (present) nor -1 (null).
    #[error("presence byte {0} is neither 1 nor -1")]
    Presence(i8),
    /// A tag twice, or below the one before it (KIP-482 wants them ascending).
    #[error("tag {tag} follows tag {after}")]
    TagOrder {
        /// The tag.
        tag: u32,
        /// The one before it.
        after: u32,
    },
    /// A known tagged field is smaller than its size says.
    #[error("tagged field of {size} bytes holds {held} bytes")]
    TagSize {
        /// The size it claims.
        size: usize,
        /// The bytes the field takes.
        held: usize,
    },
    /// Bytes after the end of a response.
    #[error("{0} bytes follow its end")]
    Trailing(usize),
}

impl LayoutError {
    pub(super) fn version(schema: &Schema, version: i16) -> Self {
        let V(first, last) = schema.versions;
        Self::of_message(schema, version, 0, Fault::Version { first, last })
    }

    pub(super) fn trailing(schema: &Schema, version: i16, end: usize, total: usize) -> Self {
        Self::of_message(schema, version, end, Fault::Trailing(total - end))
    }

    pub(super) fn of_message(schema: &Schema, version: i16, offset: usize, fault: Fault) -> Self {
        Self {
            message: schema.name,
            version,
            path: String::new(),
            offset,
            fault,
        }
    }
}

/// A fault on its way out of the walk: each level that it leaves adds its step. Boxed, since the good path should carry
/// no more than a pointer.
pub(super) struct Broken(Box<Trail>);

struct Trail {
    fault: Fault,
    /// Bytes from the start of the faulty field to the end of the frame.
    to_end: usize,
    /// Innermost first.
    steps: Vec<Step>,
}

pub(super) enum Step {
    Field(&'static str),
    Index(usize),
    Tag(u32),
}

impl Broken {
    /// A fault of a field that starts this far from the end. Never inlined: the walk would pay for its registers.
    #[cold]
    #[inline(never)]
    pub(super) fn new(fault: Fault, to_end: usize) -> Self {
        Self(Box::new(Trail {
            fault,
            to_end,
            steps: Vec::new(),
        }))
    }

    #[cold]
    #[inline(never)]
    pub(super) fn under(mut self, step: Step) -> Self {
        self.0.steps.push(step);
        self
    }

    pub(super) fn at(self, schema: &Schema, version: i16, total: usize) -> LayoutError {
        let Trail { fault, to_end, steps } = *self.0;
        let path = steps.iter().rev().map(ToString::to_string).collect();
        LayoutError {
            path,
            ..LayoutError::of_message(schema, version, total - to_end, fault)
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(name) => write!(f, ".{name}"),
            Self::Index(index) => write!(f, "[{index}]"),
            Self::Tag(tag) => write!(f, ".tag{tag}"),
        }
    }
}

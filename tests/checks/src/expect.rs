//! How a check fails: what was looked at, what was expected, what was seen.

use core::fmt::Debug;

/// A check that failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}: expected {expected}, seen {seen}")]
pub struct Failed {
    /// What was looked at.
    pub what: String,
    /// What it should have been.
    pub expected: String,
    /// What it was.
    pub seen: String,
}

impl Failed {
    /// A failure in words.
    pub fn new(what: impl Into<String>, expected: impl Into<String>, seen: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            expected: expected.into(),
            seen: seen.into(),
        }
    }

    /// Something that must work before anything can be checked did not.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "text and errors alike, without a & at each call"
    )]
    pub fn trouble(what: impl Into<String>, seen: impl ToString) -> Self {
        Self::new(what, "success", seen.to_string())
    }

    /// The same, said to have happened during `step`.
    #[must_use]
    pub fn during(mut self, step: &str) -> Self {
        self.what = format!("{step}: {}", self.what);
        self
    }
}

/// Compares for equality.
///
/// # Errors
/// [`Failed`] with both values, if they differ.
#[expect(
    clippy::needless_pass_by_value,
    reason = "what is compared is mostly made for it"
)]
pub fn expect<T: PartialEq + Debug>(what: impl Into<String>, seen: T, expected: T) -> Result<(), Failed> {
    if seen == expected {
        Ok(())
    } else {
        Err(Failed::new(what, format!("{expected:?}"), format!("{seen:?}")))
    }
}

/// Compares with a description.
///
/// # Errors
/// [`Failed`] with the description and the value, unless `holds`.
pub fn expect_that<T: Debug>(
    what: impl Into<String>,
    seen: T,
    expected: &str,
    holds: impl FnOnce(&T) -> bool,
) -> Result<(), Failed> {
    if holds(&seen) {
        Ok(())
    } else {
        Err(Failed::new(what, expected, format!("{seen:?}")))
    }
}

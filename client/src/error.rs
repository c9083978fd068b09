//! What can go wrong for a caller of the client, in words for a person.

use core::fmt;

use kohort_protocol::{ApiKey, CallFailure, ErrorCode, Recovery};
use thiserror::Error;

/// Why the client could not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ClientError {
    /// A setting is missing or contradicts another.
    #[error("configuration: {0}")]
    Config(String),
    /// The client was made, or used, outside a tokio runtime.
    #[error("kohort needs a tokio runtime with time and IO: call this from within one")]
    NoRuntime,
    /// A request got no response.
    #[error("{api} to {target}: {failure}")]
    Call {
        /// Which.
        api: ApiKey,
        /// To whom.
        target: Target,
        /// Why.
        failure: CallFailure,
    },
    /// A broker answered with an error.
    #[error("{api} of {subject}: the broker answered {code}{}", words(.message.as_deref()))]
    Broker {
        /// Which request.
        api: ApiKey,
        /// The group, topic or partition it was about.
        subject: String,
        /// The error.
        code: ErrorCode,
        /// The broker's words, if it sent any.
        message: Option<String>,
    },
    /// A broker's answer lacks what was asked for.
    #[error("the answer to {api} says nothing about {subject}")]
    Missing {
        /// Which request.
        api: ApiKey,
        /// What was asked.
        subject: String,
    },
}

impl ClientError {
    /// Whether the same call may succeed a moment later.
    #[must_use]
    pub fn is_retriable(&self) -> bool {
        match self {
            Self::Call { failure, .. } => !matches!(
                failure,
                CallFailure::Unsupported { .. } | CallFailure::Malformed { .. }
            ),
            Self::Broker { api, code, .. } => Recovery::of_admin(*api, *code).is_retriable(),
            _ => false,
        }
    }

    /// The broker's error code, if that is what it is.
    #[must_use]
    pub const fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Broker { code, .. } => Some(*code),
            _ => None,
        }
    }

    pub(crate) fn broker(
        api: ApiKey,
        subject: impl fmt::Display,
        code: ErrorCode,
        message: Option<&str>,
    ) -> Self {
        Self::Broker {
            api,
            subject: subject.to_string(),
            code,
            message: message.map(ToOwned::to_owned),
        }
    }
}

/// To whom a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// Any broker that answers: the known ones in random order, then the bootstrap servers.
    Any,
    /// This one.
    Node(kohort_protocol::NodeId),
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any broker"),
            Self::Node(node) => write!(f, "broker {node}"),
        }
    }
}

fn words(message: Option<&str>) -> String {
    message.map_or_else(String::new, |message| format!(": {}", shortened(message)))
}

/// Text of a peer's, fit for a log line: control characters escaped, at most 256 characters.
pub(crate) fn shortened(text: &str) -> String {
    let mut shown = String::new();
    for (count, character) in text.chars().enumerate() {
        if count == 256 {
            shown.push('…');
            break;
        }
        // Controls, and the invisible characters that reorder a line (U+202A..U+202E, U+2066..U+2069).
        if character.is_control()
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_brokers_words_cannot_forge_log_lines() {
        let shown = shortened("a\r\nb\u{1b}[1m\u{202e}c");
        assert_eq!(shown, "a\\r\\nb\\u{1b}[1m\\u{202e}c");
        assert_eq!(shortened(&"x".repeat(1 << 20)).chars().count(), 257);
    }
}

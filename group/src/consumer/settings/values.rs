//! What the value of a property means, or what is wanted instead.

use core::time::Duration;

use kohort_client::ClientConfig;
use kohort_protocol::IsolationLevel;

use crate::member::AutoOffsetReset;

pub(super) fn millis(value: &str) -> Result<Duration, String> {
    let number = value.parse::<u64>();
    number
        .map(Duration::from_millis)
        .map_err(|_| "milliseconds, a whole number from 0, are wanted".into())
}

pub(super) fn bytes(value: &str) -> Result<i32, String> {
    let number = value.parse::<i32>().ok().filter(|bytes| *bytes >= 0);
    number.ok_or_else(|| "a whole number of bytes from 0 to 2147483647 is wanted".into())
}

pub(super) fn boolean(value: &str) -> Result<bool, String> {
    value
        .to_ascii_lowercase()
        .parse()
        .map_err(|_| "true or false is wanted".into())
}

pub(super) fn text<T: for<'a> From<&'a str>>(value: &str) -> Result<T, String> {
    Ok(T::from(value))
}

/// Kafka writes "none" as an empty value.
pub(super) fn optional<T: for<'a> From<&'a str>>(value: &str) -> Result<Option<T>, String> {
    Ok((!value.is_empty()).then(|| T::from(value)))
}

pub(super) fn servers(value: &str) -> Result<Vec<String>, String> {
    Ok(ClientConfig::new(value).bootstrap_servers)
}

pub(super) fn offset_reset(value: &str) -> Result<AutoOffsetReset, String> {
    match value.to_ascii_lowercase().as_str() {
        "earliest" => Ok(AutoOffsetReset::Earliest),
        "latest" => Ok(AutoOffsetReset::Latest),
        "none" => Ok(AutoOffsetReset::None),
        _ => Err("earliest, latest or none is wanted".into()),
    }
}

pub(super) fn isolation(value: &str) -> Result<IsolationLevel, String> {
    match value.to_ascii_lowercase().as_str() {
        "read_uncommitted" => Ok(IsolationLevel::ReadUncommitted),
        "read_committed" => Ok(IsolationLevel::ReadCommitted),
        _ => Err("read_uncommitted or read_committed is wanted".into()),
    }
}

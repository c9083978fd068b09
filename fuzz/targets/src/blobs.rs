//! What other members write: subscriptions and assignments.

use bytes::Bytes;
use kohort_protocol::consumer_protocol::{Assignment, ConsumerProtocolError, NEWEST_VERSION, Subscription};

use crate::limits::{BLOB, Judged};

/// What was read can be written, and reads the same again.
fn judge<T: PartialEq + std::fmt::Debug>(
    blob: &[u8],
    decode: impl Fn(&[u8]) -> Result<T, ConsumerProtocolError>,
    encode: impl Fn(&T) -> Result<Bytes, ConsumerProtocolError>,
) -> Judged {
    let (read, judged) = BLOB.judge(blob.len(), || decode(blob).ok());
    if let Some(value) = read {
        let again = encode(&value).expect("what was read can be written");
        assert_eq!(decode(&again).as_ref(), Ok(&value), "written and read again");
        assert_eq!(encode(&value), Ok(again), "equal values are equal bytes");
    }
    judged
}

pub(crate) fn subscription(blob: &[u8]) -> Judged {
    judge(blob, Subscription::decode, |subscription| {
        subscription.encode(NEWEST_VERSION)
    })
}

pub(crate) fn assignment(blob: &[u8]) -> Judged {
    judge(blob, Assignment::decode, |assignment| {
        assignment.encode(NEWEST_VERSION)
    })
}

pub(crate) fn fuzz_subscription(bytes: &[u8]) {
    subscription(bytes);
}

pub(crate) fn fuzz_assignment(bytes: &[u8]) {
    assignment(bytes);
}

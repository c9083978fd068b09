//! The topics in a consumer's Subscription, the one thing a coordinator reads of what members say to each other.

use alloc::vec::Vec;

use bytes::Buf;
use kohort_protocol::TopicName;

/// `None` if the bytes are no Subscription. They come from a client: no count in them is trusted.
pub(super) fn subscribed_topics(mut metadata: &[u8]) -> Option<Vec<TopicName>> {
    let version = metadata.try_get_i16().ok()?;
    let count = metadata.try_get_i32().ok()?;
    if version < 0 || count < 0 {
        return None;
    }
    let mut topics = Vec::new();
    for _ in 0..count {
        let length = usize::try_from(metadata.try_get_i16().ok()?).ok()?;
        let (name, rest) = metadata.split_at_checked(length)?;
        topics.push(TopicName::from(core::str::from_utf8(name).ok()?));
        metadata = rest;
    }
    Some(topics)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_topics_and_nothing_else() {
        let metadata = [0, 3, 0, 0, 0, 2, 0, 1, b'a', 0, 2, b'b', b'c', 0, 0, 0, 0];
        let topics = subscribed_topics(&metadata).unwrap();
        assert_eq!(topics, [TopicName::from("a"), TopicName::from("bc")]);
    }

    #[test]
    fn trusts_no_count() {
        assert_eq!(subscribed_topics(&[0, 0, 0x7f, 0xff, 0xff, 0xff, 0, 1]), None);
        assert_eq!(subscribed_topics(&[0, 0, 0, 0, 0, 1, 0xff, 0xff]), None);
        assert_eq!(subscribed_topics(b"x"), None);
    }
}

//! What topics are called. Commits of newer versions name them by id alone, deep inside of messages.
//!
//! One run is never in two threads, so this is a fact of the thread: every run notes its own topics before anything is said of them.

use std::cell::RefCell;
use std::collections::BTreeMap;

use kohort_protocol::{TopicId, TopicName, TopicPartition};

use crate::plan::TOPIC;

thread_local! {
    static NAMES: RefCell<BTreeMap<TopicId, TopicName>> = const { RefCell::new(BTreeMap::new()) };
}

/// There is a topic with this id.
pub(crate) fn note_topic(id: TopicId, name: TopicName) {
    NAMES.with_borrow_mut(|names| names.insert(id, name));
}

/// A run begins.
pub(crate) fn forget_topics() {
    NAMES.with_borrow_mut(BTreeMap::clear);
}

/// A partition of a topic that is called so, or has this id.
pub(crate) fn named(topic: &TopicName, id: TopicId, partition: i32) -> TopicPartition {
    if !topic.is_empty() {
        return TopicPartition::new(topic.clone(), partition);
    }
    NAMES.with_borrow(|names| match names.get(&id) {
        Some(name) => TopicPartition::new(name.clone(), partition),
        None => TopicPartition::new(TOPIC, partition),
    })
}

//! What an answer says of each partition, if it knows what it says.

use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;

use kohort_protocol::TopicPartition;

/// One word for each partition. Two that differ decide nothing, as if none had been said: to take the wrong one would lose records, or
/// read them again.
pub(super) fn unanimous<W: PartialEq>(
    said: impl IntoIterator<Item = (TopicPartition, W)>,
) -> BTreeMap<TopicPartition, W> {
    let mut words: BTreeMap<TopicPartition, Option<W>> = BTreeMap::new();
    for (name, word) in said {
        match words.entry(name) {
            Entry::Vacant(first) => _ = first.insert(Some(word)),
            Entry::Occupied(mut before) => {
                if before.get().as_ref() != Some(&word) {
                    before.insert(None);
                }
            }
        }
    }
    let agreed = words.into_iter().filter_map(|(name, word)| Some((name, word?)));
    agreed.collect()
}

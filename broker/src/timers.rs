//! A table of timers, each under a key of its own, as Kafka's coordinator keeps them. It knows no clock: it only says what is due.

use alloc::collections::BTreeMap;

use kohort_protocol::Timestamp;

/// Timers by key. Setting a key again moves its timer.
#[derive(Debug)]
pub(crate) struct Timers<K> {
    /// The sequence number keeps timers of one moment in the order in which they were set.
    queue: BTreeMap<(Timestamp, u64), K>,
    places: BTreeMap<K, (Timestamp, u64)>,
    sequence: u64,
}

impl<K> Default for Timers<K> {
    fn default() -> Self {
        Self {
            queue: BTreeMap::new(),
            places: BTreeMap::new(),
            sequence: 0,
        }
    }
}

impl<K: Ord + Clone> Timers<K> {
    pub(crate) fn set(&mut self, key: K, at: Timestamp) {
        self.cancel(&key);
        let place = (at, self.sequence);
        self.sequence += 1;
        self.queue.insert(place, key.clone());
        self.places.insert(key, place);
    }

    pub(crate) fn cancel(&mut self, key: &K) {
        if let Some(place) = self.places.remove(key) {
            self.queue.remove(&place);
        }
    }

    pub(crate) fn is_set(&self, key: &K) -> bool {
        self.places.contains_key(key)
    }

    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.queue.keys().next().map(|(at, _)| *at)
    }

    /// Takes the earliest timer out if it is due.
    pub(crate) fn pop(&mut self, now: Timestamp) -> Option<(Timestamp, K)> {
        let entry = self.queue.first_entry()?;
        if entry.key().0 > now {
            return None;
        }
        let ((at, _), key) = entry.remove_entry();
        self.places.remove(&key);
        Some((at, key))
    }

    pub(crate) fn clear(&mut self) {
        self.queue.clear();
        self.places.clear();
    }
}

//! Who is late: found without asking everybody after every event.

use std::collections::{BTreeMap, BTreeSet};

use kohort_protocol::Timestamp;

/// What is due by when.
#[derive(Debug)]
pub(super) struct Watch<K> {
    due: BTreeMap<K, Timestamp>,
    order: BTreeSet<(Timestamp, K)>,
}

impl<K> Default for Watch<K> {
    fn default() -> Self {
        Self {
            due: BTreeMap::new(),
            order: BTreeSet::new(),
        }
    }
}

impl<K: Copy + Ord> Watch<K> {
    /// Nothing of it is due any more. It says whether anything was.
    pub(super) fn remove(&mut self, key: K) -> bool {
        let before = self.due.remove(&key);
        before.is_some_and(|at| self.order.remove(&(at, key)))
    }

    /// It is due by then, and no more by when it was before.
    pub(super) fn set(&mut self, key: K, due: Timestamp) {
        match self.due.insert(key, due) {
            Some(before) if before == due => return,
            Some(before) => {
                self.order.remove(&(before, key));
            }
            None => {}
        }
        self.order.insert((due, key));
    }

    pub(super) fn set_or_remove(&mut self, key: K, due: Option<Timestamp>) {
        match due {
            Some(due) => self.set(key, due),
            None => {
                self.remove(key);
            }
        }
    }

    /// When it is due.
    pub(super) fn due(&self, key: K) -> Option<Timestamp> {
        self.due.get(&key).copied()
    }

    /// Everything that is watched, by key.
    pub(super) fn keys(&self) -> impl Iterator<Item = K> {
        self.due.keys().copied()
    }

    /// What should have happened before `now`, the oldest first.
    pub(super) fn late(&self, now: Timestamp) -> impl Iterator<Item = (K, Timestamp)> {
        let is_late = move |(at, _): &&(Timestamp, K)| *at < now;
        self.order.iter().take_while(is_late).map(|(at, key)| (*key, *at))
    }
}

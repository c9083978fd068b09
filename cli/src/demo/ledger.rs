//! Who got what: the evidence that the last line of the demo is computed from, and nothing else.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Shared by all members of the demo.
#[derive(Debug)]
pub(crate) struct Ledger {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// How often each record was delivered, by its number.
    deliveries: Vec<u32>,
    delivered: u64,
    distinct: u64,
    generations: BTreeSet<i32>,
    members: Vec<MemberLine>,
}

/// What the table shows of one member.
#[derive(Clone, Debug, Default)]
pub(crate) struct MemberLine {
    /// Its name in the story.
    pub(crate) name: String,
    /// "joining", "reading", "left", "killed".
    pub(crate) state: &'static str,
    /// The partitions it holds.
    pub(crate) partitions: Vec<i32>,
    /// The generation it is in.
    pub(crate) generation: i32,
    /// How many records it was handed.
    pub(crate) records: u64,
}

/// A look at the ledger.
#[derive(Clone, Debug)]
pub(crate) struct Tally {
    pub(crate) delivered: u64,
    pub(crate) distinct: u64,
    pub(crate) generations: u64,
    pub(crate) members: Vec<MemberLine>,
}

impl Ledger {
    pub(crate) fn new(records: u64) -> Self {
        let deliveries = vec![0; usize::try_from(records).expect("the command line limits it")];
        let state = State {
            deliveries,
            delivered: 0,
            distinct: 0,
            generations: BTreeSet::new(),
            members: Vec::new(),
        };
        Self {
            state: Mutex::new(state),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A member enters the story; its place in the table is returned.
    pub(crate) fn enter(&self, name: String) -> usize {
        let mut state = self.lock();
        state.members.push(MemberLine {
            name,
            state: "joining",
            ..MemberLine::default()
        });
        state.members.len() - 1
    }

    /// Changes what the table shows of a member.
    pub(crate) fn update(&self, member: usize, change: impl FnOnce(&mut MemberLine)) {
        if let Some(line) = self.lock().members.get_mut(member) {
            change(line);
        }
    }

    /// A member took part in a generation.
    pub(crate) fn generation(&self, member: usize, generation: i32) {
        self.lock().generations.insert(generation);
        self.update(member, |line| line.generation = generation);
    }

    /// A member was handed these records. False if one of them was never produced.
    pub(crate) fn delivered(&self, member: usize, numbers: &[u64]) -> bool {
        let mut state = self.lock();
        let mut known = true;
        for &number in numbers {
            let slot = usize::try_from(number)
                .ok()
                .and_then(|number| state.deliveries.get_mut(number));
            let Some(count) = slot else {
                known = false;
                continue;
            };
            *count += 1;
            let first = *count == 1;
            state.delivered += 1;
            state.distinct += u64::from(first);
        }
        if let Some(line) = state.members.get_mut(member) {
            line.records += numbers.len() as u64;
        }
        known
    }

    pub(crate) fn tally(&self) -> Tally {
        let state = self.lock();
        Tally {
            delivered: state.delivered,
            distinct: state.distinct,
            generations: state.generations.len() as u64,
            members: state.members.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_delivered_twice_is_distinct_once() {
        let ledger = Ledger::new(3);
        let member = ledger.enter("one".into());
        assert!(ledger.delivered(member, &[0, 1]));
        assert!(ledger.delivered(member, &[1]));
        let tally = ledger.tally();
        assert_eq!((tally.delivered, tally.distinct), (3, 2));
        assert_eq!(tally.members[member].records, 3);
    }

    #[test]
    fn a_record_that_was_never_produced_is_noticed() {
        let ledger = Ledger::new(3);
        let member = ledger.enter("one".into());
        assert!(!ledger.delivered(member, &[3]));
        assert_eq!(ledger.tally().delivered, 0);
    }
}

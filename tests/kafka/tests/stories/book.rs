//! What a consumer was handed, written down, and the accounts drawn from it: what is missing, what came twice.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// A record as a consumer saw it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) partition: i32,
    pub(crate) offset: i64,
    /// Headers, key and value, in the form in which Kafka's console producer reads them.
    pub(crate) line: String,
    pub(crate) at: Instant,
}

/// Something else than records.
#[derive(Clone, Debug)]
pub(crate) struct News {
    pub(crate) at: Instant,
    /// Partitions came or went.
    pub(crate) moves: bool,
    pub(crate) text: String,
}

/// All that one consumer was handed.
#[derive(Debug, Default)]
pub(crate) struct Book {
    pub(crate) read: Vec<Seen>,
    pub(crate) news: Vec<News>,
    /// Why it hands out nothing any more.
    pub(crate) failed: Option<String>,
}

/// The records of several consumers together.
#[derive(Debug, Default)]
pub(crate) struct Account {
    pub(crate) read: Vec<Seen>,
}

impl Account {
    pub(crate) fn add(&mut self, book: &Book) {
        self.read.extend_from_slice(&book.read);
    }

    /// Per partition the offsets that were handed out, in order, each once.
    pub(crate) fn offsets(&self) -> BTreeMap<i32, BTreeSet<i64>> {
        let mut offsets: BTreeMap<i32, BTreeSet<i64>> = BTreeMap::new();
        for seen in &self.read {
            offsets.entry(seen.partition).or_default().insert(seen.offset);
        }
        offsets
    }

    /// `partition@offset` of each record in `0..end` that nobody was handed.
    pub(crate) fn missing(&self, ends: &BTreeMap<i32, i64>) -> Vec<String> {
        let offsets = self.offsets();
        let missing = |(partition, end): (&i32, &i64)| {
            let had = offsets.get(partition).cloned().unwrap_or_default();
            let gone: Vec<String> = (0..*end)
                .filter(|offset| !had.contains(offset))
                .map(|offset| format!("{partition}@{offset}"))
                .collect();
            gone
        };
        ends.iter().flat_map(missing).collect()
    }

    /// The (partition, offset) of each record that was handed out again.
    pub(crate) fn repeated(&self) -> Vec<(i32, i64)> {
        let mut had = BTreeSet::new();
        self.read
            .iter()
            .map(|seen| (seen.partition, seen.offset))
            .filter(|at| !had.insert(*at))
            .collect()
    }

    /// Nobody was handed less, more, or anything else than `written`; says the first difference.
    pub(crate) fn check_contents(&self, written: &[String]) {
        let mut read: Vec<&str> = self.read.iter().map(|seen| seen.line.as_str()).collect();
        let mut written: Vec<&str> = written.iter().map(String::as_str).collect();
        read.sort_unstable();
        written.sort_unstable();
        let differs = read.iter().zip(&written).find(|(read, written)| read != written);
        assert!(
            differs.is_none() && read.len() == written.len(),
            "{} records were written and {} read; the first difference (read, written): {differs:?}",
            written.len(),
            read.len()
        );
    }

    /// The longest time after `since` in which nothing of some partition came.
    pub(crate) fn longest_silence(&self, since: Instant) -> Duration {
        let mut last: BTreeMap<i32, Instant> = BTreeMap::new();
        let mut longest = Duration::ZERO;
        for seen in self.read.iter().filter(|seen| seen.at >= since) {
            let before = last.insert(seen.partition, seen.at).unwrap_or(since);
            longest = longest.max(seen.at.saturating_duration_since(before));
        }
        longest
    }
}

/// The first few of a long list, for messages.
pub(crate) fn some<T: std::fmt::Debug>(all: &[T]) -> String {
    format!(
        "{} of them: {:?}",
        all.len(),
        all.iter().take(10).collect::<Vec<_>>()
    )
}
